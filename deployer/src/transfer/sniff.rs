//! What a file is by its first bytes. The handlers decide by the bytes, too: a name proves nothing.

/// How many of a file's first bytes are looked at.
pub(crate) const BYTES: usize = 512;

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// An image that thumbnails are made of, with its media type.
    Image(&'static str),
    /// An image of a format that is refused, with the format's name and media type.
    Refused(&'static str, &'static str),
    /// Not an image.
    Other,
}

impl Sniffed {
    /// The media type to store the file under.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Image(media_type) | Self::Refused(_, media_type) => media_type,
            Self::Other => "application/octet-stream",
        }
    }
}

/// Looks at the first [`BYTES`] of a file.
pub(crate) fn sniff(start: &[u8]) -> Sniffed {
    let at = |offset: usize, magic: &[u8]| start.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if at(0, b"\xff\xd8\xff") {
        Sniffed::Image("image/jpeg")
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        Sniffed::Image("image/png")
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Sniffed::Image("image/gif")
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Sniffed::Image("image/webp")
    } else if at(0, b"II*\0") || at(0, b"MM\0*") || at(0, b"II+\0") || at(0, b"MM\0+") {
        Sniffed::Image("image/tiff")
    // Two letters alone begin many a text; the four reserved bytes are zero in every bitmap.
    } else if at(0, b"BM") && at(6, b"\0\0\0\0") {
        Sniffed::Image("image/bmp")
    } else if at(0, b"\0\0\x01\0") && start.get(4..6).is_some_and(|count| count != b"\0\0") {
        Sniffed::Image("image/vnd.microsoft.icon")
    } else if at(4, b"ftyp") {
        match start.get(8..12) {
            Some(b"avif" | b"avis") => Sniffed::Image("image/avif"),
            Some(b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1") => {
                if start.windows(4).take(64).any(|brand| brand == b"avif") {
                    Sniffed::Image("image/avif")
                } else {
                    Sniffed::Refused("HEIC", "image/heic")
                }
            }
            _ => Sniffed::Other,
        }
    } else if at(0, b"\xff\x0a") || at(0, b"\0\0\0\x0cJXL \r\n\x87\n") {
        Sniffed::Refused("JPEG XL", "image/jxl")
    } else if at(0, b"\0\0\0\x0cjP  ") || at(0, b"\xff\x4f\xff\x51") {
        Sniffed::Refused("JPEG 2000", "image/jp2")
    } else if at(0, b"8BPS") {
        Sniffed::Refused("Photoshop", "image/vnd.adobe.photoshop")
    } else if is_svg(start) {
        Sniffed::Refused("SVG", "image/svg+xml")
    } else {
        Sniffed::Other
    }
}

fn is_svg(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let is_markup =
        text.starts_with(b"<?xml") || text.starts_with(b"<!--") || text.starts_with(b"<!DOCTYPE svg");
    text.starts_with(b"<svg") || (is_markup && text.windows(4).any(|tag| tag == b"<svg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide() {
        #[track_caller]
        fn check(start: &[u8], expect: &str) {
            let said = match sniff(start) {
                Sniffed::Image(media_type) => media_type.to_owned(),
                Sniffed::Refused(name, _) => format!("refused: {name}"),
                Sniffed::Other => "other".to_owned(),
            };
            assert_eq!(said, expect, "{:?}", start.escape_ascii().to_string());
        }
        check(b"\xff\xd8\xff\xe0", "image/jpeg");
        check(b"\x89PNG\r\n\x1a\n", "image/png");
        check(b"GIF89a", "image/gif");
        check(b"RIFF\0\0\0\0WEBPVP8 ", "image/webp");
        check(b"RIFF\0\0\0\0WAVE", "other");
        check(b"II*\0\x08\0\0\0", "image/tiff");
        check(b"BM\x36\0\0\0\0\0\0\0\x36", "image/bmp");
        check(b"BMW is a car maker", "other");
        check(b"\0\0\x01\0\x01\0", "image/vnd.microsoft.icon");
        check(b"\0\0\0\x20ftypavif", "image/avif");
        check(b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif", "image/avif");
        check(b"\0\0\0\x20ftypheic", "refused: HEIC");
        check(b"\0\0\0\x20ftypmp42", "other");
        check(b"<?xml version='1.0'?><svg>", "refused: SVG");
        check(b"<?xml version='1.0'?><html>", "other");
        check(b"\xff\x0a", "refused: JPEG XL");
        check(b"hello", "other");
        check(b"", "other");
    }
}
