//! Single objects, and the values that S3 describes them with.

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use contract::key::{OriginalVersion, escape};
use time::OffsetDateTime;

use crate::aws::error::aws_error;
use crate::error::CommandError;

/// The version that is at `key` in `bucket` now; none where there is no such object.
pub(crate) async fn current_version(
    s3: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
) -> Result<Option<OriginalVersion>, CommandError> {
    let head = head(s3, bucket, key).await?;
    Ok(head.map(|head| OriginalVersion::new(key, head.version_id(), head.e_tag())))
}

/// What S3 says of the object at `key` in `bucket`; none where there is no such object.
pub(crate) async fn head(
    s3: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
) -> Result<Option<HeadObjectOutput>, CommandError> {
    match s3.head_object().bucket(bucket).key(key).send().await {
        Ok(head) => Ok(Some(head)),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => Ok(None),
        Err(error) => {
            Err(aws_error(format_args!("look for `{}` in the bucket `{bucket}`", escape(key)), &error))
        }
    }
}

/// A size as S3 gives it.
pub(crate) fn size(bytes: Option<i64>) -> u64 {
    bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0)
}

/// A time as S3 gives it.
pub(crate) fn moment(time: Option<&aws_sdk_s3::primitives::DateTime>) -> OffsetDateTime {
    time.and_then(|time| OffsetDateTime::from_unix_timestamp_nanos(time.as_nanos()).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
