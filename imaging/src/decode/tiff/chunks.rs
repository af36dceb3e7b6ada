//! Reads the strips and tiles of a TIFF.

use std::io::ErrorKind;

use ::tiff::decoder::Decoder;
use ::tiff::{TiffError, TiffFormatError, TiffUnsupportedError};

use crate::decode::DecodeRequest;
use crate::decode::jpeg::{self, markers::segments};
use crate::decode::tiff::canvas::TiffCanvas;
use crate::decode::tiff::directory::damaged;
use crate::decode::tiff::directory::{Directory, MAX_VALUE, RepairedTiff, Strips, tag};
use crate::decode::tiff::page::{Page, to_8_bits, undo_predictor};
use crate::decode::tiff::unpack::ChunkCodec;
use crate::{ImageError, Limits};

/// The maximum side of a JPEG strip or tile that the TIFF decoder reads.
const MAX_JPEG_SIDE: u32 = 1 << 14;

/// Converts an error of the decoder, which distinguishes unsupported from broken files.
fn convert_error(error: TiffError) -> ImageError {
    match error {
        TiffError::UnsupportedError(TiffUnsupportedError::UnsupportedCompressionMethod(_)) => {
            ImageError::Unsupported { format: "tiled TIFF with CCITT compression" }
        }
        TiffError::UnsupportedError(_) => ImageError::Unsupported { format: "this variant of TIFF" },
        TiffError::LimitsExceeded => damaged("one of its parts exceeds the limits"),
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            damaged("its data ends early")
        }
        TiffError::FormatError(TiffFormatError::CompressedDataCorrupt(_)) => {
            damaged("its compressed data is corrupt")
        }
        TiffError::FormatError(_)
        | TiffError::IoError(_)
        | TiffError::IntSizeError
        | TiffError::UsageError(_) => damaged("it is malformed"),
    }
}

fn open_decoder<'a>(
    directory: &Directory<'a>,
    limits: &Limits,
) -> Result<Decoder<RepairedTiff<'a>>, ImageError> {
    let max_buffer = usize::try_from(limits.max_memory / 2).unwrap_or(usize::MAX);
    let mut bounds = ::tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = max_buffer;
    bounds.intermediate_buffer_size = max_buffer;
    bounds.ifd_value_size = MAX_VALUE;
    Ok(Decoder::new(directory.repaired_file()).map_err(convert_error)?.with_limits(bounds))
}

/// A reader of the chunks of a page: strips or tiles, for each plane.
pub(crate) struct ChunkReader<'a> {
    page: &'a Page,
    request: &'a DecodeRequest<'a>,
    decoder: Decoder<RepairedTiff<'a>>,
    strips: Strips<'a>,
    codec: Option<ChunkCodec>,
    /// The tables at the beginning of each JPEG, if the chunks are JPEG.
    jpeg: Option<Vec<u8>>,
    /// The number of bytes in memory besides a chunk.
    other_bytes: u64,
    width: u32,
    height: u32,
    chunk_width: u32,
    chunk_height: u32,
    planes: usize,
}

/// The samples of a chunk as they are stored.
struct StoredSamples {
    bytes: Vec<u8>,
    /// The reason why a part of them is not readable.
    damage: Option<ImageError>,
}

/// A decoded chunk.
struct DecodedChunk {
    /// Its readable rows.
    bytes: Vec<u8>,
    row_bytes: usize,
    /// The reason why the next row is not readable.
    damage: Option<ImageError>,
}

/// The minimum cost of a chunk, in pixels.
const MIN_CHUNK_PIXELS: u64 = 64;

