//! Decompresses whole strips and tiles of a TIFF.
//!
//! The reader of the decoder takes twice as long. For each LZW code that clears its table, it takes half a microsecond.

use std::borrow::Cow;
use std::io::Read;

use lzma_rust2::{Action, Status, XzStream};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::budget::WorkBudget;
use crate::decode::lzw;
use crate::decode::tiff::directory::{Directory, tag};
use crate::decode::tiff::page::{Page, undo_predictor};
use crate::{ImageError, clib};

/// How the chunks of a page are compressed.
#[derive(Clone, Copy)]
pub(crate) struct ChunkCodec {
    compression: Compression,
    predictor: Predictor,
    big_endian: bool,
    /// Whether the first bit of a byte is its lowest.
    is_lsb_first: bool,
    /// The number of bytes per sample; 1 also for samples that share a byte.
    sample_bytes: usize,
    /// The number of rows of a chunk that is not the last.
    chunk_rows: usize,
}

#[derive(Clone, Copy)]
enum Compression {
    Deflate,
    Lzw,
    Lzma,
    Zstandard,
    Webp,
}

/// The maximum window in bytes. Level 19 uses this window, and no TIFF writer uses a larger one.
pub(crate) const ZSTANDARD_WINDOW: u64 = 8 << 20;

#[derive(Clone, Copy, PartialEq)]
enum Predictor {
    None,
    /// Differences of integers.
    Horizontal,
    /// Differences of the bytes of floating-point numbers; the highest bytes of a row come first.
    Floats,
}

