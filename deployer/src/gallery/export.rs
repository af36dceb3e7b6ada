//! The export: the photos that have thumbnails as a folder of pages and pictures that opens without a server.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use contract::key::escape;
use contract::manifest::Manifest;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use indicatif::ProgressBar;
use maud::html;
use time::Date;

use crate::catalog::Catalog;
use crate::commands::fetch;
use crate::error::{CommandError, io_error, quoted};
use crate::gallery::detail::detail;
use crate::gallery::links::{Site, exported};
use crate::gallery::page::{self, Listing, Query, Section};
use crate::gallery::photo::{Alt, Photo, Stage};
use crate::gallery::{Gallery, ICON, STYLE, card, picture};
use crate::transfer::download::download;
use crate::ui::Ui;

/// The script that searches, as there is no server to do it.
const SEARCH: &str = include_str!("search.js");

/// How many photos an exported page has.
const PAGE: usize = 200;

/// How many photos are written at once.
const AT_ONCE: usize = 16;

/// Writes the gallery into `folder`, which must be new or empty. Gives the number of photos.
pub(crate) async fn export(gallery: &Gallery, folder: &Path, ui: &Ui) -> Result<u64, CommandError> {
    let wrong = |what: &str| {
        CommandError::failed(format!("`{}` {what}", folder.display()))
            .hint("name a folder that does not exist yet")
    };
    if folder.exists() {
        let mut inside = std::fs::read_dir(folder).map_err(|_| wrong("is no folder"))?;
        if inside.next().is_some() {
            return Err(wrong("is not empty"));
        }
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| io_error(format_args!("write `{}`", folder.display()), &error);
    std::fs::create_dir_all(parent).map_err(failed)?;
    // Beside it, so that the rename cannot cross file systems; gone when dropped.
    let unfinished = tempfile::Builder::new().prefix(".gallery-").tempdir_in(parent).map_err(failed)?;
    let photos = write(gallery, unfinished.path(), ui).await?;
    if folder.exists() {
        std::fs::remove_dir(folder).map_err(failed)?;
    }
    let finished = unfinished.keep();
    std::fs::rename(&finished, folder).map_err(failed)?;
    readable(folder, 0o755).map_err(failed)?;
    Ok(photos)
}

/// Temporary folders and downloads are for their owner alone; an export is for a web server, too.
fn readable(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

async fn write(gallery: &Gallery, folder: &Path, ui: &Ui) -> Result<u64, CommandError> {
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
    let bar = ui.wait("Writing photos");
    let mut query = Query::default();
    let mut count = 0;
    for number in 1.. {
        let Listing { mut sections, next } = gallery.listing(&query, PAGE).await?;
        for section in &mut sections {
            for photo in &section.photos {
                if let Stage::Unknown { why } = &photo.stage {
                    let key = escape(&photo.original.key);
                    return Err(CommandError::failed(format!(
                        "cannot export `{key}`: {}; nothing was written",
                        escape(why)
                    ))
                    .hint(format!(
                        "run `deployer explain{} {}`",
                        gallery.stack.config.flags(),
                        quoted(&key)
                    )));
                }
            }
            section.photos.retain(|photo| matches!(photo.stage, Stage::Done { .. }));
        }
        sections.retain(|section| !section.photos.is_empty());
        for (day, photo) in
            sections.iter().flat_map(|section| section.photos.iter().map(|photo| (section.day, photo)))
        {
            count += 1;
            bar.set_message(format!("Writing photo {count}"));
            let Stage::Done { manifest, alt } = &photo.stage else { continue };
            one(gallery, &catalog, folder, photo, manifest).await?;
            let found = serde_json::to_string(&found(day, photo, manifest, alt))
                .map_err(|error| io_error("write a page", &error.into()))?;
            writeln!(photos, "{found},").map_err(failed)?;
        }
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
    Ok(count)
}

/// What a search knows of a photo: its day, name, alt text, page and picture.
fn found(day: Option<Date>, photo: &Photo, manifest: &Manifest, alt: &Alt) -> [String; 5] {
    let picture = picture::one(manifest).map(|thumbnail| exported(photo, thumbnail));
    [
        day.unwrap_or(photo.last_modified.date()).to_string(),
        escape(&photo.name()),
        card::usable(alt).to_owned(),
        Site::Export.photo(photo),
        picture.unwrap_or_default(),
    ]
}

/// Writes the page and the thumbnails of `photo`.
async fn one(
    gallery: &Gallery,
    catalog: &Catalog<'_>,
    folder: &Path,
    photo: &Photo,
    manifest: &Manifest,
) -> Result<(), CommandError> {
    let downloads = manifest.thumbnails.iter().map(|thumbnail| {
        let to: PathBuf = folder.join(exported(photo, thumbnail));
        let source = fetch::thumbnail(thumbnail, catalog);
        async move {
            download(catalog.s3, &source, &to, &ProgressBar::hidden()).await?;
            let what = || format!("let others read `{}`", to.display());
            readable(&to, 0o644).map_err(|error| io_error(what(), &error))
        }
    });
    stream::iter(downloads).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
    let texts = catalog.alt_texts(&photo.original).await?;
    let main = html! {
        p.back { a href="index.html" { "All photos" } }
        (detail(Site::Export, photo, &texts, &[]))
    };
    let page = page::shell(Site::Export, gallery.stack.name(), &photo.name(), None, &main);
    std::fs::write(folder.join(Site::Export.photo(photo)), page.into_string())
        .map_err(|error| io_error("write a page", &error))
}

/// A page of the list.
fn list(gallery: &Gallery, listing: &Listing) -> String {
    let query = Query::default();
    let main = html! {
        (page::heading_of_page(&query))
        @if listing.sections.iter().all(|section: &Section| section.photos.is_empty()) {
            div.nothing { h2 { "No photos" } }
        }
        (page::sections(Site::Export, listing, &query, &gallery.texts))
    };
    page::shell(Site::Export, gallery.stack.name(), gallery.stack.name(), Some(&query), &main).into_string()
}

/// The page that its script fills with the photos that are found.
fn search_page(gallery: &Gallery) -> String {
    let main = html! {
        h1.unseen { "Photos found" }
        noscript { div.nothing { p { "A search in these files needs JavaScript." } } }
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
    page::shell(Site::Export, gallery.stack.name(), "Search", Some(&Query::default()), &main).into_string()
}
