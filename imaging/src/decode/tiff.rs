//! TIFF: the first page, strip by strip or one row of tiles after another.

use std::borrow::Cow;
use std::io::Cursor;

use ::tiff::ColorType;
use ::tiff::decoder::{ChunkType, Decoder, DecodingResult};
use ::tiff::tags::{CompressionMethod, Tag};
use ::tiff::{TiffError, TiffUnsupportedError};

use super::{Decoded, Request, divide_by_alpha, upright};
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrink;
use crate::{Header, ImageError, Limits, SourceFormat, resize};

/// The greatest profile or colour map.
const MAX_TAG: usize = 4 << 20;

fn damaged(error: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Tiff, error)
}

/// The decoder tells what it does not read from what is broken.
fn refused(error: TiffError) -> ImageError {
    match error {
        TiffError::UnsupportedError(TiffUnsupportedError::UnsupportedCompressionMethod(method)) => {
            ImageError::Unsupported {
                format: match method {
                    CompressionMethod::Huffman => "TIFF in CCITT modified Huffman code",
                    CompressionMethod::Fax3 => "TIFF in CCITT Group 3 code",
                    CompressionMethod::JPEG => "TIFF in old-style JPEG",
                    _ => "TIFF in this compression",
                },
            }
        }
        TiffError::UnsupportedError(_) => ImageError::Unsupported { format: "TIFF of this kind" },
        TiffError::LimitsExceeded => damaged("a part of it is larger than the limits allow"),
        TiffError::FormatError(_)
        | TiffError::IoError(_)
        | TiffError::IntSizeError
        | TiffError::UsageError(_) => damaged(error),
    }
}

fn open<'a>(original: &'a [u8], limits: &Limits) -> Result<Decoder<Cursor<&'a [u8]>>, ImageError> {
    let most = usize::try_from(limits.max_memory / 2).unwrap_or(usize::MAX);
    let mut bounds = ::tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = most;
    bounds.intermediate_buffer_size = most;
    bounds.ifd_value_size = MAX_TAG;
    Ok(Decoder::new(Cursor::new(original)).map_err(refused)?.with_limits(bounds))
}

pub(super) fn header(original: &[u8], limits: &Limits) -> Result<Header, ImageError> {
    let mut decoder = open(original, limits)?;
    let (width, height) = decoder.dimensions().map_err(refused)?;
    if width == 0 || height == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    let orientation = decoder.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    let orientation = orientation.filter(|value| (1..=8).contains(value)).unwrap_or(1);
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    let band = u64::from(width.max(chunk_width)) * u64::from(chunk_height.min(height.next_multiple_of(16)));
    let pixels = u64::from(width) * u64::from(height);
    let memory = pixels.saturating_mul(4).saturating_add(band.saturating_mul(16));
    Ok(upright(SourceFormat::Tiff, (width, height), orientation, 1, memory))
}

/// How the samples of a page become pixels.
struct Page {
    layout: Layout,
    /// The samples of a pixel in the file; more than the layout has are dropped.
    samples: usize,
    bits: u8,
    kind: Kind,
}

enum Kind {
    Plain,
    /// The colours are already multiplied with the alpha.
    Premultiplied,
    /// Ink, where the layout counts paper.
    Ink,
    Ycc,
    Palette(Vec<[u8; 3]>),
}

