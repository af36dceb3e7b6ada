//! Empties a bucket: deletes all versions, delete markers, and unfinished multipart uploads.

use aws_sdk_s3::types::{Delete, EncodingType, Error, ObjectIdentifier};
use futures::stream::{FuturesUnordered, StreamExt as _};

use crate::aws::error::{aws_code, aws_error, hint_for_code};
use crate::backoff::Backoff;
use crate::error::CommandError;
use crate::s3::versions::{self, Version};
use crate::stack::Stack;
use crate::ui::{Ui, format_count};

/// The maximum number of versions per request.
const BATCH: usize = 1000;

/// How many batches are deleted at once.
const BATCHES_AT_ONCE: usize = 8;

/// The maximum number of times that a request is sent again if S3 is busy. The retries take over half a minute.
const RETRIES: u32 = 10;

/// The key of a version that does not exist, see [`check_delete_permission`].
const MISSING_KEY: &str = "deployer-may-delete";

/// The maximum number of times that the bucket is listed again because of new objects.
const MAX_LISTINGS: u32 = 5;

/// Deletes everything in `bucket` and returns the number of deleted versions. A bucket that does not exist counts as empty.
pub(crate) async fn empty_bucket(stack: &Stack, bucket: &str, ui: &Ui) -> Result<u64, CommandError> {
    let spinner = ui.start_spinner(format!("Emptying `{bucket}`"));
    let mut total = 0;
    for _ in 0..MAX_LISTINGS {
        let progress = |done| spinner.set_message(format!("Emptying `{bucket}`: {} deleted", total + done));
        let Some(deleted) = delete_versions(stack, bucket, "", |_| true, progress).await? else {
            return Ok(total);
        };
        let aborted = abort_uploads(stack, bucket).await?;
        if deleted + aborted == 0 {
            spinner.finish_and_clear();
            return Ok(total);
        }
        total += deleted + aborted;
    }
    Err(CommandError::failed(format!("cannot empty `{bucket}`: new objects keep arriving"))
        .hint("stop all uploads to the bucket, then run the command again"))
}

/// Deletes the empty `bucket`, and returns the number of versions that arrived meanwhile and were deleted, too.
pub(crate) async fn delete_bucket(stack: &Stack, bucket: &str, ui: &Ui) -> Result<u64, CommandError> {
    let mut deleted = 0;
    let mut backoff = Backoff::with_retries(RETRIES);
    loop {
        let Err(error) = stack.aws.s3().delete_bucket().bucket(bucket).send().await else {
            return Ok(deleted);
        };
        match aws_code(&error) {
            Some("NoSuchBucket") => return Ok(deleted),
            // S3 may deliver access logs hours later.
            Some("BucketNotEmpty") if backoff.next_attempt().await => {
                deleted += empty_bucket(stack, bucket, ui).await?;
            }
            Some("OperationAborted") if backoff.next_attempt().await => {}
            _ => return Err(aws_error(format_args!("delete the bucket `{bucket}`"), &error)),
        }
    }
}

/// Deletes every version of the objects under `prefix` whose keys match `is_wanted`, and returns their number.
pub(crate) async fn delete_under(
    stack: &Stack,
    bucket: &str,
    prefix: &str,
    is_wanted: impl FnMut(&str) -> bool,
) -> Result<u64, CommandError> {
    Ok(delete_versions(stack, bucket, prefix, is_wanted, |_| {}).await?.unwrap_or(0))
}

/// Deletes the versions of one listing. Returns `None` if the bucket does not exist.
async fn delete_versions(
    stack: &Stack,
    bucket: &str,
    prefix: &str,
    mut is_wanted: impl FnMut(&str) -> bool,
    mut progress: impl FnMut(u64),
) -> Result<Option<u64>, CommandError> {
    let s3 = stack.aws.s3();
    let mut deleted = 0;
    let mut batches = FuturesUnordered::new();
    let mut pages = versions::pages(s3, bucket, prefix, None);
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) if aws_code(&error) == Some("NoSuchBucket") => return Ok(None),
            Err(error) => return Err(aws_error(format_args!("list the versions in `{bucket}`"), &*error)),
        };
        let objects: Vec<ObjectIdentifier> =
            page.into_iter().filter(|version| is_wanted(&version.key)).filter_map(identify).collect();
        if !objects.is_empty() {
            while batches.len() >= BATCHES_AT_ONCE {
                deleted += batches.next().await.unwrap_or(Ok(0))?;
                progress(deleted);
            }
            batches.push(delete_objects(stack, bucket, objects));
        }
    }
    while let Some(batch) = batches.next().await {
        deleted += batch?;
        progress(deleted);
    }
    Ok(Some(deleted))
}

