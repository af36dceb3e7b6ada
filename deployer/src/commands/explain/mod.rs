//! `deployer explain`: shows the history and state of one photo, and what to do next.

mod delivered;
mod periods;

use clap::Args;
use contract::alt_text::{AltText, AltTextDone, Status};
use contract::attempt::Attempt;
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::{OriginalKey, basename, escape, records_of_key};
use contract::log::{LogLine, Outcome};
use futures::future::try_join_all;
use futures::stream::StreamExt as _;
use serde::Serialize;
use time::{Duration, OffsetDateTime};

use crate::aws::error::aws_error;
use crate::commands::explain::delivered::{DeliveredAddress, request_addresses};
use crate::commands::explain::periods::{Period, periods};
use crate::error::{CommandError, Kind, shell_operand, shell_quote};
use crate::monitor::logs::Log;
use crate::monitor::queues::Queue;
use crate::photos::diagnosis::{Diagnosis, DiagnosisInput};
use crate::photos::{PhotoState, PhotoStore};
use crate::s3::versions::{Version, pages};
use crate::stack::Stack;
use crate::ui::{Ui, format_count, format_time_ms};

/// The maximum number of log lines in the history: the newest.
const MAX_LOG_LINES: usize = 30;

/// The time limit of the log search. The logs of busy days may take longer.
const SEARCH_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

/// How many pages of a thousand versions are searched for a name that is not in the name index.
const MAX_SEARCH_PAGES: usize = 20;

/// Show the history and state of a photo, and what to do next.
///
/// With `--output json`, prints `key`, `version`, `state` (`done`, `failed`, `waiting`, `retrying`, `stopped`, `lost`,
/// `incomplete`, `removed`, or `folder`), `why`, `next` (what to do), `alt_text` (`state`, `why`, and `next` of the alt
/// text), `url` (the stable URL of the first preset, if the stack delivers photos), `delivery` (a list of `url`, `status`,
/// `cache`, `age`, `reason`, and `error`: CloudFront's response for each URL), `timeline` (a list of `at` and `what`)
/// and, if the log search ran out of time, `logs_unread`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer explain 2026/11/24/cat.3f9a1c2b7d.jpg\n  deployer explain cat.jpg"
)]
pub(crate) struct ExplainArgs {
    /// Key or file name of the photo.
    #[arg(value_name = "PHOTO")]
    key: String,
}

/// One event in the history of a photo.
#[derive(Debug, Serialize)]
struct TimelineEntry {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    what: String,
}

#[derive(Serialize)]
struct Explanation<'a> {
    key: &'a str,
    version: &'a str,
    state: &'a str,
    why: &'a str,
    next: &'a str,
    /// The state of the alt text, or `None` if the stack writes none or the photo needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    alt_text: Option<&'a Diagnosis>,
    /// The stable URL of the first preset, or `None` if the stack does not deliver thumbnails or the object is not a photo.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    /// The responses at the addresses of the photo, or `None` if the stack has no distribution. It is also `None` for a
    /// folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<&'a [DeliveredAddress]>,
    timeline: &'a [TimelineEntry],
    /// The period of the logs that was not searched, or `None` if the search is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    logs_unread: Option<Period>,
}

