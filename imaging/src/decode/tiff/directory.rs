//! Reads and repairs the first directory of a TIFF, so that the decoder reads more files.
//!
//! The decoder receives the original with a repaired directory appended. It never reads the other pages,
//! which may be damaged.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::{ImageError, SourceFormat};

/// Returns the error for a damaged TIFF.
pub(crate) fn damaged(error: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Tiff, error)
}

/// The tags that are read here.
pub(crate) mod tag {
    /// The borders of the picture on the sensor, in the raw files of Panasonic.
    pub(crate) const SENSOR_TOP: u16 = 4;
    pub(crate) const SENSOR_LEFT: u16 = 5;
    pub(crate) const SENSOR_BOTTOM: u16 = 6;
    pub(crate) const SENSOR_RIGHT: u16 = 7;
    pub(crate) const SUBFILE: u16 = 254;
    pub(crate) const WIDTH: u16 = 256;
    pub(crate) const HEIGHT: u16 = 257;
    pub(crate) const BITS: u16 = 258;
    pub(crate) const COMPRESSION: u16 = 259;
    pub(crate) const PHOTOMETRIC: u16 = 262;
    pub(crate) const FILL_ORDER: u16 = 266;
    pub(crate) const STRIP_OFFSETS: u16 = 273;
    pub(crate) const ORIENTATION: u16 = 274;
    pub(crate) const SAMPLES: u16 = 277;
    pub(crate) const ROWS_PER_STRIP: u16 = 278;
    pub(crate) const STRIP_BYTES: u16 = 279;
    pub(crate) const PLANAR: u16 = 284;
    pub(crate) const T4_OPTIONS: u16 = 292;
    pub(crate) const PREDICTOR: u16 = 317;
    pub(crate) const COLOR_MAP: u16 = 320;
    pub(crate) const TILE_WIDTH: u16 = 322;
    pub(crate) const TILE_HEIGHT: u16 = 323;
    pub(crate) const TILE_OFFSETS: u16 = 324;
    pub(crate) const TILE_BYTES: u16 = 325;
    pub(crate) const SUB_DIRECTORIES: u16 = 330;
    pub(crate) const EXTRA_SAMPLES: u16 = 338;
    pub(crate) const SAMPLE_FORMAT: u16 = 339;
    pub(crate) const JPEG_TABLES: u16 = 347;
    pub(crate) const JPEG_PROCESS: u16 = 512;
    pub(crate) const JPEG: u16 = 513;
    pub(crate) const JPEG_BYTES: u16 = 514;
    pub(crate) const JPEG_RESTART_INTERVAL: u16 = 515;
    pub(crate) const JPEG_QUANTIZATION: u16 = 519;
    pub(crate) const JPEG_DC_TABLES: u16 = 520;
    pub(crate) const JPEG_AC_TABLES: u16 = 521;
    pub(crate) const YCC_COEFFICIENTS: u16 = 529;
    pub(crate) const YCC_SUBSAMPLING: u16 = 530;
    pub(crate) const BLACK_WHITE: u16 = 532;
    pub(crate) const ICC: u16 = 34_675;
    pub(crate) const DNG_VERSION: u16 = 50_706;
    pub(crate) const DEFAULT_CROP_SIZE: u16 = 50_720;
}

/// Returns the maximum number of values of a tag, or `None` if the tag is ignored. Lists of strips can be
/// long.
fn max_values(tag: u16) -> Option<usize> {
    match tag {
        tag::ICC | tag::JPEG_TABLES => Some(4 << 20),
        tag::STRIP_OFFSETS | tag::STRIP_BYTES | tag::TILE_OFFSETS | tag::TILE_BYTES => Some(1 << 20),
        tag::COLOR_MAP => Some(3 << 16),
        tag::SUBFILE..=tag::BLACK_WHITE => Some(1 << 12),
        tag::SENSOR_TOP..=tag::SENSOR_RIGHT | tag::DNG_VERSION | tag::DEFAULT_CROP_SIZE => Some(4),
        _ => None,
    }
}

/// The maximum number of bytes of a value.
pub(crate) const MAX_VALUE: usize = 8 << 20;

/// Uncompressed pages with at most this many rows, in all planes, are split into strips of one row.
const MAX_ROWS: u64 = 1 << 16;

const RATIONAL: u16 = 5;

pub(crate) struct Directory<'a> {
    original: &'a [u8],
    big_endian: bool,
    /// Whether offsets have 64 bits.
    is_big_tiff: bool,
    entries: BTreeMap<u16, IfdEntry<'a>>,
}

struct IfdEntry<'a> {
    kind: u16,
    bytes: Cow<'a, [u8]>,
}

/// Returns the number of bytes of one value of a type.
fn value_size(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        RATIONAL | 10 | 12 | 16..=18 => Some(8),
        _ => None,
    }
}

