//! The functions that work on originals, each with records of its own about every version.

use serde::{Deserialize, Serialize};

use crate::key::OriginalVersion;

/// A function that works on originals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    /// Makes the thumbnails.
    #[default]
    Thumbnail,
    /// Writes the alt texts.
    AltText,
}

/// What the name of the dead-letter queue of the alt-text function ends with, by which the failover function
/// knows whose dead letters it is given.
pub const ALT_TEXT_DEAD_LETTERS: &str = "-alt-text-dead-letters";

impl Function {
    /// Its name, as in failure records and in the names of what AWS has of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail",
            Self::AltText => "alt-text",
        }
    }

    /// The function whose dead letters are in the queue with the ARN `queue`.
    pub fn of_dead_letter_queue(queue: &str) -> Self {
        if queue.ends_with(ALT_TEXT_DEAD_LETTERS) { Self::AltText } else { Self::Thumbnail }
    }

    /// The catalog key of the record that its work on `version` is done.
    pub fn done_key(self, version: &OriginalVersion) -> String {
        match self {
            Self::Thumbnail => version.done_key(),
            Self::AltText => version.alt_text_done_key(),
        }
    }

    /// The catalog key of the record that its work on `version` has failed.
    pub fn failure_key(self, version: &OriginalVersion) -> String {
        match self {
            Self::Thumbnail => version.failure_key(),
            Self::AltText => version.alt_text_failure_key(),
        }
    }
}
