//! Reads the work of the last hour and the age of messages from CloudWatch metrics.
//!
//! Metrics arrive minutes late. If there are none, as in an emulator that does not extract them from the log, this reads
//! the log.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, RecentlyActive};
use contract::log::{DONE, FAILURES, FUNCTION, LogLine, NAMESPACE, ORIGINAL_BYTES, Outcome, REASON, RETRIES};
use serde::Serialize;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::monitor::logs::{ago_ms, read};
use crate::stack::Stack;

/// The maximum number of metrics per request.
const METRICS_PER_REQUEST: usize = 500;

const HOUR: Duration = Duration::from_secs(3600);

/// How far back to look for the newest data point of the age of the oldest message.
const AGE_WINDOW: Duration = Duration::from_secs(600);

/// The work of one function in the last hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct RecentWork {
    /// The number of processed originals.
    pub(crate) done: u64,
    /// The total size of the originals, in bytes, including those that failed.
    pub(crate) bytes: u64,
    /// The number of permanent failures.
    pub(crate) failed: u64,
    /// The number of retries.
    pub(crate) retried: u64,
    /// The number of permanent failures by reason.
    pub(crate) failures: BTreeMap<String, u64>,
}

/// Returns the last hour of `functions` (output and name).
pub(crate) async fn last_hour(
    stack: &Stack,
    functions: &[(&str, &str)],
) -> Result<BTreeMap<String, RecentWork>, CommandError> {
    let metrics = list_metrics(stack, functions).await?;
    if metrics.is_empty() {
        return last_hour_from_logs(stack, functions).await;
    }
    let sums = read_points(stack, &metrics, "Sum", HOUR).await?;
    let mut hours: BTreeMap<String, RecentWork> = BTreeMap::new();
    for (metric, points) in metrics.iter().zip(sums) {
        let sum: f64 = points.iter().sum();
        let function = dimension(metric, FUNCTION).unwrap_or_default();
        let Some((output, _)) = functions.iter().find(|(_, name)| *name == function) else { continue };
        hours.entry((*output).to_owned()).or_default().add(metric, round_count(sum));
    }
    Ok(hours)
}

/// Returns the age of the oldest message of each of `queues` (output and name), in seconds, without queues for which
/// CloudWatch has no data.
pub(crate) async fn oldest_ages(
    stack: &Stack,
    queues: &[(String, String)],
) -> Result<BTreeMap<String, u64>, CommandError> {
    let metric = |(_, name): &(String, String)| {
        let queue = Dimension::builder().name("QueueName").value(name).build();
        Metric::builder()
            .namespace("AWS/SQS")
            .metric_name("ApproximateAgeOfOldestMessage")
            .dimensions(queue)
            .build()
    };
    let metrics: Vec<Metric> = queues.iter().map(metric).collect();
    let ages = read_points(stack, &metrics, "Maximum", AGE_WINDOW).await?;
    let newest = |(output, points): (String, Vec<f64>)| Some((output, round_count(*points.first()?)));
    Ok(queues.iter().map(|(output, _)| output.clone()).zip(ages).filter_map(newest).collect())
}

/// Returns how many invocations of the function `name` failed in the last 15 minutes.
pub(crate) async fn recent_errors(stack: &Stack, name: &str) -> Result<u64, CommandError> {
    let function = Dimension::builder().name("FunctionName").value(name).build();
    let metric = Metric::builder().namespace("AWS/Lambda").metric_name("Errors").dimensions(function).build();
    let points = read_points(stack, &[metric], "Sum", Duration::from_secs(900)).await?;
    Ok(round_count(points.iter().flatten().sum()))
}

