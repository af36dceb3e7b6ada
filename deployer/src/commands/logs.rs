//! `deployer logs`: shows the logs of all functions in one stream, ordered by time.

use std::time::Duration;

use clap::Args;

use crate::cli::parse_duration;
use crate::error::CommandError;
use crate::interrupt::run_until_stopped;
use crate::monitor::tail::{LineFilter, tail};
use crate::stack::Stack;
use crate::ui::Ui;

/// Show the logs of all functions in one stream.
///
/// With `--output json`, prints one object per line: `time` (milliseconds since 1970), `function`, and `message`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer logs --since 10m
  deployer logs -f --failed
  deployer logs --since 1d --key cat.jpg
  deployer logs --filter \"not an image\" --raw")]
pub(crate) struct LogsArgs {
    /// Keep running and print new lines.
    #[arg(long, short)]
    follow: bool,
    /// Start this long ago: a number followed by s, m, h, or d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    since: Duration,
    /// Show only failures, retries, and crashes.
    #[arg(long)]
    failed: bool,
    /// Show only lines about the photo with this key or file name.
    #[arg(long, value_name = "PHOTO")]
    key: Option<String>,
    /// Show only lines that contain this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Print the lines unchanged.
    #[arg(long)]
    raw: bool,
}

pub(crate) async fn logs(args: LogsArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let LogsArgs { follow, since, failed, key, filter, raw } = args;
    let lines = LineFilter { follow, since, failed, key, filter, raw };
    let shown = tail(&lines, stack, ui);
    if follow { run_until_stopped(shown).await } else { shown.await }
}
