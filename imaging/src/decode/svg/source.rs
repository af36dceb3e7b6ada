//! Checks the XML of an SVG in one pass, before a tree is built from it.
//!
//! The parser compares each attribute of an element with the others, and copies an entity for each reference.

use xmlparser::{ElementEnd, EntityDefinition, Token, Tokenizer};

use crate::decode::svg::damaged;
use crate::decode::svg::references::MAX_DEPTH;
use crate::{ImageError, Limits};

/// The maximum number of attributes of an element.
const MAX_ATTRIBUTES: usize = 256;

/// The maximum number of namespaces in scope. For each element that declares a namespace, the parser creates a list of
/// all namespaces in scope, and compares each pair. Files from editors have about ten.
const MAX_NAMESPACES: usize = 64;

/// The number of bytes that the parser needs for each element, attribute, and text, and for each byte of a value.
const PARSED_BYTES: u64 = 160;

pub(super) fn check(text: &str, limits: &Limits) -> Result<(), ImageError> {
    let (mut parts, mut attributes) = (0_u64, 0);
    // The prefixes in scope, and the number of prefixes that were in scope before each open element and before the
    // current one.
    let (mut prefixes, mut open, mut before) = (Vec::new(), Vec::new(), 0);
    let (mut longest_entity, mut references) = (0, 0);
    for token in Tokenizer::from(text) {
        let token = token.map_err(|_| damaged("its XML is not well-formed"))?;
        match token {
            Token::EntityDeclaration { definition: EntityDefinition::EntityValue(value), .. } => {
                if value.contains(['<', '&']) {
                    return Err(ImageError::Unsupported { format: "SVG with nested entities" });
                }
                longest_entity = value.len().max(longest_entity);
            }
            Token::ElementStart { .. } => (attributes, before) = (0, prefixes.len()),
            Token::Attribute { prefix, local, value, .. } => {
                attributes += 1;
                let declared = match (prefix.as_str(), local.as_str()) {
                    ("xmlns", declared) => Some(declared),
                    ("", "xmlns") => Some(""),
                    _ => None,
                };
                prefixes.extend(declared.filter(|declared| !prefixes.contains(declared)));
                references += value.bytes().filter(|byte| *byte == b'&').count();
            }
            Token::Text { text } => references += text.bytes().filter(|byte| *byte == b'&').count(),
            Token::ElementEnd { end: ElementEnd::Open, .. } => open.push(before),
            Token::ElementEnd { end: ElementEnd::Close(..), .. } => {
                prefixes.truncate(open.pop().unwrap_or_default());
            }
            Token::ElementEnd { end: ElementEnd::Empty, .. } => prefixes.truncate(before),
            _ => {}
        }
        if attributes > MAX_ATTRIBUTES || open.len() > MAX_DEPTH || prefixes.len() > MAX_NAMESPACES {
            return Err(ImageError::TooMuchWork);
        }
        parts += 1;
    }
    let copied = (references as u64).saturating_mul(longest_entity as u64);
    limits.check_memory(copied.saturating_add(parts * PARSED_BYTES))
}
