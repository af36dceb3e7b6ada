//! The functions' logs, as CloudWatch keeps them.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use contract::log::LogLine;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::error::{CommandError, aws_code, aws_error};
use crate::stack::Stack;

/// One line of one function's log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Line {
    /// When it was written, in milliseconds since 1970.
    pub(crate) time: i64,
    /// The function's name without the stack's.
    pub(crate) function: String,
    pub(crate) message: String,
    /// What tells it from all other lines.
    #[serde(skip)]
    pub(crate) id: String,
}

/// The lines of the log `group` since `from` (milliseconds since 1970) that hold `text`.
pub(crate) async fn read(
    stack: &Stack,
    group: &str,
    from: i64,
    text: Option<&str>,
) -> Result<Vec<Line>, CommandError> {
    let function = group.rsplit(['/', '-']).next().unwrap_or(group);
    let mut lines = Vec::new();
    let logs = stack.aws.logs();
    // CloudWatch takes a quoted text as a text to be found; one with quotes is looked for here alone.
    let quoted = text.filter(|text| !text.contains('"')).map(|text| format!("\"{text}\""));
    let mut pages = logs
        .filter_log_events()
        .log_group_name(group)
        .start_time(from)
        .set_filter_pattern(quoted)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            // A function that never ran, or a group that was deleted, has no lines.
            Err(error) if aws_code(&error) == Some("ResourceNotFoundException") => return Ok(lines),
            Err(error) => return Err(aws_error(format_args!("read the log `{group}`"), &error)),
        };
        lines.extend(page.events.unwrap_or_default().into_iter().map(|event| Line::new(function, event)));
    }
    Ok(lines)
}

impl Line {
    fn new(function: &str, event: FilteredLogEvent) -> Self {
        let time = event.timestamp.unwrap_or(0);
        let message = event.message.unwrap_or_default().trim_end().to_owned();
        let id = event.event_id.unwrap_or_else(|| format!("{time} {function} {message}"));
        Self { time, function: function.to_owned(), message, id }
    }

    /// The line as our functions write it; none for a line of Lambda's own.
    pub(crate) fn ours(&self) -> Option<LogLine> {
        let line: LogLine = serde_json::from_str(&self.message).ok()?;
        line.outcome.is_some().then_some(line)
    }

    /// Whether it tells that the function itself broke: a panic, or Lambda's word that it was ended or out of time.
    pub(crate) fn says_the_function_broke(&self) -> bool {
        let said: Value = serde_json::from_str(&self.message).unwrap_or_default();
        let status = said.pointer("/record/status").and_then(Value::as_str);
        said["reason"] == "panicked"
            || status.is_some_and(|status| status != "success")
            || self.message.contains("Task timed out")
            || self.message.contains("Runtime exited")
    }
}

/// The time `ago`, in milliseconds since 1970.
pub(crate) fn ago_ms(ago: Duration) -> i64 {
    let then = OffsetDateTime::now_utc() - ago;
    i64::try_from(then.unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
}
