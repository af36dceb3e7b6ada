//! The messages of an invocation, and the time for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;
use tokio::time::Instant;

/// The attribute of a message with the number of times that it was a dead letter and returned to the queue.
pub const RETURN_COUNT: &str = "Returns";

/// An invocation of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Its ID, as in the logs.
    pub request_id: String,
    /// The function's name.
    pub function: String,
    /// The version of the function's code.
    pub function_version: String,
    /// The time at which work must end, so that the function can still record the result and respond.
    pub stop_at: Instant,
    /// The time at which the function must respond.
    pub respond_at: Instant,
    /// The latest time at which work may begin.
    pub last_start: Instant,
    /// How many messages are not yet processed.
    pub remaining: Arc<AtomicU32>,
}

impl Invocation {
    /// Returns the invocation that `context` describes.
    pub fn from_context(context: &lambda_runtime::Context) -> Self {
        let now_ms = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        let left = u64::try_from(i128::from(context.deadline) - now_ms).unwrap_or(0);
        let left = Duration::from_millis(left);
        // The reserved times are fractions of the timeout, so that a function with a short timeout still has time to
        // work.
        let to_respond = (left / 20).min(Duration::from_secs(1));
        let to_begin = (left / 5).min(Duration::from_secs(5));
        let now = Instant::now();
        Self {
            request_id: context.request_id.clone(),
            function: context.env_config.function_name.clone(),
            function_version: context.env_config.version.clone(),
            stop_at: now + left.saturating_sub(to_respond),
            respond_at: now + left.saturating_sub(to_respond / 2),
            last_start: now + left.saturating_sub(to_begin),
            remaining: Arc::default(),
        }
    }

    /// Returns when the work on a photo that begins now must end: after half of the remaining time, or after all of it
    /// for the last photo. A slow photo then leaves time for others. With an equal share for each, no photo of a batch
    /// of slow ones would ever be finished.
    pub(crate) fn photo_deadline(&self) -> Instant {
        let now = Instant::now();
        now + self.stop_at.saturating_duration_since(now) / self.remaining.load(Ordering::Relaxed).clamp(1, 2)
    }
}

/// A message of an invocation.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its ID; for an event without a queue, the ID of the invocation.
    pub id: String,
    /// Its body.
    pub body: Value,
    /// The number of times that it has been received, including this time.
    pub receive_count: u32,
    /// When it was first received.
    pub first_received_at: Option<OffsetDateTime>,
    /// The ARN of its queue; empty if there is none.
    pub queue: String,
    /// When it was sent, in milliseconds since 1970; 0 if this is unknown.
    pub sent_at: u64,
    /// The number of times that it was a dead letter and returned to the queue.
    pub return_count: u32,
}

impl Message {
    /// Returns the messages in the event of an invocation, and whether they come from a queue.
    ///
    /// An event that S3, SNS, or EventBridge sent directly to the function is one message.
    pub fn all(event: Value, invocation: &Invocation) -> (Vec<Self>, bool) {
        let queued = |entry: &Value| entry.get("messageId").is_some() && entry.get("body").is_some();
        match event.get("Records") {
            Some(Value::Array(entries)) if !entries.is_empty() && entries.iter().all(queued) => {
                (entries.iter().map(Self::from_queue).collect(), true)
            }
            _ => {
                let id = invocation.request_id.clone();
                (
                    vec![Self {
                        id,
                        body: event,
                        receive_count: 1,
                        first_received_at: None,
                        queue: String::new(),
                        sent_at: 0,
                        return_count: 0,
                    }],
                    false,
                )
            }
        }
    }

    /// Returns whether it was received before, without success.
    pub(crate) fn is_suspect(&self) -> bool {
        self.receive_count > 1 || self.return_count > 0
    }

    fn from_queue(entry: &Value) -> Self {
        let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str);
        fn parsed<T: std::str::FromStr + Default>(text: Option<&str>) -> T {
            text.and_then(|text| text.parse().ok()).unwrap_or_default()
        }
        let first = text("/attributes/ApproximateFirstReceiveTimestamp");
        let first_ms = first.and_then(|ms| ms.parse::<i128>().ok());
        Self {
            id: text("/messageId").unwrap_or_default().to_owned(),
            body: entry.get("body").cloned().unwrap_or_default(),
            receive_count: text("/attributes/ApproximateReceiveCount")
                .and_then(|count| count.parse().ok())
                .unwrap_or(1),
            first_received_at: first_ms
                .and_then(|ms| OffsetDateTime::from_unix_timestamp_nanos(ms * 1_000_000).ok()),
            queue: text("/eventSourceARN").unwrap_or_default().to_owned(),
            sent_at: parsed(text("/attributes/SentTimestamp")),
            return_count: parsed(text(&format!("/messageAttributes/{RETURN_COUNT}/stringValue"))),
        }
    }
}

/// One receive of a message by an invocation.
#[derive(Clone, Debug)]
pub struct Receive {
    /// The invocation that received it.
    pub invocation: Invocation,
    /// The message's ID.
    pub message_id: String,
    /// The number of times that it has been received.
    pub receive_count: u32,
    /// When it was first received.
    pub first_received_at: Option<OffsetDateTime>,
    /// The ARN of its queue; empty if there is none.
    pub queue: String,
    /// The number of times that it was a dead letter and returned to the queue.
    pub return_count: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_has_half_of_the_time_and_the_last_one_all_of_it() {
        let stop_at = Instant::now() + Duration::from_secs(6000);
        let invocation =
            Invocation { stop_at, ..Invocation::from_context(&lambda_runtime::Context::default()) };
        for (remaining, share) in [(10, 2), (2, 2), (1, 1), (0, 1)] {
            invocation.remaining.store(remaining, Ordering::Relaxed);
            let left = stop_at.duration_since(invocation.photo_deadline()).as_secs();
            // Time passes during the test.
            assert!(left.abs_diff(6000 - 6000 / share) < 100, "{remaining} photos: {left} s are left");
        }
    }
}
