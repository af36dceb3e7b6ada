//! The container of AVIF, as far as one still picture needs it.
//!
//! Written here because the parsers to be had are under the MPL; it is a matter of nested boxes. An item
//! is a number with a type, properties, and bytes in a list of extents.

use std::borrow::Cow;

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
    pub(super) matrix: u8,
    pub(super) full_range: bool,
}

/// The streams of a picture: one, or those of a grid, row by row.
pub(super) struct Tiles<'a> {
    pub(super) columns: usize,
    pub(super) streams: Vec<Cow<'a, [u8]>>,
}

/// More tiles than this are refused.
const MAX_TILES: usize = 1024;

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

/// The `meta` box of a file.
struct Meta<'a> {
    original: &'a [u8],
    boxes: &'a [u8],
    properties: Vec<(&'a [u8; 4], &'a [u8])>,
}

/// The picture, or what is wrong with the file.
pub(super) fn picture(original: &[u8]) -> Result<Picture<'_>, &'static str> {
    let boxes = find(original, b"meta").and_then(|meta| meta.get(4..)).ok_or("no meta box")?;
    let properties = find(boxes, b"iprp").and_then(|boxes| find(boxes, b"ipco"));
    let properties = properties.map(|list| self::boxes(list).collect()).unwrap_or_default();
    let meta = Meta { original, boxes, properties };
    let primary = meta.primary().ok_or("no primary item")?;
    let size = meta.property(primary, b"ispe").and_then(|ispe| {
        let mut reader = Reader(ispe.get(4..)?);
        Some((reader.u32()?, reader.u32()?))
    });
    let size = size.filter(|size| size.0 > 0 && size.1 > 0).ok_or("no size")?;
    let mut picture = Picture {
        size,
        window: meta.window(primary, size),
        orientation: meta.orientation(primary),
        icc: None,
        coding: None,
        colour: meta.tiles(primary).ok_or("no picture data")?,
        alpha: None,
        premultiplied: meta.references(b"prem", primary).is_some(),
    };
    for (_, colr) in meta.properties_of(primary).filter(|(kind, _)| *kind == b"colr") {
        match colr.split_first_chunk::<4>() {
            Some((b"prof" | b"rICC", icc)) => picture.icc = Some(icc),
            Some((b"nclx", &[_, _, _, _, _, matrix, full, ..])) => {
                picture.coding = Some(Coding { matrix, full_range: full >> 7 == 1 });
            }
            _ => {}
        }
    }
    if let Some(item) = meta.alpha_of(primary) {
        picture.alpha = meta.tiles(item);
    }
    Ok(picture)
}

impl<'a> Meta<'a> {
    fn primary(&self) -> Option<u32> {
        let mut pitm = Reader(find(self.boxes, b"pitm")?);
        let (version, _) = pitm.full()?;
        if version == 0 { pitm.u16().map(u32::from) } else { pitm.u32() }
    }

