//! Uploads photos and can wait for their thumbnails.

use std::collections::BTreeMap;
use std::iter;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use contract::focus::Focus;
use contract::key::{OriginalKey, OriginalVersion, escape};
use futures::stream::{self, StreamExt as _};
use imaging::ImageError;
use tempfile::NamedTempFile;
use time::{Date, OffsetDateTime};
use tokio::sync::Semaphore;

use crate::backoff::Backoff;
use crate::config::Config;
use crate::error::{CommandError, Kind, io_error};
use crate::interrupt::Signals;
use crate::photos::{PhotoState, PhotoStore};
use crate::stack::Stack;
use crate::transfer::outcome::{FileOutcome, NO_IMAGE, ProcessingResult, StoredPhoto, Tally};
use crate::transfer::photo::{self, LocalPhoto, SniffResult};
use crate::transfer::unfinished::UnfinishedUploads;
use crate::transfer::uploader::Uploader;
use crate::transfer::walk::{LocalFile, WalkEntry, walk};
use crate::ui::Ui;

/// How many photos are read, uploaded, and awaited at once.
const PHOTOS_AT_ONCE: usize = 16;

/// How many requests with a body are sent at once.
const REQUESTS_AT_ONCE: usize = 16;

/// The maximum number of outcomes that wait for the outcome of an earlier file.
const MAX_HELD: usize = 1_000;

/// The options of an upload.
#[derive(Debug)]
pub(crate) struct UploadOptions {
    /// Files, folders, or `-` for stdin.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether to upload folders.
    pub(crate) recursive: bool,
    /// The file name for stdin.
    pub(crate) name: Option<String>,
    /// Whether to wait until each photo has thumbnails or has failed.
    pub(crate) wait: bool,
    /// The maximum wait per photo, in seconds.
    pub(crate) timeout: u64,
    /// Whether to upload files that are not images.
    pub(crate) force: bool,
    /// The focal point of all photos.
    pub(crate) focus: Option<Focus>,
}

/// Uploads the files of `upload` and calls `report` for each photo, in the order of the command line.
pub(crate) async fn upload_files(
    upload: &UploadOptions,
    stack: &Stack,
    ui: &Ui,
    mut report: impl FnMut(&StoredPhoto) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    check_stdin(upload)?;
    let mut tally = Tally::new(ui, &mut report, upload.focus.is_some());
    let mut stdin_copy = None;
    // Folders are walked twice, to count and to upload, since the names may not fit in memory.
    let mut has_files = false;
    for path in &upload.paths {
        if path == Path::new("-") {
            stdin_copy = Some(copy_stdin(upload, &stack.config).await?);
            has_files = true;
            tally.total += 1;
            continue;
        }
        match walk(path, upload.recursive) {
            Ok(walked) => {
                let before = tally.total;
                for walked in walked {
                    has_files |= walked.is_ok();
                    tally.total += 1;
                }
                if tally.total == before {
                    ui.warn(format!("no files in `{}`", path.display()));
                }
            }
            // A usage error stops the command; a file that cannot be read does not.
            Err(error) if error.kind == Kind::Usage => return Err(error),
            Err(_) => tally.total += 1,
        }
    }
    let found = found(upload, stdin_copy.as_ref().map(NamedTempFile::path));
    if has_files {
        let store = PhotoStore::open(stack).await?;
        let uploader = Uploader {
            s3: store.s3,
            s3_for_uploads: stack.aws.s3_for_uploads(),
            bucket: store.originals,
            focus: upload.focus,
            unfinished: UnfinishedUploads::open(store.originals, upload.focus),
            requests: Semaphore::new(REQUESTS_AT_ONCE),
            signals: Signals::listen(),
        };
        let today = OffsetDateTime::now_utc().date();
        let run = UploadRun { uploader, store: &store, stack, today, upload, ui };
        run.upload_all(found, &mut tally).await?;
    } else {
        for (path, error) in found.filter_map(Result::err) {
            tally.add(path.display().to_string(), Err(error))?;
        }
    }
    drop(stdin_copy);
    tally.finish()
}

