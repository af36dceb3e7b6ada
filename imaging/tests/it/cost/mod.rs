//! Tests that the cost of a file is bounded by its length and its pixels, and that the caller can cancel it. The cost
//! is counted in checks for cancellation, one for each 64 Ki bytes or pixels, and in bytes of memory, which the
//! allocator counts.

#![allow(clippy::disallowed_methods, unsafe_code)]

mod avif;
mod lzma;
mod strips;
mod svg;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;

use contract::preset::{Fit, Preset, PresetFormat};
use imaging::{ImageError, Limits, inspect, render};

use crate::samples;

/// The system allocator, which counts the current and the maximum bytes of a thread.
struct CountingAllocator;

thread_local! {
    pub(crate) static HELD: Cell<i64> = const { Cell::new(0) };
    pub(crate) static PEAK: Cell<i64> = const { Cell::new(0) };
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

fn count(size: usize) {
    HELD.set(HELD.get() + size as i64);
    PEAK.set(PEAK.get().max(HELD.get()));
    CALLS.set(CALLS.get() + 1);
}

// SAFETY: The system allocator does all the work.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: The caller upholds the contract of the method.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: The caller upholds the contract of the method.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.set(HELD.get() - layout.size() as i64);
        // SAFETY: The caller upholds the contract of the method.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// The result and the cost of rendering an original.
#[derive(Debug)]
struct Cost {
    code: &'static str,
    /// The number of times that the decoder checked for cancellation.
    asked: u64,
    /// The maximum number of bytes held at once.
    memory: u64,
    allocations: u64,
}

const SMALL_SIDE: u32 = 64;

fn cost(original: &[u8], presets: &[Preset], limits: &Limits) -> Cost {
    let (held, calls) = (HELD.get(), CALLS.get());
    PEAK.set(held);
    let asked = Cell::new(0);
    let is_canceled = || {
        asked.set(asked.get() + 1);
        false
    };
    let code = match render(original, presets, limits, &is_canceled) {
        Ok(_) => "thumbnail",
        Err(error) => error.code(),
    };
    let memory = (PEAK.get() - held) as u64;
    Cost { code, asked: asked.get(), memory, allocations: CALLS.get() - calls }
}

/// Asserts that the cost of a small thumbnail of `original` is justified by its bytes and its pixels.
#[track_caller]
fn check(original: &[u8], codes: &[&str], pixels: u64) -> Cost {
    let cost = cost(original, &[Preset::inside("small", SMALL_SIDE, SMALL_SIDE)], &Limits::default());
    let bytes = original.len() as u64;
    assert!(codes.contains(&cost.code), "{cost:?}");
    assert!(cost.asked <= 8 + (bytes * 5 + (5 << 20) + pixels * 4) / 65_536, "{cost:?}");
    assert!(cost.memory <= (8 << 20) + bytes * 3 + pixels * 4, "{cost:?}");
    assert!(cost.allocations <= 5_000 + (bytes + pixels) / 8, "{cost:?}");
    cost
}

#[test]
fn a_canceled_rendering_returns_no_thumbnails() {
    for (name, original) in samples::small_originals() {
        let made = render(&original, &[Preset::inside("small", 8, 8)], &Limits::default(), &|| true);
        assert_eq!(made, Err(ImageError::Canceled), "{name}");
    }
}

#[test]
fn the_caller_is_asked_while_rows_are_decoded() {
    let (rgb, rgba) = (samples::png(800, 600, 3), samples::png(800, 600, 4));
    let uncompressed = samples::tiff(800, 600, tiff::encoder::Compression::Uncompressed);
    let lzw = samples::tiff(800, 600, tiff::encoder::Compression::Lzw);
    for original in [rgb, rgba, uncompressed, lzw, samples::bmp(800, 600), samples::gif(800, 600, false)] {
        let asked = Cell::new(0);
        let stop_at = |last: u32| {
            asked.set(0);
            let is_canceled = || {
                asked.set(asked.get() + 1);
                asked.get() == last
            };
            render(&original, &[Preset::inside("small", 8, 8)], &Limits::default(), &is_canceled).err()
        };
        assert_eq!(stop_at(u32::MAX), None);
        assert!((3..60).contains(&asked.get()), "{}", asked.get());
        assert_eq!(stop_at(2), Some(ImageError::Canceled));
        assert_eq!(asked.get(), 2);
    }
}

/// Returns files of every kind, and those in the folder that the variable `IMAGES` names, if it is set.
fn originals() -> Vec<(String, Vec<u8>)> {
    let mut originals: Vec<_> =
        samples::small_originals().into_iter().map(|(name, file)| (name.to_owned(), file)).collect();
    let (rgb, rgba) = (samples::png(1203, 801, 3), samples::png(1203, 801, 4));
    for (name, file) in [
        ("large.jpg", samples::encoded(&rgb, PresetFormat::Jpeg)),
        ("progressive.jpg", samples::progressive(&rgb)),
        ("large.webp", samples::encoded(&rgb, PresetFormat::Webp)),
        ("alpha.webp", samples::encoded(&rgba, PresetFormat::Webp)),
        ("large.gif", samples::gif(1203, 801, false)),
        ("interlaced.gif", samples::gif(1203, 801, true)),
        ("large.bmp", samples::bmp(1204, 801)),
        ("large.tif", samples::tiff(1203, 801, tiff::encoder::Compression::Uncompressed)),
        ("lzw.tif", samples::tiff(1203, 801, tiff::encoder::Compression::Lzw)),
        ("packbits.tif", samples::tiff(1203, 801, tiff::encoder::Compression::Packbits)),
        ("sliver.bmp", samples::bmp(4, 30_000)),
        ("flat.bmp", samples::bmp(30_000, 4)),
        ("large.png", rgb),
        ("alpha.png", rgba),
    ] {
        originals.push((name.to_owned(), file));
    }
    add_files_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data")), &mut originals);
    if let Some(folder) = std::env::var_os("IMAGES") {
        add_files_in(Path::new(&folder), &mut originals);
    }
    originals
}

fn add_files_in(folder: &Path, originals: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_files_in(&path, originals);
        } else {
            originals.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn no_more_memory_is_used_than_the_header_states() {
    let cover = Preset { fit: Fit::Cover, format: PresetFormat::Png, ..Preset::inside("cover", 200, 150) };
    let sets = [
        vec![Preset::inside("small", 64, 64)],
        vec![cover, Preset { format: PresetFormat::Auto, ..Preset::inside("auto", 500, 500) }],
        vec![Preset { format: PresetFormat::Jpeg, sharpen: true, ..Preset::inside("large", 2000, 2000) }],
        vec![Preset { format: PresetFormat::Png, ..Preset::inside("large", 2000, 2000) }],
    ];
    let limits = Limits::default();
    let mut over = Vec::new();
    for (name, original) in originals() {
        for presets in &sets {
            let Ok(header) = inspect(&original, presets, &limits) else { continue };
            let cost = cost(&original, presets, &limits);
            let claimed = header.memory.min(limits.max_memory);
            if cost.memory > claimed {
                over.push(format!("{name} as {}: {} of {claimed}", presets[0].name, cost.memory));
            }
        }
    }
    assert!(over.is_empty(), "{}", over.join("\n"));
}

/// Returns a PNG with the given Deflate stream.
fn png_of(side: u32, depth: u8, color: u8, stream: &[u8]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let head = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[depth, color, 0, 0, 0]].concat();
    for (kind, payload) in [(b"IHDR", &head[..]), (b"IDAT", stream), (b"IEND", &[])] {
        file.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        file.extend(kind);
        file.extend(payload);
        file.extend([0; 4]);
    }
    file
}

#[test]
fn empty_blocks_before_the_rows_are_bounded() {
    let empties = [&[0x78, 1][..], &[0, 0, 0, 0xff, 0xff].repeat(2_000_000)].concat();
    let cost = cost(
        &png_of(64, 8, 0, &empties),
        &[Preset::inside("small", SMALL_SIDE, SMALL_SIDE)],
        &Limits::default(),
    );
    assert_eq!(cost.code, "too-much-work");
    // A tenth of the file remains.
    assert!(cost.asked < 20, "{cost:?}");
}

#[test]
fn samples_that_the_length_does_not_justify_are_refused() {
    let code = |depth, color| {
        let limits = Limits::default();
        cost(
            &png_of(15_800, depth, color, &[0x78, 1]),
            &[Preset::inside("small", SMALL_SIDE, SMALL_SIDE)],
            &limits,
        )
        .code
    };
    // These files have 250 megapixels: one of 8 bytes per pixel, and one of 4 bytes per pixel with missing data.
    assert_eq!((code(16, 6), code(8, 6)), ("too-much-work", "damaged"));
}

/// Returns a JPEG of gray pixels.
fn jpeg(side: u32) -> Vec<u8> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&vec![99; (side * side) as usize]).unwrap();
    samples::encoded(&png, PresetFormat::Jpeg)
}

