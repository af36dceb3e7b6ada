//! `deployer gallery`: the photos with their thumbnails, alt texts and states, in a browser.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::config::Config;
use crate::error::CommandError;
use crate::gallery::{Gallery, Server, export};
use crate::stack::Stack;
use crate::ui::Ui;

/// Shows the photos in a browser: thumbnails, alt texts and what has become of each; alt texts can be corrected.
///
/// Prints the address of a page that is served on this machine alone, until Ctrl-C. Whoever knows the address may see
/// and correct everything. With `--output json`: `url`; with `--export`: `folder` and `photos`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer gallery\n  deployer gallery --export site/")]
pub(crate) struct GalleryArgs {
    /// Write the photos that have thumbnails as pages into this new folder, which open without a server.
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

pub(crate) async fn gallery(args: GalleryArgs, config: Config, ui: &Ui) -> Result<(), CommandError> {
    let gallery = Gallery::open(Stack::connect(config, ui).await?).await?;
    if let Some(folder) = args.export {
        let photos = export::export(&gallery, &folder, ui).await?;
        let folder = folder.display().to_string();
        return ui.result(&json!({ "folder": folder, "photos": photos }), || {
            format!("{} photos are in {folder}: open index.html", photos)
        });
    }
    let server = Server::bind(gallery).await?;
    ui.line(&json!({ "url": server.url }), || server.url.clone())?;
    ui.note("Open this address in a browser on this machine. Ctrl-C ends it.");
    server.run().await
}
