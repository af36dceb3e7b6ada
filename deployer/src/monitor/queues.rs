//! The queues: how full they are, and requests put into them.

use std::time::Duration;

use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use indicatif::HumanDuration;
use serde::Serialize;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::stack::Stack;

/// How many messages SQS takes at a time.
pub(crate) const BATCH: usize = 10;

/// How often a message is sent that SQS does not take for a reason of its own.
const ATTEMPTS: u32 = 5;

/// How full a queue is, as SQS tells it: a minute late.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Queue {
    /// Messages that wait.
    pub(crate) waiting: u64,
    /// Messages that are being worked on, or will come again.
    pub(crate) in_flight: u64,
    /// Those of them that are only due later. Removals send themselves once more, a quarter of an hour later.
    #[serde(skip)]
    delayed: u64,
    /// How long the oldest of them has been there, in seconds; none where nobody has asked, or CloudWatch does not
    /// know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) oldest_seconds: Option<u64>,
}

impl Queue {
    /// Asks SQS about the queue at `url`.
    pub(crate) async fn read(stack: &Stack, url: &str) -> Result<Self, CommandError> {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Waiting, ApproximateNumberOfMessagesDelayed as Delayed,
            ApproximateNumberOfMessagesNotVisible as InFlight,
        };
        let answer = stack
            .aws
            .sqs()
            .get_queue_attributes()
            .queue_url(url)
            .set_attribute_names(Some(vec![Waiting, InFlight, Delayed]))
            .send()
            .await
            .map_err(|error| aws_error(format_args!("look into the queue `{url}`"), &error))?;
        let number = |name| {
            let text = answer.attributes().and_then(|attributes| attributes.get(&name));
            text.and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        Ok(Self {
            waiting: number(Waiting),
            in_flight: number(InFlight) + number(Delayed),
            delayed: number(Delayed),
            oldest_seconds: None,
        })
    }

    /// For people; `are_dead` if they are dead letters.
    pub(crate) fn text(&self, are_dead: bool) -> String {
        let Self { waiting, in_flight, oldest_seconds, .. } = self;
        let mut text = if are_dead && self.messages() == 0 {
            "none".to_owned()
        } else {
            format!("{waiting} waiting, {in_flight} being worked on or tried again later")
        };
        if let Some(seconds) = oldest_seconds {
            let age = HumanDuration(Duration::from_secs(*seconds));
            text.push_str(&format!(", the oldest for {age}"));
        }
        text
    }

    /// All its messages.
    pub(crate) fn messages(self) -> u64 {
        self.waiting + self.in_flight
    }
}

/// The messages in all queues of `stack` that are worked on now, or wait for that; not those that are due later.
pub(crate) async fn messages(stack: &Stack) -> Result<u64, CommandError> {
    let mut all = 0;
    for (_, url) in stack.outputs().await?.queues() {
        let queue = Queue::read(stack, url).await?;
        all += queue.messages() - queue.delayed;
    }
    Ok(all)
}

/// Sends up to [`BATCH`] `bodies` to the queue at `url`. Sent twice is harmless: work that is done is not repeated.
pub(crate) async fn send(stack: &Stack, url: &str, bodies: &[String]) -> Result<(), CommandError> {
    let refused = |why: &str| CommandError::failed(format!("SQS does not take the requests: {why}"));
    let mut left: Vec<(usize, &String)> = bodies.iter().enumerate().collect();
    let mut why = String::new();
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            let most = 100 << attempt;
            tokio::time::sleep(Duration::from_millis(fastrand::u64(most / 2..=most))).await;
        }
        let entry = |(id, body): &(usize, &String)| {
            SendMessageBatchRequestEntry::builder().id(id.to_string()).message_body(*body).build()
        };
        let entries = left.iter().map(entry).collect::<Result<Vec<_>, _>>();
        let answer = stack
            .aws
            .sqs()
            .send_message_batch()
            .queue_url(url)
            .set_entries(Some(entries.map_err(|error| refused(&error.to_string()))?))
            .send()
            .await
            .map_err(|error| aws_error("send requests to the queue", &error))?;
        let failed = answer.failed();
        if let Some(first) = failed.first() {
            why = first.message().unwrap_or(first.code()).to_owned();
        }
        left.retain(|(id, _)| failed.iter().any(|failed| failed.id() == id.to_string()));
        if left.is_empty() {
            return Ok(());
        }
    }
    Err(refused(&why))
}
