//! Detects the format of a file from its bytes. The name of the file is not considered.

use std::fmt;

use crate::decode::raw;
use crate::{ImageError, READS_HEIC, READS_JPEG_XL, READS_SVG, unsupported};

/// A format in which originals can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceFormat {
    /// JPEG, with any number of bits per sample.
    Jpeg,
    /// PNG, still or animated (APNG).
    Png,
    /// GIF, still or animated.
    Gif,
    /// WebP, still or animated.
    Webp,
    /// The first page of a TIFF.
    Tiff,
    /// Bitmaps of Windows and OS/2.
    Bmp,
    /// The largest image of an ICO.
    Ico,
    /// AVIF, still or animated.
    Avif,
    /// HEIC, the format in which phones store photographs.
    Heic,
    /// The largest preview of a camera's raw file.
    Raw,
    /// JPEG 2000.
    Jp2,
    /// The first frame of a JPEG XL.
    Jxl,
    /// The merged layers of a PSD or PSB of Adobe Photoshop.
    Psd,
    /// PBM, PGM, PPM, and PAM.
    Pnm,
    /// QOI.
    Qoi,
    /// TGA.
    Tga,
    /// Radiance HDR.
    Hdr,
    /// The first red, green, and blue layer of an OpenEXR.
    Exr,
    /// The first texture of a DDS.
    Dds,
    /// SVG, without text and embedded pictures.
    Svg,
}

/// The content type of unknown files.
const UNKNOWN_CONTENT_TYPE: &str = "application/octet-stream";

impl SourceFormat {
    /// Returns the name in lower case, such as `jpeg`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// Returns the content type.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        self.names().1
    }

    /// Returns the name in messages, such as `JPEG 2000`.
    pub(crate) fn display_name(self) -> &'static str {
        self.names().2
    }

    /// Returns the name in lower case, the content type, and the name in messages.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Jpeg => ("jpeg", "image/jpeg", "JPEG"),
            Self::Png => ("png", "image/png", "PNG"),
            Self::Gif => ("gif", "image/gif", "GIF"),
            Self::Webp => ("webp", "image/webp", "WebP"),
            Self::Tiff => ("tiff", "image/tiff", "TIFF"),
            Self::Bmp => ("bmp", "image/bmp", "BMP"),
            Self::Ico => ("ico", "image/vnd.microsoft.icon", "ICO"),
            Self::Avif => ("avif", "image/avif", "AVIF"),
            Self::Heic => ("heic", "image/heic", "HEIC"),
            Self::Raw => ("raw", "image/x-raw", "camera raw"),
            Self::Jp2 => ("jp2", "image/jp2", "JPEG 2000"),
            Self::Jxl => ("jxl", "image/jxl", "JPEG XL"),
            Self::Psd => ("psd", "image/vnd.adobe.photoshop", "PSD"),
            Self::Pnm => ("pnm", "image/x-portable-anymap", "PNM"),
            Self::Qoi => ("qoi", "image/qoi", "QOI"),
            Self::Tga => ("tga", "image/x-tga", "TGA"),
            Self::Hdr => ("hdr", "image/vnd.radiance", "Radiance HDR"),
            Self::Exr => ("exr", "image/x-exr", "OpenEXR"),
            Self::Dds => ("dds", "image/vnd-ms.dds", "DDS"),
            Self::Svg => ("svg", "image/svg+xml", "SVG"),
        }
    }
}

impl fmt::Display for SourceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.display_name())
    }
}

/// Returns the content type of any file, detected from its first bytes.
#[must_use]
pub fn content_type(start: &[u8]) -> &'static str {
    match sniff(start) {
        Ok(format) => format.content_type(),
        Err(ImageError::Unsupported { format }) => match format {
            "HEIC" => "image/heic",
            "JPEG XL" => "image/jxl",
            "PDF" => "application/pdf",
            "SVG" => "image/svg+xml",
            _ => UNKNOWN_CONTENT_TYPE,
        },
        Err(_) => UNKNOWN_CONTENT_TYPE,
    }
}

