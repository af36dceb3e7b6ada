//! `deployer ls`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Lists photos.
#[derive(Debug, Args)]
pub(crate) struct LsArgs {}

pub(crate) async fn ls(_args: LsArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
