//! A preset: a named size, and how to fit, sharpen, and encode a thumbnail of this size.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::watermark::Watermark;

/// A named size. A configuration has one or more, and each original gets a thumbnail for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The name, which becomes the file stem of the thumbnail's key: `[a-z0-9-]{1,32}`.
    pub name: String,
    /// The maximum width of the thumbnail, in pixels.
    pub width: u32,
    /// The maximum height of the thumbnail, in pixels.
    pub height: u32,
    /// How the original is fitted into `width` x `height`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fit: Fit,
    /// Which part of the original is kept if `fit` is `cover`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gravity: Gravity,
    /// The format of the thumbnail.
    #[serde(default)]
    pub format: PresetFormat,
    /// The quality, 1 to 100. JPEG and AVIF look like a WebP of this quality. PNG ignores it.
    #[serde(default = "default_quality")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub quality: u8,
    /// The color behind transparent pixels if the format has no alpha channel.
    #[serde(default, skip_serializing_if = "is_default")]
    pub background: Color,
    /// Whether to sharpen after resizing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sharpen: bool,
    /// The maximum size of the thumbnail, in bytes. The encoder lowers the quality until it fits, to 1 if necessary.
    /// Not for PNG, which has no quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// Whether an animation becomes an animated WebP or AVIF. Only for the formats `webp`, `avif`, and `auto`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub animated: bool,
    /// Which metadata of the original the thumbnail keeps. By default, it keeps none. Not for AVIF.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<Keep>,
    /// The PNG that is drawn over the thumbnail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watermark: Option<Watermark>,
}

/// Metadata of an original that a thumbnail can keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// Creator, copyright, credit, and terms of use, from XMP, IPTC, or EXIF.
    Copyright,
    /// A wide-gamut profile, such as Display P3 or Adobe RGB, with unchanged colors. Without it, colors are converted
    /// to sRGB.
    Icc,
}

/// How an original is fitted into the bounds of a preset. It is never enlarged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The whole original, as large as the bounds allow.
    #[default]
    Inside,
    /// The bounds are filled, and the rest is cut off.
    Cover,
}

/// Which part of the original is kept if it is cropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Gravity {
    /// The middle.
    #[default]
    Center,
    /// The top, or the left side of a wide original.
    Start,
    /// The bottom, or the right side of a wide original.
    End,
    /// The part with the most detail.
    Saliency,
}

/// The format of a preset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PresetFormat {
    /// JPEG; transparent pixels are flattened on the background.
    Jpeg,
    /// PNG.
    Png,
    /// Lossy WebP, with alpha if the original has it.
    #[default]
    Webp,
    /// AVIF, with alpha if the original has it. It is the smallest, but not every program can show it.
    Avif,
    /// JPEG for an opaque original, WebP for one with transparent pixels.
    Auto,
}

/// The format of a thumbnail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ThumbnailFormat {
    /// JPEG, `image/jpeg`.
    Jpeg,
    /// PNG, `image/png`.
    Png,
    /// WebP, `image/webp`.
    Webp,
    /// AVIF, `image/avif`.
    Avif,
}

impl ThumbnailFormat {
    /// Returns the MIME type, for `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
        }
    }

    /// Returns the file extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Avif => "avif",
        }
    }
}

impl FromStr for ThumbnailFormat {
    type Err = ();

    /// Reads an extension as written by [`ThumbnailFormat::extension`].
    fn from_str(extension: &str) -> Result<Self, ()> {
        match extension {
            "jpg" => Ok(Self::Jpeg),
            "png" => Ok(Self::Png),
            "webp" => Ok(Self::Webp),
            "avif" => Ok(Self::Avif),
            _ => Err(()),
        }
    }
}

/// An opaque sRGB color, written `#rrggbb`. White by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
#[serde(try_from = "String", into = "String")]
pub struct Color(pub [u8; 3]);

