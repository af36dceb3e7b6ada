//! `deployer logs`: what all functions log, in one stream by time.

use std::collections::HashSet;
use std::time::Duration;

use clap::Args;
use console::Style;
use contract::key::escape;
use time::OffsetDateTime;

use crate::error::CommandError;
use crate::stack::Stack;
use crate::stack::log::{Line, ago_ms, read};
use crate::transfer::stop::Stop;
use crate::ui::Ui;

/// How often a followed log is asked for more.
const PAUSE: Duration = Duration::from_secs(2);

/// How far back a followed log is read again: CloudWatch shows lines late and out of order.
const OVERLAP_MS: i64 = 30_000;

/// Shows what the functions log, all in one stream.
///
/// With `--output json` each line is one of: `time` (milliseconds since 1970), `function`, `message`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer logs --since 10m
  deployer logs -f --failed
  deployer logs --key 2026/11/24/cat.3f9a1c2b7d.jpg")]
pub(crate) struct LogsArgs {
    /// Go on showing what comes.
    #[arg(long, short)]
    follow: bool,
    /// How far back to begin: a number with s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_since)]
    since: Duration,
    /// Only photos that failed, those that are tried again, and functions that broke.
    #[arg(long)]
    failed: bool,
    /// Only lines about this photo.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only lines that hold this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// The lines as they were logged.
    #[arg(long)]
    raw: bool,
}

impl LogsArgs {
    /// Everything from now on.
    pub(crate) fn from_now_on() -> Self {
        Self { follow: true, since: Duration::ZERO, failed: false, key: None, filter: None, raw: false }
    }
}

fn parse_since(text: &str) -> Result<Duration, String> {
    let wrong = || "it must be a number with s, m, h or d, like 10m".to_owned();
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
    let outputs = stack.outputs().await?;
    let groups: Vec<&str> = outputs
        .all()
        .iter()
        .filter(|(name, _)| name.ends_with("LogGroup"))
        .map(|(_, group)| group.as_str())
        .collect();
    let stop = Stop::listen();
    let mut from = ago_ms(args.since);
    let mut seen: HashSet<String> = HashSet::new();
    loop {
        let mut lines = Vec::new();
        for group in &groups {
            lines.extend(stop.or(read(stack, group, from, args.filter.as_deref())).await?);
        }
        lines.sort();
        let newest = lines.last().map(|line| line.time);
        for line in lines.iter().filter(|line| !seen.contains(&line.id)) {
            if is_wanted(line, &args) {
                ui.line(line, || text(line, args.raw))?;
            }
        }
        if !args.follow {
            return Ok(());
        }
        // Only what can be read again next time is worth remembering.
        let next = newest.unwrap_or(from).max(from + OVERLAP_MS) - OVERLAP_MS;
        seen = lines.into_iter().filter(|line| line.time >= next).map(|line| line.id).collect();
        from = next;
        stop.or(async {
            tokio::time::sleep(PAUSE).await;
            Ok(())
        })
        .await?;
    }
}

fn is_wanted(line: &Line, args: &LogsArgs) -> bool {
    let ours = line.ours();
    let about = args.key.as_ref().is_none_or(|key| ours.as_ref().is_some_and(|line| line.key == *key));
    let failed = match ours.as_ref().and_then(|line| line.outcome) {
        _ if !args.failed => true,
        Some(outcome) => outcome.is_failure() || outcome.is_retry(),
        None => line.says_the_function_broke(),
    };
    let holds = args.filter.as_ref().is_none_or(|text| line.message.contains(text.as_str()));
    about && failed && holds
}

fn text(line: &Line, raw: bool) -> String {
    if raw {
        return escape(&line.message);
    }
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(line.time) * 1_000_000);
    let time = time.map_or_else(|_| line.time.to_string(), clock);
    let style = match line.function.as_str() {
        "thumbnail" => Style::new().cyan(),
        "failover" => Style::new().magenta(),
        _ => Style::new().blue(),
    };
    let function = style.apply_to(format!("{:<10}", line.function));
    let Some(ours) = line.ours() else { return format!("{time}  {function}  {}", escape(&line.message)) };
    let outcome = serde_json::to_value(ours.outcome).unwrap_or_default();
    let outcome = outcome.as_str().unwrap_or_default();
    let word = match ours.level.as_str() {
        "error" => Style::new().red(),
        "warn" => Style::new().yellow(),
        _ => Style::new().green(),
    };
    let mut said =
        format!("{time}  {function}  {}  {}", word.apply_to(format!("{outcome:<12}")), escape(&ours.key));
    let total: u64 = ours.ms.values().sum();
    if total > 0 {
        said.push_str(&format!("  {total} ms"));
    }
    if let Some(message) = &ours.message {
        said.push_str(&format!("  {} ({})", escape(message), ours.reason.as_deref().unwrap_or_default()));
    }
    said
}

/// A time to the millisecond, in UTC.
pub(crate) fn clock(t: OffsetDateTime) -> String {
    format!("{} {:02}:{:02}:{:02}.{:03}", t.date(), t.hour(), t.minute(), t.second(), t.millisecond())
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
