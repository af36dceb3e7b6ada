//! The failover function: a dead letter becomes a failure record, and people are told.

use std::sync::Arc;

use aws_sdk_sns::Client;
use contract::function::Function as Origin;
use contract::key::{OriginalVersion, escape, unreadable_key};
use contract::log::{LogLine, Outcome};
use contract::request::RequestKind;
use contract::settings::FailoverSettings;
use protocol::{End, Role, State};
use serde_json::{Value, json};

use crate::announce::{Announcer, DeadLetter};
use crate::batch::{self, MessageHandler};
use crate::bucket::Bucket;
use crate::catalog::{Failed, failed_version, store_failure};
use crate::event::{EventKind, Key, NotUnderstood, ObjectEvent, without_people};
use crate::event_bus::EventBus;
use crate::failure::{Failure, while_doing};
use crate::isolation::History;
use crate::log::{self, explain};
use crate::message::{Invocation, Receive};
use crate::original::{Original, version_of};
use crate::queue::Queue;
use crate::service_error::ServiceError;
use crate::thumbnail::Thumbnailer;
use crate::worker::{self, Case, Places};

/// The failover function, with all it keeps between invocations.
#[derive(Debug)]
pub struct Failover {
    originals_bucket: String,
    catalog: Bucket,
    thumbnail_queue: Queue,
    alt_text_queue: Option<Queue>,
    events: Option<EventBus>,
    announcer: Announcer,
}

impl Failover {
    /// The function that stores records by `s3`, sends messages by `sqs`, and informs people by `sns`.
    pub fn new(
        s3: aws_sdk_s3::Client,
        sqs: aws_sdk_sqs::Client,
        sns: Client,
        events: Option<EventBus>,
        settings: FailoverSettings,
    ) -> Self {
        let FailoverSettings {
            originals_bucket,
            catalog_bucket,
            alert_topic_arn,
            thumbnail_queue,
            alt_text_queue,
            event_stack: _,
        } = settings;
        let queue = |url| Queue { sqs: sqs.clone(), url };
        Self {
            originals_bucket,
            announcer: Announcer::new(sns, alert_topic_arn, catalog_bucket.clone()),
            catalog: Bucket { s3, name: catalog_bucket },
            thumbnail_queue: queue(thumbnail_queue),
            alt_text_queue: alt_text_queue.map(queue),
            events,
        }
    }

    /// Records all dead letters in `event`, announces them together, and answers with those that must come again.
    pub async fn work_on(
        self: Arc<Self>,
        event: Value,
        invocation: Invocation,
    ) -> Result<Value, lambda_runtime::Error> {
        // What is left after the last start is for the announcement.
        let until = invocation.last_start;
        let recording = Invocation { stop_at: until, answer_at: until, ..invocation.clone() };
        let answer = batch::work(self.clone(), event, recording).await;
        let Err((failure, unannounced)) = self.announcer.send(invocation.stop_at).await else {
            return answer;
        };
        let mut line = LogLine { request_id: invocation.request_id.clone(), ..LogLine::default() };
        log::end(&mut line, &invocation, Err(&failure));
        let mut answer = answer?;
        let Some(again) = answer.get_mut("batchItemFailures").and_then(Value::as_array_mut) else {
            return Err(failure.into());
        };
        for message_id in unannounced {
            let id = json!({"itemIdentifier": message_id});
            if !again.contains(&id) {
                again.push(id);
            }
        }
        Ok(answer)
    }
}