impl<'a> Directory<'a> {
    pub(crate) fn read(original: &'a [u8]) -> Option<Self> {
        let big_endian = original.starts_with(b"MM");
        let mut file = Self { original, big_endian, is_big_tiff: false, entries: BTreeMap::new() };
        file.is_big_tiff = file.number_at(2, 2)? == 43;
        let inline = if file.is_big_tiff { 8 } else { 4 };
        file.read_other(file.number_at(inline, inline)?)
    }

    /// Reads the directory at an offset in the same file.
    pub(crate) fn read_other(&self, start: u64) -> Option<Self> {
        let mut directory = Self { entries: BTreeMap::new(), ..*self };
        let (count, entry, inline) = if directory.is_big_tiff { (8, 20, 8) } else { (2, 12, 4) };
        let start = usize::try_from(start).ok()?;
        let entries = usize::try_from(directory.number_at(start, count)?).ok()?.min(1 << 16);
        for i in 0..entries {
            let at = start.checked_add(count + i * entry)?;
            // A truncated directory can still contain the tags that are needed.
            let Some(tag) = directory.number_at(at, 2) else { break };
            if let Some(read) = max_values(tag as u16).and_then(|most| directory.read_entry(at, inline, most))
            {
                directory.entries.entry(tag as u16).or_insert(read);
            }
        }
        // Some writers store the offsets of tiles in the tags for strips.
        if directory.entries.contains_key(&tag::TILE_WIDTH) && !directory.has_tiles() {
            for (from, to) in [(tag::STRIP_OFFSETS, tag::TILE_OFFSETS), (tag::STRIP_BYTES, tag::TILE_BYTES)] {
                let moved = directory.entries.remove(&from);
                moved.map(|entry| directory.entries.insert(to, entry));
            }
        }
        Some(directory)
    }

    fn number_at(&self, at: usize, bytes: usize) -> Option<u64> {
        Some(self.read_number(self.original.get(at..at.checked_add(bytes)?)?))
    }

