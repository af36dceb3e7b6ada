//! `deployer rm`: photos, with every version; and a wait until what is derived from them is gone, too.

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

/// For how many deleted photos the function is waited for at once.
const FOLLOWED_AT_ONCE: usize = 512;

/// Removes photos with every version, and their thumbnails, alt texts and records.
///
/// It deletes the photos. S3 tells the thumbnail function, which deletes what was made of them; `rm` waits for that. With
/// `on_removal: keep` what was made of them stays. Ends with exit code 1 if something is left when the time is over.
///
/// With `--output json`: `photos`, `objects` (the versions that were deleted), and `derived`: `removed`, `kept` or `left`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer rm 2026/11/24/cat.3f9a1c2b7d.jpg
  deployer rm 2026/11/24/ --yes
  deployer rm --all")]
pub(crate) struct RmArgs {
    /// Keys, or prefixes that end with `/`.
    #[arg(value_name = "KEY", required_unless_present = "all", conflicts_with = "all")]
    keys: Vec<String>,
    /// Everything.
    #[arg(long)]
    all: bool,
    /// The longest to wait for what is derived from one photo, in seconds; with --all, the longest without progress.
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
    let wanted = apart(&args.keys);
    // What is many is read twice, to be counted and to be removed, and never held in memory.
    let waiting = ui.wait("Looking for what is to be removed");
    let mut count = 0_u64;
    for wanted in &wanted {
        let before = count;
        let mut keys = std::pin::pin!(keys_under(&catalog, wanted));
        while keys.try_next().await?.is_some() {
            count += 1;
            waiting.set_message(format!("Looking for what is to be removed: {count} found"));
        }
        if count == before {
            return Err(missing(&catalog, wanted, stack).await?);
        }
    }
    waiting.finish_and_clear();
    if count > 1 || wanted.iter().any(|key| key.ends_with('/')) {
        ui.confirm(&format!("Remove {} with everything derived from them?", photos(count)), "--yes").await?;
    }
    let waiting = ui.wait("Removing photos");
    let following = Following { catalog: &catalog, patience, left: RefCell::default() };
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
    waiting.set_message("Waiting until the thumbnail function has removed what was made of the photos");
    while let Some((versions, key)) = removed.try_next().await? {
        removals += 1;
        objects += versions;
        waiting.set_message(format!(
            "Waiting until the thumbnail function has removed what was made of the photos: {removals} of {count}"
        ));
        ui.detail(format!("removed `{}`", escape(&key)));
    }
    waiting.finish_and_clear();
    let left = following.left.take().map(|(count, key)| {
        format!("something derived from {} is still there, the first `{}`", photos(count), escape(&key))
    });
    conclude(Removed { photos: removals, objects, on_removal, left }, patience, stack, ui)
}

/// Says that there is no photo `wanted`; perhaps something that was derived from one.
async fn missing(
    catalog: &PhotoStore<'_>,
    wanted: &str,
    stack: &Stack,
) -> Result<CommandError, CommandError> {
    let flags = stack.config.flags();
    let none = format!("there is no photo `{}`; nothing was removed", escape(wanted));
    if !wanted.ends_with('/') && is_anything_left(catalog, &derived_from(catalog, wanted)).await?.is_some() {
        return Ok(CommandError::not_found(format!("{none}, but something derived from it is still there"))
            .hint(format!("wait a minute; if it stays, run `deployer audit{flags} --fix`")));
    }
    Ok(CommandError::not_found(none)
        .hint(format!("run `deployer ls{flags}` to see what there is; a prefix ends with `/`")))
}

/// The prefixes, with their buckets, of what is derived from the photo at `key`.
fn derived_from<'a>(catalog: &'a PhotoStore<'_>, key: &str) -> [(&'a str, String); 3] {
    [
        (catalog.thumbnails, thumbnails_of_key(key)),
        (catalog.bucket, records_of_key(key)),
        (catalog.bucket, index_of_key(key)),
    ]
}

/// The first key of anything under `prefixes`.
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

/// The wait for the function, photo by photo. It deletes nothing: what is derived from a photo that comes back at the same
/// time would be lost, since only the function looks after it.
struct Following<'a> {
    catalog: &'a PhotoStore<'a>,
    patience: Duration,
    /// Of how many photos something is left, and the first of them. From then on nothing is waited for.
    left: RefCell<Option<(u64, String)>>,
}

