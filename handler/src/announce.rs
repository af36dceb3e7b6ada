//! The announcement of dead letters: one message on the alert topic for all of a batch.

use std::sync::{Mutex, PoisonError};

use aws_sdk_sns::Client;
use contract::key::escape;
use tokio::time::{Instant, timeout_at};

use crate::failure::{Failure, while_doing};
use crate::service_error::ServiceError;

/// The most bytes of the list of dead letters in an announcement. SNS takes 262,144 bytes, and no reader reads so many.
const MAX_LIST_BYTES: usize = 50_000;

/// The most characters of the sentence that says why one failed: a message may have thousands of senseless records.
const MAX_FAILURE_CHARS: usize = 1000;

/// The most dead letters that an announcement lists.
const MAX_LISTED: usize = 20;

/// A dead letter that is recorded and not yet announced.
#[derive(Debug)]
pub(crate) struct DeadLetter {
    /// The message's id.
    pub(crate) message_id: String,
    /// What it is about, on one line or several.
    pub(crate) about: String,
    /// Why it failed.
    pub(crate) failure: String,
    /// The same as a stable word.
    pub(crate) reason: &'static str,
    /// The key of its failure record.
    pub(crate) record_key: String,
}

/// Announces the dead letters of a batch together.
#[derive(Debug)]
pub(crate) struct Announcer {
    sns: Client,
    topic_arn: String,
    catalog_bucket: String,
    waiting: Mutex<Vec<DeadLetter>>,
}

impl Announcer {
    /// Announces on the topic `topic_arn` what is recorded in `catalog_bucket`.
    pub(crate) fn new(sns: Client, topic_arn: String, catalog_bucket: String) -> Self {
        Self { sns, topic_arn, catalog_bucket, waiting: Mutex::default() }
    }

    /// Adds `letter` to the next announcement.
    pub(crate) fn add(&self, letter: DeadLetter) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
    }

    /// Sends one announcement of all dead letters that were added, if there are any. If that fails, returns why and
    /// the ids of the messages that must come again.
    pub(crate) async fn send(&self, stop_at: Instant) -> Result<(), (Failure, Vec<String>)> {
        let letters = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if letters.is_empty() {
            return Ok(());
        }
        let publish = self.sns.publish().topic_arn(&self.topic_arn).subject(subject(letters.len()));
        let publish = publish.message(text(&letters, &self.catalog_bucket)).send();
        let refusal = match timeout_at(stop_at, publish).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => ServiceError::of(&error),
            Err(_) => ServiceError::NoAnswer("the invocation timed out".to_owned()),
        };
        let failure = while_doing("announce the dead letters")(refusal);
        Err((failure, letters.into_iter().map(|letter| letter.message_id).collect()))
    }
}

/// SNS takes up to 100 ASCII characters.
fn subject(count: usize) -> String {
    match count {
        1 => "A photo could not be processed".to_owned(),
        count => format!("{count} photos could not be processed"),
    }
}

fn text(letters: &[DeadLetter], catalog_bucket: &str) -> String {
    let mut text = String::new();
    let mut listed = 0;
    for letter in letters.iter().take(MAX_LISTED) {
        let DeadLetter { about, failure, reason, record_key, .. } = letter;
        let failure: String = failure.chars().take(MAX_FAILURE_CHARS).collect();
        let record_key = escape(record_key);
        let entry =
            format!("{failure}\n\n{about}\nreason: {reason}\nrecord: s3://{catalog_bucket}/{record_key}\n\n");
        // The first one always: a key and what is said of it have a few kilobytes at most.
        if listed > 0 && text.len() + entry.len() > MAX_LIST_BYTES {
            break;
        }
        text.push_str(&entry);
        listed += 1;
    }
    if listed < letters.len() {
        text.push_str(&format!("{} more are not listed here.\n", letters.len() - listed));
    }
    text.push_str("`deployer explain KEY` shows why; `deployer replay` processes them again.\n");
    text
}
