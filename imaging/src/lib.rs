//! Encoded bytes in, encoded bytes out: the thumbnails of an original, and what is known about it.
//!
//! No client, no clock, no `async`, no environment. Any bytes whatever end in thumbnails or an error:
//! never in a panic, and never in more memory than the limits allow.
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
mod clib;
mod color;
mod credits;
mod curves;
mod decode;
mod described;
mod embed;
mod encode;
#[cfg(feature = "avif")]
mod encode_avif;
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
mod resize;
mod rights;
mod shrink;
mod shrink_indexed;
mod work;
mod xmp;

use contract::focus::Focus;
use contract::preset::{Color, Fit, Gravity, Keep, Preset, ThumbnailFormat};

#[cfg(fuzzing)]
pub use decode::jpeg::dct_scaled::agrees_with_libjpeg as dct_scaled_agrees_with_libjpeg;
#[cfg(fuzzing)]
pub use decode::lzw::decode_gif as gif_lzw_decode;
#[cfg(fuzzing)]
pub use decode::tiff::fax::rows as fax_rows;
pub use error::ImageError;
pub use format::{SourceFormat, content_type, sniff};
pub use limits::Limits;

use credits::Rights;
use embed::Extras;
use fit::{Region, Shape};
use pixels::{Layout, Pixels, Raster};
use work::Work;

/// Whether thumbnails can be AVIF: the feature `avif`.
pub const WRITES_AVIF: bool = cfg!(feature = "avif");

/// Whether originals can be HEIC: the feature `heic`.
pub const READS_HEIC: bool = cfg!(feature = "heic");

/// Whether originals can be JPEG XL: the feature `jxl`.
pub const READS_JPEG_XL: bool = cfg!(feature = "jxl");

/// What the header of an original says: enough to refuse it, or to make room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The format, from the bytes.
    pub format: SourceFormat,
    /// The width in pixels, upright.
    pub width: u32,
    /// The height in pixels, upright.
    pub height: u32,
    /// The EXIF orientation, 1 to 8, that has to be undone.
    pub orientation: u8,
    /// The frames of an animation; 1 for a still picture.
    pub frames: u32,
    /// The bytes that rendering holds at most, besides the original.
    pub memory: u64,
}

/// What is to be made of an original.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// A thumbnail for each.
    pub presets: &'a [Preset],
    /// What a crop keeps in its middle, whatever the gravity of its preset. Without it, faces that the file tells of take the
    /// place of the gravities `center` and `saliency`.
    pub focus: Option<Focus>,
}

impl<'a, P: AsRef<[Preset]> + ?Sized> From<&'a P> for Wanted<'a> {
    fn from(presets: &'a P) -> Self {
        Self { presets: presets.as_ref(), focus: None }
    }
}

/// What an original came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// What is known about the original.
    pub facts: Facts,
    /// One thumbnail for each preset, in their order.
    pub thumbnails: Vec<Thumbnail>,
}

/// An original.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The format, from the bytes.
    pub format: SourceFormat,
    /// The width in pixels, upright.
    pub width: u32,
    /// The height in pixels, upright.
    pub height: u32,
    /// The EXIF orientation that was undone.
    pub orientation: u8,
    /// The frames of an animation; 1 for a still picture.
    pub frames: u32,
    /// Whether any pixel is transparent.
    pub has_alpha: bool,
    /// Whether the data ended early or was damaged, and the picture shows as far as it goes.
    pub partial: bool,
    /// A ThumbHash: some 25 bytes to draw a placeholder from.
    pub thumbhash: Vec<u8>,
    /// The color of most of the picture.
    pub dominant_color: Color,
}

