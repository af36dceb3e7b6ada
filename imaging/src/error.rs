//! Why an original has no thumbnails.

use crate::SourceFormat;

/// Why an original has no thumbnails. But for [`ImageError::Cancelled`], the same bytes fail the same way every time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// The bytes are of no image format that is known here.
    #[error("the file is not an image")]
    Unknown,
    /// A format, or a kind of one, that is recognised and not read.
    #[error("{format} is not supported")]
    Unsupported {
        /// The format's name, as people say it.
        format: &'static str,
    },
    /// The file is longer than the limit.
    #[error("the file has {bytes} bytes, but at most {max} are allowed")]
    TooManyBytes {
        /// The file's length.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// Width x height is over the limit.
    #[error("the image has {pixels} pixels, but at most {max} are allowed")]
    TooManyPixels {
        /// Width x height, from the header.
        pixels: u64,
        /// The limit.
        max: u64,
    },
    /// Decoding would hold more memory than the limit.
    #[error("the image needs {bytes} bytes of memory, but at most {max} are allowed")]
    TooMuchMemory {
        /// What decoding would hold.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// A side is longer than any picture's.
    #[error("the image has a side of {side} pixels, but at most {max} are allowed")]
    TooLong {
        /// The longer side.
        side: u32,
        /// The limit.
        max: u32,
    },
    /// The file has parts that are read over and over, or that hold more pixels than it says: an attack.
    #[error("the file needs more work than its length and its size in pixels justify")]
    TooMuchWork,
    /// The caller wanted no more.
    #[error("the image was not finished in time")]
    Cancelled,
    /// A progressive JPEG made of so many scans that it is an attack.
    #[error("the JPEG has more than {max} scans")]
    TooManyScans {
        /// The limit.
        max: u32,
    },
    /// The bytes break the rules of their format.
    #[error("the {format} is damaged: {reason}")]
    Damaged {
        /// The format that the bytes begin as.
        format: SourceFormat,
        /// What the decoder says.
        reason: String,
    },
    /// A thumbnail cannot be written.
    #[error("a thumbnail cannot be encoded: {reason}")]
    Encode {
        /// What the encoder says.
        reason: String,
    },
}

impl ImageError {
    /// A stable word for records and metrics.
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
            Self::Cancelled => "cancelled",
            Self::TooManyScans { .. } => "too-many-scans",
            Self::Damaged { .. } => "damaged",
            Self::Encode { .. } => "encode-failed",
        }
    }

    pub(crate) fn damaged(format: SourceFormat, reason: impl ToString) -> Self {
        Self::Damaged { format, reason: reason.to_string() }
    }
}
