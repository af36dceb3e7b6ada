//! What is wrong with a name or a key.

use super::MAX_KEY_BYTES;

/// Why a name or a text cannot be a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing there.
    #[error("the name is empty")]
    Empty,
    /// An empty, `.` or `..` part.
    #[error("the name `{name}` has an empty, `.` or `..` part")]
    Part {
        /// The name as given, with control characters escaped.
        name: String,
    },
    /// A control character.
    #[error("the name `{name}` has a control character")]
    Control {
        /// The name as given, with control characters escaped.
        name: String,
    },
    /// The key would be longer than [`MAX_KEY_BYTES`].
    #[error("the name `{name}` results in a key of {bytes} bytes, but at most {max} are allowed", max = MAX_KEY_BYTES)]
    TooLong {
        /// The beginning of the name.
        name: String,
        /// The length the key would have.
        bytes: usize,
    },
    /// A text that is not of the form `YYYY/MM/DD/{dir/}{stem}.{h10}.{ext}`.
    #[error("`{text}` is not a key like `2026/11/24/cat.3f9a1c2b7d.jpg`")]
    Form {
        /// The text as given, with control characters escaped.
        text: String,
    },
}
