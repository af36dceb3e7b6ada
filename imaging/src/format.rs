//! Which format the bytes are of. The name of a file says nothing about it.

use std::fmt;

use crate::decode::raw;
use crate::{ImageError, READS_HEIC};

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
    /// HEIC: what phones take photographs in.
    Heic,
    /// Raw files of cameras, the largest preview.
    Raw,
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
            Self::Heic => "heic",
            Self::Raw => "raw",
        }
    }
}

impl fmt::Display for SourceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The format, from the first bytes. What is recognised and not read is refused by its name.
pub fn sniff(original: &[u8]) -> Result<SourceFormat, ImageError> {
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
    if raw::name(original).is_some() {
        return Ok(SourceFormat::Raw);
    }
    if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
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
    let others: [(&[u8], &str); 18] = [
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
        (b"\x8aMNG\r\n\x1a\n", "MNG"),
        (b"\x8bJNG\r\n\x1a\n", "JNG"),
        (b"\0\0\x01\xba", "MPEG video"),
        (b"\0\0\x01\xb3", "MPEG video"),
        (b"icns", "ICNS"),
    ];
    for (magic, format) in others {
        if starts(magic) {
            return refuse(format);
        }
    }
    if starts(b"RIFF") && at(8, b"AVI ") {
        return refuse("AVI video");
    }
    // Packets of 188 bytes, each with a sign at its beginning, and on some discs a time before it.
    if [0, 4].iter().any(|start| (0..4).all(|packet| at(start + packet * (188 + start), b"G"))) {
        return refuse("MPEG video");
    }
    // The boxes that QuickTime begins with where nothing says so. The size before them is no text.
    if original[0] < 0x20 && [b"moov", b"mdat", b"wide", b"free", b"skip"].iter().any(|kind| at(4, *kind)) {
        return refuse("QuickTime video");
    }
    if starts(b"\0\0\x02\0") && original.len() >= 22 && original[4..6] != [0, 0] && original[9] == 0 {
        return refuse("CUR");
    }
    // Nothing stands at the beginning of a TGA but what it is made of: no color map, true color, plain or in runs.
    let is_tga = matches!(original, [0, 0, 2 | 10, 0, 0, 0, 0, 0, ..])
        && original.get(16).is_some_and(|bits| matches!(bits, 15 | 16 | 24 | 32));
    if is_tga || original.ends_with(b"TRUEVISION-XFILE.\0") {
        return refuse("TGA");
    }
    if let [b'P', b'1'..=b'7', space, _, ..] = original
        && space.is_ascii_whitespace()
    {
        return refuse("PNM");
    }
    if let Some(format) = markup(&original[..original.len().min(4096)]) {
        return refuse(format);
    }
    // Readers of PDF pass over what mail and printers put before it.
    if memchr::memmem::find(&original[..original.len().min(1024 + 5)], b"%PDF-").is_some() {
        return refuse("PDF");
    }
    Err(ImageError::Unknown)
}

