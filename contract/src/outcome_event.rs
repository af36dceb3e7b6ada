//! The outcome event: an event on the account's default EventBridge bus that reports the outcome for a version.
//!
//! `docs/events/` has the JSON schema of each detail. We may add a field without a new [`SCHEMA`], but we do not rename
//! or remove any.

use serde::{Deserialize, Serialize};

use crate::alt_text::{AltText, Status};
use crate::delivery::Address;
use crate::key::OriginalVersion;
use crate::manifest::{Manifest, ThumbnailFacts};
use crate::preset::{Color, ThumbnailFormat};

/// The version of the shape of the details.
pub const SCHEMA: u32 = 1;

/// The source of every outcome event.
pub const SOURCE: &str = "thumbnail-generator";

/// The maximum number of characters of the message in the event of a failure.
const MAX_MESSAGE_CHARS: usize = 1000;

/// An outcome, as the detail of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum OutcomeEvent {
    /// A version has all its thumbnails.
    ThumbnailsReady(ThumbnailsReady),
    /// A version cannot have thumbnails.
    ThumbnailsFailed(FailureDetail),
    /// The thumbnails of a version are deleted.
    ThumbnailsRemoved(ThumbnailsRemoved),
    /// A version has its alt texts.
    AltTextReady(AltTextReady),
    /// A version cannot have alt texts.
    AltTextFailed(FailureDetail),
}

/// The detail types, in the order of the variants of [`OutcomeEvent`].
pub const DETAIL_TYPES: [&str; 5] =
    ["Thumbnails Ready", "Thumbnails Failed", "Thumbnails Removed", "Alt Text Ready", "Alt Text Failed"];

impl OutcomeEvent {
    /// Returns the detail type of the event.
    pub fn detail_type(&self) -> &'static str {
        let [ready, failed, removed, alt_text_ready, alt_text_failed] = DETAIL_TYPES;
        match self {
            Self::ThumbnailsReady(_) => ready,
            Self::ThumbnailsFailed(_) => failed,
            Self::ThumbnailsRemoved(_) => removed,
            Self::AltTextReady(_) => alt_text_ready,
            Self::AltTextFailed(_) => alt_text_failed,
        }
    }
}

/// The detail of `Thumbnails Ready`: all thumbnails of a version are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThumbnailsReady {
    /// The version of this schema.
    pub schema: u32,
    /// The name of the stack.
    pub stack: String,
    /// The original.
    pub original: EventOriginal,
    /// The thumbnails bucket.
    pub thumbnails_bucket: String,
    /// The thumbnails, in the order of the presets.
    pub thumbnails: Vec<EventThumbnail>,
    /// The placeholder that a page shows while a thumbnail loads.
    pub placeholder: Placeholder,
}

/// The detail of `Thumbnails Failed` or `Alt Text Failed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailureDetail {
    /// The version of this schema.
    pub schema: u32,
    /// The name of the stack.
    pub stack: String,
    /// The original.
    pub original: EventOriginal,
    /// The reason as a stable code: `not-an-image`, `too-many-pixels`, `dead-letter`.
    pub reason: String,
    /// The reason as a sentence of up to 1,000 characters.
    pub message: String,
}

/// The detail of `Thumbnails Removed`: the thumbnails of a version are deleted, because its original is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThumbnailsRemoved {
    /// The version of this schema.
    pub schema: u32,
    /// The name of the stack.
    pub stack: String,
    /// The original.
    pub original: EventOriginal,
}

/// The detail of `Alt Text Ready`: a version has an alt text in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AltTextReady {
    /// The version of this schema.
    pub schema: u32,
    /// The name of the stack.
    pub stack: String,
    /// The original.
    pub original: EventOriginal,
    /// The alt texts, in the order of the configured languages.
    pub texts: Vec<EventAltText>,
}

