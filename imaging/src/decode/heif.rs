//! The container of AVIF, as far as one still picture needs it.
//!
//! Written here because the parsers to be had are under the MPL; it is a matter of nested boxes. An item
//! is a number with a type, properties, and bytes in a list of extents.

use std::collections::BTreeMap;

/// The picture that a file is about.
pub(super) struct Picture<'a> {
    /// The size of what is stored.
    pub(super) size: (u32, u32),
    /// The part of it to show, before it is turned.
    pub(super) window: Window,
    /// As EXIF numbers it.
    pub(super) orientation: u8,
    pub(super) icc: Option<&'a [u8]>,
    pub(super) coding: Option<Coding>,
    pub(super) colour: Tiles<'a>,
    pub(super) alpha: Option<Tiles<'a>>,
    /// Whether the colours are already multiplied with the alpha.
    pub(super) premultiplied: bool,
}

/// A part of a picture, in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// How numbers stand for colours: the code points of H.273.
#[derive(Clone, Copy)]
pub(super) struct Coding {
    pub(super) primaries: u8,
    pub(super) transfer: u8,
    pub(super) matrix: u8,
    pub(super) full_range: bool,
}

/// The streams of a picture: one, or those of a grid, row by row.
pub(super) struct Tiles<'a> {
    pub(super) columns: usize,
    pub(super) streams: Vec<Stream<'a>>,
}

/// The bytes of an item, wherever its extents lie.
#[derive(Clone)]
pub(super) struct Stream<'a> {
    pub(super) extents: Vec<&'a [u8]>,
    /// The size that the item says it has.
    pub(super) size: (u32, u32),
}

impl Stream<'_> {
    pub(super) fn len(&self) -> usize {
        self.extents.iter().map(|extent| extent.len()).sum()
    }
}

impl Tiles<'_> {
    pub(super) fn rows(&self) -> impl Iterator<Item = &[Stream<'_>]> {
        self.streams.chunks(self.columns)
    }
}

/// Width x height.
pub(super) fn area((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}

/// More tiles than this are refused.
const MAX_TILES: usize = 1024;

/// More items, or references between them, than this are passed over. A phone's file has about a hundred.
const MAX_ITEMS: usize = 4096;

/// An item in more pieces than this is refused.
const MAX_EXTENTS: usize = 32;

/// More properties than this cannot be pointed to.
const MAX_PROPERTIES: usize = 0x7fff;

/// Reads big-endian numbers one after another.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    /// A number of `bytes` bytes, 0 to 8.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn u8(&mut self) -> Option<u8> {
        self.number(1).map(|number| number as u8)
    }

    fn u16(&mut self) -> Option<u16> {
        self.number(2).map(|number| number as u16)
    }

    fn u32(&mut self) -> Option<u32> {
        self.number(4).map(|number| number as u32)
    }

    /// The version and flags that many boxes begin with.
    fn full(&mut self) -> Option<(u8, u32)> {
        let word = self.u32()?;
        Some(((word >> 24) as u8, word & 0xff_ffff))
    }
}

/// The boxes in `bytes`: type and payload.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = Reader(bytes);
    std::iter::from_fn(move || {
        let mut head = rest;
        let (size, kind) = (u64::from(head.u32()?), head.take(4)?);
        let payload = match size {
            0 => head.0.len(),
            1 => usize::try_from(head.number(8)?.checked_sub(16)?).ok()?,
            _ => usize::try_from(size.checked_sub(8)?).ok()?,
        };
        let payload = head.take(payload)?;
        rest = head;
        Some((kind.first_chunk()?, payload))
    })
}

fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(of, _)| *of == kind).map(|(_, payload)| payload)
}

/// The `meta` box of a file, read once: what follows looks things up.
struct Meta<'a> {
    original: &'a [u8],
    /// The box of data in the `meta` box itself.
    data: Option<&'a [u8]>,
    primary: u32,
    kinds: BTreeMap<u32, &'a [u8]>,
    locations: BTreeMap<u32, Location>,
    /// Each property of an item, in their order.
    properties: BTreeMap<u32, Vec<Property<'a>>>,
    references: Vec<Reference<'a>>,
}

