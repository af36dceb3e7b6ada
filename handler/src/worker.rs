//! A worker: makes the calls of the protocol about one version of an original.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use contract::function::Function;
use contract::key::{
    ALT_TEXT, OriginalVersion, index_of_key, records_of_key, thumbnails_of_key, version_below,
};
use contract::log::{LogLine, Outcome};
use contract::outcome_event::{self, EventSender, OutcomeEvent};
use contract::request::RequestKind;
use futures::future::try_join_all;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use protocol::{Call, CallResult, End, Fetched, NameIndex, RemovalEvents, Role, Rules, State};
use serde_json::Value;

use crate::bucket::Bucket;
use crate::catalog::{FailedVersion, store_failure};
use crate::event_bus::EventBus;
use crate::failure::{Failure, cannot};
use crate::log::add_step;
use crate::message::Receive;
use crate::original::{Original, SkipReason, current_version};
use crate::producer::Producer;
use crate::queue::Queue;
use crate::service_error::ServiceError;

/// The maximum number of times that a worker settles a version that other workers change at the same time. After that,
/// it returns the message to the queue.
const MAX_PASSES: u32 = 20;

/// How many versions of a key a worker settles at once.
const VERSIONS_AT_ONCE: usize = 16;

/// The prefix of the names of the alt-text function's records.
const ALT_TEXT_RECORDS: &str = "alt-text-";

/// The buckets, queues, and event bus that a function uses.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    pub(crate) function: Function,
    /// The bucket of the outputs: thumbnails, or alt texts.
    pub(crate) output_bucket: Bucket,
    pub(crate) catalog: Bucket,
    /// The function's own queue; `None` if the function sends nothing.
    pub(crate) queue: Option<Queue>,
    /// The queue of the alt-text function, if the stack has one.
    pub(crate) alt_text_queue: Option<Queue>,
    /// The bus for the events of outcomes; `None` if the stack sends no events.
    pub(crate) events: Option<EventBus>,
    /// How the function uses the name index.
    pub(crate) name_index: NameIndex,
    /// Whether the outputs are kept when their original is removed.
    pub(crate) keeps_outputs: bool,
}

impl Resources {
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            name_index: self.name_index,
            keeps_outputs: self.keeps_outputs,
            has_alt_text: self.alt_text_queue.is_some(),
            sends_events: self.events.is_some(),
        }
    }

    /// Returns the prefix of the keys of the outputs of `version`.
    fn outputs_of(&self, version: &OriginalVersion) -> String {
        match self.function {
            Function::Thumbnail => version.folder(),
            Function::AltText => version.records() + ALT_TEXT,
        }
    }

    /// Returns the prefix of the records that the function may delete. The thumbnail function also deletes the alt
    /// texts.
    fn records_of(&self, version: &OriginalVersion) -> String {
        match self.function {
            Function::Thumbnail => version.records(),
            Function::AltText => version.records() + ALT_TEXT_RECORDS,
        }
    }
}

/// The version that a worker processes, and the message that requests this.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) original: &'a Original,
    pub(crate) receive: &'a Receive,
    /// The fields of the event that a failure record keeps.
    pub(crate) event: &'a Value,
}

/// The result of a worker.
pub(crate) struct WorkResult {
    pub(crate) end: End,
    /// Whether another version is current.
    is_superseded: bool,
    /// The failure that it has recorded.
    pub(crate) failure: Option<Failure>,
}

impl WorkResult {
    /// Returns the outcome for the log.
    pub(crate) fn outcome(&self) -> Outcome {
        match self.end {
            End::Made => Outcome::Done,
            End::Failed if self.failure.is_some() => Outcome::Failed,
            End::WasDone | End::Failed => Outcome::AlreadyDone,
            End::Cleared if self.is_superseded => Outcome::Superseded,
            End::Cleared => Outcome::Gone,
            End::Kept => Outcome::Kept,
            End::Folder => Outcome::Folder,
            End::Sent => Outcome::Survived,
        }
    }
}

