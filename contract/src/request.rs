//! The request: a message that the deployer or a function sends to a function's queue.

use serde::{Deserialize, Serialize};

use crate::key::OriginalVersion;

/// The longest delay that SQS allows for a message, in seconds: longer than any invocation of a function may take.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
pub const SECOND_LOOK_SECONDS: i32 = 900;

/// Asks a function to process one version of an original. The body of a message to the function's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What is asked for.
    pub request: RequestKind,
    /// The originals bucket.
    pub bucket: String,
    /// The original. A removal is of its key, whatever the version.
    #[serde(flatten)]
    pub original: OriginalVersion,
}

/// What a message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestKind {
    /// Process the version again, even if it is done. The deployer sends it.
    Replay,
    /// Process a version that has no record. The deployer sends it.
    Backfill,
    /// Make what is stored of a version agree with whether it is current. A function sends it, for a version that is
    /// not its message's own.
    Settle,
    /// Remove what is derived from versions that are no longer there. A function sends it once behind each removal,
    /// delayed by [`SECOND_LOOK_SECONDS`], and the deployer for what an audit has found.
    Remove,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_goes_round() {
        let original = OriginalVersion::new("a b.jpg", Some("v1"), None);
        let request = Request { request: RequestKind::Replay, bucket: "originals".into(), original };
        let json = serde_json::to_string(&request).unwrap();
        assert_eq!(json, r#"{"request":"replay","bucket":"originals","key":"a b.jpg","version":"v1"}"#);
        assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
    }
}
