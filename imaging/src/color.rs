//! Converts colors to sRGB.

use std::borrow::Cow;
use std::sync::Arc;

use moxcms::{
    ColorDateTime, ColorProfile, DataColorSpace, Layout as Cms, LocalizableString, ProfileText,
    RenderingIntent, Transform8BitExecutor, TransformOptions,
};

use crate::curves;
use crate::guard::catch_panic;
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Pixels};
use crate::{hdr, profiles};

/// Returns gray or RGB pixels, with or without alpha, in sRGB. Ignores a profile that is unreadable or does
/// not match the pixels: a picture in slightly wrong colors is better than none.
pub(crate) fn to_srgb(pixels: Pixels, icc: Option<&[u8]>) -> Pixels {
    let converted = icc
        .filter(|icc| icc.len() <= MAX_PROFILE)
        .and_then(|icc| catch_panic(|| convert(&pixels, icc)).flatten());
    match converted {
        Some(converted) => converted,
        None if pixels.layout == Layout::Cmyk => cmyk_to_rgb(&pixels),
        None => pixels,
    }
}

/// Returns RGBA pixels in the colors of `icc`, which [`embeddable_profile`] returned, or unchanged if it is `None`.
pub(crate) fn from_srgb(pixels: Pixels, icc: Option<&[u8]>) -> Pixels {
    let convert = |icc: &[u8]| {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        let srgb = ColorProfile::new_srgb();
        let data = transform(&pixels.data, (&srgb, Cms::Rgba), (&profile, Cms::Rgba), pixels.data.len())?;
        Some(Pixels::new(pixels.width, pixels.height, pixels.layout, data))
    };
    icc.and_then(|icc| catch_panic(|| convert(icc)).flatten()).unwrap_or(pixels)
}

/// The maximum length of a profile that a thumbnail can keep: in a JPEG it must fit in one segment.
const MAX_EMBEDDED_PROFILE: usize = 60_000;

/// Returns a profile of the same colors if a thumbnail can keep its RGB pixels: the profile is of RGB, not
/// sRGB, and not of a high dynamic range.
pub(crate) fn embeddable_profile(icc: Option<&[u8]>) -> Option<Vec<u8>> {
    let icc = icc.filter(|icc| icc.len() <= MAX_EMBEDDED_PROFILE)?;
    let profile = catch_panic(|| ColorProfile::new_from_slice(icc).ok()).flatten()?;
    if profile.color_space != DataColorSpace::Rgb || profiles::is_hdr(&profile) {
        return None;
    }
    // A profile that equals sRGB is not needed.
    let colors = [[200, 100, 100], [100, 200, 100], [100, 100, 200], [128; 3]].concat();
    let swatches = Pixels::new(4, 1, Layout::Rgb, colors);
    let is_near = |a: &Pixels, b: &Pixels| a.data.iter().zip(&b.data).all(|(a, b)| a.abs_diff(*b) <= 2);
    catch_panic(|| {
        let kept = without_texts(profile).encode().ok().filter(|kept| kept.len() <= MAX_EMBEDDED_PROFILE)?;
        let (before, after) = (convert(&swatches, icc)?, convert(&swatches, &kept)?);
        (is_near(&before, &after) && !is_near(&before, &swatches)).then_some(kept)
    })
    .flatten()
}

