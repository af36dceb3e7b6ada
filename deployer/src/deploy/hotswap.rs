//! Hotswap: updates the code of functions in seconds, bypassing CloudFormation. The functions then run other code than
//! the stack declares, so a record in the artifacts bucket lists them until the next `up`.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_lambda::types::{LastUpdateStatus, State};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

use crate::aws::error::aws_error;
use crate::backoff::Backoff;
use crate::deploy::artifacts;
use crate::deploy::change_set::deployed_template;
use crate::deploy::prepare::PreparedDeployment;
use crate::deploy::recover::{self, Operation};
use crate::error::CommandError;
use crate::package::Artifact;
use crate::stack::Stack;
use crate::template::{code_parameter, setting_of_parameter};
use crate::ui::Ui;

/// The object that records the swaps, among those of the stack in the artifacts bucket.
const SWAPS_KEY: &str = "hotswapped.json";

/// How long Lambda may take to activate new code.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The swapped code by function.
pub(crate) type Swaps = BTreeMap<String, Swap>;

/// Code that a function runs instead of the code in the stack.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Swap {
    /// The key of the zip in the artifacts bucket.
    pub(crate) key: String,
    /// The time of the swap, as RFC 3339.
    pub(crate) since: String,
    /// Whether the swap is known to be complete. It is missing if the deployer was killed during the swap.
    pub(crate) ready: bool,
}

/// Returns an error if the stack does not exist or an operation is in progress.
pub(crate) async fn check_can_hotswap(stack: &Stack) -> Result<(), CommandError> {
    match recover::check_ready(stack).await? {
        Operation::Create => Err(stack.missing_error()),
        Operation::Update => Ok(()),
    }
}

/// Replaces the code of every function that does not run the new zip.
///
/// Returns an error if anything but code would change, which only CloudFormation can do.
pub(crate) async fn hotswap(
    stack: &Stack,
    prepared: &PreparedDeployment,
    ui: &Ui,
) -> Result<(), CommandError> {
    let (template, parameters) = deployed_template(stack).await?;
    let changes = changes_besides_code(&template, &parameters, prepared);
    if !changes.is_empty() {
        return Err(CommandError::failed(format!(
            "cannot hotswap: the update also changes {}",
            changes.join(", ")
        ))
        .hint("run `deployer up{flags}` without `--hotswap`"));
    }
    let mut swaps = read_swaps(stack).await?;
    let key_in_stack = |artifact: &Artifact| parameters.get(&code_parameter(&artifact.function));
    let is_running = |artifact: &Artifact| match swaps.get(&artifact.function) {
        Some(swap) => swap.ready && swap.key == artifact.key(stack.name()),
        None => key_in_stack(artifact) == Some(&artifact.key(stack.name())),
    };
    let outdated: Vec<&Artifact> =
        prepared.artifacts.iter().filter(|artifact| !is_running(artifact)).collect();
    if outdated.is_empty() {
        ui.note("No changes: every function already runs this code.");
        return Ok(());
    }
    artifacts::store(stack, &prepared.artifacts, ui).await?;
    // Record the swap before it happens, so that no function runs other code without a record.
    let since = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
    for artifact in &outdated {
        let swap = Swap { key: artifact.key(stack.name()), since: since.clone(), ready: false };
        swaps.insert(artifact.function.clone(), swap);
    }
    write_swaps(stack, &swaps).await?;
    try_join_all(outdated.iter().map(|artifact| swap(stack, artifact, ui))).await?;
    for artifact in &outdated {
        // A function that runs the code of the stack again needs no record.
        if key_in_stack(artifact) == Some(&artifact.key(stack.name())) {
            swaps.remove(&artifact.function);
        } else if let Some(swap) = swaps.get_mut(&artifact.function) {
            swap.ready = true;
        }
    }
    write_swaps(stack, &swaps).await?;
    let functions: Vec<&str> = outdated.iter().map(|artifact| artifact.function.as_str()).collect();
    ui.note(format!("Hotswapped: {}", functions.join(", ")));
    warn_about_swaps(&swaps, stack, ui);
    Ok(())
}

/// Warns about functions that do not run the code that the stack declares.
pub(crate) fn warn_about_swaps(swaps: &Swaps, stack: &Stack, ui: &Ui) {
    if swaps.is_empty() {
        return;
    }
    let functions: Vec<&str> = swaps.keys().map(String::as_str).collect();
    ui.warn(format!(
        "hotswapped functions do not run the code that the stack declares: {}; run `deployer up{}` to update the stack",
        functions.join(", "),
        stack.config.flags()
    ));
}

