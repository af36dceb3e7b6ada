//! Reads the marker segments of a JPEG before its first scan, and writes segments.

use crate::{ImageError, SourceFormat, limits};

pub(crate) fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Jpeg, reason)
}

/// The segments before the first scan.
pub(crate) struct Markers<'a> {
    pub(crate) frame: FrameHeader,
    pub(crate) adobe: Option<u8>,
    pub(crate) jfif: bool,
    pub(crate) exif: Option<&'a [u8]>,
    pub(crate) icc: Vec<(u8, &'a [u8])>,
    /// Whether the first scan lacks some components, so that other scans must follow.
    has_more_scans: bool,
}

/// The start-of-frame segment.
pub(crate) struct FrameHeader {
    /// The coding process: 0 baseline, 1 extended, 2 progressive, 3 lossless, 9 and 10 extended and progressive
    /// with arithmetic coding.
    pub(crate) process: u8,
    /// The number of bits of a sample.
    pub(crate) precision: u8,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) components: Vec<FrameComponent>,
}

/// A component of a frame.
#[derive(Clone, Copy)]
pub(crate) struct FrameComponent {
    pub(crate) id: u8,
    pub(crate) h: u8,
    pub(crate) v: u8,
    pub(crate) table: u8,
}

/// Returns the marker segments up to and including the first start of scan: the marker, its payload, and the
/// offset after it.
pub(crate) fn segments(original: &[u8], from: usize) -> impl Iterator<Item = (u8, &[u8], usize)> {
    let mut at = from;
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            // Skips bytes between segments, as libjpeg does.
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

/// Appends a segment. A payload that is too long for a segment is omitted.
pub(crate) fn push_segment(to: &mut Vec<u8>, marker: u8, payload: &[&[u8]]) {
    let length: usize = payload.iter().map(|part| part.len()).sum();
    if let Ok(length) = u16::try_from(length + 2) {
        to.extend([0xff, marker]);
        to.extend(length.to_be_bytes());
        payload.iter().for_each(|part| to.extend(*part));
    }
}

pub(crate) fn read_markers(original: &[u8]) -> Result<Markers<'_>, ImageError> {
    let (mut frame, mut adobe, mut exif, mut jfif) = (None, None, None, false);
    let mut first_scan = None;
    let mut icc = Vec::new();
    for (marker, payload, _) in segments(original, 2) {
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf if frame.is_none() => {
                frame = Some(read_frame(marker - 0xc0, payload)?);
            }
            // JPEG-LS has a start-of-frame marker of its own.
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
    let frame = frame.ok_or_else(|| damaged("it has no frame header"))?;
    icc.sort_by_key(|(number, _)| *number);
    let has_more_scans = first_scan.is_some_and(|count| usize::from(count) < frame.components.len());
    Ok(Markers { frame, adobe, jfif, exif, icc, has_more_scans })
}

fn read_frame(process: u8, payload: &[u8]) -> Result<FrameHeader, ImageError> {
    let Some((&[precision, h1, h0, w1, w0, count], rest)) = payload.split_first_chunk::<6>() else {
        return Err(damaged("the frame header is truncated"));
    };
    let components: Vec<_> = rest
        .chunks_exact(3)
        .take(usize::from(count))
        .map(|c| FrameComponent { id: c[0], h: c[1] >> 4, v: c[1] & 15, table: c[2] })
        .collect();
    let frame = FrameHeader {
        process,
        precision,
        width: u32::from(u16::from_be_bytes([w1, w0])),
        height: u32::from(u16::from_be_bytes([h1, h0])),
        components,
    };
    match process {
        0..=3 | 9 | 10 => {}
        11 => return Err(ImageError::Unsupported { format: "lossless JPEG with arithmetic coding" }),
        _ => return Err(ImageError::Unsupported { format: "hierarchical JPEG" }),
    }
    let is_valid = match process {
        0 => precision == 8,
        3 => (2..=16).contains(&precision),
        _ => precision == 8 || precision == 12,
    };
    if !is_valid {
        return Err(damaged("its sample precision is invalid"));
    }
    if frame.width == 0 || frame.height == 0 {
        return Err(damaged("a side has zero pixels"));
    }
    if frame.components.len() != usize::from(count) || count == 0 {
        return Err(damaged("the frame header is truncated"));
    }
    if !matches!(count, 1 | 3 | 4) {
        return Err(ImageError::Unsupported { format: "JPEG with two or more than four components" });
    }
    if frame.components.iter().any(|c| !(1..=4).contains(&c.h) || !(1..=4).contains(&c.v)) {
        return Err(damaged("a sampling factor is invalid"));
    }
    let (h, v) = frame.max_sampling();
    if frame.components.iter().any(|c| h % c.h != 0 || v % c.v != 0) {
        // libjpeg-turbo upsamples only by integer factors.
        return Err(ImageError::Unsupported { format: "JPEG with these sampling factors" });
    }
    Ok(frame)
}

impl FrameHeader {
    pub(crate) fn is_progressive(&self) -> bool {
        matches!(self.process, 2 | 10)
    }

    pub(crate) fn is_lossless(&self) -> bool {
        self.process == 3
    }

    /// Returns the maximum sampling factors, across and down.
    pub(crate) fn max_sampling(&self) -> (u8, u8) {
        self.components.iter().fold((1, 1), |(h, v), c| (c.h.max(h), c.v.max(v)))
    }

    /// Returns the maximum number of scans. Each scan is a pass over all coefficients, so a file with more is
    /// an attack.
    pub(crate) fn max_scans(&self) -> u32 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        ((1 << 30) / pixels).clamp(16, 100) as u32
    }

    /// Returns the number of bytes that libjpeg-turbo holds: the pixels and, for several scans, all
    /// coefficients.
    fn memory(&self, denominator: u32, has_more_scans: bool) -> u64 {
        let area = u64::from(self.width.next_multiple_of(8)) * u64::from(self.height.next_multiple_of(8));
        let (h, v) = self.max_sampling();
        let samples: u64 = self
            .components
            .iter()
            .map(|c| area * u64::from(c.h) * u64::from(c.v) / (u64::from(h) * u64::from(v)))
            .sum();
        let channels = self.components.len() as u64;
        let out = u64::from(self.width.div_ceil(denominator)) * u64::from(self.height.div_ceil(denominator));
        let rows = u64::from(self.width) * 64 * channels;
        // Samples with more than 8 bits are decoded to 16 bits first.
        let (sample_bytes, wide) = if self.precision > 8 { (3, 2) } else { (1, 1) };
        out * channels * sample_bytes
            + rows * wide
            + if has_more_scans || self.is_progressive() { samples * 2 } else { 0 }
            + (1 << 20)
    }
}

impl Markers<'_> {
    /// Returns the number of bytes that decoding needs, with the profile, which is assembled from its parts.
    pub(crate) fn memory(&self, denominator: u32) -> u64 {
        let icc: usize = self.icc.iter().map(|(_, part)| part.len()).sum();
        self.frame.memory(denominator, self.has_more_scans) + icc.min(limits::MAX_PROFILE) as u64
    }

    /// Returns whether libjpeg considers the picture gray or YCbCr. Otherwise, it is RGB or CMYK.
    pub(crate) fn is_gray_or_ycc(&self) -> bool {
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
