//! The stack's alarms, and which of them ring.

use aws_sdk_cloudwatch::types::MetricAlarm;
use serde::Serialize;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::stack::Stack;

/// CloudWatch tells of so many alarms at a time.
const AT_ONCE: usize = 100;

/// An alarm.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Alarm {
    /// Its name in the template.
    pub(crate) name: String,
    /// Its name at CloudWatch.
    pub(crate) alarm: String,
    /// CloudWatch's word: `OK`, `ALARM`, `INSUFFICIENT_DATA`.
    pub(crate) state: String,
    /// Why it is so.
    pub(crate) reason: String,
    /// What it means.
    pub(crate) description: String,
}

impl Alarm {
    /// Whether it rings.
    pub(crate) fn rings(&self) -> bool {
        self.state == "ALARM"
    }
}

/// The alarms of the stack by their names in the template.
pub(crate) async fn alarms(stack: &Stack) -> Result<Vec<Alarm>, CommandError> {
    let resources: Vec<_> = stack
        .aws
        .cloudformation()
        .list_stack_resources()
        .stack_name(stack.name())
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| aws_error("list what the stack is made of", &error))?;
    let names: Vec<(&str, &str)> = resources
        .iter()
        .filter(|resource| resource.resource_type() == Some("AWS::CloudWatch::Alarm"))
        .filter_map(|resource| Some((resource.logical_resource_id()?, resource.physical_resource_id()?)))
        .collect();
    let mut alarms = Vec::new();
    for some in names.chunks(AT_ONCE) {
        let asked = some.iter().map(|(_, alarm)| (*alarm).to_owned()).collect();
        let answer = stack.aws.cloudwatch().describe_alarms().set_alarm_names(Some(asked)).send().await;
        let answer = answer.map_err(|error| aws_error("look at the alarms", &error))?;
        alarms.extend(answer.metric_alarms.unwrap_or_default().into_iter().map(|alarm| of(alarm, some)));
    }
    alarms.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(alarms)
}

fn of(alarm: MetricAlarm, names: &[(&str, &str)]) -> Alarm {
    let physical = alarm.alarm_name().unwrap_or_default();
    let logical = names.iter().find(|(_, name)| *name == physical).map_or(physical, |(logical, _)| logical);
    Alarm {
        name: logical.to_owned(),
        alarm: physical.to_owned(),
        state: alarm.state_value().map_or_else(String::new, |state| state.as_str().to_owned()),
        reason: alarm.state_reason().unwrap_or_default().to_owned(),
        description: alarm.alarm_description().unwrap_or_default().trim().to_owned(),
    }
}
