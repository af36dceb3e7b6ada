//! Tests rarely uploaded formats. Other programs (Pillow, ImageMagick, OpenEXR, OpenJPEG) wrote each file, and the PNG
//! next to it shows the same picture.

use crate::samples::{rendered, samples_of};
use contract::preset::Preset;
use imaging::{ImageError, Limits, SourceFormat, inspect, render};

fn data(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/rare/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

/// Returns the similarity of two pictures in dB.
fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares: f64 = a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0_f64.powi(2) / (squares / a.len() as f64).max(1e-9)).log10()
}

#[track_caller]
fn check(name: &str, original: &[u8], format: SourceFormat, expected: &str, least: f64) {
    let (made, expected) = (rendered(original, 64), rendered(&data(expected), 64));
    let facts = &made.facts;
    assert_eq!((facts.format, facts.partial), (format, false), "{name}");
    assert_eq!((facts.width, facts.height), (expected.facts.width, expected.facts.height));
    let likeness = psnr(&samples_of(&made), &samples_of(&expected));
    assert!(likeness >= least, "{name}: {likeness:.1} dB");
}

#[test]
fn the_picture_equals_that_of_the_program_that_wrote_it() {
    use SourceFormat::{Dds, Exr, Hdr, Jp2, Pnm, Psd, Qoi, Tga};
    for (name, format, expected, least) in [
        ("rgba.pam", Pnm, "rgba.png", 90.0),
        ("rgb.qoi", Qoi, "rgb.png", 90.0),
        ("rgba.qoi", Qoi, "rgba.png", 90.0),
        ("rgb.tga", Tga, "rgb.png", 90.0),
        ("rgba.tga", Tga, "rgba.png", 90.0),
        ("gray.tga", Tga, "gray.png", 90.0),
        ("indexed.tga", Tga, "indexed.png", 90.0),
        ("dxt1.dds", Dds, "cropped.png", 27.0),
        ("rgb.hdr", Hdr, "rgb.png", 38.0),
        ("half.exr", Exr, "rgb.png", 48.0),
        ("rgba.exr", Exr, "rgba.png", 48.0),
        ("tiles.exr", Exr, "rgb.png", 48.0),
        ("rgb.psd", Psd, "rgb.png", 90.0),
        ("plain.psd", Psd, "rgb.png", 90.0),
        ("rgb.psb", Psd, "rgb.png", 90.0),
        ("gray.psd", Psd, "gray.png", 90.0),
        ("sixteen.psd", Psd, "rgb.png", 90.0),
        ("palette.psd", Psd, "indexed.png", 90.0),
        ("cmyk.psd", Psd, "rgb.png", 45.0),
        ("rgb.jp2", Jp2, "rgb.png", 90.0),
        ("rgba.jp2", Jp2, "rgba.png", 90.0),
        ("gray.jp2", Jp2, "gray.png", 90.0),
        ("gray-16.jp2", Jp2, "gray.png", 48.0),
        ("tiles.jp2", Jp2, "rgb.png", 90.0),
        ("precincts.j2k", Jp2, "rgb.png", 90.0),
        ("lossy.j2k", Jp2, "rgb.png", 40.0),
    ] {
        check(name, &data(name), format, expected, least);
    }
}

#[test]
fn the_primaries_of_an_openexr_are_applied() {
    use exr::meta::attribute::Chromaticities;
    use exr::prelude::{Image, SpecificChannels, Vec2, WritableImage as _};
    let shown = |primaries: Option<[(f32, f32); 4]>| {
        let channels = SpecificChannels::rgb(|_| (0.3_f32, 0.25_f32, 0.2_f32));
        let mut image = Image::from_channels((8, 8), channels);
        image.attributes.chromaticities = primaries.map(|places| {
            let [red, green, blue, white] = places.map(|(x, y)| Vec2(x, y));
            Chromaticities { red, green, blue, white }
        });
        let mut file = std::io::Cursor::new(Vec::new());
        image.write().to_buffered(&mut file).unwrap();
        samples_of(&rendered(&file.into_inner(), 8))[..3].to_vec()
    };
    let (d65, aces) = ((0.3127, 0.329), (0.321_68, 0.337_67));
    // NumPy computed the expected colors, with an adaptation of the white point by Bradford.
    for (name, primaries, expected) in [
        ("none", None, [149, 137, 124]),
        ("sRGB", Some([(0.64, 0.33), (0.3, 0.6), (0.15, 0.06), d65]), [149, 137, 124]),
        ("ACES AP0", Some([(0.7347, 0.2653), (0.0, 1.0), (0.0001, -0.077), aces]), [169, 135, 121]),
        ("ACES AP1", Some([(0.713, 0.293), (0.165, 0.83), (0.128, 0.044), aces]), [157, 135, 121]),
        ("Display P3", Some([(0.68, 0.32), (0.265, 0.69), (0.15, 0.06), d65]), [151, 136, 122]),
        ("XYZ", Some([(1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1.0 / 3.0, 1.0 / 3.0)]), [175, 123, 122]),
    ] {
        let seen = shown(primaries);
        assert!(
            seen.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 2),
            "{name}: {seen:?}, not {expected:?}"
        );
    }
}

