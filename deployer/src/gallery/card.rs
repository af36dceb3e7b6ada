//! A card: one photo in a list, with its picture or state, its alt text, and actions.

use contract::alt_text::{AltText, MAX_CHARS, Source, Status};
use contract::function::Function;
use contract::key::{Digest, escape};
use maud::{Markup, PreEscaped, html};
use time::OffsetDateTime;

use crate::gallery::links::Site;
use crate::gallery::photo::{AltState, AltTextOptions, GalleryPhoto, PhotoStage, SLOW_AFTER_SECONDS};
use crate::gallery::picture::picture;

/// The width of a picture in the grid of the style sheet, as the attribute `sizes`.
const SIZES: &str = "(max-width: 40rem) calc(50vw - 1.5rem), (max-width: 75rem) 30vw, 18rem";

/// Returns the card of `photo`. The stamp of a card changes whenever its content changes.
pub(crate) fn card(site: Site, photo: &GalleryPhoto, options: &AltTextOptions) -> Markup {
    let card_content = card_content(site, photo, options);
    let stamp = Digest::of(card_content.0.as_bytes());
    let state = match photo.stage {
        PhotoStage::Done { .. } => "done",
        PhotoStage::Failed { .. } | PhotoStage::Unknown { .. } => "failed",
        PhotoStage::InFlight => "in-flight",
    };
    // The script requests a card again only if the state of the photo may still change.
    let is_settled = matches!(&photo.stage, PhotoStage::Done { alt, .. } if !matches!(alt, AltState::Expected))
        || matches!(&photo.stage, PhotoStage::Failed { .. });
    html! {
        li.card id=(photo.id()) data-key=(photo.original.key) data-state=(state) data-stamp=(stamp.short())
            data-moving[!is_settled] { (card_content) }
    }
}

fn card_content(site: Site, photo: &GalleryPhoto, options: &AltTextOptions) -> Markup {
    let name = escape(&photo.name());
    let title = html! { h3.name { bdi { (name) } } };
    match &photo.stage {
        PhotoStage::Done { manifest, alt } => html! {
            a.frame href=(site.photo(photo)) aria-label=[link_label(alt, &name)] {
                (picture(site, photo, manifest, accepted_text(alt), SIZES))
            }
            div.caption {
                (title)
                (alt_text_line(alt, options))
                @if site == Site::Live {
                    (edit_form(photo, alt, options))
                    @if matches!(alt, AltState::Failed { .. }) { (replay_button(photo, Function::AltText, "Describe again")) }
                }
            }
        },
        PhotoStage::Failed { reason, message } => html! {
            (placeholder_icon("failed", FAILED_ICON))
            div.caption {
                (title)
                p.state.bad { strong { "Failed" } ": " (escape(message)) " " code { (reason) } }
                @if site == Site::Live { (replay_button(photo, Function::Thumbnail, "Try again")) }
            }
        },
        PhotoStage::InFlight => html! {
            (placeholder_icon("waits", WAITING_ICON))
            div.caption {
                (title)
                p.state { strong { "In flight" } ": the function is making the thumbnails" }
                @if site == Site::Live && OffsetDateTime::now_utc() - photo.last_modified > time::Duration::seconds(SLOW_AFTER_SECONDS) {
                    p.state { "This takes longer than usual." }
                    (replay_button(photo, Function::Thumbnail, "Send again"))
                }
            }
        },
        PhotoStage::Unknown { why } => html! {
            (placeholder_icon("failed", FAILED_ICON))
            div.caption { (title) p.state.bad { strong { "Unknown" } ": " (escape(why)) } }
        },
    }
}

/// Returns the alt text for the picture.
pub(crate) fn accepted_text(alt: &AltState) -> &str {
    match alt {
        AltState::Written(text) if text.status == Status::Accepted => &text.alt,
        _ => "",
    }
}

/// Returns the label of the link around a picture without an alt text.
fn link_label(alt: &AltState, name: &str) -> Option<String> {
    accepted_text(alt).is_empty().then(|| format!("Open {name}"))
}

/// Returns the alt text with its author, or the reason why there is none.
fn alt_text_line(alt: &AltState, options: &AltTextOptions) -> Markup {
    match alt {
        AltState::Written(text) => written_text(text),
        AltState::Failed { message, reason } => html! {
            p.state.bad { strong { "No alt text" } ": " (escape(message)) " " code { (reason) } }
        },
        AltState::Expected => {
            html! { p.state { "The model is writing the alt text in " code { (options.language) } "…" } }
        }
        AltState::None => html! { p.state { "No alt text yet" } },
    }
}

