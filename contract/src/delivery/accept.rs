//! The header `Accept`, reduced to three forms.

use crate::preset::ThumbnailFormat;

/// The formats that a client shows besides JPEG. A distribution reduces the header to one of these forms, so that it
/// caches at most three responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptedFormats {
    /// AVIF and WebP.
    Avif,
    /// WebP.
    Webp,
    /// No other format.
    Jpeg,
}

impl AcceptedFormats {
    /// Reads the value of the header `Accept`. A wildcard does not count as a format, because a client that sends it
    /// may show none of them. The CloudFront Function in templates/delivery.yaml has the same rules.
    pub fn from_header(accept: &str) -> Self {
        let accept = accept.to_ascii_lowercase();
        let names = |wanted: &str| {
            accept.split(',').any(|range| {
                let mut parts = range.split(';').map(str::trim);
                // RFC 9110, 12.4.2: a weight of 0 means "not acceptable".
                parts.next() == Some(wanted)
                    && !parts.any(|part| matches!(part, "q=0" | "q=0." | "q=0.0" | "q=0.00" | "q=0.000"))
            })
        };
        match (names("image/avif"), names("image/webp")) {
            (true, _) => Self::Avif,
            (false, true) => Self::Webp,
            (false, false) => Self::Jpeg,
        }
    }

    /// Returns the best format that the client shows. `writes_avif` is whether the program can write AVIF.
    pub fn best(self, writes_avif: bool) -> ThumbnailFormat {
        match self {
            Self::Avif if writes_avif => ThumbnailFormat::Avif,
            Self::Avif | Self::Webp => ThumbnailFormat::Webp,
            Self::Jpeg => ThumbnailFormat::Jpeg,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_the_best_format_that_they_name() {
        let chrome = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
        for (accept, expect) in [
            (chrome, AcceptedFormats::Avif),
            ("image/webp,image/png,image/svg+xml,image/*;q=0.8", AcceptedFormats::Webp),
            ("Image/WebP ; q=0.5", AcceptedFormats::Webp),
            ("image/webp;q=0", AcceptedFormats::Jpeg),
            ("image/avif;q=0.000, image/webp", AcceptedFormats::Webp),
            ("image/avif; Q=0, image/webp; q=0.001", AcceptedFormats::Webp),
            ("image/avif-sequence, x-image/webp", AcceptedFormats::Jpeg),
            ("*/*", AcceptedFormats::Jpeg),
            ("", AcceptedFormats::Jpeg),
        ] {
            assert_eq!(AcceptedFormats::from_header(accept), expect, "{accept}");
        }
        assert_eq!(AcceptedFormats::Avif.best(false), ThumbnailFormat::Webp);
    }
}
