//! `deployer replay`: asks the functions to process photos again, mainly those that failed.

use std::future::ready;

use clap::Args;
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::{ALT_TEXT_FAILED, FAILED, OriginalVersion, UNREADABLE, basename, escape, records_of_key};
use contract::request::{Request, RequestKind};
use futures::stream::{self, LocalBoxStream, Stream, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::error::{CommandError, Kind};
use crate::interrupt::Signals;
use crate::monitor::queues;
use crate::photos::audit::select_function;
use crate::photos::{PhotoState, PhotoStore, flatten_pages};
use crate::s3::versions::{KeyRange, Version};
use crate::stack::Stack;
use crate::ui::{Ui, format_count};

/// How many failure records are read at once.
const READS_AT_ONCE: usize = 128;

/// Process photos again: all failed photos, or those that you name.
///
/// After you change a preset, use this command to make the new thumbnails for existing photos.
///
/// A failure record stays until an attempt succeeds. The record of an unreadable message (one that does not name a
/// photo) is deleted when its message is sent again; if the function still cannot read the message, it writes a new
/// record.
///
/// With `--output json`, prints `sent` and `dry_run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer replay cat.jpg
  deployer replay 2026/11/24/
  deployer replay --reason dead-letter
  deployer replay --all --dry-run
  deployer replay --alt-text --all
  deployer replay --unreadable --dry-run")]
pub(crate) struct ReplayArgs {
    /// Keys, file names, or key prefixes that end with `/`.
    #[arg(value_name = "PHOTO", required_unless_present_any = ["reason", "all", "unreadable"], conflicts_with_all = ["reason", "all"])]
    keys: Vec<String>,
    /// Process photos that failed for this reason, which `deployer ls` shows in parentheses.
    #[arg(long, value_name = "REASON", conflicts_with = "all")]
    reason: Option<String>,
    /// Process all photos that failed.
    #[arg(long)]
    all: bool,
    /// Send unreadable messages again, unchanged.
    #[arg(long, conflicts_with_all = ["keys", "reason", "all"])]
    unreadable: bool,
    /// Write the alt texts again instead of the thumbnails.
    #[arg(long)]
    alt_text: bool,
    /// Print what would be sent, but send nothing.
    #[arg(long)]
    dry_run: bool,
}

/// One message to send.
struct Replay {
    /// The key of the photo, or of the record of an unreadable message.
    key: String,
    why: String,
    body: String,
    /// The record to delete after the message is sent.
    outdated: Option<String>,
}

pub(crate) async fn replay(args: ReplayArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let (mut prefixes, names): (Vec<&str>, Vec<&str>) =
        args.keys.iter().map(String::as_str).partition(|key| key.ends_with('/'));
    // A prefix also selects the photos under longer prefixes.
    prefixes.sort_unstable();
    prefixes.dedup_by(|longer, prefix| longer.starts_with(*prefix));
    let is_for_many = args.keys.is_empty() || !prefixes.is_empty();
    if is_for_many && !args.dry_run {
        ui.check_prompt()?;
    }
    let function = select_function(args.alt_text);
    let url = stack.outputs().await?.queue_url(function)?;
    let store = PhotoStore::open(stack).await?;
    let mut named: Vec<Replay> = Vec::new();
    for name in names {
        let replay = replay_by_name(&store, name).await?;
        if !named.iter().any(|other| other.key == replay.key) {
            named.push(replay);
        }
    }
    let selections: Vec<Selection<'_>> = if args.unreadable {
        vec![Selection::Unreadable]
    } else if args.keys.is_empty() {
        vec![Selection::Failed(args.reason.as_deref())]
    } else {
        prefixes.into_iter().map(Selection::Under).collect()
    };
    let would_send = |Replay { key, why, .. }: &Replay| {
        ui.note(format!("would send `{}`: {}", escape(key), escape(why)));
    };
    if args.dry_run {
        named.iter().for_each(would_send);
    }
    // Prefixes are listed twice, to count and to send, since the keys may not fit in memory.
    let spinner = ui.start_spinner("Looking for photos to process again");
    let mut count = named.len() as u64;
    for selection in &selections {
        let before = count;
        let mut found = selection.replays(&store, function);
        while let Some(replay) = found.try_next().await? {
            count += 1;
            if args.dry_run {
                would_send(&replay);
            }
            spinner.set_message(format!("Looking for photos to process again: {count} found"));
        }
        if let (Selection::Under(prefix), true) = (selection, count == before) {
            return Err(missing_photo(prefix));
        }
    }
    spinner.finish_and_clear();
    let noun = if args.unreadable { "message" } else { "photo" };
    if args.dry_run {
        return ui.print_result(&json!({ "sent": count, "dry_run": true }), || {
            format!("Would send {}. Nothing was sent.", format_count(count, noun))
        });
    }
    if count > named.len() as u64 {
        ui.confirm(&format!("Send {} again?", format_count(count, noun))).await?;
    }
    let bar = ui.start_count_bar(count, "sent");
    let mut sent = 0;
    let replays = stream::iter(&selections).flat_map(|selection| selection.replays(&store, function));
    let mut batches = stream::iter(named.into_iter().map(Ok)).chain(replays).try_chunks(queues::BATCH);
    let sending = async {
        while let Some(batch) = batches.try_next().await.map_err(|error| error.1)? {
            let bodies: Vec<String> = batch.iter().map(|replay| replay.body.clone()).collect();
            queues::send(stack, url, &bodies).await?;
            for record in batch.iter().filter_map(|replay| replay.outdated.as_deref()) {
                store.delete_record(record).await?;
            }
            sent += batch.len() as u64;
            bar.inc(batch.len() as u64);
        }
        Ok::<_, CommandError>(())
    };
    let interrupted = || {
        CommandError::interrupted(format!("interrupted: only some of the {noun}s were sent"))
            .hint("run the same command again; to send a photo twice does no harm")
    };
    Signals::listen().run_until_signal(sending, interrupted).await?;
    bar.finish_and_clear();
    let flags = stack.config.flags();
    let after = if args.unreadable { format!("audit{flags}") } else { format!("explain{flags} KEY") };
    ui.print_result(&json!({ "sent": sent, "dry_run": false }), || match sent {
        0 => format!("There are no {noun}s to send."),
        _ => format!("Sent {}. Run `deployer {after}` to see the result.", format_count(sent, noun)),
    })
}

