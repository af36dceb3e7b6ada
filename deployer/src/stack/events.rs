//! Stack events: followed while CloudFormation works, and read for the first cause when it fails.

use std::time::Duration;

use aws_sdk_cloudformation::types::{ResourceStatus, StackEvent, StackStatus};
use console::Style;
use contract::key::escape;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;

use crate::error::{CommandError, aws_error};
use crate::stack::Stack;
use crate::stack::template::Template;
use crate::ui::Ui;

/// Follows the events of one operation on one stack.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The stack's ARN: a deleted stack answers to no name.
    stack_id: String,
    /// The newest event that was there before the operation.
    last_seen: Option<String>,
    /// Events of the operation, oldest first.
    events: Vec<StackEvent>,
}

/// How an operation ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: StackStatus,
    /// The event that began the failure, if it failed.
    pub(crate) first_failure: Option<Failure>,
}

/// The event that began a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    pub(crate) logical_id: String,
    pub(crate) resource_type: String,
    pub(crate) reason: String,
}

/// The most a stack operation may take.
const TIMEOUT: Duration = Duration::from_secs(60 * 60);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

impl Watch {
    /// Notes which events are old; to be called before the operation begins.
    pub(crate) async fn begin(stack: &Stack, stack_id: &str) -> Result<Self, CommandError> {
        let page = stack
            .aws
            .cloudformation()
            .describe_stack_events()
            .stack_name(stack_id)
            .send()
            .await
            .map_err(|error| aws_error("read the stack's events", &error))?;
        let last_seen = page.stack_events().first().and_then(StackEvent::event_id).map(str::to_owned);
        Ok(Self { stack_id: stack_id.to_owned(), last_seen, events: Vec::new() })
    }

    /// Follows an operation that somebody else began: all its events count.
    pub(crate) fn attach(stack_id: &str) -> Self {
        Self { stack_id: stack_id.to_owned(), last_seen: None, events: Vec::new() }
    }

    /// Shows the events until the stack is at rest.
    ///
    /// Ctrl-C takes back an update under way; a second one leaves CloudFormation to it.
    pub(crate) async fn follow(self, stack: &Stack, ui: &Ui) -> Result<Outcome, CommandError> {
        self.until_at_rest(stack, ui).await.map_err(|error| {
            let flags = stack.config.flags();
            error.hint(format!(
                "CloudFormation goes on without us: `deployer status{flags}` shows how far it is"
            ))
        })
    }

    async fn until_at_rest(mut self, stack: &Stack, ui: &Ui) -> Result<Outcome, CommandError> {
        // Listened to from the first moment: a Ctrl-C during a call counts, too.
        let mut interrupt = signal(SignalKind::interrupt())
            .map_err(|error| crate::error::io_error("listen for Ctrl-C", &error))?;
        let waiting = ui.wait(format!("Waiting for CloudFormation to finish with `{}`", stack.name()));
        let started = Instant::now();
        let mut pause = Duration::from_millis(100);
        let mut interrupts = 0;
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
                if news.is_empty() { (pause * 3 / 2).min(LONGEST_PAUSE) } else { Duration::from_millis(200) };
            self.events.extend(news);
            if !status.as_str().ends_with("_IN_PROGRESS") || status == StackStatus::ReviewInProgress {
                waiting.finish_and_clear();
                return Ok(Outcome { first_failure: first_failure(&self.events), status });
            }
            if started.elapsed() > TIMEOUT {
                return Err(CommandError::failed(format!("the stack is still {status} after an hour")));
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = interrupt.recv() => {
                    interrupts += 1;
                    if interrupts == 1 && status == StackStatus::UpdateInProgress {
                        ui.warn("taking the update back; press Ctrl-C again to leave CloudFormation to it");
                        self.cancel(stack, ui).await;
                    } else {
                        return Err(detached(stack));
                    }
                }
            }
        }
    }

    async fn cancel(&self, stack: &Stack, ui: &Ui) {
        let cancelled =
            stack.aws.cloudformation().cancel_update_stack().stack_name(&self.stack_id).send().await;
        if let Err(error) = cancelled {
            // It may have finished in this very moment: the loop will see.
            ui.warn(aws_error("take the update back", &error).message);
        }
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
        Ok(news)
    }
}

/// Deletes a stack and follows the deletion to its end.
pub(crate) async fn delete(stack: &Stack, stack_id: &str, ui: &Ui) -> Result<Outcome, CommandError> {
    let watch = Watch::begin(stack, stack_id).await?;
    stack
        .aws
        .cloudformation()
        .delete_stack()
        .stack_name(stack_id)
        .send()
        .await
        .map_err(|error| aws_error(format_args!("delete the stack `{}`", stack.name()), &error))?;
    watch.follow(stack, ui).await
}

