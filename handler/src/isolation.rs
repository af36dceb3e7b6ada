//! Isolation: the order in which a batch is processed, so that a photo that crashes the process fails alone.
//!
//! When a process ends, SQS delivers every message of its batch again and does not report which message ended it. A
//! message that was received before is therefore a suspect. The handler processes suspects one after the other, and
//! stores a record of the attempt before each. If the process ends, the record remains. The functions here decide
//! without I/O: the handler calls them, and a model checker explores them.
//!
//! - Suspects that were never tried come first, so that each process that ends leaves a record about a different photo.
//! - A photo that ended a process waits until its batch has only such photos. If it ends another process, it fails
//!   permanently.
//! - A dead letter that was never tried returns to the queue.

use contract::attempt::Attempt;

/// How many processes a photo may end before it fails permanently.
pub const MAX_KILLS: u32 = 2;

/// The maximum number of times that a dead letter returns to the queue. A function that cannot start makes no attempts,
/// and its photos must get failure records in the end.
pub const MAX_RETURNS: u32 = 2;

/// The earlier attempts at a suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum History {
    /// It was never processed alone.
    Untried,
    /// It was processed alone without ending the process.
    Tried,
    /// The number of processes that ended while they processed it alone.
    Killed(u32),
}

/// The action of the handler for a suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The handler records a permanent failure.
    GiveUp,
    /// The handler processes it alone.
    Try,
    /// SQS delivers it again.
    Wait,
}

impl History {
    /// Returns the history in the record `note`. `has_failed` is whether the photo has a failure record. It then has no
    /// record of attempts, but SQS delivers the message again if another photo ended that process.
    pub fn from_attempt(note: Option<Attempt>, has_failed: bool) -> Self {
        match note.map(Attempt::kill_count) {
            None if has_failed => Self::Killed(MAX_KILLS),
            None => Self::Untried,
            Some(0) => Self::Tried,
            Some(kills) => Self::Killed(kills),
        }
    }

    /// Returns whether the photo has ended so many processes that it fails permanently.
    pub fn is_given_up(self) -> bool {
        matches!(self, Self::Killed(kills) if kills >= MAX_KILLS)
    }

    /// Returns whether a dead letter with this history returns to the queue, after it has been returned `return_count`
    /// times.
    pub fn is_sent_back(self, return_count: u32) -> bool {
        self == Self::Untried && return_count < MAX_RETURNS
    }
}

/// Returns the turns of `suspects`, which are in the order of their age, the oldest first. If the batch `has_fresh`
/// messages, which are received for the first time, the handler processes them after the last turn.
pub fn plan_turns(suspects: &[History], has_fresh: bool) -> Vec<(usize, Turn)> {
    let only_killers = !has_fresh && suspects.iter().all(|history| matches!(history, History::Killed(_)));
    let turn = |history: &History| match history {
        history if history.is_given_up() => Turn::GiveUp,
        History::Killed(_) if !only_killers => Turn::Wait,
        History::Untried | History::Tried | History::Killed(_) => Turn::Try,
    };
    let mut turns: Vec<_> = suspects.iter().map(turn).enumerate().collect();
    let rank = |turn| match turn {
        Turn::GiveUp => 0,
        Turn::Try => 1,
        Turn::Wait => 2,
    };
    // The sort is stable, so the oldest come first.
    turns.sort_by_key(|(i, turn)| (rank(*turn), suspects[*i]));
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untried_suspects_come_first_and_photos_that_killed_a_process_wait() {
        use History::{Killed, Tried, Untried};
        let suspects = [Tried, Killed(1), Untried, Killed(2), Untried];
        let expect = [(3, Turn::GiveUp), (2, Turn::Try), (4, Turn::Try), (0, Turn::Try), (1, Turn::Wait)];
        assert_eq!(plan_turns(&suspects, false), expect);
        assert_eq!(plan_turns(&[Killed(1)], true), [(0, Turn::Wait)]);
        assert_eq!(plan_turns(&[Killed(1), Killed(1)], false), [(0, Turn::Try), (1, Turn::Try)]);
        assert_eq!(plan_turns(&[], false), []);
    }

    #[test]
    fn an_attempt_counts_the_processes_that_were_killed() {
        let first = Attempt::begin(None);
        assert_eq!(History::from_attempt(None, false), History::Untried);
        assert_eq!(History::from_attempt(None, true), History::Killed(MAX_KILLS));
        assert_eq!(History::from_attempt(Some(first), false), History::Killed(1));
        assert_eq!(History::from_attempt(Some(first.finish()), false), History::Tried);
        let second = Attempt::begin(Some(first));
        assert_eq!(History::from_attempt(Some(second), false), History::Killed(2));
        // A successful attempt does not reset the number of kills.
        assert_eq!(History::from_attempt(Some(second.finish()), false), History::Killed(1));
    }
}
