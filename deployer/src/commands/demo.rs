//! `deployer demo`: runs the whole system on this machine, from photos to thumbnails on disk.

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
use crate::error::{CommandError, io_error};
use crate::files::short_name;
use crate::photos::PhotoStore;
use crate::stack::Stack;
use crate::transfer::download::{DownloadError, Existing, download};
use crate::transfer::thumbnail::{file_name, source_of};
use crate::transfer::upload::{Stored, Upload, send};
use crate::ui::Ui;

/// The sample photos. `samples/README.md` names their sources.
const SAMPLES: [(&str, &[u8]); 3] = [
    ("astronaut.jpg", include_bytes!("../../../samples/astronaut.jpg")),
    ("chelsea.png", include_bytes!("../../../samples/chelsea.png")),
    ("coffee.jpg", include_bytes!("../../../samples/coffee.jpg")),
];

/// The height of a picture in the terminal, in lines.
const PICTURE_ROWS: u32 = 12;

/// The name of the duration of a whole demo.
const WHAT: &str = "demo";

/// The longest to wait for one photo, in seconds.
const LONGEST_WAIT_SECONDS: u64 = 300;

/// Run the whole system on this machine and make thumbnails of sample photos.
///
/// The demo starts the stack like `up --local`, sends the photos through S3, SNS, SQS and the Lambda function, and
/// saves the thumbnails to a folder. Run `deployer down --local` to delete the stack.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer demo\n  deployer demo cat.jpg dog.png")]
pub(crate) struct DemoArgs {
    /// Make thumbnails of these photos, too.
    #[arg(value_name = "PHOTO")]
    photos: Vec<PathBuf>,
    /// Save the thumbnails to this folder.
    #[arg(long, short, value_name = "DIR", default_value = "demo-output")]
    out: PathBuf,
}

/// One photo and its thumbnails, as `--output json` shows them.
#[derive(Debug, Serialize)]
struct Shown {
    photo: String,
    #[serde(flatten)]
    manifest: Manifest,
    /// The time from the upload to the thumbnails, or `None` if the photo was already in the bucket.
    milliseconds: Option<u64>,
    files: Vec<String>,
}

pub(crate) async fn demo(args: DemoArgs, config: Config, ui: &Ui) -> Result<(), CommandError> {
    let begun = Instant::now();
    let count = SAMPLES.len() + args.photos.len();
    ui.note(match ui.durations().last(WHAT) {
        Some(last) => format!("Making thumbnails of {count} photos on this machine (last time {:#})", HumanDuration(last)),
        None => format!(
            "Making thumbnails of {count} photos on this machine. The first time it installs an emulator of AWS (90 MB) and \
             creates the stack, which takes about half a minute."
        ),
    });
    let stack = Stack::connect(config.on_this_machine(), ui).await?;
    create_or_update(&Options::default(), &stack, ui).await?;

    let folder = tempfile::tempdir().map_err(|error| io_error("create a folder for the samples", &error))?;
    let mut photos = Vec::new();
    for (name, bytes) in SAMPLES {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).map_err(|error| io_error("write a sample photo", &error))?;
        photos.push(path);
    }
    photos.extend(args.photos);
    let mut sent = Vec::new();
    let stored = |stored: &Stored| {
        sent.push((stored.key.clone(), stored.milliseconds()));
        Ok(())
    };
    let upload = Upload {
        paths: photos.clone(),
        recursive: false,
        name: None,
        wait: true,
        timeout: LONGEST_WAIT_SECONDS,
        force: false,
        focus: None,
    };
    send(&upload, &stack, ui, stored).await?;

    std::fs::create_dir_all(&args.out)
        .map_err(|error| io_error(format_args!("create the folder `{}`", args.out.display()), &error))?;
    let catalog = PhotoStore::open(&stack).await?;
    let mut shown = Vec::new();
    for (photo, (key, milliseconds)) in photos.iter().zip(sent) {
        let one = show(photo, &key, milliseconds, &args.out, &catalog, &stack).await?;
        shown.push(one);
    }
    ui.result(&shown, || table(&shown))?;
    if let Some(bytes) = shown.first().and_then(|one| std::fs::read(one.files.first()?).ok()) {
        ui.picture(&bytes, PICTURE_ROWS);
    }
    let (program, flags) = (program(), stack.config.flags());
    ui.note(format!(
        "\nThe thumbnails are in {}. What you can do next:\n  \
         {program} gallery{flags}              show the photos in a browser\n  \
         {program} upload{flags} --wait PHOTO  make thumbnails of your own photos\n  \
         {program} down{flags}                 delete the stack",
        args.out.display(),
    ));
    // A shorter time would be forgotten, and the next demo be taken for the first.
    ui.durations().remember(WHAT, begun.elapsed().max(Duration::from_secs(2)));
    Ok(())
}

/// Returns the name by which the user ran this program, so that the commands can be pasted.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "deployer".to_owned())
}

async fn show(
    photo: &Path,
    key: &str,
    milliseconds: Option<u64>,
    out: &Path,
    catalog: &PhotoStore<'_>,
    stack: &Stack,
) -> Result<Shown, CommandError> {
    let name = photo.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let manifest = catalog.resolve(key, None, &stack.config.flags()).await?.newest;
    let mut files = Vec::new();
    for facts in &manifest.thumbnails {
        let to = out.join(short_name(&file_name(name, facts)));
        let source = source_of(facts, catalog);
        let downloaded = download(catalog.s3, &source, &to, Existing::Replaced, &ProgressBar::hidden()).await;
        downloaded.map_err(DownloadError::into_error)?;
        files.push(to.display().to_string());
    }
    Ok(Shown { photo: name.to_owned(), manifest, milliseconds, files })
}

fn table(shown: &[Shown]) -> String {
    let mut out = format!("{:<24} {:>12} {:>12} {:>9}   thumbnails\n", "photo", "pixels", "size", "time");
    for Shown { photo, manifest, milliseconds, .. } in shown {
        let original = &manifest.original;
        let pixels = format!("{}x{}", original.width, original.height);
        let size = HumanBytes(original.bytes).to_string();
        let time = milliseconds.map_or_else(|| "-".to_owned(), |time| format!("{time} ms"));
        let each = manifest.thumbnails.iter().map(|thumbnail| {
            let size = HumanBytes(thumbnail.bytes);
            format!("{} {}x{} {size}", thumbnail.preset, thumbnail.width, thumbnail.height)
        });
        let thumbnails = each.collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "{:<24} {pixels:>12} {size:>12} {time:>9}   {thumbnails}", escape(photo));
    }
    out
}
