//! The key scheme: where an original, its thumbnails, and its records are stored.
//!
//! No other code formats or splits a key. [`OriginalKey`] is the key of an original that the deployer uploads.
//! [`OriginalVersion`] has the keys of everything that is derived from an original.

mod digest;
mod error;
mod event;
#[cfg(test)]
mod hostile;
mod original;
mod segment;
mod text;
mod version;

pub use digest::Digest;
pub use error::KeyError;
pub use event::{decode_event_key, encode_event_key};
pub use original::{OriginalKey, file_name_of};
pub(crate) use segment::{decode as decode_path, encode_path};
pub use text::{basename, escape, is_hidden};
pub use version::{
    ALT_TEXT, ALT_TEXT_DONE, ALT_TEXT_FAILED, BY_KEY, BY_NAME, DONE, FAILED, KEY_METADATA, OriginalVersion,
    folders_below, index_of_key, index_of_name, records_of_key, thumbnails_of_key, version_below,
};

/// The maximum length of a key that the deployer creates, in bytes. S3's limit is 1,024.
pub const MAX_KEY_BYTES: usize = 900;

/// The catalog key of the progress of a backfill.
pub const BACKFILL: &str = "backfill.json";

/// The prefix in the catalog of the failure records of messages that name no original.
pub const UNREADABLE: &str = "unreadable/";

/// Returns the catalog key of the failure record of the message `message_id`, which names no original.
pub fn unreadable_key(message_id: &str) -> String {
    format!("{UNREADABLE}{}.json", segment::encode(message_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_cannot_leave_the_folder_of_unreadable_messages() {
        assert_eq!(unreadable_key("a/../b"), "unreadable/a~2F..~2Fb.json");
    }
}
