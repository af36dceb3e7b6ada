//! Which format the bytes are of. The name of a file says nothing about it.

use std::fmt;

use crate::ImageError;

/// A format that originals are read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceFormat {
    /// JPEG, 8 bits a sample.
    Jpeg,
    /// PNG; of an APNG, the default image.
    Png,
    /// GIF, the first frame.
    Gif,
    /// WebP, the first frame.
    Webp,
    /// TIFF, the first page.
    Tiff,
    /// Windows and OS/2 bitmaps.
    Bmp,
    /// ICO, the largest image in it.
    Ico,
    /// AVIF.
    Avif,
}

impl SourceFormat {
    /// The name in lower case: `jpeg`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Tiff => "tiff",
            Self::Bmp => "bmp",
            Self::Ico => "ico",
            Self::Avif => "avif",
        }
    }
}

impl fmt::Display for SourceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The format, from the first bytes. What is recognised and not read is refused by its name.
pub(crate) fn sniff(original: &[u8]) -> Result<SourceFormat, ImageError> {
    let starts = |magic: &[u8]| original.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| original.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    let refuse = |format| Err(ImageError::Unsupported { format });
    if original.is_empty() {
        return Err(ImageError::Empty);
    }
    if starts(b"\xff\xd8\xff") {
        return Ok(SourceFormat::Jpeg);
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Ok(SourceFormat::Png);
    }
    if starts(b"GIF87a") || starts(b"GIF89a") {
        return Ok(SourceFormat::Gif);
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Ok(SourceFormat::Webp);
    }
    if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
        // Camera raw files are TIFFs of another kind; these two say so where it can be seen.
        if at(8, b"CR\x02") {
            return refuse("Canon raw");
        }
        return Ok(SourceFormat::Tiff);
    }
    if starts(b"BM") && original.len() >= 26 {
        return Ok(SourceFormat::Bmp);
    }
    if starts(b"\0\0\x01\0") && original.len() >= 22 && original[4..6] != [0, 0] {
        return Ok(SourceFormat::Ico);
    }
    if at(4, b"ftyp") {
        return iso_media(original);
    }
    if starts(b"\xff\x0a") || starts(b"\0\0\0\x0cJXL \r\n\x87\n") {
        return refuse("JPEG XL");
    }
    if starts(b"\0\0\0\x0cjP  \r\n\x87\n") || starts(b"\xff\x4f\xff\x51") {
        return refuse("JPEG 2000");
    }
    let others: [(&[u8], &str); 14] = [
        (b"%PDF", "PDF"),
        (b"8BPS", "PSD"),
        (b"%!PS", "PostScript"),
        (b"\xc5\xd0\xd3\xc6", "EPS"),
        (b"gimp xcf", "XCF"),
        (b"II\xbc", "JPEG XR"),
        (b"DDS ", "DDS"),
        (b"qoif", "QOI"),
        (b"farbfeld", "farbfeld"),
        (b"#?RADIANCE", "Radiance HDR"),
        (b"\x76\x2f\x31\x01", "OpenEXR"),
        (b"\x1a\x45\xdf\xa3", "Matroska video"),
        (b"FLV\x01", "Flash video"),
        (b"\0\0\x02\0", "CUR"),
    ];
    for (magic, format) in others {
        if starts(magic) {
            return refuse(format);
        }
    }
    if starts(b"RIFF") && at(8, b"AVI ") {
        return refuse("AVI video");
    }
    if let [b'P', b'1'..=b'7', space, _, ..] = original
        && space.is_ascii_whitespace()
    {
        return refuse("PNM");
    }
    let text = &original[..original.len().min(1024)];
    if memchr::memmem::find(text, b"<svg").is_some() {
        return refuse("SVG");
    }
    Err(ImageError::Unknown)
}

/// The ISO base media family by its brands: AVIF is read, its relatives are refused by name.
fn iso_media(original: &[u8]) -> Result<SourceFormat, ImageError> {
    let length = original.get(..4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let brands = original.get(8..length.clamp(8, 256).min(original.len())).unwrap_or_default();
    let mut family = "ISO media video";
    for (i, brand) in brands.chunks_exact(4).enumerate() {
        match brand {
            b"avif" | b"avis" => return Ok(SourceFormat::Avif),
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"hevm" | b"hevs" | b"mif1" | b"msf1"
            | b"mif2" => {
                family = "HEIC";
            }
            b"crx " if i == 0 => family = "Canon raw",
            b"jxl " => family = "JPEG XL",
            _ => {}
        }
    }
    Err(ImageError::Unsupported { format: family })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expect: Result<SourceFormat, &str>) {
        let found = sniff(bytes).map_err(|error| match error {
            ImageError::Unsupported { format } => format,
            other => other.code(),
        });
        assert_eq!(found, expect);
    }

    #[test]
    fn the_first_bytes_decide() {
        check(b"", Err("empty"));
        check(b"hello", Err("not-an-image"));
        check(b"\xff\xd8\xff\xe0", Ok(SourceFormat::Jpeg));
        check(b"GIF89a", Ok(SourceFormat::Gif));
        check(b"RIFF\0\0\0\0WEBPVP8 ", Ok(SourceFormat::Webp));
        check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Ok(SourceFormat::Avif));
        check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Err("HEIC"));
        check(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", Err("ISO media video"));
        check(b"\xff\x0a\0", Err("JPEG XL"));
        check(b"<?xml version='1.0'?><svg/>", Err("SVG"));
        check(b"%PDF-1.7", Err("PDF"));
        check(b"8BPS", Err("PSD"));
    }
}
