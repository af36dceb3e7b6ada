//! A worker: makes the calls of the protocol about one version of an original.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Instant;

use contract::function::Function as Origin;
use contract::key::{
    ALT_TEXT, OriginalVersion, index_of_key, records_of_key, thumbnails_of_key, version_below,
};
use contract::log::{LogLine, Outcome};
use contract::outcome_event::{self, OutcomeEvent, Sender};
use contract::request::RequestKind;
use futures::future::try_join_all;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use protocol::{Answer, Call, End, Fetched, IndexEntry, Role, Rules, State};
use serde_json::Value;

use crate::bucket::Bucket;
use crate::catalog::{Failed, store_failure};
use crate::event_bus::EventBus;
use crate::failure::{Failure, while_doing};
use crate::log::step;
use crate::message::Receive;
use crate::original::{Making, Original, Unmade};
use crate::queue::Queue;
use crate::service_error::ServiceError;

/// How often a version is settled that others change at the same time, before its message must come again.
const MAX_PASSES: u32 = 20;

/// How many versions of a key are settled at once.
const VERSIONS_AT_ONCE: usize = 16;

/// What the names of the alt-text function's records begin with.
const ALT_TEXT_RECORDS: &str = "alt-text-";

/// Where a function keeps what it derives from originals.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) function: Origin,
    /// The bucket of the outputs: thumbnails, or alt texts.
    pub(crate) outputs: Bucket,
    pub(crate) catalog: Bucket,
    /// The function's own queue; `None` if the function sends nothing.
    pub(crate) queue: Option<Queue>,
    /// The queue of the function that describes the originals, if there is one.
    pub(crate) descriptions: Option<Queue>,
    /// Where outcomes are told; `None` if the stack sends no events.
    pub(crate) events: Option<EventBus>,
    /// Whether what is derived stays when its original is removed.
    pub(crate) keeps: bool,
}

impl Places {
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            indexed: self.function == Origin::Thumbnail,
            keeps: self.keeps,
            described: self.descriptions.is_some(),
            announced: self.events.is_some(),
        }
    }

    /// The prefix of the outputs of `version`.
    fn outputs_of(&self, version: &OriginalVersion) -> String {
        match self.function {
            Origin::Thumbnail => version.folder(),
            Origin::AltText => version.records() + ALT_TEXT,
        }
    }

    /// The prefix of the records that a function may delete. The thumbnail function takes the alt texts along.
    fn records_of(&self, version: &OriginalVersion) -> String {
        match self.function {
            Origin::Thumbnail => version.records(),
            Origin::AltText => version.records() + ALT_TEXT_RECORDS,
        }
    }
}

/// What a function makes of originals.
pub(crate) trait Maker: Send + Sync {
    /// Outputs that are made.
    type Made: Send + Sync;

    /// Gets `original`, if it is current, and makes its outputs.
    fn make(
        &self,
        original: &Original,
        receive: &Receive,
        again: bool,
        line: &mut LogLine,
    ) -> impl Future<Output = Result<Making<Self::Made>, Failure>> + Send;

    /// Stores the outputs.
    fn put_outputs(&self, made: &Self::Made) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Stores the done record.
    fn put_done(&self, made: &Self::Made) -> impl Future<Output = Result<(), Failure>> + Send;

    /// The event that the outputs are stored.
    fn announcement(&self, made: &Self::Made, sender: &Sender) -> OutcomeEvent;

    /// The event that the outputs of which `done` says that they exist are stored, or `None` if it cannot be read.
    fn announcement_again(&self, done: &Value, sender: &Sender) -> Option<OutcomeEvent>;

    /// Returns the keys of the outputs of which `done` says that they exist, or `None` if it cannot be read.
    fn promised(&self, version: &OriginalVersion, done: &Value) -> Option<Vec<String>>;
}

/// What a worker processes.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) original: &'a Original,
    pub(crate) receive: &'a Receive,
    /// The record of the event, for a failure record.
    pub(crate) event: &'a Value,
}

/// How a worker has ended.
pub(crate) struct Ended {
    pub(crate) end: End,
    /// Whether another version is current.
    is_superseded: bool,
    /// What it has recorded.
    pub(crate) failure: Option<Failure>,
}

impl Ended {
    /// How the log says it.
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

/// A worker, with what it has learned.
struct Worker<'a, M: Maker> {
    maker: Option<&'a M>,
    places: &'a Places,
    role: Role,
    case: Case<'a>,
    known: Mutex<Known>,
    made: Option<M::Made>,
    failure: Option<Failure>,
}

