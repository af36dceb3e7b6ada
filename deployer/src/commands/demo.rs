//! `deployer demo`.

use clap::Args;

use crate::config::Config;
use crate::error::CommandError;
use crate::ui::Ui;

/// Shows the whole system at work on this machine: sample photos, and yours, become thumbnails.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {}

pub(crate) async fn demo(_args: DemoArgs, _config: Config, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
