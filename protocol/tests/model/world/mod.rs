//! The world of the model: a store, users, and functions that can be killed at any write.
//!
//! Each call is one step. A call for several objects is one step per object. Each pending call of each worker can
//! happen next. A message that no function has begun to process is a worker before its first call.

mod down;
mod model;
mod rest;
mod rules;

use protocol::{Call, CallResult, Fetched, NameIndex, RemovalEvents, Role, Rules, State};
pub(crate) use rules::OmittedRule;

/// A version of a key, or with the bit [`MARKER`] a delete marker.
pub(crate) type Entry = u8;

/// The bit of a delete marker.
pub(crate) const MARKER: Entry = 0x80;

/// How many versions a key can have.
const VERSIONS: usize = 4;

/// A set of objects that a version can have, one bit for each.
pub(crate) type Objects = u16;

pub(crate) const THUMBNAILS: Objects = 0b11;
pub(crate) const INDEX: Objects = 1 << 2;
pub(crate) const DONE: Objects = 1 << 3;
pub(crate) const FAILED: Objects = 1 << 4;
pub(crate) const TEXT: Objects = 1 << 5;
pub(crate) const TEXT_DONE: Objects = 1 << 6;
pub(crate) const TEXT_FAILED: Objects = 1 << 7;
/// A thumbnail on demand.
const EXTRA: Objects = 1 << 8;
const RECORDS: Objects = DONE | FAILED | TEXT | TEXT_DONE | TEXT_FAILED;

/// An action of a user on a key of the originals bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum UserAction {
    /// PutObject of this version.
    Put(u8, Entry),
    /// DeleteObject: in a bucket with versions, this delete marker.
    Delete(u8, Entry),
    /// DeleteObject of this version or delete marker.
    DeleteVersion(u8, Entry),
    /// `deployer down`: the stack is deleted, then the content of its buckets.
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Function {
    Thumbnail,
    AltText,
    /// The delivery function, which makes thumbnails on demand.
    Delivery,
    /// A person who writes an alt text, instead of a function.
    Person,
}

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum MessageKind {
    /// The event which reports that the version was created.
    Created,
    /// Like [`MessageKind::Created`], for a photo that cannot be rendered.
    Unreadable,
    /// A user's request to process the version again.
    Replay,
    /// A function's request to settle the version.
    Settle,
    /// The event which reports that a version or the whole key was deleted.
    Removed,
    /// The second check of a removal, when every worker that ran at the removal has ended.
    SecondCheck,
    /// A message that was received too often.
    DeadLetter,
    /// A request to add one object to the version. It is never repeated.
    Addition,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Message {
    pub(crate) function: Function,
    pub(crate) kind: MessageKind,
    pub(crate) key: u8,
    /// A removal does not use this field.
    pub(crate) version: Entry,
}

/// A scenario: the initial state, and the possible actions and faults.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The versions and delete markers of each key, the oldest first.
    pub(crate) keys: Vec<Vec<Entry>>,
    /// The versions that are done at the start.
    pub(crate) done: Vec<(u8, Entry)>,
    /// The messages in flight at the start.
    pub(crate) messages: Vec<Message>,
    /// The actions of each user, in order.
    pub(crate) users: Vec<Vec<UserAction>>,
    /// How many workers may be killed.
    pub(crate) kills: u8,
    /// Whether a killed worker's message may become a dead letter.
    pub(crate) dead_letters: bool,
    /// Whether a killed worker's message may be lost, because a duplicate of it was deleted.
    pub(crate) lost_messages: bool,
    /// A version that no user hides, so no worker may delete any of its objects.
    pub(crate) never_hidden: Option<Entry>,
    /// Whether the bucket has no versions.
    pub(crate) unversioned: bool,
    /// Whether outputs are kept when their version is no longer current.
    pub(crate) keeps_outputs: bool,
    /// Whether the stack has alt texts.
    pub(crate) has_alt_text: bool,
    /// Whether the functions send an event for each outcome.
    pub(crate) sends_events: bool,
    /// Whether the name index is disabled.
    pub(crate) has_no_index: bool,
    /// Whether each photo has two thumbnails.
    pub(crate) two_thumbnails: bool,
    /// Whether a removal has no second check, which would repair some violations.
    pub(crate) checks_once: bool,
    /// The rule that the functions omit, to show that the model finds a violation.
    pub(crate) omitted: Option<OmittedRule>,
}

