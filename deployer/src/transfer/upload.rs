//! Uploads photos and can wait for their thumbnails.

use std::collections::BTreeMap;
use std::iter;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use contract::focus::Focus;
use contract::key::{OriginalKey, OriginalVersion, escape};
use contract::manifest::Manifest;
use futures::stream::{self, StreamExt as _};
use imaging::ImageError;
use serde::Serialize;
use tempfile::NamedTempFile;
use time::{Date, OffsetDateTime};
use tokio::sync::Semaphore;

use crate::backoff::Backoff;
use crate::error::{CommandError, Kind, io_error, quoted};
use crate::interrupt::Signals;
use crate::photos::{PhotoStore, State};
use crate::stack::Stack;
use crate::transfer::photo::{self, Photo, Sniffed};
use crate::transfer::store::Store;
use crate::transfer::walk::{Found, Walked, walk};
use crate::ui::Ui;

/// How many photos are read, uploaded and awaited at once.
const PHOTOS_AT_ONCE: usize = 16;

/// How many requests with a body are sent at once.
const REQUESTS_AT_ONCE: usize = 16;

/// The reason for skipping a file of an unknown format.
const NO_IMAGE: &str = "not an image";

/// The options of an upload.
#[derive(Debug)]
pub(crate) struct Upload {
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

/// The outcome for one file, as a line of JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum FileOutcome {
    Stored(Box<Stored>),
    /// A file in a folder that is not a photo, with its type.
    Skipped {
        file: String,
        skipped: String,
    },
    Failed {
        file: String,
        error: String,
    },
}

/// A photo in the originals bucket, as a line of JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Stored {
    file: String,
    pub(crate) key: String,
    version: String,
    bytes: u64,
    sha256: String,
    already_there: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    followed: Option<Followed>,
}

impl Stored {
    /// Returns the time from the upload to the thumbnails, in milliseconds, or `None` if the photo already existed.
    pub(crate) fn milliseconds(&self) -> Option<u64> {
        match self.followed {
            Some(Followed::Done { milliseconds, .. }) if !self.already_there => Some(milliseconds),
            _ => None,
        }
    }
}

/// The last known state of a photo.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum Followed {
    Done { thumbnails: Vec<String>, milliseconds: u64 },
    Failed { reason: String, message: String },
    Superseded,
    Waiting { message: String },
}

