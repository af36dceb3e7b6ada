//! Deducts the steps of drawing an SVG from the budget before it is drawn, and computes the memory for its layers.
//!
//! `resvg` draws a group with an opacity, a clip, a mask, or a filter on a layer of its own. A filter can require any
//! number of steps per pixel, and a pattern can require a picture of any size.

use resvg::tiny_skia::{IntRect, Path as Outline, PathSegment, Point, Transform};
use resvg::usvg::filter::{Filter, Kind};
use resvg::usvg::{ClipPath, Group, Mask, Node, Paint, Path, Pattern, Rect, Stroke, Tree};

use crate::ImageError;
use crate::budget::WorkBudget;

// A step takes up to 5 ns. Each of these numbers was measured on drawings that consist of one kind of work.

/// The steps for visiting a node, which includes its transform and its colors.
const NODE_STEPS: u64 = 64;

/// The steps for a line of an outline.
const LINE_STEPS: u64 = 64;

/// The steps for a curve of an outline, which is drawn as up to 64 lines.
const CURVE_STEPS: u64 = 1024;

/// The steps for each row of pixels that a line crosses. Lines are drawn at four times the resolution of the picture.
const ROW_STEPS: u64 = 32;

/// The ratio of the lines in the outline of a stroke to the lines in its path.
const STROKE_LINES: u64 = 8;

/// The lines across a stroke for each line or curve of its path: where it meets the next, and at the ends.
const JOIN_LINES: u64 = 4;

/// The length in pixels from which a curve is stroked or dashed in up to a million pieces.
const LONG_CURVE: f32 = 1e6;

/// The width in pixels from which the stroke of a long curve has so many pieces.
const WIDE_STROKE: f32 = 1e3;

/// The steps for the stroke of a long curve, and the bytes that its pieces take.
const LONG_CURVE_STEPS: u64 = 150_000_000;
const LONG_CURVE_BYTES: u64 = 64 << 20;

/// The bytes that a line or a curve of an outline takes while it is drawn.
const SEGMENT_BYTES: u64 = 128;

/// The maximum number of dashes of a path. `tiny-skia` draws no more.
const MAX_DASHES: f64 = 1e6;

/// The steps for a pixel of a layer, a clip, or a mask.
const LAYER_STEPS: u64 = 16;

/// The steps for a pixel of a filter that looks at few others.
const FILTER_STEPS: u64 = 64;

/// The steps for a pixel of a rotated or skewed pattern, which mixes 16 others.
const ROTATED_PATTERN_STEPS: u64 = 128;

/// The area that a layer may cover, and its size in pixels.
#[derive(Clone, Copy)]
struct DrawingArea {
    width: u64,
    height: u64,
    max_layer: IntRect,
}

impl DrawingArea {
    fn new(width: u32, height: u32, max_layer: IntRect) -> Self {
        Self { width: width.into(), height: height.into(), max_layer }
    }

    fn area(self) -> u64 {
        self.width.saturating_mul(self.height)
    }

    /// Returns the width and the height of the part of `bounds` that the canvas can show.
    fn visible(self, bounds: Rect) -> (u64, u64) {
        let side = |length: f32, max: u64| (length.ceil() as u64).saturating_add(2).min(max);
        (side(bounds.width(), self.width), side(bounds.height(), self.height))
    }
}

struct Estimate<'a> {
    budget: &'a WorkBudget<'a>,
}

/// Deducts the steps of drawing `tree` with `size` pixels. Returns the number of bytes that its layers need.
pub(super) fn spend(
    tree: &Tree,
    transform: Transform,
    (width, height): (u32, u32),
    budget: &WorkBudget<'_>,
) -> Result<u64, ImageError> {
    // `resvg` bounds the layers to two canvases on each side.
    let origin = |side: u32| i32::try_from(side).ok().and_then(|side| side.checked_mul(-2));
    let max_layer = origin(width)
        .zip(origin(height))
        .and_then(|(x, y)| IntRect::from_xywh(x, y, width.checked_mul(5)?, height.checked_mul(5)?))
        .ok_or(ImageError::TooMuchWork)?;
    let canvas = DrawingArea::new(width, height, max_layer);
    let estimate = Estimate { budget };
    estimate.steps(canvas.area())?;
    estimate.nodes(tree.root(), transform, canvas)
}

