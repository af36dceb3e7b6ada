//! The failover function: stores a failure record for each dead letter, and sends a notification.

use std::convert::Infallible;
use std::sync::Arc;

use aws_sdk_sns::Client;
use contract::function::Function;
use contract::key::{OriginalVersion, escape, unreadable_key};
use contract::log::{LogLine, Outcome};
use contract::outcome_event::{EventSender, OutcomeEvent};
use contract::request::RequestKind;
use contract::settings::FailoverSettings;
use protocol::{End, NameIndex, Role, State};
use serde_json::{Value, json};

use crate::batch::{self, MessageHandler};
use crate::bucket::Bucket;
use crate::catalog::{FailedVersion, failed_version, store_failure};
use crate::event::{EventKind, Key, ObjectEvent, UnreadableMessage, without_identities};
use crate::event_bus::EventBus;
use crate::failure::{Failure, cannot};
use crate::isolation::History;
use crate::log::{self, add_failure};
use crate::message::{Invocation, Receive};
use crate::notification::{DeadLetter, Notifier};
use crate::original::{Original, SkipReason, version_of};
use crate::producer::Producer;
use crate::queue::Queue;
use crate::service_error::ServiceError;
use crate::worker::{self, Job, Resources};

/// The failover function, with the state that it keeps between invocations.
#[derive(Debug)]
pub struct Failover {
    originals_bucket: String,
    catalog: Bucket,
    thumbnail_queue: Queue,
    alt_text_queue: Option<Queue>,
    events: Option<EventBus>,
    notifier: Notifier,
}

impl Failover {
    /// Creates the function. It stores records with `s3`, sends messages with `sqs`, and sends notifications with
    /// `sns`.
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
            notifier: Notifier::new(sns, alert_topic_arn, catalog_bucket.clone()),
            catalog: Bucket { s3, name: catalog_bucket },
            thumbnail_queue: queue(thumbnail_queue),
            alt_text_queue: alt_text_queue.map(queue),
            events,
        }
    }

    /// Records all dead letters in `event`, sends one notification about them, and returns those that SQS must
    /// deliver again.
    pub async fn handle_batch(
        self: Arc<Self>,
        event: Value,
        invocation: Invocation,
    ) -> Result<Value, lambda_runtime::Error> {
        // The remaining time is reserved for the notification.
        let until = invocation.last_start;
        let recording = Invocation { stop_at: until, respond_at: until, ..invocation.clone() };
        let response = batch::handle(self.clone(), event, recording).await;
        let Err((failure, unsent)) = self.notifier.send(invocation.stop_at).await else {
            return response;
        };
        let mut line = LogLine { request_id: invocation.request_id.clone(), ..LogLine::default() };
        log::finish(&mut line, &invocation, Err(&failure));
        let mut response = response?;
        let Some(again) = response.get_mut("batchItemFailures").and_then(Value::as_array_mut) else {
            return Err(failure.into());
        };
        for message_id in unsent {
            let id = json!({"itemIdentifier": message_id});
            if !again.contains(&id) {
                again.push(id);
            }
        }
        Ok(response)
    }
}

