//! Events: the records in the body of a message, however many envelopes are around them.
//!
//! S3 sends its events raw, through SNS, through SQS, through both, or through EventBridge, and the
//! deployer sends requests of its own. Every field but the key may be missing: other senders leave
//! out what they do not know, and an event that AWS extends must not become unreadable.

use contract::key::{OriginalVersion, decode_event_key};
use contract::log::LogLine;
use contract::request::{Request, RequestKind};
use serde_json::{Map, Value};

/// How many envelopes may be around an event: SQS, SNS, EventBridge and one to spare.
const MAX_DEPTH: u32 = 4;

/// What one record of an event says.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectEvent {
    /// What has happened.
    pub happened: EventKind,
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
    /// Whether it is processed although it was before: somebody asks for it, or a removal is looked at once more.
    pub again: bool,
    /// Whether a function asks for it, which must not lead to another such message.
    pub settles: bool,
    /// What a replay needs of the record: nothing of who caused it, or from where.
    pub kept: Value,
}

/// What has happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
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

impl ObjectEvent {
    /// The version of the original that the event names; none where it names neither version nor tag.
    pub fn original(&self) -> Option<OriginalVersion> {
        let version_id = self.version_id.as_deref();
        let known = version_id.is_some() || self.etag.is_some();
        known.then(|| OriginalVersion::new(self.key.text(), version_id, self.etag.as_deref()))
    }
}