pub(super) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let mut decoder = open(original, request.limits)?;
    let (width, height) = decoder.dimensions().map_err(refused)?;
    let icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok();
    let unpaletted;
    let palette = palette(&mut decoder)?;
    if palette.is_some() {
        request.check_memory(original.len() as u64)?;
        // The decoder hands out indices only when they pass for gray samples.
        unpaletted = as_gray(original).ok_or_else(|| damaged("no photometric interpretation"))?;
        decoder = open(&unpaletted, request.limits)?;
    }
    let turned;
    let mut original = original;
    if decoder.find_tag_unsigned::<u16>(Tag::FillOrder).ok().flatten() == Some(2) {
        request.check_memory(original.len() as u64)?;
        turned = bits_turned(original, &mut decoder).ok_or_else(|| damaged("strips beyond its end"))?;
        original = &turned;
        decoder = open(original, request.limits)?;
    }
    let page = page(&mut decoder, palette)?;
    let (chunk_width, mut chunk_height) = decoder.chunk_dimensions();
    if decoder.get_chunk_type() == ChunkType::Strip {
        // One strip for all rows is written as any great number of rows.
        chunk_height = chunk_height.min(height);
    }
    if chunk_width == 0 || chunk_height == 0 {
        return Err(damaged("chunks of zero pixels"));
    }
    let planar = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten() == Some(2);
    let planes = if planar { page.samples } else { 1 };
    let factor = request.shrink();
    let band_rows = chunk_height.min(height);
    let channels = page.layout.channels();
    let band = u64::from(width) * u64::from(band_rows) * page.samples as u64;
    let chunk = u64::from(chunk_width) * u64::from(chunk_height) * page.samples as u64;
    let held = chunk.saturating_mul(u64::from(page.bits).div_ceil(8) * 2);
    request.check_memory(Shrink::memory(width, height, page.layout, factor) + band + held)?;

    let mut shrink = Shrink::new(width, height, page.layout, factor);
    let mut row = vec![0; width as usize * channels];
    let mut push = |stored: &[u8]| {
        if matches!(page.kind, Kind::Plain) && page.samples == channels {
            shrink.push(stored);
        } else {
            page.read_row(stored, &mut row);
            shrink.push(&row);
        }
    };
    let across = width.div_ceil(chunk_width);
    let down = height.div_ceil(chunk_height);
    let row_bytes = width as usize * page.samples;
    let mut deflated = Deflated::of(&mut decoder).filter(|_| page.bits == 8 && planes == 1);
    let mut samples = vec![0; band as usize];
    let (mut seen, mut partial) = (false, false);
    for y in 0..down {
        let rows = (height - y * chunk_height).min(chunk_height) as usize;
        if let Some(strip) =
            deflated.as_mut().and_then(|deflated| deflated.strip(original, y, row_bytes, rows, page.samples))
        {
            strip.chunks_exact(row_bytes).for_each(&mut push);
            seen = true;
            continue;
        }
        for plane in 0..planes {
            for x in 0..across {
                let index = (plane as u32 * down + y) * across + x;
                let (columns, rows) = decoder.chunk_data_dimensions(index);
                let decoded = match decoder.read_chunk(index) {
                    Ok(decoded) => decoded,
                    // What is damaged is gray among what is sound.
                    Err(TiffError::FormatError(_) | TiffError::IoError(_)) if seen => {
                        partial = true;
                        if x == 0 && plane == 0 {
                            samples.fill(128);
                        }
                        continue;
                    }
                    Err(error) => return Err(refused(error)),
                };
                seen = true;
                let bytes = eight_bits(decoded, page.bits, columns as usize * page.samples / planes)?;
                let per_pixel = page.samples / planes;
                let stride = columns as usize * per_pixel;
                let left = (x * chunk_width) as usize;
                for (at, from) in bytes.chunks_exact(stride).take(rows as usize).enumerate() {
                    let to = &mut samples[(at * width as usize + left) * page.samples..];
                    if planes == 1 {
                        to[..stride].copy_from_slice(from);
                        continue;
                    }
                    to.iter_mut()
                        .skip(plane)
                        .step_by(page.samples)
                        .zip(from)
                        .for_each(|(to, from)| *to = *from);
                }
            }
        }
        samples.chunks_exact(row_bytes).take(rows).for_each(&mut push);
    }
    Ok(Decoded { raster: Raster::Packed(shrink.finish()), icc, partial })
}

/// Deflated strips, which are decompressed here at once: through the decoder's reader it takes twice as long.
struct Deflated {
    offsets: Vec<u64>,
    lengths: Vec<u64>,
    /// Whether a sample is stored as its difference from the one to the left.
    differences: bool,
    strip: Vec<u8>,
}

impl Deflated {
    fn of(decoder: &mut Decoder<Cursor<&[u8]>>) -> Option<Self> {
        let mut number = |tag| decoder.find_tag_unsigned::<u16>(tag).ok().flatten();
        if !matches!(number(Tag::Compression), Some(8 | 32_946)) {
            return None;
        }
        let predictor = number(Tag::Predictor).unwrap_or(1);
        let offsets = decoder.find_tag_unsigned_vec(Tag::StripOffsets).ok()??;
        let lengths = decoder.find_tag_unsigned_vec(Tag::StripByteCounts).ok()??;
        let differences = predictor == 2;
        matches!(predictor, 1 | 2).then_some(Self { offsets, lengths, differences, strip: Vec::new() })
    }

