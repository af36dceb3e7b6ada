//! `deployer render`: prints the template that `up` sends to CloudFormation.

use clap::Args;

use crate::config::Config;
use crate::error::CommandError;
use crate::template;
use crate::ui::Ui;

/// Print the CloudFormation template as JSON.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  deployer render > template.json && cfn-lint template.json")]
pub(crate) struct RenderArgs {}

pub(crate) fn render(_args: RenderArgs, config: &Config, ui: &Ui) -> Result<(), CommandError> {
    let template = template::render(&config.settings)?;
    ui.print_result(&template.value, || format!("{:#}", template.value))
}
