//! Shows stack events until CloudFormation has finished.

use std::time::Duration;

use aws_sdk_cloudformation::types::{ResourceStatus, StackEvent, StackStatus};
use console::Style;
use contract::key::escape;
use tokio::time::Instant;

use crate::aws::error::aws_error;
use crate::deploy::failure::Failure;
use crate::error::CommandError;
use crate::interrupt::{Signal, Signals};
use crate::stack::{Stack, is_missing_stack};
use crate::ui::{Ui, format_count};

/// Follows the events of one operation on one stack.
#[derive(Debug)]
pub(crate) struct OperationWatch {
    /// The ARN of the stack: a deleted stack cannot be described by name.
    stack_id: String,
    /// The newest event before the operation.
    last_seen: Option<String>,
    /// Whether another program started the operation, so that Ctrl-C must not roll it back.
    is_foreign: bool,
    /// The events of the operation, the oldest first.
    events: Vec<StackEvent>,
}

/// How an operation ended.
#[derive(Debug)]
pub(crate) struct OperationOutcome {
    pub(crate) status: StackStatus,
    /// Whether the user rolled it back.
    pub(crate) is_rolled_back: bool,
    /// The first failure, if the operation failed.
    pub(crate) first_failure: Option<Failure>,
}

/// The time limit of a stack operation.
const TIMEOUT: Duration = Duration::from_secs(60 * 60);
const MAX_PAUSE: Duration = Duration::from_secs(3);

impl OperationWatch {
    /// Stores the newest event before the operation starts. Returns `None` if the stack does not exist.
    pub(crate) async fn start(stack: &Stack, stack_id: &str) -> Result<Option<Self>, CommandError> {
        let response = stack.aws.cloudformation().describe_stack_events().stack_name(stack_id).send().await;
        let page = match response {
            Ok(page) => page,
            Err(error) if is_missing_stack(&error) => return Ok(None),
            Err(error) => return Err(aws_error("read the events of the stack", &error)),
        };
        let last_seen = page.stack_events().first().and_then(StackEvent::event_id).map(str::to_owned);
        Ok(Some(Self { stack_id: stack_id.to_owned(), last_seen, is_foreign: false, events: Vec::new() }))
    }

    /// Follows an operation that another program started.
    pub(crate) fn attach(stack_id: &str) -> Self {
        Self { stack_id: stack_id.to_owned(), last_seen: None, is_foreign: true, events: Vec::new() }
    }

    /// Shows the events until CloudFormation has finished.
    ///
    /// The first Ctrl-C rolls back an operation that this program started, if possible. A second one, or SIGTERM,
    /// detaches and lets CloudFormation finish.
    pub(crate) async fn follow(
        self,
        stack: &Stack,
        signals: &mut Signals,
        ui: &Ui,
    ) -> Result<OperationOutcome, CommandError> {
        self.follow_to_end(stack, signals, ui).await.map_err(|error| {
            error.hint(
                "CloudFormation continues the operation; run `deployer status{flags}` to see its progress",
            )
        })
    }

    async fn follow_to_end(
        mut self,
        stack: &Stack,
        signals: &mut Signals,
        ui: &Ui,
    ) -> Result<OperationOutcome, CommandError> {
        let what = format!("Waiting for CloudFormation to finish the operation on `{}`", stack.name());
        let spinner = ui.start_spinner(what.clone());
        let started = Instant::now();
        let mut pause = Duration::from_millis(50);
        let mut is_rolled_back = false;
        loop {
            let status = self.status(stack).await?;
            let new_events = self.new_events(stack).await?;
            for event in &new_events {
                match is_plain_start(event) {
                    true => ui.detail(event_line(event)),
                    false => ui.step(event_line(event)),
                }
            }
            pause = if new_events.is_empty() {
                (pause * 3 / 2).min(MAX_PAUSE)
            } else {
                Duration::from_millis(100)
            };
            self.events.extend(new_events);
            let done = self.events.iter().filter(|event| is_resource_end(event)).count();
            spinner.set_message(format!("{what}: {} done", format_count(done as u64, "resource")));
            if !status.as_str().ends_with("_IN_PROGRESS") || status == StackStatus::ReviewInProgress {
                spinner.finish_and_clear();
                let first_failure = if is_failure(&status) {
                    Failure::find_root_cause(stack, &self.events).await
                } else {
                    None
                };
                return Ok(OperationOutcome { status, is_rolled_back, first_failure });
            }
            if started.elapsed() > TIMEOUT {
                return Err(CommandError::failed(format!("the stack is still in {status} after an hour")));
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                signal = signals.next() => {
                    if signal == Signal::Detach || is_rolled_back || self.is_foreign || !self.roll_back(&status, stack, ui).await {
                        return Err(detached_error(stack));
                    }
                    is_rolled_back = true;
                }
            }
        }
    }

    /// Rolls the operation back, and returns whether that is possible.
    async fn roll_back(&self, status: &StackStatus, stack: &Stack, ui: &Ui) -> bool {
        let cloudformation = stack.aws.cloudformation();
        let error = match status {
            StackStatus::UpdateInProgress => {
                ui.warn(
                    "rolling back the update; press Ctrl-C again to detach and let CloudFormation finish",
                );
                let canceled = cloudformation.cancel_update_stack().stack_name(&self.stack_id).send().await;
                canceled.err().map(|error| aws_error("roll back the update", &error))
            }
            StackStatus::CreateInProgress => {
                ui.warn("rolling back: deleting the new stack; press Ctrl-C again to detach and let CloudFormation finish");
                let deleted = cloudformation.delete_stack().stack_name(&self.stack_id).send().await;
                deleted.err().map(|error| aws_error("delete the new stack", &error))
            }
            _ => return false,
        };
        if let Some(error) = error {
            // The operation may have finished just now, which the loop will notice.
            ui.warn(error.message);
        }
        true
    }

