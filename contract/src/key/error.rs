//! The errors of names and keys.

use super::MAX_KEY_BYTES;

/// Why a name or a text cannot be a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty.
    #[error("the name is empty")]
    Empty,
    /// The name has an empty, `.`, or `..` part.
    #[error("the name `{name}` has an empty, `.`, or `..` part")]
    Part {
        /// The name, with control characters escaped.
        name: String,
    },
    /// The name has a control character.
    #[error("the name `{name}` contains a control character")]
    Control {
        /// The name, with control characters escaped.
        name: String,
    },
    /// The key would be longer than [`MAX_KEY_BYTES`].
    #[error("the name `{name}` results in a key of {bytes} bytes, but at most {max} are allowed", max = MAX_KEY_BYTES)]
    TooLong {
        /// The beginning of the name.
        name: String,
        /// The length of the key, in bytes.
        bytes: usize,
    },
    /// The text does not have the form `YYYY/MM/DD/{dir/}{stem}.{h10}.{ext}`.
    #[error("`{text}` is not a key such as `2026/11/24/cat.3f9a1c2b7d.jpg`")]
    Form {
        /// The text, with control characters escaped.
        text: String,
    },
}
