//! Tests that a thumbnail contains only the picture: no EXIF, XMP, IPTC, GPS, comment, text, or profile, and
//! no byte after its end. The EXIF orientation of the original is applied in all formats. A preset can keep
//! two things, the rights and a wide-gamut profile, but never a location.

use contract::preset::{Keep, Preset, PresetFormat};
use imaging::{Limits, inspect, render};

use crate::samples;

/// A text that all metadata of the originals contains, and that no thumbnail may contain.
const SECRET: &[u8] = b"SECRET 52.5N 13.4E";

/// Returns EXIF with orientation 6 and the secret.
fn exif() -> Vec<u8> {
    let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend(SECRET);
    exif
}

fn segment(marker: u8, payload: &[&[u8]]) -> Vec<u8> {
    let payload = payload.concat();
    let length = (payload.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker][..], &length, &payload].concat()
}

fn jpeg() -> Vec<u8> {
    let plain = samples::encoded(&samples::png(60, 40, 3), PresetFormat::Jpeg);
    let mut file = plain[..2].to_vec();
    file.extend(segment(0xe1, &[b"Exif\0\0", &exif()]));
    file.extend(segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET]));
    file.extend(segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", SECRET]));
    file.extend(segment(0xed, &[b"Photoshop 3.0\0", SECRET]));
    file.extend(segment(0xfe, &[SECRET]));
    file.extend(&plain[2..]);
    file.extend(SECRET);
    file
}

fn png_chunk(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let body = [kind, payload].concat();
    let crc = body.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    });
    [&(payload.len() as u32).to_be_bytes()[..], &body, &(!crc).to_be_bytes()].concat()
}

fn png() -> Vec<u8> {
    let plain = samples::png(60, 40, 3);
    let mut file = plain[..33].to_vec();
    file.extend(png_chunk(b"eXIf", &exif()));
    file.extend(png_chunk(b"tEXt", &[b"Comment\0", SECRET].concat()));
    file.extend(png_chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", SECRET].concat()));
    file.extend(&plain[33..]);
    file.extend(SECRET);
    file
}

/// Returns a WebP whose EXIF block follows `exif_head`.
fn webp(exif_head: &[u8]) -> Vec<u8> {
    let plain = samples::encoded(&samples::png(60, 40, 3), PresetFormat::Webp);
    let chunk = |name: &[u8], payload: &[u8]| {
        let padding = &[0][..payload.len() & 1];
        [name, &(payload.len() as u32).to_le_bytes(), payload, padding].concat()
    };
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    file.extend(chunk(b"VP8X", &[0x2c, 0, 0, 0, 59, 0, 0, 39, 0, 0]));
    file.extend(chunk(b"ICCP", SECRET));
    file.extend(&plain[12..]);
    file.extend(chunk(b"EXIF", &[exif_head, &exif()].concat()));
    file.extend(chunk(b"XMP ", SECRET));
    let length = file.len() as u32 - 8;
    file[4..8].copy_from_slice(&length.to_le_bytes());
    file
}

#[test]
fn orientation_is_applied_and_other_metadata_is_removed() {
    let mut formats = vec![PresetFormat::Jpeg, PresetFormat::Png, PresetFormat::Webp];
    if imaging::WRITES_AVIF {
        formats.push(PresetFormat::Avif);
    }
    for original in [jpeg(), png(), webp(b""), webp(b"Exif\0\0")] {
        assert!(memchr::memmem::find(&original, SECRET).is_some());
        let header = inspect(&original, &[], &Limits::default()).unwrap();
        assert_eq!((header.width, header.height, header.orientation), (40, 60, 6), "{}", header.format);
        for format in &formats {
            let preset = Preset { format: *format, ..Preset::inside("p", 30, 30) };
            let made =
                render(&original, &[preset], &Limits::default(), &|| false).unwrap().thumbnails.remove(0);
            assert_eq!((made.width, made.height), (20, 30));
            let bytes = &made.bytes;
            assert!(memchr::memmem::find(bytes, b"SECRET").is_none());
            match format {
                PresetFormat::Jpeg => check_jpeg(bytes),
                PresetFormat::Png => check_png(bytes),
                PresetFormat::Webp => check_webp(bytes),
                PresetFormat::Avif | PresetFormat::Auto => check_avif(bytes),
            }
        }
    }
}

const CREATOR: &str = "Ana Müller";
const COPYRIGHT: &str = "© 2026 Ana & Co";

/// Returns EXIF with orientation 6, an artist, a copyright, and a location.
fn exif_with_rights() -> Vec<u8> {
    let (artist, copyright) = (b"Ana M\xc3\xbcller\0", b"\xc2\xa9 2026 Ana & Co\0");
    let mut exif = b"MM\0*\0\0\0\x08\0\x04".to_vec();
    let after = 8 + 2 + 4 * 12 + 4;
    let mut entry = |tag: u16, kind: u16, count: usize, value: [u8; 4]| {
        exif.extend([tag.to_be_bytes(), kind.to_be_bytes()].concat());
        exif.extend((count as u32).to_be_bytes());
        exif.extend(value);
    };
    entry(0x0112, 3, 1, [0, 6, 0, 0]);
    entry(0x013b, 2, artist.len(), (after as u32).to_be_bytes());
    entry(0x8298, 2, copyright.len(), ((after + artist.len()) as u32).to_be_bytes());
    // This entry points to a GPS directory, which contains the secret.
    entry(0x8825, 4, 1, ((after + artist.len() + copyright.len()) as u32).to_be_bytes());
    exif.extend([0; 4]);
    exif.extend(artist);
    exif.extend(copyright);
    exif.extend(SECRET);
    exif
}

/// Returns an XMP packet with the same rights, and a location.
fn xmp_with_rights() -> String {
    format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
         <rdf:Description xmlns:e='http://ns.adobe.com/exif/1.0/' e:GPSLatitude='{}' \
         xmlns:d='http://purl.org/dc/elements/1.1/'><d:creator><rdf:Seq><rdf:li>{CREATOR}</rdf:li></rdf:Seq></d:creator>\
         <d:rights><rdf:Alt><rdf:li xml:lang='x-default'>{}</rdf:li></rdf:Alt></d:rights></rdf:Description></rdf:RDF>\
         </x:xmpmeta>",
        std::str::from_utf8(SECRET).unwrap(),
        COPYRIGHT.replace('&', "&amp;"),
    )
}

