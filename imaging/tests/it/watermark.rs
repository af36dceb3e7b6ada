//! Tests that the watermark of a preset lies over its thumbnails, and over nothing else.

use contract::preset::{Keep, Preset, PresetFormat};
use contract::watermark::{Position, Watermark};
use imaging::{ImageError, Limits, RenderRequest, Thumbnail, Watermarks, inspect, render};

use crate::animation::{frames, three_frames};
use crate::cost::{HELD, PEAK};
use crate::metadata::png_with_profile;
use crate::presets::{draw_png, samples_of};
use crate::samples;

const GRAY: [u8; 3] = [100; 3];
const RED: [u8; 3] = [255, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];

/// Returns a red PNG of `width` x `height` pixels whose left half has the opacity `left`.
fn logo_png(width: u32, height: u32, left: u8) -> Vec<u8> {
    draw_png(width, height, |x, _| [255, 0, 0, if x < width / 2 { left } else { 255 }])
}

/// Returns the same as a watermark.
fn logo(width: u32, height: u32, left: u8) -> Watermarks {
    watermarks(&logo_png(width, height, left))
}

fn watermarks(png: &[u8]) -> Watermarks {
    let mut watermarks = Watermarks::default();
    watermarks.add("logo.png", png).unwrap();
    watermarks
}

/// Returns a PNG preset whose watermark has a fifth of its width.
fn marked(side: u32, position: Position) -> Preset {
    let watermark = Watermark { position, width: 0.2, ..Watermark::new("logo.png") };
    Preset { format: PresetFormat::Png, watermark: Some(watermark), ..Preset::inside("p", side, side) }
}

fn opacity(preset: Preset, opacity: f64) -> Preset {
    let watermark = preset.watermark.map(|watermark| Watermark { opacity, ..watermark });
    Preset { watermark, ..preset }
}

fn width(preset: Preset, width: f64) -> Preset {
    let watermark = preset.watermark.map(|watermark| Watermark { width, ..watermark });
    Preset { watermark, ..preset }
}

fn thumbnail(original: &[u8], preset: &Preset, watermarks: &Watermarks) -> Thumbnail {
    let presets = std::slice::from_ref(preset);
    let request = RenderRequest { presets, focus: None, watermarks };
    render(original, request, &Limits::default(), &|| false).unwrap().thumbnails.remove(0)
}

/// A decoded PNG thumbnail.
struct Drawn {
    data: Vec<u8>,
    samples: usize,
    size: (u32, u32),
}

impl Drawn {
    fn render(original: &[u8], preset: &Preset, watermarks: &Watermarks) -> Self {
        let made = thumbnail(original, preset, watermarks);
        let (data, samples) = samples_of(&made);
        Self { data, samples, size: (made.width, made.height) }
    }

    fn at(&self, x: u32, y: u32) -> &[u8] {
        &self.data[(y * self.size.0 + x) as usize * self.samples..][..self.samples]
    }

    /// Returns the left, top, right, and bottom end of the pixels that are not `color`.
    fn bounds(&self, color: [u8; 3]) -> Option<[u32; 4]> {
        let all = (0..self.size.1).flat_map(|y| (0..self.size.0).map(move |x| (x, y)));
        let differing = all.filter(|(x, y)| self.at(*x, *y) != color);
        differing
            .map(|(x, y)| [x, y, x + 1, y + 1])
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }
}

#[test]
fn a_watermark_lies_in_its_corner_with_a_margin() {
    let original = draw_png(320, 320, |_, _| GRAY);
    // The watermark has a fifth of 160 pixels, and is 5 pixels from the edges.
    for (position, expect) in [
        (Position::TopLeft, [5, 5, 37, 21]),
        (Position::TopRight, [123, 5, 155, 21]),
        (Position::BottomLeft, [5, 139, 37, 155]),
        (Position::BottomRight, [123, 139, 155, 155]),
        (Position::Center, [64, 72, 96, 88]),
    ] {
        let drawn = Drawn::render(&original, &marked(160, position), &logo(200, 100, 255));
        assert_eq!(drawn.bounds(GRAY), Some(expect), "{position:?}");
        assert_eq!(drawn.at(expect[0], expect[1]), RED);
    }
}

#[test]
fn tiles_cover_the_whole_thumbnail() {
    let original = draw_png(330, 170, |_, _| GRAY);
    let tile = draw_png(40, 40, |x, _| if x < 20 { RED } else { BLUE });
    let drawn = Drawn::render(&original, &width(marked(330, Position::Tile), 0.1), &watermarks(&tile));
    for y in 0..170 {
        for x in 0..330 {
            let expect = match x % 33 {
                3..=13 => RED,
                19..=29 => BLUE,
                // Resizing blurs the edges.
                _ => continue,
            };
            assert_eq!(drawn.at(x, y)[..3], expect, "{x} {y}");
        }
    }
}

