//! A rendition: a thumbnail on demand, which the name of its object describes.

use std::fmt;
use std::str::FromStr;

use super::options::{DENSITIES, config_word, read_config_word};
use super::{AddressError, Options, Size};
use crate::preset::{Fit, Gravity, Preset, PresetFormat, ThumbnailFormat};

/// How many thumbnails on demand the function stores for one version. It renders others for each request.
pub const MAX_ON_DEMAND: usize = 64;

/// The separator of the parts of a rendition's name. The names of presets do not contain it.
const SEPARATOR: char = '_';

/// A thumbnail on demand: its size in pixels of the file, and how it is made.
///
/// Its name takes the place of a preset's in the key of the thumbnail: `400x300_cover-saliency_q80`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    size: Size,
    fit: Fit,
    /// The default if the rendition is not cropped.
    gravity: Gravity,
    quality: u8,
}

impl Rendition {
    /// Returns the rendition of `size` with `options`.
    pub fn new(size: Size, options: &Options) -> Result<Self, AddressError> {
        let fit = options.fit.unwrap_or_default();
        if fit == Fit::Cover && (size.width.is_none() || size.height.is_none()) {
            return Err(AddressError::Option { name: "fit" });
        }
        let gravity = options.gravity.filter(|_| fit == Fit::Cover).unwrap_or_default();
        let dpr = u32::from(options.dpr.unwrap_or(1));
        let size = size.times(dpr).ok_or(AddressError::Option { name: "dpr" })?;
        Ok(Self { size, fit, gravity, quality: options.quality.unwrap_or(default_quality()) })
    }

    /// Returns whether it has one of `sizes` at some pixel density, and the default quality.
    pub fn is_any_of(&self, sizes: &[Size]) -> bool {
        let is_of = |size: &Size| DENSITIES.into_iter().any(|dpr| size.times(dpr.into()) == Some(self.size));
        self.quality == default_quality() && sizes.iter().any(is_of)
    }

    /// Returns the preset that renders it in `format`.
    pub fn preset(&self, format: ThumbnailFormat) -> Preset {
        let side = |side: Option<u32>| side.unwrap_or(Preset::MAX_SIDE);
        Preset {
            fit: self.fit,
            gravity: self.gravity,
            quality: self.quality,
            format: match format {
                ThumbnailFormat::Jpeg => PresetFormat::Jpeg,
                ThumbnailFormat::Png => PresetFormat::Png,
                ThumbnailFormat::Webp => PresetFormat::Webp,
                ThumbnailFormat::Avif => PresetFormat::Avif,
            },
            ..Preset::inside(&self.to_string(), side(self.size.width), side(self.size.height))
        }
    }
}

/// Returns whether the thumbnail at `key` in the thumbnails bucket is on demand.
pub fn is_on_demand(key: &str) -> bool {
    key.rsplit('/').next().is_some_and(|name| name.contains(SEPARATOR))
}

fn default_quality() -> u8 {
    Preset::inside("", 1, 1).quality
}

impl fmt::Display for Rendition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, fit, gravity, quality } = self;
        write!(f, "{size}{SEPARATOR}{}", config_word(fit))?;
        if *gravity != Gravity::default() {
            write!(f, "-{}", config_word(gravity))?;
        }
        write!(f, "{SEPARATOR}q{quality}")
    }
}

impl FromStr for Rendition {
    type Err = ();

    /// Reads a name that [`fmt::Display`] writes. Refuses other spellings.
    fn from_str(name: &str) -> Result<Self, ()> {
        let read = || {
            let (size, rest) = name.split_once(SEPARATOR)?;
            let (how, quality) = rest.split_once(SEPARATOR)?;
            let (fit, gravity) =
                how.split_once('-').map_or((how, None), |(fit, gravity)| (fit, Some(gravity)));
            let options = Options {
                fit: Some(read_config_word(fit)?),
                gravity: match gravity {
                    Some(gravity) => Some(read_config_word(gravity)?),
                    None => None,
                },
                quality: Some(quality.strip_prefix('q')?.parse().ok().filter(|q| (1..=100).contains(q))?),
                ..Options::default()
            };
            Self::new(size.parse().ok()?, &options).ok()
        };
        read().filter(|rendition| rendition.to_string() == name).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendition_has_one_name() {
        let cover = |gravity| Options { fit: Some(Fit::Cover), gravity, ..Options::default() };
        for (size, options, name) in [
            ("400x300", Options::default(), "400x300_inside_q80"),
            ("400x", Options { dpr: Some(2), quality: Some(5), ..Options::default() }, "800x_inside_q5"),
            ("x300", Options { gravity: Some(Gravity::End), ..Options::default() }, "x300_inside_q80"),
            ("4x3", cover(Some(Gravity::Saliency)), "4x3_cover-saliency_q80"),
            ("4x3", cover(Some(Gravity::Center)), "4x3_cover_q80"),
        ] {
            let rendition = Rendition::new(size.parse().unwrap(), &options).unwrap();
            assert_eq!(rendition.to_string(), name);
            assert_eq!(name.parse(), Ok(rendition));
            assert!(is_on_demand(&format!("a_b/c~/v/{name}.webp")));
        }
        for wrong in
            ["4x3_cover-center_q80", "4x3_inside_q080", "4x3_inside_q0", "04x3_inside_q80", "4x3", "small"]
        {
            assert_eq!(wrong.parse::<Rendition>(), Err(()), "{wrong}");
        }
        assert!(!is_on_demand("a_b/c~/v_1/400x300.webp"));
        let sizes = ["400x".parse().unwrap()];
        for (name, expect) in
            [("800x_inside_q80", true), ("800x_inside_q79", false), ("500x_inside_q80", false)]
        {
            assert_eq!(name.parse::<Rendition>().unwrap().is_any_of(&sizes), expect, "{name}");
        }
    }

    #[test]
    fn a_rendition_is_rendered_with_a_preset() {
        let rendition: Rendition = "400x_inside_q70".parse().unwrap();
        let preset = rendition.preset(ThumbnailFormat::Avif);
        let size = (preset.width, preset.height, preset.quality, preset.format);
        assert_eq!(size, (400, Preset::MAX_SIDE, 70, PresetFormat::Avif));
    }
}
