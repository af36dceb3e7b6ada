//! Stack events: followed while CloudFormation works, until the stack is at rest.

use std::time::Duration;

use aws_sdk_cloudformation::types::{ResourceStatus, StackEvent, StackStatus};
use console::Style;
use contract::key::escape;
use tokio::time::Instant;

use crate::aws::error::aws_error;
use crate::deploy::failure::Failure;
use crate::error::CommandError;
use crate::interrupt::{Signal, Signals};
use crate::stack::{Stack, says_missing};
use crate::ui::Ui;

/// Follows the events of one operation on one stack.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The stack's ARN: a deleted stack answers to no name.
    stack_id: String,
    /// The newest event that was there before the operation.
    last_seen: Option<String>,
    /// Whether somebody else began the operation: it is not ours to take back.
    foreign: bool,
    /// Events of the operation, oldest first.
    events: Vec<StackEvent>,
}

/// How an operation ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: StackStatus,
    /// Whether the user took it back.
    pub(crate) taken_back: bool,
    /// The event that began the failure, if it failed.
    pub(crate) first_failure: Option<Failure>,
}

/// The most a stack operation may take.
const TIMEOUT: Duration = Duration::from_secs(60 * 60);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

impl Watch {
    /// Notes which events are old; to be called before the operation begins. None where the stack is gone.
    pub(crate) async fn begin(stack: &Stack, stack_id: &str) -> Result<Option<Self>, CommandError> {
        let answer = stack.aws.cloudformation().describe_stack_events().stack_name(stack_id).send().await;
        let page = match answer {
            Ok(page) => page,
            Err(error) if says_missing(&error) => return Ok(None),
            Err(error) => return Err(aws_error("read the stack's events", &error)),
        };
        let last_seen = page.stack_events().first().and_then(StackEvent::event_id).map(str::to_owned);
        Ok(Some(Self { stack_id: stack_id.to_owned(), last_seen, foreign: false, events: Vec::new() }))
    }

    /// Follows an operation that somebody else began: all its events count.
    pub(crate) fn attach(stack_id: &str) -> Self {
        Self { stack_id: stack_id.to_owned(), last_seen: None, foreign: true, events: Vec::new() }
    }

    /// Shows the events until the stack is at rest.
    ///
    /// Ctrl-C takes our own operation back if it can be; a second one, or SIGTERM, leaves CloudFormation to it.
    pub(crate) async fn follow(
        self,
        stack: &Stack,
        signals: &mut Signals,
        ui: &Ui,
    ) -> Result<Outcome, CommandError> {
        self.until_at_rest(stack, signals, ui).await.map_err(|error| {
            let flags = stack.config.flags();
            error.hint(format!(
                "CloudFormation goes on without us: `deployer status{flags}` shows how far it is"
            ))
        })
    }

    async fn until_at_rest(
        mut self,
        stack: &Stack,
        signals: &mut Signals,
        ui: &Ui,
    ) -> Result<Outcome, CommandError> {
        let waiting = ui.wait(format!("Waiting for CloudFormation to finish with `{}`", stack.name()));
        let started = Instant::now();
        let mut pause = Duration::from_millis(50);
        let mut taken_back = false;
        loop {
            let status = self.status(stack).await?;
            let news = self.news(stack).await?;
            for event in &news {
                match is_beginning(event) {
                    true => ui.detail(event_line(event)),
                    false => ui.note(event_line(event)),
                }
            }
            pause =
                if news.is_empty() { (pause * 3 / 2).min(LONGEST_PAUSE) } else { Duration::from_millis(100) };
            self.events.extend(news);
            if !status.as_str().ends_with("_IN_PROGRESS") || status == StackStatus::ReviewInProgress {
                waiting.finish_and_clear();
                let first_failure =
                    if is_failure(&status) { Failure::first(stack, &self.events).await } else { None };
                return Ok(Outcome { status, taken_back, first_failure });
            }
            if started.elapsed() > TIMEOUT {
                return Err(CommandError::failed(format!("the stack is still {status} after an hour")));
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                signal = signals.next() => {
                    if signal == Signal::Leave || taken_back || self.foreign || !self.take_back(&status, stack, ui).await {
                        return Err(detached(stack));
                    }
                    taken_back = true;
                }
            }
        }
    }

