//! A batch: all messages of an invocation worked on, and those named that must come again.

use std::future::{Future, ready};
use std::sync::Arc;

use contract::log::{LogLine, Outcome};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::delivery::{Delivery, Invocation, Message};
use crate::event::{NotUnderstood, Record, records};
use crate::failure::Failure;
use crate::log;

/// A function that works on records one by one.
pub trait Function: Send + Sync + 'static {
    /// Works on one record, and writes into `line` what is worth telling.
    ///
    /// A failure that is returned makes the message come again: one that is permanent must have been
    /// recorded, and is [`Outcome::Failed`].
    fn work(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send;

    /// Works on a message of which not all is understood. What is understood has been worked on.
    fn not_understood(
        &self,
        _body: &Value,
        why: NotUnderstood,
        _delivery: &Delivery,
        _line: &mut LogLine,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send {
        ready(Err(why.into()))
    }
}

/// Works on all messages in `event`, and answers with those that must come again.
///
/// New messages are worked on together. One that has been received before may be what ended the
/// process last time: it is worked on when the others are done, and alone, the largest last. Where all
/// wait for a batch of their own, because a process ended with each of them, they would go on coming
/// together until they are dead letters: one of them is tried, each time another.
pub async fn work<F: Function>(
    function: Arc<F>,
    event: Value,
    invocation: Invocation,
) -> Result<Value, lambda_runtime::Error> {
    let (messages, queued) = Message::all(event, &invocation);
    let in_company = messages.len() > 1;
    let begin = |message: Message, in_company: bool| {
        let delivery = Delivery {
            invocation: invocation.clone(),
            message_id: message.id.clone(),
            receive_count: message.receive_count,
            first_received_at: message.first_received_at,
            queue: message.queue.clone(),
            in_company,
        };
        let id = message.id.clone();
        // A task of its own, so that a panic ends there.
        let task = tokio::spawn(message_through(function.clone(), message, delivery.clone()));
        async move {
            let ended = task.await.unwrap_or_else(|error| {
                let mut line = begin_line(&delivery);
                let failure = Failure::Panicked(panic_text(error));
                log::end(&mut line, &delivery.invocation, Err(&failure));
                Ended::Again
            });
            (id, ended)
        }
    };
    let (mut suspects, fresh): (Vec<_>, Vec<_>) =
        messages.into_iter().partition(|message| message.receive_count > 1);
    // The larger, the likelier it is the one.
    suspects.sort_by_cached_key(Message::original_bytes);
    let mut failed = Vec::new();
    let mut together: FuturesUnordered<_> =
        fresh.into_iter().map(|message| begin(message, in_company)).collect();
    let mut all_wait = together.is_empty();
    while let Some((id, ended)) = together.next().await {
        failed.extend((ended != Ended::Done).then_some(id));
    }
    for suspect in &suspects {
        let (id, ended) = begin(suspect.clone(), in_company).await;
        all_wait &= ended == Ended::Waits;
        failed.extend((ended != Ended::Done).then_some(id));
    }
    if all_wait && let Some(last) = suspects.last() {
        let turn = last.receive_count as usize % suspects.len();
        let (id, ended) = begin(suspects.swap_remove(turn), false).await;
        failed.retain(|failed| *failed != id || ended != Ended::Done);
    }
    if !queued && !failed.is_empty() {
        // Whoever sends events straight to a function sends one that failed again.
        return Err("the event was not worked on; see the log".into());
    }
    let failures: Vec<Value> = failed.iter().map(|id| json!({"itemIdentifier": id})).collect();
    Ok(json!({"batchItemFailures": failures}))
}

/// How the work on a message ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    /// It need not come again.
    Done,
    /// It must come again, in a batch of its own.
    Waits,
    /// It must come again.
    Again,
}

impl From<&Result<Outcome, Failure>> for Ended {
    fn from(ended: &Result<Outcome, Failure>) -> Self {
        match ended {
            Ok(_) => Self::Done,
            Err(Failure::KilledBefore) => Self::Waits,
            Err(_) => Self::Again,
        }
    }
}

/// Works on every record of `message`.
async fn message_through<F: Function>(function: Arc<F>, message: Message, delivery: Delivery) -> Ended {
    let found = records(&message.body);
    let invocation = &delivery.invocation;
    let mut all = Ended::Done;
    for record in &found.records {
        let mut line = begin_line(&delivery);
        line.key = record.key.text().to_owned();
        line.bucket = record.bucket.clone().unwrap_or_default();
        let ended = in_time(invocation, function.work(record, &delivery, &mut line)).await;
        all = all.max(Ended::from(&ended));
        log::end(&mut line, invocation, ended.as_ref().copied());
    }
    if let Some(why) = found.not_understood {
        let mut line = begin_line(&delivery);
        let work = function.not_understood(&message.body, why, &delivery, &mut line);
        let ended = in_time(invocation, work).await;
        all = all.max(Ended::from(&ended));
        log::end(&mut line, invocation, ended.as_ref().copied());
    } else if found.records.is_empty() {
        log::end(&mut begin_line(&delivery), invocation, Ok(Outcome::Ignored));
    }
    all
}

/// Does `work` if there is time to begin it, until there is no more.
async fn in_time(
    invocation: &Invocation,
    work: impl Future<Output = Result<Outcome, Failure>>,
) -> Result<Outcome, Failure> {
    if Instant::now() > invocation.last_start {
        return Err(Failure::NoTime);
    }
    tokio::time::timeout_at(invocation.stop_at, work).await.unwrap_or(Err(Failure::OutOfTime))
}

fn begin_line(delivery: &Delivery) -> LogLine {
    LogLine {
        request_id: delivery.invocation.request_id.clone(),
        message_id: delivery.message_id.clone(),
        receive_count: delivery.receive_count,
        ..LogLine::default()
    }
}

/// What a task that panicked said.
pub(crate) fn panic_text(error: tokio::task::JoinError) -> String {
    let Ok(payload) = error.try_into_panic() else {
        return "the task was cancelled".to_owned();
    };
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}