impl<'a> ChunkReader<'a> {
    /// Opens the chunks of a page. `other_bytes` is the number of other bytes in memory.
    pub(crate) fn open(
        directory: &Directory<'a>,
        page: &'a Page,
        other_bytes: u64,
        request: &'a DecodeRequest<'a>,
    ) -> Result<Self, ImageError> {
        let mut decoder = open_decoder(directory, request.limits)?;
        let (width, height) = decoder.dimensions().map_err(convert_error)?;
        let (chunk_width, chunk_height) = decoder.chunk_dimensions();
        if chunk_width == 0 || chunk_height == 0 {
            return Err(damaged("a strip or tile has zero pixels"));
        }
        let jpeg = (directory.number(tag::COMPRESSION) == Some(7))
            .then(|| directory.bytes(tag::JPEG_TABLES).unwrap_or_default().to_vec());
        if jpeg.is_some() && chunk_width.max(chunk_height) > MAX_JPEG_SIDE {
            return Err(ImageError::Unsupported {
                format: "JPEG-compressed TIFF with more than 16384 pixels per side",
            });
        }
        let planes = if directory.number(tag::PLANAR) == Some(2) { page.samples } else { 1 };
        let chunks = u64::from(width.div_ceil(chunk_width)) * u64::from(height.div_ceil(chunk_height));
        let pixels = chunks.saturating_mul(u64::from(chunk_width) * u64::from(chunk_height.min(height)));
        let bits = pixels.saturating_mul(page.samples as u64).saturating_mul(page.bits.into());
        request.budget.spend_samples(bits.div_ceil(8))?;
        let codec = ChunkCodec::from_directory(directory, page);
        let strips = directory.strips();
        Ok(Self {
            page,
            request,
            decoder,
            strips,
            codec,
            jpeg,
            other_bytes,
            width,
            height,
            chunk_width,
            chunk_height,
            planes,
        })
    }

    /// Returns the number of samples per pixel in one plane.
    fn samples_per_pixel(&self) -> usize {
        self.page.samples / self.planes
    }

    fn has_whole_rows(&self) -> bool {
        self.chunk_width >= self.width && self.planes == 1
    }

    pub(crate) fn read_all(mut self, canvas: &mut TiffCanvas<'_>) -> Result<(), ImageError> {
        // A band is needed only if it is assembled from several chunks.
        let band = if self.has_whole_rows() { 0 } else { self.chunk_height.min(self.height) as usize };
        let mut band = vec![0; self.width as usize * band * self.page.samples];
        for y in 0..self.height.div_ceil(self.chunk_height) {
            let rows = (self.height - y * self.chunk_height).min(self.chunk_height) as usize;
            if self.has_whole_rows() {
                let chunk = self.read_chunk(y)?;
                canvas.push_rows(&chunk.bytes, chunk.row_bytes, rows, chunk.damage);
            } else {
                self.read_band(y, rows, &mut band, canvas)?;
            }
        }
        Ok(())
    }

