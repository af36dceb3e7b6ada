//! `deployer upload`: uploads photos to the originals bucket and can wait for their thumbnails.

use std::path::PathBuf;

use clap::Args;
use contract::focus::Focus;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::transfer::upload::{UploadOptions, upload_files};
use crate::ui::Ui;

/// Upload photos and print their keys.
///
/// A key consists of the day, the file name, and the start of the SHA-256, so two different photos never overwrite each
/// other. The command skips photos that are already in the bucket. To resume an interrupted upload, run the same
/// command again.
///
/// With `--output json`, prints one line per file: `file` with `error`, with `skipped` (the reason), or with `key`,
/// `version`, `bytes`, `sha256`, `already_there` and, with `--wait`, `state` (`done`, `failed`, `superseded`, or
/// `waiting`), `thumbnails`, `milliseconds`, `reason`, and `message`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer upload cat.jpg
  deployer upload --recursive --wait ~/Pictures/2026
  deployer upload portrait.jpg --focus 0.3,0.6
  deployer fetch $(deployer upload cat.jpg --wait)
  curl -s https://example.com/cat.jpg | deployer upload - --name cat.jpg")]
pub(crate) struct UploadArgs {
    /// Photos, folders (with --recursive), or `-` for stdin.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Upload all images in the folders and their subfolders.
    #[arg(long, short)]
    recursive: bool,
    /// Use this file name for the photo from stdin.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Wait until each photo has thumbnails or has failed.
    #[arg(long, short)]
    wait: bool,
    /// Wait at most this many seconds for each photo.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, requires = "wait", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Upload files even if their content is not an image.
    #[arg(long)]
    force: bool,
    /// Crop thumbnails around this point, in fractions of the width and the height.
    #[arg(long, value_name = "X,Y")]
    focus: Option<Focus>,
}

pub(crate) async fn upload(args: UploadArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let UploadArgs { paths, recursive, name, wait, timeout, force, focus } = args;
    let options = UploadOptions { paths, recursive, name, wait, timeout, force, focus };
    upload_files(&options, stack, ui, |stored| ui.print_line(stored, || stored.key.clone())).await
}