pub(crate) async fn explain(args: ExplainArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let store = PhotoStore::open(stack).await?;
    let (key, versions) = find_photo(&store, &args.key, stack, ui).await?;
    let mut timeline = Vec::new();
    let mut states = Vec::new();
    for version in &versions {
        states.push(add_version_history(&store, version, &mut timeline).await?);
    }
    // The first version is the latest.
    let (Some(latest), Some(state)) = (versions.first(), states.into_iter().next()) else {
        return Err(missing_photo(&store, &key).await?);
    };
    let attempt_key = latest.original().attempt_key();
    let is_open = store.record::<Attempt>(&attempt_key).await?.is_some_and(|attempt| attempt.is_open);
    let attempt = if is_open { store.written_at(&attempt_key).await? } else { None };
    timeline.extend(attempt.map(|at| TimelineEntry {
        at,
        what: "thumbnail function: started an attempt that is still running or has crashed".to_owned(),
    }));
    let known_times: Vec<OffsetDateTime> = timeline.iter().map(|entry| entry.at).collect();
    let (found_lines, unread) =
        log_lines(stack, &key, &periods(&known_times, OffsetDateTime::now_utc()), ui).await?;
    timeline.extend(found_lines.iter().map(FunctionLogLine::timeline_entry));
    let lines: Vec<LogLine> = found_lines
        .into_iter()
        .filter(|log_line| log_line.function == Function::Thumbnail.name())
        .map(|log_line| log_line.line)
        .collect();
    let input = DiagnosisInput { store: &store, stack, latest, lines: &lines, attempt };
    let thumbnails: Vec<String> = match &state {
        Some(PhotoState::Done(manifest)) => {
            manifest.thumbnails.iter().map(|facts| facts.key.clone()).collect()
        }
        _ => Vec::new(),
    };
    let diagnosis = input.diagnose(state).await?;
    let original = latest.original();
    let alt_text = diagnose_alt_text(&input, &mut timeline).await?;
    let delivery = match stack.delivery_base().await? {
        Some(_) if latest.is_folder() => Some(Vec::new()),
        Some(base) => Some(request_addresses(stack, &base, &key, &thumbnails).await),
        None => None,
    };
    let stable = delivery.as_ref().and_then(|addresses| addresses.first());
    timeline.sort_by_key(|entry| entry.at);
    let Diagnosis { state, why, next } = &diagnosis;
    let explanation = Explanation {
        key: &key,
        version: &original.version,
        state,
        why,
        next,
        alt_text: alt_text.as_ref(),
        url: stable.filter(|_| !latest.is_marker).map(|address| address.url.as_str()),
        delivery: delivery.as_deref(),
        timeline: &timeline,
        logs_unread: unread,
    };
    if let Some(Period { from, until }) = unread {
        ui.warn(format!(
            "the log search stopped after {} s: log lines from {} to {} may be missing \
             (run `deployer logs{} --since {}d --key={}` to see them all)",
            SEARCH_TIMEOUT.as_secs(),
            format_time_ms(from),
            format_time_ms(until),
            stack.config.flags(),
            (OffsetDateTime::now_utc() - from).whole_days() + 1,
            shell_quote(&key)
        ));
    }
    ui.print_result(&explanation, || text(&explanation))
}

/// Returns the key that `wanted` names, with the versions of its object, the newest first.
async fn find_photo(
    store: &PhotoStore<'_>,
    wanted: &str,
    stack: &Stack,
    ui: &Ui,
) -> Result<(String, Vec<Version>), CommandError> {
    let versions = store.versions_of(wanted).await?;
    if !versions.is_empty() || !store.records_under(&records_of_key(wanted)).await?.is_empty() {
        return Ok((wanted.to_owned(), versions));
    }
    let flags = stack.config.flags();
    let key = match store.resolve(wanted, None).await {
        Ok(found) => {
            found.note_others(wanted, &flags, ui);
            found.newest.original.key
        }
        // The name index lists only photos with thumbnails.
        Err(error) if error.kind == Kind::NotFound => find_by_name(store, wanted).await?.ok_or(error)?,
        Err(error) => return Err(error),
    };
    let versions = store.versions_of(&key).await?;
    Ok((key, versions))
}

