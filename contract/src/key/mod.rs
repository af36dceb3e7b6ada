//! The key scheme: where an original, its thumbnails and what is known about it are stored.
//!
//! Nobody else formats or splits a key. Every type here writes itself with `Display`; those that are
//! read back have a `FromStr` beside it.

mod digest;
mod error;
mod event;
#[cfg(test)]
mod hostile;
mod name_index;
mod original;
mod text;
mod version;

pub use digest::Digest;
pub use error::KeyError;
pub use event::{decode_event_key, encode_event_key};
pub use name_index::{BY_NAME, NameIndexKey};
pub use original::{OriginalKey, file_name_of};
pub use text::{basename, escape};
pub use version::{BY_KEY, OriginalVersion};

use percent_encoding::utf8_percent_encode;

use self::text::KEEP;

/// The greatest length of a key we write, in bytes. S3's own limit is 1024; the rest is room for what
/// is derived from the key (`/large.webp`).
pub const MAX_KEY_BYTES: usize = 900;

/// The prefix in the catalog of the notes of attempts; see [`OriginalVersion::attempt_key`].
pub const ATTEMPTS: &str = "attempts/";

/// Where a backfill that goes on notes in the catalog how far it has come.
pub const BACKFILL: &str = "backfill.json";

/// The prefix in the catalog of the failure records of messages that name no original.
pub const UNREADABLE: &str = "unreadable/";

/// The catalog key of the failure record of the message `message_id`, which names no original.
pub fn unreadable_key(message_id: &str) -> String {
    format!("{UNREADABLE}{}.json", utf8_percent_encode(message_id, KEEP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_choose_its_record() {
        assert_eq!(unreadable_key("a/../b"), "unreadable/a%2F..%2Fb.json");
    }
}
