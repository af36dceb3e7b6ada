//! Events: the records in the body of a message, however many envelopes are around them.
//!
//! S3 sends its events raw, through SNS, through SQS, through both, or through EventBridge, and the
//! deployer sends requests of its own. Every field but the key may be missing: other senders leave
//! out what they do not know, and an event that AWS extends must not become unreadable.

use contract::key::{OriginalVersion, decode_event_key};
use contract::request::{Request, RequestKind};
use serde_json::Value;

/// How many envelopes may be around an event: SQS, SNS, EventBridge and one to spare.
const MAX_DEPTH: u32 = 4;

/// What one record of an event says.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What has happened.
    pub happened: Happened,
    /// The bucket, where the event names it.
    pub bucket: Option<String>,
    /// The object's key.
    pub key: Key,
    /// The object's version id.
    pub version_id: Option<String>,
    /// The object's entity tag.
    pub etag: Option<String>,
    /// The object's size, in bytes.
    pub size: Option<u64>,
    /// Whether it is to be worked on although it is done: somebody asks for it.
    pub again: bool,
    /// The record as it arrived.
    pub raw: Value,
}

/// What has happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It is there, or there again.
    Created,
    /// It is hidden behind a delete marker, or gone from a bucket without versions.
    Removed,
    /// One of its versions is gone for good.
    VersionRemoved,
    /// Something that leaves its bytes as they are.
    Other,
}

/// A key in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The object's key.
    Decoded(String),
    /// What cannot be decoded to UTF-8, as it stood in the event.
    Undecodable(String),
}

impl Record {
    /// The version of the original that the event names; none where it names neither version nor tag.
    pub fn original(&self) -> Option<OriginalVersion> {
        let version_id = self.version_id.as_deref();
        let known = version_id.is_some() || self.etag.is_some();
        known.then(|| OriginalVersion::new(self.key.text(), version_id, self.etag.as_deref()))
    }
}

impl Key {
    /// The key, or what stands for it.
    pub fn text(&self) -> &str {
        match self {
            Self::Decoded(text) | Self::Undecodable(text) => text,
        }
    }
}

/// A message, or a part of one, that is no event we know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is not understood: {0}")]
pub struct NotUnderstood(pub String);

/// The records of a message, and what in it is not understood.
///
/// S3's test event has no records and is understood.
#[derive(Debug, Default, PartialEq)]
pub struct Records {
    /// What is understood.
    pub records: Vec<Record>,
    /// Why some of it is not.
    pub not_understood: Option<NotUnderstood>,
}

/// Reads all records of the body of a message.
pub fn records(body: &Value) -> Records {
    let mut found = Records::default();
    found.unwrap(body, 0);
    found
}

impl Records {
    fn unwrap(&mut self, envelope: &Value, depth: u32) {
        if depth > MAX_DEPTH {
            return self.refuse("there are too many envelopes around the event");
        }
        if let Value::String(text) = envelope {
            return match serde_json::from_str::<Value>(text) {
                Ok(inner) => self.unwrap(&inner, depth + 1),
                Err(error) => self.refuse(&format!("it is not JSON: {error}")),
            };
        }
        if let Some(Value::Array(entries)) = envelope.get("Records") {
            for entry in entries {
                match entry.pointer("/Sns/Message") {
                    Some(message) => self.unwrap(message, depth + 1),
                    None => self.take_notification(entry),
                }
            }
        } else if let (Some("Notification"), Some(message)) =
            (text(envelope, "/Type"), envelope.get("Message"))
        {
            self.unwrap(message, depth + 1);
        } else if text(envelope, "/Event") == Some("s3:TestEvent") {
            // S3 sends it when a notification is set up: there is nothing to do.
        } else if envelope.get("request").is_some() {
            self.take_request(envelope);
        } else if envelope.get("detail").is_some() {
            self.take_event_bridge(envelope);
        } else {
            self.refuse("it is neither an S3 event nor a request");
        }
    }

