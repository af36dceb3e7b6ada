//! Tests JPEG XL files that the encoder of libjxl wrote.

#![cfg(feature = "jxl")]
use crate::samples::{rendered, samples_of};
use contract::preset::Preset;
use imaging::{ImageError, Limits, SourceFormat, inspect, render};

fn data(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/rare/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

#[test]
fn lossless_pictures_equal_their_originals() {
    for (name, expected) in [("rgb.jxl", "rgb.png"), ("rgba.jxl", "rgba.png"), ("gray.jxl", "gray.png")] {
        let made = rendered(&data(name), 64);
        assert_eq!((made.facts.format, made.facts.partial), (SourceFormat::Jxl, false));
        let (made, expected) = (samples_of(&made), samples_of(&rendered(&data(expected), 64)));
        assert!(made == expected, "{name}");
    }
}

#[test]
fn a_lossy_picture_looks_like_the_output_of_libjxl() {
    let (made, expected) =
        (samples_of(&rendered(&data("lossy.jxl"), 64)), samples_of(&rendered(&data("lossy-jxl.png"), 64)));
    let squares: f64 = made.iter().zip(&expected).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    let psnr = 10.0 * (255.0_f64.powi(2) / (squares / made.len() as f64)).log10();
    assert!(psnr > 45.0, "{psnr:.1} dB");
}

#[test]
fn sixteen_bits_keep_the_shadows_of_a_linear_picture() {
    // The columns are 40 / 65,535 of the light apart.
    let made = samples_of(&rendered(&data("linear-16.jxl"), 64));
    for (x, made) in made[..64].iter().enumerate() {
        let light = x as f64 * 40.0 / 65_535.0;
        let curve = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        assert!((f64::from(*made) - curve * 255.0).abs() < 1.0, "column {x}: {made}");
    }
}

#[test]
fn a_gray_picture_of_a_high_dynamic_range_is_compressed() {
    // The white of a picture without highlights is 58% of PQ.
    let made = samples_of(&rendered(&data("pq-gray.jxl"), 64));
    assert!(made.iter().all(|sample| (180..200).contains(sample)), "{}", made[0]);
}

#[test]
fn a_truncated_file_shows_its_readable_part_or_is_damaged() {
    let whole = data("lossy.jxl");
    for length in [20, whole.len() / 2, whole.len() - 10] {
        let made = render(&whole[..length], &[Preset::inside("small", 8, 8)], &Limits::default(), &|| false);
        match made {
            Ok(rendered) => assert!(rendered.facts.partial),
            Err(error) => assert_eq!(error.code(), "damaged"),
        }
    }
}

#[test]
fn the_memory_for_decoding_is_known_from_the_header() {
    let header = inspect(&data("rgba.jxl"), &[], &Limits::default()).unwrap();
    assert_eq!((header.width, header.height), (40, 30));
    let limits = Limits { max_memory: header.memory / 4, ..Limits::default() };
    let error = render(&data("rgba.jxl"), &[Preset::inside("small", 8, 8)], &limits, &|| false).unwrap_err();
    assert!(matches!(error, ImageError::TooMuchMemory { .. }), "{error}");
}
