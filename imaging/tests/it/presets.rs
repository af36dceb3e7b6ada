//! Tests that a thumbnail follows its preset.

use contract::focus::Focus;
use contract::preset::{Color, Fit, Gravity, Preset, PresetFormat, ThumbnailFormat};
use imaging::{Limits, RenderRequest, Thumbnail, inspect, render};

use crate::samples;

const FORMATS: [PresetFormat; 4] =
    [PresetFormat::Jpeg, PresetFormat::Png, PresetFormat::Webp, PresetFormat::Auto];

fn thumbnail(original: &[u8], preset: Preset) -> Thumbnail {
    render(original, &[preset], &Limits::default(), &|| false).unwrap().thumbnails.remove(0)
}

fn inside(side: u32) -> Preset {
    Preset { format: PresetFormat::Png, ..Preset::inside("p", side, side) }
}

/// Returns a PNG of `width` x `height` pixels, with the color that `pixel` returns for each.
pub(crate) fn draw_png<const N: usize>(
    width: u32,
    height: u32,
    pixel: impl Fn(u32, u32) -> [u8; N],
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(if N == 4 { png::ColorType::Rgba } else { png::ColorType::Rgb });
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let data: Vec<u8> = pixels.flat_map(|(x, y)| pixel(x, y)).collect();
    encoder.write_header().unwrap().write_image_data(&data).unwrap();
    file
}

/// Returns the samples of a PNG thumbnail, and the number of samples per pixel.
pub(crate) fn samples_of(thumbnail: &Thumbnail) -> (Vec<u8>, usize) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(&thumbnail.bytes)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    (data, frame.color_type.samples())
}

#[test]
fn every_output_format_has_the_requested_size_and_format() {
    for (channels, auto) in [(3, ThumbnailFormat::Jpeg), (4, ThumbnailFormat::Webp)] {
        let original = samples::png(300, 200, channels);
        for format in FORMATS {
            let made = thumbnail(&original, Preset { format, ..Preset::inside("p", 90, 90) });
            assert_eq!((made.width, made.height), (90, 60), "{format:?}");
            let header = inspect(&made.bytes, &[], &Limits::default()).unwrap();
            assert_eq!((header.width, header.height), (90, 60), "{format:?}");
            let expect = match format {
                PresetFormat::Jpeg => ThumbnailFormat::Jpeg,
                PresetFormat::Png => ThumbnailFormat::Png,
                PresetFormat::Webp => ThumbnailFormat::Webp,
                PresetFormat::Avif => ThumbnailFormat::Avif,
                PresetFormat::Auto => auto,
            };
            assert_eq!(made.format, expect);
            assert_eq!(header.format.name(), format!("{expect:?}").to_lowercase());
        }
    }
}

#[cfg(feature = "avif")]
#[test]
fn an_avif_keeps_picture_and_alpha() {
    for channels in [3, 4] {
        let original = samples::png(301, 203, channels);
        let avif =
            thumbnail(&original, Preset { format: PresetFormat::Avif, ..Preset::inside("p", 301, 203) });
        // The decoded thumbnail differs from the original only by the loss at quality 80.
        let (again, n) = samples_of(&thumbnail(&avif.bytes, inside(301)));
        assert_eq!(n, channels);
        let whole = samples::pixels(301, 203, channels);
        let visible = |data: &[u8], at: usize| {
            let alpha = if n == 4 { u32::from(data[at / 4 * 4 + 3]) } else { 255 };
            u32::from(data[at]) * alpha / 255
        };
        let error: f64 = (0..whole.len())
            .map(|at| f64::from(visible(&again, at).abs_diff(visible(&whole, at))).powi(2))
            .sum();
        let psnr = 10.0 * (255.0 * 255.0 * whole.len() as f64 / error).log10();
        assert!(psnr > 32.0, "{psnr:.1} dB with {channels} samples");
    }
}

#[cfg(not(feature = "avif"))]
#[test]
fn avif_is_refused_if_it_was_not_built_in() {
    let preset = Preset { format: PresetFormat::Avif, ..inside(20) };
    let error = render(&samples::png(30, 20, 3), &[preset], &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.code(), "encode-failed");
}

