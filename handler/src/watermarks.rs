//! Reads the watermarks of presets from the zip of the function.

use std::path::Path;

use contract::preset::Preset;
use contract::watermark::FOLDER;
use imaging::{ImageError, Watermarks};

/// The variable with the folder that Lambda unpacks the zip of the function to.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
pub const TASK_ROOT: &str = "LAMBDA_TASK_ROOT";

/// The reasons why a watermark cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WatermarkError {
    /// Lambda has not set the variable that names the folder of the zip.
    #[error("the environment variable `{TASK_ROOT}` is not set")]
    NoFolder,
    /// The file cannot be read.
    #[error("cannot read the watermark `{file}` in the zip of the function: {error}")]
    Unreadable {
        /// The file that the preset names.
        file: String,
        /// Why it cannot be read.
        error: std::io::Error,
    },
    /// The file cannot be decoded.
    #[error("cannot use the watermark `{file}`: {error}")]
    Invalid {
        /// The file that the preset names.
        file: String,
        /// Why it cannot be decoded.
        error: ImageError,
    },
}

/// Reads the watermarks of `presets` from `task_root`, the value of [`TASK_ROOT`].
pub fn read(presets: &[Preset], task_root: Option<&String>) -> Result<Watermarks, WatermarkError> {
    let mut watermarks = Watermarks::default();
    for name in Preset::watermark_files(presets) {
        let file = name.to_owned();
        let folder = task_root.ok_or(WatermarkError::NoFolder)?;
        match std::fs::read(Path::new(folder).join(FOLDER).join(name)) {
            Ok(png) => {
                watermarks.add(name, &png).map_err(|error| WatermarkError::Invalid { file, error })?;
            }
            Err(error) => return Err(WatermarkError::Unreadable { file, error }),
        }
    }
    Ok(watermarks)
}
