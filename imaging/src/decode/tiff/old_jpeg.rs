//! Old-style JPEG in TIFF: a complete JPEG file, or its tables and its strips in separate places (TIFF 6.0, section 22).

use std::borrow::Cow;

use crate::decode::jpeg;
use crate::decode::jpeg::markers::{push_segment, read_markers, segments};
use crate::decode::tiff::directory::{Directory, tag};
use crate::{Header, ImageError};

/// The maximum length of the headers of a JPEG file without a scan. Those of Wang Imaging have fewer than a thousand bytes.
const MAX_HEADERS: usize = 1 << 16;

/// A page in old-style JPEG.
pub(super) enum OldJpeg<'a> {
    /// A complete JPEG file.
    File(&'a [u8]),
    /// The parts of a baseline JPEG: all headers, and the codes of each strip. The codes begin at a byte boundary and depend
    /// on no other strip, so the strip becomes a restart interval.
    Parts { headers: Vec<u8>, strips: Vec<&'a [u8]> },
}

impl<'a> OldJpeg<'a> {
    /// Returns the JPEG of a page, or `None` if the page has another compression or lacks a part. Tiles are not supported.
    pub(super) fn read(original: &'a [u8], directory: &Directory<'a>) -> Option<Self> {
        if directory.number(tag::COMPRESSION) != Some(6) {
            return None;
        }
        let stored = stored_file(original, directory);
        let complete = stored.filter(|file| memchr::memmem::find(file, b"\xff\xda").is_some());
        complete.map(Self::File).or_else(|| parts(original, directory, stored))
    }

    /// Returns the header of the JPEG. Its memory includes that of the file, if the file is assembled from parts.
    pub(super) fn header(&self) -> Result<Header, ImageError> {
        let (headers, copied) = match self {
            Self::File(file) => (*file, 0),
            Self::Parts { headers, strips } => {
                let codes: usize = strips.iter().map(|strip| strip.len() + 2).sum();
                (&headers[..], headers.len() + codes)
            }
        };
        let header = jpeg::header(headers)?;
        Ok(Header { memory: header.memory.saturating_add(copied as u64), ..header })
    }

    /// Returns the JPEG file.
    pub(super) fn into_file(self) -> Cow<'a, [u8]> {
        let (mut file, strips) = match self {
            Self::File(file) => return Cow::Borrowed(file),
            Self::Parts { headers, strips } => (headers, strips),
        };
        let codes: usize = strips.iter().map(|strip| strip.len() + 2).sum();
        file.reserve_exact(codes);
        for (i, strip) in strips.iter().enumerate() {
            if i > 0 {
                file.extend([0xff, 0xd0 | ((i - 1) % 8) as u8]);
            }
            file.extend(*strip);
        }
        file.extend([0xff, 0xd9]);
        Cow::Owned(file)
    }
}

/// Returns the JPEG file that a page contains. It may lack the scan.
fn stored_file<'a>(original: &'a [u8], directory: &Directory<'a>) -> Option<&'a [u8]> {
    let at = |tag| directory.number(tag).and_then(|number| usize::try_from(number).ok());
    let jpeg = original.get(at(tag::JPEG)?..)?;
    let jpeg = at(tag::JPEG_BYTES).and_then(|length| jpeg.get(..length)).unwrap_or(jpeg);
    jpeg.starts_with(&[0xff, 0xd8]).then_some(jpeg)
}

/// The headers of a baseline JPEG.
struct Headers {
    /// The tables and the frame header.
    frame: Vec<u8>,
    scan: Vec<u8>,
    /// The width and the height of an MCU (minimum coded unit) in blocks of 8 x 8 pixels.
    mcu: (u64, u64),
}

/// Returns the parts of a baseline JPEG: headers and strips.
fn parts<'a>(original: &'a [u8], directory: &Directory<'a>, stored: Option<&[u8]>) -> Option<OldJpeg<'a>> {
    let number = |tag, default| directory.number(tag).unwrap_or(default);
    if number(tag::JPEG_PROCESS, 1) != 1 || directory.has_tiles() {
        return None;
    }
    let mut strips = strips(original, directory)?;
    let first = strips.first_mut()?;
    let headers = stored
        .and_then(|file| stored_headers(file, first))
        .or_else(|| headers_from_tables(original, directory))?;
    let (across, down) = headers.mcu;
    let height = directory.number(tag::HEIGHT)?;
    let rows = number(tag::ROWS_PER_STRIP, u64::MAX).min(height);
    let interval = match number(tag::JPEG_RESTART_INTERVAL, 0) {
        interval if strips.len() == 1 => interval,
        0 if rows % (8 * down) == 0 => {
            directory.number(tag::WIDTH)?.div_ceil(8 * across) * (rows / (8 * down))
        }
        _ => return None,
    };
    let interval = u16::try_from(interval).ok()?;

    let mut jpeg = vec![0xff, 0xd8];
    jpeg.extend(headers.frame);
    push_segment(&mut jpeg, 0xdd, &[&interval.to_be_bytes()]);
    jpeg.extend(headers.scan);
    Some(OldJpeg::Parts { headers: jpeg, strips })
}

