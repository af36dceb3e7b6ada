//! `deployer status`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Shows the stack, its queues and its outputs at a glance.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {}

pub(crate) async fn status(_args: StatusArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
