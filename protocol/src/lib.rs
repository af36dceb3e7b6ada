//! The protocol: which calls a function makes for one version of an original, and what follows from the results.
//!
//! This crate does no I/O. The functions make the calls that [`State::calls`] returns and pass the results to
//! [`State::next`]. The model in `tests/model` does the same with a store of its own. It explores every order of calls,
//! duplicate messages, and killed workers.
//!
//! Events arrive at least once, in any order, late, and concurrently. Lambda can end a worker between any two calls,
//! and SQS then delivers its message again. S3 is strongly consistent. Everything derived from a version belongs to
//! that version alone, and only the current version of a key must have it. The invariants:
//!
//! - After a worker has stored anything for a version, it checks that the version is current. If it is not, the worker
//!   deletes everything that the version has.
//! - After a worker has deleted anything of a version, it checks again, until a pass changes nothing. If the version is
//!   current, the worker verifies that it is done.
//! - A worker stores the done record after the outputs and deletes it before them.
//! - A removal first lists what the key has, then checks which version of the key is current.
//! - A worker that has stored a done record looks for a failure record. A worker that has stored a failure record looks
//!   for a done record. A worker that has deleted a failure record checks again.
//! - A message processes its own version. For another version, a worker sends another message.
//! - A worker that adds one thing to a version, a thumbnail on demand or a person's alt text, then checks that the
//!   version is current. If it is not, the worker sends a message for the version and deletes nothing itself.
//! - A worker sends the event of an outcome before it stores the record. It deletes the entry in the name index last
// ! and sends the event of the removal before that. If the version has no entry, it sends the event before it deletes !
// anything, and again afterwards. A worker that finds nothing of the version in its message also sends the event of a !
// removal. After a removal, a worker sends the event which reports that the current version has its outputs.

/// How one function processes versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rules {
    /// How the function uses the name index.
    pub name_index: NameIndex,
    /// Whether the outputs of a version are kept when the version is no longer current.
    pub keeps_outputs: bool,
    /// Whether the alt-text function describes the originals. It receives a message for a version that may have lost
    /// its alt texts.
    pub has_alt_text: bool,
    /// Whether the function sends an event for each outcome.
    pub sends_events: bool,
}

/// How a function uses the name index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameIndex {
    /// It does not use it: another function is responsible for the index.
    Ignored,
    /// It deletes entries with everything else that a version has, but stores none.
    Disabled,
    /// Each version that is done has an entry.
    Enabled,
}

impl Rules {
    /// Returns whether the function sends an event when a version no longer has outputs. The alt-text function does not
    /// process removals.
    fn sends_removal_events(self) -> bool {
        self.sends_events && self.name_index != NameIndex::Ignored
    }
}

/// Why a worker processes a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A message is about this version.
    Make {
        /// Whether the worker processes the version even if it is done.
        again: bool,
        /// Whether the bucket has no versions. No event then reports that a version was overwritten, so the worker also
        /// settles the other versions of the key.
        unversioned: bool,
        /// Whether the original has failed permanently, so that the worker does not fetch it again.
        has_failed: bool,
    },
    /// A version or the whole key was deleted.
    Remove,
    /// The worker adds one thing to this version: a thumbnail on demand, or a person's alt text. It stores no records
    /// and no entry in the name index.
    Add,
    /// The message about this version is a dead letter.
    Fail {
        /// Whether the worker may send a message for the version. It is `false` if the dead letter was such a message.
        may_send: bool,
    },
}

impl Role {
    /// Returns the role of this worker after its original has failed permanently.
    #[must_use]
    pub fn failed(self) -> Self {
        match self {
            Self::Make { again, unversioned, .. } => Self::Make { again, unversioned, has_failed: true },
            Self::Remove | Self::Add | Self::Fail { .. } => self,
        }
    }
}

