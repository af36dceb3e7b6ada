//! The change set, which `up` creates, shows, and then executes or deletes.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::{
    self as cfn, Capability, ChangeSetStatus, ChangeSetType, DeploymentConfig, DeploymentConfigMode,
    OnStackFailure, Parameter, StackStatus, Tag, TemplateStage,
};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::time::Instant;

use crate::aws::error::{aws_code, aws_error};
use crate::backoff::Backoff;
use crate::deploy::failure::{EventScope, Failure};
use crate::deploy::hints;
use crate::deploy::plan::Plan;
use crate::deploy::plan::resolved::{BoundTemplate, Resource};
use crate::error::{CommandError, Kind};
use crate::interrupt::Signals;
use crate::stack::{Stack, is_missing_stack};
use crate::template::{self, Template};
use crate::ui::Ui;

/// A change set that CloudFormation has computed and that is ready for execution.
#[derive(Debug)]
pub(crate) struct ChangeSet {
    /// The ARN of the change set.
    pub(crate) id: String,
    /// The ARN of the stack.
    pub(crate) stack_id: String,
    pub(crate) plan: Plan,
}

/// The parameters of a change set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChangeSetRequest<'a> {
    pub(crate) template: &'a Template,
    /// The URL of a template that is too large for the request.
    pub(crate) template_url: Option<&'a str>,
    pub(crate) parameters: &'a BTreeMap<String, String>,
    /// Whether the stack does not exist yet, or only as REVIEW_IN_PROGRESS.
    pub(crate) creates: bool,
    /// Whether to use express mode, in which the operation does not wait until resources are ready.
    pub(crate) express: bool,
}

/// Why there is no change set to execute.
#[derive(Debug)]
pub(crate) enum ChangeSetError {
    /// Another operation changed the stack or is changing it, so a new plan is needed.
    StackChanged,
    Failed(CommandError),
}

impl From<CommandError> for ChangeSetError {
    fn from(error: CommandError) -> Self {
        Self::Failed(error)
    }
}

/// How long CloudFormation may take to compute a change set.
const TIMEOUT: Duration = Duration::from_secs(300);

impl ChangeSet {
    /// Makes CloudFormation compute the changes. Returns `None` if there are none.
    pub(crate) async fn create(
        stack: &Stack,
        request: ChangeSetRequest<'_>,
        signals: &mut Signals,
        ui: &Ui,
    ) -> Result<Option<Self>, ChangeSetError> {
        let pending = PendingChangeSet::send(stack, request).await?;
        let spinner = ui.start_spinner("Planning: waiting for CloudFormation to compute the changes");
        let computed = signals.run_without_changes(pending.wait_until_computed(stack)).await;
        spinner.finish_and_clear();
        let description = match computed {
            Ok(description) => description,
            // Another operation uses the stack, and CloudFormation has deleted the change set.
            Err(ChangeSetError::StackChanged) => return Err(ChangeSetError::StackChanged),
            Err(error @ ChangeSetError::Failed(_)) => {
                return match pending.delete_when_ready(stack, signals, ui).await {
                    Err(left_behind) if left_behind.kind == Kind::Interrupted => Err(left_behind.into()),
                    deleted => {
                        warn_if_left(deleted, ui);
                        Err(error)
                    }
                };
            }
        };
        if description.status() == Some(&ChangeSetStatus::CreateComplete) {
            return match read_plan(stack, &pending.id, description, &request, ui).await {
                Ok(plan) => Ok(Some(Self { id: pending.id, stack_id: pending.stack_id, plan })),
                Err(ChangeSetError::StackChanged) => Err(ChangeSetError::StackChanged),
                Err(error @ ChangeSetError::Failed(_)) => {
                    warn_if_left(pending.delete(stack).await, ui);
                    Err(error)
                }
            };
        }
        let reason = description.status_reason().unwrap_or_default();
        // CloudFormation reports "no changes" as a failure that only these words distinguish.
        if reason.contains("didn't contain changes") || reason.contains("No updates are to be performed") {
            pending.delete(stack).await?;
            return Ok(None);
        }
        // Only the change set has the results of the validation, so read them before deleting it.
        let found = Failure::query(stack, EventScope::ChangeSet(&pending.id), None).await;
        pending.delete(stack).await?;
        let what = "CloudFormation rejected the change set";
        Err(ChangeSetError::Failed(match found {
            Some(failure) => failure.into_error(what),
            None => {
                let error = CommandError::failed(format!("{what}: {}", contract::key::escape(reason)));
                match hints::hint_for("", reason) {
                    Some(hint) => error.hint(hint),
                    None => error,
                }
            }
        }))
    }

