//! Renders the thumbnails of an original from its bytes, and reports facts about the original.
//!
//! Nothing here uses a client, a clock, `async`, or the environment. Any input results in thumbnails or an error, never
//! in a panic. Rendering uses no more memory than [`inspect`] reports.
//!
//! ```
//! use contract::preset::Preset;
//! use imaging::{Limits, render};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let original = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../samples/coffee.jpg"))?;
//! let rendered = render(&original, &Preset::defaults(), &Limits::default(), &|| false)?;
//! assert_eq!(rendered.thumbnails.len(), 3);
//! # Ok(())
//! # }
//! ```

mod animation;
#[cfg(feature = "avif")]
mod avif;
mod budget;
mod clib;
mod color;
mod credits;
mod curves;
mod decode;
mod embed;
mod encode;
mod error;
mod exif;
mod facts;
mod fit;
mod format;
mod graphic;
mod guard;
mod hdr;
mod limits;
mod orient;
mod pixels;
mod profiles;
mod resize;
mod rights;
mod shrink;
mod shrink_indexed;
mod unsupported;
mod watermark;
mod xmp;

use std::rc::Rc;

use contract::focus::Focus;
use contract::preset::{Fit, Gravity, Keep, Preset, PresetFormat, ThumbnailFormat};

pub use error::ImageError;
pub use facts::Facts;
pub use format::{SourceFormat, content_type, sniff};
pub use limits::Limits;
pub use watermark::Watermarks;

/// The parts that have fuzz targets of their own.
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::decode::jpeg::dct_scaled::check_against_libjpeg;
    pub use crate::decode::lzw::decode_gif;
    pub use crate::decode::tiff::fax::decode_rows;
}

use budget::WorkBudget;
use credits::Rights;
use embed::EmbeddedMetadata;
use fit::{Region, ThumbnailGeometry};
use pixels::{Layout, Pixels, Raster};
use watermark::{NO_WATERMARKS, ScaledWatermark};

/// Whether this build can write thumbnails as AVIF (feature `avif`).
pub const WRITES_AVIF: bool = cfg!(feature = "avif");

/// Whether this build can read HEIC originals (feature `heic`).
pub const READS_HEIC: bool = cfg!(feature = "heic");

/// Whether this build can read JPEG XL originals (feature `jxl`).
pub const READS_JPEG_XL: bool = cfg!(feature = "jxl");

/// Whether this build can read SVG originals (feature `svg`).
pub const READS_SVG: bool = cfg!(feature = "svg");

/// The header of an original: enough to refuse the original or to reserve memory for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The format, detected from the bytes.
    pub format: SourceFormat,
    /// The width in pixels after orientation.
    pub width: u32,
    /// The height in pixels after orientation.
    pub height: u32,
    /// The width and height of the original after orientation. If only an embedded preview can be decoded, `width` and
    /// `height` are those of the preview.
    pub original_size: (u32, u32),
    /// The EXIF orientation, 1 to 8, that rendering undoes.
    pub orientation: u8,
    /// The number of frames of an animation; 1 for a still picture.
    pub frames: u32,
    /// The maximum number of bytes that rendering needs, not counting the original.
    pub memory: u64,
}

/// The thumbnails to render, the focus of their crops, and their watermarks.
#[derive(Clone, Copy, Debug)]
pub struct RenderRequest<'a> {
    /// The presets. Each preset results in one thumbnail.
    pub presets: &'a [Preset],
    /// The point that every crop keeps in its center, whatever the gravity of the preset is. If it is `None`,
    /// faces that the file lists replace the gravities `center` and `saliency`.
    pub focus: Option<Focus>,
    /// The watermarks of the presets.
    pub watermarks: &'a Watermarks,
}

impl<'a, P: AsRef<[Preset]> + ?Sized> From<&'a P> for RenderRequest<'a> {
    fn from(presets: &'a P) -> Self {
        Self { presets: presets.as_ref(), focus: None, watermarks: &NO_WATERMARKS }
    }
}

