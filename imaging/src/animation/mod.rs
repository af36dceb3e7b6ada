//! Renders animated thumbnails: chooses the presets to animate, and processes the frames one by one.
//!
//! Each frame is decoded as a separate picture (or, in AVIF, by a decoder of all frames), drawn on a canvas, resized,
//! and encoded before the next one is read.

mod avif;
mod canvas;
mod encoder;
mod flicker;
mod gif;
mod png;
mod webp;

use contract::preset::{Preset, ThumbnailFormat};

use crate::budget::WorkBudget;
use crate::decode::heif::{FrameDecoder, SequenceFrame};
use crate::decode::{DecodeOutput, DecodeRequest};
use crate::embed::EmbeddedMetadata;
use crate::fit::{Region, ThumbnailGeometry};
use crate::guard::catch_panic;
use crate::pixels::{Layout, Pixels, Raster};
use crate::shrink::Shrinker;
use crate::watermark::ScaledWatermark;
use crate::{
    DisplayTransform, FastPaths, Header, ImageError, Limits, SourceFormat, Thumbnail, color, orient, resize,
};
use canvas::Canvas;
use encoder::{AnimationEncoder, EncodedAnimation, animation_format};

/// The maximum number of frames of an animation that stays animated.
const MAX_FRAMES: u32 = 1_000;

/// The maximum number of pixels of the canvas and the thumbnails in all frames together.
const MAX_PIXELS: u64 = 400_000_000;

/// The maximum number of thumbnail pixels that change from frame to frame. Only these are encoded.
const MAX_ENCODED: u64 = 50_000_000;

/// The maximum number of times that an animation is encoded, each time at half the quality, to fit into
/// `max_bytes`.
const MAX_TRIES: u8 = 3;

/// The maximum bytes per pixel of an encoded frame: lossy noise with alpha.
const ENCODED_BYTES: u64 = 3;

/// The maximum number of bytes that an encoder holds for each pixel of a frame, and for itself. libaom encodes the colors
/// and the alpha separately, and keeps earlier frames of both.
const WEBP_ENCODER: (u64, u64) = (44, 0);
const AVIF_ENCODER: (u64, u64) = (100, 12 << 20);

/// The time that libaom takes for a changed and for an unchanged pixel, in multiples of the time that libwebp takes for a
/// changed one. libwebp encodes no others.
const AVIF_WORK: (f64, f64) = (1.5, 0.5);

/// The maximum duration of a frame in WebP, in milliseconds.
const MAX_DURATION: u32 = (1 << 24) - 1;

/// The disposal of a frame after it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disposal {
    Keep,
    /// Makes its area transparent.
    Clear,
    /// Restores the previous pixels of its area.
    Restore,
}

/// The place of a frame on its canvas, and its display.
#[derive(Clone, Copy, Debug)]
struct Placement {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    milliseconds: u32,
    /// Whether the pixels below show through transparent pixels.
    blends: bool,
    disposal: Disposal,
}

