//! Downloads one object to a file atomically and verifies its digest.

use std::io::ErrorKind;
use std::path::Path;

use aws_sdk_s3::Client;
use contract::key::{Digest, escape};
use indicatif::ProgressBar;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use crate::aws::error::{aws_code, aws_error};
use crate::backoff::Backoff;
use crate::error::{CommandError, io_error};
use crate::files::file_permissions;
use crate::transfer::uploader::is_transient;

/// How often a download without progress is resumed.
const RETRIES: u32 = 4;

/// The metadata key in which the functions store the SHA-256 of an object.
const SHA256: &str = "sha256";

/// The object to download.
#[derive(Clone, Debug)]
pub(crate) struct DownloadSource {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The version ID, or `None` for the current version.
    pub(crate) version_id: Option<String>,
    /// The SHA-256 of its bytes, if known. If not, its metadata may contain it.
    pub(crate) digest: Option<Digest>,
}

/// How to treat an existing file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Keep it; different content is an error.
    Keep,
    /// Replace it.
    Replace,
}

/// Why a download failed.
#[derive(Debug)]
pub(crate) enum DownloadError {
    /// The disk is full, so other downloads fail, too.
    NoSpace(CommandError),
    /// Any other reason.
    Other(CommandError),
}

impl From<CommandError> for DownloadError {
    fn from(error: CommandError) -> Self {
        Self::Other(error)
    }
}

impl DownloadError {
    /// Returns the error of the command.
    pub(crate) fn into_error(self) -> CommandError {
        match self {
            Self::NoSpace(error) | Self::Other(error) => error,
        }
    }
}

/// A complete object in a temporary file, which is deleted on drop.
pub(crate) struct ReceivedFile {
    file: tokio::fs::File,
    temporary: NamedTempFile,
    digest: Digest,
    bytes: u64,
}

impl ReceivedFile {
    /// Syncs the file to the disk and renames it to `to`. Returns the size in bytes.
    pub(crate) async fn persist(self, to: &Path, existing: Existing) -> Result<u64, DownloadError> {
        let failed = |error: std::io::Error| write_error(to, &error);
        self.file.sync_all().await.map_err(failed)?;
        let persisted = match existing {
            Existing::Replace => self.temporary.persist(to),
            Existing::Keep => self.temporary.persist_noclobber(to),
        };
        match persisted {
            Ok(_) => Ok(self.bytes),
            Err(error) if existing == Existing::Keep && error.error.kind() == ErrorKind::AlreadyExists => {
                match file_digest(to).await {
                    Ok(existing_digest) if existing_digest == self.digest => Ok(self.bytes),
                    _ => Err(file_exists_error(to).into()),
                }
            }
            Err(error) => Err(failed(error.error)),
        }
    }

    /// Returns the temporary file, rewound.
    pub(crate) async fn into_file(self) -> Result<std::fs::File, CommandError> {
        let failed = |error: std::io::Error| io_error("read a temporary file", &error);
        let mut file = self.file;
        file.rewind().await.map_err(failed)?;
        Ok(file.into_std().await)
    }
}

/// Returns an error if a file of `bytes` (0 if unknown) cannot be written to `to`, before the download starts.
pub(crate) fn check_destination(to: &Path, bytes: u64, existing: Existing) -> Result<(), CommandError> {
    let shown = to.display();
    match std::fs::metadata(to) {
        Ok(facts) if facts.is_file() => match existing {
            Existing::Keep if bytes != 0 && facts.len() != bytes => Err(file_exists_error(to)),
            _ => Ok(()),
        },
        Ok(facts) if facts.is_dir() => Err(CommandError::failed(format!("`{shown}` is a folder"))),
        Ok(_) => Err(CommandError::failed(format!("`{shown}` is not a regular file"))
            .hint("use `--out -` to write to stdout")),
        Err(_) if to.is_symlink() => {
            Err(CommandError::failed(format!("`{shown}` is a broken symbolic link")))
        }
        Err(_) => Ok(()),
    }
}

fn file_exists_error(to: &Path) -> CommandError {
    CommandError::failed(format!("`{}` already exists with different content", to.display()))
        .hint("use `--force` to overwrite it, or `--out FOLDER/` to write to another folder")
}

async fn file_digest(path: &Path) -> Result<Digest, CommandError> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let failed = |error: std::io::Error| io_error(format_args!("read `{}`", path.display()), &error);
        let mut file = std::fs::File::open(&path).map_err(failed)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match std::io::Read::read(&mut file, &mut buffer).map_err(failed)? {
                0 => return Ok(Digest::from_sha256(&hasher.finalize())),
                read => hasher.update(&buffer[..read]),
            }
        }
    });
    read.await.map_err(|error| CommandError::failed(format!("reading a file stopped early: {error}")))?
}

/// Downloads `source` to `to`. Returns the size in bytes.
pub(crate) async fn download(
    s3: &Client,
    source: &DownloadSource,
    to: &Path,
    existing: Existing,
    bar: &ProgressBar,
) -> Result<u64, DownloadError> {
    receive(s3, source, to, bar).await?.persist(to, existing).await
}