/// Returns a profile that describes the same colors and nothing else. Systems add the serial number of a display
/// to its profile, and users name it.
fn without_texts(profile: ColorProfile) -> ColorProfile {
    // A valid profile must contain these texts.
    let text = |text: &str| {
        let (language, country) = ("en".to_owned(), "US".to_owned());
        Some(ProfileText::Localizable(vec![LocalizableString::new(language, country, text.to_owned())]))
    };
    let mut kept = ColorProfile::default();
    kept.description = text("RGB");
    kept.copyright = text("No copyright");
    // Equal originals must have equal thumbnails.
    kept.creation_date_time =
        ColorDateTime { year: 2000, month: 1, day_of_the_month: 1, hours: 0, minutes: 0, seconds: 0 };
    (kept.pcs, kept.color_space) = (profile.pcs, profile.color_space);
    (kept.profile_class, kept.rendering_intent) = (profile.profile_class, profile.rendering_intent);
    (kept.white_point, kept.media_white_point) = (profile.white_point, profile.media_white_point);
    (kept.chromatic_adaptation, kept.cicp) = (profile.chromatic_adaptation, profile.cicp);
    (kept.red_colorant, kept.red_trc) = (profile.red_colorant, profile.red_trc);
    (kept.green_colorant, kept.green_trc) = (profile.green_colorant, profile.green_trc);
    (kept.blue_colorant, kept.blue_trc) = (profile.blue_colorant, profile.blue_trc);
    kept.lut_a_to_b_perceptual = profile.lut_a_to_b_perceptual;
    kept.lut_a_to_b_colorimetric = profile.lut_a_to_b_colorimetric;
    kept.lut_a_to_b_saturation = profile.lut_a_to_b_saturation;
    kept.lut_b_to_a_perceptual = profile.lut_b_to_a_perceptual;
    kept.lut_b_to_a_colorimetric = profile.lut_b_to_a_colorimetric;
    kept.lut_b_to_a_saturation = profile.lut_b_to_a_saturation;
    kept
}

fn convert(pixels: &Pixels, icc: &[u8]) -> Option<Pixels> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    if let Some(mapped) = hdr::tone_map(pixels, &profile) {
        return Some(mapped);
    }
    if profile.pcs == DataColorSpace::Lab && pixels.layout.is_gray() {
        let table = curves::gray_table(&profile, 8)?;
        let channels = pixels.layout.channels();
        let mut data = pixels.data.clone();
        data.iter_mut().step_by(channels).for_each(|sample| *sample = table[usize::from(*sample)]);
        return Some(Pixels { data, ..pixels.clone() });
    }
    let (from, to, layout) = match (pixels.layout, profile.color_space) {
        (Layout::Gray, DataColorSpace::Gray) => (Cms::Gray, Cms::Rgb, Layout::Rgb),
        (Layout::GrayAlpha, DataColorSpace::Gray) => (Cms::GrayAlpha, Cms::Rgba, Layout::Rgba),
        (Layout::Rgb, DataColorSpace::Rgb) => (Cms::Rgb, Cms::Rgb, Layout::Rgb),
        (Layout::Rgba, DataColorSpace::Rgb) => (Cms::Rgba, Cms::Rgba, Layout::Rgba),
        (Layout::Cmyk, DataColorSpace::Cmyk) => (Cms::Rgba, Cms::Rgb, Layout::Rgb),
        _ => return None,
    };
    let samples = if pixels.layout == Layout::Cmyk {
        // In ICC profiles, a sample is the amount of ink. In JPEG, it is the amount of visible paper.
        Cow::Owned(pixels.data.iter().map(|sample| 255 - sample).collect())
    } else {
        Cow::Borrowed(&pixels.data)
    };
    let count = pixels.width as usize * pixels.height as usize;
    let srgb = ColorProfile::new_srgb();
    let data = transform(&samples, (&profile, from), (&srgb, to), count * layout.channels())?;
    let converted = Pixels::new(pixels.width, pixels.height, layout, data);
    Some(if from == Cms::Gray || from == Cms::GrayAlpha { converted.collapse_gray() } else { converted })
}

/// Converts samples from one profile to another. Returns `length` samples.
fn transform(
    samples: &[u8],
    from: (&ColorProfile, Cms),
    to: (&ColorProfile, Cms),
    length: usize,
) -> Option<Vec<u8>> {
    let mut data = vec![0; length];
    create_transform(from, to)?.transform(samples, &mut data).ok()?;
    Some(data)
}

