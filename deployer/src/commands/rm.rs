//! `deployer rm`: deletes photos with every version, and waits until their thumbnails and records are removed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use clap::Args;
use contract::key::{BY_KEY, BY_NAME, escape, index_of_key, records_of_key, thumbnails_of_key};
use contract::settings::OnRemoval;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use serde_json::json;

use crate::backoff::Backoff;
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::monitor::{functions, queues};
use crate::photos::{PhotoStore, flatten_pages};
use crate::s3::purge;
use crate::s3::versions::Version;
use crate::stack::Stack;
use crate::ui::{Ui, format_count};

/// How many photos are deleted at once.
const DELETIONS_AT_ONCE: usize = 32;

/// How many deleted photos `rm` waits for at once.
const WAITS_AT_ONCE: usize = 512;

/// Delete photos with their thumbnails, alt texts, and records.
///
/// The command deletes every version of the photos. The thumbnail function receives an event and deletes the
/// thumbnails, alt texts, and records, unless `on_removal: keep` is configured. The command waits for the function. The
/// exit code is 1 if anything is left after the timeout.
///
/// With `--output json`, prints `photos`, `objects` (the number of deleted versions) and `derived` (`removed`, `kept`,
/// or `left`).
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
    let (prefixes, keys): (Vec<&str>, Vec<&str>) =
        without_nested(&args.keys).into_iter().partition(|wanted| wanted.ends_with('/'));
    let is_for_many = args.all || !prefixes.is_empty() || keys.len() > 1;
    if is_for_many {
        ui.check_prompt()?;
    }
    let store = PhotoStore::open(stack).await?;
    let on_removal = functions::on_removal(stack).await?;
    let timeout = Duration::from_secs(args.timeout);
    if args.all {
        return remove_all(&store, on_removal, timeout, stack, ui).await;
    }
    let spinner = ui.start_spinner("Looking for photos to delete");
    let mut named = Vec::new();
    for key in keys {
        let versions = store.versions_of(key).await?;
        if versions.is_empty() {
            return Err(missing_photo(&store, key).await?);
        }
        named.push((key.to_owned(), versions));
    }
    // Prefixes are listed twice, to count and to delete, since the photos may not fit in memory.
    let mut count = named.len() as u64;
    for prefix in &prefixes {
        let before = count;
        let mut photos = std::pin::pin!(photos_under(&store, prefix));
        while photos.try_next().await?.is_some() {
            count += 1;
            spinner.set_message(format!("Looking for photos to delete: {count} found"));
        }
        if count == before {
            return Err(missing_photo(&store, prefix).await?);
        }
    }
    spinner.finish_and_clear();
    if is_for_many {
        let photos = format_count(count, "photo");
        ui.confirm(&format!("Delete {photos} with all thumbnails, alt texts, and records?")).await?;
    }
    let spinner = ui.start_spinner("Deleting photos");
    let watch = RemovalWatch { store: &store, timeout, leftovers: RefCell::default() };
    let under_prefixes = stream::iter(prefixes).flat_map(|prefix| photos_under(&store, prefix));
    let removed = stream::iter(named.into_iter().map(Ok))
        .chain(under_prefixes)
        .map_ok(async |(key, versions)| Ok((purge::delete(stack, store.originals, versions).await?, key)))
        .try_buffer_unordered(DELETIONS_AT_ONCE)
        .map_ok(async |(versions, key)| {
            if on_removal == OnRemoval::Delete {
                watch.wait(&key).await?;
            }
            Ok((versions, key))
        })
        .try_buffer_unordered(WAITS_AT_ONCE);
    let (mut removals, mut objects) = (0, 0);
    let mut removed = std::pin::pin!(removed);
    spinner.set_message("Waiting for the thumbnail function to remove thumbnails and records");
    let removing = async {
        while let Some((versions, key)) = removed.try_next().await? {
            removals += 1;
            objects += versions;
            spinner.set_message(format!(
                "Waiting for the thumbnail function to remove thumbnails and records: {removals} of {count}"
            ));
            ui.detail(format!("deleted `{}`", escape(&key)));
        }
        Ok::<_, CommandError>(())
    };
    Signals::listen().run_until_signal(removing, interrupted).await?;
    spinner.finish_and_clear();
    let leftovers = watch.leftovers.take().map(|(count, key)| {
        format!(
            "thumbnails or records of {} still exist, such as those of `{}`",
            format_count(count, "photo"),
            escape(&key)
        )
    });
    print_removal(RemovalResult { photos: removals, objects, on_removal, leftovers }, timeout, ui)
}

