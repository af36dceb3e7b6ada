//! Limits on the cost of an original. The header is checked against every limit before pixels are allocated, because a
//! failed allocation cannot be caught.

use crate::{Header, ImageError};

/// The maximum length of an ICC profile in bytes. Real profiles are small; a large one is an attack.
pub(crate) const MAX_PROFILE: usize = 4 << 20;

/// The limits on the cost of an original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum length of the file in bytes.
    pub max_bytes: u64,
    /// The maximum of width x height.
    pub max_pixels: u64,
    /// The maximum number of bytes that decoding may use, not counting the original.
    pub max_memory: u64,
}

/// The maximum length of a side. Scans and screenshots of whole pages have shorter sides. Even a narrow row has a fixed
/// cost.
pub(crate) const MAX_SIDE: u32 = 1 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 100_000_000, max_pixels: 250_000_000, max_memory: 256 << 20 }
    }
}

impl Limits {
    pub(crate) fn check_bytes(&self, original: &[u8]) -> Result<(), ImageError> {
        let bytes = original.len() as u64;
        if bytes > self.max_bytes {
            return Err(ImageError::TooManyBytes { bytes, max: self.max_bytes });
        }
        Ok(())
    }

    pub(crate) fn check_header(&self, header: &Header) -> Result<(), ImageError> {
        let side = header.width.max(header.height);
        if side > MAX_SIDE && u64::from(header.width) * u64::from(header.height) <= self.max_pixels {
            return Err(ImageError::TooLong { side, max: MAX_SIDE });
        }
        let pixels = u64::from(header.width) * u64::from(header.height);
        if pixels > self.max_pixels {
            return Err(ImageError::TooManyPixels { pixels, max: self.max_pixels });
        }
        Ok(())
    }

    pub(crate) fn check_memory(&self, bytes: u64) -> Result<(), ImageError> {
        if bytes > self.max_memory {
            return Err(ImageError::TooMuchMemory { bytes, max: self.max_memory });
        }
        Ok(())
    }
}
