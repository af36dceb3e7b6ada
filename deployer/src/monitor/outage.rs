//! Keeps commands that run until they are stopped alive while AWS does not respond.

use crate::error::{CommandError, Kind};
use crate::ui::Ui;

/// How many requests in a row may fail after one that succeeded, each after the retries of the SDK.
const TOLERATED_FAILURES: u32 = 20;

/// The failures that are still tolerated. Before the first success there are none.
#[derive(Default)]
pub(crate) struct Outage {
    failures_left: u32,
}

impl Outage {
    /// Records a success.
    pub(crate) fn end(&mut self) {
        self.failures_left = TOLERATED_FAILURES;
    }

    /// Prints a failure as a warning, or returns it if it is not of AWS or if too many came in a row.
    pub(crate) fn tolerate(&mut self, error: CommandError, ui: &Ui) -> Result<(), CommandError> {
        if error.kind != Kind::Failed || self.failures_left == 0 {
            return Err(error);
        }
        self.failures_left -= 1;
        ui.warn(error.message);
        Ok(())
    }
}
