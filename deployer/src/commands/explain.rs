//! `deployer explain`: the life of one photo, what has become of it, and what to do next.

use clap::Args;
use contract::alt_text::{AltText, AltTextDone, Status};
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::{OriginalKey, OriginalVersion, basename, escape};
use contract::log::{LogLine, Outcome};
use futures::stream::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

use crate::catalog::versions::{Version, pages};
use crate::catalog::{Catalog, State};
use crate::commands::logs::clock;
use crate::commands::verdict::{Case, Verdict};
use crate::error::{CommandError, Kind, aws_error, quoted};
use crate::stack::Stack;
use crate::stack::log::read;
use crate::stack::queue::Queue;
use crate::ui::Ui;

/// How many lines of the log are shown: the newest.
const MAX_LINES: usize = 30;

/// How many pages of a thousand versions are looked through for a name that no photo with thumbnails has.
const MAX_PAGES: usize = 20;

/// Tells the life of one photo: its versions, what the functions did, what has become of it, and what to do next.
///
/// With `--output json`: `key`, `version`, `state` (`done`, `failed`, `superseded`, `waiting`, `retrying`, `stopped`,
/// `lost`, `incomplete`, `removed`), `why`, `next` (what to do), `alt_text` (the same of its alt text) and `timeline` (a list of `at` and `what`).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer explain 2026/11/24/cat.3f9a1c2b7d.jpg\n  deployer explain cat.jpg"
)]
pub(crate) struct ExplainArgs {
    /// The key of a photo, or the name of its file.
    #[arg(value_name = "KEY")]
    key: String,
}

/// One thing that has happened.
#[derive(Debug, Serialize)]
struct Happened {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    what: String,
}

#[derive(Serialize)]
struct Explained<'a> {
    key: &'a str,
    version: &'a str,
    state: &'a str,
    why: &'a str,
    next: &'a str,
    /// What has become of its alt text; none where the stack writes none, or there is nothing to describe.
    #[serde(skip_serializing_if = "Option::is_none")]
    alt_text: Option<&'a Verdict>,
    timeline: &'a [Happened],
}

pub(crate) async fn explain(args: ExplainArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let catalog = Catalog::open(stack).await?;
    let (key, versions) = find(&catalog, &args.key, stack, ui).await?;
    let mut timeline = Vec::new();
    let mut states = Vec::new();
    for version in &versions {
        states.push(tell_version(&catalog, version, &mut timeline).await?);
    }
    let begun = versions.iter().map(|version| version.last_modified).min();
    let logged = log_lines(stack, &key, begun.unwrap_or(OffsetDateTime::UNIX_EPOCH)).await?;
    timeline.extend(logged.iter().map(Logged::happened));
    // The latest is the first.
    let (Some(latest), Some(state)) = (versions.first(), states.into_iter().next()) else {
        return Err(nothing_left(&catalog, &key, stack).await?);
    };
    let lines: Vec<LogLine> = logged
        .into_iter()
        .filter(|logged| logged.function == Function::Thumbnail.name())
        .map(|logged| logged.line)
        .collect();
    let attempt = catalog.written_at(&latest.original().attempt_key()).await?;
    timeline.extend(attempt.map(|at| Happened {
        at,
        what: "thumbnail function: an attempt that has not ended, or ended with its process".to_owned(),
    }));
    let case = Case { catalog: &catalog, stack, latest, lines: &lines, attempt };
    let verdict = case.judge(state).await?;
    let original = latest.original();
    let alt_text = about_alt_text(&case, &mut timeline).await?;
    timeline.sort_by_key(|happened| happened.at);
    let Verdict { state, why, next } = &verdict;
    let explained = Explained {
        key: &key,
        version: &original.version,
        state,
        why,
        next,
        alt_text: alt_text.as_ref(),
        timeline: &timeline,
    };
    ui.result(&explained, || text(&explained))
}

