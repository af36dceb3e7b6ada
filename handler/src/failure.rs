//! A failure: why an original has no thumbnails after a delivery, and whether it comes again.

use imaging::ImageError;

use crate::event::NotUnderstood;
use crate::service_error::ServiceError;

/// Why the work on a record did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The bytes cannot be made into thumbnails.
    #[error("{0}{way}", way = way_through(.0))]
    Image(ImageError),
    /// The original is larger than is allowed.
    #[error("the original has {bytes} bytes, but at most {limit} are allowed; raise `{setting}`")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The greatest size.
        limit: u64,
        /// The setting that gives the limit.
        setting: &'static str,
    },
    /// The key in the event is not UTF-8: such an object cannot be asked for.
    #[error("the key in the event is not UTF-8")]
    KeyEncoding,
    /// The event names a key and no bucket.
    #[error("the event names no bucket")]
    NoBucket,
    /// The original is encrypted with a key that we may not use.
    #[error("{0}")]
    KmsDenied(ServiceError),
    /// The original is in an archive.
    #[error("{0}")]
    Archived(ServiceError),
    /// The original is encrypted with a key that its uploader keeps.
    #[error("{0}")]
    CustomerKey(ServiceError),
    /// A storage call did not succeed.
    #[error("cannot {doing}: {refusal}")]
    Storage {
        /// What was tried.
        doing: &'static str,
        /// Why it did not succeed.
        refusal: ServiceError,
    },
    /// Bedrock did not answer; it may next time.
    #[error("the model did not answer: {0}")]
    Model(ServiceError),
    /// The model's answer could not be read, twice: it was cut off, or is no call of the tool.
    #[error("the model's answer cannot be read: {0}")]
    ModelErred(String),
    /// The function may not use the model, or the account has no access to it.
    #[error("the function may not use the model: {0}")]
    ModelDenied(String),
    /// There is no such model here, or it takes no such request.
    #[error("the model does not accept the request: {0}")]
    ModelUnfit(String),
    /// The model, or a guard before it, refuses to look at the photo.
    #[error("the model refuses to describe the photo: {0}")]
    ModelRefused(String),
    /// The original's bytes ended early or did not match their checksum.
    #[error("the original arrived incomplete: {0}")]
    Cut(String),
    /// A bug, caught where it could only harm this image.
    #[error("panicked: {0}")]
    Panicked(String),
    /// The invocation's time ended while it was worked on.
    #[error("the invocation timed out")]
    OutOfTime,
    /// The invocation's time would not have sufficed to begin.
    #[error("the invocation timed out before it reached this photo")]
    NoTime,
    /// An earlier attempt ended with the process: it waits for a batch of its own.
    #[error("the process ended during an earlier attempt, so the photo is processed alone")]
    KilledBefore,
    /// Attempts at it alone ended with the process.
    #[error("the process ended while it processed only this photo, most likely because it ran out of memory")]
    Killed,
    /// The message was received too often.
    #[error(
        "{undone}: the message `{message_id}` was received {receive_count} times, but never processed \
         completely; the log lines with this id show why"
    )]
    DeadLetter {
        /// What it should have brought about.
        undone: &'static str,
        /// Its id.
        message_id: String,
        /// How often it was received.
        receive_count: u32,
    },
    /// The message, or a part of it, is no event we know.
    #[error(transparent)]
    NotUnderstood(#[from] NotUnderstood),
}

impl Failure {
    /// Whether the same message may succeed on a later delivery.
    ///
    /// A message that is not understood comes again too: there is no key to write a failure record
    /// under, so it must reach the dead letters, where it is recorded as it is.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Image(_)
            | Self::TooLarge { .. }
            | Self::KeyEncoding
            | Self::NoBucket
            | Self::KmsDenied(_)
            | Self::Archived(_)
            | Self::CustomerKey(_)
            | Self::ModelErred(_)
            | Self::ModelDenied(_)
            | Self::ModelUnfit(_)
            | Self::ModelRefused(_)
            | Self::Killed
            | Self::DeadLetter { .. } => false,
            Self::Storage { .. }
            | Self::Model(_)
            | Self::Cut(_)
            | Self::Panicked(_)
            | Self::OutOfTime
            | Self::NoTime
            | Self::KilledBefore
            | Self::NotUnderstood(_) => true,
        }
    }

    /// The reason as a stable word, as in failure records and logs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Image(error) => error.code(),
            Self::TooLarge { .. } => "too-many-bytes",
            Self::KeyEncoding => "key-encoding",
            Self::NoBucket => "no-bucket",
            Self::KmsDenied(refusal)
            | Self::Archived(refusal)
            | Self::CustomerKey(refusal)
            | Self::Model(refusal)
            | Self::Storage { refusal, .. } => refusal.reason(),
            Self::ModelErred(_) => "model-error",
            Self::ModelDenied(_) => "model-denied",
            Self::ModelUnfit(_) => "model-unfit",
            Self::ModelRefused(_) => "model-refused",
            Self::Cut(_) => "cut",
            Self::Panicked(_) => "panicked",
            Self::OutOfTime => "out-of-time",
            Self::NoTime => "no-time",
            Self::KilledBefore => "killed-before",
            Self::Killed => "killed",
            Self::DeadLetter { .. } => "dead-letter",
            Self::NotUnderstood(_) => "not-understood",
        }
    }

    /// Whether the work was not begun at all.
    pub fn is_unattempted(&self) -> bool {
        matches!(self, Self::NoTime | Self::KilledBefore)
    }
}

/// What would let an image with `error` through.
fn way_through(error: &ImageError) -> &'static str {
    match error {
        ImageError::TooManyBytes { .. } => "; raise `limits.bytes`",
        ImageError::TooManyPixels { .. } => "; raise `limits.pixels`",
        ImageError::TooMuchMemory { .. } => "; raise `function.memory`",
        // No setting lets these through.
        ImageError::Unsupported { .. } => "; convert it to a supported format",
        ImageError::Empty
        | ImageError::Unknown
        | ImageError::TooManyScans { .. }
        | ImageError::TooLong { .. }
        | ImageError::TooMuchWork
        | ImageError::Cancelled
        | ImageError::Damaged { .. }
        | ImageError::Encode { .. } => "",
    }
}

/// Makes the failure of a storage call: `.map_err(while_doing("store a thumbnail"))`.
pub(crate) fn while_doing(doing: &'static str) -> impl Fn(ServiceError) -> Failure {
    move |refusal| Failure::Storage { doing, refusal }
}
