//! Maps pictures of a high dynamic range (PQ or HLG) to sRGB.

use moxcms::{ColorProfile, Matrix3d, TransferCharacteristics};

use crate::curves::srgb_encode;
use crate::pixels::{Layout, Pixels};

/// The luminance of white in a picture without highlights, in cd/m2 (BT.2408).
const WHITE: f64 = 203.0;

/// The luminance of the brightest HLG highlights on a reference display, in cd/m2 (BT.2100).
const HLG_PEAK: f64 = 1000.0;

/// The maximum luminance of PQ, in cd/m2.
const PQ_PEAK: f64 = 10_000.0;

/// Returns the pixels in sRGB, or `None` if the transfer characteristics of `profile` are neither PQ nor HLG.
pub(crate) fn tone_map(pixels: &Pixels, profile: &ColorProfile) -> Option<Pixels> {
    if pixels.layout == Layout::Cmyk {
        return None;
    }
    let is_hlg = match profile.cicp?.transfer_characteristics {
        TransferCharacteristics::Hlg => true,
        TransferCharacteristics::Smpte2084 => false,
        _ => return None,
    };
    let wide = ColorProfile::new_bt2020().rgb_to_xyz_matrix();
    let to_wide = wide.inverse().mat_mul(profile.rgb_to_xyz_matrix());
    let to_srgb = ColorProfile::new_srgb().rgb_to_xyz_matrix().inverse().mat_mul(wide);
    let curve: Vec<f64> = (0..=255)
        .map(|sample| f64::from(sample) / 255.0)
        .map(|sample| if is_hlg { hlg_scene_light(sample) } else { pq_luminance(sample) / WHITE })
        .collect();
    let mut mapped = pixels.to_rgb().into_owned();
    let channels = mapped.layout.channels();
    for pixel in mapped.data.chunks_exact_mut(channels) {
        let mut light = multiply(to_wide, [0, 1, 2].map(|c| curve[usize::from(pixel[c])]));
        if is_hlg {
            // The system gamma of the display: BT.2100, table 5.
            let luminance = (0.2627 * light[0] + 0.678 * light[1] + 0.0593 * light[2]).max(0.0);
            light = light.map(|c| c * luminance.powf(0.2) * HLG_PEAK / WHITE);
        }
        let light = compress_highlights(multiply(to_srgb, light), if is_hlg { HLG_PEAK } else { PQ_PEAK });
        for (sample, light) in pixel.iter_mut().zip(light) {
            *sample = (srgb_encode(light) * 255.0 + 0.5) as u8;
        }
    }
    Some(if pixels.layout.is_gray() { mapped.collapse_gray() } else { mapped })
}

/// Compresses highlights of up to `peak` cd/m2 to white: Reinhard's curve for the brightest channel, and the
/// same factor for the others. Chromium does the same: red with the luminance of white becomes (188, 0, 0).
fn compress_highlights(light: [f64; 3], peak: f64) -> [f64; 3] {
    let peak = peak / WHITE;
    let brightest = light.into_iter().fold(0.0, f64::max);
    light.map(|c| c * (1.0 + brightest / (peak * peak)) / (1.0 + brightest))
}

/// Returns the luminance of a sample in cd/m2 (SMPTE ST 2084).
fn pq_luminance(sample: f64) -> f64 {
    let power = sample.powf(32.0 / 2523.0);
    let ratio = (power - 0.835_937_5).max(0.0) / (18.851_562_5 - 18.6875 * power);
    PQ_PEAK * ratio.powf(8192.0 / 1305.0)
}

/// Returns the scene light, 0 to 1, of a sample (BT.2100, table 5).
fn hlg_scene_light(sample: f64) -> f64 {
    if sample <= 0.5 {
        sample * sample / 3.0
    } else {
        (((sample - 0.559_910_73) / 0.178_832_77).exp() + 0.284_668_92) / 12.0
    }
}

fn multiply(matrix: Matrix3d, color: [f64; 3]) -> [f64; 3] {
    matrix.v.map(|row| row[0] * color[0] + row[1] * color[1] + row[2] * color[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curves_have_the_values_of_their_standards() {
        // BT.2408, table 1: 203 cd/m2 are 58% of PQ, and 75% of HLG are 26.5% of the light.
        assert!((pq_luminance(0.58) - 203.0).abs() < 2.0, "{}", pq_luminance(0.58));
        assert!((pq_luminance(1.0) - 10_000.0).abs() < 1e-6);
        assert!((hlg_scene_light(0.75) - 0.265).abs() < 1e-3, "{}", hlg_scene_light(0.75));
        assert!((hlg_scene_light(1.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_peak_becomes_white_and_black_stays() {
        for peak in [HLG_PEAK, PQ_PEAK] {
            assert_eq!(compress_highlights([0.0; 3], peak), [0.0; 3]);
            assert!((compress_highlights([peak / WHITE; 3], peak)[0] - 1.0).abs() < 1e-9);
        }
        let red = compress_highlights([1.0, 0.0, 0.0], PQ_PEAK);
        assert_eq!(red.map(|light| (srgb_encode(light) * 255.0).round()), [188.0, 0.0, 0.0]);
    }
}
