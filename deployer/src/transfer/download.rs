//! One object to a file: whole and checked under its final name, or not there at all.

use std::io::ErrorKind;
use std::path::Path;

use aws_sdk_s3::Client;
use contract::key::{Digest, escape};
use indicatif::ProgressBar;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use crate::error::{CommandError, aws_code, aws_error, io_error};
use crate::transfer::backoff::Backoff;
use crate::transfer::store::is_passing;

/// How often a download that comes no further is gone on with.
const TRIES: u32 = 4;

/// The metadata in which the functions tell the SHA-256 of what they store.
const SHA256: &str = "sha256";

/// What is downloaded.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The version, where a certain one is meant.
    pub(crate) version_id: Option<String>,
    /// The SHA-256 of its bytes, where it is known beforehand; else its metadata may tell.
    pub(crate) digest: Option<Digest>,
}

/// An object that has come whole, in a file without its name yet. It is gone when dropped.
pub(crate) struct Received {
    file: tokio::fs::File,
    temporary: NamedTempFile,
    bytes: u64,
}

impl Received {
    /// Gives the file its name, `to`, when it is on the disk. Gives the size in bytes.
    pub(crate) async fn keep(self, to: &Path) -> Result<u64, CommandError> {
        let failed = |error: std::io::Error| unwritten(to, &error);
        self.file.sync_all().await.map_err(failed)?;
        self.temporary.persist(to).map_err(|error| failed(error.error))?;
        Ok(self.bytes)
    }
}

/// Downloads `source` to `to`, replacing what is there. Gives the size in bytes.
pub(crate) async fn download(
    s3: &Client,
    source: &Source,
    to: &Path,
    bar: &ProgressBar,
) -> Result<u64, CommandError> {
    receive(s3, source, to, bar).await?.keep(to).await
}

/// Downloads `source` into a file that is to be called `to`.
///
/// A connection that is cut is gone on with where it ended. The bytes are held against their SHA-256.
pub(crate) async fn receive(
    s3: &Client,
    source: &Source,
    to: &Path,
    bar: &ProgressBar,
) -> Result<Received, CommandError> {
    let folder = folder_of(to);
    let failed = |error: std::io::Error| unwritten(to, &error);
    // In the same folder, so that the rename cannot cross file systems; gone when dropped. Photos are private:
    // whoever wants to show the file to others says so.
    let temporary = tempfile::Builder::new().prefix(".deployer-").tempfile_in(folder).map_err(failed)?;
    let file = tokio::fs::File::from_std(temporary.reopen().map_err(failed)?);
    let mut partial = Partial { file, received: 0, whole: Sha256::new(), etag: None };
    let mut furthest = 0;
    let mut backoff = Backoff::tries(TRIES);
    while let Err(broken) = partial.go_on(s3, source, bar).await {
        let problem = match broken {
            Broken::Cut(problem) => problem,
            Broken::Disk(error) => return Err(failed(error)),
            Broken::For(error) => return Err(*error),
        };
        if partial.received > furthest {
            furthest = partial.received;
            backoff = Backoff::tries(TRIES);
        }
        if !backoff.again().await {
            return Err(CommandError::failed(format!(
                "cannot download `{}`: {problem}; nothing was written to `{}`",
                escape(&source.key),
                to.display()
            ))
            .hint("check the network and repeat the command"));
        }
    }
    Ok(Received { file: partial.file, temporary, bytes: partial.received })
}

/// Waits until the names of the files in `folder` are on the disk, which are when it is.
pub(crate) fn settle(folder: &Path) -> Result<(), CommandError> {
    let synced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| unwritten(folder, &error))
}

/// The folder that `file` is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn unwritten(to: &Path, error: &std::io::Error) -> CommandError {
    let said = io_error(format_args!("write `{}`", to.display()), error);
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            said.hint("free some space, or name a folder on another disk with `--out`")
        }
        _ => said,
    }
}

/// Why a download did not come to its end.
enum Broken {
    /// The connection was cut: it may be gone on with.
    Cut(String),
    /// The file cannot be written.
    Disk(std::io::Error),
    /// For a reason that stays.
    For(Box<CommandError>),
}

/// The beginning of an object, in a file.
struct Partial {
    file: tokio::fs::File,
    /// How much of it has come, in bytes.
    received: u64,
    /// The digest of what has come.
    whole: Sha256,
    /// The object's entity tag, so that the rest comes from the same one.
    etag: Option<String>,
}

impl Partial {
    /// Downloads what is missing.
    async fn go_on(&mut self, s3: &Client, source: &Source, bar: &ProgressBar) -> Result<(), Broken> {
        let has_begun = self.received > 0;
        let sent = s3
            .get_object()
            .bucket(&source.bucket)
            .key(&source.key)
            .set_version_id(source.version_id.clone())
            .set_range(has_begun.then(|| format!("bytes={}-", self.received)))
            .set_if_match(self.etag.clone().filter(|_| has_begun))
            .send()
            .await;
        let mut object = match sent {
            Ok(object) => object,
            Err(error)
                if has_begun && matches!(aws_code(&error), Some("PreconditionFailed" | "InvalidRange")) =>
            {
                self.restart(bar).await?;
                return Err(Broken::Cut("it was replaced meanwhile".to_owned()));
            }
            Err(error) if has_begun && is_passing(&error) => {
                return Err(Broken::Cut(aws_error("go on", &error).message));
            }
            Err(error) => {
                let what = format_args!("download `{}` from `{}`", escape(&source.key), source.bucket);
                return Err(Broken::For(Box::new(aws_error(what, &error))));
            }
        };
        let from = format!("bytes {}-", self.received);
        if has_begun && !object.content_range().is_some_and(|range| range.starts_with(&from)) {
            // Not every server gives a part.
            self.restart(bar).await?;
        }
        let told = object.metadata().and_then(|metadata| metadata.get(SHA256).cloned());
        let known = source.digest.as_ref().map(|digest| digest.as_str().to_owned());
        self.etag = object.e_tag().map(str::to_owned);
        let length = object.content_length().and_then(|length| u64::try_from(length).ok());
        let expected = length.map(|length| self.received + length);
        while let Some(piece) = object.body.next().await {
            let piece = piece.map_err(|error| Broken::Cut(error.to_string()))?;
            self.file.write_all(&piece).await.map_err(Broken::Disk)?;
            self.whole.update(&piece);
            self.received += piece.len() as u64;
            bar.inc(piece.len() as u64);
        }
        // What is written is kept by the next try only if it is in the file.
        self.file.flush().await.map_err(Broken::Disk)?;
        if let Some(expected) = expected.filter(|expected| *expected != self.received) {
            return Err(Broken::Cut(format!("{} of {expected} bytes arrived", self.received)));
        }
        let digest = Digest::from_sha256(&self.whole.clone().finalize());
        if known.or(told).is_some_and(|wanted| wanted != digest.as_str()) {
            self.restart(bar).await?;
            return Err(Broken::Cut("its bytes do not match their SHA-256".to_owned()));
        }
        Ok(())
    }

    /// Forgets what has come.
    async fn restart(&mut self, bar: &ProgressBar) -> Result<(), Broken> {
        self.file.set_len(0).await.map_err(Broken::Disk)?;
        self.file.rewind().await.map_err(Broken::Disk)?;
        bar.set_position(0);
        self.received = 0;
        self.whole = Sha256::new();
        self.etag = None;
        Ok(())
    }
}