#[test]
fn each_kind_of_pnm_is_decoded() {
    let rgb = samples_of(&rendered(&data("rgb.png"), 64));
    let gray = samples_of(&rendered(&data("gray.png"), 64));
    let text = |samples: &[u8]| samples.iter().map(|sample| format!("{sample}\n")).collect::<String>();
    let wide: Vec<u8> = gray.iter().flat_map(|sample| [*sample, *sample]).collect();
    for (file, expected) in [
        ([b"P6 40 30 255\n", &rgb[..]].concat(), "rgb.png"),
        ([b"P3 # by hand\n40 30\n255\n", text(&rgb).as_bytes()].concat(), "rgb.png"),
        ([b"P5\n40 30\n255\n", &gray[..]].concat(), "gray.png"),
        ([b"P2 40 30 255 ", text(&gray).as_bytes()].concat(), "gray.png"),
        ([b"P5 40 30 65535\n", &wide[..]].concat(), "gray.png"),
    ] {
        check("a PNM", &file, SourceFormat::Pnm, expected, 90.0);
    }
    let bits = rendered(b"P4 9 2\n\xaa\x80\x55\x00", 64);
    assert_eq!(samples_of(&bits), [0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255]);
}

#[test]
fn a_pnm_in_text_can_end_with_a_digit() {
    for (file, expected) in [
        (&b"P2 2 2 3 0 1 2 3"[..], [0, 85, 170, 255]),
        (b"P2 2 2 255 9 99 199 255", [9, 99, 199, 255]),
        (b"P2 2 2 1000 0 1000 500 1000", [0, 255, 128, 255]),
        (b"P1 2 2 0110", [255, 0, 0, 255]),
    ] {
        let rendered = rendered(file, 8);
        assert_eq!((samples_of(&rendered), rendered.facts.partial), (expected.to_vec(), false));
    }
    // The readable part of a truncated file keeps its brightness.
    let rendered = rendered(b"P2 2 2 3 3 2 ", 8);
    assert_eq!((samples_of(&rendered), rendered.facts.partial), (vec![255, 170, 0, 0], true));
}

#[test]
fn the_alpha_of_a_texture_is_kept() {
    let facts = rendered(&data("dxt5.dds"), 64).facts;
    assert_eq!((facts.has_alpha, facts.width, facts.height), (true, 40, 28));
}

#[test]
fn a_tga_whose_alpha_is_zero_everywhere_is_opaque() {
    let file = |attributes: u8, alpha: u8| {
        let header = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 2, 0, 32, 0x20 | attributes];
        [&header[..], &[50, 100, 200, 0].repeat(7), &[50, 100, 200, alpha]].concat()
    };
    for attributes in [0, 8] {
        let opaque = rendered(&file(attributes, 0), 64);
        assert_eq!(samples_of(&opaque), [200, 100, 50].repeat(8), "{attributes}");
        assert!(rendered(&file(attributes, 255), 64).facts.has_alpha, "{attributes}");
    }
}

/// The color of a transparent pixel does not include the white behind it.
#[test]
fn a_layered_document_keeps_its_alpha() {
    let made = rendered(&data("rgba.psd"), 64);
    assert!(made.facts.has_alpha);
    let (made, expected) = (samples_of(&made), samples_of(&rendered(&data("rgba.png"), 64)));
    let alpha = |samples: &[u8]| samples.chunks_exact(4).map(|pixel| pixel[3]).collect::<Vec<_>>();
    assert_eq!(alpha(&made), alpha(&expected));
}