/// A step of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Check whether the version is done.
    CheckDone,
    /// Get the original, if the version is current, and produce its outputs.
    Fetch,
    /// Store the outputs and the entry in the name index.
    PutOutputs,
    /// Send the event which reports that the version has its outputs. After a removal, this event is about the current
    /// version.
    SendReadyEvent,
    /// Store the done record.
    PutDone,
    /// Check whether the version has a failure record, and whether it is still current.
    Confirm,
    /// The version cannot be processed. Check whether an earlier delivery has finished it.
    CheckDoneBeforeFailure,
    /// Send the event which reports that the version has failed.
    SendFailureEvent,
    /// Store the failure record.
    PutFailure,
    /// Check whether another worker has finished the version, and whether it is still current.
    ConfirmFailure,
    /// The version is done, so delete the failure record.
    DeleteFailure,
    /// Check whether the version is current.
    Settle,
    /// The version is current. Read its records.
    ReadRecords,
    /// The version has a done record. Verify that all its outputs exist.
    VerifyOutputs,
    /// The version is not current. List everything that it has.
    ListVersion,
    /// Before the outputs are deleted, send the event which reports that the version no longer has any.
    SendEarlyRemovalEvent {
        /// Whether the version has a done record.
        is_done: bool,
    },
    /// Delete the done record.
    DeleteDone(RemovalEvents),
    /// Delete the other objects.
    DeleteRest(RemovalEvents),
    /// Send the event which reports that the version no longer has outputs.
    SendRemovalEvent(RemovalEvents),
    /// Delete the entry in the name index.
    DeleteIndex,
    /// Send a message for the version to the function's own queue, and end.
    RequestSettle(End),
    /// Send a message for the version to the alt-text function, and end.
    RequestAltTexts(End),
    /// List the versions of the key that have outputs or records. Afterward, the worker ends with this result.
    ListKey(End),
    /// Check which version of the key is current.
    CheckKey(End),
    /// Settle each version that was found, as [`Role::Remove`], and the current one if the worker has checked the key.
    /// A worker that has processed a version leaves this version out.
    SettleAll(End),
    /// The worker has ended.
    End(End),
}

/// When a worker sends the event of the removal while it deletes the objects of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RemovalEvents {
    /// The worker sends no event while it deletes objects.
    None,
    /// After the outputs and before the entry in the name index. If the worker is killed in between, the next worker
    /// finds the entry and sends the event.
    BeforeIndex,
    /// Before and after the outputs: the version has no entry. If the worker is killed before it has deleted the outputs,
    /// the next worker finds them and sends both events.
    Twice,
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// This worker has finished the version, or has stored what [`Role::Add`] adds.
    Made,
    /// Another worker has finished the version.
    WasDone,
    /// The version has a failure record.
    Failed,
    /// The version is not current and has no outputs or records.
    Cleared,
    /// The version is not current, and its outputs and records are kept.
    Kept,
    /// The object is a folder.
    Folder,
    /// The worker has sent a message for the version.
    Sent,
}

/// A call to S3, SQS, or EventBridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// HEAD of the done record.
    HeadDone,
    /// HEAD of the failure record.
    HeadFailure,
    /// HEAD of the entry in the name index.
    HeadIndex,
    /// HEAD of the key without a version, which shows whether the version is current.
    HeadKey,
    /// GET of the key without a version. If the version is current, the worker also produces its outputs.
    Fetch,
    /// GET of the done record.
    GetDone,
    /// LIST of the outputs, which shows whether all outputs exist that the done record names.
    VerifyOutputs,
    /// LIST of the outputs.
    ListOutputs,
    /// LIST of the records.
    ListRecords,
    /// PUT of the outputs.
    PutOutputs,
    /// PUT of the entry in the name index.
    PutIndex,
    /// PUT of the done record.
    PutDone,
    /// PUT of the failure record.
    PutFailure,
    /// DELETE of the done record.
    DeleteDone,
    /// DELETE of the failure record.
    DeleteFailure,
    /// DELETE of all that [`State::ListVersion`] found, except the done record and, with [`RemovalEvents::BeforeIndex`],
    /// the entry in the name index.
    DeleteRest,
    /// DELETE of the entry in the name index.
    DeleteIndex,
    /// PutEvents: the version has its outputs.
    SendReadyEvent,
    /// PutEvents: the version has failed.
    SendFailureEvent,
    /// PutEvents: the version no longer has outputs.
    SendRemovalEvent,
    /// SendMessage to the function's own queue.
    RequestSettle,
    /// SendMessage to the queue of the alt-text function.
    RequestAltTexts,
    /// LIST of the outputs of all versions of the key.
    ListOutputsOfKey,
    /// LIST of the records of all versions of the key.
    ListRecordsOfKey,
    /// LIST of the entries of all versions of the key in the name index.
    ListIndexOfKey,
}

