//! Fetches an original: its bytes within the limit, and only those of the expected version.

use std::time::Duration;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use contract::focus::{FOCUS_METADATA, Focus, FocusError};
use contract::folder::is_folder;
use contract::key::OriginalVersion;
use time::OffsetDateTime;

use crate::failure::{Failure, cannot};
use crate::memory::{Memory, Reservation};
use crate::message::Invocation;
use crate::original::{Original, SkipReason};
use crate::service_error::ServiceError;

/// The maximum number of times that the function gets an original whose bytes end early. Another delivery of the
/// message would take minutes.
const ATTEMPTS: u32 = 3;

/// The greatest size of an original, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) bytes: u64,
    /// What the user can do about a larger original, as the end of a message.
    pub(crate) advice: &'static str,
}

impl Limit {
    fn failure_for(self, bytes: u64) -> Failure {
        Failure::TooLarge { bytes, limit: self.bytes, advice: self.advice }
    }
}

/// An original in memory.
pub(crate) struct FetchedOriginal {
    pub(crate) bytes: Vec<u8>,
    pub(crate) last_modified: OffsetDateTime,
    /// Its focal point, or the text in its metadata that is not a focal point.
    pub(crate) focus: Option<Result<Focus, String>>,
    /// The reserved memory for the bytes, and the turn to fetch them.
    pub(crate) reservations: [Reservation; 2],
}

/// Fetches `original`, if it is the current version of its key. One call returns the bytes and the current version.
pub(crate) async fn fetch(
    original: &Original,
    limit: Limit,
    memory: &Memory,
    invocation: &Invocation,
) -> Result<Result<FetchedOriginal, SkipReason>, Failure> {
    let Original { bucket, version, size } = original;
    let mut size = *size;
    let mut attempt = 1;
    let turn = memory.turn(size).await;
    loop {
        if size > limit.bytes {
            return Err(limit.failure_for(size));
        }
        let mut reservation = memory.encoded.reserve(size).await;
        if tokio::time::Instant::now() > invocation.last_start {
            return Err(Failure::NoTime);
        }
        let got = match bucket.s3.get_object().bucket(&bucket.name).key(&version.key).send().await {
            Ok(got) => got,
            Err(error) => return classify_error(ServiceError::from_sdk_error(&error)),
        };
        if OriginalVersion::new(&version.key, got.version_id(), got.e_tag()) != *version {
            return Ok(Err(SkipReason::NotCurrent));
        }
        let length = got.content_length().and_then(|length| u64::try_from(length).ok());
        if is_folder(&version.key, length.unwrap_or(u64::MAX), got.content_type()) {
            return Ok(Err(SkipReason::Folder));
        }
        // The size in the event may be wrong or missing, but the reserved memory must be sufficient.
        let content_length = length;
        if let Some(length) = content_length.filter(|length| *length > size) {
            size = length;
            if size > limit.bytes {
                return Err(limit.failure_for(size));
            }
            drop(reservation);
            reservation = memory.encoded.reserve(size).await;
        }
        let last_modified = last_modified(got.last_modified()).map_err(cannot("fetch the original"))?;
        let focus = got.metadata().and_then(|metadata| metadata.get(FOCUS_METADATA));
        let focus = focus.map(|text| text.parse().map_err(|_: FocusError| text.clone()));
        match read_body(got, content_length, Limit { bytes: size, ..limit }).await {
            Ok(bytes) => {
                let reservations = [turn, reservation];
                return Ok(Ok(FetchedOriginal { bytes, last_modified, focus, reservations }));
            }
            Err(Failure::Cut(_)) if attempt < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(50..200) << attempt)).await;
                attempt += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Returns the meaning of an error of the GET: the original does not exist, or the failure is permanent or transient.
fn classify_error(error: ServiceError) -> Result<Result<FetchedOriginal, SkipReason>, Failure> {
    match error {
        ServiceError::Missing => Ok(Err(SkipReason::NotCurrent)),
        ServiceError::KmsDenied(_) => Err(Failure::KmsDenied(error)),
        ServiceError::Archived(_) => Err(Failure::Archived(error)),
        ServiceError::CustomerKey(_) => Err(Failure::CustomerKey(error)),
        ServiceError::Exists
        | ServiceError::Denied(_)
        | ServiceError::Throttled(_)
        | ServiceError::Unavailable(_)
        | ServiceError::NoResponse(_)
        | ServiceError::Unexpected(_) => Err(cannot("fetch the original")(error)),
    }
}

/// Returns when an object was last modified.
pub(crate) fn last_modified(
    time: Option<&aws_sdk_s3::primitives::DateTime>,
) -> Result<OffsetDateTime, ServiceError> {
    time.and_then(|time| OffsetDateTime::from_unix_timestamp_nanos(time.as_nanos()).ok())
        .ok_or_else(|| ServiceError::Unexpected("the response has no Last-Modified header".to_owned()))
}

async fn read_body(
    got: GetObjectOutput,
    content_length: Option<u64>,
    most: Limit,
) -> Result<Vec<u8>, Failure> {
    let mut body = got.body;
    let mut bytes = Vec::with_capacity(usize::try_from(content_length.unwrap_or(0)).unwrap_or(0));
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| Failure::Cut(crate::service_error::with_causes(&error)))?;
        let length = (bytes.len() + piece.len()) as u64;
        if length > most.bytes {
            return Err(most.failure_for(length));
        }
        bytes.extend_from_slice(&piece);
    }
    match content_length {
        Some(length) if length != bytes.len() as u64 => {
            Err(Failure::Cut(format!("{} of {length} bytes", bytes.len())))
        }
        _ => Ok(bytes),
    }
}