impl MessageHandler for Failover {
    async fn handle(
        &self,
        event: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if event.is_foreign(&self.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let function = Function::from_dead_letter_queue(&receive.queue);
        let consequence = match (event.kind, function) {
            (EventKind::Created, Function::Thumbnail) => "the photo has no thumbnails",
            (EventKind::Created, Function::AltText) => "the photo has no alt text",
            // The alt-text function does not process removals.
            (EventKind::Removed | EventKind::VersionRemoved, Function::Thumbnail) => {
                "the thumbnails and records of the photo are not deleted"
            }
            (EventKind::Removed | EventKind::VersionRemoved, Function::AltText) | (EventKind::Other, _) => {
                return Ok(Outcome::Ignored);
            }
        };
        let failure = Failure::DeadLetter {
            consequence,
            message_id: receive.message_id.clone(),
            receive_count: receive.receive_count,
        };
        let (mut text, mut reason) = (failure.to_string(), failure.reason());
        let (version, outcome) = match (&event.key, &event.bucket, event.kind) {
            (Key::Decoded(key), Some(name), EventKind::Created) => {
                let bucket = Bucket { s3: self.catalog.s3.clone(), name: name.clone() };
                let Some(version) = version_of(&bucket, key, event).await? else { return Ok(Outcome::Gone) };
                line.version.clone_from(&version.version);
                let history = self.history(function, &version, event).await?;
                if history.is_sent_back(receive.return_count) {
                    return self.send_back(name, &version, event, receive, line).await;
                }
                let failure = if let History::Killed(_) = history { Failure::Killed } else { failure };
                (text, reason) = (failure.to_string(), failure.reason());
                let original = Original { bucket, version, size: 0 };
                let job = Job { original: &original, receive, event: &event.kept_fields };
                let role = Role::Fail { may_send: !event.is_settle_request };
                let resources = self.resources(function);
                let state = State::begin(role);
                let result =
                    worker::run(None::<&Infallible>, &resources, role, state, job, Some(failure), line)
                        .await?;
                self.delete_note(&original.version).await.map_err(cannot("delete the record of attempts"))?;
                if result.end != End::Failed {
                    return Ok(result.outcome());
                }
                (original.version, Outcome::DeadLetter)
            }
            // Whether a removal is finished does not follow from a done record.
            _ => {
                let version = failed_version(event, line);
                line.version.clone_from(&version.version);
                add_failure(line, &failure);
                let key = function.failure_key(&version);
                let failed = FailedVersion {
                    function,
                    bucket: &line.bucket,
                    version: &version,
                    event: &event.kept_fields,
                };
                store_failure(&self.catalog, &key, failed, &failure, receive).await?;
                (version, Outcome::DeadLetter)
            }
        };
        let subject =
            format!("bucket: {}\nkey: {}\nversion: {}", line.bucket, escape(&line.key), line.version);
        self.add_to_notification(text, reason, subject, function.failure_key(&version), receive);
        Ok(outcome)
    }

    async fn handle_unreadable(
        &self,
        body: &Value,
        why: UnreadableMessage,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let failure = Failure::from(why);
        add_failure(line, &failure);
        let key = unreadable_key(&receive.message_id);
        let unknown = OriginalVersion { key: String::new(), version: String::new() };
        let function = Function::from_dead_letter_queue(&receive.queue);
        let body = without_identities(body);
        let failed = FailedVersion { function, bucket: "", version: &unknown, event: &body };
        store_failure(&self.catalog, &key, failed, &failure, receive).await?;
        let subject = format!("message: {}", receive.message_id);
        self.add_to_notification(failure.to_string(), failure.reason(), subject, key, receive);
        Ok(Outcome::DeadLetter)
    }
}

impl Failover {
    /// Returns the history of `version`. The alt-text function stores no records of attempts, because it receives each
    /// message alone.
    async fn history(
        &self,
        function: Function,
        version: &OriginalVersion,
        event: &ObjectEvent,
    ) -> Result<History, Failure> {
        match function {
            Function::Thumbnail => {
                let history = batch::version_history(&self.catalog, version, event.again).await;
                history.map_err(cannot("read the record of attempts"))
            }
            Function::AltText => Ok(History::Tried),
        }
    }

    /// Deletes the record of attempts at `version`, if there is one.
    async fn delete_note(&self, version: &OriginalVersion) -> Result<(), ServiceError> {
        let key = version.attempt_key();
        if self.catalog.has(&key).await? { self.catalog.delete(&key).await } else { Ok(()) }
    }

    /// Sends a dead letter that was never tried alone back to the thumbnail function. Other photos may have ended all
    /// processes that received it.
    async fn send_back(
        &self,
        bucket: &str,
        version: &OriginalVersion,
        event: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let kind = match (event.again, event.is_settle_request) {
            (true, _) => RequestKind::Replay,
            (false, true) => RequestKind::Settle,
            (false, false) => RequestKind::Backfill,
        };
        let sent = self.thumbnail_queue.send_back(kind, bucket, version, receive.return_count + 1).await;
        sent.map_err(cannot("send the message back"))?;
        line.reason = Some("never-tried".to_owned());
        line.message =
            Some("the photo was never processed alone, so its message was returned to the queue".to_owned());
        Ok(Outcome::NoAttempt)
    }

    /// Adds a dead letter to the notification at the end of the batch.
    fn add_to_notification(
        &self,
        failure: String,
        reason: &'static str,
        subject: String,
        record_key: String,
        receive: &Receive,
    ) {
        let message_id = receive.message_id.clone();
        self.notifier.add(DeadLetter { message_id, subject, failure, reason, record_key });
    }

    fn resources(&self, function: Function) -> Resources {
        let queue = match function {
            Function::Thumbnail => Some(self.thumbnail_queue.clone()),
            Function::AltText => self.alt_text_queue.clone(),
        };
        let (output_bucket, catalog) = (self.catalog.clone(), self.catalog.clone());
        let events = self.events.clone();
        Resources {
            function,
            output_bucket,
            catalog,
            queue,
            alt_text_queue: None,
            events,
            name_index: NameIndex::Ignored,
            keeps_outputs: false,
        }
    }
}

/// The failover function produces no outputs. A producer of thumbnails would add all image code to its program.
impl Producer for Infallible {
    type Outputs = Self;

    async fn produce(
        &self,
        _: &Original,
        _: &Receive,
        _: bool,
        _: &mut LogLine,
    ) -> Result<Result<Self, SkipReason>, Failure> {
        match *self {}
    }

    async fn put_outputs(&self, _: &Self) -> Result<(), Failure> {
        match *self {}
    }

    async fn put_done(&self, _: &Self) -> Result<(), Failure> {
        match *self {}
    }

    fn ready_event(&self, _: &Self, _: &EventSender) -> OutcomeEvent {
        match *self {}
    }

    fn ready_event_of_record(&self, _: &Value, _: &EventSender) -> Option<OutcomeEvent> {
        match *self {}
    }

    fn output_keys(&self, _: &OriginalVersion, _: &Value) -> Option<Vec<String>> {
        match *self {}
    }
}