/// An encoded thumbnail.
#[derive(Clone, Debug, PartialEq)]
pub struct Thumbnail {
    /// The name of its preset.
    pub preset: String,
    /// The format, which a preset may leave open.
    pub format: ThumbnailFormat,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The frames of an animation; 1 for a still picture.
    pub frames: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The short cuts that make decoding fast. Each gives nearly the same pixels as the way around it, which
/// is what the tests switch them off for.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct FastPaths {
    /// Read only the low frequencies of a JPEG, where a small picture needs no others.
    pub dct_scaled: bool,
    /// Let libjpeg-turbo decode at 1/2, 1/4 or 1/8.
    pub jpeg_scaled: bool,
    /// Average blocks of pixels while rows come in.
    pub shrink: bool,
    /// Make small thumbnails of large ones.
    pub chain: bool,
    /// Leave out what WebP, AVIF and HEIC do to smooth the edges of blocks, where pixels are averaged anyway.
    pub unfiltered: bool,
    /// Show the thumbnail that a HEIC or AVIF carries, where it has twice the pixels that are needed.
    pub embedded: bool,
}

impl FastPaths {
    /// All short cuts: what [`render`] takes.
    pub const FAST: Self = Self {
        dct_scaled: true,
        jpeg_scaled: true,
        shrink: true,
        chain: true,
        unfiltered: true,
        embedded: true,
    };
    /// None of them.
    pub const PLAIN: Self = Self {
        dct_scaled: false,
        jpeg_scaled: false,
        shrink: false,
        chain: false,
        unfiltered: false,
        embedded: false,
    };
}

/// Reads the header alone: the format, the size held against the limits, and what making `presets` will need.
pub fn inspect(original: &[u8], presets: &[Preset], limits: &Limits) -> Result<Header, ImageError> {
    limits.check_bytes(original)?;
    let mut header = decode::header(original, format::sniff(original)?, limits)?;
    limits.check_header(&header)?;
    let upright = (header.width, header.height);
    let areas = presets.iter().map(|preset| {
        let (width, height) = Shape::of(preset, upright).size;
        u64::from(width) * u64::from(height)
    });
    let (most, all) = areas.fold((0, 0), |(most, all), area| (area.max(most), all + area));
    // The copies that are made of a thumbnail on its way to a file, the files, the tables of the filters, and the rest.
    let sides = u64::from(header.width) + u64::from(header.height);
    header.memory = header.memory.saturating_add(most * 32 + all * 4 + sides * 128 + (1 << 20));
    header.memory += animation::plan(original, &header, presets, limits).memory;
    Ok(header)
}

/// Turns the bytes of an original into the bytes of its thumbnails, one for each preset that is wanted.
///
/// `is_cancelled` is asked after every few rows, tiles or thumbnails; when it says so, the error is
/// [`ImageError::Cancelled`]. A single JPEG, WebP, AV1 or HEVC stream is decoded without asking.
pub fn render<'a>(
    original: &[u8],
    wanted: impl Into<Wanted<'a>>,
    limits: &Limits,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Rendered, ImageError> {
    render_by(original, wanted, limits, FastPaths::FAST, is_cancelled)
}

