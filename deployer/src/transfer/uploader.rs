//! Uploads one photo to the originals bucket, in parts if it is large. It never overwrites an object, and S3 verifies the
//! SHA-256.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::{ByteStream, Length};
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::base64;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use contract::focus::{FOCUS_METADATA, Focus};
use contract::key::{OriginalKey, OriginalVersion, escape};
use futures::stream::{StreamExt as _, TryStreamExt as _};
use indicatif::ProgressBar;
use tokio::sync::Semaphore;

use crate::aws::error::{aws_code, aws_error};
use crate::backoff::Backoff;
use crate::error::{CommandError, Kind, io_error};
use crate::interrupt::Signals;
use crate::s3::objects::current_version;
use crate::transfer::photo::{LocalPhoto, PART_BYTES};
use crate::transfer::unfinished::UnfinishedUploads;

/// How many parts of one photo are uploaded at once.
const PARTS_AT_ONCE: usize = 4;

/// The maximum number of times that a request is retried after an error that the SDK does not retry.
const RETRIES: u32 = 4;

/// The bucket for photos, and the limit on concurrent requests.
pub(crate) struct Uploader<'a> {
    pub(crate) s3: &'a Client,
    /// The client for requests with a body.
    pub(crate) s3_for_uploads: Client,
    pub(crate) bucket: &'a str,
    /// The focal point of all photos.
    pub(crate) focus: Option<Focus>,
    /// The uploads that earlier runs with the same focal point did not finish.
    pub(crate) unfinished: UnfinishedUploads,
    /// One permit per request with a body, for all photos.
    pub(crate) requests: Semaphore,
    pub(crate) signals: Signals,
}

/// A stored photo.
#[derive(Debug)]
pub(crate) struct StoredOriginal {
    pub(crate) original: OriginalVersion,
    /// Whether it already existed, so that nothing was written and no event was sent.
    pub(crate) already_there: bool,
}

