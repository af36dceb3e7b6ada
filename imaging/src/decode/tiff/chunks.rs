//! The strips and tiles of a TIFF that the decoder decompresses.

use std::io::ErrorKind;

use ::tiff::decoder::Decoder;
use ::tiff::{TiffError, TiffUnsupportedError};

use crate::decode::Request;
use crate::decode::jpeg::markers::segments;
use crate::decode::tiff::canvas::Canvas;
use crate::decode::tiff::directory::damaged;
use crate::decode::tiff::directory::{Directory, File, MAX_VALUE, Strips, tag};
use crate::decode::tiff::page::{Page, eight_bits, undo_predictor};
use crate::decode::tiff::unpack::Packing;
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
pub(crate) struct Chunks<'a> {
    page: &'a Page,
    request: &'a Request<'a>,
    decoder: Decoder<File<'a>>,
    strips: Strips<'a>,
    packing: Option<Packing>,
    /// The tables that each JPEG begins with, if the chunks are JPEG.
    jpeg: Option<Vec<u8>>,
    /// The bytes that are held beside a chunk.
    held: u64,
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

/// The cost of the smallest chunk, in pixels.
const LEAST: u64 = 64;

impl<'a> Chunks<'a> {
    /// Beside what is held already.
    pub(crate) fn open(
        directory: &Directory<'a>,
        page: &'a Page,
        held: u64,
        request: &'a Request<'a>,
    ) -> Result<Self, ImageError> {
        let mut decoder = open(directory, request.limits)?;
        let (width, height) = decoder.dimensions().map_err(refused)?;
        let (chunk_width, chunk_height) = decoder.chunk_dimensions();
        if chunk_width == 0 || chunk_height == 0 {
            return Err(damaged("chunks of zero pixels"));
        }
        let jpeg = (directory.number(tag::COMPRESSION) == Some(7))
            .then(|| directory.bytes(tag::JPEG_TABLES).unwrap_or_default().to_vec());
        if jpeg.is_some() && chunk_width.max(chunk_height) > MAX_JPEG_SIDE {
            return Err(ImageError::Unsupported { format: "TIFF in JPEG of more than 16384 pixels a side" });
        }
        let planes = if directory.number(tag::PLANAR) == Some(2) { page.samples } else { 1 };
        let chunks = u64::from(width.div_ceil(chunk_width)) * u64::from(height.div_ceil(chunk_height));
        let pixels = chunks.saturating_mul(u64::from(chunk_width) * u64::from(chunk_height.min(height)));
        let bits = pixels.saturating_mul(page.samples as u64).saturating_mul(page.bits.into());
        request.work.take_samples(bits.div_ceil(8))?;
        let packing = Packing::of(directory, page);
        let strips = directory.strips();
        Ok(Self {
            page,
            request,
            decoder,
            strips,
            packing,
            jpeg,
            held,
            width,
            height,
            chunk_width,
            chunk_height,
            planes,
        })
    }

    /// The samples of a pixel in one plane.
    fn per_pixel(&self) -> usize {
        self.page.samples / self.planes
    }

    fn is_of_whole_rows(&self) -> bool {
        self.chunk_width >= self.width && self.planes == 1
    }