fn create_transform(
    (from, from_layout): (&ColorProfile, Cms),
    (to, to_layout): (&ColorProfile, Cms),
) -> Option<Arc<Transform8BitExecutor>> {
    let options = TransformOptions { rendering_intent: RenderingIntent::Perceptual, ..Default::default() };
    from.create_transform_8bit(from_layout, to, to_layout, options).ok()
}

/// A conversion of inks to sRGB, row by row.
pub(crate) struct InkConverter(Arc<Transform8BitExecutor>);

impl InkConverter {
    /// Returns `None` if the profile is unreadable or does not describe inks.
    pub(crate) fn from_profile(icc: &[u8]) -> Option<Self> {
        if icc.len() > MAX_PROFILE {
            return None;
        }
        catch_panic(|| {
            let profile = ColorProfile::new_from_slice(icc).ok()?;
            let is_cmyk = profile.color_space == DataColorSpace::Cmyk;
            let srgb = ColorProfile::new_srgb();
            create_transform((&profile, Cms::Rgba), (&srgb, Cms::Rgb)).filter(|_| is_cmyk).map(Self)
        })
        .flatten()
    }

    /// Converts pixels of four inks to pixels of three samples.
    pub(crate) fn convert(&self, inks: &[u8]) -> Option<Vec<u8>> {
        let mut data = vec![0; inks.len() / 4 * 3];
        self.0.transform(inks, &mut data).ok()?;
        Some(data)
    }
}

/// Converts CMYK without a profile by the formula of other decoders: each ink absorbs its color.
fn cmyk_to_rgb(pixels: &Pixels) -> Pixels {
    let data = pixels.data.chunks_exact(4).flat_map(|p| paper_to_rgb([p[0], p[1], p[2], p[3]])).collect();
    Pixels::new(pixels.width, pixels.height, Layout::Rgb, data)
}

/// Returns the RGB samples of a pixel. `paper` is the amount of paper that each of four inks leaves visible.
pub(crate) fn paper_to_rgb(paper: [u8; 4]) -> [u8; 3] {
    [0, 1, 2].map(|c| ((u32::from(paper[c]) * u32::from(paper[3]) + 127) / 255) as u8)
}

/// Blends the pixels over `background` and drops the alpha channel. An opaque picture does not change.
pub(crate) fn flatten(pixels: &Pixels, background: [u8; 3]) -> Cow<'_, Pixels> {
    let over = |color: u8, alpha: u8, below: u8| {
        let (color, alpha, below) = (u32::from(color), u32::from(alpha), u32::from(below));
        ((color * alpha + below * (255 - alpha) + 127) / 255) as u8
    };
    let (layout, data) = match pixels.layout {
        Layout::Rgba => {
            let blend = |pixel: &[u8]| [0, 1, 2].map(|c| over(pixel[c], pixel[3], background[c]));
            (Layout::Rgb, pixels.data.chunks_exact(4).flat_map(blend).collect())
        }
        Layout::GrayAlpha => {
            let blend = |pixel: &[u8]| [0, 1, 2].map(|c| over(pixel[0], pixel[1], background[c]));
            (Layout::Rgb, pixels.data.chunks_exact(2).flat_map(blend).collect())
        }
        Layout::Gray | Layout::Rgb | Layout::Cmyk => return Cow::Borrowed(pixels),
    };
    Cow::Owned(Pixels::new(pixels.width, pixels.height, layout, data))
}

/// Drops the alpha channel if every pixel is opaque.
pub(crate) fn drop_opaque_alpha(pixels: Pixels) -> Pixels {
    let channels = pixels.layout.channels();
    if !pixels.layout.has_alpha()
        || pixels.data.chunks_exact(channels).any(|pixel| pixel[channels - 1] != 255)
    {
        return pixels;
    }
    let layout = if channels == 2 { Layout::Gray } else { Layout::Rgb };
    let data = pixels.data.chunks_exact(channels).flat_map(|pixel| &pixel[..channels - 1]).copied().collect();
    Pixels::new(pixels.width, pixels.height, layout, data)
}
