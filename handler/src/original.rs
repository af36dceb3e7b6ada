//! An original: which version of an object a record means.

use contract::key::OriginalVersion;

use crate::bucket::Bucket;
use crate::event::ObjectEvent;
use crate::failure::{Failure, while_doing};

/// An original to be worked on.
#[derive(Clone, Debug)]
pub(crate) struct Original {
    pub(crate) bucket: Bucket,
    pub(crate) version: OriginalVersion,
    /// Its size as it was told; 0 where nobody told.
    pub(crate) size: u64,
}

/// What has come of fetching an original, or of making its outputs.
pub(crate) type Making<T> = Result<T, Unmade>;

/// Why nothing is made of an original, which is no failure.
pub(crate) enum Unmade {
    /// The version is not current.
    NotCurrent,
    /// The object is a folder.
    Folder,
}

/// Returns the version of the original at `key` in `bucket` that `record` means, or `None` if it cannot be known.
pub(crate) async fn version_of(
    bucket: &Bucket,
    key: &str,
    record: &ObjectEvent,
) -> Result<Option<OriginalVersion>, Failure> {
    let named = record.original();
    if record.version_id.is_some() {
        return Ok(named);
    }
    let Some(head) = bucket.head(key).await.map_err(while_doing("check the original"))? else {
        return Ok(named);
    };
    let current = OriginalVersion::new(key, head.version_id(), head.e_tag());
    let by_tag = OriginalVersion::new(key, None, head.e_tag());
    Ok(match named {
        Some(named) if named != by_tag => current.version_id().is_none().then_some(named),
        _ => Some(current),
    })
}
