//! `deployer audit`: whether every photo has its thumbnails, a failure record, or a message in flight, and whether all that
//! is derived from photos agrees with them.

use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use clap::Args;
use contract::folder::is_folder;
use contract::function::Function;
use contract::key::{OriginalVersion, UNREADABLE, escape};
use contract::request::{Request, RequestKind};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::error::{CommandError, io_error};
use crate::monitor::queues;
use crate::photos::PhotoStore;
use crate::photos::audit::{AT_ONCE, RecordState, function, version_count};
use crate::photos::derived::{Finding, Inspection, Sums, Wrong};
use crate::s3::objects::head;
use crate::s3::versions::Version;
use crate::stack::Stack;
use crate::ui::Ui;

/// How long S3's events and SQS's counts may take: until then a message may be on its way although no queue has one.
const SETTLING: Duration = Duration::seconds(60);

/// How long a message may be in a queue of a function: their `MessageRetentionPeriod` in the templates. While there are
/// messages, nothing is said of what has changed within this time. (Dead letters are kept for longer, but they only come to
/// the failover function, which makes no thumbnails.)
const MESSAGE_LIFE: Duration = Duration::days(4);

/// Checks that nothing is lost, and that nothing is left of photos that are gone.
///
/// Every photo must have its thumbnails, a failure record, or a message in flight. Older versions of a photo have all of
/// their thumbnails or none. Nothing may be derived from a version that does not exist. While the queues have messages,
/// only what has not changed for four days is held against that; else for a minute.
///
/// `--fix` sends messages to the functions, which then look at these photos again. It deletes nothing itself.
///
/// Ends with exit code 1 if something is wrong and not sent. With `--output json` each version that is wrong is one line
/// (`lost`, `orphaned`, `partial`, `incomplete`, `contradictory`: `key`, `version`), and the last line is `summary`:
/// `versions` (the current ones), `done`, `failed`, `in_flight`, a number for each of these, and `unreadable`, the messages
/// that named no photo; with `--fix` also `sent`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer audit\n  deployer audit 2026/11/\n  deployer audit --fix --yes\n  deployer audit --alt-text"
)]
pub(crate) struct AuditArgs {
    /// The beginning of the keys.
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Hold the photos against the records of the alt-text function.
    #[arg(long)]
    alt_text: bool,
    /// Have the functions look again at all that is wrong.
    #[arg(long)]
    fix: bool,
}

/// What the versions come to.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Summary {
    versions: u64,
    done: u64,
    failed: u64,
    in_flight: u64,
    lost: u64,
    orphaned: u64,
    partial: u64,
    incomplete: u64,
    contradictory: u64,
    unreadable: u64,
    /// How many messages were sent; none without `--fix`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<u64>,
}