    async fn status(&self, stack: &Stack) -> Result<StackStatus, CommandError> {
        let description = stack
            .aws
            .cloudformation()
            .describe_stacks()
            .stack_name(&self.stack_id)
            .send()
            .await
            .map_err(|error| aws_error("read the state of the stack", &error))?;
        let status = description.stacks().first().and_then(|stack| stack.stack_status().cloned());
        Ok(status.unwrap_or(StackStatus::DeleteComplete))
    }

    /// Returns the events since the last call, the oldest first.
    async fn new_events(&mut self, stack: &Stack) -> Result<Vec<StackEvent>, CommandError> {
        let mut new_events = Vec::new();
        let mut pages = stack
            .aws
            .cloudformation()
            .describe_stack_events()
            .stack_name(&self.stack_id)
            .into_paginator()
            .send();
        'pages: while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("read the events of the stack", &error))?;
            for event in page.stack_events.unwrap_or_default() {
                if event.event_id() == self.last_seen.as_deref() {
                    break 'pages;
                }
                new_events.push(event);
            }
        }
        if let Some(newest) = new_events.first().and_then(StackEvent::event_id) {
            self.last_seen = Some(newest.to_owned());
        }
        new_events.reverse();
        if self.is_foreign && self.events.is_empty() {
            // Events of earlier operations precede the operation to follow.
            new_events.drain(..new_events.iter().rposition(is_operation_start).unwrap_or(0));
        }
        Ok(new_events)
    }
}

/// Deletes a stack and follows the deletion to its end.
pub(crate) async fn delete(
    stack: &Stack,
    stack_id: &str,
    signals: &mut Signals,
    ui: &Ui,
) -> Result<OperationOutcome, CommandError> {
    let Some(watch) = OperationWatch::start(stack, stack_id).await? else {
        return Ok(OperationOutcome::already_deleted());
    };
    stack
        .aws
        .cloudformation()
        .delete_stack()
        .stack_name(stack_id)
        .send()
        .await
        .map_err(|error| aws_error(format_args!("delete the stack `{}`", stack.name()), &error))?;
    watch.follow(stack, signals, ui).await
}

impl OperationOutcome {
    /// Returns the outcome of deleting a stack that does not exist.
    fn already_deleted() -> Self {
        Self { status: StackStatus::DeleteComplete, is_rolled_back: false, first_failure: None }
    }

    /// Returns an error with the first failure and a hint.
    pub(crate) fn into_error(self, what: &str) -> CommandError {
        match self.first_failure {
            Some(failure) => failure.into_error(what),
            None => CommandError::failed(format!("{what}: the stack is in {}", self.status))
                .hint("run `deployer status{flags}` to see its state"),
        }
    }
}

/// Returns whether this final status means that the operation failed.
fn is_failure(status: &StackStatus) -> bool {
    let status = status.as_str();
    status.contains("ROLLBACK") || status.ends_with("_FAILED")
}

/// Returns the error for detaching from an operation that CloudFormation continues.
fn detached_error(stack: &Stack) -> CommandError {
    CommandError::interrupted(format!(
        "interrupted: CloudFormation continues to change the stack `{}`",
        stack.name()
    ))
    .hint("run `deployer up{flags}` to wait for it")
    .hint(format!(
        "run `aws cloudformation cancel-update-stack --stack-name {}{}` to roll back an update",
        stack.name(),
        stack.aws_flags()
    ))
}

/// Returns whether the event is the first one of an operation on the stack.
fn is_operation_start(event: &StackEvent) -> bool {
    let status = event.resource_status().map_or("", ResourceStatus::as_str);
    event.resource_type() == Some("AWS::CloudFormation::Stack")
        && matches!(status, "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" | "DELETE_IN_PROGRESS")
}

/// Returns whether the event only reports a start, without a useful reason.
fn is_plain_start(event: &StackEvent) -> bool {
    let reason = event.resource_status_reason().unwrap_or_default();
    let begins = event.resource_status().is_some_and(|status| status.as_str().ends_with("_IN_PROGRESS"));
    begins && matches!(reason, "" | "Resource creation Initiated" | "User Initiated")
}

/// Returns whether the event reports that an operation on a resource has ended.
fn is_resource_end(event: &StackEvent) -> bool {
    event.resource_status().is_some_and(|status| status.as_str().ends_with("_COMPLETE"))
}

fn event_line(event: &StackEvent) -> String {
    let status = event.resource_status().map_or("", ResourceStatus::as_str);
    let style = Style::new().for_stderr();
    let style = if status.ends_with("_FAILED") || status.contains("ROLLBACK") {
        style.red()
    } else if status.ends_with("_COMPLETE") {
        style.green()
    } else {
        style.dim()
    };
    let reason =
        event.resource_status_reason().map_or(String::new(), |reason| format!("  {}", escape(reason)));
    let id = event.logical_resource_id().unwrap_or_default();
    format!("  {} {id}{reason}", style.apply_to(format!("{status:<28}")))
}
