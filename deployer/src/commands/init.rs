//! `deployer init`: writes a deployer.yaml that explains every setting, and its schema for editors.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::config::{self, FILE_NAME, SCHEMA_NAME};
use crate::error::CommandError;
use crate::files;
use crate::ui::Ui;

/// The example in the repository, which lists the defaults.
const EXAMPLE: &str = include_str!("../../../deployer.yaml");

/// Create a commented deployer.yaml with the default of every setting.
///
/// The command also writes deployer.schema.json, which editors use to complete and check the file.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  deployer init && $EDITOR deployer.yaml")]
pub(crate) struct InitArgs {
    /// The file to create.
    #[arg(value_name = "FILE", default_value = FILE_NAME)]
    file: PathBuf,
}

pub(crate) fn init(args: InitArgs, ui: &Ui) -> Result<(), CommandError> {
    let shown = args.file.display().to_string();
    // Never overwrite a file that the user has edited.
    if args.file.symlink_metadata().is_ok() {
        return Err(CommandError::failed(format!("`{shown}` already exists"))
            .hint("run `deployer init other.yaml` to write another file"));
    }
    files::write_new(&args.file, EXAMPLE)?;
    let schema = args.file.with_file_name(SCHEMA_NAME);
    files::write(&schema, format!("{:#}\n", config::schema()))?;
    let schema = schema.display().to_string();
    ui.print_result(&json!({ "file": shown, "schema": schema }), || shown.clone())
}
