//! `deployer replay`: photos worked on again, above all those that have failed.

use clap::Args;
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::{BY_KEY, OriginalVersion, UNREADABLE, escape};
use contract::request::{Request, RequestKind};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::catalog::versions::{self, Version};
use crate::catalog::{Catalog, State};
use crate::commands::audit::{function, photos};
use crate::error::{CommandError, Kind, aws_error};
use crate::stack::{Stack, queue};
use crate::ui::Ui;

/// How many failure records are read at once.
const AT_ONCE: usize = 32;

/// Has photos worked on again: those that have failed, or, by key, name or prefix, any.
///
/// This is how photos that are done get the thumbnails of presets that were changed.
///
/// A failure record stays until the work succeeds. One of a message that names no photo goes when its message is
/// sent again, and comes again under another name if it is still not understood.
/// With `--output json`: `sent` and `dry_run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer replay cat.jpg
  deployer replay 2026/11/24/
  deployer replay --reason dead-letter
  deployer replay --all --dry-run
  deployer replay --alt-text --all
  deployer replay --unreadable --dry-run")]
pub(crate) struct ReplayArgs {
    /// The keys or names of photos, or prefixes that end with `/`.
    #[arg(value_name = "KEY", required_unless_present_any = ["reason", "all", "unreadable"], conflicts_with_all = ["reason", "all"])]
    keys: Vec<String>,
    /// All that failed for this reason, as `deployer ls` shows it in brackets.
    #[arg(long, value_name = "REASON", conflicts_with = "all")]
    reason: Option<String>,
    /// All that failed.
    #[arg(long)]
    all: bool,
    /// The messages that name no photo, word for word as they came.
    #[arg(long, conflicts_with_all = ["keys", "reason", "all"])]
    unreadable: bool,
    /// Have them described again, not their thumbnails made.
    #[arg(long)]
    alt_text: bool,
    /// Show what would be sent, and send nothing.
    #[arg(long)]
    dry_run: bool,
}

/// One message to be sent.
struct Replay {
    /// The photo's key, or the record of a message that names none.
    key: String,
    why: String,
    body: String,
    /// The record that is of no more use when the message is sent.
    outdated: Option<String>,
}

pub(crate) async fn replay(args: ReplayArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let function = function(args.alt_text);
    let url = stack.outputs().await?.queue(function)?;
    let catalog = Catalog::open(stack).await?;
    let mut replays = Vec::new();
    for key in &args.keys {
        if key.ends_with('/') {
            replays.extend(under_prefix(&catalog, key, stack).await?);
        } else {
            replays.push(by_name(&catalog, key, stack).await?);
        }
    }
    if args.keys.is_empty() {
        let waiting = ui.wait("Reading the failure records");
        replays = if args.unreadable {
            unreadable(&catalog, function).await?
        } else {
            failures(&catalog, function, args.reason.as_deref()).await?
        };
        waiting.finish_and_clear();
    }
    let count = replays.len() as u64;
    let noun = |count| if args.unreadable { messages(count) } else { photos(count) };
    if args.dry_run {
        for Replay { key, why, .. } in &replays {
            ui.note(format!("would send `{}`: {}", escape(key), escape(why)));
        }
        return ui.result(&json!({ "sent": count, "dry_run": true }), || {
            format!("{} would be sent. Nothing was.", noun(count))
        });
    }
    if count > 0 && (args.keys.is_empty() || args.keys.iter().any(|key| key.ends_with('/'))) {
        ui.confirm(&format!("Send {} again?", noun(count)), "--yes").await?;
    }
    let bar = ui.count(count, "sent");
    for batch in replays.chunks(queue::BATCH) {
        let bodies: Vec<String> = batch.iter().map(|replay| replay.body.clone()).collect();
        queue::send(stack, url, &bodies).await?;
        for record in batch.iter().filter_map(|replay| replay.outdated.as_deref()) {
            catalog.remove_record(record).await?;
        }
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    let flags = stack.config.flags();
    let after = if args.unreadable { "audit" } else { "explain KEY" };
    ui.result(&json!({ "sent": count, "dry_run": false }), || {
        format!("Sent {}. `deployer {after}{flags}` shows what becomes of it.", noun(count))
    })
}

/// The photo at the key `text`, or the newest that is called so.
async fn by_name(catalog: &Catalog<'_>, text: &str, stack: &Stack) -> Result<Replay, CommandError> {
    let nothing = match by_key(catalog, text, stack).await {
        Err(error) if error.kind == Kind::NotFound && !text.contains('/') => error,
        found => return found,
    };
    match catalog.resolve(text, None, false, &stack.config.flags()).await {
        Ok(found) => by_key(catalog, &found.newest.original.key, stack).await,
        Err(error) if error.kind == Kind::NotFound => Err(nothing),
        Err(error) => Err(error),
    }
}

/// All photos under `prefix`, whatever has become of them.
async fn under_prefix(
    catalog: &Catalog<'_>,
    prefix: &str,
    stack: &Stack,
) -> Result<Vec<Replay>, CommandError> {
    let mut replays = Vec::new();
    let mut pages = versions::pages(catalog.s3, catalog.originals, prefix, None);
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| aws_error(format_args!("list `{}`", escape(prefix)), &*error))?;
        for version in page.into_iter().filter(Version::is_there) {
            let body = request(catalog.originals, version.original());
            replays.push(Replay { key: version.key, why: "asked for".to_owned(), body, outdated: None });
        }
    }
    if replays.is_empty() {
        return Err(missing(prefix, stack));
    }
    Ok(replays)
}

