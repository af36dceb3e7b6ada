//! An original: the version of an object that an event is about.

use contract::key::OriginalVersion;

use crate::bucket::Bucket;
use crate::event::ObjectEvent;
use crate::failure::{Failure, cannot};
use crate::service_error::ServiceError;

/// A version of an original.
#[derive(Clone, Debug)]
pub(crate) struct Original {
    pub(crate) bucket: Bucket,
    pub(crate) version: OriginalVersion,
    /// Its size in bytes according to the event; 0 if it is unknown.
    pub(crate) size: u64,
}

/// Why a function skips an original. This is not a failure.
pub(crate) enum SkipReason {
    /// The version is not current.
    NotCurrent,
    /// The object is a folder.
    Folder,
}

/// Returns the version of the original at `key` in `bucket` that `event` is about, or `None` if it cannot be
/// determined.
pub(crate) async fn version_of(
    bucket: &Bucket,
    key: &str,
    event: &ObjectEvent,
) -> Result<Option<OriginalVersion>, Failure> {
    let named = event.original_version();
    if event.version_id.is_some() {
        return Ok(named);
    }
    let head = match bucket.head(key).await {
        // S3 returns no headers of an object that is encrypted with a customer-provided key (SSE-C).
        Err(ServiceError::CustomerKey(_)) if named.is_some() => return Ok(named),
        head => head.map_err(cannot("check the original"))?,
    };
    let Some(head) = head else { return Ok(named) };
    let current = OriginalVersion::new(key, head.version_id(), head.e_tag());
    let by_tag = OriginalVersion::new(key, None, head.e_tag());
    Ok(match named {
        Some(named) if named != by_tag => current.version_id().is_none().then_some(named),
        _ => Some(current),
    })
}

/// Returns the current version of `key`, or `None` if the key has none.
pub(crate) async fn current_version(bucket: &Bucket, key: &str) -> Result<Option<OriginalVersion>, Failure> {
    let head = bucket.head(key).await.map_err(cannot("check the original"))?;
    Ok(head.map(|head| OriginalVersion::new(key, head.version_id(), head.e_tag())))
}
