//! The request: the message by which the deployer itself asks for an original's thumbnails, in a
//! replay or a backfill.

use serde::{Deserialize, Serialize};

use crate::key::OriginalVersion;

/// Asks for the thumbnails of one version of an original. The body of a message to a function's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What tells this message from an S3 event; see [`RequestKind`].
    pub request: RequestKind,
    /// The originals bucket.
    pub bucket: String,
    /// The original.
    #[serde(flatten)]
    pub original: OriginalVersion,
}

/// Why the deployer asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestKind {
    /// It is worked on again, whether it has failed or is done.
    Replay,
    /// An original has neither thumbnails nor a failure record.
    Backfill,
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
