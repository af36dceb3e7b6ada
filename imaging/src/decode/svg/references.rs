//! Counts the elements of an SVG as often as references repeat them, before `usvg` copies them.
//!
//! `usvg` copies what a `use` refers to, and converts a mask, a pattern, or a marker for each element that uses
//! it. A few nested references thus describe billions of elements.

use std::cell::Cell;
use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node};
use simplecss::{AttributeOperator, DeclarationTokenizer, Element, PseudoClass, StyleSheet};

use crate::{ImageError, Limits};

/// The maximum depth of elements, counted through references. The functions of `usvg` are recursive, and a thread has 2
/// MB of stack.
pub(super) const MAX_DEPTH: usize = 96;

/// The maximum number of units of work, which takes seconds.
const MAX_WORK: u64 = 1 << 25;

/// The units of work for an element without attributes. A byte of an attribute is one unit.
const ELEMENT_WORK: u64 = 24;

/// The number of bytes that `usvg` holds for a unit of work.
const UNIT_BYTES: u64 = 24;

/// The units of work for an attribute that the style sheet compares.
const MATCH_UNITS: u64 = 4;

/// The maximum number of `style` elements. The rules are sorted again after each.
const MAX_STYLE_ELEMENTS: usize = 16;

/// The number of bytes that a declaration of a style sheet holds.
const DECLARATION_BYTES: u64 = 48;

/// The properties with references that descendants inherit.
const INHERITED: [&str; 6] = ["fill", "stroke", "marker", "marker-start", "marker-mid", "marker-end"];

/// The namespaces whose attributes `usvg` reads, besides none. Drawing programs store their own references in other
/// namespaces.
const NAMESPACES: [&str; 3] =
    ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"];

/// The result of the check.
pub(super) struct References {
    /// The number of bytes that the tree holds.
    pub(super) memory: u64,
    /// Whether the file contains text or embedded pictures.
    pub(super) has_omitted: bool,
}

/// The size of an element, its descendants, and the elements to which they refer.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// The elements that inherit its properties.
    elements: u64,
    /// The bytes of their outlines, which bound the number of their markers.
    outline: u64,
    work: u64,
    height: usize,
}

impl Extent {
    fn add(&mut self, other: Self, times: u64) {
        self.elements = self.elements.saturating_add(other.elements.saturating_mul(times));
        self.outline = self.outline.saturating_add(other.outline.saturating_mul(times));
        self.work = self.work.saturating_add(other.work.saturating_mul(times));
        self.height = self.height.max(other.height);
    }
}

#[derive(Clone, Copy)]
enum Visit {
    Begun,
    Done(Extent),
}

struct Counter<'a, 'input> {
    /// The first and the last element with an `id`. Parts of `usvg` use one or the other.
    by_id: HashMap<&'a str, [Node<'a, 'input>; 2]>,
    style_sheet: StyleSheet<'a>,
    visits: HashMap<Node<'a, 'input>, Visit>,
}

pub(super) fn check(document: &Document<'_>, limits: &Limits) -> Result<References, ImageError> {
    let mut by_id = HashMap::new();
    let mut has_omitted = false;
    for node in document.descendants() {
        for id in node.attributes().filter(|attribute| attribute.name() == "id") {
            by_id.entry(id.value()).or_insert([node; 2])[1] = node;
        }
        has_omitted |= matches!(node.tag_name().name(), "text" | "image" | "feImage" | "foreignObject");
    }
    let styles: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("style"))
        .filter_map(|node| node.text())
        .collect();
    // Selectors with commas between them each hold a copy of the declarations.
    let count = |of: char| styles.iter().map(|style| style.matches(of).count() as u64 + 1).sum::<u64>();
    let style_bytes = count(',').saturating_mul(count(';')).saturating_mul(DECLARATION_BYTES);
    if styles.len() > MAX_STYLE_ELEMENTS {
        return Err(ImageError::TooMuchWork);
    }
    limits.check_memory(style_bytes)?;
    let mut style_sheet = StyleSheet::new();
    styles.iter().for_each(|style| style_sheet.parse_more(style));
    let mut counter = Counter { by_id, style_sheet, visits: HashMap::new() };
    let extent = counter.extent(document.root(), 0)?;
    let memory = extent.work.saturating_mul(UNIT_BYTES).saturating_add(style_bytes);
    limits.check_memory(memory)?;
    Ok(References { memory, has_omitted })
}

