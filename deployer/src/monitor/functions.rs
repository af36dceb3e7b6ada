//! Reads the state of the functions and their event source mappings from Lambda.

use std::collections::BTreeMap;

use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use contract::settings::{ON_REMOVAL, OnRemoval};
use futures::future::try_join_all;
use serde::Serialize;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::stack::Stack;

/// The state of a function.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FunctionState {
    /// Its name in Lambda.
    pub(crate) name: String,
    /// Its state in Lambda: `Active`, `Pending`, `Inactive`, `Failed`.
    pub(crate) state: String,
    /// The reason for a state other than `Active`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The status of its last update: `Successful`, `InProgress`, `Failed`.
    pub(crate) last_update: String,
    /// The time of its last update, in the format of Lambda.
    pub(crate) updated_at: String,
    /// Its memory, in MB.
    pub(crate) memory: i32,
    /// Its timeout, in seconds.
    pub(crate) timeout: i32,
    /// Its event source mapping, or `None` if it has none.
    pub(crate) event_source: Option<EventSource>,
}

/// The event source mapping of a function.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventSource {
    /// Its ID.
    pub(crate) id: String,
    /// Its state: `Enabled`, `Disabled`, `Creating`.
    pub(crate) state: String,
    /// The maximum concurrency, or `None` if only the quota of the account applies.
    pub(crate) maximum_concurrency: Option<i32>,
    /// The result of the last invocation, if Lambda reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_result: Option<String>,
}

impl EventSource {
    /// Returns whether it is disabled and will stay so.
    pub(crate) fn is_disabled(&self) -> bool {
        matches!(self.state.as_str(), "Disabled" | "Disabling")
    }

    /// Returns whether Lambda reports that the last invocation failed.
    pub(crate) fn has_failed(&self) -> bool {
        let result = self.last_result.as_deref().unwrap_or_default();
        result.starts_with("PROBLEM") || result.starts_with("FAILED")
    }

    fn new(mapping: EventSourceMappingConfiguration) -> Self {
        Self {
            maximum_concurrency: mapping.scaling_config().and_then(|scaling| scaling.maximum_concurrency()),
            last_result: mapping.last_processing_result,
            id: mapping.uuid.unwrap_or_default(),
            state: mapping.state.unwrap_or_default(),
        }
    }
}

/// Returns the functions of the stack by the name of their output.
pub(crate) async fn read_functions(stack: &Stack) -> Result<BTreeMap<String, FunctionState>, CommandError> {
    let outputs = stack.outputs().await?.all().iter();
    let functions = outputs.filter(|(output, _)| output.ends_with("Function"));
    let read =
        functions.map(|(output, name)| async { Ok((output.clone(), read_function(stack, name).await?)) });
    Ok(try_join_all(read).await?.into_iter().collect())
}

/// Returns the state of the function `name`.
pub(crate) async fn read_function(stack: &Stack, name: &str) -> Result<FunctionState, CommandError> {
    let lambda = stack.aws.lambda();
    let found = lambda.get_function_configuration().function_name(name).send().await;
    let found = found.map_err(|error| aws_error(format_args!("read the function `{name}`"), &error))?;
    let mappings = lambda.list_event_source_mappings().function_name(name).send().await;
    let mappings = mappings.map_err(|error| {
        aws_error(format_args!("read the event source mapping of the function `{name}`"), &error)
    })?;
    let mappings = mappings.event_source_mappings.unwrap_or_default();
    let or_unknown = |state: Option<&str>| state.unwrap_or("unknown").to_owned();
    let update_reason = found.last_update_status_reason();
    Ok(FunctionState {
        name: name.to_owned(),
        state: or_unknown(found.state().map(|state| state.as_str())),
        reason: found.state_reason().or(update_reason).filter(|reason| !reason.is_empty()).map(str::to_owned),
        last_update: or_unknown(found.last_update_status().map(|status| status.as_str())),
        updated_at: found.last_modified().unwrap_or_default().to_owned(),
        memory: found.memory_size().unwrap_or(0),
        timeout: found.timeout().unwrap_or(0),
        event_source: mappings.into_iter().next().map(EventSource::new),
    })
}

/// Returns whether the thumbnail function deletes or keeps the thumbnails of a removed photo.
pub(crate) async fn on_removal(stack: &Stack) -> Result<OnRemoval, CommandError> {
    let name = stack.outputs().await?.get("ThumbnailFunction")?;
    let found = stack.aws.lambda().get_function_configuration().function_name(name).send().await;
    let found = found.map_err(|error| aws_error(format_args!("read the function `{name}`"), &error))?;
    let variables = found.environment().and_then(|environment| environment.variables());
    let setting = variables.and_then(|variables| variables.get(ON_REMOVAL));
    Ok(if setting.is_some_and(|setting| setting == "keep") { OnRemoval::Keep } else { OnRemoval::Delete })
}
