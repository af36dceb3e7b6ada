//! Events: reads the body of a message, in any envelope.
//!
//! S3 sends its events directly, through SNS, SQS, or both, or through EventBridge. The deployer sends requests of its
//! own. Every field but the key may be missing: other senders leave fields out, and an event stays readable when AWS
//! extends it.

use contract::key::{OriginalVersion, decode_event_key};
use contract::request::{Request, RequestKind};
use serde_json::{Map, Value};

/// How many envelopes may be around an event: SQS, SNS, EventBridge, and one more.
const MAX_DEPTH: u32 = 4;

/// An event about one object.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectEvent {
    /// The kind of the event.
    pub kind: EventKind,
    /// The object's bucket, if the event names it.
    pub bucket: Option<String>,
    /// The object's key.
    pub key: Key,
    /// The object's version ID.
    pub version_id: Option<String>,
    /// The object's entity tag.
    pub etag: Option<String>,
    /// The object's size, in bytes.
    pub size: Option<u64>,
    /// Whether the function processes the event even if it was processed before: a replay, or the second check of a
    /// removal.
    pub again: bool,
    /// Whether it is a function's request to settle the version. Such a request must not cause another one.
    pub is_settle_request: bool,
    /// The fields that a replay needs, without the identity and address of the person who caused the event.
    pub kept_fields: Value,
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The object exists, or exists again.
    Created,
    /// A delete marker hides the object, or it is deleted from a bucket without versions.
    Removed,
    /// One of its versions is permanently deleted.
    VersionRemoved,
    /// A change that does not affect its bytes.
    Other,
}

/// A key in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The object's key.
    Decoded(String),
    /// A key that is not UTF-8, still encoded as in the event.
    Undecodable(String),
}

impl ObjectEvent {
    /// Returns the version of the original that the event names, or `None` if it names neither a version nor an entity
    /// tag.
    pub fn original_version(&self) -> Option<OriginalVersion> {
        let version_id = self.version_id.as_deref();
        let known = version_id.is_some() || self.etag.is_some();
        known.then(|| OriginalVersion::new(self.key.text(), version_id, self.etag.as_deref()))
    }
}

impl Key {
    /// Returns the key, or its encoded form if it cannot be decoded.
    pub fn text(&self) -> &str {
        match self {
            Self::Decoded(text) | Self::Undecodable(text) => text,
        }
    }
}

/// The error for a message, or a part of one, that is not a known event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be read: {0}")]
pub struct UnreadableMessage(pub String);

/// The events in a message, and the error if a part of it is unreadable.
///
/// S3's test event is readable and has no events.
#[derive(Debug, Default, PartialEq)]
pub struct MessageEvents {
    /// The events that could be read.
    pub events: Vec<ObjectEvent>,
    /// Why the rest could not be read.
    pub unreadable: Option<UnreadableMessage>,
}

/// The fields of an entry of S3's `Records` that a failure record keeps.
const KEPT_NOTIFICATION_FIELDS: [&str; 8] = [
    "/eventName",
    "/eventTime",
    "/s3/bucket/name",
    "/s3/bucket/arn",
    "/s3/object/key",
    "/s3/object/size",
    "/s3/object/eTag",
    "/s3/object/versionId",
];

