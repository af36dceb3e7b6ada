//! The reasons why an original has no thumbnails.

use crate::SourceFormat;

/// The reason why an original has no thumbnails. Except for [`ImageError::Canceled`], the same bytes always
/// fail with the same error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The bytes match no known image format.
    #[error("the file is not an image")]
    Unknown,
    /// A format, or a variant of a format, that is detected but not decoded.
    #[error("{format} is not supported")]
    Unsupported {
        /// The common name of the format.
        format: &'static str,
    },
    /// The file is longer than the limit.
    #[error("the file has {bytes} bytes, but at most {max} are allowed")]
    TooManyBytes {
        /// The length of the file.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// Width x height exceeds the limit.
    #[error("the image has {pixels} pixels, but at most {max} are allowed")]
    TooManyPixels {
        /// Width x height, from the header.
        pixels: u64,
        /// The limit.
        max: u64,
    },
    /// Decoding would use more memory than the limit allows.
    #[error("the image needs {bytes} bytes of memory, but at most {max} are allowed")]
    TooMuchMemory {
        /// The memory that decoding would need.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// A side is longer than the limit.
    #[error("the image has a side of {side} pixels, but at most {max} are allowed")]
    TooLong {
        /// The longer side.
        side: u32,
        /// The limit.
        max: u32,
    },
    /// The file is an attack: it refers to the same data again and again, or contains more pixels than its header
    /// declares.
    #[error("the file takes too much work to decode for its size in bytes and pixels")]
    TooMuchWork,
    /// The caller canceled the rendering.
    #[error("the image was not processed in time")]
    Canceled,
    /// A progressive JPEG has so many scans that it must be an attack.
    #[error("the JPEG has more than {max} scans")]
    TooManyScans {
        /// The limit.
        max: u32,
    },
    /// The bytes violate the rules of their format.
    #[error("the {format} file is damaged: {reason}")]
    Damaged {
        /// The format, detected from the first bytes.
        format: SourceFormat,
        /// The reason that the decoder reports.
        reason: String,
    },
    /// The encoder cannot write a thumbnail.
    #[error("a thumbnail cannot be encoded: {reason}")]
    Encode {
        /// The reason that the encoder reports.
        reason: String,
    },
}

impl ImageError {
    /// Returns a stable code for records and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unknown => "not-an-image",
            Self::Unsupported { .. } => "unsupported-format",
            Self::TooManyBytes { .. } => "too-many-bytes",
            Self::TooManyPixels { .. } => "too-many-pixels",
            Self::TooMuchMemory { .. } => "too-much-memory",
            Self::TooLong { .. } => "too-long-side",
            Self::TooMuchWork => "too-much-work",
            Self::Canceled => "cancelled",
            Self::TooManyScans { .. } => "too-many-scans",
            Self::Damaged { .. } => "damaged",
            Self::Encode { .. } => "encode-failed",
        }
    }

    pub(crate) fn damaged(format: SourceFormat, reason: impl ToString) -> Self {
        Self::Damaged { format, reason: reason.to_string() }
    }
}
