//! JPEG, by libjpeg-turbo.

use super::jpeg_low::{self, Low};
use super::{Decoded, Request, upright};
use crate::pixels::{Layout, Pixels, Plane, Range, Raster};
use crate::{Header, ImageError, SourceFormat, clib, colour, exif};

pub(super) fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Jpeg, reason)
}

/// What stands before the first scan.
pub(super) struct Markers<'a> {
    pub(super) frame: Frame,
    adobe: Option<u8>,
    jfif: bool,
    exif: Option<&'a [u8]>,
    icc: Vec<(u8, &'a [u8])>,
    /// Whether the first scan has not all components: others must follow.
    has_more_scans: bool,
}

/// The start-of-frame segment.
pub(super) struct Frame {
    /// 0 baseline, 1 extended, 2 progressive, 9 and 10 the same with arithmetic coding.
    pub(super) process: u8,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: Vec<Component>,
}

/// One component of a frame.
#[derive(Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) h: u8,
    pub(super) v: u8,
    pub(super) table: u8,
}

/// The marker segments up to and with the first start of scan: the marker, its payload, and where the
/// bytes after it begin.
pub(super) fn segments(original: &[u8], from: usize) -> impl Iterator<Item = (u8, &[u8], usize)> {
    let mut at = from;
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            // Bytes between segments are skipped, as libjpeg does.
            at += memchr::memchr(0xff, original.get(at..)?)?;
            while *original.get(at)? == 0xff {
                at += 1;
            }
            let marker = original[at];
            at += 1;
            match marker {
                0 | 0x01 | 0xd0..=0xd8 => continue,
                0xd9 => return None,
                _ => {}
            }
            let length = usize::from(u16::from_be_bytes([*original.get(at)?, *original.get(at + 1)?]));
            let payload = original.get(at + 2..at + length.max(2))?;
            at += length.max(2);
            ended = marker == 0xda;
            return Some((marker, payload, at));
        }
        None
    })
}

pub(super) fn markers(original: &[u8]) -> Result<Markers<'_>, ImageError> {
    let (mut frame, mut adobe, mut exif, mut jfif) = (None, None, None, false);
    let mut first_scan = None;
    let mut icc = Vec::new();
    for (marker, payload, _) in segments(original, 2) {
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf if frame.is_none() => {
                frame = Some(read_frame(marker - 0xc0, payload)?);
            }
            // It has no frame header of the others.
            0xf7 if frame.is_none() => return Err(ImageError::Unsupported { format: "JPEG-LS" }),
            0xe0 if payload.starts_with(b"JFIF\0") => jfif = true,
            0xe1 if exif.is_none() && payload.starts_with(b"Exif\0") => exif = Some(payload),
            0xe2 if payload.len() > 14 && icc.len() < 255 && payload.starts_with(b"ICC_PROFILE\0") => {
                icc.push((payload[12], &payload[14..]));
            }
            0xda => first_scan = payload.first().copied(),
            0xee if payload.len() >= 12 && payload.starts_with(b"Adobe") => adobe = Some(payload[11]),
            _ => {}
        }
    }
    let frame = frame.ok_or_else(|| damaged("no frame header"))?;
    icc.sort_by_key(|(number, _)| *number);
    let has_more_scans = first_scan.is_some_and(|count| usize::from(count) < frame.components.len());
    Ok(Markers { frame, adobe, jfif, exif, icc, has_more_scans })
}

fn read_frame(process: u8, payload: &[u8]) -> Result<Frame, ImageError> {
    let Some((&[precision, h1, h0, w1, w0, count], rest)) = payload.split_first_chunk::<6>() else {
        return Err(damaged("a short frame header"));
    };
    let components: Vec<_> = rest
        .chunks_exact(3)
        .take(usize::from(count))
        .map(|c| Component { id: c[0], h: c[1] >> 4, v: c[1] & 15, table: c[2] })
        .collect();
    let frame = Frame {
        process,
        width: u32::from(u16::from_be_bytes([w1, w0])),
        height: u32::from(u16::from_be_bytes([h1, h0])),
        components,
    };
    match process {
        0 | 1 | 2 | 9 | 10 => {}
        3 | 11 => return Err(ImageError::Unsupported { format: "lossless JPEG" }),
        _ => return Err(ImageError::Unsupported { format: "hierarchical JPEG" }),
    }
    match precision {
        8 => {}
        12 => return Err(ImageError::Unsupported { format: "JPEG of 12 bits a sample" }),
        _ => return Err(damaged("an impossible sample precision")),
    }
    if frame.width == 0 || frame.height == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    if frame.components.len() != usize::from(count) || count == 0 {
        return Err(damaged("a short frame header"));
    }
    if !matches!(count, 1 | 3 | 4) {
        return Err(ImageError::Unsupported { format: "JPEG of two components, or more than four" });
    }
    if frame.components.iter().any(|c| !(1..=4).contains(&c.h) || !(1..=4).contains(&c.v)) {
        return Err(damaged("an impossible sampling factor"));
    }
    let (h, v) = frame.most_sampling();
    if frame.components.iter().any(|c| h % c.h != 0 || v % c.v != 0) {
        // libjpeg-turbo stretches by whole numbers alone.
        return Err(ImageError::Unsupported { format: "JPEG of such sampling factors" });
    }
    Ok(frame)
}

