//! Tests that a header above the limits is refused before anything is allocated.

use contract::preset::Preset;
use imaging::{ImageError, Limits, inspect, render};

use crate::samples;

const LIMITS: Limits = Limits { max_bytes: 1 << 20, max_pixels: 1_000_000, max_memory: 8 << 20 };

#[track_caller]
fn check(original: &[u8], code: &str) {
    let presets = [Preset::inside("small", 16, 16)];
    assert_eq!(inspect(original, &[], &LIMITS).map_err(|error| error.code()).err(), Some(code));
    assert_eq!(
        render(original, &presets, &LIMITS, &|| false).map_err(|error| error.code()).err(),
        Some(code)
    );
}

/// Replaces the bytes of `original` at `at`.
fn with(mut original: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    original[at..at + bytes.len()].copy_from_slice(bytes);
    original
}

/// Returns the offset of `marker`.
fn find(original: &[u8], marker: &[u8]) -> usize {
    memchr::memmem::find(original, marker).unwrap()
}

#[test]
fn too_many_pixels_in_a_header_are_refused() {
    let samples = samples::small_originals();
    let sample = |name| samples.iter().find(|(of, _)| *of == name).unwrap().1.clone();
    for name in ["baseline.jpg", "progressive.jpg"] {
        let frame = if name == "baseline.jpg" { b"\xff\xc0" } else { b"\xff\xc2" };
        let jpeg = sample(name);
        let at = find(&jpeg, frame) + 5;
        check(&with(jpeg, at, &[0xff; 4]), "too-many-pixels");
    }
    check(&with(sample("rgb.png"), 16, &[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]), "too-many-pixels");
    check(&with(sample("plain.gif"), 6, &[0xff; 4]), "too-many-pixels");
    check(&with(sample("plain.bmp"), 18, &[0xff, 0xff, 0xff, 0x7f, 0, 0, 1, 0]), "too-many-pixels");
    check(&with(sample("runs.bmp"), 18, &[0xff, 0xff, 0xff, 0x7f, 0, 0, 1, 0]), "too-many-pixels");
    check(&with(sample("bitmap.ico"), 26, &[0xff, 0xff, 0xff, 0x7f, 0, 0, 1, 0]), "too-many-pixels");
    let webp = sample("lossy.webp");
    let at = find(&webp, b"\x9d\x01\x2a") + 3;
    check(&with(webp, at, &[0xff, 0x3f, 0xff, 0x3f]), "too-many-pixels");
}

#[test]
fn frames_that_are_not_decoded_do_not_count_as_pixels() {
    let two = samples::gif(1000, 900, false);
    assert_eq!(inspect(&two, &[], &LIMITS).unwrap().frames, 2);
    assert!(render(&two, &[Preset::inside("small", 16, 16)], &LIMITS, &|| false).is_ok());
    let error = inspect(&two, &[], &Limits { max_pixels: 899_999, ..LIMITS }).unwrap_err();
    assert_eq!(error, ImageError::TooManyPixels { pixels: 900_000, max: 899_999 });
}

/// The largest sensors have 200 megapixels. For such files, the limit is the memory, not the number of pixels.
#[test]
fn a_photo_of_200_megapixels_fits() {
    let baseline = samples::small_originals().into_iter().find(|(of, _)| *of == "baseline.jpg").unwrap().1;
    let at = find(&baseline, b"\xff\xc0") + 5;
    // Phones write such photos with 12,240 x 16,320 pixels.
    let photo = with(baseline, at, &[0x2f, 0xd0, 0x3f, 0xc0]);
    let header = inspect(&photo, &[], &Limits::default()).unwrap();
    assert_eq!(header.width * header.height, 199_756_800);
    let small = [Preset::inside("small", 256, 256)];
    assert!(render(&photo, &small, &Limits { max_memory: 64 << 20, ..Limits::default() }, &|| false).is_ok());
    let large = [Preset::inside("large", 12_000, 12_000)];
    let error = render(&photo, &large, &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.code(), "too-much-memory");
}

#[test]
fn a_file_of_too_many_bytes_is_refused() {
    check(&vec![0; (1 << 20) + 1], "too-many-bytes");
}

/// The limit of the whole rendering applies to each of its allocations, too.
#[test]
fn excessive_memory_is_refused_before_it_is_allocated() {
    let limits = Limits { max_memory: 20_000, ..Limits::default() };
    let presets = [Preset::inside("small", 256, 256)];
    let large = samples::png(300, 200, 3);
    let jpeg = samples::encoded(&large, contract::preset::PresetFormat::Jpeg);
    let webp = samples::encoded(&large, contract::preset::PresetFormat::Webp);
    let tiff = samples::tiff(300, 200, tiff::encoder::Compression::Lzw);
    for original in [jpeg, webp, large, samples::gif(300, 200, true), samples::bmp(300, 200), tiff] {
        let error = render(&original, &presets, &limits, &|| false).unwrap_err();
        assert!(matches!(error.code(), "too-much-memory" | "damaged"), "{error}");
    }
}
