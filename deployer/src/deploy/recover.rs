//! The way on from every status a stack can be in.

use aws_sdk_cloudformation::types::StackStatus;

use crate::aws::error::aws_error;
use crate::deploy::events::{self, Watch};
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::stack::Stack;
use crate::ui::Ui;

/// What a status means for whoever wants to change the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    /// There is nothing yet.
    Create,
    /// It is at rest and can be changed.
    Update,
    /// CloudFormation is at work on it.
    Wait,
    /// It never came up, or is half deleted: it can only be deleted.
    Delete,
    /// An update failed, and so did taking it back.
    ContinueRollback,
}

/// Brings the stack into a state that a change set can be made for, and says whether it has to be created.
///
/// Waits for an operation under way; whatever changes the stack is said first and confirmed.
pub(crate) async fn make_ready(stack: &Stack, signals: &mut Signals, ui: &Ui) -> Result<bool, CommandError> {
    loop {
        let Some(found) = signals.or(stack.describe()).await? else { return Ok(true) };
        let Some(status) = found.stack_status() else { return Ok(false) };
        let stack_id = found.stack_id().unwrap_or(stack.name());
        match way(status) {
            Recovery::Create => return Ok(true),
            Recovery::Update => return Ok(false),
            Recovery::Wait => {
                ui.note(format!(
                    "The stack `{}` is {status}: waiting for that to finish first",
                    stack.name()
                ));
                Watch::attach(stack_id).follow(stack, signals, ui).await?;
            }
            Recovery::Delete => {
                ui.warn(format!(
                    "the stack `{}` is {status}: it can only be deleted and made anew",
                    stack.name()
                ));
                signals.or(ui.confirm("Delete what is left of it?", "--yes")).await?;
                let outcome = events::delete(stack, stack_id, signals, ui).await?;
                if outcome.status != StackStatus::DeleteComplete {
                    return Err(outcome.failed("the stack cannot be deleted", stack));
                }
            }
            Recovery::ContinueRollback => {
                ui.warn(format!(
                    "the stack `{}` is {status}: its last update failed, and so did taking it back",
                    stack.name()
                ));
                signals.or(ui.confirm("Try again to take the update back?", "--yes")).await?;
                let Some(watch) = Watch::begin(stack, stack_id).await? else { continue };
                stack
                    .aws
                    .cloudformation()
                    .continue_update_rollback()
                    .stack_name(stack_id)
                    .send()
                    .await
                    .map_err(|error| aws_error("take the update back", &error))?;
                let outcome = watch.follow(stack, signals, ui).await?;
                if outcome.status != StackStatus::UpdateRollbackComplete {
                    return Err(outcome.failed("the update cannot be taken back", stack).hint(
                        "mend what the message names by hand, or skip that resource: \
                         `aws cloudformation continue-update-rollback --resources-to-skip`",
                    ));
                }
            }
        }
    }
}

/// Like [`make_ready`], but changes and waits for nothing.
pub(crate) async fn check_ready(stack: &Stack) -> Result<bool, CommandError> {
    let found = stack.describe().await?;
    let Some(status) = found.as_ref().and_then(|found| found.stack_status()) else { return Ok(true) };
    match way(status) {
        Recovery::Create => Ok(true),
        Recovery::Update => Ok(false),
        Recovery::Wait | Recovery::Delete | Recovery::ContinueRollback => {
            let flags = stack.config.flags();
            Err(CommandError::failed(format!(
                "the stack `{}` is {status}: it cannot be planned now",
                stack.name()
            ))
            .hint(format!("`deployer up{flags}` finds the way on from there")))
        }
    }
}

fn way(status: &StackStatus) -> Recovery {
    match status {
        StackStatus::ReviewInProgress | StackStatus::DeleteComplete => Recovery::Create,
        StackStatus::CreateFailed
        | StackStatus::RollbackComplete
        | StackStatus::RollbackFailed
        | StackStatus::DeleteFailed
        // An import could not be rolled back. What it would have imported is retained.
        | StackStatus::ImportRollbackFailed => Recovery::Delete,
        StackStatus::UpdateRollbackFailed => Recovery::ContinueRollback,
        other if other.as_str().ends_with("_IN_PROGRESS") => Recovery::Wait,
        // The rest are the ..._COMPLETE, and UPDATE_FAILED, which the next update mends.
        _ => Recovery::Update,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_way_on() {
        for status in StackStatus::values().iter().map(|name| StackStatus::from(*name)) {
            let expect = match status.as_str() {
                "REVIEW_IN_PROGRESS" | "DELETE_COMPLETE" => Recovery::Create,
                "CREATE_FAILED"
                | "ROLLBACK_COMPLETE"
                | "ROLLBACK_FAILED"
                | "DELETE_FAILED"
                | "IMPORT_ROLLBACK_FAILED" => Recovery::Delete,
                "UPDATE_ROLLBACK_FAILED" => Recovery::ContinueRollback,
                name if name.ends_with("IN_PROGRESS") => Recovery::Wait,
                _ => Recovery::Update,
            };
            assert_eq!(way(&status), expect, "{status}");
        }
    }
}
