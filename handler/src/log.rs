//! The log: the one place that prints, one JSON object a line.

#![allow(clippy::print_stdout)]

use std::panic::PanicHookInfo;
use std::time::Instant;

use contract::log::{
    AGE, DONE, DURATION, FAILURES, FUNCTION, LogLine, NAMESPACE, ORIGINAL_BYTES, Outcome, REASON, RETRIES,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::failure::Failure;
use crate::message::Invocation;

/// Completes `line` with how the work `ended`, and prints it with its metrics.
pub(crate) fn end(line: &mut LogLine, invocation: &Invocation, ended: Result<Outcome, &Failure>) {
    match ended {
        Ok(outcome) => line.outcome = Some(outcome),
        Err(failure) => {
            let outcome = if failure.is_unattempted() { Outcome::NoAttempt } else { Outcome::Retry };
            line.outcome = Some(outcome);
            explain(line, failure);
        }
    }
    print(line, invocation);
}

/// Writes why it failed into `line`.
pub(crate) fn explain(line: &mut LogLine, failure: &Failure) {
    line.reason = Some(failure.reason().to_owned());
    line.message = Some(failure.to_string());
}

/// Prints `line` with its metrics.
pub(crate) fn print(line: &mut LogLine, invocation: &Invocation) {
    let now = OffsetDateTime::now_utc();
    line.timestamp = Some(now);
    line.level = level(line.outcome).to_owned();
    let Ok(Value::Object(mut fields)) = serde_json::to_value(&*line) else { return };
    let metrics = metrics(line, now);
    fields.insert(FUNCTION.to_owned(), invocation.function.clone().into());
    fields.insert("_aws".to_owned(), about(now, &metrics, line.reason.is_some()));
    fields.extend(metrics.into_iter().map(|(name, value, _)| (name.to_owned(), value.into())));
    println!("{}", Value::Object(fields));
}

/// What tells CloudWatch which fields of the line are metrics.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
fn about(now: OffsetDateTime, metrics: &[(&str, u64, &str)], has_reason: bool) -> Value {
    let described = |wanted: &dyn Fn(&str) -> bool| -> Vec<Value> {
        let wanted = metrics.iter().filter(|(name, ..)| wanted(name));
        wanted.map(|(name, _, unit)| json!({"Name": name, "Unit": unit})).collect()
    };
    let mut directives = vec![json!({
        "Namespace": NAMESPACE, "Dimensions": [[FUNCTION]], "Metrics": described(&|_| true),
    })];
    if has_reason {
        directives.push(json!({
            "Namespace": NAMESPACE, "Dimensions": [[FUNCTION, REASON]],
            "Metrics": described(&|name| name == FAILURES || name == RETRIES),
        }));
    }
    json!({"Timestamp": now.unix_timestamp_nanos() / 1_000_000, "CloudWatchMetrics": directives})
}

/// The metrics of a line that is written `now`: their names, values and units.
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

/// Prints that the process ends because `running` images could not be stopped in time.
pub(crate) fn ends(running: usize) {
    let message = format!("{running} images could not be stopped in time; the process ends with them");
    println!("{}", json!({"level": "warn", "reason": "stuck", "message": message}));
}

/// Prints each panic as a line like the others.
pub fn panics(info: &PanicHookInfo<'_>) {
    let at = info.location().map(ToString::to_string);
    let text = info.payload().downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| info.payload().downcast_ref::<String>().cloned());
    println!("{}", json!({"level": "error", "reason": "panicked", "message": text, "at": at}));
}

/// Notes in `line` how long the step called `name` has taken.
pub(crate) fn step(line: &mut LogLine, name: &str, since: Instant) {
    line.ms.insert(name.to_owned(), since.elapsed().as_millis().try_into().unwrap_or(u64::MAX));
}
