//! The change set: made, shown, and then that very one executed or deleted.

use std::time::Duration;

use aws_sdk_cloudformation::types::{
    self as cfn, Capability, ChangeSetStatus, ChangeSetType, OnStackFailure, Parameter, Tag,
};
use tokio::time::Instant;

use crate::error::{CommandError, aws_code, aws_error};
use crate::stack::Stack;
use crate::stack::plan::Plan;
use crate::stack::template::{MAX_BODY_BYTES, Template};
use crate::ui::Ui;

/// A change set that CloudFormation has worked out and that waits to be executed.
#[derive(Debug)]
pub(crate) struct ChangeSet {
    /// Its ARN.
    pub(crate) id: String,
    /// The stack's ARN.
    pub(crate) stack_id: String,
    pub(crate) plan: Plan,
}

/// How long CloudFormation may take to work a change set out.
const TIMEOUT: Duration = Duration::from_secs(300);

impl ChangeSet {
    /// Has CloudFormation work out what `template` with `parameters` would change; none for nothing.
    ///
    /// `creates` says that the stack does not exist yet (or only as REVIEW_IN_PROGRESS).
    pub(crate) async fn create(
        stack: &Stack,
        template: &Template,
        parameters: Vec<Parameter>,
        template_url: Option<&str>,
        creates: bool,
        ui: &Ui,
    ) -> Result<Option<Self>, CommandError> {
        let cloudformation = stack.aws.cloudformation();
        let now = time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        let name = format!("deployer-{now}");
        let kind = if creates { ChangeSetType::Create } else { ChangeSetType::Update };
        let body = template.body();
        let fits = body.len() <= MAX_BODY_BYTES;
        let created = cloudformation
            .create_change_set()
            .stack_name(stack.name())
            .change_set_name(&name)
            .change_set_type(kind)
            .set_template_body(fits.then_some(body))
            .set_template_url(if fits { None } else { template_url.map(str::to_owned) })
            .set_parameters(Some(parameters))
            .capabilities(Capability::CapabilityIam)
            .description("Made by the deployer; safe to delete.")
            .tags(Tag::builder().key("managed-by").value("thumbnail-generator").build())
            .set_on_stack_failure(creates.then_some(OnStackFailure::Rollback))
            .send()
            .await
            .map_err(|error| aws_error(format_args!("plan the stack `{}`", stack.name()), &error))?;
        let id = created.id().unwrap_or(&name).to_owned();
        let stack_id = created.stack_id().unwrap_or(stack.name()).to_owned();

        let waiting = ui.wait("Planning: waiting for CloudFormation to work out the changes");
        let started = Instant::now();
        let mut pause = Duration::from_millis(100);
        let (status, reason) = loop {
            let said = describe_page(stack, &id, None).await?;
            match said.status() {
                Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => {}
                status => break (status.cloned(), said.status_reason().unwrap_or_default().to_owned()),
            }
            if started.elapsed() > TIMEOUT {
                delete(stack, &id, &stack_id, creates).await?;
                return Err(CommandError::failed(
                    "CloudFormation did not work out the changes within 5 minutes",
                )
                .hint("see https://health.aws.amazon.com, then try again"));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(3));
        };
        waiting.finish_and_clear();

        if status == Some(ChangeSetStatus::CreateComplete) {
            let plan = Plan::read(stack.name(), creates, &all_changes(stack, &id).await?);
            return Ok(Some(Self { id, stack_id, plan }));
        }
        delete(stack, &id, &stack_id, creates).await?;
        // "No changes" is a failure to CloudFormation, told apart by these words alone.
        if reason.contains("didn't contain changes") || reason.contains("No updates are to be performed") {
            return Ok(None);
        }
        Err(CommandError::failed(format!(
            "CloudFormation refuses the plan: {}",
            contract::key::escape(&reason)
        )))
    }

    /// Deletes the change set, and the empty stack that was only made to hold it.
    pub(crate) async fn delete(&self, stack: &Stack) -> Result<(), CommandError> {
        delete(stack, &self.id, &self.stack_id, self.plan.creates).await
    }

    /// Starts what the plan shows.
    pub(crate) async fn execute(&self, stack: &Stack) -> Result<(), CommandError> {
        let executed = stack.aws.cloudformation().execute_change_set().change_set_name(&self.id).send().await;
        match executed {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(aws_code(&error), Some("InvalidChangeSetStatus" | "ChangeSetNotFound")) =>
            {
                Err(CommandError::failed("the stack changed after the plan was shown; nothing was applied")
                    .hint(format!("run `deployer up{}` again to see the new plan", stack.config.flags())))
            }
            Err(error) => Err(aws_error("start the change", &error)),
        }
    }
}

async fn describe_page(
    stack: &Stack,
    id: &str,
    token: Option<String>,
) -> Result<aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput, CommandError> {
    stack
        .aws
        .cloudformation()
        .describe_change_set()
        .change_set_name(id)
        .include_property_values(true)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| aws_error("read the planned changes", &error))
}

async fn all_changes(stack: &Stack, id: &str) -> Result<Vec<cfn::Change>, CommandError> {
    let mut changes = Vec::new();
    let mut token = None;
    loop {
        let page = describe_page(stack, id, token).await?;
        changes.extend_from_slice(page.changes());
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(changes);
        }
    }
}

async fn delete(stack: &Stack, id: &str, stack_id: &str, creates: bool) -> Result<(), CommandError> {
    let cloudformation = stack.aws.cloudformation();
    let deleted = cloudformation.delete_change_set().change_set_name(id).send().await;
    if let Err(error) = deleted
        && aws_code(&error) != Some("ChangeSetNotFound")
    {
        return Err(aws_error("delete the change set", &error));
    }
    if creates {
        cloudformation
            .delete_stack()
            .stack_name(stack_id)
            .send()
            .await
            .map_err(|error| aws_error("delete the stack that only held the plan", &error))?;
    }
    Ok(())
}
