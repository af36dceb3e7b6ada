//! The protocol: which calls a function makes about one version of an original, and what follows from the answers.
//!
//! Nothing here does I/O. The functions make the calls that [`State::calls`] names and pass the answers to
//! [`State::next`]; the model in `tests/model` does the same with a store of its own and explores every order of
//! calls, duplicates, and kills.
//!
//! Events arrive at least once, in any order, late, and concurrently. A worker can be killed between any two calls, and
//! then its message is delivered again. S3 is strongly consistent. What is derived from a version belongs to that version
//! alone, and only the current version of a key has a claim to it. The invariants:
//!
//! - After a worker has put anything of a version, it checks that the version is current. If not, it deletes what the
//!   version has.
//! - After a worker has deleted anything of a version, it checks again, until a pass changes nothing. If the version is
//!   current, the worker proves that it is done.
//! - The done record is put after the outputs and deleted before them.
//! - A removal first lists what a key has, then looks at the key.
//! - A worker that has put a done record looks for a failure record, and one that has put a failure record looks for a
//!   done record. A worker that has deleted a failure record checks again.
//! - A message processes its own version. For another version, a worker sends another message.
//! - Whoever puts one thing more of a version, as a thumbnail on demand or a person's alt text, then checks that the
//!   version is current. If not, it sends a message for the version, and deletes nothing itself.
//! - A worker sends the event of an outcome before it puts the record, and the event of a removal before it deletes the entry
//!   in the name index, which it deletes last. A worker that finds nothing of the version that its message is about sends the
//!   event of a removal, and after a removal a worker sends the event that the current version has its outputs.

/// How one function processes versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rules {
    /// Whether each version has an entry in the name index.
    pub indexed: bool,
    /// Whether what is derived from a version stays when the version is no longer current.
    pub keeps: bool,
    /// Whether another function describes the originals. It is told to check a version that may have lost its alt texts.
    pub described: bool,
    /// Whether the function sends an event for each outcome.
    pub announced: bool,
}

impl Rules {
    /// Whether the function sends an event when a version has no outputs any more. The alt-text function does not follow
    /// removals.
    fn announces_removals(self) -> bool {
        self.announced && self.indexed
    }
}

/// Why a worker processes a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A message is about this version.
    Make {
        /// Whether the version is processed even if it is done.
        again: bool,
        /// Whether the bucket keeps no versions: what other versions have must then go, since no event says so.
        alone: bool,
    },
    /// Something was removed from the version's key.
    Remove,
    /// One thing more of this version is put: a thumbnail on demand, or a person's alt text. Such a worker stores no
    /// records and has no entry in the name index.
    Add,
    /// The message about this version is a dead letter.
    Fail {
        /// Whether the worker may send a message for the version. Not if the dead letter was such a message.
        sends: bool,
    },
}

/// A step of a worker: what it is about to find out or to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Is the version done already?
    LookForDone,
    /// Get the original, if the version is current, and make its outputs.
    Fetch,
    /// Store the outputs and the entry in the name index.
    PutOutputs,
    /// Send the event that the version has its outputs. After a removal, the one that is current has them already.
    AnnounceMade,
    /// Store the done record.
    PutDone,
    /// Has it failed before, and is it still current?
    Confirm,
    /// It cannot be made. Is it done, by an earlier delivery?
    LookBeforeFailure,
    /// Send the event that the version has failed.
    AnnounceFailure,
    /// Store the failure record.
    PutFailure,
    /// Is it done by now, and is it still current?
    ConfirmFailure,
    /// It is done, so delete the failure record.
    DropFailure,
    /// Is the version current?
    Settle,
    /// It is current. Which records does it have?
    Read,
    /// It says that it is done. Does it have all outputs?
    Prove,
    /// It is not current. What does it have?
    Gather,
    /// Delete the done record.
    DeleteDone(IndexEntry),
    /// Delete the rest.
    DeleteRest(IndexEntry),
    /// Send the event that the version has no outputs any more.
    AnnounceRemoval(IndexEntry),
    /// Delete the entry in the name index.
    DeleteIndex,
    /// Send a message for the version, and end so.
    Send(End),
    /// Send a message for the version to the function that describes it, and end so.
    Tell(End),
    /// List the versions of which the key has anything; the worker then ends so.
    ListKey(End),
    /// Which version of the key is current?
    LookAtKey(End),
    /// Settle, as [`Role::Remove`], each version that was found, and the current one if the worker has looked at it. A
    /// worker that has made a version leaves that out.
    SettleAll(End),
    /// Nothing is left to do.
    End(End),
}