#[test]
fn opacity_and_alpha_blend_the_watermark_with_the_picture() {
    let original = draw_png(100, 100, |_, _| GRAY);
    let full_size = width(marked(100, Position::Center), 1.0);
    // The left half of the watermark has an opacity of 128 / 255.
    for (share, left, right) in [(1.0, [178, 50, 50], RED), (0.5, [139, 75, 75], [178, 50, 50])] {
        let drawn = Drawn::render(&original, &opacity(full_size.clone(), share), &logo(100, 100, 128));
        assert_eq!((drawn.at(25, 50), drawn.at(75, 50)), (&left[..], &right[..]), "{share}");
    }
    // A transparent part of a watermark changes nothing.
    let drawn = Drawn::render(&original, &full_size, &logo(100, 100, 0));
    assert_eq!(drawn.bounds(GRAY), Some([50, 0, 100, 100]));
}

#[test]
fn a_watermark_is_visible_on_a_transparent_picture() {
    let original = draw_png(100, 100, |x, _| [0, 0, 255, if x < 50 { 0 } else { 128 }]);
    let full_size = width(marked(100, Position::Center), 1.0);
    let drawn = Drawn::render(&original, &opacity(full_size, 0.5), &logo(100, 100, 255));
    assert_eq!(drawn.at(25, 50), [255, 0, 0, 128]);
    // Half-transparent red over half-transparent blue has an opacity of three quarters, two thirds of which are red.
    assert_eq!(drawn.at(75, 50), [170, 0, 85, 192]);
}

#[test]
fn a_gray_picture_stays_gray_under_a_gray_watermark() {
    let original = {
        let mut file = Vec::new();
        let encoder = png::Encoder::new(&mut file, 50, 50);
        encoder.write_header().unwrap().write_image_data(&[100; 2500]).unwrap();
        file
    };
    let white = draw_png(10, 10, |_, _| [255; 3]);
    for (logo, samples) in [(watermarks(&white), 1), (logo(10, 10, 255), 3)] {
        let drawn = Drawn::render(&original, &marked(50, Position::TopLeft), &logo);
        assert_eq!(drawn.samples, samples);
        assert_eq!((drawn.at(1, 1)[0], drawn.at(40, 40)[0]), (255, 100));
    }
}

#[test]
fn a_watermark_is_never_enlarged_and_never_larger_than_its_thumbnail() {
    let original = draw_png(64, 64, |_, _| GRAY);
    let drawn = Drawn::render(&original, &width(marked(64, Position::TopLeft), 1.0), &logo(8, 4, 255));
    assert_eq!(drawn.bounds(GRAY), Some([2, 2, 10, 6]));
    // A logo of the largest size, and a tall one, keep their proportions within the margins.
    let positions =
        [Position::TopLeft, Position::TopRight, Position::BottomRight, Position::Center, Position::Tile];
    for logo in [logo(1000, 1000, 255), logo(20, 2000, 255), logo(2000, 20, 255)] {
        for position in positions {
            for (width_of_logo, side) in [(1.0, 64), (0.01, 64), (1.0, 33), (1.0, 2), (0.2, 1)] {
                let preset = width(marked(side, position), width_of_logo);
                let drawn = Drawn::render(&original, &preset, &logo);
                assert_eq!(drawn.size, (side, side));
                assert!(drawn.bounds(GRAY).is_some(), "{position:?} {width_of_logo} {side}");
            }
        }
    }
    let sliver = draw_png(300, 1, |_, _| GRAY);
    assert!(
        Drawn::render(&sliver, &marked(100, Position::BottomRight), &logo(90, 90, 255))
            .bounds(GRAY)
            .is_some()
    );
}

#[test]
fn the_watermark_appears_in_every_format_but_not_in_facts_or_other_thumbnails() {
    let original = samples::png(300, 200, 3);
    let logo = logo(50, 50, 255);
    let formats = [PresetFormat::Jpeg, PresetFormat::Webp, PresetFormat::Auto];
    let avif = imaging::WRITES_AVIF.then_some(PresetFormat::Avif);
    for format in formats.into_iter().chain(avif) {
        let made = thumbnail(&original, &Preset { format, ..marked(300, Position::BottomRight) }, &logo);
        let again = Preset { format: PresetFormat::Png, ..Preset::inside("again", 300, 300) };
        let decoded = render(&made.bytes, &[again], &Limits::default(), &|| false).unwrap();
        let (data, samples) = samples_of(&decoded.thumbnails[0]);
        let [r, g, b] = [0, 1, 2].map(|c| data[(170 * 300 + 270) * samples + c]);
        assert!(r > 230 && g < 40 && b < 40, "{format:?}: {r} {g} {b}");
    }
    // The small thumbnail is rendered from the large one before the watermark is drawn on it.
    let plain = Preset::inside("small", 100, 100);
    let presets = [width(marked(300, Position::Tile), 1.0), plain.clone()];
    let request = RenderRequest { presets: &presets, focus: None, watermarks: &logo };
    let with = render(&original, request, &Limits::default(), &|| false).unwrap();
    let unmarked = Preset { watermark: None, ..presets[0].clone() };
    let without = render(&original, &[unmarked, plain], &Limits::default(), &|| false).unwrap();
    assert_eq!(with.facts, without.facts);
    assert_eq!(with.thumbnails[1], without.thumbnails[1]);
    assert_ne!(with.thumbnails[0], without.thumbnails[0]);
}

