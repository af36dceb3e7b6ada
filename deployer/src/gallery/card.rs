//! A card: one photo in a list, with its picture or state, its alt text, and actions.

use contract::alt_text::{AltText, MAX_CHARS, Source, Status};
use contract::function::Function;
use contract::key::{Digest, escape};
use maud::{Markup, PreEscaped, html};
use time::OffsetDateTime;

use crate::gallery::links::Site;
use crate::gallery::photo::{Alt, AltTexts, Photo, Stage, USUAL_SECONDS};
use crate::gallery::picture::picture;

/// How wide a picture is in the grid of the style sheet.
const SIZES: &str = "(max-width: 40rem) calc(50vw - 1.5rem), (max-width: 75rem) 30vw, 18rem";

/// Returns the card of `photo`. Its stamp changes with its content.
pub(crate) fn card(site: Site, photo: &Photo, texts: &AltTexts) -> Markup {
    let inside = inside(site, photo, texts);
    let stamp = Digest::of(inside.0.as_bytes());
    let state = match photo.stage {
        Stage::Done { .. } => "done",
        Stage::Failed { .. } | Stage::Unknown { .. } => "failed",
        Stage::InFlight => "in-flight",
    };
    // In a list the page need not say again what stays as it is.
    let is_settled = matches!(&photo.stage, Stage::Done { alt, .. } if !matches!(alt, Alt::Expected))
        || matches!(&photo.stage, Stage::Failed { .. });
    html! {
        li.card id=(photo.id()) data-key=(photo.original.key) data-state=(state) data-stamp=(stamp.short())
            data-moving[!is_settled] { (inside) }
    }
}

fn inside(site: Site, photo: &Photo, texts: &AltTexts) -> Markup {
    let name = escape(&photo.name());
    let title = html! { h3.name { bdi { (name) } } };
    match &photo.stage {
        Stage::Done { manifest, alt } => html! {
            a.frame href=(site.photo(photo)) aria-label=[label(alt, &name)] {
                (picture(site, photo, manifest, usable(alt), SIZES))
            }
            div.caption {
                (title)
                (shown(alt, texts))
                @if site == Site::Live {
                    (correction(photo, alt, texts))
                    @if matches!(alt, Alt::Failed { .. }) { (replay(photo, Function::AltText, "Describe again")) }
                }
            }
        },
        Stage::Failed { reason, message } => html! {
            (no_picture("failed", FAILED))
            div.caption {
                (title)
                p.state.bad { strong { "Failed" } " " (escape(message)) " " code { (reason) } }
                @if site == Site::Live { (replay(photo, Function::Thumbnail, "Try again")) }
            }
        },
        Stage::InFlight => html! {
            (no_picture("waits", WAITS))
            div.caption {
                (title)
                p.state { strong { "In flight" } " its thumbnails are being made" }
                @if site == Site::Live && OffsetDateTime::now_utc() - photo.last_modified > time::Duration::seconds(USUAL_SECONDS) {
                    p.state { "This takes longer than usual." }
                    (replay(photo, Function::Thumbnail, "Send again"))
                }
            }
        },
        Stage::Unknown { why } => html! {
            (no_picture("failed", FAILED))
            div.caption { (title) p.state.bad { strong { "Unknown" } " " (escape(why)) } }
        },
    }
}

/// Returns the alt text for the picture.
pub(crate) fn usable(alt: &Alt) -> &str {
    match alt {
        Alt::Written(text) if text.status == Status::Accepted => &text.alt,
        _ => "",
    }
}

/// Returns the label of the link around a picture without an alt text.
fn label(alt: &Alt, name: &str) -> Option<String> {
    usable(alt).is_empty().then(|| format!("Open {name}"))
}

/// Returns the alt text with its author, or the reason why there is none.
fn shown(alt: &Alt, texts: &AltTexts) -> Markup {
    match alt {
        Alt::Written(text) => written(text),
        Alt::Failed { message, reason } => html! {
            p.state.bad { strong { "No alt text" } " " (escape(message)) " " code { (reason) } }
        },
        Alt::Expected => html! { p.state { "Being described in " code { (texts.language) } " …" } },
        Alt::None => html! { p.state { "No alt text yet" } },
    }
}

/// Returns an alt text with its author.
pub(crate) fn written(text: &AltText) -> Markup {
    let (by, icon) = match &text.source {
        Source::Person => ("by a person", PERSON),
        Source::Model(_) => ("by a model", MODEL),
    };
    let badge = html! { span.source { (PreEscaped(icon)) (by) } };
    match (&text.status, text.decorative, &text.source) {
        (Status::Rejected, _, Source::Model(facts)) => html! {
            p.state.bad {
                strong { "Rejected" } " what the model wrote: "
                (escape(facts.rejected.as_deref().unwrap_or("it breaks the rules"))) " " (badge)
            }
        },
        (Status::Rejected, _, Source::Person) => html! { p.state.bad { strong { "Rejected" } " " (badge) } },
        (Status::Accepted, true, _) => html! { p.state { "Decorative: empty alt text " (badge) } },
        (Status::Accepted, false, _) => html! {
            p.alt-text { bdi lang=(text.language) { (escape(&text.alt)) } " " (badge) }
        },
    }
}

/// Returns the form to edit the alt text of `photo` in the language of the list.
fn correction(photo: &Photo, alt: &Alt, texts: &AltTexts) -> Markup {
    let decorative = matches!(alt, Alt::Written(text) if text.decorative);
    form(photo, &texts.language, usable(alt), decorative)
}

/// Returns the collapsed form to set the alt text of `photo` in `language`.
pub(crate) fn form(photo: &Photo, language: &str, now: &str, decorative: bool) -> Markup {
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
pub(crate) fn replay(photo: &Photo, function: Function, says: &str) -> Markup {
    html! {
        form.replay method="post" action="replay" {
            input type="hidden" name="key" value=(photo.original.key);
            input type="hidden" name="function" value=(function.name());
            button type="submit" { (PreEscaped(AGAIN)) (says) span.unseen { ": " bdi { (escape(&photo.name())) } } }
            p.error role="alert" hidden {}
        }
    }
}

/// Returns the placeholder for a missing picture.
pub(crate) fn no_picture(class: &str, icon: &str) -> Markup {
    html! { div.frame.(class) { (PreEscaped(icon)) } }
}

/// The icon of a failed photo.
pub(crate) const FAILED: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 5h16v14H4z"/><path d="m4 16 4-4 3 3"/><path d="m13 9 5 6m0-6-5 6"/></svg>"#;
/// The icon of a photo in flight.
pub(crate) const WAITS: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/></svg>"#;
const PERSON: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="8" r="4"/><path d="M4.5 20c1-4 4-6 7.5-6s6.5 2 7.5 6"/></svg>"#;
const MODEL: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3.5 13.8 10l6.7 2-6.7 2L12 20.5 10.2 14l-6.7-2 6.7-2z"/></svg>"#;
const AGAIN: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M19 12a7 7 0 1 1-2-5l2 2"/><path d="M19 4v5h-5"/></svg>"#;