impl Following<'_> {
    /// Waits until nothing is left that was derived from the photo at `key`.
    async fn wait(&self, key: &str) -> Result<(), CommandError> {
        let began = Instant::now();
        let mut backoff = Backoff::tries(u32::MAX);
        let prefixes = derived_from(self.catalog, key);
        while is_anything_left(self.catalog, &prefixes).await?.is_some() {
            // One that was uploaded again keeps what is derived from it.
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

/// What was removed.
struct Removed {
    photos: u64,
    objects: u64,
    on_removal: OnRemoval,
    /// What is left although it should not be, in words.
    left: Option<String>,
}

fn conclude(removed: Removed, patience: Duration, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let Removed { photos: count, objects, on_removal, left } = removed;
    let derived = match (on_removal, &left) {
        (OnRemoval::Keep, _) => "kept",
        (OnRemoval::Delete, None) => "removed",
        (OnRemoval::Delete, Some(_)) => "left",
    };
    ui.result(&json!({ "photos": count, "objects": objects, "derived": derived }), || {
        let kept = if derived == "kept" {
            " What was made of them stays, as configured (`on_removal: keep`)."
        } else {
            ""
        };
        format!("Removed {}: {objects} object versions.{kept}", photos(count))
    })?;
    let Some(left) = left else { return Ok(()) };
    let flags = stack.config.flags();
    Err(CommandError::failed(format!(
        "the photos are deleted, but after {} s {left}",
        patience.as_secs()
    ))
    .hint(format!(
        "the thumbnail function removes it: `deployer status{flags}` shows whether it runs and how many messages wait"
    ))
    .hint(format!("if no message waits, run `deployer audit{flags} --fix`")))
}

/// `keys` without those that another of them stands for, too.
fn apart(keys: &[String]) -> BTreeSet<&str> {
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
    ui.confirm(&format!("Remove {what} of all photos?"), "--yes").await?;
    let (mut photos, mut last) = (0, None);
    let waiting = ui.wait("Removing photos");
    let counted = |key: &str| {
        // On a page the delete markers of all keys stand behind their versions.
        if last.as_deref().is_none_or(|last| key > last) {
            last = Some(key.to_owned());
            photos += 1;
            waiting.set_message(format!("Removing photos: {photos}"));
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
    conclude(Removed { photos, objects, on_removal, left }, patience, stack, ui)
}

/// Waits until nothing is left that was derived from any photo, as long as there is progress; tells what is left.
async fn follow_all(
    catalog: &PhotoStore<'_>,
    patience: Duration,
    stack: &Stack,
    ui: &Ui,
) -> Result<Option<String>, CommandError> {
    let waiting = ui.wait("Waiting until the thumbnail function has removed what was made of the photos");
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
                "`{}` was uploaded meanwhile, so what is derived from photos is not waited for.",
                escape(&key)
            ));
            return Ok(None);
        }
        let messages = queues::messages(stack).await?;
        waiting.set_message(format!(
            "Waiting until the thumbnail function has removed what was made of the photos: {messages} messages wait"
        ));
        let left = format!("something derived from them is still there, the first `{}`", escape(first));
        let now = Some((firsts, messages));
        if now != seen {
            (seen, since) = (now, Instant::now());
        } else if since.elapsed() >= patience {
            return Ok(Some(left));
        }
        backoff.again().await;
    }
}

/// The key itself, or all keys under a prefix that ends with `/`, each once; deleted ones with older versions, too.
fn keys_under<'a>(
    catalog: &'a PhotoStore<'_>,
    wanted: &'a str,
) -> impl Stream<Item = Result<String, CommandError>> + 'a {
    let matches = move |key: &String| wanted.ends_with('/') || key == wanted;
    let mut last: Option<String> = None;
    flatten_pages(catalog.original_pages(wanted).map_ok(move |page| {
        // The versions of a key may go on over the page.
        let is_new = |key: &String| last.as_ref().is_none_or(|last| key > last);
        let keys: BTreeSet<String> =
            page.into_iter().map(|version| version.key).filter(|key| matches(key) && is_new(key)).collect();
        last = keys.last().cloned().or(last.take());
        keys.into_iter().collect()
    }))
}
