//! Records of photos in the form that the functions store.

use contract::failure::FailureRecord;
use contract::key::{Digest, OriginalVersion};
use contract::manifest::Manifest;
use contract::preset::ThumbnailFormat;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The default date of records and objects in tests.
pub const LONG_AGO: &str = "2026-01-01T00:00:00Z";

/// Returns the manifest of a version with one thumbnail, `small`. A test changes the fields that it needs.
pub fn done(original: &OriginalVersion) -> Value {
    checked::<Manifest>(json!({
        "schema": 1,
        "original": {
            "bucket": "originals", "key": original.key, "version": original.version,
            "digest": Digest::of(original.key.as_bytes()), "bytes": 1, "width": 2, "height": 2, "format": "jpeg",
            "frames": 1, "last_modified": LONG_AGO,
        },
        "thumbnails": [{
            "preset": "small", "key": original.thumbnail_key("small", ThumbnailFormat::Webp), "format": "webp",
            "width": 2, "height": 2, "bytes": 1,
        }],
        "thumbhash": "", "dominant_color": "#000000", "completed_at": LONG_AGO,
    }))
}

/// Returns the failure record of a version that is not an image.
pub fn failed(original: &OriginalVersion, message: &str) -> Value {
    checked::<FailureRecord>(json!({
        "schema": 1, "bucket": "originals", "key": original.key, "version": original.version,
        "function": "thumbnail", "reason": "not-an-image", "message": message, "event": {}, "receive_count": 1,
        "failed_at": LONG_AGO, "function_version": "1", "request_id": "r",
    }))
}

/// Returns the English alt text of a version, by a model.
pub fn alt_text(original: &OriginalVersion, alt: &str) -> Value {
    checked::<contract::alt_text::AltText>(json!({
        "schema": 1, "language": "en", "status": "accepted", "alt": alt, "decorative": false,
        "source": {"by": "model", "model": "eu.amazon.nova-lite-v1:0", "prompt_version": 1, "confidence": 90,
            "input_tokens": 1000, "output_tokens": 50, "latency_ms": 800},
        "digest": Digest::of(original.key.as_bytes()), "written_at": LONG_AGO,
    }))
}

/// Panics unless `record` can be read as a `T`.
fn checked<T: DeserializeOwned>(record: Value) -> Value {
    serde_json::from_value::<T>(record.clone()).unwrap_or_else(|error| panic!("{error}: {record:#}"));
    record
}