    fn read_number(&self, bytes: &[u8]) -> u64 {
        let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if self.big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) }
    }

    /// Returns the entry at an offset, or `None` if its value lies outside the file.
    fn read_entry(&self, at: usize, inline: usize, max_values: usize) -> Option<IfdEntry<'a>> {
        let kind = self.number_at(at + 2, 2)? as u16;
        let count = usize::try_from(self.number_at(at + 4, inline)?).ok()?;
        let length = if count <= max_values { count * value_size(kind)? } else { return None };
        let value = at + 4 + inline;
        let from =
            if length <= inline { value } else { usize::try_from(self.number_at(value, inline)?).ok()? };
        let bytes = Cow::Borrowed(self.original.get(from..from.checked_add(length)?)?);
        Some(IfdEntry { kind, bytes })
    }

    /// Returns all integers of a tag; an empty list if there is no such tag.
    pub(crate) fn numbers(&self, tag: u16) -> Vec<u64> {
        let Some(entry) = self.entries.get(&tag) else { return Vec::new() };
        match (entry.kind, value_size(entry.kind)) {
            (1 | 3 | 4 | 7 | 13 | 16 | 18, Some(size)) => {
                entry.bytes.chunks_exact(size).map(|bytes| self.read_number(bytes)).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn number(&self, tag: u16) -> Option<u64> {
        self.numbers(tag).first().copied()
    }

    pub(crate) fn rationals<const N: usize>(&self, tag: u16) -> Option<[f32; N]> {
        let entry = self.entries.get(&tag).filter(|entry| entry.kind == RATIONAL)?;
        let values = entry.bytes.as_chunks::<4>().0;
        let value = |i: usize| Some(self.read_number(values.get(i)?) as f32);
        let mut all = [0.0; N];
        for (i, to) in all.iter_mut().enumerate() {
            *to = value(i * 2)? / value(i * 2 + 1)?;
        }
        all.iter().all(|value| value.is_finite()).then_some(all)
    }

    /// Returns the number of bytes that lists of numbers take in the decoder.
    pub(crate) fn memory(&self) -> u64 {
        self.entries.values().map(|entry| entry.bytes.len() as u64 * 16).sum()
    }

    /// Returns the strips or the tiles.
    pub(crate) fn strips(&self) -> Strips<'a> {
        let (offsets, lengths) = if self.has_tiles() {
            (tag::TILE_OFFSETS, tag::TILE_BYTES)
        } else {
            (tag::STRIP_OFFSETS, tag::STRIP_BYTES)
        };
        Strips { original: self.original, offsets: self.numbers(offsets), lengths: self.numbers(lengths) }
    }

    pub(crate) fn bytes(&self, tag: u16) -> Option<&[u8]> {
        self.entries.get(&tag).map(|entry| &entry.bytes[..])
    }

    pub(crate) fn set(&mut self, tag: u16, numbers: &[u64]) {
        // 64 bits if offsets have 64 bits, otherwise 32.
        let (kind, size) = if self.is_big_tiff { (16, 8) } else { (4, 4) };
        let bytes = numbers.iter().flat_map(|number| self.to_bytes(*number, size)).collect();
        self.entries.insert(tag, IfdEntry { kind, bytes });
    }

    pub(crate) fn remove(&mut self, tag: u16) {
        self.entries.remove(&tag);
    }

    fn to_bytes(&self, number: u64, size: usize) -> Vec<u8> {
        if self.big_endian {
            number.to_be_bytes()[8 - size..].to_vec()
        } else {
            number.to_le_bytes()[..size].to_vec()
        }
    }

    pub(crate) fn has_tiles(&self) -> bool {
        self.entries.contains_key(&tag::TILE_OFFSETS)
    }

    /// Repairs the lists as libtiff does: adds or removes strips until they match the rows, adds missing lengths, and
    /// completes the tiles.
    pub(crate) fn repair(&mut self) {
        let (Some(width), Some(height)) = (self.number(tag::WIDTH), self.number(tag::HEIGHT)) else { return };
        if self.has_tiles() {
            // The decoder fails to crop a tile on the right.
            if let Some(whole) =
                self.number(tag::TILE_WIDTH).and_then(|tile| width.checked_next_multiple_of(tile))
            {
                self.set(tag::WIDTH, &[whole]);
            }
            let side = |tag| self.number(tag).unwrap_or(0);
            let most = self.max_chunk_bytes(side(tag::TILE_WIDTH), side(tag::TILE_HEIGHT));
            let lengths =
                self.numbers(tag::TILE_BYTES).into_iter().map(|length| length.min(most)).collect::<Vec<_>>();
            self.set(tag::TILE_BYTES, &lengths);
            return;
        }
        let samples = self.number(tag::SAMPLES).unwrap_or(1);
        let planar = self.number(tag::PLANAR) == Some(2);
        let (planes, together) = if planar { (samples, 1) } else { (1, samples) };
        let rows = match self.number(tag::ROWS_PER_STRIP) {
            None | Some(0) => height,
            Some(rows) => rows.min(height),
        };
        if self.number(tag::COMPRESSION).unwrap_or(1) == 1 && planes.saturating_mul(height) <= MAX_ROWS {
            let bits = self.number(tag::BITS).unwrap_or(1);
            self.split_into_rows(
                height,
                planes,
                rows,
                width.saturating_mul(together).saturating_mul(bits).div_ceil(8),
            );
        } else {
            self.complete_strips(planes.saturating_mul(height.div_ceil(rows.max(1))), rows);
        }
    }

    /// Splits uncompressed strips into rows. The decoder then has at most one row in memory, and loses at most one row
    /// if the file ends early.
    fn split_into_rows(&mut self, height: u64, planes: u64, rows: u64, row_bytes: u64) {
        let strips = self.numbers(tag::STRIP_OFFSETS);
        // An offset beyond the end of any file.
        let beyond = if self.is_big_tiff { u64::MAX } else { u64::from(u32::MAX) };
        let mut offsets = Vec::new();
        for (plane, y) in (0..planes).flat_map(|plane| (0..height).map(move |y| (plane, y))) {
            let strip = strips.get((plane * height.div_ceil(rows) + y / rows) as usize);
            let offset =
                strip.map_or(beyond, |strip| strip.saturating_add((y % rows).saturating_mul(row_bytes)));
            offsets.push(offset.min(beyond));
        }
        self.set(tag::STRIP_BYTES, &vec![row_bytes.min(beyond); offsets.len()]);
        self.set(tag::STRIP_OFFSETS, &offsets);
        self.set(tag::ROWS_PER_STRIP, &[1]);
    }

    /// Adds missing strips and lengths, and limits the lengths to the file.
    fn complete_strips(&mut self, count: u64, rows: u64) {
        let end = self.original.len() as u64;
        let most = self.max_chunk_bytes(self.number(tag::WIDTH).unwrap_or(0), rows);
        let mut offsets = self.numbers(tag::STRIP_OFFSETS);
        let mut lengths = self.numbers(tag::STRIP_BYTES);
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(offsets.len().max(MAX_ROWS as usize));
        offsets.resize(count, u64::from(u32::MAX));
        lengths.resize(count, 0);
        for (i, length) in lengths.iter_mut().enumerate() {
            if *length == 0 && offsets[i] > 0 {
                // The strip extends to the next one, or to the end of the file.
                let next = offsets.get(i + 1).copied().filter(|next| *next > offsets[i]).unwrap_or(end);
                *length = next.saturating_sub(offsets[i]);
            }
            *length = (*length).min(end.saturating_sub(offsets[i])).min(most);
        }
        self.set(tag::STRIP_OFFSETS, &offsets);
        self.set(tag::STRIP_BYTES, &lengths);
        self.set(tag::ROWS_PER_STRIP, &[rows]);
    }

    /// Returns the maximum number of bytes to read of a chunk, which is more than any compression needs for its
    /// samples. A longer chunk can contain any number of codes without output, such as clear codes.
    fn max_chunk_bytes(&self, width: u64, rows: u64) -> u64 {
        let bits = self.number(tag::BITS).unwrap_or(1).next_multiple_of(8);
        let samples = self.number(tag::SAMPLES).unwrap_or(1);
        let bytes = width.saturating_mul(rows).saturating_mul(samples).saturating_mul(bits / 8);
        bytes.saturating_mul(2).saturating_add(1 << 16)
    }

    /// Returns the original with this directory.
    pub(crate) fn repaired_file(&self) -> RepairedTiff<'a> {
        let (base, count, inline) = if self.is_big_tiff { (1 << 40, 8, 8) } else { (0xf000_0000, 2, 4) };
        let mut head = self.original[..inline].to_vec();
        head.extend(self.to_bytes(base, inline));
        let mut list = self.to_bytes(self.entries.len() as u64, count);
        let mut values: Vec<u8> = Vec::new();
        let after = base + (count + self.entries.len() * (4 + 2 * inline) + inline) as u64;
        for (tag, IfdEntry { kind, bytes }) in &self.entries {
            let number = bytes.len() / value_size(*kind).unwrap_or(1);
            list.extend(self.to_bytes(u64::from(*tag), 2));
            list.extend(self.to_bytes(u64::from(*kind), 2));
            list.extend(self.to_bytes(number as u64, inline));
            if bytes.len() <= inline {
                list.extend(&bytes[..]);
                list.extend(&[0; 8][..inline - bytes.len()]);
            } else {
                list.extend(self.to_bytes(after + values.len() as u64, inline));
                values.extend(&bytes[..]);
            }
        }
        // No other page follows.
        list.extend(&[0; 8][..inline]);
        list.extend(values);
        RepairedTiff { head, original: self.original, base, list, is_lsb_first: self.is_lsb_first(), at: 0 }
    }

    pub(crate) fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    /// Returns whether the first pixel of a byte is its lowest bit. The tag does not apply to JPEG.
    pub(crate) fn is_lsb_first(&self) -> bool {
        self.number(tag::FILL_ORDER) == Some(2) && !matches!(self.number(tag::COMPRESSION), Some(6 | 7))
    }
}

