//! Reads the tables of a `meta` box: items, the locations of their bytes, their properties, and references.

use std::collections::BTreeMap;

use crate::decode::heif::boxes::{BoxReader, boxes, find_box};

/// The maximum number of items, and of references between them. Further ones are ignored. The file of a phone
/// has about a hundred.
const MAX_ITEMS: usize = 4096;

/// The maximum number of extents of an item. Items with more are ignored.
const MAX_EXTENTS: usize = 32;

/// The maximum number of properties, because an index has 15 bits.
const MAX_PROPERTIES: usize = 0x7fff;

/// The maximum number of properties of one item. Further ones are ignored. A picture has fewer than ten.
const MAX_ITEM_PROPERTIES: usize = 32;

/// The maximum number of tiles. Grids with more are refused.
pub(crate) const MAX_TILES: usize = 1024;

/// The type and payload of a property.
pub(crate) type ItemProperty<'a> = (&'a [u8; 4], &'a [u8]);

/// The location of an item's bytes.
pub(crate) struct ItemLocation {
    pub(crate) method: u16,
    /// The offset and length of each extent; the length 0 means up to the end.
    pub(crate) extents: Vec<(u64, u64)>,
}

pub(crate) struct ItemReference<'a> {
    pub(crate) kind: &'a [u8; 4],
    pub(crate) from: u32,
    pub(crate) to: Vec<u32>,
}

/// Returns the types of the items.
pub(crate) fn kinds(iinf: &[u8]) -> Option<BTreeMap<u32, &[u8]>> {
    let mut iinf = BoxReader(iinf);
    let (version, _) = iinf.version_and_flags()?;
    iinf.take(if version == 0 { 2 } else { 4 })?;
    let mut kinds = BTreeMap::new();
    for (_, infe) in boxes(iinf.0).take(MAX_ITEMS).filter(|(kind, _)| *kind == b"infe") {
        let mut infe = BoxReader(infe);
        let mut read = || {
            let (version, _) = infe.version_and_flags()?;
            let item = if version == 2 { u32::from(infe.u16()?) } else { infe.u32()? };
            infe.u16()?;
            Some((item, infe.take(4)?))
        };
        if let Some((item, kind)) = read() {
            kinds.entry(item).or_insert(kind);
        }
    }
    Some(kinds)
}

/// Returns the locations of the items, up to the first error in the box.
pub(crate) fn locations(iloc: &[u8]) -> BTreeMap<u32, ItemLocation> {
    let mut locations = BTreeMap::new();
    let mut reader = BoxReader(iloc);
    let mut read = || {
        let (version, _) = reader.version_and_flags()?;
        let sizes = reader.u16()?;
        let [offset_size, length_size, base_size, index_size] =
            [12, 8, 4, 0].map(|shift| usize::from(sizes >> shift & 15));
        let index_size = if version > 0 { index_size } else { 0 };
        if [offset_size, length_size, base_size, index_size].iter().any(|size| *size > 8) {
            return None;
        }
        let count = if version < 2 { u32::from(reader.u16()?) } else { reader.u32()? };
        for _ in 0..count.min(MAX_ITEMS as u32) {
            let item = if version < 2 { u32::from(reader.u16()?) } else { reader.u32()? };
            let method = if version > 0 { reader.u16()? & 15 } else { 0 };
            reader.u16()?;
            let base = reader.number(base_size)?;
            let count = usize::from(reader.u16()?);
            if count > MAX_EXTENTS {
                // No picture has so many extents. They are skipped at once, because an extent can take zero bytes.
                reader.take(count * (index_size + offset_size + length_size))?;
                continue;
            }
            let mut extents = Vec::new();
            for _ in 0..count {
                reader.number(index_size)?;
                let (offset, length) = (reader.number(offset_size)?, reader.number(length_size)?);
                extents.push((base.checked_add(offset)?, length));
            }
            locations.entry(item).or_insert(ItemLocation { method, extents });
        }
        Some(())
    };
    // A truncated box can still contain the locations that are needed.
    let _ = read();
    locations
}

/// Returns the properties of the items, up to the first error in each box.
pub(crate) fn properties(iprp: &[u8]) -> BTreeMap<u32, Vec<ItemProperty<'_>>> {
    let all: Vec<_> =
        find_box(iprp, b"ipco").map(|list| boxes(list).take(MAX_PROPERTIES).collect()).unwrap_or_default();
    let mut properties = BTreeMap::new();
    // Several boxes can list the items.
    for (_, ipma) in boxes(iprp).filter(|(kind, _)| *kind == b"ipma").take(MAX_ITEMS) {
        let _ = associations(ipma, &all, &mut properties);
    }
    properties
}

/// Adds the properties that a box associates with items.
fn associations<'a>(
    ipma: &'a [u8],
    all: &[ItemProperty<'a>],
    properties: &mut BTreeMap<u32, Vec<ItemProperty<'a>>>,
) -> Option<()> {
    let mut reader = BoxReader(ipma);
    let (version, flags) = reader.version_and_flags()?;
    for _ in 0..reader.u32()? {
        let item = if version < 1 { u32::from(reader.u16()?) } else { reader.u32()? };
        let count = reader.u8()?;
        let mut of_item = Vec::new();
        for _ in 0..count {
            // The top bit marks an essential property.
            let wide = flags & 1 == 1;
            let index = if wide { reader.u16()? & 0x7fff } else { u16::from(reader.u8()? & 0x7f) };
            of_item.extend(usize::from(index).checked_sub(1).and_then(|index| all.get(index)).copied());
        }
        if properties.len() < MAX_ITEMS {
            let known: &mut Vec<_> = properties.entry(item).or_default();
            let room = MAX_ITEM_PROPERTIES.saturating_sub(known.len());
            known.extend(of_item.into_iter().take(room));
        }
    }
    Some(())
}

/// Returns the references between items.
pub(crate) fn references(iref: &[u8]) -> Vec<ItemReference<'_>> {
    let bytes = if iref.first().is_some_and(|version| *version > 0) { 4 } else { 2 };
    let list = boxes(iref.get(4..).unwrap_or_default());
    let read = |(kind, reference)| {
        let mut reader = BoxReader(reference);
        let from = reader.number(bytes)? as u32;
        let count = usize::from(reader.u16()?).min(MAX_TILES + 1);
        let to = (0..count).map(|_| reader.number(bytes).map(|item| item as u32)).collect::<Option<_>>()?;
        Some(ItemReference { kind, from, to })
    };
    list.take(MAX_ITEMS).filter_map(read).collect()
}