/// The work on one version, or the listing of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) version: Entry,
    role: Role,
    pub(crate) state: State,
    /// The calls without a result, one bit for each place in [`State::calls`].
    pending: u8,
    results: [CallResult; 3],
    /// The objects that the call of this step has not yet stored or deleted.
    todo: Objects,
    /// The objects that the listings of the version and the check for an alt text have found.
    found: Objects,
    /// The versions that the listings of the key have found, one bit for each.
    versions: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Worker {
    pub(crate) message: Message,
    /// The tasks that run at the same time: a removal settles all versions of its key.
    pub(crate) tasks: Vec<Task>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) keys: Vec<Vec<Entry>>,
    /// The objects of each version of each key.
    has: Vec<[Objects; VERSIONS]>,
    /// The reported records of each version of each key. An event of a removal removes the done record from them.
    reported: Vec<[Objects; VERSIONS]>,
    pub(crate) workers: Vec<Worker>,
    delayed: Vec<Message>,
    /// The number of actions that each user has performed.
    pub(crate) users: Vec<usize>,
    kills: u8,
    deleted_unhidden: bool,
    stack: down::Stack,
}

/// One step in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The next action of a user.
    User(usize),
    /// A call of a worker, and the object if the call is for several objects.
    Call { worker: usize, task: usize, call: usize, object: Objects, fate: Fate },
    /// The delayed messages arrive.
    Later,
    /// A step of emptying the buckets.
    Empty(down::EmptyingStep),
}

/// The fate of a worker after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Continues,
    /// It is killed, and its message is delivered again.
    Killed,
    /// It is killed, and its message becomes a dead letter.
    DeadLetter,
    /// It is killed, and its message is not delivered again.
    Lost,
}

impl World {
    fn current(&self, key: u8) -> Option<Entry> {
        self.keys[usize::from(key)].last().copied().filter(|entry| entry & MARKER == 0)
    }

    fn has(&mut self, key: u8, version: Entry) -> &mut Objects {
        &mut self.has[usize::from(key)][usize::from(version)]
    }

    fn reported(&mut self, key: u8, version: Entry) -> &mut Objects {
        &mut self.reported[usize::from(key)][usize::from(version)]
    }

    /// Returns the versions of `key` that have any of `what`, one bit for each.
    fn versions_with(&self, key: u8, what: Objects) -> u8 {
        let all = self.has[usize::from(key)].iter().enumerate();
        all.filter(|(_, has)| *has & what != 0).fold(0, |bits, (version, _)| bits | 1 << version)
    }
}

/// Returns whether the call is for several objects.
fn has_several_objects(call: Call) -> bool {
    matches!(call, Call::PutOutputs | Call::DeleteDone | Call::DeleteRest)
}

fn is_write(call: Call) -> bool {
    matches!(
        call,
        Call::PutOutputs
            | Call::PutIndex
            | Call::PutDone
            | Call::PutFailure
            | Call::DeleteDone
            | Call::DeleteFailure
            | Call::DeleteRest
            | Call::DeleteIndex
            | Call::SendReadyEvent
            | Call::SendFailureEvent
            | Call::SendRemovalEvent
            | Call::RequestSettle
            | Call::RequestAltTexts
    )
}

fn bits(mask: Objects) -> impl Iterator<Item = Objects> {
    (0..Objects::BITS).map(|bit| 1 << bit).filter(move |bit| mask & bit != 0)
}

impl Scenario {
    pub(crate) fn rules(&self, function: Function) -> Rules {
        let is_thumbnail = function == Function::Thumbnail;
        Rules {
            name_index: match (is_thumbnail, self.has_no_index) {
                (false, _) => NameIndex::Ignored,
                (true, true) => NameIndex::Disabled,
                (true, false) => NameIndex::Enabled,
            },
            keeps_outputs: self.keeps_outputs,
            has_alt_text: self.has_alt_text && is_thumbnail,
            sends_events: self.sends_events,
        }
    }

    fn outputs(&self, function: Function) -> Objects {
        match function {
            Function::Thumbnail if self.two_thumbnails => THUMBNAILS,
            Function::Thumbnail => 1,
            Function::AltText | Function::Person => TEXT,
            Function::Delivery => EXTRA,
        }
    }