    /// Deletes the change set, and the empty stack that CloudFormation created for it.
    pub(crate) async fn delete(&self, stack: &Stack) -> Result<(), CommandError> {
        delete(stack, &self.id, &self.stack_id, self.plan.creates).await
    }

    /// Deletes the change set. Another operation uses the stack, even if it still looks empty.
    pub(crate) async fn delete_without_stack(&self, stack: &Stack) -> Result<(), CommandError> {
        delete(stack, &self.id, &self.stack_id, false).await
    }

    /// Executes the change set.
    pub(crate) async fn execute(&self, stack: &Stack) -> Result<(), ChangeSetError> {
        let executed = stack.aws.cloudformation().execute_change_set().change_set_name(&self.id).send().await;
        match executed {
            Ok(_) => Ok(()),
            Err(error) if aws_code(&error) == Some("InvalidChangeSetStatus") || is_missing(&error) => {
                Err(ChangeSetError::StackChanged)
            }
            Err(error) => Err(ChangeSetError::Failed(aws_error("execute the change set", &error))),
        }
    }
}

/// A requested change set.
struct PendingChangeSet {
    id: String,
    stack_id: String,
    creates: bool,
}

impl PendingChangeSet {
    async fn send(stack: &Stack, request: ChangeSetRequest<'_>) -> Result<Self, ChangeSetError> {
        let now = time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        // The random part separates two deployers in the same millisecond. The IAM policy of an operator matches change
        // sets by the name of the stack.
        let name = format!("{}-Change-{now}-{:04x}", stack.name(), fastrand::u16(..));
        let parameter = |(name, value): (&String, &String)| {
            Parameter::builder().parameter_key(name).parameter_value(value).build()
        };
        let change_set_type = if request.creates { ChangeSetType::Create } else { ChangeSetType::Update };
        let body = request.template_url.is_none().then(|| request.template.body());
        // Express mode sets the behavior on failure itself, and CloudFormation accepts only one of the two.
        let on_failure = (request.creates && !request.express).then_some(OnStackFailure::Rollback);
        // By default, express mode does not roll back a failed stack.
        let express = request.express.then(|| {
            DeploymentConfig::builder().mode(DeploymentConfigMode::Express).disable_rollback(false).build()
        });
        let created = stack
            .aws
            .cloudformation()
            .create_change_set()
            .stack_name(stack.name())
            .change_set_name(&name)
            .change_set_type(change_set_type)
            .set_template_body(body)
            .set_template_url(request.template_url.map(str::to_owned))
            .set_parameters(Some(request.parameters.iter().map(parameter).collect()))
            .capabilities(Capability::CapabilityIam)
            .description("Created by the deployer; safe to delete.")
            .tags(Tag::builder().key("managed-by").value("thumbnail-generator").build())
            .set_on_stack_failure(on_failure)
            // This imports the buckets that `down --keep-data` kept; see `prepare`.
            .import_existing_resources(true)
            .set_deployment_config(express)
            .send()
            .await;
        let created = created.map_err(|error| {
            // Another operation has created the stack in the meantime or is changing it.
            let message =
                error.as_service_error().and_then(|error| error.meta().message()).unwrap_or_default();
            let busy = message.contains("_IN_PROGRESS") || message.contains("already exists");
            match busy {
                true => ChangeSetError::StackChanged,
                false => aws_error(format_args!("plan the stack `{}`", stack.name()), &error).into(),
            }
        })?;
        Ok(Self {
            id: created.id().unwrap_or(&name).to_owned(),
            stack_id: created.stack_id().unwrap_or(stack.name()).to_owned(),
            creates: request.creates,
        })
    }

