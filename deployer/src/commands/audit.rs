//! `deployer audit`: checks that every photo has thumbnails, a failure record, or a message in flight, and that
//! thumbnails and records match the photos.

use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use clap::Args;
use contract::function::Function;
use contract::key::{OriginalVersion, UNREADABLE, escape};
use contract::request::{Request, RequestKind};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::error::{CommandError, io_error, shell_operand};
use crate::monitor::queues;
use crate::photos::PhotoStore;
use crate::photos::audit::{AT_ONCE, RecordState, select_function};
use crate::photos::derived::{Finding, IndexChecksums, Inspection, Problem};
use crate::s3::versions::Version;
use crate::stack::Stack;
use crate::ui::{Ui, format_count};

/// How long S3 may take to deliver an event and SQS to count it. Until then a message may be in flight although no queue
/// reports one.
const DELIVERY_DELAY: Duration = Duration::seconds(60);

/// The `MessageRetentionPeriod` of the functions' queues in the templates. While the queues have messages, the audit
/// skips everything that changed within this time. (The dead-letter queues keep messages longer, but only the failover
/// function receives those, and it makes no thumbnails.)
const MESSAGE_RETENTION: Duration = Duration::days(4);

/// Check that every photo was processed and that thumbnails and records match the photos.
///
/// The audit reports a problem if a photo has no thumbnails, no failure record, and no message in flight; if an older
/// version has only some of its thumbnails; or if a thumbnail or record belongs to a version that does not exist. It
/// skips thumbnails and records that changed within the last minute, or within the last four days while the queues have
/// messages.
///
/// `--fix` asks the functions to process these photos again. The command itself deletes nothing.
///
/// The exit code is 1 if there are problems and `--fix` is not given.
///
/// With `--output json`, prints one line per problem (`lost`, `orphaned`, `partial`, `incomplete`, or `contradictory`,
/// with `key` and `version`), then `summary`: `versions` (the number of current versions), `done`, `failed`,
/// `in_flight`, the number of each problem, `unreadable` (messages that do not name a photo) and, with `--fix`, `sent`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer audit\n  deployer audit 2026/11/\n  deployer audit --fix --yes\n  deployer audit --alt-text"
)]
pub(crate) struct AuditArgs {
    /// Check only photos whose keys start with this prefix.
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Check the records of the alt-text function instead.
    #[arg(long)]
    alt_text: bool,
    /// Send every photo that has a problem to the functions again.
    #[arg(long)]
    fix: bool,
}

/// The totals of an audit.
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
    /// The number of messages sent, or `None` without `--fix`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<u64>,
}

