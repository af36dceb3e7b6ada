//! The failover function: a dead letter becomes a failure record, and people are told.

use std::sync::Arc;

use aws_sdk_sns::Client;
use contract::function::Function as Origin;
use contract::key::{OriginalVersion, escape, unreadable_key};
use contract::log::{LogLine, Outcome};
use contract::settings::FailoverSettings;
use serde_json::{Value, json};

use crate::announce::{Announcer, DeadLetter};
use crate::batch::{self, Function};
use crate::bucket::Bucket;
use crate::delivery::{Delivery, Invocation};
use crate::event::{Happened, NotUnderstood, Record, without_people};
use crate::failure::{Failure, while_doing};
use crate::log::{self, explain};
use crate::record::{Failed, failed_version, is_done, store_failure};

/// The failover function, with all it keeps between invocations.
#[derive(Debug)]
pub struct Failover {
    originals_bucket: String,
    catalog: Bucket,
    announcer: Announcer,
}

impl Failover {
    /// The function that stores records by `s3` and tells people by `sns`.
    pub fn new(s3: aws_sdk_s3::Client, sns: Client, settings: FailoverSettings) -> Self {
        let FailoverSettings { originals_bucket, catalog_bucket, alert_topic_arn } = settings;
        let announcer = Announcer::new(sns, alert_topic_arn, catalog_bucket.clone());
        Self { originals_bucket, catalog: Bucket { s3, name: catalog_bucket }, announcer }
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

impl Function for Failover {
    async fn work(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if record.is_foreign(&self.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let function = Origin::of_dead_letter_queue(&delivery.queue);
        let undone = match (record.happened, function) {
            (Happened::Created, Origin::Thumbnail) => "there are no thumbnails",
            (Happened::Created, Origin::AltText) => "there is no alt text",
            // The alt-text function follows no removals.
            (Happened::Removed | Happened::VersionRemoved, Origin::Thumbnail) => {
                "what is derived from the original is not removed"
            }
            (Happened::Removed | Happened::VersionRemoved, Origin::AltText) | (Happened::Other, _) => {
                return Ok(Outcome::Ignored);
            }
        };
        let version = failed_version(record, line);
        line.version.clone_from(&version.version);
        // That thumbnails were made says nothing of their removal.
        let may_be_done = record.happened == Happened::Created;
        if may_be_done && is_done(&self.catalog, &function.done_key(&version)).await? {
            return Ok(Outcome::AlreadyDone);
        }
        let failure = Failure::DeadLetter {
            undone,
            message_id: delivery.message_id.clone(),
            receive_count: delivery.receive_count,
        };
        explain(line, &failure);
        let key = function.failure_key(&version);
        let failed = Failed { function, bucket: &line.bucket, version: &version, event: &record.kept };
        store_failure(&self.catalog, &key, failed, &failure, delivery).await?;
        // A replay may have come to its end in between.
        if may_be_done && is_done(&self.catalog, &function.done_key(&version)).await? {
            let removed = self.catalog.delete(&key).await;
            removed.map_err(while_doing("remove the failure record"))?;
            return Ok(Outcome::AlreadyDone);
        }
        let about = format!("bucket: {}\nkey: {}\nversion: {}", line.bucket, escape(&line.key), line.version);
        self.announce(&failure, about, key, delivery);
        Ok(Outcome::DeadLetter)
    }

    async fn not_understood(
        &self,
        body: &Value,
        why: NotUnderstood,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let failure = Failure::from(why);
        explain(line, &failure);
        let key = unreadable_key(&delivery.message_id);
        let unknown = OriginalVersion { key: String::new(), version: String::new() };
        let function = Origin::of_dead_letter_queue(&delivery.queue);
        let body = without_people(body);
        let failed = Failed { function, bucket: "", version: &unknown, event: &body };
        store_failure(&self.catalog, &key, failed, &failure, delivery).await?;
        self.announce(&failure, format!("message: {}", delivery.message_id), key, delivery);
        Ok(Outcome::DeadLetter)
    }
}

impl Failover {
    /// Has people told of `failure`, which is recorded at `record_key`, when the batch is done.
    fn announce(&self, failure: &Failure, about: String, record_key: String, delivery: &Delivery) {
        self.announcer.add(DeadLetter {
            message_id: delivery.message_id.clone(),
            about,
            failure: failure.to_string(),
            reason: failure.reason(),
            record_key,
        });
    }
}
