//! Decodes the streams of HEIC with heifer.
//!
//! We wrote the loop over the NAL units: it reads parameter sets from the container, skips layers, and refuses a stream
//! that codes a block twice.

use heifer_hevc_dec::Error;
use heifer_hevc_dec::nal::{NalUnit, NalUnitType};
use heifer_hevc_dec::params::{ParameterSets, Sps};
use heifer_hevc_dec::recon::{Frame, Reconstructor};
use heifer_hevc_dec::slice::SliceHeader;
use heifer_hevc_dec::syntax::{Picture, decode_slice_segment};

use crate::budget::WorkBudget;
use crate::decode::heif::boxes::BoxReader;
use crate::decode::heif::container::{CodedStream, area};
use crate::decode::heif::yuv::{DecodedPicture, SampleFormat, round_to_8_bits};
use crate::{ImageError, SourceFormat};

/// The maximum number of parameter sets. A stream needs two, and further ones are ignored.
const MAX_SETS: usize = 64;

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Heic, reason)
}

fn convert_error(error: Error) -> ImageError {
    match error {
        Error::Unimplemented(_) => ImageError::Unsupported { format: "this variant of HEIC" },
        error => damaged(error),
    }
}

/// Returns the maximum coded size of a picture: its size in whole blocks.
fn max_coded_size(stream: &CodedStream<'_>) -> (u32, u32) {
    (stream.size.0.next_multiple_of(64), stream.size.1.next_multiple_of(64))
}

/// Returns the chroma format that the container declares: 0 for gray, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4.
fn chroma_format(stream: &CodedStream<'_>) -> u8 {
    stream.config.get(16).map_or(3, |format| format & 3)
}

/// Returns the number of bytes that decoding a stream needs: planes in 16 bits, the decoder's data for each block, a
/// copy of a plane during filtering, and the stream with and without its escapes.
pub(crate) fn memory(stream: &CodedStream<'_>) -> u64 {
    let bytes = 2 * (stream.len() + stream.config.len()) as u64;
    let of_blocks = area(max_coded_size(stream)).saturating_mul(4);
    decoded_memory(stream).saturating_add(of_blocks).saturating_add((1 << 18) + bytes)
}

/// Returns the number of bytes that a decoded stream holds.
pub(crate) fn decoded_memory(stream: &CodedStream<'_>) -> u64 {
    area(max_coded_size(stream)).saturating_mul([2, 3, 4, 6][usize::from(chroma_format(stream))])
}

/// Returns the NAL units of a stream. The length of each unit precedes it, in `prefix` bytes.
fn nal_units(data: &[u8], prefix: usize) -> impl Iterator<Item = &[u8]> {
    let mut reader = BoxReader(data);
    std::iter::from_fn(move || {
        let length = usize::try_from(reader.number(prefix)?).ok()?;
        reader.take(length)
    })
}

/// Returns the NAL units in the decoder configuration of the container, in one or more lists.
fn config_nal_units(config: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut reader = BoxReader(config.get(22..).unwrap_or_default());
    let mut lists = reader.u8().unwrap_or_default();
    let mut in_list = 0;
    std::iter::from_fn(move || {
        while in_list == 0 {
            lists = lists.checked_sub(1)?;
            reader.u8()?;
            in_list = reader.u16()?;
        }
        in_list -= 1;
        let length = reader.u16()?;
        reader.take(length.into())
    })
}

/// Returns whether the unit is a parameter set of the base layer that a picture can refer to. Video parameter
/// sets are not needed.
fn is_parameter_set(unit: &NalUnit<'_>) -> bool {
    matches!(unit.header.unit_type, NalUnitType::Sps | NalUnitType::Pps) && unit.header.layer_id == 0
}

/// Decodes one stream on the calling thread. Returns an error if it has more pixels than the container declares.
pub(crate) fn decode_stream(
    stream: &CodedStream<'_>,
    unfiltered: bool,
    budget: &WorkBudget<'_>,
) -> Result<Box<dyn DecodedPicture>, ImageError> {
    budget.spend_bytes(stream.config.len())?;
    budget.spend_pixels(area(max_coded_size(stream)))?;
    let data = stream.extents.concat();
    let prefix = stream.config.get(21).map_or(4, |byte| usize::from(byte & 3) + 1);
    // A unit can be far shorter than the memory for its description, so no list of units is kept.
    let parsed = |unit| NalUnit::parse(unit).ok();
    let units = || nal_units(&data, prefix).filter_map(parsed);
    let is_slice = |unit: &NalUnit<'_>| unit.header.unit_type.is_slice() && unit.header.layer_id == 0;
    let before = units().take_while(|unit| !is_slice(unit));
    let known = config_nal_units(stream.config).filter_map(parsed).chain(before);
    let mut parameter_sets = ParameterSets::default();
    for unit in known.filter(is_parameter_set).take(MAX_SETS) {
        // A parameter set that cannot be parsed may be unused.
        let _ = parameter_sets.add(&unit);
    }
    decode_slices(stream, &parameter_sets, units().filter(is_slice), unfiltered, budget)
}