impl Uploader<'_> {
    /// Uploads `photo` to `key`, unless it already exists.
    pub(crate) async fn upload(
        &self,
        photo: &LocalPhoto,
        key: &OriginalKey,
        bar: &ProgressBar,
    ) -> Result<StoredOriginal, CommandError> {
        let key = key.to_string();
        let stored = if photo.bytes <= PART_BYTES {
            self.signals.run_until_any_signal(self.upload_whole(photo, &key, bar)).await
        } else {
            self.upload_in_parts(photo, &key, bar).await
        };
        let stored = match stored {
            Ok(stored) => stored,
            // If the file has changed, report that instead: it explains the error better.
            Err(error) if error.kind == Kind::Failed => {
                return Err(photo.check_unchanged().err().unwrap_or(error));
            }
            Err(error) => return Err(error),
        };
        photo.check_unchanged().map_err(|error| {
            let key = escape(&stored.original.key);
            CommandError {
                message: format!("{}; `{key}` contains the earlier version", error.message),
                ..error
            }
        })?;
        Ok(stored)
    }

    /// Returns the user metadata of the photos.
    fn metadata(&self) -> Option<HashMap<String, String>> {
        self.focus.map(|focus| HashMap::from([(FOCUS_METADATA.to_owned(), focus.to_string())]))
    }

    async fn upload_in_parts(
        &self,
        photo: &LocalPhoto,
        key: &str,
        bar: &ProgressBar,
    ) -> Result<StoredOriginal, CommandError> {
        // Check first, to avoid uploading gigabytes that already exist.
        if let Some(stored) = self.signals.run_until_any_signal(self.find_existing(photo, key, bar)).await? {
            return Ok(stored);
        }
        let mut upload = self.signals.run_until_any_signal(self.resume_or_create(photo, key)).await?;
        let mut backoff = Backoff::with_retries(RETRIES);
        loop {
            let sent = self.upload_parts(photo, key, &upload, bar);
            let sent = self.signals.run_until_any_signal(async { Ok(sent.await) }).await;
            let error = match sent {
                Ok(Ok(stored)) => {
                    self.unfinished.forget(key);
                    return Ok(stored);
                }
                Ok(Err(MultipartError::Invalid(error))) => {
                    // Another upload of the same bytes may have been faster, or an earlier attempt may have succeeded
                    // without a response. In both cases, the object exists.
                    let present =
                        self.signals.run_until_any_signal(self.find_existing(photo, key, bar)).await?;
                    self.abort(key, &upload).await;
                    if let Some(stored) = present {
                        return Ok(stored);
                    }
                    if backoff.next_attempt().await {
                        bar.set_position(0);
                        upload = self.signals.run_until_any_signal(self.create(photo, key)).await?;
                        continue;
                    }
                    error
                }
                Ok(Err(MultipartError::Other(error))) | Err(error) => error,
            };
            // The uploaded parts stay: the next run continues with them, or the lifecycle rule of the bucket deletes them.
            let (finished_parts, all) = (upload.finished_parts.load(Ordering::Relaxed), photo.parts.len());
            let message = format!("{}; {finished_parts} of {all} parts were uploaded", error.message);
            return Err(CommandError { message, ..error }
                .hint("run the same command again to upload only the missing parts"));
        }
    }

    /// Returns the object at `key`, or `None` if it does not exist.
    async fn find_existing(
        &self,
        photo: &LocalPhoto,
        key: &str,
        bar: &ProgressBar,
    ) -> Result<Option<StoredOriginal>, CommandError> {
        let original = current_version(self.s3, self.bucket, key).await?;
        Ok(original.map(|original| {
            bar.set_position(photo.bytes);
            StoredOriginal { original, already_there: true }
        }))
    }

    async fn upload_whole(
        &self,
        photo: &LocalPhoto,
        key: &str,
        bar: &ProgressBar,
    ) -> Result<StoredOriginal, CommandError> {
        let mut backoff = Backoff::with_retries(RETRIES);
        loop {
            let permit = self.requests.acquire().await;
            let sent = self
                .s3_for_uploads
                .put_object()
                .bucket(self.bucket)
                .key(key)
                .if_none_match("*")
                .content_type(photo.content_type)
                .set_metadata(self.metadata())
                .checksum_sha256(base64::encode(photo.parts[0]))
                .body(body(photo, 0, photo.bytes).await?)
                .send()
                .await;
            drop(permit);
            match sent {
                Ok(put) => {
                    bar.inc(photo.bytes);
                    let original = OriginalVersion::new(key, put.version_id(), put.e_tag());
                    return Ok(StoredOriginal { original, already_there: false });
                }
                Err(error) if aws_code(&error) == Some("PreconditionFailed") => {
                    if let Some(stored) = self.find_existing(photo, key, bar).await? {
                        return Ok(stored);
                    }
                    // The object was removed in the meantime.
                    if !backoff.next_attempt().await {
                        return Err(upload_error(photo, &error));
                    }
                }
                Err(error) if !is_transient(&error) => return Err(upload_error(photo, &error)),
                Err(error) => {
                    if !backoff.next_attempt().await {
                        return Err(upload_error(photo, &error));
                    }
                }
            }
        }
    }

    /// Returns the unfinished upload of this photo from an earlier run, or a new one.
    async fn resume_or_create(&self, photo: &LocalPhoto, key: &str) -> Result<MultipartUpload, CommandError> {
        // If the upload was aborted or listing its parts is denied, all parts are uploaded.
        if let Some(id) = self.unfinished.find(key)
            && let Ok(existing) = self.existing_parts(key, &id).await
        {
            return Ok(MultipartUpload { id, existing, finished_parts: AtomicUsize::new(0) });
        }
        self.create(photo, key).await
    }

    /// Creates an upload.
    async fn create(&self, photo: &LocalPhoto, key: &str) -> Result<MultipartUpload, CommandError> {
        let created = self
            .s3
            .create_multipart_upload()
            .bucket(self.bucket)
            .key(key)
            .content_type(photo.content_type)
            .set_metadata(self.metadata())
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_type(ChecksumType::Composite)
            .send()
            .await
            .map_err(|error| upload_error(photo, &error))?;
        let id = created.upload_id().unwrap_or_default().to_owned();
        self.unfinished.remember(key, &id);
        Ok(MultipartUpload { id, existing: HashMap::new(), finished_parts: AtomicUsize::new(0) })
    }

    /// Returns the uploaded parts by number.
    async fn existing_parts(
        &self,
        key: &str,
        id: &str,
    ) -> Result<HashMap<i32, CompletedPart>, SdkError<aws_sdk_s3::operation::list_parts::ListPartsError>>
    {
        let parts: Vec<_> = self
            .s3
            .list_parts()
            .bucket(self.bucket)
            .key(key)
            .upload_id(id)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await?;
        let completed = parts.iter().filter_map(|part| {
            let number = part.part_number()?;
            Some((number, completed_part(number, part.e_tag()?, part.checksum_sha256()?)))
        });
        Ok(completed.collect())
    }

    async fn upload_parts(
        &self,
        photo: &LocalPhoto,
        key: &str,
        upload: &MultipartUpload,
        bar: &ProgressBar,
    ) -> Result<StoredOriginal, MultipartError> {
        let numbered_parts = (1..).zip(&photo.parts);
        let mut parts: Vec<CompletedPart> = futures::stream::iter(numbered_parts.map(|(number, sha256)| {
            self.upload_part(photo, key, upload, number, base64::encode(sha256), bar)
        }))
        .buffer_unordered(PARTS_AT_ONCE)
        .try_collect()
        .await?;
        parts.sort_by_key(CompletedPart::part_number);
        photo.check_unchanged()?;
        let whole = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let mut backoff = Backoff::with_retries(RETRIES);
        loop {
            let done = self
                .s3
                .complete_multipart_upload()
                .bucket(self.bucket)
                .key(key)
                .upload_id(&upload.id)
                .if_none_match("*")
                .multipart_upload(whole.clone())
                .send()
                .await;
            match done {
                Ok(done) => {
                    let original = OriginalVersion::new(key, done.version_id(), done.e_tag());
                    return Ok(StoredOriginal { original, already_there: false });
                }
                Err(error) if is_upload_invalid(&error) => {
                    return Err(MultipartError::Invalid(upload_error(photo, &error)));
                }
                Err(error) => {
                    if !is_transient(&error) || !backoff.next_attempt().await {
                        return Err(MultipartError::Other(upload_error(photo, &error)));
                    }
                }
            }
        }
    }

    async fn upload_part(
        &self,
        photo: &LocalPhoto,
        key: &str,
        upload: &MultipartUpload,
        number: i32,
        sha256: String,
        bar: &ProgressBar,
    ) -> Result<CompletedPart, MultipartError> {
        let offset = (u64::try_from(number).unwrap_or(1) - 1) * photo.part_bytes;
        let length = photo.part_bytes.min(photo.bytes - offset);
        if let Some(part) = upload.existing.get(&number).filter(|p| p.checksum_sha256() == Some(&sha256)) {
            bar.inc(length);
            upload.finished_parts.fetch_add(1, Ordering::Relaxed);
            return Ok(part.clone());
        }
        let mut backoff = Backoff::with_retries(RETRIES);
        loop {
            let permit = self.requests.acquire().await;
            let sent = self
                .s3_for_uploads
                .upload_part()
                .bucket(self.bucket)
                .key(key)
                .upload_id(&upload.id)
                .part_number(number)
                .checksum_sha256(&sha256)
                .body(body(photo, offset, length).await?)
                .send()
                .await;
            drop(permit);
            match sent {
                Ok(part) => {
                    bar.inc(length);
                    upload.finished_parts.fetch_add(1, Ordering::Relaxed);
                    return Ok(completed_part(number, part.e_tag().unwrap_or_default(), &sha256));
                }
                Err(error) if aws_code(&error) == Some("NoSuchUpload") => {
                    return Err(MultipartError::Invalid(upload_error(photo, &error)));
                }
                Err(error) => {
                    if !is_transient(&error) || !backoff.next_attempt().await {
                        return Err(MultipartError::Other(upload_error(photo, &error)));
                    }
                }
            }
        }
    }

    /// Aborts an upload that no run can continue. If this fails, the lifecycle rule of the bucket deletes its parts.
    async fn abort(&self, key: &str, upload: &MultipartUpload) {
        self.unfinished.forget(key);
        let request =
            self.s3.abort_multipart_upload().bucket(self.bucket).key(key).upload_id(&upload.id).send();
        let _ = tokio::time::timeout(std::time::Duration::from_secs(10), request).await;
    }
}

