//! A failure: why the work on an event did not succeed, and whether it may succeed later.

use imaging::ImageError;

use crate::event::UnreadableMessage;
use crate::service_error::ServiceError;

/// Why the work on an event did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The bytes cannot be rendered.
    #[error("{error}{advice}")]
    Image {
        /// Why they cannot be rendered.
        error: ImageError,
        /// What the user can do about it, as the end of the message.
        advice: &'static str,
    },
    /// The original is too large.
    #[error("the original has {bytes} bytes, but at most {limit} are allowed{advice}")]
    TooLarge {
        /// Its size, in bytes.
        bytes: u64,
        /// The greatest size that is allowed, in bytes.
        limit: u64,
        /// What the user can do about it, as the end of the message.
        advice: &'static str,
    },
    /// The key in the event is not UTF-8, so S3 cannot have such an object.
    #[error("the key in the event is not UTF-8")]
    KeyEncoding,
    /// The event names a key, but no bucket.
    #[error("the event names no bucket")]
    NoBucket,
    /// The original is encrypted with a key that the function may not use.
    #[error("{0}")]
    KmsDenied(ServiceError),
    /// The original is in an archive.
    #[error("{0}")]
    Archived(ServiceError),
    /// The original is encrypted with a key that only its uploader has.
    #[error("{0}")]
    CustomerKey(ServiceError),
    /// A storage call did not succeed.
    #[error("cannot {action}: {error}")]
    Storage {
        /// The action that did not succeed.
        action: &'static str,
        /// Why it did not succeed.
        error: ServiceError,
    },
    /// Bedrock did not respond. The next attempt may succeed.
    #[error("the model did not respond: {0}")]
    Model(ServiceError),
    /// Two answers of the model could not be read: they were cut off, or did not call the tool.
    #[error("the model's response cannot be parsed: {0}")]
    ModelErred(String),
    /// The function may not use the model, or the account has no access to it.
    #[error("the function is not allowed to use the model: {0}")]
    ModelDenied(String),
    /// The region has no such model, or the model does not accept the request.
    #[error("the model rejected the request: {0}")]
    ModelUnfit(String),
    /// The model, or a guardrail, refuses to describe the photo.
    #[error("the model refuses to describe the photo: {0}")]
    ModelRefused(String),
    /// The original's bytes ended early or did not match their checksum.
    #[error("the original was not received completely: {0}")]
    Cut(String),
    /// A bug. The panic stopped only the work on this image.
    #[error("panicked: {0}")]
    Panicked(String),
    /// The invocation's time ended during the work.
    #[error("the invocation timed out")]
    OutOfTime,
    /// The invocation did not have enough time left to begin.
    #[error("the invocation timed out before it reached this photo")]
    NoTime,
    /// The process ended during an earlier attempt, so the message waits until it can be processed alone.
    #[error("the process ended during an earlier attempt, so the photo is processed alone")]
    KilledBefore,
    /// The process ended while it was processing only this photo.
    #[error(
        "the process ended while it was processing only this photo, most likely because it ran out of memory"
    )]
    Killed,
    /// The message was received too often.
    #[error(
        "{consequence}: the message `{message_id}` was never processed completely (receive count {receive_count}); \
         the log lines with this message ID show why"
    )]
    DeadLetter {
        /// The result that is missing.
        consequence: &'static str,
        /// The ID of the message.
        message_id: String,
        /// The number of times that the message was received.
        receive_count: u32,
    },
    /// The message, or a part of it, is not a known event.
    #[error(transparent)]
    NotUnderstood(#[from] UnreadableMessage),
}

impl Failure {
    /// Returns whether the same message may succeed on a later delivery.
    ///
    /// An unreadable message is transient too. It has no key for a failure record, so it must become a dead letter,
    /// which the failover function records by its message ID.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Image { .. }
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

    /// Returns the reason as a stable word, as in failure records and logs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Image { error, .. } => error.code(),
            Self::TooLarge { .. } => "too-many-bytes",
            Self::KeyEncoding => "key-encoding",
            Self::NoBucket => "no-bucket",
            Self::KmsDenied(error)
            | Self::Archived(error)
            | Self::CustomerKey(error)
            | Self::Model(error)
            | Self::Storage { error, .. } => error.reason(),
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

    /// Returns whether the work did not begin.
    pub fn is_unattempted(&self) -> bool {
        matches!(self, Self::NoTime | Self::KilledBefore)
    }
}

/// Returns what the user can do about an image with `error`, as the end of a message. `memory_advice` is what the user
/// can do about too little memory.
pub(crate) fn advice(error: &ImageError, memory_advice: &'static str) -> &'static str {
    match error {
        ImageError::TooManyBytes { .. } => "; raise `limits.bytes`",
        ImageError::TooManyPixels { .. } => "; raise `limits.pixels`",
        ImageError::TooMuchMemory { .. } => memory_advice,
        ImageError::Unsupported { format: "JPEG XL" } => {
            "; set `jpeg_xl: true`, or convert the photo to another format"
        }
        ImageError::Unsupported { format: "SVG" } => {
            "; set `svg: true`, or convert the photo to another format"
        }
        ImageError::Unsupported { .. } => "; convert the photo to a supported format",
        ImageError::Empty
        | ImageError::Unknown
        | ImageError::TooManyScans { .. }
        | ImageError::TooLong { .. }
        | ImageError::TooMuchWork
        | ImageError::Canceled
        | ImageError::Damaged { .. }
        | ImageError::Encode { .. } => "",
    }
}

/// Returns a function that creates the failure of a call: `.map_err(cannot("store a thumbnail"))`.
pub(crate) fn cannot(action: &'static str) -> impl Fn(ServiceError) -> Failure {
    move |error| Failure::Storage { action, error }
}
