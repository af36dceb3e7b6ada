//! Tests that a preset keeps an animation animated: the same frames, durations, and repetitions.

use contract::preset::{Fit, Gravity, Preset, PresetFormat, ThumbnailFormat};
use image::AnimationDecoder as _;
use image::codecs::webp::WebPDecoder;
use imaging::{ImageError, Limits, Thumbnail, inspect, render};

use crate::samples;

const SIDE: u32 = 64;

/// Returns a pixel of stripes in two grays.
fn stripe(x: u32) -> [u8; 4] {
    let gray = [200, 120][x as usize / 8 % 2];
    [gray, gray, gray, 255]
}

/// Returns stripes of `SIDE` x `SIDE` pixels with squares, which have a left edge and a color each.
fn stripes_with_squares(squares: &[(u32, [u8; 4])]) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let square =
            squares.iter().find(|(left, _)| (*left..left + 16).contains(&x) && (24..40).contains(&y));
        square.map_or(stripe(x), |(_, color)| *color)
    };
    let pixels = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    pixels.flat_map(|(x, y)| pixel(x, y)).collect()
}

pub(crate) const RED: [u8; 4] = [250, 10, 10, 255];
const GREEN: [u8; 4] = [10, 220, 30, 255];

/// Returns the frames of a thumbnail: RGBA pixels and milliseconds.
pub(crate) fn frames(thumbnail: &Thumbnail) -> Vec<(Vec<u8>, u32)> {
    let mut decoder = WebPDecoder::new(std::io::Cursor::new(&thumbnail.bytes)).unwrap();
    // The decoder disposes of frames only if there is a background color.
    decoder.set_background_color(image::Rgba([0; 4])).unwrap();
    let frames = decoder.into_frames().map(|frame| {
        let frame = frame.unwrap();
        let (count, of) = frame.delay().numer_denom_ms();
        (frame.into_buffer().into_raw(), count / of)
    });
    frames.collect()
}

/// Returns the number of times that the animation plays.
pub(crate) fn plays(thumbnail: &Thumbnail) -> u16 {
    let at = memchr::memmem::find(&thumbnail.bytes, b"ANIM").unwrap();
    u16::from_le_bytes([thumbnail.bytes[at + 12], thumbnail.bytes[at + 13]])
}

pub(crate) fn animated(side: u32) -> Preset {
    Preset { animated: true, quality: 100, ..Preset::inside("moves", side, side) }
}

fn thumbnails(original: &[u8], presets: &[Preset]) -> Vec<Thumbnail> {
    render(original, presets, &Limits::default(), &|| false).unwrap().thumbnails
}

pub(crate) fn thumbnail(original: &[u8], preset: Preset) -> Thumbnail {
    thumbnails(original, &[preset]).remove(0)
}

#[track_caller]
fn assert_similar(seen: &[u8], expect: &[u8], db: f64) {
    assert_eq!(seen.len(), expect.len());
    let visible = |data: &[u8], at: usize| i32::from(data[at]) * i32::from(data[at / 4 * 4 + 3]) / 255;
    let error: f64 =
        (0..seen.len()).map(|at| f64::from(visible(seen, at) - visible(expect, at)).powi(2)).sum();
    let psnr = 10.0 * (255.0 * 255.0 * seen.len() as f64 / error.max(1e-9)).log10();
    assert!(psnr >= db, "{psnr:.1} dB");
}

/// A frame of a GIF.
struct GifFrame {
    left: u16,
    top: u16,
    size: (u16, u16),
    /// Indices of black, red, green, and the two grays. Black is transparent.
    indices: Vec<u8>,
    dispose: gif::DisposalMethod,
    delay: u16,
}

const COLORS: [u8; 15] = [0, 0, 0, 250, 10, 10, 10, 220, 30, 200, 200, 200, 120, 120, 120];

fn gif_of(frames: Vec<GifFrame>, repeat: Option<gif::Repeat>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, SIDE as u16, SIDE as u16, &COLORS).unwrap();
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).unwrap();
    }
    for GifFrame { left, top, size, indices, dispose, delay } in frames {
        let (width, height) = size;
        let frame = gif::Frame { left, top, width, height, dispose, delay, ..gif::Frame::default() };
        let frame = gif::Frame { transparent: Some(0), buffer: indices.into(), ..frame };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    file
}

