//! Tests that the largest preview of a camera's raw file is used, with the orientation of the raw file.

use contract::preset::{Preset, PresetFormat};
use imaging::{ImageError, Limits, SourceFormat, render};

use crate::samples;

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let png = samples::png(width, height, 3);
    let preset = Preset { format: PresetFormat::Jpeg, ..Preset::inside("preview", 1000, 1000) };
    render(&png, &[preset], &Limits::default(), &|| false).unwrap().thumbnails.remove(0).bytes
}

/// Returns a file that begins with `head` and contains a small preview, a large one, lossless raw data, and
/// bytes that only begin like a JPEG.
fn with_previews(head: &[u8]) -> Vec<u8> {
    let lossless = b"\xff\xd8\xff\xc3\0\x0b\x0e\x0f\xff\x0f\xff\x01\x01\x11\0\xff\xda";
    [head, &jpeg(40, 30), b"\xff\xd8\xff", lossless, &jpeg(120, 90), &jpeg(64, 48), &[7; 999]].concat()
}

/// Returns the head of a TIFF: its first four bytes, the bytes before the directory, and a directory with
/// orientation 6.
fn directory(magic: &[u8; 4], between: &[u8], more: &[[u16; 6]]) -> Vec<u8> {
    let start = 8 + between.len() as u32;
    let mut head = [&magic[..], &start.to_le_bytes(), between].concat();
    let entries: Vec<[u16; 6]> = [&[[274, 3, 1, 0, 6, 0]], more].concat();
    head.extend((entries.len() as u16).to_le_bytes());
    head.extend(entries.iter().flatten().flat_map(|number| number.to_le_bytes()));
    head.extend([0; 4]);
    head
}

fn boxed(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32 + 8).to_be_bytes(), &kind[..], payload].concat()
}

fn canon_boxes() -> Vec<u8> {
    let uuid = [&[0x85; 16][..], &boxed(b"CMT1", &directory(b"II*\0", &[], &[]))].concat();
    [boxed(b"ftyp", b"crx \0\0\0\x01crx isom"), boxed(b"moov", &boxed(b"uuid", &uuid))].concat()
}

#[test]
fn the_largest_preview_is_used_and_rotated() {
    let filters = [262, 3, 1, 0, 32_803, 0];
    let dng = [50_706, 1, 4, 0, 1, 0];
    let small = [[254, 4, 1, 0, 1, 0], [330, 4, 1, 0, 8, 0]];
    for (kind, head, orientation) in [
        ("CR2", directory(b"II*\0", b"CR\x02\0\0\0\0\0", &[]), 6),
        ("CR3", canon_boxes(), 6),
        ("NEF and ARW", directory(b"II*\0", &[], &small), 6),
        ("DNG", directory(b"II*\0", &[], &[dng]), 6),
        ("PEF", directory(b"II*\0", &[], &[filters]), 6),
        ("ORF", directory(b"IIRO", &[], &[]), 6),
        ("RW2", directory(b"IIU\0", &[], &[]), 6),
        ("RAF", b"FUJIFILMCCD-RAW 0201".to_vec(), 1),
        ("CRW", b"II\x1a\0\0\0HEAPCCDR".to_vec(), 1),
        ("X3F", b"\x46OVb\0\0\x02\0".to_vec(), 1),
    ] {
        let rendered = samples::rendered(&with_previews(&head), 1000);
        let facts = &rendered.facts;
        assert_eq!((facts.format, facts.orientation), (SourceFormat::Raw, orientation), "{kind}");
        let size = if orientation == 6 { (90, 120) } else { (120, 90) };
        assert_eq!((facts.width, facts.height), size, "{kind}");
    }
}

#[test]
fn the_orientation_of_the_preview_applies_if_the_raw_file_has_none() {
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
    let mut preview = jpeg(120, 90);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    preview.splice(2..2, [b"\xff\xe1", &length[..], exif].concat());
    let facts = samples::rendered(&[&b"FUJIFILMCCD-RAW 0201"[..], &preview].concat(), 64).facts;
    assert_eq!((facts.orientation, facts.width, facts.height), (8, 90, 120));
}

#[test]
fn a_raw_file_without_a_preview_is_refused_by_name() {
    for (head, name) in [
        (&b"FUJIFILMCCD-RAW 0201"[..], "Fujifilm raw"),
        (b"IIRO\x08\0\0\0", "Olympus raw"),
        (b"IIU\0\x18\0\0\0", "Panasonic raw"),
        (b"II*\0\x10\0\0\0CR\x02\0\0\0\0\0", "Canon raw"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "Canon raw"),
        (b"II\x1a\0\0\0HEAPCCDR", "Canon raw"),
        (b"\x46OVb\0\0\x02\0", "Sigma raw"),
    ] {
        let file = [head, b"\xff\xd8\xff and no JPEG"].concat();
        let made = render(&file, &[Preset::inside("small", 8, 8)], &Limits::default(), &|| false);
        assert_eq!(made.unwrap_err(), ImageError::Unsupported { format: name });
    }
}

