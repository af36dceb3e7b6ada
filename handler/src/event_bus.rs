//! The event bus: sends the events of outcomes, those of a batch together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contract::outcome_event::{OutcomeEvent, SOURCE, Sender};
use tokio::sync::oneshot;

use crate::service_error::ServiceError;

/// The most entries of a request.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
const MAX_ENTRIES: usize = 10;

/// The most bytes of all entries of a request.
const MAX_BYTES: usize = 1_000_000;

/// How often an entry is sent that EventBridge refuses among others.
const ATTEMPTS: u32 = 4;

/// The pause before the second attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The default event bus of the account.
#[derive(Clone, Debug)]
pub struct EventBus {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    sender: Sender,
    /// The events that no request has.
    waiting: Mutex<Vec<Waiting>>,
    /// Held by the task that sends what waits. Meanwhile, the events of the others come together.
    turn: tokio::sync::Mutex<()>,
}

/// An event, and the way to the task that waits until it is sent.
#[derive(Debug)]
struct Waiting {
    detail_type: &'static str,
    detail: String,
    ended: oneshot::Sender<Result<(), ServiceError>>,
}

impl Waiting {
    /// What counts towards the size of a request: besides a constant, the source, the type, and the detail.
    fn bytes(&self) -> usize {
        SOURCE.len() + self.detail_type.len() + self.detail.len()
    }
}

impl EventBus {
    /// The default event bus, to which the functions of a stack send events as `sender`.
    pub(crate) fn new(client: Client, sender: Sender) -> Self {
        let shared =
            Shared { client, sender, waiting: Mutex::default(), turn: tokio::sync::Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    /// What the events tell of their sender.
    pub(crate) fn sender(&self) -> &Sender {
        &self.shared.sender
    }

    /// Sends `event`, and returns when EventBridge has taken it.
    pub(crate) async fn send(&self, event: &OutcomeEvent) -> Result<(), ServiceError> {
        let detail =
            serde_json::to_string(event).map_err(|error| ServiceError::Unexpected(error.to_string()))?;
        let (ended, mut end) = oneshot::channel();
        self.shared.lock().push(Waiting { detail_type: event.detail_type(), detail, ended });
        loop {
            tokio::select! {
                biased;
                sent = &mut end => {
                    // The task that sent it was stopped.
                    let lost = || ServiceError::NoAnswer("the request was given up".to_owned());
                    return sent.unwrap_or_else(|_| Err(lost()));
                }
                _turn = self.shared.turn.lock() => self.shared.send_some().await,
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends as many of the waiting events as a request takes.
    async fn send_some(&self) {
        let mut batch = self.take();
        let mut pause = FIRST_PAUSE;
        for attempt in 1..=ATTEMPTS {
            if batch.is_empty() {
                return;
            }
            if attempt > 1 {
                tokio::time::sleep(pause.mul_f64(fastrand::f64())).await;
                pause *= 2;
            }
            batch = self.put(batch, attempt == ATTEMPTS).await;
        }
    }

    /// Takes the events of the next request.
    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.lock();
        // Some were given up by the tasks that wanted to send them.
        waiting.retain(|event| !event.ended.is_closed());
        let mut bytes = 0;
        let fits = |event: &&Waiting| {
            bytes += event.bytes();
            bytes <= MAX_BYTES
        };
        // One that is too large by itself is sent, so that EventBridge says so.
        let count = waiting.iter().take(MAX_ENTRIES).take_while(fits).count().max(1).min(waiting.len());
        waiting.drain(..count).collect()
    }

    /// Sends `batch` in a request, and returns the events that EventBridge has refused among others, unless it is the
    /// `last` attempt at them.
    async fn put(&self, batch: Vec<Waiting>, last: bool) -> Vec<Waiting> {
        let entry = |event: &Waiting| {
            let entry = PutEventsRequestEntry::builder().source(SOURCE).detail_type(event.detail_type);
            entry.detail(&event.detail).build()
        };
        let request = self.client.put_events().set_entries(Some(batch.iter().map(entry).collect()));
        let answers = match request.send().await {
            Ok(answer) => answer.entries.unwrap_or_default(),
            Err(error) => {
                let refusal = ServiceError::of(&error);
                batch.into_iter().for_each(|event| event.end(Err(refusal.clone())));
                return Vec::new();
            }
        };
        let mut refused = Vec::new();
        let mut answers = answers.into_iter();
        for event in batch {
            let (code, message) = match answers.next() {
                Some(answer) if answer.error_code.is_none() => {
                    event.end(Ok(()));
                    continue;
                }
                Some(answer) => (answer.error_code, answer.error_message),
                None => (None, None),
            };
            if last {
                let said = format!("{}: {}", code.unwrap_or_default(), message.unwrap_or_default());
                event.end(Err(ServiceError::Unavailable(said)));
            } else {
                refused.push(event);
            }
        }
        refused
    }
}

impl Waiting {
    fn end(self, ended: Result<(), ServiceError>) {
        // Nobody may wait any longer.
        let _ = self.ended.send(ended);
    }
}