/// [`render`], with some of its short cuts.
#[doc(hidden)]
pub fn render_by<'a>(
    original: &[u8],
    wanted: impl Into<Wanted<'a>>,
    limits: &Limits,
    paths: FastPaths,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Rendered, ImageError> {
    let Wanted { presets, focus } = wanted.into();
    let header = inspect(original, presets, limits)?;
    let upright = (header.width, header.height);
    let shapes: Vec<_> = presets.iter().map(|preset| Shape::of(preset, upright)).collect();
    let least = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.min(b.1));
    let ratios = shapes.iter().map(Shape::ratios).reduce(least).unwrap_or((f64::MAX, f64::MAX));
    let ratios = if header.orientation >= 5 { (ratios.1, ratios.0) } else { ratios };
    let pixels = u64::from(header.width) * u64::from(header.height);
    let work = Work::new(original.len() as u64, pixels, is_cancelled);
    let request = decode::Request { ratios, limits, paths, work: &work };
    let decoded = decode::decode(original, &header, &request)?;
    let view = View { icc: decoded.icc, upright, orientation: header.orientation };
    let picture = Picture { raster: decoded.raster, view: &view };
    let focus = Focal::of(original, presets, focus, &header);
    let keeps = |what| presets.iter().any(|preset| preset.keep.contains(&what));
    let rights = keeps(Keep::Copyright).then(|| Rights::of(original, header.format)).flatten();
    let profile = color::kept(view.icc.as_deref()).filter(|_| keeps(Keep::Icc) && picture.raster.is_rgb());
    let extras = |preset: &Preset| Extras {
        rights: rights.as_ref().filter(|_| preset.keep.contains(&Keep::Copyright)),
        icc: profile.filter(|_| preset.keep.contains(&Keep::Icc)),
    };
    let made = |keeps_colors| Made {
        picture: &picture,
        focus,
        larger: None,
        small: None,
        chain: paths.chain,
        keeps_colors,
    };
    let (mut made, mut wide) = (made(false), made(true));
    let mut thumbnails: Vec<Option<Thumbnail>> = presets.iter().map(|_| None).collect();
    let moving = animation::plan(original, &header, presets, limits).moving;
    let track = |i: &usize| {
        let (preset, shape) = (&presets[*i], &shapes[*i]);
        let region = made.region(preset, shape);
        animation::Track { preset, region, size: shape.size, extras: extras(preset) }
    };
    let tracks: Vec<_> = moving.iter().map(track).collect();
    let shrink = request.shrink();
    let source = animation::Source { original, header: &header, view: &view, limits, shrink, is_cancelled };
    for (i, thumbnail) in moving.into_iter().zip(animation::render(&source, &tracks)?) {
        thumbnails[i] = thumbnail;
    }
    // The largest first, so that the others may be made of it.
    let mut order: Vec<usize> = (0..presets.len()).filter(|i| thumbnails[*i].is_none()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(u64::from(shapes[*i].size.0) * u64::from(shapes[*i].size.1)));
    for i in order {
        let (preset, shape) = (&presets[i], &shapes[i]);
        work.ask(u64::MAX)?;
        let region = made.region(preset, shape);
        let extras = extras(preset);
        let mut pixels =
            if extras.icc.is_some() { &mut wide } else { &mut made }.thumbnail(region, shape.size);
        if preset.sharpen {
            resize::sharpen(&mut pixels);
        }
        let (format, bytes) = encode::encode(&pixels, preset, extras)?;
        let (width, height) = (pixels.width, pixels.height);
        thumbnails[i] =
            Some(Thumbnail { preset: preset.name.clone(), format, width, height, frames: 1, bytes });
    }
    let small = made.small();
    let facts = Facts {
        format: header.format,
        width: header.width,
        height: header.height,
        orientation: header.orientation,
        frames: header.frames,
        has_alpha: small.layout.has_alpha(),
        partial: decoded.partial,
        thumbhash: facts::thumbhash(small),
        dominant_color: facts::dominant_color(small),
    };
    Ok(Rendered { facts, thumbnails: thumbnails.into_iter().flatten().collect() })
}

/// How the pixels of an original are to be seen.
struct View {
    icc: Option<Vec<u8>>,
    upright: (u32, u32),
    orientation: u8,
}

impl View {
    /// `region` of `raster` as `size` pixels: upright, and in sRGB unless the colors are kept. Both are done last, where the
    /// fewest pixels are.
    fn thumbnail(&self, raster: &Raster, region: Region, size: (u32, u32), keeps_colors: bool) -> Pixels {
        let stored = orient::stored_region(region, self.upright, self.orientation);
        let original = orient::oriented_size(self.upright, self.orientation);
        let pixels = raster.resize(original, stored, orient::oriented_size(size, self.orientation));
        let icc = self.icc.as_deref().filter(|_| !keeps_colors);
        let pixels = color::to_srgb(color::drop_opaque_alpha(pixels), icc);
        orient::upright(pixels, self.orientation)
    }
}

/// A decoded original, as it was stored.
struct Picture<'a> {
    raster: Raster,
    view: &'a View,
}

/// Where a crop has its middle, as shares of the upright picture.
#[derive(Clone, Copy)]
enum Focal {
    /// The user says so.
    Told((f64, f64)),
    /// Faces are there.
    Faces((f64, f64)),
}