fn decode_slices<'a>(
    stream: &CodedStream<'_>,
    parameter_sets: &ParameterSets,
    slices: impl Iterator<Item = NalUnit<'a>>,
    unfiltered: bool,
    budget: &WorkBudget<'_>,
) -> Result<Box<dyn DecodedPicture>, ImageError> {
    let mut picture_in_progress: Option<(Picture<'_>, Reconstructor<'_>, &Sps)> = None;
    let mut previous: Option<SliceHeader> = None;
    for unit in slices {
        if picture_in_progress.as_ref().is_some_and(|(picture, ..)| picture.is_complete()) {
            break;
        }
        let header = SliceHeader::parse(&unit.rbsp, &unit.header, parameter_sets, previous.as_ref())
            .map_err(convert_error)?;
        let (pps, sps) =
            parameter_sets.get(usize::from(header.slice_pic_parameter_set_id)).map_err(convert_error)?;
        if picture_in_progress.is_none() {
            check_size(stream, sps)?;
        }
        let (picture, pixels, _) = picture_in_progress
            .get_or_insert_with(|| (Picture::new(sps, pps), Reconstructor::new(sps, pps), sps));
        // Decoding a block twice would take time that neither the bytes nor the pixels justify.
        let first = picture.layout.rs_to_ts.get(header.slice_segment_address as usize);
        if first != Some(&picture.decoded_ctbs) {
            return Err(damaged("a slice is missing or repeated"));
        }
        pixels.start_slice(&header);
        let quantizer = header.slice_qp_y(parameter_sets).map_err(convert_error)?;
        let data = unit.rbsp.get(header.header_size..).unwrap_or_default();
        decode_slice_segment(picture, &header, quantizer, data, pixels).map_err(convert_error)?;
        if let Some(error) = pixels.error.take() {
            return Err(convert_error(error));
        }
        if !header.dependent_slice_segment_flag {
            previous = Some(header);
        }
        budget.check_canceled(unit.rbsp.len() as u64)?;
    }
    let (picture, pixels, sps) =
        picture_in_progress.ok_or_else(|| damaged("a stream contains no picture"))?;
    if !picture.is_complete() {
        return Err(damaged("a picture ends early"));
    }
    let (right, below) = sps.chroma_subsampling();
    let [left, _, top, _] = sps.conf_win_offsets;
    Ok(Box::new(CroppedFrame {
        frame: pixels.finish(unfiltered),
        size: sps.output_size(),
        corner: (left.saturating_mul(right) as usize, top.saturating_mul(below) as usize),
        cicp: sps.vui.as_ref().map_or((2, 2), |vui| (vui.colour_primaries, vui.transfer_characteristics)),
    }))
}

/// Returns an error if the picture is larger than the container declares, because the memory was computed from the
/// container.
fn check_size(stream: &CodedStream<'_>, sps: &Sps) -> Result<(), ImageError> {
    let (width, height) = max_coded_size(stream);
    if sps.pic_width_in_luma_samples > width || sps.pic_height_in_luma_samples > height {
        return Err(damaged("it contains a picture that is larger than its header declares"));
    }
    if sps.chroma_format_idc > chroma_format(stream) {
        return Err(damaged("it contains a picture with more colors than its header declares"));
    }
    if sps.separate_colour_plane_flag {
        return Err(ImageError::Unsupported { format: "HEIC with separate color planes" });
    }
    Ok(())
}

/// A decoded picture, and its conformance window.
struct CroppedFrame {
    frame: Frame,
    size: (u32, u32),
    corner: (usize, usize),
    cicp: (u8, u8),
}

impl DecodedPicture for CroppedFrame {
    fn format(&self) -> SampleFormat {
        let chroma = match self.frame.chroma_format {
            0 => None,
            1 => Some((1, 1)),
            2 => Some((1, 0)),
            _ => Some((0, 0)),
        };
        let Frame { full_range, matrix_coeffs: matrix, .. } = self.frame;
        SampleFormat { size: self.size, chroma, full_range, matrix, cicp: self.cicp }
    }

    fn read(&self, plane: usize, x: usize, y: usize, width: usize, line: &mut Vec<u8>) {
        let (right, below) = if plane == 0 { (0, 0) } else { self.format().chroma.unwrap_or_default() };
        let (x, y) = (x + (self.corner.0 >> right), y + (self.corner.1 >> below));
        let depth = self.frame.bit_depth[usize::from(plane > 0)];
        let stride = self.frame.widths[plane] as usize;
        let row = self.frame.planes[plane].get(y * stride..(y + 1) * stride).unwrap_or_default();
        line.extend(row.iter().skip(x).take(width).map(|sample| round_to_8_bits(*sample, depth)));
    }
}