    /// The rows of a strip; nothing if anything is wrong with it, for the decoder to say what.
    fn strip(
        &mut self,
        original: &[u8],
        index: u32,
        row_bytes: usize,
        rows: usize,
        samples: usize,
    ) -> Option<&[u8]> {
        let from = usize::try_from(*self.offsets.get(index as usize)?).ok()?;
        let length = usize::try_from(*self.lengths.get(index as usize)?).ok()?;
        let data = original.get(from..from.checked_add(length)?)?;
        self.strip.resize(row_bytes * rows, 0);
        let mut decompressor = fdeflate::Decompressor::new();
        decompressor.ignore_adler32();
        let (_, written) = decompressor.read(data, &mut self.strip, 0, true).ok()?;
        if written != self.strip.len() {
            return None;
        }
        if self.differences {
            for row in self.strip.chunks_exact_mut(row_bytes) {
                match samples {
                    1 => add_up::<1>(row),
                    3 => add_up::<3>(row),
                    4 => add_up::<4>(row),
                    _ => {
                        (samples..row_bytes).for_each(|at| row[at] = row[at].wrapping_add(row[at - samples]))
                    }
                }
            }
        }
        Some(&self.strip)
    }
}

fn add_up<const N: usize>(row: &mut [u8]) {
    let mut sum = [0_u8; N];
    for pixel in row.as_chunks_mut::<N>().0 {
        sum = std::array::from_fn(|c| sum[c].wrapping_add(pixel[c]));
        *pixel = sum;
    }
}

fn page(decoder: &mut Decoder<Cursor<&[u8]>>, palette: Option<Vec<[u8; 3]>>) -> Result<Page, ImageError> {
    let premultiplied = decoder
        .find_tag_unsigned_vec::<u16>(Tag::ExtraSamples)
        .ok()
        .flatten()
        .is_some_and(|kinds| kinds.first() == Some(&1));
    let alpha = if premultiplied { Kind::Premultiplied } else { Kind::Plain };
    let (layout, samples, bits, kind) = match decoder.colortype().map_err(refused)? {
        ColorType::Gray(bits) => match palette {
            Some(colours) => (Layout::Rgb, 1, bits, Kind::Palette(colours)),
            None => (Layout::Gray, 1, bits, Kind::Plain),
        },
        ColorType::GrayA(bits) => (Layout::GrayAlpha, 2, bits, alpha),
        ColorType::Multiband { bit_depth, num_samples: 2 } => (Layout::GrayAlpha, 2, bit_depth, alpha),
        ColorType::RGB(bits) => (Layout::Rgb, 3, bits, Kind::Plain),
        ColorType::RGBA(bits) => (Layout::Rgba, 4, bits, alpha),
        ColorType::CMYK(bits) => (Layout::Cmyk, 4, bits, Kind::Ink),
        ColorType::CMYKA(bits) => (Layout::Cmyk, 5, bits, Kind::Ink),
        ColorType::YCbCr(bits) => (Layout::Rgb, 3, bits, Kind::Ycc),
        ColorType::Lab(_) => return Err(ImageError::Unsupported { format: "TIFF in Lab colours" }),
        ColorType::Palette(_) | ColorType::Multiband { .. } => {
            return Err(ImageError::Unsupported { format: "TIFF of this many samples" });
        }
        _ => return Err(ImageError::Unsupported { format: "TIFF of this kind" }),
    };
    if !(matches!(bits, 8 | 16 | 32 | 64) || matches!(bits, 1 | 2 | 4) && samples == 1) {
        return Err(ImageError::Unsupported { format: "TIFF of this many bits a sample" });
    }
    Ok(Page { layout, samples, bits, kind })
}

impl Page {
    fn read_row(&self, stored: &[u8], row: &mut [u8]) {
        let pixels = stored.chunks_exact(self.samples).zip(row.chunks_exact_mut(self.layout.channels()));
        match &self.kind {
            Kind::Plain => pixels.for_each(|(from, to)| to.copy_from_slice(&from[..to.len()])),
            Kind::Ink => pixels.for_each(|(from, to)| {
                to.iter_mut().zip(from).for_each(|(paper, ink)| *paper = 255 - ink);
            }),
            Kind::Ycc => {
                pixels.for_each(|(from, to)| to.copy_from_slice(&resize::rgb(from[0], from[1], from[2])))
            }
            Kind::Palette(colours) => pixels.for_each(|(from, to)| {
                let index = usize::from(from[0]) * ((1 << self.bits.min(8)) - 1) / 255;
                to.copy_from_slice(&colours.get(index).copied().unwrap_or_default());
            }),
            Kind::Premultiplied => pixels.for_each(|(from, to)| {
                to.copy_from_slice(&from[..to.len()]);
                divide_by_alpha(to);
            }),
        }
    }
}