#[derive(Default)]
struct Known {
    /// The done record, and the outputs that it promises.
    record: Option<Value>,
    promised: Option<Vec<String>>,
    /// The done records that were found.
    done: Vec<String>,
    /// The outputs that were found.
    outputs: Vec<String>,
    /// The entry in the name index that was found.
    index: Option<String>,
    /// What else was found in the catalog.
    rest: Vec<String>,
    /// The versions of the key that have anything.
    versions: BTreeSet<String>,
    is_superseded: bool,
    /// The digest of the original and its size in bytes, as far as they were found out.
    digest: Option<String>,
    bytes: Option<u64>,
}

/// Processes `case` from `state` on, and says how it ended. `failure` is what the worker records if it begins with that;
/// without a `maker`, it can do nothing else.
pub(crate) async fn run<M: Maker>(
    maker: Option<&M>,
    places: &Places,
    role: Role,
    mut state: State,
    case: Case<'_>,
    failure: Option<Failure>,
    line: &mut LogLine,
) -> Result<Ended, Failure> {
    let rules = places.rules();
    let mut worker = Worker { maker, places, role, case, known: Mutex::default(), made: None, failure };
    let mut storing = None;
    let (looking, mut passes) = (Instant::now(), 0);
    loop {
        let answers = match state {
            State::End(end) => {
                if let (End::Failed, Some(failure)) = (end, &worker.failure) {
                    crate::log::explain(line, failure);
                }
                let is_superseded = worker.known().is_superseded;
                return Ok(Ended { end, is_superseded, failure: worker.failure });
            }
            State::SettleAll(end) => return worker.settle_all(end).await,
            State::Fetch => vec![worker.fetch(line).await?],
            _ => {
                let calls = state.calls(rules);
                try_join_all(calls.into_iter().map(|call| worker.perform(state, call))).await?
            }
        };
        let next = state.next(rules, role, &answers);
        match (state, next) {
            (State::LookForDone, _) => step(line, "look", looking),
            (_, State::Settle) => {
                passes += 1;
                if passes > MAX_PASSES {
                    let refusal = ServiceError::Unavailable("other writers keep changing it".to_owned());
                    return Err(while_doing("check what is derived from the key")(refusal));
                }
            }
            (_, State::PutOutputs) => storing = Some(Instant::now()),
            (State::PutDone, _) => {
                if let Some(since) = storing.take() {
                    step(line, "store", since);
                }
            }
            _ => {}
        }
        state = next;
    }
}

