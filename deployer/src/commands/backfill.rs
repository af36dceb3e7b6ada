//! `deployer backfill`: asks the functions to process photos for which they received no event.

use std::time::Duration;

use clap::Args;
use contract::function::Function;
use contract::key::{BACKFILL, escape};
use contract::request::{Request, RequestKind};
use futures::stream::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior};

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::monitor::queues;
use crate::photos::PhotoStore;
use crate::photos::audit::RecordState;
use crate::photos::audit::select_function;
use crate::stack::Stack;
use crate::ui::{Ui, format_count};

/// Process photos that have neither thumbnails nor a failure record.
///
/// These are photos that were in the bucket before the stack was created, and photos that `audit` reports as lost. The
/// command skips all other photos. If a run is interrupted, the next one continues where it stopped.
///
/// With `--output json`, prints `sent` and `dry_run`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer backfill --dry-run\n  deployer backfill 2019/ --rate 50\n  deployer backfill --alt-text"
)]
pub(crate) struct BackfillArgs {
    /// Process only photos whose keys start with this prefix.
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Send at most this many photos per second.
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Print what would be sent, but send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Send the photos to the alt-text function instead.
    #[arg(long)]
    alt_text: bool,
    /// Start from the beginning instead of continuing an interrupted run.
    #[arg(long)]
    restart: bool,
}

/// The progress of a run, which the catalog stores until the run ends.
#[derive(Debug, Serialize, Deserialize)]
struct Progress {
    #[serde(default)]
    function: Function,
    prefix: String,
    /// The key up to which all photos were sent.
    after: String,
    sent: u64,
}

pub(crate) async fn backfill(args: BackfillArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    if !args.dry_run {
        ui.check_prompt()?;
    }
    let function = select_function(args.alt_text);
    let url = stack.outputs().await?.queue_url(function)?;
    let store = PhotoStore::open(stack).await?;
    let progress_before: Option<Progress> = if args.restart { None } else { store.record(BACKFILL).await? };
    let progress_before =
        progress_before.filter(|progress| progress.prefix == args.prefix && progress.function == function);
    if let Some(Progress { after, sent, .. }) = &progress_before {
        ui.note(format!(
            "continuing after `{}`, where an interrupted run had sent {} (use `--restart` to start from the beginning)",
            escape(after),
            format_count(*sent, "photo")
        ));
    }
    let (after, sent) = progress_before.map_or((None, 0), |progress| (Some(progress.after), progress.sent));

    let spinner = ui.start_spinner("Looking for photos without a record");
    let mut missing = 0_u64;
    let mut pages = std::pin::pin!(store.audit(function, &args.prefix, after.clone()));
    while let Some(page) = pages.next().await {
        for (version, _) in page?.iter().filter(|(_, record_state)| *record_state == RecordState::Unrecorded)
        {
            missing += 1;
            if args.dry_run {
                ui.note(format!("would send `{}`", escape(&version.key)));
            }
        }
        spinner.set_message(format!("Looking for photos without a record: {missing} found"));
    }
    spinner.finish_and_clear();
    if args.dry_run {
        return ui.print_result(&json!({ "sent": missing, "dry_run": true }), || {
            format!("Would send {}. Nothing was sent.", format_count(missing, "photo"))
        });
    }
    if missing > 0 {
        ui.confirm(&format!("Send {} to the function?", format_count(missing, "photo"))).await?;
    }
    let has_stored_progress = after.is_some();
    let mut run = BackfillRun {
        stack,
        url,
        store: &store,
        function,
        prefix: &args.prefix,
        sent,
        has_stored_progress,
        pace: batch_interval(args.rate),
    };
    let interrupted = || {
        CommandError::interrupted("interrupted: only some of the photos were sent")
            .hint("run the same command again to continue where this run stopped")
    };
    Signals::listen().run_until_signal(run.send_all(after, missing, ui), interrupted).await?;
    let sent = run.sent - sent;
    ui.print_result(&json!({ "sent": sent, "dry_run": false }), || match sent {
        0 => "There are no photos to send.".to_owned(),
        _ => format!(
            "Sent {}. Run `deployer status{}` to see how many are waiting.",
            format_count(sent, "photo"),
            stack.config.flags()
        ),
    })
}

/// Returns an interval with one tick per batch.
fn batch_interval(rate: u32) -> Interval {
    let mut pace = tokio::time::interval(Duration::from_secs(1) * queues::BATCH as u32 / rate);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}

struct BackfillRun<'a> {
    stack: &'a Stack,
    /// The queue of the function.
    url: &'a str,
    function: Function,
    store: &'a PhotoStore<'a>,
    prefix: &'a str,
    sent: u64,
    /// Whether the catalog stores the progress of this run.
    has_stored_progress: bool,
    pace: Interval,
}

impl BackfillRun<'_> {
    async fn send_all(&mut self, after: Option<String>, missing: u64, ui: &Ui) -> Result<(), CommandError> {
        let bar = ui.start_count_bar(missing, "photos sent");
        let mut pages = std::pin::pin!(self.store.audit(self.function, self.prefix, after));
        while let Some(page) = pages.next().await.transpose()? {
            let requests: Vec<String> = page
                .iter()
                .filter(|(_, record_state)| *record_state == RecordState::Unrecorded)
                .map(|(version, _)| {
                    let bucket = self.store.originals.to_owned();
                    json!(Request { request: RequestKind::Backfill, bucket, original: version.original() })
                        .to_string()
                })
                .collect();
            for batch in requests.chunks(queues::BATCH) {
                self.pace.tick().await;
                queues::send(self.stack, self.url, batch).await?;
                self.sent += batch.len() as u64;
                bar.inc(batch.len() as u64);
            }
            // A run that continues from here sends a key again if its versions span two pages. That does no harm.
            let keys_from_last = page.iter().rev().map(|(version, _)| &version.key);
            let mut keys =
                keys_from_last.skip_while(|key| page.last().is_some_and(|(last, _)| last.key == **key));
            if let (Some(after), false) = (keys.next(), requests.is_empty()) {
                self.store_progress(after).await?;
                self.has_stored_progress = true;
            }
        }
        bar.finish_and_clear();
        if self.has_stored_progress { self.store.delete_record(BACKFILL).await } else { Ok(()) }
    }

    /// Stores the progress of this run in the catalog.
    async fn store_progress(&self, after: &str) -> Result<(), CommandError> {
        let progress = Progress {
            function: self.function,
            prefix: self.prefix.to_owned(),
            after: after.to_owned(),
            sent: self.sent,
        };
        let body = json!(progress).to_string().into_bytes();
        let put = self.store.s3.put_object().bucket(self.store.catalog).key(BACKFILL).body(body.into());
        put.send().await.map(|_| ()).map_err(|error| aws_error("store the progress of the backfill", &error))
    }
}
