//! The world in which the protocol is explored: a store, users, and functions that can be killed at any write.
//!
//! Each call is one step, and a call over several objects is a step for each. All calls that are pending, in all workers,
//! can happen next. A message that nobody has begun to process is a worker before its first call.

mod broken;
mod down;
mod model;
mod rest;

pub(crate) use broken::Broken;
use protocol::{Answer, Call, Fetched, IndexEntry, Role, Rules, State};

/// A version of a key, or behind [`MARKER`] a delete marker.
pub(crate) type Entry = u8;

/// What tells a delete marker from a version.
pub(crate) const MARKER: Entry = 0x80;

/// How many versions a key can have.
const VERSIONS: usize = 4;

/// A set of things that a version can have, a bit each.
pub(crate) type Things = u16;

pub(crate) const THUMBNAILS: Things = 0b11;
pub(crate) const INDEX: Things = 1 << 2;
pub(crate) const DONE: Things = 1 << 3;
pub(crate) const FAILED: Things = 1 << 4;
pub(crate) const TEXT: Things = 1 << 5;
pub(crate) const TEXT_DONE: Things = 1 << 6;
pub(crate) const TEXT_FAILED: Things = 1 << 7;
/// A thumbnail on demand.
const EXTRA: Things = 1 << 8;
const RECORDS: Things = DONE | FAILED | TEXT | TEXT_DONE | TEXT_FAILED;

/// What a user does to a key of the originals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Deed {
    /// PutObject of this version.
    Put(u8, Entry),
    /// DeleteObject: in a bucket with versions, this delete marker.
    Delete(u8, Entry),
    /// DeleteObject of this version or delete marker.
    DeleteVersion(u8, Entry),
    /// The stack is deleted, and then all that is in its buckets.
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Function {
    Thumbnail,
    AltText,
    /// What makes thumbnails on demand.
    Delivery,
    /// Not a function, but a person who writes an alt text.
    Person,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum About {
    /// An event says that the version is there.
    Created,
    /// As [`About::Created`], and the worker that gets it cannot read the photo.
    Unreadable,
    /// Somebody asks for it again.
    Replay,
    /// A function asks for it.
    Settle,
    /// Something of the key was removed.
    Removed,
    /// The same, once more, when all that ran at the removal has ended.
    SecondLook,
    /// The message about the version was received too often.
    DeadLetter,
    /// One thing more of the version is to be put. Nothing asks for it again.
    Addition,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Message {
    pub(crate) function: Function,
    pub(crate) about: About,
    pub(crate) key: u8,
    /// Of a removal: any.
    pub(crate) version: Entry,
}

/// A scenario: what there is, and what may happen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The versions and delete markers of each key, the oldest first.
    pub(crate) keys: Vec<Vec<Entry>>,
    /// The versions that are done.
    pub(crate) whole: Vec<(u8, Entry)>,
    /// The messages on their way.
    pub(crate) messages: Vec<Message>,
    /// What each user does, one deed after the other.
    pub(crate) users: Vec<Vec<Deed>>,
    /// How many workers may be killed.
    pub(crate) kills: u8,
    /// Whether a killed worker's message may become a dead letter.
    pub(crate) dead: bool,
    /// Whether a killed worker's message may never come again, since a duplicate of it has been deleted.
    pub(crate) lost: bool,
    /// A version that nobody hides: nothing of it may be deleted.
    pub(crate) never_hidden: Option<Entry>,
    /// Whether the bucket keeps no versions.
    pub(crate) unversioned: bool,
    /// Whether what is derived stays.
    pub(crate) keeps: bool,
    /// Whether photos are described, too.
    pub(crate) described: bool,
    /// Whether each outcome is an event.
    pub(crate) announced: bool,
    /// Whether each photo has two thumbnails.
    pub(crate) two_thumbnails: bool,
    /// Whether a removal is looked at once only, which hides less.
    pub(crate) looks_once: bool,
    /// The rule that the functions do not follow, to see that the model notices.
    pub(crate) without: Option<Broken>,
}

/// The work on one version, or the listing of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) version: Entry,
    role: Role,
    pub(crate) state: State,
    /// The calls that are not answered, by their place in [`State::calls`].
    pending: u8,
    answers: [Answer; 3],
    /// What is still to be put or deleted by the call of this step.
    todo: Things,
    /// What the listings of the version have found, and the look for an alt text.
    found: Things,
    /// The versions that the listings of the key have found.
    versions: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Worker {
    pub(crate) message: Message,
    /// What is done at the same time: a removal settles all versions of its key.
    pub(crate) tasks: Vec<Task>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) keys: Vec<Vec<Entry>>,
    /// What each version of each key has.
    has: Vec<[Things; VERSIONS]>,
    /// What the events say of each version of each key: the records that they were sent before. The event of a removal takes
    /// that of a done record back.
    told: Vec<[Things; VERSIONS]>,
    pub(crate) workers: Vec<Worker>,
    delayed: Vec<Message>,
    /// How many of their deeds the users have done.
    pub(crate) users: Vec<usize>,
    kills: u8,
    deleted_what_nobody_hid: bool,
    stack: down::Stack,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A user's next deed.
    User(usize),
    /// A call of a worker; of one over several objects, which.
    Call { worker: usize, task: usize, call: usize, object: Things, then: Then },
    /// The delayed messages come.
    Later,
    /// A step of emptying the buckets.
    Empty(down::Step),
}

