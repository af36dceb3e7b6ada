//! How a function divides its memory among the images that it processes.

/// The memory that a function uses besides images, in bytes.
const BASE_MEMORY: u64 = 48 << 20;

/// The shares of a function's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// The share for the bytes of originals. The function refuses an original that does not fit.
    pub encoded: u64,
    /// The share for rendering, in bytes. The function refuses an image that needs more.
    pub decoded: u64,
}

impl Shares {
    /// Returns the shares of a function with `bytes` of memory, whose originals have at most `max_original` bytes.
    pub fn for_memory(bytes: u64, max_original: u64) -> Self {
        let usable = bytes.saturating_sub(BASE_MEMORY).max(bytes / 4);
        let encoded = (usable / 3).min(max_original).max(1 << 20);
        Self { encoded, decoded: usable.saturating_sub(encoded) }
    }
}
