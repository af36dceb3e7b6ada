//! `deployer rm`: deletes photos with every version, and waits until their thumbnails and records are removed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clap::Args;
use contract::key::{BY_KEY, BY_NAME, escape, index_of_key, records_of_key, thumbnails_of_key};
use contract::settings::OnRemoval;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use serde_json::json;

use crate::backoff::Backoff;
use crate::error::CommandError;
use crate::monitor::{functions, queues};
use crate::photos::{PhotoStore, flatten_pages};
use crate::s3::purge;
use crate::stack::Stack;
use crate::ui::Ui;

/// How many photos are deleted at once.
const AT_ONCE: usize = 32;

/// For how many deleted photos `rm` waits at once.
const FOLLOWED_AT_ONCE: usize = 512;

/// Delete photos with their thumbnails, alt texts and records.
///
/// The command deletes every version of the photos. The thumbnail function receives an event and deletes the thumbnails,
/// alt texts and records, unless `on_removal: keep` is configured. The command waits for the function. The exit code is 1
/// if anything is left after the timeout.
///
/// With `--output json`, prints `photos`, `objects` (the number of deleted versions) and `derived` (`removed`, `kept` or
/// `left`).
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer rm 2026/11/24/cat.3f9a1c2b7d.jpg
  deployer rm 2026/11/24/ --yes
  deployer rm --all")]
pub(crate) struct RmArgs {
    /// Keys, or key prefixes that end with `/`.
    #[arg(value_name = "KEY", required_unless_present = "all", conflicts_with = "all")]
    keys: Vec<String>,
    /// Delete all photos.
    #[arg(long)]
    all: bool,
    /// Wait at most this many seconds for each photo or, with --all, this many seconds without progress.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
}

pub(crate) async fn rm(args: RmArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let catalog = PhotoStore::open(stack).await?;
    let on_removal = functions::on_removal(stack).await?;
    let patience = Duration::from_secs(args.timeout);
    if args.all {
        return remove_all(&catalog, on_removal, patience, stack, ui).await;
    }
    let wanted = without_duplicates(&args.keys);
    // Prefixes are listed twice, to count and to delete, since the keys may not fit in memory.
    let waiting = ui.wait("Looking for photos to delete");
    let mut count = 0_u64;
    for wanted in &wanted {
        let before = count;
        let mut keys = std::pin::pin!(keys_under(&catalog, wanted));
        while keys.try_next().await?.is_some() {
            count += 1;
            waiting.set_message(format!("Looking for photos to delete: {count} found"));
        }
        if count == before {
            return Err(missing(&catalog, wanted, stack).await?);
        }
    }
    waiting.finish_and_clear();
    if count > 1 || wanted.iter().any(|key| key.ends_with('/')) {
        ui.confirm(&format!("Delete {} with all thumbnails, alt texts and records?", photos(count)), "--yes")
            .await?;
    }
    let waiting = ui.wait("Deleting photos");
    let following = RemovalWatch { catalog: &catalog, patience, left: RefCell::default() };
    let removed = stream::iter(wanted)
        .flat_map(|wanted| keys_under(&catalog, wanted))
        .map_ok(async |key| {
            let versions = purge::delete_under(stack, catalog.originals, &key, |other| other == key).await?;
            Ok((versions, key))
        })
        .try_buffer_unordered(AT_ONCE)
        .map_ok(async |(versions, key)| {
            if on_removal == OnRemoval::Delete {
                following.wait(&key).await?;
            }
            Ok((versions, key))
        })
        .try_buffer_unordered(FOLLOWED_AT_ONCE);
    let (mut removals, mut objects) = (0, 0);
    let mut removed = std::pin::pin!(removed);
    waiting.set_message("Waiting for the thumbnail function to remove thumbnails and records");
    while let Some((versions, key)) = removed.try_next().await? {
        removals += 1;
        objects += versions;
        waiting.set_message(format!(
            "Waiting for the thumbnail function to remove thumbnails and records: {removals} of {count}"
        ));
        ui.detail(format!("deleted `{}`", escape(&key)));
    }
    waiting.finish_and_clear();
    let left = following.left.take().map(|(count, key)| {
        format!("thumbnails or records of {} still exist, such as those of `{}`", photos(count), escape(&key))
    });
    report(Removed { photos: removals, objects, on_removal, left }, patience, stack, ui)
}