    fn kind(&self, item: u32) -> Option<&'a [u8]> {
        let mut iinf = Reader(find(self.boxes, b"iinf")?);
        let (version, _) = iinf.full()?;
        iinf.take(if version == 0 { 2 } else { 4 })?;
        boxes(iinf.0).filter(|(kind, _)| *kind == b"infe").find_map(|(_, infe)| {
            let mut infe = Reader(infe);
            let (version, _) = infe.full()?;
            let of = if version == 2 { u32::from(infe.u16()?) } else { infe.u32()? };
            infe.u16()?;
            (of == item).then_some(infe.take(4)?)
        })
    }

    /// The properties of an item, in their order.
    fn properties_of(&self, item: u32) -> impl Iterator<Item = (&'a [u8; 4], &'a [u8])> {
        let ipma = find(self.boxes, b"iprp").and_then(|iprp| find(iprp, b"ipma"));
        let indices = ipma.and_then(|ipma| associations(ipma, item)).unwrap_or_default();
        indices.into_iter().filter_map(|index| self.properties.get(index.checked_sub(1)?).copied())
    }

    fn property(&self, item: u32, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.properties_of(item).find(|(of, _)| *of == kind).map(|(_, payload)| payload)
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
    fn references(&self, kind: &[u8; 4], from: u32) -> Option<Vec<u32>> {
        self.all_references(kind).find(|(of, _)| *of == from).map(|(_, to)| to)
    }

    fn all_references(&self, kind: &[u8; 4]) -> impl Iterator<Item = (u32, Vec<u32>)> {
        let iref = find(self.boxes, b"iref").unwrap_or_default();
        let wide = iref.first().is_some_and(|version| *version > 0);
        let list = boxes(iref.get(4..).unwrap_or_default());
        list.filter(move |(of, _)| *of == kind).filter_map(move |(_, reference)| {
            let mut reader = Reader(reference);
            let bytes = if wide { 4 } else { 2 };
            let from = reader.number(bytes)? as u32;
            let count = usize::from(reader.u16()?).min(MAX_TILES + 1);
            let to =
                (0..count).map(|_| reader.number(bytes).map(|item| item as u32)).collect::<Option<_>>()?;
            Some((from, to))
        })
    }

    /// The item that is the alpha channel of another.
    fn alpha_of(&self, item: u32) -> Option<u32> {
        let auxiliary = self.all_references(b"auxl").filter(|(_, to)| to.contains(&item));
        auxiliary.map(|(from, _)| from).find(|from| {
            self.property(*from, b"auxC").and_then(|auxc| auxc.get(4..)).is_some_and(|name| {
                name.starts_with(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
                    || name.starts_with(b"urn:mpeg:hevc:2015:auxid:1\0")
            })
        })
    }

    fn tiles(&self, item: u32) -> Option<Tiles<'a>> {
        match self.kind(item)? {
            b"av01" => Some(Tiles { columns: 1, streams: vec![self.bytes(item)?] }),
            b"grid" => {
                let grid = self.bytes(item)?;
                let (rows, columns) = (usize::from(*grid.get(2)?) + 1, usize::from(*grid.get(3)?) + 1);
                let items = self.references(b"dimg", item)?;
                if items.len() != rows * columns || items.len() > MAX_TILES {
                    return None;
                }
                let streams = items.iter().map(|tile| self.bytes(*tile)).collect::<Option<_>>()?;
                Some(Tiles { columns, streams })
            }
            _ => None,
        }
    }

    /// The bytes of an item, wherever its extents lie; not more in all than the file has.
    fn bytes(&self, item: u32) -> Option<Cow<'a, [u8]>> {
        let mut iloc = Reader(find(self.boxes, b"iloc")?);
        let (version, _) = iloc.full()?;
        let sizes = iloc.u16()?;
        let [offset_size, length_size, base_size, index_size] =
            [12, 8, 4, 0].map(|shift| usize::from(sizes >> shift & 15));
        if [offset_size, length_size, base_size, index_size].iter().any(|size| *size > 8) {
            return None;
        }
        let count = if version < 2 { u32::from(iloc.u16()?) } else { iloc.u32()? };
        for _ in 0..count {
            let of = if version < 2 { u32::from(iloc.u16()?) } else { iloc.u32()? };
            let method = if version > 0 { iloc.u16()? & 15 } else { 0 };
            iloc.u16()?;
            let base = iloc.number(base_size)?;
            let extents = iloc.u16()?;
            let source = match method {
                0 => Some(self.original),
                1 => find(self.boxes, b"idat"),
                _ => None,
            };
            let mut bytes = Cow::Borrowed(&[][..]);
            for _ in 0..extents {
                if version > 0 {
                    iloc.number(index_size)?;
                }
                let (offset, length) = (iloc.number(offset_size)?, iloc.number(length_size)?);
                if of != item {
                    continue;
                }
                let start = usize::try_from(base.checked_add(offset)?).ok()?;
                let rest = source?.get(start..)?;
                let part = if length == 0 { rest } else { rest.get(..usize::try_from(length).ok()?)? };
                if bytes.is_empty() {
                    bytes = Cow::Borrowed(part);
                } else if bytes.len() + part.len() <= self.original.len() {
                    bytes.to_mut().extend_from_slice(part);
                } else {
                    return None;
                }
            }
            if of == item {
                return Some(bytes);
            }
        }
        None
    }
}

/// The numbers of an item's properties.
fn associations(ipma: &[u8], item: u32) -> Option<Vec<usize>> {
    let mut reader = Reader(ipma);
    let (version, flags) = reader.full()?;
    for _ in 0..reader.u32()? {
        let of = if version < 1 { u32::from(reader.u16()?) } else { reader.u32()? };
        let count = reader.u8()?;
        let mut indices = Vec::new();
        for _ in 0..count {
            // The top bit says that the property must be understood.
            let wide = flags & 1 == 1;
            indices.push(if wide { reader.u16()? & 0x7fff } else { u16::from(reader.u8()? & 0x7f) }.into());
        }
        if of == item {
            return Some(indices);
        }
    }
    None
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
