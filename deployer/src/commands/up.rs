//! `deployer up`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Creates the stack or brings it up to date.
#[derive(Debug, Args)]
pub(crate) struct UpArgs {}

pub(crate) async fn up(_args: UpArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
