//! The event bus: sends the events of outcomes, several in one request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contract::outcome_event::{EventSender, OutcomeEvent, SOURCE};
use tokio::sync::oneshot;

use crate::service_error::ServiceError;

/// The maximum number of entries of a request.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
const MAX_ENTRIES: usize = 10;

/// The maximum number of bytes of all entries of a request.
const MAX_BYTES: usize = 1_000_000;

/// The maximum number of times that an entry is sent if EventBridge refuses it and accepts others.
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
    sender: EventSender,
    /// The events that are not yet in a request.
    waiting: Mutex<Vec<WaitingEvent>>,
    /// The task that sends a request holds this lock. In the meantime, other tasks add their events.
    request_lock: tokio::sync::Mutex<()>,
}

/// An event, and the channel to the task that waits until it is sent.
#[derive(Debug)]
struct WaitingEvent {
    detail_type: &'static str,
    detail: String,
    result_sender: oneshot::Sender<Result<(), ServiceError>>,
}

impl WaitingEvent {
    /// Returns the bytes that count towards the size of a request: the source, the type, and the detail.
    fn bytes(&self) -> usize {
        SOURCE.len() + self.detail_type.len() + self.detail.len()
    }
}

impl EventBus {
    /// Creates the default event bus, to which `sender` sends events.
    pub(crate) fn new(client: Client, sender: EventSender) -> Self {
        let shared =
            Shared { client, sender, waiting: Mutex::default(), request_lock: tokio::sync::Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    /// Returns the sender that the events name.
    pub(crate) fn sender(&self) -> &EventSender {
        &self.shared.sender
    }

    /// Sends `event`, and returns when EventBridge has accepted it.
    pub(crate) async fn send(&self, event: &OutcomeEvent) -> Result<(), ServiceError> {
        let detail =
            serde_json::to_string(event).map_err(|error| ServiceError::Unexpected(error.to_string()))?;
        let (result_sender, mut result) = oneshot::channel();
        self.shared.lock().push(WaitingEvent { detail_type: event.detail_type(), detail, result_sender });
        loop {
            tokio::select! {
                biased;
                sent = &mut result => {
                    // The task that sent the request was stopped.
                    let lost = || ServiceError::NoResponse("the request was abandoned".to_owned());
                    return sent.unwrap_or_else(|_| Err(lost()));
                }
                _guard = self.shared.request_lock.lock() => self.shared.send_batch().await,
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<WaitingEvent>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends as many of the waiting events as fit into one request.
    async fn send_batch(&self) {
        let mut batch = self.take_batch();
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

    /// Removes the events of the next request from the list of waiting events.
    fn take_batch(&self) -> Vec<WaitingEvent> {
        let mut waiting = self.lock();
        // The tasks of some events were stopped.
        waiting.retain(|event| !event.result_sender.is_closed());
        let mut bytes = 0;
        let fits = |event: &&WaitingEvent| {
            bytes += event.bytes();
            bytes <= MAX_BYTES
        };
        // An event that is too large is sent alone, so that EventBridge returns the error.
        let count = waiting.iter().take(MAX_ENTRIES).take_while(fits).count().max(1).min(waiting.len());
        waiting.drain(..count).collect()
    }

    /// Sends `batch` in one request, and returns the events that EventBridge has refused. After the `last` attempt,
    /// they fail instead.
    async fn put(&self, batch: Vec<WaitingEvent>, last: bool) -> Vec<WaitingEvent> {
        let entry = |event: &WaitingEvent| {
            let entry = PutEventsRequestEntry::builder().source(SOURCE).detail_type(event.detail_type);
            entry.detail(&event.detail).build()
        };
        let request = self.client.put_events().set_entries(Some(batch.iter().map(entry).collect()));
        let results = match request.send().await {
            Ok(response) => response.entries.unwrap_or_default(),
            Err(error) => {
                let error = ServiceError::from_sdk_error(&error);
                batch.into_iter().for_each(|event| event.finish(Err(error.clone())));
                return Vec::new();
            }
        };
        let mut refused = Vec::new();
        let mut results = results.into_iter();
        for event in batch {
            let (code, message) = match results.next() {
                Some(result) if result.error_code.is_none() => {
                    event.finish(Ok(()));
                    continue;
                }
                Some(result) => (result.error_code, result.error_message),
                None => (None, None),
            };
            if last {
                let text = format!("{}: {}", code.unwrap_or_default(), message.unwrap_or_default());
                event.finish(Err(ServiceError::Unavailable(text)));
            } else {
                refused.push(event);
            }
        }
        refused
    }
}

impl WaitingEvent {
    fn finish(self, result: Result<(), ServiceError>) {
        // An error means that the task no longer waits.
        let _ = self.result_sender.send(result);
    }
}