pub(crate) async fn audit(args: AuditArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    if args.fix {
        ui.check_prompt()?;
    }
    let function = select_function(args.alt_text);
    let url = stack.outputs().await?.queue_url(function)?;
    let store = PhotoStore::open(stack).await?;
    let mut summary = Summary::default();
    let mut messages = Messages::new()?;
    let spinner = ui.start_spinner("Auditing");
    // Count the messages before the listing. A photo that is processed in the meantime then has a record or counts as
    // in flight.
    let busy = queues::count_messages(stack).await? > 0;
    let settled = OffsetDateTime::now_utc() - DELIVERY_DELAY;
    let mut pages = std::pin::pin!(store.audit_by_day(function, &args.prefix).await?);
    while let Some(page) = pages.next().await {
        let store = &store;
        let checked = stream::iter(page?).map(|(version, record_state)| async move {
            let may_be_in_flight = busy || version.last_modified > settled;
            let record_state = match record_state {
                RecordState::Unrecorded if !may_be_in_flight => {
                    Box::pin(reread_state(store, function, &version)).await?
                }
                known => known,
            };
            Ok::<_, CommandError>((version, record_state, may_be_in_flight))
        });
        let mut checked = checked.buffered(AT_ONCE);
        while let Some((version, record_state, may_be_in_flight)) = checked.try_next().await? {
            summary.versions += 1;
            match record_state {
                RecordState::Done => summary.done += 1,
                RecordState::Failed => summary.failed += 1,
                RecordState::Unrecorded if may_be_in_flight => summary.in_flight += 1,
                RecordState::Unrecorded => {
                    summary.lost += 1;
                    print_finding("lost", &version.original(), ui)?;
                    messages.add(RequestKind::Backfill, store, version.original())?;
                }
            }
        }
        spinner.set_message(format!("Auditing: {}", format_count(summary.versions, "version")));
    }
    if function == Function::Thumbnail {
        let presets = stack.config.settings.presets.iter().map(|preset| preset.name.as_str()).collect();
        let before = if busy { OffsetDateTime::now_utc() - MESSAGE_RETENTION } else { settled };
        let inspection = Inspection {
            store: &store,
            prefix: &args.prefix,
            presets,
            before,
            checksums: IndexChecksums::default(),
        };
        spinner.set_message("Auditing: thumbnails and records");
        let mut found = std::pin::pin!(inspection.check_stored().await?);
        while let Some(findings) = found.try_next().await? {
            for finding in findings {
                summary.add(finding, &mut messages, &store, ui)?;
            }
        }
        spinner.set_message("Auditing: names");
        let mut found = std::pin::pin!(inspection.check_index().await?);
        while let Some(finding) = found.try_next().await? {
            summary.add(finding, &mut messages, &store, ui)?;
        }
    }
    spinner.finish_and_clear();
    summary.unreadable = store.records_under(UNREADABLE).await?.len() as u64;
    if args.fix {
        summary.sent = Some(messages.send(url, stack, ui).await?);
    }
    ui.print_line(&json!({ "summary": summary }), || summary.text(&stack.config.flags()))?;
    summary.into_result(&args)
}

/// Returns the state of `version` from a direct read of its records. A listing may have missed a record that was written
/// while the audit ran.
async fn reread_state(
    store: &PhotoStore<'_>,
    function: Function,
    version: &Version,
) -> Result<RecordState, CommandError> {
    let original = version.original();
    let record_state = store.read_state(function, &original).await?;
    if record_state != RecordState::Unrecorded {
        return Ok(record_state);
    }
    // A version that was overwritten or removed since the listing needs no record.
    let needs_record = store.is_current(&original).await?;
    Ok(if needs_record { RecordState::Unrecorded } else { RecordState::Done })
}

fn print_finding(what: &str, original: &OriginalVersion, ui: &Ui) -> Result<(), CommandError> {
    ui.print_line(&json!({ what: original }), || {
        format!("{what}: {}  (version {})", escape(&original.key), escape(&original.version))
    })
}

impl Summary {
    /// Prints and counts a finding, and stores the message that asks the function to fix it.
    fn add(
        &mut self,
        finding: Finding,
        messages: &mut Messages,
        store: &PhotoStore<'_>,
        ui: &Ui,
    ) -> Result<(), CommandError> {
        let Finding { original, problem } = finding;
        let (name, count, request) = match problem {
            Problem::Orphaned => ("orphaned", &mut self.orphaned, RequestKind::Remove),
            Problem::Partial => ("partial", &mut self.partial, RequestKind::Remove),
            Problem::Incomplete => ("incomplete", &mut self.incomplete, RequestKind::Settle),
            Problem::Contradictory => ("contradictory", &mut self.contradictory, RequestKind::Settle),
        };
        *count += 1;
        print_finding(name, &original, ui)?;
        messages.add(request, store, original)
    }

    /// Returns the totals in words. `flags` are for the command in it.
    fn text(self, flags: &str) -> String {
        let Self { versions, done, failed, in_flight, lost, unreadable, sent, .. } = self;
        let mut text = format!(
            "{}: {done} done, {failed} failed, {in_flight} in flight, {lost} lost",
            format_count(versions, "version")
        );
        for (count, what) in self.problem_counts() {
            text.push_str(&format!("\n{} {what}", format_count(count, "version")));
        }
        if unreadable > 0 {
            text.push_str(&format!(
                "\n{} under `{UNREADABLE}` in the catalog; run `deployer replay{flags} --unreadable` to retry",
                format_count(unreadable, "unreadable message")
            ));
        }
        if let Some(sent @ 1..) = sent {
            text.push_str(&format!(
                "\nsent {}; run the audit again when the functions have finished",
                format_count(sent, "message")
            ));
        }
        text
    }