/// The result of a [`Call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallResult {
    /// A PUT, DELETE, SendMessage, or PutEvents succeeded, or a LIST whose keys the worker keeps.
    Ok,
    /// Whether the object exists, the version is current, or the outputs are complete.
    Is(bool),
    /// The result of [`Call::Fetch`].
    Fetched(Fetched),
    /// The result of [`Call::ListOutputs`] or [`Call::ListRecords`].
    Found {
        /// Whether there is a done record.
        done: bool,
        /// Whether there is anything else.
        rest: bool,
    },
}

/// The result of fetching an original and producing its outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fetched {
    /// The worker has the outputs.
    Made,
    /// The original has failed permanently.
    Failed,
    /// The version is not current.
    NotCurrent,
    /// The object is a folder.
    Folder,
}

impl State {
    /// Returns the first step of a worker that processes a version.
    pub fn begin(role: Role) -> Self {
        match role {
            Role::Make { again: false, .. } => Self::CheckDone,
            Role::Make { again: true, .. } => Self::Fetch,
            Role::Remove => Self::Settle,
            Role::Add => Self::PutOutputs,
            Role::Fail { .. } => Self::CheckDoneBeforeFailure,
        }
    }

    /// Returns the first step of a worker that processes a removal from a key. If outputs are kept, it checks only the
    /// current version: the removal may have been the deletion of a delete marker, and the version behind it may not be
    /// processed yet.
    pub fn begin_removal(rules: Rules) -> Self {
        if rules.keeps_outputs { Self::CheckKey(End::Kept) } else { Self::ListKey(End::Cleared) }
    }

    /// Returns the calls of this step, which the worker makes at the same time. The end has no calls.
    pub fn calls(self, rules: Rules) -> Vec<Call> {
        let if_enabled = |call| (rules.name_index == NameIndex::Enabled).then_some(call);
        let unless_ignored = |call| (rules.name_index != NameIndex::Ignored).then_some(call);
        match self {
            Self::CheckDone | Self::CheckDoneBeforeFailure => vec![Call::HeadDone],
            Self::Fetch => vec![Call::Fetch],
            Self::PutOutputs => [Call::PutOutputs].into_iter().chain(if_enabled(Call::PutIndex)).collect(),
            Self::SendReadyEvent => vec![Call::SendReadyEvent],
            Self::PutDone => vec![Call::PutDone],
            Self::Confirm => vec![Call::HeadFailure, Call::HeadKey],
            Self::SendFailureEvent => vec![Call::SendFailureEvent],
            Self::PutFailure => vec![Call::PutFailure],
            Self::ConfirmFailure => vec![Call::HeadDone, Call::HeadKey],
            Self::DeleteFailure => vec![Call::DeleteFailure],
            Self::Settle | Self::CheckKey(_) => vec![Call::HeadKey],
            Self::ReadRecords => {
                [Call::GetDone, Call::HeadFailure].into_iter().chain(if_enabled(Call::HeadIndex)).collect()
            }
            Self::VerifyOutputs => vec![Call::VerifyOutputs],
            Self::ListVersion => [Call::ListOutputs, Call::ListRecords]
                .into_iter()
                .chain(unless_ignored(Call::HeadIndex))
                .collect(),
            Self::DeleteDone(_) => vec![Call::DeleteDone],
            Self::DeleteRest(_) => vec![Call::DeleteRest],
            Self::SendEarlyRemovalEvent { .. } | Self::SendRemovalEvent(_) => vec![Call::SendRemovalEvent],
            Self::DeleteIndex => vec![Call::DeleteIndex],
            Self::RequestSettle(_) => vec![Call::RequestSettle],
            Self::RequestAltTexts(_) => vec![Call::RequestAltTexts],
            Self::ListKey(_) => [Call::ListOutputsOfKey, Call::ListRecordsOfKey]
                .into_iter()
                .chain(unless_ignored(Call::ListIndexOfKey))
                .collect(),
            Self::SettleAll(_) | Self::End(_) => Vec::new(),
        }
    }

