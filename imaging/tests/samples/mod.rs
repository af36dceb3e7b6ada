//! Generates originals of every format.

#![allow(dead_code, clippy::unwrap_used)]

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, RenderOutput, render};

/// Returns waves of color with a little noise, with 3 or 4 samples per pixel. Alpha decreases to the right.
pub(crate) fn pixels(width: u32, height: u32, samples: usize) -> Vec<u8> {
    let mut noise = 7_u32;
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let wave = |at: f64| (128.0 + 90.0 * at.sin()) as u8;
            let grain = (noise >> 29) as u8;
            let alpha = (255 - x * 255 / width) as u8;
            let (x, y) = (f64::from(x), f64::from(y));
            let color = [wave(x / 40.0), wave((x + y) / 60.0), wave(y / 30.0)].map(|s| s + grain);
            data.extend(&[color[0], color[1], color[2], alpha][..samples]);
        }
    }
    data
}

/// Returns a PNG with 3 or 4 samples per pixel.
pub(crate) fn png(width: u32, height: u32, samples: usize) -> Vec<u8> {
    let color = if samples == 4 { png::ColorType::Rgba } else { png::ColorType::Rgb };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().unwrap().write_image_data(&pixels(width, height, samples)).unwrap();
    file
}

/// Encodes an original with this crate.
pub(crate) fn encoded(original: &[u8], format: PresetFormat) -> Vec<u8> {
    render_as(original, Preset { format, ..Preset::inside("sample", 4096, 4096) })
}

/// Returns a progressive JPEG of an original that is large enough for progressive coding to save bytes.
pub(crate) fn progressive(original: &[u8]) -> Vec<u8> {
    let counted = Preset { max_bytes: Some(u64::MAX), ..Preset::inside("sample", 4096, 4096) };
    let bytes = render_as(original, Preset { format: PresetFormat::Jpeg, quality: 95, ..counted });
    assert!(bytes.windows(2).any(|marker| marker == b"\xff\xc2"));
    bytes
}

fn render_as(original: &[u8], preset: Preset) -> Vec<u8> {
    render(original, &[preset], &Limits::default(), &|| false).unwrap().thumbnails.remove(0).bytes
}

/// Returns two frames with 3-3-2 bits per color. Black is transparent.
pub(crate) fn gif(width: u16, height: u16, interlaced: bool) -> Vec<u8> {
    let rgb = pixels(width.into(), height.into(), 3);
    let index = |[r, g, b]: &[u8; 3]| r >> 5 << 5 | g >> 5 << 2 | b >> 6;
    let indices: Vec<u8> = rgb.as_chunks().0.iter().map(index).collect();
    let palette = (0..=255_u8).flat_map(|index| [index & 0xe0, index << 3, index << 6]);
    let palette: Vec<u8> = palette.collect();
    let mut frame = gif::Frame::from_palette_pixels(width, height, indices, palette, Some(0));
    if interlaced {
        let rows: Vec<_> = frame.buffer.chunks_exact(width.into()).collect();
        let order = [(0, 8), (4, 8), (2, 4), (1, 2)];
        let stored = order.iter().flat_map(|(first, step)| rows.iter().skip(*first).step_by(*step));
        frame.buffer = stored.flat_map(|row| row.iter().copied()).collect::<Vec<_>>().into();
        frame.interlaced = true;
    }
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, &[]).unwrap();
    encoder.write_frame(&frame).unwrap();
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    file
}

/// Returns a TIFF of RGB strips.
pub(crate) fn tiff(width: u32, height: u32, compression: tiff::encoder::Compression) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap().with_compression(compression);
    let data = pixels(width, height, 3);
    encoder.write_image::<tiff::encoder::colortype::RGB8>(width, height, &data).unwrap();
    file.into_inner()
}