    pub(crate) fn begin(&self, message: Message) -> Worker {
        let unversioned = self.unversioned && message.function == Function::Thumbnail && !self.keeps_outputs;
        let (role, state) = match message.kind {
            MessageKind::Created | MessageKind::Unreadable | MessageKind::Settle | MessageKind::Replay => {
                let again = message.kind == MessageKind::Replay;
                let role = Role::Make { again, unversioned, has_failed: false };
                // The alt-text function does not repeat a failure at the request of another function.
                let is_check = message.kind == MessageKind::Settle && message.function == Function::AltText;
                (role, if is_check { State::Settle } else { State::begin(role) })
            }
            MessageKind::DeadLetter => {
                let role = Role::Fail { may_send: self.omitted != Some(OmittedRule::FailoverMessage) };
                (role, State::begin(role))
            }
            MessageKind::Removed | MessageKind::SecondCheck => {
                (Role::Remove, State::begin_removal(self.rules(message.function)))
            }
            MessageKind::Addition => (Role::Add, State::begin(Role::Add)),
        };
        let mut worker = Worker { message, tasks: vec![] };
        worker.tasks.push(self.new_task(message.function, message.version, role, state));
        worker
    }

    /// Returns a task at the beginning of `state`.
    fn new_task(&self, function: Function, version: Entry, role: Role, state: State) -> Task {
        let calls = state.calls(self.rules(function)).len();
        let todo = if state == State::PutOutputs { self.outputs(function) } else { 0 };
        let pending = ((1_u16 << calls) - 1) as u8;
        Task { version, role, state, pending, results: [CallResult::Ok; 3], todo, found: 0, versions: 0 }
    }

    /// Makes `call` in `world`, and returns its result.
    fn perform(
        &self,
        world: &mut World,
        message: Message,
        task: &mut Task,
        call: Call,
        object: Objects,
    ) -> CallResult {
        let (key, version) = (message.key, task.version);
        let is_thumbnail = message.function == Function::Thumbnail;
        let (done, failed) = if is_thumbnail { (DONE, FAILED) } else { (TEXT_DONE, TEXT_FAILED) };
        let outputs = self.outputs(message.function);
        let is_current = world.current(key) == Some(version);
        let current = world.current(key);
        let deleted =
            matches!(call, Call::DeleteDone | Call::DeleteRest | Call::DeleteIndex | Call::DeleteFailure);
        world.deleted_unhidden |= deleted && self.never_hidden == Some(version);
        let versions = |world: &World, what| world.versions_with(key, what);
        match call {
            Call::HeadDone | Call::GetDone => CallResult::Is(*world.has(key, version) & done != 0),
            Call::HeadFailure => CallResult::Is(*world.has(key, version) & failed != 0),
            Call::HeadIndex => {
                let there = *world.has(key, version) & INDEX;
                task.found |= there;
                CallResult::Is(there != 0)
            }
            Call::HeadKey => {
                task.versions |= current.map_or(0, |current| 1 << current);
                CallResult::Is(is_current)
            }
            Call::Fetch if !is_current => CallResult::Fetched(Fetched::NotCurrent),
            Call::Fetch if message.kind == MessageKind::Unreadable => CallResult::Fetched(Fetched::Failed),
            Call::Fetch => {
                // An existing alt text is not written again.
                task.found |= *world.has(key, version) & outputs & TEXT;
                CallResult::Fetched(Fetched::Made)
            }
            Call::VerifyOutputs => CallResult::Is(*world.has(key, version) & outputs == outputs),
            Call::ListOutputs | Call::ListRecords => {
                let what = match (call, is_thumbnail) {
                    (Call::ListOutputs, true) => THUMBNAILS | EXTRA,
                    (Call::ListOutputs, false) => TEXT,
                    (_, true) => RECORDS,
                    (_, false) => TEXT_DONE | TEXT_FAILED,
                };
                let there = *world.has(key, version) & what;
                task.found |= there;
                CallResult::Found {
                    done: there & (DONE | TEXT_DONE) != 0,
                    rest: there & !(DONE | TEXT_DONE) != 0,
                }
            }
            Call::PutOutputs => {
                *world.has(key, version) |= object;
                CallResult::Ok
            }
            Call::PutIndex => {
                *world.has(key, version) |= INDEX;
                CallResult::Ok
            }
            Call::PutDone => {
                *world.has(key, version) |= done;
                CallResult::Ok
            }
            Call::PutFailure => {
                *world.has(key, version) |= failed;
                CallResult::Ok
            }
            Call::DeleteFailure => {
                *world.has(key, version) &= !failed;
                CallResult::Ok
            }
            Call::DeleteDone | Call::DeleteRest => {
                *world.has(key, version) &= !object;
                CallResult::Ok
            }
            Call::DeleteIndex => {
                *world.has(key, version) &= !INDEX;
                CallResult::Ok
            }
            Call::SendReadyEvent | Call::SendFailureEvent => {
                *world.reported(key, version) |= if call == Call::SendReadyEvent { done } else { failed };
                CallResult::Ok
            }
            Call::SendRemovalEvent => {
                *world.reported(key, version) &= !DONE;
                CallResult::Ok
            }
            Call::RequestSettle
                if message.kind == MessageKind::Addition
                    && self.omitted == Some(OmittedRule::AdditionMessage) =>
            {
                *world.has(key, version) &= !outputs;
                CallResult::Ok
            }
            Call::RequestSettle | Call::RequestAltTexts => {
                let function = match (call, message.function) {
                    (Call::RequestSettle, Function::Delivery | Function::Person) => Function::Thumbnail,
                    (Call::RequestSettle, function) => function,
                    _ => Function::AltText,
                };
                let sent = self.begin(Message { function, kind: MessageKind::Settle, key, version });
                // Two equal messages that no worker has begun to process have the same effect as one.
                if world.stack.works() && !world.workers.contains(&sent) {
                    world.workers.push(sent);
                }
                CallResult::Ok
            }
            Call::ListOutputsOfKey if self.omitted == Some(OmittedRule::ThumbnailListing) => CallResult::Ok,
            Call::ListIndexOfKey if self.omitted == Some(OmittedRule::IndexListing) => CallResult::Ok,
            Call::ListOutputsOfKey => {
                task.versions |= versions(world, THUMBNAILS | EXTRA);
                CallResult::Ok
            }
            Call::ListRecordsOfKey => {
                task.versions |= versions(world, RECORDS);
                CallResult::Ok
            }
            Call::ListIndexOfKey => {
                task.versions |= versions(world, INDEX);
                CallResult::Ok
            }
        }
    }

