//! The failure record: why a photo has no thumbnails or alt texts, with the fields that a replay needs, and without data
//! about the uploader.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// Why one version of an original has no thumbnails, stored at [`crate::key::OriginalVersion::failure_key`]; why it has
/// no alt texts, stored at [`crate::key::OriginalVersion::alt_text_failure_key`]; or why a message is unreadable, stored
/// at [`crate::key::unreadable_key`] with an empty bucket, key, and version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// The version of the schema of this record: [`crate::manifest::SCHEMA`].
    pub schema: u32,
    /// The original's bucket.
    pub bucket: String,
    /// The original's key, or the encoded key of the event if it cannot be decoded.
    pub key: String,
    /// The original's version, as in [`crate::key::OriginalVersion`].
    pub version: String,
    /// The function that failed: `thumbnail` or `alt-text`.
    pub function: String,
    /// The reason as a stable code: `not-an-image`, `too-many-pixels`, `dead-letter`.
    pub reason: String,
    /// The reason as a sentence.
    pub message: String,
    /// The part of the event record that a replay needs, or the body of a message that names no original. Neither
    /// contains the identity or the address of the uploader.
    pub event: Value,
    /// The number of times that the message was received.
    pub receive_count: u32,
    /// When the message was first received.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub first_received_at: Option<OffsetDateTime>,
    /// When it failed permanently.
    #[serde(with = "time::serde::rfc3339")]
    pub failed_at: OffsetDateTime,
    /// The version of the function whose invocation wrote this.
    pub function_version: String,
    /// The request ID of that invocation, as in the logs.
    pub request_id: String,
}
