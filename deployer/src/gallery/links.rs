//! Links: where a page's links lead, on the server or in an export. All are relative and fully percent-encoded, so no
//! name can lead out of its place.

use contract::manifest::ThumbnailFacts;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::gallery::photo::Photo;

/// What a page is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// The server, where texts can be corrected.
    Live,
    /// A folder of files.
    Export,
}

impl Site {
    /// The newest photos.
    pub(crate) fn home(self) -> &'static str {
        match self {
            Self::Live => "./",
            Self::Export => "index.html",
        }
    }

    /// The page that answers a search.
    pub(crate) fn search(self) -> &'static str {
        match self {
            Self::Live => "./",
            Self::Export => "search.html",
        }
    }

    /// The page of `photo`.
    pub(crate) fn photo(self, photo: &Photo) -> String {
        match self {
            Self::Live => format!("photo?key={}", encode(&photo.original.key)),
            Self::Export => format!("{}.html", photo.id()),
        }
    }

    /// The bytes of `thumbnail` of `photo`.
    pub(crate) fn thumbnail(self, photo: &Photo, thumbnail: &ThumbnailFacts) -> String {
        match self {
            Self::Live => format!("thumbnail?key={}", encode(&thumbnail.key)),
            Self::Export => exported(photo, thumbnail),
        }
    }
}

/// The path of a thumbnail in an export. Presets have plain names.
pub(crate) fn exported(photo: &Photo, thumbnail: &ThumbnailFacts) -> String {
    format!("thumbnails/{}-{}.{}", photo.id(), thumbnail.preset, thumbnail.format.extension())
}

/// `text` as a value in a query.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
