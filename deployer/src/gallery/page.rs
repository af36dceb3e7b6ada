//! The list of photos, and the frame of all pages.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use time::Date;
use time::macros::format_description;

use crate::error::CommandError;
use crate::gallery::card::card;
use crate::gallery::links::{Site, encode_query_value};
use crate::gallery::photo::{AltTextOptions, GalleryPhoto};

/// Returns the content security policy of an export, which has no server to send it as a header. Its pictures are files
/// of the export, or come from the distribution at `picture_source`.
fn export_policy(picture_source: &str) -> String {
    format!(
        "default-src 'none'; img-src 'self' file: data: {picture_source}; style-src 'self' file:; script-src 'self' file:; \
         base-uri 'none'; form-action 'self' file:"
    )
}

/// A search query.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    /// The cursor at which the page starts.
    pub(crate) after: String,
    /// A day, as `2026-11-24`.
    pub(crate) date: String,
    /// The start of a name.
    pub(crate) name: String,
}

impl Query {
    /// Returns whether it is the start of the list of the newest photos.
    pub(crate) fn is_newest(&self) -> bool {
        self.after.is_empty() && self.date.is_empty() && self.name.is_empty()
    }

    /// Returns the link to the page that starts at `after`.
    fn next_link(&self, after: &str) -> String {
        let part = |name: &str, value: &str| match value {
            "" => String::new(),
            value => format!("&{name}={}", encode_query_value(value)),
        };
        format!(
            "?after={}{}{}",
            encode_query_value(after),
            part("date", &self.date),
            part("name", &self.name)
        )
    }
}

/// Photos under a heading.
pub(crate) struct Section {
    /// The day, or `None` for photos without one.
    pub(crate) day: Option<Date>,
    pub(crate) photos: Vec<GalleryPhoto>,
}

/// A page of photos, and the cursor of the next page.
pub(crate) struct Listing {
    pub(crate) sections: Vec<Section>,
    pub(crate) next: Option<String>,
}

/// Returns a page with `main`, whose pictures come from `picture_source` if they are not part of the site.
pub(crate) fn page_frame(
    site: Site,
    stack: &str,
    title: &str,
    query: Option<&Query>,
    picture_source: Option<&str>,
    main: &Markup,
) -> Markup {
    // The page of the newest photos updates itself.
    let live = site == Site::Live && query.is_some_and(Query::is_newest);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if site == Site::Export {
                    meta http-equiv="Content-Security-Policy" content=(export_policy(picture_source.unwrap_or_default()));
                    meta name="referrer" content="no-referrer";
                }
                title { (title) }
                link rel="icon" href="icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="style.css";
                @if site == Site::Live { script src="script.js" defer {} }
            }
            body data-live[live] {
                a.skip href="#photos" { "Skip to the photos" }
                header.top {
                    a.brand href=(site.home()) {
                        img src="icon.svg" alt="" width="28" height="28";
                        span { (stack) }
                    }
                    (search_form(site, query))
                }
                main #photos tabindex="-1" { (main) }
                @if site == Site::Live { p #news.news role="status" aria-live="polite" {} }
            }
        }
    }
}

fn search_form(site: Site, query: Option<&Query>) -> Markup {
    let none = Query::default();
    let query = query.unwrap_or(&none);
    html! {
        form.search role="search" action=(site.search()) method="get" {
            label.unseen for="name" { "Name of a photo" }
            input #name type="search" name="name" value=(query.name) placeholder="Search by name" autocomplete="off"
                spellcheck="false" maxlength="300";
            label.unseen for="date" { "Day of the upload (UTC)" }
            input #date type="date" name="date" value=(query.date);
            button type="submit" { "Search" }
            @if !query.name.is_empty() || !query.date.is_empty() { a.clear href=(site.home()) { "Show all" } }
        }
    }
}

/// Returns the photos of `listing` with a link to more.
pub(crate) fn sections(site: Site, listing: &Listing, query: &Query, options: &AltTextOptions) -> Markup {
    html! {
        @for section in &listing.sections {
            // The script finds a section by this attribute, which is empty without a day.
            @let day = section.day.map(|day| day.to_string()).unwrap_or_default();
            section.day data-day=(day) {
                h2 { (section_heading(section.day, query)) }
                ul.grid { @for photo in &section.photos { (card(site, photo, options)) } }
            }
        }
        @if let Some(next) = &listing.next {
            nav.more aria-label="More photos" {
                @match site {
                    Site::Live => a href=(query.next_link(next)) rel="next" { "More photos" },
                    Site::Export => a href=(next) rel="next" { "More photos" },
                }
            }
        }
    }
}

fn section_heading(day: Option<Date>, query: &Query) -> Markup {
    let words = format_description!("[weekday], [month repr:long] [day padding:none], [year]");
    match day {
        Some(day) => {
            let text = day.format(words).unwrap_or_else(|_| day.to_string());
            html! { time datetime=(day) { (text) } }
        }
        None if query.name.is_empty() => html! { "Photos outside the day folders" },
        None => html! { "Photos named “" bdi { (query.name) } "”" },
    }
}

/// Returns the message for an empty list.
pub(crate) fn empty_message(query: &Query, flags: &str) -> Markup {
    html! {
        div.empty-message {
            img src="icon.svg" alt="" width="96" height="96";
            @if query.is_newest() {
                h2 { "No photos yet" }
                p { "Upload photos to see them here:" }
                pre { code { "deployer upload" (flags) " --recursive photos/" } }
            } @else {
                h2 { "No photos found" }
                p {
                    "A search by name finds photos that have thumbnails and a name that starts with the text. "
                    "If you also choose a day, it finds all photos of that day whose name contains the text."
                }
                p { a href="./" { "Show all photos" } }
            }
        }
    }
}

/// Returns the message for an error with its hints.
pub(crate) fn error_message(error: &CommandError) -> Markup {
    html! {
        div.empty-message role="alert" {
            h2 { "Something went wrong" }
            p { (error.message) }
            @for hint in &error.hints { p.hint { (hint) } }
        }
    }
}

/// The placeholder for the photos between the two parts of a page.
pub(crate) const PHOTOS_PLACEHOLDER: &str = "<!-- photos -->";

/// Returns the parts of a page before and after its photos.
pub(crate) fn split_frame(stack: &str, query: &Query) -> (String, String) {
    let whole = page_frame(
        Site::Live,
        stack,
        stack,
        Some(query),
        None,
        &html! { (main_heading(query)) (PreEscaped(PHOTOS_PLACEHOLDER)) },
    );
    let whole = whole.into_string();
    let (before, after) = whole.split_once(PHOTOS_PLACEHOLDER).unwrap_or((&whole, ""));
    (before.to_owned(), after.to_owned())
}

/// Returns the main heading of the page, for screen readers.
pub(crate) fn main_heading(query: &Query) -> Markup {
    html! { h1.unseen { @if query.name.is_empty() && query.date.is_empty() { "Photos" } @else { "Photos found" } } }
}
