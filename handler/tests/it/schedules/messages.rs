//! The messages of a stack: users, S3, and functions send them, and a queue delivers them.

use contract::function::ALT_TEXT_DEAD_LETTERS;
use handler::event::{EventKind, read_events};
use handler::isolation::MAX_RETURNS;
use handler::message::RETURN_COUNT;
use serde_json::{Value, json};

use super::rest::original_version;
use super::scenario::{Recipient, Step};
use super::stack::{FAILOVER, Stack};
use crate::world::{ORIGINALS, batch, event, photo, received};
use testkit::s3::Version;

/// The maximum number of times that the queue delivers a message before it is a dead letter.
const MAXIMUM_RECEIVES: u32 = 5;

#[derive(Clone, Debug)]
pub(super) struct StackMessage {
    pub(super) id: usize,
    pub(super) to: Recipient,
    pub(super) body: String,
    pub(super) receives: u32,
    pub(super) attributes: Value,
    /// Whether the queue delivers it only when no other step is possible.
    pub(super) is_delayed: bool,
}

impl StackMessage {
    /// Returns the message as a dead letter that has returned to the queue as often as possible.
    pub(super) fn into_dead_letter(self) -> Self {
        let attributes = json!({RETURN_COUNT: {"stringValue": MAX_RETURNS.to_string()}});
        Self { receives: MAXIMUM_RECEIVES, attributes, ..self }
    }

    pub(super) fn label(&self) -> String {
        let found = read_events(&Value::String(self.body.clone()));
        let labels = found.events.iter().map(|event| {
            let what = match (event.kind, event.again) {
                (EventKind::Created, true) => "again",
                (EventKind::Created, false) => "created",
                (EventKind::Removed | EventKind::VersionRemoved, _) => "removed",
                (EventKind::Other, _) => "other",
            };
            let version = event.original_version().map(|original| original.version).unwrap_or_default();
            format!("{what} {} {version}", event.key.text())
        });
        labels.collect::<Vec<_>>().join(" and ")
    }
}

impl Stack {
    /// Performs the step of a user, and sends its event.
    pub(super) fn step(&mut self, step: Step) {
        match step {
            Step::Put(key) | Step::PutBad(key) => {
                self.photos += 1;
                let is_bad = matches!(step, Step::PutBad(_));
                self.put(key, if is_bad { vec![b'x'; self.photos.into()] } else { photo(self.photos) });
            }
            Step::PutFirst(key) => self.put(key, photo(1)),
            Step::Delete(key) if self.store.keeps_versions(ORIGINALS) => {
                let marker = self.store.add_delete_marker(ORIGINALS, key);
                self.send_event("ObjectRemoved:DeleteMarkerCreated", key, &marker);
            }
            Step::Delete(key) | Step::DeleteNewest(key) => {
                if let Some(version) = self.store.newest(ORIGINALS, key).cloned() {
                    self.delete(key, &version);
                }
            }
            Step::DeleteOldest(key) => {
                if let Some(version) = self.store.versions_of(ORIGINALS, key).first() {
                    self.delete(key, version);
                }
            }
            Step::Duplicate(key, to) | Step::Letter(key, to) => {
                if let Some(version) = self.store.current(ORIGINALS, key) {
                    let body = self.event("ObjectCreated:Put", key, version);
                    self.send(to, body);
                    if matches!(step, Step::Letter(..)) {
                        let letter = self.queue.pop().unwrap();
                        self.letters.push(letter.into_dead_letter());
                    }
                }
            }
            Step::Replay(key, to) => {
                if let Some(version) = self.store.current(ORIGINALS, key) {
                    let version = original_version(&self.store, key, version).version;
                    let request = json!({
                        "request": "replay", "bucket": ORIGINALS, "key": key, "version": version,
                    });
                    self.send(to, request.to_string());
                }
            }
        }
    }

    fn put(&mut self, key: &str, bytes: Vec<u8>) {
        let version = self.store.put(ORIGINALS, key, bytes);
        self.send_event("ObjectCreated:Put", key, &version);
    }

    fn delete(&mut self, key: &str, version: &Version) {
        self.store.remove(ORIGINALS, key, &version.id);
        self.send_event("ObjectRemoved:Delete", key, version);
    }

    /// Sends S3's event for a version. Only the thumbnail function receives removals.
    pub(super) fn send_event(&mut self, name: &str, key: &str, version: &Version) {
        let body = self.event(name, key, version);
        self.send(Recipient::Thumbnail, body.clone());
        if name.starts_with("ObjectCreated") {
            self.send(Recipient::AltText, body);
        }
    }

    /// Returns S3's event for a version.
    pub(super) fn event(&self, name: &str, key: &str, version: &Version) -> String {
        let mut event = event(name, key, version);
        if !self.store.keeps_versions(ORIGINALS) {
            event["Records"][0]["s3"]["object"].as_object_mut().unwrap().remove("versionId");
        }
        event.to_string()
    }

    /// Sends a message, unless it is for the alt-text function and the stack has no alt texts.
    pub(super) fn send(&mut self, to: Recipient, body: String) -> Option<&mut StackMessage> {
        if to == Recipient::AltText && !self.has_alt_text {
            return None;
        }
        self.messages += 1;
        let (id, attributes) = (self.messages, json!({}));
        self.queue.push(StackMessage { id, to, body, receives: 0, attributes, is_delayed: false });
        self.queue.last_mut()
    }

    /// Makes `function` receive the messages at `places` in its queue.
    pub(super) fn receive(&mut self, function: usize, mut places: Vec<usize>) {
        let queue = if function == FAILOVER { &mut self.letters } else { &mut self.queue };
        places.sort_unstable();
        let mut messages: Vec<StackMessage> =
            places.into_iter().rev().map(|place| queue.remove(place)).collect();
        messages.reverse();
        let sent: Vec<Value> = messages
            .iter_mut()
            .map(|message| {
                message.receives += 1;
                let body = Value::String(message.body.clone());
                let mut received = received(&message.id.to_string(), &body, message.receives);
                received["body"] = body;
                received["messageAttributes"] = message.attributes.clone();
                if message.to == Recipient::AltText {
                    let arn = format!("arn:aws:sqs:eu-central-1:1:photos{ALT_TEXT_DEAD_LETTERS}");
                    received["eventSourceARN"] = arn.into();
                }
                received
            })
            .collect();
        self.functions[function].process.invoke(&batch(&sent));
        self.functions[function].messages = messages;
        self.settle(function);
    }

    /// Returns the messages that `function` has not processed to the queue, or makes them dead letters.
    pub(super) fn return_to_queue(&mut self, function: usize, messages: Vec<StackMessage>) {
        for message in messages {
            if function == FAILOVER || message.receives >= MAXIMUM_RECEIVES {
                self.letters.push(message);
            } else {
                self.queue.push(message);
            }
        }
    }
}
