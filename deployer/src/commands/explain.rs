//! `deployer explain`: shows the history and state of one photo, and what to do next.

mod periods;

use clap::Args;
use contract::alt_text::{AltText, AltTextDone, Status};
use contract::attempt::Attempt;
use contract::delivery::Address;
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::{OriginalKey, basename, escape, records_of_key};
use contract::log::{LogLine, Outcome};
use futures::future::try_join_all;
use futures::stream::StreamExt as _;
use serde::Serialize;
use time::{Duration, OffsetDateTime};

use crate::aws::error::aws_error;
use crate::commands::explain::periods::{Period, periods};
use crate::error::{CommandError, Kind, quoted};
use crate::monitor::logs::Log;
use crate::monitor::queues::Queue;
use crate::photos::diagnosis::{Case, Verdict};
use crate::photos::{PhotoStore, State};
use crate::s3::versions::{Version, pages};
use crate::stack::Stack;
use crate::ui::{Ui, clock};

/// The maximum number of log lines in the history: the newest.
const MAX_LINES: usize = 30;

/// The time limit of the log search. The logs of busy days may take longer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// How many pages of a thousand versions are searched for a name that is not in the name index.
const MAX_PAGES: usize = 20;

/// Show the history and state of a photo, and what to do next.
///
/// With `--output json`, prints `key`, `version`, `state` (`done`, `failed`, `waiting`, `retrying`, `stopped`, `lost`,
/// `incomplete`, `removed` or `folder`), `why`, `next` (what to do), `alt_text` (`state`, `why` and `next` of the alt
/// text), `url` (the stable URL of the first preset, if the stack delivers photos), `timeline` (a list of `at` and `what`) and, if the log search ran out of time, `logs_unread`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer explain 2026/11/24/cat.3f9a1c2b7d.jpg\n  deployer explain cat.jpg"
)]
pub(crate) struct ExplainArgs {
    /// Key or file name of the photo.
    #[arg(value_name = "KEY")]
    key: String,
}

/// One event in the history of a photo.
#[derive(Debug, Serialize)]
struct TimelineEvent {
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
    /// The state of the alt text, or `None` if the stack writes none or the photo needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    alt_text: Option<&'a Verdict>,
    /// The stable URL of the first preset, or `None` if the stack does not deliver photos or this is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    timeline: &'a [TimelineEvent],
    /// The period of the logs that was not searched, or `None` if the search is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    logs_unread: Option<Period>,
}

pub(crate) async fn explain(args: ExplainArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let catalog = PhotoStore::open(stack).await?;
    let (key, versions) = find(&catalog, &args.key, stack, ui).await?;
    let mut timeline = Vec::new();
    let mut states = Vec::new();
    for version in &versions {
        states.push(tell_version(&catalog, version, &mut timeline).await?);
    }
    // The latest is the first.
    let (Some(latest), Some(state)) = (versions.first(), states.into_iter().next()) else {
        return Err(nothing_left(&catalog, &key, stack).await?);
    };
    let note = latest.original().attempt_key();
    let is_open = catalog.record::<Attempt>(&note).await?.is_some_and(|attempt| attempt.is_open);
    let attempt = if is_open { catalog.written_at(&note).await? } else { None };
    timeline.extend(attempt.map(|at| TimelineEvent {
        at,
        what: "thumbnail function: started an attempt that is still running or crashed".to_owned(),
    }));
    let known: Vec<OffsetDateTime> = timeline.iter().map(|happened| happened.at).collect();
    let (logged, unread) = log_lines(stack, &key, &periods(&known, OffsetDateTime::now_utc()), ui).await?;
    timeline.extend(logged.iter().map(Logged::happened));
    let lines: Vec<LogLine> = logged
        .into_iter()
        .filter(|logged| logged.function == Function::Thumbnail.name())
        .map(|logged| logged.line)
        .collect();
    let case = Case { catalog: &catalog, stack, latest, lines: &lines, attempt };
    let verdict = case.judge(state).await?;
    let original = latest.original();
    let alt_text = about_alt_text(&case, &mut timeline).await?;
    let is_photo = !latest.is_marker && !latest.is_folder();
    let base = if is_photo { stack.delivery_base().await? } else { None };
    let preset = stack.config.settings.presets.first();
    let url =
        base.zip(preset).map(|(base, preset)| format!("{base}{}", Address::of_preset(&preset.name, &key)));
    timeline.sort_by_key(|happened| happened.at);
    let Verdict { state, why, next } = &verdict;
    let explained = Explained {
        key: &key,
        version: &original.version,
        state,
        why,
        next,
        alt_text: alt_text.as_ref(),
        url,
        timeline: &timeline,
        logs_unread: unread,
    };
    if let Some(Period { from, until }) = unread {
        ui.warn(format!(
            "the log search stopped after {} s: log lines from {} to {} may be missing \
             (run `deployer logs{} --since {}d --key {}` to see them all)",
            PATIENCE.as_secs(),
            clock(from),
            clock(until),
            stack.config.flags(),
            (OffsetDateTime::now_utc() - from).whole_days() + 1,
            quoted(&key)
        ));
    }
    ui.result(&explained, || text(&explained))
}

