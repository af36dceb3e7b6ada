//! `deployer down`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Deletes the stack.
#[derive(Debug, Args)]
pub(crate) struct DownArgs {}

pub(crate) async fn down(_args: DownArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
