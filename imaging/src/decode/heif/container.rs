//! Reads the parts of the container of HEIC and AVIF that a still picture needs.
//!
//! We wrote this parser because the available ones are under the MPL. An item is a number with a type, properties, and
//! bytes in a list of extents.

use std::collections::BTreeMap;

use crate::decode::heif::boxes::{BoxReader, find_box};
use crate::decode::heif::tables::{self, ItemLocation, ItemProperty, ItemReference, MAX_TILES};
use crate::decode::heif::transform::ItemTransform;
use crate::orient::oriented_size;
use crate::{ImageError, SourceFormat};

/// The type of an auxiliary picture that is the alpha of another one.
pub(crate) const ALPHA_TYPE: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

/// The picture that a file shows.
pub(crate) struct HeifPicture<'a> {
    /// The stored size.
    pub(crate) size: (u32, u32),
    pub(crate) transform: ItemTransform,
    pub(crate) icc: Option<&'a [u8]>,
    pub(crate) color_coding: Option<ColorCoding>,
    pub(crate) content: Content<'a>,
    pub(crate) alpha: Option<Tiles<'a>>,
    /// Whether the colors are multiplied by alpha.
    pub(crate) is_premultiplied: bool,
    /// A smaller version of the same picture.
    pub(crate) thumbnail: Option<Box<HeifPicture<'a>>>,
}

impl HeifPicture<'_> {
    /// Returns the size of the displayed picture, upright.
    pub(crate) fn displayed_size(&self) -> (u32, u32) {
        oriented_size(self.transform.window.size(), self.transform.orientation)
    }
}

/// The parts of a picture.
pub(crate) enum Content<'a> {
    Tiles(Tiles<'a>),
    Overlay(Overlay<'a>),
}

/// Pictures drawn over a background, one over another.
pub(crate) struct Overlay<'a> {
    /// Red, green, blue, and alpha.
    pub(crate) background: [u8; 4],
    pub(crate) layers: Vec<Layer<'a>>,
}

/// A picture, and the position of its top left corner.
pub(crate) struct Layer<'a> {
    pub(crate) at: (i32, i32),
    pub(crate) picture: HeifPicture<'a>,
}

/// The color coding of samples: code points of H.273.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColorCoding {
    pub(crate) primaries: u8,
    pub(crate) transfer: u8,
    pub(crate) matrix: u8,
    pub(crate) full_range: bool,
}

/// The streams of a picture: one, or those of a grid, row by row. If a tile of an alpha channel has no stream, it is
/// opaque.
pub(crate) struct Tiles<'a> {
    pub(crate) columns: usize,
    pub(crate) streams: Vec<Option<CodedStream<'a>>>,
}

impl<'a> Tiles<'a> {
    pub(crate) fn single(stream: CodedStream<'a>) -> Self {
        Self { columns: 1, streams: vec![Some(stream)] }
    }
}

/// The codec of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Av1,
    Hevc,
}

impl Codec {
    /// Returns the codec of an item, or of the samples of a track.
    pub(crate) fn from_item_type(kind: [u8; 4]) -> Option<Self> {
        match &kind {
            b"av01" => Some(Self::Av1),
            b"hvc1" | b"hev1" => Some(Self::Hevc),
            _ => None,
        }
    }
}

/// The bytes of an item, in extents.
#[derive(Clone)]
pub(crate) struct CodedStream<'a> {
    pub(crate) codec: Codec,
    pub(crate) extents: Vec<&'a [u8]>,
    /// The payload of the box that configures the decoder; empty if there is no such box.
    #[cfg_attr(not(feature = "heic"), allow(dead_code))]
    pub(crate) config: &'a [u8],
    /// The size that the item declares, or else the size of its tile in a grid.
    pub(crate) size: (u32, u32),
    /// Whether the item declares its size.
    pub(crate) is_sized: bool,
    /// The picture to select if an AV1 stream contains several.
    pub(crate) choice: LayerChoice,
}

/// The picture to select if an AV1 stream contains several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LayerChoice {
    pub(crate) operating_point: u8,
    /// Whether the file declares layers, which are predicted from each other.
    pub(crate) is_layered: bool,
    /// The layer to show, or the highest if it is `None`.
    pub(crate) layer: Option<u16>,
}

impl CodedStream<'_> {
    pub(crate) fn len(&self) -> usize {
        self.extents.iter().map(|extent| extent.len()).sum()
    }
}

