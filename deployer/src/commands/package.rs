//! `deployer package`.

use clap::Args;

use crate::config::Config;
use crate::error::CommandError;
use crate::ui::Ui;

/// Builds the handlers and packages them for Lambda.
#[derive(Debug, Args)]
pub(crate) struct PackageArgs {}

pub(crate) async fn package(_args: PackageArgs, _config: &Config, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