    /// Assembles a band from adjacent chunks, and from all planes.
    fn read_band(
        &mut self,
        y: u32,
        rows: usize,
        band: &mut [u8],
        canvas: &mut TiffCanvas<'_>,
    ) -> Result<(), ImageError> {
        let (samples, planes) = (self.page.samples, self.planes);
        let (across, down) = (self.width.div_ceil(self.chunk_width), self.height.div_ceil(self.chunk_height));
        let row_bytes = self.width as usize * samples;
        band.fill(128);
        let mut seen = false;
        for (plane, x) in (0..planes).flat_map(|plane| (0..across).map(move |x| (plane, x))) {
            let chunk = self.read_chunk((plane as u32 * down + y) * across + x)?;
            seen |= !chunk.bytes.is_empty();
            if let Some(damage) = chunk.damage {
                canvas.record_damage(damage);
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

    fn read_chunk(&mut self, index: u32) -> Result<DecodedChunk, ImageError> {
        let (columns, rows) = self.decoder.chunk_data_dimensions(index);
        let (rows, row_bytes) = (rows as usize, columns as usize * self.samples_per_pixel());
        let stored_bytes = (row_bytes * usize::from(self.page.bits)).div_ceil(8);
        let area = u64::from(self.chunk_width) * u64::from(self.chunk_height.min(self.height));
        self.request.budget.spend_pixels((area / self.planes as u64).max(MIN_CHUNK_PIXELS))?;
        let stored = self.strips.get_partial(index as usize);
        if let Some(tables) = &self.jpeg {
            self.check_jpeg(stored, tables)?;
        }
        let StoredSamples { bytes, mut damage } = match self.unpack_chunk(index, stored_bytes, rows)? {
            Some(samples) => samples,
            None => self.decode_chunk(index, stored_bytes, rows)?,
        };
        if bytes.len() < stored_bytes * rows {
            damage.get_or_insert_with(|| damaged("a strip ends early"));
        }
        let chunks = self.width.div_ceil(self.chunk_width) * self.height.div_ceil(self.chunk_height);
        let plane = (self.planes > 1).then(|| (index / chunks) as usize);
        let mut bytes = to_8_bits(bytes, self.page, row_bytes, plane);
        if self.page.has_predictor {
            undo_predictor(&mut bytes, row_bytes, self.samples_per_pixel());
        }
        if self.page.is_signed {
            bytes.iter_mut().for_each(|sample| *sample ^= 0x80);
        }
        Ok(DecodedChunk { bytes, row_bytes, damage })
    }

    /// Decompresses a chunk without the decoder. Returns `None` if only the decoder can decompress it.
    fn unpack_chunk(
        &self,
        index: u32,
        stored_bytes: usize,
        rows: usize,
    ) -> Result<Option<StoredSamples>, ImageError> {
        if let Some(tables) = &self.jpeg {
            return self.decode_lossless_jpeg(self.strips.get_partial(index as usize), tables, stored_bytes);
        }
        let Some(codec) = self.codec else { return Ok(None) };
        let data = self.strips.get_partial(index as usize);
        self.request.budget.spend_bytes(data.len())?;
        let pixel_bytes = (self.samples_per_pixel() * usize::from(self.page.bits)).div_ceil(8);
        let unpacked = codec.unpack(data, stored_bytes, rows, pixel_bytes, self.request.budget)?;
        Ok(unpacked.map(|bytes| StoredSamples { bytes, damage: None }))
    }

    /// Decodes a chunk in lossless JPEG, which the decoder does not read. Returns `None` if it is not lossless, or if
    /// its samples do not fill bytes.
    fn decode_lossless_jpeg(
        &self,
        stored: &[u8],
        tables: &[u8],
        stored_bytes: usize,
    ) -> Result<Option<StoredSamples>, ImageError> {
        let is_lossless = segments(stored, 0).any(|(marker, ..)| marker == 0xc3);
        if !is_lossless || !matches!(self.page.bits, 8 | 16) {
            return Ok(None);
        }
        self.request.budget.spend_bytes(stored.len())?;
        let sample_bytes = usize::from(self.page.bits / 8);
        let row_samples = stored_bytes / sample_bytes;
        let decoded = jpeg::decode_lossless(stored, tables, self.request, self.other_bytes)?;
        if decoded.row_samples != row_samples {
            return Err(damaged("it contains a JPEG whose size differs from that of its strip or tile"));
        }
        let samples = decoded.samples.iter();
        let bytes = samples.flat_map(|sample| std::iter::repeat_n(*sample, sample_bytes)).collect();
        Ok(Some(StoredSamples { bytes, damage: decoded.warning.map(damaged) }))
    }

    /// Decompresses a chunk with the decoder. Returns its readable rows.
    fn decode_chunk(
        &mut self,
        index: u32,
        stored_bytes: usize,
        rows: usize,
    ) -> Result<StoredSamples, ImageError> {
        self.request.budget.spend_bytes(self.strips.get_partial(index as usize).len())?;
        let mut bytes = vec![0; stored_bytes * rows];
        let damage = match self.decoder.read_chunk_bytes(index, &mut bytes) {
            Ok(()) => None,
            Err(error @ (TiffError::FormatError(_) | TiffError::IoError(_))) => {
                // The decoder fills the buffer from the beginning, so a row is complete if any byte after it
                // is set.
                let last = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0);
                bytes.truncate(last / stored_bytes * stored_bytes);
                Some(convert_error(error))
            }
            Err(error) => return Err(convert_error(error)),
        };
        Ok(StoredSamples { bytes, damage })
    }

    /// Refuses a JPEG that is larger than its chunk before the decoder allocates memory for it.
    fn check_jpeg(&self, stored: &[u8], tables: &[u8]) -> Result<(), ImageError> {
        self.request.budget.spend_bytes(tables.len())?;
        let (mut width, mut height, mut components) = (0, 0, 0);
        for (marker, payload, _) in segments(tables, 0).chain(segments(stored, 0)) {
            if let (0xc0..=0xc3, &[_, h1, h0, w1, w0, count, ..]) = (marker, payload) {
                width = width.max(u32::from(u16::from_be_bytes([w1, w0])));
                height = height.max(u32::from(u16::from_be_bytes([h1, h0])));
                components = count.max(components);
            }
        }
        // Whole blocks, with up to four luma samples per chroma sample.
        if width > self.chunk_width.next_multiple_of(32) || height > self.chunk_height.next_multiple_of(32) {
            return Err(damaged("it contains a JPEG that is larger than its strip or tile"));
        }
        let scans = memchr::memmem::find_iter(stored, b"\xff\xda").count() as u64;
        let area = u64::from(width) * u64::from(height);
        if scans > 1 {
            self.request.budget.spend_pixels(area.saturating_mul(scans / 4))?;
            // All coefficients.
            self.request.check_memory(self.other_bytes + area * u64::from(components) * 8)?;
        }
        Ok(())
    }
}
