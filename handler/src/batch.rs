//! A batch: processes all messages of an invocation, and returns those that SQS must deliver again.

use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use contract::attempt::Attempt;
use contract::failure::FailureRecord;
use contract::key::OriginalVersion;
use contract::log::{LogLine, Outcome};
use futures::StreamExt as _;
use futures::future::{join_all, try_join_all};
use futures::stream::FuturesUnordered;
use lambda_runtime::tower::util::MapResponseLayer;
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::bucket::Bucket;
use crate::event::{EventKind, ObjectEvent, UnreadableMessage, read_events};
use crate::failure::{Failure, cannot};
use crate::isolation::{History, Turn, plan_turns};
use crate::message::{Invocation, Message, Receive};
use crate::process::panic_text;
use crate::service_error::ServiceError;
use crate::{log, process};

/// A function that processes events one by one.
pub trait MessageHandler: Send + Sync + 'static {
    /// Processes one event, and adds the details to the log line `line`.
    ///
    /// If it returns a failure, SQS delivers the message again. So it records a permanent failure itself, and returns
    /// [`Outcome::Failed`].
    fn handle(
        &self,
        event: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send;

    /// Handles a message with an unreadable part, after its readable events are processed.
    fn handle_unreadable(
        &self,
        _body: &Value,
        why: UnreadableMessage,
        _receive: &Receive,
        _line: &mut LogLine,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send {
        ready(Err(why.into()))
    }

    /// Records that `event` has failed permanently with `failure`.
    fn record_failure(
        &self,
        _record: &ObjectEvent,
        failure: Failure,
        _receive: &Receive,
        _line: &mut LogLine,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send {
        ready(Err(failure))
    }

    /// Returns the bucket for the records of attempts, or `None` if the function stores none.
    fn attempt_bucket(&self) -> Option<&Bucket> {
        None
    }
}

/// Lets `function` handle invocations until the process ends.
pub async fn run<F: MessageHandler>(function: Arc<F>) -> Result<(), lambda_runtime::Error> {
    let service = service_fn(move |event: LambdaEvent<Value>| {
        handle(function.clone(), event.payload, Invocation::from_context(&event.context))
    });
    // A layer of the service runs after the response of an invocation has been sent.
    Runtime::new(service).layer(MapResponseLayer::new(|()| process::exit_if_stuck())).run().await
}

/// Processes all messages in `event`, and returns those that SQS must deliver again.
///
/// First it processes the messages that were received before, one after the other, in the turns of
/// [`isolation`](crate::isolation). Then it processes all new ones together.
pub async fn handle<F: MessageHandler>(
    function: Arc<F>,
    event: Value,
    invocation: Invocation,
) -> Result<Value, lambda_runtime::Error> {
    let (messages, queued) = Message::all(event, &invocation);
    invocation.remaining.store(u32::try_from(messages.len()).unwrap_or(u32::MAX), Ordering::Relaxed);
    let begin = |message: Message, turn: Option<Turn>| {
        let receive = Receive {
            invocation: invocation.clone(),
            message_id: message.id.clone(),
            receive_count: message.receive_count,
            first_received_at: message.first_received_at,
            queue: message.queue.clone(),
            return_count: message.return_count,
        };
        let id = message.id.clone();
        // A panic ends only the task of its message.
        let task = tokio::spawn(handle_message(function.clone(), message, turn, receive.clone()));
        async move {
            let is_retried = task.await.unwrap_or_else(|error| {
                let mut line = new_line(&receive);
                let failure = Failure::Panicked(panic_text(error));
                log::finish(&mut line, &receive.invocation, Err(&failure));
                true
            });
            receive.invocation.remaining.fetch_sub(1, Ordering::Relaxed);
            is_retried.then_some(id)
        }
    };
    // A function without records of attempts, such as the failover function, does not isolate suspects.
    let attempts = function.attempt_bucket();
    let (mut suspects, fresh): (Vec<_>, Vec<_>) =
        messages.into_iter().partition(|message| attempts.is_some() && message.is_suspect());
    suspects.sort_by_key(|message| (std::cmp::Reverse(message.return_count), message.sent_at));
    let histories =
        join_all(suspects.iter().filter_map(|message| Some(read_history(attempts?, message)))).await;
    let mut failed = Vec::new();
    for (i, turn) in plan_turns(&histories, !fresh.is_empty()) {
        failed.extend(begin(suspects[i].clone(), Some(turn)).await);
    }
    let mut together: FuturesUnordered<_> = fresh.into_iter().map(|message| begin(message, None)).collect();
    while let Some(is_retried) = together.next().await {
        failed.extend(is_retried);
    }
    if !queued && !failed.is_empty() {
        // A service that invokes the function directly repeats a failed invocation.
        return Err("the event was not processed; see the log".into());
    }
    let failures: Vec<Value> = failed.iter().map(|id| json!({"itemIdentifier": id})).collect();
    Ok(json!({"batchItemFailures": failures}))
}

/// Returns the history of `message`, which was received before, from the records in `attempts`.
async fn read_history(attempts: &Bucket, message: &Message) -> History {
    let found = read_events(&message.body);
    let versions = found.events.iter().filter_map(|event| Some((attempted_version(event)?, event.again)));
    let histories =
        versions.map(|(version, again)| async move { version_history(attempts, &version, again).await });
    // If a record cannot be read, the attempt cannot store one either, so it fails before it begins.
    let histories = try_join_all(histories).await.unwrap_or_default();
    histories.into_iter().max().unwrap_or(History::Untried)
}

/// Returns the history of `version`, whose message was received before.
pub(crate) async fn version_history(
    attempts: &Bucket,
    version: &OriginalVersion,
    again: bool,
) -> Result<History, ServiceError> {
    let note = attempts.read(&version.attempt_key()).await?;
    // A replay is tried even if an earlier attempt has failed.
    if note.is_some() || again {
        return Ok(History::from_attempt(note, false));
    }
    let failure: Option<FailureRecord> = attempts.read(&version.failure_key()).await?;
    Ok(History::from_attempt(None, failure.is_some_and(|failure| failure.reason == Failure::Killed.reason())))
}

/// Returns the version whose attempts are recorded, or `None` if `event` is not about a created version.
fn attempted_version(event: &ObjectEvent) -> Option<OriginalVersion> {
    event.original_version().filter(|_| event.kind == EventKind::Created)
}

/// Processes every event of `message`, in its `turn` if the message was received before. Returns whether SQS must
/// deliver it again.
async fn handle_message<F: MessageHandler>(
    function: Arc<F>,
    message: Message,
    turn: Option<Turn>,
    receive: Receive,
) -> bool {
    let found = read_events(&message.body);
    let invocation = &receive.invocation;
    let mut is_retried = false;
    for event in &found.events {
        let mut line = new_line(&receive);
        line.key = event.key.text().to_owned();
        line.bucket = event.bucket.clone().unwrap_or_default();
        let work = handle_in_turn(&*function, event, turn, &receive, &mut line);
        let result = run_in_time(invocation, work).await;
        is_retried |= result.is_err();
        log::finish(&mut line, invocation, result.as_ref().copied());
    }
    if let Some(why) = found.unreadable {
        let mut line = new_line(&receive);
        let work = function.handle_unreadable(&message.body, why, &receive, &mut line);
        let result = run_in_time(invocation, work).await;
        is_retried |= result.is_err();
        log::finish(&mut line, invocation, result.as_ref().copied());
    } else if found.events.is_empty() {
        log::finish(&mut new_line(&receive), invocation, Ok(Outcome::Ignored));
    }
    is_retried
}

/// Processes `event` in its `turn`. Stores a record before an attempt. If this process ends during the attempt, the
/// next process reads the record.
async fn handle_in_turn<F: MessageHandler>(
    function: &F,
    event: &ObjectEvent,
    turn: Option<Turn>,
    receive: &Receive,
    line: &mut LogLine,
) -> Result<Outcome, Failure> {
    let (Some(turn), Some(attempts), Some(version)) =
        (turn, function.attempt_bucket(), attempted_version(event))
    else {
        return function.handle(event, receive, line).await;
    };
    let key = version.attempt_key();
    let turn = if turn == Turn::GiveUp {
        // This event of the message has failed permanently. The function tries the other events.
        let history = version_history(attempts, &version, event.again).await;
        let history = history.map_err(cannot("read the record of attempts"))?;
        if history.is_given_up() { Turn::GiveUp } else { Turn::Try }
    } else {
        turn
    };
    match turn {
        Turn::Wait => Err(Failure::KilledBefore),
        Turn::GiveUp => {
            let result = function.record_failure(event, Failure::Killed, receive, line).await?;
            attempts.delete(&key).await.map_err(cannot("delete the record of attempts"))?;
            Ok(result)
        }
        Turn::Try => {
            let before = attempts.read(&key).await.map_err(cannot("read the record of attempts"))?;
            let attempt = Attempt::begin(before);
            attempts.put(&key, &attempt).await.map_err(cannot("record the attempt"))?;
            let work = function.handle(event, receive, line);
            let result = tokio::time::timeout_at(receive.invocation.photo_deadline(), work).await;
            let result = result.unwrap_or(Err(Failure::OutOfTime));
            let left = match &result {
                Ok(_) => None,
                Err(failure) if failure.is_unattempted() => before,
                Err(_) => Some(attempt.finish()),
            };
            match left {
                Some(note) => attempts.put(&key, &note).await,
                None => attempts.delete(&key).await,
            }
            .map_err(cannot("record the end of the attempt"))?;
            result
        }
    }
}

/// Runs `work` if there is enough time to begin it, and stops it at the end of its time.
async fn run_in_time(
    invocation: &Invocation,
    work: impl Future<Output = Result<Outcome, Failure>>,
) -> Result<Outcome, Failure> {
    if Instant::now() > invocation.last_start {
        return Err(Failure::NoTime);
    }
    tokio::time::timeout_at(invocation.respond_at, work).await.unwrap_or(Err(Failure::OutOfTime))
}

fn new_line(receive: &Receive) -> LogLine {
    LogLine {
        request_id: receive.invocation.request_id.clone(),
        message_id: receive.message_id.clone(),
        receive_count: receive.receive_count,
        first_received_at: receive.first_received_at,
        ..LogLine::default()
    }
}
