//! `deployer replay`: photos worked on again, above all those that have failed.

use std::future::ready;

use clap::Args;
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::{ALT_TEXT_FAILED, FAILED, OriginalVersion, UNREADABLE, basename, escape, records_of_key};
use contract::request::{Request, RequestKind};
use futures::stream::{self, LocalBoxStream, Stream, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::error::{CommandError, Kind};
use crate::monitor::queues;
use crate::photos::audit::{function, version_count};
use crate::photos::{PhotoStore, State, flatten_pages};
use crate::s3::versions::{KeyRange, Version};
use crate::stack::Stack;
use crate::ui::Ui;

/// How many failure records are read at once.
const AT_ONCE: usize = 128;

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
    let catalog = PhotoStore::open(stack).await?;
    let (prefixes, names): (Vec<&String>, Vec<&String>) =
        args.keys.iter().partition(|key| key.ends_with('/'));
    let mut named = Vec::new();
    for name in names {
        named.push(by_name(&catalog, name, stack).await?);
    }
    let many: Vec<Many<'_>> = if args.unreadable {
        vec![Many::Unreadable]
    } else if args.keys.is_empty() {
        vec![Many::Failed(args.reason.as_deref())]
    } else {
        prefixes.into_iter().map(|prefix| Many::Under(prefix)).collect()
    };
    let would_send = |Replay { key, why, .. }: &Replay| {
        ui.note(format!("would send `{}`: {}", escape(key), escape(why)));
    };
    if args.dry_run {
        named.iter().for_each(would_send);
    }
    // What is many is read twice, to be counted and to be sent, and never held in memory.
    let waiting = ui.wait("Looking for what is to be sent");
    let mut count = named.len() as u64;
    for many in &many {
        let before = count;
        let mut found = many.replays(&catalog, function);
        while let Some(replay) = found.try_next().await? {
            count += 1;
            if args.dry_run {
                would_send(&replay);
            }
            waiting.set_message(format!("Looking for what is to be sent: {count} found"));
        }
        if let (Many::Under(prefix), true) = (many, count == before) {
            return Err(missing(prefix, stack));
        }
    }
    waiting.finish_and_clear();
    let noun = |count| if args.unreadable { messages(count) } else { version_count(count) };
    if args.dry_run {
        return ui.result(&json!({ "sent": count, "dry_run": true }), || {
            format!("{} would be sent. Nothing was.", noun(count))
        });
    }
    if count > named.len() as u64 {
        ui.confirm(&format!("Send {} again?", noun(count)), "--yes").await?;
    }
    let bar = ui.count(count, "sent");
    let mut sent = 0;
    let many = stream::iter(&many).flat_map(|many| many.replays(&catalog, function));
    let mut batches = stream::iter(named.into_iter().map(Ok)).chain(many).try_chunks(queues::BATCH);
    while let Some(batch) = batches.try_next().await.map_err(|error| error.1)? {
        let bodies: Vec<String> = batch.iter().map(|replay| replay.body.clone()).collect();
        queues::send(stack, url, &bodies).await?;
        for record in batch.iter().filter_map(|replay| replay.outdated.as_deref()) {
            catalog.remove_record(record).await?;
        }
        sent += batch.len() as u64;
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    let flags = stack.config.flags();
    let after = if args.unreadable { "audit" } else { "explain KEY" };
    ui.result(&json!({ "sent": sent, "dry_run": false }), || {
        format!("Sent {}. `deployer {after}{flags}` shows what becomes of it.", noun(sent))
    })
}

