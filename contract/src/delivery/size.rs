//! A size on demand, and the setting that allows sizes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::preset::Preset;

/// The bounds of a thumbnail on demand, in pixels; one of the two may be open. Written `400x300`, `400x`, or `x300`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
}

/// The error for a string that is not a size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a size such as `400x300`, `400x`, or `x300`, with sides from 1 to {max} pixels", max = Preset::MAX_SIDE)]
pub struct SizeError {
    text: String,
}

impl Size {
    /// Returns the size with the bounds `width` and `height`, or `None` if both are open or one is not 1 to
    /// [`Preset::MAX_SIDE`].
    pub fn new(width: Option<u32>, height: Option<u32>) -> Option<Self> {
        let is_allowed = |side: Option<u32>| side.is_none_or(|side| (1..=Preset::MAX_SIDE).contains(&side));
        let is_open = width.is_none() && height.is_none();
        (!is_open && is_allowed(width) && is_allowed(height)).then_some(Self { width, height })
    }

    /// Returns `factor` times this size, or `None` if it is too large.
    pub(super) fn times(self, factor: u32) -> Option<Self> {
        let times = |side: Option<u32>| side.map(|side| side.saturating_mul(factor));
        Self::new(times(self.width), times(self.height))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: Option<u32>| side.map(|side| side.to_string()).unwrap_or_default();
        write!(f, "{}x{}", side(self.width), side(self.height))
    }
}

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        let read = || {
            let (width, height) = text.split_once('x')?;
            let side = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
            Self::new(side(width)?, side(height)?).filter(|size| size.to_string() == text)
        };
        read().ok_or_else(|| SizeError { text: text.chars().take(40).collect() })
    }
}

/// Which sizes may be requested besides the presets. Written `presets`, `signed`, or `400x300,800x`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "SizesText"))]
#[serde(try_from = "SizesText", into = "SizesText")]
pub enum Sizes {
    /// None.
    #[default]
    Presets,
    /// These, without a signature, and with every option except the quality.
    List(Vec<Size>),
    /// All, in addresses with a signature.
    Signed,
}

/// `presets`, `signed`, or a list of sizes like `400x300`.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "`sizes` must be `presets`, `signed`, or a list such as [400x300, 800x]")]
enum SizesText {
    Word(SizesWord),
    List(Vec<String>),
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum SizesWord {
    Presets,
    Signed,
}

impl TryFrom<SizesText> for Sizes {
    type Error = SizeError;

    fn try_from(text: SizesText) -> Result<Self, SizeError> {
        Ok(match text {
            SizesText::Word(SizesWord::Presets) => Self::Presets,
            SizesText::Word(SizesWord::Signed) => Self::Signed,
            SizesText::List(sizes) => {
                Self::List(sizes.iter().map(|size| size.parse()).collect::<Result<_, _>>()?)
            }
        })
    }
}

impl From<Sizes> for SizesText {
    fn from(sizes: Sizes) -> Self {
        match sizes {
            Sizes::Presets => Self::Word(SizesWord::Presets),
            Sizes::Signed => Self::Word(SizesWord::Signed),
            Sizes::List(sizes) => Self::List(sizes.iter().map(Size::to_string).collect()),
        }
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Presets => f.write_str("presets"),
            Self::Signed => f.write_str("signed"),
            Self::List(sizes) => {
                let sizes: Vec<String> = sizes.iter().map(Size::to_string).collect();
                f.write_str(&sizes.join(","))
            }
        }
    }
}

impl FromStr for Sizes {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        match text {
            // An empty list is written as an empty string.
            "presets" | "" => Ok(Self::Presets),
            "signed" => Ok(Self::Signed),
            list => Ok(Self::List(list.split(',').map(str::parse).collect::<Result<_, _>>()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_a_word_or_a_list() {
        for (json, text) in [
            ("\"presets\"", "presets"),
            ("\"signed\"", "signed"),
            (r#"["400x300","800x","x600"]"#, "400x300,800x,x600"),
        ] {
            let sizes: Sizes = serde_json::from_str(json).unwrap();
            assert_eq!(sizes.to_string(), text);
            assert_eq!(text.parse(), Ok(sizes.clone()));
            assert_eq!(serde_json::to_string(&sizes).unwrap(), json);
        }
        for wrong in ["400", "400x300,", "0x1", "x", "4097x1", "+4x3", "04x3", "4x3x2", "all"] {
            assert!(wrong.parse::<Sizes>().is_err(), "{wrong}");
        }
        let error = serde_json::from_str::<Sizes>(r#"["400"]"#).unwrap_err().to_string();
        assert!(
            error.contains(
                "`400` is not a size such as `400x300`, `400x`, or `x300`, with sides from 1 to 4096 pixels"
            ),
            "{error}"
        );
    }
}
