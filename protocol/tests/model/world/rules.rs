//! The rules of the protocol. A scenario can omit one of them.

use protocol::{CallResult, End, RemovalEvents, Role, State};

use super::{Scenario, Task};

/// A rule that a scenario omits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OmittedRule {
    /// The check of the key after the done record is stored.
    FinalCheck,
    /// The check for a failure record after the done record is stored.
    FailureCheck,
    /// The check of all outputs of a done version when its message is delivered again.
    SettlingOfDone,
    /// The verification that a done version has its thumbnails.
    OutputCheck,
    /// The second pass after a deletion.
    SecondPass,
    /// The check of the key in a removal.
    KeyCheckInRemoval,
    /// The check of the key in a bucket without versions, by a worker whose version is not current.
    KeyCheckWithoutVersions,
    /// The listing of thumbnails in a removal.
    ThumbnailListing,
    /// The listing of the index in a removal.
    IndexListing,
    /// The message that the failover function sends.
    FailoverMessage,
    /// The check for a done record after the failure record is stored.
    DoneCheck,
    /// The second check of a removal.
    SecondCheck,
    /// The message for a version with an addition that is not current. Instead, the worker deletes the addition.
    AdditionMessage,
    /// The check of the key after an addition.
    CheckAfterAddition,
    /// The event before a done record.
    EventBeforeDone,
    /// The event of a removal before the last deletion.
    EventBeforeLastDeletion,
    /// The event of a removal before the first deletion, if the version has no entry in the name index.
    EventBeforeDeletion,
    /// The event of a removal by a worker that finds nothing of the version in its message.
    RemovalEventForNothing,
    /// The event which reports that the current version has its outputs, after a removal.
    ReadyEventAfterRemoval,
    /// The second listing of a bucket, after the objects of the first listing are deleted.
    SecondListing,
}

impl Scenario {
    /// Changes the results to the calls of `task` as if the omitted check had found nothing.
    pub(super) fn omit_in_results(&self, task: &Task, results: &mut [CallResult]) {
        let yes = CallResult::Is(true);
        match (self.omitted, task.state) {
            (Some(OmittedRule::FinalCheck), State::Confirm) => results[1] = yes,
            (Some(OmittedRule::FailureCheck), State::Confirm) => results[0] = CallResult::Is(false),
            (Some(OmittedRule::DoneCheck), State::ConfirmFailure) => results[0] = CallResult::Is(false),
            (Some(OmittedRule::OutputCheck), State::VerifyOutputs) => results[0] = yes,
            (Some(OmittedRule::CheckAfterAddition), State::Settle) if task.role == Role::Add => {
                results[0] = yes;
            }
            _ => {}
        }
    }

    /// Returns the step that follows `task` without the omitted rule; `next` follows with it.
    pub(super) fn omit_in_next(&self, task: &Task, next: State) -> State {
        let Some(omitted) = self.omitted else { return next };
        match (omitted, task.state, next) {
            (OmittedRule::SettlingOfDone, State::CheckDone, State::Settle) => State::End(End::WasDone),
            (OmittedRule::SecondPass, State::DeleteRest(_), _) => State::End(End::Cleared),
            (OmittedRule::KeyCheckWithoutVersions, State::ListKey(end), _) if task.role != Role::Remove => {
                State::SettleAll(end)
            }
            (OmittedRule::KeyCheckInRemoval, State::ListKey(end), _) => State::SettleAll(end),
            (OmittedRule::EventBeforeDone, State::PutOutputs, _) => State::PutDone,
            (OmittedRule::EventBeforeDone, State::PutDone, _) => State::SendReadyEvent,
            (OmittedRule::EventBeforeDone, State::SendReadyEvent, _) => State::Confirm,
            (OmittedRule::EventBeforeLastDeletion, State::DeleteIndex, _) => {
                State::SendRemovalEvent(RemovalEvents::BeforeIndex)
            }
            (
                OmittedRule::EventBeforeLastDeletion,
                State::SendRemovalEvent(RemovalEvents::BeforeIndex),
                _,
            ) => State::Settle,
            (
                OmittedRule::EventBeforeLastDeletion,
                _,
                State::SendRemovalEvent(RemovalEvents::BeforeIndex),
            ) => State::DeleteIndex,
            (OmittedRule::EventBeforeDeletion, _, State::SendEarlyRemovalEvent { is_done }) => {
                if is_done {
                    State::DeleteDone(RemovalEvents::Twice)
                } else {
                    State::DeleteRest(RemovalEvents::Twice)
                }
            }
            (
                OmittedRule::RemovalEventForNothing,
                State::ListVersion,
                State::SendRemovalEvent(RemovalEvents::None),
            ) => State::End(End::Cleared),
            (OmittedRule::ReadyEventAfterRemoval, State::VerifyOutputs, State::SendReadyEvent) => {
                State::End(End::WasDone)
            }
            _ => next,
        }
    }
}
