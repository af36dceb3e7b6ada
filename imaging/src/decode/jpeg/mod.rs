//! Decodes JPEG with libjpeg-turbo.

mod dc;
pub(crate) mod dct_scaled;
mod huffman;
pub(crate) mod markers;
mod scan;

use std::borrow::Cow;

use crate::decode::jpeg::dct_scaled::LowFrequencies;
use crate::decode::jpeg::markers::{FrameHeader, Markers, damaged, read_markers};
use crate::decode::{DecodeOutput, DecodeRequest, upright_header};
use crate::pixels::{Layout, Pixels, Plane, Raster, SampleRange};
use crate::{Header, ImageError, SourceFormat, clib, exif, limits};

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    Ok(header_of(&read_markers(original)?))
}

/// Returns the header of a JPEG in a raw file. Returns `None` if the JPEG contains raw data, which cameras store as
/// lossless JPEG.
pub(crate) fn preview_header(original: &[u8]) -> Option<Header> {
    read_markers(original).ok().filter(|markers| !markers.frame.is_lossless()).as_ref().map(header_of)
}

fn header_of(markers: &Markers<'_>) -> Header {
    let FrameHeader { width, height, .. } = markers.frame;
    let memory = markers.memory(1);
    let orientation = markers.exif.and_then(exif::orientation).unwrap_or(1);
    upright_header(SourceFormat::Jpeg, (width, height), orientation, 1, memory)
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let markers = read_markers(original)?;
    let frame = &markers.frame;
    let profile = || markers.icc.iter().flat_map(|(_, part)| *part).copied();
    let icc = (1..=limits::MAX_PROFILE).contains(&profile().count()).then(|| profile().collect());
    let denominator = if request.paths.jpeg_scaled && !frame.is_lossless() {
        // At least 1.15 times the pixels of the thumbnail must remain as input for the resize filter.
        [8, 4, 2].into_iter().find(|by| f64::from(*by) * 1.15 <= request.min_ratio()).unwrap_or(1)
    } else {
        1
    };
    if request.paths.dct_scaled
        && let Some(raster) = decode_low_frequencies(original, &markers, denominator, request)?
    {
        return Ok(DecodeOutput { raster, icc, partial: false });
    }
    request.check_memory(markers.memory(denominator))?;
    request.budget.check_canceled(u64::MAX)?;
    let layout = layout(frame);
    let (max_scans, max_memory) = (frame.max_scans(), request.limits.max_memory);
    let decoded = clib::decode_jpeg(original, layout, frame.precision, denominator, max_scans, max_memory);
    let decoded = decoded.map_err(|reason| match reason.contains("scans") {
        true => ImageError::TooManyScans { max: max_scans },
        false => damaged(reason),
    })?;

    let by = f64::from(denominator);
    let pixels = Pixels {
        extent: (f64::from(frame.width) / by, f64::from(frame.height) / by),
        ..Pixels::new(decoded.width, decoded.height, layout, decoded.pixels)
    };
    Ok(DecodeOutput { raster: Raster::Packed(pixels), icc, partial: decoded.warning.is_some() })
}

/// A decoded lossless JPEG.
pub(crate) struct LosslessJpeg {
    /// The number of samples in a row.
    pub(crate) row_samples: usize,
    /// The samples, in 8 bits.
    pub(crate) samples: Vec<u8>,
    /// The message of the decoder if a part of the samples is not readable.
    pub(crate) warning: Option<String>,
}

/// Decodes a lossless JPEG whose Huffman tables may be in another file, beside `other_bytes` in memory.
pub(crate) fn decode_lossless(
    original: &[u8],
    tables: &[u8],
    request: &DecodeRequest<'_>,
    other_bytes: u64,
) -> Result<LosslessJpeg, ImageError> {
    let original = match (tables.strip_suffix(b"\xff\xd9"), original.strip_prefix(b"\xff\xd8")) {
        (Some(tables), Some(rest)) => Cow::Owned([tables, rest].concat()),
        _ => Cow::Borrowed(original),
    };
    let markers = read_markers(&original)?;
    let frame = &markers.frame;
    request.check_memory(markers.memory(1) + other_bytes)?;
    let (layout, max_memory) = (layout(frame), request.limits.max_memory);
    let decoded = clib::decode_jpeg(&original, layout, frame.precision, 1, frame.max_scans(), max_memory);
    let decoded = decoded.map_err(damaged)?;
    Ok(LosslessJpeg {
        row_samples: decoded.width as usize * layout.channels(),
        samples: decoded.pixels,
        warning: decoded.warning,
    })
}

fn layout(frame: &FrameHeader) -> Layout {
    match frame.components.len() {
        1 => Layout::Gray,
        4 => Layout::Cmyk,
        _ => Layout::Rgb,
    }
}

/// Returns the picture at 1/8 or 1/4 from its low frequencies. Returns `None` if only libjpeg-turbo can
/// decode it.
fn decode_low_frequencies(
    original: &[u8],
    markers: &Markers<'_>,
    denominator: u32,
    request: &DecodeRequest<'_>,
) -> Result<Option<Raster>, ImageError> {
    let side = match denominator {
        8 => 1,
        4 => 2,
        _ => return Ok(None),
    };
    if !markers.is_gray_or_ycc() || dct_scaled::memory(&markers.frame, side) > request.limits.max_memory {
        return Ok(None);
    }
    match dct_scaled::decode(original, markers, side) {
        LowFrequencies::Planes(planes) => Ok(match <[Plane; 3]>::try_from(planes) {
            Ok(planes) => Some(Raster::Ycc { planes: Box::new(planes), range: SampleRange::Full }),
            Err(mut planes) => planes.pop().map(|plane| {
                Raster::Packed(Pixels {
                    extent: plane.extent,
                    ..Pixels::new(plane.width, plane.height, Layout::Gray, plane.data)
                })
            }),
        }),
        LowFrequencies::Unusual => Ok(None),
        LowFrequencies::TooManyScans => Err(ImageError::TooManyScans { max: markers.frame.max_scans() }),
    }
}
