//! The memory budget: which images are worked on at the same time.
//!
//! An image holds its encoded bytes from the fetch to the end, and its pixels while it is rendered.
//! These are two budgets, because with one, images that hold their bytes could wait for each other's
//! pixels for ever.

use std::sync::Arc;

use contract::memory::Shares;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const UNIT: u64 = 1 << 10;

/// One of the two budgets.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    free: Arc<Semaphore>,
    total: u64,
}

/// A share of a budget, given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    _permit: Option<OwnedSemaphorePermit>,
}

/// The budgets of a function.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    /// For originals as they were fetched.
    pub(crate) encoded: Budget,
    /// For rendering.
    pub(crate) decoded: Budget,
}

impl Memory {
    /// The budgets of a function with `bytes` of memory, whose originals have at most `max_original`.
    pub(crate) fn of(bytes: u64, max_original: u64) -> Self {
        let Shares { encoded, decoded } = Shares::of(bytes, max_original);
        Self { encoded: Budget::new(encoded), decoded: Budget::new(decoded) }
    }
}

impl Budget {
    fn new(total: u64) -> Self {
        let units = usize::try_from(total / UNIT).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(units)), total }
    }

    /// All there is, in bytes.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Waits for `bytes`, or for all there is.
    pub(crate) async fn share(&self, bytes: u64) -> Share {
        let units = u32::try_from(bytes.min(self.total) / UNIT).unwrap_or(u32::MAX);
        // An error means a closed semaphore; nobody closes it.
        Share { _permit: self.free.clone().acquire_many_owned(units).await.ok() }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn shares_are_admitted_while_they_fit_and_more_than_all_is_all() {
        let memory = Memory::of(512 << 20, 100_000_000);
        assert_eq!(memory.encoded.total(), 100_000_000);
        let most = memory.decoded.share(memory.decoded.total() - UNIT).await;
        assert!(memory.decoded.share(2 * UNIT).now_or_never().is_none());
        drop(most);
        let all = memory.decoded.share(u64::MAX).now_or_never();
        assert!(all.is_some());
        assert!(memory.decoded.share(UNIT).now_or_never().is_none());
    }

    #[test]
    fn a_small_function_has_budgets_too() {
        let memory = Memory::of(128 << 20, 100_000_000);
        assert!(memory.encoded.total() > 20 << 20 && memory.decoded.total() > 50 << 20);
        assert!(Memory::of(0, 1).decoded.total() < 1 << 20);
    }
}
