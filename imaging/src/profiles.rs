//! Builds ICC profiles for color spaces that a file describes by numbers.

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, MatrixCoefficients,
    ToneReprCurve, TransferCharacteristics,
};

/// The chromaticities of red, green, blue, and white: x and y of CIE 1931.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Primaries {
    pub(crate) red: (f32, f32),
    pub(crate) green: (f32, f32),
    pub(crate) blue: (f32, f32),
    pub(crate) white: (f32, f32),
}

/// The display gamma that counts as sRGB, and the tolerance.
const SRGB_GAMMA: (f32, f32) = (2.2, 0.01);

/// Returns whether the transfer characteristics of a profile are PQ or HLG.
pub(crate) fn is_hdr(profile: &ColorProfile) -> bool {
    let transfer = profile.cicp.map(|cicp| cicp.transfer_characteristics);
    matches!(transfer, Some(TransferCharacteristics::Hlg | TransferCharacteristics::Smpte2084))
}

/// Returns a profile for the code points of H.273 for primaries and transfer characteristics. Returns `None`
/// for sRGB and for unknown codes. The profile of a gray picture of a high dynamic range is that of its colors.
pub(crate) fn from_cicp(primaries: u8, transfer: u8, is_gray: bool) -> Option<Vec<u8>> {
    let gamma = match transfer {
        4 => Some(2.2),
        5 => Some(2.8),
        8 => Some(1.0),
        _ => None,
    };
    if is_gray && !matches!(transfer, 16 | 18) {
        return ColorProfile::new_gray_with_gamma(gamma?).encode().ok();
    }
    let known = CicpColorPrimaries::try_from(primaries).ok();
    let known = known.filter(|primaries| ColorPrimaries::try_from(*primaries).is_ok());
    let own = known.filter(|primaries| *primaries != CicpColorPrimaries::Bt709);
    let code = |transfer_characteristics| CicpProfile {
        color_primaries: own.unwrap_or(CicpColorPrimaries::Bt709),
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    };
    let mut profile = ColorProfile::new_from_cicp(code(TransferCharacteristics::Srgb));
    profile.cicp = None;
    match transfer {
        4 | 5 | 8 => set_gamma(&mut profile, gamma?),
        16 => profile.cicp = Some(code(TransferCharacteristics::Smpte2084)),
        18 => profile.cicp = Some(code(TransferCharacteristics::Hlg)),
        // The curves of video are intended for the same displays as sRGB.
        _ if own.is_none() => return None,
        _ => {}
    }
    profile.encode().ok()
}

/// Returns a profile for samples that become light when raised to the power of `gamma`. Returns `None` for
/// sRGB.
pub(crate) fn from_gamma(gamma: Option<f32>, primaries: Option<Primaries>, is_gray: bool) -> Option<Vec<u8>> {
    let primaries = primaries.filter(|primaries| primaries.is_possible() && !primaries.is_srgb());
    let (srgb, off) = SRGB_GAMMA;
    let gamma = gamma.filter(|gamma| (0.1..=10.0).contains(gamma));
    let gamma = gamma.filter(|gamma| primaries.is_some() || (gamma - srgb).abs() > off);
    if is_gray {
        return ColorProfile::new_gray_with_gamma(gamma?).encode().ok();
    }
    if gamma.is_none() && primaries.is_none() {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    if let Some(Primaries { red, green, blue, white }) = primaries {
        let at = |(x, y)| Chromaticity { x, y };
        let primaries = ColorPrimaries { red: at(red), green: at(green), blue: at(blue) };
        profile.update_rgb_colorimetry(at(white).to_xyyb(), primaries);
    }
    profile.cicp = None;
    if let Some(gamma) = gamma {
        set_gamma(&mut profile, gamma);
    }
    profile.encode().ok()
}

fn set_gamma(profile: &mut ColorProfile, gamma: f32) {
    let curve = || Some(ToneReprCurve::Parametric(vec![gamma]));
    (profile.red_trc, profile.green_trc, profile.blue_trc) = (curve(), curve(), curve());
}

impl Primaries {
    /// The primaries of IEC 61966-2-1.
    const SRGB: Self =
        Self { red: (0.64, 0.33), green: (0.3, 0.6), blue: (0.15, 0.06), white: (0.3127, 0.329) };

    /// Returns whether the three primaries span a triangle. Some writers store zeros.
    pub(crate) fn is_possible(&self) -> bool {
        let ((rx, ry), (gx, gy), (bx, by)) = (self.red, self.green, self.blue);
        let area = (gx - rx) * (by - ry) - (gy - ry) * (bx - rx);
        area.is_finite() && area.abs() > 1e-3 && self.white.0.is_finite() && self.white.1 > 1e-3
    }

    fn is_srgb(&self) -> bool {
        let places = |all: &Self| [all.red, all.green, all.blue, all.white];
        let near = |a: (f32, f32), b: (f32, f32)| (a.0 - b.0).abs() < 0.002 && (a.1 - b.1).abs() < 0.002;
        places(self).into_iter().zip(places(&Self::SRGB)).all(|(a, b)| near(a, b))
    }
}