pub(crate) async fn audit(args: AuditArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let function = function(args.alt_text);
    let url = stack.outputs().await?.queue(function)?;
    let catalog = PhotoStore::open(stack).await?;
    let mut summary = Summary::default();
    let mut messages = Messages::new()?;
    let waiting = ui.wait("Auditing");
    // Before the listing: what is worked on while it is read has its record by then, or is found in flight.
    let busy = queues::messages(stack).await? > 0;
    let settled = OffsetDateTime::now_utc() - SETTLING;
    let mut pages = std::pin::pin!(catalog.audit_by_day(function, &args.prefix).await?);
    while let Some(page) = pages.next().await {
        let catalog = &catalog;
        let looked_for = stream::iter(page?).map(|(version, state_by_records)| async move {
            let is_on_its_way = busy || version.last_modified > settled;
            let state_by_records = match state_by_records {
                RecordState::Unrecorded if !is_on_its_way => {
                    Box::pin(again(catalog, function, &version)).await?
                }
                known => known,
            };
            Ok::<_, CommandError>((version, state_by_records, is_on_its_way))
        });
        let mut looked_for = looked_for.buffered(AT_ONCE);
        while let Some((version, state_by_records, is_on_its_way)) = looked_for.try_next().await? {
            summary.versions += 1;
            match state_by_records {
                RecordState::Done => summary.done += 1,
                RecordState::Failed => summary.failed += 1,
                RecordState::Unrecorded if is_on_its_way => summary.in_flight += 1,
                RecordState::Unrecorded => {
                    summary.lost += 1;
                    show("lost", &version.original(), ui)?;
                    messages.add(RequestKind::Backfill, catalog, version.original())?;
                }
            }
        }
        waiting.set_message(format!("Auditing: {} versions", summary.versions));
    }
    if function == Function::Thumbnail {
        let presets = stack.config.settings.presets.iter().map(|preset| preset.name.as_str()).collect();
        let before = if busy { OffsetDateTime::now_utc() - MESSAGE_LIFE } else { settled };
        let inspection =
            Inspection { catalog: &catalog, prefix: &args.prefix, presets, before, sums: Sums::default() };
        waiting.set_message("Auditing: thumbnails and records");
        let mut found = std::pin::pin!(inspection.stored().await?);
        while let Some(findings) = found.try_next().await? {
            for finding in findings {
                summary.add(finding, &mut messages, &catalog, ui)?;
            }
        }
        waiting.set_message("Auditing: names");
        let mut found = std::pin::pin!(inspection.named().await?);
        while let Some(finding) = found.try_next().await? {
            summary.add(finding, &mut messages, &catalog, ui)?;
        }
    }
    waiting.finish_and_clear();
    summary.unreadable = catalog.records_under(UNREADABLE).await?.len() as u64;
    if args.fix {
        summary.sent = Some(messages.send(url, stack, ui).await?);
    }
    ui.line(&json!({ "summary": summary }), || summary.text())?;
    summary.verdict(&args, stack)
}

/// What has become of `version`, asked for by name: what the listings have not shown may be there all the same.
async fn again(
    catalog: &PhotoStore<'_>,
    function: Function,
    version: &Version,
) -> Result<RecordState, CommandError> {
    let original = version.original();
    let state_by_records = catalog.ask(function, &original).await?;
    if state_by_records != RecordState::Unrecorded {
        return Ok(state_by_records);
    }
    // One that was overwritten or removed since it was listed needs nothing; nor does a folder, as its type tells.
    let needs_one = head(catalog.s3, catalog.originals, &original.key).await?.is_some_and(|head| {
        OriginalVersion::new(&original.key, head.version_id(), head.e_tag()) == original
            && !is_folder(&original.key, version.bytes, head.content_type())
    });
    Ok(if needs_one { RecordState::Unrecorded } else { RecordState::Done })
}

fn show(what: &str, original: &OriginalVersion, ui: &Ui) -> Result<(), CommandError> {
    ui.line(&json!({ what: original }), || {
        format!("{what}: {}  (version {})", escape(&original.key), escape(&original.version))
    })
}

impl Summary {
    /// Shows and counts a finding, and notes the message that has it put right.
    fn add(
        &mut self,
        finding: Finding,
        messages: &mut Messages,
        catalog: &PhotoStore<'_>,
        ui: &Ui,
    ) -> Result<(), CommandError> {
        let Finding { original, wrong } = finding;
        let (name, count, request) = match wrong {
            Wrong::Orphaned => ("orphaned", &mut self.orphaned, RequestKind::Remove),
            Wrong::Partial => ("partial", &mut self.partial, RequestKind::Remove),
            Wrong::Incomplete => ("incomplete", &mut self.incomplete, RequestKind::Settle),
            Wrong::Contradictory => ("contradictory", &mut self.contradictory, RequestKind::Settle),
        };
        *count += 1;
        show(name, &original, ui)?;
        messages.add(request, catalog, original)
    }

    fn text(self) -> String {
        let Self { versions, done, failed, in_flight, lost, unreadable, sent, .. } = self;
        let mut text = format!(
            "{}: {done} done, {failed} failed, {in_flight} in flight, {lost} lost",
            version_count(versions)
        );
        for (count, what) in self.disagreements() {
            text.push_str(&format!("\n{} {what}", version_count(count)));
        }
        if unreadable > 0 {
            text.push_str(&format!(
                "\n{unreadable} messages that name no photo, recorded under `{UNREADABLE}` in the catalog; \
                 `deployer replay --unreadable` sends them again"
            ));
        }
        if let Some(sent) = sent {
            text.push_str(&format!("\n{sent} messages sent; audit again when they are worked on"));
        }
        text
    }

