//! The links of pages on the server and in an export. All are relative and fully percent-encoded, so that no name can
//! escape its path, except those of pictures that a distribution delivers.

use contract::delivery::Address;
use contract::manifest::ThumbnailFacts;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::gallery::photo::GalleryPhoto;

/// The kind of site of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// The server, where alt texts can be edited.
    Live,
    /// A folder of files.
    Export,
}

impl Site {
    /// Returns the link to the newest photos.
    pub(crate) fn home(self) -> &'static str {
        match self {
            Self::Live => "./",
            Self::Export => "index.html",
        }
    }

    /// Returns the link to the search results.
    pub(crate) fn search(self) -> &'static str {
        match self {
            Self::Live => "./",
            Self::Export => "search.html",
        }
    }

    /// Returns the link to the page of `photo`.
    pub(crate) fn photo(self, photo: &GalleryPhoto) -> String {
        match self {
            Self::Live => format!("photo?key={}", encode_query_value(&photo.original.key)),
            Self::Export => format!("{}.html", photo.id()),
        }
    }

    /// Returns the link to `thumbnail` of `photo`.
    pub(crate) fn thumbnail(self, photo: &GalleryPhoto, thumbnail: &ThumbnailFacts) -> String {
        match (self, &photo.delivery) {
            (_, Some(base)) => format!("{base}{}", Address::for_thumbnail(&thumbnail.key)),
            (Self::Live, None) => own_thumbnail(thumbnail),
            (Self::Export, None) => export_path(photo, thumbnail),
        }
    }

    /// Returns the link to `thumbnail` of `photo` for a browser that cannot load it from the distribution, or `None` if
    /// there is no other link.
    pub(crate) fn fallback(self, photo: &GalleryPhoto, thumbnail: &ThumbnailFacts) -> Option<String> {
        (self == Self::Live && photo.delivery.is_some()).then(|| own_thumbnail(thumbnail))
    }
}

/// Returns the link to a thumbnail that the server sends itself.
fn own_thumbnail(thumbnail: &ThumbnailFacts) -> String {
    format!("thumbnail?key={}", encode_query_value(&thumbnail.key))
}

/// Returns the path of a thumbnail in an export. The names of presets need no encoding.
pub(crate) fn export_path(photo: &GalleryPhoto, thumbnail: &ThumbnailFacts) -> String {
    format!("thumbnails/{}-{}.{}", photo.id(), thumbnail.preset, thumbnail.format.extension())
}

/// Encodes `text` as a value in a query.
pub(crate) fn encode_query_value(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