impl Outcome {
    /// The error that says what failed first, where it is written, and what usually helps.
    pub(crate) fn failed(&self, what: &str, stack: &Stack, template: Option<&Template>) -> CommandError {
        let flags = stack.config.flags();
        let Some(failure) = &self.first_failure else {
            return CommandError::failed(format!("{what}: the stack is {}", self.status))
                .hint(format!("run `deployer status{flags}` to see it"));
        };
        let Failure { logical_id, resource_type, reason } = failure;
        let place = template.and_then(|template| template.sources.get(logical_id));
        let place = place.map_or(String::new(), |(file, line)| format!(" ({file}:{line})"));
        let said = CommandError::failed(format!(
            "{what}: {logical_id}, a {resource_type}{place}: {}",
            escape(reason)
        ));
        match cause_hint(reason) {
            Some(hint) => said.hint(hint),
            None => said.hint(format!("run `deployer up{flags}` again once the cause is gone")),
        }
    }
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

/// The first failure that is not itself the consequence of another.
fn first_failure(events: &[StackEvent]) -> Option<Failure> {
    let failed = |event: &&StackEvent| {
        event.resource_status().is_some_and(|status| status.as_str().ends_with("_FAILED"))
            && event.resource_type() != Some("AWS::CloudFormation::Stack")
    };
    let consequence = |event: &&StackEvent| {
        event.resource_status_reason().is_none_or(|reason| reason.to_lowercase().contains("cancelled"))
    };
    let first = events.iter().filter(failed).find(|event| !consequence(event));
    first.or_else(|| events.iter().find(failed)).map(|event| Failure {
        logical_id: event.logical_resource_id().unwrap_or_default().to_owned(),
        resource_type: event.resource_type().unwrap_or_default().to_owned(),
        reason: event.resource_status_reason().unwrap_or("CloudFormation gives no reason").to_owned(),
    })
}

/// What usually helps, by the words CloudFormation uses.
fn cause_hint(reason: &str) -> Option<&'static str> {
    const CAUSES: [(&str, &str); 14] = [
        (
            "already exists",
            "the name is taken: set another under `buckets` in deployer.yaml, or delete what is there",
        ),
        (
            "BucketAlreadyOwnedByYou",
            "the bucket is left from an earlier stack: empty and delete it, or set another name",
        ),
        (
            "not authorized to perform",
            "the caller lacks this permission: `deployer doctor` lists all that are needed",
        ),
        ("AccessDenied", "the caller lacks a permission: `deployer doctor` lists all that are needed"),
        ("BucketNotEmpty", "run `deployer down` again: it empties the buckets first"),
        ("is not empty", "run `deployer down` again: it empties the buckets first"),
        (
            "Unable to validate the following destination",
            "the topic's policy was not yet in force: try again",
        ),
        ("limit exceeded", "an account quota is reached: ask for more under Service Quotas"),
        ("LimitExceeded", "an account quota is reached: ask for more under Service Quotas"),
        ("NoSuchKey", "the handler's zip is gone from the artifacts bucket: run `deployer up` again"),
        ("NoSuchBucket", "the artifacts bucket is gone: run `deployer up` again"),
        ("security token", "the credentials have expired: get new ones and run `deployer up` again"),
        ("Rate exceeded", "AWS throttled the change: try again in a minute"),
        ("ReservedConcurren", "the account's concurrency is too small: lower `function.maximum_concurrency`"),
    ];
    CAUSES.iter().find(|(words, _)| reason.contains(words)).map(|&(_, hint)| hint)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, status: &str, reason: Option<&str>) -> StackEvent {
        StackEvent::builder()
            .stack_id("s")
            .event_id(format!("{id}-{status}"))
            .stack_name("s")
            .timestamp(aws_smithy_types::DateTime::from_secs(0))
            .logical_resource_id(id)
            .resource_type(if id == "s" { "AWS::CloudFormation::Stack" } else { "AWS::SQS::Queue" })
            .resource_status(ResourceStatus::from(status))
            .set_resource_status_reason(reason.map(str::to_owned))
            .build()
    }

    #[test]
    fn the_first_failure_is_not_a_cancelled_neighbour() {
        let events = [
            event("A", "CREATE_IN_PROGRESS", None),
            event("B", "CREATE_FAILED", Some("Resource creation cancelled")),
            event("A", "CREATE_FAILED", Some("x already exists")),
            event("C", "CREATE_FAILED", Some("something later")),
            event("s", "ROLLBACK_IN_PROGRESS", Some("The following resource(s) failed")),
        ];
        let failure = first_failure(&events).unwrap();
        assert_eq!((failure.logical_id.as_str(), failure.reason.as_str()), ("A", "x already exists"));
        assert!(cause_hint(&failure.reason).unwrap().contains("buckets"));
        assert_eq!(first_failure(&events[..1]), None);
    }
}