impl RecentWork {
    fn add(&mut self, metric: &Metric, sum: u64) {
        match (metric.metric_name().unwrap_or_default(), dimension(metric, REASON)) {
            (DONE, None) => self.done += sum,
            (ORIGINAL_BYTES, None) => self.bytes += sum,
            (FAILURES, None) => self.failed += sum,
            (RETRIES, None) => self.retried += sum,
            (FAILURES, Some(reason)) if sum > 0 => {
                *self.failures.entry(reason.to_owned()).or_default() += sum;
            }
            (_, _) => {}
        }
    }

    fn add_line(&mut self, line: &LogLine, outcome: Outcome) {
        self.done += u64::from(outcome == Outcome::Done);
        self.bytes += line.bytes.unwrap_or(0);
        self.retried += u64::from(outcome.is_retry());
        if outcome.is_failure() {
            self.failed += 1;
            *self.failures.entry(line.reason.clone().unwrap_or_default()).or_default() += 1;
        }
    }
}

/// Returns the metrics of the functions with a recent value.
async fn list_metrics(stack: &Stack, functions: &[(&str, &str)]) -> Result<Vec<Metric>, CommandError> {
    let mut metrics = Vec::new();
    for (_, function) in functions {
        let of =
            aws_sdk_cloudwatch::types::DimensionFilter::builder().name(FUNCTION).value(*function).build();
        let mut pages = stack
            .aws
            .cloudwatch()
            .list_metrics()
            .namespace(NAMESPACE)
            .dimensions(of)
            .recently_active(RecentlyActive::Pt3H)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("list the metrics of the functions", &error))?;
            metrics.extend(page.metrics.unwrap_or_default());
        }
    }
    Ok(metrics)
}

/// Returns the data points of each of `metrics` per minute, the newest first.
async fn read_points(
    stack: &Stack,
    metrics: &[Metric],
    statistic: &str,
    since: Duration,
) -> Result<Vec<Vec<f64>>, CommandError> {
    let mut points = vec![Vec::new(); metrics.len()];
    for (chunk, some) in metrics.chunks(METRICS_PER_REQUEST).enumerate() {
        let query = |(at, metric): (usize, &Metric)| {
            let stat = MetricStat::builder().metric(metric.clone()).period(60).stat(statistic).build();
            MetricDataQuery::builder().id(format!("m{at}")).metric_stat(stat).build()
        };
        let mut pages = stack
            .aws
            .cloudwatch()
            .get_metric_data()
            .set_metric_data_queries(Some(some.iter().enumerate().map(query).collect()))
            .start_time(DateTime::from_millis(ago_ms(since)))
            .end_time(DateTime::from_millis(ago_ms(Duration::ZERO)))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("read the metrics", &error))?;
            for result in page.metric_data_results() {
                let at = result.id().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                if let Some(points) = at.and_then(|at| points.get_mut(chunk * METRICS_PER_REQUEST + at)) {
                    points.extend_from_slice(result.values());
                }
            }
        }
    }
    Ok(points)
}

async fn last_hour_from_logs(
    stack: &Stack,
    functions: &[(&str, &str)],
) -> Result<BTreeMap<String, RecentWork>, CommandError> {
    let outputs = stack.outputs().await?;
    let mut hours = BTreeMap::new();
    for (output, _) in functions {
        let Some(stem) = output.strip_suffix("Function") else { continue };
        let group = outputs.get(&format!("{stem}LogGroup"))?;
        let mut hour = RecentWork::default();
        for line in
            read(stack, group, ago_ms(HOUR), None).await?.iter().filter_map(|line| line.handler_line())
        {
            if let Some(outcome) = line.outcome {
                hour.add_line(&line, outcome);
            }
        }
        hours.insert((*output).to_owned(), hour);
    }
    Ok(hours)
}

fn dimension<'a>(metric: &'a Metric, name: &str) -> Option<&'a str> {
    metric.dimensions().iter().find(|dimension| dimension.name() == Some(name))?.value()
}

/// Rounds a count, which CloudWatch returns as a float.
fn round_count(number: f64) -> u64 {
    number.max(0.0).round() as u64
}
