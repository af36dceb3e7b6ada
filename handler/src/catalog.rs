//! Failure records: why a version has failed permanently, with all that a replay needs.

use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::OriginalVersion;
use contract::log::{LogLine, Outcome};
use contract::manifest::SCHEMA;
use serde_json::Value;
use time::OffsetDateTime;

use crate::bucket::Bucket;
use crate::event::ObjectEvent;
use crate::failure::{Failure, while_doing};
use crate::message::Receive;

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

/// Returns how the work of `function` on `record` `ended`, and records a permanent failure of an event that names no object.
///
/// The worker records the failure of an object.
pub(crate) async fn record_permanent_failure(
    ended: Result<Outcome, Failure>,
    function: Function,
    catalog: &Bucket,
    record: &ObjectEvent,
    receive: &Receive,
    line: &mut LogLine,
) -> Result<Outcome, Failure> {
    let Err(failure) = ended else { return ended };
    if failure.is_transient() {
        return Err(failure);
    }
    crate::log::explain(line, &failure);
    let version = failed_version(record, line);
    let failed = Failed { function, bucket: &line.bucket, version: &version, event: &record.kept };
    store_failure(catalog, &function.failure_key(&version), failed, &failure, receive).await?;
    Ok(Outcome::Failed)
}

/// The version that a failure of `record` is recorded for.
pub(crate) fn failed_version(record: &ObjectEvent, line: &LogLine) -> OriginalVersion {
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
    receive: &Receive,
) -> Result<(), Failure> {
    let invocation = &receive.invocation;
    let record = FailureRecord {
        schema: SCHEMA,
        bucket: failed.bucket.to_owned(),
        key: failed.version.key.clone(),
        version: failed.version.version.clone(),
        function: failed.function.name().to_owned(),
        reason: failure.reason().to_owned(),
        message: failure.to_string(),
        event: failed.event.clone(),
        receive_count: receive.receive_count,
        first_received_at: receive.first_received_at,
        failed_at: OffsetDateTime::now_utc(),
        function_version: invocation.function_version.clone(),
        request_id: invocation.request_id.clone(),
    };
    let stored = catalog.put(key, &record).await;
    stored.map_err(while_doing("store the failure record"))
}
