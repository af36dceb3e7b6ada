//! The page of one photo: its largest picture, its details, and its alt texts.

use contract::alt_text::{AltText, Source};
use contract::function::Function;
use contract::key::escape;
use contract::manifest::Manifest;
use indicatif::HumanBytes;
use maud::{Markup, html};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::gallery::card::{FAILED, WAITS, form, no_picture, replay, usable, written};
use crate::gallery::links::Site;
use crate::gallery::photo::{Alt, Photo, Stage};
use crate::gallery::picture::picture;

/// The picture takes what the page has.
const SIZES: &str = "(max-width: 60rem) 100vw, 60rem";

/// Returns the page of `photo` with its alt texts in all `languages` and any others that exist.
pub(crate) fn detail(site: Site, photo: &Photo, texts: &[AltText], languages: &[String]) -> Markup {
    html! {
        article.detail {
            @match &photo.stage {
                Stage::Done { manifest, alt } => {
                    div.frame.large { (picture(site, photo, manifest, usable(alt), SIZES)) }
                }
                Stage::InFlight => { (no_picture("large waits", WAITS)) }
                Stage::Failed { .. } | Stage::Unknown { .. } => { (no_picture("large failed", FAILED)) }
            }
            div.about {
                h1 { bdi { (escape(&photo.name())) } }
                @match &photo.stage {
                    Stage::Done { manifest, alt } => {
                        (alt_texts(site, photo, alt, texts, languages))
                        (facts(site, photo, Some(manifest)))
                    }
                    Stage::Failed { reason, message } => {
                        p.state.bad { strong { "Failed" } " " (escape(message)) " " code { (reason) } }
                        @if site == Site::Live { (replay(photo, Function::Thumbnail, "Try again")) }
                        (facts(site, photo, None))
                    }
                    Stage::InFlight => {
                        p.state { strong { "In flight" } " its thumbnails are being made" }
                        @if site == Site::Live { (replay(photo, Function::Thumbnail, "Send again")) }
                        (facts(site, photo, None))
                    }
                    Stage::Unknown { why } => {
                        p.state.bad { strong { "Unknown" } " " (escape(why)) }
                        (facts(site, photo, None))
                    }
                }
            }
        }
    }
}

fn alt_texts(site: Site, photo: &Photo, alt: &Alt, texts: &[AltText], languages: &[String]) -> Markup {
    let missing = languages.iter().filter(|language| texts.iter().all(|text| text.language != **language));
    html! {
        section.texts {
            h2 { "Alt text" }
            @for text in texts {
                div.text {
                    p.language { code { (text.language) } }
                    (written(text))
                    @if let Source::Model(facts) = &text.source {
                        p.rule { (facts.model) ", confidence " (facts.confidence) "%" }
                    }
                    @for (what, said) in [("Long description", &text.long_description), ("Visible text", &text.visible_text)] {
                        @if !said.is_empty() {
                            p { span.rule { (what) ": " } bdi lang=(text.language) { (escape(said)) } }
                        }
                    }
                    @if site == Site::Live { (form(photo, &text.language, &text.alt, text.decorative)) }
                }
            }
            @if let Alt::Failed { reason, message } = alt {
                p.state.bad { strong { "No alt text" } " " (escape(message)) " " code { (reason) } }
                @if site == Site::Live { (replay(photo, Function::AltText, "Describe again")) }
            }
            @if site == Site::Live {
                @for language in missing {
                    div.text {
                        p.language { code { (language) } }
                        p.state { @if matches!(alt, Alt::Expected) { "Being described …" } @else { "No alt text yet" } }
                        (form(photo, language, "", false))
                    }
                }
            } @else if texts.is_empty() { p.state { "No alt text yet" } }
        }
    }
}

fn facts(site: Site, photo: &Photo, manifest: Option<&Manifest>) -> Markup {
    html! {
        section {
            h2 { "About the photo" }
            dl.facts {
                dt { "Uploaded" } dd { (moment(photo.last_modified)) }
                dt { "Size" } dd { (HumanBytes(photo.bytes)) }
                @if let Some(manifest) = manifest {
                    dt { "Pixels" } dd { (manifest.original.width) " × " (manifest.original.height) }
                    dt { "Format" } dd { (manifest.original.format) }
                    @if manifest.original.partial { dt { "Damaged" } dd { "partly readable" } }
                }
                dt { "Key" } dd { code { bdi { (escape(&photo.original.key)) } } }
                dt { "Version" } dd { code { (escape(&photo.original.version)) } }
                @if let Some(manifest) = manifest {
                    dt { "Thumbnails" }
                    dd {
                        ul.thumbnails {
                            @for thumbnail in &manifest.thumbnails {
                                li {
                                    a href=(site.thumbnail(photo, thumbnail)) { (thumbnail.preset) }
                                    " " (thumbnail.width) " × " (thumbnail.height) ", " (HumanBytes(thumbnail.bytes))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn moment(time: OffsetDateTime) -> Markup {
    let words =
        format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute]:[second] UTC");
    let machine = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let text = time.format(words).unwrap_or_default();
    html! { time datetime=(time.format(machine).unwrap_or_default()) { (text) } }
}
