//! `deployer explain`: the life of one photo, what has become of it, and what to do next.

use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use clap::Args;
use contract::alt_text::{AltText, AltTextDone, Status};
use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::escape;
use contract::log::{LogLine, Outcome};
use contract::manifest::Manifest;
use futures::stream::StreamExt as _;
use serde::Serialize;
use time::OffsetDateTime;

use crate::catalog::versions::{Version, pages};
use crate::catalog::{Catalog, State, current_version};
use crate::commands::fetch::quoted;
use crate::commands::logs::{clock, read};
use crate::error::{CommandError, aws_error};
use crate::stack::Stack;
use crate::stack::queue::Queue;
use crate::ui::Ui;

/// How many lines of the log are shown: the newest.
const MAX_LINES: usize = 30;

/// How long a photo may be without a record before it is strange, in seconds.
const USUAL_SECONDS: i64 = 60;

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

/// What has become of a photo, or of its alt text.
#[derive(Serialize)]
struct Verdict {
    state: &'static str,
    why: String,
    next: String,
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
    let (key, versions) = find(&catalog, &args.key, stack).await?;
    let mut timeline = Vec::new();
    let mut states = Vec::new();
    for version in &versions {
        states.push(tell_version(&catalog, version, &mut timeline).await?);
    }
    let begun = versions.iter().map(|version| version.last_modified).min();
    let lines = log_lines(stack, &key, begun.unwrap_or(OffsetDateTime::UNIX_EPOCH)).await?;
    for line in &lines {
        timeline
            .push(Happened { at: line.timestamp.unwrap_or(OffsetDateTime::UNIX_EPOCH), what: said(line) });
    }
    // The latest is the first.
    let (Some(latest), Some(state)) = (versions.first(), states.into_iter().next()) else {
        return Err(CommandError::not_found(format!("there is no photo `{}`", escape(&key))));
    };
    let verdict = judge(&catalog, stack, latest, state, &lines).await?;
    let original = latest.original();
    let alt_text = about_alt_text(&catalog, stack, latest, &mut timeline).await?;
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
) -> Result<(String, Vec<Version>), CommandError> {
    let versions = versions_of(catalog, wanted).await?;
    if !versions.is_empty() {
        return Ok((wanted.to_owned(), versions));
    }
    let found = catalog.resolve(wanted, None, false, &stack.config.flags()).await?;
    let Some(manifest) = found.photos.into_iter().next() else {
        return Err(CommandError::not_found(format!("there is no photo `{}`", escape(wanted))));
    };
    let key = manifest.original.key;
    let versions = versions_of(catalog, &key).await?;
    Ok((key, versions))
}

async fn versions_of(catalog: &Catalog<'_>, key: &str) -> Result<Vec<Version>, CommandError> {
    let mut versions = Vec::new();
    let mut pages = pages(catalog.s3, catalog.originals, key, None);
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| aws_error(format_args!("list `{}`", escape(key)), &*error))?;
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
        State::Failed(failure) => timeline.push(Happened {
            at: failure.failed_at,
            what: format!(
                "recorded as failed at receive {}: {} ({})",
                failure.receive_count,
                escape(&failure.message),
                failure.reason
            ),
        }),
        State::Superseded | State::Waiting => {}
    }
    Ok(Some(state))
}

