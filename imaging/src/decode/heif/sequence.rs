//! The first frame of a sequence of pictures: the first sample of its track, and of the track with its alpha channel.

use crate::decode::heif::boxes::{Reader, boxes, find};
use crate::decode::heif::container::{Choice, Codec, Content, Picture, Stream, Tiles, apply_color};
use crate::decode::heif::view::View;

/// More tracks than this are passed over.
const MAX_TRACKS: usize = 16;

/// What a track says about itself and its first sample.
struct Track<'a> {
    handler: [u8; 4],
    /// Boxes of properties that a sample entry ends with.
    properties: &'a [u8],
    stream: Stream<'a>,
    /// The tracks that this one belongs to as alpha channel, by whatever name.
    is_auxiliary: bool,
}

/// The first frame of the first track that has pictures.
pub(crate) fn picture<'a>(original: &'a [u8], moov: &'a [u8]) -> Option<Picture<'a>> {
    let traks = boxes(moov).filter(|(kind, _)| *kind == b"trak").take(MAX_TRACKS);
    let tracks: Vec<_> = traks.filter_map(|(_, trak)| track(original, trak)).collect();
    let is_shown = |track: &&Track<'_>| matches!(&track.handler, b"pict" | b"vide") && !track.is_auxiliary;
    let shown = tracks.iter().find(is_shown)?;
    let size = shown.stream.size;
    let alpha = tracks.iter().find(|track| track.handler == *b"auxv" && track.stream.size == size);
    let mut picture = Picture {
        size,
        view: View::whole(size),
        icc: None,
        coding: None,
        content: Content::Tiles(Tiles::one(shown.stream.clone())),
        alpha: alpha.map(|alpha| Tiles::one(alpha.stream.clone())),
        premultiplied: false,
        thumbnail: None,
    };
    for (kind, property) in boxes(shown.properties) {
        picture.view.apply(*kind, property);
        if kind == b"colr" {
            apply_color(&mut picture, property);
        }
    }
    Some(picture)
}

fn track<'a>(original: &'a [u8], trak: &'a [u8]) -> Option<Track<'a>> {
    let mdia = find(trak, b"mdia")?;
    let handler = *find(mdia, b"hdlr")?.get(8..)?.first_chunk()?;
    let stbl = find(find(mdia, b"minf")?, b"stbl")?;
    let (kind, entry) = boxes(find(stbl, b"stsd")?.get(8..)?).next()?;
    let codec = Codec::of(*kind)?;
    let mut size = Reader(entry.get(24..28)?);
    let size = (u32::from(size.u16()?), u32::from(size.u16()?));
    let properties = entry.get(78..)?;
    let start = usize::try_from(first_offset(stbl)?).ok()?;
    let sample = original.get(start..)?.get(..first_size(stbl)?)?;
    let is_auxiliary = find(trak, b"tref").is_some_and(|tref| find(tref, b"auxl").is_some());
    let config = find(properties, b"hvcC").unwrap_or_default();
    let extents = vec![sample];
    let choice = Choice::default();
    (size.0 > 0 && size.1 > 0).then_some(Track {
        handler,
        properties,
        stream: Stream { codec, extents, config, size, is_sized: true, choice },
        is_auxiliary,
    })
}

/// Where the first chunk begins, which is where the first sample does.
fn first_offset(stbl: &[u8]) -> Option<u64> {
    match (find(stbl, b"stco"), find(stbl, b"co64")) {
        (Some(offsets), _) => Reader(offsets.get(8..)?).number(4),
        (None, offsets) => Reader(offsets?.get(8..)?).number(8),
    }
}

/// The length of the first sample.
fn first_size(stbl: &[u8]) -> Option<usize> {
    if let Some(stsz) = find(stbl, b"stsz") {
        let mut stsz = Reader(stsz.get(4..)?);
        let (all, _count) = (stsz.u32()?, stsz.u32()?);
        return Some(if all > 0 { all } else { stsz.u32()? } as usize);
    }
    let mut stz2 = Reader(find(stbl, b"stz2")?.get(7..)?);
    let bits = stz2.u8()?;
    let _count = stz2.u32()?;
    let first = stz2.number(if bits == 16 { 2 } else { 1 })?;
    Some(if bits == 4 { first >> 4 } else { first } as usize)
}
