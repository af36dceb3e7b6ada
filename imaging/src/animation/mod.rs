//! Animations: which presets keep them moving, and the frames one after another.
//!
//! Each frame is decoded as a picture of its own, laid on a canvas, resized, and encoded, before the next is looked at.

mod canvas;
mod gif;
mod png;
mod webp;

use contract::preset::{Preset, ThumbnailFormat};

use crate::clib::{WebpAnimation, WebpQuality};
use crate::decode::{Decoded, Request};
use crate::embed::Extras;
use crate::fit::{Region, Shape};
use crate::guard::guarded;
use crate::pixels::{Layout, Pixels, Raster};
use crate::shrink::Shrink;
use crate::work::Work;
use crate::{
    FastPaths, Header, ImageError, Limits, SourceFormat, Thumbnail, View, color, graphic, orient, resize,
};
use canvas::Canvas;

/// The most frames of an animation that moves in its thumbnails.
const MAX_FRAMES: u32 = 1_000;

/// The most pixels that the canvas and the thumbnails have in all frames together.
const MAX_PIXELS: u64 = 400_000_000;

/// The most pixels of thumbnails that change from frame to frame, which are those that are encoded.
const MAX_ENCODED: u64 = 50_000_000;

/// How often an animation is encoded, each time at half the quality, until it fits into `max_bytes`.
const TRIES: u8 = 3;

/// The bytes that a pixel of an encoded frame takes at most: those of a lossy picture of noise, with its alpha.
const ENCODED_BYTES: u64 = 3;

/// The longest that a frame is shown, in milliseconds: what WebP can tell.
const MAX_DURATION: u32 = (1 << 24) - 1;

/// What happens to a frame after it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disposal {
    Keep,
    /// Its place becomes transparent.
    Clear,
    /// What was there before comes back.
    Restore,
}

/// Where a frame is on its canvas, and how it is shown.
#[derive(Clone, Copy, Debug)]
struct Placement {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    milliseconds: u32,
    /// Whether what is there shows through transparent pixels.
    blends: bool,
    disposal: Disposal,
}

