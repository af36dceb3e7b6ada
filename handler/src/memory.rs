//! The memory budgets: how many images are processed at the same time.
//!
//! An image needs memory for its encoded bytes from the fetch to the end, and for its pixels while it is rendered.
//! These are two budgets. With one, images whose bytes fill the budget would wait for the memory for their pixels
//! forever.

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

/// Reserved memory. Dropping it returns the memory to the budget.
#[derive(Debug)]
pub(crate) struct Reservation {
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
    /// Returns the budgets of a function with `bytes` of memory, whose originals have at most `max_original` bytes.
    pub(crate) fn new(bytes: u64, max_original: u64) -> Self {
        let Shares { encoded, decoded } = Shares::for_memory(bytes, max_original);
        Self { encoded: Budget::new(encoded), decoded: Budget::new(decoded) }
    }
}

impl Budget {
    fn new(total: u64) -> Self {
        let units = usize::try_from(total / UNIT).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(units)), total }
    }

    /// Returns the whole budget, in bytes.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Waits for `bytes`, or for the whole budget if that is less, and reserves them.
    pub(crate) async fn reserve(&self, bytes: u64) -> Reservation {
        let units = u32::try_from(bytes.min(self.total) / UNIT).unwrap_or(u32::MAX);
        // Acquiring fails only if the semaphore is closed, and no code closes it.
        Reservation { _permit: self.free.clone().acquire_many_owned(units).await.ok() }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn memory_is_reserved_while_it_fits_and_a_larger_request_gets_the_whole_budget() {
        let memory = Memory::new(512 << 20, 100_000_000);
        assert_eq!(memory.encoded.total(), 100_000_000);
        let most = memory.decoded.reserve(memory.decoded.total() - UNIT).await;
        assert!(memory.decoded.reserve(2 * UNIT).now_or_never().is_none());
        drop(most);
        let all = memory.decoded.reserve(u64::MAX).now_or_never();
        assert!(all.is_some());
        assert!(memory.decoded.reserve(UNIT).now_or_never().is_none());
    }

    #[test]
    fn a_small_function_also_has_budgets() {
        let memory = Memory::new(128 << 20, 100_000_000);
        assert!(memory.encoded.total() > 20 << 20 && memory.decoded.total() > 50 << 20);
        assert!(Memory::new(0, 1).decoded.total() < 1 << 20);
    }
}