#[test]
fn rendering_is_deterministic() {
    let formats = if imaging::WRITES_AVIF { &[PresetFormat::Avif][..] } else { &[] };
    let presets: Vec<Preset> = FORMATS
        .iter()
        .chain(formats)
        .flat_map(|format| {
            [150, 40].map(|side| Preset { format: *format, ..Preset::inside("p", side, side) })
        })
        .collect();
    let large = [samples::png(700, 500, 3), samples::png(700, 500, 4)];
    for (_, original) in samples::small_originals().into_iter().chain(large.map(|file| ("large", file))) {
        let once = render(&original, &presets, &Limits::default(), &|| false).unwrap();
        let again = std::thread::scope(|scope| {
            scope
                .spawn(|| render(&original, &presets, &Limits::default(), &|| false).unwrap())
                .join()
                .unwrap()
        });
        assert_eq!(once, again);
    }
}

#[test]
fn gravity_keeps_the_start_the_center_or_the_end() {
    // The bands are red, green, and blue from the left or from the top.
    let band = |at: u32| [[255, 0, 0], [0, 255, 0], [0, 0, 255]][at as usize / 100];
    let wide = draw_png(300, 100, |x, _| band(x));
    let tall = draw_png(100, 300, |_, y| band(y));
    for (gravity, expect) in
        [(Gravity::Start, band(0)), (Gravity::Center, band(100)), (Gravity::End, band(200))]
    {
        for original in [&wide, &tall] {
            let made = thumbnail(original, Preset { fit: Fit::Cover, gravity, ..inside(50) });
            assert_eq!((made.width, made.height), (50, 50));
            let (data, n) = samples_of(&made);
            assert_eq!(data[(25 * 50 + 25) * n..][..3], expect, "{gravity:?}");
        }
    }
}

/// Returns the center color of a crop of red, green, and blue bands.
fn center_color(original: &[u8], gravity: Gravity, focus: Option<Focus>) -> Vec<u8> {
    let preset = Preset { fit: Fit::Cover, gravity, ..inside(50) };
    let presets = [preset];
    let request = RenderRequest { focus, ..RenderRequest::from(&presets) };
    let made = render(original, request, &Limits::default(), &|| false).unwrap().thumbnails.remove(0);
    let (data, n) = samples_of(&made);
    data[(25 * 50 + 25) * n..][..3].to_vec()
}

