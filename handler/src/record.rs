//! Storing: thumbnails first, then the manifest, and last of all the record that all is done.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::{OriginalKey, OriginalVersion};
use contract::log::{LogLine, Outcome};
use contract::manifest::{Done, Manifest, OriginalFacts, SCHEMA, ThumbnailFacts};
use futures::future::try_join_all;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::bucket::Bucket;
use crate::delivery::Delivery;
use crate::event::Record;
use crate::failure::{Failure, while_doing};
use crate::original::Made;

/// Stores the thumbnails of `made` and their records.
pub(crate) async fn store(thumbnails: &Bucket, catalog: &Bucket, made: Made) -> Result<(), Failure> {
    let Made { original, digest, bytes, last_modified, rendered } = made;
    let base = OriginalKey::of_foreign(&original.version.key, last_modified, &digest);
    let mut listed = Vec::new();
    let mut files = Vec::new();
    for thumbnail in rendered.thumbnails {
        let key = base.thumbnail(&thumbnail.preset, thumbnail.format);
        listed.push(ThumbnailFacts {
            preset: thumbnail.preset,
            key: key.clone(),
            format: thumbnail.format,
            width: thumbnail.width,
            height: thumbnail.height,
            bytes: thumbnail.bytes.len() as u64,
        });
        files.push((key, thumbnail.bytes, thumbnail.format.content_type()));
    }
    let stores = files.iter().map(|(key, bytes, content_type)| thumbnails.keep(key, bytes, content_type));
    try_join_all(stores).await.map_err(while_doing("store a thumbnail"))?;

    let facts = rendered.facts;
    let manifest = Manifest {
        schema: SCHEMA,
        original: OriginalFacts {
            bucket: original.bucket.name,
            key: original.version.key.clone(),
            version: original.version.version.clone(),
            digest,
            bytes,
            width: facts.width,
            height: facts.height,
            format: facts.format.name().to_owned(),
            frames: facts.frames,
            partial: facts.partial,
            last_modified,
        },
        base: base.to_string(),
        thumbnails: listed,
        thumbhash: BASE64_STANDARD.encode(&facts.thumbhash),
        dominant_color: facts.dominant_color,
        completed_at: OffsetDateTime::now_utc(),
    };
    catalog
        .put(&manifest.index_key().to_string(), &manifest)
        .await
        .map_err(while_doing("store the manifest"))?;
    // The removal of a copy that did not yet find the manifest may have taken them. One that did puts them back.
    let again = files.iter().map(|(key, bytes, content_type)| async move {
        if thumbnails.has(key).await? { Ok(()) } else { thumbnails.keep(key, bytes, content_type).await }
    });
    let failure_key = original.version.failure_key();
    let (again, has_failed) = tokio::join!(try_join_all(again), has_failed(catalog, &failure_key));
    again.map_err(while_doing("store a thumbnail again"))?;
    let done = Done { schema: SCHEMA, manifest: Some(manifest) };
    replace(catalog, has_failed?.then_some(&*failure_key), &original.version.done_key(), &done).await
}

/// Whether there is the record of being done at `done_key`.
pub(crate) async fn is_done(catalog: &Bucket, done_key: &str) -> Result<bool, Failure> {
    catalog.has(done_key).await.map_err(while_doing("look for earlier work"))
}

/// Stores `done`, and removes the record of an earlier failure.
pub(crate) async fn settle(catalog: &Bucket, version: &OriginalVersion, done: &Done) -> Result<(), Failure> {
    settle_at(catalog, &version.failure_key(), &version.done_key(), done).await
}

/// Stores `done` at `done_key`, and removes the record of an earlier failure at `failure_key`.
pub(crate) async fn settle_at(
    catalog: &Bucket,
    failure_key: &str,
    done_key: &str,
    done: &impl Serialize,
) -> Result<(), Failure> {
    let has_failed = has_failed(catalog, failure_key).await?;
    replace(catalog, has_failed.then_some(failure_key), done_key, done).await
}