impl ChunkCodec {
    /// Returns the codec of the chunks, or `None` if only the decoder can decompress them.
    pub(crate) fn from_directory(directory: &Directory<'_>, page: &Page) -> Option<Self> {
        let compression = match directory.number(tag::COMPRESSION) {
            Some(5) => Compression::Lzw,
            Some(8 | 32_946) => Compression::Deflate,
            Some(34_925) => Compression::Lzma,
            Some(50_000) => Compression::Zstandard,
            Some(50_001) => Compression::Webp,
            _ => return None,
        };
        let bits = if page.has_wide_indices { 16 } else { page.bits };
        let predictor = match (directory.number(tag::PREDICTOR).unwrap_or(1), bits) {
            (1, _) => Predictor::None,
            (2, 16 | 32 | 64) => Predictor::Horizontal,
            (3, 16 | 32 | 64) => Predictor::Floats,
            _ => return None,
        };
        let sample_bytes = usize::from(bits).div_ceil(8);
        let (big_endian, is_lsb_first) = (directory.is_big_endian(), directory.is_lsb_first());
        let rows_tag = if directory.has_tiles() { tag::TILE_HEIGHT } else { tag::ROWS_PER_STRIP };
        let chunk_rows = directory.number(rows_tag).and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0);
        Some(Self { compression, predictor, big_endian, is_lsb_first, sample_bytes, chunk_rows })
    }

    /// Decompresses a strip or tile to its readable rows, with little-endian samples. Returns `None` if the
    /// chunk is broken, so that the decoder reports the reason.
    pub(crate) fn unpack(
        self,
        data: &[u8],
        row_bytes: usize,
        rows: usize,
        pixel_bytes: usize,
        budget: &WorkBudget<'_>,
    ) -> Result<Option<Vec<u8>>, ImageError> {
        let samples = pixel_bytes / self.sample_bytes;
        let data = if self.is_lsb_first {
            Cow::Owned(data.iter().map(|byte| byte.reverse_bits()).collect())
        } else {
            Cow::Borrowed(data)
        };
        let unpacked = match self.compression {
            Compression::Lzw => Some(lzw::decode_tiff(&data, row_bytes * rows)),
            Compression::Deflate => {
                inflate(&data, row_bytes * rows, budget)?.filter(|bytes| bytes.len() >= row_bytes)
            }
            Compression::Lzma => Some(decompress_lzma(&data, row_bytes * rows, budget)?),
            Compression::Zstandard => Some(decompress_zstandard(&data, row_bytes * rows)),
            Compression::Webp => {
                Some(self.decode_webp(&data, row_bytes / pixel_bytes.max(1), rows, pixel_bytes))
            }
        };
        Ok(unpacked.map(|mut bytes| {
            bytes.truncate(bytes.len() / row_bytes * row_bytes);
            if self.predictor == Predictor::Floats {
                bytes.chunks_exact_mut(row_bytes).for_each(|row| self.undo_float_predictor(row, samples));
                return bytes;
            }
            if self.big_endian && self.sample_bytes > 1 {
                bytes.chunks_exact_mut(self.sample_bytes).for_each(<[u8]>::reverse);
            }
            if self.predictor == Predictor::Horizontal {
                bytes.chunks_exact_mut(row_bytes).for_each(|row| match self.sample_bytes {
                    2 => add_differences::<2>(row, samples, |a, b| {
                        u16::from_le_bytes(a).wrapping_add(u16::from_le_bytes(b)).to_le_bytes()
                    }),
                    4 => add_differences::<4>(row, samples, |a, b| {
                        u32::from_le_bytes(a).wrapping_add(u32::from_le_bytes(b)).to_le_bytes()
                    }),
                    _ => add_differences::<8>(row, samples, |a, b| {
                        u64::from_le_bytes(a).wrapping_add(u64::from_le_bytes(b)).to_le_bytes()
                    }),
                });
            }
            bytes
        }))
    }

    /// Decodes a WebP to samples. Returns no bytes if it is broken, or if its size differs from that of its strip or
    /// tile. A tile can extend below the picture.
    fn decode_webp(self, data: &[u8], width: usize, rows: usize, samples: usize) -> Vec<u8> {
        let features = clib::webp_features(data).filter(|features| {
            let is_tall = (rows..=self.chunk_rows.max(rows)).contains(&(features.height as usize));
            is_tall && features.width as usize == width && matches!(samples, 3 | 4)
        });
        let decode = |features: clib::WebpFeatures| {
            clib::decode_webp(data, features.width, features.height, samples == 4, false).ok()
        };
        features.and_then(decode).unwrap_or_default()
    }

    /// Undoes the predictor of floating-point numbers (Adobe's technical note 3 on TIFF).
    fn undo_float_predictor(self, row: &mut [u8], samples: usize) {
        let row_bytes = row.len();
        undo_predictor(row, row_bytes, samples);
        let bytes = row.to_vec();
        let count = bytes.len() / self.sample_bytes;
        for (i, plane) in bytes.chunks_exact(count.max(1)).take(self.sample_bytes).enumerate() {
            let places = row.iter_mut().skip(self.sample_bytes - 1 - i).step_by(self.sample_bytes);
            places.zip(plane).for_each(|(to, from)| *to = *from);
        }
    }
}

/// Replaces differences from the pixel to the left by the values, in samples of `N` bytes.
fn add_differences<const N: usize>(
    row: &mut [u8],
    samples: usize,
    add: impl Fn([u8; N], [u8; N]) -> [u8; N],
) {
    let row = row.as_chunks_mut::<N>().0;
    for at in samples..row.len() {
        row[at] = add(row[at], row[at - samples]);
    }
}

/// Decompresses `data` to at most `length` bytes. A tile at the edge of a page contains more. Returns the bytes before
/// an error.
fn decompress_zstandard(mut data: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(ZSTANDARD_WINDOW);
    let (mut written, mut is_intact) = (0, true);
    while is_intact && written < length && decoder.init(&mut data).is_ok() {
        while is_intact && written < length && !decoder.is_finished() {
            is_intact = decoder.decode_blocks(&mut data, BlockDecodingStrategy::UptoBlocks(1)).is_ok();
            written += decoder.read(&mut bytes[written..]).unwrap_or(0);
        }
    }
    bytes.truncate(written);
    bytes
}

