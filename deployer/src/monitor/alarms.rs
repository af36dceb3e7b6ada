//! Reads the alarms of the stack and their states.

use aws_sdk_cloudwatch::types::MetricAlarm;
use serde::Serialize;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::stack::Stack;

/// The maximum number of names per request. The response may have several pages nevertheless.
const ALARMS_PER_REQUEST: usize = 100;

/// An alarm.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Alarm {
    /// Its logical ID.
    pub(crate) name: String,
    /// Its name in CloudWatch.
    pub(crate) alarm: String,
    /// Its state in CloudWatch: `OK`, `ALARM`, `INSUFFICIENT_DATA`.
    pub(crate) state: String,
    /// The reason for its state.
    pub(crate) reason: String,
    /// Its description.
    pub(crate) description: String,
}

impl Alarm {
    /// Returns whether it is in ALARM.
    pub(crate) fn is_in_alarm(&self) -> bool {
        self.state == "ALARM"
    }
}

/// Returns the alarms of the stack, sorted by logical ID.
pub(crate) async fn read_alarms(stack: &Stack) -> Result<Vec<Alarm>, CommandError> {
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
        .map_err(|error| aws_error("list the resources of the stack", &error))?;
    let names: Vec<(&str, &str)> = resources
        .iter()
        .filter(|resource| resource.resource_type() == Some("AWS::CloudWatch::Alarm"))
        .filter_map(|resource| Some((resource.logical_resource_id()?, resource.physical_resource_id()?)))
        .collect();
    let mut alarms = Vec::new();
    for some in names.chunks(ALARMS_PER_REQUEST) {
        let alarm_names = some.iter().map(|(_, alarm)| (*alarm).to_owned()).collect();
        let request = stack.aws.cloudwatch().describe_alarms().set_alarm_names(Some(alarm_names));
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("read the alarms", &error))?;
            let found = page.metric_alarms.unwrap_or_default();
            alarms.extend(found.into_iter().map(|alarm| alarm_of(alarm, some)));
        }
    }
    alarms.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(alarms)
}

fn alarm_of(alarm: MetricAlarm, names: &[(&str, &str)]) -> Alarm {
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
