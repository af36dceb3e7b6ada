//! Tests that any bytes result in thumbnails or an error, without a panic and without exceeding the presets.

use std::cell::Cell;
use std::sync::Once;

use contract::preset::{Fit, Preset, PresetFormat};
use imaging::{FastPaths, ImageError, Limits, render_with};
use proptest::prelude::*;

use crate::samples;

thread_local!(static OUR_CODE_PANICKED: Cell<bool> = const { Cell::new(false) });

/// Renders with and without shortcuts. Fails if our own code panicked, even though the panic is caught, or if
/// a thumbnail exceeds its preset.
#[track_caller]
fn render_both_ways(original: &[u8]) -> Result<(), ImageError> {
    let limits = Limits { max_bytes: 1 << 20, max_pixels: 1 << 20, max_memory: 16 << 20 };
    let presets = [
        Preset { format: PresetFormat::Jpeg, ..Preset::inside("inside", 4, 4) },
        Preset { format: PresetFormat::Png, fit: Fit::Cover, ..Preset::inside("cover", 9, 5) },
    ];
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.location().is_none_or(|at| !at.file().contains("/.cargo/registry/")) {
                OUR_CODE_PANICKED.set(true);
                report(panic);
            }
        }));
    });
    let plain = render_with(original, &presets, &limits, FastPaths::NONE, &|| false);
    let fast = render_with(original, &presets, &limits, FastPaths::ALL, &|| false);
    assert!(!OUR_CODE_PANICKED.get(), "our code panicked on {original:?}");
    for rendered in [&plain, &fast].into_iter().flatten() {
        assert!(u64::from(rendered.facts.width) * u64::from(rendered.facts.height) <= limits.max_pixels);
        assert_eq!(rendered.thumbnails.len(), presets.len());
        for (thumbnail, preset) in rendered.thumbnails.iter().zip(&presets) {
            assert!((1..=preset.width).contains(&thumbnail.width), "{thumbnail:?}");
            assert!((1..=preset.height).contains(&thumbnail.height), "{thumbnail:?}");
            assert!(thumbnail.bytes.len() < 2000, "{thumbnail:?}");
        }
    }
    plain.and(fast).map(|_| ())
}

#[test]
fn undamaged_samples_have_thumbnails() {
    for (name, original) in samples::small_originals() {
        assert_eq!(render_both_ways(&original), Ok(()), "{name}");
    }
}

#[test]
fn every_truncation_results_in_thumbnails_or_an_error() {
    for (_, original) in samples::small_originals() {
        for cut in 0..original.len() {
            let _ = render_both_ways(&original[..cut]);
        }
    }
}

#[test]
fn every_flipped_bit_results_in_thumbnails_or_an_error() {
    for (_, original) in samples::small_originals() {
        for bit in 0..original.len() * 8 {
            let mut flipped = original.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let _ = render_both_ways(&flipped);
        }
    }
}

/// The first bytes of files, from which formats are detected.
const MAGIC: [&[u8]; 16] = [
    b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x04\0\0\0\x04\0\x08\0\x03",
    b"qoif\0\0\0\x04\0\0\0\x04",
    b"P6 4 4 255\n",
    b"\0\0\x0a\0\0\0\0\0\0\0\0\0\x04\0\x04\0\x18\0",
    b"#?RADIANCE\n\n-Y 4 +X 4\n",
    b"\x76\x2f\x31\x01\x02\0\0\0",
    b"\xff\x4f\xff\x51\0\x2f\0\0\0\0\0\x04\0\0\0\x04",
    b"\xff\x0a",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
    b"GIF89a",
    b"RIFF\xff\xff\0\0WEBPVP8",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    b"\0\0\x01\0\x01\0",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_result_in_thumbnails_or_an_error(
        magic in proptest::sample::select(&MAGIC[..]),
        rest in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = render_both_ways(&rest);
        let _ = render_both_ways(&[magic, &rest].concat());
    }

    #[test]
    fn spliced_samples_result_in_thumbnails_or_an_error(
        sample in any::<prop::sample::Index>(),
        splices in proptest::collection::vec((any::<prop::sample::Index>(), 0..4_usize, proptest::collection::vec(any::<u8>(), 0..6)), 1..5),
    ) {
        thread_local!(static SAMPLES: Vec<(&'static str, Vec<u8>)> = samples::small_originals());
        let mut original = SAMPLES.with(|samples| sample.get(samples).1.clone());
        for (at, removed, added) in splices {
            let at = at.index(original.len());
            let end = (at + removed).min(original.len());
            original.splice(at..end, added);
        }
        let _ = render_both_ways(&original);
    }
}