/// A worker, with what it has found. Dropping it adds the events that it has sent to its log line, so that the line
/// lists them even if a later call failed or timed out.
struct Worker<'a, M: Producer> {
    producer: Option<&'a M>,
    resources: &'a Resources,
    role: Role,
    job: Job<'a>,
    line: &'a mut LogLine,
    findings: Mutex<Findings>,
    outputs: Option<M::Outputs>,
    failure: Option<Failure>,
}

impl<M: Producer> Drop for Worker<'_, M> {
    fn drop(&mut self) {
        let mut events = std::mem::take(&mut self.findings().events);
        self.line.events.append(&mut events);
    }
}

/// The log line of another version of the key. This line is not printed. Dropping the worker adds its events to
/// `findings`.
struct UnprintedLine<'a> {
    line: LogLine,
    findings: &'a Mutex<Findings>,
}

impl Drop for UnprintedLine<'_> {
    fn drop(&mut self) {
        lock(self.findings).events.append(&mut self.line.events);
    }
}

#[derive(Default)]
struct Findings {
    /// The done record, and the keys of the outputs that it names.
    record: Option<Value>,
    expected_outputs: Option<Vec<String>>,
    /// The done records that were found.
    done: Vec<String>,
    /// The outputs that were found.
    outputs: Vec<String>,
    /// The entry in the name index that was found.
    index: Option<String>,
    /// The other records that were found.
    rest: Vec<String>,
    /// The versions of the key that have outputs or records, and the current one.
    versions: BTreeSet<String>,
    is_superseded: bool,
    /// The detail types of the events that the worker has sent.
    events: Vec<String>,
    /// The digest of the original and its size in bytes, if the worker got it.
    digest: Option<String>,
    bytes: Option<u64>,
}

/// Processes `job`, beginning with `state`. `failure` is the failure that the worker records if `state` leads to a
/// failure record. Without a `producer`, the worker cannot produce outputs.
pub(crate) async fn run<M: Producer>(
    producer: Option<&M>,
    resources: &Resources,
    mut role: Role,
    mut state: State,
    job: Job<'_>,
    failure: Option<Failure>,
    line: &mut LogLine,
) -> Result<WorkResult, Failure> {
    let rules = resources.rules();
    let mut worker =
        Worker { producer, resources, role, job, line, findings: Mutex::default(), outputs: None, failure };
    let mut storing_since = None;
    let (started, mut passes) = (Instant::now(), 0);
    loop {
        let results = match state {
            State::End(end) => {
                // A version that is done can fail when it is processed again.
                if let (End::Failed | End::WasDone, Some(failure)) = (end, &worker.failure) {
                    crate::log::add_failure(worker.line, failure);
                }
                return Ok(worker.result(end));
            }
            State::SettleAll(end) => return worker.settle_all(end).await,
            State::Fetch => vec![worker.fetch().await?],
            _ => {
                let calls = state.calls(rules);
                try_join_all(calls.into_iter().map(|call| worker.perform(state, call))).await?
            }
        };
        if worker.failure.is_some() {
            role = role.failed();
        }
        let next = state.next(rules, role, &results);
        match (state, next) {
            (State::CheckDone, _) => add_step(worker.line, "look", started),
            (_, State::Settle) => {
                passes += 1;
                if passes > MAX_PASSES {
                    let error = ServiceError::Unavailable("other processes keep overwriting it".to_owned());
                    return Err(cannot("check the objects that are derived from the key")(error));
                }
            }
            (_, State::PutOutputs) => storing_since = Some(Instant::now()),
            (State::PutDone, _) => {
                if let Some(since) = storing_since.take() {
                    add_step(worker.line, "store", since);
                }
            }
            _ => {}
        }
        state = next;
    }
}

