//! Decodes the largest JPEG in a camera's raw file, which the camera made as a preview.
//!
//! Each manufacturer stores it in different directories, notes, or boxes. A search for the first bytes of a JPEG finds
//! all of them. False matches have no valid header. Lossless JPEG is raw data, and so is each JPEG in the tiles of raw
//! data.

use crate::decode::heif::boxes::{BoxReader, boxes, find_box};
use crate::decode::tiff::directory::{Directory, tag};
use crate::decode::{DecodeOutput, DecodeRequest, jpeg};
use crate::orient::oriented_size;
use crate::{Header, ImageError, SourceFormat, exif};

/// The maximum number of candidates that are examined. By chance, raw data contains a candidate every 16 MB.
const MAX_CANDIDATES: usize = 256;

/// The maximum number of directories that are searched for raw data, besides the first.
const MAX_DIRECTORIES: usize = 16;

/// The maximum number of records about a sensor that are searched.
const MAX_RECORDS: u32 = 256;

/// The maximum length of a JPEG header in bytes.
const MAX_HEADER: usize = 256 << 10;

/// Returns the name of the kind of raw file, or `None` if it is not raw. `original` may be only the beginning
/// of the file.
pub(crate) fn kind_of_raw(original: &[u8]) -> Option<&'static str> {
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

/// Returns whether a TIFF is a raw file: its first directory contains raw data, or a preview of a picture in
/// another directory.
fn is_raw(directory: &Directory<'_>) -> bool {
    let is_preview = directory.number(tag::SUBFILE).is_some_and(|kind| kind & 1 == 1)
        && directory.number(tag::SUB_DIRECTORIES).is_some();
    is_preview || directory.bytes(tag::DNG_VERSION).is_some() || contains_raw_data(directory)
}

/// Returns whether the picture of a directory is raw data: samples of one color per pixel, or linear ones.
fn contains_raw_data(directory: &Directory<'_>) -> bool {
    const COLOR_FILTERS: u64 = 32_803;
    const LINEAR_RAW: u64 = 34_892;
    matches!(directory.number(tag::PHOTOMETRIC), Some(COLOR_FILTERS | LINEAR_RAW))
}

/// Returns the directories of a TIFF whose pictures are raw data.
fn raw_directories(original: &[u8]) -> Vec<Directory<'_>> {
    let Some(first) = Directory::read(original) else { return Vec::new() };
    let others = first.numbers(tag::SUB_DIRECTORIES).into_iter().take(MAX_DIRECTORIES);
    let others: Vec<_> = others.filter_map(|at| first.read_other(at)).collect();
    std::iter::once(first).chain(others).filter(contains_raw_data).collect()
}

/// Returns the stored size of the picture that a converter makes of the raw data: the size of the crop, or else the size
/// of the sensor.
fn raw_size(original: &[u8], directories: &[Directory<'_>]) -> Option<(u32, u32)> {
    let size = |[width, height]: [u64; 2]| Some((u32::try_from(width).ok()?, u32::try_from(height).ok()?));
    let declared = |directory: &Directory<'_>| {
        Some([directory.number(tag::WIDTH)?, directory.number(tag::HEIGHT)?]).and_then(size)
    };
    // A CR3. The older CR2 is a TIFF.
    if let Some(exif) = canon_exif(original) {
        return declared(&Directory::read(exif)?);
    }
    match kind_of_raw(original)? {
        "Fujifilm raw" => return fujifilm_size(original),
        "Olympus raw" => return declared(&Directory::read(original)?),
        "Panasonic raw" => {
            let directory = Directory::read(original)?;
            let side = |from, to| directory.number(to)?.checked_sub(directory.number(from)?);
            let height = side(tag::SENSOR_TOP, tag::SENSOR_BOTTOM)?;
            return size([side(tag::SENSOR_LEFT, tag::SENSOR_RIGHT)?, height]);
        }
        _ => {}
    }
    let sizes = directories.iter().filter_map(|directory| {
        let crop = directory.rationals::<2>(tag::DEFAULT_CROP_SIZE).map(|crop| crop.map(|side| side as u64));
        let crop = crop.or_else(|| directory.numbers(tag::DEFAULT_CROP_SIZE).try_into().ok());
        crop.and_then(size).or_else(|| declared(directory))
    });
    sizes.max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}

/// Returns the size of the crop in the records about the sensor: each has a tag, a length, and a value.
fn fujifilm_size(original: &[u8]) -> Option<(u32, u32)> {
    const PLACE: usize = 92;
    const CROPPED_SIZE: u16 = 0x111;
    let start = BoxReader(original.get(PLACE..)?).u32()?;
    let mut records = BoxReader(original.get(start as usize..)?);
    for _ in 0..records.u32()?.min(MAX_RECORDS) {
        let (tag, length) = (records.u16()?, records.u16()?);
        let mut value = BoxReader(records.take(length.into())?);
        if tag == CROPPED_SIZE {
            let height = value.u16()?.into();
            return Some((value.u16()?.into(), height));
        }
    }
    None
}

/// Returns the largest JPEG in a file, and its header. `directories` are those of the raw data: a DNG can contain a JPEG
/// per tile.
fn largest_preview<'a>(
    original: &'a [u8],
    directories: &[Directory<'_>],
) -> Result<(&'a [u8], Header), ImageError> {
    let mut raw: Vec<_> = directories.iter().flat_map(|directory| directory.strips().places()).collect();
    raw.sort_by_key(|place| place.start);
    let is_raw = |at: usize| {
        let before = raw.partition_point(|place| place.start <= at);
        raw[..before].last().is_some_and(|place| place.contains(&at))
    };
    let candidates = memchr::memmem::find_iter(original, b"\xff\xd8\xff").filter(|at| !is_raw(*at));
    let found = candidates.take(MAX_CANDIDATES).filter_map(|at| {
        let rest = original.get(at..)?;
        Some((rest, jpeg::preview_header(rest.get(..MAX_HEADER).unwrap_or(rest))?))
    });
    // Among equal sizes, the first is used.
    let largest = found.reduce(|best, next| {
        let area = |header: &Header| u64::from(header.width) * u64::from(header.height);
        if area(&next.1) > area(&best.1) { next } else { best }
    });
    let unsupported = || ImageError::Unsupported { format: kind_of_raw(original).unwrap_or("camera raw") };
    largest.ok_or_else(unsupported)
}

/// Returns the TIFF about the picture in a CR3 of Canon.
fn canon_exif(original: &[u8]) -> Option<&[u8]> {
    let canon = boxes(find_box(original, b"moov")?).find(|(kind, _)| *kind == b"uuid")?.1;
    find_box(canon.get(16..)?, b"CMT1")
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let directories = raw_directories(original);
    let (_, header) = largest_preview(original, &directories)?;
    let stored = oriented_size((header.width, header.height), header.orientation);
    let exif = canon_exif(original).unwrap_or(original);
    let orientation = exif::orientation(exif).unwrap_or(header.orientation);
    let header = super::upright_header(SourceFormat::Raw, stored, orientation, 1, header.memory);
    // A sensor has a border that a preview of the whole picture lacks.
    let is_larger = |raw: &(u32, u32)| raw.0 > stored.0 / 8 * 9 && raw.1 > stored.1 / 8 * 9;
    let raw = raw_size(original, &directories).filter(is_larger);
    Ok(Header { original_size: oriented_size(raw.unwrap_or(stored), orientation), ..header })
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    jpeg::decode(largest_preview(original, &raw_directories(original))?.0, request)
}