/// Returns a DNG whose raw data has `data` as its only tile, before `after`.
fn dng(data: &[u8], after: &[u8]) -> Vec<u8> {
    let at = |offset: usize| [offset as u16, (offset >> 16) as u16];
    let tile = |offset: usize| {
        let ([o0, o1], [l0, l1]) = (at(offset), at(data.len()));
        let tags = [[50_706, 1, 4, 0, 1, 0], [262, 3, 1, 0, 34_892, 0]];
        let places = [[322, 4, 1, 0, 64, 0], [324, 4, 1, 0, o0, o1], [325, 4, 1, 0, l0, l1]];
        directory(b"II*\0", &[], &[&tags[..], &places].concat())
    };
    let head = tile(tile(0).len());
    [&head[..], data, after].concat()
}

#[test]
fn a_tile_of_raw_data_is_not_a_preview() {
    let (tile, preview) = (jpeg(120, 90), jpeg(64, 48));
    let made = render(&dng(&tile, &[]), &[Preset::inside("small", 8, 8)], &Limits::default(), &|| false);
    assert_eq!(made.unwrap_err(), ImageError::Unsupported { format: "camera raw" });
    // Many tiles do not hide a preview after them.
    for tiles in [tile, b"\xff\xd8\xff".repeat(300)] {
        let facts = samples::rendered(&dng(&tiles, &preview), 1000).facts;
        assert_eq!((facts.width, facts.height), (48, 64));
    }
}

#[test]
fn the_facts_about_a_raw_file_have_the_size_of_its_raw_data() {
    let (linear, sensor) = ([262, 3, 1, 0, 34_892, 0], [262, 3, 1, 0, 32_803, 0]);
    let size = |width, height| [[256, 4, 1, 0, width, 0], [257, 4, 1, 0, height, 0]];
    let facts = |tags: &[[u16; 6]]| {
        let rendered = samples::rendered(&with_previews(&directory(b"II*\0", &[], tags)), 1000);
        let shown = &rendered.thumbnails[0];
        assert_eq!((shown.width, shown.height), (90, 120));
        (rendered.facts.width, rendered.facts.height)
    };
    let crop = [50_720, 3, 2, 0, 6000, 4000];
    assert_eq!(facts(&[&size(6032, 4016)[..], &[sensor]].concat()), (4016, 6032));
    assert_eq!(facts(&[&size(6032, 4016)[..], &[linear, crop]].concat()), (4000, 6000));
    // The sensor has a border.
    assert_eq!(facts(&[&size(124, 92)[..], &[sensor]].concat()), (90, 120));
    // The size is that of another preview.
    assert_eq!(facts(&[&size(6032, 4016)[..], &[[50_706, 1, 4, 0, 1, 0]]].concat()), (90, 120));
}

#[test]
fn the_size_of_the_raw_data_is_read_where_each_manufacturer_stores_it() {
    let size = [[256, 4, 1, 0, 6000, 0], [257, 4, 1, 0, 4000, 0]];
    let canon = [&[0x85; 16][..], &boxed(b"CMT1", &directory(b"II*\0", &[], &size))].concat();
    let canon = [boxed(b"ftyp", b"crx \0\0\0\x01crx isom"), boxed(b"moov", &boxed(b"uuid", &canon))].concat();
    // The top, left, bottom, and right border.
    let panasonic = [[4, 3, 1, 0, 12, 0], [5, 3, 1, 0, 8, 0], [6, 3, 1, 0, 4012, 0], [7, 3, 1, 0, 6008, 0]];
    let fujifilm = [
        &b"FUJIFILMCCD-RAW 0201"[..],
        &[0; 72],
        &104_u32.to_be_bytes(),
        &[0; 8],
        // Two records: the size of the sensor, and that of the crop, each with the height first.
        b"\0\0\0\x02\x01\0\0\x04\x0f\xc0\x17\xa0\x01\x11\0\x04\x0f\xa0\x17\x70",
    ]
    .concat();
    for (kind, head, orientation) in [
        (
            "CR2",
            directory(b"II*\0", b"CR\x02\0\0\0\0\0", &[&size[..], &[[262, 3, 1, 0, 32_803, 0]]].concat()),
            6,
        ),
        ("CR3", canon, 6),
        ("ORF", directory(b"IIRO", &[], &size), 6),
        ("RW2", directory(b"IIU\0", &[], &panasonic), 6),
        ("RAF", fujifilm, 1),
    ] {
        let facts = samples::rendered(&with_previews(&head), 1000).facts;
        let expected = if orientation == 6 { (4000, 6000) } else { (6000, 4000) };
        assert_eq!((facts.width, facts.height), expected, "{kind}");
    }
}
