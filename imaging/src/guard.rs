//! Code of others that may panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `work` gives, or nothing if it panics.
///
/// The decoders come from other hands, and damaged files have made some of them panic: an index past the
/// end, a sum that overflows. To a caller that is one more damaged file. What `work` touched is dropped
/// with it, so nothing half done is seen afterwards.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_nothing() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| [0; 3].iter().position(|zero| *zero == 1).expect("a test of panics")), None);
    }
}
