//! Reads the creators and the copyright of a photo from XMP, IPTC, and EXIF, and writes them as XMP and IPTC.
//! No other metadata is kept.

use std::fmt::Write as _;

use crate::credits::{MAX_CREATORS, Rights};
use crate::decode::jpeg::markers::segments;
use crate::{SourceFormat, decode, exif, xmp};

/// The maximum number of characters of a text. Longer texts are truncated.
const MAX_TEXT: usize = 2_000;

impl Rights {
    /// Returns the rights that a file declares, or `None` if it declares none. XMP takes precedence over IPTC, and IPTC
    /// over EXIF.
    pub(crate) fn read(original: &[u8], format: SourceFormat) -> Option<Self> {
        let mut rights = xmp::rights(original).unwrap_or_default();
        if format == SourceFormat::Jpeg {
            rights.fill_missing_from(read_iptc(original));
        }
        let exif = exif_block(original, format).map(|exif| Self {
            creators: exif::read_text(exif, ARTIST)
                .map(|artists| split_artists(&artists))
                .unwrap_or_default(),
            copyright: exif::read_text(exif, COPYRIGHT),
            ..Self::default()
        });
        rights.fill_missing_from(exif.unwrap_or_default());
        rights.creators = rights.creators.into_iter().filter_map(sanitize).take(MAX_CREATORS).collect();
        for text in
            [&mut rights.copyright, &mut rights.credit, &mut rights.usage_terms, &mut rights.web_statement]
        {
            *text = text.take().and_then(sanitize);
        }
        (rights != Self::default()).then_some(rights)
    }

    /// Fills missing fields from `other`.
    fn fill_missing_from(&mut self, other: Self) {
        if self.creators.is_empty() {
            self.creators = other.creators;
        }
        self.copyright = self.copyright.take().or(other.copyright);
        self.credit = self.credit.take().or(other.credit);
        self.usage_terms = self.usage_terms.take().or(other.usage_terms);
        self.web_statement = self.web_statement.take().or(other.web_statement);
    }

    /// Returns an XMP packet (<https://www.iptc.org/std/photometadata/specification/>).
    pub(crate) fn to_xmp(&self) -> String {
        let mut fields = String::new();
        let list = |name: &str, kind: &str, attribute: &str, texts: &[&String]| -> String {
            let items = texts.iter().map(|text| format!("<rdf:li{attribute}>{}</rdf:li>", escape_xml(text)));
            let items: String = items.collect();
            if texts.is_empty() {
                String::new()
            } else {
                format!("<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>")
            }
        };
        let language = " xml:lang=\"x-default\"";
        fields += &list("dc:creator", "Seq", "", &self.creators.iter().collect::<Vec<_>>());
        fields += &list("dc:rights", "Alt", language, &self.copyright.iter().collect::<Vec<_>>());
        fields +=
            &list("xmpRights:UsageTerms", "Alt", language, &self.usage_terms.iter().collect::<Vec<_>>());
        for (name, text) in
            [("photoshop:Credit", &self.credit), ("xmpRights:WebStatement", &self.web_statement)]
        {
            if let Some(text) = text {
                // Writing to a `String` cannot fail.
                let _ = write!(fields, "<{name}>{}</{name}>", escape_xml(text));
            }
        }
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
             <rdf:RDF xmlns:rdf=\"{}\"><rdf:Description rdf:about=\"\" xmlns:dc=\"{}\" xmlns:photoshop=\"{}\" \
             xmlns:xmpRights=\"{}\">{fields}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>",
            xmp::RDF,
            xmp::DUBLIN_CORE,
            xmp::PHOTOSHOP,
            xmp::RIGHTS,
        )
    }

    /// Returns the payload of a JPEG segment with IPTC. Shortens each text to the maximum of its field.
    pub(crate) fn to_iptc_segment(&self) -> Vec<u8> {
        // Declares that the texts are UTF-8.
        let mut data = b"\x1c\x01\x5a\0\x03\x1b%G".to_vec();
        let creators = self.creators.iter().map(|creator| (BYLINE, creator));
        let others = self.credit.iter().map(|text| (CREDIT, text));
        let others = others.chain(self.copyright.iter().map(|text| (NOTICE, text)));
        for ((number, most), text) in creators.chain(others) {
            let text = &text.as_bytes()[..text.floor_char_boundary(most)];
            data.extend([0x1c, 2, number]);
            data.extend((text.len() as u16).to_be_bytes());
            data.extend(text);
        }
        let length = (data.len() as u32).to_be_bytes();
        let padding = &[0][..data.len() & 1];
        [b"Photoshop 3.0\08BIM\x04\x04\0\0", &length[..], &data, padding].concat()
    }
}

/// EXIF tags.
const ARTIST: u16 = 0x013b;
const COPYRIGHT: u16 = 0x8298;

/// Datasets of IPTC record 2, with their maximum lengths in bytes (<https://www.iptc.org/std/IIM/4.2/>).
const BYLINE: (u8, usize) = (80, 32);
const CREDIT: (u8, usize) = (110, 32);
const NOTICE: (u8, usize) = (116, 128);

