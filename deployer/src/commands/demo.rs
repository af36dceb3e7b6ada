//! `deployer demo`: runs the whole system on this machine, from photos to thumbnails on disk.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use contract::key::escape;
use contract::manifest::Manifest;
use indicatif::{HumanBytes, HumanDuration, ProgressBar};
use serde::Serialize;

use crate::config::Config;
use crate::deploy::up::{Options, create_or_update};
use crate::error::{CommandError, Kind, io_error};
use crate::files::shorten_name;
use crate::photos::PhotoStore;
use crate::stack::Stack;
use crate::transfer::download::{DownloadError, Existing, download};
use crate::transfer::outcome::StoredPhoto;
use crate::transfer::photo::sniff_file;
use crate::transfer::thumbnail::{thumbnail_file_name, thumbnail_source};
use crate::transfer::upload::{UploadOptions, upload_files};
use crate::ui::Ui;

/// The sample photos. `samples/README.md` lists their sources.
const SAMPLES: [(&str, &[u8]); 3] = [
    ("astronaut.jpg", include_bytes!("../../../samples/astronaut.jpg")),
    ("chelsea.png", include_bytes!("../../../samples/chelsea.png")),
    ("coffee.jpg", include_bytes!("../../../samples/coffee.jpg")),
];

/// The height of a picture in the terminal, in lines.
const PICTURE_ROWS: u32 = 12;

/// The name under which the duration of a whole demo is remembered.
const DURATION_NAME: &str = "demo";

/// How long to wait for one photo, in seconds.
const PHOTO_TIMEOUT_SECONDS: u64 = 300;

/// Run the whole system on this machine and make thumbnails of sample photos.
///
/// The demo starts the stack like `up --local`, sends the photos through S3, SNS, SQS, and the Lambda function, and
/// saves the thumbnails to a folder. Run `deployer down --local` to delete the stack.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer demo\n  deployer demo cat.jpg dog.png")]
pub(crate) struct DemoArgs {
    /// Also make thumbnails of these photos.
    #[arg(value_name = "PHOTO")]
    photos: Vec<PathBuf>,
    /// Save the thumbnails to this folder.
    #[arg(long, short, value_name = "DIR", default_value = "demo-output")]
    out: PathBuf,
}

/// One photo and its thumbnails, as `--output json` shows them.
#[derive(Debug, Serialize)]
struct DemoPhoto {
    photo: String,
    #[serde(flatten)]
    manifest: Manifest,
    /// The time from the upload to the thumbnails, or `None` if the photo was already in the bucket.
    milliseconds: Option<u64>,
    files: Vec<String>,
}

