//! The source and the file name of a thumbnail to download.

use std::path::Path;

use contract::manifest::ThumbnailFacts;

use crate::photos::PhotoStore;
use crate::transfer::download::DownloadSource;

/// Returns the source of a thumbnail. Its metadata contains the SHA-256.
pub(crate) fn thumbnail_source(facts: &ThumbnailFacts, store: &PhotoStore<'_>) -> DownloadSource {
    let (bucket, key) = (store.thumbnails.to_owned(), facts.key.clone());
    DownloadSource { bucket, key, version_id: None, digest: None }
}

/// Returns the file name of a thumbnail of the photo named `name`: `cat.small.webp`.
pub(crate) fn thumbnail_file_name(name: &str, thumbnail: &ThumbnailFacts) -> String {
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    format!("{stem}.{}.{}", thumbnail.preset, thumbnail.format.extension())
}
