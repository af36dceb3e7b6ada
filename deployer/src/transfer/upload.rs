//! Uploading photos and, if asked, following them to their thumbnails.

use std::collections::BTreeMap;
use std::iter;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use contract::key::{OriginalKey, OriginalVersion, escape};
use contract::manifest::Manifest;
use futures::stream::{self, StreamExt as _};
use serde::Serialize;
use tempfile::NamedTempFile;
use time::{Date, OffsetDateTime};
use tokio::sync::Semaphore;

use crate::backoff::Backoff;
use crate::error::{CommandError, Kind, io_error, quoted};
use crate::interrupt::Signals;
use crate::photos::{PhotoStore, State};
use crate::stack::Stack;
use crate::transfer::photo::{self, Photo};
use crate::transfer::sniff::Sniffed;
use crate::transfer::store::Store;
use crate::transfer::walk::{Found, Walked, walk};
use crate::ui::Ui;

/// How many photos are read, sent and followed at once.
const PHOTOS_AT_ONCE: usize = 16;

/// How many requests carry bytes at once.
const REQUESTS_AT_ONCE: usize = 16;

/// Why a file is skipped whose format is not known.
const NO_IMAGE: &str = "not an image";

/// What to upload, and how.
#[derive(Debug)]
pub(crate) struct Upload {
    /// Files, folders, or `-` for the standard input.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether folders are uploaded.
    pub(crate) recursive: bool,
    /// The name of the standard input.
    pub(crate) name: Option<String>,
    /// Whether to wait until each photo has its thumbnails or has failed.
    pub(crate) wait: bool,
    /// The longest to wait for one photo, in seconds.
    pub(crate) timeout: u64,
    /// Whether to upload files that are no images.
    pub(crate) force: bool,
}

/// What became of one file, as a line of JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum FileOutcome {
    Stored(Box<Stored>),
    /// An ordinary file in a folder of photos, and what it is.
    Skipped {
        file: String,
        skipped: String,
    },
    Failed {
        file: String,
        error: String,
    },
}

/// A photo that is in the originals bucket, as a line of JSON.
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
    /// How long its thumbnails took from when it was stored, in milliseconds; none of one that had been there.
    pub(crate) fn milliseconds(&self) -> Option<u64> {
        match self.followed {
            Some(Followed::Done { milliseconds, .. }) if !self.already_there => Some(milliseconds),
            _ => None,
        }
    }
}

/// Where a photo was when it was last looked at.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum Followed {
    Done { thumbnails: Vec<String>, milliseconds: u64 },
    Failed { reason: String, message: String },
    Superseded,
    Waiting { message: String },
}

/// Uploads what `upload` names and hands each stored photo to `report`, in the order of the command line.
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
        skipped: BTreeMap::new(),
        failed: 0,
        first: None,
        is_interrupted: false,
    };
    let mut spooled = None;
    // The folders are walked twice, to be counted and to be uploaded, so that the names are never all in memory. One file
    // alone says by itself how the command ended.
    let mut is_there_any = false;
    for path in &upload.paths {
        if path == Path::new("-") {
            spooled = Some(spool(upload).await?);
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
                    ui.warn(format!("there are no files in `{}`", path.display()));
                }
            }
            // A wrong command line stops everything; a file that cannot be had stops nothing else.
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

/// What comes in on the standard input, in a temporary file that is gone when dropped.
async fn spool(upload: &Upload) -> Result<NamedTempFile, CommandError> {
    let failed = |error: std::io::Error| io_error("make a temporary file", &error);
    let file = NamedTempFile::with_prefix("deployer-").map_err(failed)?;
    let (open, name, force) = (file.reopen().map_err(failed)?, upload.name.clone(), upload.force);
    let check = move |sniffed| if force { Ok(()) } else { check(&name.unwrap_or_default(), sniffed) };
    let copied = tokio::task::spawn_blocking(move || photo::spool(std::io::stdin().lock(), open, check));
    copied.await.map_err(|error| gone(&error))??;
    Ok(file)
}

/// Fails if thumbnails cannot be made of the file `name`, for its `sniffed` bytes.
fn check(name: &str, sniffed: Sniffed) -> Result<(), CommandError> {
    let name = escape(name);
    match sniffed {
        Sniffed::Image(_) => Ok(()),
        Sniffed::Other => {
            Err(CommandError::failed(format!("`{name}` is not an image: its bytes are of no format we know"))
                .hint("`--force` uploads it all the same"))
        }
        Sniffed::Refused(format) => Err(CommandError::failed(format!(
            "`{name}` is in the format {format}, which no thumbnails are made of"
        ))
        .hint("convert it to JPEG, PNG or WebP; `--force` uploads it all the same")),
    }
}

