//! The rules of the protocol, each of which a scenario can leave out.

use protocol::{Answer, End, IndexEntry, Role, State};

use super::{Scenario, Task};

/// A rule of the protocol left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The last look at the key.
    FinalLook,
    /// The look for a failure record after the done record is put.
    LookForFailure,
    /// The look at all that a done version has, when its message comes again.
    SettlingWhatIsDone,
    /// The proof that a done version has its thumbnails.
    Proof,
    /// The second pass after a deletion.
    SecondPass,
    /// The look at the key in a removal.
    LookAtKeyInRemoval,
    /// The look at the key in a bucket without versions, by a worker whose version is not current.
    LookAtKeyWithoutVersions,
    /// The listing of thumbnails in a removal.
    ListOfThumbnails,
    /// The listing of the index in a removal.
    ListOfIndex,
    /// The message of a failover.
    MessageOfFailover,
    /// The look for the done record after a failure record is put.
    LookForDone,
    /// The second look of a removal.
    SecondLook,
    /// The message for a version that got one thing more and is not current: what was put is deleted instead.
    MessageOfAddition,
    /// The look at the key after one thing more is put.
    LookAfterAddition,
    /// The event before a done record.
    EventBeforeDone,
    /// The event of a removal before the last deletion.
    EventBeforeLastDeletion,
    /// The event of a removal, by a worker that finds nothing of the version that its message is about.
    EventOfWhatIsGone,
    /// The event after a removal that the current version has its outputs.
    EventOfWhatIsBack,
    /// The second listing of a bucket that is not empty after all that was listed is deleted.
    SecondListing,
}

impl Scenario {
    /// Changes the answers to the calls of `task`, so that the rule that is left out does not see what it looks for.
    pub(super) fn mistake_answers(&self, task: &Task, answers: &mut [Answer]) {
        let yes = Answer::Is(true);
        match (self.without, task.state) {
            (Some(Broken::FinalLook), State::Confirm) => answers[1] = yes,
            (Some(Broken::LookForFailure), State::Confirm) => answers[0] = Answer::Is(false),
            (Some(Broken::LookForDone), State::ConfirmFailure) => answers[0] = Answer::Is(false),
            (Some(Broken::Proof), State::Prove) => answers[0] = yes,
            (Some(Broken::LookAfterAddition), State::Settle) if task.role == Role::Add => answers[0] = yes,
            _ => {}
        }
    }

    /// The step that follows `task` without the rule that is left out, where `next` follows with it.
    pub(super) fn mistake_next(&self, task: &Task, next: State) -> State {
        let Some(without) = self.without else { return next };
        match (without, task.state, next) {
            (Broken::SettlingWhatIsDone, State::LookForDone, State::Settle) => State::End(End::WasDone),
            (Broken::SecondPass, State::DeleteRest(_), _) => State::End(End::Cleared),
            (Broken::LookAtKeyWithoutVersions, State::ListKey(end), _) if task.role != Role::Remove => {
                State::SettleAll(end)
            }
            (Broken::LookAtKeyInRemoval, State::ListKey(end), _) => State::SettleAll(end),
            (Broken::EventBeforeDone, State::PutOutputs, _) => State::PutDone,
            (Broken::EventBeforeDone, State::PutDone, _) => State::AnnounceMade,
            (Broken::EventBeforeDone, State::AnnounceMade, _) => State::Confirm,
            (Broken::EventBeforeLastDeletion, State::DeleteIndex, _) => {
                State::AnnounceRemoval(IndexEntry::AfterEvent)
            }
            (Broken::EventBeforeLastDeletion, State::AnnounceRemoval(IndexEntry::AfterEvent), _) => {
                State::Settle
            }
            (Broken::EventBeforeLastDeletion, _, State::AnnounceRemoval(IndexEntry::AfterEvent)) => {
                State::DeleteIndex
            }
            (Broken::EventOfWhatIsGone, State::Gather, State::AnnounceRemoval(IndexEntry::WithRest)) => {
                State::End(End::Cleared)
            }
            (Broken::EventOfWhatIsBack, State::Prove, State::AnnounceMade) => State::End(End::WasDone),
            _ => next,
        }
    }
}