/// Returns the error of a removal that the user interrupted.
fn interrupted() -> CommandError {
    CommandError::interrupted("interrupted: some of the photos may be deleted")
        .hint("run `deployer ls{flags}` to list the photos that are left")
}

/// Returns the error for a photo that does not exist but may still have thumbnails or records.
async fn missing_photo(store: &PhotoStore<'_>, wanted: &str) -> Result<CommandError, CommandError> {
    let none = format!("there is no photo `{}`; nothing was deleted", escape(wanted));
    if !wanted.ends_with('/') && first_under(store, &derived_prefixes(store, wanted)).await?.is_some() {
        return Ok(CommandError::not_found(format!("{none}, but thumbnails or records of it still exist"))
            .hint("wait a minute; if they stay, run `deployer audit{flags} --fix` to remove them"));
    }
    Ok(CommandError::not_found(none)
        .hint("run `deployer ls{flags}` to list the photos; end a key prefix with `/`"))
}

/// Returns the buckets and prefixes of the thumbnails, records, and index entries of the photo at `key`.
fn derived_prefixes<'a>(store: &'a PhotoStore<'_>, key: &str) -> [(&'a str, String); 3] {
    [
        (store.thumbnails, thumbnails_of_key(key)),
        (store.catalog, records_of_key(key)),
        (store.catalog, index_of_key(key)),
    ]
}

