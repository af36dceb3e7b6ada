//! A model of the isolation of photos that crash processes. With any batches and any photos that crash processes, no
//! photo fails that was never tried alone.
//!
//! The model calls the same functions as the handler. `MODEL=large` explores larger bounds.

use contract::attempt::Attempt;
use handler::isolation::{History, Turn, plan_turns};
use stateright::{Checker as _, Model, Property};

/// The maximum number of times that the queue delivers a message before it is a dead letter.
const MAXIMUM_RECEIVES: u8 = 5;

/// A queue, and the way in which it forms batches.
#[derive(Clone)]
struct Isolation {
    photos: usize,
    batches: Batches,
    /// The maximum number of times that a good photo may end its process, or fail and be delivered again.
    accidents: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Batches {
    /// Each batch has all messages of the queue.
    All,
    /// A batch has any messages of the queue. Dead letters are delivered one by one.
    Any,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct QueueState {
    /// The photos, the oldest first.
    photos: Vec<Photo>,
    accidents: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Photo {
    kills: bool,
    message: MessageState,
    note: Option<Attempt>,
    /// Whether it has been processed alone.
    was_tried: bool,
    outcome: Option<Outcome>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum MessageState {
    InQueue { receives: u8, returns: u32 },
    DeadLetter { returns: u32 },
    Deleted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Outcome {
    Done,
    GivenUp,
    DeadLetter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ModelStep {
    /// The function receives the photos of a set. One of them may have a transient failure. Of the photos that are
    /// received for the first time, either all or none are done before one crashes the process.
    Receive { batch: u16, accident: Option<(usize, Accident)>, all_before: bool },
    /// The failover function receives the dead letters of a set.
    Fail(u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Accident {
    Dies,
    ComesAgain,
}

impl Photo {
    fn history(&self) -> History {
        History::from_attempt(self.note, self.outcome == Some(Outcome::GivenUp))
    }

    fn returns(&self) -> u32 {
        match self.message {
            MessageState::InQueue { returns, .. } | MessageState::DeadLetter { returns } => returns,
            MessageState::Deleted => 0,
        }
    }

    /// Returns a number that grows with every step of its message.
    fn progress(&self) -> u32 {
        match self.message {
            MessageState::InQueue { receives, returns } => returns * 10 + u32::from(receives),
            MessageState::DeadLetter { returns } => returns * 10 + 9,
            MessageState::Deleted => 1000,
        }
    }
}

/// Returns the positions in `set`.
fn members(set: u16) -> impl Iterator<Item = usize> {
    (0..16).filter(move |i| set & (1 << i) != 0)
}

impl QueueState {
    /// Returns the set of photos whose message is `wanted`.
    fn set(&self, wanted: impl Fn(&MessageState) -> bool) -> u16 {
        let photos = self.photos.iter().enumerate().filter(|(_, photo)| wanted(&photo.message));
        photos.map(|(i, _)| 1 << i).sum()
    }

    fn progress(&self) -> u32 {
        self.photos.iter().map(Photo::progress).sum()
    }

    /// Receives the photos of `batch`.
    fn receive(&mut self, batch: u16, accident: Option<(usize, Accident)>, all_before: bool) {
        let mut here: Vec<usize> = members(batch).collect();
        for i in &here {
            let MessageState::InQueue { receives, .. } = &mut self.photos[*i].message else { unreachable!() };
            *receives += 1;
        }
        let is_fresh =
            |photo: &Photo| matches!(photo.message, MessageState::InQueue { receives: 1, returns: 0 });
        // The handler sorts them in the same way.
        here.sort_by_key(|i| std::cmp::Reverse(self.photos[*i].returns()));
        let (fresh, suspects): (Vec<usize>, Vec<usize>) =
            here.iter().partition(|i| is_fresh(&self.photos[**i]));
        let histories: Vec<History> = suspects.iter().map(|i| self.photos[*i].history()).collect();
        let happens = |i: usize| accident.filter(|(at, _)| *at == i).map(|(_, accident)| accident);
        let mut again = Vec::new();
        let mut is_killed = false;
        for (place, turn) in plan_turns(&histories, !fresh.is_empty()) {
            let i = suspects[place];
            let photo = &mut self.photos[i];
            match turn {
                Turn::Wait => again.push(i),
                Turn::GiveUp => {
                    photo.outcome = Some(Outcome::GivenUp);
                    photo.note = None;
                }
                Turn::Try => {
                    photo.was_tried = true;
                    let attempt = Attempt::begin(photo.note);
                    photo.note = Some(attempt);
                    if photo.kills || happens(i) == Some(Accident::Dies) {
                        is_killed = true;
                        break;
                    }
                    if happens(i) == Some(Accident::ComesAgain) {
                        photo.note = Some(attempt.finish());
                        again.push(i);
                    } else {
                        photo.outcome = Some(Outcome::Done);
                        photo.note = None;
                    }
                }
            }
        }
        if !is_killed {
            let dies = |i: &usize| self.photos[*i].kills || happens(*i) == Some(Accident::Dies);
            is_killed = fresh.iter().any(dies);
            for i in fresh {
                if self.photos[i].kills || happens(i).is_some() {
                    again.push(i);
                } else if !is_killed || all_before {
                    self.photos[i].outcome = Some(Outcome::Done);
                }
            }
        }
        for i in here {
            let photo = &mut self.photos[i];
            let MessageState::InQueue { receives, returns } = photo.message else { unreachable!() };
            photo.message = if !is_killed && !again.contains(&i) {
                MessageState::Deleted
            } else if receives >= MAXIMUM_RECEIVES {
                MessageState::DeadLetter { returns }
            } else {
                photo.message
            };
        }
    }

    /// Lets the failover function receive a dead letter.
    fn fail(&mut self, i: usize) {
        let photo = &mut self.photos[i];
        let returns = photo.returns();
        photo.message = MessageState::Deleted;
        if photo.outcome != Some(Outcome::Done) {
            if photo.history().is_sent_back(returns) {
                photo.message = MessageState::InQueue { receives: 0, returns: returns + 1 };
            } else {
                photo.outcome = Some(Outcome::DeadLetter);
            }
        }
    }
}

impl Model for Isolation {
    type State = QueueState;
    type Action = ModelStep;

    /// Returns a state for each set of killers.
    fn init_states(&self) -> Vec<QueueState> {
        let photo = |kills| Photo {
            kills,
            message: MessageState::InQueue { receives: 0, returns: 0 },
            note: None,
            was_tried: false,
            outcome: None,
        };
        let state = |killers: u32| QueueState {
            photos: (0..self.photos).map(|i| photo(killers & (1 << i) != 0)).collect(),
            accidents: self.accidents,
        };
        (0..1 << self.photos).map(state).collect()
    }

    fn actions(&self, state: &QueueState, actions: &mut Vec<ModelStep>) {
        let letters = state.set(|message| matches!(message, MessageState::DeadLetter { .. }));
        let mut queued = state.set(|message| matches!(message, MessageState::InQueue { .. }));
        if self.batches == Batches::All && letters != 0 {
            actions.push(ModelStep::Fail(letters));
            queued = 0;
        }
        let batches: Vec<u16> = match self.batches {
            Batches::All => vec![queued],
            Batches::Any => (1..1 << self.photos).filter(|batch| batch & !queued == 0).collect(),
        };
        for batch in batches.into_iter().filter(|batch| *batch != 0) {
            for all_before in [false, true] {
                actions.push(ModelStep::Receive { batch, accident: None, all_before });
            }
            for i in members(batch).filter(|_| state.accidents > 0) {
                for accident in [Accident::Dies, Accident::ComesAgain] {
                    actions.push(ModelStep::Receive {
                        batch,
                        accident: Some((i, accident)),
                        all_before: false,
                    });
                }
            }
        }
        if self.batches == Batches::Any {
            actions.extend(
                (0..self.photos).map(|i| letters & (1 << i)).filter(|set| *set != 0).map(ModelStep::Fail),
            );
        }
    }

    fn next_state(&self, state: &QueueState, action: ModelStep) -> Option<QueueState> {
        let mut next = state.clone();
        match action {
            ModelStep::Receive { batch, accident, all_before } => {
                next.accidents -= u8::from(accident.is_some());
                next.receive(batch, accident, all_before);
            }
            ModelStep::Fail(letters) => members(letters).for_each(|i| next.fail(i)),
        }
        // Every step makes progress, so every schedule ends.
        assert!(next.progress() > state.progress(), "{state:?} {action:?}");
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("every failed photo was tried alone", |_, state: &QueueState| {
                let failed = |photo: &&Photo| !matches!(photo.outcome, None | Some(Outcome::Done));
                state.photos.iter().filter(failed).all(|photo| photo.was_tried)
            }),
            Property::always("without accidents, no good photo fails", |model: &Self, state: &QueueState| {
                let failed =
                    |photo: &Photo| !photo.kills && photo.outcome.is_some_and(|it| it != Outcome::Done);
                state.accidents < model.accidents || !state.photos.iter().any(failed)
            }),
            Property::always("in the end every photo is done or has failed", |_, state: &QueueState| {
                let is_settled = |photo: &Photo| match photo.outcome {
                    None => false,
                    Some(Outcome::Done) => !photo.kills,
                    Some(Outcome::GivenUp | Outcome::DeadLetter) => true,
                };
                let ends = state.photos.iter().all(|photo| photo.message == MessageState::Deleted);
                !ends || state.photos.iter().all(is_settled)
            }),
        ]
    }
}

#[expect(clippy::disallowed_methods, reason = "the environment defines how much the test explores")]
fn is_large() -> bool {
    std::env::var("MODEL").is_ok_and(|size| size == "large")
}

#[track_caller]
#[expect(clippy::print_stdout, reason = "`--nocapture` shows the number of states")]
fn explore(model: Isolation) {
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn photos_that_kill_the_process_fail_no_good_photo_in_a_batch_of_ten() {
    explore(Isolation { photos: 10, batches: Batches::All, accidents: 0 });
}

#[test]
fn photos_that_kill_the_process_fail_no_good_photo_in_any_batches() {
    explore(Isolation { photos: if is_large() { 4 } else { 3 }, batches: Batches::Any, accidents: 0 });
}

#[test]
fn unrelated_kills_fail_no_photo() {
    explore(Isolation { photos: 3, batches: Batches::All, accidents: if is_large() { 3 } else { 2 } });
}