/// The message that has `original` worked on again.
fn request(bucket: &str, original: OriginalVersion) -> String {
    json!(Request { request: RequestKind::Replay, bucket: bucket.to_owned(), original }).to_string()
}

fn missing(text: &str, stack: &Stack) -> CommandError {
    CommandError::not_found(format!("there is no photo `{}`; nothing was sent", escape(text)))
        .hint(format!("run `deployer ls{}` to see what there is", stack.config.flags()))
}

/// The photo at `key` as it is now, whatever has become of it; or a removal that failed.
async fn by_key(catalog: &Catalog<'_>, key: &str, stack: &Stack) -> Result<Replay, CommandError> {
    if let Some(original) = catalog.original(key).await? {
        let why = match catalog.state(&original).await? {
            State::Failed(failure) => failure.reason,
            State::Done(_) => "done".to_owned(),
            State::Superseded => "superseded".to_owned(),
            State::Waiting => "waiting".to_owned(),
        };
        let body = request(catalog.originals, original);
        return Ok(Replay { key: key.to_owned(), why, body, outdated: None });
    }
    for record in catalog.records_under(&OriginalVersion::prefix_of_key(key)).await? {
        if record.ends_with("/failed.json")
            && OriginalVersion::version_of_record(key, &record).is_some()
            && let Some(failure) = catalog.record::<FailureRecord>(&record).await?
        {
            return Ok(replay_of(failure));
        }
    }
    Err(missing(key, stack))
}

/// What has failed, for `reason` or for any.
async fn failures(
    catalog: &Catalog<'_>,
    function: Function,
    reason: Option<&str>,
) -> Result<Vec<Replay>, CommandError> {
    let name = match function {
        Function::Thumbnail => "/failed.json",
        Function::AltText => "/alt-text-failed.json",
    };
    let wanted = |failure: &FailureRecord| reason.is_none_or(|reason| failure.reason == reason);
    let found = records(catalog, BY_KEY, |record| record.ends_with(name)).await?;
    Ok(found.into_iter().map(|(_, failure)| failure).filter(wanted).map(replay_of).collect())
}

/// The messages for `function` that name no photo.
async fn unreadable(catalog: &Catalog<'_>, function: Function) -> Result<Vec<Replay>, CommandError> {
    let found = records(catalog, UNREADABLE, |_| true).await?;
    let its = found.into_iter().filter(|(_, failure)| failure.function == function.name());
    let replay = its.map(|(record, failure)| Replay {
        key: record.clone(),
        why: failure.message,
        // A text is the body itself; anything else is what was read out of it.
        body: failure.event.as_str().map_or_else(|| failure.event.to_string(), str::to_owned),
        outdated: Some(record),
    });
    Ok(replay.collect())
}

/// The failure records under `prefix` whose keys are `wanted`, with their keys.
async fn records(
    catalog: &Catalog<'_>,
    prefix: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<(String, FailureRecord)>, CommandError> {
    let keys = catalog.records_under(prefix).await?;
    let read = stream::iter(keys.into_iter().filter(|key| wanted(key))).map(|key| async move {
        // One that is gone by now has been worked on.
        Ok::<_, CommandError>(catalog.record::<FailureRecord>(&key).await?.map(|failure| (key, failure)))
    });
    let found: Vec<_> = read.buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// `1 message`, `2 messages`.
fn messages(count: u64) -> String {
    format!("{count} {}", if count == 1 { "message" } else { "messages" })
}

/// The message that has a failure worked on again: a request for thumbnails, or the event of a removal.
fn replay_of(failure: FailureRecord) -> Replay {
    let FailureRecord { bucket, key, version, event, reason, .. } = failure;
    let name = event.get("eventName").or_else(|| event.get("detail-type")).and_then(Value::as_str);
    let body = if name.is_some_and(|name| name.contains("Removed") || name.contains("Deleted")) {
        // S3's own events come in an envelope, EventBridge's do not.
        if event.get("s3").is_some() { json!({ "Records": [event] }) } else { event }
    } else {
        let original = OriginalVersion { key: key.clone(), version };
        json!(Request { request: RequestKind::Replay, bucket, original })
    };
    Replay { key, why: reason, body: body.to_string(), outdated: None }
}