    /// Takes the operation back, and says whether it can be.
    async fn take_back(&self, status: &StackStatus, stack: &Stack, ui: &Ui) -> bool {
        let cloudformation = stack.aws.cloudformation();
        let refused = match status {
            StackStatus::UpdateInProgress => {
                ui.warn("taking the update back; press Ctrl-C again to leave CloudFormation to it");
                let cancelled = cloudformation.cancel_update_stack().stack_name(&self.stack_id).send().await;
                cancelled.err().map(|error| aws_error("take the update back", &error))
            }
            StackStatus::CreateInProgress => {
                ui.warn("taking the creation back: deleting what is there; press Ctrl-C again to leave CloudFormation to it");
                let deleted = cloudformation.delete_stack().stack_name(&self.stack_id).send().await;
                deleted.err().map(|error| aws_error("take the creation back", &error))
            }
            _ => return false,
        };
        if let Some(error) = refused {
            // It may have finished in this very moment: the loop will see.
            ui.warn(error.message);
        }
        true
    }

    async fn status(&self, stack: &Stack) -> Result<StackStatus, CommandError> {
        let said = stack
            .aws
            .cloudformation()
            .describe_stacks()
            .stack_name(&self.stack_id)
            .send()
            .await
            .map_err(|error| aws_error("read the stack's state", &error))?;
        let status = said.stacks().first().and_then(|stack| stack.stack_status().cloned());
        Ok(status.unwrap_or(StackStatus::DeleteComplete))
    }

    /// The events since the last call, oldest first.
    async fn news(&mut self, stack: &Stack) -> Result<Vec<StackEvent>, CommandError> {
        let mut news = Vec::new();
        let mut pages = stack
            .aws
            .cloudformation()
            .describe_stack_events()
            .stack_name(&self.stack_id)
            .into_paginator()
            .send();
        'pages: while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("read the stack's events", &error))?;
            for event in page.stack_events.unwrap_or_default() {
                if event.event_id() == self.last_seen.as_deref() {
                    break 'pages;
                }
                news.push(event);
            }
        }
        if let Some(newest) = news.first().and_then(StackEvent::event_id) {
            self.last_seen = Some(newest.to_owned());
        }
        news.reverse();
        if self.foreign && self.events.is_empty() {
            // All that ever happened to the stack stands before the operation that is followed.
            news.drain(..news.iter().rposition(is_start).unwrap_or(0));
        }
        Ok(news)
    }
}

/// Deletes a stack and follows the deletion to its end.
pub(crate) async fn delete(
    stack: &Stack,
    stack_id: &str,
    signals: &mut Signals,
    ui: &Ui,
) -> Result<Outcome, CommandError> {
    let Some(watch) = Watch::begin(stack, stack_id).await? else { return Ok(Outcome::gone()) };
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

impl Outcome {
    /// How a deletion ends where there is nothing to delete.
    fn gone() -> Self {
        Self { status: StackStatus::DeleteComplete, taken_back: false, first_failure: None }
    }

    /// The error that says what failed first, where it is written, and what usually helps.
    pub(crate) fn failed(self, what: &str, stack: &Stack) -> CommandError {
        match self.first_failure {
            Some(failure) => failure.into_error(what, stack),
            None => CommandError::failed(format!("{what}: the stack is {}", self.status))
                .hint(format!("run `deployer status{}` to see it", stack.config.flags())),
        }
    }
}

/// Whether an operation that ended like this did not do what was asked.
fn is_failure(status: &StackStatus) -> bool {
    let status = status.as_str();
    status.contains("ROLLBACK") || status.ends_with("_FAILED")
}

/// Says that CloudFormation goes on without us.
fn detached(stack: &Stack) -> CommandError {
    let flags = stack.config.flags();
    CommandError::interrupted(format!("CloudFormation goes on changing the stack `{}`", stack.name()))
        .hint(format!("`deployer up{flags}` waits for it"))
        .hint(format!(
            "`aws cloudformation cancel-update-stack --stack-name {}` takes an update back",
            stack.name()
        ))
}

/// Whether the event is the first one of an operation on the stack.
fn is_start(event: &StackEvent) -> bool {
    let status = event.resource_status().map_or("", ResourceStatus::as_str);
    event.resource_type() == Some("AWS::CloudFormation::Stack")
        && matches!(status, "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" | "DELETE_IN_PROGRESS")
}

/// Whether the event only says that something begins, without a reason worth reading.
fn is_beginning(event: &StackEvent) -> bool {
    let reason = event.resource_status_reason().unwrap_or_default();
    let begins = event.resource_status().is_some_and(|status| status.as_str().ends_with("_IN_PROGRESS"));
    begins && matches!(reason, "" | "Resource creation Initiated" | "User Initiated")
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