impl Estimate<'_> {
    fn steps(&self, count: u64) -> Result<(), ImageError> {
        self.budget.spend_samples(count)?;
        self.budget.check_canceled(count)
    }

    /// Deducts the steps for the children of a group. Returns the maximum number of bytes that they need.
    fn nodes(&self, group: &Group, transform: Transform, canvas: DrawingArea) -> Result<u64, ImageError> {
        let mut most = 0;
        for node in group.children() {
            let bytes = match node {
                Node::Group(group) => self.group(group, transform, canvas)?,
                Node::Path(path) => self.path(path, transform, canvas)?,
                // The tree contains no pictures or texts, because other files are not read and `usvg` has no fonts.
                Node::Image(_) | Node::Text(_) => 0,
            };
            most = bytes.max(most);
        }
        Ok(most)
    }

    fn group(&self, group: &Group, transform: Transform, canvas: DrawingArea) -> Result<u64, ImageError> {
        self.steps(NODE_STEPS)?;
        let transform = transform.pre_concat(group.transform());
        if !group.should_isolate() {
            return self.nodes(group, transform, canvas);
        }
        let Some((layer, transform)) = layer(group, transform, canvas) else { return Ok(0) };
        let area = layer.area();
        self.steps(area.saturating_mul(LAYER_STEPS))?;
        let mut held = self.nodes(group, transform, layer)?;
        for filter in group.filters() {
            held = held.max(self.filter(filter, transform, layer)?);
        }
        if let Some(clip) = group.clip_path() {
            held = held.max(self.clip(clip, transform, layer)?);
        }
        if let Some(mask) = group.mask() {
            held = held.max(self.mask(mask, transform, layer)?);
        }
        Ok(held.saturating_add(area.saturating_mul(4)))
    }

    fn clip(&self, clip: &ClipPath, transform: Transform, layer: DrawingArea) -> Result<u64, ImageError> {
        self.steps(layer.area().saturating_mul(LAYER_STEPS).saturating_add(NODE_STEPS))?;
        let children = self.clip_nodes(clip.root(), transform.pre_concat(clip.transform()), layer)?;
        let outer = clip.clip_path().map_or(Ok(0), |clip| self.clip(clip, transform, layer))?;
        // One layer for the clip, and one for the mask that it becomes.
        Ok(children.max(outer).saturating_add(layer.area().saturating_mul(5)))
    }

    fn clip_nodes(&self, group: &Group, transform: Transform, layer: DrawingArea) -> Result<u64, ImageError> {
        let mut most = 0;
        for node in group.children() {
            let bytes = match node {
                Node::Group(group) => {
                    self.steps(NODE_STEPS)?;
                    let transform = transform.pre_concat(group.transform());
                    let children = self.clip_nodes(group, transform, layer)?;
                    match group.clip_path() {
                        Some(clip) => {
                            self.steps(layer.area().saturating_mul(LAYER_STEPS))?;
                            let clip = self.clip(clip, transform, layer)?;
                            clip.max(children).saturating_add(layer.area().saturating_mul(4))
                        }
                        None => children,
                    }
                }
                Node::Path(path) => self.path(path, transform, layer)?,
                Node::Image(_) | Node::Text(_) => 0,
            };
            most = bytes.max(most);
        }
        Ok(most)
    }

    fn mask(&self, mask: &Mask, transform: Transform, layer: DrawingArea) -> Result<u64, ImageError> {
        self.steps(layer.area().saturating_mul(LAYER_STEPS).saturating_add(NODE_STEPS))?;
        let children = self.nodes(mask.root(), transform, layer)?;
        let outer = mask.mask().map_or(Ok(0), |mask| self.mask(mask, transform, layer))?;
        // One layer each for the drawing, its region, and the mask that they become.
        Ok(children.max(outer).saturating_add(layer.area().saturating_mul(6)))
    }

    fn filter(&self, filter: &Filter, transform: Transform, layer: DrawingArea) -> Result<u64, ImageError> {
        let area = layer.area();
        let (across, down) = transform.get_scale();
        let mut held = area.saturating_mul(4 * 4);
        for primitive in filter.primitives() {
            let reach = |radius: f32, scale: f32, max: u64| ((radius * scale).ceil() as u64 * 2 + 1).min(max);
            let per_pixel = match primitive.kind() {
                Kind::ConvolveMatrix(kernel) => {
                    let kernel = kernel.matrix();
                    u64::from(kernel.columns()) * u64::from(kernel.rows()) * 2
                }
                Kind::Morphology(by) => reach(by.radius_x().get(), across, layer.width)
                    .saturating_mul(reach(by.radius_y().get(), down, layer.height)),
                Kind::Turbulence(by) => u64::from(by.num_octaves()).saturating_mul(FILTER_STEPS / 2),
                Kind::GaussianBlur(_) | Kind::DropShadow(_) => FILTER_STEPS,
                Kind::Merge(by) => by.inputs().len() as u64 * LAYER_STEPS,
                Kind::Image(by) => {
                    let (across, down) = (across.max(f32::MIN_POSITIVE), down.max(f32::MIN_POSITIVE));
                    held = held.max(self.nodes(by.root(), Transform::from_scale(across, down), layer)?);
                    LAYER_STEPS
                }
                _ => 0,
            };
            self.steps(
                area.saturating_mul(per_pixel.saturating_add(FILTER_STEPS)).saturating_add(NODE_STEPS),
            )?;
            held = held.saturating_add(area.saturating_mul(4));
        }
        Ok(held)
    }

    fn path(&self, path: &Path, transform: Transform, canvas: DrawingArea) -> Result<u64, ImageError> {
        self.steps(NODE_STEPS)?;
        let bounds = path.stroke_bounding_box().transform(transform);
        let Some(bounds) = bounds.filter(|_| path.is_visible()) else { return Ok(0) };
        let visible = canvas.visible(bounds);
        let shape = Shape::new(path.data(), transform, visible);
        let mut held = 0;
        if let Some(fill) = path.fill() {
            let pattern = self.paint(fill.paint(), visible.0.saturating_mul(visible.1), transform, canvas)?;
            self.steps(shape.curves.saturating_mul(CURVE_STEPS))?;
            // Two curves can cross nine times.
            let lines = self.lines(shape.lines + shape.curves * 3, shape.rows)?;
            held = pattern.max(lines);
        }
        if let Some(stroke) = path.stroke() {
            let stroked = Stroked::new(path.data(), stroke, &shape, visible);
            let pattern = self.paint(stroke.paint(), stroked.area, transform, canvas)?;
            self.steps(stroked.curve_steps)?;
            let lines = self.lines(stroked.lines, stroked.rows)?.saturating_add(stroked.curve_bytes);
            held = held.max(pattern).max(lines);
        }
        Ok(held)
    }

    /// Deducts the steps for the lines of an outline.
    fn lines(&self, count: u64, rows: u64) -> Result<u64, ImageError> {
        let rows = rows.saturating_mul(ROW_STEPS);
        // Lines that cross each other are sorted again.
        let crossings = count.saturating_mul(count) / 8;
        self.steps(count.saturating_mul(LINE_STEPS).saturating_add(rows).saturating_add(crossings))?;
        Ok(count.saturating_mul(SEGMENT_BYTES))
    }

    /// Deducts the steps for the `area` of a shape in pixels.
    fn paint(
        &self,
        paint: &Paint,
        area: u64,
        transform: Transform,
        canvas: DrawingArea,
    ) -> Result<u64, ImageError> {
        match paint {
            Paint::Color(_) => self.steps(area.saturating_mul(2)).map(|()| 0),
            Paint::LinearGradient(by) => self.gradient(area, by.stops().len()),
            Paint::RadialGradient(by) => self.gradient(area, by.stops().len()),
            Paint::Pattern(pattern) => {
                let placed = transform.pre_concat(pattern.transform());
                let per_pixel = if placed.has_skew() { ROTATED_PATTERN_STEPS } else { LAYER_STEPS };
                self.steps(area.saturating_mul(per_pixel))?;
                self.pattern(pattern, placed, canvas)
            }
        }
    }

    fn gradient(&self, area: u64, stops: usize) -> Result<u64, ImageError> {
        let stops = stops as u64;
        self.steps(area.saturating_mul(8 + stops / 4).saturating_add(stops * NODE_STEPS))?;
        Ok(stops * SEGMENT_BYTES)
    }

    fn pattern(&self, pattern: &Pattern, placed: Transform, canvas: DrawingArea) -> Result<u64, ImageError> {
        let (across, down) = placed.get_scale();
        let side = |length: f32| length.round() as u32;
        let (width, height) = (side(pattern.rect().width() * across), side(pattern.rect().height() * down));
        let tile = DrawingArea::new(width, height, canvas.max_layer);
        self.steps(tile.area().saturating_add(NODE_STEPS))?;
        let children = self.nodes(pattern.root(), Transform::from_scale(across, down), tile)?;
        Ok(children.saturating_add(tile.area().saturating_mul(4)))
    }
}

