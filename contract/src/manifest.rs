//! The manifest: the record of a version that has its thumbnails.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::key::{Digest, OriginalVersion};
use crate::preset::{Color, ThumbnailFormat};

/// The version of the records' shape.
pub const SCHEMA: u32 = 1;

/// What is known about one version of an original and its thumbnails: the object at [`OriginalVersion::done_key`].
///
/// It is stored after all thumbnails: if it exists, the version is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this shape; [`SCHEMA`].
    pub schema: u32,
    /// Where the original is.
    pub original: OriginalFacts,
    /// The thumbnails, in the order of the presets.
    pub thumbnails: Vec<ThumbnailFacts>,
    /// A [ThumbHash](https://evanw.github.io/thumbhash/) of the original in Base64, to show while a
    /// thumbnail loads.
    pub thumbhash: String,
    /// The original's dominant colour.
    pub dominant_color: Color,
    /// When the thumbnails were complete.
    #[serde(with = "time::serde::rfc3339")]
    pub completed_at: OffsetDateTime,
}

impl Manifest {
    /// The version it is about.
    pub fn version(&self) -> OriginalVersion {
        let OriginalFacts { key, version, .. } = &self.original;
        OriginalVersion { key: key.clone(), version: version.clone() }
    }
}

/// What is known about an original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalFacts {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its version, as in [`crate::key::OriginalVersion`].
    pub version: String,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// Its size, in bytes.
    pub bytes: u64,
    /// Its width as it is looked at (orientation applied), in pixels.
    pub width: u32,
    /// Its height as it is looked at, in pixels.
    pub height: u32,
    /// Its format, as found in its bytes: `jpeg`.
    pub format: String,
    /// How many frames it has; 1 for a still image.
    pub frames: u32,
    /// Whether it is damaged, and the thumbnails show only the part that could be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// When S3 last modified it.
    #[serde(with = "time::serde::rfc3339")]
    pub last_modified: OffsetDateTime,
}

/// What is known about a thumbnail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThumbnailFacts {
    /// The name of its preset.
    pub preset: String,
    /// Its key in the thumbnails bucket.
    pub key: String,
    /// Its format.
    pub format: ThumbnailFormat,
    /// Its width, in pixels.
    pub width: u32,
    /// Its height, in pixels.
    pub height: u32,
    /// Its size, in bytes.
    pub bytes: u64,
}
