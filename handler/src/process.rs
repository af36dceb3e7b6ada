//! The process of a function: images that still run after the response, and the texts of panics.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::log;

/// The number of images that this process is decoding or encoding.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// An image in progress, counted until it is dropped.
pub(crate) struct Running;

impl Running {
    pub(crate) fn begin() -> Self {
        RUNNING.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Exits the process if images that could not be stopped are still in progress after the response. They would use the
/// cores and the memory that the next photos need. Lambda then starts another process.
#[expect(clippy::exit, reason = "nothing else stops a thread in a C library")]
pub(crate) fn exit_if_stuck() {
    let running = RUNNING.load(Ordering::SeqCst);
    if running > 0 {
        log::print_stuck(running);
        std::process::exit(0);
    }
}

/// Returns the message of a task that panicked.
pub(crate) fn panic_text(error: tokio::task::JoinError) -> String {
    let Ok(payload) = error.try_into_panic() else {
        return "the task was canceled".to_owned();
    };
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}
