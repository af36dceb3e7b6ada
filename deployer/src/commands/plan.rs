//! `deployer plan`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Shows what `up` would change.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {}

pub(crate) async fn plan(_args: PlanArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
