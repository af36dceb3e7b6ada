//! Decompresses whole strips and tiles of a TIFF.
//!
//! The reader of the decoder takes twice as long, and half a microsecond for each LZW code that clears its
//! table.

use std::borrow::Cow;

use crate::budget::WorkBudget;
use crate::decode::lzw;
use crate::decode::tiff::directory::{Directory, tag};
use crate::decode::tiff::page::{Page, undo_predictor};
use crate::{ImageError, clib};

/// The packing of the chunks of a page.
#[derive(Clone, Copy)]
pub(crate) struct Packing {
    compression: Compression,
    predictor: Predictor,
    big_endian: bool,
    /// Whether the first bit of a byte is its lowest.
    is_lsb_first: bool,
    /// The number of bytes per sample; 1 also for samples that share a byte.
    sample_bytes: usize,
}

#[derive(Clone, Copy)]
enum Compression {
    Deflate,
    Lzw,
    Zstandard,
    Webp,
}

/// The maximum window in bytes. Level 19 has this window, and TIFF writers use no larger one.
pub(crate) const ZSTANDARD_WINDOW: u64 = 8 << 20;

#[derive(Clone, Copy, PartialEq)]
enum Predictor {
    None,
    /// Differences of integers.
    Horizontal,
    /// Differences of the bytes of floating-point numbers; the highest bytes of a row come first.
    Floats,
}

impl Packing {
    /// Returns the packing of the chunks, or `None` if only the decoder can decompress them.
    pub(crate) fn of(directory: &Directory<'_>, page: &Page) -> Option<Self> {
        let compression = match directory.number(tag::COMPRESSION) {
            Some(5) => Compression::Lzw,
            Some(8 | 32_946) => Compression::Deflate,
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
        Some(Self { compression, predictor, big_endian, is_lsb_first, sample_bytes })
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
            Compression::Zstandard => Some(decompress_zstandard(&data, row_bytes * rows)),
            Compression::Webp => {
                Some(decode_webp_chunk(&data, row_bytes / pixel_bytes.max(1), rows, pixel_bytes))
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

/// Decompresses `data` to at most `length` bytes. Returns no bytes if it is broken.
fn decompress_zstandard(data: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let mut decoder = ruzstd::decoding::FrameDecoder::new();
    decoder.set_max_window_size(ZSTANDARD_WINDOW);
    let written = decoder.decode_all(data, &mut bytes).unwrap_or(0);
    bytes.truncate(written);
    bytes
}

/// Decodes a WebP to samples. Returns no bytes if it is broken, or if its size differs from that of its strip
/// or tile.
fn decode_webp_chunk(data: &[u8], width: usize, rows: usize, samples: usize) -> Vec<u8> {
    let features = clib::webp_features(data).filter(|features| {
        (features.width as usize, features.height as usize) == (width, rows) && matches!(samples, 3 | 4)
    });
    let decode = |features: clib::WebpFeatures| {
        clib::decode_webp(data, features.width, features.height, samples == 4, false).ok()
    };
    features.and_then(decode).unwrap_or_default()
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
        budget.check_cancelled((consumed + produced) as u64)?;
        if decompressor.is_done() || written == length || (consumed == 0 && produced == 0) {
            bytes.truncate(written);
            return Ok(Some(bytes));
        }
        if read > written.saturating_mul(2) + 4 * INPUT_STEP {
            return Err(ImageError::TooMuchWork);
        }
    }
}