/// SVG or HTML, by the first element of a text in UTF-8 or UTF-16.
fn markup(text: &[u8]) -> Option<&'static str> {
    let narrow: Vec<u8> = match text {
        // All that matters here is ASCII.
        [0xff, 0xfe, rest @ ..] => rest.iter().step_by(2).copied().collect(),
        [0xfe, 0xff, rest @ ..] => rest.iter().skip(1).step_by(2).copied().collect(),
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        _ => text.to_vec(),
    };
    let mut rest = narrow.trim_ascii_start();
    loop {
        let lower = |length: usize| rest[..rest.len().min(length)].to_ascii_lowercase();
        if lower(14) == b"<!doctype html" || lower(5) == b"<html" {
            return Some("HTML");
        }
        if rest.starts_with(b"<svg") {
            return Some("SVG");
        }
        // What may stand before the first element, and where it ends. A type may list entities in brackets.
        let end: &[u8] = match rest {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', ..] if rest.iter().find(|byte| matches!(byte, b'[' | b'>')) == Some(&b'[') => b"]>",
            [b'<', b'!', ..] => b">",
            _ => return None,
        };
        let end = memchr::memmem::find(rest, end)? + end.len();
        rest = rest[end..].trim_ascii_start();
    }
}

/// The ISO base media family by its brands: AVIF and HEIC are read, their relatives are refused by name.
fn iso_media(original: &[u8]) -> Result<SourceFormat, ImageError> {
    let length = original.get(..4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let brands = original.get(8..length.clamp(8, 256).min(original.len())).unwrap_or_default();
    let mut family = "ISO media video";
    let mut is_heic = false;
    for brand in brands.chunks_exact(4) {
        match brand {
            b"avif" | b"avis" => return Ok(SourceFormat::Avif),
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"hevm" | b"hevs" | b"mif1" | b"msf1"
            | b"mif2" => is_heic = true,
            b"jxl " => family = "JPEG XL",
            _ => {}
        }
    }
    match (is_heic, READS_HEIC) {
        (true, true) => Ok(SourceFormat::Heic),
        (true, false) => Err(ImageError::Unsupported { format: "HEIC" }),
        (false, _) => Err(ImageError::Unsupported { format: family }),
    }
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
        let heic = if READS_HEIC { Ok(SourceFormat::Heic) } else { Err("HEIC") };
        check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", heic);
        check(b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc", heic);
        check(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", Err("ISO media video"));
        check(b"\xff\x0a\0", Err("JPEG XL"));
        check(b"<?xml version='1.0'?><svg/>", Err("SVG"));
        check(b"%PDF-1.7", Err("PDF"));
        check(b"8BPS", Err("PSD"));
        check(b"\x8aMNG\r\n\x1a\n", Err("MNG"));
        check(b"\x8bJNG\r\n\x1a\n", Err("JNG"));
        check(b"FUJIFILMCCD-RAW 0201", Ok(SourceFormat::Raw));
        check(b"IIRO\x08\0\0\0", Ok(SourceFormat::Raw));
        check(b"IIU\0\x18\0\0\0", Ok(SourceFormat::Raw));
        check(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", Ok(SourceFormat::Raw));
        check(b"PK\x03\x04", Err("not-an-image"));
        check(b"\x1f\x8b\x08", Err("not-an-image"));
    }

    #[test]
    fn videos_have_their_names() {
        check(b"\0\0\x01\xba\x44", Err("MPEG video"));
        let packets = |before: usize| [&vec![0; before][..], b"G", &[7; 187]].concat().repeat(4);
        check(&packets(0), Err("MPEG video"));
        check(&packets(4), Err("MPEG video"));
        check(&b"Gains and losses".repeat(60), Err("not-an-image"));
        check(b"\0\0\0\x08wide\0\0\x10\0mdat", Err("QuickTime video"));
        check(b"\0\0\x10\0moov", Err("QuickTime video"));
        check(b"Oil-free cooking", Err("not-an-image"));
    }

    #[test]
    fn the_first_element_of_a_text_decides() {
        check(b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>", Err("SVG"));
        check(b"<!-- a <b> --><!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg/>", Err("SVG"));
        check(b"<!DOCTYPE svg PUBLIC 'a' 'b'><svg/>", Err("SVG"));
        check(b"<!doctype HTML><p><svg/>", Err("HTML"));
        check(b"<!-- saved --><HTML><svg/>", Err("HTML"));
        check(b"<p>An icon: <svg/>", Err("not-an-image"));
        check(b"Write <svg> first", Err("not-an-image"));
        for to_bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
            let text: Vec<u8> =
                "\u{feff}<?xml version='1.0'?><svg/>".encode_utf16().flat_map(to_bytes).collect();
            check(&text, Err("SVG"));
        }
    }

    #[test]
    fn a_pdf_may_have_something_before_it() {
        check(&[&[b' '; 1000][..], b"%PDF-1.4"].concat(), Err("PDF"));
        check(&[&[b' '; 1100][..], b"%PDF-1.4"].concat(), Err("not-an-image"));
    }

    #[test]
    fn a_targa_is_no_cursor() {
        let mut targa = [0; 40];
        (targa[2], targa[12], targa[14], targa[16]) = (2, 3, 2, 24);
        check(&targa, Err("TGA"));
        let mut cursor = [0; 40];
        (cursor[2], cursor[4], cursor[6], cursor[7]) = (2, 1, 32, 32);
        check(&cursor, Err("CUR"));
        check(&[0; 40], Err("not-an-image"));
    }
}
