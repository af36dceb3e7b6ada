//! The request: a message that the deployer or a function sends to a function's queue.

use serde::{Deserialize, Serialize};

use crate::key::OriginalVersion;

/// The delay of the second check of a removal, in seconds. It is the longest that SQS allows, and longer than any
/// invocation.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
pub const SECOND_CHECK_SECONDS: i32 = 900;

/// A request to a function to process one version of an original: the body of a message to the function's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The kind of request.
    pub request: RequestKind,
    /// The originals bucket.
    pub bucket: String,
    /// The original. A removal concerns its key, regardless of the version.
    #[serde(flatten)]
    pub original: OriginalVersion,
}

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestKind {
    /// Process the version again, even if it is done. The deployer sends it.
    Replay,
    /// Process a version that has no record. The deployer sends it.
    Backfill,
    /// Keep or delete everything derived from a version, depending on whether it is current. The functions and the
    /// deployer send it for a version whose thumbnails or records may be outdated or incomplete.
    Settle,
    /// Delete everything derived from versions that no longer exist. A function sends it once after each removal,
    /// delayed by [`SECOND_CHECK_SECONDS`], and the deployer sends it for the findings of an audit.
    Remove,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_round_trips() {
        let original = OriginalVersion::new("a b.jpg", Some("v1"), None);
        let request = Request { request: RequestKind::Replay, bucket: "originals".into(), original };
        let json = serde_json::to_string(&request).unwrap();
        assert_eq!(json, r#"{"request":"replay","bucket":"originals","key":"a b.jpg","version":"v1"}"#);
        assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
    }
}