/// What the functions logged of `key` since `begun`, the newest [`MAX_LINES`].
async fn log_lines(stack: &Stack, key: &str, begun: OffsetDateTime) -> Result<Vec<LogLine>, CommandError> {
    let from = i64::try_from(begun.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    let mut found = Vec::new();
    for (name, group) in stack.outputs().await?.all() {
        if name.ends_with("LogGroup") {
            for line in read(stack, group, from, Some(key)).await? {
                found.extend(line.ours().filter(|line| line.key == key));
            }
        }
    }
    found.sort_by_key(|line| line.timestamp);
    Ok(found.split_off(found.len().saturating_sub(MAX_LINES)))
}

fn said(line: &LogLine) -> String {
    let outcome = line.outcome.map(|outcome| serde_json::to_value(outcome).unwrap_or_default());
    let outcome = outcome.as_ref().and_then(|outcome| outcome.as_str()).unwrap_or("?").to_owned();
    let total: u64 = line.ms.values().sum();
    let mut text = format!("worked on, receive {}: {outcome}", line.receive_count);
    if total > 0 {
        text.push_str(&format!(", {total} ms"));
    }
    if let (Some(message), reason) = (&line.message, line.reason.as_deref().unwrap_or("no reason")) {
        text.push_str(&format!(": {} ({reason})", escape(message)));
    }
    text
}

async fn judge(
    catalog: &Catalog<'_>,
    stack: &Stack,
    latest: &Version,
    state: Option<State>,
    lines: &[LogLine],
) -> Result<Verdict, CommandError> {
    let flags = stack.config.flags();
    let key = quoted(&escape(&latest.key));
    let Some(state) = state else {
        return Ok(Verdict {
            state: "removed",
            why: "it was removed; older versions are kept behind the delete marker".to_owned(),
            next: format!("upload it again, or run `deployer rm{flags} {key}` to remove every version"),
        });
    };
    match state {
        State::Done(manifest) => is_complete(catalog, &manifest, &flags, &key).await,
        State::Superseded => Ok(Verdict {
            state: "superseded",
            why: "a newer version took its place before it was worked on, or it is no photo but a folder"
                .to_owned(),
            next: format!("nothing; if it is the newest again, run `deployer replay{flags} {key}`"),
        }),
        State::Failed(failure) => Ok(failed(&failure, &flags, &key)),
        State::Waiting => unrecorded(catalog, stack, latest, lines).await,
    }
}

async fn is_complete(
    catalog: &Catalog<'_>,
    manifest: &Manifest,
    flags: &str,
    key: &str,
) -> Result<Verdict, CommandError> {
    let mut missing = Vec::new();
    for thumbnail in &manifest.thumbnails {
        if current_version(catalog.s3, catalog.thumbnails, &thumbnail.key).await?.is_none() {
            missing.push(thumbnail.preset.as_str());
        }
    }
    if missing.is_empty() {
        let damage = if manifest.original.partial {
            "; the file is damaged, they show what could be read"
        } else {
            ""
        };
        return Ok(Verdict {
            state: "done",
            why: format!("it has its thumbnails{damage}"),
            next: format!("`deployer fetch{flags} {key}`"),
        });
    }
    Ok(Verdict {
        state: "incomplete",
        why: format!("somebody has removed thumbnails that its manifest names: {}", missing.join(", ")),
        next: format!("`deployer replay{flags} {key}` makes them again"),
    })
}

/// Why it failed for good, and what helps.
fn failed(failure: &FailureRecord, flags: &str, key: &str) -> Verdict {
    let replay = format!("`deployer replay{flags} {key}`");
    let next = match failure.reason.as_str() {
        "empty" | "not-an-image" | "damaged" | "too-many-scans" => {
            "the file itself is the trouble: upload a sound copy of the photo".to_owned()
        }
        "unsupported-format" => {
            "convert it to JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF, and upload that".to_owned()
        }
        "too-many-bytes" => {
            format!("raise `limits.bytes` in deployer.yaml, run `deployer up{flags}`, then {replay}")
        }
        "too-many-pixels" | "too-many-frames" => {
            format!("raise `limits.pixels` in deployer.yaml, run `deployer up{flags}`, then {replay}")
        }
        "too-much-memory" => {
            format!("raise `function.memory` in deployer.yaml, run `deployer up{flags}`, then {replay}")
        }
        "kms-denied" => format!("let the thumbnail function's role use the photo's KMS key, then {replay}"),
        "archived" => format!("restore the object from its archive, then {replay}"),
        "key-encoding" => {
            "its key is not UTF-8, so nothing can ask for it: copy it to another key".to_owned()
        }
        _ => format!(
            "`deployer logs{flags} --since 1d --key {key}` shows each attempt; mend the cause, then {replay}"
        ),
    };
    Verdict { state: "failed", why: format!("{} ({})", escape(&failure.message), failure.reason), next }
}

/// Neither thumbnails nor a failure record: on its way, stuck, or lost.
async fn unrecorded(
    catalog: &Catalog<'_>,
    stack: &Stack,
    latest: &Version,
    lines: &[LogLine],
) -> Result<Verdict, CommandError> {
    let flags = stack.config.flags();
    let key = quoted(&escape(&latest.key));
    let outputs = stack.outputs().await?;
    let queue = Queue::read(stack, outputs.queue(Function::Thumbnail)?).await?;
    if let Some(mapping) = event_source(stack).await?
        && let Some(state @ ("Disabled" | "Disabling")) = mapping.state()
    {
        return Ok(Verdict {
            state: "stopped",
            why: format!("the thumbnail function is not given any messages: its event source is {state}"),
            next: format!("enable the event source mapping `{}`", mapping.uuid().unwrap_or_default()),
        });
    }
    let version = latest.original();
    let trouble = lines.iter().rev().find(|line| {
        line.version == version.version && matches!(line.outcome, Some(Outcome::Retry | Outcome::NoAttempt))
    });
    let is_tried = catalog.has_record(&version.attempt_key()).await?;
    if queue.messages() > 0 {
        if is_tried {
            return Ok(Verdict {
                state: "retrying",
                why: "the function was killed while it worked on it, most likely for want of memory"
                    .to_owned(),
                next: format!(
                    "wait for the last attempt, or raise `function.memory` and run `deployer up{flags}`"
                ),
            });
        }
        if let Some(line) = trouble {
            let why = escape(line.message.as_deref().unwrap_or_default());
            let reason = line.reason.as_deref().unwrap_or("unknown");
            let next = match reason {
                "denied" => "mend the permission it names; the photo is tried again by itself".to_owned(),
                _ => "nothing yet: it is tried again by itself, and recorded as failed if that does not help"
                    .to_owned(),
            };
            let why = format!("it did not succeed at receive {}: {why} ({reason})", line.receive_count);
            return Ok(Verdict { state: "retrying", why, next });
        }
        return Ok(Verdict {
            state: "waiting",
            why: format!(
                "the queue has {} messages waiting and {} being worked on",
                queue.waiting, queue.in_flight
            ),
            next: format!("wait; `deployer status{flags}` shows the queue"),
        });
    }
    for (name, url) in outputs.queues().filter(|(name, _)| name.contains("DeadLetter")) {
        let letters = Queue::read(stack, url).await?.messages();
        if letters > 0 {
            return Ok(Verdict {
                state: "stopped",
                why: format!(
                    "{letters} dead letters stand in {name}, and the failover function does not take them"
                ),
                next: format!("`deployer logs{flags} --since 1d --failed` shows why"),
            });
        }
    }
    let age = (OffsetDateTime::now_utc() - latest.last_modified).whole_seconds();
    if age < USUAL_SECONDS {
        return Ok(Verdict {
            state: "waiting",
            why: format!("it came {age} seconds ago; its message may be on its way"),
            next: "ask again in a minute".to_owned(),
        });
    }
    Ok(Verdict {
        state: "lost",
        why: "there is no record of it and no message in any queue: its event never came, or was purged"
            .to_owned(),
        next: format!("`deployer replay{flags} {key}`, then `deployer audit{flags}` for others like it"),
    })
}

/// What gives the thumbnail function its messages.
async fn event_source(stack: &Stack) -> Result<Option<EventSourceMappingConfiguration>, CommandError> {
    let function = stack.outputs().await?.get("ThumbnailFunction")?;
    let found = stack.aws.lambda().list_event_source_mappings().function_name(function).send().await;
    let found = found.map_err(|error| aws_error("look at the thumbnail function's event source", &error))?;
    Ok(found.event_source_mappings.unwrap_or_default().into_iter().next())
}

/// What has become of the alt text of `latest`.
async fn about_alt_text(
    catalog: &Catalog<'_>,
    stack: &Stack,
    latest: &Version,
    timeline: &mut Vec<Happened>,
) -> Result<Option<Verdict>, CommandError> {
    let outputs = stack.outputs().await?;
    if latest.is_marker || !outputs.has(Function::AltText) {
        return Ok(None);
    }
    let flags = stack.config.flags();
    let key = quoted(&escape(&latest.key));
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
            "model-refused" => format!("write one: `deployer alt{flags} {key} --set TEXT`"),
            _ => format!("mend the cause, then {replay}"),
        };
        let why = format!("{} ({})", escape(&failure.message), failure.reason);
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