/// A frame as it is stored.
enum Stored<'a> {
    Gif(crate::decode::gif::Frame<'a>),
    /// The chunks of a WebP.
    Webp(&'a [u8]),
    /// A PNG of its own.
    Png(Vec<u8>),
}

/// The frames of a file, in their order.
enum Frames<'a> {
    Gif(gif::Frames<'a>),
    Webp(webp::Frames<'a>),
    Png(png::Frames<'a>),
}

impl<'a> Frames<'a> {
    /// Returns the frames, and the number of times they are shown, or 0 if without end.
    fn of(original: &'a [u8], format: SourceFormat) -> Option<(Self, u32)> {
        match format {
            SourceFormat::Gif => gif::Frames::of(original).map(|(frames, plays)| (Self::Gif(frames), plays)),
            SourceFormat::Webp => {
                let (frames, plays) = webp::Frames::of(original);
                Some((Self::Webp(frames), plays))
            }
            SourceFormat::Png => png::Frames::of(original).map(|(frames, plays)| (Self::Png(frames), plays)),
            _ => None,
        }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = (Placement, Stored<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Gif(frames) => frames.next(),
            Self::Webp(frames) => frames.next(),
            Self::Png(frames) => frames.next(),
        }
    }
}

/// What is to be made of an animation.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The presets whose thumbnails move, by their place in the list.
    pub(crate) moving: Vec<usize>,
    /// The bytes that this takes at most, besides what a still picture takes.
    pub(crate) memory: u64,
}

/// Chooses the presets whose thumbnails move: the smallest first, as far as the limits allow.
pub(crate) fn plan(original: &[u8], header: &Header, presets: &[Preset], limits: &Limits) -> Plan {
    let mut plan = Plan::default();
    let can_move = presets.iter().any(|preset| preset.animated) && (2..=MAX_FRAMES).contains(&header.frames);
    let Some((all, _)) = Frames::of(original, header.format).filter(|_| can_move) else { return plan };
    let frames = u64::from(header.frames);
    let canvas = u64::from(header.width) * u64::from(header.height);
    let changes = changes(all.map(|(placement, _)| placement).take(header.frames as usize), canvas);
    let area = |i: &usize| {
        let (width, height) = Shape::of(&presets[*i], (header.width, header.height)).size;
        u64::from(width) * u64::from(height)
    };
    let tries = |i: &usize| if presets[*i].max_bytes.is_some() { u64::from(TRIES) } else { 1 };
    let mut wanted: Vec<usize> = (0..presets.len()).filter(|i| presets[*i].animated).collect();
    wanted.sort_by_key(area);
    let (mut pixels, mut encoded) = (canvas * frames, 0.0);
    // A frame is copied to a file of its own.
    let mut memory = canvas * 24 + original.len() as u64 + webp::MORE_MEMORY;
    let mut passes = 1;
    for i in wanted {
        passes = passes.max(tries(&i));
        pixels += area(&i) * frames;
        let changed = changes * area(&i) as f64;
        encoded += changed * tries(&i) as f64;
        memory += area(&i) * 40 + changed as u64 * ENCODED_BYTES;
        let fits = pixels * passes <= MAX_PIXELS
            && encoded <= MAX_ENCODED as f64
            && limits.check_memory(header.memory.saturating_add(memory)).is_ok();
        if !fits {
            break;
        }
        plan.moving.push(i);
        plan.memory = memory;
    }
    plan
}

/// Returns how often the frames change the whole canvas, if what they cover is put together.
fn changes(placements: impl Iterator<Item = Placement>, canvas: u64) -> f64 {
    let mut cleared = 0;
    let covered = placements.map(|placement| {
        let area = u64::from(placement.width) * u64::from(placement.height);
        let changed = (area + cleared).min(canvas) as f64 / canvas as f64;
        cleared = if placement.disposal == Disposal::Keep { 0 } else { area };
        changed
    });
    covered.sum()
}

/// A thumbnail that moves.
pub(crate) struct Track<'a> {
    pub(crate) preset: &'a Preset,
    pub(crate) region: Region,
    pub(crate) size: (u32, u32),
    pub(crate) extras: Extras<'a>,
}

/// What the frames are taken from.
pub(crate) struct Source<'a> {
    pub(crate) original: &'a [u8],
    pub(crate) header: &'a Header,
    pub(crate) view: &'a View,
    pub(crate) limits: &'a Limits,
    /// The factors to average blocks of pixels by.
    pub(crate) shrink: (u32, u32),
    pub(crate) is_cancelled: &'a dyn Fn() -> bool,
}

