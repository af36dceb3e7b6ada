//! Shows the logs of the functions in one stream, ordered by time.

use std::collections::HashMap;
use std::time::Duration;

use console::Style;
use contract::key::{OriginalKey, basename, escape};
use contract::log::LogLine;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::error::CommandError;
use crate::monitor::logs::{Log, LogEvent, ago_ms, next_line};
use crate::monitor::outage::Outage;
use crate::stack::Stack;
use crate::ui::{Ui, format_time_ms};

/// The interval between two reads of a followed log.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// How far back a followed log is read again, since CloudWatch returns lines late and out of order.
const OVERLAP_MS: i64 = 60_000;

/// How many lines to remember before those that are too old are forgotten.
const MAX_SEEN: usize = 50_000;

/// Which lines to show.
#[derive(Debug, Default)]
pub(crate) struct LineFilter {
    /// Whether to keep showing new lines.
    pub(crate) follow: bool,
    /// How far back to start.
    pub(crate) since: Duration,
    /// Whether to show only failures, retries, and crashes.
    pub(crate) failed: bool,
    /// The key or file name of a photo.
    pub(crate) key: Option<String>,
    /// A string that the lines must contain.
    pub(crate) filter: Option<String>,
    /// Whether to show the lines unchanged.
    pub(crate) raw: bool,
}