/// Kind and payload.
type Property<'a> = (&'a [u8; 4], &'a [u8]);

/// Where an item's bytes are.
struct Location {
    method: u16,
    /// Offset and length; the length 0 stands for the rest.
    extents: Vec<(u64, u64)>,
}

struct Reference<'a> {
    kind: &'a [u8; 4],
    from: u32,
    to: Vec<u32>,
}

/// The picture, or what is wrong with the file.
pub(super) fn picture(original: &[u8]) -> Result<Picture<'_>, &'static str> {
    let boxes = find(original, b"meta").and_then(|meta| meta.get(4..)).ok_or("no meta box")?;
    let meta = Meta::read(original, boxes).ok_or("no primary item")?;
    let primary = meta.primary;
    let size = meta.size(primary).ok_or("no size")?;
    let mut picture = Picture {
        size,
        window: meta.window(primary, size),
        orientation: meta.orientation(primary),
        icc: None,
        coding: None,
        colour: meta.tiles(primary, size).ok_or("no picture data")?,
        alpha: None,
        premultiplied: meta.references(b"prem", primary).is_some(),
    };
    for (_, colr) in meta.properties_of(primary).filter(|(kind, _)| *kind == b"colr") {
        match colr.split_first_chunk::<4>() {
            Some((b"prof" | b"rICC", icc)) => picture.icc = Some(icc),
            Some((b"nclx", &[_, primaries, _, transfer, _, matrix, full, ..])) => {
                picture.coding = Some(Coding { primaries, transfer, matrix, full_range: full >> 7 == 1 });
            }
            _ => {}
        }
    }
    if let Some(item) = meta.alpha_of(primary) {
        picture.alpha = meta.tiles(item, size);
    }
    Ok(picture)
}

impl<'a> Meta<'a> {
    fn read(original: &'a [u8], boxes: &'a [u8]) -> Option<Self> {
        let mut pitm = Reader(find(boxes, b"pitm")?);
        let (version, _) = pitm.full()?;
        let primary = if version == 0 { u32::from(pitm.u16()?) } else { pitm.u32()? };
        let iprp = find(boxes, b"iprp").unwrap_or_default();
        Some(Self {
            original,
            data: find(boxes, b"idat"),
            primary,
            kinds: find(boxes, b"iinf").and_then(kinds).unwrap_or_default(),
            locations: find(boxes, b"iloc").map(locations).unwrap_or_default(),
            properties: properties(iprp),
            references: references(find(boxes, b"iref").unwrap_or_default()),
        })
    }