/// Returns the key that `wanted` names, with the versions of its object, the newest first.
async fn find(
    catalog: &PhotoStore<'_>,
    wanted: &str,
    stack: &Stack,
    ui: &Ui,
) -> Result<(String, Vec<Version>), CommandError> {
    let versions = catalog.versions_of(wanted).await?;
    if !versions.is_empty() || !catalog.records_under(&records_of_key(wanted)).await?.is_empty() {
        return Ok((wanted.to_owned(), versions));
    }
    let flags = stack.config.flags();
    let key = match catalog.resolve(wanted, None, &flags).await {
        Ok(found) => {
            if found.others > 0 {
                ui.note(format!(
                    "explaining the newest; {} other {} named `{}` (run `deployer fetch{flags} --list {}` to list them)",
                    found.others,
                    if found.others == 1 { "photo is" } else { "photos are" },
                    escape(wanted),
                    quoted(wanted)
                ));
            }
            found.newest.original.key
        }
        // The name index lists only photos with thumbnails.
        Err(error) if error.kind == Kind::NotFound => by_name(catalog, wanted).await?.ok_or(error)?,
        Err(error) => return Err(error),
    };
    let versions = catalog.versions_of(&key).await?;
    Ok((key, versions))
}

/// Returns the key of the newest photo named `name` of today or yesterday, or else among the first in the bucket.
async fn by_name(catalog: &PhotoStore<'_>, name: &str) -> Result<Option<String>, CommandError> {
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
            let page = page.map_err(|error| aws_error("search the photos for the name", &*error))?;
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

/// Returns the error for a key without versions, which may still have records.
async fn nothing_left(
    catalog: &PhotoStore<'_>,
    key: &str,
    stack: &Stack,
) -> Result<CommandError, CommandError> {
    let flags = stack.config.flags();
    let records = catalog.records_under(&records_of_key(key)).await?;
    if records.is_empty() {
        return Ok(CommandError::not_found(format!("there is no photo `{}`", escape(key)))
            .hint(format!("run `deployer ls{flags}` to list the photos")));
    }
    Ok(CommandError::not_found(format!(
        "every version of `{}` was permanently deleted, but the thumbnail function has not removed {} records yet",
        escape(key),
        records.len()
    ))
    .hint(format!(
        "wait a minute; if the records stay, run `deployer replay{flags} {}` to repeat a removal that failed",
        quoted(key)
    )))
}

/// Adds the history of `version` to `timeline`. Returns its state, or `None` for a delete marker.
async fn tell_version(
    catalog: &PhotoStore<'_>,
    version: &Version,
    timeline: &mut Vec<TimelineEvent>,
) -> Result<Option<State>, CommandError> {
    let original = version.original();
    let id = escape(&original.version);
    let at = version.last_modified;
    if version.is_marker {
        timeline.push(TimelineEvent { at, what: format!("removed: a delete marker ({id})") });
        return Ok(None);
    }
    let bytes = indicatif::HumanBytes(version.bytes);
    timeline.push(TimelineEvent { at, what: format!("uploaded, {bytes} (version {id})") });
    let state = catalog.state(&original).await?;
    match &state {
        State::Done(manifest) => timeline.push(TimelineEvent {
            at: manifest.completed_at,
            what: format!("{} thumbnails complete", manifest.thumbnails.len()),
        }),
        State::Failed(failure) if failure.reason == "dead-letter" => timeline.push(TimelineEvent {
            at: failure.failed_at,
            what: "recorded as a dead letter: no more retries".to_owned(),
        }),
        State::Failed(failure) => timeline.push(TimelineEvent {
            at: failure.failed_at,
            what: format!(
                "recorded as failed after attempt {}: {} ({})",
                failure.receive_count,
                escape(&failure.message),
                failure.reason
            ),
        }),
        State::Waiting => {}
    }
    Ok(Some(state))
}

/// A log line and the function that wrote it.
struct Logged {
    /// The name of the function as in failure records, or `failover`.
    function: String,
    line: LogLine,
}

/// Returns the newest [`MAX_LINES`] log lines about `key` in `periods`, and the period that was not searched.
async fn log_lines(
    stack: &Stack,
    key: &str,
    periods: &[Period],
    ui: &Ui,
) -> Result<(Vec<Logged>, Option<Period>), CommandError> {
    let groups: Vec<(&str, &str)> = stack
        .outputs()
        .await?
        .all()
        .iter()
        .filter_map(|(output, group)| match output.strip_suffix("LogGroup")? {
            "Thumbnail" => Some((Function::Thumbnail.name(), group.as_str())),
            "AltText" => Some((Function::AltText.name(), group.as_str())),
            // Its lines are about requests.
            "Delivery" => None,
            _ => Some(("failover", group.as_str())),
        })
        .collect();
    let ms = |at: OffsetDateTime| i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    let waiting = ui.wait("Searching the logs");
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut found = Vec::new();
    let mut unread = None;
    for period in periods {
        waiting.set_message(format!(
            "Searching the logs from {} to {}",
            clock(period.from),
            clock(period.until)
        ));
        let mut lines = vec![Vec::new(); groups.len()];
        let reads = groups.iter().zip(&mut lines).map(|((_, group), lines)| async move {
            let log = Log::new(stack, group, ms(period.from), Some(key));
            log.until(ms(period.until)).drain_into(lines).await
        });
        let read = tokio::time::timeout_at(deadline, try_join_all(reads)).await;
        for ((function, _), lines) in groups.iter().zip(lines) {
            let ours = lines.iter().filter_map(|line| line.ours()).filter(|line| line.key == key);
            found.extend(ours.map(|line| Logged { function: (*function).to_owned(), line }));
        }
        match read {
            Ok(read) => read?,
            Err(_) => {
                unread = periods.last().map(|first| Period { from: first.from, ..*period });
                break;
            }
        };
        if found.len() >= MAX_LINES {
            break;
        }
    }
    waiting.finish_and_clear();
    found.sort_by_key(|logged| logged.line.timestamp);
    Ok((found.split_off(found.len().saturating_sub(MAX_LINES)), unread))
}

impl Logged {
    fn happened(&self) -> TimelineEvent {
        let Self { function, line } = self;
        let at = line.timestamp.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        if line.outcome == Some(Outcome::DeadLetter) {
            return TimelineEvent { at, what: format!("{function} function: {}", outcome(line.outcome)) };
        }
        let mut what =
            format!("{function} function, attempt {}: {}", line.receive_count, outcome(line.outcome));
        if let (Some(message), reason) = (&line.message, line.reason.as_deref().unwrap_or("no reason")) {
            what.push_str(&format!(": {} ({reason})", escape(message)));
        }
        if !line.ms.is_empty() {
            what.push_str(&format!(", in {} ms", line.ms.values().sum::<u64>()));
        }
        TimelineEvent { at, what }
    }
}

/// Describes the outcome of an attempt.
fn outcome(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Done) => "done",
        Some(Outcome::AlreadyDone) => "already done",
        Some(Outcome::Superseded) => "skipped: a newer version exists",
        Some(Outcome::Folder) => "skipped: the object marks a folder",
        Some(Outcome::Gone) => "skipped: the photo no longer exists",
        Some(Outcome::Removed) => "removed its thumbnails and records",
        Some(Outcome::Kept) => "kept its thumbnails and records (`on_removal: keep`)",
        Some(Outcome::Survived) => "kept its thumbnails and records: the photo exists again",
        Some(Outcome::Ignored) | None => "nothing to do",
        Some(Outcome::Failed) => "failed permanently",
        Some(Outcome::Retry) => "failed, will retry",
        Some(Outcome::NoAttempt) => "not started, will retry",
        Some(Outcome::DeadLetter) => "received it from the dead-letter queue",
    }
}

