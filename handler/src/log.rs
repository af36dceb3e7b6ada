//! The log: prints one JSON object per line. No other file of the handlers prints.

#![allow(clippy::print_stdout)]

use std::panic::PanicHookInfo;
use std::time::Instant;

use contract::log::{
    AGE, DONE, DURATION, FAILURES, FUNCTION, LogLine, NAMESPACE, ORIGINAL_BYTES, Outcome, REASON, RETRIES,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::event::ObjectEvent;
use crate::failure::Failure;
use crate::message::Invocation;

/// Adds the `result` of the work to `line`, and prints it with its metrics.
pub(crate) fn finish(line: &mut LogLine, invocation: &Invocation, result: Result<Outcome, &Failure>) {
    match result {
        Ok(outcome) => line.outcome = Some(outcome),
        Err(failure) => {
            let outcome = if failure.is_unattempted() { Outcome::NoAttempt } else { Outcome::Retry };
            line.outcome = Some(outcome);
            add_failure(line, failure);
        }
    }
    print(line, invocation);
}

/// Adds the reason and the message of `failure` to `line`.
pub(crate) fn add_failure(line: &mut LogLine, failure: &Failure) {
    line.reason = Some(failure.reason().to_owned());
    line.message = Some(failure.to_string());
}

impl ObjectEvent {
    /// Returns whether it is about an object in another bucket than `ours`. If so, adds the reason to `line`.
    pub(crate) fn is_foreign(&self, ours: &str, line: &mut LogLine) -> bool {
        let other = self.bucket.as_ref().filter(|bucket| *bucket != ours);
        if let Some(other) = other {
            line.reason = Some("foreign-bucket".to_owned());
            line.message = Some(format!("the event is about the bucket `{other}`, not `{ours}`"));
        }
        other.is_some()
    }
}

/// Prints `line` with its metrics.
pub(crate) fn print(line: &mut LogLine, invocation: &Invocation) {
    let now = OffsetDateTime::now_utc();
    line.timestamp = Some(now);
    line.level = level(line.outcome).to_owned();
    let Ok(Value::Object(mut fields)) = serde_json::to_value(&*line) else { return };
    let metrics = metrics(line, now);
    fields.insert(FUNCTION.to_owned(), invocation.function.clone().into());
    fields.insert("_aws".to_owned(), metric_directives(now, &metrics, line.reason.is_some()));
    fields.extend(metrics.into_iter().map(|(name, value, _)| (name.to_owned(), value.into())));
    println!("{}", Value::Object(fields));
}

/// Returns the field `_aws`, which describes to CloudWatch which fields of the line are metrics.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
fn metric_directives(now: OffsetDateTime, metrics: &[(&str, u64, &str)], has_reason: bool) -> Value {
    let selected = |wanted: &dyn Fn(&str) -> bool| -> Vec<Value> {
        let wanted = metrics.iter().filter(|(name, ..)| wanted(name));
        wanted.map(|(name, _, unit)| json!({"Name": name, "Unit": unit})).collect()
    };
    let mut directives = vec![json!({
        "Namespace": NAMESPACE, "Dimensions": [[FUNCTION]], "Metrics": selected(&|_| true),
    })];
    if has_reason {
        directives.push(json!({
            "Namespace": NAMESPACE, "Dimensions": [[FUNCTION, REASON]],
            "Metrics": selected(&|name| name == FAILURES || name == RETRIES),
        }));
    }
    json!({"Timestamp": now.unix_timestamp_nanos() / 1_000_000, "CloudWatchMetrics": directives})
}

/// Returns the names, values, and units of the metrics of a line that is written `now`.
fn metrics(line: &LogLine, now: OffsetDateTime) -> Vec<(&'static str, u64, &'static str)> {
    let Some(outcome) = line.outcome else { return Vec::new() };
    let mut metrics = vec![
        (DONE, u64::from(outcome == Outcome::Done), "Count"),
        (FAILURES, u64::from(outcome.is_failure()), "Count"),
        (RETRIES, u64::from(outcome.is_retry()), "Count"),
        (DURATION, line.ms.values().sum(), "Milliseconds"),
    ];
    if let Some(bytes) = line.bytes {
        metrics.push((ORIGINAL_BYTES, bytes, "Bytes"));
    }
    if let Some(first) = line.first_received_at {
        metrics.push((AGE, (now - first).whole_seconds().try_into().unwrap_or(0), "Seconds"));
    }
    metrics
}

fn level(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(outcome) if outcome.is_failure() => "error",
        Some(outcome) if outcome.is_retry() => "warn",
        Some(_) | None => "info",
    }
}

/// Prints that the process exits because `running` images could not be stopped in time.
pub(crate) fn print_stuck(running: usize) {
    let message = format!(
        "the process exits because it could not cancel all images in time (still running: {running})"
    );
    println!("{}", json!({"level": "warn", "reason": "stuck", "message": message}));
}

/// Prints a panic as a line of JSON.
pub fn print_panic(info: &PanicHookInfo<'_>) {
    let at = info.location().map(ToString::to_string);
    let text = info.payload().downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| info.payload().downcast_ref::<String>().cloned());
    println!("{}", json!({"level": "error", "reason": "panicked", "message": text, "at": at}));
}

/// Adds to `line` how long the step called `name` has taken.
pub(crate) fn add_step(line: &mut LogLine, name: &str, since: Instant) {
    line.ms.insert(name.to_owned(), since.elapsed().as_millis().try_into().unwrap_or(u64::MAX));
}
