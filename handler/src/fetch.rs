//! Fetching: an original's bytes, no more of them than is allowed, and only those of the version meant.

use std::time::Duration;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use contract::focus::{FOCUS_METADATA, Focus, FocusError};
use contract::folder::is_folder;
use contract::key::OriginalVersion;
use time::OffsetDateTime;

use crate::failure::{Failure, while_doing};
use crate::memory::{Budget, Share};
use crate::message::Invocation;
use crate::original::{Making, Original, Unmade};
use crate::service_error::ServiceError;

/// How often an answer that breaks off is asked for again. A whole delivery costs minutes.
const ATTEMPTS: u32 = 3;

/// The greatest size of an original.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) bytes: u64,
    /// The setting that gives it.
    pub(crate) setting: &'static str,
}

impl Limit {
    fn exceeded_by(self, bytes: u64) -> Failure {
        Failure::TooLarge { bytes, limit: self.bytes, setting: self.setting }
    }
}

/// An original in memory.
pub(crate) struct FetchedOriginal {
    pub(crate) bytes: Vec<u8>,
    pub(crate) last_modified: OffsetDateTime,
    /// Its focal point, or the text in its metadata that is none.
    pub(crate) focus: Option<Result<Focus, String>>,
    /// Held as long as the bytes are.
    pub(crate) share: Share,
}

/// Fetches `original`, if it is the current version of its key: one call says both.
pub(crate) async fn fetch(
    original: &Original,
    limit: Limit,
    budget: &Budget,
    invocation: &Invocation,
) -> Result<Making<FetchedOriginal>, Failure> {
    let Original { bucket, version, size } = original;
    let mut size = *size;
    let mut attempt = 1;
    loop {
        if size > limit.bytes {
            return Err(limit.exceeded_by(size));
        }
        let mut share = budget.share(size).await;
        if tokio::time::Instant::now() > invocation.last_start {
            return Err(Failure::NoTime);
        }
        let got = match bucket.s3.get_object().bucket(&bucket.name).key(&version.key).send().await {
            Ok(got) => got,
            Err(error) => return refused(ServiceError::of(&error)),
        };
        if OriginalVersion::new(&version.key, got.version_id(), got.e_tag()) != *version {
            return Ok(Err(Unmade::NotCurrent));
        }
        let length = got.content_length().and_then(|length| u64::try_from(length).ok());
        if is_folder(&version.key, length.unwrap_or(u64::MAX), got.content_type()) {
            return Ok(Err(Unmade::Folder));
        }
        // The event may tell a wrong size, or none; the memory asked for must be right.
        let announced = length;
        if let Some(length) = announced.filter(|length| *length > size) {
            size = length;
            if size > limit.bytes {
                return Err(limit.exceeded_by(size));
            }
            drop(share);
            share = budget.share(size).await;
        }
        let last_modified = moment(got.last_modified()).map_err(while_doing("fetch the original"))?;
        let focus = got.metadata().and_then(|metadata| metadata.get(FOCUS_METADATA));
        let focus = focus.map(|text| text.parse().map_err(|_: FocusError| text.clone()));
        match body(got, announced, Limit { bytes: size, ..limit }).await {
            Ok(bytes) => return Ok(Ok(FetchedOriginal { bytes, last_modified, focus, share })),
            Err(Failure::Cut(_)) if attempt < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(50..200) << attempt)).await;
                attempt += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// What it means that S3 does not give the original: it is gone, fails for good, or may be given later.
fn refused(refusal: ServiceError) -> Result<Making<FetchedOriginal>, Failure> {
    match refusal {
        ServiceError::Missing => Ok(Err(Unmade::NotCurrent)),
        ServiceError::KmsDenied(_) => Err(Failure::KmsDenied(refusal)),
        ServiceError::Archived(_) => Err(Failure::Archived(refusal)),
        ServiceError::CustomerKey(_) => Err(Failure::CustomerKey(refusal)),
        ServiceError::Exists
        | ServiceError::Denied(_)
        | ServiceError::Throttled(_)
        | ServiceError::Unavailable(_)
        | ServiceError::NoAnswer(_)
        | ServiceError::Unexpected(_) => Err(while_doing("fetch the original")(refusal)),
    }
}

/// When S3 says an object was last modified.
pub(crate) fn moment(
    time: Option<&aws_sdk_s3::primitives::DateTime>,
) -> Result<OffsetDateTime, ServiceError> {
    time.and_then(|time| OffsetDateTime::from_unix_timestamp_nanos(time.as_nanos()).ok())
        .ok_or_else(|| ServiceError::Unexpected("the answer has no Last-Modified".to_owned()))
}

async fn body(got: GetObjectOutput, announced: Option<u64>, most: Limit) -> Result<Vec<u8>, Failure> {
    let mut body = got.body;
    let mut bytes = Vec::with_capacity(usize::try_from(announced.unwrap_or(0)).unwrap_or(0));
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| Failure::Cut(crate::service_error::chain(&error)))?;
        let length = (bytes.len() + piece.len()) as u64;
        if length > most.bytes {
            return Err(most.exceeded_by(length));
        }
        bytes.extend_from_slice(&piece);
    }
    match announced {
        Some(length) if length != bytes.len() as u64 => {
            Err(Failure::Cut(format!("{} of {length} bytes", bytes.len())))
        }
        _ => Ok(bytes),
    }
}