/// Detects the format from the first bytes.
///
/// # Errors
///
/// Returns [`ImageError::Unsupported`] with the name of the format if it is known but not supported,
/// [`ImageError::Empty`] if there are no bytes, and [`ImageError::Unknown`] otherwise.
pub fn sniff(original: &[u8]) -> Result<SourceFormat, ImageError> {
    let starts = |magic: &[u8]| original.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| original.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    let unsupported = |format| Err(ImageError::Unsupported { format });
    if original.is_empty() {
        return Err(ImageError::Empty);
    }
    if starts(b"\xff\xd8\xff") {
        return Ok(SourceFormat::Jpeg);
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return if at(12, b"CgBI") { unsupported("PNG for iOS (CgBI)") } else { Ok(SourceFormat::Png) };
    }
    if starts(b"GIF87a") || starts(b"GIF89a") {
        return Ok(SourceFormat::Gif);
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Ok(SourceFormat::Webp);
    }
    if raw::kind_of_raw(original).is_some() {
        return Ok(SourceFormat::Raw);
    }
    if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
        return Ok(SourceFormat::Tiff);
    }
    // Many texts begin with BM. In a bitmap, the upper half of the length of the next header is zero.
    if starts(b"BM") && original.len() >= 26 && at(16, &[0, 0]) || is_bitmap(original) {
        return Ok(SourceFormat::Bmp);
    }
    if starts(b"\0\0\x01\0") && original.len() >= 22 && original[4..6] != [0, 0] {
        return Ok(SourceFormat::Ico);
    }
    if at(4, b"ftyp") {
        return iso_media(original);
    }
    if starts(b"\xff\x0a") || starts(b"\0\0\0\x0cJXL \r\n\x87\n") {
        return if READS_JPEG_XL { Ok(SourceFormat::Jxl) } else { unsupported("JPEG XL") };
    }
    if starts(b"\0\0\0\x0cjP  \r\n\x87\n") || starts(b"\xff\x4f\xff\x51") {
        return if at(20, b"mjp2") { unsupported("Motion JPEG 2000 video") } else { Ok(SourceFormat::Jp2) };
    }
    let rare: [(&[u8], SourceFormat); 6] = [
        (b"8BPS\0", SourceFormat::Psd),
        (b"qoif", SourceFormat::Qoi),
        (b"#?RADIANCE", SourceFormat::Hdr),
        (b"#?RGBE", SourceFormat::Hdr),
        (b"\x76\x2f\x31\x01", SourceFormat::Exr),
        (b"DDS ", SourceFormat::Dds),
    ];
    if let Some((_, format)) = rare.iter().find(|(magic, _)| starts(magic)) {
        return Ok(*format);
    }
    if is_pnm(original) {
        return Ok(SourceFormat::Pnm);
    }
    if is_tga(original) {
        return Ok(SourceFormat::Tga);
    }
    match markup(&original[..original.len().min(4096)]) {
        Some("SVG") if READS_SVG => return Ok(SourceFormat::Svg),
        Some(format) => return unsupported(format),
        None => {}
    }
    unsupported::name(original).map_or(Err(ImageError::Unknown), unsupported)
}

/// Returns whether the file begins with the header of a PNM, and not with a text that starts with P and a
/// digit.
fn is_pnm(original: &[u8]) -> bool {
    match original {
        [b'P', b'7', b'\n', rest @ ..] => [&b"WIDTH"[..], b"HEIGHT", b"DEPTH", b"MAXVAL", b"TUPLTYPE", b"#"]
            .iter()
            .any(|word| rest.starts_with(word)),
        [b'P', b'1'..=b'6', space, rest @ ..] if space.is_ascii_whitespace() => {
            rest.trim_ascii_start().first().is_some_and(|next| next.is_ascii_digit() || *next == b'#')
        }
        _ => false,
    }
}