/// The upload of a photo in parts.
struct MultipartUpload {
    id: String,
    /// The parts that an earlier run uploaded, by number.
    existing: HashMap<i32, CompletedPart>,
    /// The number of uploaded parts.
    finished_parts: AtomicUsize,
}

/// Why an upload in parts failed.
enum MultipartError {
    /// The upload is invalid, so a new one is needed.
    Invalid(CommandError),
    /// Another reason.
    Other(CommandError),
}

impl From<CommandError> for MultipartError {
    fn from(error: CommandError) -> Self {
        Self::Other(error)
    }
}

/// Returns whether the upload is invalid: it was completed or aborted, another upload of the same file replaced a part, or
/// the object was created meanwhile. S3 requires a new upload after a conflict.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>
fn is_upload_invalid<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let is_conflict = error.raw_response().is_some_and(|response| response.status().as_u16() == 409);
    is_conflict || matches!(aws_code(error), Some("NoSuchUpload" | "InvalidPart" | "PreconditionFailed"))
}

fn completed_part(number: i32, etag: &str, sha256: &str) -> CompletedPart {
    CompletedPart::builder().part_number(number).e_tag(etag).checksum_sha256(sha256).build()
}

/// Returns a range of the file. If the file is not in memory, each attempt reads the range from the disk.
async fn body(photo: &LocalPhoto, offset: u64, length: u64) -> Result<ByteStream, CommandError> {
    if let Some(content) = &photo.content {
        return Ok(content.clone().into());
    }
    ByteStream::read_from()
        .path(&photo.path)
        .offset(offset)
        .length(Length::Exact(length))
        .buffer_size(256 * 1024)
        .build()
        .await
        .map_err(|error| {
            io_error(format_args!("read `{}`", photo.path.display()), &std::io::Error::other(error))
        })
}

/// Returns whether a retry may succeed after an error that the SDK does not retry.
pub(crate) fn is_transient<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    match error {
        // If the response cannot be read, it was cut off.
        SdkError::ResponseError(_) => true,
        SdkError::ServiceError(service) => matches!(
            service.err().code(),
            Some(
                "IncompleteBody"
                    | "RequestTimeout"
                    | "ConditionalRequestConflict"
                    | "OperationAborted"
                    | "BadDigest"
                    | "XAmzContentSHA256Mismatch"
                    | "InvalidChunkSizeError"
            )
        ),
        _ => false,
    }
}

fn upload_error<E, R>(photo: &LocalPhoto, error: &SdkError<E, R>) -> CommandError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    aws_error(format_args!("upload `{}`", photo.path.display()), error)
}