    /// Returns how many versions have each problem with thumbnails or records, with a description.
    fn problem_counts(self) -> impl Iterator<Item = (u64, &'static str)> {
        let all = [
            (self.orphaned, "orphaned: thumbnails or records exist, but the version does not"),
            (self.partial, "partial: some thumbnails or records of an older version are missing"),
            (self.incomplete, "incomplete: a thumbnail or name that the manifest lists is missing"),
            (self.contradictory, "contradictory: recorded both as done and as failed"),
        ];
        all.into_iter().filter(|(count, _)| *count > 0)
    }

    fn into_result(self, args: &AuditArgs) -> Result<(), CommandError> {
        let problems: u64 = self.problem_counts().map(|(count, _)| count).sum();
        if self.lost + problems == 0 || args.fix {
            return Ok(());
        }
        let lost = format!("{} lost: no record and no message in flight", format_count(self.lost, "version"));
        let problems = match (self.lost, problems) {
            (_, 0) => lost,
            (0, problems) => {
                format!("{} with wrong thumbnails or records", format_count(problems, "version"))
            }
            (_, problems) => {
                format!("{lost}; {} with wrong thumbnails or records", format_count(problems, "version"))
            }
        };
        let alt_text = if args.alt_text { " --alt-text" } else { "" };
        let prefix = match args.prefix.as_str() {
            "" => String::new(),
            prefix => format!(" {}", shell_operand(prefix)),
        };
        let mut error = CommandError::failed(problems);
        if self.lost > 0 {
            error = error.hint(format!(
                "run `deployer backfill{{flags}}{alt_text}{prefix}` to process the lost versions"
            ));
        }
        Err(error.hint(format!(
            "run `deployer audit{{flags}}{alt_text} --fix{prefix}` to send all versions with a problem to the function"
        )))
    }
}

/// The messages that ask the function to fix each finding, in a file because there may be many.
struct Messages {
    file: BufWriter<std::fs::File>,
    count: u64,
    /// The key of the last removal: one message covers all versions of a key.
    last_removed: Option<String>,
}

/// Converts an error of the temporary file into an error of the command.
fn temporary_file_error(error: std::io::Error) -> CommandError {
    io_error("store the messages in a temporary file", &error)
}

impl Messages {
    fn new() -> Result<Self, CommandError> {
        let file = tempfile::tempfile().map_err(temporary_file_error)?;
        Ok(Self { file: BufWriter::new(file), count: 0, last_removed: None })
    }

    fn add(
        &mut self,
        request: RequestKind,
        store: &PhotoStore<'_>,
        original: OriginalVersion,
    ) -> Result<(), CommandError> {
        if request == RequestKind::Remove {
            if self.last_removed.as_ref() == Some(&original.key) {
                return Ok(());
            }
            self.last_removed = Some(original.key.clone());
        }
        self.count += 1;
        let request = Request { request, bucket: store.originals.to_owned(), original };
        writeln!(self.file, "{}", json!(request)).map_err(temporary_file_error)
    }

    /// Asks for confirmation, sends the messages to the queue at `url`, and returns their number.
    async fn send(self, url: &str, stack: &Stack, ui: &Ui) -> Result<u64, CommandError> {
        if self.count == 0 {
            return Ok(0);
        }
        ui.confirm(&format!("Send {} to the function?", format_count(self.count, "message"))).await?;
        let mut file = self.file.into_inner().map_err(|error| temporary_file_error(error.into_error()))?;
        file.rewind().map_err(temporary_file_error)?;
        let bar = ui.start_count_bar(self.count, "messages sent");
        let mut batch = Vec::new();
        for line in BufReader::new(file).lines() {
            batch.push(line.map_err(temporary_file_error)?);
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