/// The offsets and lengths of the strips or tiles of a page.
pub(crate) struct Strips<'a> {
    original: &'a [u8],
    offsets: Vec<u64>,
    lengths: Vec<u64>,
}

impl<'a> Strips<'a> {
    /// Returns the places of all strips in the file.
    pub(crate) fn places(self) -> impl Iterator<Item = Range<usize>> {
        self.offsets.into_iter().zip(self.lengths).filter_map(|(offset, length)| {
            let start = usize::try_from(offset).ok()?;
            Some(start..start.checked_add(usize::try_from(length).ok()?)?)
        })
    }

    /// Returns the bytes of a strip that lie within the file.
    pub(crate) fn get_partial(&self, index: usize) -> &'a [u8] {
        let place = |numbers: &[u64]| numbers.get(index).and_then(|number| usize::try_from(*number).ok());
        let rest = place(&self.offsets).and_then(|from| self.original.get(from..)).unwrap_or_default();
        &rest[..rest.len().min(place(&self.lengths).unwrap_or(0))]
    }
}

/// A reader of an original with another directory, which it places far after the end.
pub(crate) struct RepairedTiff<'a> {
    head: Vec<u8>,
    original: &'a [u8],
    base: u64,
    list: Vec<u8>,
    is_lsb_first: bool,
    at: u64,
}

impl Read for RepairedTiff<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let part = |bytes: &'_ [u8], at: u64| bytes.len().min(usize::try_from(at).unwrap_or(usize::MAX));
        let (from, is_lsb_first) = if self.at >= self.base {
            (&self.list[part(&self.list, self.at - self.base)..], false)
        } else if self.at < self.head.len() as u64 {
            (&self.head[part(&self.head, self.at)..], false)
        } else {
            (&self.original[part(self.original, self.at)..], self.is_lsb_first)
        };
        let length = from.len().min(to.len());
        to[..length].copy_from_slice(&from[..length]);
        if is_lsb_first {
            to[..length].iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for RepairedTiff<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.base + self.list.len() as u64;
        self.at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => end.checked_add_signed(by),
        }
        .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