/// When the entry of a version in the name index is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IndexEntry {
    /// With the rest, if there is one.
    WithRest,
    /// After the event of the removal. A worker that is killed before finds the entry again, and sends the event.
    AfterEvent,
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// The version is done, by this worker, or has what [`Role::Add`] was to put.
    Made,
    /// The version was done before.
    WasDone,
    /// The version has a failure record.
    Failed,
    /// The version is not current, and has nothing.
    Cleared,
    /// The version is not current, and keeps what it has.
    Kept,
    /// The object is a folder.
    Folder,
    /// A message is sent for the version.
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
    /// HEAD of the key without a version: is the version current?
    HeadKey,
    /// GET of the key without a version; if the version is current, making its outputs.
    Fetch,
    /// GET of the done record.
    GetDone,
    /// LIST of the outputs: do all exist that the done record names?
    ProveOutputs,
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
    /// DELETE of all that [`State::Gather`] found, except the done record and an entry in the name index that is deleted
    /// [`IndexEntry::AfterEvent`].
    DeleteRest,
    /// DELETE of the entry in the name index.
    DeleteIndex,
    /// PutEvents: the version has its outputs.
    AnnounceMade,
    /// PutEvents: the version has failed.
    AnnounceFailure,
    /// PutEvents: the version has no outputs any more.
    AnnounceRemoval,
    /// SendMessage to the function's own queue.
    Send,
    /// SendMessage to the queue of the function that describes originals.
    Tell,
    /// LIST of the outputs of all versions of the key.
    ListOutputsOfKey,
    /// LIST of the records of all versions of the key.
    ListRecordsOfKey,
    /// LIST of the entries of all versions of the key in the name index.
    ListIndexOfKey,
}

/// The answer to a [`Call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// A PUT, DELETE, SendMessage, PutEvents, or a LIST whose keys the worker has kept, succeeded.
    Ok,
    /// Whether it exists, is current, or is complete.
    Is(bool),
    /// To [`Call::Fetch`].
    Fetched(Fetched),
    /// What [`Call::ListOutputs`] or [`Call::ListRecords`] found.
    Found {
        /// Whether there is a done record.
        done: bool,
        /// Whether there is anything else.
        rest: bool,
    },
}

/// What fetching and rendering have come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fetched {
    /// The worker has the outputs.
    Made,
    /// The original can never be made into outputs.
    Unfit,
    /// The version is not current.
    NotCurrent,
    /// The object is a folder.
    Folder,
}

impl State {
    /// Where a worker begins that processes a version.
    pub fn begin(role: Role) -> Self {
        match role {
            Role::Make { again: false, .. } => Self::LookForDone,
            Role::Make { again: true, .. } => Self::Fetch,
            Role::Remove => Self::Settle,
            Role::Add => Self::PutOutputs,
            Role::Fail { .. } => Self::LookBeforeFailure,
        }
    }

    /// Where a worker begins that follows a removal from a key. Where nothing is deleted, it looks at the current version
    /// alone: a delete marker may have been removed, behind which nothing was made of the version.
    pub fn begin_removal(rules: Rules) -> Self {
        if rules.keeps { Self::LookAtKey(End::Kept) } else { Self::ListKey(End::Cleared) }
    }