/// The result of [`render`].
#[derive(Clone, Debug, PartialEq)]
pub struct RenderOutput {
    /// Facts about the original.
    pub facts: Facts,
    /// One thumbnail for each preset, in the order of the presets.
    pub thumbnails: Vec<Thumbnail>,
}

/// An encoded thumbnail.
#[derive(Clone, Debug, PartialEq)]
pub struct Thumbnail {
    /// The name of the preset.
    pub preset: String,
    /// The format. If the preset has the format `auto`, this is the chosen format.
    pub format: ThumbnailFormat,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The number of frames of an animation; 1 for a still picture.
    pub frames: u32,
    /// The encoded file.
    pub bytes: Vec<u8>,
}

/// The shortcuts that make decoding fast. With and without each of them, the pixels are nearly the same.
/// Tests switch them off to compare.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct FastPaths {
    /// Whether to decode only the low frequencies of a JPEG if a small picture needs no others.
    pub dct_scaled: bool,
    /// Whether to let libjpeg-turbo decode at 1/2, 1/4, or 1/8 of the size.
    pub jpeg_scaled: bool,
    /// Whether to average blocks of pixels while the decoder returns rows.
    pub shrink: bool,
    /// Whether to render small thumbnails from larger thumbnails.
    pub chain: bool,
    /// Whether to skip the deblocking filters of WebP, AVIF, and HEIC if pixels are averaged later.
    pub unfiltered: bool,
    /// Whether to use the embedded thumbnail of a HEIC or AVIF if it has at least twice the pixels that are
    /// needed.
    pub embedded: bool,
}

impl FastPaths {
    /// All shortcuts, which [`render`] uses.
    pub const ALL: Self = Self {
        dct_scaled: true,
        jpeg_scaled: true,
        shrink: true,
        chain: true,
        unfiltered: true,
        embedded: true,
    };
    /// No shortcuts.
    pub const NONE: Self = Self {
        dct_scaled: false,
        jpeg_scaled: false,
        shrink: false,
        chain: false,
        unfiltered: false,
        embedded: false,
    };
}

/// The memory that libaom allocates for a picture of any size, in bytes. Measured at 4.5 MB.
const AVIF_ENCODER_MEMORY: u64 = 6 << 20;

/// Reads only the header. Checks the size against the limits, and computes the memory that the request needs.
///
/// # Errors
///
/// Returns an error if the format is unknown or unsupported, if the header is damaged, if it exceeds the limits,
/// or if the request lacks the watermark of a preset.
pub fn inspect<'a>(
    original: &[u8],
    request: impl Into<RenderRequest<'a>>,
    limits: &Limits,
) -> Result<Header, ImageError> {
    plan(original, request.into(), limits).map(|(header, _)| header)
}

/// Returns the header, and the presets to animate.
fn plan(
    original: &[u8],
    request: RenderRequest<'_>,
    limits: &Limits,
) -> Result<(Header, animation::AnimationPlan), ImageError> {
    let RenderRequest { presets, watermarks, .. } = request;
    limits.check_bytes(original)?;
    let mut header = decode::header(original, format::sniff(original)?, limits)?;
    limits.check_header(&header)?;
    let upright = (header.width, header.height);
    let area = |preset| {
        let (width, height) = ThumbnailGeometry::for_preset(preset, upright).size;
        u64::from(width) * u64::from(height)
    };
    let areas = presets.iter().map(area);
    let (largest, total) = areas.fold((0, 0), |(largest, total), area| (area.max(largest), total + area));
    // This includes the copies of a thumbnail while it is encoded, the files, and the filter tables.
    let sides = u64::from(header.width) + u64::from(header.height);
    let writes_avif = presets.iter().any(|preset| preset.format == PresetFormat::Avif);
    let rest = if writes_avif { AVIF_ENCODER_MEMORY + (1 << 20) } else { 1 << 20 };
    let watermarks = watermarks.memory(presets.iter().map(|preset| (preset, area(preset))))?;
    header.memory = header.memory.saturating_add(largest * 32 + total * 4 + sides * 128 + rest + watermarks);
    let animation = animation::plan(original, &header, presets, limits);
    header.memory = header.memory.saturating_add(animation.memory);
    Ok((header, animation))
}

