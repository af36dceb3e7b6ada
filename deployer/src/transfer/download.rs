//! Downloads one object to a file atomically and verifies its digest.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use aws_sdk_s3::Client;
use bytes::Bytes;
use contract::key::{Digest, escape};
use indicatif::ProgressBar;
use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::task::JoinHandle;

use crate::aws::error::{aws_code, aws_error};
use crate::backoff::Backoff;
use crate::error::{CommandError, io_error};
use crate::files::temporary_file;
use crate::transfer::uploader::is_transient;

/// The maximum number of times that a download without progress is resumed.
const RETRIES: u32 = 4;

/// How many bytes of an object are collected before they are written.
const WRITE_BYTES: usize = 256 * 1024;

/// How many bytes of an object arrive before they are flushed to the disk in the background.
const FLUSH_BYTES: u64 = 8 << 20;

/// The metadata key in which the functions store the SHA-256 of an object.
const SHA256: &str = "sha256";

/// The object to download.
#[derive(Clone, Debug)]
pub(crate) struct DownloadSource {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The version ID, or `None` for the current version.
    pub(crate) version_id: Option<String>,
    /// The SHA-256 of its bytes, if known. If it is `None`, the metadata of the object may contain it.
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
    temporary: TempPath,
    digest: Digest,
    bytes: u64,
}

impl ReceivedFile {
    /// Opens the temporary file. The file then has no name.
    pub(crate) fn open(self) -> Result<File, CommandError> {
        File::open(&self.temporary).map_err(|error| io_error("read a temporary file", &error))
    }

    /// Renames the file, which must be on disk, to `to`. Returns its size in bytes.
    fn rename(self, to: &Path, existing: Existing) -> Result<u64, DownloadError> {
        let renamed = match existing {
            Existing::Replace => self.temporary.persist(to),
            Existing::Keep => self.temporary.persist_noclobber(to),
        };
        match renamed {
            Ok(()) => Ok(self.bytes),
            Err(error) if existing == Existing::Keep && error.error.kind() == ErrorKind::AlreadyExists => {
                match file_digest(to) {
                    Ok(existing_digest) if existing_digest == self.digest => Ok(self.bytes),
                    _ => Err(file_exists_error(to).into()),
                }
            }
            Err(error) => Err(write_error(to, &error.error)),
        }
    }
}

/// Writes `files`, which are all in one folder, to the disk and renames each of them. Returns their sizes in bytes, in
/// order.
///
/// No file has its final name before its content is on disk. Many files are written with one call, since a call for
/// each file waits for the disk each time.
pub(crate) async fn persist_all(
    files: Vec<(ReceivedFile, PathBuf)>,
    existing: Existing,
) -> Vec<Result<u64, DownloadError>> {
    let count = files.len();
    let persisted = tokio::task::spawn_blocking(move || {
        let synced = sync_files(&files);
        let persist = |(file, to): (ReceivedFile, PathBuf)| match &synced {
            Ok(()) => file.rename(&to, existing),
            Err(error) => Err(write_error(&to, error)),
        };
        files.into_iter().map(persist).collect()
    });
    persisted.await.unwrap_or_else(|error| {
        let stopped = || CommandError::failed(format!("writing a file stopped early: {error}"));
        (0..count).map(|_| Err(stopped().into())).collect()
    })
}

/// Writes the content of `files` to the disk.
fn sync_files(files: &[(ReceivedFile, PathBuf)]) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    if let [(first, _), _, ..] = files {
        return Ok(nix::unistd::syncfs(File::open(&first.temporary)?)?);
    }
    files.iter().try_for_each(|(file, _)| File::open(&file.temporary)?.sync_data())
}

/// Returns an error if a file of `bytes` (0 if unknown) cannot be written to `to`, before the download starts.
pub(crate) fn check_destination(to: &Path, bytes: u64, existing: Existing) -> Result<(), CommandError> {
    let shown = to.display();
    match std::fs::metadata(to) {
        Ok(facts) if facts.is_file() => match existing {
            Existing::Keep if bytes != 0 && facts.len() != bytes => Err(file_exists_error(to)),
            _ => Ok(()),
        },
        Ok(facts) if facts.is_dir() => Err(CommandError::failed(format!("`{shown}` is a folder"))
            .hint("use `--out FOLDER/` to write to another folder")),
        Ok(_) => Err(CommandError::failed(format!("`{shown}` is not a regular file"))
            .hint("use `--out -` to write to stdout")),
        Err(_) if to.is_symlink() => {
            Err(CommandError::failed(format!("`{shown}` is a broken symbolic link"))
                .hint("delete the link, or use `--out FOLDER/` to write to another folder"))
        }
        Err(_) => Ok(()),
    }
}

fn file_exists_error(to: &Path) -> CommandError {
    CommandError::failed(format!("`{}` already exists with different content", to.display()))
        .hint("use `--force` to overwrite it, or `--out FOLDER/` to write to another folder")
}