    /// Returns the step that follows the `results` to the calls of this step. They are in the order of
    /// [`State::calls`].
    ///
    /// A result that does not fit its call counts as `Is(false)`.
    pub fn next(self, rules: Rules, role: Role, results: &[CallResult]) -> Self {
        let is = |at: usize| results.get(at) == Some(&CallResult::Is(true));
        match self {
            Self::CheckDone if is(0) => Self::Settle,
            Self::CheckDone => Self::Fetch,
            Self::Fetch => match results.first() {
                Some(CallResult::Fetched(Fetched::Made)) => Self::PutOutputs,
                Some(CallResult::Fetched(Fetched::Failed)) => Self::CheckDoneBeforeFailure,
                Some(CallResult::Fetched(Fetched::Folder)) => Self::finish(role, End::Folder),
                _ => Self::Settle,
            },
            Self::PutOutputs if role == Role::Add => Self::Settle,
            Self::PutOutputs if rules.sends_events => Self::SendReadyEvent,
            Self::SendReadyEvent if role == Role::Remove => Self::after_check(rules, role, End::WasDone),
            Self::PutOutputs | Self::SendReadyEvent => Self::PutDone,
            Self::PutDone => Self::Confirm,
            Self::Confirm => match (is(0), is(1)) {
                (true, _) => Self::DeleteFailure,
                (false, true) => Self::finish(role, End::Made),
                (false, false) => Self::Settle,
            },
            Self::CheckDoneBeforeFailure if is(0) => Self::check_again(role, End::WasDone),
            Self::CheckDoneBeforeFailure if rules.sends_events => Self::SendFailureEvent,
            Self::CheckDoneBeforeFailure | Self::SendFailureEvent => Self::PutFailure,
            Self::PutFailure => Self::ConfirmFailure,
            Self::ConfirmFailure => match (is(0), is(1)) {
                (true, _) => Self::DeleteFailure,
                (false, true) => Self::finish(role, End::Failed),
                (false, false) => Self::check_again(role, End::Cleared),
            },
            Self::DeleteFailure => Self::check_again(role, End::WasDone),
            Self::Settle if is(0) && role == Role::Add => Self::End(End::Made),
            Self::Settle if is(0) => Self::ReadRecords,
            Self::Settle if rules.keeps_outputs => Self::finish(role, End::Kept),
            Self::Settle if role == Role::Add => Self::RequestSettle(End::Sent),
            Self::Settle => Self::ListVersion,
            Self::ReadRecords => {
                match (is(0) && (is(2) || rules.name_index != NameIndex::Enabled), is(1), is(0)) {
                    (true, true, _) => Self::DeleteFailure,
                    (true, false, _) => Self::VerifyOutputs,
                    (false, true, false) => Self::after_check(rules, role, End::Failed),
                    (false, _, _) => Self::repair(role),
                }
            }
            // The version may not have been current before, or a worker may have sent the event of its removal.
            Self::VerifyOutputs if is(0) && role == Role::Remove && rules.sends_removal_events() => {
                Self::SendReadyEvent
            }
            Self::VerifyOutputs if is(0) => Self::after_check(rules, role, End::WasDone),
            Self::VerifyOutputs => Self::repair(role),
            Self::ListVersion => {
                let has = |at: usize, wanted: fn(&CallResult) -> bool| results.get(at).is_some_and(wanted);
                let has_outputs = has(0, |result| matches!(result, CallResult::Found { rest: true, .. }));
                let is_done = has(1, |result| matches!(result, CallResult::Found { done: true, .. }));
                let has_records = has(1, |result| matches!(result, CallResult::Found { rest: true, .. }));
                let (has_rest, is_indexed) = (has_outputs || has_records, is(2));
                let sends_event = rules.sends_removal_events();
                let events = match is_indexed {
                    true if sends_event => RemovalEvents::BeforeIndex,
                    false if sends_event && (is_done || has_outputs) => RemovalEvents::Twice,
                    _ => RemovalEvents::None,
                };
                match (events, is_done, has_rest || is_indexed) {
                    (RemovalEvents::Twice, ..) => Self::SendEarlyRemovalEvent { is_done },
                    (RemovalEvents::BeforeIndex, false, _) if !has_rest => Self::SendRemovalEvent(events),
                    (_, true, _) => Self::DeleteDone(events),
                    (_, false, true) => Self::DeleteRest(events),
                    // An earlier delivery of the message may have sent the event which reports that the version has its
                    // outputs, and nothing withdraws it.
                    (_, false, false) if sends_event && matches!(role, Role::Make { .. }) => {
                        Self::SendRemovalEvent(events)
                    }
                    (_, false, false) => Self::finish(role, End::Cleared),
                }
            }
            Self::SendEarlyRemovalEvent { is_done: true } => Self::DeleteDone(RemovalEvents::Twice),
            Self::SendEarlyRemovalEvent { is_done: false } => Self::DeleteRest(RemovalEvents::Twice),
            Self::DeleteDone(events) => Self::DeleteRest(events),
            Self::DeleteRest(events @ (RemovalEvents::BeforeIndex | RemovalEvents::Twice)) => {
                Self::SendRemovalEvent(events)
            }
            Self::SendRemovalEvent(RemovalEvents::None) => Self::finish(role, End::Cleared),
            Self::SendRemovalEvent(RemovalEvents::BeforeIndex) => Self::DeleteIndex,
            Self::SendRemovalEvent(RemovalEvents::Twice)
            | Self::DeleteRest(RemovalEvents::None)
            | Self::DeleteIndex => Self::Settle,
            Self::RequestSettle(end) => Self::after_check(rules, role, end),
            Self::RequestAltTexts(end) => Self::finish(role, end),
            // A listing may find nothing of the current version: an earlier delivery of this message may have deleted
            // everything before the version became current, and then have been killed.
            Self::ListKey(end) if role == Role::Remove || end == End::Cleared => Self::CheckKey(end),
            Self::ListKey(end) => Self::SettleAll(end),
            Self::CheckKey(end) | Self::SettleAll(end) => Self::SettleAll(end),
            Self::End(_) => self,
        }
    }

