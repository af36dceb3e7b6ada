//! The tone curves of ICC profiles, and samples of 16 bits by them.

use std::sync::LazyLock;

use moxcms::{ColorProfile, DataColorSpace, ToneReprCurve};

use crate::guard::guarded;
use crate::limits::MAX_PROFILE;

/// Turns samples of 16 bits into samples of 8 bits with the curve of sRGB. Of a linear sample, 8 bits would leave few
/// shadows.
pub(crate) struct Narrowing {
    /// What becomes of a sample, for red, green, and blue, or for gray.
    tables: Vec<Vec<u8>>,
    /// The profile of what comes out, if it is not sRGB.
    pub(crate) icc: Option<Vec<u8>>,
}

impl Narrowing {
    /// Returns the narrowing of pictures with the profile `icc` and as many `colors`; `None` for a profile of more than
    /// curves and primaries.
    pub(crate) fn of(icc: &[u8], colors: usize) -> Option<Self> {
        if icc.len() > MAX_PROFILE {
            return None;
        }
        guarded(|| {
            let mut profile = ColorProfile::new_from_slice(icc).ok()?;
            if colors == 1 {
                let table = gray_table(&profile, 16)?;
                return Some(Self { tables: vec![table], icc: None });
            }
            let has_tables =
                profile.lut_a_to_b_perceptual.is_some() || profile.lut_a_to_b_colorimetric.is_some();
            let is_plain = profile.color_space == DataColorSpace::Rgb && profile.pcs == DataColorSpace::Xyz;
            if has_tables || !is_plain || profile.cicp.is_some() {
                return None;
            }
            let srgb = ColorProfile::new_srgb();
            let curves = [profile.red_trc.take()?, profile.green_trc.take()?, profile.blue_trc.take()?];
            let tables =
                curves.iter().map(|curve| table(16, |sample| encoded(value(curve, sample)))).collect();
            (profile.red_trc, profile.green_trc, profile.blue_trc) =
                (srgb.red_trc, srgb.green_trc, srgb.blue_trc);
            Some(Self { tables, icc: Some(profile.encode().ok()?) })
        })
        .flatten()
    }

    /// Returns what becomes of a sample of the channel `channel`; alpha keeps its high byte.
    pub(crate) fn narrow(&self, channel: usize, sample: u16) -> u8 {
        self.tables.get(channel).map_or((sample >> 8) as u8, |table| table[usize::from(sample)])
    }
}

/// Returns what becomes of gray samples of `bits` bits in a picture with `profile`.
pub(crate) fn gray_table(profile: &ColorProfile, bits: u32) -> Option<Vec<u8>> {
    let curve = profile.gray_trc.as_ref().filter(|_| profile.color_space == DataColorSpace::Gray)?;
    Some(table(bits, |sample| {
        let value = value(curve, sample);
        // A curve to Lab gives the lightness.
        encoded(if profile.pcs == DataColorSpace::Lab { luminance(value * 100.0) } else { value })
    }))
}

fn table(bits: u32, of: impl Fn(f64) -> f64) -> Vec<u8> {
    let most = (1_u32 << bits) - 1;
    (0..=most).map(|sample| (of(f64::from(sample) / f64::from(most)) * 255.0 + 0.5) as u8).collect()
}

/// Returns the luminance of a lightness of CIE 1976, 0 to 100.
fn luminance(lightness: f64) -> f64 {
    if lightness > 8.0 { ((lightness + 16.0) / 116.0).powi(3) } else { lightness * 27.0 / 24_389.0 }
}

/// Returns the sample of sRGB, 0 to 1, for `light`: IEC 61966-2-1.
pub(crate) fn encoded(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// The roots of linear samples are told apart in so many steps: a tenth of a step of 8 bits of sRGB.
const STEPS: usize = 4096;

/// Returns the sample of 8 bits, with the curve of sRGB, for `light`; black for what is no number.
pub(crate) fn narrow_light(light: f32) -> u8 {
    static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let light = |step: usize| (step as f64 / (STEPS - 1) as f64).powi(2);
        (0..STEPS).map(|step| (encoded(light(step)) * 255.0 + 0.5) as u8).collect()
    });
    TABLE[(light.clamp(0.0, 1.0).sqrt() * (STEPS - 1) as f32 + 0.5) as usize]
}

/// Returns the value of a curve at `x`, 0 to 1: the types `curv` and `para` of ICC.1.
fn value(curve: &ToneReprCurve, x: f64) -> f64 {
    match curve {
        ToneReprCurve::Lut(samples) => match samples[..] {
            [] => x,
            // A fixed-point number with 8 bits after the point.
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