fn file_digest(path: &Path) -> std::io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Digest::from_sha256(&hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// Downloads `source` to `to`. Returns the size in bytes.
pub(crate) async fn download(
    s3: &Client,
    source: &DownloadSource,
    to: &Path,
    existing: Existing,
    bar: &ProgressBar,
) -> Result<u64, DownloadError> {
    let received = receive(s3, source, to, bar).await?;
    persist_all(vec![(received, to.to_owned())], existing).await.remove(0)
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
    let failed = |error: std::io::Error| write_error(to, &error);
    let temporary = temporary_file(to).map_err(failed)?;
    let mut partial = PartialDownload {
        file: temporary,
        received: 0,
        hasher: Sha256::new(),
        etag: None,
        flushed: 0,
        flush: None,
    };
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
    Ok(ReceivedFile { temporary: partial.file.into_temp_path(), digest, bytes: partial.received })
}

/// Syncs `folder`, and thereby the names of the files in it, to the disk.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), CommandError> {
    let synced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| write_error(folder, &error).into_error())
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
    file: NamedTempFile,
    /// The number of bytes received.
    received: u64,
    /// The digest of the bytes received.
    hasher: Sha256,
    /// The entity tag, so that the rest comes from the same object.
    etag: Option<String>,
    /// The number of bytes received when the last flush began.
    flushed: u64,
    /// The flush that runs in the background.
    flush: Option<JoinHandle<std::io::Result<()>>>,
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
                self.restart(bar)?;
                return Err(StopReason::Connection("the object was replaced during the download".to_owned()));
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
            self.restart(bar)?;
        }
        let digest_in_metadata = object.metadata().and_then(|metadata| metadata.get(SHA256).cloned());
        let digest_in_source = source.digest.as_ref().map(|digest| digest.as_str().to_owned());
        self.etag = object.e_tag().map(str::to_owned);
        let length = object.content_length().and_then(|length| u64::try_from(length).ok());
        let expected = length.map(|length| self.received + length);
        let (mut pieces, mut unwritten): (Vec<Bytes>, usize) = (Vec::new(), 0);
        let broken = loop {
            match object.body.next().await {
                Some(Ok(piece)) => {
                    bar.inc(piece.len() as u64);
                    unwritten += piece.len();
                    pieces.push(piece);
                    if unwritten >= WRITE_BYTES {
                        self.write(&mut pieces).map_err(StopReason::Disk)?;
                        unwritten = 0;
                        self.flush_behind().await.map_err(StopReason::Disk)?;
                    }
                }
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        // The next attempt continues after these bytes.
        self.write(&mut pieces).map_err(StopReason::Disk)?;
        self.end_flush().await.map_err(StopReason::Disk)?;
        if let Some(error) = broken {
            return Err(StopReason::Connection(error.to_string()));
        }
        if let Some(expected) = expected.filter(|expected| *expected != self.received) {
            return Err(StopReason::Connection(format!("{} of {expected} bytes arrived", self.received)));
        }
        let digest = Digest::from_sha256(&self.hasher.clone().finalize());
        if digest_in_source.or(digest_in_metadata).is_some_and(|wanted| wanted != digest.as_str()) {
            self.restart(bar)?;
            return Err(StopReason::Connection("the content does not match its SHA-256".to_owned()));
        }
        Ok(())
    }

    /// Appends `pieces` to the file and to the digest.
    fn write(&mut self, pieces: &mut Vec<Bytes>) -> std::io::Result<()> {
        // Other downloads continue on other threads.
        tokio::task::block_in_place(|| {
            for piece in pieces.drain(..) {
                self.file.write_all(&piece)?;
                self.hasher.update(&piece);
                self.received += piece.len() as u64;
            }
            Ok(())
        })
    }

    /// Flushes the bytes of a large object to the disk while the rest arrives, so that the last sync has little to write.
    async fn flush_behind(&mut self) -> std::io::Result<()> {
        let is_flushing = self.flush.as_ref().is_some_and(|flush| !flush.is_finished());
        if is_flushing || self.received - self.flushed < FLUSH_BYTES {
            return Ok(());
        }
        self.end_flush().await?;
        let file = self.file.as_file().try_clone()?;
        self.flushed = self.received;
        self.flush = Some(tokio::task::spawn_blocking(move || file.sync_data()));
        Ok(())
    }

    /// Waits for the flush. The kernel reports a failed write only once, so its error must not be lost.
    async fn end_flush(&mut self) -> std::io::Result<()> {
        match self.flush.take() {
            Some(flush) => flush.await?,
            None => Ok(()),
        }
    }

    /// Discards the bytes received.
    fn restart(&mut self, bar: &ProgressBar) -> Result<(), StopReason> {
        self.file.as_file().set_len(0).map_err(StopReason::Disk)?;
        self.file.rewind().map_err(StopReason::Disk)?;
        bar.set_position(0);
        (self.received, self.flushed) = (0, 0);
        self.hasher = Sha256::new();
        self.etag = None;
        Ok(())
    }
}
