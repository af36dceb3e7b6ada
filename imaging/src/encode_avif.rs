//! Pixels to AVIF, by rav1e: 4:2:0 in 8 bits, the alpha as a picture of its own.

use rav1e::prelude::{
    ChromaSampling, ColorDescription, ColorPrimaries, Config, Context, EncoderConfig, EncoderStatus,
    MatrixCoefficients, PixelRange, SceneDetectionSpeed, TransferCharacteristics,
};

use crate::pixels::{Layout, Pixels};

/// Of rav1e's 0 to 10. What is slower saves a percent of the bytes for twice the time and more; what is
/// faster wastes a tenth of them.
const SPEED: u8 = 8;

/// Encodes RGB or RGBA pixels.
pub(crate) fn encode(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, String> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let planes = planes(pixels);
    let quantizer = quantizer(quality);
    let color = stream(width, height, &planes, ChromaSampling::Cs420, quantizer)?;
    let alpha = match pixels.layout {
        Layout::Rgba => {
            let alpha = pixels.data.as_chunks::<4>().0.iter().map(|pixel| pixel[3]).collect();
            // Edges are where it is seen: better by a fifth than the colors.
            let quantizer = (quantizer * 4 / 5).max(1);
            Some(stream(width, height, &[alpha], ChromaSampling::Cs400, quantizer)?)
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

/// What looks as a JPEG or WebP of that quality does: on photographs, 120 has the SSIM of their 80 in fewer bytes.
fn quantizer(quality: u8) -> usize {
    match 100 - usize::from(quality.clamp(1, 100)) {
        0 => 1,
        lost @ ..=20 => lost * 6,
        lost => 120 + (lost - 20) * 135 / 79,
    }
}

/// BT.601 at full range, the chroma averaged over two by two pixels.
fn planes(pixels: &Pixels) -> [Vec<u8>; 3] {
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
            let four = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)];
            let sum = [0, 1, 2].map(|c| four.iter().map(|pixel| pixel[c]).sum());
            let chroma = |weights| (((weigh(sum, weights) + (1 << 17)) >> 18) + 128).clamp(0, 255) as u8;
            cb.push(chroma([-11_059, -21_709, 32_768]));
            cr.push(chroma([32_768, -27_439, -5_329]));
        }
    }
    [luma, cb, cr]
}

/// One picture as an AV1 stream, on this thread alone.
fn stream(
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
    // What is about other frames, of which there are none.
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
