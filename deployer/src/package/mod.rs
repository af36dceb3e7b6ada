//! The handlers as Lambda wants them: built for Amazon Linux 2023, in a zip that is the same for the same input.

use std::path::{Path, PathBuf};

use crate::config::{Architecture, Config};
use crate::error::CommandError;
use crate::ui::Ui;

/// A handler's zip.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Artifact {
    /// The function it is for: `thumbnail`.
    pub(crate) function: String,
    /// The zip.
    pub(crate) path: PathBuf,
    /// The SHA-256 over path, mode and bytes of its content, in hexadecimal.
    pub(crate) digest: String,
    /// The zip's size, in bytes.
    pub(crate) bytes: u64,
}

impl Artifact {
    /// Its key in the artifacts bucket.
    pub(crate) fn key(&self) -> String {
        format!("handlers/{}/{}.zip", self.function, self.digest)
    }
}

/// Builds and packages the handlers of `functions`, or takes the given zip (of the thumbnail function).
pub(crate) async fn build(
    _config: &Config,
    _functions: &[&str],
    _zip: Option<&Path>,
    _ui: &Ui,
) -> Result<Vec<Artifact>, CommandError> {
    Err(CommandError::failed("not yet"))
}

/// The architecture the functions run on: as configured, with `--local` this machine's.
pub(crate) fn architecture(config: &Config) -> Architecture {
    match (config.local, std::env::consts::ARCH) {
        (true, "aarch64") => Architecture::Arm64,
        (true, _) => Architecture::X86_64,
        (false, _) => config.settings.function.architecture,
    }
}