/// Returns a bitmap of 24 bits without its file header.
fn bitmap_without_header(width: u32, height: u32, stated_height: u32) -> Vec<u8> {
    let mut bitmap = Vec::new();
    for number in [40, width, stated_height, 1 | 24 << 16, 0, 0, 0, 0, 0, 0] {
        bitmap.extend(number.to_le_bytes());
    }
    for row in pixels(width, height, 3).chunks_exact(width as usize * 3).rev() {
        bitmap.extend(row.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*b, *g, *r]));
        bitmap.resize(bitmap.len().next_multiple_of(4), 0);
    }
    bitmap
}

/// Returns a Windows bitmap. The width must be a multiple of 4, because rows have no padding.
pub(crate) fn bmp(width: u32, height: u32) -> Vec<u8> {
    let bitmap = bitmap_without_header(width, height, height);
    let mut file = b"BM".to_vec();
    for number in [bitmap.len() as u32 + 14, 0, 54] {
        file.extend(number.to_le_bytes());
    }
    file.extend(bitmap);
    file
}

/// Returns a run-length encoded bitmap of two colors.
pub(crate) fn bmp_runs(width: u8, height: u8) -> Vec<u8> {
    let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
    for number in
        [62, 40, u32::from(width), u32::from(height), 1 | 8 << 16, 1, 0, 0, 0, 2, 0, 0xff_8040, 0x10]
    {
        file.extend(number.to_le_bytes());
    }
    for row in 0..height {
        file.extend([width / 2, row & 1, width - width / 2, 1 - (row & 1), 0, 0]);
    }
    file.extend([0, 1]);
    file
}

/// Returns an icon with a bitmap and its mask, or with a PNG.
pub(crate) fn ico(side: u8, with_png: bool) -> Vec<u8> {
    let pixels = u32::from(side);
    let image = if with_png {
        png(pixels, pixels, 4)
    } else {
        let mut image = bitmap_without_header(pixels, pixels, pixels * 2);
        image.extend((0..usize::from(side) * 4).map(|at| (at * 37) as u8));
        image
    };
    let mut file = vec![0, 0, 1, 0, 1, 0, side, side, 0, 0, 1, 0, 24, 0];
    file.extend((image.len() as u32).to_le_bytes());
    file.extend(22_u32.to_le_bytes());
    file.extend(image);
    file
}

/// Ten rows of 4 white, 3 black, and 5 white pixels. Every third row is coded by its runs, and the others by
/// differences.
const GROUP_3: &[u8] =
    b"\x00\x1d\xd8\x00\x2e\x00\x2e\x00\x3b\xb0\x00\x5c\x00\x5c\x00\x77\x60\x00\xb8\x00\xb8\x00\xee\xc0";

