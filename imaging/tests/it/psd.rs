//! Tests the declarations about the merged picture of a PSD: whether it is real, its colors, and its alpha.

use imaging::{ImageError, Limits, inspect};

use crate::samples::{encoded, png, rendered, samples_of};

/// Returns an uncompressed RGB document of 2 x 2 pixels of one color. `pixel` has the bytes of each channel.
fn psd(depth: u16, pixel: &[&[u8]], resources: &[(u16, &[u8])], layers: &[u8]) -> Vec<u8> {
    let section = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
    let resource = |(id, data): &(u16, &[u8])| {
        [b"8BIM", &id.to_be_bytes()[..], &[0, 0], &section(data), &[0][..data.len() % 2]].concat()
    };
    let resources: Vec<u8> = resources.iter().flat_map(resource).collect();
    let mut file = b"8BPS\0\x01\0\0\0\0\0\0".to_vec();
    file.extend((pixel.len() as u16).to_be_bytes());
    file.extend([2_u32.to_be_bytes(), 2_u32.to_be_bytes()].concat());
    file.extend([depth.to_be_bytes(), 3_u16.to_be_bytes()].concat());
    file.extend([section(&[]), section(&resources), section(layers), vec![0, 0]].concat());
    file.extend(pixel.iter().flat_map(|sample| sample.repeat(4)));
    file
}

#[test]
fn a_color_of_a_palette_can_be_transparent() {
    let document = |resources: &[(u16, &[u8])]| {
        let mut file = psd(8, &[&[7][..]], resources, &[]);
        // The mode is indexed, and the palette has reds, greens, and blues.
        file[25] = 2;
        let palette: Vec<u8> =
            (0..3).flat_map(|plane| (0..=255_u8).map(move |i| i.wrapping_add(plane * 10))).collect();
        file.splice(26..30, [&768_u32.to_be_bytes()[..], &palette].concat());
        // The first pixel has another color.
        let at = file.len() - 4;
        file[at] = 9;
        samples_of(&rendered(&file, 8))
    };
    assert_eq!(document(&[(1047, &[0, 9])])[..8], [9, 19, 29, 0, 7, 17, 27, 255]);
    let opaque = [9, 19, 29, 7, 17, 27];
    assert_eq!(document(&[])[..6], opaque);
    // No pixel has this index, or the resource is empty.
    for index in [&[0, 3][..], &[1, 9], &[]] {
        assert_eq!(document(&[(1047, index)])[..6], opaque, "{index:?}");
    }
}

/// A layer section that declares one layer.
const ONE_LAYER: &[u8] = &[0, 0, 0, 2, 0, 1];

#[test]
fn the_preview_replaces_a_merged_picture_that_is_blank() {
    let white: [&[u8]; 3] = [&[255]; 3];
    let (real, blank): (&[u8], &[u8]) = (&[0, 0, 0, 1, 1], &[0, 0, 0, 1, 0]);
    let jpeg = encoded(&png(40, 30, 3), contract::preset::PresetFormat::Jpeg);
    let preview = [&[0, 0, 0, 1][..], &[0; 24], &jpeg].concat();
    let made = rendered(&psd(8, &white, &[(1036, &preview), (1057, blank)], ONE_LAYER), 64);
    // The facts are about the document.
    assert_eq!((made.facts.width, made.facts.height, made.facts.partial), (2, 2, true));
    assert_eq!((made.thumbnails[0].width, made.thumbnails[0].height), (40, 30));
    assert_eq!(samples_of(&made), samples_of(&rendered(&jpeg, 64)));
    // A merged picture that is real, or a file without layers, is used.
    for (info, layers) in [(real, ONE_LAYER), (blank, &[])] {
        let made = rendered(&psd(8, &white, &[(1036, &preview), (1057, info)], layers), 64);
        assert_eq!((made.facts.width, made.facts.partial), (2, false));
    }
    let error = inspect(&psd(8, &white, &[(1057, blank)], ONE_LAYER), &[], &Limits::default()).unwrap_err();
    let format = "PSD without a merged picture (\"Maximize Compatibility\" was off)";
    assert_eq!(error, ImageError::Unsupported { format });
}

#[test]
fn linear_light_is_converted_only_once() {
    let mut profile = moxcms::ColorProfile::new_srgb();
    let linear = Some(moxcms::ToneReprCurve::Lut(Vec::new()));
    (profile.red_trc, profile.green_trc, profile.blue_trc) = (linear.clone(), linear.clone(), linear);
    profile.cicp = None;
    let icc = profile.encode().unwrap();
    let half = 0.2159_f32.to_be_bytes();
    let made = rendered(&psd(32, &[&half[..]; 3], &[(1039, &icc)], &[]), 64);
    assert!(samples_of(&made)[0].abs_diff(128) <= 1, "{:?}", samples_of(&made));
}

#[test]
fn the_alpha_of_a_document_with_deep_samples_is_used() {
    let block = |key: &[u8; 4], data: &[u8]| {
        let padding = &[0; 3][..data.len().next_multiple_of(4) - data.len()];
        [b"8BIM", &key[..], &(data.len() as u32).to_be_bytes(), data, padding].concat()
    };
    let has_alpha = |depth: u16, blocks: &[Vec<u8>]| {
        let sample = &[0x80, 0, 0, 0][..usize::from(depth) / 8];
        // The section of layers and the mask are empty.
        let layers = [&[0; 8][..], &blocks.concat()].concat();
        rendered(&psd(depth, &[sample; 4], &[], &layers), 64).facts.has_alpha
    };
    let other = block(b"Patt", b"other");
    assert!(has_alpha(16, &[other.clone(), block(b"Lr16", &[0xff, 0xff])]));
    assert!(has_alpha(16, &[other.clone(), block(b"Mt16", &[]), block(b"Lr16", &[0, 1])]));
    // 0x80000000 is -0.0, which is transparent.
    assert!(has_alpha(32, &[block(b"Lr32", &[0xff, 0xff])]));
    assert!(!has_alpha(16, &[other, block(b"Lr16", &[0, 1])]));
}