#[test]
fn a_further_channel_of_a_jpeg_2000_is_what_the_file_declares() {
    let pixels = |kind: u16| {
        let mut file = data("rgba.jp2");
        // The type of the fourth channel.
        let at = memchr::memmem::find(&file, b"cdef").unwrap() + 26;
        file[at..at + 2].copy_from_slice(&kind.to_be_bytes());
        samples_of(&rendered(&file, 64))
    };
    let plain = pixels(1);
    let plain = plain.as_chunks::<4>().0;
    let colors: Vec<u8> = plain.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
    assert_eq!(pixels(u16::MAX), colors);
    let divided = pixels(2);
    for ([r, g, b, a], divided) in plain.iter().zip(divided.as_chunks::<4>().0) {
        let [red, green, blue] =
            [r, g, b].map(|c| (u32::from(*c) * 255 / u32::from(*a).max(1)).min(255) as u8);
        assert_eq!(*divided, [red, green, blue, *a]);
    }
}

/// Returns a JP2 of `five.j2k`, whose upper and lower half each have one color of five channels: four inks and another
/// one, which is of the type `kind`. `color` is the end of the `colr` box.
fn inks(kind: u16, color: &[u8]) -> Vec<u8> {
    let boxed =
        |kind: &[u8], payload: &[u8]| [&(payload.len() as u32 + 8).to_be_bytes(), kind, payload].concat();
    let channels = (0..5_u16).flat_map(|c| if c < 4 { [c, 0, c + 1] } else { [c, kind, 0] });
    let channels: Vec<u8> = std::iter::once(5).chain(channels).flat_map(u16::to_be_bytes).collect();
    let head = [
        boxed(b"ihdr", &[0, 0, 0, 16, 0, 0, 0, 16, 0, 5, 7, 7, 0, 0]),
        boxed(b"colr", color),
        boxed(b"cdef", &channels),
    ];
    let first = b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 ";
    [&first[..], &boxed(b"jp2h", &head.concat()), &boxed(b"jp2c", &data("tiny/five.j2k"))].concat()
}

#[test]
fn the_inks_of_a_jpeg_2000_can_have_alpha() {
    let shown = |kind: u16, color: &[u8]| {
        let samples = samples_of(&rendered(&inks(kind, color), 64));
        let pixels = samples.chunks_exact(samples.len() / 256).map(<[u8]>::to_vec).collect::<Vec<_>>();
        [pixels[0].clone(), pixels[255].clone()]
    };
    let cmyk = [1, 0, 0, 0, 0, 0, 12];
    assert_eq!(shown(1, &cmyk), [[255, 0, 0, 99], [0, 204, 102, 200]]);
    // Inks that are multiplied by alpha.
    assert_eq!(shown(2, &cmyk), [[255, 0, 0, 99], [0, 190, 69, 200]]);
    // The last channel is not alpha.
    assert_eq!(shown(u16::MAX, &cmyk), [[255, 0, 0], [0, 204, 102]]);
    let profile = [&[2, 0, 0][..], &crate::colors::gray_ink_profile()].concat();
    assert_eq!(shown(1, &profile), [[119, 119, 119, 99], [119, 119, 119, 200]]);
}

#[test]
fn the_lightness_and_colors_of_a_jpeg_2000_can_have_alpha() {
    let shown = |kind: u16| {
        let mut file = data("rgba.jp2");
        let at = memchr::memmem::find(&file, b"cdef").unwrap() + 26;
        file[at..at + 2].copy_from_slice(&kind.to_be_bytes());
        // Says that the samples are CIE L*a*b*.
        let at = memchr::memmem::find(&file, b"colr").unwrap() + 7;
        file[at..at + 4].copy_from_slice(&14_u32.to_be_bytes());
        samples_of(&rendered(&file, 64))
    };
    let (opaque, rgba) = (shown(u16::MAX), shown(1));
    let rgba = rgba.as_chunks::<4>().0;
    assert!(rgba.iter().zip(opaque.as_chunks::<3>().0).all(|([r, g, b, _], color)| [*r, *g, *b] == *color));
    assert!(rgba.iter().any(|pixel| pixel[3] < 99));
}

