//! A batch: all messages of an invocation worked on, and those named that must come again.

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
use crate::event::{EventKind, NotUnderstood, ObjectEvent, records};
use crate::failure::{Failure, while_doing};
use crate::isolation::{History, Turn, turns};
use crate::message::{Invocation, Message, Receive};
use crate::process::panic_text;
use crate::service_error::ServiceError;
use crate::{log, process};

/// A function that works on records one by one.
pub trait MessageHandler: Send + Sync + 'static {
    /// Works on one record, and writes into `line` what is worth telling.
    ///
    /// A failure that is returned makes the message come again: one that is permanent must have been
    /// recorded, and is [`Outcome::Failed`].
    fn work(
        &self,
        record: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send;

    /// Works on a message of which not all is understood. What is understood has been worked on.
    fn not_understood(
        &self,
        _body: &Value,
        why: NotUnderstood,
        _receive: &Receive,
        _line: &mut LogLine,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send {
        ready(Err(why.into()))
    }

    /// Records that `record` has failed for good by `failure`.
    fn give_up(
        &self,
        _record: &ObjectEvent,
        failure: Failure,
        _receive: &Receive,
        _line: &mut LogLine,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send {
        ready(Err(failure))
    }

    /// The bucket in which attempts are noted; `None` where no record can end the process.
    fn attempts(&self) -> Option<&Bucket> {
        None
    }
}

/// Answers invocations with the work of `function`, until the process ends.
pub async fn run<F: MessageHandler>(function: Arc<F>) -> Result<(), lambda_runtime::Error> {
    let service = service_fn(move |event: LambdaEvent<Value>| {
        work(function.clone(), event.payload, Invocation::of(&event.context))
    });
    // A layer sees the end of an invocation when its answer has been sent.
    Runtime::new(service).layer(MapResponseLayer::new(|()| process::end_if_stuck())).run().await
}

/// Works on all messages in `event`, and answers with those that must come again.
///
/// Messages that were received before are worked on first, one after the other in the turns of
/// [`isolation`](crate::isolation); then all new ones together.
pub async fn work<F: MessageHandler>(
    function: Arc<F>,
    event: Value,
    invocation: Invocation,
) -> Result<Value, lambda_runtime::Error> {
    let (messages, queued) = Message::all(event, &invocation);
    invocation.left.store(u32::try_from(messages.len()).unwrap_or(u32::MAX), Ordering::Relaxed);
    let begin = |message: Message, turn: Option<Turn>| {
        let receive = Receive {
            invocation: invocation.clone(),
            message_id: message.id.clone(),
            receive_count: message.receive_count,
            first_received_at: message.first_received_at,
            queue: message.queue.clone(),
            returns: message.returns,
        };
        let id = message.id.clone();
        // A task of its own, so that a panic ends there.
        let task = tokio::spawn(message_through(function.clone(), message, turn, receive.clone()));
        async move {
            let comes_again = task.await.unwrap_or_else(|error| {
                let mut line = begin_line(&receive);
                let failure = Failure::Panicked(panic_text(error));
                log::end(&mut line, &receive.invocation, Err(&failure));
                true
            });
            receive.invocation.left.fetch_sub(1, Ordering::Relaxed);
            comes_again.then_some(id)
        }
    };
    let (mut suspects, fresh): (Vec<_>, Vec<_>) = messages.into_iter().partition(Message::is_suspect);
    suspects.sort_by_key(|message| (std::cmp::Reverse(message.returns), message.sent_at));
    let histories = join_all(suspects.iter().map(|message| history(&*function, message))).await;
    let mut failed = Vec::new();
    for (i, turn) in turns(&histories, !fresh.is_empty()) {
        failed.extend(begin(suspects[i].clone(), Some(turn)).await);
    }
    let mut together: FuturesUnordered<_> = fresh.into_iter().map(|message| begin(message, None)).collect();
    while let Some(comes_again) = together.next().await {
        failed.extend(comes_again);
    }
    if !queued && !failed.is_empty() {
        // Whoever sends events straight to a function sends one that failed again.
        return Err("the event was not processed; see the log".into());
    }
    let failures: Vec<Value> = failed.iter().map(|id| json!({"itemIdentifier": id})).collect();
    Ok(json!({"batchItemFailures": failures}))
}

/// Returns what is known of `message`, which was received before.
async fn history<F: MessageHandler>(function: &F, message: &Message) -> History {
    let Some(attempts) = function.attempts() else { return History::Untried };
    let found = records(&message.body);
    let noted = found.records.iter().filter_map(|record| Some((noted(record)?, record.again)));
    let histories = noted.map(|(version, again)| async move { history_of(attempts, &version, again).await });
    // Where a note cannot be read, none can be written either: nothing is tried.
    let histories = try_join_all(histories).await.unwrap_or_default();
    histories.into_iter().max().unwrap_or(History::Untried)
}

/// Returns what is known of `version`, whose message was received before.
pub(crate) async fn history_of(
    attempts: &Bucket,
    version: &OriginalVersion,
    again: bool,
) -> Result<History, ServiceError> {
    let note = attempts.read(&version.attempt_key()).await?;
    // A replay is to be tried, whatever failed before.
    if note.is_some() || again {
        return Ok(History::of(note, false));
    }
    let failure: Option<FailureRecord> = attempts.read(&version.failure_key()).await?;
    Ok(History::of(None, failure.is_some_and(|failure| failure.reason == Failure::Killed.reason())))
}

/// Returns the version at which attempts are noted: the one that `record` says is created.
fn noted(record: &ObjectEvent) -> Option<OriginalVersion> {
    record.original().filter(|_| record.happened == EventKind::Created)
}

/// Works on every record of `message`, in its `turn` if it was received before, and returns whether it must come again.
async fn message_through<F: MessageHandler>(
    function: Arc<F>,
    message: Message,
    turn: Option<Turn>,
    receive: Receive,
) -> bool {
    let found = records(&message.body);
    let invocation = &receive.invocation;
    let mut comes_again = false;
    for record in &found.records {
        let mut line = begin_line(&receive);
        line.key = record.key.text().to_owned();
        line.bucket = record.bucket.clone().unwrap_or_default();
        let work = in_turn(&*function, record, turn, &receive, &mut line);
        let ended = in_time(invocation, work).await;
        comes_again |= ended.is_err();
        log::end(&mut line, invocation, ended.as_ref().copied());
    }
    if let Some(why) = found.not_understood {
        let mut line = begin_line(&receive);
        let work = function.not_understood(&message.body, why, &receive, &mut line);
        let ended = in_time(invocation, work).await;
        comes_again |= ended.is_err();
        log::end(&mut line, invocation, ended.as_ref().copied());
    } else if found.records.is_empty() {
        log::end(&mut begin_line(&receive), invocation, Ok(Outcome::Ignored));
    }
    comes_again
}

/// Works on `record` as its `turn` says. An attempt alone is noted, for the next process if this one ends with it.
async fn in_turn<F: MessageHandler>(
    function: &F,
    record: &ObjectEvent,
    turn: Option<Turn>,
    receive: &Receive,
    line: &mut LogLine,
) -> Result<Outcome, Failure> {
    let (Some(turn), Some(attempts), Some(version)) = (turn, function.attempts(), noted(record)) else {
        return function.work(record, receive, line).await;
    };
    let key = version.attempt_key();
    match turn {
        Turn::Wait => Err(Failure::KilledBefore),
        Turn::GiveUp => {
            let ended = function.give_up(record, Failure::Killed, receive, line).await?;
            attempts.delete(&key).await.map_err(while_doing("delete the record of attempts"))?;
            Ok(ended)
        }
        Turn::Try => {
            let before = attempts.read(&key).await.map_err(while_doing("read the record of attempts"))?;
            let attempt = Attempt::begun(before);
            attempts.put(&key, &attempt).await.map_err(while_doing("record the attempt"))?;
            let work = function.work(record, receive, line);
            let ended = tokio::time::timeout_at(receive.invocation.share_of_time(), work).await;
            let ended = ended.unwrap_or(Err(Failure::OutOfTime));
            let left = match &ended {
                Ok(_) => None,
                Err(failure) if failure.is_unattempted() => before,
                Err(_) => Some(attempt.ended()),
            };
            match left {
                Some(note) => attempts.put(&key, &note).await,
                None => attempts.delete(&key).await,
            }
            .map_err(while_doing("record the end of the attempt"))?;
            ended
        }
    }
}

/// Does `work` if there is time to begin it, until there is no more.
async fn in_time(
    invocation: &Invocation,
    work: impl Future<Output = Result<Outcome, Failure>>,
) -> Result<Outcome, Failure> {
    if Instant::now() > invocation.last_start {
        return Err(Failure::NoTime);
    }
    tokio::time::timeout_at(invocation.answer_at, work).await.unwrap_or(Err(Failure::OutOfTime))
}

fn begin_line(receive: &Receive) -> LogLine {
    LogLine {
        request_id: receive.invocation.request_id.clone(),
        message_id: receive.message_id.clone(),
        receive_count: receive.receive_count,
        first_received_at: receive.first_received_at,
        ..LogLine::default()
    }
}