impl<M: Maker> Worker<'_, M> {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // Nothing panics while it holds the lock.
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn fetch(&mut self, line: &mut LogLine) -> Result<Answer, Failure> {
        let Some(maker) = self.maker else { return Ok(Answer::Fetched(Fetched::NotCurrent)) };
        let again = matches!(self.role, Role::Make { again: true, .. });
        let made = maker.make(self.case.original, self.case.receive, again, line).await;
        {
            let mut known = self.known();
            (known.digest, known.bytes) = (line.digest.clone(), line.bytes);
        }
        Ok(Answer::Fetched(match made {
            Ok(Ok(made)) => {
                self.made = Some(made);
                Fetched::Made
            }
            Ok(Err(Unmade::Folder)) => Fetched::Folder,
            Ok(Err(Unmade::NotCurrent)) => Fetched::NotCurrent,
            Err(failure) if failure.is_transient() => return Err(failure),
            Err(failure) => {
                self.failure = Some(failure);
                Fetched::Unfit
            }
        }))
    }

    /// Makes `call`, one of those of `state`.
    async fn perform(&self, state: State, call: Call) -> Result<Answer, Failure> {
        let Places { function, outputs, catalog, .. } = self.places;
        let version = &self.case.original.version;
        let (done_key, failure_key) = (function.done_key(version), function.failure_key(version));
        let look = while_doing("check for a record");
        match call {
            Call::HeadDone => catalog.has(&done_key).await.map(Answer::Is).map_err(look),
            Call::HeadFailure => catalog.has(&failure_key).await.map(Answer::Is).map_err(look),
            Call::HeadIndex => {
                let index_key = version.index_key();
                let is_there = catalog.has(&index_key).await.map_err(look)?;
                if state == State::Gather {
                    self.known().index = is_there.then_some(index_key);
                }
                Ok(Answer::Is(is_there))
            }
            Call::HeadKey => {
                let current = current(&self.case.original.bucket, &version.key).await?;
                let is_current = current.as_ref() == Some(version);
                let mut known = self.known();
                known.is_superseded = current.is_some() && !is_current;
                if matches!(state, State::LookAtKey(_)) {
                    known.versions.extend(current.map(|current| current.version));
                }
                Ok(Answer::Is(is_current))
            }
            // It is made before the others, alone.
            Call::Fetch => Ok(Answer::Is(false)),
            Call::GetDone => {
                let done = catalog.get(&done_key).await.map_err(while_doing("read a record"))?;
                let record: Option<Value> =
                    done.as_ref().and_then(|bytes| serde_json::from_slice(bytes).ok());
                let mut known = self.known();
                known.promised = record.as_ref().and_then(|record| self.maker?.promised(version, record));
                known.record = record;
                Ok(Answer::Is(done.is_some()))
            }
            Call::ProveOutputs => {
                let there = self.list(outputs, &self.places.outputs_of(version)).await?;
                let known = self.known();
                let has_all = |promised: &Vec<String>| promised.iter().all(|key| there.contains(key));
                Ok(Answer::Is(known.promised.as_ref().is_some_and(has_all)))
            }
            Call::ListOutputs => {
                let found = self.list(outputs, &self.places.outputs_of(version)).await?;
                let rest = !found.is_empty();
                self.known().outputs = found;
                Ok(Answer::Found { done: false, rest })
            }
            Call::ListRecords => {
                let found = self.list(catalog, &self.places.records_of(version)).await?;
                let is_done =
                    |key: &String| *key == version.done_key() || *key == version.alt_text_done_key();
                let (done, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(is_done);
                let answer = Answer::Found { done: !done.is_empty(), rest: !rest.is_empty() };
                let mut known = self.known();
                known.done = done;
                known.rest.extend(rest);
                Ok(answer)
            }
            Call::PutOutputs => match (self.maker, &self.made) {
                (Some(maker), Some(made)) => maker.put_outputs(made).await.map(|()| Answer::Ok),
                _ => Ok(Answer::Ok),
            },
            Call::PutIndex => {
                let put = catalog.put_entry(version).await;
                put.map(|()| Answer::Ok).map_err(while_doing("store the index entry"))
            }
            Call::PutDone => match (self.maker, &self.made) {
                (Some(maker), Some(made)) => maker.put_done(made).await.map(|()| Answer::Ok),
                _ => Ok(Answer::Ok),
            },
            Call::PutFailure => {
                if let Some(failure) = &self.failure {
                    let Case { original, receive, event } = self.case;
                    let bucket = &original.bucket.name;
                    let failed = Failed { function: *function, bucket, version, event };
                    store_failure(catalog, &failure_key, failed, failure, receive).await?;
                }
                Ok(Answer::Ok)
            }
            Call::DeleteDone => {
                let done = std::mem::take(&mut self.known().done);
                delete_all(catalog, &done).await
            }
            Call::DeleteFailure => delete_all(catalog, &[failure_key]).await,
            Call::DeleteRest => {
                let (found, rest) = {
                    let mut known = self.known();
                    let mut rest = std::mem::take(&mut known.rest);
                    if state == State::DeleteRest(IndexEntry::WithRest) {
                        rest.extend(known.index.take());
                    }
                    (std::mem::take(&mut known.outputs), rest)
                };
                let (of_outputs, of_rest) =
                    tokio::join!(delete_all(outputs, &found), delete_all(catalog, &rest));
                of_outputs.and(of_rest)
            }
            Call::DeleteIndex => {
                let index: Vec<String> = self.known().index.take().into_iter().collect();
                delete_all(catalog, &index).await
            }
            Call::AnnounceMade => {
                let record = self.known().record.take();
                self.announce(|sender| match (&self.made, record) {
                    (Some(made), _) => Some(self.maker?.announcement(made, sender)),
                    (None, record) => self.maker?.announcement_again(&record?, sender),
                })
                .await
            }
            Call::AnnounceFailure => match &self.failure {
                Some(failure) => self.announce(|sender| Some(self.failed(failure, sender))).await,
                None => Ok(Answer::Ok),
            },
            Call::AnnounceRemoval => {
                let original = outcome_event::Original::named(&self.case.original.bucket.name, version);
                self.announce(|sender| Some(sender.thumbnails_removed(original))).await
            }
            Call::Send => self.send(self.places.queue.as_ref()).await,
            Call::Tell => self.send(self.places.descriptions.as_ref()).await,
            Call::ListOutputsOfKey => match function {
                Origin::Thumbnail => self.list_key(outputs, &thumbnails_of_key(&version.key)).await,
                // They are among the records.
                Origin::AltText => Ok(Answer::Ok),
            },
            Call::ListRecordsOfKey => self.list_key(catalog, &records_of_key(&version.key)).await,
            Call::ListIndexOfKey => self.list_key(catalog, &index_of_key(&version.key)).await,
        }
    }

    async fn list(&self, bucket: &Bucket, prefix: &str) -> Result<Vec<String>, Failure> {
        bucket.list(prefix).await.map_err(while_doing("list what is derived from the key"))
    }

    async fn list_key(&self, bucket: &Bucket, prefix: &str) -> Result<Answer, Failure> {
        let found = self.list(bucket, prefix).await?;
        self.known().versions.extend(found.iter().filter_map(|key| version_below(prefix, key)));
        Ok(Answer::Ok)
    }

    /// Sends the event that `event` makes, if the stack sends events.
    async fn announce(&self, event: impl FnOnce(&Sender) -> Option<OutcomeEvent>) -> Result<Answer, Failure> {
        if let Some(events) = &self.places.events
            && let Some(event) = event(events.sender())
        {
            events.send(&event).await.map_err(while_doing("send an event"))?;
        }
        Ok(Answer::Ok)
    }

    /// The event of `failure`.
    fn failed(&self, failure: &Failure, sender: &Sender) -> OutcomeEvent {
        let Original { bucket, version, .. } = self.case.original;
        let known = self.known();
        let original = outcome_event::Original {
            digest: known.digest.clone(),
            bytes: known.bytes,
            ..outcome_event::Original::named(&bucket.name, version)
        };
        let failed = sender.failed(original, failure.reason(), &failure.to_string());
        match self.places.function {
            Origin::Thumbnail => OutcomeEvent::ThumbnailsFailed(failed),
            Origin::AltText => OutcomeEvent::AltTextFailed(failed),
        }
    }

    /// Asks the function behind `queue` to settle the version.
    async fn send(&self, queue: Option<&Queue>) -> Result<Answer, Failure> {
        let Original { bucket, version, .. } = self.case.original;
        if let Some(queue) = queue {
            let sent = queue.send(RequestKind::Settle, &bucket.name, version, 0).await;
            sent.map_err(while_doing("send a message"))?;
        }
        Ok(Answer::Ok)
    }

    /// Settles all versions that the key has anything of. A removal ends as the version that is current.
    async fn settle_all(self, mut end: End) -> Result<Ended, Failure> {
        let (versions, is_superseded) = {
            let mut known = self.known();
            (std::mem::take(&mut known.versions), known.is_superseded)
        };
        let Case { original, .. } = self.case;
        let is_removal = self.role == Role::Remove;
        let others =
            versions.into_iter().filter(|version| is_removal || *version != original.version.version);
        let settled = others.map(|version| async {
            let version = OriginalVersion { version, ..original.version.clone() };
            let original = Original { version, ..original.clone() };
            let case = Case { original: &original, ..self.case };
            // The line is about the message's own version.
            let mut line = LogLine::default();
            let (role, state) = (Role::Remove, State::begin(Role::Remove));
            Box::pin(run(self.maker, self.places, role, state, case, None, &mut line)).await
        });
        let mut settled = stream::iter(settled).buffer_unordered(VERSIONS_AT_ONCE);
        while let Some(settled) = settled.try_next().await? {
            if is_removal && settled.end != End::Cleared {
                end = settled.end;
            }
        }
        drop(settled);
        Ok(Ended { end, is_superseded, failure: self.failure })
    }
}

/// The current version of `key`, or `None` if there is none.
pub(crate) async fn current(bucket: &Bucket, key: &str) -> Result<Option<OriginalVersion>, Failure> {
    let head = bucket.head(key).await.map_err(while_doing("check the original"))?;
    Ok(head.map(|head| OriginalVersion::new(key, head.version_id(), head.e_tag())))
}

async fn delete_all(bucket: &Bucket, keys: &[String]) -> Result<Answer, Failure> {
    let deletes = keys.iter().map(|key| bucket.delete(key));
    try_join_all(deletes).await.map_err(while_doing("delete what is derived from the key"))?;
    Ok(Answer::Ok)
}
