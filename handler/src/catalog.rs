//! Failure records: why a version has failed permanently, with the fields that a replay needs.

use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::OriginalVersion;
use contract::log::{LogLine, Outcome};
use contract::manifest::SCHEMA;
use serde_json::Value;
use time::OffsetDateTime;

use crate::bucket::Bucket;
use crate::event::ObjectEvent;
use crate::failure::{Failure, cannot};
use crate::message::Receive;

/// The version that has failed.
pub(crate) struct FailedVersion<'a> {
    /// The function that has failed.
    pub(crate) function: Function,
    /// The original's bucket; empty if it is unknown.
    pub(crate) bucket: &'a str,
    pub(crate) version: &'a OriginalVersion,
    /// The fields of the event that the record keeps.
    pub(crate) event: &'a Value,
}

/// Returns `result`, the result of `function` for `event`. Records a permanent failure of an event that names no
/// object.
///
/// The worker itself records failures of events that name an object.
pub(crate) async fn record_permanent_failure(
    result: Result<Outcome, Failure>,
    function: Function,
    catalog: &Bucket,
    event: &ObjectEvent,
    receive: &Receive,
    line: &mut LogLine,
) -> Result<Outcome, Failure> {
    let Err(failure) = result else { return result };
    if failure.is_transient() {
        return Err(failure);
    }
    crate::log::add_failure(line, &failure);
    let version = failed_version(event, line);
    let failed =
        FailedVersion { function, bucket: &line.bucket, version: &version, event: &event.kept_fields };
    store_failure(catalog, &function.failure_key(&version), failed, &failure, receive).await?;
    Ok(Outcome::Failed)
}

/// Returns the version for the failure record of `event`.
pub(crate) fn failed_version(event: &ObjectEvent, line: &LogLine) -> OriginalVersion {
    // S3 cannot have a key that cannot be decoded. Its record is stored under the encoded form.
    let key = event.key.text();
    match event.original_version() {
        Some(version) => version,
        // The event names no version, so the function has determined it.
        None if !line.version.is_empty() => {
            OriginalVersion { key: key.to_owned(), version: line.version.clone() }
        }
        None => OriginalVersion::new(key, None, None),
    }
}

/// Stores the failure record at `key` of `catalog`.
pub(crate) async fn store_failure(
    catalog: &Bucket,
    key: &str,
    failed: FailedVersion<'_>,
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
    stored.map_err(cannot("store the failure record"))
}