/// Returns a JPEG with other sides in its header.
fn resized(mut jpeg: Vec<u8>, marker: &[u8], side: u16) -> Vec<u8> {
    let at = memchr::memmem::find(&jpeg, marker).unwrap() + 5;
    jpeg[at..at + 4].copy_from_slice(&[side.to_be_bytes(), side.to_be_bytes()].concat());
    jpeg
}

#[test]
fn a_jpeg_of_repeated_scans_is_refused() {
    let mut file = resized(include_bytes!("../../data/progressive.jpg").to_vec(), b"\xff\xc2", 8192);
    let last = memchr::memmem::rfind(&file, b"\xff\xda").unwrap();
    let end = file.len() - 2;
    let scan = file[last..end].repeat(30);
    file.splice(end..end, scan);
    let code = cost(&file, &[Preset::inside("small", SMALL_SIDE, SMALL_SIDE)], &Limits::default()).code;
    assert_eq!(code, "too-many-scans");
}

#[test]
fn the_header_states_the_memory_for_coefficients_of_several_scans() {
    let whole = jpeg(800);
    let rgb = samples::encoded(&samples::png(800, 800, 3), PresetFormat::Jpeg);
    let mut apart = rgb.clone();
    // The first scan has only one component, so others would have to follow.
    let at = memchr::memmem::find(&apart, b"\xff\xda").unwrap();
    apart[at + 4] = 1;
    let claim = |file: &[u8]| inspect(file, &[], &Limits::default()).unwrap().memory;
    assert!(claim(&apart) >= claim(&rgb) + 800 * 800 * 3);
    assert!(claim(&whole) < claim(&rgb));
}

