//! The note of an attempt: what tells the next process that a photo ended the last one.

use serde::{Deserialize, Serialize};

/// What is noted of the attempts at one version alone, at [`crate::key::OriginalVersion::attempt_key`].
///
/// The thumbnail function writes it before it works on a message that was received before, and removes it when the
/// work is done or has failed for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// How many earlier attempts ended with their process.
    pub kills: u32,
    /// Whether the last attempt has not ended, or ended with its process.
    pub is_open: bool,
}

impl Attempt {
    /// Returns the note of an attempt that begins where `before` is noted.
    pub fn begun(before: Option<Self>) -> Self {
        Self { kills: before.map_or(0, Self::all_kills), is_open: true }
    }

    /// Returns the note of this attempt once it has ended and may be repeated.
    #[must_use]
    pub fn ended(self) -> Self {
        Self { is_open: false, ..self }
    }

    /// Returns how many attempts ended with their process if none is under way.
    pub fn all_kills(self) -> u32 {
        self.kills.saturating_add(u32::from(self.is_open))
    }
}
