//! The functions that process originals. Each has its own records about every version.

use serde::{Deserialize, Serialize};

use crate::key::OriginalVersion;

/// A function that processes originals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    /// Creates the thumbnails.
    #[default]
    Thumbnail,
    /// Writes the alt texts.
    AltText,
}

/// The suffix of the name of the dead-letter queue of the alt-text function, by which the failover function
/// recognizes its dead letters.
pub const ALT_TEXT_DEAD_LETTERS: &str = "-alt-text-dead-letters";

impl Function {
    /// Returns its name, as in failure records and in the names of its resources.
    pub fn name(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail",
            Self::AltText => "alt-text",
        }
    }

    /// Returns the function whose dead letters are in the queue with the ARN `queue`.
    pub fn from_dead_letter_queue(queue: &str) -> Self {
        if queue.ends_with(ALT_TEXT_DEAD_LETTERS) { Self::AltText } else { Self::Thumbnail }
    }

    /// Returns the catalog key of the done record of `version`.
    pub fn done_key(self, version: &OriginalVersion) -> String {
        match self {
            Self::Thumbnail => version.done_key(),
            Self::AltText => version.alt_text_done_key(),
        }
    }

    /// Returns the catalog key of the failure record of `version`.
    pub fn failure_key(self, version: &OriginalVersion) -> String {
        match self {
            Self::Thumbnail => version.failure_key(),
            Self::AltText => version.alt_text_failure_key(),
        }
    }
}
