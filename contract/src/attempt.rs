//! The record of attempts at a photo. The next process reads in it whether the photo ended an earlier process.

use serde::{Deserialize, Serialize};

/// The attempts to process one version alone, stored at [`crate::key::OriginalVersion::attempt_key`].
///
/// The thumbnail function stores it before it processes a message that was received before, and deletes it when the
/// photo is done or has failed permanently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// The number of earlier attempts that ended with their process.
    pub kills: u32,
    /// Whether the last attempt has not ended, or ended with its process.
    pub is_open: bool,
}

impl Attempt {
    /// Returns the record of an attempt that begins. `before` is the record of the attempts before it.
    pub fn begin(before: Option<Self>) -> Self {
        Self { kills: before.map_or(0, Self::kill_count), is_open: true }
    }

    /// Returns the record of this attempt after it has ended, so that it may be repeated.
    #[must_use]
    pub fn finish(self) -> Self {
        Self { is_open: false, ..self }
    }

    /// Returns how many attempts ended with their process, if no attempt is in progress.
    pub fn kill_count(self) -> u32 {
        self.kills.saturating_add(u32::from(self.is_open))
    }
}