/// Returns the layer of a group and the transform of its children, as `resvg` computes them, or `None` if it does
/// not draw the group.
fn layer(group: &Group, transform: Transform, canvas: DrawingArea) -> Option<(DrawingArea, Transform)> {
    let rest = if group.filters().is_empty() {
        Transform::identity()
    } else {
        let (across, down) = (transform.sx.hypot(transform.ky), transform.kx.hypot(transform.sy));
        Transform::from_row(
            transform.sx / across,
            transform.ky / across,
            transform.kx / down,
            transform.sy / down,
            0.0,
            0.0,
        )
    };
    let inverse = rest.invert()?;
    let max_layer = canvas.max_layer.to_rect().transform(inverse)?.round_out()?;
    let transform = inverse.pre_concat(transform);
    let bounds = group.layer_bounding_box().transform(transform)?;
    let side = |length: f32, max: u32| (length.ceil() as u32).saturating_add(4).min(max);
    let (width, height) =
        (side(bounds.width(), max_layer.width()), side(bounds.height(), max_layer.height()));
    Some((DrawingArea::new(width, height, max_layer), transform))
}

/// The counts of an outline that determine the steps for it.
struct Shape {
    lines: u64,
    curves: u64,
    /// The visible rows and columns that its lines cross.
    rows: u64,
    columns: u64,
    /// The maximum factor by which its transform enlarges it.
    scale: f32,
    /// Upper bounds of the length of the outline and of a curve, in pixels.
    length: f32,
    longest_curve: f32,
}