/// Deletes `versions`, and returns their number.
pub(crate) async fn delete(stack: &Stack, bucket: &str, versions: Vec<Version>) -> Result<u64, CommandError> {
    let objects: Vec<ObjectIdentifier> = versions.into_iter().filter_map(identify).collect();
    let mut deleted = 0;
    for batch in objects.chunks(BATCH) {
        deleted += delete_objects(stack, bucket, batch.to_vec()).await?;
    }
    Ok(deleted)
}

/// Returns the key and ID of `version` for a request.
fn identify(version: Version) -> Option<ObjectIdentifier> {
    ObjectIdentifier::builder().key(version.key).set_version_id(version.version_id).build().ok()
}

/// Returns whether XML cannot represent `key`. S3 rejects a whole DeleteObjects request with such a key.
fn is_invalid_in_xml(key: &str) -> bool {
    key.contains(
        |c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'),
    )
}

/// Deletes up to [`BATCH`] versions, and returns their number.
async fn delete_objects(
    stack: &Stack,
    bucket: &str,
    objects: Vec<ObjectIdentifier>,
) -> Result<u64, CommandError> {
    let (one_by_one, in_batch): (Vec<_>, Vec<_>) =
        objects.into_iter().partition(|object| is_invalid_in_xml(object.key()));
    let mut deleted = one_by_one.len() as u64;
    for object in one_by_one {
        let version = object.version_id().map(str::to_owned);
        let call = stack.aws.s3().delete_object().bucket(bucket).key(object.key()).set_version_id(version);
        let what = || format!("delete `{}` from `{bucket}`", contract::key::escape(object.key()));
        call.send().await.map_err(|error| aws_error(what(), &error))?;
    }
    if !in_batch.is_empty() {
        deleted += delete_batch(stack, bucket, in_batch).await?;
    }
    Ok(deleted)
}

/// Deletes up to [`BATCH`] versions and returns their number. Retries versions that S3 did not delete for a transient reason.
async fn delete_batch(
    stack: &Stack,
    bucket: &str,
    objects: Vec<ObjectIdentifier>,
) -> Result<u64, CommandError> {
    let count = objects.len();
    let mut left = objects;
    let mut backoff = Backoff::with_retries(RETRIES);
    loop {
        let errors = send_batch(stack, bucket, left.clone()).await?;
        let Some(first) = errors.iter().find(|error| !is_transient(error)).or(errors.first()) else {
            return Ok(count as u64);
        };
        if !is_transient(first) || !backoff.next_attempt().await {
            return Err(deletion_error(bucket, &errors, first, count));
        }
        let failed = |object: &ObjectIdentifier| {
            errors.iter().any(|error| {
                let same_version = error.version_id().is_none_or(|id| Some(id) == object.version_id());
                error.key() == Some(object.key()) && same_version
            })
        };
        // The response may encode keys differently. Deleting a version again does no harm.
        if left.iter().any(failed) {
            left.retain(failed);
        }
    }
}

/// Sends one DeleteObjects request and returns the errors of the versions that S3 did not delete.
async fn send_batch(
    stack: &Stack,
    bucket: &str,
    objects: Vec<ObjectIdentifier>,
) -> Result<Vec<Error>, CommandError> {
    let delete = Delete::builder()
        .set_objects(Some(objects))
        .quiet(true)
        .build()
        .map_err(|error| CommandError::failed(format!("cannot delete from `{bucket}`: {error}")))?;
    match stack.aws.s3().delete_objects().bucket(bucket).delete(delete).send().await {
        Ok(response) => Ok(response.errors.unwrap_or_default()),
        Err(error) if aws_code(&error) == Some("NoSuchBucket") => Ok(Vec::new()),
        Err(error) => Err(aws_error(format_args!("delete objects from `{bucket}`"), &error)),
    }
}

/// Returns whether S3 may delete the version in a moment. DeleteObjects returns these errors with status 200, which the SDK
/// treats as a success.
fn is_transient(error: &Error) -> bool {
    matches!(
        error.code(),
        Some("InternalError" | "OperationAborted" | "RequestTimeout" | "ServiceUnavailable" | "SlowDown")
    )
}

/// Returns an error with the number of versions that S3 did not delete, and the reason for the `first`.
fn deletion_error(bucket: &str, errors: &[Error], first: &Error, count: usize) -> CommandError {
    let code = first.code().unwrap_or("no error code");
    let error_with_count = CommandError::failed(format!(
        "S3 did not delete {} of {} from `{bucket}`, such as `{}`: {} ({code})",
        errors.len(),
        format_count(count as u64, "version"),
        contract::key::escape(first.key().unwrap_or_default()),
        first.message().unwrap_or("no reason reported").trim_end_matches('.'),
    ));
    match hint_for_code(code) {
        Some(hint) => error_with_count.hint(hint),
        None => error_with_count,
    }
}

