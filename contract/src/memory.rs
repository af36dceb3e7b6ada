//! How a function divides its memory among the images it works on.

/// What a function needs besides images, in bytes.
const OWN_NEED: u64 = 48 << 20;

/// The shares of a function's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// For originals as they were fetched, in bytes. An original that does not fit is refused.
    pub encoded: u64,
    /// For rendering, in bytes. An image that needs more is refused.
    pub decoded: u64,
}

impl Shares {
    /// The shares in a function with `bytes` of memory, whose originals have at most `max_original`.
    pub fn of(bytes: u64, max_original: u64) -> Self {
        let usable = bytes.saturating_sub(OWN_NEED).max(bytes / 4);
        let encoded = (usable / 3).min(max_original).max(1 << 20);
        Self { encoded, decoded: usable.saturating_sub(encoded) }
    }
}
