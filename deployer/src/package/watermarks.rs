//! The watermarks of presets: PNG files next to deployer.yaml. The zip of each function that renders presets contains
//! them.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use contract::key::escape;
use contract::preset::Preset;
use imaging::Watermarks;

use crate::error::{CommandError, io_error};
use crate::files;
use crate::package::{Artifact, archive};
use crate::tools::cache;

/// The functions that render presets.
const RENDERERS: [&str; 2] = ["thumbnail", "delivery"];

/// The watermarks of presets, checked.
#[derive(Debug, Default)]
pub(crate) struct WatermarkFiles {
    /// The decoded files.
    pub(crate) decoded: Watermarks,
    /// The bytes of the files, by the paths that presets name.
    files: Vec<(String, Vec<u8>)>,
}

impl WatermarkFiles {
    /// Reads the watermarks of `presets` in the folder `project`. Returns an error for a file that the functions could not
    /// use.
    pub(crate) fn read(presets: &[Preset], project: &Path) -> Result<Self, CommandError> {
        let mut watermarks = Self::default();
        for name in Preset::watermark_files(presets) {
            let path = project.join(name);
            let png = read_start(&path).map_err(|error| {
                io_error(format_args!("read the watermark `{}`", path.display()), &error).hint(
                    "set `watermark.file` of the preset to the path of a PNG, relative to the folder of deployer.yaml",
                )
            })?;
            watermarks.decoded.add(name, &png).map_err(|error| {
                CommandError::usage(format!("cannot use `{}` as a watermark: {error}", escape(name)))
                    .hint("use a PNG of at most 1 MiB; all watermarks together may have 4,000,000 pixels")
            })?;
            watermarks.files.push((name.to_owned(), png));
        }
        Ok(watermarks)
    }

    /// Returns the zip with the watermarks, if its function renders presets that have any. The copy is in the cache folder of
    /// the user, because the given zip can be a file that the user does not own.
    pub(super) fn add_to(&self, artifact: Artifact) -> Result<Artifact, CommandError> {
        if self.files.is_empty() || !RENDERERS.contains(&artifact.function.as_str()) {
            return Ok(artifact);
        }
        let Artifact { function, path: original, digest, .. } = artifact;
        let zip = std::fs::read(&original)
            .map_err(|error| io_error(format_args!("read the zip `{}`", original.display()), &error))?;
        let zip = archive::add_watermarks(&zip, &self.files).map_err(|error| {
            CommandError::failed(format!("cannot add the watermarks to `{}`: {error}", original.display()))
        })?;
        let digest = archive::digest_with_watermarks(&digest, &self.files);
        let folder = cache::folder()?.join("packages").join(&digest[..16]);
        cache::create_folder(&folder)?;
        let path = folder.join(format!("{function}.zip"));
        files::write(&path, &zip)?;
        Ok(Artifact { function, path, digest, bytes: zip.len() as u64 })
    }
}

/// Returns the bytes of the file, up to one more than a watermark may have.
fn read_start(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(Watermarks::MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
