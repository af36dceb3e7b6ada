//! The manifest: the record of a version that has its thumbnails.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::key::{Digest, OriginalVersion};
use crate::preset::{Color, ThumbnailFormat};

/// The version of the schema of the records.
pub const SCHEMA: u32 = 1;

/// One version of an original and its thumbnails, stored at [`OriginalVersion::done_key`].
///
/// The function stores it after all thumbnails. If it exists, the version is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the schema of this record: [`SCHEMA`].
    pub schema: u32,
    /// The original.
    pub original: OriginalFacts,
    /// The thumbnails, in the order of the presets.
    pub thumbnails: Vec<ThumbnailFacts>,
    /// A [ThumbHash](https://evanw.github.io/thumbhash/) of the original in Base64, to show while a
    /// thumbnail loads.
    pub thumbhash: String,
    /// The dominant color of the original.
    pub dominant_color: Color,
    /// When the thumbnails were complete.
    #[serde(with = "time::serde::rfc3339")]
    pub completed_at: OffsetDateTime,
}

impl Manifest {
    /// Returns the version that the manifest is about.
    pub fn version(&self) -> OriginalVersion {
        let OriginalFacts { key, version, .. } = &self.original;
        OriginalVersion { key: key.clone(), version: version.clone() }
    }
}

/// An original.
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
    /// Its width with its orientation applied, in pixels.
    pub width: u32,
    /// Its height with its orientation applied, in pixels.
    pub height: u32,
    /// Its format, detected from its bytes: `jpeg`.
    pub format: String,
    /// The number of its frames; 1 for a still image.
    pub frames: u32,
    /// Whether the thumbnails show only the readable part, because the rest is damaged or not supported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// When S3 last modified it.
    #[serde(with = "time::serde::rfc3339")]
    pub last_modified: OffsetDateTime,
}

/// A thumbnail.
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
    /// How many frames it has; 1 for a still picture.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub frames: u32,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(frames: &u32) -> bool {
    *frames == 1
}