/// What becomes of a worker after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    GoOn,
    /// It is killed, and its message comes again.
    Killed,
    /// It is killed, and its message is a dead letter.
    DeadLetter,
    /// It is killed, and its message does not come again.
    Lost,
}

impl World {
    fn current(&self, key: u8) -> Option<Entry> {
        self.keys[usize::from(key)].last().copied().filter(|entry| entry & MARKER == 0)
    }

    fn has(&mut self, key: u8, version: Entry) -> &mut Things {
        &mut self.has[usize::from(key)][usize::from(version)]
    }

    fn told(&mut self, key: u8, version: Entry) -> &mut Things {
        &mut self.told[usize::from(key)][usize::from(version)]
    }

    /// The versions of `key` that have any of `what`, a bit each.
    fn that_have(&self, key: u8, what: Things) -> u8 {
        let all = self.has[usize::from(key)].iter().enumerate();
        all.filter(|(_, has)| *has & what != 0).fold(0, |bits, (version, _)| bits | 1 << version)
    }
}

/// A call over several objects.
fn is_over_several(call: Call) -> bool {
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
            | Call::AnnounceMade
            | Call::AnnounceFailure
            | Call::AnnounceRemoval
            | Call::Send
            | Call::Tell
    )
}

fn bits(mask: Things) -> impl Iterator<Item = Things> {
    (0..Things::BITS).map(|bit| 1 << bit).filter(move |bit| mask & bit != 0)
}

impl Scenario {
    pub(crate) fn rules(&self, function: Function) -> Rules {
        let is_thumbnail = function == Function::Thumbnail;
        Rules {
            indexed: is_thumbnail,
            keeps: self.keeps,
            described: self.described && is_thumbnail,
            announced: self.announced,
        }
    }

    fn outputs(&self, function: Function) -> Things {
        match function {
            Function::Thumbnail if self.two_thumbnails => THUMBNAILS,
            Function::Thumbnail => 1,
            Function::AltText | Function::Person => TEXT,
            Function::Delivery => EXTRA,
        }
    }

    pub(crate) fn begin(&self, message: Message) -> Worker {
        let alone = self.unversioned && message.function == Function::Thumbnail && !self.keeps;
        let (role, state) = match message.about {
            About::Created | About::Unreadable | About::Settle | About::Replay => {
                let role = Role::Make { again: message.about == About::Replay, alone };
                (role, State::begin(role))
            }
            About::DeadLetter => {
                let role = Role::Fail { sends: self.without != Some(Broken::MessageOfFailover) };
                (role, State::begin(role))
            }
            About::Removed | About::SecondLook => {
                (Role::Remove, State::begin_removal(self.rules(message.function)))
            }
            About::Addition => (Role::Add, State::begin(Role::Add)),
        };
        let mut worker = Worker { message, tasks: vec![] };
        worker.tasks.push(self.enter(message.function, message.version, role, state));
        worker
    }