    /// An entry of S3's `Records`: the key is form-encoded.
    fn take_notification(&mut self, entry: &Value) {
        let Some(encoded) = text(entry, "/s3/object/key").filter(|key| !key.is_empty()) else {
            return self.refuse("a record names no key");
        };
        let key = match decode_event_key(encoded) {
            Some(key) => Key::Decoded(key),
            None => Key::Undecodable(encoded.to_owned()),
        };
        let happened = match text(entry, "/eventName") {
            // Some senders of S3 events name no happening; whether the object is there, S3 tells.
            None => Happened::Created,
            Some(name) => happened(name.strip_prefix("s3:").unwrap_or(name)),
        };
        let arn = text(entry, "/s3/bucket/arn").and_then(|arn| arn.rsplit(':').next());
        self.records.push(Record {
            happened,
            bucket: text(entry, "/s3/bucket/name").or(arn).map(str::to_owned),
            key,
            version_id: version_id(text(entry, "/s3/object/versionId")),
            etag: text(entry, "/s3/object/eTag").map(str::to_owned),
            size: entry.pointer("/s3/object/size").and_then(Value::as_u64),
            again: false,
            raw: entry.clone(),
        });
    }

    /// An EventBridge event: the key is not encoded.
    fn take_event_bridge(&mut self, event: &Value) {
        let Some(key) = text(event, "/detail/object/key").filter(|key| !key.is_empty()) else {
            return self.refuse("an EventBridge event names no key");
        };
        let deletion = text(event, "/detail/deletion-type");
        let happened = match text(event, "/detail-type") {
            None | Some("Object Created" | "Object Restore Completed") => Happened::Created,
            Some("Object Deleted") if deletion == Some("Permanently Deleted") => Happened::VersionRemoved,
            Some("Object Deleted") => Happened::Removed,
            Some(_) => Happened::Other,
        };
        self.records.push(Record {
            happened,
            bucket: text(event, "/detail/bucket/name").map(str::to_owned),
            key: Key::Decoded(key.to_owned()),
            version_id: version_id(text(event, "/detail/object/version-id")),
            etag: text(event, "/detail/object/etag").map(str::to_owned),
            size: event.pointer("/detail/object/size").and_then(Value::as_u64),
            again: false,
            raw: event.clone(),
        });
    }

    /// A request of the deployer's own.
    fn take_request(&mut self, message: &Value) {
        match serde_json::from_value::<Request>(message.clone()) {
            Ok(request) => {
                let etag = request.original.version.strip_prefix("etag-");
                self.records.push(Record {
                    happened: Happened::Created,
                    bucket: Some(request.bucket),
                    version_id: request.original.version_id().map(str::to_owned),
                    etag: etag.filter(|etag| !etag.is_empty()).map(str::to_owned),
                    key: Key::Decoded(request.original.key),
                    size: None,
                    again: request.request == RequestKind::Replay,
                    raw: message.clone(),
                });
            }
            Err(error) => self.refuse(&format!("it is no request: {error}")),
        }
    }

    fn refuse(&mut self, why: &str) {
        match &mut self.not_understood {
            Some(NotUnderstood(text)) => {
                text.push_str("; ");
                text.push_str(why);
            }
            None => self.not_understood = Some(NotUnderstood(why.to_owned())),
        }
    }
}

/// What S3's name of an event means. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html>
fn happened(name: &str) -> Happened {
    let (class, kind) = name.split_once(':').unwrap_or((name, ""));
    match (class, kind) {
        ("ObjectCreated", _) => Happened::Created,
        // An original that was archived can now be read.
        ("ObjectRestore", "Completed") => Happened::Created,
        ("ObjectRemoved" | "LifecycleExpiration", "Delete") => Happened::VersionRemoved,
        ("ObjectRemoved" | "LifecycleExpiration", _) => Happened::Removed,
        (_, _) => Happened::Other,
    }
}

