//! The log: the one place that prints, one JSON object a line.

#![allow(clippy::print_stdout)]

use std::panic::PanicHookInfo;

use contract::log::{LogLine, NAMESPACE, Outcome};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::delivery::Invocation;
use crate::failure::Failure;

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
    let metrics = metrics(line);
    let names: Vec<Value> =
        metrics.iter().map(|(name, _, unit)| json!({"Name": name, "Unit": unit})).collect();
    fields.insert("Function".to_owned(), invocation.function.clone().into());
    fields.extend(metrics.into_iter().map(|(name, value, _)| (name.to_owned(), value.into())));
    let about = json!({
        "Timestamp": now.unix_timestamp_nanos() / 1_000_000,
        "CloudWatchMetrics":
            [{"Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": names}],
    });
    fields.insert("_aws".to_owned(), about);
    println!("{}", Value::Object(fields));
}

/// The metrics of a line: their names, values and units.
fn metrics(line: &LogLine) -> Vec<(&'static str, u64, &'static str)> {
    let Some(outcome) = line.outcome else { return Vec::new() };
    let mut metrics = vec![
        ("Done", u64::from(outcome == Outcome::Done), "Count"),
        ("Failures", u64::from(matches!(outcome, Outcome::Failed | Outcome::DeadLetter)), "Count"),
        ("Retries", u64::from(matches!(outcome, Outcome::Retry | Outcome::NoAttempt)), "Count"),
        ("Duration", line.ms.values().sum(), "Milliseconds"),
    ];
    if let Some(bytes) = line.bytes {
        metrics.push(("OriginalBytes", bytes, "Bytes"));
    }
    metrics
}

fn level(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(
            Outcome::Done
            | Outcome::AlreadyDone
            | Outcome::Superseded
            | Outcome::Folder
            | Outcome::Gone
            | Outcome::Removed
            | Outcome::Kept
            | Outcome::Survived
            | Outcome::Ignored,
        )
        | None => "info",
        Some(Outcome::Retry | Outcome::NoAttempt) => "warn",
        Some(Outcome::Failed | Outcome::DeadLetter) => "error",
    }
}

/// Prints each panic as a line like the others.
pub fn panics(info: &PanicHookInfo<'_>) {
    let at = info.location().map(ToString::to_string);
    let text = info.payload().downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| info.payload().downcast_ref::<String>().cloned());
    println!("{}", json!({"level": "error", "reason": "panicked", "message": text, "at": at}));
}
