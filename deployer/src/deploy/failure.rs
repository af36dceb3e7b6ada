//! Finds the root cause of a failed stack operation among the failures that followed from it.

use aws_sdk_cloudformation::primitives::DateTime;
use aws_sdk_cloudformation::types::{EventFilter, OperationEvent, StackEvent};
use contract::key::escape;
use serde::Serialize;

use crate::deploy::hints;
use crate::error::CommandError;
use crate::stack::Stack;

/// The root cause of a failed operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    /// The logical ID of the resource.
    pub(crate) logical_id: String,
    /// The type of the resource: `AWS::S3::Bucket`.
    pub(crate) resource_type: String,
    /// The reason that CloudFormation reports.
    pub(crate) reason: String,
}

/// The subject of a DescribeEvents request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EventScope<'a> {
    /// One operation on a stack.
    Operation(&'a str),
    /// All operations on a stack.
    Stack(&'a str),
    /// A change set that failed.
    ChangeSet(&'a str),
}

impl Failure {
    /// Returns the root cause of a failed operation.
    ///
    /// DescribeEvents separates the failures of each operation and includes validation errors. If it is denied or not
    /// available, this uses the `events` that were received.
    pub(crate) async fn find_root_cause(stack: &Stack, events: &[StackEvent]) -> Option<Self> {
        let first = events.first()?;
        // A rollback is a separate operation. The first operation has the failure.
        let scope = match events.iter().find_map(StackEvent::operation_id) {
            Some(id) => EventScope::Operation(id),
            None => EventScope::Stack(first.stack_id().unwrap_or(stack.name())),
        };
        let request = Self::query(stack, scope, first.timestamp()).await;
        request.or_else(|| Self::root_cause_among(events))
    }

    /// Returns the root cause among the events since that time, or `None` if DescribeEvents reports none.
    pub(crate) async fn query(
        stack: &Stack,
        scope: EventScope<'_>,
        since: Option<&DateTime>,
    ) -> Option<Self> {
        let cloudformation = stack.aws.cloudformation();
        let request = cloudformation.describe_events();
        let request = match scope {
            EventScope::Operation(id) => request.operation_id(id),
            EventScope::Stack(id) => request.stack_name(id),
            EventScope::ChangeSet(id) => request.change_set_name(id),
        };
        let request = request.filters(EventFilter::builder().failed_events(true).build());
        let mut pages = request.into_paginator().send();
        let mut events = Vec::new();
        while let Some(page) = pages.next().await {
            events.extend(page.ok()?.operation_events.unwrap_or_default());
        }
        let is_old =
            |event: &OperationEvent| since.zip(event.timestamp()).is_some_and(|(since, t)| t < since);
        events.retain(|event| !is_old(event));
        events.sort_by_key(|event| event.timestamp.map(|time| time.as_nanos()));
        let failures: Vec<Self> = events.iter().filter_map(Self::from_operation_event).collect();
        Self::pick_root_cause(failures)
    }

    /// Returns the first failure among `events`, the oldest first, that is not a consequence of another failure.
    pub(crate) fn root_cause_among(events: &[StackEvent]) -> Option<Self> {
        let failed = |event: &&StackEvent| {
            event.resource_status().is_some_and(|status| status.as_str().ends_with("_FAILED"))
        };
        let is_stack = |event: &&StackEvent| event.resource_type() == Some("AWS::CloudFormation::Stack");
        let failure = |event: &StackEvent| Self {
            logical_id: event.logical_resource_id().unwrap_or_default().to_owned(),
            resource_type: event.resource_type().unwrap_or_default().to_owned(),
            reason: event.resource_status_reason().unwrap_or_default().to_owned(),
        };
        let resources = events.iter().filter(failed).filter(|event| !is_stack(event)).map(failure);
        // If no resource failed, the event of the stack contains the reason.
        let of_stack = || events.iter().filter(failed).find(is_stack).map(failure);
        Self::pick_root_cause(resources.collect()).or_else(of_stack)
    }

    fn pick_root_cause(failures: Vec<Self>) -> Option<Self> {
        let first = failures.iter().position(|failure| !failure.is_consequence()).unwrap_or(0);
        failures.into_iter().nth(first)
    }

    fn from_operation_event(event: &OperationEvent) -> Option<Self> {
        let logical_id = event.logical_resource_id()?;
        if event.resource_type() == Some("AWS::CloudFormation::Stack") {
            return None;
        }
        let hook = event.hook_status_reason().map(|reason| {
            format!("the hook {} rejected it: {reason}", event.hook_type().unwrap_or("of the account"))
        });
        let reason = event
            .validation_status_reason()
            .map(str::to_owned)
            .or(hook)
            .or_else(|| event.resource_status_reason().map(str::to_owned))
            .unwrap_or_default();
        Some(Self {
            logical_id: logical_id.to_owned(),
            resource_type: event.resource_type().unwrap_or_default().to_owned(),
            reason,
        })
    }

    /// Returns whether the resource failed because another one did.
    fn is_consequence(&self) -> bool {
        let reason = self.reason.to_lowercase();
        reason.is_empty() || reason.contains("cancelled") || reason.contains("resource(s) failed")
    }

    /// Converts the failure into an error that starts with `what` and has a hint.
    pub(crate) fn into_error(self, what: &str) -> CommandError {
        let reason = match self.reason.trim_end_matches('.') {
            "" => "CloudFormation reported no reason",
            reason => reason,
        };
        let error = CommandError::failed(format!(
            "{what}: {} ({}): {}",
            self.logical_id,
            self.resource_type,
            escape(reason)
        ));
        let retry = || "fix the cause, then run `deployer up{flags}` again".to_owned();
        error.hint(hints::hint_for(&self.resource_type, &self.reason).unwrap_or_else(retry))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::ResourceStatus;

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
    fn the_root_cause_is_not_a_canceled_resource() {
        let events = [
            event("A", "CREATE_IN_PROGRESS", None),
            event("B", "CREATE_FAILED", Some("Resource creation cancelled")),
            event("A", "CREATE_FAILED", Some("x already exists")),
            event("C", "CREATE_FAILED", Some("something later")),
            event("s", "ROLLBACK_IN_PROGRESS", Some("The following resource(s) failed")),
        ];
        let failure = Failure::root_cause_among(&events).unwrap();
        assert_eq!((failure.logical_id.as_str(), failure.reason.as_str()), ("A", "x already exists"));
        assert_eq!(Failure::root_cause_among(&events[..2]).unwrap().logical_id, "B");
        assert_eq!(Failure::root_cause_among(&events[..1]), None);
    }
}