/// Returns the message for the photo at the key `text`, or for the newest photo with this file name.
async fn replay_by_name(store: &PhotoStore<'_>, text: &str) -> Result<Replay, CommandError> {
    let missing = match replay_by_key(store, text).await {
        Err(error) if error.kind == Kind::NotFound && !text.contains('/') => error,
        found => return found,
    };
    match store.resolve(text, None).await {
        Ok(found) => replay_by_key(store, &found.newest.original.key).await,
        Err(error) if error.kind == Kind::NotFound => Err(missing),
        Err(error) => Err(error),
    }
}

/// Returns the message that asks a function to process `original` again.
fn replay_request(bucket: &str, original: OriginalVersion) -> String {
    json!(Request { request: RequestKind::Replay, bucket: bucket.to_owned(), original }).to_string()
}

fn missing_photo(text: &str) -> CommandError {
    CommandError::not_found(format!("there is no photo `{}`; nothing was sent", escape(text)))
        .hint("run `deployer ls{flags}` to list the photos")
}

/// Returns the message for the current version at `key` in any state, or for a removal that failed.
async fn replay_by_key(store: &PhotoStore<'_>, key: &str) -> Result<Replay, CommandError> {
    if let Some(original) = store.original(key).await? {
        let why = match store.state(&original).await? {
            PhotoState::Failed(failure) => failure.reason,
            PhotoState::Done(_) => "done".to_owned(),
            PhotoState::Waiting => "waiting".to_owned(),
        };
        let body = replay_request(store.originals, original);
        return Ok(Replay { key: key.to_owned(), why, body, outdated: None });
    }
    for record in store.records_under(&records_of_key(key)).await? {
        if basename(&record) == FAILED
            && let Some(failure) = store.record::<FailureRecord>(&record).await?
        {
            return Ok(replay_failure(failure));
        }
    }
    Err(missing_photo(key))
}

