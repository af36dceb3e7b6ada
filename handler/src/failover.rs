//! The failover function: a dead letter becomes a failure record, and people are told.

use aws_sdk_sns::Client;
use contract::function::Function as Origin;
use contract::key::{OriginalVersion, escape, unreadable_key};
use contract::log::{LogLine, Outcome};
use contract::settings::FailoverSettings;
use serde_json::Value;

use crate::batch::Function;
use crate::bucket::Bucket;
use crate::delivery::Delivery;
use crate::event::{Happened, NotUnderstood, Record};
use crate::failure::{Failure, while_doing};
use crate::log::explain;
use crate::record::{Failed, failed_version, is_done, store_failure};
use crate::refusal::Refusal;

/// SNS takes up to 100 ASCII characters.
const SUBJECT: &str = "A photo could not be worked on";

/// The failover function, with all it keeps between invocations.
#[derive(Debug)]
pub struct Failover {
    catalog: Bucket,
    sns: Client,
    alert_topic_arn: String,
}

impl Failover {
    /// The function that stores records by `s3` and tells people by `sns`.
    pub fn new(s3: aws_sdk_s3::Client, sns: Client, settings: FailoverSettings) -> Self {
        let FailoverSettings { catalog_bucket, alert_topic_arn } = settings;
        Self { catalog: Bucket { s3, name: catalog_bucket }, sns, alert_topic_arn }
    }
}

impl Function for Failover {
    async fn work(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
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
        let failed = Failed { function, bucket: &line.bucket, version: &version, event: &record.raw };
        store_failure(&self.catalog, &key, failed, &failure, delivery).await?;
        // A replay may have come to its end in between.
        if may_be_done && is_done(&self.catalog, &function.done_key(&version)).await? {
            let removed = self.catalog.delete(&key).await;
            removed.map_err(while_doing("remove the failure record"))?;
            return Ok(Outcome::AlreadyDone);
        }
        let about = format!("bucket: {}\nkey: {}\nversion: {}", line.bucket, escape(&line.key), line.version);
        self.announce(&failure, &about, &key).await?;
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
        let failed = Failed { function, bucket: "", version: &unknown, event: body };
        store_failure(&self.catalog, &key, failed, &failure, delivery).await?;
        self.announce(&failure, &format!("message: {}", delivery.message_id), &key).await?;
        Ok(Outcome::DeadLetter)
    }
}

impl Failover {
    /// Tells people of `failure`, which is recorded at `record_key`.
    async fn announce(&self, failure: &Failure, about: &str, record_key: &str) -> Result<(), Failure> {
        let text = format!(
            "{failure}\n\n{about}\nreason: {}\nrecord: s3://{}/{}\n",
            failure.reason(),
            self.catalog.name,
            escape(record_key),
        );
        let sent =
            self.sns.publish().topic_arn(&self.alert_topic_arn).subject(SUBJECT).message(text).send().await;
        let sent = sent.map_err(|error| Refusal::of(&error));
        sent.map(|_| ()).map_err(while_doing("announce the failure"))
    }
}