impl MessageHandler for Failover {
    async fn work(
        &self,
        record: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if record.is_foreign(&self.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let function = Origin::of_dead_letter_queue(&receive.queue);
        let undone = match (record.happened, function) {
            (EventKind::Created, Origin::Thumbnail) => "the photo has no thumbnails",
            (EventKind::Created, Origin::AltText) => "the photo has no alt text",
            // The alt-text function follows no removals.
            (EventKind::Removed | EventKind::VersionRemoved, Origin::Thumbnail) => {
                "the thumbnails and records of the photo are not deleted"
            }
            (EventKind::Removed | EventKind::VersionRemoved, Origin::AltText) | (EventKind::Other, _) => {
                return Ok(Outcome::Ignored);
            }
        };
        let failure = Failure::DeadLetter {
            undone,
            message_id: receive.message_id.clone(),
            receive_count: receive.receive_count,
        };
        let (mut text, mut reason) = (failure.to_string(), failure.reason());
        let (version, outcome) = match (&record.key, &record.bucket, record.happened) {
            (Key::Decoded(key), Some(name), EventKind::Created) => {
                let bucket = Bucket { s3: self.catalog.s3.clone(), name: name.clone() };
                let Some(version) = version_of(&bucket, key, record).await? else { return Ok(Outcome::Gone) };
                line.version.clone_from(&version.version);
                let history = self.history(function, &version, record).await?;
                if history.returns(receive.returns) {
                    return self.send_back(name, &version, record, receive, line).await;
                }
                let failure = if let History::Killed(_) = history { Failure::Killed } else { failure };
                (text, reason) = (failure.to_string(), failure.reason());
                let original = Original { bucket, version, size: 0 };
                let case = Case { original: &original, receive, event: &record.kept };
                let role = Role::Fail { sends: !record.settles };
                let places = self.places(function);
                let state = State::begin(role);
                let nobody = None::<&Thumbnailer>;
                let ended = worker::run(nobody, &places, role, state, case, Some(failure), line).await?;
                self.drop_note(&original.version)
                    .await
                    .map_err(while_doing("delete the record of attempts"))?;
                if ended.end != End::Failed {
                    return Ok(ended.outcome());
                }
                (original.version, Outcome::DeadLetter)
            }
            // That thumbnails were made says nothing of their removal.
            _ => {
                let version = failed_version(record, line);
                line.version.clone_from(&version.version);
                explain(line, &failure);
                let key = function.failure_key(&version);
                let failed =
                    Failed { function, bucket: &line.bucket, version: &version, event: &record.kept };
                store_failure(&self.catalog, &key, failed, &failure, receive).await?;
                (version, Outcome::DeadLetter)
            }
        };
        let about = format!("bucket: {}\nkey: {}\nversion: {}", line.bucket, escape(&line.key), line.version);
        self.announce(text, reason, about, function.failure_key(&version), receive);
        Ok(outcome)
    }

    async fn not_understood(
        &self,
        body: &Value,
        why: NotUnderstood,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let failure = Failure::from(why);
        explain(line, &failure);
        let key = unreadable_key(&receive.message_id);
        let unknown = OriginalVersion { key: String::new(), version: String::new() };
        let function = Origin::of_dead_letter_queue(&receive.queue);
        let body = without_people(body);
        let failed = Failed { function, bucket: "", version: &unknown, event: &body };
        store_failure(&self.catalog, &key, failed, &failure, receive).await?;
        let about = format!("message: {}", receive.message_id);
        self.announce(failure.to_string(), failure.reason(), about, key, receive);
        Ok(Outcome::DeadLetter)
    }
}

impl Failover {
    /// Returns what is known of the attempts at `version`. The alt-text function notes none: it receives every message
    /// alone.
    async fn history(
        &self,
        function: Origin,
        version: &OriginalVersion,
        record: &ObjectEvent,
    ) -> Result<History, Failure> {
        match function {
            Origin::Thumbnail => {
                let history = batch::history_of(&self.catalog, version, record.again).await;
                history.map_err(while_doing("read the record of attempts"))
            }
            Origin::AltText => Ok(History::Tried),
        }
    }

    /// Removes the note of the attempts at `version`, if there is one.
    async fn drop_note(&self, version: &OriginalVersion) -> Result<(), ServiceError> {
        let key = version.attempt_key();
        if self.catalog.has(&key).await? { self.catalog.delete(&key).await } else { Ok(()) }
    }

    /// Sends a dead letter that was never tried alone back to the thumbnail function: another photo may have ended each
    /// process that received it.
    async fn send_back(
        &self,
        bucket: &str,
        version: &OriginalVersion,
        record: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let kind = match (record.again, record.settles) {
            (true, _) => RequestKind::Replay,
            (false, true) => RequestKind::Settle,
            (false, false) => RequestKind::Backfill,
        };
        let sent = self.thumbnail_queue.send_back(kind, bucket, version, receive.returns + 1).await;
        sent.map_err(while_doing("send the message back"))?;
        line.reason = Some("never-tried".to_owned());
        line.message = Some("it was never processed alone, so it was sent to the queue again".to_owned());
        Ok(Outcome::NoAttempt)
    }

    /// Adds a dead letter to what is announced at the end of the batch.
    fn announce(
        &self,
        failure: String,
        reason: &'static str,
        about: String,
        record_key: String,
        receive: &Receive,
    ) {
        let message_id = receive.message_id.clone();
        self.announcer.add(DeadLetter { message_id, about, failure, reason, record_key });
    }

    fn places(&self, function: Origin) -> Places {
        let queue = match function {
            Origin::Thumbnail => Some(self.thumbnail_queue.clone()),
            Origin::AltText => self.alt_text_queue.clone(),
        };
        let (outputs, catalog) = (self.catalog.clone(), self.catalog.clone());
        let events = self.events.clone();
        Places { function, outputs, catalog, queue, descriptions: None, events, keeps: false }
    }
}