impl<'a, 'input> Counter<'a, 'input> {
    /// Returns the extent of an element. Refuses an element that refers to itself.
    fn extent(&mut self, node: Node<'a, 'input>, depth: usize) -> Result<Extent, ImageError> {
        match self.visits.get(&node) {
            Some(Visit::Done(extent)) if depth + extent.height <= MAX_DEPTH => return Ok(*extent),
            Some(_) => return Err(ImageError::TooMuchWork),
            None if depth > MAX_DEPTH => return Err(ImageError::TooMuchWork),
            None => {}
        }
        self.visits.insert(node, Visit::Begun);
        let outline = node.attributes().filter(|attribute| ["d", "points"].contains(&attribute.name()));
        let outline = outline.map(|attribute| attribute.value().len() as u64).sum::<u64>() + 16;
        let mut extent = Extent { elements: 1, outline, work: ELEMENT_WORK, height: 0 };
        for child in node.children().filter(Node::is_element) {
            extent.add(self.extent(child, depth + 1)?, 1);
        }
        let values = self.values(node, &mut extent.work)?;
        let mut inherited = Vec::new();
        for (name, value) in values {
            extent.work = extent.work.saturating_add(value.len() as u64);
            for target in self.targets(value)? {
                let target = self.extent(target, depth + 1)?;
                if INHERITED.contains(&name) {
                    inherited.push((name, target));
                } else {
                    extent.add(target, 1);
                }
            }
        }
        let (elements, outline) = (extent.elements, extent.outline);
        for (name, target) in inherited {
            extent.add(target, if name.starts_with("marker") { outline } else { elements });
        }
        extent.height += 1;
        if extent.work > MAX_WORK {
            return Err(ImageError::TooMuchWork);
        }
        self.visits.insert(node, Visit::Done(extent));
        Ok(extent)
    }

    /// Returns the attributes of an element and the declarations that apply to it. Adds the work for selecting them.
    fn values(&self, node: Node<'a, 'input>, work: &mut u64) -> Result<Vec<(&'a str, &'a str)>, ImageError> {
        let is_read = |namespace: Option<&str>| namespace.is_none_or(|uri| NAMESPACES.contains(&uri));
        let is_link = node.tag_name().name() == "a";
        let attributes = node
            .attributes()
            .filter(|attribute| is_read(attribute.namespace()) && !(is_link && attribute.name() == "href"));
        let mut values: Vec<(&str, &str)> = attributes.map(|by| (by.name(), by.value())).collect();
        if let Some(style) = node.attribute("style") {
            values.extend(DeclarationTokenizer::from(style).map(|by| (by.name, by.value)));
        }
        let left = Cell::new(MAX_WORK);
        for rule in &self.style_sheet.rules {
            if rule.selector.matches(&MatchedNode { node, left: &left }) {
                values.extend(rule.declarations.iter().map(|by| (by.name, by.value)));
            }
        }
        *work = work.saturating_add((MAX_WORK - left.get()) / 8);
        if left.get() == 0 || values.len() as u64 > MAX_WORK / 16 {
            return Err(ImageError::TooMuchWork);
        }
        Ok(values)
    }

    /// Returns the elements whose IDs follow a `#` in `value`. The end of an ID depends on the text before it, so this
    /// tries every possible end.
    fn targets(&self, value: &'a str) -> Result<Vec<Node<'a, 'input>>, ImageError> {
        let starts: Vec<usize> = value.match_indices('#').map(|(at, _)| at + 1).collect();
        if (starts.len() as u64).saturating_mul(value.len() as u64) > MAX_WORK {
            return Err(ImageError::TooMuchWork);
        }
        let mut targets = Vec::new();
        for start in starts {
            let ids = [&[' '][..], &[' ', ')'], &['\''], &['"']]
                .map(|ends| value[start..].split(ends).next().unwrap_or_default().trim_end());
            for (i, id) in ids.iter().enumerate() {
                if let Some([first, last]) = self.by_id.get(id).filter(|_| !ids[..i].contains(id)) {
                    targets.push(*first);
                    targets.extend(Some(*last).filter(|last| last != first));
                }
            }
        }
        Ok(targets)
    }
}

/// An element that a selector is compared with. When the budget is spent, it reports no parents or siblings.
struct MatchedNode<'a, 'input, 'b> {
    node: Node<'a, 'input>,
    left: &'b Cell<u64>,
}

impl MatchedNode<'_, '_, '_> {
    fn spend(&self, units: u64) -> bool {
        self.left.set(self.left.get().saturating_sub(units));
        self.left.get() > 0
    }
}

impl Element for MatchedNode<'_, '_, '_> {
    fn parent_element(&self) -> Option<Self> {
        let parent = self.node.parent_element().filter(|_| self.spend(MATCH_UNITS));
        parent.map(|node| Self { node, left: self.left })
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        let sibling = self.node.prev_sibling_element().filter(|_| self.spend(MATCH_UNITS));
        sibling.map(|node| Self { node, left: self.left })
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.spend(MATCH_UNITS) && self.node.tag_name().name() == name
    }

    fn attribute_matches(&self, name: &str, operator: AttributeOperator<'_>) -> bool {
        let value = self.node.attribute(name);
        self.spend(MATCH_UNITS + value.map_or(0, |value| value.len() as u64))
            && value.is_some_and(|value| operator.matches(value))
    }

    fn pseudo_class_matches(&self, class: PseudoClass<'_>) -> bool {
        self.spend(MATCH_UNITS)
            && class == PseudoClass::FirstChild
            && self.node.prev_sibling_element().is_none()
    }
}