/// Returns the error for a photo that does not exist but may still have thumbnails or records.
async fn missing(
    catalog: &PhotoStore<'_>,
    wanted: &str,
    stack: &Stack,
) -> Result<CommandError, CommandError> {
    let flags = stack.config.flags();
    let none = format!("there is no photo `{}`; nothing was deleted", escape(wanted));
    if !wanted.ends_with('/') && is_anything_left(catalog, &derived_from(catalog, wanted)).await?.is_some() {
        return Ok(CommandError::not_found(format!("{none}, but thumbnails or records of it still exist"))
            .hint(format!("wait a minute; if they stay, run `deployer audit{flags} --fix` to remove them")));
    }
    Ok(CommandError::not_found(none)
        .hint(format!("run `deployer ls{flags}` to list the photos; end a key prefix with `/`")))
}

/// Returns the buckets and prefixes of the thumbnails, records and index entries of the photo at `key`.
fn derived_from<'a>(catalog: &'a PhotoStore<'_>, key: &str) -> [(&'a str, String); 3] {
    [
        (catalog.thumbnails, thumbnails_of_key(key)),
        (catalog.bucket, records_of_key(key)),
        (catalog.bucket, index_of_key(key)),
    ]
}

/// Returns the first key under `prefixes`, or `None` if there is none.
async fn is_anything_left(
    catalog: &PhotoStore<'_>,
    prefixes: &[(&str, String)],
) -> Result<Option<String>, CommandError> {
    for (bucket, prefix) in prefixes {
        if let Some(key) = catalog.first(bucket, prefix).await? {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Waits for the function, photo by photo. It deletes no thumbnails itself: if the photo were uploaded again at the same
/// time, that would delete the new thumbnails. Only the function checks this.
struct RemovalWatch<'a> {
    catalog: &'a PhotoStore<'a>,
    patience: Duration,
    /// The number of photos that timed out, and the first of them. After the first timeout `wait` returns at once.
    left: RefCell<Option<(u64, String)>>,
}

impl RemovalWatch<'_> {
    /// Waits until no thumbnails and records of the photo at `key` are left.
    async fn wait(&self, key: &str) -> Result<(), CommandError> {
        let began = Instant::now();
        let mut backoff = Backoff::tries(u32::MAX);
        let prefixes = derived_from(self.catalog, key);
        while is_anything_left(self.catalog, &prefixes).await?.is_some() {
            // A photo that was uploaded again keeps its thumbnails.
            if self.catalog.original(key).await?.is_some() {
                return Ok(());
            }
            if self.left.borrow().is_some() || began.elapsed() >= self.patience {
                self.left.borrow_mut().get_or_insert_with(|| (0, key.to_owned())).0 += 1;
                return Ok(());
            }
            backoff.again().await;
        }
        Ok(())
    }
}

/// The result of a removal.
struct Removed {
    photos: u64,
    objects: u64,
    on_removal: OnRemoval,
    /// Describes the thumbnails and records that are left but should not be.
    left: Option<String>,
}

fn report(removed: Removed, patience: Duration, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let Removed { photos: count, objects, on_removal, left } = removed;
    let derived = match (on_removal, &left) {
        (OnRemoval::Keep, _) => "kept",
        (OnRemoval::Delete, None) => "removed",
        (OnRemoval::Delete, Some(_)) => "left",
    };
    ui.result(&json!({ "photos": count, "objects": objects, "derived": derived }), || {
        let kept =
            if derived == "kept" { " Thumbnails and records were kept (`on_removal: keep`)." } else { "" };
        format!("Deleted {} ({objects} object versions).{kept}", photos(count))
    })?;
    let Some(left) = left else { return Ok(()) };
    let flags = stack.config.flags();
    Err(CommandError::failed(format!(
        "the photos were deleted, but after {} s {left}",
        patience.as_secs()
    ))
    .hint(format!(
        "run `deployer status{flags}` to check whether the thumbnail function is working and how many messages wait"
    ))
    .hint(format!("if no messages wait, run `deployer audit{flags} --fix` to remove them")))
}

/// Returns `keys` without those that a prefix among them includes.
fn without_duplicates(keys: &[String]) -> BTreeSet<&str> {
    let is_under = |key: &str, other: &str| other.ends_with('/') && key != other && key.starts_with(other);
    let is_apart = |key: &&str| !keys.iter().any(|other| is_under(key, other));
    keys.iter().map(String::as_str).filter(is_apart).collect()
}

/// `1 photo`, `2 photos`.
fn photos(count: u64) -> String {
    format!("{count} {}", if count == 1 { "photo" } else { "photos" })
}

async fn remove_all(
    catalog: &PhotoStore<'_>,
    on_removal: OnRemoval,
    patience: Duration,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    let what = match purge::count(stack, catalog.originals).await? {
        Some((count, false)) => format!("all {count} versions"),
        Some((count, true)) => format!("all {count} or more versions"),
        None => "all versions".to_owned(),
    };
    ui.confirm(&format!("Delete {what} of all photos?"), "--yes").await?;
    let (mut photos, mut last) = (0, None);
    let waiting = ui.wait("Deleting photos");
    let counted = |key: &str| {
        // On a page, the delete markers of all keys follow the versions.
        if last.as_deref().is_none_or(|last| key > last) {
            last = Some(key.to_owned());
            photos += 1;
            waiting.set_message(format!("Deleting photos: {photos}"));
        }
        true
    };
    let mut objects = purge::delete_under(stack, catalog.originals, "", counted).await?;
    waiting.finish_and_clear();
    objects += purge::empty(stack, catalog.originals, ui).await?;
    let left = match on_removal {
        OnRemoval::Keep => None,
        OnRemoval::Delete => follow_all(catalog, patience, stack, ui).await?,
    };
    report(Removed { photos, objects, on_removal, left }, patience, stack, ui)
}

/// Waits, as long as there is progress, until no thumbnails and records are left. Returns a description of what is left.
async fn follow_all(
    catalog: &PhotoStore<'_>,
    patience: Duration,
    stack: &Stack,
    ui: &Ui,
) -> Result<Option<String>, CommandError> {
    let waiting = ui.wait("Waiting for the thumbnail function to remove thumbnails and records");
    let places = [(catalog.thumbnails, ""), (catalog.bucket, BY_KEY), (catalog.bucket, BY_NAME)];
    let (mut seen, mut since) = (None, Instant::now());
    let mut backoff = Backoff::tries(u32::MAX);
    loop {
        let mut firsts = Vec::new();
        for (bucket, prefix) in places {
            firsts.extend(catalog.first(bucket, prefix).await?);
        }
        let Some(first) = firsts.first() else { return Ok(None) };
        if let Some(key) = catalog.first(catalog.originals, "").await? {
            ui.note(format!(
                "not waiting for the thumbnail function: `{}` was uploaded meanwhile",
                escape(&key)
            ));
            return Ok(None);
        }
        let messages = queues::messages(stack).await?;
        waiting.set_message(format!(
            "Waiting for the thumbnail function to remove thumbnails and records: {messages} messages in the queues"
        ));
        let left = format!("thumbnails or records still exist, such as `{}`", escape(first));
        let now = Some((firsts, messages));
        if now != seen {
            (seen, since) = (now, Instant::now());
        } else if since.elapsed() >= patience {
            return Ok(Some(left));
        }
        backoff.again().await;
    }
}

/// Returns the key itself, or all keys under a prefix that ends with `/`, each once. This includes deleted keys with older
/// versions.
fn keys_under<'a>(
    catalog: &'a PhotoStore<'_>,
    wanted: &'a str,
) -> impl Stream<Item = Result<String, CommandError>> + 'a {
    let matches = move |key: &String| wanted.ends_with('/') || key == wanted;
    let mut last: Option<String> = None;
    flatten_pages(catalog.original_pages(wanted).map_ok(move |page| {
        // The versions of a key may span two pages.
        let is_new = |key: &String| last.as_ref().is_none_or(|last| key > last);
        let keys: BTreeSet<String> =
            page.into_iter().map(|version| version.key).filter(|key| matches(key) && is_new(key)).collect();
        last = keys.last().cloned().or(last.take());
        keys.into_iter().collect()
    }))
}