/// Returns what would change besides code: the template, or settings by name.
fn changes_besides_code(
    template: &serde_json::Value,
    parameters: &BTreeMap<String, String>,
    prepared: &PreparedDeployment,
) -> Vec<String> {
    let mut changes = Vec::new();
    if *template != prepared.template.value {
        changes.push("the template".to_owned());
    }
    for (name, value) in &prepared.parameters {
        let is_code = prepared.artifacts.iter().any(|artifact| code_parameter(&artifact.function) == *name);
        if !is_code && parameters.get(name) != Some(value) {
            changes.push(setting_of_parameter(name).unwrap_or(name).to_owned());
        }
    }
    changes
}

/// Replaces hotswapped code that differs from the stack, and deletes the record of the swaps.
pub(crate) async fn reconcile(stack: &Stack, artifacts: &[Artifact], ui: &Ui) -> Result<(), CommandError> {
    let swaps = read_swaps(stack).await?;
    if swaps.is_empty() {
        return Ok(());
    }
    let is_outdated = |artifact: &&Artifact| {
        let key = artifact.key(stack.name());
        swaps.get(&artifact.function).is_some_and(|swap| !swap.ready || swap.key != key)
    };
    let outdated: Vec<&Artifact> = artifacts.iter().filter(is_outdated).collect();
    if !outdated.is_empty() {
        artifacts::store(stack, artifacts, ui).await?;
        try_join_all(outdated.iter().map(|artifact| swap(stack, artifact, ui))).await?;
    }
    for artifact in outdated {
        ui.note(format!("`{}` is back to the code that the stack declares", artifact.function));
    }
    let bucket = stack.artifacts_bucket().await?;
    let key = artifacts::own_key(stack, SWAPS_KEY);
    let deleted = stack.aws.s3().delete_object().bucket(&bucket).key(key).send().await;
    deleted
        .map_err(|error| aws_error(format_args!("delete the record of hotswaps in `{bucket}`"), &error))?;
    Ok(())
}

/// Updates the code of a function to `artifact`, and waits until Lambda has activated it.
async fn swap(stack: &Stack, artifact: &Artifact, ui: &Ui) -> Result<(), CommandError> {
    let function = &artifact.function;
    let name = stack.outputs().await?.function_name(function)?;
    let lambda = stack.aws.lambda();
    lambda
        .update_function_code()
        .function_name(name)
        .s3_bucket(stack.artifacts_bucket().await?)
        .s3_key(artifact.key(stack.name()))
        .send()
        .await
        .map_err(|error| aws_error(format_args!("replace the code of `{name}`"), &error))?;
    let spinner = ui.start_spinner(format!("Waiting for Lambda to activate the code of `{function}`"));
    let started = Instant::now();
    let mut backoff = Backoff::for_polling();
    loop {
        let function_state =
            lambda.get_function_configuration().function_name(name).send().await.map_err(|error| {
                aws_error(format_args!("read the configuration of the function `{name}`"), &error)
            })?;
        match (function_state.state(), function_state.last_update_status()) {
            (Some(State::Active) | None, Some(LastUpdateStatus::Successful) | None) => break,
            (Some(State::Failed), _) | (_, Some(LastUpdateStatus::Failed)) => {
                let why = function_state
                    .last_update_status_reason()
                    .or(function_state.state_reason())
                    .unwrap_or("no reason reported");
                let why = contract::key::escape(why);
                return Err(CommandError::failed(format!("Lambda rejected the code of `{function}`: {why}"))
                    .hint("run `deployer up{flags}` to restore the code that the stack declares"));
            }
            _ if started.elapsed() > TIMEOUT => {
                return Err(CommandError::failed(format!(
                    "Lambda did not activate the code of `{function}` within {} s",
                    TIMEOUT.as_secs()
                ))
                .hint("check https://health.aws.amazon.com, then run the command again"));
            }
            _ => backoff.next_attempt().await,
        };
    }
    spinner.finish_and_clear();
    Ok(())
}

/// Returns the recorded hotswaps.
pub(crate) async fn read_swaps(stack: &Stack) -> Result<Swaps, CommandError> {
    let key = artifacts::own_key(stack, SWAPS_KEY);
    let Some(body) = artifacts::get(stack, &key).await? else { return Ok(Swaps::new()) };
    let bucket = stack.artifacts_bucket().await?;
    serde_json::from_slice(&body).map_err(|error| {
        CommandError::failed(format!("cannot parse `s3://{bucket}/{key}`: {error}")).hint(format!(
            "run `aws s3 rm s3://{bucket}/{key}{}`, then `deployer up{{flags}}`",
            stack.aws_flags()
        ))
    })
}

async fn write_swaps(stack: &Stack, swaps: &Swaps) -> Result<(), CommandError> {
    let body = serde_json::to_vec(swaps).unwrap_or_default();
    artifacts::put(stack, &artifacts::own_key(stack, SWAPS_KEY), body, "record the hotswap").await
}
