//! Raw files of cameras: the largest JPEG in them, which the camera made as a preview.
//!
//! Each maker keeps it elsewhere, in directories, notes, or boxes of its own. All are found by how a JPEG begins; what
//! only looks like one, and the lossless JPEG that raw data may be, has no header that can be read.

use crate::decode::heif::boxes::{boxes, find};
use crate::decode::tiff::directory::{Directory, tag};
use crate::decode::{Decoded, Request, jpeg};
use crate::{Header, ImageError, SourceFormat, exif};

/// More beginnings of a JPEG than this are not looked at. Raw data looks like one every 16 MB, by chance.
const MAX_BEGINNINGS: usize = 256;

/// The header of a JPEG is within so many bytes.
const MAX_HEADER: usize = 256 << 10;

/// The name of the kind of raw file, if it is one. `original` may be the beginning of the file.
pub(crate) fn name(original: &[u8]) -> Option<&'static str> {
    let is_tiff = matches!(original.get(..4)?, b"II*\0" | b"MM\0*");
    match original {
        [b'I', b'I', b'R', b'O' | b'S', ..] | [b'M', b'M', b'O', b'R', ..] => Some("Olympus raw"),
        [b'I', b'I', b'U', 0, ..] => Some("Panasonic raw"),
        [b'F', b'O', b'V', b'b', ..] => Some("Sigma raw"),
        [b'I', b'I', _, _, _, _, b'H', b'E', b'A', b'P', b'C', b'C', b'D', b'R', ..] => Some("Canon raw"),
        _ if original.starts_with(b"FUJIFILMCCD-RAW") => Some("Fujifilm raw"),
        _ if is_tiff && original.get(8..11) == Some(b"CR\x02") => Some("Canon raw"),
        _ if original.get(4..12) == Some(b"ftypcrx ") => Some("Canon raw"),
        _ if is_tiff && Directory::read(original).is_some_and(|directory| is_raw(&directory)) => {
            Some("camera raw")
        }
        _ => None,
    }
}

/// Whether a TIFF is a raw file: its first directory is of raw data, or of a preview with the picture further down.
fn is_raw(directory: &Directory<'_>) -> bool {
    const COLOR_FILTERS: u64 = 32_803;
    const LINEAR_RAW: u64 = 34_892;
    let is_preview = directory.number(tag::SUBFILE).is_some_and(|kind| kind & 1 == 1)
        && directory.number(tag::SUB_DIRECTORIES).is_some();
    is_preview
        || directory.bytes(tag::DNG_VERSION).is_some()
        || matches!(directory.number(tag::PHOTOMETRIC), Some(COLOR_FILTERS | LINEAR_RAW))
}

/// The largest JPEG in a file, and its header.
fn preview(original: &[u8]) -> Option<(&[u8], Header)> {
    let beginnings = memchr::memmem::find_iter(original, b"\xff\xd8\xff").take(MAX_BEGINNINGS);
    let found = beginnings.filter_map(|at| {
        let rest = original.get(at..)?;
        let header = jpeg::header(rest.get(..MAX_HEADER).unwrap_or(rest)).ok()?;
        Some((rest, header))
    });
    // Of equal ones the first.
    found.reduce(|best, next| {
        let area = |header: &Header| u64::from(header.width) * u64::from(header.height);
        if area(&next.1) > area(&best.1) { next } else { best }
    })
}

fn no_preview(original: &[u8]) -> ImageError {
    ImageError::Unsupported { format: name(original).unwrap_or("camera raw") }
}

/// The orientation that the raw file tells, in its first directory.
fn orientation(original: &[u8]) -> Option<u8> {
    if original.get(4..8) != Some(b"ftyp") {
        return exif::orientation(original);
    }
    let canon = boxes(find(original, b"moov")?).find(|(kind, _)| *kind == b"uuid")?.1;
    exif::orientation(find(canon.get(16..)?, b"CMT1")?)
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let (_, header) = preview(original).ok_or_else(|| no_preview(original))?;
    let stored = crate::orient::oriented_size((header.width, header.height), header.orientation);
    let orientation = orientation(original).unwrap_or(header.orientation);
    Ok(super::upright(SourceFormat::Raw, stored, orientation, 1, header.memory))
}

pub(crate) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let (preview, _) = preview(original).ok_or_else(|| no_preview(original))?;
    jpeg::decode(preview, request)
}