/// The key that `wanted` stands for, with the versions of its object, the newest first.
async fn find(
    catalog: &Catalog<'_>,
    wanted: &str,
    stack: &Stack,
    ui: &Ui,
) -> Result<(String, Vec<Version>), CommandError> {
    let versions = versions_of(catalog, wanted).await?;
    if !versions.is_empty()
        || !catalog.records_under(&OriginalVersion::prefix_of_key(wanted)).await?.is_empty()
    {
        return Ok((wanted.to_owned(), versions));
    }
    let flags = stack.config.flags();
    let key = match catalog.resolve(wanted, None, &flags).await {
        Ok(found) => {
            if found.others > 0 {
                ui.note(format!(
                    "{} more go by `{}`; this is the newest (`deployer fetch{flags} --list {}` shows them)",
                    found.others,
                    escape(wanted),
                    quoted(wanted)
                ));
            }
            found.newest.original.key
        }
        // One that has no thumbnails is in no index of names.
        Err(error) if error.kind == Kind::NotFound => by_name(catalog, wanted).await?.ok_or(error)?,
        Err(error) => return Err(error),
    };
    let versions = versions_of(catalog, &key).await?;
    Ok((key, versions))
}

/// The key of the newest photo called `name`: of those of today and yesterday, else of the first in the bucket.
async fn by_name(catalog: &Catalog<'_>, name: &str) -> Result<Option<String>, CommandError> {
    let is_called = |key: &str| {
        let own = key.parse::<OriginalKey>().map(|key| key.file_name());
        let alike = |other: &str| other.to_lowercase() == name.to_lowercase();
        alike(basename(key)) || own.is_ok_and(|own| alike(&own))
    };
    let today = OffsetDateTime::now_utc().date();
    let day = |day: time::Date| format!("{}/{:02}/{:02}/", day.year(), u8::from(day.month()), day.day());
    for prefix in [day(today), day(today - Duration::DAY), String::new()] {
        let mut newest: Option<Version> = None;
        let mut pages = pages(catalog.s3, catalog.originals, &prefix, None).take(MAX_PAGES);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("look through the photos for the name", &*error))?;
            newest = page
                .into_iter()
                .filter(|version| is_called(&version.key))
                .chain(newest)
                .max_by_key(|version| version.last_modified);
        }
        if let Some(found) = newest {
            return Ok(Some(found.key));
        }
    }
    Ok(None)
}

/// Says that of the photo at `key` nothing is left but records.
async fn nothing_left(catalog: &Catalog<'_>, key: &str, stack: &Stack) -> Result<CommandError, CommandError> {
    let flags = stack.config.flags();
    let records = catalog.records_under(&OriginalVersion::prefix_of_key(key)).await?;
    if records.is_empty() {
        return Ok(CommandError::not_found(format!("there is no photo `{}`", escape(key)))
            .hint(format!("run `deployer ls{flags}` to see what there is")));
    }
    Ok(CommandError::not_found(format!(
        "every version of `{}` is removed for good, but {} of its records are still there: nobody has followed the \
         removal yet",
        escape(key),
        records.len()
    ))
    .hint(format!(
        "wait a minute; if they stay, `deployer replay{flags} {}` has a removal that failed followed again",
        quoted(key)
    )))
}

async fn versions_of(catalog: &Catalog<'_>, key: &str) -> Result<Vec<Version>, CommandError> {
    let mut versions = Vec::new();
    let mut pages = catalog.original_pages(key);
    while let Some(page) = pages.try_next().await? {
        // The key itself comes before all that it is the beginning of.
        let others = page.last().is_some_and(|last| last.key != key);
        versions.extend(page.into_iter().filter(|version| version.key == key));
        if others {
            break;
        }
    }
    versions.sort_by_key(|version| (!version.is_latest, std::cmp::Reverse(version.last_modified)));
    Ok(versions)
}

