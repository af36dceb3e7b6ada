//! `deployer gallery`: the photos with their thumbnails, alt texts and states, in a browser.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::config::Config;
use crate::error::CommandError;
use crate::gallery::export::{self, Exported};
use crate::gallery::{Gallery, Server};
use crate::stack::Stack;
use crate::ui::Ui;

/// Shows the photos in a browser: thumbnails, alt texts and what has become of each; alt texts can be corrected.
///
/// Prints the address of a page that is served on this machine alone, until Ctrl-C. Whoever knows the address may see
/// and correct everything. With `--output json`: `url`; with `--export`: `folder`,
/// `photos` and `left_out`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer gallery\n  deployer gallery --export site/")]
pub(crate) struct GalleryArgs {
    /// Write the photos that have thumbnails as pages into this new folder, which open without a server.
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

pub(crate) async fn gallery(args: GalleryArgs, config: Config, ui: &Ui) -> Result<(), CommandError> {
    let flags = config.flags();
    let gallery = Gallery::open(Stack::connect(config, ui).await?).await?;
    if let Some(folder) = args.export {
        let Exported { photos, left_out } = export::export(&gallery, &folder, ui).await?;
        let folder = folder.display().to_string();
        ui.result(&json!({ "folder": folder, "photos": photos, "left_out": left_out }), || {
            format!("{photos} photos are in {folder}: open index.html")
        })?;
        return match left_out {
            0 => Ok(()),
            _ => {
                Err(CommandError::failed(format!("{left_out} of {} photos are left out", photos + left_out))
                    .hint(format!("`deployer explain{flags} KEY` shows what is known of one")))
            }
        };
    }
    let server = Server::bind(gallery).await?;
    ui.line(&json!({ "url": server.url }), || server.url.clone())?;
    ui.note("Open this address in a browser on this machine. Ctrl-C ends it.");
    server.run().await
}
