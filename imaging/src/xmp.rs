//! Reads XMP: the faces in a picture, and its rights.
//!
//! The packet is found by its first and last element, as part 3 of the XMP specification describes for files
//! of unknown format. This works for every format that stores the packet uncompressed.

use std::collections::HashMap;

use xmlparser::{ElementEnd, Token, Tokenizer};

use crate::credits::{MAX_CREATORS, Rights};

/// The maximum length of a packet in bytes. A longer packet is ignored.
const MAX_PACKET: usize = 1 << 20;

/// The maximum number of elements between a property and a text in its list, which is usually three. A text in a deeper
/// list is ignored, because the search for its property would take time for each open element.
const MAX_LIST_DEPTH: usize = 64;

/// The maximum number of faces. More faces are ignored.
const MAX_FACES: usize = 1_000;

const REGIONS: &str = "http://www.metadataworkinggroup.com/schemas/regions/";
const AREA: &str = "http://ns.adobe.com/xmp/sType/Area#";
const DIMENSIONS: &str = "http://ns.adobe.com/xap/1.0/sType/Dimensions#";
pub(crate) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

pub(crate) const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";
pub(crate) const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
pub(crate) const RIGHTS: &str = "http://ns.adobe.com/xap/1.0/rights/";

/// A face: its center and its size, as fractions of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Face {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// The content of a packet.
#[derive(Debug, Default, PartialEq)]
struct XmpContent {
    faces: Vec<Face>,
    /// The size of the picture to which the faces refer.
    size: Option<(f64, f64)>,
    rights: Rights,
}

/// Returns the rights that a file declares, or `None` if it has no packet.
pub(crate) fn rights(original: &[u8]) -> Option<Rights> {
    Some(read_packet(find_packet(original)?).rights)
}

/// Returns the center of all faces as fractions of an upright picture of the size `upright`.
///
/// The regions refer to the stored picture, before its orientation is applied (section 5.9 of the guidelines
/// of the Metadata Working Group). Some writers refer to the upright picture, and the noted size reveals
/// this.
pub(crate) fn faces(original: &[u8], upright: (u32, u32), orientation: u8) -> Option<(f64, f64)> {
    let XmpContent { faces, size, .. } = read_packet(find_packet(original)?);
    let (mut left, mut top, mut right, mut bottom) = (1.0_f64, 1.0_f64, 0.0_f64, 0.0_f64);
    for face in faces {
        (left, right) = (left.min(face.x - face.width / 2.0), right.max(face.x + face.width / 2.0));
        (top, bottom) = (top.min(face.y - face.height / 2.0), bottom.max(face.y + face.height / 2.0));
    }
    if left > right || top > bottom {
        return None;
    }
    let (x, y) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
    let is_wide = upright.0 > upright.1;
    let is_upright = size.is_some_and(|(w, h)| w != h && (w > h) == is_wide) && upright.0 != upright.1;
    let point = match orientation {
        5.. if is_upright => (x, y),
        2 => (1.0 - x, y),
        3 => (1.0 - x, 1.0 - y),
        4 => (x, 1.0 - y),
        5 => (y, x),
        6 => (1.0 - y, x),
        7 => (1.0 - y, 1.0 - x),
        8 => (y, 1.0 - x),
        _ => (x, y),
    };
    Some((point.0.clamp(0.0, 1.0), point.1.clamp(0.0, 1.0)))
}

/// Returns the first packet of a file.
fn find_packet(original: &[u8]) -> Option<&str> {
    let begin = memchr::memmem::find(original, b"<x:xmpmeta")?;
    let rest = &original[begin..original.len().min(begin + MAX_PACKET)];
    let end: &[u8] = b"</x:xmpmeta>";
    let length = memchr::memmem::find(rest, end)? + end.len();
    std::str::from_utf8(&rest[..length]).ok()
}

/// Reads a packet up to its first syntax error.
fn read_packet(packet: &str) -> XmpContent {
    let mut reader = XmpReader::default();
    for token in Tokenizer::from(packet) {
        match token {
            Ok(token) => reader.take(token),
            Err(_) => break,
        }
    }
    reader.content
}

/// A namespace or prefix, and a name.
type QualifiedName<'a> = (&'a str, &'a str);

#[derive(Default)]
struct XmpReader<'a> {
    namespaces: HashMap<&'a str, &'a str>,
    /// The open elements.
    open: Vec<QualifiedName<'a>>,
    /// The attributes of the current start tag, collected because later ones can define the prefixes of
    /// earlier ones.
    attributes: Vec<(QualifiedName<'a>, &'a str)>,
    face: Face,
    is_face: bool,
    size: (f64, f64),
    content: XmpContent,
}

