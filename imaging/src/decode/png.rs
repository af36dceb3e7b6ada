//! PNG, row by row.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use super::{Decoded, Request, upright};
use crate::colour::MAX_PROFILE;
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrink;
use crate::work::Work;
use crate::{Header, ImageError, SourceFormat, exif};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Png, reason)
}

/// The chunks of a PNG, without their check sums. Ends at `IEND` or where the file ends.
fn chunks(original: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = original.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (head, body) = rest.split_at_checked(8)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let chunk = body.get(..length)?;
        rest = if &head[4..8] == b"IEND" { &[] } else { body.get(length + 4..).unwrap_or_default() };
        Some((&head[4..8], chunk))
    })
}

/// The file. Asks the caller also where much of it is read for few rows.
struct File<'a> {
    bytes: Cursor<&'a [u8]>,
    taken: usize,
    /// A byte to read as another.
    mended: Option<(usize, [u8; 1])>,
    work: &'a Work<'a>,
}

/// The most bytes that are handed out at once.
const BUFFER: usize = 1 << 16;

impl Read for File<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(to)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for File<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.work.ask(std::mem::take(&mut self.taken) as u64).map_err(io::Error::other)?;
        let at = usize::try_from(self.bytes.position()).unwrap_or(usize::MAX);
        let rest = self.bytes.fill_buf()?;
        let rest = &rest[..rest.len().min(BUFFER)];
        Ok(match &self.mended {
            Some((place, byte)) if *place == at => byte,
            Some((place, _)) if *place > at => &rest[..rest.len().min(place - at)],
            _ => rest,
        })
    }

    fn consume(&mut self, length: usize) {
        self.taken += length;
        self.bytes.consume(length);
    }
}

impl Seek for File<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// The place of the transparent gray, and what it must be, if it has more bits than the pixels: the others do not count.
fn transparent_gray(original: &[u8]) -> Option<(usize, [u8; 1])> {
    let mut depth = 8;
    for (kind, chunk) in chunks(original) {
        match (kind, chunk) {
            (b"IHDR", [_, _, _, _, _, _, _, _, bits @ (1 | 2 | 4), 0, ..]) => depth = *bits,
            (b"tRNS", [_, gray]) if depth < 8 => {
                let place = chunk.as_ptr().addr() - original.as_ptr().addr() + 1;
                return Some((place, [gray & ((1 << depth) - 1)]));
            }
            (b"IDAT", _) => return None,
            _ => {}
        }
    }
    None
}

pub(super) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let mut size = None;
    let mut orientation = None;
    let mut frames = 1;
    for (kind, chunk) in chunks(original) {
        match kind {
            b"IHDR" if size.is_none() && chunk.len() == 13 => {
                let side =
                    |at: usize| u32::from_be_bytes([chunk[at], chunk[at + 1], chunk[at + 2], chunk[at + 3]]);
                let interlaced = chunk[12] == 1;
                size = Some((side(0), side(4), interlaced));
            }
            b"eXIf" => orientation = orientation.or_else(|| exif::orientation(chunk)),
            b"acTL" if chunk.len() == 8 => {
                frames = u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]).max(1);
            }
            _ => {}
        }
    }
    let (width, height, interlaced) = size.ok_or_else(|| damaged("no IHDR"))?;
    if width == 0 || height == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    // Rows of 16-bit RGBA come in one at a time; half the sides remain at most, unless little is to shrink.
    let memory = pixels.saturating_mul(if interlaced { 8 } else { 4 }).saturating_add(u64::from(width) * 32);
    Ok(upright(SourceFormat::Png, (width, height), orientation.unwrap_or(1), frames, memory))
}

pub(super) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    // Chunks, rows and a profile fit into this, but not a profile that unpacks to all the memory there is: such a
    // one is passed over.
    let head = header(original)?;
    let rows = head.width.max(head.height) as usize * 32;
    let bytes = original.len().saturating_add(rows).saturating_add(MAX_PROFILE);
    let limits = ::png::Limits { bytes: bytes.min(request.limits.max_memory as usize) };
    let file = File {
        bytes: Cursor::new(original),
        taken: 0,
        mended: transparent_gray(original),
        work: request.work,
    };
    let mut decoder = ::png::Decoder::new_with_limits(file, limits);
    decoder.set_transformations(::png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    // A wrong check sum says that something is damaged, not that nothing can be seen.
    decoder.ignore_checksums(true);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let info = reader.info();
    let (width, height, interlaced) = (info.width, info.height, info.interlaced);
    let icc = info.icc_profile.as_deref().map(<[u8]>::to_vec);
    let layout = match reader.output_color_type().0 {
        ::png::ColorType::Grayscale => Layout::Gray,
        ::png::ColorType::GrayscaleAlpha => Layout::GrayAlpha,
        ::png::ColorType::Rgb => Layout::Rgb,
        ::png::ColorType::Rgba => Layout::Rgba,
        ::png::ColorType::Indexed => return Err(damaged("no palette")),
    };
    let factor = request.shrink();
    let whole = u64::from(width) * u64::from(height) * layout.channels() as u64;
    let held = Shrink::memory(width, height, layout, factor) + u64::from(width) * 32;
    request.check_memory(held + if interlaced { whole } else { 0 })?;
    let mut shrink = Shrink::new(width, height, layout, factor);
    let row_bytes = width as usize * layout.channels();
    let mut partial = false;
    if interlaced {
        let mut pixels = vec![0; whole as usize];
        let bits = layout.channels() as u8 * 8;
        let mut seen = false;
        loop {
            match reader.next_interlaced_row() {
                Ok(Some(row)) => {
                    // Each pass fills what the later ones would, in case they do not come.
                    if let ::png::InterlaceInfo::Adam7(pass) = row.interlace() {
                        ::png::splat_interlaced_row(&mut pixels, row_bytes, row.data(), pass, bits);
                    }
                    seen = true;
                    request.work.ask(width.into())?;
                }
                Ok(None) => break,
                Err(error) if !seen => return Err(damaged(error)),
                Err(_) => {
                    partial = true;
                    break;
                }
            }
        }
        pixels.chunks_exact(row_bytes).for_each(|row| shrink.push(row));
    } else {
        let mut row = vec![0; reader.output_line_size(width).unwrap_or(0).max(row_bytes)];
        for y in 0..height {
            request.work.ask(width.into())?;
            match reader.read_row(&mut row) {
                Ok(Some(_)) => shrink.push(&row[..row_bytes]),
                Ok(None) => break,
                Err(error) if y == 0 => return Err(damaged(error)),
                Err(_) => {
                    partial = true;
                    break;
                }
            }
        }
    }
    Ok(Decoded { raster: Raster::Packed(shrink.finish()), icc, partial })
}