/// Shows the lines that match `wanted`, and new ones if it follows the log.
pub(crate) async fn tail(filter: &LineFilter, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let outputs = stack.outputs().await?;
    let groups: Vec<&str> = outputs
        .all()
        .iter()
        .filter(|(name, _)| name.ends_with("LogGroup"))
        .map(|(_, group)| group.as_str())
        .collect();
    let mut from = ago_ms(filter.since);
    let mut seen: HashMap<String, i64> = HashMap::new();
    let mut limit = MAX_SEEN;
    let mut outage = Outage::default();
    loop {
        let mut newest = from;
        let mut logs: Vec<Log> =
            groups.iter().map(|group| Log::new(stack, group, from, common_text(filter))).collect();
        loop {
            let line = match next_line(&mut logs).await {
                Ok(Some(line)) => line,
                Ok(None) => {
                    outage.end();
                    break;
                }
                // The next read begins before the lines that are missing.
                Err(error) => {
                    outage.tolerate(error, ui)?;
                    newest = from;
                    break;
                }
            };
            newest = newest.max(line.time);
            if seen.insert(line.id.clone(), line.time).is_none() && is_wanted(&line, filter) {
                ui.print_line(&line, || format_line(&line, filter.raw))?;
            }
            // Only a followed log is read again, from shortly before its end.
            if !filter.follow {
                seen.clear();
            } else if seen.len() >= limit {
                seen.retain(|_, time| *time >= newest - OVERLAP_MS);
                limit = MAX_SEEN.max(2 * seen.len());
            }
        }
        if !filter.follow {
            return Ok(());
        }
        from = from.max(newest - OVERLAP_MS);
        seen.retain(|_, time| *time >= from);
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Returns a string that every matching line contains, or `None` if there is none.
fn common_text(filter: &LineFilter) -> Option<&str> {
    // A line contains the key. In the key, a digest may be inserted into the file name.
    filter.filter.as_deref().or_else(|| filter.key.as_deref().filter(|key| key.contains('/')))
}

fn is_wanted(line: &LogEvent, filter: &LineFilter) -> bool {
    let handler_line = line.handler_line();
    let is_about_photo = filter
        .key
        .as_ref()
        .is_none_or(|photo| handler_line.as_ref().is_some_and(|line| is_about(line, photo)));
    let is_failure = match handler_line.as_ref().and_then(|line| line.outcome) {
        _ if !filter.failed => true,
        Some(outcome) => outcome.is_failure() || outcome.is_retry(),
        None => line.is_crash(),
    };
    let has_text = filter.filter.as_ref().is_none_or(|text| line.message.contains(text.as_str()));
    is_about_photo && is_failure && has_text
}

/// Returns whether the line is about `photo`, a key or a file name.
fn is_about(line: &LogLine, photo: &str) -> bool {
    let name = || line.key.parse::<OriginalKey>().map(|key| key.file_name());
    line.key == photo || basename(&line.key) == photo || name().is_ok_and(|name| basename(&name) == photo)
}

fn format_line(line: &LogEvent, raw: bool) -> String {
    if raw {
        return escape(&line.message);
    }
    let dim = Style::new().dim();
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(line.time) * 1_000_000);
    let time = time.map_or_else(|_| line.time.to_string(), format_time_ms);
    let style = match line.function.as_str() {
        "thumbnail" => Style::new().cyan(),
        "failover" => Style::new().magenta(),
        _ => Style::new().blue(),
    };
    let function = style.apply_to(format!("{:<9}", line.function));
    let text = match (line.handler_line(), serde_json::from_str(&line.message)) {
        (Some(handler_line), _) => format_photo_line(&handler_line),
        (None, Ok(Value::Object(fields))) if fields.contains_key("record") => {
            dim.apply_to(format_lambda_line(&fields)).to_string()
        }
        (None, Ok(Value::Object(fields))) => format_json_line(fields),
        _ if ["START ", "END ", "REPORT ", "INIT_START "]
            .iter()
            .any(|word| line.message.starts_with(word)) =>
        {
            dim.apply_to(escape(&line.message.replace('\t', "  "))).to_string()
        }
        _ => escape(&line.message),
    };
    format!("{}  {function}  {text}", dim.apply_to(time))
}

/// Returns a word in the color of its level.
fn colored(level: &str, word: &str) -> String {
    let style = match level.to_ascii_lowercase().as_str() {
        "error" | "fatal" => Style::new().red(),
        "warn" | "warning" => Style::new().yellow(),
        _ => Style::new().green(),
    };
    style.apply_to(word).to_string()
}

/// Formats a line about a photo.
fn format_photo_line(line: &LogLine) -> String {
    let outcome = serde_json::to_value(line.outcome).unwrap_or_default();
    let outcome = format!("{:<11}", outcome.as_str().unwrap_or_default());
    let mut text = format!("{}  {}", colored(&line.level, &outcome), escape(&line.key));
    let mut details = Vec::new();
    let total: u64 = line.ms.values().sum();
    if total > 0 {
        details.push(format!("{total} ms"));
    }
    if let Some(bytes) = line.bytes {
        details.push(indicatif::DecimalBytes(bytes).to_string());
    }
    if line.receive_count > 1 {
        details.push(format!("receive {}", line.receive_count));
    }
    if let Some(cost) = line.cost_usd {
        details.push(format!("{cost:.6} USD"));
    }
    if !details.is_empty() {
        text.push_str(&Style::new().dim().apply_to(format!("  {}", details.join(", "))).to_string());
    }
    if let Some(message) = &line.message {
        text.push_str(&format!(
            "  {} ({})",
            escape(message),
            escape(line.reason.as_deref().unwrap_or_default())
        ));
    }
    text
}

/// Formats a line of Lambda in JSON.
fn format_lambda_line(fields: &Map<String, Value>) -> String {
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().trim_start_matches("platform.");
    let record = fields.get("record").unwrap_or(&Value::Null);
    let mut text = format!("lambda {}", escape(kind));
    if let Some(status) = record["status"].as_str() {
        text.push_str(&format!(" {}", escape(status)));
    }
    let metric = |name: &str| record["metrics"][name].as_f64();
    if let Some(ms) = metric("durationMs") {
        text.push_str(&format!("  {ms:.0} ms"));
    }
    if let Some((used, size)) = metric("maxMemoryUsedMB").zip(metric("memorySizeMB")) {
        text.push_str(&format!(", {used:.0} of {size:.0} MB"));
    }
    if let Some(ms) = metric("initDurationMs") {
        text.push_str(&format!(", {ms:.0} ms to start"));
    }
    text
}

/// Formats any other JSON object: its level and message, then the rest as `name=value`.
fn format_json_line(mut fields: Map<String, Value>) -> String {
    let mut take = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => Some(escape(&text)),
        Some(Value::Null) | None => None,
        Some(other) => Some(escape(&other.to_string())),
    };
    let level = take("level").unwrap_or_default();
    let mut words = vec![colored(&level, &format!("{:<11}", level.to_lowercase()))];
    words.extend(take("message"));
    take("timestamp");
    words.extend(fields.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{}={}", escape(name), escape(&value))
    }));
    words.join("  ")
}
