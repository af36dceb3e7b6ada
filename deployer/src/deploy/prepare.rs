//! Everything a change set needs, made from the configuration: the handlers, the template, its parameters.

use std::collections::BTreeMap;

use crate::aws::error::{aws_code, aws_error};
use crate::deploy::change_set::{ChangeSet, ChangeSetRequest, Refused};
use crate::deploy::{artifacts, concurrency};
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::package::{self, Artifact, GivenZip, Profile};
use crate::stack::{Outputs, Stack};
use crate::template::{self, Deployment, MAX_BODY_BYTES, Template};
use crate::ui::Ui;

/// What would be deployed.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) template: Template,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) parameters: BTreeMap<String, String>,
}

/// Builds and packages the handlers and renders the template.
pub(crate) async fn build_deployment(
    stack: &Stack,
    zips: &[GivenZip],
    profile: Profile,
    ui: &Ui,
) -> Result<Prepared, CommandError> {
    let settings = &concurrency::fit(stack, ui).await;
    let template = template::render(settings)?;
    let artifacts = package::build(&stack.config, zips, profile, ui).await?;
    let bucket = stack.artifacts_bucket().await?;
    let deployment = Deployment {
        artifacts_bucket: &bucket,
        artifacts: &artifacts,
        architecture: package::architecture(&stack.config),
        region: Some(stack.aws.region()),
    };
    let parameters = template.parameters(settings, &deployment);
    Ok(Prepared { template, artifacts, parameters })
}

impl Prepared {
    /// Has CloudFormation work out what would change; none for nothing.
    pub(crate) async fn change_set(
        &self,
        stack: &Stack,
        creates: bool,
        express: bool,
        signals: &mut Signals,
        ui: &Ui,
    ) -> Result<Option<ChangeSet>, Refused> {
        let mut template = self.template.clone();
        import(&mut template, creates, stack).await?;
        let url = if template.body().len() > MAX_BODY_BYTES {
            Some(artifacts::store_template(stack, &template).await?)
        } else {
            None
        };
        let wanted = ChangeSetRequest {
            template: &template,
            template_url: url.as_deref(),
            parameters: &self.parameters,
            creates,
            express,
        };
        ChangeSet::create(stack, wanted, signals, ui).await
    }
}

/// Has the buckets that an earlier stack left become part of the new one.
///
/// CloudFormation finds what exists only by a name that is written out, not by one that it would have to put together.
/// It takes a bucket as it is, whatever the template says of it, and compares templates from then on: with the name
/// alone here, the next update gives the bucket all its settings.
async fn import(template: &mut Template, creates: bool, stack: &Stack) -> Result<(), CommandError> {
    for (id, name) in stack.bucket_names().await? {
        // Access logs can come back to a stack that is there, the others it always has.
        let comes = creates || (id == "AccessLogsBucket" && template.has(id) && lacks(id, stack).await?);
        if comes && template.has(id) && stack.owns_bucket(&name).await? {
            check_policy(stack, &name).await?;
            template.name_only(id, &name);
        }
    }
    Ok(())
}

/// Whether the deployed stack has no output of this name.
async fn lacks(output: &str, stack: &Stack) -> Result<bool, CommandError> {
    Ok(stack.describe().await?.is_none_or(|stack| Outputs::of(&stack).get(output).is_err()))
}

/// The statement that each policy of a bucket in the templates has.
const OWN_STATEMENT: &str = "OnlyOverTls";

/// Refuses to take over a bucket that has a policy: CloudFormation would import it, and then fail to give it the stack's.
/// The buckets that an earlier stack left have none.
async fn check_policy(stack: &Stack, bucket: &str) -> Result<(), CommandError> {
    let policy = match stack.aws.s3().get_bucket_policy().bucket(bucket).send().await {
        Ok(found) => found.policy,
        Err(error) if aws_code(&error) == Some("NoSuchBucketPolicy") => None,
        Err(error) => return Err(aws_error(format_args!("look for a policy of `{bucket}`"), &error)),
    };
    let policy = policy.and_then(|policy| serde_json::from_str::<serde_json::Value>(&policy).ok());
    let Some(policy) = policy else { return Ok(()) };
    // The policy of a stack like this one, whose bucket it still is: CloudFormation says whose.
    let statements = policy["Statement"].as_array();
    if statements.is_some_and(|all| all.iter().any(|statement| statement["Sid"] == OWN_STATEMENT)) {
        return Ok(());
    }
    Err(CommandError::failed(format!(
        "the bucket `{bucket}` is there already and has a policy of its own: the stack's cannot be added to it"
    ))
    .hint(format!(
        "save the policy and remove it: `aws s3api get-bucket-policy --bucket {bucket} --query Policy --output text > \
         {bucket}.json && aws s3api delete-bucket-policy --bucket {bucket}`"
    )))
}