/// The photo at the key `text`, or the newest that is called so.
async fn by_name(catalog: &PhotoStore<'_>, text: &str, stack: &Stack) -> Result<Replay, CommandError> {
    let nothing = match by_key(catalog, text, stack).await {
        Err(error) if error.kind == Kind::NotFound && !text.contains('/') => error,
        found => return found,
    };
    match catalog.resolve(text, None, &stack.config.flags()).await {
        Ok(found) => by_key(catalog, &found.newest.original.key, stack).await,
        Err(error) if error.kind == Kind::NotFound => Err(nothing),
        Err(error) => Err(error),
    }
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
async fn by_key(catalog: &PhotoStore<'_>, key: &str, stack: &Stack) -> Result<Replay, CommandError> {
    if let Some(original) = catalog.original(key).await? {
        let why = match catalog.state(&original).await? {
            State::Failed(failure) => failure.reason,
            State::Done(_) => "done".to_owned(),
            State::Waiting => "waiting".to_owned(),
        };
        let body = request(catalog.originals, original);
        return Ok(Replay { key: key.to_owned(), why, body, outdated: None });
    }
    for record in catalog.records_under(&records_of_key(key)).await? {
        if basename(&record) == FAILED
            && let Some(failure) = catalog.record::<FailureRecord>(&record).await?
        {
            return Ok(replay_of(failure));
        }
    }
    Err(missing(key, stack))
}

/// Where many photos or messages are found.
enum Many<'a> {
    /// The messages that name no photo.
    Unreadable,
    /// What has failed, for this reason or for any.
    Failed(Option<&'a str>),
    /// All photos under this prefix, whatever has become of them.
    Under(&'a str),
}

/// Replays as they are found.
type Replays<'a> = LocalBoxStream<'a, Result<Replay, CommandError>>;

impl<'a> Many<'a> {
    fn replays(&self, catalog: &'a PhotoStore<'_>, function: Function) -> Replays<'a> {
        match *self {
            Self::Unreadable => unreadable(catalog, function).boxed_local(),
            Self::Failed(reason) => failures(catalog, function, reason).boxed_local(),
            Self::Under(prefix) => under_prefix(catalog, prefix).boxed_local(),
        }
    }
}

fn under_prefix<'a>(
    catalog: &'a PhotoStore<'_>,
    prefix: &'a str,
) -> impl Stream<Item = Result<Replay, CommandError>> + 'a {
    let versions = flatten_pages(catalog.original_pages(prefix));
    versions.try_filter(|version: &Version| ready(version.is_there())).map_ok(|version| {
        let body = request(catalog.originals, version.original());
        Replay { key: version.key, why: "asked for".to_owned(), body, outdated: None }
    })
}

fn failures<'a>(
    catalog: &'a PhotoStore<'_>,
    function: Function,
    reason: Option<&'a str>,
) -> impl Stream<Item = Result<Replay, CommandError>> + 'a {
    let name = match function {
        Function::Thumbnail => FAILED,
        Function::AltText => ALT_TEXT_FAILED,
    };
    let pages = stream::once(catalog.record_pages_by_day()).try_flatten();
    records(catalog, pages, move |key| basename(key) == name)
        .try_filter(move |(_, failure)| ready(reason.is_none_or(|reason| failure.reason == reason)))
        .map_ok(|(_, failure)| replay_of(failure))
}

fn unreadable<'a>(
    catalog: &'a PhotoStore<'_>,
    function: Function,
) -> impl Stream<Item = Result<Replay, CommandError>> + 'a {
    records(catalog, catalog.record_pages(UNREADABLE, KeyRange::default()), |_| true)
        .try_filter(move |(_, failure)| ready(failure.function == function.name()))
        .map_ok(|(record, failure)| Replay {
            key: record.clone(),
            why: failure.message,
            // A text is the body itself; anything else is what was read out of it.
            body: failure.event.as_str().map_or_else(|| failure.event.to_string(), str::to_owned),
            outdated: Some(record),
        })
}

/// The failure records in `pages` of keys, those whose keys are `wanted`, with their keys.
fn records<'a>(
    catalog: &'a PhotoStore<'_>,
    pages: impl Stream<Item = Result<Vec<String>, CommandError>> + 'a,
    wanted: impl Fn(&str) -> bool + 'a,
) -> impl Stream<Item = Result<(String, FailureRecord), CommandError>> + 'a {
    flatten_pages(pages)
        .try_filter(move |key: &String| ready(wanted(key)))
        .map_ok(move |key| async move {
            Ok(catalog.record::<FailureRecord>(&key).await?.map(|failure| (key, failure)))
        })
        .try_buffered(AT_ONCE)
        // One that is gone by now has been worked on.
        .try_filter_map(|found| ready(Ok(found)))
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
