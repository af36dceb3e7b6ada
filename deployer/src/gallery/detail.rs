//! The page of one photo: its largest picture, its details, and its alt texts.

use contract::alt_text::{AltText, Source};
use contract::function::Function;
use contract::key::escape;
use contract::manifest::Manifest;
use indicatif::HumanBytes;
use maud::{Markup, html};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::gallery::card::{
    FAILED_ICON, WAITING_ICON, accepted_text, alt_text_form, placeholder_icon, replay_button, written_text,
};
use crate::gallery::links::Site;
use crate::gallery::photo::{AltState, GalleryPhoto, PhotoStage};
use crate::gallery::picture::picture;

/// The width of the picture, which fills the page, as the attribute `sizes`.
const SIZES: &str = "(max-width: 60rem) 100vw, 60rem";

/// Returns the page of `photo` with its alt texts in all `languages` and any others that exist.
pub(crate) fn detail(site: Site, photo: &GalleryPhoto, texts: &[AltText], languages: &[String]) -> Markup {
    html! {
        article.detail {
            @match &photo.stage {
                PhotoStage::Done { manifest, alt } => {
                    div.frame.large { (picture(site, photo, manifest, accepted_text(alt), SIZES)) }
                }
                PhotoStage::InFlight => { (placeholder_icon("large waits", WAITING_ICON)) }
                PhotoStage::Failed { .. } | PhotoStage::Unknown { .. } => { (placeholder_icon("large failed", FAILED_ICON)) }
            }
            div.about {
                h1 { bdi { (escape(&photo.name())) } }
                @match &photo.stage {
                    PhotoStage::Done { manifest, alt } => {
                        (alt_text_section(site, photo, alt, texts, languages))
                        (facts_section(site, photo, Some(manifest)))
                    }
                    PhotoStage::Failed { reason, message } => {
                        p.state.bad { strong { "Failed" } ": " (escape(message)) " " code { (reason) } }
                        @if site == Site::Live { (replay_button(photo, Function::Thumbnail, "Try again")) }
                        (facts_section(site, photo, None))
                    }
                    PhotoStage::InFlight => {
                        p.state { strong { "In flight" } ": the function is making the thumbnails" }
                        @if site == Site::Live { (replay_button(photo, Function::Thumbnail, "Send again")) }
                        (facts_section(site, photo, None))
                    }
                    PhotoStage::Unknown { why } => {
                        p.state.bad { strong { "Unknown" } ": " (escape(why)) }
                        (facts_section(site, photo, None))
                    }
                }
            }
        }
    }
}

fn alt_text_section(
    site: Site,
    photo: &GalleryPhoto,
    alt: &AltState,
    texts: &[AltText],
    languages: &[String],
) -> Markup {
    let missing = languages.iter().filter(|language| texts.iter().all(|text| text.language != **language));
    html! {
        section.texts {
            h2 { "Alt text" }
            @for text in texts {
                div.text {
                    p.language { code { (text.language) } }
                    (written_text(text))
                    @if let Source::Model(facts) = &text.source {
                        p.rule { (facts.model) ", confidence " (facts.confidence) "%" }
                    }
                    @for (name, value) in [("Long description", &text.long_description), ("Visible text", &text.visible_text)] {
                        @if !value.is_empty() {
                            p { span.rule { (name) ": " } bdi lang=(text.language) { (escape(value)) } }
                        }
                    }
                    @if site == Site::Live { (alt_text_form(photo, &text.language, &text.alt, text.decorative)) }
                }
            }
            @if let AltState::Failed { reason, message } = alt {
                p.state.bad { strong { "No alt text" } ": " (escape(message)) " " code { (reason) } }
                @if site == Site::Live { (replay_button(photo, Function::AltText, "Describe again")) }
            }
            @if site == Site::Live {
                @for language in missing {
                    div.text {
                        p.language { code { (language) } }
                        p.state { @if matches!(alt, AltState::Expected) { "The model is writing the alt text…" } @else { "No alt text yet" } }
                        (alt_text_form(photo, language, "", false))
                    }
                }
            } @else if texts.is_empty() { p.state { "No alt text yet" } }
        }
    }
}

fn facts_section(site: Site, photo: &GalleryPhoto, manifest: Option<&Manifest>) -> Markup {
    html! {
        section {
            h2 { "About the photo" }
            dl.facts {
                dt { "Uploaded" } dd { (time_element(photo.last_modified)) }
                dt { "Size" } dd { (HumanBytes(photo.bytes)) }
                @if let Some(manifest) = manifest {
                    dt { "Pixels" } dd { (manifest.original.width) " × " (manifest.original.height) }
                    dt { "Format" } dd { (manifest.original.format) }
                    @if manifest.original.partial { dt { "Damage" } dd { "the thumbnails show only the readable part" } }
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

fn time_element(time: OffsetDateTime) -> Markup {
    let words =
        format_description!("[month repr:long] [day padding:none], [year], [hour]:[minute]:[second] UTC");
    let machine = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let text = time.format(words).unwrap_or_default();
    html! { time datetime=(time.format(machine).unwrap_or_default()) { (text) } }
}
