//! The budget for decoding a file, and the cancellation by the caller.

use std::cell::Cell;

use crate::ImageError;

/// The remaining budget for one file. Every loop whose length comes from the file spends some of it.
pub(crate) struct WorkBudget<'a> {
    bytes: Cell<u64>,
    pixels: Cell<u64>,
    samples: Cell<u64>,
    since_asked: Cell<u64>,
    ask_caller: &'a dyn Fn() -> bool,
    canceled: Cell<bool>,
}

/// The decoder checks for cancellation after each of this many bytes or pixels.
const ASK_INTERVAL: u64 = 1 << 16;

/// The maximum number of bytes to read: a multiple of the file's length, plus a constant. A decoder reads each byte
/// once. Many tiles may share a strip, but only a blank one, which costs little.
const BYTES: (u64, u64) = (4, 4 << 20);

/// The maximum number of pixels to decode: a multiple of the picture's pixels, plus a constant. A decoder decodes each
/// pixel once, or twice if it has alpha; tiles may extend beyond the edges.
const PIXELS: (u64, u64) = (3, 16 << 20);

/// The maximum number of bytes of samples to unpack: a multiple of the file's length, plus a constant. 250 megapixels
/// of one color with alpha have 1 GB. Deflate and LZW can compress a thousand to one, but no PNG or TIFF of more than 1
/// kB in our corpus unpacks to more than 118 times its length.
const SAMPLES: (u64, u64) = (128, 1_000 << 20);

/// The absolute maximum number of bytes of samples, which bounds the time: 250 megapixels of four samples of 16 bits
/// have 2 GB.
const MAX_SAMPLES: u64 = 4_000_000_000;

impl<'a> WorkBudget<'a> {
    /// Returns the budget for a file of `bytes` bytes that shows `pixels` pixels.
    pub(crate) fn new(bytes: u64, pixels: u64, ask_caller: &'a dyn Fn() -> bool) -> Self {
        let allowed =
            |(times, more): (u64, u64), count: u64| count.saturating_mul(times).saturating_add(more);
        Self {
            bytes: Cell::new(allowed(BYTES, bytes)),
            pixels: Cell::new(allowed(PIXELS, pixels)),
            samples: Cell::new(allowed(SAMPLES, bytes).min(MAX_SAMPLES)),
            since_asked: Cell::new(0),
            ask_caller,
            canceled: Cell::new(false),
        }
    }

    /// Spends `count` bytes read from the file.
    pub(crate) fn spend_bytes(&self, count: usize) -> Result<(), ImageError> {
        spend(&self.bytes, count as u64)?;
        self.check_canceled(count as u64)
    }

    /// Spends `count` decoded pixels.
    pub(crate) fn spend_pixels(&self, count: u64) -> Result<(), ImageError> {
        spend(&self.pixels, count)?;
        self.check_canceled(count)
    }

    /// Spends `count` bytes of unpacked samples.
    pub(crate) fn spend_samples(&self, count: u64) -> Result<(), ImageError> {
        spend(&self.samples, count)
    }

    /// Counts `count` steps that need no budget. After enough steps, checks whether the caller has canceled.
    pub(crate) fn check_canceled(&self, count: u64) -> Result<(), ImageError> {
        let since_asked = self.since_asked.get().saturating_add(count);
        if since_asked < ASK_INTERVAL {
            self.since_asked.set(since_asked);
            return Ok(());
        }
        self.since_asked.set(0);
        if (self.ask_caller)() {
            self.canceled.set(true);
            return Err(ImageError::Canceled);
        }
        Ok(())
    }

    /// Returns whether the caller has canceled. The file is not the cause of an error after that.
    pub(crate) fn is_canceled(&self) -> bool {
        self.canceled.get()
    }
}

fn spend(left: &Cell<u64>, count: u64) -> Result<(), ImageError> {
    left.set(left.get().checked_sub(count).ok_or(ImageError::TooMuchWork)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_is_an_error() {
        let budget = WorkBudget::new(10, 10, &|| false);
        assert_eq!(budget.spend_bytes((4 << 20) + 40), Ok(()));
        assert_eq!(budget.spend_bytes(1), Err(ImageError::TooMuchWork));
        assert_eq!(budget.spend_pixels((16 << 20) + 30), Ok(()));
        assert_eq!(budget.spend_pixels(u64::MAX), Err(ImageError::TooMuchWork));
        assert_eq!(budget.spend_samples((1_000 << 20) + 1280), Ok(()));
        assert_eq!(budget.spend_samples(1), Err(ImageError::TooMuchWork));
    }

    #[test]
    fn the_caller_is_asked_at_intervals() {
        let asked = Cell::new(0);
        let ask_caller = || {
            asked.set(asked.get() + 1);
            asked.get() == 3
        };
        let budget = WorkBudget::new(1 << 20, 1 << 20, &ask_caller);
        let steps = (0..).find(|_| budget.spend_pixels(1 << 10).is_err());
        assert_eq!((steps, asked.get(), budget.is_canceled()), (Some(3 * 64 - 1), 3, true));
    }
}