/// A source of many photos or messages.
enum Selection<'a> {
    /// The unreadable messages.
    Unreadable,
    /// The photos that failed, for this reason or any.
    Failed(Option<&'a str>),
    /// All photos under this prefix, in any state.
    Under(&'a str),
}

/// A stream of replays.
type Replays<'a> = LocalBoxStream<'a, Result<Replay, CommandError>>;

impl<'a> Selection<'a> {
    fn replays(&self, store: &'a PhotoStore<'_>, function: Function) -> Replays<'a> {
        match *self {
            Self::Unreadable => unreadable(store, function).boxed_local(),
            Self::Failed(reason) => failures(store, function, reason).boxed_local(),
            Self::Under(prefix) => under_prefix(store, prefix).boxed_local(),
        }
    }
}

fn under_prefix<'a>(
    store: &'a PhotoStore<'_>,
    prefix: &'a str,
) -> impl Stream<Item = Result<Replay, CommandError>> + 'a {
    let versions = flatten_pages(store.original_pages(prefix));
    versions.try_filter(|version: &Version| ready(version.is_current_photo())).map_ok(|version| {
        let body = replay_request(store.originals, version.original());
        Replay { key: version.key, why: "matches the prefix".to_owned(), body, outdated: None }
    })
}

fn failures<'a>(
    store: &'a PhotoStore<'_>,
    function: Function,
    reason: Option<&'a str>,
) -> impl Stream<Item = Result<Replay, CommandError>> + 'a {
    let name = match function {
        Function::Thumbnail => FAILED,
        Function::AltText => ALT_TEXT_FAILED,
    };
    let pages = stream::once(store.record_pages_by_day()).try_flatten();
    failure_records(store, pages, move |key| basename(key) == name)
        .try_filter(move |(_, failure)| ready(reason.is_none_or(|reason| failure.reason == reason)))
        .map_ok(|(_, failure)| replay_failure(failure))
}

fn unreadable<'a>(
    store: &'a PhotoStore<'_>,
    function: Function,
) -> impl Stream<Item = Result<Replay, CommandError>> + 'a {
    failure_records(store, store.record_pages(UNREADABLE, KeyRange::default()), |_| true)
        .try_filter(move |(_, failure)| ready(failure.function == function.name()))
        .map_ok(|(record, failure)| Replay {
            key: record.clone(),
            why: failure.message,
            // A string is the body itself; any other value was parsed from it.
            body: failure.event.as_str().map_or_else(|| failure.event.to_string(), str::to_owned),
            outdated: Some(record),
        })
}

/// Returns the failure records in `pages` whose keys match `wanted`, with their keys.
fn failure_records<'a>(
    store: &'a PhotoStore<'_>,
    pages: impl Stream<Item = Result<Vec<String>, CommandError>> + 'a,
    wanted: impl Fn(&str) -> bool + 'a,
) -> impl Stream<Item = Result<(String, FailureRecord), CommandError>> + 'a {
    flatten_pages(pages)
        .try_filter(move |key: &String| ready(wanted(key)))
        .map_ok(move |key| async move {
            Ok(store.record::<FailureRecord>(&key).await?.map(|failure| (key, failure)))
        })
        .try_buffered(READS_AT_ONCE)
        // A record that no longer exists belongs to a photo that was processed since the listing.
        .try_filter_map(|found| ready(Ok(found)))
}

/// Returns the message that repeats a failed operation: a request for thumbnails, or the event of a removal.
fn replay_failure(failure: FailureRecord) -> Replay {
    let FailureRecord { bucket, key, version, event, reason, .. } = failure;
    let name = event.get("eventName").or_else(|| event.get("detail-type")).and_then(Value::as_str);
    let body = if name.is_some_and(|name| name.contains("Removed") || name.contains("Deleted")) {
        // S3 puts its events in an envelope; EventBridge does not.
        if event.get("s3").is_some() { json!({ "Records": [event] }) } else { event }
    } else {
        let original = OriginalVersion { key: key.clone(), version };
        json!(Request { request: RequestKind::Replay, bucket, original })
    };
    Replay { key, why: reason, body: body.to_string(), outdated: None }
}
