//! `deployer fetch`: downloads the thumbnails of photos, or the photos themselves.

use std::cell::Cell;
use std::collections::HashSet;
use std::future::ready;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

use clap::Args;
use contract::key::{Digest, OriginalVersion, escape, file_name_of};
use contract::manifest::Manifest;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use time::Date;
use time::format_description::FormatItem;
use time::macros::format_description;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::error::{CommandError, Kind, io_error, shell_operand};
use crate::files::{parent_folder, shorten_name};
use crate::photos::{PhotoStore, flatten_pages};
use crate::stack::Stack;
use crate::transfer::download::{
    DownloadError, DownloadSource, Existing, ReceivedFile, check_destination, persist_all, receive,
    sync_folder,
};
use crate::transfer::thumbnail::{thumbnail_file_name, thumbnail_source};
use crate::ui::Ui;
use crate::ui::format_time;

/// How many files are downloaded at once.
const DOWNLOADS_AT_ONCE: usize = 16;

/// How many downloaded files are written to the disk at once: a file system writes many files as fast as one.
const FILES_PER_SYNC: usize = 256;

/// Download the thumbnails of a photo and print the names of the files.
///
/// You can name a photo by its key, by a key prefix that ends with `/`, or by its file name. If several photos match,
/// the command downloads the newest. It never overwrites a file without `--force`; if a file already has the same
/// content, that counts as a success.
///
/// With `--output json`, prints one line per file: `key` with either `file` and `bytes`, or `error`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer fetch cat.jpg
  deployer fetch 2026/11/24/cat.3f9a1c2b7d.jpg --preset small -o cat.webp
  deployer fetch 2026/11/24/ --all -o thumbnails/
  deployer fetch cat.jpg --preset small -o - | display")]
pub(crate) struct FetchArgs {
    /// Keys, key prefixes that end with `/`, or file names of photos.
    #[arg(required = true, value_name = "PHOTO")]
    photos: Vec<String>,
    /// Write to this folder, to this file if there is only one thumbnail, or to stdout with `-`.
    #[arg(long, short, value_name = "PATH", default_value = ".")]
    out: PathBuf,
    /// Download only the thumbnail of this preset.
    #[arg(long, value_name = "NAME", conflicts_with = "original")]
    preset: Option<String>,
    /// Download the original photo instead of its thumbnails.
    #[arg(long)]
    original: bool,
    /// Match only photos that were uploaded on this day (UTC), such as 2026-11-24.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    date: Option<Date>,
    /// Download all photos that match instead of only the newest.
    #[arg(long)]
    all: bool,
    /// List the photos that match, but download nothing.
    #[arg(long)]
    list: bool,
    /// Overwrite existing files.
    #[arg(long)]
    force: bool,
    /// Fail if several photos match.
    #[arg(long, conflicts_with = "all")]
    strict: bool,
}

impl FetchArgs {
    fn is_for_stdout(&self) -> bool {
        self.out == Path::new("-")
    }

    fn existing(&self) -> Existing {
        if self.force { Existing::Replace } else { Existing::Keep }
    }
}

/// One downloaded file, as a line of JSON.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Fetched {
    File { key: String, file: String, bytes: u64 },
    Failed { key: String, error: String },
}

const DAY_FORMAT: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]");

fn parse_day(text: &str) -> Result<Date, String> {
    Date::parse(&text.replace('/', "-"), DAY_FORMAT).map_err(|_| "not a date such as 2026-11-24".to_owned())
}

pub(crate) async fn fetch(args: FetchArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    if args.is_for_stdout() && ui.is_json() {
        return Err(CommandError::usage(
            "`--out -` and `--output json` cannot be used together: both write to stdout",
        )
        .hint("leave out `--output json`, or write to a file with `-o cat.webp`"));
    }
    if args.is_for_stdout() && ui.is_stdout_terminal() {
        return Err(CommandError::usage("stdout is a terminal, which cannot show a photo")
            .hint("redirect stdout, or write to a file with `-o cat.webp`"));
    }
    let store = PhotoStore::open(stack).await?;
    let mut failed: Vec<CommandError> = Vec::new();
    let mut used = UsedPaths::default();
    let mut known = HashSet::new();
    let photos: Vec<&String> = args.photos.iter().filter(|photo| known.insert(*photo)).collect();
    for photo in &photos {
        match fetch_photo(photo, &args, &store, &mut used, stack, ui).await {
            Err(error) if photos.len() == 1 || error.kind == Kind::StdoutClosed => return Err(error),
            Err(error) => {
                ui.print_error(&error);
                failed.push(error);
            }
            Ok(()) => {}
        }
    }
    match failed.len() {
        0 => Ok(()),
        count => Err(CommandError {
            kind: failed[0].kind,
            ..CommandError::failed(format!("{count} of {} photos failed to download", photos.len()))
        }),
    }
}