/// Copies stdin to a temporary file, which is deleted on drop.
async fn copy_stdin(upload: &UploadOptions, config: &Config) -> Result<NamedTempFile, CommandError> {
    let failed = |error: std::io::Error| io_error("create a temporary file", &error);
    let file = NamedTempFile::with_prefix("deployer-").map_err(failed)?;
    let (open, name, force) = (file.reopen().map_err(failed)?, upload.name.clone(), upload.force);
    let settings = config.settings.clone();
    let check = move |sniffed| match photo::apply_format_settings(sniffed, &settings) {
        _ if force => Ok(()),
        sniffed => check_format(&name.unwrap_or_default(), sniffed),
    };
    let copied = tokio::task::spawn_blocking(move || photo::copy_stdin(std::io::stdin().lock(), open, check));
    copied.await.map_err(|error| task_error(&error))??;
    Ok(file)
}

/// Returns an error if the type of the file `name` is not supported.
fn check_format(name: &str, sniffed: SniffResult) -> Result<(), CommandError> {
    let name = escape(name);
    match sniffed {
        Ok(_) => Ok(()),
        Err(ImageError::Unsupported { format }) => Err(match photo::setting_of_format(format) {
            Some(setting) => {
                CommandError::failed(format!("`{name}` is in {format}, which this stack does not read"))
                    .hint(format!("set `{setting}: true` in deployer.yaml, then run `deployer up{{flags}}`"))
            }
            None => CommandError::failed(format!("`{name}` is in the unsupported format {format}"))
                .hint("convert it to JPEG, PNG, or WebP, or use `--force` to upload it anyway"),
        }),
        Err(_) => Err(CommandError::failed(format!("`{name}` is not an image in a known format"))
            .hint("use `--force` to upload it anyway")),
    }
}

/// Returns all files of the command line, in order. The file `stdin_copy` has the content of stdin.
fn found<'a>(
    upload: &'a UploadOptions,
    stdin_copy: Option<&'a Path>,
) -> impl Iterator<Item = WalkEntry> + 'a {
    upload.paths.iter().flat_map(move |path| -> Box<dyn Iterator<Item = WalkEntry>> {
        match stdin_copy {
            Some(stdin_copy) if path == Path::new("-") => {
                let name = upload.name.clone().unwrap_or_default();
                Box::new(iter::once(Ok(LocalFile { path: stdin_copy.to_owned(), name, is_named: true })))
            }
            _ => match walk(path, upload.recursive) {
                Ok(walked) => Box::new(walked),
                Err(error) => Box::new(iter::once(Err((path.clone(), error)))),
            },
        }
    })
}

fn check_stdin(upload: &UploadOptions) -> Result<(), CommandError> {
    let dashes = upload.paths.iter().filter(|path| *path == Path::new("-")).count();
    if dashes > 1 {
        return Err(CommandError::usage("`-` can be used only once"));
    }
    match (&upload.name, dashes) {
        (None, 1) => {
            Err(CommandError::usage("`-` requires `--name`")
                .hint("add a file name, such as `--name cat.jpg`"))
        }
        (Some(_), 0) => Err(CommandError::usage("`--name` works only with `-`")
            .hint("use `-` in place of the file to upload stdin under this name")),
        _ => Ok(()),
    }
}

/// One run of the command.
struct UploadRun<'a> {
    uploader: Uploader<'a>,
    store: &'a PhotoStore<'a>,
    stack: &'a Stack,
    today: Date,
    upload: &'a UploadOptions,
    ui: &'a Ui,
}