impl Frame {
    pub(super) fn progressive(&self) -> bool {
        matches!(self.process, 2 | 10)
    }

    /// The greatest sampling factors, across and down.
    pub(super) fn most_sampling(&self) -> (u8, u8) {
        self.components.iter().fold((1, 1), |(h, v), c| (c.h.max(h), c.v.max(v)))
    }

    /// A JPEG of more scans is an attack: each is a pass over all coefficients.
    pub(super) fn max_scans(&self) -> u32 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        ((1 << 30) / pixels).clamp(16, 100) as u32
    }

    /// What libjpeg-turbo holds to decode it: the pixels, and for several scans all coefficients.
    fn memory(&self, denominator: u32, has_more_scans: bool) -> u64 {
        let area = u64::from(self.width.next_multiple_of(8)) * u64::from(self.height.next_multiple_of(8));
        let (h, v) = self.most_sampling();
        let samples: u64 = self
            .components
            .iter()
            .map(|c| area * u64::from(c.h) * u64::from(c.v) / (u64::from(h) * u64::from(v)))
            .sum();
        let channels = self.components.len() as u64;
        let out = u64::from(self.width.div_ceil(denominator)) * u64::from(self.height.div_ceil(denominator));
        let rows = u64::from(self.width) * 64 * channels;
        out * channels + rows + if has_more_scans || self.progressive() { samples * 2 } else { 0 } + (1 << 20)
    }
}

pub(super) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let markers = markers(original)?;
    let Frame { width, height, .. } = markers.frame;
    let memory = markers.memory(1);
    let orientation = markers.exif.and_then(exif::orientation).unwrap_or(1);
    Ok(upright(SourceFormat::Jpeg, (width, height), orientation, 1, memory))
}

pub(super) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let markers = markers(original)?;
    let frame = &markers.frame;
    let profile = || markers.icc.iter().flat_map(|(_, part)| *part).copied();
    let icc = (1..=colour::MAX_PROFILE).contains(&profile().count()).then(|| profile().collect());
    let denominator = if request.paths.jpeg_scaled {
        // A fifth more pixels than the thumbnail has must remain: without any, there is nothing to filter.
        [8, 4, 2].into_iter().find(|by| f64::from(*by) * 1.2 <= request.ratio()).unwrap_or(1)
    } else {
        1
    };
    if request.paths.jpeg_low
        && let Some(raster) = low_frequencies(original, &markers, denominator, request)?
    {
        return Ok(Decoded { raster, icc, partial: false });
    }
    request.check_memory(markers.memory(denominator))?;
    request.work.ask(u64::MAX)?;
    let layout = match frame.components.len() {
        1 => Layout::Gray,
        4 => Layout::Cmyk,
        _ => Layout::Rgb,
    };
    let decoded =
        clib::decode_jpeg(original, layout, denominator, frame.max_scans(), request.limits.max_memory)
            .map_err(|reason| {
                if reason.contains("scans") {
                    ImageError::TooManyScans { max: frame.max_scans() }
                } else {
                    damaged(reason)
                }
            })?;

    let by = f64::from(denominator);
    let pixels = Pixels {
        extent: (f64::from(frame.width) / by, f64::from(frame.height) / by),
        ..Pixels::new(decoded.width, decoded.height, layout, decoded.pixels)
    };
    Ok(Decoded { raster: Raster::Packed(pixels), icc, partial: decoded.warning.is_some() })
}

/// The picture at 1/8 or 1/4, without most of the work.
fn low_frequencies(
    original: &[u8],
    markers: &Markers<'_>,
    denominator: u32,
    request: &Request<'_>,
) -> Result<Option<Raster>, ImageError> {
    let side = match denominator {
        8 => 1,
        4 => 2,
        _ => return Ok(None),
    };
    if !markers.is_gray_or_ycc() || jpeg_low::memory(&markers.frame, side) > request.limits.max_memory {
        return Ok(None);
    }
    match jpeg_low::read(original, markers, side) {
        Low::Planes(planes) => Ok(match <[Plane; 3]>::try_from(planes) {
            Ok(planes) => Some(Raster::Ycc { planes: Box::new(planes), range: Range::Full }),
            Err(mut planes) => planes.pop().map(|plane| {
                Raster::Packed(Pixels {
                    extent: plane.extent,
                    ..Pixels::new(plane.width, plane.height, Layout::Gray, plane.data)
                })
            }),
        }),
        Low::Unusual => Ok(None),
        Low::TooManyScans => Err(ImageError::TooManyScans { max: markers.frame.max_scans() }),
    }
}

impl Markers<'_> {
    /// The profile is put together from its parts.
    fn memory(&self, denominator: u32) -> u64 {
        let icc: usize = self.icc.iter().map(|(_, part)| part.len()).sum();
        self.frame.memory(denominator, self.has_more_scans) + icc.min(colour::MAX_PROFILE) as u64
    }

    /// What libjpeg takes for gray or YCbCr; the rest is RGB or CMYK.
    pub(super) fn is_gray_or_ycc(&self) -> bool {
        let ids: Vec<u8> = self.frame.components.iter().map(|c| c.id).collect();
        match ids[..] {
            [_] => true,
            [_, _, _] if self.jfif => true,
            [_, _, _] if self.adobe.is_some() => self.adobe == Some(1),
            [_, _, _] => ids == [1, 2, 3],
            _ => false,
        }
    }
}