    /// Returns the step after a change of a record on which other workers may rely.
    fn check_again(role: Role, end: End) -> Self {
        match role {
            Role::Make { .. } | Role::Remove | Role::Add => Self::Settle,
            Role::Fail { may_send: true } => Self::RequestSettle(end),
            Role::Fail { may_send: false } => Self::End(end),
        }
    }

    /// Returns the step after the check of a current version that lacks outputs.
    fn repair(role: Role) -> Self {
        match role {
            // The version is done, and its outputs cannot be made again, so they are not changed.
            Role::Make { has_failed: true, .. } => Self::finish(role, End::WasDone),
            Role::Make { .. } => Self::Fetch,
            Role::Remove | Role::Add | Role::Fail { .. } => Self::RequestSettle(End::Sent),
        }
    }

    /// Returns the step after the check of a current version, which may have lost its alt texts.
    fn after_check(rules: Rules, role: Role, end: End) -> Self {
        match role {
            Role::Add | Role::Fail { .. } => Self::End(end),
            Role::Make { .. } | Role::Remove if rules.has_alt_text => Self::RequestAltTexts(end),
            Role::Make { .. } | Role::Remove => Self::finish(role, end),
        }
    }

    /// Returns the step after the last call for the version itself.
    fn finish(role: Role, end: End) -> Self {
        match role {
            Role::Make { unversioned: true, .. } => Self::ListKey(end),
            _ => Self::End(end),
        }
    }
}