    /// What is wrong about that which is derived from photos, in words.
    fn disagreements(self) -> impl Iterator<Item = (u64, &'static str)> {
        let all = [
            (self.orphaned, "orphaned: something is derived from a version that is not there"),
            (self.partial, "partial: a part of what was made of an older version is left"),
            (self.incomplete, "incomplete: a thumbnail or the name that the manifest promises is missing"),
            (self.contradictory, "contradictory: recorded as done and as failed"),
        ];
        all.into_iter().filter(|(count, _)| *count > 0)
    }

    fn verdict(self, args: &AuditArgs, stack: &Stack) -> Result<(), CommandError> {
        let wrong: u64 = self.disagreements().map(|(count, _)| count).sum();
        if self.lost + wrong == 0 || args.fix {
            return Ok(());
        }
        let lost = format!("{} have neither a record nor a message", version_count(self.lost));
        let wrong = match (self.lost, wrong) {
            (_, 0) => lost,
            (0, wrong) => format!("what is derived from {} is wrong", version_count(wrong)),
            (_, wrong) => format!("{lost}, and what is derived from {} is wrong", version_count(wrong)),
        };
        let flags = stack.config.flags();
        let alt_text = if args.alt_text { " --alt-text" } else { "" };
        let mut error = CommandError::failed(wrong);
        if self.lost > 0 {
            error = error.hint(format!("run `deployer backfill{flags}{alt_text}` to send them again"));
        }
        Err(error.hint(format!(
            "run `deployer audit{flags}{alt_text} --fix` to have the function look at all of it"
        )))
    }
}

/// The messages that have all put right, in a file: they may be many.
struct Messages {
    file: BufWriter<std::fs::File>,
    count: u64,
    /// The key whose removal was noted last: one message is for all of its versions.
    removed: Option<String>,
}

/// Turns an error of the file into one of the command.
fn unusable(error: std::io::Error) -> CommandError {
    io_error("note what is to be sent in a temporary file", &error)
}

impl Messages {
    fn new() -> Result<Self, CommandError> {
        let file = tempfile::tempfile().map_err(unusable)?;
        Ok(Self { file: BufWriter::new(file), count: 0, removed: None })
    }

    fn add(
        &mut self,
        request: RequestKind,
        catalog: &PhotoStore<'_>,
        original: OriginalVersion,
    ) -> Result<(), CommandError> {
        if request == RequestKind::Remove {
            if self.removed.as_ref() == Some(&original.key) {
                return Ok(());
            }
            self.removed = Some(original.key.clone());
        }
        self.count += 1;
        let request = Request { request, bucket: catalog.originals.to_owned(), original };
        writeln!(self.file, "{}", json!(request)).map_err(unusable)
    }

    /// Sends them to the queue at `url` after asking, and says how many.
    async fn send(self, url: &str, stack: &Stack, ui: &Ui) -> Result<u64, CommandError> {
        if self.count == 0 {
            return Ok(0);
        }
        let noun = if self.count == 1 { "message" } else { "messages" };
        ui.confirm(&format!("Send {} {noun} to the function?", self.count), "--yes").await?;
        let mut file = self.file.into_inner().map_err(|error| unusable(error.into_error()))?;
        file.rewind().map_err(unusable)?;
        let bar = ui.count(self.count, "messages sent");
        let mut batch = Vec::new();
        for line in BufReader::new(file).lines() {
            batch.push(line.map_err(unusable)?);
            if batch.len() == queues::BATCH {
                queues::send(stack, url, &batch).await?;
                bar.inc(batch.len() as u64);
                batch.clear();
            }
        }
        if !batch.is_empty() {
            queues::send(stack, url, &batch).await?;
        }
        bar.finish_and_clear();
        Ok(self.count)
    }
}
