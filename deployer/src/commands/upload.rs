//! `deployer upload`: photos into the originals bucket and, with `--wait`, on to their thumbnails.

use std::path::PathBuf;

use clap::Args;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::transfer::upload::{Upload, send};
use crate::ui::Ui;

/// Uploads photos and prints the key of each.
///
/// The key is the day, the name and the beginning of the SHA-256, so nothing is ever overwritten, and the
/// same photo again lands on the same key and is not sent twice: an interrupted upload is resumed by
/// repeating the command.
///
/// With `--output json` each photo is one line: `file`, and `key`, `version`, `bytes`, `sha256`,
/// `already_there` and, with `--wait`, `state` (`done`, `failed`, `superseded`), `thumbnails`, `reason`; or
/// `error`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer upload cat.jpg
  deployer upload --recursive --wait ~/Pictures/2026
  deployer fetch $(deployer upload cat.jpg --wait)
  curl -s https://example.com/cat.jpg | deployer upload - --name cat.jpg")]
pub(crate) struct UploadArgs {
    /// Photos, folders (with --recursive), or `-` for the standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Upload every image in the folders, and in those below them.
    #[arg(long, short)]
    recursive: bool,
    /// The name of what comes in on the standard input.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Wait until each photo has its thumbnails or has failed.
    #[arg(long, short)]
    wait: bool,
    /// The longest to wait for one photo, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, requires = "wait", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Upload what is not an image by its bytes, too.
    #[arg(long)]
    force: bool,
}

pub(crate) async fn upload(args: UploadArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let UploadArgs { paths, recursive, name, wait, timeout, force } = args;
    let upload = Upload { paths, recursive, name, wait, timeout, force };
    send(&upload, stack, ui, |stored| ui.line(stored, || stored.key.clone())).await
}