/// Adds what has happened to `version` to `timeline`, and gives how far it has come; none of a delete marker.
async fn tell_version(
    catalog: &Catalog<'_>,
    version: &Version,
    timeline: &mut Vec<Happened>,
) -> Result<Option<State>, CommandError> {
    let original = version.original();
    let id = escape(&original.version);
    let at = version.last_modified;
    if version.is_marker {
        timeline.push(Happened { at, what: format!("removed: a delete marker ({id})") });
        return Ok(None);
    }
    let bytes = indicatif::HumanBytes(version.bytes);
    timeline.push(Happened { at, what: format!("uploaded, {bytes} (version {id})") });
    let state = catalog.state(&original).await?;
    match &state {
        State::Done(manifest) => timeline.push(Happened {
            at: manifest.completed_at,
            what: format!("{} thumbnails complete", manifest.thumbnails.len()),
        }),
        State::Failed(failure) if failure.reason == "dead-letter" => timeline.push(Happened {
            at: failure.failed_at,
            what: "given up, and recorded as a dead letter".to_owned(),
        }),
        State::Failed(failure) => timeline.push(Happened {
            at: failure.failed_at,
            what: format!(
                "recorded as failed after attempt {}: {} ({})",
                failure.receive_count,
                escape(&failure.message),
                failure.reason
            ),
        }),
        State::Superseded | State::Waiting => {}
    }
    Ok(Some(state))
}

/// A line of the log, and whose.
struct Logged {
    /// The function's name, as in failure records; `failover`.
    function: String,
    line: LogLine,
}

/// What the functions logged of `key` since `begun`, the newest [`MAX_LINES`].
async fn log_lines(stack: &Stack, key: &str, begun: OffsetDateTime) -> Result<Vec<Logged>, CommandError> {
    let from = i64::try_from(begun.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    let mut found = Vec::new();
    for (output, group) in stack.outputs().await?.all() {
        let function = match output.strip_suffix("LogGroup") {
            Some("Thumbnail") => Function::Thumbnail.name(),
            Some("AltText") => Function::AltText.name(),
            Some(_) => "failover",
            None => continue,
        };
        let ours = read(stack, group, from, Some(key)).await?;
        let ours = ours.iter().filter_map(|line| line.ours()).filter(|line| line.key == key);
        found.extend(ours.map(|line| Logged { function: function.to_owned(), line }));
    }
    found.sort_by_key(|logged| logged.line.timestamp);
    Ok(found.split_off(found.len().saturating_sub(MAX_LINES)))
}

impl Logged {
    fn happened(&self) -> Happened {
        let Self { function, line } = self;
        let at = line.timestamp.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        if line.outcome == Some(Outcome::DeadLetter) {
            return Happened { at, what: format!("{function} function: {}", outcome(line.outcome)) };
        }
        let mut what =
            format!("{function} function, attempt {}: {}", line.receive_count, outcome(line.outcome));
        if let (Some(message), reason) = (&line.message, line.reason.as_deref().unwrap_or("no reason")) {
            what.push_str(&format!(": {} ({reason})", escape(message)));
        }
        if !line.ms.is_empty() {
            what.push_str(&format!(", in {} ms", line.ms.values().sum::<u64>()));
        }
        Happened { at, what }
    }
}

/// How the work of a function ended, in words.
fn outcome(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Done) => "done",
        Some(Outcome::AlreadyDone) => "found it done already",
        Some(Outcome::Superseded) => "found a newer version, nothing made of this one",
        Some(Outcome::Folder) => "it stands for a folder, nothing to make",
        Some(Outcome::Gone) => "found it gone",
        Some(Outcome::Removed) => "removed what was made of it",
        Some(Outcome::Kept) => "kept what was made of it, as configured (`on_removal`)",
        Some(Outcome::Survived) => "found it there again, kept what was made of it",
        Some(Outcome::Ignored) | None => "nothing to do",
        Some(Outcome::Failed) => "failed for good",
        Some(Outcome::Retry) => "did not succeed, to be tried again",
        Some(Outcome::NoAttempt) => "not begun, to be tried again",
        Some(Outcome::DeadLetter) => "took it from the dead letters",
    }
}

