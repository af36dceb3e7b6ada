//! Remembers the uploads in parts that this machine has not finished, so that a later run can continue them.
//!
//! S3 lists unfinished uploads without their metadata, and a run can continue only an upload that has the metadata it asks
//! for. The name of each file is therefore a digest of the bucket, the metadata, and the key.

use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::time::Duration;

use contract::focus::Focus;
use contract::key::Digest;

use crate::files;
use crate::tools::cache;

/// How long S3 keeps an unfinished upload: the lifecycle rule of the originals bucket in templates/core.yaml.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The unfinished uploads to one bucket with the same metadata: a file with the ID of the last upload for each key.
#[derive(Debug)]
pub(crate) struct UnfinishedUploads {
    folder: Option<PathBuf>,
    /// The bucket and the metadata.
    scope: String,
}

impl UnfinishedUploads {
    /// Opens the folder in the cache, and deletes the files of uploads that S3 no longer keeps. If the user has no cache,
    /// every upload starts with its first part.
    pub(crate) fn open(bucket: &str, focus: Option<Focus>) -> Self {
        let folder = cache::folder().ok().map(|folder| folder.join("uploads"));
        if let Some(folder) = &folder {
            delete_expired(folder);
        }
        let focus = focus.map(|focus| focus.to_string()).unwrap_or_default();
        Self { folder, scope: format!("{bucket}\n{focus}") }
    }

    /// Returns the ID of the last upload to `key`, or `None` if there is none.
    pub(crate) fn find(&self, key: &str) -> Option<String> {
        std::fs::read_to_string(self.file(key)?).ok()
    }

    /// Remembers the upload `id`. Ignores errors: without the file, the next run uploads all parts.
    pub(crate) fn remember(&self, key: &str, id: &str) {
        if let (Some(folder), Some(file)) = (&self.folder, self.file(key))
            && cache::create_folder(folder).is_ok()
        {
            let _ = files::write(&file, id);
        }
    }

    /// Forgets the last upload to `key`.
    pub(crate) fn forget(&self, key: &str) {
        if let Some(file) = self.file(key) {
            let _ = std::fs::remove_file(file);
        }
    }

    fn file(&self, key: &str) -> Option<PathBuf> {
        let digest = Digest::of(format!("{}\n{key}", self.scope).as_bytes());
        Some(self.folder.as_ref()?.join(digest.as_str()))
    }
}

/// Deletes the files of uploads that S3 no longer keeps.
fn delete_expired(folder: &Path) {
    let is_expired = |entry: &DirEntry| {
        let written = entry.metadata().and_then(|metadata| metadata.modified());
        written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > LIFETIME))
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten().filter(is_expired) {
        let _ = std::fs::remove_file(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn an_upload_that_s3_no_longer_keeps_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let uploads =
            UnfinishedUploads { folder: Some(folder.path().to_owned()), scope: "originals\n".to_owned() };
        for key in ["new.jpg", "old.jpg"] {
            uploads.remember(key, "id");
        }
        let old = File::options().write(true).open(uploads.file("old.jpg").unwrap()).unwrap();
        old.set_modified(SystemTime::now() - 2 * LIFETIME).unwrap();
        delete_expired(folder.path());
        assert_eq!(uploads.find("old.jpg"), None);
        assert_eq!(uploads.find("new.jpg").as_deref(), Some("id"));
    }
}
