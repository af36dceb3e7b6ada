//! Remembers the uploads in parts that this machine has not finished, so that a later run can continue them.
//!
//! S3 lists unfinished uploads without their metadata, and a run can continue only an upload that has the metadata it asks
//! for. The name of each file is therefore a digest of the bucket, the metadata, and the key.

use std::path::PathBuf;

use contract::focus::Focus;
use contract::key::Digest;

use crate::files;
use crate::tools::cache;

/// The unfinished uploads to one bucket with the same metadata: a file with the ID of the last upload for each key.
#[derive(Debug)]
pub(crate) struct UnfinishedUploads {
    folder: Option<PathBuf>,
    /// The bucket and the metadata.
    scope: String,
}

impl UnfinishedUploads {
    /// Opens the folder in the cache. Without a cache, each upload starts anew.
    pub(crate) fn open(bucket: &str, focus: Option<Focus>) -> Self {
        let folder = cache::folder().ok().map(|folder| folder.join("uploads"));
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
