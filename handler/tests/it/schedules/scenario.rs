//! Scenarios: the steps of users, and additional messages in the queues.

use fastrand::Rng;

/// The steps of all users. The steps of each user happen in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scenario {
    /// Whether outputs are kept when their original is removed.
    pub(crate) keeps_outputs: bool,
    /// Whether the functions send an event for each outcome.
    pub(crate) sends_events: bool,
    /// Whether the name index is disabled.
    pub(crate) has_no_index: bool,
    /// Whether the bucket has no versions.
    pub(crate) is_unversioned: bool,
    /// Whether the stack has alt texts.
    pub(crate) has_alt_text: bool,
    /// The steps that were done and processed before.
    pub(crate) before: Vec<Step>,
    /// The steps of each user, in order, while the functions work.
    pub(crate) users: Vec<Vec<Step>>,
    /// How many processes may be killed.
    pub(crate) kills: u32,
}

/// A step of a user, of S3, or of SQS.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A photo is uploaded.
    Put(&'static str),
    /// The first photo is uploaded again. In a bucket without versions, it has the same version.
    PutFirst(&'static str),
    /// A file is uploaded that is not a photo.
    PutBad(&'static str),
    /// A photo is deleted. In a bucket with versions, a delete marker hides it.
    Delete(&'static str),
    /// The newest version or delete marker is deleted.
    DeleteNewest(&'static str),
    /// The oldest version is deleted.
    DeleteOldest(&'static str),
    /// The event of the newest version is delivered again to one of the functions.
    Duplicate(&'static str, Recipient),
    /// A user replays the newest version.
    Replay(&'static str, Recipient),
    /// The event of the newest version is a dead letter.
    Letter(&'static str, Recipient),
}

/// The function whose queue a message is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recipient {
    Thumbnail,
    AltText,
}

const KEYS: [&str; 2] = ["a.png", "b/a.png"];

impl Scenario {
    /// Returns a random scenario.
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let key = |rng: &mut Rng| if rng.u8(..6) == 0 { KEYS[1] } else { KEYS[0] };
        let (keeps_outputs, is_unversioned) = (rng.u8(..8) == 0, rng.u8(..4) == 0);
        let has_alt_text = rng.u8(..5) < 2;
        let (sends_events, has_no_index) = (rng.bool(), rng.u8(..5) == 0);
        let mut before = Vec::new();
        for _ in 0..rng.u8(..3) {
            before.push(if rng.u8(..4) == 0 { Step::Delete(KEYS[0]) } else { Step::Put(KEYS[0]) });
        }
        let mut users = vec![vec![Step::Put(KEYS[0])]];
        for _ in 0..rng.usize(1..=4) {
            let key = key(rng);
            let to = if has_alt_text && rng.bool() { Recipient::AltText } else { Recipient::Thumbnail };
            let step = match rng.u8(..17) {
                0..3 => Step::Put(key),
                3 => Step::PutBad(key),
                4..7 => Step::Delete(key),
                7..10 => Step::DeleteNewest(key),
                10 => Step::DeleteOldest(key),
                11..13 => Step::Duplicate(key, to),
                13..15 => Step::Replay(key, to),
                15 => Step::PutFirst(key),
                _ => Step::Letter(key, to),
            };
            if rng.u8(..3) == 0 || users.len() == 1 { users.push(vec![step]) } else { users[1].push(step) }
        }
        if rng.bool() {
            users.remove(0);
        }
        Self {
            keeps_outputs,
            sends_events,
            has_no_index,
            is_unversioned,
            has_alt_text,
            before,
            users,
            kills: rng.u32(..3),
        }
    }
}
