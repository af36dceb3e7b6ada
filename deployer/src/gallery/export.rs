//! Exports the photos that have thumbnails to a folder of pages and pictures that works without a server.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use contract::key::escape;
use contract::manifest::Manifest;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use indicatif::ProgressBar;
use maud::html;
use time::Date;

use crate::error::{CommandError, io_error};
use crate::files::for_all;
use crate::gallery::detail::detail;
use crate::gallery::links::{Site, exported};
use crate::gallery::page::{self, Listing, Query, Section};
use crate::gallery::photo::{Alt, Photo, Stage};
use crate::gallery::{Gallery, ICON, STYLE, card, picture};
use crate::photos::PhotoStore;
use crate::transfer::download::{DownloadError, Existing, download};
use crate::transfer::thumbnail::source_of;
use crate::ui::Ui;

/// The script that searches without a server.
const SEARCH: &str = include_str!("search.js");

/// The number of photos per page.
const PAGE: usize = 200;

/// How many photos are written at once.
const AT_ONCE: usize = 16;

/// The number of exported photos, and of those that could not be exported.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Exported {
    pub(crate) photos: u64,
    pub(crate) left_out: u64,
}

/// Exports the gallery to `folder`, which must be new or empty.
pub(crate) async fn export(gallery: &Gallery, folder: &Path, ui: &Ui) -> Result<Exported, CommandError> {
    let wrong = |what: &str| {
        CommandError::failed(format!("`{}` {what}", folder.display()))
            .hint("choose a folder that does not exist yet")
    };
    if folder.exists() {
        let mut inside = std::fs::read_dir(folder).map_err(|_| wrong("is not a folder"))?;
        if inside.next().is_some() {
            return Err(wrong("is not empty"));
        }
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| io_error(format_args!("write `{}`", folder.display()), &error);
    std::fs::create_dir_all(parent).map_err(failed)?;
    // Beside it, so that the rename cannot cross file systems; gone when dropped.
    let mut unfinished = tempfile::Builder::new();
    let unfinished =
        unfinished.prefix(".gallery-").permissions(for_all(0o777)).tempdir_in(parent).map_err(failed)?;
    let exported = write(gallery, unfinished.path(), ui).await?;
    if folder.exists() {
        std::fs::remove_dir(folder).map_err(failed)?;
    }
    let finished = unfinished.keep();
    std::fs::rename(&finished, folder).map_err(failed)?;
    Ok(exported)
}

async fn write(gallery: &Gallery, folder: &Path, ui: &Ui) -> Result<Exported, CommandError> {
    let failed = |error: std::io::Error| io_error("write a page", &error);
    std::fs::create_dir(folder.join("thumbnails")).map_err(failed)?;
    std::fs::write(folder.join("style.css"), STYLE).map_err(failed)?;
    std::fs::write(folder.join("icon.svg"), ICON).map_err(failed)?;
    std::fs::write(folder.join("search.js"), SEARCH).map_err(failed)?;
    std::fs::write(folder.join("search.html"), search_page(gallery)).map_err(failed)?;
    // A script, as a page that was opened from a file may read no other files.
    let photos = std::fs::File::create_new(folder.join("photos.js")).map_err(failed)?;
    let mut photos = std::io::BufWriter::new(photos);
    photos.write_all(b"const photos = [\n").map_err(failed)?;
    let catalog = gallery.catalog().await?;
    let bar = ui.wait("Exporting photos");
    let mut query = Query::default();
    let mut exported = Exported::default();
    for number in 1.. {
        let Listing { mut sections, next } = gallery.listing(&query, PAGE).await?;
        for section in &mut sections {
            let mut kept = Vec::new();
            for photo in section.photos.drain(..) {
                let written = match &photo.stage {
                    Stage::Done { manifest, alt } => {
                        bar.set_message(format!("Exporting photo {}", exported.photos + 1));
                        let found = serde_json::to_string(&found(section.day, &photo, manifest, alt))
                            .map_err(|error| io_error("write a page", &error.into()))?;
                        one(gallery, &catalog, folder, &photo, manifest).await.map(|()| found)
                    }
                    Stage::Unknown { why } => Err(DownloadError::Other(CommandError::failed(why.as_str()))),
                    Stage::Failed { .. } | Stage::InFlight => continue,
                };
                match written {
                    Ok(found) => {
                        writeln!(photos, "{found},").map_err(failed)?;
                        exported.photos += 1;
                        kept.push(photo);
                    }
                    Err(DownloadError::NoSpace(error)) => return Err(error),
                    Err(DownloadError::Other(error)) => {
                        let key = escape(&photo.original.key);
                        ui.warn(format!("cannot export `{key}`: {}", error.message));
                        exported.left_out += 1;
                    }
                }
            }
            section.photos = kept;
        }
        sections.retain(|section| !section.photos.is_empty());
        let file = |number: usize| match number {
            1 => "index.html".to_owned(),
            number => format!("page-{number}.html"),
        };
        let shown = Listing { sections, next: next.as_ref().map(|_| file(number + 1)) };
        std::fs::write(folder.join(file(number)), list(gallery, &shown)).map_err(failed)?;
        match next {
            Some(next) => query.after = next,
            None => break,
        }
    }
    photos.write_all(b"];\n").map_err(failed)?;
    photos.flush().map_err(failed)?;
    bar.finish_and_clear();
    Ok(exported)
}

/// What a search knows of a photo: its day, name, alt text, page and picture.
fn found(day: Option<Date>, photo: &Photo, manifest: &Manifest, alt: &Alt) -> [String; 5] {
    let picture = picture::one(manifest).map(|thumbnail| Site::Export.thumbnail(photo, thumbnail));
    [
        day.unwrap_or(photo.last_modified.date()).to_string(),
        escape(&photo.name()),
        card::usable(alt).to_owned(),
        Site::Export.photo(photo),
        picture.unwrap_or_default(),
    ]
}

/// Writes the page and the thumbnails of `photo`, or nothing that a page leads to.
async fn one(
    gallery: &Gallery,
    catalog: &PhotoStore<'_>,
    folder: &Path,
    photo: &Photo,
    manifest: &Manifest,
) -> Result<(), DownloadError> {
    // The distribution has the others.
    let missing = manifest.thumbnails.iter().filter(|_| photo.delivery.is_none());
    let downloads = missing.map(|thumbnail| {
        let to: PathBuf = folder.join(exported(photo, thumbnail));
        let source = source_of(thumbnail, catalog);
        async move { download(catalog.s3, &source, &to, Existing::Replaced, &ProgressBar::hidden()).await }
    });
    stream::iter(downloads).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
    let texts = catalog.alt_texts(&photo.original).await?;
    let main = html! {
        p.back { a href="index.html" { "All photos" } }
        (detail(Site::Export, photo, &texts, &[]))
    };
    let page =
        page::shell(Site::Export, gallery.stack.name(), &photo.name(), None, gallery.delivery(), &main);
    std::fs::write(folder.join(Site::Export.photo(photo)), page.into_string())
        .map_err(|error| DownloadError::NoSpace(io_error("write a page", &error)))
}

/// A page of the list.
fn list(gallery: &Gallery, listing: &Listing) -> String {
    let (query, name) = (Query::default(), gallery.stack.name());
    let main = html! {
        (page::heading_of_page(&query))
        @if listing.sections.iter().all(|section: &Section| section.photos.is_empty()) {
            div.nothing { h2 { "No photos" } }
        }
        (page::sections(Site::Export, listing, &query, &gallery.texts))
    };
    page::shell(Site::Export, name, name, Some(&query), gallery.delivery(), &main).into_string()
}

/// The page that its script fills with the photos that are found.
fn search_page(gallery: &Gallery) -> String {
    let main = html! {
        h1.unseen { "Photos found" }
        noscript { div.nothing { p { "Search requires JavaScript." } } }
        section.day {
            h2 #found aria-live="polite" {}
            ul.grid {}
        }
        template {
            li.card {
                a.frame { img.picture alt="" loading="lazy" decoding="async"; }
                div.caption {
                    h3.name { bdi {} }
                    p.alt-text { bdi {} }
                    p.state { time {} }
                }
            }
        }
        p.back { a href=(Site::Export.home()) { "All photos" } }
        script src="photos.js" {}
        script src="search.js" {}
    };
    let query = Query::default();
    page::shell(Site::Export, gallery.stack.name(), "Search", Some(&query), gallery.delivery(), &main)
        .into_string()
}
