//! The log line that a function writes about each original, and that the deployer reads.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// One line of a function's log, after the work on one event of a message.
///
/// A field `_aws` describes the metrics to CloudWatch (embedded metric format). They are in the namespace [`NAMESPACE`]
/// with the dimension [`FUNCTION`]. [`FAILURES`] and [`RETRIES`] also have the dimensions [`FUNCTION`] and [`REASON`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogLine {
    /// When the work ended.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<OffsetDateTime>,
    /// The level: `info`, `warn` if the message is retried, `error` after a permanent failure.
    pub level: String,
    /// The invocation.
    pub request_id: String,
    /// The message in the queue.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message_id: String,
    /// The number of times that the message has been received.
    pub receive_count: u32,
    /// When the message was first received.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub first_received_at: Option<OffsetDateTime>,
    /// The original's bucket.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bucket: String,
    /// The original's key.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The original's version, as in [`crate::key::OriginalVersion`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The SHA-256 of the original's bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The original's size, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The original's width x height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels: Option<u64>,
    /// The milliseconds of each step, by the step's name: `look`, `fetch`, `render`, `describe`, `store`.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub ms: std::collections::BTreeMap<String, u64>,
    /// The tokens of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
    /// The list price of the model's tokens in US dollars, or `None` if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// The detail types of the outcome events that the function has sent: `Thumbnails Ready`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// The outcome of the work.
    pub outcome: Option<Outcome>,
    /// The reason, as the stable word of [`crate::failure::FailureRecord::reason`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The reason, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Tokens of a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Input tokens.
    pub input: u64,
    /// Output tokens.
    pub output: u64,
}

/// The CloudWatch namespace of the functions' metrics.
pub const NAMESPACE: &str = "ThumbnailGenerator";

/// The metrics' dimension, and the field of a line, with the function's name.
pub const FUNCTION: &str = "Function";
/// The metrics' dimension with [`LogLine::reason`].
pub const REASON: &str = "reason";

/// The metric that counts the originals that are done.
pub const DONE: &str = "Done";
/// The metric that counts permanent failures.
pub const FAILURES: &str = "Failures";
/// The metric that counts retries.
pub const RETRIES: &str = "Retries";
/// The metric of the time since the message was first received, in seconds.
pub const AGE: &str = "Age";
/// The metric of the total time of all steps, in milliseconds.
pub const DURATION: &str = "Duration";
/// The metric of the originals' sizes, in bytes.
pub const ORIGINAL_BYTES: &str = "OriginalBytes";

/// The outcome of the work on an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything is stored.
    Done,
    /// An earlier delivery had stored everything.
    AlreadyDone,
    /// The version is not current, so nothing was created.
    Superseded,
    /// The object represents a folder.
    Folder,
    /// The original no longer exists.
    Gone,
    /// Everything derived from the original is deleted.
    Removed,
    /// The original was removed, and the configuration keeps its outputs.
    Kept,
    /// The original was removed and exists again, so its outputs are kept.
    Survived,
    /// The event is not about an original, like S3's test event.
    Ignored,
    /// It failed permanently and has a failure record.
    Failed,
    /// It failed, and the message will be retried.
    Retry,
    /// The invocation timed out before it began; the message will be retried.
    NoAttempt,
    /// A dead letter was recorded.
    DeadLetter,
}

impl Outcome {
    /// Returns whether it failed permanently.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::DeadLetter)
    }

    /// Returns whether the message will be retried.
    pub fn is_retry(self) -> bool {
        matches!(self, Self::Retry | Self::NoAttempt)
    }
}
