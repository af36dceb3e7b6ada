//! Evaluates the tone curves of ICC profiles, and converts samples of 16 bits by these curves.

use std::sync::LazyLock;

use moxcms::{ColorProfile, DataColorSpace, ToneReprCurve};

use crate::guard::catch_panic;
use crate::limits::MAX_PROFILE;
use crate::profiles;

/// A converter of samples from 16 to 8 bits with the sRGB curve. Linear samples in 8 bits would lose most
/// shadows.
pub(crate) struct DepthConverter {
    /// The 8-bit values of all 16-bit samples: one table for gray, or one each for red, green, and blue.
    tables: Vec<Vec<u8>>,
    /// The profile of the converted samples; `None` if it is sRGB.
    pub(crate) icc: Option<Vec<u8>>,
}

impl DepthConverter {
    /// Returns a converter for pictures with the profile `icc` and `colors` color channels. Returns `None` if the
    /// profile contains anything other than curves and primaries.
    pub(crate) fn from_profile(icc: &[u8], colors: usize) -> Option<Self> {
        if icc.len() > MAX_PROFILE {
            return None;
        }
        catch_panic(|| {
            let mut profile = ColorProfile::new_from_slice(icc).ok()?;
            if colors == 1 {
                let table = gray_table(&profile, 16)?;
                return Some(Self { tables: vec![table], icc: None });
            }
            let has_tables =
                profile.lut_a_to_b_perceptual.is_some() || profile.lut_a_to_b_colorimetric.is_some();
            let is_plain = profile.color_space == DataColorSpace::Rgb && profile.pcs == DataColorSpace::Xyz;
            if has_tables || !is_plain || profiles::is_hdr(&profile) {
                return None;
            }
            // The code points would contradict the new curves.
            profile.cicp = None;
            let srgb = ColorProfile::new_srgb();
            let curves = [profile.red_trc.take()?, profile.green_trc.take()?, profile.blue_trc.take()?];
            let tables = curves
                .iter()
                .map(|curve| tabulate(16, |sample| srgb_encode(evaluate(curve, sample))))
                .collect();
            (profile.red_trc, profile.green_trc, profile.blue_trc) =
                (srgb.red_trc, srgb.green_trc, srgb.blue_trc);
            Some(Self { tables, icc: Some(profile.encode().ok()?) })
        })
        .flatten()
    }

    /// Converts a sample of the channel `channel`. For alpha, returns the high byte.
    pub(crate) fn convert(&self, channel: usize, sample: u16) -> u8 {
        self.tables.get(channel).map_or((sample >> 8) as u8, |table| table[usize::from(sample)])
    }
}

/// Returns the 8-bit values of all gray samples of `bits` bits in a picture with `profile`.
pub(crate) fn gray_table(profile: &ColorProfile, bits: u32) -> Option<Vec<u8>> {
    let curve = profile.gray_trc.as_ref().filter(|_| profile.color_space == DataColorSpace::Gray)?;
    Some(tabulate(bits, |sample| {
        let value = evaluate(curve, sample);
        // A curve to Lab returns the lightness.
        srgb_encode(if profile.pcs == DataColorSpace::Lab { luminance(value * 100.0) } else { value })
    }))
}

fn tabulate(bits: u32, curve: impl Fn(f64) -> f64) -> Vec<u8> {
    let max = (1_u32 << bits) - 1;
    (0..=max).map(|sample| (curve(f64::from(sample) / f64::from(max)) * 255.0 + 0.5) as u8).collect()
}

/// Returns the luminance, 0 to 1, of a CIE 1976 lightness, 0 to 100.
fn luminance(lightness: f64) -> f64 {
    if lightness > 8.0 { ((lightness + 16.0) / 116.0).powi(3) } else { lightness * 27.0 / 24_389.0 }
}

/// Returns the sRGB sample, 0 to 1, for linear `light` (IEC 61966-2-1).
pub(crate) fn srgb_encode(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// The number of table entries, spaced by the square root of linear light. A step of the table is a tenth of a step of
/// 8-bit sRGB.
const LINEAR_STEPS: usize = 4096;

/// Returns the 8-bit sRGB sample for linear `light`; black for NaN.
pub(crate) fn srgb_from_linear(light: f32) -> u8 {
    static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let light = |step: usize| (step as f64 / (LINEAR_STEPS - 1) as f64).powi(2);
        (0..LINEAR_STEPS).map(|step| (srgb_encode(light(step)) * 255.0 + 0.5) as u8).collect()
    });
    TABLE[(light.clamp(0.0, 1.0).sqrt() * (LINEAR_STEPS - 1) as f32 + 0.5) as usize]
}

/// Returns the value of a curve at `x`, 0 to 1 (types `curv` and `para` of ICC.1).
fn evaluate(curve: &ToneReprCurve, x: f64) -> f64 {
    match curve {
        ToneReprCurve::Lut(samples) => match samples[..] {
            [] => x,
            // A fixed-point number with 8 fractional bits.
            [gamma] => x.powf(f64::from(gamma) / 256.0),
            _ => {
                let at = x * (samples.len() - 1) as f64;
                let (left, right) =
                    (samples[at as usize], samples[(at.ceil() as usize).min(samples.len() - 1)]);
                let (left, right) = (f64::from(left), f64::from(right));
                (left + (right - left) * at.fract()) / 65_535.0
            }
        },
        ToneReprCurve::Parametric(parameters) => {
            let at = |i: usize| parameters.get(i).map_or(0.0, |parameter| f64::from(*parameter));
            let (gamma, a, b) = (at(0), at(1), at(2));
            let power = |x: f64| (a * x + b).max(0.0).powf(gamma);
            match parameters.len() {
                0 => x,
                1 => x.powf(gamma),
                3 => {
                    if a * x + b >= 0.0 {
                        power(x)
                    } else {
                        0.0
                    }
                }
                4 => {
                    if a * x + b >= 0.0 {
                        power(x) + at(3)
                    } else {
                        at(3)
                    }
                }
                5 => {
                    if x >= at(4) {
                        power(x)
                    } else {
                        at(3) * x
                    }
                }
                _ => {
                    if x >= at(4) {
                        power(x) + at(5)
                    } else {
                        at(3) * x + at(6)
                    }
                }
            }
        }
    }
}
