//! Everything a change set needs, made from the configuration: the handlers, the template, its parameters.

use aws_sdk_cloudformation::types::Parameter;

use crate::error::CommandError;
use crate::package::{self, Artifact, GivenZip};
use crate::stack::change_set::ChangeSet;
use crate::stack::template::{self, Deployment, MAX_BODY_BYTES, Template};
use crate::stack::{Stack, artifacts};
use crate::ui::Ui;

/// What would be deployed.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) template: Template,
    pub(crate) artifacts: Vec<Artifact>,
    parameters: Vec<Parameter>,
}

/// Builds and packages the handlers and renders the template.
pub(crate) async fn prepare(stack: &Stack, zips: &[GivenZip], ui: &Ui) -> Result<Prepared, CommandError> {
    let settings = &stack.config.settings;
    let template = template::render(settings)?;
    let artifacts = package::build(&stack.config, zips, ui).await?;
    let bucket = stack.artifacts_bucket().await?;
    let deployment = Deployment {
        artifacts_bucket: &bucket,
        artifacts: &artifacts,
        architecture: package::architecture(&stack.config),
        region: Some(stack.aws.region()),
    };
    let parameters = template
        .parameters(settings, &deployment)
        .into_iter()
        .map(|(name, value)| Parameter::builder().parameter_key(name).parameter_value(value).build())
        .collect();
    Ok(Prepared { template, artifacts, parameters })
}

impl Prepared {
    /// Has CloudFormation work out what would change; none for nothing.
    pub(crate) async fn change_set(
        &self,
        stack: &Stack,
        creates: bool,
        ui: &Ui,
    ) -> Result<Option<ChangeSet>, CommandError> {
        let url = if self.template.body().len() > MAX_BODY_BYTES {
            Some(artifacts::store_template(stack, &self.template).await?)
        } else {
            None
        };
        ChangeSet::create(stack, &self.template, self.parameters.clone(), url.as_deref(), creates, ui).await
    }
}
