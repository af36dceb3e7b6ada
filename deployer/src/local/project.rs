//! The folder of a project in the cache, with the state and the address of its emulator.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use contract::key::Digest;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::error::{CommandError, io_error};
use crate::files;
use crate::local::programs;
use crate::tools::cache;

/// The folder of the emulator of a project.
pub(super) struct Project {
    pub(super) folder: PathBuf,
    /// The token that identifies the emulator of this project and of this version of the deployer.
    pub(super) token: String,
    /// The region of requests that name none.
    pub(super) region: String,
}

/// The address of the last emulator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EmulatorRecord {
    pub(super) port: u16,
    pub(super) pid: u32,
}

impl Project {
    /// Returns the project of `config`, and creates its folder if necessary.
    pub(super) fn open(config: &Config) -> Result<Self, CommandError> {
        let folder_of_config = &config.project;
        let canonical = std::fs::canonicalize(folder_of_config).map_err(|error| {
            io_error(format_args!("find the folder `{}`", folder_of_config.display()), &error)
        })?;
        let digest = Digest::of(canonical.as_os_str().as_bytes());
        let id = digest.short();
        let folder = cache::folder()?.join("projects").join(id);
        cache::create_folder(&folder)?;
        let region = config.settings.region.clone().unwrap_or_else(|| "us-east-1".to_owned());
        let token = format!("thumbnail-generator-{id}-{}", programs::digest().short());
        Ok(Self { folder, token, region })
    }

    /// Returns the address of the last emulator, or `None` if it cannot be read.
    pub(super) fn record(&self) -> Option<EmulatorRecord> {
        serde_json::from_slice(&std::fs::read(self.record_path()).ok()?).ok()
    }

    /// Stores the address of the emulator.
    pub(super) fn write(&self, record: &EmulatorRecord) -> Result<(), CommandError> {
        files::write(&self.record_path(), serde_json::to_vec(record).unwrap_or_default())
    }

    /// Returns the end of the log of the emulator.
    pub(super) fn log_tail(&self) -> String {
        let mut tail = Vec::new();
        if let Ok(mut log) = std::fs::File::open(self.folder.join("log")) {
            let length = log.metadata().map_or(0, |meta| meta.len());
            let _ = log.seek(SeekFrom::Start(length.saturating_sub(2000)));
            let _ = log.read_to_end(&mut tail);
        }
        String::from_utf8_lossy(&tail).trim_end().to_owned()
    }

    fn record_path(&self) -> PathBuf {
        self.folder.join("emulator.json")
    }
}
