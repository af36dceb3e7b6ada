//! Checks the XML of an SVG in one pass, before a tree is built from it.
//!
//! The parser compares each attribute of an element with the others, and copies an entity for each reference.

use xmlparser::{ElementEnd, EntityDefinition, Token, Tokenizer};

use crate::decode::svg::damaged;
use crate::decode::svg::references::MAX_DEPTH;
use crate::{ImageError, Limits};

/// The maximum number of attributes of an element.
const MAX_ATTRIBUTES: usize = 256;

/// The number of bytes that the parser holds per element, attribute, and text, and per byte of a value.
const PARSED_BYTES: u64 = 160;

pub(super) fn check(text: &str, limits: &Limits) -> Result<(), ImageError> {
    let (mut parts, mut attributes, mut depth) = (0_u64, 0, 0);
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
            Token::ElementStart { .. } => attributes = 0,
            Token::Attribute { value, .. } => {
                attributes += 1;
                references += value.bytes().filter(|byte| *byte == b'&').count();
            }
            Token::Text { text } => references += text.bytes().filter(|byte| *byte == b'&').count(),
            Token::ElementEnd { end: ElementEnd::Open, .. } => depth += 1,
            Token::ElementEnd { end: ElementEnd::Close(..), .. } => depth -= 1,
            _ => {}
        }
        if attributes > MAX_ATTRIBUTES || depth > MAX_DEPTH as i64 {
            return Err(ImageError::TooMuchWork);
        }
        parts += 1;
    }
    let copied = (references as u64).saturating_mul(longest_entity as u64);
    limits.check_memory(copied.saturating_add(parts * PARSED_BYTES))
}
