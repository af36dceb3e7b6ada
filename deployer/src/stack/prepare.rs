//! Everything a change set needs, made from the configuration: the handlers, the template, its parameters.

use std::collections::BTreeMap;

use crate::error::CommandError;
use crate::package::{self, Artifact, GivenZip};
use crate::stack::change_set::{ChangeSet, Refused, Wanted};
use crate::stack::signals::Signals;
use crate::stack::template::{self, Deployment, MAX_BODY_BYTES, Template};
use crate::stack::{Stack, artifacts};
use crate::ui::Ui;

/// What would be deployed.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) template: Template,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) parameters: BTreeMap<String, String>,
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
        let url = if self.template.body().len() > MAX_BODY_BYTES {
            Some(artifacts::store_template(stack, &self.template).await?)
        } else {
            None
        };
        let wanted = Wanted {
            template: &self.template,
            template_url: url.as_deref(),
            parameters: &self.parameters,
            creates,
            express,
        };
        ChangeSet::create(stack, wanted, signals, ui).await
    }
}