impl Default for Color {
    fn default() -> Self {
        Self([255, 255, 255])
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

impl TryFrom<String> for Color {
    type Error = PresetError;

    fn try_from(text: String) -> Result<Self, PresetError> {
        let hex =
            text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match number {
            Some(rgb) => Ok(Self([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8])),
            None => Err(PresetError::Color { text }),
        }
    }
}

/// The errors of a preset, or of a list of presets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// The list is empty.
    #[error("`presets` is empty: define at least one preset")]
    None,
    /// The name cannot be a part of a key.
    #[error("the preset name `{name}` is not valid: use 1 to 32 of the characters a-z, 0-9, and -")]
    Name {
        /// The name in the configuration.
        name: String,
    },
    /// Two presets have the same name.
    #[error("there are two presets named `{name}`")]
    Twice {
        /// Their name.
        name: String,
    },
    /// A width or height outside 1 to [`Preset::MAX_SIDE`].
    #[error("preset `{name}`: `width` and `height` must be from 1 to {max} pixels", max = Preset::MAX_SIDE)]
    Side {
        /// The preset's name.
        name: String,
    },
    /// A quality outside 1 to 100.
    #[error("preset `{name}`: `quality` must be from 1 to 100")]
    Quality {
        /// The preset's name.
        name: String,
    },
    /// `max_bytes` of 0.
    #[error("preset `{name}`: `max_bytes` must be at least 1")]
    MaxBytes {
        /// The preset's name.
        name: String,
    },
    /// `max_bytes` of a format without a quality.
    #[error("preset `{name}`: the format `png` cannot have `max_bytes`, because it has no quality")]
    MaxBytesOfPng {
        /// The preset's name.
        name: String,
    },
    /// `animated` with a format for which animations are not supported.
    #[error("preset `{name}`: only the formats `webp`, `avif`, and `auto` can be `animated`")]
    Animated {
        /// The preset's name.
        name: String,
    },
    /// `keep` with AVIF.
    #[error("preset `{name}`: the format `avif` cannot have `keep`")]
    Keep {
        /// The preset's name.
        name: String,
    },
    /// The path of a watermark leads out of the folder of deployer.yaml.
    #[error("preset `{name}`: `watermark.file` must be a path below the folder of deployer.yaml")]
    WatermarkFile {
        /// The preset's name.
        name: String,
    },
    /// The opacity or the width of a watermark is not between 0 and 1.
    #[error("preset `{name}`: `watermark.opacity` and `watermark.width` must be above 0 and at most 1")]
    WatermarkFraction {
        /// The preset's name.
        name: String,
    },
    /// A color that is not `#rrggbb`.
    #[error("`{text}` is not a color such as `#ffffff`")]
    Color {
        /// The color in the configuration.
        text: String,
    },
}

impl Preset {
    /// The greatest width or height of a preset, in pixels.
    pub const MAX_SIDE: u32 = 4096;

    /// Creates a preset that fits inside `width` x `height` pixels, as lossy WebP of quality 80.
    pub fn inside(name: &str, width: u32, height: u32) -> Self {
        Self {
            name: name.to_owned(),
            width,
            height,
            fit: Fit::Inside,
            gravity: Gravity::Center,
            format: PresetFormat::Webp,
            quality: default_quality(),
            background: Color::default(),
            sharpen: false,
            max_bytes: None,
            animated: false,
            keep: Vec::new(),
            watermark: None,
        }
    }

    /// Returns the presets of a stack that configures none: `small`, `medium`, and `large`.
    pub fn defaults() -> Vec<Self> {
        vec![
            Self::inside("small", 128, 128),
            Self::inside("medium", 512, 512),
            Self::inside("large", 1280, 1280),
        ]
    }

    /// Returns the files that the watermarks of `presets` name.
    pub fn watermark_files(presets: &[Self]) -> BTreeSet<&str> {
        presets.iter().filter_map(|preset| Some(preset.watermark.as_ref()?.file.as_str())).collect()
    }