async fn fetch_photo(
    photo: &str,
    args: &FetchArgs,
    store: &PhotoStore<'_>,
    used: &mut UsedPaths,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    let flags = stack.config.flags();
    let found = if args.all || args.list {
        store.resolve_all(photo, args.date).await.map(|found| found.boxed_local())
    } else {
        let newest = find_newest(photo, args, store, &flags, ui).await;
        newest.map(|newest| stream::iter([Ok(newest)]).boxed_local())
    };
    let mut found = match found {
        Err(error) if args.original && !args.list => {
            // A photo that has failed or is waiting has no manifest, but its original can be downloaded.
            let Some(version) = store.original(photo).await? else { return Err(error) };
            let name = file_name_of(&version.key);
            let to = local_path(&args.out, &name, Digest::of(version.key.as_bytes()).short(), used)?;
            let wanted = DownloadTask { source: original_source(version, None, store), name, bytes: 0 };
            return download_all(stream::iter([Ok((wanted, to))]), args, store, ui).await;
        }
        found => found?,
    };
    if args.list {
        while let Some(manifest) = found.try_next().await? {
            let original = &manifest.original;
            ui.print_line(&manifest, || {
                let (key, time) = (escape(&original.key), format_time(original.last_modified));
                format!("{key}  {}x{}  {time}", original.width, original.height)
            })?;
        }
        return Ok(());
    }
    let files = found.map(|manifest| {
        let manifest = manifest?;
        let digest = manifest.original.digest.short();
        let file = |wanted: DownloadTask| {
            let to = local_path(&args.out, &wanted.name, digest, used)?;
            Ok((wanted, to))
        };
        download_tasks(&manifest, args, store)?
            .into_iter()
            .map(file)
            .collect::<Result<Vec<_>, CommandError>>()
    });
    download_all(flatten_pages(files), args, store, ui).await
}

/// Returns the newest photo that matches `photo`, and prints a note if there are others.
async fn find_newest(
    photo: &str,
    args: &FetchArgs,
    store: &PhotoStore<'_>,
    flags: &str,
    ui: &Ui,
) -> Result<Manifest, CommandError> {
    let found = store.resolve(photo, args.date).await?;
    if found.others > 0 && args.strict {
        let list = format!(
            "run `deployer fetch{{flags}} --list {}` and pass the key of one photo",
            shell_operand(photo)
        );
        return Err(CommandError::not_found(found.count_matches(photo)).hint(list));
    }
    found.note_others(photo, flags, ui);
    Ok(found.newest)
}

