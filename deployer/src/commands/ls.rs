//! `deployer ls`: lists the photos and the state of each.

use clap::Args;
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::escape;
use futures::stream::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

use crate::error::CommandError;
use crate::photos::audit::RecordState;
use crate::photos::{PhotoState, PhotoStore, flatten_pages};
use crate::s3::versions::Version;
use crate::stack::Stack;
use crate::ui::{Ui, format_count, format_time};

/// How many records are read at once. At 20 to 40 ms per request this reaches the request rate that S3 allows per prefix.
const READS_AT_ONCE: usize = 128;

/// List photos with their size, time, state, and thumbnails.
///
/// With `--output json`, prints one line per photo: `key`, `version`, `bytes`, `last_modified`, `state` (`done`,
/// `failed`, or `waiting`), `thumbnails` and, if it failed, `reason` and `message`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer ls\n  deployer ls 2026/11/24\n  deployer ls cat.jpg")]
pub(crate) struct LsArgs {
    /// A key prefix, a day such as 2026/11/24, or the file name of a photo.
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// List at most this many photos.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

/// One photo, as a line of JSON.
#[derive(Debug, Serialize)]
struct PhotoLine {
    key: String,
    version: String,
    bytes: u64,
    #[serde(with = "time::serde::rfc3339")]
    last_modified: OffsetDateTime,
    state: &'static str,
    thumbnails: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

pub(crate) async fn ls(args: LsArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let store = PhotoStore::open(stack).await?;
    let limit = args.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let mut listed = 0;
    // The listings show which photos have a record. Only those records are read.
    let photos = flatten_pages(store.audit(Function::Thumbnail, &args.prefix, None));
    let read = photos
        .map_ok(|(version, record_state)| read_photo(&store, version, record_state))
        .try_buffered(READS_AT_ONCE);
    let mut photos = std::pin::pin!(read.take(limit));
    while let Some(photo) = photos.try_next().await? {
        listed += 1;
        ui.print_line(&photo, || text(&photo))?;
    }
    if listed > 0 || args.prefix.is_empty() {
        return Ok(());
    }
    // No key starts with this text, so it may be a file name.
    let found = store.resolve_all(&args.prefix, None).await;
    let found = found.map_err(|error| match Date::parse(&args.prefix, &Iso8601::DATE) {
        Ok(_) => {
            error.hint(format!("run `deployer ls{{flags}} {}/` to list a day", args.prefix.replace('-', "/")))
        }
        Err(_) => error,
    })?;
    let mut photos = std::pin::pin!(found.take(limit));
    while let Some(manifest) = photos.try_next().await? {
        let original = manifest.original;
        let photo = PhotoLine {
            key: original.key,
            version: original.version,
            bytes: original.bytes,
            last_modified: original.last_modified,
            state: "done",
            thumbnails: manifest.thumbnails.into_iter().map(|thumbnail| thumbnail.key).collect(),
            reason: None,
            message: None,
        };
        ui.print_line(&photo, || text(&photo))?;
    }
    Ok(())
}

/// Reads the record of a photo whose state is known from the names of its records.
async fn read_photo(
    store: &PhotoStore<'_>,
    version: Version,
    record_state: RecordState,
) -> Result<PhotoLine, CommandError> {
    let original = version.original();
    let mut photo = PhotoLine {
        key: version.key,
        version: original.version.clone(),
        bytes: version.bytes,
        last_modified: version.last_modified,
        state: "waiting",
        thumbnails: Vec::new(),
        reason: None,
        message: None,
    };
    let state = match record_state {
        RecordState::Unrecorded => PhotoState::Waiting,
        // Box the future of the request: it takes thousands of bytes, and a waiting photo needs no request.
        RecordState::Done | RecordState::Failed => Box::pin(store.state(&original)).await?,
    };
    match state {
        PhotoState::Done(manifest) => {
            photo.state = "done";
            photo.thumbnails = manifest.thumbnails.into_iter().map(|thumbnail| thumbnail.key).collect();
        }
        PhotoState::Failed(failure) => {
            photo.state = "failed";
            let FailureRecord { reason, message, .. } = *failure;
            (photo.reason, photo.message) = (Some(reason), Some(message));
        }
        PhotoState::Waiting => {}
    }
    Ok(photo)
}

fn text(photo: &PhotoLine) -> String {
    let time = format_time(photo.last_modified);
    let bytes = indicatif::HumanBytes(photo.bytes).to_string();
    let failure = photo.reason.as_ref().zip(photo.message.as_ref());
    let state = match (photo.state, photo.thumbnails.len(), failure) {
        ("done", count, _) => format_count(count as u64, "thumbnail"),
        (state, _, Some((reason, message))) => format!("{state}: {} ({})", escape(message), escape(reason)),
        (state, _, None) => state.to_owned(),
    };
    let key = escape(&photo.key);
    format!("{time}  {bytes:>12}  {key}  {state}")
}
