//! Waits between attempts, longer each time and with random jitter.

use std::time::Duration;

/// A limited number of attempts with an exponential wait between them.
pub(crate) struct Backoff {
    pause: Duration,
    max_pause: Duration,
    retries_left: u32,
}

impl Backoff {
    /// Returns a backoff for a failed request. It allows `retries` more attempts, with waits of up to 0.2 s at first
    /// and up to 5 s later.
    pub(crate) fn with_retries(retries: u32) -> Self {
        Self { pause: Duration::from_millis(200), max_pause: Duration::from_secs(5), retries_left: retries }
    }

    /// Returns a backoff for polling. The waits grow from 50 ms to 1.5 s.
    pub(crate) fn for_polling() -> Self {
        Self {
            pause: Duration::from_millis(50),
            max_pause: Duration::from_millis(1500),
            retries_left: u32::MAX,
        }
    }

    /// Waits before the next attempt. Returns `false` at once if none is left.
    pub(crate) async fn next_attempt(&mut self) -> bool {
        if self.retries_left == 0 {
            return false;
        }
        self.retries_left -= 1;
        // Half of the wait is random, so that clients that failed together spread out.
        tokio::time::sleep(self.pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        self.pause = (self.pause * 2).min(self.max_pause);
        true
    }
}