impl Focal {
    fn of(original: &[u8], presets: &[Preset], focus: Option<Focus>, header: &Header) -> Option<Self> {
        let looks = |preset: &Preset| preset.fit == Fit::Cover && gives_way(preset.gravity);
        match focus {
            Some(Focus { x, y }) => Some(Self::Told((x, y))),
            None if presets.iter().any(looks) => {
                xmp::faces(original, (header.width, header.height), header.orientation).map(Self::Faces)
            }
            None => None,
        }
    }

    /// The middle of a crop by `gravity`, if it is not for the gravity to say.
    fn middle(self, gravity: Gravity) -> Option<(f64, f64)> {
        match self {
            Self::Told(middle) => Some(middle),
            Self::Faces(middle) => gives_way(gravity).then_some(middle),
        }
    }
}

/// Whether faces are a better guide.
fn gives_way(gravity: Gravity) -> bool {
    matches!(gravity, Gravity::Center | Gravity::Saliency)
}

/// What has been made of a picture so far, and what more may be made of it.
struct Made<'a> {
    picture: &'a Picture<'a>,
    focus: Option<Focal>,
    /// The largest thumbnail that shows the whole picture.
    larger: Option<Pixels>,
    /// The whole of it inside 100 x 100 pixels, for what is asked of the picture at large.
    small: Option<Pixels>,
    chain: bool,
    keeps_colors: bool,
}

impl Made<'_> {
    /// The part of the picture that a thumbnail shows.
    fn region(&mut self, preset: &Preset, shape: &Shape) -> Region {
        let upright = self.picture.view.upright;
        let crop_offset = match self.focus.and_then(|focus| focus.middle(preset.gravity)) {
            Some(middle) => shape.offset_around(upright, middle),
            None => fit::crop_offset(preset.gravity).unwrap_or_else(|| salient(self.small(), shape, upright)),
        };
        shape.region(upright, crop_offset)
    }

    fn thumbnail(&mut self, region: Region, size: (u32, u32)) -> Pixels {
        let upright = self.picture.view.upright;
        if let Some(larger) = self.larger.as_ref().filter(|_| self.chain) {
            // Twice the pixels or more: what the filter did to the larger one is then too fine to be seen.
            let across = f64::from(larger.width) / f64::from(upright.0);
            let down = f64::from(larger.height) / f64::from(upright.1);
            if region.width * across >= f64::from(size.0) * 2.0
                && region.height * down >= f64::from(size.1) * 2.0
            {
                return resize::packed(larger, upright, region, size);
            }
        }
        let Picture { raster, view } = self.picture;
        let pixels = view.thumbnail(raster, region, size, self.keeps_colors);
        if region == Region::whole(upright) && self.larger.is_none() {
            self.larger = Some(pixels.clone());
        }
        pixels
    }

    fn small(&mut self) -> &Pixels {
        if self.small.is_none() {
            let upright = self.picture.view.upright;
            let size = Shape::of(&Preset::inside("small", 100, 100), upright).size;
            self.small = Some(self.thumbnail(Region::whole(upright), size));
        }
        self.small.get_or_insert_with(|| Pixels::new(1, 1, Layout::Gray, vec![0]))
    }
}

/// The crop_offset that keeps the most of what there is to see.
fn salient(small: &Pixels, shape: &Shape, upright: (u32, u32)) -> (f64, f64) {
    let flat = color::to_rgb(&color::flatten(small, [255; 3]));
    debug_assert_eq!(flat.layout, Layout::Rgb);
    let gray: Vec<u8> = flat
        .data
        .chunks_exact(3)
        .map(|rgb| ((u32::from(rgb[0]) * 77 + u32::from(rgb[1]) * 150 + u32::from(rgb[2]) * 29) >> 8) as u8)
        .collect();
    let kept = (shape.kept.0 / f64::from(upright.0), shape.kept.1 / f64::from(upright.1));
    fit::salient(&gray, flat.width as usize, flat.height as usize, kept)
}
