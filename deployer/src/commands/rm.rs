//! `deployer rm`: photos, with every version and everything derived from them.

use std::collections::BTreeSet;

use clap::Args;
use contract::alt_text::AltTextDone;
use contract::key::{NameIndexKey, OriginalKey, OriginalVersion, escape};
use contract::manifest::{Done, Manifest};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use serde_json::json;

use crate::catalog::versions::Stretch;
use crate::catalog::{Catalog, each, head, moment};
use crate::error::CommandError;
use crate::stack::{Stack, empty};
use crate::ui::Ui;

/// How many photos are removed at once.
const AT_ONCE: usize = 32;

/// Removes photos with their thumbnails, alt texts and records.
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
}

pub(crate) async fn rm(args: RmArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let catalog = Catalog::open(stack).await?;
    if args.all {
        return remove_all(&catalog, stack, ui).await;
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
            return Err(CommandError::not_found(format!(
                "there is no photo `{}`; nothing was removed",
                escape(wanted)
            ))
            .hint(format!(
                "run `deployer ls{}` to see what there is; a prefix ends with `/`",
                stack.config.flags()
            )));
        }
    }
    waiting.finish_and_clear();
    if count > 1 || wanted.iter().any(|key| key.ends_with('/')) {
        ui.confirm(&format!("Remove {} with everything derived from them?", photos(count)), "--yes").await?;
    }
    let bar = ui.count(count, "photos removed");
    let removed = stream::iter(wanted)
        .flat_map(|wanted| keys_under(&catalog, wanted))
        .map_ok(async |key| Ok((remove(&catalog, stack, &key).await?, key)))
        .try_buffer_unordered(AT_ONCE);
    let (mut count, mut objects) = (0, 0);
    let mut removed = std::pin::pin!(removed);
    while let Some((versions, key)) = removed.try_next().await? {
        count += 1;
        objects += versions;
        bar.inc(1);
        ui.detail(format!("removed `{}`", escape(&key)));
    }
    bar.finish_and_clear();
    conclude(count, objects, ui)
}

/// `keys` without those that another of them stands for, too.
fn apart(keys: &[String]) -> BTreeSet<&str> {
    let is_under = |key: &str, other: &str| other.ends_with('/') && key != other && key.starts_with(other);
    let is_apart = |key: &&str| !keys.iter().any(|other| is_under(key, other));
    keys.iter().map(String::as_str).filter(is_apart).collect()
}

fn conclude(count: u64, objects: u64, ui: &Ui) -> Result<(), CommandError> {
    let result = json!({ "photos": count, "objects": objects });
    ui.result(&result, || format!("Removed {}: {objects} object versions.", photos(count)))
}

/// `1 photo`, `2 photos`.
fn photos(count: u64) -> String {
    format!("{count} {}", if count == 1 { "photo" } else { "photos" })
}

async fn remove_all(catalog: &Catalog<'_>, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let (count, more) = empty::count(stack, catalog.originals).await?;
    let more = if more { " or more" } else { "" };
    ui.confirm(&format!("Remove all {count}{more} versions of all photos?"), "--yes").await?;
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
    // The photos first: what the functions still store for them, they then remove themselves.
    let mut objects = empty::delete_under(stack, catalog.originals, "", counted).await?;
    waiting.finish_and_clear();
    for bucket in [catalog.originals, catalog.thumbnails, catalog.bucket] {
        objects += empty::empty(stack, bucket, ui).await?;
    }
    conclude(photos, objects, ui)
}

/// The key itself, or all keys under a prefix that ends with `/`, each once; deleted ones with older versions, too.
fn keys_under<'a>(
    catalog: &'a Catalog<'_>,
    wanted: &'a str,
) -> impl Stream<Item = Result<String, CommandError>> + 'a {
    let matches = move |key: &String| wanted.ends_with('/') || key == wanted;
    let mut last: Option<String> = None;
    each(catalog.original_pages(wanted).map_ok(move |page| {
        // The versions of a key may go on over the page.
        let is_new = |key: &String| last.as_ref().is_none_or(|last| key > last);
        let keys: BTreeSet<String> =
            page.into_iter().map(|version| version.key).filter(|key| matches(key) && is_new(key)).collect();
        last = keys.last().cloned().or(last.take());
        keys.into_iter().collect()
    }))
}

/// Removes all versions of the original at `key`, then what was derived from them.
async fn remove(catalog: &Catalog<'_>, stack: &Stack, key: &str) -> Result<u64, CommandError> {
    let mut objects = empty::delete_under(stack, catalog.originals, key, |other| other == key).await?;
    let records = OriginalVersion::prefix_of_key(key);
    let there = catalog.records_under(&records).await?;
    for record in &there {
        objects += remove_alt_texts_alone(catalog, stack, record, &there).await?;
        // Records of failures have nothing derived; those of keys below this one are others'.
        if OriginalVersion::version_of_record(key, record).is_none() || !record.ends_with("/done.json") {
            continue;
        }
        let done: Option<Done> = catalog.record(record).await?;
        let Some(manifest) = done.and_then(|done| done.manifest) else { continue };
        let (index, base) = (manifest.index_key().to_string(), manifest.base);
        objects += empty::delete_under(stack, catalog.bucket, &index, |other| other == index).await?;
        if !is_shared(catalog, &index, &base).await? {
            let prefix = format!("{base}/");
            objects += empty::delete_under(stack, catalog.thumbnails, &prefix, |_| true).await?;
            objects += empty::delete_under(stack, catalog.bucket, &prefix, |_| true).await?;
        }
    }
    let is_its = |record: &str| OriginalVersion::version_of_record(key, record).is_some();
    objects += empty::delete_under(stack, catalog.bucket, &records, is_its).await?;
    Ok(objects)
}

/// Removes the alt texts that `record` leads to, if no thumbnails do.
async fn remove_alt_texts_alone(
    catalog: &Catalog<'_>,
    stack: &Stack,
    record: &str,
    there: &[String],
) -> Result<u64, CommandError> {
    let Some(version) = record.strip_suffix("/alt-text-done.json") else { return Ok(0) };
    if there.contains(&format!("{version}/done.json")) {
        return Ok(0);
    }
    match catalog.record::<AltTextDone>(record).await? {
        Some(AltTextDone { base: Some(base), .. }) => {
            empty::delete_under(stack, catalog.bucket, &format!("{base}/alt."), |_| true).await
        }
        _ => Ok(0),
    }
}

/// Whether another photo of the same name and bytes has its thumbnails under the same base.
async fn is_shared(catalog: &Catalog<'_>, index: &str, base: &str) -> Result<bool, CommandError> {
    let Ok(key) = base.parse::<OriginalKey>() else { return Ok(false) };
    let (after, until) = NameIndexKey::stretch_of_day(index, key.date());
    let day = Stretch { after: Some(after), until: Some(until) };
    let listed = catalog.record_pages(NameIndexKey::siblings(index), day).try_concat().await?;
    let ours = head(catalog.s3, catalog.originals, base).await?.map(|head| {
        let version = OriginalVersion::new(base, head.version_id(), head.e_tag());
        (version, moment(head.last_modified()))
    });
    for other in NameIndexKey::that_may_share(index, &key, listed, ours) {
        if catalog.record::<Manifest>(&other).await?.is_some_and(|other| other.base == base) {
            return Ok(true);
        }
    }
    Ok(false)
}