/// Renders the thumbnails of an original, one for each preset of the request.
///
/// Calls `is_canceled` after every few rows, tiles, or thumbnails, and returns [`ImageError::Canceled`]
/// when it returns `true`. The decoder of a single JPEG, WebP, AV1, HEVC, or JPEG 2000 stream cannot be interrupted,
/// nor can the drawing of an SVG.
///
/// # Errors
///
/// Returns an error if no thumbnails can be rendered; see [`ImageError`]. A damaged original with a readable part
/// is not an error.
pub fn render<'a>(
    original: &[u8],
    request: impl Into<RenderRequest<'a>>,
    limits: &Limits,
    is_canceled: &dyn Fn() -> bool,
) -> Result<RenderOutput, ImageError> {
    render_with(original, request, limits, FastPaths::ALL, is_canceled)
}

/// Renders like [`render`], with the given shortcuts.
#[doc(hidden)]
pub fn render_with<'a>(
    original: &[u8],
    request: impl Into<RenderRequest<'a>>,
    limits: &Limits,
    paths: FastPaths,
    is_canceled: &dyn Fn() -> bool,
) -> Result<RenderOutput, ImageError> {
    let request = request.into();
    let RenderRequest { presets, focus, watermarks } = request;
    let (header, animation::AnimationPlan { animated, .. }) = plan(original, request, limits)?;
    let upright = (header.width, header.height);
    let geometries: Vec<_> =
        presets.iter().map(|preset| ThumbnailGeometry::for_preset(preset, upright)).collect();
    let smaller = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.min(b.1));
    let ratios =
        geometries.iter().map(ThumbnailGeometry::ratios).reduce(smaller).unwrap_or((f64::MAX, f64::MAX));
    let ratios = if header.orientation >= 5 { (ratios.1, ratios.0) } else { ratios };
    let pixels = u64::from(header.width) * u64::from(header.height);
    let budget = WorkBudget::new(original.len() as u64, pixels, is_canceled);
    let decode_request = decode::DecodeRequest { ratios, limits, paths, budget: &budget };
    let decoded = decode::decode(original, &header, &decode_request)?;
    let display = DisplayTransform { icc: decoded.icc, upright, orientation: header.orientation };
    let original_pixels = DecodedOriginal { raster: decoded.raster, display: &display };
    let crop_center = CropCenter::find(original, presets, focus, &header);
    let keeps = |kind| presets.iter().any(|preset| preset.keep.contains(&kind));
    let rights = keeps(Keep::Copyright).then(|| Rights::read(original, header.format)).flatten();
    let keeps_colors = keeps(Keep::Icc) && original_pixels.raster.is_rgb();
    let profile = keeps_colors.then(|| color::embeddable_profile(display.icc.as_deref())).flatten();
    let metadata = |preset: &Preset| EmbeddedMetadata {
        rights: rights.as_ref().filter(|_| preset.keep.contains(&Keep::Copyright)),
        icc: profile.as_deref().filter(|_| preset.keep.contains(&Keep::Icc)),
    };
    let renderer = |keeps_colors| ThumbnailRenderer {
        original_pixels: &original_pixels,
        crop_center,
        larger: None,
        small: None,
        chain: paths.chain,
        keeps_colors,
    };
    let (mut srgb_renderer, mut unconverted_renderer) = (renderer(false), renderer(true));
    let mut thumbnails: Vec<Option<Thumbnail>> = presets.iter().map(|_| None).collect();
    let target = |i: &usize| {
        let (preset, geometry) = (&presets[*i], &geometries[*i]);
        let (region, metadata) = (srgb_renderer.region(preset, geometry), metadata(preset));
        let watermark = ScaledWatermark::new(preset, watermarks, geometry.size, metadata.icc)?;
        Ok(animation::AnimationTarget { preset, region, size: geometry.size, watermark, metadata })
    };
    let targets = animated.iter().map(target).collect::<Result<Vec<_>, ImageError>>()?;
    let shrink = decode_request.shrink_factors();
    let source = animation::AnimationSource {
        original,
        header: &header,
        display: &display,
        limits,
        shrink,
        is_canceled,
    };
    for (i, thumbnail) in animated.into_iter().zip(animation::render(&source, &targets)?) {
        thumbnails[i] = thumbnail;
    }
    // The largest comes first, so that the others can be rendered from it.
    let mut order: Vec<usize> = (0..presets.len()).filter(|i| thumbnails[*i].is_none()).collect();
    order.sort_by_key(|i| {
        std::cmp::Reverse(u64::from(geometries[*i].size.0) * u64::from(geometries[*i].size.1))
    });
    let mut resized = Vec::new();
    for i in order {
        let (preset, geometry) = (&presets[i], &geometries[i]);
        budget.check_canceled(u64::MAX)?;
        let region = srgb_renderer.region(preset, geometry);
        let keeps_colors = metadata(preset).icc.is_some();
        let renderer = if keeps_colors { &mut unconverted_renderer } else { &mut srgb_renderer };
        resized.push((i, renderer.thumbnail(region, geometry.size)));
    }
    let facts = Facts::new(&header, decoded.partial, srgb_renderer.small());
    // The encoder needs the memory of the original's pixels.
    drop((srgb_renderer, unconverted_renderer));
    drop(original_pixels);
    for (i, mut pixels) in resized {
        let (preset, metadata) = (&presets[i], metadata(&presets[i]));
        budget.check_canceled(u64::MAX)?;
        if preset.sharpen {
            resize::sharpen(Rc::make_mut(&mut pixels));
        }
        if let Some(watermark) = ScaledWatermark::new(preset, watermarks, geometries[i].size, metadata.icc)? {
            pixels = watermark.draw_over(Rc::unwrap_or_clone(pixels)).into();
        }
        let (format, bytes) = encode::encode(&pixels, preset, metadata)?;
        let (width, height) = (pixels.width, pixels.height);
        thumbnails[i] =
            Some(Thumbnail { preset: preset.name.clone(), format, width, height, frames: 1, bytes });
    }
    Ok(RenderOutput { facts, thumbnails: thumbnails.into_iter().flatten().collect() })
}

