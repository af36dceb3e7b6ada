//! Reads the tracks of an image sequence: the pictures, and their alpha.

use crate::decode::heif::boxes::{BoxReader, boxes, find_box};
use crate::decode::heif::container::{
    Codec, CodedStream, Content, HeifPicture, LayerChoice, Tiles, apply_color, area,
};
use crate::decode::heif::samples::{self, Sample};
use crate::decode::heif::transform::ItemTransform;

/// The maximum number of tracks. Further tracks are ignored.
const MAX_TRACKS: usize = 16;

/// A track.
struct SequenceTrack<'a> {
    handler: [u8; 4],
    /// The payload of its `trak` box, its `mdia` box, and its sample table.
    trak: &'a [u8],
    mdia: &'a [u8],
    stbl: &'a [u8],
    codec: Codec,
    size: (u32, u32),
    /// The property boxes at the end of its sample entry.
    properties: &'a [u8],
}

impl<'a> SequenceTrack<'a> {
    fn read(trak: &'a [u8]) -> Option<Self> {
        let mdia = find_box(trak, b"mdia")?;
        let handler = *find_box(mdia, b"hdlr")?.get(8..)?.first_chunk()?;
        let stbl = find_box(find_box(mdia, b"minf")?, b"stbl")?;
        let (kind, entry) = boxes(find_box(stbl, b"stsd")?.get(8..)?).next()?;
        let codec = Codec::from_item_type(*kind)?;
        let mut size = BoxReader(entry.get(24..28)?);
        let size = (u32::from(size.u16()?), u32::from(size.u16()?));
        let properties = entry.get(78..)?;
        let track = Self { handler, trak, mdia, stbl, codec, size, properties };
        (size.0 > 0 && size.1 > 0).then_some(track)
    }

    /// Returns whether a track refers to another one by a reference of a kind.
    fn has_reference(&self, kind: &[u8; 4]) -> bool {
        find_box(self.trak, b"tref").is_some_and(|tref| find_box(tref, kind).is_some())
    }

    /// Returns the stream of the first sample.
    fn first_sample(&self, original: &'a [u8]) -> Option<CodedStream<'a>> {
        let sample = samples::samples(self.stbl, 1)?.first()?.bytes(original)?;
        let config = find_box(self.properties, b"hvcC").unwrap_or_default();
        let (codec, size, choice) = (self.codec, self.size, LayerChoice::default());
        Some(CodedStream { codec, extents: vec![sample], config, size, is_sized: true, choice })
    }
}

/// The first track with pictures, and the track of its alpha.
struct SequenceTracks<'a> {
    shown: SequenceTrack<'a>,
    alpha: Option<SequenceTrack<'a>>,
}

impl<'a> SequenceTracks<'a> {
    fn read(moov: &'a [u8]) -> Option<Self> {
        let traks = boxes(moov).filter(|(kind, _)| *kind == b"trak").take(MAX_TRACKS);
        let mut tracks: Vec<_> = traks.filter_map(|(_, trak)| SequenceTrack::read(trak)).collect();
        let is_shown = |track: &SequenceTrack<'_>| {
            matches!(&track.handler, b"pict" | b"vide") && !track.has_reference(b"auxl")
        };
        let shown = tracks.swap_remove(tracks.iter().position(is_shown)?);
        let alpha = tracks.into_iter().find(|track| track.handler == *b"auxv" && track.size == shown.size);
        Some(Self { shown, alpha })
    }

    /// Returns the first frame.
    fn picture(&self, original: &'a [u8]) -> Option<HeifPicture<'a>> {
        let SequenceTracks { shown, alpha } = self;
        let alpha = alpha.as_ref().and_then(|alpha| alpha.first_sample(original));
        let mut picture = HeifPicture {
            size: shown.size,
            transform: ItemTransform::whole(shown.size),
            icc: None,
            color_coding: None,
            content: Content::Tiles(Tiles::single(shown.first_sample(original)?)),
            alpha: alpha.map(Tiles::single),
            is_premultiplied: shown.has_reference(b"prem"),
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
}

/// Returns the first frame of the first track with pictures.
pub(crate) fn first_frame<'a>(original: &'a [u8], moov: &'a [u8]) -> Option<HeifPicture<'a>> {
    SequenceTracks::read(moov)?.picture(original)
}

/// An animation in AV1.
pub(crate) struct Sequence<'a> {
    original: &'a [u8],
    /// The first frame.
    pub(crate) picture: HeifPicture<'a>,
    colors: Vec<Sample>,
    alphas: Option<Vec<Sample>>,
    /// The units of durations per second.
    timescale: u32,
    /// The number of times that the animation plays, or 0 for endless repetition.
    pub(crate) plays: u32,
}

/// The coded bytes of a frame.
#[derive(Clone, Copy)]
pub(crate) struct SequenceFrame<'a> {
    pub(crate) color: &'a [u8],
    pub(crate) alpha: Option<&'a [u8]>,
    pub(crate) milliseconds: u32,
}