    /// A task at the beginning of `state`.
    fn enter(&self, function: Function, version: Entry, role: Role, state: State) -> Task {
        let calls = state.calls(self.rules(function)).len();
        let todo = if state == State::PutOutputs { self.outputs(function) } else { 0 };
        let pending = ((1_u16 << calls) - 1) as u8;
        Task { version, role, state, pending, answers: [Answer::Ok; 3], todo, found: 0, versions: 0 }
    }

    /// Makes `call` in `world`, and returns its answer.
    fn perform(
        &self,
        world: &mut World,
        message: Message,
        task: &mut Task,
        call: Call,
        object: Things,
    ) -> Answer {
        let (key, version) = (message.key, task.version);
        let is_thumbnail = message.function == Function::Thumbnail;
        let (done, failed) = if is_thumbnail { (DONE, FAILED) } else { (TEXT_DONE, TEXT_FAILED) };
        let outputs = self.outputs(message.function);
        let is_current = world.current(key) == Some(version);
        let current = world.current(key);
        let deleted =
            matches!(call, Call::DeleteDone | Call::DeleteRest | Call::DeleteIndex | Call::DeleteFailure);
        world.deleted_what_nobody_hid |= deleted && self.never_hidden == Some(version);
        let versions = |world: &World, what| world.that_have(key, what);
        match call {
            Call::HeadDone | Call::GetDone => Answer::Is(*world.has(key, version) & done != 0),
            Call::HeadFailure => Answer::Is(*world.has(key, version) & failed != 0),
            Call::HeadIndex => {
                let there = *world.has(key, version) & INDEX;
                task.found |= there;
                Answer::Is(there != 0)
            }
            Call::HeadKey => {
                task.versions |= current.map_or(0, |current| 1 << current);
                Answer::Is(is_current)
            }
            Call::Fetch if !is_current => Answer::Fetched(Fetched::NotCurrent),
            Call::Fetch if message.about == About::Unreadable => Answer::Fetched(Fetched::Unfit),
            Call::Fetch => {
                // An alt text that is there is not written again.
                task.found |= *world.has(key, version) & outputs & TEXT;
                Answer::Fetched(Fetched::Made)
            }
            Call::ProveOutputs => Answer::Is(*world.has(key, version) & outputs == outputs),
            Call::ListOutputs | Call::ListRecords => {
                let what = match (call, is_thumbnail) {
                    (Call::ListOutputs, true) => THUMBNAILS | EXTRA,
                    (Call::ListOutputs, false) => TEXT,
                    (_, true) => RECORDS,
                    (_, false) => TEXT_DONE | TEXT_FAILED,
                };
                let there = *world.has(key, version) & what;
                task.found |= there;
                Answer::Found {
                    done: there & (DONE | TEXT_DONE) != 0,
                    rest: there & !(DONE | TEXT_DONE) != 0,
                }
            }
            Call::PutOutputs => {
                *world.has(key, version) |= object;
                Answer::Ok
            }
            Call::PutIndex => {
                *world.has(key, version) |= INDEX;
                Answer::Ok
            }
            Call::PutDone => {
                *world.has(key, version) |= done;
                Answer::Ok
            }
            Call::PutFailure => {
                *world.has(key, version) |= failed;
                Answer::Ok
            }
            Call::DeleteFailure => {
                *world.has(key, version) &= !failed;
                Answer::Ok
            }
            Call::DeleteDone | Call::DeleteRest => {
                *world.has(key, version) &= !object;
                Answer::Ok
            }
            Call::DeleteIndex => {
                *world.has(key, version) &= !INDEX;
                Answer::Ok
            }
            Call::AnnounceMade | Call::AnnounceFailure => {
                *world.told(key, version) |= if call == Call::AnnounceMade { done } else { failed };
                Answer::Ok
            }
            Call::AnnounceRemoval => {
                *world.told(key, version) &= !DONE;
                Answer::Ok
            }
            Call::Send
                if message.about == About::Addition && self.without == Some(Broken::MessageOfAddition) =>
            {
                *world.has(key, version) &= !outputs;
                Answer::Ok
            }
            Call::Send | Call::Tell => {
                let function = match (call, message.function) {
                    (Call::Send, Function::Delivery | Function::Person) => Function::Thumbnail,
                    (Call::Send, function) => function,
                    _ => Function::AltText,
                };
                let sent = self.begin(Message { function, about: About::Settle, key, version });
                // Two of the same that nobody has begun are as one.
                if world.stack.works() && !world.workers.contains(&sent) {
                    world.workers.push(sent);
                }
                Answer::Ok
            }
            Call::ListOutputsOfKey if self.without == Some(Broken::ListOfThumbnails) => Answer::Ok,
            Call::ListIndexOfKey if self.without == Some(Broken::ListOfIndex) => Answer::Ok,
            Call::ListOutputsOfKey => {
                task.versions |= versions(world, THUMBNAILS | EXTRA);
                Answer::Ok
            }
            Call::ListRecordsOfKey => {
                task.versions |= versions(world, RECORDS);
                Answer::Ok
            }
            Call::ListIndexOfKey => {
                task.versions |= versions(world, INDEX);
                Answer::Ok
            }
        }
    }

