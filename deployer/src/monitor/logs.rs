//! Reads the logs of the functions from CloudWatch.

use std::collections::VecDeque;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use contract::log::LogLine;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::aws::error::{aws_code, aws_error};
use crate::error::CommandError;
use crate::stack::Stack;

/// The maximum length of a filter pattern. CloudWatch counts characters; this counts bytes, which are never fewer.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>
const MAX_PATTERN: usize = 1024;

/// One log line of a function.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LogEvent {
    /// The time of the line, in milliseconds since 1970.
    pub(crate) time: i64,
    /// The name of the function without the name of the stack.
    pub(crate) function: String,
    pub(crate) message: String,
    /// The unique ID of the line.
    #[serde(skip)]
    pub(crate) id: String,
}

/// Returns the lines of the log `group` since `from` (milliseconds since 1970) that contain `text`.
pub(crate) async fn read(
    stack: &Stack,
    group: &str,
    from: i64,
    text: Option<&str>,
) -> Result<Vec<LogEvent>, CommandError> {
    let mut lines = Vec::new();
    Log::new(stack, group, from, text).drain_into(&mut lines).await?;
    Ok(lines)
}

/// Returns the earliest next line of all logs. This merges them by time with at most one page of each in memory.
pub(crate) async fn next_line(logs: &mut [Log<'_>]) -> Result<Option<LogEvent>, CommandError> {
    futures::future::try_join_all(logs.iter_mut().map(Log::fill)).await?;
    let next = logs
        .iter_mut()
        .filter(|log| !log.lines.is_empty())
        .min_by_key(|log| log.lines.front().map(|line| line.time));
    Ok(next.and_then(|log| log.lines.pop_front()))
}

/// The log of one function, which is read page by page.
pub(crate) struct Log<'a> {
    stack: &'a Stack,
    group: &'a str,
    from: i64,
    until: Option<i64>,
    pattern: Option<String>,
    /// The token of the next page, or `None` before the first page.
    token: Option<String>,
    is_at_end: bool,
    lines: VecDeque<LogEvent>,
}

impl<'a> Log<'a> {
    /// Selects the lines since `from` (milliseconds since 1970) that contain `text`.
    pub(crate) fn new(stack: &'a Stack, group: &'a str, from: i64, text: Option<&str>) -> Self {
        let pattern = text.and_then(pattern);
        Self {
            stack,
            group,
            from,
            until: None,
            pattern,
            token: None,
            is_at_end: false,
            lines: VecDeque::new(),
        }
    }

    /// Excludes the lines since `until` (milliseconds since 1970).
    pub(crate) fn until(self, until: i64) -> Self {
        Self { until: Some(until), ..self }
    }

    /// Reads all lines into `lines`, page by page. If it is canceled, `lines` contains the pages read until then.
    pub(crate) async fn drain_into(&mut self, lines: &mut Vec<LogEvent>) -> Result<(), CommandError> {
        loop {
            self.fill().await?;
            if self.lines.is_empty() {
                return Ok(());
            }
            lines.extend(self.lines.drain(..));
        }
    }

    /// Reads pages until there is a line or the log ends.
    async fn fill(&mut self) -> Result<(), CommandError> {
        while self.lines.is_empty() && !self.is_at_end {
            let page = self
                .stack
                .aws
                .logs()
                .filter_log_events()
                .log_group_name(self.group)
                .start_time(self.from)
                .set_end_time(self.until)
                .set_filter_pattern(self.pattern.clone())
                .set_next_token(self.token.take())
                .send()
                .await;
            let page = match page {
                Ok(page) => page,
                // A function that never ran, or a deleted log group, has no lines.
                Err(error) if aws_code(&error) == Some("ResourceNotFoundException") => {
                    self.is_at_end = true;
                    return Ok(());
                }
                Err(error) => return Err(aws_error(format_args!("read the log `{}`", self.group), &error)),
            };
            self.is_at_end = page.next_token.is_none();
            self.token = page.next_token;
            let name = self.group.rsplit('/').next().unwrap_or(self.group);
            let function =
                name.strip_prefix(self.stack.name()).map_or(name, |name| name.trim_start_matches('-'));
            let mut lines: Vec<LogEvent> = page
                .events
                .unwrap_or_default()
                .into_iter()
                .map(|event| LogEvent::new(function, event))
                .collect();
            // The sort is stable, so lines of the same millisecond keep their order.
            lines.sort_by_key(|line| line.time);
            self.lines = lines.into();
        }
        Ok(())
    }
}

impl LogEvent {
    fn new(function: &str, event: FilteredLogEvent) -> Self {
        let time = event.timestamp.unwrap_or(0);
        let message = event.message.unwrap_or_default().trim_end().to_owned();
        let id = event.event_id.unwrap_or_else(|| format!("{time} {function} {message}"));
        Self { time, function: function.to_owned(), message, id }
    }

    /// Returns the parsed line of one of our functions, or `None` for a line of Lambda.
    pub(crate) fn handler_line(&self) -> Option<LogLine> {
        let line: LogLine = serde_json::from_str(&self.message).ok()?;
        line.outcome.is_some().then_some(line)
    }

    /// Returns whether the line reports a crash: a panic, a timeout, or an exit.
    pub(crate) fn is_crash(&self) -> bool {
        let fields: Value = serde_json::from_str(&self.message).unwrap_or_default();
        let status = fields.pointer("/record/status").and_then(Value::as_str);
        fields["reason"] == "panicked"
            || status.is_some_and(|status| status != "success")
            || self.message.contains("Task timed out")
            || self.message.contains("Runtime exited")
    }
}

/// Returns the filter pattern for lines that may contain `text`. CloudWatch searches for a quoted text literally. If
/// the text is too long or contains characters that JSON escapes, the pattern contains only a part of it. The caller
/// then checks the whole text.
fn pattern(text: &str) -> Option<String> {
    let parts = text.split(|c: char| c.is_control() || matches!(c, '"' | '\\'));
    let longest = parts.max_by_key(|part| part.len())?;
    let part = &longest[..longest.floor_char_boundary(MAX_PATTERN - 2)];
    (!part.is_empty()).then(|| format!("\"{part}\""))
}

/// Returns the time `ago`, in milliseconds since 1970.
pub(crate) fn ago_ms(ago: Duration) -> i64 {
    let ago = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
    let now = i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    now.saturating_sub(ago).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_contains_the_part_of_a_key_that_cloudwatch_accepts() {
        assert_eq!(pattern("2026/cat.jpg").as_deref(), Some("\"2026/cat.jpg\""));
        assert_eq!(pattern("a\"b/longer\\c").as_deref(), Some("\"b/longer\""));
        assert_eq!(pattern("\u{1}\"").as_deref(), None);
        for key in ["x".repeat(1024), "\u{e9}".repeat(512), "\u{1f431}".repeat(256)] {
            let pattern = pattern(&key).unwrap();
            assert!(pattern.len() <= 1024 && pattern.len() > 1018, "{}", pattern.len());
            assert!(key.contains(pattern.trim_matches('"')));
        }
    }
}
