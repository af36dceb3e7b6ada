//! What a file may make its decoder do, whatever its numbers say, and the caller who may want no more of it.

use std::cell::Cell;

use crate::ImageError;

/// What may still be taken from a file and decoded of it. Every loop over counts that a file states draws on it.
pub(crate) struct Work<'a> {
    bytes: Cell<u64>,
    pixels: Cell<u64>,
    samples: Cell<u64>,
    unasked: Cell<u64>,
    is_cancelled: &'a dyn Fn() -> bool,
    stopped: Cell<bool>,
}

/// The caller is asked again after so many bytes or pixels.
const ASK_EVERY: u64 = 1 << 16;

/// Each byte of a file is taken once. A blank strip may be shared by many, but not one that costs much.
const BYTES: (u64, u64) = (4, 4 << 20);

/// Each pixel is decoded once or, with alpha, twice; tiles may stand out beyond the edges.
const PIXELS: (u64, u64) = (3, 16 << 20);

/// The bytes of samples that a file may unpack to. 250 megapixels of one color with alpha have 1 GB. Deflate and LZW pack
/// a thousand to one, but of the PNG and TIFF files of the corpus, none above 1 kB unpacks to more than 118 times its length.
const SAMPLES: (u64, u64) = (128, 1_000 << 20);

/// More than that nobody waits for: 250 megapixels of four samples of 16 bits have 2 GB.
const MAX_SAMPLES: u64 = 4_000_000_000;

impl<'a> Work<'a> {
    /// The work on a file of `bytes` bytes that shows `pixels` pixels.
    pub(crate) fn new(bytes: u64, pixels: u64, is_cancelled: &'a dyn Fn() -> bool) -> Self {
        let allowed =
            |(times, more): (u64, u64), count: u64| count.saturating_mul(times).saturating_add(more);
        Self {
            bytes: Cell::new(allowed(BYTES, bytes)),
            pixels: Cell::new(allowed(PIXELS, pixels)),
            samples: Cell::new(allowed(SAMPLES, bytes).min(MAX_SAMPLES)),
            unasked: Cell::new(0),
            is_cancelled,
            stopped: Cell::new(false),
        }
    }

    /// Takes `count` bytes from the file.
    pub(crate) fn take_bytes(&self, count: usize) -> Result<(), ImageError> {
        spend(&self.bytes, count as u64)?;
        self.ask(count as u64)
    }

    /// Decodes `count` pixels.
    pub(crate) fn take_pixels(&self, count: u64) -> Result<(), ImageError> {
        spend(&self.pixels, count)?;
        self.ask(count)
    }

    /// Unpacks `count` bytes of samples.
    pub(crate) fn take_samples(&self, count: u64) -> Result<(), ImageError> {
        spend(&self.samples, count)
    }

    /// Asks the caller, if it was last asked long enough ago, after `count` steps that need no budget.
    pub(crate) fn ask(&self, count: u64) -> Result<(), ImageError> {
        let unasked = self.unasked.get().saturating_add(count);
        if unasked < ASK_EVERY {
            self.unasked.set(unasked);
            return Ok(());
        }
        self.unasked.set(0);
        if (self.is_cancelled)() {
            self.stopped.set(true);
            return Err(ImageError::Cancelled);
        }
        Ok(())
    }

    /// Whether the caller wanted no more: an error after that is no fault of the file.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.get()
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
    fn what_is_spent_is_gone() {
        let work = Work::new(10, 10, &|| false);
        assert_eq!(work.take_bytes((4 << 20) + 40), Ok(()));
        assert_eq!(work.take_bytes(1), Err(ImageError::TooMuchWork));
        assert_eq!(work.take_pixels((16 << 20) + 30), Ok(()));
        assert_eq!(work.take_pixels(u64::MAX), Err(ImageError::TooMuchWork));
        assert_eq!(work.take_samples((1_000 << 20) + 1280), Ok(()));
        assert_eq!(work.take_samples(1), Err(ImageError::TooMuchWork));
    }

    #[test]
    fn the_caller_is_asked_now_and_then() {
        let asked = Cell::new(0);
        let is_cancelled = || {
            asked.set(asked.get() + 1);
            asked.get() == 3
        };
        let work = Work::new(1 << 20, 1 << 20, &is_cancelled);
        let steps = (0..).find(|_| work.take_pixels(1 << 10).is_err());
        assert_eq!((steps, asked.get(), work.is_stopped()), (Some(3 * 64 - 1), 3, true));
    }
}