#[test]
fn a_crop_is_centered_on_the_focus_of_the_upright_photo() {
    let band = |at: u32| [[255, 0, 0], [0, 255, 0], [0, 0, 255]][at as usize / 100];
    let wide = draw_png(300, 100, |x, _| band(x));
    for gravity in [Gravity::Start, Gravity::Center, Gravity::End, Gravity::Saliency] {
        for (x, expect) in [(0.0, band(0)), (0.5, band(100)), (0.9, band(200))] {
            let focus = Some(Focus { x, y: 0.5 });
            assert_eq!(center_color(&wide, gravity, focus), expect, "{gravity:?} {x}");
        }
    }
    // Red is stored on the left and displayed at the top, because the orientation is 6.
    let turned =
        with_chunk(&wide, b"eXIf", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    for (y, expect) in [(0.1, band(0)), (0.9, band(200))] {
        assert_eq!(center_color(&turned, Gravity::Center, Some(Focus { x: 0.5, y })), expect, "{y}");
    }
}

#[test]
fn faces_in_the_metadata_are_kept_unless_the_user_or_the_preset_positions_the_crop() {
    let band = |at: u32| [[255, 0, 0], [0, 255, 0], [0, 0, 255]][at as usize / 100];
    let wide = draw_png(300, 100, |x, _| band(x));
    let packet = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
        <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
        <rdf:Description xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' \
        xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#'><mwg-rs:Regions><mwg-rs:RegionList><rdf:Bag>\
        <rdf:li><rdf:Description mwg-rs:Type='Face'><mwg-rs:Area stArea:x='0.85' stArea:y='0.5' stArea:w='0.1' \
        stArea:h='0.4'/></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>\
        </rdf:Description></rdf:RDF></x:xmpmeta>";
    let face = with_chunk(&wide, b"iTXt", packet);
    for (gravity, expect) in
        [(Gravity::Center, band(200)), (Gravity::Saliency, band(200)), (Gravity::Start, band(0))]
    {
        assert_eq!(center_color(&face, gravity, None), expect, "{gravity:?}");
    }
    assert_eq!(center_color(&face, Gravity::Center, Some(Focus { x: 0.1, y: 0.5 })), band(0));
}

/// Returns a PNG with one more chunk after its header. The decoder ignores checksums.
fn with_chunk(png: &[u8], kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    [&png[..33], &length, kind, payload, &[0; 4], &png[33..]].concat()
}

#[test]
fn saliency_keeps_the_part_with_detail() {
    for busy in [0, 130, 200] {
        let checks = draw_png(300, 100, |x, y| {
            let black = (busy..busy + 100).contains(&x) && (x / 6 + y / 6) % 2 == 0;
            if black { [0; 3] } else { [255; 3] }
        });
        let made = thumbnail(&checks, Preset { fit: Fit::Cover, gravity: Gravity::Saliency, ..inside(50) });
        let (data, n) = samples_of(&made);
        let dark = data.chunks_exact(n).filter(|pixel| pixel[0] < 128).count();
        assert!(dark > 50 * 50 * 2 / 5, "{dark} dark pixels with the detail from {busy}");
    }
}

#[test]
fn a_preset_with_saliency_does_not_change_the_others() {
    let original = samples::png(600, 400, 3);
    let others = [inside(300), inside(140), inside(120)];
    let salient = Preset { fit: Fit::Cover, gravity: Gravity::Saliency, ..inside(310) };
    let made =
        |presets: &[Preset]| render(&original, presets, &Limits::default(), &|| false).unwrap().thumbnails;
    assert!(made(&[&others[..], &[salient]].concat())[..3] == made(&others));
}

#[test]
fn the_background_shows_through_transparent_pixels_of_a_jpeg() {
    let clear = draw_png(60, 60, |_, _| [10, 20, 30, 0]);
    let background = Color([200, 100, 50]);
    let jpeg = thumbnail(&clear, Preset { format: PresetFormat::Jpeg, background, ..inside(60) });
    let (data, _) = samples_of(&thumbnail(&jpeg.bytes, inside(60)));
    for (sample, expect) in data.iter().zip(background.0.iter().cycle()) {
        assert!(sample.abs_diff(*expect) <= 3, "{sample} is not {expect}");
    }
    let (data, n) = samples_of(&thumbnail(&clear, Preset { background, ..inside(60) }));
    assert_eq!(n, 4);
    assert!(data.chunks_exact(4).all(|pixel| pixel[3] == 0));
}

#[test]
fn sharpening_increases_contrast_except_at_edges_of_alpha() {
    let steps = draw_png(400, 40, |x, _| [if x / 50 % 2 == 0 { 60 } else { 180 }; 3]);
    let spread = |sharpen| {
        let (data, n) = samples_of(&thumbnail(&steps, Preset { sharpen, ..inside(200) }));
        let values = data.iter().step_by(n);
        values.clone().max().unwrap() - values.min().unwrap()
    };
    assert!(spread(true) > spread(false));
    let disc = draw_png(80, 80, |x, y| {
        let inside = (f64::from(x) - 40.0).hypot(f64::from(y) - 40.0) < 30.0;
        if inside { [120, 130, 140, 255] } else { [0; 4] }
    });
    let (data, _) = samples_of(&thumbnail(&disc, Preset { sharpen: true, ..inside(40) }));
    for pixel in data.chunks_exact(4).filter(|pixel| pixel[3] > 40) {
        for (sample, expect) in pixel.iter().zip([120, 130, 140]) {
            assert!(sample.abs_diff(expect) <= 8, "{pixel:?}");
        }
    }
}

#[test]
fn max_bytes_is_met_with_the_highest_quality_that_fits() {
    let original = samples::png(400, 300, 3);
    for format in [PresetFormat::Jpeg, PresetFormat::Webp] {
        let of = |max_bytes| thumbnail(&original, Preset { format, max_bytes, ..inside(400) }).bytes;
        let whole = of(None).len() as u64;
        let half = of(Some(whole / 2));
        assert!(half.len() as u64 <= whole / 2, "{} of {whole}", half.len());
        assert!(half.len() as u64 > whole / 4, "{} of {whole}", half.len());
    }
}

#[test]
fn a_thumbnail_that_fits_at_no_quality_fails_with_a_reason() {
    let original = samples::png(400, 300, 4);
    for format in [PresetFormat::Jpeg, PresetFormat::Webp, PresetFormat::Png, PresetFormat::Auto] {
        let preset = Preset { format, max_bytes: Some(40), ..inside(400) };
        let error = render(&original, &[preset], &Limits::default(), &|| false).unwrap_err();
        assert_eq!(error.code(), "encode-failed");
        assert!(error.to_string().contains("40 bytes"), "{error}");
    }
}

#[test]
fn max_bytes_lowers_the_quality_of_alpha_after_that_of_the_colors() {
    // An alpha channel of noise takes nearly all bytes.
    let original = draw_png(200, 200, |x, y| [90, 90, 90, (x * 7919 + y * 104_729 + x * y * 31) as u8]);
    let of = |max_bytes| {
        let preset = Preset { format: PresetFormat::Webp, max_bytes, ..inside(200) };
        thumbnail(&original, preset).bytes.len()
    };
    let whole = of(None);
    assert!(of(Some(whole as u64 / 3)) <= whole / 3, "{} of {whole}", of(Some(whole as u64 / 3)));
}

#[test]
fn a_graphic_keeps_its_colors() {
    // The bars have two colors and are three pixels wide. Chroma shared by 2 x 2 pixels would add a third color.
    let bars = draw_png(300, 200, |x, _| if x / 3 % 2 == 0 { [220, 20, 20] } else { [20, 20, 220] });
    for format in [PresetFormat::Jpeg, PresetFormat::Webp] {
        let made = thumbnail(&bars, Preset { format, ..inside(300) });
        let (seen, _) = samples_of(&thumbnail(&made.bytes, inside(300)));
        let expect = (0..200)
            .flat_map(|_| 0..300)
            .flat_map(|x| if x / 3 % 2 == 0 { [220, 20, 20] } else { [20, 20, 220] });
        let off: u64 = seen.iter().zip(expect).map(|(a, b): (&u8, u8)| u64::from(a.abs_diff(b))).sum();
        assert!(off / (seen.len() as u64) < 8, "{format:?}: {}", off / seen.len() as u64);
    }
}

#[test]
fn a_higher_quality_takes_more_bytes() {
    let original = samples::png(200, 200, 3);
    for format in lossy_formats() {
        let of = |quality| thumbnail(&original, Preset { format, quality, ..inside(200) }).bytes.len();
        assert!(of(30) < of(60) && of(60) < of(95), "{format:?}");
    }
}

/// Returns the formats with a quality that this build writes.
fn lossy_formats() -> Vec<PresetFormat> {
    let avif = imaging::WRITES_AVIF.then_some(PresetFormat::Avif);
    [PresetFormat::Webp, PresetFormat::Jpeg].into_iter().chain(avif).collect()
}

#[test]
fn a_quality_looks_alike_in_every_format() {
    let photo = include_bytes!("../../../samples/coffee.jpg");
    let (whole, _) = samples_of(&thumbnail(photo, inside(300)));
    for quality in [50, 80] {
        let loss = lossy_formats().into_iter().map(|format| {
            let made = thumbnail(photo, Preset { format, quality, ..inside(300) });
            let (seen, _) = samples_of(&thumbnail(&made.bytes, inside(300)));
            let squares = seen.iter().zip(&whole).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
            10.0 * (255.0_f64.powi(2) * whole.len() as f64 / squares.sum::<f64>()).log10()
        });
        let psnr: Vec<f64> = loss.collect();
        assert!(psnr.iter().all(|one| (one - psnr[0]).abs() < 2.5), "{quality}: {psnr:?} dB");
    }
}