/// Returns the tracks and the first frame of an animation in AV1, or `None` if a file shows only `still`. A file shows
/// only the still picture if it has the brand of a still picture, or if its animation has another size.
fn find_animation<'a>(
    original: &'a [u8],
    still: &HeifPicture<'_>,
) -> Option<(SequenceTracks<'a>, HeifPicture<'a>)> {
    let major_brand = original.get(8..12)?;
    let tracks = SequenceTracks::read(find_box(original, b"moov").filter(|_| major_brand != b"avif")?)?;
    let picture = tracks.picture(original)?;
    let is_av1 = |track: &SequenceTrack<'_>| track.codec == Codec::Av1;
    let window = picture.transform.window.size();
    // The cropped pixels must also be decoded, so a file that crops most of its pixels shows the still picture.
    let is_cropped = area(picture.size) > area(window).saturating_mul(2);
    let is_shown = picture.transform.orientation == still.transform.orientation
        && window == still.transform.window.size()
        && is_av1(&tracks.shown)
        && tracks.alpha.as_ref().is_none_or(is_av1);
    (is_shown && !is_cropped).then_some((tracks, picture))
}

/// Returns the number of frames of a file whose still picture is `still`.
pub(crate) fn count_frames(original: &[u8], still: &HeifPicture<'_>) -> u32 {
    let count = || samples::count(find_animation(original, still)?.0.shown.stbl);
    // Each frame has at least one byte.
    count().map_or(1, |count| count.clamp(1, u32::try_from(original.len()).unwrap_or(u32::MAX)))
}

impl<'a> Sequence<'a> {
    /// Returns the animation with at most `most` frames, or `None` if the file shows only `still`.
    pub(crate) fn new(original: &'a [u8], still: &HeifPicture<'_>, most: usize) -> Option<Self> {
        let (SequenceTracks { shown, alpha }, picture) = find_animation(original, still)?;
        let colors = samples::samples(shown.stbl, most)?;
        let alphas = match alpha {
            Some(alpha) => Some(samples::samples(alpha.stbl, most)?),
            None => None,
        };
        // Frames may not share their bytes.
        let bytes: u128 =
            colors.iter().chain(alphas.iter().flatten()).map(|sample| u128::from(sample.length)).sum();
        let (timescale, plays) = (samples::timescale(shown.mdia)?, samples::plays(shown.trak));
        (bytes <= original.len() as u128 * 2).then_some(Self {
            original,
            picture,
            colors,
            alphas,
            timescale,
            plays,
        })
    }

    /// Returns a frame, or `None` after the last frame, or if the frame lies outside the file.
    pub(crate) fn frame(&self, index: usize) -> Option<SequenceFrame<'a>> {
        let sample = self.colors.get(index)?;
        let alpha = match &self.alphas {
            Some(alphas) => Some(alphas.get(index)?.bytes(self.original)?),
            None => None,
        };
        // Both ends are rounded, so that the errors do not add up.
        let milliseconds = self.milliseconds(sample.end) - self.milliseconds(sample.start);
        let milliseconds = milliseconds.min(u32::MAX.into()) as u32;
        Some(SequenceFrame { color: sample.bytes(self.original)?, alpha, milliseconds })
    }

    pub(crate) fn has_alpha(&self) -> bool {
        self.alphas.is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.colors.len()
    }

    fn milliseconds(&self, units: u64) -> u64 {
        let timescale = u64::from(self.timescale);
        (units.saturating_mul(1000).saturating_add(timescale / 2)) / timescale
    }
}
