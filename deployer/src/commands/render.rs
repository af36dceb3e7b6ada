//! `deployer render`: the template that would be sent, and its parameters.

use clap::Args;

use crate::config::Config;
use crate::error::CommandError;
use crate::ui::Ui;

/// Prints the CloudFormation template.
#[derive(Debug, Args)]
pub(crate) struct RenderArgs {}

pub(crate) fn render(_args: RenderArgs, _config: &Config, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