    fn properties_of(&self, item: u32) -> impl Iterator<Item = Property<'a>> {
        self.properties.get(&item).into_iter().flatten().copied()
    }

    fn property(&self, item: u32, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.properties_of(item).find(|(of, _)| *of == kind).map(|(_, payload)| payload)
    }

    fn size(&self, item: u32) -> Option<(u32, u32)> {
        let mut reader = Reader(self.property(item, b"ispe")?.get(4..)?);
        let size = (reader.u32()?, reader.u32()?);
        (size.0 > 0 && size.1 > 0).then_some(size)
    }

    /// The clean aperture; all of the picture where it is none of whole pixels within.
    fn window(&self, item: u32, (width, height): (u32, u32)) -> Window {
        let all = Window { left: 0, top: 0, width, height };
        let mut reader = Reader(self.property(item, b"clap").unwrap_or_default());
        let mut number = || reader.u32().map(|number| i64::from(number as i32));
        let mut fraction = || Some((number()?, number()?));
        let clap = (|| Some([fraction()?, fraction()?, fraction()?, fraction()?]))();
        let Some([across, down, right, below]) = clap else { return all };
        match (aperture(width, across, right), aperture(height, down, below)) {
            (Some((left, width)), Some((top, height))) => Window { left, top, width, height },
            _ => all,
        }
    }

    /// First turned, then mirrored.
    fn orientation(&self, item: u32) -> u8 {
        let quarters = self.property(item, b"irot").and_then(<[u8]>::first).map_or(0, |angle| angle & 3);
        let axis = self.property(item, b"imir").and_then(<[u8]>::first).map(|axis| axis & 1);
        let numbers = match axis {
            None => [1, 8, 3, 6],
            Some(0) => [4, 5, 2, 7],
            Some(_) => [2, 7, 4, 5],
        };
        numbers[usize::from(quarters)]
    }

    /// The items that `from` points to by references of a kind.
    fn references(&self, kind: &[u8; 4], from: u32) -> Option<&[u32]> {
        let found = self.references.iter().find(|reference| reference.kind == kind && reference.from == from);
        found.map(|reference| &reference.to[..])
    }

    /// The item that is the alpha channel of another.
    fn alpha_of(&self, item: u32) -> Option<u32> {
        let auxiliary = self.references.iter().filter(|reference| reference.kind == b"auxl");
        let auxiliary = auxiliary.filter(|reference| reference.to.contains(&item));
        auxiliary.map(|reference| reference.from).find(|from| {
            self.property(*from, b"auxC").and_then(|auxc| auxc.get(4..)).is_some_and(|name| {
                name.starts_with(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
                    || name.starts_with(b"urn:mpeg:hevc:2015:auxid:1\0")
            })
        })
    }

    /// The streams of an item that shows a picture of `size`.
    fn tiles(&self, item: u32, size: (u32, u32)) -> Option<Tiles<'a>> {
        match *self.kinds.get(&item)? {
            b"av01" => Some(Tiles { columns: 1, streams: vec![self.stream(item, size)?] }),
            b"grid" => {
                let grid = self.stream(item, size)?.extents.concat();
                let (rows, columns) = (usize::from(*grid.get(2)?) + 1, usize::from(*grid.get(3)?) + 1);
                let items = self.references(b"dimg", item)?;
                if items.len() != rows * columns || items.len() > MAX_TILES {
                    return None;
                }
                // A tile that does not say its size has its share, in whole blocks.
                let share = |side: u32, count: usize| side.div_ceil(count as u32).next_multiple_of(64);
                let share = (share(size.0, columns), share(size.1, rows));
                let stream = |tile: &u32| self.stream(*tile, self.size(*tile).unwrap_or(share));
                Some(Tiles { columns, streams: items.iter().map(stream).collect::<Option<_>>()? })
            }
            _ => None,
        }
    }

    fn stream(&self, item: u32, size: (u32, u32)) -> Option<Stream<'a>> {
        let Location { method, extents } = self.locations.get(&item)?;
        let source = match method {
            0 => self.original,
            1 => self.data?,
            _ => return None,
        };
        let extent = |(offset, length): &(u64, u64)| {
            let rest = source.get(usize::try_from(*offset).ok()?..)?;
            if *length == 0 { Some(rest) } else { rest.get(..usize::try_from(*length).ok()?) }
        };
        Some(Stream { extents: extents.iter().map(extent).collect::<Option<_>>()?, size })
    }
}