/// Samples of any width as 8 bits, full range; `row` samples of less than a byte fill whole bytes.
fn eight_bits(decoded: DecodingResult, bits: u8, row: usize) -> Result<Vec<u8>, ImageError> {
    let float = |sample: f32| (sample.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    Ok(match decoded {
        DecodingResult::U8(samples) if bits < 8 => {
            let bits = usize::from(bits);
            let max = (1_usize << bits) - 1;
            let mut wide = Vec::with_capacity(samples.len() * 8 / bits);
            for bytes in samples.chunks_exact((row * bits).div_ceil(8)) {
                wide.extend((0..row).map(|x| {
                    let at = x * bits;
                    (usize::from(bytes[at / 8] >> (8 - bits - at % 8)) & max) as u8
                }));
            }
            wide.iter_mut().for_each(|sample| *sample = (usize::from(*sample) * 255 / max) as u8);
            wide
        }
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(|sample| (sample >> 8) as u8).collect(),
        DecodingResult::U32(samples) => samples.into_iter().map(|sample| (sample >> 24) as u8).collect(),
        DecodingResult::U64(samples) => samples.into_iter().map(|sample| (sample >> 56) as u8).collect(),
        DecodingResult::F32(samples) => samples.into_iter().map(float).collect(),
        DecodingResult::F64(samples) => samples.into_iter().map(|sample| float(sample as f32)).collect(),
        DecodingResult::F16(_)
        | DecodingResult::I8(_)
        | DecodingResult::I16(_)
        | DecodingResult::I32(_)
        | DecodingResult::I64(_) => {
            return Err(ImageError::Unsupported { format: "TIFF of signed or half-precision samples" });
        }
    })
}

/// The colours of a page of indices.
fn palette(decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Option<Vec<[u8; 3]>>, ImageError> {
    if decoder.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation).ok().flatten() != Some(3) {
        return Ok(None);
    }
    let map = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(damaged)?;
    let count = map.len() / 3;
    // Some writers stored 8 bits where 16 belong.
    let shift = if map.iter().all(|sample| *sample < 256) { 0 } else { 8 };
    let sample = |channel: usize, i: usize| (map[channel * count + i] >> shift) as u8;
    Ok(Some((0..count).map(|i| [sample(0, i), sample(1, i), sample(2, i)]).collect()))
}

/// The same file with the bits of each byte of its picture data in the usual order, the highest first.
fn bits_turned(original: &[u8], decoder: &mut Decoder<Cursor<&[u8]>>) -> Option<Vec<u8>> {
    let mut copy = original.to_vec();
    // JPEG has its bytes as they are, whatever the tag says.
    if matches!(decoder.find_tag_unsigned::<u16>(Tag::Compression).ok().flatten(), Some(6 | 7)) {
        return Some(copy);
    }
    let (offsets, lengths) = match decoder.get_chunk_type() {
        ChunkType::Strip => (Tag::StripOffsets, Tag::StripByteCounts),
        ChunkType::Tile => (Tag::TileOffsets, Tag::TileByteCounts),
    };
    let offsets = decoder.find_tag_unsigned_vec::<u64>(offsets).ok()??;
    let lengths = decoder.find_tag_unsigned_vec::<u64>(lengths).ok()??;
    // Strips that lie upon each other could be turned for hours.
    if lengths.iter().fold(0_u64, |sum, length| sum.saturating_add(*length)) > original.len() as u64 {
        return None;
    }
    for (offset, length) in offsets.into_iter().zip(lengths) {
        let from = usize::try_from(offset).ok()?.min(copy.len());
        let to = from.saturating_add(usize::try_from(length).ok()?).min(copy.len());
        copy[from..to].iter_mut().zip(&original[from..to]).for_each(|(to, from)| *to = from.reverse_bits());
    }
    Some(copy)
}

/// The same file with the first page declared gray.
fn as_gray(original: &[u8]) -> Option<Cow<'_, [u8]>> {
    let big_endian = original.starts_with(b"MM");
    let number = |at: usize, bytes: usize| {
        let bytes = original.get(at..at.checked_add(bytes)?)?;
        let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        Some(if big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
    };
    let big = number(2, 2)? == 43;
    let directory = usize::try_from(if big { number(8, 8)? } else { number(4, 4)? }).ok()?;
    let (head, entry, value) = if big { (8, 20, 12) } else { (2, 12, 8) };
    for i in 0..usize::try_from(number(directory, head)?).ok()?.min(4096) {
        let at = directory.checked_add(head + i * entry)?;
        if number(at, 2)? == 262 {
            let mut copy = original.to_vec();
            let value = copy.get_mut(at + value..at + value + 2)?;
            value.copy_from_slice(&if big_endian { [0, 1] } else { [1, 0] });
            return Some(Cow::Owned(copy));
        }
    }
    None
}
