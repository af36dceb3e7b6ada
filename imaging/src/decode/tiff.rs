//! TIFF: the first page, strip by strip or one row of tiles after another.

use ::tiff::decoder::Decoder;
use ::tiff::{TiffError, TiffUnsupportedError};

use super::tiff_deflate::Deflated;
use super::tiff_directory::{Directory, File, MAX_VALUE, tag};
use super::tiff_fax::{Coding, Fax, Row};
use super::tiff_page::{Page, eight_bits, sum_differences};
use super::{Decoded, Request, upright};
use crate::pixels::Raster;
use crate::shrink::Shrink;
use crate::{Header, ImageError, Limits, SourceFormat};

/// The JPEG decoder in the TIFF decoder reads no larger strip or tile.
const MAX_JPEG_SIDE: u32 = 1 << 14;

fn damaged(error: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Tiff, error)
}

/// The decoder tells what it does not read from what is broken.
fn refused(error: TiffError) -> ImageError {
    match error {
        TiffError::UnsupportedError(TiffUnsupportedError::UnsupportedCompressionMethod(_)) => {
            ImageError::Unsupported { format: "TIFF of tiles in CCITT code" }
        }
        TiffError::UnsupportedError(_) => ImageError::Unsupported { format: "TIFF of this kind" },
        TiffError::LimitsExceeded => damaged("a part of it is larger than the limits allow"),
        TiffError::FormatError(_)
        | TiffError::IoError(_)
        | TiffError::IntSizeError
        | TiffError::UsageError(_) => damaged(error),
    }
}

fn open<'a>(directory: &Directory<'a>, limits: &Limits) -> Result<Decoder<File<'a>>, ImageError> {
    let most = usize::try_from(limits.max_memory / 2).unwrap_or(usize::MAX);
    let mut bounds = ::tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = most;
    bounds.intermediate_buffer_size = most;
    // Numbers may have become wider.
    bounds.ifd_value_size = 8 * MAX_VALUE;
    Ok(Decoder::new(directory.file()).map_err(refused)?.with_limits(bounds))
}

/// The directory, and the size it tells.
fn directory(original: &[u8]) -> Result<(Directory<'_>, (u32, u32)), ImageError> {
    let directory = Directory::read(original).ok_or_else(|| damaged("no directory"))?;
    let side = |tag| directory.number(tag).and_then(|side| u32::try_from(side).ok());
    let size = side(tag::WIDTH).zip(side(tag::HEIGHT)).ok_or_else(|| damaged("no size"))?;
    if size.0 == 0 || size.1 == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    Ok((directory, size))
}

/// The code of a fax in strips. In tiles, which nobody writes, it is left to the decoder.
fn fax_coding(directory: &Directory<'_>) -> Option<Coding> {
    let coding = match directory.number(tag::COMPRESSION)? {
        2 => Coding::Runs { align: 8 },
        3 => Coding::Group3 { both: directory.number(tag::T4_OPTIONS).unwrap_or(0) & 1 == 1 },
        4 => Coding::Group4,
        32_771 => Coding::Runs { align: 16 },
        _ => return None,
    };
    (!directory.has_tiles()).then_some(coding)
}

pub(super) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let (mut directory, (width, height)) = directory(original)?;
    let orientation = directory.number(tag::ORIENTATION).filter(|value| (1..=8).contains(value)).unwrap_or(1);
    directory.mend();
    let (chunk_width, chunk_height) = if directory.has_tiles() {
        (directory.number(tag::TILE_WIDTH), directory.number(tag::TILE_HEIGHT))
    } else if fax_coding(&directory).is_some() {
        (None, None)
    } else {
        (None, directory.number(tag::ROWS_PER_STRIP))
    };
    let rows = chunk_height.unwrap_or(1).min(u64::from(height.next_multiple_of(16)));
    let band = u64::from(width).max(chunk_width.unwrap_or(1)).saturating_mul(rows);
    let pixels = u64::from(width) * u64::from(height);
    let memory = pixels.saturating_mul(4).saturating_add(band.saturating_mul(16));
    Ok(upright(SourceFormat::Tiff, (width, height), orientation as u8, 1, memory))
}

