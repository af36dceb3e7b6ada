//! Writes AVIF with libaom: 4:2:0 chroma in 8 bits, with alpha as a separate picture. `sequence.rs` writes animations,
//! and `container.rs` their file.

mod container;
mod sequence;

use aom_sys::{Content, Encoder, Packet, Picture, Settings};

use crate::pixels::{Layout, Pixels};

pub(crate) use sequence::AvifAnimation;

/// The speed setting of libaom. Speed 8 saves 10 % of the bytes for three times the time.
const SPEED: u8 = 9;

/// Qualities, with the quantizers of libaom that reach the SSIMULACRA2 of a WebP of this quality on photographs
/// (docs/decisions/thumbnail-encoding.md).
const QUANTIZERS: [(u8, u8); 8] =
    [(1, 60), (20, 44), (40, 38), (60, 34), (70, 32), (80, 26), (90, 15), (100, 2)];

/// Encodes RGB or RGBA pixels as a still picture.
pub(crate) fn encode(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, String> {
    let size = (pixels.width, pixels.height);
    let color = encode_color(&mut color_encoder(size, Content::Still, quality)?, pixels)?;
    let alpha = match pixels.layout {
        Layout::Rgba => {
            Some(encode_alpha(&mut alpha_encoder(size, Content::Still, quality)?, &alpha_plane(pixels))?)
        }
        _ => None,
    };
    let mut file = Vec::new();
    let alpha = alpha.as_ref().map(|packet| &packet.bytes[..]);
    avif_serialize::Aviffy::new()
        .set_seq_profile(0)
        .set_chroma_subsampling((true, true))
        .write(&mut file, &color.bytes, alpha, size.0, size.1, 8)
        .map_err(|error| error.to_string())?;
    Ok(file)
}

fn color_encoder((width, height): (u32, u32), content: Content, quality: u8) -> Result<Encoder, String> {
    let quantizer = quantizer(quality);
    Encoder::new(&Settings { width, height, is_gray: false, content, quantizer, speed: SPEED })
}

fn alpha_encoder((width, height): (u32, u32), content: Content, quality: u8) -> Result<Encoder, String> {
    // Errors of alpha are visible at edges, so the quantizer of alpha is a fifth finer.
    let quantizer = quantizer(quality) * 4 / 5;
    Encoder::new(&Settings { width, height, is_gray: true, content, quantizer, speed: SPEED })
}

fn encode_color(encoder: &mut Encoder, pixels: &Pixels) -> Result<Packet, String> {
    let [luma, cb, cr] = to_planes(pixels);
    encoder.encode(&Picture { luma: &luma, chroma: Some([&cb, &cr]) })
}

fn encode_alpha(encoder: &mut Encoder, alpha: &[u8]) -> Result<Packet, String> {
    encoder.encode(&Picture { luma: alpha, chroma: None })
}

/// Returns the alpha of RGBA pixels.
fn alpha_plane(pixels: &Pixels) -> Vec<u8> {
    pixels.data.as_chunks::<4>().0.iter().map(|pixel| pixel[3]).collect()
}

/// Returns the quantizer for a quality from 1 to 100, on the line between its neighbors in the table.
fn quantizer(quality: u8) -> u8 {
    let quality = quality.clamp(1, 100);
    let after = QUANTIZERS.partition_point(|point| point.0 < quality).max(1);
    let (low, high) = (QUANTIZERS[after - 1], QUANTIZERS[after]);
    let share = f32::from(quality - low.0) / f32::from(high.0 - low.0);
    (f32::from(low.1) + (f32::from(high.1) - f32::from(low.1)) * share).round() as u8
}

/// Converts to the luma and chroma planes of BT.601 at full range, with chroma averaged over 2 x 2 pixels.
fn to_planes(pixels: &Pixels) -> [Vec<u8>; 3] {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let channels = pixels.layout.channels();
    let pixel = |x: usize, y: usize| {
        let at = (y.min(height - 1) * width + x.min(width - 1)) * channels;
        [0, 1, 2].map(|c| i32::from(pixels.data[at + c]))
    };
    let weigh = |[r, g, b]: [i32; 3], weights: [i32; 3]| r * weights[0] + g * weights[1] + b * weights[2];
    let [mut luma, mut cb, mut cr] = [const { Vec::new() }; 3];
    for y in 0..height {
        luma.extend(
            (0..width).map(|x| ((weigh(pixel(x, y), [19_595, 38_470, 7_471]) + (1 << 15)) >> 16) as u8),
        );
    }
    for y in (0..height).step_by(2) {
        for x in (0..width).step_by(2) {
            let block = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)];
            let sum = [0, 1, 2].map(|c| block.iter().map(|pixel| pixel[c]).sum());
            let chroma = |weights| (((weigh(sum, weights) + (1 << 17)) >> 18) + 128).clamp(0, 255) as u8;
            cb.push(chroma([-11_059, -21_709, 32_768]));
            cr.push(chroma([32_768, -27_439, -5_329]));
        }
    }
    [luma, cb, cr]
}