/// Returns width x height.
pub(crate) fn area((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}

/// The maximum number of layers. Pictures with more are refused.
const MAX_LAYERS: usize = 64;

/// The maximum length of the description of a grid in bytes: version, flags, rows, columns, and a size of 64 bits.
const MAX_GRID: usize = 12;

/// The maximum length of the description of an overlay in bytes: version, flags, background, size, and positions.
const MAX_OVERLAY: usize = 2 + 8 + 8 + 8 * MAX_LAYERS;

/// The maximum length of a chain of derived items. Longer chains are refused.
const MAX_DEPTH: usize = 4;

/// The tables of the `meta` box of a file.
struct MetaTables<'a> {
    original: &'a [u8],
    format: SourceFormat,
    /// The payload of the `idat` box in the `meta` box.
    data: Option<&'a [u8]>,
    primary: u32,
    kinds: BTreeMap<u32, &'a [u8]>,
    locations: BTreeMap<u32, ItemLocation>,
    /// The properties of each item, in order.
    properties: BTreeMap<u32, Vec<ItemProperty<'a>>>,
    references: Vec<ItemReference<'a>>,
    /// The alpha channel of each item that has one.
    alphas: BTreeMap<u32, u32>,
}

/// Returns the picture of the primary item, or `None` if there is no such item. `boxes` is the payload of the
/// `meta` box.
pub(crate) fn read_still<'a>(
    original: &'a [u8],
    format: SourceFormat,
    boxes: &'a [u8],
) -> Option<Result<HeifPicture<'a>, ImageError>> {
    MetaTables::read(original, format, boxes).map(|meta| meta.primary_picture())
}

/// Returns the TIFF structure in the EXIF item of a file.
pub(crate) fn read_exif(original: &[u8], format: SourceFormat) -> Option<&[u8]> {
    let boxes = find_box(original, b"meta")?.get(4..)?;
    let meta = MetaTables::read(original, format, boxes)?;
    let (item, _) = meta.kinds.iter().find(|(_, kind)| **kind == b"Exif")?;
    // The item begins with the offset of the structure after this number.
    let mut reader = BoxReader(meta.bytes(*item)?.first()?);
    let offset = usize::try_from(reader.u32()?).ok()?;
    reader.0.get(offset..)
}

/// Returns whether `small` can replace `large`: it has the same orientation, the same aspect ratio to within
/// a pixel, and alpha only if `large` has it.
fn is_smaller_version(small: &HeifPicture<'_>, large: &HeifPicture<'_>) -> bool {
    let ((width, height), (large_width, large_height)) = (small.displayed_size(), large.displayed_size());
    let (across, down) =
        (u64::from(width) * u64::from(large_height), u64::from(height) * u64::from(large_width));
    small.transform.orientation == large.transform.orientation
        && width < large_width
        && across.abs_diff(down) <= u64::from(large_width.max(large_height))
        && small.alpha.is_some() == large.alpha.is_some()
        && matches!(large.content, Content::Tiles(_))
}

impl<'a> MetaTables<'a> {
    fn read(original: &'a [u8], format: SourceFormat, boxes: &'a [u8]) -> Option<Self> {
        let mut pitm = BoxReader(find_box(boxes, b"pitm")?);
        let (version, _) = pitm.version_and_flags()?;
        let primary = if version == 0 { u32::from(pitm.u16()?) } else { pitm.u32()? };
        let iprp = find_box(boxes, b"iprp").unwrap_or_default();
        let mut meta = Self {
            original,
            format,
            data: find_box(boxes, b"idat"),
            primary,
            kinds: find_box(boxes, b"iinf").and_then(tables::kinds).unwrap_or_default(),
            locations: find_box(boxes, b"iloc").map(tables::locations).unwrap_or_default(),
            properties: tables::properties(iprp),
            references: tables::references(find_box(boxes, b"iref").unwrap_or_default()),
            alphas: BTreeMap::new(),
        };
        meta.alphas = meta.find_alphas();
        Some(meta)
    }

    fn damaged(&self, reason: &str) -> ImageError {
        ImageError::damaged(self.format, reason)
    }