/// A frame as it is stored.
enum StoredFrame<'a> {
    Gif(crate::decode::gif::GifFrame<'a>),
    /// The chunks of a WebP frame.
    Webp(&'a [u8]),
    /// A complete PNG file.
    Png(Vec<u8>),
    /// The samples of an AVIF frame.
    Avif(SequenceFrame<'a>),
}

/// An iterator over the frames of an animation.
enum AnimationFrames<'a> {
    Gif(gif::GifFrames<'a>),
    Webp(webp::WebpFrames<'a>),
    Png(png::ApngFrames<'a>),
    Avif(avif::AvifFrames<'a>),
}

impl<'a> AnimationFrames<'a> {
    /// Returns the frames, and the number of times that the animation plays, or 0 for endless repetition.
    fn open(original: &'a [u8], format: SourceFormat) -> Option<(Self, u32)> {
        match format {
            SourceFormat::Gif => {
                gif::GifFrames::new(original).map(|(frames, plays)| (Self::Gif(frames), plays))
            }
            SourceFormat::Webp => {
                let (frames, plays) = webp::WebpFrames::new(original);
                Some((Self::Webp(frames), plays))
            }
            SourceFormat::Png => {
                png::ApngFrames::new(original).map(|(frames, plays)| (Self::Png(frames), plays))
            }
            SourceFormat::Avif => {
                avif::AvifFrames::new(original).map(|(frames, plays)| (Self::Avif(frames), plays))
            }
            _ => None,
        }
    }

    /// Returns the number of bytes that a decoder of all frames holds.
    fn decoder_memory(&self) -> u64 {
        if let Self::Avif(frames) = self { frames.memory() } else { 0 }
    }

    /// Returns the decoder of all frames if they depend on each other.
    fn decoder(&self) -> Result<Option<FrameDecoder<'a>>, ImageError> {
        if let Self::Avif(frames) = self { frames.decoder().map(Some) } else { Ok(None) }
    }
}

impl<'a> Iterator for AnimationFrames<'a> {
    type Item = (Placement, StoredFrame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Gif(frames) => frames.next(),
            Self::Webp(frames) => frames.next(),
            Self::Png(frames) => frames.next(),
            Self::Avif(frames) => frames.next(),
        }
    }
}

/// The presets to animate, and the memory for it.
#[derive(Debug, Default)]
pub(crate) struct AnimationPlan {
    /// The presets whose thumbnails are animated, as indices.
    pub(crate) animated: Vec<usize>,
    /// The maximum number of bytes that the animations need in addition to a still picture.
    pub(crate) memory: u64,
}

/// Chooses the presets whose thumbnails are animated: the smallest first, as far as the limits allow.
pub(crate) fn plan(original: &[u8], header: &Header, presets: &[Preset], limits: &Limits) -> AnimationPlan {
    let mut plan = AnimationPlan::default();
    let is_animated =
        presets.iter().any(|preset| preset.animated) && (2..=MAX_FRAMES).contains(&header.frames);
    if !is_animated {
        return plan;
    }
    let Some((frames_of_file, _)) = AnimationFrames::open(original, header.format) else { return plan };
    let frames = u64::from(header.frames);
    let canvas = u64::from(header.width) * u64::from(header.height);
    let decoder_memory = frames_of_file.decoder_memory();
    let changed_canvases =
        changed_canvases(frames_of_file.map(|(placement, _)| placement).take(header.frames as usize), canvas);
    let area = |i: &usize| {
        let (width, height) = ThumbnailGeometry::for_preset(&presets[*i], (header.width, header.height)).size;
        u64::from(width) * u64::from(height)
    };
    let tries = |i: &usize| if presets[*i].max_bytes.is_some() { u64::from(MAX_TRIES) } else { 1 };
    let mut candidates: Vec<usize> = (0..presets.len()).filter(|i| presets[*i].animated).collect();
    candidates.sort_by_key(area);
    let (mut pixels, mut encoded) = (canvas * frames, 0.0);
    // An APNG or WebP frame is copied to a separate file.
    let mut memory = canvas * 24 + original.len() as u64 + webp::HUFFMAN_MEMORY + decoder_memory;
    let mut passes = 1;
    for i in candidates {
        passes = passes.max(tries(&i));
        pixels += area(&i) * frames;
        let changed = changed_canvases * area(&i) as f64;
        let (work, encoder) = match animation_format(&presets[i]) {
            ThumbnailFormat::Avif => {
                let unchanged = (area(&i) * frames) as f64 - changed;
                (changed * AVIF_WORK.0 + unchanged * AVIF_WORK.1, AVIF_ENCODER)
            }
            _ => (changed, WEBP_ENCODER),
        };
        encoded += work * tries(&i) as f64;
        memory += area(&i) * encoder.0 + encoder.1 + changed as u64 * ENCODED_BYTES;
        let fits = pixels * passes <= MAX_PIXELS
            && encoded <= MAX_ENCODED as f64
            && limits.check_memory(header.memory.saturating_add(memory)).is_ok();
        if !fits {
            break;
        }
        plan.animated.push(i);
        plan.memory = memory;
    }
    plan
}

/// Returns the changed area of all frames together, in multiples of the canvas.
fn changed_canvases(placements: impl Iterator<Item = Placement>, canvas: u64) -> f64 {
    let mut cleared = 0;
    let covered = placements.map(|placement| {
        let area = u64::from(placement.width) * u64::from(placement.height);
        let changed = (area + cleared).min(canvas) as f64 / canvas as f64;
        cleared = if placement.disposal == Disposal::Keep { 0 } else { area };
        changed
    });
    covered.sum()
}

/// An animated thumbnail to render.
pub(crate) struct AnimationTarget<'a> {
    pub(crate) preset: &'a Preset,
    pub(crate) region: Region,
    pub(crate) size: (u32, u32),
    pub(crate) watermark: Option<ScaledWatermark>,
    pub(crate) metadata: EmbeddedMetadata<'a>,
}

/// The original and its properties, for decoding frames.
pub(crate) struct AnimationSource<'a> {
    pub(crate) original: &'a [u8],
    pub(crate) header: &'a Header,
    pub(crate) display: &'a DisplayTransform,
    pub(crate) limits: &'a Limits,
    /// The factors for averaging blocks of pixels.
    pub(crate) shrink: (u32, u32),
    pub(crate) is_canceled: &'a dyn Fn() -> bool,
}

/// Returns a thumbnail for each target, or `None` if it exceeds the `max_bytes` of its preset. If fewer than two frames
/// are readable, all are `None`.
pub(crate) fn render(
    source: &AnimationSource<'_>,
    targets: &[AnimationTarget<'_>],
) -> Result<Vec<Option<Thumbnail>>, ImageError> {
    let mut thumbnails: Vec<Option<Thumbnail>> = targets.iter().map(|_| None).collect();
    let mut remaining: Vec<usize> = (0..targets.len()).collect();
    for halvings in 0..MAX_TRIES {
        if remaining.is_empty() {
            break;
        }
        let encoded = encode(source, targets, &remaining, halvings)?;
        let mut too_large = Vec::new();
        for (i, EncodedAnimation { bytes, frames }) in
            remaining.into_iter().zip(encoded.into_iter().flatten())
        {
            let AnimationTarget { preset, size, metadata, .. } = &targets[i];
            let format = animation_format(preset);
            let bytes = metadata.embed(format, bytes);
            if preset.max_bytes.is_some_and(|max| bytes.len() as u64 > max) {
                too_large.push(i);
                continue;
            }
            let (width, height) = *size;
            thumbnails[i] =
                Some(Thumbnail { preset: preset.name.clone(), format, width, height, frames, bytes });
        }
        remaining = too_large;
    }
    Ok(thumbnails)
}

/// Encodes the targets with the given indices. Returns the file of each, in this order, or `None` if fewer than two
/// frames are readable.
fn encode(
    source: &AnimationSource<'_>,
    targets: &[AnimationTarget<'_>],
    indices: &[usize],
    halvings: u8,
) -> Result<Option<Vec<EncodedAnimation>>, ImageError> {
    let AnimationSource { original, header, display, .. } = source;
    let Some((frames, plays)) = AnimationFrames::open(original, header.format) else { return Ok(None) };
    let Ok(mut decoder) = frames.decoder() else { return Ok(None) };
    let stored = orient::oriented_size(display.upright, display.orientation);
    let mut canvas = Canvas::new(stored);
    let mut encoders: Vec<AnimationEncoder> = Vec::new();
    let (mut timestamp, mut shown) = (0_u32, 0);
    for (placement, frame) in frames.take(header.frames as usize) {
        if (source.is_canceled)() {
            return Err(ImageError::Canceled);
        }
        match decode(&placement, &frame, canvas.area(), source, decoder.as_mut()) {
            Ok(Some(pixels)) => canvas.draw(&placement, &pixels),
            Ok(None) => canvas.begin_frame(&placement),
            Err(ImageError::Canceled) => return Err(ImageError::Canceled),
            // If a frame is damaged, the animation ends before it.
            Err(_) => break,
        }
        let raster = Raster::Packed(shrink_canvas(&canvas, source.shrink));
        for (place, i) in indices.iter().enumerate() {
            let AnimationTarget { preset, region, size, watermark, metadata } = &targets[*i];
            let mut pixels = display.thumbnail(&raster, *region, *size, metadata.icc.is_some());
            if preset.sharpen {
                resize::sharpen(&mut pixels);
            }
            if let Some(watermark) = watermark {
                pixels = watermark.draw_over(pixels);
            }
            let rgb = pixels.to_rgb();
            if shown == 0 {
                let quality = (preset.quality >> halvings).max(1);
                encoders.push(AnimationEncoder::new(preset, quality, plays, &rgb).map_err(encode_error)?);
            }
            encoders[place].add(&rgb, timestamp).map_err(encode_error)?;
        }
        shown += 1;
        timestamp = timestamp.saturating_add(placement.milliseconds.min(MAX_DURATION)).min(i32::MAX as u32);
    }
    if shown < 2 {
        return Ok(None);
    }
    let finished = encoders.into_iter().map(|encoder| encoder.finish(timestamp).map_err(encode_error));
    finished.collect::<Result<Vec<_>, ImageError>>().map(Some)
}

fn encode_error(reason: String) -> ImageError {
    ImageError::Encode { reason }
}

/// Decodes one frame. Returns `None` if it has no pixels. `decoder` is that of the frames before it.
fn decode(
    placement: &Placement,
    stored: &StoredFrame<'_>,
    canvas: u64,
    source: &AnimationSource<'_>,
    decoder: Option<&mut FrameDecoder<'_>>,
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
    let budget = WorkBudget::new(source.original.len() as u64, area, source.is_canceled);
    let request =
        DecodeRequest { ratios: (1.0, 1.0), limits: source.limits, paths: FastPaths::NONE, budget: &budget };
    let decoded = catch_panic(|| match stored {
        StoredFrame::Gif(frame) => {
            let decoded = crate::decode::gif::decode_frame(frame, size, &request);
            decoded.map(|(raster, partial)| DecodeOutput { raster, icc: None, partial })
        }
        StoredFrame::Webp(list) => {
            let raster = webp::decode(list, size, &request)?;
            Ok(DecodeOutput { raster, icc: None, partial: false })
        }
        StoredFrame::Png(file) => crate::decode::png::decode(file, &request),
        StoredFrame::Avif(frame) => {
            let decoder = decoder.ok_or_else(|| ImageError::damaged(format, "no decoder"))?;
            let raster = Raster::Packed(decoder.decode(*frame, &request)?);
            Ok(DecodeOutput { raster, icc: None, partial: false })
        }
    });
    if budget.is_canceled() {
        return Err(ImageError::Canceled);
    }
    let decoded = decoded.unwrap_or_else(|| Err(ImageError::damaged(format, "the decoder failed")))?;
    if decoded.partial {
        return Err(ImageError::damaged(format, "a frame ends early"));
    }
    match decoded.raster {
        Raster::Packed(pixels) if (pixels.width, pixels.height) == size => Ok(Some(pixels)),
        _ => Err(ImageError::damaged(format, "the size of a frame differs from its header")),
    }
}

/// Returns the canvas with its blocks of pixels averaged.
fn shrink_canvas(canvas: &Canvas, factor: (u32, u32)) -> Pixels {
    let (width, height) = canvas.size;
    let whole = Pixels::new(width, height, Layout::Rgba, canvas.pixels.clone());
    let whole = color::drop_opaque_alpha(whole);
    if factor == (1, 1) {
        return whole;
    }
    let mut shrinker = Shrinker::new(width, height, whole.layout, factor);
    whole.data.chunks_exact(width as usize * whole.layout.channels()).for_each(|row| shrinker.push(row));
    shrinker.finish()
}