fn stripes() -> Vec<u8> {
    (0..SIDE).flat_map(|_| (0..SIDE).map(|x| 3 + (x / 8 % 2) as u8)).collect()
}

/// Returns a GIF of stripes, a red square at 8, and a green one at 32. The red square has the disposal
/// `dispose`.
pub(crate) fn three_frames(dispose: gif::DisposalMethod, repeat: Option<gif::Repeat>) -> Vec<u8> {
    let whole = (SIDE as u16, SIDE as u16);
    let square = |left, color: u8, dispose, delay| GifFrame {
        left,
        top: 24,
        size: (16, 16),
        indices: vec![color; 256],
        dispose,
        delay,
    };
    let keep = gif::DisposalMethod::Keep;
    let stripes = GifFrame { left: 0, top: 0, size: whole, indices: stripes(), dispose: keep, delay: 5 };
    gif_of(vec![stripes, square(8, 1, dispose, 7), square(32, 2, keep, 120)], repeat)
}

/// Returns the same animation as an APNG, with 16 bits per sample if `is_wide`.
fn apng(dispose: png::DisposeOp, is_wide: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(if is_wide { png::BitDepth::Sixteen } else { png::BitDepth::Eight });
    encoder.set_animated(3, 4).unwrap();
    let mut writer = encoder.write_header().unwrap();
    let wide = |data: &[u8]| -> Vec<u8> {
        if is_wide { data.iter().flat_map(|sample| [*sample; 2]).collect() } else { data.to_vec() }
    };
    writer.set_frame_delay(5, 100).unwrap();
    writer.write_image_data(&wide(&stripes_with_squares(&[]))).unwrap();
    writer.set_frame_delay(7, 100).unwrap();
    writer.set_frame_dimension(16, 16).unwrap();
    writer.set_frame_position(8, 24).unwrap();
    writer.set_dispose_op(dispose).unwrap();
    writer.write_image_data(&wide(&RED.repeat(256))).unwrap();
    writer.set_frame_delay(6, 5).unwrap();
    writer.set_frame_position(32, 24).unwrap();
    writer.set_dispose_op(png::DisposeOp::None).unwrap();
    writer.write_image_data(&wide(&GREEN.repeat(256))).unwrap();
    writer.finish().unwrap();
    file
}

#[track_caller]
pub(crate) fn check_three(thumbnail: &Thumbnail, third_picture: &[u8]) {
    let seen = frames(thumbnail);
    assert_eq!(seen.iter().map(|(_, ms)| *ms).collect::<Vec<_>>(), [50, 70, 1200]);
    assert_eq!((thumbnail.frames, thumbnail.format), (3, ThumbnailFormat::Webp));
    assert_similar(&seen[0].0, &stripes_with_squares(&[]), 38.0);
    assert_similar(&seen[1].0, &stripes_with_squares(&[(8, RED)]), 38.0);
    assert_similar(&seen[2].0, third_picture, 38.0);
}

/// Returns the third picture. `left` is the color that the second frame leaves.
pub(crate) fn third_picture(left: Option<[u8; 4]>) -> Vec<u8> {
    let squares = left.map(|color| (8, color)).into_iter().chain([(32, GREEN)]);
    stripes_with_squares(&squares.collect::<Vec<_>>())
}

#[test]
fn frames_of_a_gif_are_disposed_of() {
    use gif::DisposalMethod::{Any, Background, Keep, Previous};
    for (dispose, left) in [(Any, Some(RED)), (Keep, Some(RED)), (Background, Some([0; 4])), (Previous, None)]
    {
        let moving = thumbnail(&three_frames(dispose, None), animated(64));
        check_three(&moving, &third_picture(left));
    }
}

#[test]
fn frames_of_an_apng_are_disposed_of() {
    for is_wide in [false, true] {
        for (dispose, left) in [
            (png::DisposeOp::None, Some(RED)),
            (png::DisposeOp::Background, Some([0; 4])),
            (png::DisposeOp::Previous, None),
        ] {
            let moving = thumbnail(&apng(dispose, is_wide), animated(64));
            check_three(&moving, &third_picture(left));
            assert_eq!(plays(&moving), 4);
        }
    }
}

#[test]
fn an_animated_webp_is_read_back() {
    let gif = three_frames(gif::DisposalMethod::Background, Some(gif::Repeat::Finite(6)));
    let webp = thumbnail(&gif, animated(64));
    let again = thumbnail(&webp.bytes, animated(64));
    check_three(&again, &third_picture(Some([0; 4])));
    assert_eq!((plays(&webp), plays(&again)), (7, 7));
}