/// Returns a small original of every supported kind.
pub(crate) fn small_originals() -> Vec<(&'static str, Vec<u8>)> {
    use tiff::encoder::Compression;
    let (rgb, rgba) = (png(24, 20, 3), png(24, 20, 4));
    vec![
        #[cfg(feature = "jxl")]
        ("rgba.jxl", include_bytes!("../data/rare/tiny/rgba.jxl").to_vec()),
        #[cfg(feature = "svg")]
        ("plain.svg", include_bytes!("../data/svg/plain.svg").to_vec()),
        ("baseline.jpg", encoded(&rgb, PresetFormat::Jpeg)),
        ("progressive.jpg", include_bytes!("../data/progressive.jpg").to_vec()),
        ("restarts.jpg", include_bytes!("../data/restarts.jpg").to_vec()),
        ("lossy.webp", include_bytes!("../data/plain.webp").to_vec()),
        ("alpha.webp", include_bytes!("../data/alpha.webp").to_vec()),
        ("lossless.webp", encoded(&rgba, PresetFormat::Webp)),
        ("plain.avif", include_bytes!("../data/plain.avif").to_vec()),
        ("alpha.avif", include_bytes!("../data/alpha.avif").to_vec()),
        ("plain.gif", gif(12, 10, false)),
        ("interlaced.gif", gif(12, 10, true)),
        ("plain.tif", tiff(10, 8, Compression::Uncompressed)),
        ("lzw.tif", tiff(16, 12, Compression::Lzw)),
        ("deflate.tif", tiff(16, 12, Compression::Deflate(tiff::encoder::DeflateLevel::default()))),
        ("packbits.tif", tiff(16, 12, Compression::Packbits)),
        ("group-3.tif", tiff_page((12, 10), &[1], &[(259, 3), (262, 0), (292, 1)], &[GROUP_3.to_vec()])),
        (
            "group-4.tif",
            tiff_page((12, 10), &[1], &[(259, 4), (262, 0)], &[b"\x37\x7f\xff\xff\xf8".to_vec()]),
        ),
        ("shared-chroma.tif", tiff_page((12, 10), &[8; 3], &[(262, 6)], &[(0..180).collect()])),
        ("old-jpeg.tif", old_style_jpeg().tables),
        ("old-jpeg-header.tif", old_style_jpeg().header),
        ("plain.bmp", bmp(12, 10)),
        ("runs.bmp", bmp_runs(24, 20)),
        ("rgba.pam", include_bytes!("../data/rare/tiny/rgba.pam").to_vec()),
        ("rgba.qoi", include_bytes!("../data/rare/tiny/rgba.qoi").to_vec()),
        ("rgba.tga", include_bytes!("../data/rare/tiny/rgba.tga").to_vec()),
        ("indexed.tga", include_bytes!("../data/rare/tiny/indexed.tga").to_vec()),
        ("dxt5.dds", include_bytes!("../data/rare/tiny/dxt5.dds").to_vec()),
        ("rgb.hdr", include_bytes!("../data/rare/tiny/rgb.hdr").to_vec()),
        ("half.exr", include_bytes!("../data/rare/tiny/half.exr").to_vec()),
        ("tiles.exr", include_bytes!("../data/rare/tiny/tiles.exr").to_vec()),
        ("rgba.psd", include_bytes!("../data/rare/tiny/rgba.psd").to_vec()),
        ("rgba.jp2", include_bytes!("../data/rare/tiny/rgba.jp2").to_vec()),
        ("precincts.j2k", include_bytes!("../data/rare/tiny/precincts.j2k").to_vec()),
        ("bitmap.ico", ico(16, false)),
        ("png.ico", ico(16, true)),
        ("rgb.png", rgb),
        ("rgba.png", rgba),
    ]
}

/// Returns a TIFF of one page with `bits` for each sample, and `strips`. `tags` replace the default ones.
pub(crate) fn tiff_page(
    (width, height): (u16, u16),
    bits: &[u32],
    tags: &[(u16, u32)],
    strips: &[Vec<u8>],
) -> Vec<u8> {
    let mut file = b"II\x2a\0\0\0\0\0".to_vec();
    let mut offsets = Vec::new();
    for strip in strips {
        offsets.push(file.len() as u32);
        file.extend(strip);
    }
    let mut entries: std::collections::BTreeMap<u16, Vec<u32>> = [
        (256, vec![width.into()]),
        (257, vec![height.into()]),
        (258, bits.to_vec()),
        (259, vec![1]),
        (262, vec![1]),
        (273, offsets),
        (277, vec![bits.len() as u32]),
        (279, strips.iter().map(|strip| strip.len() as u32).collect()),
    ]
    .into();
    entries.extend(tags.iter().map(|(tag, value)| (*tag, vec![*value])));
    tiff_directory(&mut file, &entries);
    file
}

/// A JPEG, and two TIFFs that contain it in parts.
pub(crate) struct OldStyleJpeg {
    pub(crate) jpeg: Vec<u8>,
    /// Each table has its own offset.
    pub(crate) tables: Vec<u8>,
    /// The headers are a JPEG file without a scan.
    pub(crate) header: Vec<u8>,
}