    /// The tasks that follow `task`, all of whose calls are answered.
    fn follow(&self, message: Message, task: Task) -> Vec<Task> {
        let rules = self.rules(message.function);
        let mut answers = task.answers;
        self.mistake_answers(&task, &mut answers);
        let next = self.mistake_next(&task, task.state.next(rules, task.role, &answers));
        match next {
            State::End(_) => vec![],
            State::SettleAll(_) => {
                let own = if task.role == Role::Remove { 0 } else { 1 << task.version };
                let versions = (0..VERSIONS as u8).filter(|version| task.versions & !own & 1 << version != 0);
                versions
                    .map(|version| {
                        self.enter(message.function, version, Role::Remove, State::begin(Role::Remove))
                    })
                    .collect()
            }
            next => {
                let mut followed = self.enter(message.function, task.version, task.role, next);
                match next {
                    State::DeleteDone(_) => {
                        (followed.todo, followed.found) = (task.found & (DONE | TEXT_DONE), task.found)
                    }
                    State::DeleteRest(index) => {
                        let kept = if index == IndexEntry::AfterEvent { INDEX } else { 0 };
                        followed.todo = task.found & !(DONE | TEXT_DONE | kept);
                    }
                    State::PutOutputs if task.role != Role::Add => followed.todo &= !task.found,
                    State::LookAtKey(_) => followed.versions = task.versions,
                    _ => {}
                }
                // Nothing to delete besides the done record, or nothing to put.
                if matches!(next, State::DeleteRest(_) | State::PutOutputs) && followed.todo == 0 {
                    return self.follow(message, followed);
                }
                vec![followed]
            }
        }
    }

    /// The messages that a deed makes S3 send.
    fn events(&self, deed: Deed) -> Vec<Message> {
        let message = |function, about, key, version| Message { function, about, key, version };
        match deed {
            Deed::Put(key, version) => {
                let created = |function| message(function, About::Created, key, version);
                let described = self.described.then_some(created(Function::AltText));
                [created(Function::Thumbnail)].into_iter().chain(described).collect()
            }
            Deed::Delete(key, _) | Deed::DeleteVersion(key, _) => {
                vec![message(Function::Thumbnail, About::Removed, key, 0)]
            }
            Deed::Down => Vec::new(),
        }
    }
}