impl<'a> XmpReader<'a> {
    fn take(&mut self, token: Token<'a>) {
        match token {
            Token::ElementStart { prefix, local, .. } => self.open.push((prefix.as_str(), local.as_str())),
            Token::Attribute { prefix, local, value, .. } => {
                if prefix.as_str() == "xmlns" {
                    self.namespaces.insert(local.as_str(), value.as_str());
                } else {
                    self.attributes.push(((prefix.as_str(), local.as_str()), value.as_str()));
                }
            }
            Token::ElementEnd { end, .. } => {
                for (name, value) in std::mem::take(&mut self.attributes) {
                    self.read_property(name, value);
                }
                if !matches!(end, ElementEnd::Open) {
                    self.close();
                }
            }
            Token::Text { text } => {
                if let Some(name) = self.open.last() {
                    self.read_property(*name, text.as_str());
                }
            }
            _ => {}
        }
    }

    /// Returns the name with its namespace in place of the prefix, which the writer can choose.
    fn resolve(&self, (prefix, local): QualifiedName<'a>) -> QualifiedName<'a> {
        (self.namespaces.get(prefix).copied().unwrap_or_default(), local)
    }

    /// Handles a property: an attribute, or an element with a text.
    fn read_property(&mut self, name: QualifiedName<'a>, value: &str) {
        if value.trim().is_empty() {
            return;
        }
        self.read_right(name, value);
        let number = value.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let Some(field) = (match self.resolve(name) {
            (REGIONS, "Type") => {
                self.is_face = value.trim() == "Face";
                None
            }
            (AREA, "x") => Some(&mut self.face.x),
            (AREA, "y") => Some(&mut self.face.y),
            (AREA, "w") => Some(&mut self.face.width),
            (AREA, "h") => Some(&mut self.face.height),
            (DIMENSIONS, "w") => Some(&mut self.size.0),
            (DIMENSIONS, "h") => Some(&mut self.size.1),
            _ => None,
        }) else {
            return;
        };
        *field = number.unwrap_or(f64::NAN);
    }

    /// Handles a property that states rights. A property with several languages or people is a list.
    fn read_right(&mut self, name: QualifiedName<'a>, value: &str) {
        let mut parents = self.open.iter().rev().take(MAX_LIST_DEPTH).map(|name| self.resolve(*name));
        let name = match self.resolve(name) {
            (RDF, "li") => parents.find(|(namespace, _)| *namespace != RDF),
            name => Some(name),
        };
        let rights = &mut self.content.rights;
        let field = match name {
            Some((DUBLIN_CORE, "creator")) if rights.creators.len() < MAX_CREATORS => {
                rights.creators.push(unescape_xml(value));
                return;
            }
            Some((DUBLIN_CORE, "rights")) => &mut rights.copyright,
            Some((PHOTOSHOP, "Credit")) => &mut rights.credit,
            Some((RIGHTS, "UsageTerms")) => &mut rights.usage_terms,
            Some((RIGHTS, "WebStatement")) => &mut rights.web_statement,
            _ => return,
        };
        // The first language is the default.
        field.get_or_insert_with(|| unescape_xml(value));
    }

    fn close(&mut self) {
        let Some(name) = self.open.pop() else { return };
        match self.resolve(name) {
            (REGIONS, "AppliedToDimensions") => self.content.size = Some(self.size),
            // The end of a region. No other element in the list of regions is a list item.
            (RDF, "li") => {
                let face = std::mem::take(&mut self.face);
                let shares = [face.x, face.y, face.width, face.height];
                let is_possible = shares.iter().all(|share| (0.0..=1.0).contains(share));
                if std::mem::take(&mut self.is_face) && is_possible && self.content.faces.len() < MAX_FACES {
                    self.content.faces.push(face);
                }
            }
            _ => {}
        }
    }
}

/// Replaces XML entities by the characters that they denote.
fn unescape_xml(text: &str) -> String {
    let mut parts = text.split('&');
    let mut output = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';').unwrap_or((part, ""));
        let number = entity.strip_prefix('#').map(|number| match number.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        });
        let character = match entity {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => number.and_then(Result::ok).and_then(char::from_u32),
        };
        match character {
            Some(character) => output.push(character),
            None => output.push_str(entity),
        }
        output.push_str(rest);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a packet with regions, written as attributes or as elements.
    fn file_with_regions(regions: &[(&str, [f64; 4])], size: (u32, u32), by_elements: bool) -> Vec<u8> {
        let list: String = regions
            .iter()
            .map(|(kind, [x, y, w, h])| {
                if by_elements {
                    format!(
                        "<rdf:li rdf:parseType='Resource'><r:Type>{kind}</r:Type><r:Area rdf:parseType='Resource'>\
                         <a:x>{x}</a:x><a:y>{y}</a:y><a:w>{w}</a:w><a:h>{h}</a:h></r:Area></rdf:li>"
                    )
                } else {
                    format!(
                        "<rdf:li><rdf:Description r:Type='{kind}' r:Name='A &amp; B'>\
                         <r:Area a:x='{x}' a:y='{y}' a:w='{w}' a:h='{h}' a:unit='normalized'/>\
                         </rdf:Description></rdf:li>"
                    )
                }
            })
            .collect();
        let (width, height) = size;
        let text = format!(
            "noise<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='{RDF}'><rdf:Description xmlns:r='{REGIONS}' \
             xmlns:a='{AREA}' xmlns:d='{DIMENSIONS}'><r:Regions rdf:parseType='Resource'>\
             <r:AppliedToDimensions d:w='{width}' d:h='{height}' d:unit='pixel'/><r:RegionList><rdf:Bag>{list}\
             </rdf:Bag></r:RegionList></r:Regions></rdf:Description></rdf:RDF></x:xmpmeta>noise"
        );
        text.into_bytes()
    }

    #[track_caller]
    fn check(content: Option<(f64, f64)>, expect: (f64, f64)) {
        let (x, y) = content.unwrap();
        assert!((x - expect.0).abs() < 1e-9 && (y - expect.1).abs() < 1e-9, "{x}, {y}");
    }

    #[test]
    fn the_center_of_all_faces_is_found_in_both_notations() {
        let regions =
            [("Face", [0.2, 0.3, 0.1, 0.1]), ("Pet", [0.9, 0.9, 0.1, 0.1]), ("Face", [0.6, 0.5, 0.3, 0.1])];
        for by_elements in [false, true] {
            check(faces(&file_with_regions(&regions, (400, 300), by_elements), (400, 300), 1), (0.45, 0.4));
        }
        assert_eq!(faces(&file_with_regions(&regions[1..2], (400, 300), false), (400, 300), 1), None);
        assert_eq!(
            faces(&file_with_regions(&[("Face", [0.5, 7.0, 0.1, 0.1])], (400, 300), false), (400, 300), 1),
            None
        );
    }

    #[test]
    fn regions_refer_to_the_stored_picture_unless_their_size_is_upright() {
        let face = [("Face", [0.1, 0.3, 0.0, 0.0])];
        let stored = file_with_regions(&face, (400, 300), false);
        for (orientation, expect) in [
            (1, (0.1, 0.3)),
            (2, (0.9, 0.3)),
            (3, (0.9, 0.7)),
            (4, (0.1, 0.7)),
            (5, (0.3, 0.1)),
            (6, (0.7, 0.1)),
            (7, (0.7, 0.9)),
            (8, (0.3, 0.9)),
        ] {
            let upright = crate::orient::oriented_size((400, 300), orientation);
            check(faces(&stored, upright, orientation), expect);
        }
        check(faces(&file_with_regions(&face, (300, 400), false), (300, 400), 6), (0.1, 0.3));
    }

    #[test]
    fn a_text_far_below_its_property_is_ignored() {
        let creators = |depth: usize| {
            let (open, close) = ("<rdf:li>".repeat(depth), "</rdf:li>".repeat(depth));
            let packet = format!(
                "<x:xmpmeta xmlns:rdf='{RDF}' xmlns:dc='{DUBLIN_CORE}'><dc:creator>{open}A{close}</dc:creator></x:xmpmeta>"
            );
            rights(packet.as_bytes()).unwrap().creators
        };
        assert_eq!(creators(3), ["A"]);
        assert_eq!(creators(MAX_LIST_DEPTH), [""; 0]);
    }

    #[test]
    fn truncated_and_malformed_packets_do_not_panic() {
        let whole = file_with_regions(&[("Face", [0.2, 0.3, 0.1, 0.1])], (400, 300), true);
        for cut in 0..whole.len() - 20 {
            faces(&whole[..cut], (4, 3), 6);
        }
        assert_eq!(faces(b"<x:xmpmeta <<>></x:xmpmeta>", (4, 3), 1), None);
    }
}