    /// The calls of this step, which the worker makes at the same time. None at its end.
    pub fn calls(self, rules: Rules) -> Vec<Call> {
        let indexed = |call| rules.indexed.then_some(call);
        match self {
            Self::LookForDone | Self::LookBeforeFailure => vec![Call::HeadDone],
            Self::Fetch => vec![Call::Fetch],
            Self::PutOutputs => [Call::PutOutputs].into_iter().chain(indexed(Call::PutIndex)).collect(),
            Self::AnnounceMade => vec![Call::AnnounceMade],
            Self::PutDone => vec![Call::PutDone],
            Self::Confirm => vec![Call::HeadFailure, Call::HeadKey],
            Self::AnnounceFailure => vec![Call::AnnounceFailure],
            Self::PutFailure => vec![Call::PutFailure],
            Self::ConfirmFailure => vec![Call::HeadDone, Call::HeadKey],
            Self::DropFailure => vec![Call::DeleteFailure],
            Self::Settle | Self::LookAtKey(_) => vec![Call::HeadKey],
            Self::Read => {
                [Call::GetDone, Call::HeadFailure].into_iter().chain(indexed(Call::HeadIndex)).collect()
            }
            Self::Prove => vec![Call::ProveOutputs],
            Self::Gather => {
                [Call::ListOutputs, Call::ListRecords].into_iter().chain(indexed(Call::HeadIndex)).collect()
            }
            Self::DeleteDone(_) => vec![Call::DeleteDone],
            Self::DeleteRest(_) => vec![Call::DeleteRest],
            Self::AnnounceRemoval(_) => vec![Call::AnnounceRemoval],
            Self::DeleteIndex => vec![Call::DeleteIndex],
            Self::Send(_) => vec![Call::Send],
            Self::Tell(_) => vec![Call::Tell],
            Self::ListKey(_) => [Call::ListOutputsOfKey, Call::ListRecordsOfKey]
                .into_iter()
                .chain(indexed(Call::ListIndexOfKey))
                .collect(),
            Self::SettleAll(_) | Self::End(_) => Vec::new(),
        }
    }