#[test]
fn the_number_of_plays_is_kept() {
    for (repeat, expect) in [(None, 1), (Some(gif::Repeat::Infinite), 0), (Some(gif::Repeat::Finite(2)), 3)] {
        let moving = thumbnail(&three_frames(gif::DisposalMethod::Keep, repeat), animated(64));
        assert_eq!(plays(&moving), expect, "{repeat:?}");
    }
}

#[test]
fn every_frame_is_cropped_and_resized_like_the_first() {
    let preset = Preset { fit: Fit::Cover, gravity: Gravity::End, height: 16, ..animated(32) };
    let moving = thumbnail(&three_frames(gif::DisposalMethod::Keep, None), preset.clone());
    let still = thumbnail(
        &three_frames(gif::DisposalMethod::Keep, None),
        Preset { animated: false, format: PresetFormat::Png, ..preset },
    );
    assert_eq!((moving.width, moving.height, still.frames), (32, 16, 1));
    for (seen, _) in frames(&moving) {
        assert_eq!(seen.len(), 32 * 16 * 4);
    }
    let first = image::load_from_memory(&still.bytes).unwrap().into_rgba8().into_raw();
    assert_similar(&frames(&moving)[0].0, &first, 38.0);
}

#[test]
fn only_animated_presets_of_animations_are_animated() {
    let gif = three_frames(gif::DisposalMethod::Keep, None);
    let presets = [
        animated(64),
        Preset { animated: false, ..animated(64) },
        Preset { format: PresetFormat::Auto, ..animated(32) },
    ];
    let made = thumbnails(&gif, &presets);
    assert_eq!(made.iter().map(|made| made.frames).collect::<Vec<_>>(), [3, 1, 3]);
    assert_eq!(made[2].format, ThumbnailFormat::Webp);
    let photo = samples::encoded(&samples::png(60, 40, 3), PresetFormat::Jpeg);
    assert_eq!(thumbnails(&photo, &presets).iter().map(|made| made.frames).sum::<u32>(), 3);
    assert_eq!(thumbnail(&photo, presets[2].clone()).format, ThumbnailFormat::Jpeg);
}

/// Returns a GIF in which consecutive frames differ, so that the encoder drops none.
fn distinct_frames(frames: u32, side: u16) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, side, side, &COLORS).unwrap();
    for i in 0..frames {
        let indices: Vec<u8> = (0..u32::from(side).pow(2))
            .map(|at| 1 + ((at * 4 / u32::from(side).pow(2) + i) % 4) as u8)
            .collect();
        let frame = gif::Frame { width: side, height: side, buffer: indices.into(), ..gif::Frame::default() };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    file
}

#[test]
fn an_animation_beyond_the_limits_becomes_a_still_thumbnail() {
    // These exceed the limits of frames, pixels (the small thumbnail is allowed), memory, and bytes.
    let frames_of = |original: &[u8], presets: &[Preset], limits: &Limits| {
        let made = render(original, presets, limits, &|| false).unwrap().thumbnails;
        made.iter().map(|made| made.frames).collect::<Vec<_>>()
    };
    let limits = Limits::default();
    assert_eq!(frames_of(&distinct_frames(1000, 8), &[animated(8)], &limits), [1000]);
    assert_eq!(frames_of(&distinct_frames(1001, 8), &[animated(8)], &limits), [1]);
    assert_eq!(frames_of(&distinct_frames(60, 1000), &[animated(1000), animated(16)], &limits), [1, 60]);
    let tight = Limits { max_memory: 12 << 20, ..limits };
    assert_eq!(frames_of(&distinct_frames(9, 100), &[animated(100)], &tight), [1]);
    let stated = inspect(&distinct_frames(9, 100), &[animated(100)], &limits).unwrap().memory;
    let enough = Limits { max_memory: stated, ..limits };
    assert_eq!(frames_of(&distinct_frames(9, 100), &[animated(100)], &enough), [9]);
    let few = Preset { max_bytes: Some(300), ..animated(100) };
    assert_eq!(frames_of(&distinct_frames(9, 100), &[few], &limits), [1]);
    let more = Preset { max_bytes: Some(90_000), ..animated(100) };
    assert_eq!(frames_of(&distinct_frames(9, 100), &[more], &limits), [9]);
}

