//! Reads single objects, and converts values in the responses of S3.

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use contract::key::{OriginalVersion, escape};
use time::OffsetDateTime;

use crate::aws::error::{aws_code, aws_error};
use crate::error::CommandError;

/// Returns the current version at `key` in `bucket`, or `None` if it does not exist.
pub(crate) async fn current_version(
    s3: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
) -> Result<Option<OriginalVersion>, CommandError> {
    let head = head_object(s3, bucket, key).await?;
    Ok(head.map(|head| OriginalVersion::new(key, head.version_id(), head.e_tag())))
}

/// Returns the metadata of the object at `key` in `bucket`, or `None` if it does not exist.
pub(crate) async fn head_object(
    s3: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
) -> Result<Option<HeadObjectOutput>, CommandError> {
    match s3.head_object().bucket(bucket).key(key).send().await {
        Ok(head) => Ok(Some(head)),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => Ok(None),
        Err(error) => {
            Err(aws_error(format_args!("check for `{}` in the bucket `{bucket}`", escape(key)), &error))
        }
    }
}

/// Returns the policy of `bucket`, or `None` if it has none.
pub(crate) async fn bucket_policy(
    s3: &aws_sdk_s3::Client,
    bucket: &str,
) -> Result<Option<String>, CommandError> {
    match s3.get_bucket_policy().bucket(bucket).send().await {
        Ok(found) => Ok(found.policy),
        Err(error) if aws_code(&error) == Some("NoSuchBucketPolicy") => Ok(None),
        Err(error) => Err(aws_error(format_args!("read the policy of `{bucket}`"), &error)),
    }
}

/// Converts a size.
pub(crate) fn to_size(bytes: Option<i64>) -> u64 {
    bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0)
}

/// Converts a time.
pub(crate) fn to_time(time: Option<&aws_sdk_s3::primitives::DateTime>) -> OffsetDateTime {
    time.and_then(|time| OffsetDateTime::from_unix_timestamp_nanos(time.as_nanos()).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