/// The steps from stored pixels to displayed pixels: the color profile, the size, and the orientation.
struct DisplayTransform {
    icc: Option<Vec<u8>>,
    upright: (u32, u32),
    orientation: u8,
}

impl DisplayTransform {
    /// Returns `region` of `raster` with `size` pixels, upright, and in sRGB unless `keeps_colors`. Converts
    /// and turns last, because the resized picture has the fewest pixels.
    fn thumbnail(&self, raster: &Raster, region: Region, size: (u32, u32), keeps_colors: bool) -> Pixels {
        let stored = orient::stored_region(region, self.upright, self.orientation);
        let original = orient::oriented_size(self.upright, self.orientation);
        let pixels = raster.resize(original, stored, orient::oriented_size(size, self.orientation));
        let icc = self.icc.as_deref().filter(|_| !keeps_colors);
        let pixels = color::to_srgb(color::drop_opaque_alpha(pixels), icc);
        orient::turn_upright(pixels, self.orientation)
    }
}

/// A decoded original, not yet turned upright.
struct DecodedOriginal<'a> {
    raster: Raster,
    display: &'a DisplayTransform,
}

/// The center of a crop, as fractions of the upright picture.
#[derive(Clone, Copy)]
enum CropCenter {
    /// The user chose this point.
    Chosen((f64, f64)),
    /// The file lists faces around this point.
    Faces((f64, f64)),
}

impl CropCenter {
    fn find(original: &[u8], presets: &[Preset], focus: Option<Focus>, header: &Header) -> Option<Self> {
        let uses_faces = |preset: &Preset| preset.fit == Fit::Cover && is_overridden_by_faces(preset.gravity);
        match focus {
            Some(Focus { x, y }) => Some(Self::Chosen((x, y))),
            None if presets.iter().any(uses_faces) => {
                xmp::faces(original, (header.width, header.height), header.orientation).map(Self::Faces)
            }
            None => None,
        }
    }