pub(super) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let (mut directory, (width, height)) = directory(original)?;
    let icc = directory.bytes(tag::ICC).map(<[u8]>::to_vec);
    let page = Page::of(&directory)?;
    page.declare_gray(&mut directory);
    directory.mend();
    let factor = request.shrink();
    request.check_memory(Shrink::memory(width, height, page.layout, factor))?;
    let channels = page.layout.channels();
    let mut canvas = Canvas {
        shrink: Shrink::new(width, height, page.layout, factor),
        row: vec![0; width as usize * channels],
        page: &page,
        seen: false,
        damage: None,
    };
    let held = Shrink::memory(width, height, page.layout, factor) + u64::from(width) * channels as u64;
    match fax_coding(&directory) {
        Some(coding) => fax(original, &directory, coding, &mut canvas, held, request)?,
        None => chunks(original, &mut directory, &mut canvas, held, request)?,
    }
    match canvas.damage {
        Some(damage) if !canvas.seen => Err(damage),
        damage => {
            Ok(Decoded { raster: Raster::Packed(canvas.shrink.finish()), icc, partial: damage.is_some() })
        }
    }
}

/// Where rows go.
struct Canvas<'a> {
    shrink: Shrink,
    row: Vec<u8>,
    page: &'a Page,
    /// Whether anything could be read.
    seen: bool,
    /// The first that could not.
    damage: Option<ImageError>,
}

impl Canvas<'_> {
    fn push(&mut self, stored: &[u8]) {
        self.seen = true;
        if self.page.is_as_stored() {
            // The last tile of a row may stand out.
            self.shrink.push(&stored[..self.row.len()]);
            return;
        }
        for line in 0..self.page.lines() {
            self.page.read_row(stored, line, &mut self.row);
            self.shrink.push(&self.row);
        }
    }

    /// What is damaged is gray among what is sound.
    fn push_gray(&mut self, rows: usize) {
        self.row.fill(128);
        for _ in 0..rows * self.page.lines() {
            self.shrink.push(&self.row);
        }
    }

    /// The rows of a strip as far as they are there.
    fn push_rows(&mut self, bytes: &[u8], stride: usize, rows: usize, damage: Option<ImageError>) {
        let there = bytes.chunks_exact(stride).take(rows);
        let missing = rows - there.len();
        there.for_each(|row| self.push(row));
        self.push_gray(missing);
        if let Some(damage) = damage {
            self.note(damage);
        }
    }

    fn note(&mut self, damage: ImageError) {
        self.damage.get_or_insert(damage);
    }
}

fn fax(
    original: &[u8],
    directory: &Directory<'_>,
    coding: Coding,
    canvas: &mut Canvas<'_>,
    held: u64,
    request: &Request<'_>,
) -> Result<(), ImageError> {
    let number = |tag| directory.number(tag).and_then(|number| u32::try_from(number).ok()).unwrap_or(1);
    let (width, height) = (number(tag::WIDTH), number(tag::HEIGHT));
    let strip_rows = number(tag::ROWS_PER_STRIP).max(1);
    if number(tag::BITS) != 1 || number(tag::SAMPLES) != 1 {
        return Err(ImageError::Unsupported { format: "TIFF in CCITT code of more than one bit a pixel" });
    }
    request.check_memory(held + u64::from(width) + Fax::memory(width))?;
    let mut row = vec![0; width as usize];
    let offsets = directory.numbers(tag::STRIP_OFFSETS);
    let lengths = directory.numbers(tag::STRIP_BYTES);
    for y in 0..height.div_ceil(strip_rows) {
        let range = offsets.get(y as usize).zip(lengths.get(y as usize)).and_then(|(offset, length)| {
            let from = usize::try_from(*offset).ok()?;
            original.get(from..from.checked_add(usize::try_from(*length).ok()?)?)
        });
        let mut strip = Fax::new(range.unwrap_or_default(), directory.is_turned(), coding, width);
        for _ in 0..strip_rows.min(height - y * strip_rows) {
            match strip.next(&mut row) {
                Row::Sound | Row::After => canvas.push(&row),
                Row::Damaged => {
                    canvas.push(&row);
                    canvas.note(damaged("a row breaks the rules of its code"));
                }
                Row::Missing => {
                    canvas.push_gray(1);
                    canvas.note(damaged("rows are missing"));
                }
            }
        }
    }
    Ok(())
}