/// A version of an original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Original"))]
pub struct EventOriginal {
    /// The bucket of the original.
    pub bucket: String,
    /// The key of the original.
    pub key: String,
    /// The version ID of the original; in a bucket without versions, `etag-` followed by the entity tag.
    pub version: String,
    /// The SHA-256 of the original, if it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The size of the original, in bytes, if it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The width of the original with the orientation applied, in pixels; only in `Thumbnails Ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// The height of the original with the orientation applied, in pixels; only in `Thumbnails Ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

impl EventOriginal {
    /// Returns the version of an original in `bucket`, without its digest, size, width, and height.
    pub fn from_version(bucket: &str, version: &OriginalVersion) -> Self {
        Self {
            bucket: bucket.to_owned(),
            key: version.key.clone(),
            version: version.version.clone(),
            digest: None,
            bytes: None,
            width: None,
            height: None,
        }
    }
}

/// A thumbnail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Thumbnail"))]
pub struct EventThumbnail {
    /// The name of the preset.
    pub preset: String,
    /// The key of the thumbnail in the thumbnails bucket.
    pub key: String,
    /// The format of the thumbnail.
    pub format: ThumbnailFormat,
    /// The width of the thumbnail, in pixels.
    pub width: u32,
    /// The height of the thumbnail, in pixels.
    pub height: u32,
    /// The size of the thumbnail, in bytes.
    pub bytes: u64,
    /// The URL of the thumbnail, which always shows this version, if the stack delivers thumbnails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl EventThumbnail {
    /// Returns the thumbnail with `facts`, delivered at addresses that begin with `delivery`.
    fn from_facts(facts: ThumbnailFacts, delivery: Option<&str>) -> Self {
        let ThumbnailFacts { preset, key, format, width, height, bytes, frames: _ } = facts;
        let url = delivery.map(|base| format!("{base}{}", Address::for_thumbnail(&key)));
        Self { preset, key, format, width, height, bytes, url }
    }
}

/// The placeholder that a page shows while a thumbnail loads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Placeholder {
    /// A [ThumbHash](https://evanw.github.io/thumbhash/) of the original in Base64.
    pub thumbhash: String,
    /// The dominant color of the original: `#ae2d10`.
    pub dominant_color: Color,
}

/// An alt text in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Text"))]
pub struct EventAltText {
    /// The language as a BCP 47 tag: `en`, `pt-BR`.
    pub language: String,
    /// Whether the text can be used.
    pub status: Status,
    /// The text; empty for a decorative photo, and for a text that cannot be used.
    pub alt: String,
    /// Whether the photo is decorative, so that a page shows it with an empty `alt`.
    pub decorative: bool,
}

impl From<&AltText> for EventAltText {
    fn from(text: &AltText) -> Self {
        Self {
            language: text.language.clone(),
            status: text.status,
            alt: text.alt.clone(),
            decorative: text.decorative,
        }
    }
}

/// The stack whose functions send events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSender {
    /// The name of the stack.
    pub stack: String,
}

impl EventSender {
    /// Returns the event which reports that the thumbnails in `manifest` are stored in `thumbnails_bucket`, and are
    /// delivered at addresses that begin with `delivery`.
    pub fn thumbnails_ready(
        &self,
        manifest: Manifest,
        thumbnails_bucket: &str,
        delivery: Option<&str>,
    ) -> OutcomeEvent {
        let version = manifest.version();
        let Manifest { original: facts, thumbnails, thumbhash, dominant_color, .. } = manifest;
        let named = EventOriginal::from_version(&facts.bucket, &version);
        OutcomeEvent::ThumbnailsReady(ThumbnailsReady {
            schema: SCHEMA,
            stack: self.stack.clone(),
            original: EventOriginal {
                digest: Some(facts.digest.as_str().to_owned()),
                bytes: Some(facts.bytes),
                width: Some(facts.width),
                height: Some(facts.height),
                ..named
            },
            thumbnails_bucket: thumbnails_bucket.to_owned(),
            thumbnails: thumbnails
                .into_iter()
                .map(|facts| EventThumbnail::from_facts(facts, delivery))
                .collect(),
            placeholder: Placeholder { thumbhash, dominant_color },
        })
    }

    /// Returns the detail of the event which reports that `original` has failed. `message` explains the `reason` to
    /// people.
    pub fn failed(&self, original: EventOriginal, reason: &str, message: &str) -> FailureDetail {
        let message = message.chars().take(MAX_MESSAGE_CHARS).collect();
        FailureDetail {
            schema: SCHEMA,
            stack: self.stack.clone(),
            original,
            reason: reason.to_owned(),
            message,
        }
    }

    /// Returns the event which reports that the thumbnails of `original` are deleted.
    pub fn thumbnails_removed(&self, original: EventOriginal) -> OutcomeEvent {
        OutcomeEvent::ThumbnailsRemoved(ThumbnailsRemoved {
            schema: SCHEMA,
            stack: self.stack.clone(),
            original,
        })
    }

    /// Returns the event which reports that `original` has the alt texts `texts`.
    pub fn alt_text_ready(&self, original: EventOriginal, texts: Vec<EventAltText>) -> OutcomeEvent {
        OutcomeEvent::AltTextReady(AltTextReady {
            schema: SCHEMA,
            stack: self.stack.clone(),
            original,
            texts,
        })
    }
}
