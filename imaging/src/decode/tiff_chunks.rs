//! The strips and tiles of a TIFF that the decoder decompresses.

use std::io::ErrorKind;

use ::tiff::decoder::Decoder;
use ::tiff::{TiffError, TiffUnsupportedError};

use super::Request;
use super::tiff::{Canvas, damaged};
use super::tiff_deflate::Deflated;
use super::tiff_directory::{Directory, File, MAX_VALUE, tag};
use super::tiff_page::{Page, eight_bits, sum_differences};
use crate::work::Work;
use crate::{ImageError, Limits};

/// The JPEG decoder in the TIFF decoder reads no larger strip or tile.
const MAX_JPEG_SIDE: u32 = 1 << 14;

/// The decoder tells what it does not read from what is broken.
fn refused(error: TiffError) -> ImageError {
    match error {
        TiffError::UnsupportedError(TiffUnsupportedError::UnsupportedCompressionMethod(_)) => {
            ImageError::Unsupported { format: "TIFF of tiles in CCITT code" }
        }
        TiffError::UnsupportedError(_) => ImageError::Unsupported { format: "TIFF of this kind" },
        TiffError::LimitsExceeded => damaged("a part of it is larger than the limits allow"),
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            damaged("its data ends early")
        }
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
    bounds.ifd_value_size = MAX_VALUE;
    Ok(Decoder::new(directory.file()).map_err(refused)?.with_limits(bounds))
}

/// The chunks of a page, strips or tiles: `across` in each of `down` bands, once for each of the planes.
pub(super) struct Chunks<'a> {
    page: &'a Page,
    decoder: Decoder<File<'a>>,
    deflated: Option<Deflated<'a>>,
    width: u32,
    height: u32,
    chunk_width: u32,
    chunk_height: u32,
    planes: usize,
}

/// What a chunk came to.
struct Chunk {
    /// Its rows, as far as they are sound.
    bytes: Vec<u8>,
    row_bytes: usize,
    /// What is wrong with the next row.
    damage: Option<ImageError>,
}

impl<'a> Chunks<'a> {
    /// Beside what is held already.
    pub(super) fn open(
        directory: &Directory<'a>,
        page: &'a Page,
        held: u64,
        request: &Request<'_>,
    ) -> Result<Self, ImageError> {
        let mut decoder = open(directory, request.limits)?;
        let (width, height) = decoder.dimensions().map_err(refused)?;
        let (chunk_width, chunk_height) = decoder.chunk_dimensions();
        if chunk_width == 0 || chunk_height == 0 {
            return Err(damaged("chunks of zero pixels"));
        }
        if directory.number(tag::COMPRESSION) == Some(7) && chunk_width.max(chunk_height) > MAX_JPEG_SIDE {
            return Err(ImageError::Unsupported { format: "TIFF in JPEG of more than 16384 pixels a side" });
        }
        let planes = if directory.number(tag::PLANAR) == Some(2) { page.samples } else { 1 };
        let deflated = Deflated::of(directory).filter(|_| page.bits == 8);
        let chunks = Self { page, decoder, deflated, width, height, chunk_width, chunk_height, planes };
        let chunk = u64::from(chunk_width) * u64::from(chunk_height) * chunks.per_pixel() as u64;
        let chunk = chunk.saturating_mul(u64::from(page.bits).div_ceil(8) * 2);
        request.check_memory(held.saturating_add(chunks.band()).saturating_add(chunk))?;
        Ok(chunks)
    }

    /// The samples of a pixel in one plane.
    fn per_pixel(&self) -> usize {
        self.page.samples / self.planes
    }

    fn is_of_whole_rows(&self) -> bool {
        self.chunk_width >= self.width && self.planes == 1
    }

    /// The bytes of a band that is put together from several chunks.
    fn band(&self) -> u64 {
        let rows = if self.is_of_whole_rows() { 0 } else { self.chunk_height.min(self.height) };
        u64::from(self.width) * u64::from(rows) * self.page.samples as u64
    }