    /// Returns an error if a preset cannot be rendered or stored, or if two have the same name.
    pub fn check_all(presets: &[Self]) -> Result<(), PresetError> {
        if presets.is_empty() {
            return Err(PresetError::None);
        }
        for (i, preset) in presets.iter().enumerate() {
            preset.check()?;
            if presets[..i].iter().any(|earlier| earlier.name == preset.name) {
                return Err(PresetError::Twice { name: preset.name.clone() });
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), PresetError> {
        let name = || self.name.clone();
        let legal = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if self.name.is_empty() || self.name.len() > 32 || !self.name.bytes().all(legal) {
            return Err(PresetError::Name { name: name() });
        }
        let sides = 1..=Self::MAX_SIDE;
        if !sides.contains(&self.width) || !sides.contains(&self.height) {
            return Err(PresetError::Side { name: name() });
        }
        if !(1..=100).contains(&self.quality) {
            return Err(PresetError::Quality { name: name() });
        }
        if self.max_bytes == Some(0) {
            return Err(PresetError::MaxBytes { name: name() });
        }
        if self.max_bytes.is_some() && self.format == PresetFormat::Png {
            return Err(PresetError::MaxBytesOfPng { name: name() });
        }
        if self.animated && matches!(self.format, PresetFormat::Jpeg | PresetFormat::Png) {
            return Err(PresetError::Animated { name: name() });
        }
        if !self.keep.is_empty() && self.format == PresetFormat::Avif {
            return Err(PresetError::Keep { name: name() });
        }
        if self.watermark.as_ref().is_some_and(|watermark| !watermark.has_inner_path()) {
            return Err(PresetError::WatermarkFile { name: name() });
        }
        if self.watermark.as_ref().is_some_and(|watermark| !watermark.has_valid_fractions()) {
            return Err(PresetError::WatermarkFraction { name: name() });
        }
        Ok(())
    }
}

fn default_quality() -> u8 {
    80
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(presets: &[Preset], expect: Result<(), PresetError>) {
        assert_eq!(Preset::check_all(presets), expect);
    }

    #[test]
    fn the_defaults_are_valid_and_each_mistake_has_its_error() {
        let good = || Preset::inside("small", 128, 128);
        check(&Preset::defaults(), Ok(()));
        check(&[], Err(PresetError::None));
        check(&[good(), good()], Err(PresetError::Twice { name: "small".into() }));
        for name in ["", "Small", "a/b", "..", &"x".repeat(33)] {
            check(&[Preset { name: name.into(), ..good() }], Err(PresetError::Name { name: name.into() }));
        }
        check(&[Preset { width: 0, ..good() }], Err(PresetError::Side { name: "small".into() }));
        check(&[Preset { height: 4097, ..good() }], Err(PresetError::Side { name: "small".into() }));
        check(&[Preset { quality: 0, ..good() }], Err(PresetError::Quality { name: "small".into() }));
        let bounded = |max_bytes, format| Preset { max_bytes: Some(max_bytes), format, ..good() };
        check(&[bounded(9_000, PresetFormat::Jpeg)], Ok(()));
        check(&[bounded(0, PresetFormat::Jpeg)], Err(PresetError::MaxBytes { name: "small".into() }));
        check(&[bounded(9_000, PresetFormat::Png)], Err(PresetError::MaxBytesOfPng { name: "small".into() }));
        let kept = Preset { keep: vec![Keep::Icc], ..good() };
        check(std::slice::from_ref(&kept), Ok(()));
        check(
            &[Preset { format: PresetFormat::Avif, ..kept }],
            Err(PresetError::Keep { name: "small".into() }),
        );
        let marked = |watermark| Preset { watermark: Some(watermark), ..good() };
        check(&[marked(Watermark::new("logo.png"))], Ok(()));
        let outside = marked(Watermark::new("../logo.png"));
        check(&[outside], Err(PresetError::WatermarkFile { name: "small".into() }));
        for wrong in [0.0, -0.5, 1.5, f64::NAN] {
            let opacity = Watermark { opacity: wrong, ..Watermark::new("logo.png") };
            let width = Watermark { width: wrong, ..Watermark::new("logo.png") };
            for watermark in [opacity, width] {
                check(&[marked(watermark)], Err(PresetError::WatermarkFraction { name: "small".into() }));
            }
        }
        let animated = |format| Preset { animated: true, format, ..good() };
        for format in [PresetFormat::Webp, PresetFormat::Avif, PresetFormat::Auto] {
            check(&[animated(format)], Ok(()));
        }
        for format in [PresetFormat::Jpeg, PresetFormat::Png] {
            check(&[animated(format)], Err(PresetError::Animated { name: "small".into() }));
        }
    }

    #[test]
    fn a_preset_needs_only_a_name_and_a_size_and_refuses_unknown_fields() {
        let short = r#"{"name":"small","width":128,"height":128}"#;
        assert_eq!(serde_json::from_str::<Preset>(short).unwrap(), Preset::inside("small", 128, 128));
        let unknown = r#"{"name":"small","width":128,"height":128,"hight":1}"#;
        assert!(serde_json::from_str::<Preset>(unknown).unwrap_err().to_string().contains("hight"));
        let avif = r#"{"name":"small","width":128,"height":128,"format":"avif"}"#;
        assert_eq!(serde_json::from_str::<Preset>(avif).unwrap().format, PresetFormat::Avif);
        let other = avif.replace("avif", "heic");
        let error = serde_json::from_str::<Preset>(&other).unwrap_err().to_string();
        assert!(error.contains("`heic`, expected one of `jpeg`, `png`, `webp`, `avif`, `auto`"), "{error}");
    }

    #[test]
    fn a_color_round_trips() {
        let color: Color = serde_json::from_str("\"#0a0bff\"").unwrap();
        assert_eq!(color, Color([10, 11, 255]));
        assert_eq!(serde_json::to_string(&color).unwrap(), "\"#0a0bff\"");
        for bad in ["\"red\"", "\"#fff\"", "\"#gggggg\"", "\"#+12345\"", "\"#ééé\""] {
            let read = serde_json::from_str::<Color>(bad);
            assert!(read.is_err(), "{bad} became {read:?}");
        }
    }
}
