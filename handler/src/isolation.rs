//! Isolation: the turns in which a batch is worked on, so that a photo that ends the process takes none along.
//!
//! When a process ends, every message of its batch comes again with one receive more, and nothing tells which of them
//! ended it. So a message that was received before is a suspect. Suspects are worked on one after the other, each behind
//! a note that is still open if the process ends. The functions here decide and do nothing else: the handler calls them,
//! and a model checker explores them.
//!
//! - Suspects that were never tried come first, so every process that ends marks another photo.
//! - A photo that ended a process waits until no other message is in its batch. If it ends another process, it fails
//!   for good.
//! - A dead letter that was never tried goes back to the queue.

use contract::attempt::Attempt;

/// How many processes a photo may end before it has failed for good.
pub const MAX_KILLS: u32 = 2;

/// How often a dead letter goes back to the queue. A function that cannot even start tries nothing, and its photos
/// must become failure records in the end.
pub const MAX_RETURNS: u32 = 2;

/// What is known of a suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum History {
    /// It was never worked on alone.
    Untried,
    /// It was, and the process went on.
    Tried,
    /// So many attempts at it alone ended with their process.
    Killed(u32),
}

/// What is done with a suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It has failed for good.
    GiveUp,
    /// It is worked on alone.
    Try,
    /// It comes again.
    Wait,
}

impl History {
    /// Returns what `note` tells. A photo that was given up has none, and comes again if another one ended the process
    /// that gave it up.
    pub fn of(note: Option<Attempt>, is_given_up: bool) -> Self {
        match note.map(Attempt::all_kills) {
            None if is_given_up => Self::Killed(MAX_KILLS),
            None => Self::Untried,
            Some(0) => Self::Tried,
            Some(kills) => Self::Killed(kills),
        }
    }

    /// Returns whether a dead letter with this history goes back to the queue, after it has done so `returns` times.
    pub fn returns(self, returns: u32) -> bool {
        self == Self::Untried && returns < MAX_RETURNS
    }
}

/// Returns the turns of `suspects`, which are given in the order of their age. Messages that came for the first time, if
/// the batch `has_fresh` ones, follow after the last turn.
pub fn turns(suspects: &[History], has_fresh: bool) -> Vec<(usize, Turn)> {
    let only_killers = !has_fresh && suspects.iter().all(|history| matches!(history, History::Killed(_)));
    let turn = |history: &History| match history {
        History::Killed(kills) if *kills >= MAX_KILLS => Turn::GiveUp,
        History::Killed(_) if !only_killers => Turn::Wait,
        History::Untried | History::Tried | History::Killed(_) => Turn::Try,
    };
    let mut turns: Vec<_> = suspects.iter().map(turn).enumerate().collect();
    let rank = |turn| match turn {
        Turn::GiveUp => 0,
        Turn::Try => 1,
        Turn::Wait => 2,
    };
    // Stable: the oldest first.
    turns.sort_by_key(|(i, turn)| (rank(*turn), suspects[*i]));
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_tried_comes_first_and_what_killed_waits() {
        use History::{Killed, Tried, Untried};
        let suspects = [Tried, Killed(1), Untried, Killed(2), Untried];
        let expect = [(3, Turn::GiveUp), (2, Turn::Try), (4, Turn::Try), (0, Turn::Try), (1, Turn::Wait)];
        assert_eq!(turns(&suspects, false), expect);
        assert_eq!(turns(&[Killed(1)], true), [(0, Turn::Wait)]);
        assert_eq!(turns(&[Killed(1), Killed(1)], false), [(0, Turn::Try), (1, Turn::Try)]);
        assert_eq!(turns(&[], false), []);
    }

    #[test]
    fn a_note_tells_how_many_processes_ended() {
        let first = Attempt::begun(None);
        assert_eq!(History::of(None, false), History::Untried);
        assert_eq!(History::of(None, true), History::Killed(MAX_KILLS));
        assert_eq!(History::of(Some(first), false), History::Killed(1));
        assert_eq!(History::of(Some(first.ended()), false), History::Tried);
        let second = Attempt::begun(Some(first));
        assert_eq!(History::of(Some(second), false), History::Killed(2));
        // An attempt that ends well after one that did not says no more than that.
        assert_eq!(History::of(Some(second.ended()), false), History::Killed(1));
    }
}
