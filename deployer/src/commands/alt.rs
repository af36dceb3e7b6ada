//! `deployer alt`: shows the alt texts of a photo, or sets one.

use clap::Args;
use contract::alt_text::{AltText, Source, Status};
use contract::key::escape;
use contract::manifest::Manifest;
use contract::settings::is_language;
use time::OffsetDateTime;

use crate::error::{CommandError, shell_operand};
use crate::photos::PhotoStore;
use crate::stack::Stack;
use crate::ui::Ui;

/// Show the alt texts of a photo, or set one.
///
/// The alt-text function never overwrites an alt text that you set. If `events` is enabled, setting one sends the event
/// `Alt Text Ready`.
///
/// With `--output json`, prints the records as the catalog stores them: a list of `language`, `status` (`accepted` or
/// `rejected`), `alt`, `decorative`, `long_description`, `visible_text`, `source` (`by`: `person` or `model`),
/// `digest`, and `written_at`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer alt cat.jpg
  deployer alt cat.jpg --set \"A tabby cat asleep on a red sofa\"
  deployer alt cat.jpg --language de --set \"Eine Katze schläft auf einem roten Sofa\"
  deployer alt line.png --decorative")]
pub(crate) struct AltArgs {
    /// Key or file name of the photo.
    #[arg(value_name = "PHOTO")]
    key: String,
    /// Set the alt text, in one line.
    #[arg(long, value_name = "TEXT", conflicts_with = "decorative")]
    set: Option<String>,
    /// Mark the photo as decorative with an empty alt text.
    #[arg(long)]
    decorative: bool,
    /// Show or set the alt text in this language, a BCP 47 tag [default for --set: the first configured language].
    #[arg(long, value_name = "TAG", value_parser = parse_language)]
    language: Option<String>,
}

fn parse_language(text: &str) -> Result<String, String> {
    if is_language(text) {
        Ok(text.to_owned())
    } else {
        Err("not a language tag such as `en` or `pt-BR`".to_owned())
    }
}

pub(crate) async fn alt(args: AltArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let store = PhotoStore::open(stack).await?;
    if args.key.ends_with('/') && store.original(&args.key).await?.is_none() {
        let message =
            format!("`{}` is a key prefix, but an alt text belongs to one photo", escape(&args.key));
        return Err(CommandError::usage(message)
            .hint(format!("run `deployer ls{{flags}} {}` to list the photos", shell_operand(&args.key))));
    }
    let found = store.resolve(&args.key, None).await?;
    found.note_others(&args.key, &stack.config.flags(), ui);
    let manifest = found.newest;
    let original = manifest.version();
    let new_text = if args.decorative { Some(String::new()) } else { args.set.clone() };
    if let Some(text) = new_text {
        let text = validate(&text, &args, stack, &manifest)?;
        store.set_alt_text(stack, &original, &text).await?;
    }
    let mut texts = store.alt_texts(&original).await?;
    if let Some(language) = &args.language {
        texts.retain(|text| text.language == *language);
    }
    if texts.is_empty() {
        let key = shell_operand(&manifest.original.key);
        return Err(CommandError::not_found(format!("`{}` has no alt text", escape(&manifest.original.key)))
            .hint(format!("run `deployer explain{{flags}} {key}` to see why"))
            .hint(format!("run `deployer alt{{flags}} --set TEXT {key}` to set one")));
    }
    ui.print_result(&texts, || texts.iter().map(format_text).collect::<Vec<_>>().join("\n"))
}

/// Returns `text` as the alt text of a person, or an error if it breaks a rule.
fn validate(text: &str, args: &AltArgs, stack: &Stack, manifest: &Manifest) -> Result<AltText, CommandError> {
    let configured = stack.config.settings.alt_text.languages.first();
    let language = args.language.as_ref().or(configured).map_or("en", String::as_str);
    let digest = manifest.original.digest.clone();
    AltText::checked(language, text, args.decorative, digest, OffsetDateTime::now_utc()).map_err(|problem| {
        CommandError::usage(format!("the alt text is not valid: {problem}"))
            .hint("write one short line, or use `--decorative` if the photo carries no information")
    })
}

fn format_text(text: &AltText) -> String {
    let AltText { language, status, alt, decorative, source, long_description, visible_text, .. } = text;
    let by = match source {
        Source::Person => "a person".to_owned(),
        Source::Model(facts) => format!("{}, confidence {}%", escape(&facts.model), facts.confidence),
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
    for (name, value) in [("long description", long_description), ("visible text", visible_text)] {
        if !value.is_empty() {
            out.push_str(&format!("\n    {name}: {}", escape(value)));
        }
    }
    out
}
