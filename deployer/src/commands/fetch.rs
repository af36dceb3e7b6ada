//! `deployer fetch`.

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Downloads the thumbnails of a photo.
#[derive(Debug, Args)]
pub(crate) struct FetchArgs {}

pub(crate) async fn fetch(_args: FetchArgs, _stack: &Stack, _ui: &Ui) -> Result<(), CommandError> {
    Err(CommandError::failed("not yet"))
}
