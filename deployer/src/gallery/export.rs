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
use crate::files::{file_permissions, parent_folder};
use crate::gallery::detail::detail;
use crate::gallery::links::{Site, export_path};
use crate::gallery::page::{self, Listing, Query, Section};
use crate::gallery::photo::{AltState, GalleryPhoto, PhotoStage};
use crate::gallery::{Gallery, ICON, STYLE, card, picture};
use crate::photos::PhotoStore;
use crate::transfer::download::{DownloadError, Existing, download};
use crate::transfer::thumbnail::thumbnail_source;
use crate::ui::Ui;

/// The script that searches without a server.
const SEARCH: &str = include_str!("search.js");

/// The number of photos per page.
const PHOTOS_PER_PAGE: usize = 200;

/// How many photos are written at once.
const AT_ONCE: usize = 16;

/// The number of exported photos, and of those that could not be exported.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ExportCounts {
    pub(crate) photos: u64,
    pub(crate) left_out: u64,
}

/// Exports the gallery to `folder`, which must be new or empty.
pub(crate) async fn export(gallery: &Gallery, folder: &Path, ui: &Ui) -> Result<ExportCounts, CommandError> {
    let folder_error = |what: &str| {
        CommandError::failed(format!("`{}` {what}", folder.display()))
            .hint("choose a folder that does not exist yet")
    };
    if folder.exists() {
        let mut entries = std::fs::read_dir(folder).map_err(|_| folder_error("is not a folder"))?;
        if entries.next().is_some() {
            return Err(folder_error("is not empty"));
        }
    }
    let parent = parent_folder(folder);
    let failed = |error: std::io::Error| io_error(format_args!("write `{}`", folder.display()), &error);
    std::fs::create_dir_all(parent).map_err(failed)?;
    // The temporary folder is in the same parent folder, because a rename cannot cross file systems. It is deleted on
    // drop.
    let mut unfinished = tempfile::Builder::new();
    let unfinished = unfinished
        .prefix(".gallery-")
        .permissions(file_permissions(0o777))
        .tempdir_in(parent)
        .map_err(failed)?;
    let counts = write_pages(gallery, unfinished.path(), ui).await?;
    if folder.exists() {
        std::fs::remove_dir(folder).map_err(failed)?;
    }
    std::fs::rename(unfinished.path(), folder).map_err(failed)?;
    // The folder has its final name now, so it must not be deleted on drop.
    let _ = unfinished.keep();
    Ok(counts)
}

async fn write_pages(gallery: &Gallery, folder: &Path, ui: &Ui) -> Result<ExportCounts, CommandError> {
    let failed = |error: std::io::Error| io_error("write a page", &error);
    std::fs::create_dir(folder.join("thumbnails")).map_err(failed)?;
    std::fs::write(folder.join("style.css"), STYLE).map_err(failed)?;
    std::fs::write(folder.join("icon.svg"), ICON).map_err(failed)?;
    std::fs::write(folder.join("search.js"), SEARCH).map_err(failed)?;
    std::fs::write(folder.join("search.html"), search_page(gallery)).map_err(failed)?;
    // The list is a script instead of JSON, because a page that is opened from a file cannot read other files.
    let photos = std::fs::File::create_new(folder.join("photos.js")).map_err(failed)?;
    let mut photos = std::io::BufWriter::new(photos);
    photos.write_all(b"const photos = [\n").map_err(failed)?;
    let store = gallery.store().await?;
    let bar = ui.start_spinner("Exporting photos");
    let mut query = Query::default();
    let mut counts = ExportCounts::default();
    for number in 1.. {
        let Listing { mut sections, next } = gallery.listing(&query, PHOTOS_PER_PAGE).await?;
        for section in &mut sections {
            let mut exported = Vec::new();
            for photo in section.photos.drain(..) {
                let written = match &photo.stage {
                    PhotoStage::Done { manifest, alt } => {
                        bar.set_message(format!("Exporting photo {}", counts.photos + 1));
                        let entry = serde_json::to_string(&search_entry(section.day, &photo, manifest, alt))
                            .map_err(|error| io_error("write a page", &error.into()))?;
                        write_photo(gallery, &store, folder, &photo, manifest).await.map(|()| entry)
                    }
                    PhotoStage::Unknown { why } => {
                        Err(DownloadError::Other(CommandError::failed(why.as_str())))
                    }
                    PhotoStage::Failed { .. } | PhotoStage::InFlight => continue,
                };
                match written {
                    Ok(entry) => {
                        writeln!(photos, "{entry},").map_err(failed)?;
                        counts.photos += 1;
                        exported.push(photo);
                    }
                    Err(DownloadError::NoSpace(error)) => return Err(error),
                    Err(DownloadError::Other(error)) => {
                        let key = escape(&photo.original.key);
                        ui.warn(format!("cannot export `{key}`: {}", error.message));
                        counts.left_out += 1;
                    }
                }
            }
            section.photos = exported;
        }
        sections.retain(|section| !section.photos.is_empty());
        let file = |number: usize| match number {
            1 => "index.html".to_owned(),
            number => format!("page-{number}.html"),
        };
        let shown = Listing { sections, next: next.as_ref().map(|_| file(number + 1)) };
        std::fs::write(folder.join(file(number)), list_page(gallery, &shown)).map_err(failed)?;
        match next {
            Some(next) => query.after = next,
            None => break,
        }
    }
    photos.write_all(b"];\n").map_err(failed)?;
    photos.flush().map_err(failed)?;
    bar.finish_and_clear();
    Ok(counts)
}

