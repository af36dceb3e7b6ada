//! `deployer package`: builds the zips of the functions that `up` uploads.

use std::path::PathBuf;

use clap::Args;

use crate::config::Config;
use crate::error::{CommandError, io_error};
use crate::files;
use crate::package::{self, Profile};
use crate::ui::Ui;

/// Build the functions and package them for Lambda.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  deployer package --out dist && deployer up --zip dist/thumbnail.zip")]
pub(crate) struct PackageArgs {
    /// Copy the zip files to this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Compile the functions with all optimizations [default with --local: a quick build].
    #[arg(long)]
    release: bool,
}

pub(crate) async fn package(args: PackageArgs, config: &Config, ui: &Ui) -> Result<(), CommandError> {
    let mut artifacts = package::build(config, &[], Profile::from_release_flag(args.release), ui).await?;
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder)
            .map_err(|error| io_error(format_args!("create the folder `{}`", folder.display()), &error))?;
        for artifact in &mut artifacts {
            let to = folder.join(format!("{}.zip", artifact.function));
            let zip = std::fs::read(&artifact.path)
                .map_err(|error| io_error(format_args!("read `{}`", artifact.path.display()), &error))?;
            files::write(&to, zip)?;
            artifact.path = to;
        }
    }
    ui.print_result(&artifacts, || {
        let line = |artifact: &package::Artifact| {
            let kilobytes = artifact.bytes.div_ceil(1000);
            format!(
                "{:<10} {kilobytes:>6} kB  {}  {}",
                artifact.function,
                &artifact.digest[..16],
                artifact.path.display()
            )
        };
        artifacts.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}
