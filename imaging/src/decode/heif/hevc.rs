//! The streams of HEIC, decoded by heifer.
//!
//! The loop over the units of a stream is ours: it takes parameter sets from the container, passes over layers, and holds
//! a stream to coding each block once.

use heifer_hevc_dec::Error;
use heifer_hevc_dec::nal::{NalUnit, NalUnitType};
use heifer_hevc_dec::params::{ParameterSets, Sps};
use heifer_hevc_dec::recon::{Frame, Reconstructor};
use heifer_hevc_dec::slice::SliceHeader;
use heifer_hevc_dec::syntax::{Picture, decode_slice_segment};

use crate::decode::heif::boxes::Reader;
use crate::decode::heif::container::{Stream, area};
use crate::decode::heif::yuv::{Format, Source, narrow};
use crate::work::Work;
use crate::{ImageError, SourceFormat};

/// More parameter sets than this are passed over: a stream needs two.
const MAX_SETS: usize = 64;

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Heic, reason)
}

fn refused(error: Error) -> ImageError {
    match error {
        Error::Unimplemented(_) => ImageError::Unsupported { format: "HEIC of this kind" },
        error => damaged(error),
    }
}

/// The size up to which the pictures of a stream may be coded: in whole blocks.
fn coded(stream: &Stream<'_>) -> (u32, u32) {
    (stream.size.0.next_multiple_of(64), stream.size.1.next_multiple_of(64))
}

/// The chroma format that the container tells: 0 without colors, 1 to 3 for a quarter, half, and all of their samples.
fn chroma_format(stream: &Stream<'_>) -> u8 {
    stream.config.get(16).map_or(3, |format| format & 3)
}

/// What decoding a stream holds: its planes in 16 bits, what the decoder knows of each block, a copy of a plane while it
/// is filtered, and the bytes as they are and without their escapes.
pub(crate) fn memory(stream: &Stream<'_>) -> u64 {
    let bytes = 2 * (stream.len() + stream.config.len()) as u64;
    let of_blocks = area(coded(stream)).saturating_mul(4);
    kept(stream).saturating_add(of_blocks).saturating_add((1 << 18) + bytes)
}

/// What a decoded stream holds.
pub(crate) fn kept(stream: &Stream<'_>) -> u64 {
    area(coded(stream)).saturating_mul([2, 3, 4, 6][usize::from(chroma_format(stream))])
}

/// The units of a stream, each after its length in `prefix` bytes.
fn units(data: &[u8], prefix: usize) -> impl Iterator<Item = &[u8]> {
    let mut reader = Reader(data);
    std::iter::from_fn(move || {
        let length = usize::try_from(reader.number(prefix)?).ok()?;
        reader.take(length)
    })
}

/// The units that the container holds for the decoder.
fn units_of_config(config: &[u8]) -> Option<Vec<&[u8]>> {
    let mut reader = Reader(config.get(22..)?);
    let mut found = Vec::new();
    for _ in 0..reader.u8()? {
        reader.u8()?;
        for _ in 0..reader.u16()? {
            let length = reader.u16()?;
            found.push(reader.take(length.into())?);
        }
    }
    Some(found)
}

/// A parameter set of the base layer that pictures refer to. What describes a whole video is of no use to a picture.
fn is_set(unit: &NalUnit<'_>) -> bool {
    matches!(unit.header.unit_type, NalUnitType::Sps | NalUnitType::Pps) && unit.header.layer_id == 0
}

/// One stream, decoded on this thread alone. It may hold no more pixels than it says.
pub(crate) fn tile(
    stream: &Stream<'_>,
    unfiltered: bool,
    work: &Work<'_>,
) -> Result<Box<dyn Source>, ImageError> {
    work.take_bytes(stream.config.len())?;
    work.take_pixels(area(coded(stream)))?;
    let data = stream.extents.concat();
    let prefix = stream.config.get(21).map_or(4, |byte| usize::from(byte & 3) + 1);
    let parsed = |unit| NalUnit::parse(unit).ok();
    let known = units_of_config(stream.config).unwrap_or_default();
    let in_config: Vec<_> = known.into_iter().filter_map(parsed).collect();
    let units: Vec<_> = units(&data, prefix).filter_map(parsed).collect();
    let is_slice = |unit: &&NalUnit<'_>| unit.header.unit_type.is_slice() && unit.header.layer_id == 0;
    let before = units.iter().take_while(|unit| !is_slice(unit));
    let mut sets = ParameterSets::default();
    for unit in in_config.iter().chain(before).filter(|unit| is_set(unit)).take(MAX_SETS) {
        // One that cannot be read may be one that no picture refers to.
        let _ = sets.add(unit);
    }
    frame(stream, &sets, units.iter().filter(is_slice), unfiltered, work)
}