/// Returns the first key under `prefixes`, or `None` if there is none.
async fn first_under(
    store: &PhotoStore<'_>,
    prefixes: &[(&str, String)],
) -> Result<Option<String>, CommandError> {
    for (bucket, prefix) in prefixes {
        if let Some(key) = store.first_key(bucket, prefix).await? {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Waits for the function, photo by photo. It deletes no thumbnails itself: if the photo were uploaded again at the same
/// time, that would delete the new thumbnails. Only the function checks this.
struct RemovalWatch<'a> {
    store: &'a PhotoStore<'a>,
    timeout: Duration,
    /// The number of photos that timed out, and the first of them. After the first timeout `wait` returns at once.
    leftovers: RefCell<Option<(u64, String)>>,
}

impl RemovalWatch<'_> {
    /// Waits until no thumbnails or records of the photo at `key` are left.
    async fn wait(&self, key: &str) -> Result<(), CommandError> {
        let began = Instant::now();
        let mut backoff = Backoff::with_retries(u32::MAX);
        let prefixes = derived_prefixes(self.store, key);
        while first_under(self.store, &prefixes).await?.is_some() {
            // A photo that was uploaded again keeps its thumbnails.
            if self.store.original(key).await?.is_some() {
                return Ok(());
            }
            if self.leftovers.borrow().is_some() || began.elapsed() >= self.timeout {
                self.leftovers.borrow_mut().get_or_insert_with(|| (0, key.to_owned())).0 += 1;
                return Ok(());
            }
            backoff.next_attempt().await;
        }
        Ok(())
    }
}

/// The result of a removal.
struct RemovalResult {
    photos: u64,
    objects: u64,
    on_removal: OnRemoval,
    /// Describes the thumbnails and records that are left but should not be.
    leftovers: Option<String>,
}

fn print_removal(removed: RemovalResult, timeout: Duration, ui: &Ui) -> Result<(), CommandError> {
    let RemovalResult { photos: count, objects, on_removal, leftovers } = removed;
    let derived = match (on_removal, &leftovers) {
        (OnRemoval::Keep, _) => "kept",
        (OnRemoval::Delete, None) => "removed",
        (OnRemoval::Delete, Some(_)) => "left",
    };
    ui.print_result(&json!({ "photos": count, "objects": objects, "derived": derived }), || {
        let kept =
            if derived == "kept" { " Thumbnails and records were kept (`on_removal: keep`)." } else { "" };
        let versions = format_count(objects, "object version");
        format!("Deleted {} ({versions}).{kept}", format_count(count, "photo"))
    })?;
    let Some(leftovers) = leftovers else { return Ok(()) };
    Err(CommandError::failed(format!(
        "the photos were deleted, but after {} s {leftovers}",
        timeout.as_secs()
    ))
    .hint(
        "run `deployer status{flags}` to check whether the thumbnail function is working and how many messages are waiting",
    )
    .hint("if no messages are waiting, run `deployer audit{flags} --fix` to remove them"))
}

/// Returns `keys` without the keys that begin with a prefix in the same list.
fn without_nested(keys: &[String]) -> BTreeSet<&str> {
    let is_under = |key: &str, other: &str| other.ends_with('/') && key != other && key.starts_with(other);
    let is_independent = |key: &&str| !keys.iter().any(|other| is_under(key, other));
    keys.iter().map(String::as_str).filter(is_independent).collect()
}

async fn remove_all(
    store: &PhotoStore<'_>,
    on_removal: OnRemoval,
    timeout: Duration,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    let scope = match purge::count_versions(stack, store.originals).await? {
        Some((count, false)) => format!("all photos ({})", format_count(count as u64, "version")),
        Some((count, true)) => format!("all photos ({count} or more versions)"),
        None => "all photos".to_owned(),
    };
    ui.confirm(&format!("Delete {scope}?")).await?;
    let removing = async {
        let (photos, objects) = delete_all(store, stack, ui).await?;
        let leftovers = match on_removal {
            OnRemoval::Keep => None,
            OnRemoval::Delete => wait_for_all(store, timeout, stack, ui).await?,
        };
        Ok::<_, CommandError>(RemovalResult { photos, objects, on_removal, leftovers })
    };
    let removed = Signals::listen().run_until_signal(removing, interrupted).await?;
    print_removal(removed, timeout, ui)
}

/// Deletes all photos, and returns their number and that of their versions.
async fn delete_all(store: &PhotoStore<'_>, stack: &Stack, ui: &Ui) -> Result<(u64, u64), CommandError> {
    let (mut photos, mut last) = (0, None);
    let spinner = ui.start_spinner("Deleting photos");
    let count_key = |key: &str| {
        // On each page of the listing, S3 lists all versions before the delete markers.
        if last.as_deref().is_none_or(|last| key > last) {
            last = Some(key.to_owned());
            photos += 1;
            spinner.set_message(format!("Deleting photos: {photos}"));
        }
        true
    };
    let mut objects = purge::delete_under(stack, store.originals, "", count_key).await?;
    spinner.finish_and_clear();
    objects += purge::empty_bucket(stack, store.originals, ui).await?;
    Ok((photos, objects))
}

/// Waits, as long as there is progress, until no thumbnails and records are left. Returns a description of what is left.
async fn wait_for_all(
    store: &PhotoStore<'_>,
    timeout: Duration,
    stack: &Stack,
    ui: &Ui,
) -> Result<Option<String>, CommandError> {
    let spinner = ui.start_spinner("Waiting for the thumbnail function to remove thumbnails and records");
    let places = [(store.thumbnails, ""), (store.catalog, BY_KEY), (store.catalog, BY_NAME)];
    let (mut last_progress, mut last_change) = (None, Instant::now());
    let mut backoff = Backoff::with_retries(u32::MAX);
    loop {
        let mut firsts = Vec::new();
        for (bucket, prefix) in places {
            firsts.extend(store.first_key(bucket, prefix).await?);
        }
        let Some(first) = firsts.first() else { return Ok(None) };
        if let Some(key) = store.first_key(store.originals, "").await? {
            ui.note(format!(
                "not waiting for the thumbnail function: `{}` was uploaded during the removal",
                escape(&key)
            ));
            return Ok(None);
        }
        let messages = queues::count_messages(stack).await?;
        spinner.set_message(format!(
            "Waiting for the thumbnail function to remove thumbnails and records: {} in the queues",
            format_count(messages, "message")
        ));
        let leftovers = format!("thumbnails or records still exist, such as `{}`", escape(first));
        let progress = Some((firsts, messages));
        if progress != last_progress {
            (last_progress, last_change) = (progress, Instant::now());
        } else if last_change.elapsed() >= timeout {
            return Ok(Some(leftovers));
        }
        backoff.next_attempt().await;
    }
}

/// Returns the photos under `prefix`, each once with all its versions. Includes photos whose latest version is a delete
/// marker.
fn photos_under<'a>(
    store: &'a PhotoStore<'_>,
    prefix: &'a str,
) -> impl Stream<Item = Result<(String, Vec<Version>), CommandError>> + 'a {
    let begin = Some((store.original_pages(prefix), BTreeMap::<String, Vec<Version>>::new()));
    flatten_pages(stream::try_unfold(begin, |state| async {
        let Some((mut pages, mut photos)) = state else { return Ok(None) };
        let Some(page) = pages.try_next().await? else {
            return Ok(Some((photos.into_iter().collect(), None)));
        };
        for version in page {
            photos.entry(version.key.clone()).or_default().push(version);
        }
        // The versions of the last photo may continue on the next page.
        let last = photos.pop_last().into_iter().collect();
        Ok::<_, CommandError>(Some((photos.into_iter().collect::<Vec<_>>(), Some((pages, last)))))
    }))
}
