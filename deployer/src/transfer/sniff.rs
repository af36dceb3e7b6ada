//! Detects the type of a file from its first bytes, with the code of the functions. File names are not used.

use imaging::{ImageError, SourceFormat};

/// The number of bytes to read for sniffing.
pub(crate) const BYTES: usize = 4096;

/// The type of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// An image in a supported format.
    Image(SourceFormat),
    /// A known format that is not supported, by name.
    Refused(&'static str),
    /// Not an image.
    Other,
}

impl Sniffed {
    /// Returns the content type for the upload.
    pub(crate) fn content_type(self) -> String {
        match self {
            Self::Image(SourceFormat::Ico) => "image/vnd.microsoft.icon".to_owned(),
            Self::Image(SourceFormat::Raw) => "image/x-raw".to_owned(),
            Self::Image(format) => format!("image/{format}"),
            // Where this program was built without it.
            Self::Refused("HEIC") => "image/heic".to_owned(),
            Self::Refused("JPEG XL") => "image/jxl".to_owned(),
            Self::Refused("JPEG 2000") => "image/jp2".to_owned(),
            Self::Refused("PSD") => "image/vnd.adobe.photoshop".to_owned(),
            Self::Refused("SVG") => "image/svg+xml".to_owned(),
            Self::Refused(_) | Self::Other => "application/octet-stream".to_owned(),
        }
    }
}

/// Detects the type from the first [`BYTES`] of a file.
pub(crate) fn sniff(start: &[u8]) -> Sniffed {
    match imaging::sniff(start) {
        // Many texts start with these two letters, but the four reserved bytes are zero in every bitmap.
        Ok(SourceFormat::Bmp) if start.get(6..10) != Some(&[0; 4]) => Sniffed::Other,
        Ok(format) => Sniffed::Image(format),
        Err(ImageError::Unsupported { format }) => Sniffed::Refused(format),
        Err(_) => Sniffed::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide() {
        #[track_caller]
        fn check(start: &[u8], expect: &str) {
            let said = match sniff(start) {
                sniffed @ Sniffed::Image(_) => sniffed.content_type(),
                Sniffed::Refused(name) => format!("refused: {name}"),
                Sniffed::Other => "other".to_owned(),
            };
            assert_eq!(said, expect, "{:?}", start.escape_ascii().to_string());
        }
        check(b"\xff\xd8\xff\xe0", "image/jpeg");
        check(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0\0\0\0\0\0\0\0\0\0", "image/bmp");
        check(b"BMW is a car maker in the south of Germany", "other");
        check(b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\0\0\0\0\x16\0\0\0", "image/vnd.microsoft.icon");
        let heic = if imaging::READS_HEIC { "image/heic" } else { "refused: HEIC" };
        check(b"\0\0\0\x20ftypheic", heic);
        check(b"FUJIFILMCCD-RAW 0201", "image/x-raw");
        check(b"\xff\x0a\0", "refused: JPEG XL");
        check(b"<?xml version='1.0'?><svg>", "refused: SVG");
        check(b"hello", "other");
        check(b"", "other");
        check(&[0; 4096], "other");
    }
}