/// Removes the record at `key`, if there is one. Removing what is not there would leave a delete marker.
pub(crate) async fn drop(catalog: &Bucket, key: &str) -> Result<(), Failure> {
    if catalog.has(key).await.map_err(while_doing("look for a record"))? {
        catalog.delete(key).await.map_err(while_doing("remove a record"))?;
    }
    Ok(())
}

/// Whether there is the record of a failure. Removing what is not there would leave a delete marker.
async fn has_failed(catalog: &Bucket, failure_key: &str) -> Result<bool, Failure> {
    catalog.has(failure_key).await.map_err(while_doing("look for a failure record"))
}

/// Removes the record of an earlier failure, if there is one, and stores `done` at `done_key`.
///
/// In this order: once there is the record of being done, nobody comes back for the other.
async fn replace(
    catalog: &Bucket,
    failure_key: Option<&str>,
    done_key: &str,
    done: &impl Serialize,
) -> Result<(), Failure> {
    if let Some(failure_key) = failure_key {
        catalog.delete(failure_key).await.map_err(while_doing("remove the failure record"))?;
    }
    let stored = catalog.put(done_key, done).await;
    stored.map_err(while_doing("store the record of being done"))
}

/// What has failed.
pub(crate) struct Failed<'a> {
    /// Whose work.
    pub(crate) function: Function,
    /// The original's bucket; empty where it is unknown.
    pub(crate) bucket: &'a str,
    pub(crate) version: &'a OriginalVersion,
    /// What is kept of what arrived.
    pub(crate) event: &'a Value,
}

/// How the work of `function` on `record` `ended`; a failure for good is recorded.
pub(crate) async fn unless_for_good(
    ended: Result<Outcome, Failure>,
    function: Function,
    catalog: &Bucket,
    record: &Record,
    delivery: &Delivery,
    line: &mut LogLine,
) -> Result<Outcome, Failure> {
    let Err(failure) = ended else { return ended };
    if failure.is_transient() {
        return Err(failure);
    }
    crate::log::explain(line, &failure);
    let version = failed_version(record, line);
    let failed = Failed { function, bucket: &line.bucket, version: &version, event: &record.kept };
    store_failure(catalog, &function.failure_key(&version), failed, &failure, delivery).await?;
    Ok(Outcome::Failed)
}

/// The version that a failure of `record` is recorded for.
pub(crate) fn failed_version(record: &Record, line: &LogLine) -> OriginalVersion {
    // A key that cannot be decoded is one that S3 does not have; its record stands under its encoded form.
    let key = record.key.text();
    match record.original() {
        Some(version) => version,
        // Found out on the way.
        None if !line.version.is_empty() => {
            OriginalVersion { key: key.to_owned(), version: line.version.clone() }
        }
        None => OriginalVersion::new(key, None, None),
    }
}

/// Stores at `key` of `catalog` why it has failed for good.
pub(crate) async fn store_failure(
    catalog: &Bucket,
    key: &str,
    failed: Failed<'_>,
    failure: &Failure,
    delivery: &Delivery,
) -> Result<(), Failure> {
    let invocation = &delivery.invocation;
    let record = FailureRecord {
        schema: SCHEMA,
        bucket: failed.bucket.to_owned(),
        key: failed.version.key.clone(),
        version: failed.version.version.clone(),
        function: failed.function.name().to_owned(),
        reason: failure.reason().to_owned(),
        message: failure.to_string(),
        event: failed.event.clone(),
        receive_count: delivery.receive_count,
        first_received_at: delivery.first_received_at,
        failed_at: OffsetDateTime::now_utc(),
        function_version: invocation.function_version.clone(),
        request_id: invocation.request_id.clone(),
    };
    let stored = catalog.put(key, &record).await;
    stored.map_err(while_doing("store the failure record"))
}
