//! Colors to sRGB.

use moxcms::{
    ColorProfile, DataColorSpace, Layout as Cms, RenderingIntent, TransferCharacteristics, TransformOptions,
};

use crate::curves;
use crate::guard::guarded;
use crate::hdr;
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Pixels};

/// Gray, RGB or either with alpha, in sRGB. A profile that cannot be read, or is of another kind than the
/// pixels, is passed over: a picture of slightly wrong colors is better than none.
pub(crate) fn to_srgb(pixels: Pixels, icc: Option<&[u8]>) -> Pixels {
    let converted = icc
        .filter(|icc| icc.len() <= MAX_PROFILE)
        .and_then(|icc| guarded(|| convert(&pixels, icc)).flatten());
    match converted {
        Some(converted) => converted,
        None if pixels.layout == Layout::Cmyk => cmyk(&pixels),
        None => pixels,
    }
}

/// The longest profile that a thumbnail can keep: that of a JPEG has one segment.
const MAX_KEPT: usize = 60_000;

/// Returns the profile if RGB pixels can stay as they are with it: it is of RGB, and not of a high dynamic range.
pub(crate) fn kept(icc: Option<&[u8]>) -> Option<&[u8]> {
    let icc = icc.filter(|icc| icc.len() <= MAX_KEPT)?;
    let profile = guarded(|| ColorProfile::new_from_slice(icc).ok()).flatten()?;
    let is_hdr = profile.cicp.is_some_and(|cicp| {
        matches!(
            cicp.transfer_characteristics,
            TransferCharacteristics::Hlg | TransferCharacteristics::Smpte2084
        )
    });
    if profile.color_space != DataColorSpace::Rgb || is_hdr {
        return None;
    }
    // What means sRGB needs no profile.
    let colors = [[200, 100, 100], [100, 200, 100], [100, 100, 200], [128; 3]].concat();
    let some = Pixels::new(4, 1, Layout::Rgb, colors);
    let seen = guarded(|| convert(&some, icc)).flatten()?;
    let is_srgb = seen.data.iter().zip(&some.data).all(|(a, b)| a.abs_diff(*b) <= 2);
    (!is_srgb).then_some(icc)
}

fn convert(pixels: &Pixels, icc: &[u8]) -> Option<Pixels> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    if let Some(mapped) = hdr::tone_mapped(pixels, &profile) {
        return Some(mapped);
    }
    if profile.pcs == DataColorSpace::Lab && matches!(pixels.layout, Layout::Gray | Layout::GrayAlpha) {
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
    let options = TransformOptions { rendering_intent: RenderingIntent::Perceptual, ..Default::default() };
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(from, &srgb, to, options).ok()?;
    let count = pixels.width as usize * pixels.height as usize;
    let mut data = vec![0; count * layout.channels()];
    if pixels.layout == Layout::Cmyk {
        // Profiles count ink, JPEG counts what is left of the paper.
        let ink: Vec<u8> = pixels.data.iter().map(|sample| 255 - sample).collect();
        transform.transform(&ink, &mut data).ok()?;
    } else {
        transform.transform(&pixels.data, &mut data).ok()?;
    }
    let converted = Pixels::new(pixels.width, pixels.height, layout, data);
    Some(if from == Cms::Gray || from == Cms::GrayAlpha { gray(converted) } else { converted })
}

/// Back to one channel, where the three are the same.
fn gray(pixels: Pixels) -> Pixels {
    let channels = pixels.layout.channels();
    if pixels.data.chunks_exact(channels).any(|pixel| pixel[0] != pixel[1] || pixel[1] != pixel[2]) {
        return pixels;
    }
    let (layout, data) = if pixels.layout.has_alpha() {
        (Layout::GrayAlpha, pixels.data.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[3]]).collect())
    } else {
        (Layout::Gray, pixels.data.chunks_exact(3).map(|pixel| pixel[0]).collect())
    };
    Pixels::new(pixels.width, pixels.height, layout, data)
}

/// Without a profile: each ink takes away its color, as the peers compute it too.
fn cmyk(pixels: &Pixels) -> Pixels {
    let product = |paper: u8, black: u8| ((u32::from(paper) * u32::from(black) + 127) / 255) as u8;
    let data = pixels
        .data
        .chunks_exact(4)
        .flat_map(|left| [product(left[0], left[3]), product(left[1], left[3]), product(left[2], left[3])])
        .collect();
    Pixels::new(pixels.width, pixels.height, Layout::Rgb, data)
}

/// Without the alpha channel: on `background`, which an opaque picture never shows.
pub(crate) fn flatten(pixels: &Pixels, background: [u8; 3]) -> Pixels {
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
        Layout::Gray | Layout::Rgb | Layout::Cmyk => (pixels.layout, pixels.data.clone()),
    };
    Pixels::new(pixels.width, pixels.height, layout, data)
}

/// The same picture without its alpha channel, if every pixel is opaque.
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

/// Three or four channels, whatever there were.
pub(crate) fn to_rgb(pixels: &Pixels) -> Pixels {
    let (layout, data) = match pixels.layout {
        Layout::Gray => (Layout::Rgb, pixels.data.iter().flat_map(|gray| [*gray; 3]).collect()),
        Layout::GrayAlpha => {
            let wide = |pixel: &[u8]| [pixel[0], pixel[0], pixel[0], pixel[1]];
            (Layout::Rgba, pixels.data.chunks_exact(2).flat_map(wide).collect())
        }
        Layout::Rgb | Layout::Rgba | Layout::Cmyk => (pixels.layout, pixels.data.clone()),
    };
    Pixels::new(pixels.width, pixels.height, layout, data)
}