    /// Waits until CloudFormation has computed the change set, and returns its description.
    async fn wait_until_computed(&self, stack: &Stack) -> Result<DescribeChangeSetOutput, ChangeSetError> {
        let started = Instant::now();
        let mut backoff = Backoff::for_polling();
        loop {
            let description = describe_page(stack, &self.id, None).await?;
            match description.status() {
                Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => {}
                _ => return Ok(description),
            }
            if started.elapsed() > TIMEOUT {
                return Err(CommandError::failed(
                    "CloudFormation did not compute the changes within 5 minutes",
                )
                .hint("check https://health.aws.amazon.com, then run the command again")
                .into());
            }
            backoff.next_attempt().await;
        }
    }

    async fn delete(&self, stack: &Stack) -> Result<(), CommandError> {
        delete(stack, &self.id, &self.stack_id, self.creates).await
    }

    /// Deletes the change set even if CloudFormation is still computing it, unless a second signal arrives.
    async fn delete_when_ready(
        &self,
        stack: &Stack,
        signals: &mut Signals,
        ui: &Ui,
    ) -> Result<(), CommandError> {
        let spinner = ui.start_spinner("Deleting the change set; press Ctrl-C again to leave it behind");
        let left_behind = || {
            CommandError::interrupted("interrupted: nothing was changed, but the change set was left behind")
                .hint(match self.creates {
                    true => "run `deployer down{flags}` to delete it".to_owned(),
                    false => format!(
                        "run `aws cloudformation delete-change-set --change-set-name {}{}` to delete it",
                        self.id,
                        stack.aws_flags()
                    ),
                })
        };
        let deleted = signals.run_until_signal(self.delete(stack), left_behind).await;
        spinner.finish_and_clear();
        deleted
    }
}

/// Warns if a change set could not be deleted after an error, which is the one to report.
pub(crate) fn warn_if_left(deleted: Result<(), CommandError>, ui: &Ui) {
    if let Err(error) = deleted {
        ui.warn(error.message);
    }
}

/// Reads the changes in a computed change set.
async fn read_plan(
    stack: &Stack,
    id: &str,
    description: DescribeChangeSetOutput,
    request: &ChangeSetRequest<'_>,
    ui: &Ui,
) -> Result<Plan, ChangeSetError> {
    let changes = all_changes(stack, id, description).await?;
    let pseudo_parameters = pseudo_parameters(stack).await?;
    let before = match request.creates {
        true => BTreeMap::new(),
        false => deployed_resources(stack, &pseudo_parameters, ui).await,
    };
    let after = BoundTemplate {
        template: &request.template.value,
        parameters: request.parameters,
        pseudo_parameters: &pseudo_parameters,
    };
    let mut plan = Plan::read(stack.name(), request.creates, &changes, &before, &after.resources());
    plan.check_buckets(stack).await;
    Ok(plan)
}

/// Returns the known pseudo parameters of CloudFormation.
async fn pseudo_parameters(stack: &Stack) -> Result<BTreeMap<&'static str, String>, CommandError> {
    let identity = stack.identity().await?;
    Ok(BTreeMap::from([
        ("AWS::StackName", stack.name().to_owned()),
        ("AWS::Region", stack.aws.region().to_owned()),
        ("AWS::AccountId", identity.account.clone()),
        ("AWS::Partition", identity.partition().to_owned()),
    ]))
}

/// Returns the deployed resources of the stack, or none if they cannot be read. The plan then omits old values.
async fn deployed_resources(
    stack: &Stack,
    pseudo_parameters: &BTreeMap<&'static str, String>,
    ui: &Ui,
) -> BTreeMap<String, Resource> {
    match deployed_template(stack).await {
        Ok((template, parameters)) => {
            BoundTemplate { template: &template, parameters: &parameters, pseudo_parameters }.resources()
        }
        Err(error) if error.kind == Kind::NotFound => BTreeMap::new(),
        Err(error) => {
            ui.warn(format!("the plan may omit current values: {error}"));
            BTreeMap::new()
        }
    }
}

