//! `deployer logs`: shows the logs of all functions in one stream, ordered by time.

use std::time::Duration;

use clap::Args;

use crate::error::CommandError;
use crate::monitor::tail::{LineFilter, tail};
use crate::stack::Stack;
use crate::ui::Ui;

/// Show the logs of all functions in one stream.
///
/// With `--output json`, prints one object per line: `time` (milliseconds since 1970), `function` and `message`.
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
    /// Start this long ago: a number with s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_since)]
    since: Duration,
    /// Show only failures, retries and crashes.
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

fn parse_since(text: &str) -> Result<Duration, String> {
    let wrong = || "not a number with s, m, h or d, such as 10m".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

pub(crate) async fn logs(args: LogsArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let LogsArgs { follow, since, failed, key, filter, raw } = args;
    tail(&LineFilter { follow, since, failed, key, filter, raw }, stack, ui).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_with_a_unit() {
        assert_eq!(parse_since("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(parse_since("2d"), Ok(Duration::from_secs(172_800)));
        for wrong in ["", "10", "m", "-1m", "1.5h", "1é"] {
            assert!(parse_since(wrong).is_err(), "{wrong}");
        }
    }
}