/// The maximum dictionary in bytes: that of preset 9 of xz, which GDAL uses.
const LZMA_DICTIONARY: u64 = 64 << 20;

/// The number of bytes that decompressing LZMA needs besides the dictionary: the input of a block, and the
/// probabilities.
const LZMA_STATE: u64 = 256 << 10;

/// The maximum memory of the reader in KiB.
const LZMA_LIMIT: u32 = ((LZMA_DICTIONARY + LZMA_STATE) >> 10) as u32;

/// The number of bytes that are decompressed at once. After an error, the bytes of the last step are lost.
const LZMA_STEP: usize = 1 << 12;

/// The bytes by which the decompressor may be ahead of its output: the headers, and a step.
const LZMA_LEAD: u64 = 8192;

/// The samples to spend for a byte that is not data. A chunk of one byte costs as much as the tables of its decoder.
const LZMA_OVERHEAD: u64 = 256;

/// Returns the number of bytes that decompressing LZMA to `length` bytes needs. The dictionary doubles, up to its size,
/// while the output grows.
pub(crate) fn lzma_memory(length: u64) -> u64 {
    let dictionary = length.saturating_mul(2).min(LZMA_DICTIONARY);
    // The old dictionary is copied to the new one.
    dictionary + dictionary / 2 + LZMA_STATE
}

/// Decompresses an xz file to at most `length` bytes. Returns the bytes before an error.
///
/// Like Deflate, LZMA never enlarges data much, so a file that is longer than its content belongs to no picture.
fn decompress_lzma(data: &[u8], length: usize, budget: &WorkBudget<'_>) -> Result<Vec<u8>, ImageError> {
    let mut bytes = vec![0; length];
    let mut stream = XzStream::new_mem_limit(false, LZMA_LIMIT);
    let (mut read, mut written, mut overhead) = (0, 0, 0);
    while written < length {
        let input = &data[read..data.len().min(read + LZMA_STEP)];
        let output = &mut bytes[written..length.min(written + LZMA_STEP)];
        let Ok(step) = stream.process(input, output, Action::Run) else { break };
        (read, written) = (read + step.bytes_consumed, written + step.bytes_produced);
        budget.check_canceled((step.bytes_consumed + step.bytes_produced) as u64)?;
        let ahead = (read as u64).saturating_sub(written as u64);
        budget.spend_samples(ahead.saturating_sub(overhead) * LZMA_OVERHEAD)?;
        overhead = ahead.max(overhead);
        if ahead > LZMA_LEAD + written as u64 / 64 {
            return Err(ImageError::TooMuchWork);
        }
        if step.status == Status::StreamEnd || step.bytes_consumed + step.bytes_produced == 0 {
            break;
        }
    }
    bytes.truncate(written);
    Ok(bytes)
}

/// The number of bytes that are passed to the decompressor at once.
const INPUT_STEP: usize = 1 << 16;

/// Decompresses Deflate `data` to at most `length` bytes.
///
/// A block can be empty and still take time. Deflate never makes data much larger, so a stream that is much longer than
/// its content does not belong to a picture.
fn inflate(data: &[u8], length: usize, budget: &WorkBudget<'_>) -> Result<Option<Vec<u8>>, ImageError> {
    let mut bytes = vec![0; length];
    let (mut read, mut written) = (0, 0);
    let mut decompressor = fdeflate::Decompressor::new();
    decompressor.ignore_adler32();
    loop {
        let input = &data[read..data.len().min(read + INPUT_STEP)];
        let Ok((consumed, produced)) = decompressor.read(input, &mut bytes, written, false) else {
            return Ok(None);
        };
        (read, written) = (read + consumed, written + produced);
        budget.check_canceled((consumed + produced) as u64)?;
        if decompressor.is_done() || written == length || (consumed == 0 && produced == 0) {
            bytes.truncate(written);
            return Ok(Some(bytes));
        }
        if read > written.saturating_mul(2) + 4 * INPUT_STEP {
            return Err(ImageError::TooMuchWork);
        }
    }
}
