//! Drift: changes to resources outside CloudFormation.

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
use crate::backoff::Backoff;
use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// How long CloudFormation may take to check every resource.
const TIMEOUT: Duration = Duration::from_secs(600);

/// A resource that differs from the stack.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Drifted {
    /// Its logical ID.
    pub(crate) logical_id: String,
    /// Its type: `AWS::S3::Bucket`.
    pub(crate) resource_type: String,
    /// Whether it was deleted.
    pub(crate) deleted: bool,
    /// The properties that differ; empty if it was deleted.
    pub(crate) properties: Vec<DriftedProperty>,
}

/// A property that differs from the stack.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DriftedProperty {
    /// Its path: `Environment.Variables.PRESETS`.
    pub(crate) path: String,
    /// Its value in the stack.
    pub(crate) expected: String,
    /// Its actual value.
    pub(crate) actual: String,
}

/// Makes CloudFormation check every resource, and returns the resources that differ.
pub(crate) async fn detect(stack: &Stack, ui: &Ui) -> Result<Vec<Drifted>, CommandError> {
    let cloudformation = stack.aws.cloudformation();
    let detection = cloudformation
        .detect_stack_drift()
        .stack_name(stack.name())
        .send()
        .await
        .map_err(|error| aws_error(format_args!("detect drift of `{}`", stack.name()), &error))?;
    let id = detection.stack_drift_detection_id().unwrap_or_default();
    let spinner = ui.start_spinner("Detecting drift: waiting for CloudFormation to check every resource");
    let started = Instant::now();
    let mut backoff = Backoff::for_polling();
    loop {
        let detection_status = cloudformation
            .describe_stack_drift_detection_status()
            .stack_drift_detection_id(id)
            .send()
            .await
            .map_err(|error| aws_error("read the status of the drift detection", &error))?;
        match detection_status.detection_status() {
            Some(StackDriftDetectionStatus::DetectionComplete) => break,
            Some(StackDriftDetectionStatus::DetectionFailed) => {
                // The results until then can still be read.
                let reason = detection_status.detection_status_reason().unwrap_or("no reason reported");
                ui.warn(format!(
                    "CloudFormation could not check every resource for drift: {}",
                    escape(reason)
                ));
                break;
            }
            _ if started.elapsed() > TIMEOUT => {
                return Err(CommandError::failed("the drift detection did not finish within 10 minutes")
                    .hint("leave out `--drift`, or run the command again later"));
            }
            _ => backoff.next_attempt().await,
        };
    }
    spinner.finish_and_clear();
    let mut drifted = Vec::new();
    let mut pages = cloudformation
        .describe_stack_resource_drifts()
        .stack_name(stack.name())
        .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
        .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| aws_error("read the results of the drift detection", &error))?;
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

    /// Writes the resource in the format of the plan, with the expected and actual value of each property.
    pub(crate) fn write(&self, out: &mut String, style: &Style) {
        let word = if self.deleted { "DELETED" } else { "changed" };
        let color = if self.deleted { style.clone().red() } else { style.clone().yellow() };
        let kind = style.clone().dim().apply_to(&self.resource_type).to_string();
        let _ =
            writeln!(out, "  {} {}  {kind}  {}", color.apply_to("!"), self.logical_id, color.apply_to(word));
        for property in &self.properties {
            let _ = writeln!(
                out,
                "    {}  expected {}, but is {}",
                property.path,
                escape(&property.expected),
                escape(&property.actual)
            );
        }
    }
}