/// Returns a JPEG of four MCUs below each other, and two pages in old-style JPEG with one MCU per strip.
pub(crate) fn old_style_jpeg() -> OldStyleJpeg {
    let mut jpeg = include_bytes!("../data/restarts.jpg").to_vec();
    let find = |jpeg: &[u8], start: &[u8]| memchr::memmem::find(jpeg, start).unwrap();
    // There is a restart marker after each MCU of 16 x 16 pixels.
    let size = find(&jpeg, b"\xff\xc0\0\x11") + 5;
    jpeg[size..size + 4].copy_from_slice(&[0, 64, 0, 16]);
    let scan = find(&jpeg, b"\xff\xda\0\x0c");
    let is_marker = |at: &usize| jpeg[*at] == 0xff && matches!(jpeg[at + 1], 0xd0..=0xd9);
    let ends: Vec<usize> = (scan + 14..jpeg.len() - 1).filter(is_marker).collect();
    let header = b"II\x2a\0\0\0\0\0";
    // The pages contain the JPEG after their header, and differ in how they refer to its parts.
    let page = |first_strip: usize, tags: &[(u16, Vec<u32>)]| {
        let begins: Vec<usize> =
            std::iter::once(first_strip).chain(ends.iter().map(|end| end + 2)).take(ends.len()).collect();
        let lengths = begins.iter().zip(&ends).map(|(begin, end)| (end - begin) as u32).collect();
        let mut entries: std::collections::BTreeMap<u16, Vec<u32>> = [
            (256, vec![16]),
            (257, vec![64]),
            (258, vec![8; 3]),
            (259, vec![6]),
            (262, vec![6]),
            (273, begins.iter().map(|begin| (header.len() + begin) as u32).collect()),
            (277, vec![3]),
            (278, vec![16]),
            (279, lengths),
        ]
        .into();
        entries.extend(tags.iter().cloned());
        let mut file = [&header[..], &jpeg].concat();
        tiff_directory(&mut file, &entries);
        file
    };
    let table = |start: &[u8]| (header.len() + find(&jpeg, start) + 5) as u32;
    // One table for the luma, and one for both chroma components.
    let tables = |luma: &[u8], chroma: &[u8]| vec![table(luma), table(chroma), table(chroma)];
    let tables = [
        (512, vec![1]),
        (519, tables(b"\xff\xdb\0\x43\0", b"\xff\xdb\0\x43\x01")),
        (520, tables(b"\xff\xc4\0\x1f\0", b"\xff\xc4\0\x1f\x01")),
        (521, tables(b"\xff\xc4\0\xb5\x10", b"\xff\xc4\0\xb5\x11")),
    ];
    // The headers end before the restart interval. The first strip begins with the scan header.
    let headers = [(513, vec![header.len() as u32]), (514, vec![find(&jpeg, b"\xff\xdd") as u32])];
    OldStyleJpeg { tables: page(scan + 14, &tables), header: page(scan, &headers), jpeg }
}

/// Appends a directory of 32-bit numbers to a TIFF. Some tags have fractions of two numbers.
pub(crate) fn tiff_directory(file: &mut Vec<u8>, entries: &std::collections::BTreeMap<u16, Vec<u32>>) {
    let start = file.len() as u32;
    file[4..8].copy_from_slice(&start.to_le_bytes());
    file.extend((entries.len() as u16).to_le_bytes());
    let mut after = Vec::new();
    for (tag, values) in entries {
        file.extend(tag.to_le_bytes());
        let (kind, count) =
            if matches!(tag, 529 | 532) { (5_u16, values.len() / 2) } else { (4, values.len()) };
        file.extend(kind.to_le_bytes());
        file.extend((count as u32).to_le_bytes());
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        if bytes.len() == 4 {
            file.extend(bytes);
        } else {
            file.extend((start + 6 + 12 * entries.len() as u32 + after.len() as u32).to_le_bytes());
            after.extend(bytes);
        }
    }
    file.extend([0; 4]);
    file.extend(after);
}

/// Renders an original as one PNG that is not larger than the original.
pub(crate) fn rendered(original: &[u8], side: u32) -> RenderOutput {
    let preset = Preset { format: PresetFormat::Png, ..Preset::inside("plain", side, side) };
    render(original, &[preset], &Limits::default(), &|| false).unwrap()
}

/// Returns the samples of the first thumbnail.
pub(crate) fn samples_of(rendered: &RenderOutput) -> Vec<u8> {
    let mut reader =
        png::Decoder::new(std::io::Cursor::new(&rendered.thumbnails[0].bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}