/// The fields of an EventBridge event that a failure record keeps.
const KEPT_EVENT_BRIDGE_FIELDS: [&str; 9] = [
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

/// The fields of S3's and EventBridge's events that identify the person who caused them, or the address.
const IDENTITY_FIELDS: [&str; 6] = [
    "userIdentity",
    "ownerIdentity",
    "requestParameters",
    "responseElements",
    "requester",
    "source-ip-address",
];

/// Returns a copy of `value` that has only the fields at `pointers`.
fn select_fields(value: &Value, pointers: &[&str]) -> Value {
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

/// Returns `body` without the fields that identify people, in any envelope. Unreadable parts are not changed.
pub(crate) fn without_identities(body: &Value) -> Value {
    fn strip(value: &Value, depth: u32) -> Value {
        match value {
            Value::Object(fields) => {
                let fields = fields.iter().filter(|(name, _)| !IDENTITY_FIELDS.contains(&name.as_str()));
                let stripped = fields.map(|(name, field)| {
                    (
                        name.clone(),
                        if name == "Message" { strip_message(field, depth) } else { strip(field, depth) },
                    )
                });
                Value::Object(stripped.collect())
            }
            Value::Array(items) => items.iter().map(|item| strip(item, depth)).collect(),
            other => other.clone(),
        }
    }
    fn strip_message(value: &Value, depth: u32) -> Value {
        let inner = value.as_str().filter(|_| depth < MAX_DEPTH);
        match inner.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
            Some(inner) => strip_message(&inner, depth + 1).to_string().into(),
            None => strip(value, depth),
        }
    }
    strip_message(body, 0)
}

/// Reads all events in the body of a message.
pub fn read_events(body: &Value) -> MessageEvents {
    let mut found = MessageEvents::default();
    found.read_envelope(body, 0);
    found
}

impl MessageEvents {
    fn read_envelope(&mut self, envelope: &Value, depth: u32) {
        if depth > MAX_DEPTH {
            return self.add_error("the event is nested in too many envelopes");
        }
        if let Value::String(text) = envelope {
            return match serde_json::from_str::<Value>(text) {
                Ok(inner) => self.read_envelope(&inner, depth + 1),
                Err(error) => self.add_error(&format!("it is not JSON: {error}")),
            };
        }
        if let Some(Value::Array(entries)) = envelope.get("Records") {
            for entry in entries {
                match entry.pointer("/Sns/Message") {
                    Some(message) => self.read_envelope(message, depth + 1),
                    None => self.add_notification(entry),
                }
            }
        } else if let (Some("Notification"), Some(message)) =
            (text(envelope, "/Type"), envelope.get("Message"))
        {
            self.read_envelope(message, depth + 1);
        } else if text(envelope, "/Event") == Some("s3:TestEvent") {
            // S3 sends this test event when a notification is configured.
        } else if envelope.get("request").is_some() {
            self.add_request(envelope);
        } else if envelope.get("detail").is_some() {
            self.add_event_bridge_event(envelope);
        } else {
            self.add_error("it is neither an S3 event nor a request");
        }
    }

    /// Adds an entry of S3's `Records`, whose key is form-encoded.
    fn add_notification(&mut self, entry: &Value) {
        let Some(encoded) = text(entry, "/s3/object/key").filter(|key| !key.is_empty()) else {
            return self.add_error("a record names no key");
        };
        let key = match decode_event_key(encoded) {
            Some(key) => Key::Decoded(key),
            None => Key::Undecodable(encoded.to_owned()),
        };
        let kind = match text(entry, "/eventName") {
            // Some senders of S3 events omit the name. The function then checks whether the object exists.
            None => EventKind::Created,
            Some(name) => event_kind(name.strip_prefix("s3:").unwrap_or(name)),
        };
        let arn = text(entry, "/s3/bucket/arn").and_then(|arn| arn.rsplit(':').next());
        self.events.push(ObjectEvent {
            kind,
            bucket: text(entry, "/s3/bucket/name").or(arn).map(str::to_owned),
            key,
            version_id: version_id(text(entry, "/s3/object/versionId")),
            etag: text(entry, "/s3/object/eTag").map(str::to_owned),
            size: entry.pointer("/s3/object/size").and_then(Value::as_u64),
            again: false,
            is_settle_request: false,
            kept_fields: select_fields(entry, &KEPT_NOTIFICATION_FIELDS),
        });
    }

    /// Adds an EventBridge event, whose key is not encoded.
    fn add_event_bridge_event(&mut self, event: &Value) {
        let Some(key) = text(event, "/detail/object/key").filter(|key| !key.is_empty()) else {
            return self.add_error("an EventBridge event contains no key");
        };
        let deletion = text(event, "/detail/deletion-type");
        let kind = match text(event, "/detail-type") {
            None | Some("Object Created" | "Object Restore Completed") => EventKind::Created,
            Some("Object Deleted") if deletion == Some("Permanently Deleted") => EventKind::VersionRemoved,
            Some("Object Deleted") => EventKind::Removed,
            Some(_) => EventKind::Other,
        };
        self.events.push(ObjectEvent {
            kind,
            bucket: text(event, "/detail/bucket/name").map(str::to_owned),
            key: Key::Decoded(key.to_owned()),
            version_id: version_id(text(event, "/detail/object/version-id")),
            etag: text(event, "/detail/object/etag").map(str::to_owned),
            size: event.pointer("/detail/object/size").and_then(Value::as_u64),
            again: false,
            is_settle_request: false,
            kept_fields: select_fields(event, &KEPT_EVENT_BRIDGE_FIELDS),
        });
    }

    /// Adds a request of the deployer or of a function.
    fn add_request(&mut self, message: &Value) {
        match serde_json::from_value::<Request>(message.clone()) {
            Ok(request) => {
                let etag = request.original.version.strip_prefix("etag-");
                let removes = request.request == RequestKind::Remove;
                self.events.push(ObjectEvent {
                    kind: if removes { EventKind::Removed } else { EventKind::Created },
                    bucket: Some(request.bucket),
                    version_id: version_id(request.original.version_id()),
                    etag: etag.filter(|etag| !etag.is_empty()).map(str::to_owned),
                    key: Key::Decoded(request.original.key),
                    size: None,
                    again: removes || request.request == RequestKind::Replay,
                    is_settle_request: request.request == RequestKind::Settle,
                    kept_fields: message.clone(),
                });
            }
            Err(error) => self.add_error(&format!("it is not a valid request: {error}")),
        }
    }

    fn add_error(&mut self, why: &str) {
        match &mut self.unreadable {
            Some(UnreadableMessage(text)) => {
                text.push_str("; ");
                text.push_str(why);
            }
            None => self.unreadable = Some(UnreadableMessage(why.to_owned())),
        }
    }
}

/// Returns the kind of the event that S3 calls `name`.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html>
fn event_kind(name: &str) -> EventKind {
    let (class, kind) = name.split_once(':').unwrap_or((name, ""));
    match (class, kind) {
        ("ObjectCreated", _) => EventKind::Created,
        // The archived original can now be read.
        ("ObjectRestore", "Completed") => EventKind::Created,
        ("ObjectRemoved" | "LifecycleExpiration", "Delete") => EventKind::VersionRemoved,
        ("ObjectRemoved" | "LifecycleExpiration", _) => EventKind::Removed,
        (_, _) => EventKind::Other,
    }
}

/// Returns the version ID, or `None` for a bucket without versions, where it is missing, empty, or `null`.
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
        let found = read_events(body);
        assert_eq!(found.unreadable, None);
        assert_eq!(found.events.len(), 1);
        found.events.into_iter().next().unwrap()
    }

    #[test]
    fn an_event_is_the_same_in_every_envelope() {
        let raw = notification("ObjectCreated:Put", "my+cat.jpg");
        let text = Value::String(raw.to_string());
        let notified = json!({"Type": "Notification", "Message": raw.to_string(), "TopicArn": "t"});
        let direct = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": raw.to_string()}}]});
        let expect = only_one(&raw);
        assert_eq!(expect.key, Key::Decoded("my cat.jpg".into()));
        assert_eq!(expect.original_version(), Some(OriginalVersion::new("my cat.jpg", Some("v1"), None)));
        for body in [text, notified.clone(), Value::String(notified.to_string()), direct] {
            assert_eq!(only_one(&body), expect, "{body}");
        }
    }

    #[test]
    fn the_kept_fields_identify_no_person_and_can_be_parsed_again() {
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
            let event = only_one(&body);
            let again = if body.get("detail").is_some() {
                event.kept_fields.clone()
            } else {
                json!({"Records": [event.kept_fields]})
            };
            assert_eq!(only_one(&again), event, "{body}");
            // A failure record contains all of an unreadable message except the identities in it.
            let whole = without_identities(&body);
            assert_eq!(read_events(&whole), read_events(&body));
            for kept in [again, whole] {
                let kept = kept.to_string();
                assert!(!kept.contains("EXAMPLE") && !kept.contains("203.0.113.7"), "{kept}");
            }
        }
        let unreadable = json!("no JSON at all");
        assert_eq!(without_identities(&unreadable), unreadable);
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
        assert_eq!(only_one(&deleted).kind, EventKind::VersionRemoved);
    }

    #[test]
    fn the_kind_follows_from_the_name_of_the_event() {
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
            assert_eq!(only_one(&notification(name, "a")).kind, expect, "{name}");
        }
    }

    #[test]
    fn only_the_key_is_required() {
        let bare = only_one(&json!({"Records": [{"s3": {"object": {"key": "a"}}}]}));
        assert_eq!(
            (bare.kind, bare.bucket.clone(), bare.original_version()),
            (EventKind::Created, None, None)
        );
        let undecodable = only_one(&notification("ObjectCreated:Put", "%FF"));
        assert_eq!(undecodable.key, Key::Undecodable("%FF".into()));
    }

    #[test]
    fn a_request_is_a_creation() {
        let body = json!({"request": "replay", "bucket": "b", "key": "a+b", "version": "etag-abc"});
        let event = only_one(&body);
        assert_eq!(event.key, Key::Decoded("a+b".into()));
        assert_eq!(event.original_version(), Some(OriginalVersion::new("a+b", None, Some("abc"))));
    }

    #[test]
    fn the_test_event_is_readable_and_has_no_events() {
        assert_eq!(
            read_events(&json!({"Service": "Amazon S3", "Event": "s3:TestEvent"})),
            MessageEvents::default()
        );
    }

    #[test]
    fn an_unreadable_part_is_reported_and_the_rest_is_read() {
        for body in [json!("not json"), json!({}), json!(17), json!({"Records": [{}]}), json!({"detail": {}})]
        {
            let found = read_events(&body);
            assert_eq!((found.events.len(), found.unreadable.is_some()), (0, true), "{body}");
        }
        let mut mixed = notification("ObjectCreated:Put", "a");
        mixed["Records"].as_array_mut().unwrap().insert(0, json!({"s3": {"object": {}}}));
        let found = read_events(&mixed);
        assert_eq!((found.events.len(), found.unreadable.is_some()), (1, true));
        let deep = (0..8).fold(json!({}), |inner, _| json!(inner.to_string()));
        assert!(read_events(&deep).unreadable.is_some());
    }
}
