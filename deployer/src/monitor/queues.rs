//! Reads the number of messages in the queues, and sends requests to them.

use std::time::Duration;

use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use indicatif::HumanDuration;
use serde::Serialize;

use crate::aws::error::aws_error;
use crate::backoff::Backoff;
use crate::error::CommandError;
use crate::stack::Stack;

/// The maximum number of messages per request.
pub(crate) const BATCH: usize = 10;

/// The maximum number of times that a message is sent again if SQS rejects it.
const RETRIES: u32 = 4;

/// The number of messages in a queue, which SQS reports with a delay of up to a minute.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Queue {
    /// The number of visible messages.
    pub(crate) waiting: u64,
    /// The number of messages that are in flight or delayed.
    pub(crate) in_flight: u64,
    /// The number of delayed messages. For each removal, the function sends a message with a delay of 15 minutes.
    #[serde(skip)]
    delayed: u64,
    /// The age of the oldest message, in seconds, or `None` if it was not requested or CloudWatch has no data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) oldest_seconds: Option<u64>,
}

impl Queue {
    /// Reads the attributes of the queue at `url`.
    pub(crate) async fn read(stack: &Stack, url: &str) -> Result<Self, CommandError> {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Waiting, ApproximateNumberOfMessagesDelayed as Delayed,
            ApproximateNumberOfMessagesNotVisible as InFlight,
        };
        let response = stack
            .aws
            .sqs()
            .get_queue_attributes()
            .queue_url(url)
            .set_attribute_names(Some(vec![Waiting, InFlight, Delayed]))
            .send()
            .await
            .map_err(|error| aws_error(format_args!("read the queue `{url}`"), &error))?;
        let number = |name| {
            let text = response.attributes().and_then(|attributes| attributes.get(&name));
            text.and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        Ok(Self {
            waiting: number(Waiting),
            in_flight: number(InFlight) + number(Delayed),
            delayed: number(Delayed),
            oldest_seconds: None,
        })
    }

    /// Returns the numbers as text. For a dead-letter queue without messages, the text is `none`.
    pub(crate) fn text(&self, is_dead_letter_queue: bool) -> String {
        let Self { waiting, in_flight, oldest_seconds, .. } = self;
        let mut text = if is_dead_letter_queue && self.messages() == 0 {
            "none".to_owned()
        } else {
            format!("{waiting} waiting, {in_flight} in flight or delayed")
        };
        if let Some(seconds) = oldest_seconds {
            let age = HumanDuration(Duration::from_secs(*seconds));
            text.push_str(&format!(", oldest {age}"));
        }
        text
    }

    /// Returns the number of all messages.
    pub(crate) fn messages(self) -> u64 {
        self.waiting + self.in_flight
    }
}

/// Returns the number of messages in all queues of `stack`, without delayed ones.
pub(crate) async fn count_messages(stack: &Stack) -> Result<u64, CommandError> {
    let mut all = 0;
    for (_, url) in stack.outputs().await?.queue_urls() {
        let queue = Queue::read(stack, url).await?;
        all += queue.messages() - queue.delayed;
    }
    Ok(all)
}

/// Sends up to [`BATCH`] `bodies` to the queue at `url`. A duplicate is harmless, because the functions skip work that
/// is done.
pub(crate) async fn send(stack: &Stack, url: &str, bodies: &[String]) -> Result<(), CommandError> {
    let rejected = |reason: &str| CommandError::failed(format!("SQS rejected the messages: {reason}"));
    let mut left: Vec<(usize, &String)> = bodies.iter().enumerate().collect();
    let mut backoff = Backoff::with_retries(RETRIES);
    loop {
        let entry = |(id, body): &(usize, &String)| {
            SendMessageBatchRequestEntry::builder().id(id.to_string()).message_body(*body).build()
        };
        let entries = left.iter().map(entry).collect::<Result<Vec<_>, _>>();
        let response = stack
            .aws
            .sqs()
            .send_message_batch()
            .queue_url(url)
            .set_entries(Some(entries.map_err(|error| rejected(&error.to_string()))?))
            .send()
            .await
            .map_err(|error| aws_error("send messages to the queue", &error))?;
        let failed = response.failed();
        let Some(first) = failed.first() else { return Ok(()) };
        if !backoff.next_attempt().await {
            return Err(rejected(first.message().unwrap_or(first.code())));
        }
        left.retain(|(id, _)| failed.iter().any(|failed| failed.id() == id.to_string()));
    }
}