/// Splits the EXIF artist field, in which semicolons separate the names.
fn split_artists(artist: &str) -> Vec<String> {
    artist.split(';').map(|name| name.trim().to_owned()).collect()
}

/// Removes control characters. Returns `None` if no text remains.
fn sanitize(text: String) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(MAX_TEXT).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns the EXIF block of a file.
fn exif_block(original: &[u8], format: SourceFormat) -> Option<&[u8]> {
    match format {
        SourceFormat::Png => {
            decode::png::chunks(original).find(|(kind, _)| *kind == b"eXIf").map(|(_, exif)| exif)
        }
        SourceFormat::Webp => {
            let list = original.get(12..)?;
            decode::webp::chunks(list).find(|(name, _)| *name == b"EXIF").map(|(_, exif)| exif)
        }
        SourceFormat::Tiff | SourceFormat::Raw => Some(original),
        SourceFormat::Jpeg => segments(original, 2)
            .find(|(marker, payload, _)| *marker == 0xe1 && payload.starts_with(b"Exif\0"))
            .map(|(_, exif, _)| exif),
        SourceFormat::Avif | SourceFormat::Heic => decode::heif::read_exif(original, format),
        SourceFormat::Gif
        | SourceFormat::Bmp
        | SourceFormat::Ico
        | SourceFormat::Jp2
        | SourceFormat::Jxl
        | SourceFormat::Psd
        | SourceFormat::Pnm
        | SourceFormat::Qoi
        | SourceFormat::Tga
        | SourceFormat::Hdr
        | SourceFormat::Exr
        | SourceFormat::Dds
        | SourceFormat::Svg => None,
    }
}

/// Reads the IPTC of a JPEG.
fn read_iptc(original: &[u8]) -> Rights {
    let mut rights = Rights::default();
    let resources = segments(original, 2)
        .filter(|(marker, _, _)| *marker == 0xed)
        .find_map(|(_, payload, _)| payload.strip_prefix(b"Photoshop 3.0\0"));
    let Some(data) = resources.and_then(find_iptc_resource) else { return rights };
    let mut rest = data;
    let mut is_utf8 = false;
    while let [0x1c, record, number, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(value) = after.get(..length) else { break };
        rest = &after[length..];
        let text = || match std::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) if is_utf8 => String::from_utf8_lossy(value).into_owned(),
            // Without a declared charset, it is Latin-1.
            Err(_) => value.iter().map(|byte| char::from(*byte)).collect(),
        };
        match (record, *number) {
            (1, 90) => is_utf8 = value == b"\x1b%G",
            (2, number) if number == BYLINE.0 && rights.creators.len() < MAX_CREATORS => {
                rights.creators.push(text());
            }
            (2, number) if number == CREDIT.0 => rights.credit = Some(text()),
            (2, number) if number == NOTICE.0 => rights.copyright = Some(text()),
            _ => {}
        }
    }
    rights
}

/// Returns the Photoshop resource 0x0404, which contains IPTC.
fn find_iptc_resource(resources: &[u8]) -> Option<&[u8]> {
    let mut rest = resources;
    while let [b'8', b'B', b'I', b'M', high, low, name, after @ ..] = rest {
        // The name, with its length byte, is padded to an even number of bytes, and so is the data.
        let after = after.get((usize::from(*name) + 1).next_multiple_of(2) - 1..)?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let data = after.get(..length)?;
        if (high, low) == (&4, &4) {
            return Some(data);
        }
        rest = after.get(length.next_multiple_of(2)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights() -> Rights {
        Rights {
            creators: vec!["Ana Müller".to_owned(), "B & C <Ltd>".to_owned()],
            copyright: Some("© 2026 Ana Müller".to_owned()),
            credit: Some("Agency".to_owned()),
            usage_terms: Some("ask".to_owned()),
            web_statement: Some("https://example.com/?a=1&b=2".to_owned()),
        }
    }

    #[test]
    fn rights_written_as_xmp_are_read_back() {
        assert_eq!(xmp::rights(rights().to_xmp().as_bytes()), Some(rights()));
        let creator_only = Rights { creators: vec!["A".to_owned()], ..Rights::default() };
        assert_eq!(xmp::rights(creator_only.to_xmp().as_bytes()), Some(creator_only));
    }

    #[test]
    fn rights_written_as_iptc_are_shortened_and_read_back() {
        let of = |rights: &Rights| {
            let payload = rights.to_iptc_segment();
            let length = (payload.len() as u16 + 2).to_be_bytes();
            read_iptc(&[b"\xff\xd8\xff\xed", &length[..], &payload, b"\xff\xd9"].concat())
        };
        let expect = Rights { usage_terms: None, web_statement: None, ..rights() };
        assert_eq!(of(&rights()), expect);
        let long = Rights { creators: vec!["ü".repeat(40)], ..Rights::default() };
        assert_eq!(of(&long).creators, ["ü".repeat(16)]);
    }

    #[test]
    fn truncated_iptc_does_not_panic() {
        let payload = rights().to_iptc_segment();
        for cut in 0..payload.len() {
            find_iptc_resource(&payload[14.min(cut)..cut]);
        }
    }
}