    pub(super) fn read_all(mut self, canvas: &mut Canvas<'_>, work: &Work<'_>) -> Result<(), ImageError> {
        let mut band = vec![0; self.band() as usize];
        for y in 0..self.height.div_ceil(self.chunk_height) {
            let rows = (self.height - y * self.chunk_height).min(self.chunk_height) as usize;
            work.take_pixels(u64::from(self.width) * rows as u64)?;
            if self.is_of_whole_rows() {
                self.read_strip(y, rows, canvas)?;
            } else {
                self.read_band(y, rows, &mut band, canvas)?;
            }
        }
        Ok(())
    }

    fn read_strip(&mut self, y: u32, rows: usize, canvas: &mut Canvas<'_>) -> Result<(), ImageError> {
        let row_bytes = self.width as usize * self.page.samples;
        let deflated = self.deflated.as_mut();
        let strip = deflated.and_then(|strips| strips.strip(y as usize, row_bytes, rows));
        if let Some(strip) = strip {
            if self.page.differences {
                sum_differences(strip, row_bytes, self.page.samples);
            }
            let damage = (strip.len() < rows * row_bytes).then(|| damaged("a strip ends early"));
            canvas.push_rows(strip, row_bytes, rows, damage);
        } else {
            let chunk = self.read(y)?;
            canvas.push_rows(&chunk.bytes, chunk.row_bytes, rows, chunk.damage);
        }
        Ok(())
    }

    /// Puts the chunks that lie beside each other together, and those of all planes.
    fn read_band(
        &mut self,
        y: u32,
        rows: usize,
        band: &mut [u8],
        canvas: &mut Canvas<'_>,
    ) -> Result<(), ImageError> {
        let (samples, planes) = (self.page.samples, self.planes);
        let (across, down) = (self.width.div_ceil(self.chunk_width), self.height.div_ceil(self.chunk_height));
        let row_bytes = self.width as usize * samples;
        band.fill(128);
        let mut seen = false;
        for (plane, x) in (0..planes).flat_map(|plane| (0..across).map(move |x| (plane, x))) {
            let chunk = self.read((plane as u32 * down + y) * across + x)?;
            seen |= !chunk.bytes.is_empty();
            if let Some(damage) = chunk.damage {
                canvas.note(damage);
            }
            let left = (x * self.chunk_width) as usize * samples;
            let chunk_rows = chunk.bytes.chunks_exact(chunk.row_bytes);
            for (to, from) in band.chunks_exact_mut(row_bytes).zip(chunk_rows).take(rows) {
                if planes == 1 {
                    to[left..left + from.len()].copy_from_slice(from);
                } else {
                    let to = to[left..].iter_mut().skip(plane).step_by(samples);
                    to.zip(from).for_each(|(to, from)| *to = *from);
                }
            }
        }
        if seen {
            band.chunks_exact(row_bytes).take(rows).for_each(|row| canvas.push(row));
        } else {
            canvas.push_gray(rows);
        }
        Ok(())
    }

    fn read(&mut self, index: u32) -> Result<Chunk, ImageError> {
        let (columns, rows) = self.decoder.chunk_data_dimensions(index);
        let row_bytes = columns as usize * self.per_pixel();
        let mut bytes = Vec::new();
        let result = if self.page.bits == 8 {
            bytes.resize(row_bytes * rows as usize, 0);
            self.decoder.read_chunk_bytes(index, &mut bytes)
        } else {
            match self.decoder.read_chunk(index) {
                Ok(decoded) => {
                    bytes = eight_bits(decoded, self.page.bits, row_bytes)?;
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
                bytes.truncate(last / row_bytes * row_bytes);
                Some(refused(error))
            }
            Err(error) => return Err(refused(error)),
        };
        if self.page.differences {
            sum_differences(&mut bytes, row_bytes, self.per_pixel());
        }
        Ok(Chunk { bytes, row_bytes, damage })
    }
}
