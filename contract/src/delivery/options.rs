//! The options of a size: how a photo is fitted into it.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::AddressError;
use crate::preset::{Fit, Gravity, ThumbnailFormat};

/// The option with the signature.
pub(super) const SIGNATURE: &str = "sig";

/// The maximum number of pixels of the file for each pixel of the size.
pub(super) const DENSITIES: std::ops::RangeInclusive<u8> = 1..=3;

/// The options of an address. [`fmt::Display`] writes them in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The number of pixels of the file for each pixel of the size: 1 to 3.
    pub dpr: Option<u8>,
    /// When a signed address expires, in seconds since 1970.
    pub expires: Option<u64>,
    /// How the photo is fitted into the size.
    pub fit: Option<Fit>,
    /// The format.
    pub format: Option<RequestedFormat>,
    /// Which part is kept if `fit` is `cover`.
    pub gravity: Option<Gravity>,
    /// The encoder's quality, 1 to 100.
    pub quality: Option<u8>,
}

/// The format that an address requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestedFormat {
    /// The best format that the header `Accept` names.
    #[default]
    Auto,
    /// This one.
    Of(ThumbnailFormat),
}

impl RequestedFormat {
    const WORDS: [(&'static str, Self); 5] = [
        ("auto", Self::Auto),
        ("avif", Self::Of(ThumbnailFormat::Avif)),
        ("jpeg", Self::Of(ThumbnailFormat::Jpeg)),
        ("png", Self::Of(ThumbnailFormat::Png)),
        ("webp", Self::Of(ThumbnailFormat::Webp)),
    ];

    fn read(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text).map(|(_, format)| *format)
    }

    fn config_word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, format)| *format == self).map_or("auto", |(word, _)| *word)
    }
}

impl Options {
    /// Reads the options and the signature in `query`. Ignores parameters with other names.
    pub(super) fn read(query: &str) -> Result<(Self, Option<String>), AddressError> {
        let mut options = Self::default();
        let mut signature = None;
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value).decode_utf8_lossy();
            match name {
                "dpr" => set("dpr", &mut options.dpr, number(&value).filter(|dpr| DENSITIES.contains(dpr))),
                "exp" => set("exp", &mut options.expires, number(&value)),
                "fit" => set("fit", &mut options.fit, read_config_word(&value)),
                "format" => set("format", &mut options.format, RequestedFormat::read(&value)),
                "gravity" => set("gravity", &mut options.gravity, read_config_word(&value)),
                "quality" => {
                    set("quality", &mut options.quality, number(&value).filter(|q| (1..=100).contains(q)))
                }
                SIGNATURE => set(SIGNATURE, &mut signature, Some(value.into_owned())),
                _ => Ok(()),
            }?;
        }
        Ok((options, signature))
    }

    /// Returns the name of the first option that is set.
    pub(super) fn first_name(&self) -> Option<&'static str> {
        self.named_values().into_iter().next().map(|(name, _)| name)
    }

    /// Returns the options that are set, in alphabetical order.
    fn named_values(&self) -> Vec<(&'static str, String)> {
        let Self { dpr, expires, fit, format, gravity, quality } = self;
        [
            ("dpr", dpr.map(|dpr| dpr.to_string())),
            ("exp", expires.map(|seconds| seconds.to_string())),
            ("fit", fit.as_ref().map(config_word)),
            ("format", format.map(|format| format.config_word().to_owned())),
            ("gravity", gravity.as_ref().map(config_word)),
            ("quality", quality.map(|quality| quality.to_string())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.named_values().into_iter().enumerate() {
            write!(f, "{}{name}={value}", if i > 0 { "&" } else { "" })?;
        }
        Ok(())
    }
}

/// Returns in words which values the option `name` can have.
pub(super) fn values(name: &str) -> &'static str {
    match name {
        "dpr" => "1, 2, or 3, and the multiplied size at most 4096 pixels",
        "exp" => "a number of seconds since 1970",
        "fit" => "`inside`, or `cover` with a width and a height",
        "format" => "`auto`, `avif`, `jpeg`, `png`, or `webp`",
        "gravity" => "`center`, `start`, `end`, or `saliency`",
        "quality" => "a number from 1 to 100",
        _ => "a signature",
    }
}

/// Sets an option. Returns an error if it is already set or has no valid value.
fn set<T>(name: &'static str, option: &mut Option<T>, value: Option<T>) -> Result<(), AddressError> {
    if option.is_some() || value.is_none() {
        return Err(AddressError::Option { name });
    }
    *option = value;
    Ok(())
}

/// Reads a number. Returns `None` for other spellings of it, like `075`.
fn number<T: std::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse().ok().filter(|number: &T| number.to_string() == text)
}

/// Returns the value that a configuration writes as `text`.
pub(super) fn read_config_word<T: DeserializeOwned>(text: &str) -> Option<T> {
    let deserializer: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        text.into_deserializer();
    T::deserialize(deserializer).ok()
}

/// Returns the text that a configuration writes for `value`.
pub(super) fn config_word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