/// Returns whether the header is valid for a TGA, which has no magic bytes at the beginning.
fn is_tga(original: &[u8]) -> bool {
    if original.ends_with(b"TRUEVISION-XFILE.\0") {
        return true;
    }
    let &[_, map, kind, _, _, map_low, map_high, entry, _, _, _, _, w0, w1, h0, h1, bits, flags, ..] =
        original
    else {
        return false;
    };
    let has_map = map == 1 && matches!(entry, 15 | 16 | 24 | 32) && (map_low, map_high) != (0, 0);
    let is_possible = match kind {
        1 | 9 => has_map && matches!(bits, 8 | 16),
        2 | 10 => {
            (has_map || original[1] == 0 && original[3..8] == [0; 5]) && matches!(bits, 15 | 16 | 24 | 32)
        }
        3 | 11 => original[1] == 0 && original[3..8] == [0; 5] && matches!(bits, 8 | 16),
        _ => false,
    };
    is_possible && (w0, w1) != (0, 0) && (h0, h1) != (0, 0) && flags & 0xc0 == 0
}

/// Returns whether the file is a Windows bitmap without its file header: one plane of a common depth.
fn is_bitmap(original: &[u8]) -> bool {
    original.starts_with(&[40, 0, 0, 0])
        && original.get(12..16).is_some_and(|depth| matches!(depth, [1, 0, 1 | 4 | 8 | 16 | 24 | 32, 0]))
        && original.len() > 40
}

