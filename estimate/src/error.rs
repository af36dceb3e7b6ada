//! Why there is no estimate.

use std::path::Path;

use thiserror::Error;

/// Why there is no estimate: a sentence, and what to do about it.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct Error {
    message: String,
    hints: Vec<String>,
    is_usage: bool,
}

impl Error {
    /// Something in a file or a flag is wrong.
    pub(crate) fn usage(message: String) -> Self {
        Self { message, hints: Vec::new(), is_usage: true }
    }

    pub(crate) fn failed(message: String) -> Self {
        Self { message, hints: Vec::new(), is_usage: false }
    }

    /// A file cannot be read. `what` names its content: `workload`.
    pub(crate) fn unreadable(what: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::failed(format!("cannot read the {what} `{}`: {error}", path.display()))
    }

    pub(crate) fn hint(mut self, hint: String) -> Self {
        self.hints.push(hint);
        self
    }

    /// Returns what to do about it.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Returns whether the user gave a wrong file or flag.
    pub fn is_usage(&self) -> bool {
        self.is_usage
    }
}