/// Returns an alt text with its author.
pub(crate) fn written_text(text: &AltText) -> Markup {
    let (by, icon) = match &text.source {
        Source::Person => ("by a person", PERSON_ICON),
        Source::Model(_) => ("by a model", MODEL_ICON),
    };
    let badge = html! { span.source { (PreEscaped(icon)) (by) } };
    match (&text.status, text.decorative, &text.source) {
        (Status::Rejected, _, Source::Model(facts)) => html! {
            p.state.bad {
                strong { "Rejected alt text from the model" } ": "
                (escape(facts.rejected.as_deref().unwrap_or("it breaks the rules"))) " " (badge)
            }
        },
        (Status::Rejected, _, Source::Person) => {
            html! { p.state.bad { strong { "Rejected alt text" } " " (badge) } }
        }
        (Status::Accepted, true, _) => html! { p.state { "Decorative: empty alt text " (badge) } },
        (Status::Accepted, false, _) => html! {
            p.alt-text { bdi lang=(text.language) { (escape(&text.alt)) } " " (badge) }
        },
    }
}

/// Returns the form to edit the alt text of `photo` in the language of the list.
fn edit_form(photo: &GalleryPhoto, alt: &AltState, options: &AltTextOptions) -> Markup {
    let decorative = matches!(alt, AltState::Written(text) if text.decorative);
    alt_text_form(photo, &options.language, accepted_text(alt), decorative)
}

/// Returns the collapsed form to set the alt text of `photo` in `language`.
pub(crate) fn alt_text_form(photo: &GalleryPhoto, language: &str, now: &str, decorative: bool) -> Markup {
    let id = format!("{}-{language}", photo.id());
    let name = escape(&photo.name());
    let verb = if now.is_empty() && !decorative { "Write" } else { "Edit" };
    html! {
        details.edit {
            summary { (verb) " alt text" span.unseen { " of " bdi { (name) } } }
            form method="post" action="alt" {
                input type="hidden" name="key" value=(photo.original.key);
                input type="hidden" name="language" value=(language);
                label for=(format!("{id}-text")) { "Alt text, in " code { (language) } }
                textarea id=(format!("{id}-text")) name="alt" maxlength=(MAX_CHARS) rows="3" lang=(language)
                    dir="auto" aria-describedby=(format!("{id}-rule")) { (now) }
                p.rule id=(format!("{id}-rule")) { "One line of at most " (MAX_CHARS) " characters that describes what matters in the photo." }
                label.check {
                    input type="checkbox" name="decorative" value="true" checked[decorative];
                    " Decorative: it carries no information"
                }
                p.error role="alert" hidden {}
                div.buttons { button type="submit" { "Save" } }
            }
        }
    }
}

/// Returns the button to process `photo` again.
pub(crate) fn replay_button(photo: &GalleryPhoto, function: Function, label: &str) -> Markup {
    html! {
        form.replay method="post" action="replay" {
            input type="hidden" name="key" value=(photo.original.key);
            input type="hidden" name="function" value=(function.name());
            button type="submit" { (PreEscaped(REPLAY_ICON)) (label) span.unseen { ": " bdi { (escape(&photo.name())) } } }
            p.error role="alert" hidden {}
        }
    }
}

/// Returns the placeholder for a missing picture.
pub(crate) fn placeholder_icon(class: &str, icon: &str) -> Markup {
    html! { div.frame.(class) { (PreEscaped(icon)) } }
}

/// The icon of a failed photo.
pub(crate) const FAILED_ICON: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 5h16v14H4z"/><path d="m4 16 4-4 3 3"/><path d="m13 9 5 6m0-6-5 6"/></svg>"#;
/// The icon of a photo in flight.
pub(crate) const WAITING_ICON: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/></svg>"#;
const PERSON_ICON: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="8" r="4"/><path d="M4.5 20c1-4 4-6 7.5-6s6.5 2 7.5 6"/></svg>"#;
const MODEL_ICON: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3.5 13.8 10l6.7 2-6.7 2L12 20.5 10.2 14l-6.7-2 6.7-2z"/></svg>"#;
const REPLAY_ICON: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M19 12a7 7 0 1 1-2-5l2 2"/><path d="M19 4v5h-5"/></svg>"#;
