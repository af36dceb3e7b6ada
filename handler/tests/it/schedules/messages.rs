//! The messages of a stack: those that users, S3 and functions send, and how a queue delivers them.

use contract::function::ALT_TEXT_DEAD_LETTERS;
use handler::event::{EventKind, records};
use handler::isolation::MAX_RETURNS;
use handler::message::RETURNS;
use serde_json::{Value, json};

use super::rest::named;
use super::scenario::{Step, To};
use super::stack::{FAILOVER, Stack};
use crate::world::{ORIGINALS, batch, event, photo, received};
use testkit::s3::Version;

/// How often the queue delivers a message before it is a dead letter.
const MAXIMUM_RECEIVES: u32 = 5;

#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: usize,
    pub(super) to: To,
    pub(super) body: String,
    pub(super) receives: u32,
    pub(super) attributes: Value,
    /// Whether it comes only when nothing else is left to do.
    pub(super) is_delayed: bool,
}

impl Message {
    /// The message when it was received too often, and has gone back to the queue as often as it can.
    pub(super) fn dead(self) -> Self {
        let attributes = json!({RETURNS: {"stringValue": MAX_RETURNS.to_string()}});
        Self { receives: MAXIMUM_RECEIVES, attributes, ..self }
    }

    pub(super) fn label(&self) -> String {
        let found = records(&Value::String(self.body.clone()));
        let labels = found.records.iter().map(|record| {
            let what = match (record.happened, record.again) {
                (EventKind::Created, true) => "again",
                (EventKind::Created, false) => "created",
                (EventKind::Removed | EventKind::VersionRemoved, _) => "removed",
                (EventKind::Other, _) => "other",
            };
            let version = record.original().map(|original| original.version).unwrap_or_default();
            format!("{what} {} {version}", record.key.text())
        });
        labels.collect::<Vec<_>>().join(" and ")
    }
}

impl Stack {
    /// Does a step of a user, and sends its event.
    pub(super) fn step(&mut self, step: Step) {
        match step {
            Step::Put(key) | Step::PutBad(key) => {
                self.photos += 1;
                let is_bad = matches!(step, Step::PutBad(_));
                self.put(key, if is_bad { vec![b'x'; self.photos.into()] } else { photo(self.photos) });
            }
            Step::PutFirst(key) => self.put(key, photo(1)),
            Step::Delete(key) if self.store.keeps_versions(ORIGINALS) => {
                let marker = self.store.hide(ORIGINALS, key);
                self.say("ObjectRemoved:DeleteMarkerCreated", key, &marker);
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
                        self.letters.push(letter.dead());
                    }
                }
            }
            Step::Replay(key, to) => {
                if let Some(version) = self.store.current(ORIGINALS, key) {
                    let version = named(&self.store, key, version).version;
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
        self.say("ObjectCreated:Put", key, &version);
    }

    fn delete(&mut self, key: &str, version: &Version) {
        self.store.remove(ORIGINALS, key, &version.id);
        self.say("ObjectRemoved:Delete", key, version);
    }

    /// Has S3 say what has happened to a version. Only the thumbnail function follows removals.
    pub(super) fn say(&mut self, name: &str, key: &str, version: &Version) {
        let body = self.event(name, key, version);
        self.send(To::Thumbnail, body.clone());
        if name.starts_with("ObjectCreated") {
            self.send(To::AltText, body);
        }
    }

    /// S3's event of what has happened to a version.
    pub(super) fn event(&self, name: &str, key: &str, version: &Version) -> String {
        let mut event = event(name, key, version);
        if !self.store.keeps_versions(ORIGINALS) {
            event["Records"][0]["s3"]["object"].as_object_mut().unwrap().remove("versionId");
        }
        event.to_string()
    }

    /// Sends a message, unless no function of a stack without alt texts would receive it.
    pub(super) fn send(&mut self, to: To, body: String) -> Option<&mut Message> {
        if to == To::AltText && !self.is_described {
            return None;
        }
        self.messages += 1;
        let (id, attributes) = (self.messages, json!({}));
        self.queue.push(Message { id, to, body, receives: 0, attributes, is_delayed: false });
        self.queue.last_mut()
    }

    /// Has `function` receive the messages at `places` of its queue.
    pub(super) fn receive(&mut self, function: usize, mut places: Vec<usize>) {
        let queue = if function == FAILOVER { &mut self.letters } else { &mut self.queue };
        places.sort_unstable();
        let mut messages: Vec<Message> = places.into_iter().rev().map(|place| queue.remove(place)).collect();
        messages.reverse();
        let sent: Vec<Value> = messages
            .iter_mut()
            .map(|message| {
                message.receives += 1;
                let body = Value::String(message.body.clone());
                let mut received = received(&message.id.to_string(), &body, message.receives);
                received["body"] = body;
                received["messageAttributes"] = message.attributes.clone();
                if message.to == To::AltText {
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

    /// Has messages that `function` did not work on to their end come again, or makes them dead letters.
    pub(super) fn come_again(&mut self, function: usize, messages: Vec<Message>) {
        for message in messages {
            if function == FAILOVER || message.receives >= MAXIMUM_RECEIVES {
                self.letters.push(message);
            } else {
                self.queue.push(message);
            }
        }
    }
}
