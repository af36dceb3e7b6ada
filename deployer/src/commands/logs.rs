//! `deployer logs`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Shows what the functions log.
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {}

pub(crate) async fn logs(_args: LogsArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