/// Returns the headers of a JPEG file without a scan, which Wang Imaging wrote. Removes the scan header from the first
/// strip.
fn stored_headers(file: &[u8], first: &mut &[u8]) -> Option<Headers> {
    let frame = read_markers(file).ok()?.frame;
    if frame.process != 0 {
        return None;
    }
    let (across, down) = if frame.components.len() == 1 { (1, 1) } else { frame.max_sampling() };
    let mcu = (across.into(), down.into());
    let (.., end) = segments(file, 2).last()?;
    let (0xda, _, begin) = segments(first, 0).next()? else { return None };
    if end > MAX_HEADERS || begin > MAX_HEADERS {
        return None;
    }
    let (scan, codes) = first.split_at(begin);
    *first = codes;
    Some(Headers { frame: file[2..end].to_vec(), scan: scan.to_vec(), mcu })
}

/// Returns the headers of a page that stores its tables as values of tags.
fn headers_from_tables(original: &[u8], directory: &Directory<'_>) -> Option<Headers> {
    let number = |tag, default| directory.number(tag).unwrap_or(default);
    let samples = number(tag::SAMPLES, 1) as usize;
    if !matches!((samples, number(tag::PLANAR, 1)), (1, _) | (3, 1)) {
        return None;
    }
    let side = |tag| directory.number(tag).and_then(|side| u16::try_from(side).ok());
    let (width, height) = (side(tag::WIDTH)?, side(tag::HEIGHT)?);
    let is_ycc = number(tag::PHOTOMETRIC, 6) == 6;
    let mcu = match directory.numbers(tag::YCC_SUBSAMPLING)[..] {
        _ if samples == 1 || !is_ycc => (1, 1),
        [across @ (1 | 2 | 4), down @ (1 | 2 | 4), ..] => (across, down),
        [] => (2, 2),
        _ => return None,
    };
    let (mut tables, mut scan) = (Vec::new(), vec![samples as u8]);
    let mut frame = [&[8], &height.to_be_bytes()[..], &width.to_be_bytes(), &[samples as u8]].concat();
    for i in 0..samples {
        let place = i as u8;
        // libjpeg infers the color space from the component IDs.
        let id = if is_ycc || samples == 1 { place + 1 } else { b"RGB"[i] };
        let factors = if i == 0 { (mcu.0 << 4 | mcu.1) as u8 } else { 0x11 };
        frame.extend([id, factors, place]);
        scan.extend([id, place << 4 | place]);
        let quantization = table(original, directory, tag::JPEG_QUANTIZATION, i)?.get(..64)?;
        push_segment(&mut tables, 0xdb, &[&[place], quantization]);
        for (class, tag) in [(0, tag::JPEG_DC_TABLES), (0x10, tag::JPEG_AC_TABLES)] {
            let codes = table(original, directory, tag, i)?;
            let count: usize = codes.get(..16)?.iter().map(|count| usize::from(*count)).sum();
            push_segment(&mut tables, 0xc4, &[&[class | place], codes.get(..16 + count.min(256))?]);
        }
    }
    // All coefficients at full precision.
    scan.extend([0, 63, 0]);
    let mut headers = Headers { frame: tables, scan: Vec::new(), mcu };
    push_segment(&mut headers.frame, 0xc0, &[&frame]);
    push_segment(&mut headers.scan, 0xda, &[&scan]);
    Some(headers)
}

/// Returns the codes of the strips, without a marker after them.
fn strips<'a>(original: &[u8], directory: &Directory<'a>) -> Option<Vec<&'a [u8]>> {
    let (list, count) = (directory.strips(), directory.numbers(tag::STRIP_OFFSETS).len());
    let strips: Vec<&[u8]> = (0..count)
        .map(|i| match list.get_partial(i) {
            [codes @ .., 0xff, 0xd0..=0xd7 | 0xd9] => codes,
            codes => codes,
        })
        .collect();
    let bytes: usize = strips.iter().map(|strip| strip.len()).sum();
    // Strips that share bytes could be far longer than the file.
    (count > 0 && bytes <= original.len()).then_some(strips)
}

/// Returns the bytes from the beginning of the table of a component.
fn table<'a>(original: &'a [u8], directory: &Directory<'_>, tag: u16, component: usize) -> Option<&'a [u8]> {
    let at = directory.numbers(tag).get(component).copied()?;
    original.get(usize::try_from(at).ok()?..)
}