    /// Returns the tasks that follow `task`, whose calls all have a result.
    fn next_tasks(&self, message: Message, mut task: Task) -> Vec<Task> {
        let rules = self.rules(message.function);
        if task.results[0] == CallResult::Fetched(Fetched::Failed) {
            task.role = task.role.failed();
        }
        let mut results = task.results;
        self.omit_in_results(&task, &mut results);
        let next = self.omit_in_next(&task, task.state.next(rules, task.role, &results));
        match next {
            State::End(_) => vec![],
            State::SettleAll(_) => {
                let own = if task.role == Role::Remove { 0 } else { 1 << task.version };
                let versions = (0..VERSIONS as u8).filter(|version| task.versions & !own & 1 << version != 0);
                versions
                    .map(|version| {
                        self.new_task(message.function, version, Role::Remove, State::begin(Role::Remove))
                    })
                    .collect()
            }
            next => {
                let mut followed = self.new_task(message.function, task.version, task.role, next);
                match next {
                    State::DeleteDone(_) => {
                        (followed.todo, followed.found) = (task.found & (DONE | TEXT_DONE), task.found);
                    }
                    State::SendEarlyRemovalEvent { .. } => followed.found = task.found,
                    State::DeleteRest(events) => {
                        let kept = if events == RemovalEvents::BeforeIndex { INDEX } else { 0 };
                        followed.todo = task.found & !(DONE | TEXT_DONE | kept);
                    }
                    State::PutOutputs if task.role != Role::Add => followed.todo &= !task.found,
                    State::CheckKey(_) => followed.versions = task.versions,
                    _ => {}
                }
                // There are no objects to delete besides the done record, or none to store.
                if matches!(next, State::DeleteRest(_) | State::PutOutputs) && followed.todo == 0 {
                    return self.next_tasks(message, followed);
                }
                vec![followed]
            }
        }
    }

    /// Returns the messages that S3 sends after an action of a user.
    fn events(&self, action: UserAction) -> Vec<Message> {
        let message = |function, kind, key, version| Message { function, kind, key, version };
        match action {
            UserAction::Put(key, version) => {
                let created = |function| message(function, MessageKind::Created, key, version);
                let described = self.has_alt_text.then_some(created(Function::AltText));
                [created(Function::Thumbnail)].into_iter().chain(described).collect()
            }
            UserAction::Delete(key, _) | UserAction::DeleteVersion(key, _) => {
                vec![message(Function::Thumbnail, MessageKind::Removed, key, 0)]
            }
            UserAction::Down => Vec::new(),
        }
    }
}
