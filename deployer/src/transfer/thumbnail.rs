//! Thumbnails as they are downloaded: where each is, and what its file is called.

use std::path::Path;

use contract::manifest::ThumbnailFacts;

use crate::photos::PhotoStore;
use crate::transfer::download::Source;

/// A thumbnail, whose SHA-256 stands in its metadata.
pub(crate) fn source_of(facts: &ThumbnailFacts, catalog: &PhotoStore<'_>) -> Source {
    let (bucket, key) = (catalog.thumbnails.to_owned(), facts.key.clone());
    Source { bucket, key, version_id: None, digest: None }
}

/// The file name for a thumbnail of the photo called `name`: `cat.small.webp`.
pub(crate) fn file_name(name: &str, thumbnail: &ThumbnailFacts) -> String {
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    format!("{stem}.{}.{}", thumbnail.preset, thumbnail.format.extension())
}