fn frame<'a>(
    stream: &Stream<'_>,
    sets: &ParameterSets,
    slices: impl Iterator<Item = &'a NalUnit<'a>>,
    unfiltered: bool,
    work: &Work<'_>,
) -> Result<Box<dyn Source>, ImageError> {
    let mut begun: Option<(Picture<'_>, Reconstructor<'_>, &Sps)> = None;
    let mut previous: Option<SliceHeader> = None;
    for unit in slices {
        if begun.as_ref().is_some_and(|(picture, ..)| picture.is_complete()) {
            break;
        }
        let header =
            SliceHeader::parse(&unit.rbsp, &unit.header, sets, previous.as_ref()).map_err(refused)?;
        let (pps, sps) = sets.get(usize::from(header.slice_pic_parameter_set_id)).map_err(refused)?;
        if begun.is_none() {
            check_size(stream, sps)?;
        }
        let (picture, pixels, _) =
            begun.get_or_insert_with(|| (Picture::new(sps, pps), Reconstructor::new(sps, pps), sps));
        // Blocks that are coded twice would take time that neither the bytes nor the pixels explain.
        let first = picture.layout.rs_to_ts.get(header.slice_segment_address as usize);
        if first != Some(&picture.decoded_ctbs) {
            return Err(damaged("a slice that is missing, or there twice"));
        }
        pixels.start_slice(&header);
        let quantizer = header.slice_qp_y(sets).map_err(refused)?;
        let data = unit.rbsp.get(header.header_size..).unwrap_or_default();
        decode_slice_segment(picture, &header, quantizer, data, pixels).map_err(refused)?;
        if let Some(error) = pixels.error.take() {
            return Err(refused(error));
        }
        if !header.dependent_slice_segment_flag {
            previous = Some(header);
        }
        work.ask(unit.rbsp.len() as u64)?;
    }
    let (picture, pixels, sps) = begun.ok_or_else(|| damaged("a stream without a picture"))?;
    if !picture.is_complete() {
        return Err(damaged("a picture that ends early"));
    }
    let (right, below) = sps.chroma_subsampling();
    let [left, _, top, _] = sps.conf_win_offsets;
    Ok(Box::new(Cropped {
        frame: pixels.finish(unfiltered),
        size: sps.output_size(),
        corner: (left.saturating_mul(right) as usize, top.saturating_mul(below) as usize),
        codes: sps.vui.as_ref().map_or((2, 2), |vui| (vui.colour_primaries, vui.transfer_characteristics)),
    }))
}

/// A picture is as large as the container says, or less, for that is what memory was claimed for.
fn check_size(stream: &Stream<'_>, sps: &Sps) -> Result<(), ImageError> {
    let (width, height) = coded(stream);
    if sps.pic_width_in_luma_samples > width || sps.pic_height_in_luma_samples > height {
        return Err(damaged("a picture in it is larger than it says"));
    }
    if sps.chroma_format_idc > chroma_format(stream) {
        return Err(damaged("a picture in it has more colors than it says"));
    }
    if sps.separate_colour_plane_flag {
        return Err(ImageError::Unsupported { format: "HEIC with separate color planes" });
    }
    Ok(())
}

/// A coded picture, and the part of it that is meant.
struct Cropped {
    frame: Frame,
    size: (u32, u32),
    corner: (usize, usize),
    codes: (u8, u8),
}

impl Source for Cropped {
    fn format(&self) -> Format {
        let chroma = match self.frame.chroma_format {
            0 => None,
            1 => Some((1, 1)),
            2 => Some((1, 0)),
            _ => Some((0, 0)),
        };
        let Frame { full_range, matrix_coeffs: matrix, .. } = self.frame;
        Format { size: self.size, chroma, full_range, matrix, codes: self.codes }
    }

    fn read(&self, plane: usize, x: usize, y: usize, width: usize, line: &mut Vec<u8>) {
        let (right, below) = if plane == 0 { (0, 0) } else { self.format().chroma.unwrap_or_default() };
        let (x, y) = (x + (self.corner.0 >> right), y + (self.corner.1 >> below));
        let depth = self.frame.bit_depth[usize::from(plane > 0)];
        let stride = self.frame.widths[plane] as usize;
        let row = self.frame.planes[plane].get(y * stride..(y + 1) * stride).unwrap_or_default();
        line.extend(row.iter().skip(x).take(width).map(|sample| narrow(*sample, depth)));
    }
}