/// Returns the data of a photo for the search script: its day, name, alt text, page, and picture.
fn search_entry(day: Option<Date>, photo: &GalleryPhoto, manifest: &Manifest, alt: &AltState) -> [String; 5] {
    let picture =
        picture::medium_thumbnail(manifest).map(|thumbnail| Site::Export.thumbnail(photo, thumbnail));
    [
        day.unwrap_or(photo.last_modified.date()).to_string(),
        escape(&photo.name()),
        card::accepted_text(alt).to_owned(),
        Site::Export.photo(photo),
        picture.unwrap_or_default(),
    ]
}

/// Writes the thumbnails of `photo`, then its page.
async fn write_photo(
    gallery: &Gallery,
    store: &PhotoStore<'_>,
    folder: &Path,
    photo: &GalleryPhoto,
    manifest: &Manifest,
) -> Result<(), DownloadError> {
    // With delivery, the pages link to the distribution.
    let missing = manifest.thumbnails.iter().filter(|_| photo.delivery.is_none());
    let downloads = missing.map(|thumbnail| {
        let to: PathBuf = folder.join(export_path(photo, thumbnail));
        let source = thumbnail_source(thumbnail, store);
        async move { download(store.s3, &source, &to, Existing::Replace, &ProgressBar::hidden()).await }
    });
    stream::iter(downloads).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
    let texts = store.alt_texts(&photo.original).await?;
    let main = html! {
        p.back { a href="index.html" { "All photos" } }
        (detail(Site::Export, photo, &texts, &[]))
    };
    let page =
        page::page_frame(Site::Export, gallery.stack.name(), &photo.name(), None, gallery.delivery(), &main);
    std::fs::write(folder.join(Site::Export.photo(photo)), page.into_string())
        .map_err(|error| DownloadError::NoSpace(io_error("write a page", &error)))
}

/// Returns a page of the list.
fn list_page(gallery: &Gallery, listing: &Listing) -> String {
    let (query, name) = (Query::default(), gallery.stack.name());
    let main = html! {
        (page::main_heading(&query))
        @if listing.sections.iter().all(|section: &Section| section.photos.is_empty()) {
            div.empty-message { h2 { "No photos" } }
        }
        (page::sections(Site::Export, listing, &query, &gallery.alt_text))
    };
    page::page_frame(Site::Export, name, name, Some(&query), gallery.delivery(), &main).into_string()
}

/// Returns the search page, which its script fills with results.
fn search_page(gallery: &Gallery) -> String {
    let main = html! {
        h1.unseen { "Photos found" }
        noscript { div.empty-message { p { "Search requires JavaScript." } } }
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
    page::page_frame(Site::Export, gallery.stack.name(), "Search", Some(&query), gallery.delivery(), &main)
        .into_string()
}
