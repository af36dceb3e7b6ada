//! Decides how to proceed from every status of a stack.

use aws_sdk_cloudformation::types::StackStatus;

use crate::aws::error::aws_error;
use crate::deploy::events::{self, OperationWatch};
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::stack::Stack;
use crate::ui::Ui;

/// What to do before the stack can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    /// Create the stack, which does not exist yet.
    Create,
    /// Update the stack.
    Update,
    /// Wait for an operation in progress.
    Wait,
    /// Delete the stack: its creation or deletion failed.
    Delete,
    /// Continue the rollback of an update, which failed.
    ContinueRollback,
}

/// The effect of a change set on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// It creates the stack.
    Create,
    /// It updates the stack.
    Update,
}

/// Brings the stack into a state in which it can be changed, and returns how to change it.
///
/// Waits for an operation in progress. Asks for confirmation before every change.
pub(crate) async fn prepare_stack(
    stack: &Stack,
    signals: &mut Signals,
    ui: &Ui,
) -> Result<Operation, CommandError> {
    loop {
        let Some(found) = signals.run_without_changes(stack.describe()).await? else {
            return Ok(Operation::Create);
        };
        let Some(status) = found.stack_status() else { return Ok(Operation::Update) };
        let stack_id = found.stack_id().unwrap_or(stack.name());
        match recovery_for(status) {
            Recovery::Create => return Ok(Operation::Create),
            Recovery::Update => return Ok(Operation::Update),
            Recovery::Wait => {
                ui.note(format!(
                    "The stack `{}` is in {status}; waiting for CloudFormation to finish",
                    stack.name()
                ));
                OperationWatch::attach(stack_id).follow(stack, signals, ui).await?;
            }
            Recovery::Delete => {
                ui.warn(format!(
                    "the stack `{}` is in {status}; it must be deleted and created again",
                    stack.name()
                ));
                signals.run_without_changes(ui.confirm("Delete this stack?")).await?;
                let outcome = events::delete(stack, stack_id, signals, ui).await?;
                if outcome.status != StackStatus::DeleteComplete {
                    return Err(outcome.into_error("the stack was not deleted"));
                }
            }
            Recovery::ContinueRollback => {
                ui.warn(format!(
                    "the stack `{}` is in {status}: its last update failed, and the rollback failed, too",
                    stack.name()
                ));
                signals.run_without_changes(ui.confirm("Continue the rollback?")).await?;
                let Some(watch) = OperationWatch::start(stack, stack_id).await? else { continue };
                stack
                    .aws
                    .cloudformation()
                    .continue_update_rollback()
                    .stack_name(stack_id)
                    .send()
                    .await
                    .map_err(|error| aws_error("continue the rollback", &error))?;
                let outcome = watch.follow(stack, signals, ui).await?;
                if outcome.status != StackStatus::UpdateRollbackComplete {
                    return Err(outcome.into_error("the rollback failed").hint(format!(
                        "fix the cause by hand, or run `aws cloudformation continue-update-rollback --stack-name {} \
                         --resources-to-skip LOGICAL_ID{}` to skip a resource",
                        stack.name(),
                        stack.aws_flags()
                    )));
                }
            }
        }
    }
}

/// Like [`prepare_stack`], but returns an error instead of waiting or changing the stack.
pub(crate) async fn check_ready(stack: &Stack) -> Result<Operation, CommandError> {
    let found = stack.describe().await?;
    let Some(status) = found.as_ref().and_then(|found| found.stack_status()) else {
        return Ok(Operation::Create);
    };
    match recovery_for(status) {
        Recovery::Create => Ok(Operation::Create),
        Recovery::Update => Ok(Operation::Update),
        Recovery::Wait | Recovery::Delete | Recovery::ContinueRollback => Err(CommandError::failed(format!(
            "the stack `{}` cannot be changed now: it is in {status}",
            stack.name()
        ))
        .hint("run `deployer up{flags}`, which waits for or recovers the stack")),
    }
}

fn recovery_for(status: &StackStatus) -> Recovery {
    match status {
        StackStatus::ReviewInProgress | StackStatus::DeleteComplete => Recovery::Create,
        StackStatus::CreateFailed
        | StackStatus::RollbackComplete
        | StackStatus::RollbackFailed
        | StackStatus::DeleteFailed
        // The rollback of an import failed. If the stack is deleted, CloudFormation retains the resources to import.
        | StackStatus::ImportRollbackFailed => Recovery::Delete,
        StackStatus::UpdateRollbackFailed => Recovery::ContinueRollback,
        other if other.as_str().ends_with("_IN_PROGRESS") => Recovery::Wait,
        // All other statuses are ..._COMPLETE or UPDATE_FAILED, which the next update resolves.
        _ => Recovery::Update,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_recovery() {
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
            assert_eq!(recovery_for(&status), expect, "{status}");
        }
    }
}
