//! `deployer audit`: whether every version in the originals bucket has its thumbnails, a failure record, or a
//! message in flight.

use clap::Args;
use contract::function::Function;
use contract::key::{UNREADABLE, escape};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use crate::catalog::Catalog;
use crate::catalog::audit::{AT_ONCE, Standing};
use crate::catalog::versions::Version;
use crate::error::CommandError;
use crate::stack::Stack;
use crate::stack::queue::Queue;
use crate::ui::Ui;

/// How long S3's events and SQS's counts may take, in seconds: until then a photo without a record is on its way.
const SETTLING_SECONDS: i64 = 60;

/// Checks that nothing is lost: every version of every photo has its thumbnails, a failure record, or a
/// message in flight.
///
/// Versions that were removed (behind a delete marker) need nothing and are not counted. Thumbnails are not looked for:
/// `explain` tells of one photo whether they are all there.
///
/// Ends with exit code 1 if something is lost. With `--output json` every version that is lost is one line
/// (`lost`: `key`, `version`), and the last line is `summary`: `versions`, `done` (or noted to need no
/// thumbnails), `failed`, `in_flight`, `lost`, and `unreadable`, the messages that named no photo.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer audit\n  deployer audit 2026/11/\n  deployer audit --alt-text")]
pub(crate) struct AuditArgs {
    /// The beginning of the keys.
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Hold the versions against the records of the alt-text function.
    #[arg(long)]
    alt_text: bool,
}

/// The function that a flag `--alt-text` means.
pub(crate) fn function(alt_text: bool) -> Function {
    if alt_text { Function::AltText } else { Function::Thumbnail }
}

/// What the versions come to.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Summary {
    versions: u64,
    done: u64,
    failed: u64,
    in_flight: u64,
    lost: u64,
    unreadable: u64,
}

pub(crate) async fn audit(args: AuditArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let function = function(args.alt_text);
    stack.outputs().await?.queue(function)?;
    let catalog = Catalog::open(stack).await?;
    let mut summary = Summary::default();
    let waiting = ui.wait("Auditing");
    // Before the listing: what is worked on while it is read has its record by then, or is found in flight.
    let busy = messages(stack).await? > 0;
    let settled = time::OffsetDateTime::now_utc() - time::Duration::seconds(SETTLING_SECONDS);
    let mut pages = std::pin::pin!(catalog.audit_by_day(function, &args.prefix).await?);
    while let Some(page) = pages.next().await {
        let catalog = &catalog;
        let looked_for = stream::iter(page?).map(|(version, standing)| async move {
            let is_on_its_way = busy || version.last_modified > settled;
            let standing = match standing {
                Standing::Unrecorded if !is_on_its_way => {
                    Box::pin(catalog.ask(function, &version.original())).await?
                }
                known => known,
            };
            Ok::<_, CommandError>((version, standing, is_on_its_way))
        });
        let mut looked_for = looked_for.buffered(AT_ONCE);
        while let Some((version, standing, is_on_its_way)) = looked_for.try_next().await? {
            summary.versions += 1;
            match standing {
                Standing::Done => summary.done += 1,
                Standing::Failed => summary.failed += 1,
                Standing::Unrecorded if is_on_its_way => summary.in_flight += 1,
                Standing::Unrecorded => {
                    summary.lost += 1;
                    show(&version, ui)?;
                }
            }
        }
        waiting.set_message(format!("Auditing: {} versions", summary.versions));
    }
    waiting.finish_and_clear();
    summary.unreadable = catalog.records_under(UNREADABLE).await?.len() as u64;
    ui.line(&serde_json::json!({ "summary": summary }), || summary.text())?;
    if summary.lost == 0 {
        return Ok(());
    }
    Err(CommandError::failed(format!("{} have neither a record nor a message", photos(summary.lost))).hint(
        format!(
            "run `deployer backfill{}{}` to send them again",
            stack.config.flags(),
            if args.alt_text { " --alt-text" } else { "" }
        ),
    ))
}

/// The messages in all queues.
async fn messages(stack: &Stack) -> Result<u64, CommandError> {
    let mut all = 0;
    for (_, url) in stack.outputs().await?.queues() {
        all += Queue::read(stack, url).await?.messages();
    }
    Ok(all)
}

fn show(version: &Version, ui: &Ui) -> Result<(), CommandError> {
    let original = version.original();
    ui.line(&serde_json::json!({ "lost": original }), || {
        format!("lost: {}  (version {})", escape(&original.key), escape(&original.version))
    })
}

/// `1 version`, `2 versions`.
pub(crate) fn photos(count: u64) -> String {
    format!("{count} {}", if count == 1 { "version" } else { "versions" })
}

impl Summary {
    fn text(self) -> String {
        let Self { versions, done, failed, in_flight, lost, unreadable } = self;
        let mut text =
            format!("{}: {done} done, {failed} failed, {in_flight} in flight, {lost} lost", photos(versions));
        if unreadable > 0 {
            text.push_str(&format!(
                "\n{unreadable} messages that name no photo, recorded under `{UNREADABLE}` in the catalog; \
                 `deployer replay --unreadable` sends them again"
            ));
        }
        text
    }
}