#[test]
fn a_jpeg_2000_decoded_at_a_lower_resolution_looks_like_a_full_decode() {
    let preset = [Preset { format: contract::preset::PresetFormat::Png, ..Preset::inside("small", 8, 8) }];
    for name in ["rgb.jp2", "rgba.jp2", "tiles.jp2", "lossy.j2k"] {
        let by =
            |paths| imaging::render_with(&data(name), &preset, &Limits::default(), paths, &|| false).unwrap();
        let (fast, plain) = (by(imaging::FastPaths::ALL), by(imaging::FastPaths::NONE));
        let likeness = psnr(&samples_of(&fast), &samples_of(&plain));
        assert!(likeness >= 30.0, "{name}: {likeness:.1} dB");
    }
}

#[test]
fn a_truncated_file_shows_its_readable_part() {
    for name in ["rgb.qoi", "rgb.tga", "gray.tga", "rgb.hdr", "dxt1.dds", "rgb.psd", "plain.psd", "rgba.pam"]
    {
        let whole = data(name);
        let facts = rendered(&whole[..whole.len() - whole.len() / 3], 64).facts;
        assert!(facts.partial, "{name}");
    }
}

#[test]
fn unsupported_kinds_are_refused_by_name() {
    let error = |original: &[u8]| {
        render(original, &[Preset::inside("small", 8, 8)], &Limits::default(), &|| false).unwrap_err()
    };
    let changed = |name: &str, at: usize, bytes: &[u8]| {
        let mut file = data(name);
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    for (original, name) in [
        (data("luminance.exr"), "OpenEXR without red, green, and blue"),
        (changed("dxt1.dds", 84, b"ATI2"), "this variant of DDS"),
        (changed("rgb.psd", 24, &[0, 7]), "PSD in multichannel mode"),
        (b"#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 2 +X 2\n".to_vec(), "this variant of Radiance HDR"),
        (
            b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 65535\nENDHDR\n\x12\x34\x56\x78".to_vec(),
            "PAM with 16 bits per sample and no tuple type",
        ),
        (b"PF\n3 2\n-1.0\n".to_vec(), "PFM"),
    ] {
        assert_eq!(error(&original), ImageError::Unsupported { format: name });
    }
}

/// The headers declare sizes above the limits.
#[test]
fn excessive_memory_is_refused_before_it_is_allocated() {
    let limits = Limits { max_memory: 64 << 20, ..Limits::default() };
    let large = 12_000_u32;
    let le = large.to_le_bytes();
    let be = large.to_be_bytes();
    let mut jp2 = data("lossy.j2k");
    jp2[8..16].copy_from_slice(&[be, be].concat());
    jp2[24..32].copy_from_slice(&[be, be].concat());
    let mut psd = data("rgb.psd");
    psd[14..22].copy_from_slice(&[be, be].concat());
    let mut dds = data("dxt1.dds");
    dds[12..20].copy_from_slice(&[le, le].concat());
    let mut tga = data("rgb.tga");
    tga[12..16].copy_from_slice(&[le[0], le[1], le[0], le[1]]);
    let mut qoi = data("rgb.qoi");
    qoi[4..12].copy_from_slice(&[be, be].concat());
    let pnm = b"P6 12000 12000 255\n".to_vec();
    let hdr = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 12000 +X 12000\n".to_vec();
    for original in [jp2, psd, dds, tga, qoi, pnm, hdr] {
        let large = [Preset::inside("large", 12_000, 12_000)];
        let error = render(&original, &large, &limits, &|| false).unwrap_err();
        assert_eq!(error.code(), "too-much-memory", "{:?}", imaging::sniff(&original));
    }
}

/// The decoder would allocate memory for each part that a header declares, and there can be one part per pixel.
#[test]
fn the_memory_for_tiny_parts_of_a_jpeg_2000_is_known_from_its_header() {
    let coding = memchr::memmem::find(&data("precincts.j2k"), b"\xff\x52").unwrap();
    let memory = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut file = data("precincts.j2k");
        let side = 4_000_u32.to_be_bytes();
        file[8..16].copy_from_slice(&[side, side].concat());
        file[24..32].copy_from_slice(&[side, side].concat());
        // The code-blocks have 64 x 64 samples.
        file[coding + 10..coding + 12].fill(4);
        change(&mut file);
        inspect(&file, &[], &Limits::default()).unwrap().memory
    };
    let usual = memory(&|file| file[coding + 14..coding + 18].fill(0xff));
    assert!(usual < 700 << 20, "{usual}");
    assert!(memory(&|file| file[coding + 14..coding + 18].fill(0)) > 4 << 30);
    assert!(memory(&|file| file[24..32].copy_from_slice(&[0, 0, 0, 2, 0, 0, 0, 2])) > 4 << 30);
}
