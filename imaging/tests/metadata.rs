//! Nothing but the picture is in a thumbnail: no EXIF, XMP, IPTC, GPS, comment, text or profile, and no byte after
//! its end. What EXIF says of the orientation is heeded wherever it stands.

#![allow(clippy::unwrap_used)]

mod samples;

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, inspect, render};

/// Stands in everything that must not come out.
const SECRET: &[u8] = b"SECRET 52.5N 13.4E";

/// EXIF with orientation 6 and the secret.
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

/// `exif_head` is what stands before the EXIF block itself.
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
fn orientation_is_found_and_nothing_else_comes_through() {
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

/// JFIF, tables, frame and scan, and the end at the end.
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

/// One lossy picture, as the RIFF header counts it.
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