/// Returns the template and the parameters of the last deployment.
pub(crate) async fn deployed_template(
    stack: &Stack,
) -> Result<(serde_json::Value, BTreeMap<String, String>), CommandError> {
    let Some(found) = stack.describe().await? else { return Err(stack.missing_error()) };
    let response = stack
        .aws
        .cloudformation()
        .get_template()
        .stack_name(stack.name())
        .template_stage(TemplateStage::Original)
        .send()
        .await
        .map_err(|error| aws_error("read the deployed template", &error))?;
    let template = template::parse(response.template_body().unwrap_or_default())?;
    let read = |parameter: &Parameter| {
        Some((parameter.parameter_key()?.into(), parameter.parameter_value()?.into()))
    };
    Ok((template, found.parameters().iter().filter_map(read).collect()))
}

async fn describe_page(
    stack: &Stack,
    id: &str,
    token: Option<String>,
) -> Result<DescribeChangeSetOutput, ChangeSetError> {
    let described = stack
        .aws
        .cloudformation()
        .describe_change_set()
        .change_set_name(id)
        .include_property_values(true)
        .set_next_token(token)
        .send()
        .await;
    described.map_err(|error| match is_missing(&error) {
        // When CloudFormation executes a change set, it deletes the others.
        true => ChangeSetError::StackChanged,
        false => aws_error("read the planned changes", &error).into(),
    })
}

/// Returns whether CloudFormation reports that a change set or its stack does not exist.
fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    aws_code(error) == Some("ChangeSetNotFound") || is_missing_stack(error)
}

/// Returns the changes of the first page and all later pages.
async fn all_changes(
    stack: &Stack,
    id: &str,
    mut page: DescribeChangeSetOutput,
) -> Result<Vec<cfn::Change>, ChangeSetError> {
    let mut changes = Vec::new();
    loop {
        changes.append(&mut page.changes.unwrap_or_default());
        let Some(token) = page.next_token else { return Ok(changes) };
        page = describe_page(stack, id, Some(token)).await?;
    }
}

async fn delete(stack: &Stack, id: &str, stack_id: &str, creates: bool) -> Result<(), CommandError> {
    let cloudformation = stack.aws.cloudformation();
    let started = Instant::now();
    let mut backoff = Backoff::for_polling();
    loop {
        let Err(error) = cloudformation.delete_change_set().change_set_name(id).send().await else { break };
        match aws_code(&error) {
            // A change set that is being created cannot be deleted yet. A change set that was executed need not be
            // deleted.
            Some("InvalidChangeSetStatus") if is_being_computed(stack, id).await => {}
            Some("InvalidChangeSetStatus") => break,
            _ if is_missing(&error) => break,
            _ => return Err(aws_error("delete the change set", &error)),
        }
        if started.elapsed() > TIMEOUT {
            return Err(aws_error("delete the change set within 5 minutes", &error));
        }
        backoff.next_attempt().await;
    }
    if creates && has_no_resources(stack, stack_id).await? {
        cloudformation
            .delete_stack()
            .stack_name(stack_id)
            .send()
            .await
            .map_err(|error| aws_error("delete the empty stack of the change set", &error))?;
    }
    Ok(())
}

/// Returns whether CloudFormation is still computing the change set.
async fn is_being_computed(stack: &Stack, id: &str) -> bool {
    let description = describe_page(stack, id, None).await;
    let status = description.as_ref().ok().and_then(DescribeChangeSetOutput::status);
    matches!(status, Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress))
}

/// Returns whether the stack exists only for this change set. Another operation may have created it in the meantime, or
/// added another change set.
async fn has_no_resources(stack: &Stack, stack_id: &str) -> Result<bool, CommandError> {
    let found = stack.describe().await?;
    let is_planned = |stack: &cfn::Stack| stack.stack_status() == Some(&StackStatus::ReviewInProgress);
    if !found.as_ref().is_some_and(is_planned) {
        return Ok(false);
    }
    let others = stack.aws.cloudformation().list_change_sets().stack_name(stack_id);
    let other = others.into_paginator().items().send().try_next().await;
    let other = other.map_err(|error| aws_error("list the change sets of the stack", &error))?;
    Ok(other.is_none())
}