/// The kinds of the items.
fn kinds(iinf: &[u8]) -> Option<BTreeMap<u32, &[u8]>> {
    let mut iinf = Reader(iinf);
    let (version, _) = iinf.full()?;
    iinf.take(if version == 0 { 2 } else { 4 })?;
    let mut kinds = BTreeMap::new();
    for (_, infe) in boxes(iinf.0).take(MAX_ITEMS).filter(|(kind, _)| *kind == b"infe") {
        let mut infe = Reader(infe);
        let mut read = || {
            let (version, _) = infe.full()?;
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

/// Where the items' bytes are, as far as the box can be read.
fn locations(iloc: &[u8]) -> BTreeMap<u32, Location> {
    let mut locations = BTreeMap::new();
    let mut reader = Reader(iloc);
    let mut read = || {
        let (version, _) = reader.full()?;
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
                // Of no picture. Its extents are passed over at once, for they may take no bytes.
                reader.take(count * (index_size + offset_size + length_size))?;
                continue;
            }
            let mut extents = Vec::new();
            for _ in 0..count {
                reader.number(index_size)?;
                let (offset, length) = (reader.number(offset_size)?, reader.number(length_size)?);
                extents.push((base.checked_add(offset)?, length));
            }
            locations.entry(item).or_insert(Location { method, extents });
        }
        Some(())
    };
    // A box that is cut short may have told enough.
    let _ = read();
    locations
}

/// The properties of the items, as far as the boxes can be read.
fn properties(iprp: &[u8]) -> BTreeMap<u32, Vec<Property<'_>>> {
    let all: Vec<_> =
        find(iprp, b"ipco").map(|list| boxes(list).take(MAX_PROPERTIES).collect()).unwrap_or_default();
    let mut properties = BTreeMap::new();
    // The items may be spread over several lists.
    for (_, ipma) in boxes(iprp).filter(|(kind, _)| *kind == b"ipma").take(MAX_ITEMS) {
        let _ = associations(ipma, &all, &mut properties);
    }
    properties
}

/// Adds what a list tells of the properties of items.
fn associations<'a>(
    ipma: &'a [u8],
    all: &[Property<'a>],
    properties: &mut BTreeMap<u32, Vec<Property<'a>>>,
) -> Option<()> {
    let mut reader = Reader(ipma);
    let (version, flags) = reader.full()?;
    for _ in 0..reader.u32()? {
        let item = if version < 1 { u32::from(reader.u16()?) } else { reader.u32()? };
        let count = reader.u8()?;
        let mut of_item = Vec::new();
        for _ in 0..count {
            // The top bit says that the property must be understood.
            let wide = flags & 1 == 1;
            let index = if wide { reader.u16()? & 0x7fff } else { u16::from(reader.u8()? & 0x7f) };
            of_item.extend(usize::from(index).checked_sub(1).and_then(|index| all.get(index)).copied());
        }
        if properties.len() < MAX_ITEMS {
            properties.entry(item).or_insert(of_item);
        }
    }
    Some(())
}

fn references(iref: &[u8]) -> Vec<Reference<'_>> {
    let bytes = if iref.first().is_some_and(|version| *version > 0) { 4 } else { 2 };
    let list = boxes(iref.get(4..).unwrap_or_default());
    let read = |(kind, reference)| {
        let mut reader = Reader(reference);
        let from = reader.number(bytes)? as u32;
        let count = usize::from(reader.u16()?).min(MAX_TILES + 1);
        let to = (0..count).map(|_| reader.number(bytes).map(|item| item as u32)).collect::<Option<_>>()?;
        Some(Reference { kind, from, to })
    };
    list.take(MAX_ITEMS).filter_map(read).collect()
}

/// Where a window begins and how long it is, from its length and how far its middle is from that of all, as fractions.
fn aperture(all: u32, length: (i64, i64), offset: (i64, i64)) -> Option<(u32, u32)> {
    let whole = |number: i64, by: i64| (by > 0 && number % by == 0).then(|| number / by);
    let (all, length) = (i64::from(all), whole(length.0, length.1)?);
    let start = whole(whole(offset.0 * 2, offset.1)? + all - length, 2)?;
    (length > 0 && start >= 0 && start + length <= all).then_some((start as u32, length as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aperture_is_of_whole_pixels_or_none() {
        assert_eq!(aperture(24, (10, 1), (0, 1)), Some((7, 10)));
        assert_eq!(aperture(24, (9, 1), (-15, 2)), Some((0, 9)));
        assert_eq!(aperture(24, (20, 2), (7, 1)), Some((14, 10)));
        assert_eq!(aperture(24, (9, 1), (0, 1)), None);
        assert_eq!(aperture(24, (10, 1), (8, 1)), None);
        assert_eq!(aperture(24, (10, 0), (0, 1)), None);
        assert_eq!(aperture(24, (-10, 1), (0, 1)), None);
    }
}