#[test]
fn unused_tables_are_bounded() {
    let mut file = jpeg(64);
    let table = [&b"\xff\xc4\0\x14\0\x01"[..], &[0; 16]].concat();
    file.splice(2..2, table.repeat(20_000));
    check(&file, &["thumbnail", "damaged"], 64 * 64);
}

#[test]
fn a_sliver_is_shrunk_along_its_length() {
    for (width, height) in [(4, 300_000), (300_000, 4)] {
        let bytes = samples::bmp(width, height);
        let cost = check(&bytes, &["thumbnail"], 1_200_000);
        assert!(cost.memory < 16 << 20, "{cost:?}");
    }
    // Even a narrow row has a fixed cost.
    let mut bytes = samples::bmp(4, 4);
    bytes[18..22].copy_from_slice(&1_u32.to_le_bytes());
    bytes[22..26].copy_from_slice(&100_000_000_u32.to_le_bytes());
    check(&bytes, &["too-long-side"], 0);
}

#[test]
fn sub_blocks_of_one_byte_are_bounded() {
    let gif = samples::gif(12, 10, false);
    let comment = [&b"\x21\xfe"[..], &[1, 0x61].repeat(1 << 20), &[0]].concat();
    let mut file = gif[..13].to_vec();
    file.extend(comment);
    file.extend(&gif[13..]);
    let cost = check(&file, &["thumbnail"], 120);
    assert!(cost.memory < 4 << 20, "{cost:?}");
}

#[test]
fn runs_beyond_the_edge_are_bounded() {
    let mut file = samples::bmp_runs(24, 20);
    let data = 62;
    file.truncate(data);
    // Each run of 255 pixels begins at the end of the previous one.
    file.extend([255, 1].repeat(1 << 20));
    check(&file, &["thumbnail"], 24 * 20);
}

/// A bit writer, the lowest bit of a byte first.
#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    count: usize,
}

impl BitWriter {
    fn put(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> bit & 1) as u8) << (self.count % 8);
            self.count += 1;
        }
    }
}

/// Returns a lossless WebP of `side` x `side` pixels, in which each block of 4 x 4 pixels has its own Huffman
/// codes.
fn webp_with_groups(side: u32) -> Vec<u8> {
    let mut bits = BitWriter::default();
    bits.put(0x2f, 8);
    bits.put(side - 1, 14);
    bits.put(side - 1, 14);
    // No alpha, version, transforms, or cache; groups for blocks of 4 x 4, whose image has no cache.
    for (value, count) in [(0, 1), (0, 3), (0, 1), (0, 1), (1, 1), (0, 3), (0, 1)] {
        bits.put(value, count);
    }
    // Green and red: of twelve lengths of code lengths, only that of 8 is used, for all 256 codes.
    for _ in 0..2 {
        bits.put(0, 1);
        bits.put(8, 4);
        (0..11).for_each(|_| bits.put(0, 3));
        bits.put(1, 3);
        bits.put(1, 1);
        bits.put(3, 3);
        bits.put(254, 8);
    }
    // Blue, alpha, and distance: one symbol, without bits.
    let nothing = |bits: &mut BitWriter| bits.put(1, 4);
    (0..3).for_each(|_| nothing(&mut bits));
    let count = (side / 4) * (side / 4);
    for group in 0..count {
        // A code is read from its highest bit on.
        bits.put(u32::from((group as u8).reverse_bits()), 8);
        bits.put(u32::from(((group >> 8) as u8).reverse_bits()), 8);
    }
    (0..count * 5).for_each(|_| nothing(&mut bits));
    let length = bits.bytes.len() as u32;
    let mut file = b"RIFF".to_vec();
    file.extend((length + 12).to_le_bytes());
    file.extend(b"WEBPVP8L");
    file.extend(length.to_le_bytes());
    file.extend(bits.bytes);
    file.extend([0, 0]);
    file
}

#[test]
fn the_header_states_the_memory_for_huffman_groups_of_a_webp() {
    let presets = [Preset::inside("small", SMALL_SIDE, SMALL_SIDE)];
    let file = webp_with_groups(192);
    let header = inspect(&file, &presets, &Limits::default()).unwrap();
    // 2,304 groups of tables, about as many as an encoder writes.
    assert!(header.memory > 2304 * 2954 * 4, "{header:?}");
    assert_eq!(cost(&file, &presets, &Limits::default()).code, "thumbnail");
    // 65,536 groups.
    assert_eq!(cost(&webp_with_groups(1024), &presets, &Limits::default()).code, "too-much-work");
}