/// Returns SVG or HTML, by the first element of a text in UTF-8 or UTF-16.
fn markup(text: &[u8]) -> Option<&'static str> {
    let narrow: Vec<u8> = match text {
        // Only ASCII characters matter here.
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
        // Skips what can precede the first element. A document type can contain entities in brackets.
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

/// Detects members of the ISO base media family by their brands. AVIF and HEIC are supported; the others are
/// refused by name.
fn iso_media(original: &[u8]) -> Result<SourceFormat, ImageError> {
    let length = original.get(..4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let brands = original.get(8..length.clamp(8, 256).min(original.len())).unwrap_or_default();
    let mut family = match brands {
        [b'q', b't', b' ', b' ', ..] => "QuickTime video",
        [b'M', b'4', b'A' | b'B', b' ', ..] => "MPEG-4 audio",
        _ => "MP4 video",
    };
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

    fn svg() -> Result<SourceFormat, &'static str> {
        if READS_SVG { Ok(SourceFormat::Svg) } else { Err("SVG") }
    }

    #[test]
    fn the_first_bytes_determine_the_format() {
        check(b"", Err("empty"));
        check(b"hello", Err("not-an-image"));
        check(b"\xff\xd8\xff\xe0", Ok(SourceFormat::Jpeg));
        check(b"GIF89a", Ok(SourceFormat::Gif));
        check(b"RIFF\0\0\0\0WEBPVP8 ", Ok(SourceFormat::Webp));
        check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Ok(SourceFormat::Avif));
        let heic = if READS_HEIC { Ok(SourceFormat::Heic) } else { Err("HEIC") };
        check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", heic);
        check(b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc", heic);
        check(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", Err("MP4 video"));
        let jpeg_xl = if READS_JPEG_XL { Ok(SourceFormat::Jxl) } else { Err("JPEG XL") };
        check(b"\xff\x0a\0", jpeg_xl);
        check(b"<?xml version='1.0'?><svg/>", svg());
        check(b"%PDF-1.7", Err("PDF"));
        check(b"8BPS\0\x01", Ok(SourceFormat::Psd));
        check(b"\xff\x4f\xff\x51", Ok(SourceFormat::Jp2));
        let motion = b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypmjp2";
        check(motion, Err("Motion JPEG 2000 video"));
        check(b"P6 # by hand\n3 2 255\n", Ok(SourceFormat::Pnm));
        check(b"P6\n# by hand\n3 2 255\n", Ok(SourceFormat::Pnm));
        check(b"P7\nWIDTH 3\n", Ok(SourceFormat::Pnm));
        check(b"P1 and P2 are people", Err("not-an-image"));
        check(b"FUJIFILMCCD-RAW 0201", Ok(SourceFormat::Raw));
        check(b"IIRO\x08\0\0\0", Ok(SourceFormat::Raw));
        check(b"IIU\0\x18\0\0\0", Ok(SourceFormat::Raw));
        check(b"\x46OVb\0\0\x02\0", Ok(SourceFormat::Raw));
        check(b"II\x1a\0\0\0HEAPCCDR", Ok(SourceFormat::Raw));
        check(b"\x89PNG\r\n\x1a\n\0\0\0\x04CgBIP\0\x20\x06", Err("PNG for iOS (CgBI)"));
        check(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", Ok(SourceFormat::Raw));
        check(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Err("QuickTime video"));
    }

    #[test]
    fn a_text_that_begins_like_a_bitmap_is_not_an_image() {
        check(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0", Ok(SourceFormat::Bmp));
        // Not all writers put zeros in the reserved fields.
        check(b"BM\x36\0\0\0\x07\0\x07\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0", Ok(SourceFormat::Bmp));
        check(b"BMW is a car maker in the south of Germany", Err("not-an-image"));
        let second = b"\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0";
        check(&[&second[..], &[0; 28]].concat(), Ok(SourceFormat::Bmp));
        check(&[&second[..13], &[0; 31]].concat(), Err("not-an-image"));
    }

    #[test]
    fn content_types_are_known_without_a_decoder() {
        for (start, content_type) in [
            (&b"\xff\xd8\xff\xe0"[..], "image/jpeg"),
            (b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\0\0\0\0\x16\0\0\0", "image/vnd.microsoft.icon"),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
            (b"FUJIFILMCCD-RAW 0201", "image/x-raw"),
            (b"\xff\x0a\0", "image/jxl"),
            (b"8BPS\0\x01", "image/vnd.adobe.photoshop"),
            (b"<?xml version='1.0'?><svg>", "image/svg+xml"),
            (b"%PDF-1.7", "application/pdf"),
            (b"hello", "application/octet-stream"),
            (b"", "application/octet-stream"),
        ] {
            assert_eq!(super::content_type(start), content_type, "{}", start.escape_ascii());
        }
    }

    #[test]
    fn the_first_element_of_a_text_determines_its_kind() {
        check(b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>", svg());
        check(b"<!-- a <b> --><!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg/>", svg());
        check(b"<!DOCTYPE svg PUBLIC 'a' 'b'><svg/>", svg());
        check(b"<!doctype HTML><p><svg/>", Err("HTML"));
        check(b"<!-- saved --><HTML><svg/>", Err("HTML"));
        check(b"<p>An icon: <svg/>", Err("not-an-image"));
        check(b"Write <svg> first", Err("not-an-image"));
        for to_bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
            let text: Vec<u8> =
                "\u{feff}<?xml version='1.0'?><svg/>".encode_utf16().flat_map(to_bytes).collect();
            check(&text, svg());
        }
    }

    #[test]
    fn a_targa_is_distinguished_from_a_cursor() {
        let targa = |kind: u8, bits: u8, map: [u8; 7]| {
            let mut targa = [0; 40];
            (targa[2], targa[12], targa[14], targa[16]) = (kind, 3, 2, bits);
            targa[1] = map[0];
            targa[3..8].copy_from_slice(&map[2..]);
            targa
        };
        check(&targa(2, 24, [0; 7]), Ok(SourceFormat::Tga));
        check(&targa(11, 8, [0; 7]), Ok(SourceFormat::Tga));
        check(&targa(9, 8, [1, 0, 0, 0, 0, 1, 24]), Ok(SourceFormat::Tga));
        check(&targa(9, 8, [0; 7]), Err("not-an-image"));
        check(&targa(2, 7, [0; 7]), Err("not-an-image"));
        let mut cursor = [0; 40];
        (cursor[2], cursor[4], cursor[6], cursor[7]) = (2, 1, 32, 32);
        check(&cursor, Err("CUR"));
        check(&[0; 40], Err("not-an-image"));
    }
}