pub(crate) async fn demo(args: DemoArgs, config: Config, ui: &Ui) -> Result<(), CommandError> {
    // Check the paths before the stack is created, which takes half a minute. The upload checks the formats.
    for photo in &args.photos {
        let _format = sniff_file(photo)?;
    }
    let started = Instant::now();
    let count = SAMPLES.len() + args.photos.len();
    ui.note(match ui.durations().last(DURATION_NAME) {
        Some(last) => format!("Making thumbnails of {count} photos on this machine (the last run took {:#})", HumanDuration(last)),
        None => format!(
            "Making thumbnails of {count} photos on this machine. The first run installs an emulator of AWS (90 MB) and \
             creates the stack, which takes about half a minute."
        ),
    });
    let stack = Stack::connect(config, ui).await?;
    create_or_update(&Options::default(), &stack, &ui.brief()).await?;

    let folder = tempfile::tempdir().map_err(|error| io_error("create a folder for the samples", &error))?;
    let mut photos = Vec::new();
    for (name, bytes) in SAMPLES {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).map_err(|error| io_error("write a sample photo", &error))?;
        photos.push(path);
    }
    photos.extend(args.photos);
    let mut sent = Vec::new();
    let stored = |stored: &StoredPhoto| {
        if stored.is_done() {
            sent.push((PathBuf::from(&stored.file), stored.key.clone(), stored.milliseconds()));
        }
        Ok(())
    };
    let options = UploadOptions {
        paths: photos,
        recursive: false,
        name: None,
        wait: true,
        timeout: PHOTO_TIMEOUT_SECONDS,
        force: false,
        focus: None,
    };
    let uploaded = upload_files(&options, &stack, ui, stored).await;
    // A photo without thumbnails does not hide the others.
    if uploaded.as_ref().is_err_and(|error| error.kind != Kind::Failed || sent.is_empty()) {
        return uploaded;
    }

    std::fs::create_dir_all(&args.out)
        .map_err(|error| io_error(format_args!("create the folder `{}`", args.out.display()), &error))?;
    let store = PhotoStore::open(&stack).await?;
    let mut finished = Vec::new();
    let mut names = HashSet::new();
    for (photo, key, milliseconds) in sent {
        let name = photo.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        // Photos can have the same name, or names that differ only in the extension, which a thumbnail does not have.
        let stem = |name: &str| Path::new(name).file_stem().map(ToOwned::to_owned);
        let mut unique = name.clone();
        let mut number = 2;
        while !names.insert(stem(&unique)) {
            unique = format!("{number}.{name}");
            number += 1;
        }
        finished.push(download_thumbnails(unique, &key, milliseconds, &args.out, &store).await?);
    }
    ui.print_result(&finished, || table(&finished))?;
    if let Some(bytes) =
        finished.first().and_then(|finished_photo| std::fs::read(finished_photo.files.first()?).ok())
    {
        ui.show_picture(&bytes, PICTURE_ROWS);
    }
    let (program_name, flags) = (program_name(), stack.config.flags());
    ui.note(format!(
        "\nThe thumbnails are in {}. What you can do next:\n  \
         {program_name} gallery{flags}              show the photos in a browser\n  \
         {program_name} upload{flags} --wait PHOTO  make thumbnails of your own photos\n  \
         {program_name} down{flags}                 delete the stack",
        args.out.display(),
    ));
    // `Durations` forgets a shorter time, and then the next demo looks like the first.
    ui.durations().remember(DURATION_NAME, started.elapsed().max(Duration::from_secs(2)));
    uploaded
}

/// Returns the name by which the user ran this program, so that the commands can be pasted.
fn program_name() -> String {
    std::env::args().next().unwrap_or_else(|| "deployer".to_owned())
}

async fn download_thumbnails(
    name: String,
    key: &str,
    milliseconds: Option<u64>,
    out: &Path,
    store: &PhotoStore<'_>,
) -> Result<DemoPhoto, CommandError> {
    let manifest = store.resolve(key, None).await?.newest;
    let mut files = Vec::new();
    for facts in &manifest.thumbnails {
        let to = out.join(shorten_name(&thumbnail_file_name(&name, facts)));
        let source = thumbnail_source(facts, store);
        let downloaded = download(store.s3, &source, &to, Existing::Replace, &ProgressBar::hidden()).await;
        downloaded.map_err(DownloadError::into_error)?;
        files.push(to.display().to_string());
    }
    Ok(DemoPhoto { photo: name, manifest, milliseconds, files })
}

fn table(finished: &[DemoPhoto]) -> String {
    let mut out = format!("{:<24} {:>12} {:>12} {:>9}   thumbnails\n", "photo", "pixels", "size", "time");
    for DemoPhoto { photo, manifest, milliseconds, .. } in finished {
        let original = &manifest.original;
        let pixels = format!("{}x{}", original.width, original.height);
        let size = HumanBytes(original.bytes).to_string();
        let time = milliseconds.map_or_else(|| "-".to_owned(), |time| format!("{time} ms"));
        let descriptions = manifest.thumbnails.iter().map(|thumbnail| {
            let size = HumanBytes(thumbnail.bytes);
            format!("{} {}x{} {size}", thumbnail.preset, thumbnail.width, thumbnail.height)
        });
        let thumbnails = descriptions.collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "{:<24} {pixels:>12} {size:>12} {time:>9}   {thumbnails}", escape(photo));
    }
    out
}
