//! Reads the first frame of an image sequence: the first sample of its track, and that of the alpha track.

use crate::decode::heif::boxes::{BoxReader, boxes, find_box};
use crate::decode::heif::container::{
    Codec, CodedStream, Content, HeifPicture, LayerChoice, Tiles, apply_color,
};
use crate::decode::heif::transform::ItemTransform;

/// The maximum number of tracks. Further tracks are ignored.
const MAX_TRACKS: usize = 16;

/// A track and its first sample.
struct SequenceTrack<'a> {
    handler: [u8; 4],
    /// The property boxes at the end of its sample entry.
    properties: &'a [u8],
    stream: CodedStream<'a>,
    /// Whether this track is an auxiliary track of another one, such as its alpha.
    is_auxiliary: bool,
}

/// Returns the first frame of the first track with pictures.
pub(crate) fn first_frame<'a>(original: &'a [u8], moov: &'a [u8]) -> Option<HeifPicture<'a>> {
    let traks = boxes(moov).filter(|(kind, _)| *kind == b"trak").take(MAX_TRACKS);
    let tracks: Vec<_> = traks.filter_map(|(_, trak)| read_track(original, trak)).collect();
    let is_shown =
        |track: &&SequenceTrack<'_>| matches!(&track.handler, b"pict" | b"vide") && !track.is_auxiliary;
    let shown = tracks.iter().find(is_shown)?;
    let size = shown.stream.size;
    let alpha = tracks.iter().find(|track| track.handler == *b"auxv" && track.stream.size == size);
    let mut picture = HeifPicture {
        size,
        transform: ItemTransform::whole(size),
        icc: None,
        color_coding: None,
        content: Content::Tiles(Tiles::single(shown.stream.clone())),
        alpha: alpha.map(|alpha| Tiles::single(alpha.stream.clone())),
        is_premultiplied: false,
        thumbnail: None,
    };
    for (kind, property) in boxes(shown.properties) {
        picture.transform.apply(*kind, property);
        if kind == b"colr" {
            apply_color(&mut picture, property);
        }
    }
    Some(picture)
}

fn read_track<'a>(original: &'a [u8], trak: &'a [u8]) -> Option<SequenceTrack<'a>> {
    let mdia = find_box(trak, b"mdia")?;
    let handler = *find_box(mdia, b"hdlr")?.get(8..)?.first_chunk()?;
    let stbl = find_box(find_box(mdia, b"minf")?, b"stbl")?;
    let (kind, entry) = boxes(find_box(stbl, b"stsd")?.get(8..)?).next()?;
    let codec = Codec::from_item_type(*kind)?;
    let mut size = BoxReader(entry.get(24..28)?);
    let size = (u32::from(size.u16()?), u32::from(size.u16()?));
    let properties = entry.get(78..)?;
    let start = usize::try_from(first_offset(stbl)?).ok()?;
    let sample = original.get(start..)?.get(..first_size(stbl)?)?;
    let is_auxiliary = find_box(trak, b"tref").is_some_and(|tref| find_box(tref, b"auxl").is_some());
    let config = find_box(properties, b"hvcC").unwrap_or_default();
    let extents = vec![sample];
    let choice = LayerChoice::default();
    (size.0 > 0 && size.1 > 0).then_some(SequenceTrack {
        handler,
        properties,
        stream: CodedStream { codec, extents, config, size, is_sized: true, choice },
        is_auxiliary,
    })
}

/// Returns the offset of the first chunk, which begins with the first sample.
fn first_offset(stbl: &[u8]) -> Option<u64> {
    match (find_box(stbl, b"stco"), find_box(stbl, b"co64")) {
        (Some(offsets), _) => BoxReader(offsets.get(8..)?).number(4),
        (None, offsets) => BoxReader(offsets?.get(8..)?).number(8),
    }
}

/// Returns the length of the first sample.
fn first_size(stbl: &[u8]) -> Option<usize> {
    if let Some(stsz) = find_box(stbl, b"stsz") {
        let mut stsz = BoxReader(stsz.get(4..)?);
        let (all, _count) = (stsz.u32()?, stsz.u32()?);
        return Some(if all > 0 { all } else { stsz.u32()? } as usize);
    }
    let mut stz2 = BoxReader(find_box(stbl, b"stz2")?.get(7..)?);
    let bits = stz2.u8()?;
    let _count = stz2.u32()?;
    let first = stz2.number(if bits == 16 { 2 } else { 1 })?;
    Some(if bits == 4 { first >> 4 } else { first } as usize)
}
