//! `deployer alt`: what a photo's alt text says, and a person's word on it.

use clap::Args;
use contract::alt_text::{AltText, Source, Status};
use contract::key::escape;
use contract::manifest::Manifest;
use contract::settings::is_language;
use time::OffsetDateTime;

use crate::error::CommandError;
use crate::photos::PhotoStore;
use crate::stack::Stack;
use crate::ui::Ui;

/// Shows the alt texts of a photo, or sets one, which no model ever overwrites.
///
/// With `--output json`: a list of the records as they stand in the catalog: `language`, `status` (`accepted`,
/// `rejected`), `alt`, `decorative`, `long_description`, `visible_text`, `source` (`by`: `person` or `model`),
/// `digest`, `written_at`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer alt cat.jpg
  deployer alt cat.jpg --set \"A tabby cat asleep on a red sofa\"
  deployer alt cat.jpg --language de --set \"Eine Katze schläft auf einem roten Sofa\"
  deployer alt line.png --decorative")]
pub(crate) struct AltArgs {
    /// The key of a photo, or the name of its file.
    #[arg(value_name = "KEY")]
    key: String,
    /// The alt text from now on: one line.
    #[arg(long, value_name = "TEXT", conflicts_with = "decorative")]
    set: Option<String>,
    /// The photo says nothing to a reader: its alt text is empty from now on.
    #[arg(long)]
    decorative: bool,
    /// The language, as a BCP 47 tag [default: the first that is configured].
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<String>,
}

fn language(text: &str) -> Result<String, String> {
    if is_language(text) { Ok(text.to_owned()) } else { Err("write a tag like `en` or `pt-BR`".to_owned()) }
}

pub(crate) async fn alt(args: AltArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let catalog = PhotoStore::open(stack).await?;
    let flags = stack.config.flags();
    let found = catalog.resolve(&args.key, None, &flags).await?;
    let manifest = found.newest;
    if found.others > 0 {
        ui.note(format!("`{}` is the newest of {}.", escape(&manifest.original.key), found.others + 1));
    }
    let original = manifest.version();
    let set = if args.decorative { Some(String::new()) } else { args.set.clone() };
    if let Some(text) = set {
        let text = written(&text, &args, stack, &manifest)?;
        catalog.set_alt_text(&original, &text).await?;
    }
    let mut texts = catalog.alt_texts(&original).await?;
    if let Some(language) = &args.language {
        texts.retain(|text| text.language == *language);
    }
    if texts.is_empty() {
        return Err(CommandError::not_found(format!("`{}` has no alt text", escape(&manifest.original.key)))
            .hint(format!("write one with `--set`, or run `deployer explain{flags} KEY` to see why")));
    }
    ui.result(&texts, || texts.iter().map(shown).collect::<Vec<_>>().join("\n"))
}

/// A person's alt text, if it can be one.
fn written(text: &str, args: &AltArgs, stack: &Stack, manifest: &Manifest) -> Result<AltText, CommandError> {
    let configured = stack.config.settings.alt_text.languages.first();
    let language = args.language.as_ref().or(configured).map_or("en", String::as_str);
    let digest = manifest.original.digest.clone();
    AltText::checked(language, text, args.decorative, digest, OffsetDateTime::now_utc()).map_err(|unfit| {
        CommandError::usage(format!("this cannot be an alt text: {unfit}"))
            .hint("say it on one short line, or say `--decorative` if the photo says nothing to a reader")
    })
}

fn shown(text: &AltText) -> String {
    let AltText { language, status, alt, decorative, source, long_description, visible_text, .. } = text;
    let by = match source {
        Source::Person => "a person".to_owned(),
        Source::Model(facts) => format!("{}, {} % sure", escape(&facts.model), facts.confidence),
    };
    let rejected = match source {
        Source::Model(facts) => facts.rejected.as_deref().unwrap_or_default(),
        Source::Person => "",
    };
    let mut out = match (status, decorative) {
        (Status::Rejected, _) => format!("{language}  rejected: {}  ({by})", escape(rejected)),
        (Status::Accepted, true) => format!("{language}  decorative  ({by})"),
        (Status::Accepted, false) => format!("{language}  {}  ({by})", escape(alt)),
    };
    for (name, more) in [("long", long_description), ("in the picture", visible_text)] {
        if !more.is_empty() {
            out.push_str(&format!("\n    {name}: {}", escape(more)));
        }
    }
    out
}
