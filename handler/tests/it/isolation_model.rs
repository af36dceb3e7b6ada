//! The isolation of photos that end processes, explored: whatever is batched with what, and whichever photos kill, no
//! photo fails that was never tried alone.
//!
//! The decisions are the functions that the handler calls. `MODEL=large` explores larger bounds.

use contract::attempt::Attempt;
use handler::isolation::{History, Turn, turns};
use stateright::{Checker as _, Model, Property};

/// How often the queue delivers a message before it is a dead letter.
const MAXIMUM_RECEIVES: u8 = 5;

/// A queue, and whoever decides what comes together.
#[derive(Clone)]
struct Isolation {
    photos: usize,
    batches: Batches,
    /// How often a photo that does not kill ends its process all the same, or fails and comes again.
    accidents: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Batches {
    /// All messages of a queue come together every time.
    All,
    /// Any messages of the queue come together, and dead letters one by one.
    Any,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    /// The oldest first.
    photos: Vec<Photo>,
    accidents: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Photo {
    kills: bool,
    message: Message,
    note: Option<Attempt>,
    /// Whether it was ever worked on alone.
    was_tried: bool,
    outcome: Option<Outcome>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Message {
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
enum Action {
    /// The function receives the photos of a set. An accident may happen to one of them. Of those that come for the
    /// first time, all or none are done before one ends the process.
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
        History::of(self.note, self.outcome == Some(Outcome::GivenUp))
    }

    fn returns(&self) -> u32 {
        match self.message {
            Message::InQueue { returns, .. } | Message::DeadLetter { returns } => returns,
            Message::Deleted => 0,
        }
    }

    /// Grows with every step of its message.
    fn progress(&self) -> u32 {
        match self.message {
            Message::InQueue { receives, returns } => returns * 10 + u32::from(receives),
            Message::DeadLetter { returns } => returns * 10 + 9,
            Message::Deleted => 1000,
        }
    }
}

/// The places that are in `set`.
fn members(set: u16) -> impl Iterator<Item = usize> {
    (0..16).filter(move |i| set & (1 << i) != 0)
}

impl State {
    /// The set of photos whose message is `wanted`.
    fn set(&self, wanted: impl Fn(&Message) -> bool) -> u16 {
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
            let Message::InQueue { receives, .. } = &mut self.photos[*i].message else { unreachable!() };
            *receives += 1;
        }
        let is_fresh = |photo: &Photo| matches!(photo.message, Message::InQueue { receives: 1, returns: 0 });
        // As the handler sorts them.
        here.sort_by_key(|i| std::cmp::Reverse(self.photos[*i].returns()));
        let (fresh, suspects): (Vec<usize>, Vec<usize>) =
            here.iter().partition(|i| is_fresh(&self.photos[**i]));
        let histories: Vec<History> = suspects.iter().map(|i| self.photos[*i].history()).collect();
        let happens = |i: usize| accident.filter(|(at, _)| *at == i).map(|(_, accident)| accident);
        let mut again = Vec::new();
        let mut is_killed = false;
        for (place, turn) in turns(&histories, !fresh.is_empty()) {
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
                    let attempt = Attempt::begun(photo.note);
                    photo.note = Some(attempt);
                    if photo.kills || happens(i) == Some(Accident::Dies) {
                        is_killed = true;
                        break;
                    }
                    if happens(i) == Some(Accident::ComesAgain) {
                        photo.note = Some(attempt.ended());
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
            let Message::InQueue { receives, returns } = photo.message else { unreachable!() };
            photo.message = if !is_killed && !again.contains(&i) {
                Message::Deleted
            } else if receives >= MAXIMUM_RECEIVES {
                Message::DeadLetter { returns }
            } else {
                photo.message
            };
        }
    }

    /// The failover function receives a dead letter.
    fn fail(&mut self, i: usize) {
        let photo = &mut self.photos[i];
        let returns = photo.returns();
        photo.message = Message::Deleted;
        if photo.outcome != Some(Outcome::Done) {
            if photo.history().returns(returns) {
                photo.message = Message::InQueue { receives: 0, returns: returns + 1 };
            } else {
                photo.outcome = Some(Outcome::DeadLetter);
            }
        }
    }
}

impl Model for Isolation {
    type State = State;
    type Action = Action;

    /// Any of the photos kill.
    fn init_states(&self) -> Vec<State> {
        let photo = |kills| Photo {
            kills,
            message: Message::InQueue { receives: 0, returns: 0 },
            note: None,
            was_tried: false,
            outcome: None,
        };
        let state = |killers: u32| State {
            photos: (0..self.photos).map(|i| photo(killers & (1 << i) != 0)).collect(),
            accidents: self.accidents,
        };
        (0..1 << self.photos).map(state).collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let letters = state.set(|message| matches!(message, Message::DeadLetter { .. }));
        let mut queued = state.set(|message| matches!(message, Message::InQueue { .. }));
        if self.batches == Batches::All && letters != 0 {
            actions.push(Action::Fail(letters));
            queued = 0;
        }
        let batches: Vec<u16> = match self.batches {
            Batches::All => vec![queued],
            Batches::Any => (1..1 << self.photos).filter(|batch| batch & !queued == 0).collect(),
        };
        for batch in batches.into_iter().filter(|batch| *batch != 0) {
            for all_before in [false, true] {
                actions.push(Action::Receive { batch, accident: None, all_before });
            }
            for i in members(batch).filter(|_| state.accidents > 0) {
                for accident in [Accident::Dies, Accident::ComesAgain] {
                    actions.push(Action::Receive { batch, accident: Some((i, accident)), all_before: false });
                }
            }
        }
        if self.batches == Batches::Any {
            actions.extend(
                (0..self.photos).map(|i| letters & (1 << i)).filter(|set| *set != 0).map(Action::Fail),
            );
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Receive { batch, accident, all_before } => {
                next.accidents -= u8::from(accident.is_some());
                next.receive(batch, accident, all_before);
            }
            Action::Fail(letters) => members(letters).for_each(|i| next.fail(i)),
        }
        // So every schedule ends.
        assert!(next.progress() > state.progress(), "{state:?} {action:?}");
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("what fails was tried alone", |_, state: &State| {
                let failed = |photo: &&Photo| !matches!(photo.outcome, None | Some(Outcome::Done));
                state.photos.iter().filter(failed).all(|photo| photo.was_tried)
            }),
            Property::always("without accidents no good photo fails", |model: &Self, state: &State| {
                let failed =
                    |photo: &Photo| !photo.kills && photo.outcome.is_some_and(|it| it != Outcome::Done);
                state.accidents < model.accidents || !state.photos.iter().any(failed)
            }),
            Property::always("in the end every photo is done or has failed", |_, state: &State| {
                let is_settled = |photo: &Photo| match photo.outcome {
                    None => false,
                    Some(Outcome::Done) => !photo.kills,
                    Some(Outcome::GivenUp | Outcome::DeadLetter) => true,
                };
                let ends = state.photos.iter().all(|photo| photo.message == Message::Deleted);
                !ends || state.photos.iter().all(is_settled)
            }),
        ]
    }
}

#[expect(clippy::disallowed_methods, reason = "the environment says how much the test explores")]
fn is_large() -> bool {
    std::env::var("MODEL").is_ok_and(|size| size == "large")
}

#[track_caller]
#[expect(clippy::print_stdout, reason = "the number of states is for whoever asks with --nocapture")]
fn explore(model: Isolation) {
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn any_number_of_killers_in_a_batch_of_ten_take_no_good_photo_along() {
    explore(Isolation { photos: 10, batches: Batches::All, accidents: 0 });
}

#[test]
fn killers_take_no_good_photo_along_whatever_comes_together() {
    explore(Isolation { photos: if is_large() { 4 } else { 3 }, batches: Batches::Any, accidents: 0 });
}

#[test]
fn accidents_take_no_photo_along() {
    explore(Isolation { photos: 3, batches: Batches::All, accidents: if is_large() { 3 } else { 2 } });
}