/// Returns the key of the newest photo named `name` of today or yesterday, or else among the first in the bucket.
async fn find_by_name(store: &PhotoStore<'_>, name: &str) -> Result<Option<String>, CommandError> {
    let has_name = |key: &str| {
        let own_name = key.parse::<OriginalKey>().map(|key| key.file_name());
        let is_same_name = |other: &str| other.to_lowercase() == name.to_lowercase();
        is_same_name(basename(key)) || own_name.is_ok_and(|own_name| is_same_name(&own_name))
    };
    let today = OffsetDateTime::now_utc().date();
    let day = |day: time::Date| format!("{}/{:02}/{:02}/", day.year(), u8::from(day.month()), day.day());
    for prefix in [day(today), day(today - Duration::DAY), String::new()] {
        let mut newest: Option<Version> = None;
        let mut pages = pages(store.s3, store.originals, &prefix, None).take(MAX_SEARCH_PAGES);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("search the photos for the name", &*error))?;
            newest = page
                .into_iter()
                .filter(|version| has_name(&version.key))
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
async fn missing_photo(store: &PhotoStore<'_>, key: &str) -> Result<CommandError, CommandError> {
    let records = store.records_under(&records_of_key(key)).await?;
    if records.is_empty() {
        return Ok(CommandError::not_found(format!("there is no photo `{}`", escape(key)))
            .hint("run `deployer ls{flags}` to list the photos"));
    }
    Ok(CommandError::not_found(format!(
        "every version of `{}` was permanently deleted, but the thumbnail function has not removed {} yet",
        escape(key),
        format_count(records.len() as u64, "record")
    ))
    .hint(format!(
        "wait a minute; if the records stay, run `deployer replay{{flags}} {}` to repeat a removal that failed",
        shell_operand(key)
    )))
}

/// Adds the history of `version` to `timeline`. Returns its state, or `None` for a delete marker.
async fn add_version_history(
    store: &PhotoStore<'_>,
    version: &Version,
    timeline: &mut Vec<TimelineEntry>,
) -> Result<Option<PhotoState>, CommandError> {
    let original = version.original();
    let id = escape(&original.version);
    let at = version.last_modified;
    if version.is_marker {
        timeline.push(TimelineEntry { at, what: format!("removed with a delete marker (version {id})") });
        return Ok(None);
    }
    let bytes = indicatif::HumanBytes(version.bytes);
    timeline.push(TimelineEntry { at, what: format!("uploaded, {bytes} (version {id})") });
    let state = store.state(&original).await?;
    match &state {
        PhotoState::Done(manifest) => timeline.push(TimelineEntry {
            at: manifest.completed_at,
            what: format!("{} complete", format_count(manifest.thumbnails.len() as u64, "thumbnail")),
        }),
        PhotoState::Failed(failure) if failure.reason == "dead-letter" => timeline.push(TimelineEntry {
            at: failure.failed_at,
            what: "recorded as a dead letter: no more retries".to_owned(),
        }),
        PhotoState::Failed(failure) => timeline.push(TimelineEntry {
            at: failure.failed_at,
            what: format!(
                "recorded as failed after attempt {}: {} ({})",
                failure.receive_count,
                escape(&failure.message),
                failure.reason
            ),
        }),
        PhotoState::Waiting => {}
    }
    Ok(Some(state))
}

/// A log line and the function that wrote it.
struct FunctionLogLine {
    /// The name of the function as in failure records, or `failover`.
    function: String,
    line: LogLine,
}

/// Returns the newest [`MAX_LOG_LINES`] log lines about `key` in `periods`, and the period that was not searched.
async fn log_lines(
    stack: &Stack,
    key: &str,
    periods: &[Period],
    ui: &Ui,
) -> Result<(Vec<FunctionLogLine>, Option<Period>), CommandError> {
    let groups: Vec<(&str, &str)> = stack
        .outputs()
        .await?
        .all()
        .iter()
        .filter_map(|(output, group)| match output.strip_suffix("LogGroup")? {
            "Thumbnail" => Some((Function::Thumbnail.name(), group.as_str())),
            "AltText" => Some((Function::AltText.name(), group.as_str())),
            // The delivery function logs requests, not messages.
            "Delivery" => None,
            _ => Some(("failover", group.as_str())),
        })
        .collect();
    let ms = |at: OffsetDateTime| i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    let spinner = ui.start_spinner("Searching the logs");
    let deadline = tokio::time::Instant::now() + SEARCH_TIMEOUT;
    let mut found = Vec::new();
    let mut unread = None;
    for period in periods {
        spinner.set_message(format!(
            "Searching the logs from {} to {}",
            format_time_ms(period.from),
            format_time_ms(period.until)
        ));
        let mut lines = vec![Vec::new(); groups.len()];
        let reads = groups.iter().zip(&mut lines).map(|((_, group), lines)| async move {
            let log = Log::new(stack, group, ms(period.from), Some(key));
            log.until(ms(period.until)).drain_into(lines).await
        });
        let read = tokio::time::timeout_at(deadline, try_join_all(reads)).await;
        for ((function, _), lines) in groups.iter().zip(lines) {
            let about_key =
                lines.iter().filter_map(|line| line.handler_line()).filter(|line| line.key == key);
            found.extend(about_key.map(|line| FunctionLogLine { function: (*function).to_owned(), line }));
        }
        match read {
            Ok(read) => read?,
            Err(_) => {
                unread = periods.last().map(|first| Period { from: first.from, ..*period });
                break;
            }
        };
        if found.len() >= MAX_LOG_LINES {
            break;
        }
    }
    spinner.finish_and_clear();
    found.sort_by_key(|log_line| log_line.line.timestamp);
    Ok((found.split_off(found.len().saturating_sub(MAX_LOG_LINES)), unread))
}

impl FunctionLogLine {
    fn timeline_entry(&self) -> TimelineEntry {
        let Self { function, line } = self;
        let at = line.timestamp.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        if line.outcome == Some(Outcome::DeadLetter) {
            return TimelineEntry {
                at,
                what: format!("{function} function: {}", describe_outcome(line.outcome)),
            };
        }
        let mut what = format!(
            "{function} function, attempt {}: {}",
            line.receive_count,
            describe_outcome(line.outcome)
        );
        if let (Some(message), reason) = (&line.message, line.reason.as_deref().unwrap_or("no reason")) {
            what.push_str(&format!(": {} ({reason})", escape(message)));
        }
        for event in &line.events {
            what.push_str(&format!(", sent `{}`", escape(event)));
        }
        if !line.ms.is_empty() {
            what.push_str(&format!(", in {} ms", line.ms.values().sum::<u64>()));
        }
        TimelineEntry { at, what }
    }
}

/// Describes the outcome of an attempt.
fn describe_outcome(outcome: Option<Outcome>) -> &'static str {
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
        Some(Outcome::DeadLetter) => "recorded the dead letter",
    }
}