#[test]
fn an_animation_ends_before_damage() {
    let gif = distinct_frames(9, 100);
    for share in [3, 5, 8] {
        let made = render(&gif[..gif.len() * share / 10], &[animated(100)], &Limits::default(), &|| false);
        let made = made.unwrap().thumbnails.remove(0);
        assert!((2..9).contains(&made.frames), "{} frames of {share} tenths", made.frames);
    }
    let frames = |original: &[u8]| {
        let made = render(original, &[animated(100)], &Limits::default(), &|| false);
        made.unwrap().thumbnails.remove(0).frames
    };
    // Some rows of the last frame are missing.
    assert_eq!(frames(&gif[..gif.len() - 40]), 8);
    let apng = apng(png::DisposeOp::None, false);
    assert_eq!((frames(&apng), frames(&apng[..apng.len() - 30])), (3, 2));
    for cut in 0..apng.len() {
        if let Ok(made) = render(&apng[..cut], &[animated(64)], &Limits::default(), &|| false) {
            assert!(made.thumbnails[0].frames <= 3);
        }
    }
}

#[test]
fn an_apng_with_damaged_frames_shows_its_default_image() {
    let whole = apng(png::DisposeOp::None, false);
    let still = |file: &[u8]| thumbnail(file, Preset::inside("still", 64, 64));
    let control = memchr::memmem::find(&whole, b"fcTL").unwrap();
    // The length, the sequence number, the width, and the disposal.
    for (at, byte) in [(3, 9), (7, 9), (11, 3), (28, 9)] {
        let mut file = whole.clone();
        file[control + at] = byte;
        if at == 3 {
            // A chunk of 20 bytes.
            file[control - 1] = 20;
            file.drain(control + 24..control + 30);
        }
        assert_eq!(still(&file).bytes, still(&whole).bytes, "byte {at}");
        thumbnail(&file, animated(64));
    }
}

#[test]
fn every_flipped_byte_of_an_animation_results_in_thumbnails_or_an_error() {
    let gif = three_frames(gif::DisposalMethod::Previous, Some(gif::Repeat::Infinite));
    let webp = thumbnail(&gif, animated(16)).bytes;
    for original in [gif, webp, apng(png::DisposeOp::Background, false)] {
        for at in (0..original.len()).step_by(3) {
            let mut damaged = original.clone();
            damaged[at] ^= 0xff;
            if let Ok(made) = render(&damaged, &[animated(16)], &Limits::default(), &|| false) {
                assert!(made.thumbnails[0].frames <= 3);
            }
        }
    }
}

#[test]
fn an_animation_can_be_canceled_between_frames() {
    let asked = std::cell::Cell::new(0);
    let gif = distinct_frames(20, 50);
    let stop_at = |last: u32| {
        asked.set(0);
        let is_canceled = || {
            asked.set(asked.get() + 1);
            asked.get() == last
        };
        render(&gif, &[animated(50)], &Limits::default(), &is_canceled).err()
    };
    assert_eq!(stop_at(u32::MAX), None);
    assert!(asked.get() >= 20);
    assert_eq!(stop_at(10), Some(ImageError::Canceled));
}

#[test]
fn memory_does_not_grow_with_the_number_of_frames() {
    // The bytes of the written file, and of a copied frame, are not counted. A copied frame has no more bytes than the
    // file.
    let of = |frames| {
        let file = distinct_frames(frames, 100);
        let memory = inspect(&file, &[animated(100)], &Limits::default()).unwrap().memory;
        memory - file.len() as u64
    };
    assert!(of(40) - of(20) <= 20 * 100 * 100 * 3);
}

#[test]
fn noise_that_nobody_sees_costs_no_bytes() {
    let mut original = Vec::new();
    let mut encoder = png::Encoder::new(&mut original, SIDE, SIDE);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_animated(12, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for frame in 0..12 {
        let noise = |at: u32| ((at * 12 + frame).wrapping_mul(0x9e37_79b9) >> 16) as u8 % 7;
        let frame: Vec<u8> = (0..SIDE * SIDE).map(|at| 120 + noise(at)).collect();
        writer.write_image_data(&frame).unwrap();
    }
    writer.finish().unwrap();
    let preset = Preset { quality: 80, ..animated(SIDE) };
    let bytes = thumbnail(&original, preset).bytes.len();
    assert!(bytes < 512, "{bytes}");
}