    /// The step that follows when the calls of this one have got `answers`, in the order of [`State::calls`].
    ///
    /// An answer that does not fit its call counts as `Is(false)`.
    pub fn next(self, rules: Rules, role: Role, answers: &[Answer]) -> Self {
        let is = |at: usize| answers.get(at) == Some(&Answer::Is(true));
        match self {
            Self::LookForDone if is(0) => Self::Settle,
            Self::LookForDone => Self::Fetch,
            Self::Fetch => match answers.first() {
                Some(Answer::Fetched(Fetched::Made)) => Self::PutOutputs,
                Some(Answer::Fetched(Fetched::Unfit)) => Self::LookBeforeFailure,
                Some(Answer::Fetched(Fetched::Folder)) => Self::End(End::Folder),
                _ => Self::Settle,
            },
            Self::PutOutputs if role == Role::Add => Self::Settle,
            Self::PutOutputs if rules.announced => Self::AnnounceMade,
            Self::AnnounceMade if role == Role::Remove => Self::current(rules, role, End::WasDone),
            Self::PutOutputs | Self::AnnounceMade => Self::PutDone,
            Self::PutDone => Self::Confirm,
            Self::Confirm => match (is(0), is(1)) {
                (true, _) => Self::DropFailure,
                (false, true) => Self::end(role, End::Made),
                (false, false) => Self::Settle,
            },
            Self::LookBeforeFailure if is(0) => Self::look_again(role, End::WasDone),
            Self::LookBeforeFailure if rules.announced => Self::AnnounceFailure,
            Self::LookBeforeFailure | Self::AnnounceFailure => Self::PutFailure,
            Self::PutFailure => Self::ConfirmFailure,
            Self::ConfirmFailure => match (is(0), is(1)) {
                (true, _) => Self::DropFailure,
                (false, true) => Self::end(role, End::Failed),
                (false, false) => Self::look_again(role, End::Cleared),
            },
            Self::DropFailure => Self::look_again(role, End::WasDone),
            Self::Settle if is(0) && role == Role::Add => Self::End(End::Made),
            Self::Settle if is(0) => Self::Read,
            Self::Settle if rules.keeps => Self::end(role, End::Kept),
            Self::Settle if role == Role::Add => Self::Send(End::Sent),
            Self::Settle => Self::Gather,
            Self::Read => match (is(0) && (is(2) || !rules.indexed), is(1), is(0)) {
                (true, true, _) => Self::DropFailure,
                (true, false, _) => Self::Prove,
                (false, true, false) => Self::current(rules, role, End::Failed),
                (false, _, _) => Self::make_again(role),
            },
            // The version may not have been current before, or the event of its removal may have been sent.
            Self::Prove if is(0) && role == Role::Remove && rules.announces_removals() => Self::AnnounceMade,
            Self::Prove if is(0) => Self::current(rules, role, End::WasDone),
            Self::Prove => Self::make_again(role),
            Self::Gather => {
                let found = |wanted: fn(&Answer) -> bool| answers.iter().any(wanted);
                let is_done = found(|answer| matches!(answer, Answer::Found { done: true, .. }));
                let has_rest = found(|answer| matches!(answer, Answer::Found { rest: true, .. }));
                let is_indexed = found(|answer| *answer == Answer::Is(true));
                let announces = rules.announces_removals();
                let index =
                    if announces && is_indexed { IndexEntry::AfterEvent } else { IndexEntry::WithRest };
                match (is_done, has_rest, is_indexed, index) {
                    (true, ..) => Self::DeleteDone(index),
                    (false, true, ..) | (false, false, true, IndexEntry::WithRest) => Self::DeleteRest(index),
                    (false, false, true, IndexEntry::AfterEvent) => Self::AnnounceRemoval(index),
                    // An earlier delivery of the message may have sent the event that the version has its outputs.
                    (false, false, false, _) if announces && matches!(role, Role::Make { .. }) => {
                        Self::AnnounceRemoval(index)
                    }
                    (false, false, false, _) => Self::end(role, End::Cleared),
                }
            }
            Self::DeleteDone(index) => Self::DeleteRest(index),
            Self::DeleteRest(IndexEntry::AfterEvent) => Self::AnnounceRemoval(IndexEntry::AfterEvent),
            Self::AnnounceRemoval(IndexEntry::AfterEvent) => Self::DeleteIndex,
            Self::AnnounceRemoval(IndexEntry::WithRest) => Self::end(role, End::Cleared),
            Self::DeleteRest(IndexEntry::WithRest) | Self::DeleteIndex => Self::Settle,
            Self::Send(end) => Self::current(rules, role, end),
            Self::Tell(end) => Self::end(role, end),
            // The version that is current may have nothing that a listing finds: an earlier delivery of this message
            // may have deleted it before it became current, and then have been killed.
            Self::ListKey(end) if role == Role::Remove || end == End::Cleared => Self::LookAtKey(end),
            Self::ListKey(end) => Self::SettleAll(end),
            Self::LookAtKey(end) | Self::SettleAll(end) => Self::SettleAll(end),
            Self::End(_) => self,
        }
    }

    /// What follows when a record of the version has been changed that others may rely on.
    fn look_again(role: Role, end: End) -> Self {
        match role {
            Role::Make { .. } | Role::Remove | Role::Add => Self::Settle,
            Role::Fail { sends: true } => Self::Send(end),
            Role::Fail { sends: false } => Self::End(end),
        }
    }

    /// What follows when the current version lacks something.
    fn make_again(role: Role) -> Self {
        match role {
            Role::Make { .. } => Self::Fetch,
            Role::Remove | Role::Add | Role::Fail { .. } => Self::Send(End::Sent),
        }
    }

    /// What follows when a current version has been checked that may have lost its alt texts.
    fn current(rules: Rules, role: Role, end: End) -> Self {
        match role {
            Role::Add | Role::Fail { .. } => Self::End(end),
            Role::Make { .. } | Role::Remove if rules.described => Self::Tell(end),
            Role::Make { .. } | Role::Remove => Self::end(role, end),
        }
    }

    fn end(role: Role, end: End) -> Self {
        match role {
            Role::Make { alone: true, .. } => Self::ListKey(end),
            _ => Self::End(end),
        }
    }
}
