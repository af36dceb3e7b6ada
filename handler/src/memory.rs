//! The memory budgets: how many images are processed at the same time.
//!
//! An image needs memory for its encoded bytes from the fetch to the end, and for its pixels while it is rendered.
//! These are two budgets. With one, images whose bytes fill the budget would wait for the memory for their pixels
//! forever. A third budget limits how many bytes are fetched before a core is free for them.

use std::sync::Arc;

use contract::memory::Shares;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const UNIT: u64 = 1 << 10;

/// What an original takes at most from the budget for fetched originals, in bytes.
const AHEAD: u64 = 1 << 20;

/// One of the budgets.
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
    /// For originals that are fetched or rendered. For each core, one large original is rendered and another one is
    /// fetched. Small ones are fetched at the same time, because their requests take longer than their rendering.
    ahead: Budget,
    /// For rendering.
    pub(crate) decoded: Budget,
}

impl Memory {
    /// Returns the budgets of a function with `bytes` of memory and `cores`, whose originals have at most `max_original`
    /// bytes.
    pub(crate) fn new(bytes: u64, cores: usize, max_original: u64) -> Self {
        let Shares { encoded, decoded } = Shares::for_memory(bytes, max_original);
        let ahead = Budget::new(2 * AHEAD * cores as u64);
        Self { encoded: Budget::new(encoded), decoded: Budget::new(decoded), ahead }
    }

    /// Waits until an original of `bytes` may be fetched.
    pub(crate) async fn turn(&self, bytes: u64) -> Reservation {
        self.ahead.reserve(bytes.min(AHEAD)).await
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
        let memory = Memory::new(512 << 20, 2, 100_000_000);
        assert_eq!(memory.encoded.total(), 100_000_000);
        let most = memory.decoded.reserve(memory.decoded.total() - UNIT).await;
        assert!(memory.decoded.reserve(2 * UNIT).now_or_never().is_none());
        drop(most);
        let all = memory.decoded.reserve(u64::MAX).now_or_never();
        assert!(all.is_some());
        assert!(memory.decoded.reserve(UNIT).now_or_never().is_none());
    }

    #[tokio::test]
    async fn two_large_originals_or_many_small_ones_are_fetched_for_each_core() {
        let memory = Memory::new(512 << 20, 1, 100_000_000);
        let large = [memory.turn(50 << 20).await, memory.turn(50 << 20).await];
        assert!(memory.turn(1 << 10).now_or_never().is_none());
        drop(large);
        let small: Vec<_> = (0..20).filter_map(|_| memory.turn(100 << 10).now_or_never()).collect();
        assert_eq!(small.len(), 20);
    }

    #[test]
    fn a_small_function_also_has_budgets() {
        let memory = Memory::new(128 << 20, 2, 100_000_000);
        assert!(memory.encoded.total() > 20 << 20 && memory.decoded.total() > 50 << 20);
        assert!(Memory::new(0, 1, 1).decoded.total() < 1 << 20);
    }
}
