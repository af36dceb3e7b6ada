//! `deployer rm`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Removes photos with everything derived from them.
#[derive(Debug, Args)]
pub(crate) struct RmArgs {}

pub(crate) async fn rm(_args: RmArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
