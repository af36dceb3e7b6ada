//! `deployer upload`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Uploads photos.
#[derive(Debug, Args)]
pub(crate) struct UploadArgs {}

pub(crate) async fn upload(_args: UploadArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