    /// Returns the center of a crop by `gravity`, or `None` if the gravity decides.
    fn center(self, gravity: Gravity) -> Option<(f64, f64)> {
        match self {
            Self::Chosen(center) => Some(center),
            Self::Faces(center) => is_overridden_by_faces(gravity).then_some(center),
        }
    }
}

/// Returns whether faces replace this gravity.
fn is_overridden_by_faces(gravity: Gravity) -> bool {
    matches!(gravity, Gravity::Center | Gravity::Saliency)
}

/// A renderer of the thumbnails of one picture, which reuses its results.
struct ThumbnailRenderer<'a> {
    original_pixels: &'a DecodedOriginal<'a>,
    crop_center: Option<CropCenter>,
    /// The largest thumbnail so far that shows the whole picture.
    larger: Option<Rc<Pixels>>,
    /// The whole picture within 100 x 100 pixels, for saliency and facts.
    small: Option<Rc<Pixels>>,
    chain: bool,
    keeps_colors: bool,
}

impl ThumbnailRenderer<'_> {
    /// Returns the part of the picture that a thumbnail shows.
    fn region(&mut self, preset: &Preset, geometry: &ThumbnailGeometry) -> Region {
        let upright = self.original_pixels.display.upright;
        let crop_offset = match self.crop_center.and_then(|chosen| chosen.center(preset.gravity)) {
            Some(center) => geometry.offset_around(upright, center),
            None => fit::crop_offset(preset.gravity)
                .unwrap_or_else(|| salient_offset(self.small(), geometry, upright)),
        };
        geometry.region(upright, crop_offset)
    }

    fn thumbnail(&mut self, region: Region, size: (u32, u32)) -> Rc<Pixels> {
        let DecodedOriginal { raster, display } = self.original_pixels;
        if let Some(larger) = self.larger.as_ref().filter(|_| self.chain) {
            // If the larger thumbnail has at least twice the pixels, the artifacts of its resize are not visible.
            let across = f64::from(larger.width) / f64::from(display.upright.0);
            let down = f64::from(larger.height) / f64::from(display.upright.1);
            if region.width * across >= f64::from(size.0) * 2.0
                && region.height * down >= f64::from(size.1) * 2.0
            {
                return resize::resize_packed(larger, display.upright, region, size).into();
            }
        }
        let pixels = Rc::new(display.thumbnail(raster, region, size, self.keeps_colors));
        let is_larger = self.larger.as_ref().is_none_or(|larger| larger.width < pixels.width);
        if region == Region::whole(display.upright) && is_larger {
            self.larger = Some(pixels.clone());
        }
        pixels
    }

    fn small(&mut self) -> &Pixels {
        if self.small.is_none() {
            let upright = self.original_pixels.display.upright;
            let size = ThumbnailGeometry::for_preset(&Preset::inside("small", 100, 100), upright).size;
            self.small = Some(self.thumbnail(Region::whole(upright), size));
        }
        self.small.get_or_insert_with(|| Pixels::new(1, 1, Layout::Gray, vec![0]).into())
    }
}

/// Returns the crop offset that keeps the most salient part.
fn salient_offset(small: &Pixels, geometry: &ThumbnailGeometry, upright: (u32, u32)) -> (f64, f64) {
    let flat = color::flatten(small, [255; 3]);
    let flat = flat.to_rgb();
    debug_assert_eq!(flat.layout, Layout::Rgb);
    let gray: Vec<u8> = flat
        .data
        .chunks_exact(3)
        .map(|rgb| ((u32::from(rgb[0]) * 77 + u32::from(rgb[1]) * 150 + u32::from(rgb[2]) * 29) >> 8) as u8)
        .collect();
    let source_size =
        (geometry.source_size.0 / f64::from(upright.0), geometry.source_size.1 / f64::from(upright.1));
    fit::salient_offset(&gray, flat.width as usize, flat.height as usize, source_size)
}