/// Returns the state of the alt text of the photo, or `None` if it needs none.
async fn diagnose_alt_text(
    input: &DiagnosisInput<'_>,
    timeline: &mut Vec<TimelineEntry>,
) -> Result<Option<Diagnosis>, CommandError> {
    let DiagnosisInput { store, stack, latest, .. } = input;
    let outputs = stack.outputs().await?;
    if latest.is_marker || latest.is_folder() || !outputs.has_function(Function::AltText) {
        return Ok(None);
    }
    let (flags, key) = (input.flags(), input.key());
    let write = format!("run `deployer alt{flags} --set TEXT {key}` to write one");
    let original = latest.original();
    if store.record::<AltTextDone>(&original.alt_text_done_key()).await?.is_some() {
        let texts = store.alt_texts(&original).await?;
        timeline.extend(texts.iter().map(|text| TimelineEntry {
            at: text.written_at,
            what: format!("alt text in `{}`: {}", text.language, describe_alt_text(text)),
        }));
        let rejected: Vec<_> = texts
            .iter()
            .filter(|text| text.status == Status::Rejected)
            .map(|text| format!("`{}`", text.language))
            .collect();
        if !rejected.is_empty() {
            return Ok(Some(Diagnosis {
                state: "rejected",
                why: format!("the model's alt text in {} breaks the rules", rejected.join(", ")),
                next: write,
            }));
        }
        return Ok(Some(Diagnosis {
            state: "done",
            why: format!("the photo has {}", format_count(texts.len() as u64, "alt text")),
            next: format!("run `deployer alt{flags} {key}` to read them"),
        }));
    }
    let replay = format!("run `deployer replay{flags} --alt-text {key}`");
    if let Some(failure) = store.record::<FailureRecord>(&original.alt_text_failure_key()).await? {
        let next = match failure.reason.as_str() {
            "model-denied" => {
                format!("allow the model for this account in the Bedrock console, then {replay}")
            }
            "model-unfit" => {
                format!(
                    "set `alt_text.model` in deployer.yaml to an available model, run `deployer up{flags}`, then {replay}"
                )
            }
            "model-refused" | "model-error" | "too-much-memory" => write,
            _ => format!("fix the cause, then {replay}"),
        };
        let why = format!("{} ({})", escape(&failure.message), escape(&failure.reason));
        timeline.push(TimelineEntry {
            at: failure.failed_at,
            what: format!("alt text recorded as failed: {why}"),
        });
        return Ok(Some(Diagnosis { state: "failed", why, next }));
    }
    let queue = Queue::read(stack, outputs.queue_url(Function::AltText)?).await?;
    if queue.messages() > 0 {
        return Ok(Some(Diagnosis {
            state: "waiting",
            why: format!("the alt-text queue has {}", format_count(queue.messages(), "message")),
            next: format!("wait, or run `deployer logs{flags} {}` to see each attempt", input.key_option()),
        }));
    }
    Ok(Some(Diagnosis {
        state: "lost",
        why: "the catalog has no record of the alt text, and the alt-text queue has no message".to_owned(),
        next: replay,
    }))
}

fn describe_alt_text(text: &AltText) -> String {
    match (text.status, text.decorative) {
        (Status::Rejected, _) => "rejected".to_owned(),
        (Status::Accepted, true) => "decorative".to_owned(),
        (Status::Accepted, false) => escape(&text.alt),
    }
}

fn text(explanation: &Explanation<'_>) -> String {
    let mut out = format!("{}\n\n", escape(explanation.key));
    for TimelineEntry { at, what } in explanation.timeline {
        out.push_str(&format!("  {}  {what}\n", format_time_ms(*at)));
    }
    out.push_str(&format!("\n{}: {}\nnext: {}", explanation.state, explanation.why, explanation.next));
    match explanation.delivery {
        Some([]) => {}
        Some(addresses) => out.push_str(&format!("\n\n{}", delivered::text(addresses))),
        None => out.push_str("\n\nnot delivered: the stack has no distribution"),
    }
    if let Some(Diagnosis { state, why, next }) = explanation.alt_text {
        out.push_str(&format!("\n\nalt text {state}: {why}\nnext: {next}"));
    }
    out
}
