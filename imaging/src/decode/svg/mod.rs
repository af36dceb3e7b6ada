//! Draws SVG at the size that the thumbnails need, without text, embedded pictures, and other files.
//!
//! A short file can describe an unlimited amount of work. `source.rs` checks the XML before a tree is built from it,
//! `references.rs` the references before they are copied, and `drawing.rs` the pictures before they are drawn.

mod drawing;
mod references;
mod source;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{Error, ImageHrefResolver, Options, Tree};

use crate::budget::WorkBudget;
use crate::decode::{DecodeOutput, DecodeRequest, divide_by_alpha, upright_header};
use crate::limits::MAX_SIDE;
use crate::pixels::{Layout, Pixels, Raster};
use crate::{Header, ImageError, Limits, SourceFormat};

fn damaged(reason: &str) -> ImageError {
    ImageError::damaged(SourceFormat::Svg, reason)
}

/// The sides, in pixels, of the picture from which facts are computed. A drawing is rendered at least at its own size
/// within these sides.
const MIN_SIDE: u32 = 100;

/// An SVG that is ready to be drawn.
struct Svg {
    tree: Tree,
    /// The size in pixels that the file declares, or less if that exceeds the limits.
    size: (u32, u32),
    /// The number of bytes that the tree and its construction need.
    memory: u64,
    /// Whether the file contains text or embedded pictures, which are not drawn.
    is_incomplete: bool,
}

/// Reads an SVG into a tree.
fn open(original: &[u8], limits: &Limits) -> Result<Svg, ImageError> {
    let text = std::str::from_utf8(original)
        .map_err(|_| ImageError::Unsupported { format: "SVG in an encoding other than UTF-8" })?;
    let text = text.trim_start_matches('\u{feff}');
    source::check(text, limits)?;
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(text, options).map_err(|_| damaged("its XML is not well-formed"))?;
    let references = references::check(&document, limits)?;
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_xmltree(&document, &options).map_err(|error| match error {
        Error::InvalidSize => damaged("a side has zero pixels"),
        _ => damaged("its first element is not `svg`"),
    })?;
    if !tree.root().has_children() && references.has_omitted {
        return Err(ImageError::Unsupported { format: "SVG that has only text or embedded pictures" });
    }
    let (width, height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let scale = (limits.max_pixels as f64 / (width * height)).sqrt().min(1.0);
    let side = |side: f64| ((side * scale) as u32).clamp(1, MAX_SIDE);
    // Rounding down keeps a shrunk drawing within the limit.
    let round = |length: f64| if scale < 1.0 { side(length) } else { side(length.round()) };
    let size = (round(width), round(height));
    Ok(Svg { tree, size, memory: references.memory, is_incomplete: references.has_omitted })
}

impl Svg {
    /// Returns the number of bytes that drawing the tree with `size` pixels needs, and deducts its steps from the
    /// budget.
    fn drawing_memory(&self, size: (u32, u32), budget: &WorkBudget<'_>) -> Result<u64, ImageError> {
        let layers = drawing::spend(&self.tree, self.transform(size), size, budget)?;
        Ok(self.memory.saturating_add(layers).saturating_add(u64::from(size.0) * u64::from(size.1) * 4))
    }

    fn transform(&self, size: (u32, u32)) -> Transform {
        let stated = self.tree.size();
        Transform::from_scale(size.0 as f32 / stated.width(), size.1 as f32 / stated.height())
    }
}

pub(crate) fn header(original: &[u8], limits: &Limits) -> Result<Header, ImageError> {
    let svg = open(original, limits)?;
    let pixels = u64::from(svg.size.0) * u64::from(svg.size.1);
    let budget = WorkBudget::new(original.len() as u64, pixels, &|| false);
    // The thumbnails may need fewer pixels, and the limits apply only to those.
    let memory = svg.drawing_memory(svg.size, &budget).unwrap_or(limits.max_memory).min(limits.max_memory);
    Ok(upright_header(SourceFormat::Svg, svg.size, 1, 1, memory))
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let svg = open(original, request.limits)?;
    let (width, height) = svg.size;
    let needed = |side: u32, ratio: f64| {
        let least = f64::from(side) * f64::from(MIN_SIDE) / f64::from(width.max(height));
        ((f64::from(side) / ratio).max(least).ceil() as u32).clamp(1, side)
    };
    let (across, down) = if request.paths.shrink { request.ratios } else { (1.0, 1.0) };
    let size = (needed(width, across), needed(height, down));
    request.check_memory(svg.drawing_memory(size, request.budget)?)?;
    request.budget.check_canceled(u64::MAX)?;
    let mut pixmap = Pixmap::new(size.0, size.1).ok_or_else(|| damaged("its size is invalid"))?;
    resvg::render(&svg.tree, svg.transform(size), &mut pixmap.as_mut());
    let mut data = pixmap.take();
    data.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| divide_by_alpha(pixel));
    let raster = Raster::Packed(Pixels::new(size.0, size.1, Layout::Rgba, data));
    Ok(DecodeOutput { raster, icc: None, partial: svg.is_incomplete })
}