/// Uploads the files of `upload` and calls `report` for each photo, in the order of the command line.
pub(crate) async fn send(
    upload: &Upload,
    stack: &Stack,
    ui: &Ui,
    mut report: impl FnMut(&Stored) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    check_stdin(upload)?;
    let mut tally = Tally {
        ui,
        report: &mut report,
        flags: stack.config.flags(),
        total: 0,
        stored: 0,
        has_focus: upload.focus.is_some(),
        skipped: BTreeMap::new(),
        failed: 0,
        first: None,
        is_interrupted: false,
    };
    let mut spooled = None;
    // Folders are walked twice, to count and to upload, since the names may not fit in memory.
    let mut is_there_any = false;
    for path in &upload.paths {
        if path == Path::new("-") {
            spooled = Some(spool(upload, stack.config.settings.jpeg_xl).await?);
            is_there_any = true;
            tally.total += 1;
            continue;
        }
        match walk(path, upload.recursive) {
            Ok(walked) => {
                let before = tally.total;
                for walked in walked {
                    is_there_any |= walked.is_ok();
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
    let found = found(upload, spooled.as_ref().map(NamedTempFile::path));
    if is_there_any {
        let catalog = PhotoStore::open(stack).await?;
        let store = Store {
            s3: catalog.s3,
            bucket: catalog.originals,
            focus: upload.focus,
            requests: Semaphore::new(REQUESTS_AT_ONCE),
            signals: Signals::listen(),
        };
        let today = OffsetDateTime::now_utc().date();
        let session = Session { store, catalog: &catalog, stack, today, upload, ui };
        session.all(found, &mut tally).await?;
    } else {
        for (path, error) in found.filter_map(Result::err) {
            tally.add(path.display().to_string(), Err(error))?;
        }
    }
    drop(spooled);
    tally.conclude()
}

/// Copies stdin to a temporary file, which is deleted on drop.
async fn spool(upload: &Upload, reads_jpeg_xl: bool) -> Result<NamedTempFile, CommandError> {
    let failed = |error: std::io::Error| io_error("create a temporary file", &error);
    let file = NamedTempFile::with_prefix("deployer-").map_err(failed)?;
    let (open, name, force) = (file.reopen().map_err(failed)?, upload.name.clone(), upload.force);
    let check = move |sniffed| match photo::as_configured(sniffed, reads_jpeg_xl) {
        _ if force => Ok(()),
        sniffed => check(&name.unwrap_or_default(), sniffed),
    };
    let copied = tokio::task::spawn_blocking(move || photo::spool(std::io::stdin().lock(), open, check));
    copied.await.map_err(|error| gone(&error))??;
    Ok(file)
}

/// Returns an error if the type of the file `name` is not supported.
fn check(name: &str, sniffed: Sniffed) -> Result<(), CommandError> {
    let name = escape(name);
    match sniffed {
        Ok(_) => Ok(()),
        Err(ImageError::Unsupported { format }) if format == photo::JPEG_XL => {
            Err(CommandError::failed(format!("`{name}` is in JPEG XL, which this stack does not read"))
                .hint("set `jpeg_xl: true` in deployer.yaml and run `deployer up`"))
        }
        Err(ImageError::Unsupported { format }) => {
            Err(CommandError::failed(format!("`{name}` is in the unsupported format {format}"))
                .hint("convert it to JPEG, PNG or WebP, or use `--force` to upload it anyway"))
        }
        Err(_) => Err(CommandError::failed(format!("`{name}` is not an image in a known format"))
            .hint("use `--force` to upload it anyway")),
    }
}

/// Returns the category of a `skipped` file: its format, or its extension.
fn kind(file: &str, skipped: &str) -> String {
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
    match extension {
        Some(extension) if skipped == NO_IMAGE => format!("`.{}`", escape(extension)),
        _ => skipped.to_owned(),
    }
}

/// Returns all files of the command line, in order. The file `spooled` has the content of stdin.
fn found<'a>(upload: &'a Upload, spooled: Option<&'a Path>) -> impl Iterator<Item = Walked> + 'a {
    upload.paths.iter().flat_map(move |path| -> Box<dyn Iterator<Item = Walked>> {
        match spooled {
            Some(spooled) if path == Path::new("-") => {
                let name = upload.name.clone().unwrap_or_default();
                Box::new(iter::once(Ok(Found { path: spooled.to_owned(), name, named: true })))
            }
            _ => match walk(path, upload.recursive) {
                Ok(walked) => Box::new(walked),
                Err(error) => Box::new(iter::once(Err((path.clone(), error)))),
            },
        }
    })
}

fn check_stdin(upload: &Upload) -> Result<(), CommandError> {
    let standard_input = upload.paths.iter().filter(|path| *path == Path::new("-")).count();
    if standard_input > 1 {
        return Err(CommandError::usage("`-` can be used only once"));
    }
    match (&upload.name, standard_input) {
        (None, 1) => Err(CommandError::usage("`-` requires `--name`")
            .hint("add a file name: `deployer upload - --name cat.jpg`")),
        (Some(_), 0) => Err(CommandError::usage("`--name` works only with `-`")
            .hint("run `deployer upload - --name cat.jpg < FILE` to upload a file under another name")),
        _ => Ok(()),
    }
}

/// One run of the command.
struct Session<'a> {
    store: Store<'a>,
    catalog: &'a PhotoStore<'a>,
    stack: &'a Stack,
    today: Date,
    upload: &'a Upload,
    ui: &'a Ui,
}

impl Session<'_> {
    /// Uploads all files and reports them in the order of the command line, each as soon as all earlier ones are known.
    async fn all(
        &self,
        found: impl Iterator<Item = Walked>,
        tally: &mut Tally<'_>,
    ) -> Result<(), CommandError> {
        let bar = self.ui.count(tally.total, "photos");
        let wanted = found.enumerate().take_while(|_| !self.store.signals.is_asked());
        let mut outcomes = stream::iter(wanted)
            .map(async |(index, found)| match found {
                Ok(found) => (index, found.path.display().to_string(), self.one(&found).await),
                Err((path, error)) => (index, path.display().to_string(), Err(error)),
            })
            .buffer_unordered(PHOTOS_AT_ONCE);
        let mut early = BTreeMap::new();
        let mut next = 0;
        while let Some((index, file, outcome)) = outcomes.next().await {
            bar.inc(1);
            early.insert(index, (file, outcome));
            while let Some((file, outcome)) = early.remove(&next) {
                tally.add(file, outcome)?;
                next += 1;
            }
        }
        bar.finish_and_clear();
        tally.is_interrupted |= self.store.signals.is_asked();
        Ok(())
    }

    /// Runs `work` on another thread. A signal does not wait for it.
    async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, CommandError> + Send + 'static,
    ) -> Result<T, CommandError> {
        let work = async { tokio::task::spawn_blocking(work).await.map_err(|error| gone(&error))? };
        self.store.signals.unless_asked(work).await
    }

    async fn one(&self, found: &Found) -> Result<FileOutcome, CommandError> {
        let path = found.path.clone();
        let sniffed = self.beside(move || photo::look(&path)).await?;
        let sniffed = photo::as_configured(sniffed, self.stack.config.settings.jpeg_xl);
        if !self.upload.force {
            match (sniffed, found.named) {
                (Err(ImageError::Unsupported { format }), false) => return Ok(skipped(found, format)),
                (Err(_), false) => return Ok(skipped(found, NO_IMAGE)),
                (sniffed, _) => check(&found.name, sniffed)?,
            }
        }
        let path = found.path.clone();
        let photo = self.beside(move || Photo::read(&path)).await?;
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
        let bar = self.ui.transfer(photo.bytes, escape(&found.name));
        let stored = self.store.store(&photo, &key, &bar).await?;
        drop(bar);
        let followed = match self.upload.wait {
            true => Some(self.store.signals.unless_asked(self.follow(&stored.original)).await?),
            false => None,
        };
        Ok(FileOutcome::Stored(Box::new(Stored {
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
    async fn follow(&self, original: &OriginalVersion) -> Result<Followed, CommandError> {
        let began = Instant::now();
        let longest = Duration::from_secs(self.upload.timeout);
        let mut backoff = Backoff::polling();
        loop {
            match self.catalog.state(original).await? {
                State::Done(manifest) => return Ok(Followed::done(&manifest, began)),
                State::Failed(failure) => {
                    return Ok(Followed::Failed { reason: failure.reason, message: failure.message });
                }
                // A version that was overwritten before it was processed never gets a record.
                State::Waiting if !self.catalog.is_current(original).await? => {
                    return Ok(Followed::Superseded);
                }
                State::Waiting if began.elapsed() >= longest => {
                    return Ok(Followed::Waiting {
                        message: format!(
                            "neither thumbnails nor a failure record after {} s",
                            longest.as_secs()
                        ),
                    });
                }
                State::Waiting => backoff.again().await,
            };
        }
    }
}

impl Followed {
    fn done(manifest: &Manifest, began: Instant) -> Self {
        Self::Done {
            thumbnails: manifest.thumbnails.iter().map(|thumbnail| thumbnail.key.clone()).collect(),
            milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

fn skipped(found: &Found, what: &str) -> FileOutcome {
    FileOutcome::Skipped { file: found.path.display().to_string(), skipped: what.to_owned() }
}

/// The outcomes so far.
struct Tally<'a> {
    ui: &'a Ui,
    report: &'a mut dyn FnMut(&Stored) -> Result<(), CommandError>,
    /// The flags for another command on this stack.
    flags: String,
    total: u64,
    stored: u64,
    /// Whether the photos are uploaded with a focal point.
    has_focus: bool,
    /// The number of skipped files by category.
    skipped: BTreeMap<String, u64>,
    failed: u64,
    /// The first error.
    first: Option<CommandError>,
    is_interrupted: bool,
}

impl Tally<'_> {
    /// Counts and prints the outcome of `file`.
    fn add(&mut self, file: String, outcome: Result<FileOutcome, CommandError>) -> Result<(), CommandError> {
        match outcome {
            Ok(FileOutcome::Stored(stored)) => {
                self.stored += 1;
                (self.report)(&stored)?;
                let name = escape(&stored.key);
                if stored.already_there {
                    let kept = if self.has_focus { ", with the focal point that it had" } else { "" };
                    self.ui.note(format!("`{name}` already exists{kept}"));
                }
                self.followed(&name, stored.followed);
            }
            Ok(FileOutcome::Skipped { file, skipped }) => {
                *self.skipped.entry(kind(&file, &skipped)).or_default() += 1;
                self.ui.detail(format!("skipped `{}`: {skipped}", escape(&file)));
                if self.ui.is_json() {
                    self.ui.line(&FileOutcome::Skipped { file, skipped }, String::new)?;
                }
            }
            Ok(FileOutcome::Failed { error, .. }) => self.fail(CommandError::failed(error)),
            Err(error) => {
                if self.ui.is_json() {
                    self.ui.line(&FileOutcome::Failed { file, error: error.message.clone() }, String::new)?;
                }
                self.fail(error);
            }
        }
        Ok(())
    }

    fn followed(&mut self, name: &str, followed: Option<Followed>) {
        let explain = format!("run `deployer explain{} {}` to see its state", self.flags, quoted(name));
        match followed {
            None => {}
            Some(Followed::Done { thumbnails, milliseconds }) => {
                let count = thumbnails.len();
                self.ui.note(format!("`{name}` has {count} thumbnails after {milliseconds} ms"));
            }
            Some(Followed::Superseded) => {
                self.ui.note(format!("`{name}` was overwritten or removed meanwhile"));
            }
            Some(Followed::Failed { reason, message }) => self.fail(
                CommandError::failed(format!("no thumbnails for `{name}`: {message} ({reason})"))
                    .hint(explain),
            ),
            Some(Followed::Waiting { message }) => {
                self.fail(
                    CommandError::failed(format!("no thumbnails for `{name}`: {message}")).hint(explain),
                );
            }
        }
    }

    /// Counts an error, and prints it if there are several files.
    fn fail(&mut self, error: CommandError) {
        if self.total > 1 && error.kind != Kind::Interrupted {
            self.ui.error(&error);
        }
        self.failed += 1;
        self.is_interrupted |= error.kind == Kind::Interrupted;
        self.first.get_or_insert(error);
    }

    fn conclude(self) -> Result<(), CommandError> {
        let Self { total, stored, failed, .. } = self;
        let skipped: u64 = self.skipped.values().sum();
        if skipped > 0 {
            let files = if skipped == 1 { "file" } else { "files" };
            let kinds = self.skipped.iter().map(|(kind, count)| format!("{count} {kind}"));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            self.ui.warn(format!(
                "skipped {skipped} {files} in unsupported formats: {kinds} (use `-v` to list them)"
            ));
        }
        match self.first {
            _ if self.is_interrupted => Err(CommandError::interrupted(format!(
                "interrupted: {stored} of {} photos were uploaded",
                total.saturating_sub(skipped)
            ))
            .hint("run the same command again to upload the rest")),
            None => Ok(()),
            Some(first) if total == 1 => Err(first),
            Some(_) => Err(CommandError::failed(format!("{failed} of {total} files failed"))),
        }
    }
}

/// Returns the error of a blocking task that panicked or was canceled at shutdown.
fn gone(error: &tokio::task::JoinError) -> CommandError {
    CommandError::failed(format!("reading a file stopped early: {error}"))
}