/// A version id, where there is one: a bucket without versions says none, `null` or nothing at all.
fn version_id(text: Option<&str>) -> Option<String> {
    text.filter(|id| !id.is_empty() && *id != "null").map(str::to_owned)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn notification(name: &str, key: &str) -> Value {
        json!({"Records": [{
            "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": name,
            "s3": {"bucket": {"name": "originals"},
                   "object": {"key": key, "size": 3, "eTag": "abc", "versionId": "v1"}},
        }]})
    }

    #[track_caller]
    fn only(body: &Value) -> Record {
        let found = records(body);
        assert_eq!(found.not_understood, None);
        assert_eq!(found.records.len(), 1);
        found.records.into_iter().next().unwrap()
    }

    #[test]
    fn every_envelope_gives_the_same_record() {
        let raw = notification("ObjectCreated:Put", "my+cat.jpg");
        let text = Value::String(raw.to_string());
        let notified = json!({"Type": "Notification", "Message": raw.to_string(), "TopicArn": "t"});
        let direct = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": raw.to_string()}}]});
        let expect = only(&raw);
        assert_eq!(expect.key, Key::Decoded("my cat.jpg".into()));
        assert_eq!(expect.original(), Some(OriginalVersion::new("my cat.jpg", Some("v1"), None)));
        for body in [text, notified.clone(), Value::String(notified.to_string()), direct] {
            assert_eq!(only(&body), expect, "{body}");
        }
    }

    #[test]
    fn event_bridge_keys_are_not_encoded() {
        let event = json!({
            "detail-type": "Object Created", "source": "aws.s3",
            "detail": {"bucket": {"name": "b"},
                       "object": {"key": "a+b%20.jpg", "size": 3, "etag": "abc", "version-id": "v1"}},
        });
        assert_eq!(only(&event).key, Key::Decoded("a+b%20.jpg".into()));
        let deleted = json!({
            "detail-type": "Object Deleted",
            "detail": {"object": {"key": "a"}, "deletion-type": "Permanently Deleted"},
        });
        assert_eq!(only(&deleted).happened, Happened::VersionRemoved);
    }

    #[test]
    fn the_name_of_an_event_says_what_has_happened() {
        for (name, expect) in [
            ("ObjectCreated:Put", Happened::Created),
            ("s3:ObjectCreated:CompleteMultipartUpload", Happened::Created),
            ("ObjectRestore:Completed", Happened::Created),
            ("ObjectRemoved:DeleteMarkerCreated", Happened::Removed),
            ("ObjectRemoved:Delete", Happened::VersionRemoved),
            ("LifecycleExpiration:DeleteMarkerCreated", Happened::Removed),
            ("ObjectTagging:Put", Happened::Other),
            ("", Happened::Other),
        ] {
            assert_eq!(only(&notification(name, "a")).happened, expect, "{name}");
        }
    }

    #[test]
    fn a_key_is_all_that_must_be_there() {
        let bare = only(&json!({"Records": [{"s3": {"object": {"key": "a"}}}]}));
        assert_eq!((bare.happened, bare.bucket.clone(), bare.original()), (Happened::Created, None, None));
        let undecodable = only(&notification("ObjectCreated:Put", "%FF"));
        assert_eq!(undecodable.key, Key::Undecodable("%FF".into()));
    }

    #[test]
    fn a_request_is_a_creation() {
        let body = json!({"request": "replay", "bucket": "b", "key": "a+b", "version": "etag-abc"});
        let record = only(&body);
        assert_eq!(record.key, Key::Decoded("a+b".into()));
        assert_eq!(record.original(), Some(OriginalVersion::new("a+b", None, Some("abc"))));
    }

    #[test]
    fn the_test_event_is_understood_and_empty() {
        assert_eq!(records(&json!({"Service": "Amazon S3", "Event": "s3:TestEvent"})), Records::default());
    }

    #[test]
    fn what_is_not_understood_is_said_and_hides_no_neighbour() {
        for body in [json!("not json"), json!({}), json!(17), json!({"Records": [{}]}), json!({"detail": {}})]
        {
            let found = records(&body);
            assert_eq!((found.records.len(), found.not_understood.is_some()), (0, true), "{body}");
        }
        let mut mixed = notification("ObjectCreated:Put", "a");
        mixed["Records"].as_array_mut().unwrap().insert(0, json!({"s3": {"object": {}}}));
        let found = records(&mixed);
        assert_eq!((found.records.len(), found.not_understood.is_some()), (1, true));
        let deep = (0..8).fold(json!({}), |inner, _| json!(inner.to_string()));
        assert!(records(&deep).not_understood.is_some());
    }
}
