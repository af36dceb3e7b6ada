//! A watermark: a PNG that is laid over the thumbnails of a preset.

use serde::{Deserialize, Serialize};

/// The folder for the files of watermarks in the zip of a function.
pub const FOLDER: &str = "watermarks";

/// A PNG that is laid over the thumbnails of a preset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Watermark {
    /// The path of the PNG, relative to the folder of deployer.yaml, which must contain it: `logo.png`.
    pub file: String,
    /// The position of the PNG on the thumbnail.
    #[serde(default)]
    pub position: Position,
    /// The opacity of the PNG, above 0 and up to 1. It multiplies the alpha channel.
    #[serde(default = "default_opacity")]
    pub opacity: f64,
    /// The maximum width of the PNG as a fraction of the thumbnail's width, above 0 and up to 1. The PNG is never
    /// enlarged.
    #[serde(default = "default_width")]
    pub width: f64,
}

/// Where a watermark lies on a thumbnail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// In the top left corner.
    TopLeft,
    /// In the top right corner.
    TopRight,
    /// In the bottom left corner.
    BottomLeft,
    /// In the bottom right corner.
    #[default]
    BottomRight,
    /// In the middle.
    Center,
    /// Everywhere, in rows and columns without gaps.
    Tile,
}

impl Watermark {
    /// Returns an opaque watermark of `file` in the bottom right corner, a quarter as wide as the thumbnail.
    pub fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            position: Position::default(),
            opacity: default_opacity(),
            width: default_width(),
        }
    }

    /// Returns whether `file` is a path inside the folder of deployer.yaml, and of a zip.
    pub(crate) fn has_inner_path(&self) -> bool {
        let is_name = |part: &str| !matches!(part, "" | "." | "..");
        self.file.split('/').all(is_name) && !self.file.contains(|c: char| c == '\\' || c.is_control())
    }

    /// Returns whether the opacity and the width are allowed.
    pub(crate) fn has_valid_fractions(&self) -> bool {
        [self.opacity, self.width].into_iter().all(|fraction| fraction > 0.0 && fraction <= 1.0)
    }
}

fn default_opacity() -> f64 {
    1.0
}

fn default_width() -> f64 {
    0.25
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watermark_needs_only_a_file_and_refuses_an_unknown_position() {
        let read = |text: &str| serde_json::from_str::<Watermark>(text);
        assert_eq!(read(r#"{"file":"logo.png"}"#).unwrap(), Watermark::new("logo.png"));
        let tile = read(r#"{"file":"a/b.png","position":"tile","opacity":0.6,"width":1}"#).unwrap();
        assert_eq!((tile.position, tile.opacity, tile.width), (Position::Tile, 0.6, 1.0));
        let error = read(r#"{"file":"logo.png","position":"top"}"#).unwrap_err().to_string();
        assert!(error.contains("`top`, expected one of `top-left`, `top-right`"), "{error}");
    }

    #[test]
    fn a_path_stays_in_its_folder() {
        for (file, expect) in [
            ("logo.png", true),
            ("brand/logo 2.png", true),
            ("", false),
            ("/etc/logo.png", false),
            ("../logo.png", false),
            ("./logo.png", false),
            ("brand//logo.png", false),
            ("brand/../../logo.png", false),
            ("brand\\logo.png", false),
            ("logo\n.png", false),
        ] {
            assert_eq!(Watermark::new(file).has_inner_path(), expect, "{file}");
        }
    }
}