/// Returns the state of the alt text of the photo, or `None` if it needs none.
async fn about_alt_text(
    case: &Case<'_>,
    timeline: &mut Vec<TimelineEvent>,
) -> Result<Option<Verdict>, CommandError> {
    let Case { catalog, stack, latest, .. } = case;
    let outputs = stack.outputs().await?;
    if latest.is_marker || latest.is_folder() || !outputs.has(Function::AltText) {
        return Ok(None);
    }
    let (flags, key) = (case.flags(), case.key());
    let write = format!("run `deployer alt{flags} {key} --set TEXT` to write one");
    let original = latest.original();
    if catalog.record::<AltTextDone>(&original.alt_text_done_key()).await?.is_some() {
        let texts = catalog.alt_texts(&original).await?;
        timeline.extend(texts.iter().map(|text| TimelineEvent {
            at: text.written_at,
            what: format!("alt text in `{}`: {}", text.language, said_of(text)),
        }));
        if texts.iter().any(|text| text.status == Status::Rejected) {
            return Ok(Some(Verdict {
                state: "rejected",
                why: "the model wrote two alt texts that break the rules".to_owned(),
                next: write,
            }));
        }
        return Ok(Some(Verdict {
            state: "done",
            why: format!("number of alt texts: {}", texts.len()),
            next: format!("run `deployer alt{flags} {key}` to see it"),
        }));
    }
    let replay = format!("run `deployer replay{flags} --alt-text {key}`");
    if let Some(failure) = catalog.record::<FailureRecord>(&original.alt_text_failure_key()).await? {
        let next = match failure.reason.as_str() {
            "model-denied" => {
                format!("request access to the model in the Bedrock console (Model access), then {replay}")
            }
            "model-unfit" => {
                format!(
                    "set `alt_text.model` in deployer.yaml to an available model, run `deployer up{flags}`, then {replay}"
                )
            }
            "model-refused" | "model-error" => write,
            _ => format!("fix the cause, then {replay}"),
        };
        let why = format!("{} ({})", escape(&failure.message), escape(&failure.reason));
        timeline.push(TimelineEvent {
            at: failure.failed_at,
            what: format!("alt text recorded as failed: {why}"),
        });
        return Ok(Some(Verdict { state: "failed", why, next }));
    }
    let queue = Queue::read(stack, outputs.queue(Function::AltText)?).await?;
    if queue.messages() > 0 {
        return Ok(Some(Verdict {
            state: "waiting",
            why: format!("the alt-text queue has {} messages", queue.messages()),
            next: format!("wait, or run `deployer logs{flags} --key {key}` to see each attempt"),
        }));
    }
    Ok(Some(Verdict {
        state: "lost",
        why: "the catalog has no record of it and the alt-text queue has no message".to_owned(),
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
    for TimelineEvent { at, what } in explained.timeline {
        out.push_str(&format!("  {}  {what}\n", clock(*at)));
    }
    out.push_str(&format!("\n{}: {}\nnext: {}", explained.state, explained.why, explained.next));
    if let Some(url) = &explained.url {
        out.push_str(&format!("\n\ndelivered: {url}"));
    }
    if let Some(Verdict { state, why, next }) = explained.alt_text {
        out.push_str(&format!("\n\nalt text {state}: {why}\nnext: {next}"));
    }
    out
}