impl ObjectEvent {
    /// Returns whether it is about an object in another bucket than `ours`, and says so in `line`.
    pub(crate) fn is_foreign(&self, ours: &str, line: &mut LogLine) -> bool {
        let other = self.bucket.as_ref().filter(|bucket| *bucket != ours);
        if let Some(other) = other {
            line.reason = Some("foreign-bucket".to_owned());
            line.message = Some(format!("the event is about the bucket `{other}`, not `{ours}`"));
        }
        other.is_some()
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
#[error("the message cannot be read: {0}")]
pub struct NotUnderstood(pub String);

/// The records of a message, and what in it is not understood.
///
/// S3's test event has no records and is understood.
#[derive(Debug, Default, PartialEq)]
pub struct Records {
    /// What is understood.
    pub records: Vec<ObjectEvent>,
    /// Why some of it is not.
    pub not_understood: Option<NotUnderstood>,
}

/// What a replay and a reader need of an entry of S3's `Records`.
const KEPT_OF_NOTIFICATION: [&str; 8] = [
    "/eventName",
    "/eventTime",
    "/s3/bucket/name",
    "/s3/bucket/arn",
    "/s3/object/key",
    "/s3/object/size",
    "/s3/object/eTag",
    "/s3/object/versionId",
];

/// The same of an EventBridge event.
const KEPT_OF_EVENT_BRIDGE: [&str; 9] = [
    "/detail-type",
    "/time",
    "/detail/bucket/name",
    "/detail/object/key",
    "/detail/object/size",
    "/detail/object/etag",
    "/detail/object/version-id",
    "/detail/deletion-type",
    "/detail/reason",
];

/// The fields of S3's and EventBridge's events that tell who caused them, and from where.
const ABOUT_PEOPLE: [&str; 6] = [
    "userIdentity",
    "ownerIdentity",
    "requestParameters",
    "responseElements",
    "requester",
    "source-ip-address",
];

/// Returns what `pointers` lead to in `value`, at the same places.
fn only(value: &Value, pointers: &[&str]) -> Value {
    let mut kept = Value::Object(Map::new());
    for (pointer, found) in pointers.iter().filter_map(|pointer| Some((*pointer, value.pointer(pointer)?))) {
        let mut place = &mut kept;
        for name in pointer.split('/').skip(1) {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[name];
        }
        *place = found.clone();
    }
    kept
}

/// Returns `body` without what tells about people, in whatever envelopes. What cannot be read stays as it is.
pub(crate) fn without_people(body: &Value) -> Value {
    fn strip(value: &Value, depth: u32) -> Value {
        match value {
            Value::Object(fields) => {
                let fields = fields.iter().filter(|(name, _)| !ABOUT_PEOPLE.contains(&name.as_str()));
                let stripped = fields.map(|(name, field)| {
                    (
                        name.clone(),
                        if name == "Message" { unwrapped(field, depth) } else { strip(field, depth) },
                    )
                });
                Value::Object(stripped.collect())
            }
            Value::Array(items) => items.iter().map(|item| strip(item, depth)).collect(),
            other => other.clone(),
        }
    }
    fn unwrapped(value: &Value, depth: u32) -> Value {
        let inner = value.as_str().filter(|_| depth < MAX_DEPTH);
        match inner.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
            Some(inner) => unwrapped(&inner, depth + 1).to_string().into(),
            None => strip(value, depth),
        }
    }
    unwrapped(body, 0)
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
            None => EventKind::Created,
            Some(name) => happened(name.strip_prefix("s3:").unwrap_or(name)),
        };
        let arn = text(entry, "/s3/bucket/arn").and_then(|arn| arn.rsplit(':').next());
        self.records.push(ObjectEvent {
            happened,
            bucket: text(entry, "/s3/bucket/name").or(arn).map(str::to_owned),
            key,
            version_id: version_id(text(entry, "/s3/object/versionId")),
            etag: text(entry, "/s3/object/eTag").map(str::to_owned),
            size: entry.pointer("/s3/object/size").and_then(Value::as_u64),
            again: false,
            settles: false,
            kept: only(entry, &KEPT_OF_NOTIFICATION),
        });
    }

    /// An EventBridge event: the key is not encoded.
    fn take_event_bridge(&mut self, event: &Value) {
        let Some(key) = text(event, "/detail/object/key").filter(|key| !key.is_empty()) else {
            return self.refuse("an EventBridge event names no key");
        };
        let deletion = text(event, "/detail/deletion-type");
        let happened = match text(event, "/detail-type") {
            None | Some("Object Created" | "Object Restore Completed") => EventKind::Created,
            Some("Object Deleted") if deletion == Some("Permanently Deleted") => EventKind::VersionRemoved,
            Some("Object Deleted") => EventKind::Removed,
            Some(_) => EventKind::Other,
        };
        self.records.push(ObjectEvent {
            happened,
            bucket: text(event, "/detail/bucket/name").map(str::to_owned),
            key: Key::Decoded(key.to_owned()),
            version_id: version_id(text(event, "/detail/object/version-id")),
            etag: text(event, "/detail/object/etag").map(str::to_owned),
            size: event.pointer("/detail/object/size").and_then(Value::as_u64),
            again: false,
            settles: false,
            kept: only(event, &KEPT_OF_EVENT_BRIDGE),
        });
    }

    /// A request of the deployer's own.
    fn take_request(&mut self, message: &Value) {
        match serde_json::from_value::<Request>(message.clone()) {
            Ok(request) => {
                let etag = request.original.version.strip_prefix("etag-");
                let removes = request.request == RequestKind::Remove;
                self.records.push(ObjectEvent {
                    happened: if removes { EventKind::Removed } else { EventKind::Created },
                    bucket: Some(request.bucket),
                    version_id: version_id(request.original.version_id()),
                    etag: etag.filter(|etag| !etag.is_empty()).map(str::to_owned),
                    key: Key::Decoded(request.original.key),
                    size: None,
                    again: removes || request.request == RequestKind::Replay,
                    settles: request.request == RequestKind::Settle,
                    kept: message.clone(),
                });
            }
            Err(error) => self.refuse(&format!("it is not a valid request: {error}")),
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
fn happened(name: &str) -> EventKind {
    let (class, kind) = name.split_once(':').unwrap_or((name, ""));
    match (class, kind) {
        ("ObjectCreated", _) => EventKind::Created,
        // An original that was archived can now be read.
        ("ObjectRestore", "Completed") => EventKind::Created,
        ("ObjectRemoved" | "LifecycleExpiration", "Delete") => EventKind::VersionRemoved,
        ("ObjectRemoved" | "LifecycleExpiration", _) => EventKind::Removed,
        (_, _) => EventKind::Other,
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
    fn only_one(body: &Value) -> ObjectEvent {
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
        let expect = only_one(&raw);
        assert_eq!(expect.key, Key::Decoded("my cat.jpg".into()));
        assert_eq!(expect.original(), Some(OriginalVersion::new("my cat.jpg", Some("v1"), None)));
        for body in [text, notified.clone(), Value::String(notified.to_string()), direct] {
            assert_eq!(only_one(&body), expect, "{body}");
        }
    }

    #[test]
    fn what_is_kept_names_nobody_and_is_enough_to_be_read_again() {
        let mut raw = notification("ObjectRemoved:Delete", "my+cat.jpg");
        raw["Records"][0]["userIdentity"] = json!({"principalId": "AIDAEXAMPLE"});
        raw["Records"][0]["requestParameters"] = json!({"sourceIPAddress": "203.0.113.7"});
        raw["Records"][0]["s3"]["bucket"]["ownerIdentity"] = json!({"principalId": "A3NL1KOZZKEXAMPLE"});
        let event = json!({
            "detail-type": "Object Deleted", "source": "aws.s3", "account": "111122223333",
            "detail": {"bucket": {"name": "b"}, "object": {"key": "{\"a\": 1}", "version-id": "v1"},
                       "requester": "AIDAEXAMPLE", "source-ip-address": "203.0.113.7"},
        });
        let wrapped = json!({"Type": "Notification", "Message": raw.to_string()});
        for body in [raw.clone(), event, wrapped.clone(), wrapped.to_string().into()] {
            let record = only_one(&body);
            let again = if body.get("detail").is_some() {
                record.kept.clone()
            } else {
                json!({"Records": [record.kept]})
            };
            assert_eq!(only_one(&again), record, "{body}");
            // A message that is not understood is kept whole but for the people in it.
            let whole = without_people(&body);
            assert_eq!(records(&whole), records(&body));
            for kept in [again, whole] {
                let kept = kept.to_string();
                assert!(!kept.contains("EXAMPLE") && !kept.contains("203.0.113.7"), "{kept}");
            }
        }
        let unreadable = json!("no JSON at all");
        assert_eq!(without_people(&unreadable), unreadable);
    }

    #[test]
    fn event_bridge_keys_are_not_encoded() {
        let event = json!({
            "detail-type": "Object Created", "source": "aws.s3",
            "detail": {"bucket": {"name": "b"},
                       "object": {"key": "a+b%20.jpg", "size": 3, "etag": "abc", "version-id": "v1"}},
        });
        assert_eq!(only_one(&event).key, Key::Decoded("a+b%20.jpg".into()));
        let deleted = json!({
            "detail-type": "Object Deleted",
            "detail": {"object": {"key": "a"}, "deletion-type": "Permanently Deleted"},
        });
        assert_eq!(only_one(&deleted).happened, EventKind::VersionRemoved);
    }

    #[test]
    fn the_name_of_an_event_says_what_has_happened() {
        for (name, expect) in [
            ("ObjectCreated:Put", EventKind::Created),
            ("s3:ObjectCreated:CompleteMultipartUpload", EventKind::Created),
            ("ObjectRestore:Completed", EventKind::Created),
            ("ObjectRemoved:DeleteMarkerCreated", EventKind::Removed),
            ("ObjectRemoved:Delete", EventKind::VersionRemoved),
            ("LifecycleExpiration:DeleteMarkerCreated", EventKind::Removed),
            ("ObjectTagging:Put", EventKind::Other),
            ("", EventKind::Other),
        ] {
            assert_eq!(only_one(&notification(name, "a")).happened, expect, "{name}");
        }
    }

    #[test]
    fn a_key_is_all_that_must_be_there() {
        let bare = only_one(&json!({"Records": [{"s3": {"object": {"key": "a"}}}]}));
        assert_eq!((bare.happened, bare.bucket.clone(), bare.original()), (EventKind::Created, None, None));
        let undecodable = only_one(&notification("ObjectCreated:Put", "%FF"));
        assert_eq!(undecodable.key, Key::Undecodable("%FF".into()));
    }

    #[test]
    fn a_request_is_a_creation() {
        let body = json!({"request": "replay", "bucket": "b", "key": "a+b", "version": "etag-abc"});
        let record = only_one(&body);
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
