//! The notification about dead letters: one message on the alert topic for a batch.

use std::sync::{Mutex, PoisonError};

use aws_sdk_sns::Client;
use contract::key::escape;
use tokio::time::{Instant, timeout_at};

use crate::failure::{Failure, cannot};
use crate::service_error::ServiceError;

/// The maximum number of bytes of the list of dead letters in a notification. SNS accepts 262,144 bytes, which would be
/// too long to read.
const MAX_LIST_BYTES: usize = 50_000;

/// The maximum number of characters of the reason for one dead letter: a message may have thousands of invalid records.
const MAX_FAILURE_CHARS: usize = 1000;

/// The maximum number of dead letters that a notification lists.
const MAX_LISTED: usize = 20;

/// A dead letter that has a failure record, but is not yet in a notification.
#[derive(Debug)]
pub(crate) struct DeadLetter {
    /// The message's ID.
    pub(crate) message_id: String,
    /// The photo or message that it is about, on one line or several.
    pub(crate) subject: String,
    /// The text of the failure.
    pub(crate) failure: String,
    /// The failure as a stable word.
    pub(crate) reason: &'static str,
    /// The key of its failure record.
    pub(crate) record_key: String,
}

/// Sends one notification for the dead letters of a batch.
#[derive(Debug)]
pub(crate) struct Notifier {
    sns: Client,
    topic_arn: String,
    catalog_bucket: String,
    letters: Mutex<Vec<DeadLetter>>,
}

impl Notifier {
    /// Creates a notifier for the topic `topic_arn`. The failure records are in `catalog_bucket`.
    pub(crate) fn new(sns: Client, topic_arn: String, catalog_bucket: String) -> Self {
        Self { sns, topic_arn, catalog_bucket, letters: Mutex::default() }
    }

    /// Adds `letter` to the next notification.
    pub(crate) fn add(&self, letter: DeadLetter) {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
    }

    /// Sends one notification about all dead letters that were added, if there are any. If this fails, returns the
    /// failure and the IDs of the messages that SQS must deliver again.
    pub(crate) async fn send(&self, stop_at: Instant) -> Result<(), (Failure, Vec<String>)> {
        let letters = std::mem::take(&mut *self.letters.lock().unwrap_or_else(PoisonError::into_inner));
        if letters.is_empty() {
            return Ok(());
        }
        let publish = self.sns.publish().topic_arn(&self.topic_arn).subject(subject(letters.len()));
        let publish = publish.message(message_text(&letters, &self.catalog_bucket)).send();
        let error = match timeout_at(stop_at, publish).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => ServiceError::from_sdk_error(&error),
            Err(_) => ServiceError::NoResponse("the invocation timed out".to_owned()),
        };
        let failure = cannot("send the notification about dead letters")(error);
        Err((failure, letters.into_iter().map(|letter| letter.message_id).collect()))
    }
}

/// Returns the subject of a notification. SNS accepts up to 100 ASCII characters.
fn subject(count: usize) -> String {
    match count {
        1 => "A photo could not be processed".to_owned(),
        count => format!("{count} photos could not be processed"),
    }
}

fn message_text(letters: &[DeadLetter], catalog_bucket: &str) -> String {
    let mut text = String::new();
    let mut listed = 0;
    for letter in letters.iter().take(MAX_LISTED) {
        let DeadLetter { subject, failure, reason, record_key, .. } = letter;
        let failure: String = failure.chars().take(MAX_FAILURE_CHARS).collect();
        let record_key = escape(record_key);
        let entry = format!(
            "{failure}\n\n{subject}\nreason: {reason}\nrecord: s3://{catalog_bucket}/{record_key}\n\n"
        );
        // The first entry always fits, because an entry has a few kilobytes at most.
        if listed > 0 && text.len() + entry.len() > MAX_LIST_BYTES {
            break;
        }
        text.push_str(&entry);
        listed += 1;
    }
    if listed < letters.len() {
        text.push_str(&format!("...and {} more.\n", letters.len() - listed));
    }
    text.push_str(
        "Run `deployer explain KEY` to see why a photo failed. Fix the cause, then run \
         `deployer replay --reason dead-letter` to process all photos whose messages became dead letters.\n",
    );
    text
}
