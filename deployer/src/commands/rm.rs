//! `deployer rm`: photos, with every version and everything derived from them.

use std::collections::BTreeSet;

use clap::Args;
use contract::alt_text::AltTextDone;
use contract::key::{NameIndexKey, OriginalKey, OriginalVersion, escape};
use contract::manifest::{Done, Manifest};
use futures::stream::{StreamExt as _, TryStreamExt as _};
use serde_json::json;

use crate::catalog::versions::{self, Stretch};
use crate::catalog::{Catalog, head, moment};
use crate::error::{CommandError, aws_error};
use crate::stack::{Stack, empty};
use crate::ui::Ui;

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
    let mut keys = BTreeSet::new();
    for wanted in &args.keys {
        let found = keys_under(&catalog, wanted).await?;
        if found.is_empty() {
            return Err(CommandError::not_found(format!(
                "there is no photo `{}`; nothing was removed",
                escape(wanted)
            ))
            .hint(format!(
                "run `deployer ls{}` to see what there is; a prefix ends with `/`",
                stack.config.flags()
            )));
        }
        keys.extend(found);
    }
    if keys.len() > 1 || args.keys.iter().any(|key| key.ends_with('/')) {
        ui.confirm(&format!("Remove {} photos with everything derived from them?", keys.len()), "--yes")
            .await?;
    }
    let bar = ui.count(keys.len() as u64, "photos removed");
    let mut objects = 0;
    for key in &keys {
        objects += remove(&catalog, stack, key).await?;
        bar.inc(1);
        ui.detail(format!("removed `{}`", escape(key)));
    }
    bar.finish_and_clear();
    conclude(keys.len(), objects, ui)
}

fn conclude(photos: usize, objects: u64, ui: &Ui) -> Result<(), CommandError> {
    let result = json!({ "photos": photos, "objects": objects });
    let noun = if photos == 1 { "photo" } else { "photos" };
    ui.result(&result, || format!("Removed {photos} {noun}: {objects} object versions."))
}

async fn remove_all(catalog: &Catalog<'_>, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let (count, more) = empty::count(stack, catalog.originals).await?;
    let more = if more { " or more" } else { "" };
    ui.confirm(&format!("Remove all {count}{more} versions of all photos?"), "--yes").await?;
    // A listing has the versions of a key together.
    let (mut photos, mut last) = (0, None);
    let waiting = ui.wait("Removing photos");
    let counted = |key: &str| {
        if last.as_deref() != Some(key) {
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

/// The key itself, or all keys under a prefix that ends with `/`; deleted ones with older versions, too.
async fn keys_under(catalog: &Catalog<'_>, wanted: &str) -> Result<BTreeSet<String>, CommandError> {
    let mut keys = BTreeSet::new();
    let mut pages = versions::pages(catalog.s3, catalog.originals, wanted, None);
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| aws_error(format_args!("list `{}`", escape(wanted)), &*error))?;
        let matches = |key: &String| wanted.ends_with('/') || key == wanted;
        keys.extend(page.into_iter().map(|version| version.key).filter(matches));
    }
    Ok(keys)
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
