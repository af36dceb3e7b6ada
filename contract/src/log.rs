//! The log line: what a function writes about each original, and the deployer reads back.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// One line of a function's log: the end of the work on one record of one message.
///
/// CloudWatch finds the metrics in a `_aws` field beside these (embedded metric format), in the
/// namespace [`NAMESPACE`] under the dimension [`FUNCTION`]; [`FAILURES`] and [`RETRIES`] also under both
/// [`FUNCTION`] and [`REASON`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogLine {
    /// When the work ended.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<OffsetDateTime>,
    /// How loud: `info`, `warn` for what comes again, `error` for what failed for good.
    pub level: String,
    /// The invocation.
    pub request_id: String,
    /// The message in the queue.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message_id: String,
    /// How often the message has been received.
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
    /// What the model was given and wrote, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
    /// What the model cost, in US dollars at list price; none where its price is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Why, as the stable word of [`crate::failure::FailureRecord::reason`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Tokens of a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Given to it.
    pub input: u64,
    /// Written by it.
    pub output: u64,
}

/// The CloudWatch namespace of the functions' metrics.
pub const NAMESPACE: &str = "ThumbnailGenerator";

/// The metrics' dimension, and the field of a line, with the function's name.
pub const FUNCTION: &str = "Function";
/// The metrics' dimension with [`LogLine::reason`].
pub const REASON: &str = "reason";

/// The metric of originals that got all that the function makes, in number.
pub const DONE: &str = "Done";
/// The metric of what failed for good, in number.
pub const FAILURES: &str = "Failures";
/// The metric of what comes again, in number.
pub const RETRIES: &str = "Retries";
/// The metric of the time since the message was first received, in seconds.
pub const AGE: &str = "Age";
/// The metric of the time that the steps took together, in milliseconds.
pub const DURATION: &str = "Duration";
/// The metric of the originals' sizes, in bytes.
pub const ORIGINAL_BYTES: &str = "OriginalBytes";

/// How the work on a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All is stored.
    Done,
    /// All had been stored by an earlier delivery.
    AlreadyDone,
    /// There is a newer version; nothing was made of this one.
    Superseded,
    /// The object stands for a folder; there is nothing to make.
    Folder,
    /// The original is no longer there.
    Gone,
    /// What was derived from the original is removed.
    Removed,
    /// The original was removed, and by configuration what is derived from it stays.
    Kept,
    /// The original was removed and is there again; what is derived from it stays.
    Survived,
    /// Nothing to do with originals, like S3's test event.
    Ignored,
    /// It failed for good; there is a failure record.
    Failed,
    /// It failed this time; the message comes again.
    Retry,
    /// Its time was used up before it was begun; the message comes again.
    NoAttempt,
    /// A dead letter is recorded.
    DeadLetter,
}

impl Outcome {
    /// Whether it has failed for good.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::DeadLetter)
    }

    /// Whether the message comes again.
    pub fn is_retry(self) -> bool {
        matches!(self, Self::Retry | Self::NoAttempt)
    }
}