impl<M: Producer> Worker<'_, M> {
    fn findings(&self) -> MutexGuard<'_, Findings> {
        lock(&self.findings)
    }

    fn result(&mut self, end: End) -> WorkResult {
        let is_superseded = self.findings().is_superseded;
        WorkResult { end, is_superseded, failure: self.failure.take() }
    }

    async fn fetch(&mut self) -> Result<CallResult, Failure> {
        let Some(producer) = self.producer else { return Ok(CallResult::Fetched(Fetched::NotCurrent)) };
        let again = matches!(self.role, Role::Make { again: true, .. });
        let produced = producer.produce(self.job.original, self.job.receive, again, self.line).await;
        {
            let mut findings = self.findings();
            (findings.digest, findings.bytes) = (self.line.digest.clone(), self.line.bytes);
        }
        Ok(CallResult::Fetched(match produced {
            Ok(Ok(outputs)) => {
                self.outputs = Some(outputs);
                Fetched::Made
            }
            Ok(Err(SkipReason::Folder)) => Fetched::Folder,
            Ok(Err(SkipReason::NotCurrent)) => Fetched::NotCurrent,
            Err(failure) if failure.is_transient() => return Err(failure),
            Err(failure) => {
                self.failure = Some(failure);
                Fetched::Failed
            }
        }))
    }

    /// Makes `call`, one of the calls of `state`.
    async fn perform(&self, state: State, call: Call) -> Result<CallResult, Failure> {
        let Resources { function, output_bucket, catalog, .. } = self.resources;
        let version = &self.job.original.version;
        let (done_key, failure_key) = (function.done_key(version), function.failure_key(version));
        let look = cannot("check for a record");
        match call {
            Call::HeadDone => catalog.has(&done_key).await.map(CallResult::Is).map_err(look),
            Call::HeadFailure => catalog.has(&failure_key).await.map(CallResult::Is).map_err(look),
            Call::HeadIndex => {
                let index_key = version.index_key();
                let is_there = catalog.has(&index_key).await.map_err(look)?;
                if state == State::ListVersion {
                    self.findings().index = is_there.then_some(index_key);
                }
                Ok(CallResult::Is(is_there))
            }
            Call::HeadKey => {
                let current = match current_version(&self.job.original.bucket, &version.key).await {
                    // S3 does not return the version of an object that is encrypted with a customer-provided key
                    // (SSE-C), so it can be this version.
                    Err(Failure::Storage { error: ServiceError::CustomerKey(_), .. }) => {
                        return Ok(CallResult::Is(true));
                    }
                    current => current?,
                };
                let is_current = current.as_ref() == Some(version);
                let mut findings = self.findings();
                findings.is_superseded = current.is_some() && !is_current;
                if matches!(state, State::CheckKey(_)) {
                    findings.versions.extend(current.map(|current| current.version));
                }
                Ok(CallResult::Is(is_current))
            }
            // `run` makes this call itself.
            Call::Fetch => Ok(CallResult::Is(false)),
            Call::GetDone => {
                let done = catalog.get(&done_key).await.map_err(cannot("read a record"))?;
                let record: Option<Value> =
                    done.as_ref().and_then(|bytes| serde_json::from_slice(bytes).ok());
                let mut findings = self.findings();
                findings.expected_outputs =
                    record.as_ref().and_then(|record| self.producer?.output_keys(version, record));
                findings.record = record;
                Ok(CallResult::Is(done.is_some()))
            }
            Call::VerifyOutputs => {
                let there = self.list(output_bucket, &self.resources.outputs_of(version)).await?;
                let findings = self.findings();
                let has_all = |keys: &Vec<String>| keys.iter().all(|key| there.contains(key));
                Ok(CallResult::Is(findings.expected_outputs.as_ref().is_some_and(has_all)))
            }
            Call::ListOutputs => {
                let found = self.list(output_bucket, &self.resources.outputs_of(version)).await?;
                let rest = !found.is_empty();
                self.findings().outputs = found;
                Ok(CallResult::Found { done: false, rest })
            }
            Call::ListRecords => {
                let found = self.list(catalog, &self.resources.records_of(version)).await?;
                let is_done =
                    |key: &String| *key == version.done_key() || *key == version.alt_text_done_key();
                let (done, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(is_done);
                let result = CallResult::Found { done: !done.is_empty(), rest: !rest.is_empty() };
                let mut findings = self.findings();
                findings.done = done;
                findings.rest.extend(rest);
                Ok(result)
            }
            Call::PutOutputs => match (self.producer, &self.outputs) {
                (Some(producer), Some(outputs)) => {
                    producer.put_outputs(outputs).await.map(|()| CallResult::Ok)
                }
                _ => Ok(CallResult::Ok),
            },
            Call::PutIndex => {
                let put = catalog.put_index_entry(version).await;
                put.map(|()| CallResult::Ok).map_err(cannot("store the index entry"))
            }
            Call::PutDone => match (self.producer, &self.outputs) {
                (Some(producer), Some(outputs)) => producer.put_done(outputs).await.map(|()| CallResult::Ok),
                _ => Ok(CallResult::Ok),
            },
            Call::PutFailure => {
                if let Some(failure) = &self.failure {
                    let Job { original, receive, event } = self.job;
                    let bucket = &original.bucket.name;
                    let failed = FailedVersion { function: *function, bucket, version, event };
                    store_failure(catalog, &failure_key, failed, failure, receive).await?;
                }
                Ok(CallResult::Ok)
            }
            Call::DeleteDone => {
                let done = std::mem::take(&mut self.findings().done);
                delete_all(catalog, &done).await
            }
            Call::DeleteFailure => delete_all(catalog, &[failure_key]).await,
            Call::DeleteRest => {
                let (found, rest) = {
                    let mut findings = self.findings();
                    let mut rest = std::mem::take(&mut findings.rest);
                    if state != State::DeleteRest(RemovalEvents::BeforeIndex) {
                        rest.extend(findings.index.take());
                    }
                    (std::mem::take(&mut findings.outputs), rest)
                };
                let (of_outputs, of_rest) =
                    tokio::join!(delete_all(output_bucket, &found), delete_all(catalog, &rest));
                of_outputs.and(of_rest)
            }
            Call::DeleteIndex => {
                let index: Vec<String> = self.findings().index.take().into_iter().collect();
                delete_all(catalog, &index).await
            }
            Call::SendReadyEvent => {
                let record = self.findings().record.take();
                self.send_event(|sender| match (&self.outputs, record) {
                    (Some(outputs), _) => Some(self.producer?.ready_event(outputs, sender)),
                    (None, record) => self.producer?.ready_event_of_record(&record?, sender),
                })
                .await
            }
            Call::SendFailureEvent => match &self.failure {
                Some(failure) => self.send_event(|sender| Some(self.failure_event(failure, sender))).await,
                None => Ok(CallResult::Ok),
            },
            Call::SendRemovalEvent => {
                let original =
                    outcome_event::EventOriginal::from_version(&self.job.original.bucket.name, version);
                self.send_event(|sender| Some(sender.thumbnails_removed(original))).await
            }
            Call::RequestSettle => self.send_settle(self.resources.queue.as_ref()).await,
            Call::RequestAltTexts => self.send_settle(self.resources.alt_text_queue.as_ref()).await,
            Call::ListOutputsOfKey => match function {
                Function::Thumbnail => self.list_key(output_bucket, &thumbnails_of_key(&version.key)).await,
                // Alt texts are among the records.
                Function::AltText => Ok(CallResult::Ok),
            },
            Call::ListRecordsOfKey => self.list_key(catalog, &records_of_key(&version.key)).await,
            Call::ListIndexOfKey => self.list_key(catalog, &index_of_key(&version.key)).await,
        }
    }

    async fn list(&self, bucket: &Bucket, prefix: &str) -> Result<Vec<String>, Failure> {
        bucket.list(prefix).await.map_err(cannot("list the objects that are derived from the key"))
    }

    async fn list_key(&self, bucket: &Bucket, prefix: &str) -> Result<CallResult, Failure> {
        let found = self.list(bucket, prefix).await?;
        self.findings().versions.extend(found.iter().filter_map(|key| version_below(prefix, key)));
        Ok(CallResult::Ok)
    }

    /// Sends the event that `event` creates, if the stack sends events.
    async fn send_event(
        &self,
        event: impl FnOnce(&EventSender) -> Option<OutcomeEvent>,
    ) -> Result<CallResult, Failure> {
        if let Some(events) = &self.resources.events
            && let Some(event) = event(events.sender())
        {
            events.send(&event).await.map_err(cannot("send an event"))?;
            self.findings().events.push(event.detail_type().to_owned());
        }
        Ok(CallResult::Ok)
    }

    /// Returns the event that reports `failure`.
    fn failure_event(&self, failure: &Failure, sender: &EventSender) -> OutcomeEvent {
        let Original { bucket, version, .. } = self.job.original;
        let findings = self.findings();
        let original = outcome_event::EventOriginal {
            digest: findings.digest.clone(),
            bytes: findings.bytes,
            ..outcome_event::EventOriginal::from_version(&bucket.name, version)
        };
        let failed = sender.failed(original, failure.reason(), &failure.to_string());
        match self.resources.function {
            Function::Thumbnail => OutcomeEvent::ThumbnailsFailed(failed),
            Function::AltText => OutcomeEvent::AltTextFailed(failed),
        }
    }

    /// Asks the function behind `queue` to settle the version.
    async fn send_settle(&self, queue: Option<&Queue>) -> Result<CallResult, Failure> {
        let Original { bucket, version, .. } = self.job.original;
        if let Some(queue) = queue {
            let sent = queue.send(RequestKind::Settle, &bucket.name, version, 0).await;
            sent.map_err(cannot("send a message"))?;
        }
        Ok(CallResult::Ok)
    }

    /// Settles all versions that were found. The result of a removal is that of the current version, if there is one.
    async fn settle_all(mut self, mut end: End) -> Result<WorkResult, Failure> {
        let versions = std::mem::take(&mut self.findings().versions);
        let Job { original, .. } = self.job;
        let is_removal = self.role == Role::Remove;
        let others =
            versions.into_iter().filter(|version| is_removal || *version != original.version.version);
        let settled = others.map(|version| async {
            let version = OriginalVersion { version, ..original.version.clone() };
            let original = Original { version, ..original.clone() };
            let job = Job { original: &original, ..self.job };
            // The log line of the message is about the message's own version, but lists all events.
            let mut unprinted = UnprintedLine { line: LogLine::default(), findings: &self.findings };
            let (role, state, line) = (Role::Remove, State::begin(Role::Remove), &mut unprinted.line);
            Box::pin(run(self.producer, self.resources, role, state, job, None, line)).await
        });
        let mut settled = stream::iter(settled).buffer_unordered(VERSIONS_AT_ONCE);
        while let Some(settled) = settled.try_next().await? {
            if is_removal && settled.end != End::Cleared {
                end = settled.end;
            }
        }
        drop(settled);
        Ok(self.result(end))
    }
}

fn lock(findings: &Mutex<Findings>) -> MutexGuard<'_, Findings> {
    // No code panics while it holds the lock.
    findings.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn delete_all(bucket: &Bucket, keys: &[String]) -> Result<CallResult, Failure> {
    let deletes = keys.iter().map(|key| bucket.delete(key));
    try_join_all(deletes).await.map_err(cannot("delete the objects that are derived from the key"))?;
    Ok(CallResult::Ok)
}