/// What a file that is `skipped` for a reason counts as: its format, or the extension of its name.
fn kind(file: &str, skipped: &str) -> String {
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
    match extension {
        Some(extension) if skipped == NO_IMAGE => format!("`.{}`", escape(extension)),
        _ => skipped.to_owned(),
    }
}

/// Everything that the command line leads to, in its order; what came in on the standard input is in the file `spooled`.
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
        return Err(CommandError::usage("`-` is named twice, but there is one standard input"));
    }
    match (&upload.name, standard_input) {
        (None, 1) => Err(CommandError::usage("the standard input has no name")
            .hint("say what it is called: `deployer upload - --name cat.jpg`")),
        (Some(_), 0) => Err(CommandError::usage("`--name` names the standard input, which is not uploaded")
            .hint("a file goes by its own name; for another one: `deployer upload - --name cat.jpg < FILE`")),
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
    /// Uploads everything and prints the keys in the order of the command line, each as soon as it and
    /// all before it are known.
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

    /// Does `work` on a thread of its own, which a signal does not wait for.
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
        if !self.upload.force {
            match (sniffed, found.named) {
                (Sniffed::Other, false) => return Ok(skipped(found, NO_IMAGE)),
                (Sniffed::Refused(format), false) => return Ok(skipped(found, format)),
                (sniffed, _) => check(&found.name, sniffed)?,
            }
        }
        let path = found.path.clone();
        let photo = self.beside(move || Photo::read(&path, sniffed)).await?;
        let limit = self.stack.config.settings.limits.bytes;
        if photo.bytes > limit {
            self.ui.warn(format!(
                "`{}` has {} bytes: over the limit of {limit} (`limits.bytes`), so it will get no thumbnails",
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

    /// Asks for the photo's records until there is one.
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
                // A version that was overwritten before it was worked on never has a record.
                State::Waiting if !self.catalog.is_current(original).await? => {
                    return Ok(Followed::Superseded);
                }
                State::Waiting if began.elapsed() >= longest => {
                    return Ok(Followed::Waiting {
                        message: format!("neither thumbnails nor a failure after {} s", longest.as_secs()),
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
    /// The flags that make another command work on this stack.
    flags: String,
    total: u64,
    stored: u64,
    /// How many files there were of each kind that is no photo.
    skipped: BTreeMap<String, u64>,
    failed: u64,
    /// Of the first that failed.
    first: Option<CommandError>,
    is_interrupted: bool,
}

impl Tally<'_> {
    /// Prints the outcome of `file`.
    fn add(&mut self, file: String, outcome: Result<FileOutcome, CommandError>) -> Result<(), CommandError> {
        match outcome {
            Ok(FileOutcome::Stored(stored)) => {
                self.stored += 1;
                (self.report)(&stored)?;
                let name = escape(&stored.key);
                if stored.already_there {
                    self.ui.note(format!("`{name}` was already there"));
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
        let explain = format!("run `deployer explain{} {}` to see where it is", self.flags, quoted(name));
        match followed {
            None => {}
            Some(Followed::Done { thumbnails, milliseconds }) => {
                let count = thumbnails.len();
                self.ui.note(format!("`{name}` has its {count} thumbnails after {milliseconds} ms"));
            }
            Some(Followed::Superseded) => {
                self.ui.note(format!("`{name}` was replaced by a newer version, or removed, meanwhile"));
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

    /// One file alone says by itself how the command ended; of several each says what is wrong with it.
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
            let files = if skipped == 1 { "file is" } else { "files are" };
            let kinds = self.skipped.iter().map(|(kind, count)| format!("{count} {kind}"));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            self.ui.warn(format!("{skipped} {files} not uploaded: {kinds} (`-v` names each)"));
        }
        match self.first {
            _ if self.is_interrupted => Err(CommandError::interrupted(format!(
                "interrupted: {stored} of {} photos are done",
                total.saturating_sub(skipped)
            ))
            .hint("repeat the command: what is there is not sent again")),
            None => Ok(()),
            Some(first) if total == 1 => Err(first),
            Some(_) => Err(CommandError::failed(format!("{failed} of {total} files failed"))),
        }
    }
}

/// A blocking task ends early only when it panicked, or the runtime is going down.
fn gone(error: &tokio::task::JoinError) -> CommandError {
    CommandError::failed(format!("the reading of a file ended early: {error}"))
}
