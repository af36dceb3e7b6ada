//! `deployer ls`: the photos, and how far each has come.

use clap::Args;
use contract::key::escape;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use time::OffsetDateTime;

use crate::catalog::versions::{self, Version};
use crate::catalog::{Catalog, State};
use crate::error::{CommandError, aws_error};
use crate::stack::Stack;
use crate::ui::Ui;

/// How many photos are looked up at once: with the 20 to 40 ms of a request, what S3 serves of one prefix in a second.
const AT_ONCE: usize = 128;

/// Lists photos with their size, time, state and thumbnails.
///
/// With `--output json` each photo is one line: `key`, `version`, `bytes`, `last_modified`, `state` (`done`,
/// `failed`, `waiting`, `superseded`), `thumbnails` and, of a failed one, `reason`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer ls\n  deployer ls 2026/11/24\n  deployer ls cat.jpg")]
pub(crate) struct LsArgs {
    /// The beginning of the keys, a day like 2026/11/24, or the name of a photo.
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// The most photos to list.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
}

/// One photo, as a line of JSON.
#[derive(Debug, Serialize)]
struct Listed {
    key: String,
    version: String,
    bytes: u64,
    #[serde(with = "time::serde::rfc3339")]
    last_modified: OffsetDateTime,
    state: &'static str,
    thumbnails: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(crate) async fn ls(args: LsArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let catalog = Catalog::open(stack).await?;
    let limit = args.limit.unwrap_or(usize::MAX);
    let mut listed = 0;
    let mut pages = versions::pages(catalog.s3, catalog.originals, &args.prefix, None);
    while let Some(page) = pages.next().await {
        let what = format_args!("list the photos in `{}`", catalog.originals);
        let there = page.map_err(|error| aws_error(what, &*error))?.into_iter().filter(|version| {
            // What is behind a delete marker, or behind a newer version, is not there now.
            version.is_latest && !version.is_marker
        });
        let mut photos = stream::iter(there).map(|photo| look(&catalog, photo)).buffered(AT_ONCE);
        while let Some(photo) = photos.next().await {
            if listed == limit {
                return Ok(());
            }
            listed += 1;
            let photo = photo?;
            ui.line(&photo, || text(&photo))?;
        }
    }
    if listed > 0 || args.prefix.is_empty() {
        return Ok(());
    }
    // Not the beginning of a key: perhaps the name of a photo.
    let flags = stack.config.flags();
    let resolved = catalog.resolve(&args.prefix, None, true, &flags).await?;
    let mut photos = std::pin::pin!(resolved.photos().take(limit));
    while let Some(manifest) = photos.try_next().await? {
        let original = manifest.original;
        let photo = Listed {
            key: original.key,
            version: original.version,
            bytes: original.bytes,
            last_modified: original.last_modified,
            state: "done",
            thumbnails: manifest.thumbnails.into_iter().map(|thumbnail| thumbnail.key).collect(),
            reason: None,
        };
        ui.line(&photo, || text(&photo))?;
    }
    Ok(())
}

/// How far a photo has come.
async fn look(catalog: &Catalog<'_>, version: Version) -> Result<Listed, CommandError> {
    let original = version.original();
    let mut photo = Listed {
        key: version.key,
        version: original.version.clone(),
        bytes: version.bytes,
        last_modified: version.last_modified,
        state: "waiting",
        thumbnails: Vec::new(),
        reason: None,
    };
    match catalog.state(&original).await? {
        State::Done(manifest) => {
            photo.state = "done";
            photo.thumbnails = manifest.thumbnails.into_iter().map(|thumbnail| thumbnail.key).collect();
        }
        State::Failed(failure) => {
            photo.state = "failed";
            photo.reason = Some(format!("{} ({})", failure.message, failure.reason));
        }
        State::Superseded => photo.state = "superseded",
        State::Waiting => {}
    }
    Ok(photo)
}

fn text(photo: &Listed) -> String {
    let time = photo.last_modified;
    let (date, hour, minute, second) = (time.date(), time.hour(), time.minute(), time.second());
    let bytes = indicatif::HumanBytes(photo.bytes).to_string();
    let state = match (photo.state, photo.thumbnails.len(), &photo.reason) {
        ("done", count, _) => format!("{count} thumbnails"),
        (state, _, Some(reason)) => format!("{state}: {}", escape(reason)),
        (state, _, None) => state.to_owned(),
    };
    let key = escape(&photo.key);
    format!("{date} {hour:02}:{minute:02}:{second:02}  {bytes:>12}  {key}  {state}")
}
