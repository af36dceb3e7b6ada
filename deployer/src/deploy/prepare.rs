//! Prepares the input of a change set from the configuration: the zips of the functions, the template, its parameters.

use std::collections::BTreeMap;

use crate::deploy::change_set::{ChangeSet, ChangeSetError, ChangeSetRequest};
use crate::deploy::recover::Operation;
use crate::deploy::{artifacts, concurrency};
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::package::{self, Artifact, Profile, ProvidedZip};
use crate::s3::objects::bucket_policy;
use crate::stack::{Outputs, Stack};
use crate::template::{self, Deployment, MAX_BODY_BYTES, Template};
use crate::ui::Ui;

/// The input of a change set.
#[derive(Debug)]
pub(crate) struct PreparedDeployment {
    pub(crate) template: Template,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) parameters: BTreeMap<String, String>,
}

/// Builds and packages the functions and renders the template.
pub(crate) async fn prepare_deployment(
    stack: &Stack,
    zips: &[ProvidedZip],
    profile: Profile,
    ui: &Ui,
) -> Result<PreparedDeployment, CommandError> {
    let settings = &concurrency::fit_to_quota(stack, ui).await;
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
    Ok(PreparedDeployment { template, artifacts, parameters })
}

impl PreparedDeployment {
    /// Makes CloudFormation compute the changes. Returns `None` if there are none.
    pub(crate) async fn create_change_set(
        &self,
        stack: &Stack,
        operation: Operation,
        express: bool,
        signals: &mut Signals,
        ui: &Ui,
    ) -> Result<Option<ChangeSet>, ChangeSetError> {
        let creates = operation == Operation::Create;
        let mut template = self.template.clone();
        import_existing_buckets(&mut template, creates, stack).await?;
        let url = if template.body().len() > MAX_BODY_BYTES {
            Some(artifacts::store_template(stack, &template, ui).await?)
        } else {
            None
        };
        let request = ChangeSetRequest {
            template: &template,
            template_url: url.as_deref(),
            parameters: &self.parameters,
            creates,
            express,
        };
        ChangeSet::create(stack, request, signals, ui).await
    }
}

/// Imports the buckets that an earlier stack kept into the new one.
///
/// CloudFormation finds an existing bucket only by a literal name, not by a computed one. It imports the bucket
/// unchanged, ignoring its properties in the template, and compares templates from then on. The first template
/// therefore contains only the name, and the next update applies all properties.
async fn import_existing_buckets(
    template: &mut Template,
    creates: bool,
    stack: &Stack,
) -> Result<(), CommandError> {
    for (id, name) in stack.bucket_names().await? {
        // An existing stack can import only the access log bucket, because it always has the others.
        let may_import = creates
            || (id == "AccessLogsBucket"
                && template.has_resource(id)
                && is_output_missing(id, stack).await?);
        if may_import && template.has_resource(id) && stack.owns_bucket(&name).await? {
            check_policy(stack, &name).await?;
            template.keep_only_name(id, &name);
        }
    }
    Ok(())
}

/// Returns whether the deployed stack has no output of this name.
async fn is_output_missing(output: &str, stack: &Stack) -> Result<bool, CommandError> {
    let found = stack.describe().await?;
    Ok(found.is_none_or(|found| Outputs::from_stack(&found).get(output).is_err()))
}

/// The ID of the statement in every bucket policy of the templates.
const OWN_STATEMENT: &str = "OnlyOverTls";

/// Returns an error if the bucket has a policy: CloudFormation would import the bucket and then fail to add the policy of
/// the stack. The buckets that an earlier stack kept have none.
async fn check_policy(stack: &Stack, bucket: &str) -> Result<(), CommandError> {
    let policy = bucket_policy(stack.aws.s3(), bucket).await?;
    let policy = policy.and_then(|policy| serde_json::from_str::<serde_json::Value>(&policy).ok());
    let Some(policy) = policy else { return Ok(()) };
    // The policy is from a stack like this one, which still owns the bucket. CloudFormation will name that stack.
    let statements = policy["Statement"].as_array();
    if statements.is_some_and(|all| all.iter().any(|statement| statement["Sid"] == OWN_STATEMENT)) {
        return Ok(());
    }
    let aws_flags = stack.aws_flags();
    Err(CommandError::failed(format!(
        "cannot import the bucket `{bucket}`: it already has a bucket policy"
    ))
    .hint(format!(
        "run `aws s3api get-bucket-policy --bucket {bucket} --query Policy --output text{aws_flags} > {bucket}.json \
         && aws s3api delete-bucket-policy --bucket {bucket}{aws_flags}` to save and delete the policy"
    )))
}