/// Downloads `source` to a temporary file in the folder of `to`.
///
/// Resumes the download if the connection breaks, and compares the bytes with their SHA-256.
pub(crate) async fn receive(
    s3: &Client,
    source: &DownloadSource,
    to: &Path,
    bar: &ProgressBar,
) -> Result<ReceivedFile, DownloadError> {
    let folder = parent_folder(to);
    let failed = |error: std::io::Error| write_error(to, &error);
    // In the same folder, since a rename cannot cross file systems. It is deleted on drop.
    let mut temporary = tempfile::Builder::new();
    let temporary = temporary
        .prefix(".deployer-")
        .permissions(file_permissions(0o666))
        .tempfile_in(folder)
        .map_err(failed)?;
    let file = tokio::fs::File::from_std(temporary.reopen().map_err(failed)?);
    let mut partial = PartialDownload { file, received: 0, hasher: Sha256::new(), etag: None };
    let mut most_received = 0;
    let mut backoff = Backoff::with_retries(RETRIES);
    while let Err(reason) = partial.resume(s3, source, bar).await {
        let problem = match reason {
            StopReason::Connection(problem) => problem,
            StopReason::Disk(error) => return Err(failed(error)),
            StopReason::Permanent(error) => return Err(DownloadError::Other(*error)),
        };
        if partial.received > most_received {
            most_received = partial.received;
            backoff = Backoff::with_retries(RETRIES);
        }
        if !backoff.next_attempt().await {
            let failed = CommandError::failed(format!(
                "cannot download `{}`: {problem}; nothing was written",
                escape(&source.key)
            ));
            return Err(failed.hint("check the network, then run the command again").into());
        }
    }
    let digest = Digest::from_sha256(&partial.hasher.finalize());
    Ok(ReceivedFile { file: partial.file, temporary, digest, bytes: partial.received })
}

/// Syncs `folder`, and thereby the names of the files in it, to the disk.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), CommandError> {
    let synced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| write_error(folder, &error).into_error())
}

/// Returns the folder of `file`.
pub(crate) fn parent_folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write_error(to: &Path, error: &std::io::Error) -> DownloadError {
    let failure = io_error(format_args!("write `{}`", to.display()), error);
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            DownloadError::NoSpace(
                failure.hint("free disk space, or use `--out` with a folder on another disk"),
            )
        }
        _ => DownloadError::Other(failure),
    }
}

/// Why a download stopped.
enum StopReason {
    /// The connection broke; the download can be resumed.
    Connection(String),
    /// The file cannot be written.
    Disk(std::io::Error),
    /// A permanent reason.
    Permanent(Box<CommandError>),
}

/// A partially downloaded object.
struct PartialDownload {
    file: tokio::fs::File,
    /// The number of bytes received.
    received: u64,
    /// The digest of the bytes received.
    hasher: Sha256,
    /// The entity tag, so that the rest comes from the same object.
    etag: Option<String>,
}

impl PartialDownload {
    /// Downloads the rest.
    async fn resume(
        &mut self,
        s3: &Client,
        source: &DownloadSource,
        bar: &ProgressBar,
    ) -> Result<(), StopReason> {
        let is_resumed = self.received > 0;
        let sent = s3
            .get_object()
            .bucket(&source.bucket)
            .key(&source.key)
            .set_version_id(source.version_id.clone())
            .set_range(is_resumed.then(|| format!("bytes={}-", self.received)))
            .set_if_match(self.etag.clone().filter(|_| is_resumed))
            .send()
            .await;
        let mut object = match sent {
            Ok(object) => object,
            Err(error)
                if is_resumed && matches!(aws_code(&error), Some("PreconditionFailed" | "InvalidRange")) =>
            {
                self.restart(bar).await?;
                return Err(StopReason::Connection("the object was replaced meanwhile".to_owned()));
            }
            Err(error) if is_resumed && is_transient(&error) => {
                return Err(StopReason::Connection(aws_error("resume the download", &error).message));
            }
            Err(error) => {
                let what = format_args!("download `{}` from `{}`", escape(&source.key), source.bucket);
                return Err(StopReason::Permanent(Box::new(aws_error(what, &error))));
            }
        };
        let from = format!("bytes {}-", self.received);
        if is_resumed && !object.content_range().is_some_and(|range| range.starts_with(&from)) {
            // Not every server supports ranges.
            self.restart(bar).await?;
        }
        let digest_in_metadata = object.metadata().and_then(|metadata| metadata.get(SHA256).cloned());
        let digest_in_source = source.digest.as_ref().map(|digest| digest.as_str().to_owned());
        self.etag = object.e_tag().map(str::to_owned);
        let length = object.content_length().and_then(|length| u64::try_from(length).ok());
        let expected = length.map(|length| self.received + length);
        while let Some(piece) = object.body.next().await {
            let piece = piece.map_err(|error| StopReason::Connection(error.to_string()))?;
            self.file.write_all(&piece).await.map_err(StopReason::Disk)?;
            self.hasher.update(&piece);
            self.received += piece.len() as u64;
            bar.inc(piece.len() as u64);
        }
        // The next attempt continues after the flushed bytes.
        self.file.flush().await.map_err(StopReason::Disk)?;
        if let Some(expected) = expected.filter(|expected| *expected != self.received) {
            return Err(StopReason::Connection(format!("{} of {expected} bytes arrived", self.received)));
        }
        let digest = Digest::from_sha256(&self.hasher.clone().finalize());
        if digest_in_source.or(digest_in_metadata).is_some_and(|wanted| wanted != digest.as_str()) {
            self.restart(bar).await?;
            return Err(StopReason::Connection("the content does not match its SHA-256".to_owned()));
        }
        Ok(())
    }

    /// Discards the bytes received.
    async fn restart(&mut self, bar: &ProgressBar) -> Result<(), StopReason> {
        self.file.set_len(0).await.map_err(StopReason::Disk)?;
        self.file.rewind().await.map_err(StopReason::Disk)?;
        bar.set_position(0);
        self.received = 0;
        self.hasher = Sha256::new();
        self.etag = None;
        Ok(())
    }
}