/// Downloads `files`, several at once, and prints their names in order. If one fails, the others continue, unless the
/// disk is full.
async fn download_all(
    files: impl Stream<Item = Result<(DownloadTask, PathBuf), CommandError>>,
    args: &FetchArgs,
    store: &PhotoStore<'_>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let has_room = Cell::new(true);
    let existing = args.existing();
    let (sender, mut receiver) = mpsc::channel(FILES_PER_SYNC);
    let downloading = async {
        // Dropping the sender at the end of this block ends the other task.
        let sender = sender;
        let downloads = files.take_while(|_| ready(has_room.get())).map(async |file| {
            let (wanted, to) = match file {
                Ok(file) => file,
                Err(error) => return (String::new(), Err(error.into())),
            };
            let key = wanted.source.key.clone();
            let bar = ui.start_transfer_bar(wanted.bytes, escape(&wanted.name));
            let s3 = store.s3.clone();
            // A separate task lets all processors compute digests.
            let task = AbortOnDropHandle::new(tokio::spawn(async move {
                check_destination(&to, wanted.bytes, existing)?;
                Ok((receive(&s3, &wanted.source, &to, &bar).await?, to))
            }));
            let outcome = task.await.unwrap_or_else(|error| {
                let outcome = format!("the download of a file stopped early: {error}");
                Err(DownloadError::Other(CommandError::failed(outcome)))
            });
            (key, outcome)
        });
        let mut downloads = std::pin::pin!(downloads.buffered(DOWNLOADS_AT_ONCE));
        while let Some(received) = downloads.next().await {
            if sender.send(received).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    // All files of a run are in one folder.
    let mut folder = None;
    let (mut downloaded_files, mut failed) = (0_u64, 0_u64);
    // The last failure is printed later, when it is known whether it is the only result.
    let mut pending_error: Option<CommandError> = None;
    let mut no_space: Option<CommandError> = None;
    let writing = async {
        let mut received = Vec::new();
        while receiver.recv_many(&mut received, FILES_PER_SYNC).await > 0 {
            for (key, outcome) in write_files(received.drain(..), args, ui).await {
                if let Some(error) = pending_error.take() {
                    ui.print_error(&error);
                }
                match outcome {
                    Ok(None) => downloaded_files += 1,
                    Ok(Some((to, bytes))) => {
                        let file = to.display().to_string();
                        downloaded_files += 1;
                        folder.get_or_insert_with(|| parent_folder(&to).to_owned());
                        ui.print_line(&Fetched::File { key, file: file.clone(), bytes }, || file)?;
                    }
                    Err(error) => {
                        failed += 1;
                        let is_full = matches!(error, DownloadError::NoSpace(_));
                        let error = error.into_error();
                        if error.kind == Kind::StdoutClosed {
                            return Err(error);
                        }
                        if ui.is_json() {
                            let error = error.message.clone();
                            ui.print_line(&Fetched::Failed { key, error }, String::new)?;
                        }
                        if is_full {
                            has_room.set(false);
                            no_space.get_or_insert(error);
                        } else {
                            pending_error = Some(error);
                        }
                    }
                }
            }
        }
        Ok(())
    };
    tokio::try_join!(downloading, writing)?;
    if let Some(folder) = folder {
        sync_folder(&folder)?;
    }
    match pending_error {
        Some(error) if failed == 1 && downloaded_files == 0 => return Err(error),
        Some(error) => ui.print_error(&error),
        None => {}
    }
    if let Some(error) = no_space {
        let files = if downloaded_files == 1 { "file was" } else { "files were" };
        let message = format!("{}; {downloaded_files} {files} downloaded before that", error.message);
        return Err(CommandError { message, ..error });
    }
    match failed {
        0 => Ok(()),
        _ => Err(CommandError::failed(format!(
            "{failed} of {} files failed to download",
            downloaded_files + failed
        ))),
    }
}

/// The key of an object, and the received file with its final path, or why the download failed.
type Received = (String, Result<(ReceivedFile, PathBuf), DownloadError>);

/// The key of an object, and the path and size in bytes of its file, or `None` for stdout, or why the download failed.
type Written = (String, Result<Option<(PathBuf, u64)>, DownloadError>);

/// Writes received files to the disk or to stdout. Returns their outcomes in order.
async fn write_files(received: impl Iterator<Item = Received>, args: &FetchArgs, ui: &Ui) -> Vec<Written> {
    if args.is_for_stdout() {
        let copy = |(file, _): (ReceivedFile, PathBuf)| Ok(ui.copy_file(file.open()?)?);
        return received.map(|(key, file)| (key, file.and_then(copy).map(|()| None))).collect();
    }
    let mut files = Vec::new();
    let mut paths = Vec::new();
    for (key, outcome) in received {
        paths.push((
            key,
            outcome.map(|(file, to)| {
                files.push((file, to.clone()));
                to
            }),
        ));
    }
    let mut sizes = persist_all(files, args.existing()).await.into_iter();
    let mut size_of = |to| sizes.next().map(|size| size.map(|bytes| (to, bytes))).transpose();
    paths.into_iter().map(|(key, path)| (key, path.and_then(&mut size_of))).collect()
}

/// A file that is to be downloaded.
struct DownloadTask {
    source: DownloadSource,
    /// The name of the local file, without a folder.
    name: String,
    /// The size that the manifest reports, in bytes.
    bytes: u64,
}

/// Returns the files to download for a photo.
fn download_tasks(
    manifest: &Manifest,
    args: &FetchArgs,
    store: &PhotoStore<'_>,
) -> Result<Vec<DownloadTask>, CommandError> {
    let name = file_name_of(&manifest.original.key);
    if args.original {
        // The version that the thumbnails were derived from.
        let facts = &manifest.original;
        let source = original_source(manifest.version(), Some(facts.digest.clone()), store);
        return Ok(vec![DownloadTask { source, name, bytes: facts.bytes }]);
    }
    let matches = |preset: &str| args.preset.as_deref().is_none_or(|wanted| wanted == preset);
    let thumbnails: Vec<DownloadTask> = manifest
        .thumbnails
        .iter()
        .filter(|thumbnail| matches(&thumbnail.preset))
        .map(|facts| DownloadTask {
            source: thumbnail_source(facts, store),
            name: thumbnail_file_name(&name, facts),
            bytes: facts.bytes,
        })
        .collect();
    if thumbnails.is_empty() {
        let names: Vec<&str> =
            manifest.thumbnails.iter().map(|thumbnail| thumbnail.preset.as_str()).collect();
        let wanted = args.preset.as_deref().unwrap_or_default();
        return Err(CommandError::not_found(format!(
            "`{}` has no thumbnail `{}`",
            escape(&manifest.original.key),
            escape(wanted)
        ))
        .hint(format!("use one of: {}", names.join(", "))));
    }
    let is_file = !args.out.is_dir() && !ends_with_slash(&args.out);
    if is_file && thumbnails.len() > 1 {
        return Err(CommandError::usage(format!(
            "cannot write {1} thumbnails to the single file `{0}`",
            args.out.display(),
            thumbnails.len()
        ))
        .hint("select one with `--preset`, or name a folder with `-o thumbnails/`"));
    }
    Ok(thumbnails)
}

/// Returns a version of an original as a source, with its SHA-256 if known.
fn original_source(
    version: OriginalVersion,
    digest: Option<Digest>,
    store: &PhotoStore<'_>,
) -> DownloadSource {
    let bucket = store.originals.to_owned();
    DownloadSource { bucket, version_id: version.version_id().map(str::to_owned), key: version.key, digest }
}

fn ends_with_slash(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// The paths of this run, so that no file overwrites another. It stores hashes, since a million paths take a hundred
/// megabytes.
#[derive(Default)]
struct UsedPaths {
    hashes: HashSet<u64>,
    hasher: RandomState,
}

impl UsedPaths {
    /// Adds `path`, and returns whether it is new.
    fn insert(&mut self, path: &Path) -> bool {
        self.hashes.insert(self.hasher.hash_one(path))
    }
}

/// Returns the path of a local file. Only the last part of a key is used. If two photos in one run have the same name,
/// the second path starts with the digest. If they also have the same digest, it has a number, too.
fn local_path(out: &Path, name: &str, digest: &str, used: &mut UsedPaths) -> Result<PathBuf, CommandError> {
    if out == Path::new("-") || !out.is_dir() && !ends_with_slash(out) {
        if !used.insert(out) {
            return Err(CommandError::usage(format!(
                "cannot write several photos to the single file `{}`",
                out.display()
            ))
            .hint(format!("name a folder with `-o {}/`", out.display())));
        }
        // Data for stdout goes to a temporary file until it is complete.
        return Ok(if out == Path::new("-") { std::env::temp_dir().join("-") } else { out.to_path_buf() });
    }
    std::fs::create_dir_all(out)
        .map_err(|error| io_error(format_args!("create the folder `{}`", out.display()), &error))?;
    // Invisible characters and those that change the text direction are replaced, too.
    let hidden = |c: char| escape(c.encode_utf8(&mut [0; 4])).len() > c.len_utf8();
    let mut name: String =
        name.chars().map(|c| if c == '/' || c == '\\' || hidden(c) { '_' } else { c }).collect();
    if matches!(name.as_str(), "" | "." | "..") {
        name = "photo".to_owned();
    }
    let short = shorten_name(&name);
    let plain = if out == Path::new(".") { PathBuf::from(short) } else { out.join(short) };
    if used.insert(&plain) {
        return Ok(plain);
    }
    let mut path = plain.with_file_name(shorten_name(&format!("{digest}.{name}")));
    let mut number = 2;
    while !used.insert(&path) {
        path = plain.with_file_name(shorten_name(&format!("{digest}.{number}.{name}")));
        number += 1;
    }
    Ok(path)
}
