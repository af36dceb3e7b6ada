//! Waiting before another try, longer each time and never in step with others.

use std::time::Duration;

/// A bounded number of tries, with a wait between them that doubles.
pub(crate) struct Backoff {
    wait: Duration,
    longest: Duration,
    left: u32,
}

impl Backoff {
    /// For a request that failed: `tries` more, waiting up to 0.2 s first and up to 5 s later.
    pub(crate) fn tries(tries: u32) -> Self {
        Self { wait: Duration::from_millis(200), longest: Duration::from_secs(5), left: tries }
    }

    /// For asking whether something has come to be: soon at first, every second or so later.
    pub(crate) fn polling() -> Self {
        Self { wait: Duration::from_millis(50), longest: Duration::from_millis(1500), left: u32::MAX }
    }

    /// Waits before the next try. False, at once, where there is none left.
    pub(crate) async fn again(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        // Half of the wait is fixed, half is drawn: many clients that failed together spread out.
        tokio::time::sleep(self.wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        self.wait = (self.wait * 2).min(self.longest);
        true
    }
}