fn chunks(
    original: &[u8],
    directory: &mut Directory<'_>,
    canvas: &mut Canvas<'_>,
    held: u64,
    request: &Request<'_>,
) -> Result<(), ImageError> {
    let page = canvas.page;
    let mut decoder = open(directory, request.limits)?;
    let (width, height) = decoder.dimensions().map_err(refused)?;
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    if chunk_width == 0 || chunk_height == 0 {
        return Err(damaged("chunks of zero pixels"));
    }
    if directory.number(tag::COMPRESSION) == Some(7) && chunk_width.max(chunk_height) > MAX_JPEG_SIDE {
        return Err(ImageError::Unsupported { format: "TIFF in JPEG of more than 16384 pixels a side" });
    }
    let samples = page.samples;
    let planes = if directory.number(tag::PLANAR) == Some(2) { samples } else { 1 };
    let across = width.div_ceil(chunk_width);
    let down = height.div_ceil(chunk_height);
    let chunk = u64::from(chunk_width) * u64::from(chunk_height) * (samples / planes) as u64;
    let chunk = chunk.saturating_mul(u64::from(page.bits).div_ceil(8) * 2);
    let whole_rows = across == 1 && planes == 1;
    let band = u64::from(width) * u64::from(chunk_height.min(height)) * samples as u64;
    let band = if whole_rows { 0 } else { band };
    request.check_memory(held.saturating_add(band).saturating_add(chunk))?;

    let row_bytes = width as usize * samples;
    let mut deflated = Deflated::of(directory).filter(|_| whole_rows && page.bits == 8);
    let per_pixel = samples / planes;
    // The rows of a chunk as far as they are sound, the bytes of each, and what is wrong with the next.
    let mut read = |index: u32| {
        let (columns, rows) = decoder.chunk_data_dimensions(index);
        let stride = columns as usize * per_pixel;
        let mut bytes = vec![0; if page.bits == 8 { stride * rows as usize } else { 0 }];
        let result = if page.bits == 8 {
            decoder.read_chunk_bytes(index, &mut bytes)
        } else {
            match decoder.read_chunk(index) {
                Ok(decoded) => {
                    bytes = eight_bits(decoded, page.bits, stride)?;
                    Ok(())
                }
                Err(error) => Err(error),
            }
        };
        let damage = match result {
            Ok(()) => None,
            Err(error @ (TiffError::FormatError(_) | TiffError::IoError(_))) => {
                // The buffer was written to from its beginning. A row is there if anything came after it.
                let last = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0);
                bytes.truncate(last / stride * stride);
                Some(refused(error))
            }
            Err(error) => return Err(refused(error)),
        };
        if page.differences {
            sum_differences(&mut bytes, stride, per_pixel);
        }
        Ok((bytes, stride, damage))
    };
    let mut samples_of_band = vec![0; band as usize];
    for y in 0..down {
        let rows = (height - y * chunk_height).min(chunk_height) as usize;
        if let Some(strip) =
            deflated.as_mut().and_then(|deflated| deflated.strip(original, y as usize, row_bytes, rows))
        {
            if page.differences {
                sum_differences(strip, row_bytes, samples);
            }
            let damage = (strip.len() < rows * row_bytes).then(|| damaged("a strip ends early"));
            canvas.push_rows(strip, row_bytes, rows, damage);
            continue;
        }
        if whole_rows {
            let (bytes, stride, damage) = read(y)?;
            canvas.push_rows(&bytes, stride, rows, damage);
            continue;
        }
        samples_of_band.fill(128);
        let mut seen = false;
        for (plane, x) in (0..planes).flat_map(|plane| (0..across).map(move |x| (plane, x))) {
            let (bytes, stride, damage) = read((plane as u32 * down + y) * across + x)?;
            seen |= !bytes.is_empty();
            if let Some(damage) = damage {
                canvas.note(damage);
            }
            let left = (x * chunk_width) as usize;
            for (at, from) in bytes.chunks_exact(stride).take(rows).enumerate() {
                let to = &mut samples_of_band[(at * width as usize + left) * samples..];
                if planes == 1 {
                    to[..stride].copy_from_slice(from);
                    continue;
                }
                to.iter_mut().skip(plane).step_by(samples).zip(from).for_each(|(to, from)| *to = *from);
            }
        }
        if seen {
            samples_of_band.chunks_exact(row_bytes).take(rows).for_each(|row| canvas.push(row));
        } else {
            canvas.push_gray(rows);
        }
    }
    Ok(())
}
