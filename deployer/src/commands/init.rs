//! `deployer init`: a deployer.yaml to start from, with every setting explained, and its schema for editors.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::config::{self, FILE_NAME, SCHEMA_NAME};
use crate::error::{CommandError, io_error};
use crate::files;
use crate::ui::Ui;

/// The example in the repository, whose values are the defaults.
const EXAMPLE: &str = include_str!("../../../deployer.yaml");

/// Writes a commented deployer.yaml with the default of every setting.
///
/// Beside it goes deployer.schema.json, by which editors complete and check it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  deployer init && $EDITOR deployer.yaml")]
pub(crate) struct InitArgs {
    /// Where to write it.
    #[arg(value_name = "FILE", default_value = FILE_NAME)]
    file: PathBuf,
}

pub(crate) fn init(args: InitArgs, ui: &Ui) -> Result<(), CommandError> {
    let shown = args.file.display();
    // Never over a file that somebody has edited.
    let mut file = std::fs::File::create_new(&args.file).map_err(|error| {
        let failed = io_error(format_args!("write `{shown}`"), &error);
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => failed.hint("name another file: `deployer init other.yaml`"),
            _ => failed,
        }
    })?;
    file.write_all(EXAMPLE.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| io_error(format_args!("write `{shown}`"), &error))?;
    let schema = args.file.with_file_name(SCHEMA_NAME);
    files::write(&schema, format!("{:#}\n", config::schema()))?;
    ui.result(&json!({ "file": args.file, "schema": schema }), || args.file.display().to_string())
}