/// Returns IPTC with the same rights in Latin-1, and a location.
fn iptc_with_rights() -> Vec<u8> {
    let latin: Vec<u8> = COPYRIGHT.chars().map(|c| c as u8).collect();
    let mut data = Vec::new();
    for (number, text) in [(80_u8, &b"Ana M\xfcller"[..]), (116, &latin), (92, SECRET)] {
        data.extend([&[0x1c, 2, number][..], &(text.len() as u16).to_be_bytes(), text].concat());
    }
    let length = (data.len() as u32).to_be_bytes();
    // The preceding resource has an odd length.
    let other = b"8BIM\x03\xed\x01a\0\0\0\x03abc\0";
    [b"Photoshop 3.0\0", &other[..], b"8BIM\x04\x04\0\0", &length, &data, &[0][..data.len() & 1]].concat()
}

/// Returns files that contain rights and a location, each in another kind of metadata.
fn originals_with_rights() -> Vec<Vec<u8>> {
    let plain = samples::encoded(&samples::png(60, 40, 3), PresetFormat::Jpeg);
    let with = |marker, payload: &[&[u8]]| [&plain[..2], &segment(marker, payload), &plain[2..]].concat();
    let webp = samples::encoded(&samples::png(60, 40, 3), PresetFormat::Webp);
    let chunk = |name: &[u8], payload: &[u8]| {
        let padding = &[0][..payload.len() & 1];
        [name, &(payload.len() as u32).to_le_bytes(), payload, padding].concat()
    };
    let extended = chunk(b"VP8X", &[0x08, 0, 0, 0, 59, 0, 0, 39, 0, 0]);
    let png = samples::png(60, 40, 3);
    let chunks = [&extended[..], &webp[12..], &chunk(b"EXIF", &exif_with_rights())].concat();
    let webp = [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat();
    vec![
        with(0xe1, &[b"Exif\0\0", &exif_with_rights()]),
        with(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", xmp_with_rights().as_bytes()]),
        with(0xed, &[&iptc_with_rights()]),
        [&png[..33], &png_chunk(b"eXIf", &exif_with_rights()), &png[33..]].concat(),
        webp,
        avif_with_exif(&exif_with_rights()),
    ]
}

/// Returns an AVIF of 24 x 20 pixels with an EXIF item.
fn avif_with_exif(exif: &[u8]) -> Vec<u8> {
    let boxed = |kind: &[u8; 4], payload: &[u8]| {
        [&(payload.len() as u32 + 8).to_be_bytes(), &kind[..], payload].concat()
    };
    let plain = include_bytes!("../data/plain.avif");
    let stream = &plain[memchr::memmem::find(plain, b"mdat").unwrap() + 4..];
    let exif = [&6_u32.to_be_bytes(), &b"Exif\0\0"[..], exif].concat();
    let infe =
        |item: u8, kind: &[u8; 4]| boxed(b"infe", &[&[2, 0, 0, 0, 0, item, 0, 0], &kind[..], &[0]].concat());
    let place = |item: u8, offset: usize, length: usize| {
        let numbers = [offset as u32, length as u32].map(u32::to_be_bytes).concat();
        [&[0, item, 0, 1, 0, 0, 0, 1][..], &numbers].concat()
    };
    let places = [place(1, 0, stream.len()), place(2, stream.len(), exif.len())].concat();
    let size = boxed(b"ispe", &[0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 20]);
    let properties = [boxed(b"ipco", &size), boxed(b"ipma", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1])].concat();
    let meta = [
        vec![0; 4],
        boxed(b"pitm", &[0, 0, 0, 0, 0, 1]),
        boxed(b"iinf", &[&[0, 0, 0, 0, 0, 2][..], &infe(1, b"av01"), &infe(2, b"Exif")].concat()),
        boxed(b"iprp", &properties),
        boxed(b"iloc", &[&[1, 0, 0, 0, 0x44, 0, 0, 2][..], &places].concat()),
        boxed(b"idat", &[stream, &exif].concat()),
    ];
    [boxed(b"ftyp", b"avif\0\0\0\0avif"), boxed(b"meta", &meta.concat())].concat()
}

#[test]
fn a_preset_can_keep_the_rights_of_a_photo_but_never_its_location() {
    for original in originals_with_rights() {
        for format in [PresetFormat::Jpeg, PresetFormat::Png, PresetFormat::Webp] {
            let of = |keep| {
                let preset = Preset { format, keep, ..Preset::inside("p", 30, 30) };
                let made = render(&original, &[preset], &Limits::default(), &|| false);
                made.unwrap().thumbnails.remove(0).bytes
            };
            let kept = of(vec![Keep::Copyright, Keep::Icc]);
            let has = |text: &str| memchr::memmem::find(&kept, text.as_bytes()).is_some();
            assert!(has(CREATOR) && has(&COPYRIGHT.replace('&', "&amp;")), "{format:?}");
            assert!(!has("SECRET"));
            // The kept metadata is read again, and the picture is the same.
            let rendered_again = render(
                &kept,
                &[Preset { format, keep: vec![Keep::Copyright], ..Preset::inside("p", 30, 30) }],
                &Limits::default(),
                &|| false,
            )
            .unwrap()
            .thumbnails
            .remove(0);
            assert!(memchr::memmem::find(&rendered_again.bytes, CREATOR.as_bytes()).is_some());
            let plain = of(Vec::new());
            match format {
                PresetFormat::Jpeg => check_jpeg(&plain),
                PresetFormat::Png => check_png(&plain),
                _ => check_webp(&plain),
            }
            assert_eq!(
                samples::samples_of(&samples::rendered(&kept, 30)),
                samples::samples_of(&samples::rendered(&plain, 30))
            );
        }
    }
}

/// Returns a PNG of 8 x 8 pixels in one color of `profile`.
pub(crate) fn png_with_profile(profile: &moxcms::ColorProfile) -> Vec<u8> {
    png_with_icc(&profile.encode().unwrap())
}

fn png_with_icc(icc: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut info = png::Info::with_size(8, 8);
    (info.color_type, info.bit_depth) = (png::ColorType::Rgb, png::BitDepth::Eight);
    info.icc_profile = Some(icc.into());
    let mut writer = png::Encoder::with_info(&mut file, info).unwrap().write_header().unwrap();
    writer.write_image_data(&[200, 100, 100].repeat(64)).unwrap();
    writer.finish().unwrap();
    file
}

#[test]
fn a_preset_can_keep_a_wide_gamut_profile_and_its_colors() {
    let wide = png_with_profile(&moxcms::ColorProfile::new_display_p3());
    let srgb = png_with_profile(&moxcms::ColorProfile::new_srgb());
    for format in [PresetFormat::Jpeg, PresetFormat::Png, PresetFormat::Webp] {
        let of = |original: &[u8], keep| {
            let presets = [
                Preset { format, keep, quality: 100, ..Preset::inside("p", 8, 8) },
                Preset { format: PresetFormat::Png, ..Preset::inside("q", 8, 8) },
            ];
            render(original, &presets, &Limits::default(), &|| false).unwrap().thumbnails
        };
        let kept = of(&wide, vec![Keep::Icc]);
        // The kept file has the samples of the original and shows the same color. The other preset has sRGB.
        let mut seen = image::load_from_memory(&kept[0].bytes).unwrap().into_rgb8().into_raw();
        seen.truncate(3);
        assert!(seen.iter().zip([200, 100, 100]).all(|(a, b)| a.abs_diff(b) <= 3), "{format:?}: {seen:?}");
        for file in [&kept[0].bytes, &kept[1].bytes, &of(&wide, vec![])[0].bytes] {
            let shown = samples::samples_of(&samples::rendered(file, 8))[..3].to_vec();
            assert!(
                shown.iter().zip([215, 93, 97]).all(|(a, b)| a.abs_diff(b) <= 3),
                "{format:?}: {shown:?}"
            );
        }
        // A profile that equals sRGB is not needed.
        assert_eq!(of(&srgb, vec![Keep::Icc])[0].bytes, of(&srgb, vec![])[0].bytes);
    }
}

#[test]
fn a_kept_profile_contains_only_colors() {
    let mut profile = moxcms::ColorProfile::new_display_p3();
    let secret = || Some(moxcms::ProfileText::PlainString(String::from_utf8(SECRET.to_vec()).unwrap()));
    (profile.description, profile.copyright, profile.device_model) = (secret(), secret(), secret());
    // A tag of Apple contains the serial numbers of a display.
    let mut icc = profile.encode().unwrap();
    let count = icc[131] + 1;
    for entry in icc[132..].chunks_exact_mut(12).take(usize::from(count) - 1) {
        let offset = u32::from_be_bytes(entry[4..8].try_into().unwrap()) + 12;
        entry[4..8].copy_from_slice(&offset.to_be_bytes());
    }
    icc[131] = count;
    let offset = (icc.len() as u32 + 12).to_be_bytes();
    let tag = [b"mmod", &offset[..], &(SECRET.len() as u32 + 8).to_be_bytes()].concat();
    icc.splice(132..132, tag);
    icc.extend([b"mmod\0\0\0\0", SECRET].concat());
    let length = (icc.len() as u32).to_be_bytes();
    icc[..4].copy_from_slice(&length);
    for format in [PresetFormat::Jpeg, PresetFormat::Webp] {
        let preset = Preset { format, keep: vec![Keep::Icc], ..Preset::inside("p", 8, 8) };
        let original = png_with_icc(&icc);
        let made = render(&original, &[preset], &Limits::default(), &|| false).unwrap().thumbnails.remove(0);
        assert!(memchr::memmem::find(&made.bytes, b"acsp").is_some(), "{format:?}");
        assert!(memchr::memmem::find(&made.bytes, b"SECRET").is_none(), "{format:?}");
    }
}

/// Requires JFIF, tables, frame, and scan, and nothing after the end marker.
fn check_jpeg(bytes: &[u8]) {
    let mut at = 2;
    while bytes[at + 1] != 0xda {
        assert!(matches!(bytes[at + 1], 0xe0 | 0xdb | 0xc0 | 0xc2 | 0xc4), "{:#x}", bytes[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    }
    assert_eq!(memchr::memmem::find(bytes, b"\xff\xd9"), Some(bytes.len() - 2));
}

fn check_png(bytes: &[u8]) {
    let mut at = 8;
    while at < bytes.len() {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        assert!(matches!(&bytes[at + 4..at + 8], b"IHDR" | b"IDAT" | b"IEND"));
        at += 12 + length;
    }
    assert_eq!(at, bytes.len());
    assert_eq!(&bytes[at - 8..at - 4], b"IEND");
}

/// Requires one lossy picture, and the length in the RIFF header.
fn check_webp(bytes: &[u8]) {
    assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize + 8, bytes.len());
    assert_eq!(&bytes[12..16], b"VP8 ");
    let length = u32::from_le_bytes(bytes[16..20].try_into().unwrap()) as usize;
    assert_eq!(20 + length.next_multiple_of(2), bytes.len());
}

fn check_avif(bytes: &[u8]) {
    let mut at = 0;
    while at < bytes.len() {
        assert!(matches!(&bytes[at + 4..at + 8], b"ftyp" | b"meta" | b"mdat"));
        at += u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    }
    assert_eq!(at, bytes.len());
    assert!(memchr::memmem::find(bytes, b"Exif").is_none());
}