/// Checks whether the caller may delete versions below `prefix` in `bucket`, by deleting one that does not exist.
pub(crate) async fn check_delete_permission(
    stack: &Stack,
    bucket: &str,
    prefix: String,
) -> Result<(), CommandError> {
    let key = prefix + MISSING_KEY;
    let missing = ObjectIdentifier::builder().key(key).version_id("null").build();
    let missing =
        missing.map_err(|error| CommandError::failed(format!("cannot check permissions in S3: {error}")))?;
    let errors = send_batch(stack, bucket, vec![missing]).await?;
    match errors.iter().find(|error| error.code() == Some("AccessDenied")) {
        Some(denied) => Err(deletion_error(bucket, &errors, denied, 1)),
        None => Ok(()),
    }
}

/// Returns the KMS key that encrypts new objects in `bucket`, or `None` if there is no such key or bucket.
pub(crate) async fn bucket_kms_key(stack: &Stack, bucket: &str) -> Result<Option<String>, CommandError> {
    let response = stack.aws.s3().get_bucket_encryption().bucket(bucket).send().await;
    let configured = match response {
        Ok(response) => response.server_side_encryption_configuration,
        Err(error)
            if matches!(
                aws_code(&error),
                Some("NoSuchBucket" | "ServerSideEncryptionConfigurationNotFoundError")
            ) =>
        {
            None
        }
        Err(error) => {
            return Err(aws_error(format_args!("read the encryption settings of `{bucket}`"), &error));
        }
    };
    let rules = configured.map(|configured| configured.rules).unwrap_or_default();
    let defaults = rules.into_iter().find_map(|rule| rule.apply_server_side_encryption_by_default);
    Ok(defaults.and_then(|default| default.kms_master_key_id))
}

/// Returns the value of a tag of `bucket`, or `None` if the bucket does not have this tag.
pub(crate) async fn bucket_tag(
    stack: &Stack,
    bucket: &str,
    key: &str,
) -> Result<Option<String>, CommandError> {
    let tags = match stack.aws.s3().get_bucket_tagging().bucket(bucket).send().await {
        Ok(found) => found.tag_set,
        Err(error) if matches!(aws_code(&error), Some("NoSuchTagSet" | "NoSuchBucket")) => Vec::new(),
        Err(error) => return Err(aws_error(format_args!("read the tags of `{bucket}`"), &error)),
    };
    Ok(tags.into_iter().find(|tag| tag.key == key).map(|tag| tag.value))
}

async fn abort_uploads(stack: &Stack, bucket: &str) -> Result<u64, CommandError> {
    let s3 = stack.aws.s3();
    let mut aborted = 0;
    let mut key_marker: Option<String> = None;
    let mut id_marker: Option<String> = None;
    loop {
        let page = s3
            .list_multipart_uploads()
            .bucket(bucket)
            .encoding_type(EncodingType::Url)
            .set_key_marker(key_marker.take())
            .set_upload_id_marker(id_marker.take())
            .send()
            .await
            .map_err(|error| aws_error(format_args!("list the unfinished uploads in `{bucket}`"), &error))?;
        let encoding = page.encoding_type();
        for upload in page.uploads() {
            let ended = s3
                .abort_multipart_upload()
                .bucket(bucket)
                .set_key(upload.key().map(|key| versions::decode_key(key, encoding)))
                .set_upload_id(upload.upload_id().map(str::to_owned))
                .send()
                .await;
            match ended {
                Ok(_) => aborted += 1,
                Err(error) if aws_code(&error) == Some("NoSuchUpload") => {}
                Err(error) => {
                    return Err(aws_error(format_args!("abort an unfinished upload in `{bucket}`"), &error));
                }
            }
        }
        key_marker = page.next_key_marker().map(|key| versions::decode_key(key, encoding));
        id_marker = page.next_upload_id_marker().map(str::to_owned);
        if page.is_truncated() != Some(true) {
            return Ok(aborted);
        }
    }
}

/// Returns how many versions, delete markers included, are in `bucket`, counted up to a page, and whether there are more.
/// Returns `None` if the listing cannot be read.
pub(crate) async fn count_versions(
    stack: &Stack,
    bucket: &str,
) -> Result<Option<(usize, bool)>, CommandError> {
    let listing = stack.aws.s3().list_object_versions().bucket(bucket).encoding_type(EncodingType::Url);
    match listing.send().await {
        Ok(page) => {
            let count = page.versions().len() + page.delete_markers().len();
            Ok(Some((count, page.is_truncated() == Some(true))))
        }
        Err(error) if aws_code(&error) == Some("NoSuchBucket") => Ok(Some((0, false))),
        // The response was successful, but a control character makes its XML invalid.
        Err(error) if error.raw_response().is_some_and(|response| response.status().is_success()) => Ok(None),
        Err(error) => Err(aws_error(format_args!("list the versions in `{bucket}`"), &error)),
    }
}