/// Returns a thumbnail for each track, or `None` for those that do not fit into their bytes, and for all if there are not two
/// frames to be shown.
pub(crate) fn render(
    source: &Source<'_>,
    tracks: &[Track<'_>],
) -> Result<Vec<Option<Thumbnail>>, ImageError> {
    let mut made: Vec<Option<Thumbnail>> = tracks.iter().map(|_| None).collect();
    let mut left: Vec<usize> = (0..tracks.len()).collect();
    for halvings in 0..TRIES {
        if left.is_empty() {
            break;
        }
        let encoded = encode(source, tracks, &left, halvings)?;
        let mut too_large = Vec::new();
        for (i, bytes) in encoded.into_iter().flatten() {
            let Track { preset, size, extras, .. } = &tracks[i];
            let bytes = extras.embed(ThumbnailFormat::Webp, bytes);
            if preset.max_bytes.is_some_and(|max| bytes.len() as u64 > max) {
                too_large.push(i);
                continue;
            }
            let frames = webp::count(&bytes);
            let (format, (width, height)) = (ThumbnailFormat::Webp, *size);
            made[i] = Some(Thumbnail { preset: preset.name.clone(), format, width, height, frames, bytes });
        }
        left = too_large;
    }
    Ok(made)
}

/// An animation that is being written.
struct Encoding {
    track: usize,
    to: WebpAnimation,
}

/// The files of tracks, with their places in the list.
type Encoded = Vec<(usize, Vec<u8>)>;

/// Encodes the tracks named in `which`; `None` if there are not two frames to be shown.
fn encode(
    source: &Source<'_>,
    tracks: &[Track<'_>],
    which: &[usize],
    halvings: u8,
) -> Result<Option<Encoded>, ImageError> {
    let Source { original, header, view, .. } = source;
    let Some((frames, plays)) = Frames::of(original, header.format) else { return Ok(None) };
    let stored = orient::oriented_size(view.upright, view.orientation);
    let mut canvas = Canvas::new(stored);
    let mut encodings: Vec<Encoding> = Vec::new();
    let (mut at, mut shown) = (0_u32, 0);
    for (placement, frame) in frames.take(header.frames as usize) {
        if (source.is_cancelled)() {
            return Err(ImageError::Cancelled);
        }
        match decode(&placement, &frame, canvas.area(), source) {
            Ok(Some(pixels)) => canvas.show(&placement, &pixels),
            Ok(None) => canvas.show_nothing(&placement),
            Err(ImageError::Cancelled) => return Err(ImageError::Cancelled),
            // What came before the damage is shown.
            Err(_) => break,
        }
        let raster = Raster::Packed(shrunk(&canvas, source.shrink));
        for (place, i) in which.iter().enumerate() {
            let Track { preset, region, size, extras } = &tracks[*i];
            let mut pixels = view.thumbnail(&raster, *region, *size, extras.icc.is_some());
            if preset.sharpen {
                resize::sharpen(&mut pixels);
            }
            let rgb = color::to_rgb(&pixels);
            if shown == 0 {
                let sharp = graphic::has_colored_edges(&rgb);
                let colors = (preset.quality >> halvings).max(1);
                let quality = WebpQuality::Lossy { colors, alpha: 100, sharp };
                let to = WebpAnimation::new(*size, plays, quality).map_err(failed)?;
                encodings.push(Encoding { track: *i, to });
            }
            let to = &mut encodings[place].to;
            to.add(&rgb.data, rgb.layout == Layout::Rgba, at).map_err(failed)?;
        }
        shown += 1;
        at = at.saturating_add(placement.milliseconds.min(MAX_DURATION)).min(i32::MAX as u32);
    }
    if shown < 2 {
        return Ok(None);
    }
    let finished = encodings.into_iter().map(|encoding| {
        let bytes = encoding.to.finish(at).map_err(failed)?;
        Ok((encoding.track, bytes))
    });
    finished.collect::<Result<Vec<_>, ImageError>>().map(Some)
}

fn failed(reason: String) -> ImageError {
    ImageError::Encode { reason }
}

/// Decodes a frame by itself; `None` if it has no pixels.
fn decode(
    placement: &Placement,
    stored: &Stored<'_>,
    canvas: u64,
    source: &Source<'_>,
) -> Result<Option<Pixels>, ImageError> {
    let size = (placement.width, placement.height);
    let area = u64::from(size.0) * u64::from(size.1);
    let format = source.header.format;
    if area == 0 {
        return Ok(None);
    }
    if area > canvas {
        return Err(ImageError::damaged(format, "a frame is larger than the picture"));
    }
    let work = Work::new(source.original.len() as u64, area, source.is_cancelled);
    let request = Request { ratios: (1.0, 1.0), limits: source.limits, paths: FastPaths::PLAIN, work: &work };
    let decoded = guarded(|| match stored {
        Stored::Gif(frame) => {
            let decoded = crate::decode::gif::decode_frame(frame, size, &request);
            decoded.map(|(raster, partial)| Decoded { raster, icc: None, partial })
        }
        Stored::Webp(list) => {
            let raster = webp::decode(list, size, &request)?;
            Ok(Decoded { raster, icc: None, partial: false })
        }
        Stored::Png(file) => crate::decode::png::decode(file, &request),
    });
    if work.is_stopped() {
        return Err(ImageError::Cancelled);
    }
    let decoded = decoded.unwrap_or_else(|| Err(ImageError::damaged(format, "the decoder gave up on it")))?;
    match decoded.raster {
        Raster::Packed(pixels) if (pixels.width, pixels.height) == size => Ok(Some(pixels)),
        _ => Err(ImageError::damaged(format, "a frame is not as large as it says")),
    }
}

/// The canvas, its blocks of pixels averaged.
fn shrunk(canvas: &Canvas, factor: (u32, u32)) -> Pixels {
    let (width, height) = canvas.size;
    let whole = Pixels::new(width, height, Layout::Rgba, canvas.pixels.clone());
    let whole = color::drop_opaque_alpha(whole);
    if factor == (1, 1) {
        return whole;
    }
    let mut shrink = Shrink::new(width, height, whole.layout, factor);
    whole.data.chunks_exact(width as usize * whole.layout.channels()).for_each(|row| shrink.push(row));
    shrink.finish()
}
