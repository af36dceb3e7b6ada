//! The errors of an estimate.

use std::path::Path;

use thiserror::Error;

/// The error of an estimate: a message and hints.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct Error {
    message: String,
    hints: Vec<String>,
    is_usage: bool,
}

impl Error {
    /// Returns the error for an invalid file or flag.
    pub(crate) fn usage(message: String) -> Self {
        Self { message, hints: Vec::new(), is_usage: true }
    }

    pub(crate) fn failed(message: String) -> Self {
        Self { message, hints: Vec::new(), is_usage: false }
    }

    /// Returns the error of a file that cannot be read. `what` names its content: `workload`.
    pub(crate) fn unreadable(what: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::failed(format!("cannot read the {what} `{}`: {error}", path.display()))
    }

    pub(crate) fn hint(mut self, hint: String) -> Self {
        self.hints.push(hint);
        self
    }

    /// Returns the hints.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Returns whether the cause is a wrong file or flag.
    pub fn is_usage(&self) -> bool {
        self.is_usage
    }
}
