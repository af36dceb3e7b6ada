//! Drift: what somebody changed past the stack, as CloudFormation finds it.

use std::fmt::Write as _;
use std::time::Duration;

use aws_sdk_cloudformation::types::{
    StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus,
};
use console::Style;
use contract::key::escape;
use serde::Serialize;
use tokio::time::Instant;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// How long CloudFormation may take to look at every resource.
const TIMEOUT: Duration = Duration::from_secs(600);

/// A resource that is not as the stack says.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Drifted {
    /// Its name in the template.
    pub(crate) logical_id: String,
    /// Its type: `AWS::S3::Bucket`.
    pub(crate) resource_type: String,
    /// Whether it is there no more.
    pub(crate) deleted: bool,
    /// The properties that differ; none of a deleted one.
    pub(crate) properties: Vec<DriftedProperty>,
}

/// A property that is not as the stack says.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DriftedProperty {
    /// Its path: `Environment.Variables.PRESETS`.
    pub(crate) path: String,
    /// Its value by the stack.
    pub(crate) expected: String,
    /// Its value in fact.
    pub(crate) actual: String,
}

/// Has CloudFormation look at every resource, and gives those that differ.
pub(crate) async fn detect(stack: &Stack, ui: &Ui) -> Result<Vec<Drifted>, CommandError> {
    let cloudformation = stack.aws.cloudformation();
    let begun = cloudformation
        .detect_stack_drift()
        .stack_name(stack.name())
        .send()
        .await
        .map_err(|error| aws_error(format_args!("look for drift in `{}`", stack.name()), &error))?;
    let id = begun.stack_drift_detection_id().unwrap_or_default();
    let waiting = ui.wait("Looking for drift: waiting for CloudFormation to look at every resource");
    let started = Instant::now();
    let mut pause = Duration::from_millis(100);
    loop {
        let said = cloudformation
            .describe_stack_drift_detection_status()
            .stack_drift_detection_id(id)
            .send()
            .await
            .map_err(|error| aws_error("read how far the look for drift is", &error))?;
        match said.detection_status() {
            Some(StackDriftDetectionStatus::DetectionComplete) => break,
            Some(StackDriftDetectionStatus::DetectionFailed) => {
                // What was looked at until then can be read all the same.
                let why = said.detection_status_reason().unwrap_or("no reason given");
                ui.warn(format!("CloudFormation could not look at every resource: {}", escape(why)));
                break;
            }
            _ if started.elapsed() > TIMEOUT => {
                return Err(CommandError::failed("the look for drift did not end within 10 minutes")
                    .hint("run `deployer plan` without `--drift`, or try again later"));
            }
            _ => tokio::time::sleep(pause).await,
        }
        pause = (pause * 2).min(Duration::from_secs(3));
    }
    waiting.finish_and_clear();
    let mut drifted = Vec::new();
    let mut pages = cloudformation
        .describe_stack_resource_drifts()
        .stack_name(stack.name())
        .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
        .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| aws_error("read what has drifted", &error))?;
        drifted.extend(page.stack_resource_drifts().iter().map(Drifted::read));
    }
    Ok(drifted)
}

impl Drifted {
    fn read(drift: &StackResourceDrift) -> Self {
        let property = |difference: &aws_sdk_cloudformation::types::PropertyDifference| DriftedProperty {
            path: difference.property_path().unwrap_or_default().trim_start_matches('/').replace('/', "."),
            expected: difference.expected_value().unwrap_or_default().to_owned(),
            actual: difference.actual_value().unwrap_or_default().to_owned(),
        };
        Self {
            logical_id: drift.logical_resource_id().unwrap_or_default().to_owned(),
            resource_type: drift.resource_type().unwrap_or_default().to_owned(),
            deleted: drift.stack_resource_drift_status() == Some(&StackResourceDriftStatus::Deleted),
            properties: drift.property_differences().iter().map(property).collect(),
        }
    }

    /// Writes it in the manner of the plan: what the stack says, then what is.
    pub(crate) fn write(&self, out: &mut String, style: &Style) {
        let word = if self.deleted { "DELETED" } else { "changed" };
        let color = if self.deleted { style.clone().red() } else { style.clone().yellow() };
        let kind = style.clone().dim().apply_to(&self.resource_type).to_string();
        let _ =
            writeln!(out, "  {} {}  {kind}  {}", color.apply_to("!"), self.logical_id, color.apply_to(word));
        for property in &self.properties {
            let _ = writeln!(
                out,
                "    {}  the stack says {}, it is {}",
                property.path,
                escape(&property.expected),
                escape(&property.actual)
            );
        }
    }
}