    fn primary_picture(&self) -> Result<HeifPicture<'a>, ImageError> {
        let mut picture = self.picture(self.primary, 0)?;
        let thumbnails = self.references.iter().filter(|reference| reference.kind == b"thmb");
        let thumbnails = thumbnails.filter(|reference| reference.to.contains(&self.primary));
        // A thumbnail that cannot be read is ignored.
        let thumbnail =
            thumbnails.map(|reference| reference.from).next().and_then(|item| self.picture(item, 0).ok());
        picture.thumbnail = thumbnail.filter(|small| is_smaller_version(small, &picture)).map(Box::new);
        Ok(picture)
    }

    /// Returns the picture of an item. `depth` is the number of items derived from it on the way here.
    fn picture(&self, item: u32, depth: usize) -> Result<HeifPicture<'a>, ImageError> {
        let kind = self.kinds.get(&item).copied().unwrap_or_default();
        let mut picture = if kind == b"iden" {
            let of = self.references(b"dimg", item).and_then(<[u32]>::first);
            let of = *of
                .filter(|_| depth < MAX_DEPTH)
                .ok_or_else(|| self.damaged("a derived picture has no source"))?;
            self.picture(of, depth + 1)?
        } else {
            let size = self.size(item).ok_or_else(|| self.damaged("its size is missing"))?;
            let alpha = self.alphas.get(&item).and_then(|alpha| self.tiles(*alpha, size));
            HeifPicture {
                size,
                transform: ItemTransform::whole(size),
                icc: None,
                color_coding: None,
                content: self.content(item, kind, size, depth)?,
                alpha: alpha.or_else(|| self.grid_alpha(item, size)),
                is_premultiplied: self.references(b"prem", item).is_some(),
                thumbnail: None,
            }
        };
        for (kind, property) in self.properties_of(item) {
            picture.transform.apply(*kind, property);
            if kind == b"colr" {
                apply_color(&mut picture, property);
            }
        }
        Ok(picture)
    }

    fn content(
        &self,
        item: u32,
        kind: &[u8],
        size: (u32, u32),
        depth: usize,
    ) -> Result<Content<'a>, ImageError> {
        let no_data = || self.damaged("it has no picture data");
        if kind == b"iovl" {
            return self.overlay(item, depth).map(Content::Overlay);
        }
        let refused = match kind {
            b"avc1" => Some("AVC in HEIF"),
            b"lhv1" => Some("layered HEVC in HEIF"),
            b"vvc1" => Some("VVC in HEIF"),
            b"jpeg" => Some("JPEG in HEIF"),
            b"j2k1" => Some("JPEG 2000 in HEIF"),
            b"unci" => Some("uncompressed HEIF"),
            b"tmap" => Some("tone-mapped HEIF"),
            _ => None,
        };
        match refused {
            Some(format) => Err(ImageError::Unsupported { format }),
            None => Ok(Content::Tiles(self.tiles(item, size).ok_or_else(no_data)?)),
        }
    }

    /// Returns the layers of an overlay. Returns an error for an overlay within another picture.
    fn overlay(&self, item: u32, depth: usize) -> Result<Overlay<'a>, ImageError> {
        if depth > 0 {
            return Err(ImageError::Unsupported { format: "HEIF with a nested overlay" });
        }
        let damaged = || self.damaged("an overlay is invalid");
        let bytes = self.first_bytes(item, MAX_OVERLAY).ok_or_else(damaged)?;
        let items =
            self.references(b"dimg", item).filter(|items| items.len() <= MAX_LAYERS).ok_or_else(damaged)?;
        let mut reader = BoxReader(&bytes);
        let mut read = || {
            let (_, wide) = (reader.u8()?, reader.u8()? & 1 == 1);
            let mut background = [0; 4];
            for sample in &mut background {
                *sample = (reader.u16()? >> 8) as u8;
            }
            let mut number =
                || if wide { Some(reader.u32()? as i32) } else { Some(i32::from(reader.u16()? as i16)) };
            let _size = (number()?, number()?);
            let at: Option<Vec<_>> = items.iter().map(|_| Some((number()?, number()?))).collect();
            Some((background, at?))
        };
        let (background, at) = read().ok_or_else(damaged)?;
        let layer =
            |(item, at): (&u32, (i32, i32))| Ok(Layer { at, picture: self.picture(*item, depth + 1)? });
        Ok(Overlay {
            background,
            layers: items.iter().zip(at).map(layer).collect::<Result<_, ImageError>>()?,
        })
    }

    fn properties_of(&self, item: u32) -> impl Iterator<Item = ItemProperty<'a>> {
        self.properties.get(&item).into_iter().flatten().copied()
    }

    fn property(&self, item: u32, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.properties_of(item).find(|(of, _)| *of == kind).map(|(_, payload)| payload)
    }

    fn size(&self, item: u32) -> Option<(u32, u32)> {
        let mut reader = BoxReader(self.property(item, b"ispe")?.get(4..)?);
        let size = (reader.u32()?, reader.u32()?);
        (size.0 > 0 && size.1 > 0).then_some(size)
    }

    /// Returns the items to which `from` refers by references of a kind.
    fn references(&self, kind: &[u8; 4], from: u32) -> Option<&[u32]> {
        let found = self.references.iter().find(|reference| reference.kind == kind && reference.from == from);
        found.map(|reference| &reference.to[..])
    }

    /// Returns the alpha channel of each item that has one.
    fn find_alphas(&self) -> BTreeMap<u32, u32> {
        let mut alphas = BTreeMap::new();
        for reference in self.references.iter().filter(|reference| reference.kind == b"auxl") {
            if self.is_alpha(reference.from) {
                reference.to.iter().for_each(|of| _ = alphas.entry(*of).or_insert(reference.from));
            }
        }
        alphas
    }

    fn is_alpha(&self, item: u32) -> bool {
        self.property(item, b"auxC").and_then(|auxc| auxc.get(4..)).is_some_and(|name| {
            name.starts_with(ALPHA_TYPE) || name.starts_with(b"urn:mpeg:hevc:2015:auxid:1\0")
        })
    }

    /// Returns the alpha channel of a grid whose tiles have one each.
    fn grid_alpha(&self, item: u32, size: (u32, u32)) -> Option<Tiles<'a>> {
        let (columns, items) = self.grid(item)?;
        let cell = |item: &u32| self.grid_tile(*self.alphas.get(item)?, size, columns, items.len());
        let streams: Vec<_> = items.iter().map(cell).collect();
        streams.iter().any(Option::is_some).then_some(Tiles { columns, streams })
    }

    /// Returns the columns and the items of a grid.
    fn grid(&self, item: u32) -> Option<(usize, &[u32])> {
        if *self.kinds.get(&item)? != b"grid" {
            return None;
        }
        let grid = self.first_bytes(item, MAX_GRID)?;
        let (rows, columns) = (usize::from(*grid.get(2)?) + 1, usize::from(*grid.get(3)?) + 1);
        let items = self.references(b"dimg", item)?;
        (items.len() == rows * columns && items.len() <= MAX_TILES).then_some((columns, items))
    }

    /// Returns the streams of an item that shows a picture of `size`.
    fn tiles(&self, item: u32, size: (u32, u32)) -> Option<Tiles<'a>> {
        let Some((columns, items)) = self.grid(item) else {
            let own = self.size(item);
            return Some(Tiles::single(self.stream(item, own.unwrap_or(size), own.is_some())?));
        };
        let streams: Vec<_> =
            items.iter().map(|tile| self.grid_tile(*tile, size, columns, items.len())).collect();
        streams.iter().all(Option::is_some).then_some(Tiles { columns, streams })
    }

    /// Returns the stream of a tile in a grid. A tile that does not declare its size has its share of the grid, in
    /// whole blocks.
    fn grid_tile(
        &self,
        item: u32,
        size: (u32, u32),
        columns: usize,
        count: usize,
    ) -> Option<CodedStream<'a>> {
        let own = self.size(item);
        let share = |side: u32, count: usize| side.div_ceil(count as u32).next_multiple_of(64);
        let share = || (share(size.0, columns), share(size.1, count / columns));
        self.stream(item, own.unwrap_or_else(share), own.is_some())
    }

    fn stream(&self, item: u32, size: (u32, u32), is_sized: bool) -> Option<CodedStream<'a>> {
        let codec = Codec::from_item_type(*self.kinds.get(&item)?.first_chunk()?)?;
        let number =
            |kind| self.property(item, kind).and_then(|bytes| BoxReader(bytes).number(bytes.len().min(2)));
        let is_layered = [b"a1lx", b"a1op", b"lsel"].iter().any(|kind| self.property(item, kind).is_some());
        let choice = LayerChoice {
            is_layered,
            operating_point: number(b"a1op").map_or(0, |point| point as u8),
            // The maximum number means all layers.
            layer: number(b"lsel").map(|layer| layer as u16).filter(|layer| *layer != u16::MAX),
        };
        let config = self.property(item, b"hvcC").unwrap_or_default();
        Some(CodedStream { codec, extents: self.bytes(item)?, config, size, is_sized, choice })
    }

    /// Returns the first `count` bytes of an item. The extents can share bytes, so all of them together can be far
    /// longer than the file.
    fn first_bytes(&self, item: u32, count: usize) -> Option<Vec<u8>> {
        Some(self.bytes(item)?.into_iter().flatten().take(count).copied().collect())
    }

    /// Returns the extents of an item.
    fn bytes(&self, item: u32) -> Option<Vec<&'a [u8]>> {
        let ItemLocation { method, extents } = self.locations.get(&item)?;
        let source = match method {
            0 => self.original,
            1 => self.data?,
            _ => return None,
        };
        let extent = |(offset, length): &(u64, u64)| {
            let rest = source.get(usize::try_from(*offset).ok()?..)?;
            if *length == 0 { Some(rest) } else { rest.get(..usize::try_from(*length).ok()?) }
        };
        extents.iter().map(extent).collect()
    }
}

/// Applies a `colr` box: a profile, or code points.
pub(crate) fn apply_color<'a>(picture: &mut HeifPicture<'a>, colr: &'a [u8]) {
    match colr.split_first_chunk::<4>() {
        Some((b"prof" | b"rICC", icc)) => picture.icc = Some(icc),
        Some((b"nclx", &[_, primaries, _, transfer, _, matrix, full, ..])) => {
            picture.color_coding =
                Some(ColorCoding { primaries, transfer, matrix, full_range: full >> 7 == 1 });
        }
        _ => {}
    }
}
