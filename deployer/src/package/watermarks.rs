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

/// The maximum number of copies of zips in the cache folder. Each of several deployers that package at the same time
/// needs two.
const MAX_COPIES: usize = 16;

/// The valid watermarks of presets.
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
                CommandError::usage(format!("cannot use `{}` as a watermark: {error}", escape(name))).hint(
                    "use a PNG of at most 1 MiB; all watermarks together may have at most 4,000,000 pixels",
                )
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
        let digest = archive::digest_with_files(digest, &self.files);
        let copies = cache::folder()?.join("packages");
        let folder = copies.join(&digest[..16]);
        cache::create_folder(&folder)?;
        let path = folder.join(format!("{function}.zip"));
        files::write(&path, &zip)?;
        delete_old_copies(&copies);
        Ok(Artifact { function, path, digest, bytes: zip.len() as u64 })
    }
}

/// Deletes all copies but the newest. The copies that a deployer is using are among the newest. A copy that cannot be
/// deleted remains until the next run.
fn delete_old_copies(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut copies: Vec<_> = entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    copies.sort_unstable();
    let old = copies.len().saturating_sub(MAX_COPIES);
    for (_, path) in &copies[..old] {
        let _ = std::fs::remove_dir_all(path);
    }
}

/// Returns the bytes of the file, up to one more than a watermark may have.
fn read_start(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(Watermarks::MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn the_newest_copies_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<_> = (0..MAX_COPIES + 3).map(|i| format!("copy-{i:02}")).collect();
        for (name, seconds) in names.iter().zip(1_000_000..) {
            let copy = folder.path().join(name);
            std::fs::create_dir(&copy).unwrap();
            std::fs::write(copy.join("thumbnail.zip"), "zip").unwrap();
            let written = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            File::open(&copy).unwrap().set_modified(written).unwrap();
        }
        delete_old_copies(folder.path());
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut kept: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        kept.sort();
        assert_eq!(kept, names[3..]);
    }
}
