//! Turns panics of third-party decoders into errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Returns the result of `work`, or `None` if it panics.
///
/// Damaged files have made some third-party decoders panic: an index out of bounds, an addition that overflows. The
/// caller treats such a file as damaged. Everything that `work` modified is dropped with it, so no half-finished state
/// remains visible.
pub(crate) fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_none() {
        assert_eq!(catch_panic(|| 1), Some(1));
        assert_eq!(
            catch_panic(|| [0; 3].iter().position(|zero| *zero == 1).expect("a test of panics")),
            None
        );
    }
}
