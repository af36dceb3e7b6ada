//! What an original may cost. Every figure is checked against the header before anything is allocated,
//! since an allocation that fails cannot be caught.

use crate::{Header, ImageError};

/// Profiles are small; a large one is an attack.
pub(crate) const MAX_PROFILE: usize = 4 << 20;

/// What an original may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The greatest length of the file, in bytes.
    pub max_bytes: u64,
    /// The greatest width x height.
    pub max_pixels: u64,
    /// The most bytes that decoding may hold, besides the original itself.
    pub max_memory: u64,
}

/// The longest side of a picture: more than scanners and screenshots of whole sites have. Each row has its own cost,
/// however narrow it is.
const MAX_SIDE: u32 = 1 << 20;

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