/// What has become of the alt text of the photo.
async fn about_alt_text(
    case: &Case<'_>,
    timeline: &mut Vec<Happened>,
) -> Result<Option<Verdict>, CommandError> {
    let Case { catalog, stack, latest, .. } = case;
    let outputs = stack.outputs().await?;
    if latest.is_marker || !outputs.has(Function::AltText) {
        return Ok(None);
    }
    let (flags, key) = (case.flags(), case.key());
    let original = latest.original();
    if let Some(done) = catalog.record::<AltTextDone>(&original.alt_text_done_key()).await? {
        let Some(base) = done.base.and_then(|base| base.parse().ok()) else { return Ok(None) };
        let texts = catalog.alt_texts(&base).await?;
        timeline.extend(texts.iter().map(|text| Happened {
            at: text.written_at,
            what: format!("alt text in `{}`: {}", text.language, said_of(text)),
        }));
        if texts.iter().any(|text| text.status == Status::Rejected) {
            return Ok(Some(Verdict {
                state: "rejected",
                why: "what the model wrote broke the rules twice".to_owned(),
                next: format!("write one: `deployer alt{flags} {key} --set TEXT`"),
            }));
        }
        return Ok(Some(Verdict {
            state: "done",
            why: format!("it has alt texts in {} languages", texts.len()),
            next: format!("`deployer alt{flags} {key}`"),
        }));
    }
    let replay = format!("`deployer replay{flags} --alt-text {key}`");
    if let Some(failure) = catalog.record::<FailureRecord>(&original.alt_text_failure_key()).await? {
        let next = match failure.reason.as_str() {
            "model-denied" => {
                format!("ask for access to the model in the Bedrock console (Model access), then {replay}")
            }
            "model-unfit" => {
                format!(
                    "set `alt_text.model` in deployer.yaml to one there is, run `deployer up{flags}`, then {replay}"
                )
            }
            "model-refused" | "model-error" => format!("write one: `deployer alt{flags} {key} --set TEXT`"),
            _ => format!("mend the cause, then {replay}"),
        };
        let why = format!("{} ({})", escape(&failure.message), escape(&failure.reason));
        timeline
            .push(Happened { at: failure.failed_at, what: format!("alt text recorded as failed: {why}") });
        return Ok(Some(Verdict { state: "failed", why, next }));
    }
    let queue = Queue::read(stack, outputs.queue(Function::AltText)?).await?;
    if queue.messages() > 0 {
        return Ok(Some(Verdict {
            state: "waiting",
            why: format!("the alt-text queue has {} messages", queue.messages()),
            next: format!("wait; `deployer logs{flags} --key {key}` shows each attempt"),
        }));
    }
    Ok(Some(Verdict {
        state: "lost",
        why: "there is no record of it and no message in the alt-text queue".to_owned(),
        next: replay,
    }))
}

fn said_of(text: &AltText) -> String {
    match (text.status, text.decorative) {
        (Status::Rejected, _) => "rejected".to_owned(),
        (Status::Accepted, true) => "decorative".to_owned(),
        (Status::Accepted, false) => escape(&text.alt),
    }
}

fn text(explained: &Explained<'_>) -> String {
    let mut out = format!("{}\n\n", escape(explained.key));
    for Happened { at, what } in explained.timeline {
        out.push_str(&format!("  {}  {what}\n", clock(*at)));
    }
    out.push_str(&format!("\n{}: {}\nnext: {}", explained.state, explained.why, explained.next));
    if let Some(Verdict { state, why, next }) = explained.alt_text {
        out.push_str(&format!("\n\nalt text {state}: {why}\nnext: {next}"));
    }
    out
}
