//! Waits between attempts, longer each time and with random jitter.

use std::time::Duration;

/// A limited number of attempts with an exponential wait between them.
pub(crate) struct Backoff {
    wait: Duration,
    longest: Duration,
    left: u32,
}

impl Backoff {
    /// Returns a backoff for a failed request: `tries` more attempts, waiting up to 0.2 s first and up to 5 s later.
    pub(crate) fn tries(tries: u32) -> Self {
        Self { wait: Duration::from_millis(200), longest: Duration::from_secs(5), left: tries }
    }

    /// Returns a backoff for polling: short waits first, about a second later.
    pub(crate) fn polling() -> Self {
        Self { wait: Duration::from_millis(50), longest: Duration::from_millis(1500), left: u32::MAX }
    }

    /// Waits before the next attempt. Returns `false` at once if none is left.
    pub(crate) async fn again(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        // Half of the wait is random, so that clients that failed together spread out.
        tokio::time::sleep(self.wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        self.wait = (self.wait * 2).min(self.longest);
        true
    }
}