impl Shape {
    fn new(outline: &Outline, transform: Transform, (width, height): (u64, u64)) -> Self {
        // As `tiny-skia` computes it, which strokes before the transform.
        let scale = transform.sx.hypot(transform.kx).max(transform.ky.hypot(transform.sy));
        let mut shape =
            Self { lines: 0, curves: 0, rows: 0, columns: 0, scale, length: 0.0, longest_curve: 0.0 };
        let (mut start, mut last) = (Point::zero(), Point::zero());
        for segment in outline.segments() {
            let (points, count) = match segment {
                PathSegment::MoveTo(point) => {
                    (start, last) = (point, point);
                    continue;
                }
                PathSegment::LineTo(point) => ([point; 3], 1),
                PathSegment::QuadTo(a, point) => ([a, point, point], 2),
                PathSegment::CubicTo(a, b, point) => ([a, b, point], 3),
                PathSegment::Close => ([start; 3], 1),
            };
            let mut length = 0.0;
            for point in points.into_iter().take(count) {
                length += last.distance(point);
                let (mut from, mut to) = (last, point);
                transform.map_point(&mut from);
                transform.map_point(&mut to);
                shape.rows += ((to.y - from.y).abs().ceil() as u64).saturating_add(1).min(height);
                shape.columns += ((to.x - from.x).abs().ceil() as u64).saturating_add(1).min(width);
                last = point;
            }
            shape.length += length * scale;
            if count == 1 {
                shape.lines += 1;
            } else {
                shape.curves += 1;
                shape.longest_curve = shape.longest_curve.max(length * scale);
            }
        }
        shape
    }
}

/// The counts of a stroke that determine the steps for it.
struct Stroked {
    lines: u64,
    rows: u64,
    curve_steps: u64,
    curve_bytes: u64,
    /// The maximum number of pixels that it covers.
    area: u64,
}

impl Stroked {
    fn new(outline: &Outline, stroke: &Stroke, shape: &Shape, (width, height): (u64, u64)) -> Self {
        let thickness = stroke.width().get() * shape.scale;
        let dashes = dashes(outline, stroke);
        let is_long = shape.longest_curve.max(thickness) >= LONG_CURVE;
        let (steps, bytes) = if is_long && (thickness >= WIDE_STROKE || dashes > 0) {
            (LONG_CURVE_STEPS, LONG_CURVE_BYTES)
        } else {
            (CURVE_STEPS, 0)
        };
        let segments = shape.lines + shape.curves + dashes;
        // The maximum distance of a corner from its line, in pixels.
        let corner = ((thickness * stroke.miterlimit().get()).ceil() as u64).saturating_add(2);
        let joins = segments.saturating_mul(JOIN_LINES).saturating_mul(corner.min(height));
        let along = (shape.length * (thickness + 2.0)) as u64;
        let corners = segments.saturating_mul(corner.saturating_mul(corner));
        Self {
            lines: segments.saturating_mul(STROKE_LINES),
            // A thin stroke is drawn along its length.
            rows: shape.rows.saturating_mul(2).saturating_add(shape.columns / 2).saturating_add(joins),
            curve_steps: shape.curves.saturating_mul(steps),
            curve_bytes: shape.curves.saturating_mul(bytes),
            area: along.saturating_add(corners).min(width.saturating_mul(height)),
        }
    }
}

/// Returns the maximum number of dashes of a path.
fn dashes(outline: &Outline, stroke: &Stroke) -> u64 {
    let Some(lengths) = stroke.dasharray() else { return 0 };
    let interval: f64 = lengths.iter().map(|length| f64::from(*length)).sum();
    let pairs = outline.points().windows(2);
    let length: f64 = pairs.map(|pair| f64::from(pair[0].distance(pair[1]))).sum();
    (length / interval * lengths.len() as f64).min(MAX_DASHES) as u64
}
