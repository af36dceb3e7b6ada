//! Encodes pixels as AVIF with rav1e: 4:2:0 in 8 bits, with alpha as a separate image.

use rav1e::prelude::{
    ChromaSampling, ColorDescription, ColorPrimaries, Config, Context, EncoderConfig, EncoderStatus,
    MatrixCoefficients, PixelRange, SceneDetectionSpeed, TransferCharacteristics,
};

use crate::pixels::{Layout, Pixels};

/// The speed setting of rav1e, 0 to 10. Slower settings save about 1 % of the bytes for at least twice the
/// time; faster settings add 10 % to the bytes.
const SPEED: u8 = 8;

/// Encodes RGB or RGBA pixels.
pub(crate) fn encode(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, String> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let planes = to_planes(pixels);
    let quantizer = quantizer(quality);
    let color = encode_stream(width, height, &planes, ChromaSampling::Cs420, quantizer)?;
    let alpha = match pixels.layout {
        Layout::Rgba => {
            let alpha = pixels.data.as_chunks::<4>().0.iter().map(|pixel| pixel[3]).collect();
            // Alpha errors are visible at edges, so its quantizer is a fifth finer.
            let quantizer = (quantizer * 4 / 5).max(1);
            Some(encode_stream(width, height, &[alpha], ChromaSampling::Cs400, quantizer)?)
        }
        _ => None,
    };
    let mut file = Vec::new();
    avif_serialize::Aviffy::new()
        .set_seq_profile(0)
        .set_chroma_subsampling((true, true))
        .write(&mut file, &color, alpha.as_deref(), pixels.width, pixels.height, 8)
        .map_err(|error| error.to_string())?;
    Ok(file)
}

/// Returns the quantizer that looks like a JPEG or WebP of this quality. On photographs, 120 has the SSIM of
/// their 80 in fewer bytes.
fn quantizer(quality: u8) -> usize {
    match 100 - usize::from(quality.clamp(1, 100)) {
        0 => 1,
        lost @ ..=20 => lost * 6,
        lost => 120 + (lost - 20) * 135 / 79,
    }
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

/// Encodes a picture as an AV1 stream on the calling thread.
fn encode_stream(
    width: usize,
    height: usize,
    planes: &[Vec<u8>],
    chroma_sampling: ChromaSampling,
    quantizer: usize,
) -> Result<Vec<u8>, String> {
    let mut encoder = EncoderConfig::with_speed_preset(SPEED);
    encoder.width = width;
    encoder.height = height;
    encoder.still_picture = true;
    encoder.bit_depth = 8;
    encoder.chroma_sampling = chroma_sampling;
    encoder.pixel_range = PixelRange::Full;
    encoder.color_description = (chroma_sampling != ChromaSampling::Cs400).then_some(ColorDescription {
        color_primaries: ColorPrimaries::BT709,
        transfer_characteristics: TransferCharacteristics::SRGB,
        matrix_coefficients: MatrixCoefficients::BT601,
    });
    encoder.quantizer = quantizer;
    encoder.min_quantizer = quantizer as u8;
    // These settings concern other frames, and a still picture has none.
    encoder.speed_settings.multiref = false;
    encoder.speed_settings.rdo_lookahead_frames = 1;
    encoder.speed_settings.scene_detection_mode = SceneDetectionSpeed::None;
    let config = Config::new().with_encoder_config(encoder).with_threads(1);
    let mut context: Context<u8> = config.new_context().map_err(|error| error.to_string())?;
    let mut frame = context.new_frame();
    for (i, (plane, samples)) in frame.planes.iter_mut().zip(planes).enumerate() {
        plane.copy_from_raw_u8(samples, if i == 0 { width } else { width.div_ceil(2) }, 1);
    }
    context.send_frame(frame).map_err(|error| error.to_string())?;
    context.flush();
    loop {
        match context.receive_packet() {
            Ok(packet) => return Ok(packet.data),
            Err(EncoderStatus::Encoded) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
}