#[test]
fn every_frame_of_an_animation_has_the_watermark() {
    let original = three_frames(gif::DisposalMethod::Keep, None);
    let preset = Preset { format: PresetFormat::Webp, animated: true, ..marked(64, Position::TopLeft) };
    let made = thumbnail(&original, &preset, &logo(12, 12, 255));
    let frames = frames(&made);
    assert_eq!(frames.len(), 3);
    for (pixels, _) in frames {
        let [r, g, b] = [0, 1, 2].map(|c| pixels[(8 * 64 + 8) * 4 + c]);
        assert!(r > 230 && g < 40 && b < 40, "{r} {g} {b}");
    }
}

#[test]
fn a_watermark_is_converted_to_the_colors_that_a_thumbnail_keeps() {
    let original = png_with_profile(&moxcms::ColorProfile::new_display_p3());
    let kept = Preset { keep: vec![Keep::Icc], ..width(marked(8, Position::Center), 1.0) };
    let in_profile = thumbnail(&original, &kept, &logo(8, 8, 255));
    // The red of sRGB has other numbers in a wide gamut, and is the same red afterwards.
    assert_ne!(samples_of(&in_profile).0[..3], RED);
    let srgb = Preset { keep: Vec::new(), watermark: None, ..kept };
    let again = render(&in_profile.bytes, &[srgb], &Limits::default(), &|| false).unwrap();
    let (seen, _) = samples_of(&again.thumbnails[0]);
    assert!(seen.iter().zip(RED).all(|(seen, expect)| seen.abs_diff(expect) <= 3), "{seen:?}");
}

#[test]
fn a_file_that_cannot_be_a_watermark_is_refused() {
    let add = |bytes: &[u8]| Watermarks::default().add("logo.png", bytes).unwrap_err();
    assert_eq!(add(b""), ImageError::Empty);
    assert_eq!(add(b"no picture"), ImageError::Unknown);
    let jpeg = samples::encoded(&samples::png(9, 9, 3), PresetFormat::Jpeg);
    assert!(matches!(add(&jpeg), ImageError::Unsupported { .. }));
    let whole = logo_png(200, 200, 255);
    assert!(matches!(add(&whole[..whole.len() / 2]), ImageError::Damaged { .. }));
    assert!(matches!(add(&[&whole[..], &[0; 1 << 20]].concat()), ImageError::TooManyBytes { .. }));
    assert!(matches!(add(&logo_png(2001, 2000, 255)), ImageError::TooManyPixels { .. }));
    // The limit applies to all watermarks together.
    let mut watermarks = logo(1500, 1500, 255);
    let second = watermarks.add("other.png", &logo_png(1500, 1500, 255)).unwrap_err();
    assert!(matches!(second, ImageError::TooManyPixels { .. }));
}

#[test]
fn a_thumbnail_without_its_watermark_is_an_error() {
    let original = samples::png(9, 9, 3);
    let error = render(&original, &[marked(9, Position::Tile)], &Limits::default(), &|| false).unwrap_err();
    assert!(error.to_string().contains("the watermark logo.png is missing"), "{error}");
}

#[test]
fn the_reported_memory_includes_the_watermark() {
    let original = samples::png(300, 300, 3);
    let watermarks = logo(2000, 2000, 128);
    for side in [300, 20] {
        let presets = [width(marked(side, Position::Tile), 1.0)];
        let request = RenderRequest { presets: &presets, focus: None, watermarks: &watermarks };
        let announced = inspect(&original, request, &Limits::default()).unwrap().memory;
        let held = HELD.get();
        PEAK.set(held);
        render(&original, request, &Limits::default(), &|| false).unwrap();
        let used = (PEAK.get() - held) as u64 + 2000 * 2000 * 4;
        assert!(used <= announced && announced <= used * 2, "{used} of {announced}");
    }
}

#[test]
fn the_memory_for_a_watermark_does_not_overflow() {
    // The tile of this BigTIFF has more samples than a 64-bit number can count.
    let mut file = b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0".to_vec();
    let entries: [(u16, u64); 8] =
        [(256, 8), (257, 8), (258, 8), (262, 1), (322, 1 << 62), (323, 1 << 62), (324, 16), (325, 8)];
    file.extend((entries.len() as u64).to_le_bytes());
    for (tag, value) in entries {
        file.extend([&tag.to_le_bytes()[..], &16_u16.to_le_bytes(), &1_u64.to_le_bytes()].concat());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 8]);
    let (presets, watermarks) = (&[marked(8, Position::Center)], &logo(8, 8, 255));
    let request = RenderRequest { presets, focus: None, watermarks };
    assert_eq!(inspect(&file, request, &Limits::default()).map(|header| header.memory), Ok(u64::MAX));
}