    pub(crate) fn read_all(mut self, canvas: &mut Canvas<'_>) -> Result<(), ImageError> {
        // Of a band that is put together from several chunks.
        let band = if self.is_of_whole_rows() { 0 } else { self.chunk_height.min(self.height) as usize };
        let mut band = vec![0; self.width as usize * band * self.page.samples];
        for y in 0..self.height.div_ceil(self.chunk_height) {
            let rows = (self.height - y * self.chunk_height).min(self.chunk_height) as usize;
            if self.is_of_whole_rows() {
                let chunk = self.read(y)?;
                canvas.push_rows(&chunk.bytes, chunk.row_bytes, rows, chunk.damage);
            } else {
                self.read_band(y, rows, &mut band, canvas)?;
            }
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
        let (rows, row_bytes) = (rows as usize, columns as usize * self.per_pixel());
        let stored_bytes = (row_bytes * usize::from(self.page.bits)).div_ceil(8);
        let area = u64::from(self.chunk_width) * u64::from(self.chunk_height.min(self.height));
        self.request.work.take_pixels((area / self.planes as u64).max(LEAST))?;
        let stored = self.strips.there(index as usize);
        if let Some(tables) = &self.jpeg {
            self.admit_jpeg(stored, tables)?;
        }
        let (bytes, damage) = match self.unpacked(index, stored_bytes, rows)? {
            Some(bytes) if bytes.len() < stored_bytes * rows => (bytes, Some(damaged("a strip ends early"))),
            Some(bytes) => (bytes, None),
            None => self.decoded(index, stored_bytes, rows)?,
        };
        let chunks = self.width.div_ceil(self.chunk_width) * self.height.div_ceil(self.chunk_height);
        let plane = (self.planes > 1).then(|| (index / chunks) as usize);
        let mut bytes = eight_bits(bytes, self.page, row_bytes, plane);
        if self.page.has_predictor {
            undo_predictor(&mut bytes, row_bytes, self.per_pixel());
        }
        if self.page.is_signed {
            bytes.iter_mut().for_each(|sample| *sample ^= 0x80);
        }
        Ok(Chunk { bytes, row_bytes, damage })
    }

    /// The bytes of a chunk that is decompressed here.
    fn unpacked(&self, index: u32, stored_bytes: usize, rows: usize) -> Result<Option<Vec<u8>>, ImageError> {
        let Some(packing) = self.packing else { return Ok(None) };
        let Some(data) = self.strips.get(index as usize) else { return Ok(None) };
        self.request.work.take_bytes(data.len())?;
        let pixel_bytes = (self.per_pixel() * usize::from(self.page.bits)).div_ceil(8);
        packing.unpack(data, stored_bytes, rows, pixel_bytes, self.request.work)
    }

    /// The bytes of a chunk, and what is wrong with the rest.
    fn decoded(
        &mut self,
        index: u32,
        stored_bytes: usize,
        rows: usize,
    ) -> Result<(Vec<u8>, Option<ImageError>), ImageError> {
        self.request.work.take_bytes(self.strips.there(index as usize).len())?;
        let mut bytes = vec![0; stored_bytes * rows];
        let damage = match self.decoder.read_chunk_bytes(index, &mut bytes) {
            Ok(()) => None,
            Err(error @ (TiffError::FormatError(_) | TiffError::IoError(_))) => {
                // The buffer was written to from its beginning. A row is there if anything came after it.
                let last = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0);
                bytes.truncate(last / stored_bytes * stored_bytes);
                Some(refused(error))
            }
            Err(error) => return Err(refused(error)),
        };
        Ok((bytes, damage))
    }

    /// Refuses a JPEG that is larger than its chunk, before its decoder makes room for it.
    fn admit_jpeg(&self, stored: &[u8], tables: &[u8]) -> Result<(), ImageError> {
        self.request.work.take_bytes(tables.len())?;
        let (mut width, mut height, mut components) = (0, 0, 0);
        for (marker, payload, _) in segments(tables, 0).chain(segments(stored, 0)) {
            if let (0xc0..=0xc2, &[_, h1, h0, w1, w0, count, ..]) = (marker, payload) {
                width = width.max(u32::from(u16::from_be_bytes([w1, w0])));
                height = height.max(u32::from(u16::from_be_bytes([h1, h0])));
                components = count.max(components);
            }
        }
        // Whole blocks, of four samples where one shares its colors.
        if width > self.chunk_width.next_multiple_of(32) || height > self.chunk_height.next_multiple_of(32) {
            return Err(damaged("a JPEG in it is larger than its strip"));
        }
        let scans = memchr::memmem::find_iter(stored, b"\xff\xda").count() as u64;
        let area = u64::from(width) * u64::from(height);
        if scans > 1 {
            self.request.work.take_pixels(area.saturating_mul(scans / 4))?;
            // All coefficients.
            self.request.check_memory(self.held + area * u64::from(components) * 8)?;
        }
        Ok(())
    }
}