impl UploadRun<'_> {
    /// Uploads all files and reports them in the order of the command line, each as soon as all earlier ones are known. Behind
    /// a slow file, only [`MAX_HELD`] others wait to be reported.
    async fn upload_all(
        &self,
        found: impl Iterator<Item = WalkEntry>,
        tally: &mut Tally<'_>,
    ) -> Result<(), CommandError> {
        let bar = self.ui.start_count_bar(tally.total, "photos");
        let wanted = found.enumerate().take_while(|_| !self.uploader.signals.has_pending_signal());
        let mut outcomes = stream::iter(wanted)
            .map(async |(index, found)| match found {
                Ok(found) => (index, found.path.display().to_string(), self.upload_one(&found).await),
                Err((path, error)) => (index, path.display().to_string(), Err(error)),
            })
            .buffer_unordered(PHOTOS_AT_ONCE);
        let mut finished = BTreeMap::new();
        let mut next = 0;
        while let Some((index, file, outcome)) = outcomes.next().await {
            bar.inc(1);
            finished.insert(index, (file, outcome));
            while let Some(first) = finished.first_entry()
                && (*first.key() <= next || finished.len() > MAX_HELD)
                && let Some((index, (file, outcome))) = finished.pop_first()
            {
                tally.add(file, outcome)?;
                next = next.max(index + 1);
            }
        }
        bar.finish_and_clear();
        tally.is_interrupted |= self.uploader.signals.has_pending_signal();
        Ok(())
    }

    /// Runs `work` on another thread. A signal does not wait for it.
    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, CommandError> + Send + 'static,
    ) -> Result<T, CommandError> {
        let work = async { tokio::task::spawn_blocking(work).await.map_err(|error| task_error(&error))? };
        self.uploader.signals.run_until_any_signal(work).await
    }

    async fn upload_one(&self, found: &LocalFile) -> Result<FileOutcome, CommandError> {
        let path = found.path.clone();
        let sniffed = self.run_blocking(move || photo::sniff_file(&path)).await?;
        let sniffed = photo::apply_format_settings(sniffed, &self.stack.config.settings);
        if !self.upload.force {
            match (sniffed, found.is_named) {
                (Err(ImageError::Unsupported { format }), false) => return Ok(skipped(found, format)),
                (Err(_), false) => return Ok(skipped(found, NO_IMAGE)),
                (sniffed, _) => check_format(&found.name, sniffed)?,
            }
        }
        let path = found.path.clone();
        let photo = self.run_blocking(move || LocalPhoto::read(&path)).await?;
        let limit = self.stack.config.settings.limits.bytes;
        if photo.bytes > limit {
            self.ui.warn(format!(
                "the function will reject `{}`: its {} bytes exceed `limits.bytes` ({limit})",
                escape(&found.name),
                photo.bytes
            ));
        }
        let key = OriginalKey::new(self.today, &photo.digest, &found.name)
            .map_err(|error| CommandError::failed(error.to_string()))?;
        let bar = self.ui.start_transfer_bar(photo.bytes, escape(&found.name));
        let stored = self.uploader.upload(&photo, &key, &bar).await?;
        drop(bar);
        let followed = match self.upload.wait {
            true => {
                let result = self.wait_for_result(&stored.original);
                let result = self.uploader.signals.run_until_any_signal(result).await;
                // The photo is stored even if the wait fails.
                Some(result.unwrap_or_else(|error| match error.kind {
                    Kind::Interrupted => {
                        ProcessingResult::Interrupted { message: "the wait was interrupted" }
                    }
                    _ => ProcessingResult::Waiting { message: error.message },
                }))
            }
            false => None,
        };
        Ok(FileOutcome::Stored(Box::new(StoredPhoto {
            file: found.path.display().to_string(),
            key: stored.original.key,
            version: stored.original.version,
            bytes: photo.bytes,
            sha256: photo.digest.as_str().to_owned(),
            already_there: stored.already_there,
            followed,
        })))
    }

    /// Reads the records of the photo until one exists.
    async fn wait_for_result(&self, original: &OriginalVersion) -> Result<ProcessingResult, CommandError> {
        let started = Instant::now();
        let timeout = Duration::from_secs(self.upload.timeout);
        let mut backoff = Backoff::for_polling();
        loop {
            match self.store.state(original).await? {
                PhotoState::Done(manifest) => return Ok(ProcessingResult::done(&manifest, started)),
                PhotoState::Failed(failure) => {
                    return Ok(ProcessingResult::Failed { reason: failure.reason, message: failure.message });
                }
                // A version that was overwritten before it was processed never gets a record.
                PhotoState::Waiting if !self.store.is_current(original).await? => {
                    return Ok(ProcessingResult::Superseded);
                }
                PhotoState::Waiting if started.elapsed() >= timeout => {
                    return Ok(ProcessingResult::Waiting {
                        message: format!("the function has not finished within {} s", timeout.as_secs()),
                    });
                }
                PhotoState::Waiting => backoff.next_attempt().await,
            };
        }
    }
}

fn skipped(found: &LocalFile, what: &str) -> FileOutcome {
    FileOutcome::Skipped { file: found.path.display().to_string(), skipped: what.to_owned() }
}

/// Returns the error of a blocking task that panicked or was canceled at shutdown.
fn task_error(error: &tokio::task::JoinError) -> CommandError {
    CommandError::failed(format!("reading a file stopped early: {error}"))
}
