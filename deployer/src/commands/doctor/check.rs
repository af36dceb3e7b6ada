//! The result of one check.

use console::Style;
use serde::Serialize;

use crate::error::{CommandError, insert_flags};

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CheckState {
    Ok,
    Warn,
    Fail,
}

/// The result of one check.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    check: &'static str,
    pub(super) state: CheckState,
    found: String,
    /// The fix, a command if possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Check {
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, state: CheckState::Ok, found: found.into(), fix: None }
    }

    pub(super) fn warn(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { state: CheckState::Warn, fix: Some(fix.into()), ..Self::ok(check, found) }
    }

    pub(super) fn fail(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { state: CheckState::Fail, fix: Some(fix.into()), ..Self::ok(check, found) }
    }

    /// Returns a failed check. The fix is the first hint of `error`, or `fix` if it has none.
    pub(super) fn from_error(check: &'static str, error: CommandError, fix: &str) -> Self {
        let fix = error.hints.into_iter().next().unwrap_or_else(|| fix.to_owned());
        Self::fail(check, error.message, fix)
    }

    /// Returns a warning that the check could not run because of `error`.
    pub(super) fn unknown(check: &'static str, error: CommandError, fix: &str) -> Self {
        Self { state: CheckState::Warn, ..Self::from_error(check, error, fix) }
    }

    /// Replaces `{flags}` in the fix.
    pub(super) fn with_flags(self, flags: &str) -> Self {
        Self { fix: self.fix.map(|fix| insert_flags(&fix, flags)), ..self }
    }

    /// Returns the check as text.
    pub(super) fn text(&self) -> String {
        let (style, word) = match self.state {
            CheckState::Ok => (Style::new().green(), "ok  "),
            CheckState::Warn => (Style::new().yellow().bold(), "warn"),
            CheckState::Fail => (Style::new().red().bold(), "FAIL"),
        };
        let mut line = format!("{}  {:<12} {}", style.apply_to(word), self.check, self.found);
        if let Some(fix) = &self.fix {
            let fix = fix.replace('\n', "\n           ");
            line.push_str(&format!("\n      {} {fix}", Style::new().cyan().apply_to("fix:")));
        }
        line
    }
}
