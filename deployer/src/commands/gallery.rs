//! `deployer gallery`: shows the photos with their thumbnails, alt texts, and states in a browser.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::config::Config;
use crate::error::CommandError;
use crate::gallery::export::{self, ExportCounts};
use crate::gallery::{Gallery, Server};
use crate::stack::Stack;
use crate::ui::{Ui, format_count};

/// Show photos, thumbnails, states, and alt texts in a browser.
///
/// The command prints the URL of a page and serves it on this machine until Ctrl-C. You can edit alt texts there.
/// Anyone who can reach this machine's loopback interface and knows the URL can view photos and edit alt texts.
///
/// With `--output json`, prints `url`, or with `--export`, `folder`, `photos`, and `left_out`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer gallery\n  deployer gallery --export site/")]
pub(crate) struct GalleryArgs {
    /// Export the photos that have thumbnails as static pages to this new folder.
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

pub(crate) async fn gallery(args: GalleryArgs, config: Config, ui: &Ui) -> Result<(), CommandError> {
    let gallery = Gallery::open(Stack::connect_existing(config, ui).await?).await?;
    if let Some(folder) = args.export {
        let ExportCounts { photos, left_out } = export::export(&gallery, &folder, ui).await?;
        let folder = folder.display().to_string();
        ui.print_result(&json!({ "folder": folder, "photos": photos, "left_out": left_out }), || {
            let photos = format_count(photos, "photo");
            format!("Exported {photos} to {folder}. Open index.html in a browser.")
        })?;
        return match left_out {
            0 => Ok(()),
            _ => Err(CommandError::failed(format!(
                "cannot export {left_out} of {}",
                format_count(photos + left_out, "photo")
            ))
            .hint("run `deployer explain{flags} KEY` to see the state of a photo")),
        };
    }
    let server = Server::bind(gallery).await?;
    ui.print_line(&json!({ "url": server.url }), || server.url.clone())?;
    ui.note("Open this URL in a browser on this machine. Press Ctrl-C to stop.");
    server.run().await
}
