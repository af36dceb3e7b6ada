//! Scenarios: what users do, and what is in the queues besides the events of that.

use fastrand::Rng;

/// What happens, and in which order as far as it has one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scenario {
    /// Whether what is derived stays when its original is removed.
    pub(crate) keeps: bool,
    /// Whether each outcome is an event.
    pub(crate) announced: bool,
    /// Whether the bucket keeps no versions.
    pub(crate) is_unversioned: bool,
    /// Whether photos are described, too.
    pub(crate) is_described: bool,
    /// What was done and processed before.
    pub(crate) before: Vec<Step>,
    /// What each user does, one step after the other, while the functions work.
    pub(crate) users: Vec<Vec<Step>>,
    /// How many processes are killed at most.
    pub(crate) kills: u32,
}

/// A step of a user, of S3 or of SQS.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A photo is uploaded.
    Put(&'static str),
    /// The first photo of all is uploaded: in a bucket without versions, its version is the same again.
    PutFirst(&'static str),
    /// A file is uploaded that is no photo.
    PutBad(&'static str),
    /// A photo is hidden behind a delete marker, or deleted in a bucket without versions.
    Delete(&'static str),
    /// The newest version is deleted, be it a delete marker.
    DeleteNewest(&'static str),
    /// The oldest version is deleted.
    DeleteOldest(&'static str),
    /// The event of the creation of the newest version comes once more, to one of the functions.
    Duplicate(&'static str, To),
    /// The newest version is to be processed again.
    Replay(&'static str, To),
    /// The event of the creation of the newest version is a dead letter.
    Letter(&'static str, To),
}

/// The function whose queue a message is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Thumbnail,
    AltText,
}

const KEYS: [&str; 2] = ["a.png", "b/a.png"];

impl Scenario {
    /// Some scenario.
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let key = |rng: &mut Rng| if rng.u8(..6) == 0 { KEYS[1] } else { KEYS[0] };
        let (keeps, is_unversioned) = (rng.u8(..8) == 0, rng.u8(..4) == 0);
        let is_described = rng.u8(..5) < 2;
        let announced = rng.bool();
        let mut before = Vec::new();
        for _ in 0..rng.u8(..3) {
            before.push(if rng.u8(..4) == 0 { Step::Delete(KEYS[0]) } else { Step::Put(KEYS[0]) });
        }
        let mut users = vec![vec![Step::Put(KEYS[0])]];
        for _ in 0..rng.usize(1..=4) {
            let key = key(rng);
            let to = if is_described && rng.bool() { To::AltText } else { To::Thumbnail };
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
        Self { keeps, announced, is_unversioned, is_described, before, users, kills: rng.u32(..3) }
    }
}
