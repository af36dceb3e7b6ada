//! The state and recent work of a stack, which `up` and `status` show.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use console::Style;
use contract::key::escape;
use serde::Serialize;
use time::OffsetDateTime;

use crate::error::CommandError;
use crate::monitor::alarms::{Alarm, read_alarms};
use crate::monitor::functions::{FunctionState, read_functions};
use crate::monitor::metrics::{self, RecentWork};
use crate::monitor::queues::Queue;
use crate::stack::{Outputs, Stack};
use crate::ui::format_time_ms;

/// The time limit of each part, so that one slow service does not block the others.
const PART_TIMEOUT: Duration = Duration::from_secs(15);

/// The state of a stack and its outputs.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    /// The name of the stack.
    stack: String,
    /// Its status in CloudFormation.
    status: String,
    /// The reason for its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Its region.
    region: String,
    /// Its endpoint, or `None` for AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    /// The queues, by the name of their output without `Url`.
    queues: BTreeMap<String, Queue>,
    /// The base URL of the photos, if the stack delivers them.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    /// Its recent work, which `up` does not read.
    #[serde(flatten)]
    work: Option<Activity>,
    /// Its outputs by name: buckets, queues, functions.
    outputs: BTreeMap<String, String>,
}

/// The functions, alarms, and recent work of a stack.
#[derive(Debug, Default, Serialize)]
struct Activity {
    /// The functions, by the name of their output.
    functions: BTreeMap<String, FunctionState>,
    alarms: Vec<Alarm>,
    /// The work of the functions, by the name of their output.
    last_hour: BTreeMap<String, RecentWork>,
    /// The errors of the parts that could not be read.
    unknown: Vec<String>,
}

impl Status {
    /// Reads the stack and its queues.
    pub(crate) async fn read(stack: &Stack) -> Result<Self, CommandError> {
        let (mut status, outputs) = Self::read_stack(stack).await?;
        status.queues = read_queues(stack, &outputs).await?;
        Ok(status)
    }

    /// Reads the stack without its queues.
    async fn read_stack(stack: &Stack) -> Result<(Self, Outputs), CommandError> {
        let Some(found) = stack.describe().await? else { return Err(stack.missing_error()) };
        let outputs = Outputs::from_stack(&found);
        let status = Self {
            stack: stack.name().to_owned(),
            status: found.stack_status().map_or_else(String::new, |status| status.as_str().to_owned()),
            reason: found.stack_status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
            region: stack.aws.region().to_owned(),
            endpoint: stack.aws.endpoint().map(str::to_owned),
            queues: BTreeMap::new(),
            delivery: stack.delivery_base_in(&outputs),
            work: None,
            outputs: outputs.all().clone(),
        };
        Ok((status, outputs))
    }

    /// Reads the stack, the queues, the functions, the alarms, and the metrics. A part that cannot be read is listed as
    /// unknown, so that the rest is available during an outage.
    pub(crate) async fn read_all(stack: &Stack) -> Result<Self, CommandError> {
        let (mut status, outputs) = Self::read_stack(stack).await?;
        let names: Vec<(&str, &str)> = status
            .outputs
            .iter()
            // The delivery function serves requests and processes no messages.
            .filter(|(output, _)| output.ends_with("Function") && *output != "DeliveryFunction")
            .map(|(output, name)| (output.as_str(), name.as_str()))
            .collect();
        let queues: Vec<(String, String)> = outputs
            .queue_urls()
            .map(|(output, url)| (output.to_owned(), url.rsplit('/').next().unwrap_or(url).to_owned()))
            .collect();
        let (counts, functions, alarms, last_hour, oldest) = tokio::join!(
            within_timeout("the queues", read_queues(stack, &outputs)),
            within_timeout("the functions", read_functions(stack)),
            within_timeout("the alarms", read_alarms(stack)),
            within_timeout("the last hour", metrics::last_hour(stack, &names)),
            within_timeout("the age of the oldest messages", metrics::oldest_ages(stack, &queues)),
        );
        let mut unknown = Vec::new();
        status.queues = or_unknown(counts, &mut unknown);
        let work = Activity {
            functions: or_unknown(functions, &mut unknown),
            alarms: or_unknown(alarms, &mut unknown),
            last_hour: or_unknown(last_hour, &mut unknown),
            unknown: Vec::new(),
        };
        for (name, seconds) in or_unknown(oldest, &mut unknown) {
            if let Some(queue) = status.queues.get_mut(&name).filter(|queue| queue.messages() > 0) {
                queue.oldest_seconds = Some(seconds);
            }
        }
        status.work = Some(Activity { unknown, ..work });
        Ok(status)
    }

    /// Returns the status as text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(out, "{name:<28} {value}");
        };
        line("stack", &self.stack);
        line("status", &self.status);
        if let Some(reason) = &self.reason {
            line("reason", &escape(reason));
        }
        line("region", &self.region);
        if let Some(endpoint) = &self.endpoint {
            line("endpoint", endpoint);
        }
        if let Some(base) = &self.delivery {
            line("delivery", base);
        }
        for (name, queue) in &self.queues {
            line(name, &queue.text(name.contains("DeadLetter")));
        }
        if let Some(work) = &self.work {
            work.lines(&mut line);
        }
        let is_shown = |name: &str| match &self.work {
            // The output is already listed above.
            Some(work) if work.functions.contains_key(name) => false,
            _ => !name.ends_with("Url") && name != "DeliveryAddress",
        };
        for (name, value) in self.outputs.iter().filter(|(name, _)| is_shown(name)) {
            line(name, value);
        }
        out
    }

    /// Returns the status as text with the current time.
    pub(crate) fn text_with_time(&self) -> String {
        format!("{}\n{}", format_time_ms(OffsetDateTime::now_utc()), self.text())
    }
}

/// Returns the queues in `outputs`, by the name of their output without `Url`.
async fn read_queues(stack: &Stack, outputs: &Outputs) -> Result<BTreeMap<String, Queue>, CommandError> {
    let mut queues = BTreeMap::new();
    for (name, url) in outputs.queue_urls() {
        queues.insert(name.to_owned(), Queue::read(stack, url).await?);
    }
    Ok(queues)
}

/// Runs `request` with a time limit.
async fn within_timeout<T>(
    what: &str,
    request: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    tokio::time::timeout(PART_TIMEOUT, request).await.unwrap_or_else(|_| {
        Err(CommandError::failed(format!("{what}: no response within {} s", PART_TIMEOUT.as_secs())))
    })
}

/// Returns the result, or the default after adding the error to `unknown`.
fn or_unknown<T: Default>(found: Result<T, CommandError>, unknown: &mut Vec<String>) -> T {
    found.unwrap_or_else(|error| {
        unknown.push(error.message);
        T::default()
    })
}

impl Activity {
    fn lines(&self, line: &mut impl FnMut(&str, &str)) {
        for (name, function) in &self.functions {
            line(name, &function.text());
        }
        let in_alarm = self.alarms.iter().filter(|alarm| alarm.is_in_alarm());
        let red = Style::new().red().bold();
        let mut count = 0;
        for alarm in in_alarm {
            count += 1;
            line("ALARM", &format!("{}: {}", red.apply_to(&alarm.name), escape(&alarm.description)));
        }
        if count == 0 && !self.alarms.is_empty() {
            line("alarms", &format!("0 of {} in ALARM", self.alarms.len()));
        }
        for (name, hour) in &self.last_hour {
            let function = name.strip_suffix("Function").unwrap_or(name).to_lowercase();
            line(&format!("last hour, {function}"), &hour.text());
        }
        for what in &self.unknown {
            line("unknown", &escape(what));
        }
    }
}

impl FunctionState {
    fn text(&self) -> String {
        let state = if self.state == "Active" {
            Style::new().green().apply_to(&self.state)
        } else {
            Style::new().red().bold().apply_to(&self.state)
        };
        let mut text = format!("{}: {state}", self.name);
        if self.last_update != "Successful" {
            let _ = write!(text, ", last update {}", self.last_update);
        }
        if let Some(reason) = &self.reason {
            let _ = write!(text, " ({})", escape(reason));
        }
        let _ = write!(text, ", {} MB, {} s", self.memory, self.timeout);
        if let Some(source) = &self.event_source {
            if source.is_disabled() {
                let _ =
                    write!(text, ", {}", Style::new().red().bold().apply_to("event source mapping disabled"));
            }
            if source.has_failed() {
                let _ = write!(text, ", {}", Style::new().red().bold().apply_to("last invocation failed"));
            }
            if let Some(most) = source.maximum_concurrency {
                let _ = write!(text, ", maximum concurrency {most}");
            }
        }
        let _ = write!(text, ", updated {}", self.updated_at.split('.').next().unwrap_or_default());
        text
    }
}

impl RecentWork {
    fn text(&self) -> String {
        let Self { done, bytes, failed, retried, failures } = self;
        let mut text = format!("{done} done");
        if *done > 0 {
            let _ = write!(text, " ({} read)", indicatif::HumanBytes(*bytes));
        }
        let _ = write!(text, ", {failed} failed");
        if !failures.is_empty() {
            let reasons: Vec<String> =
                failures.iter().map(|(reason, count)| format!("{} {count}", escape(reason))).collect();
            let _ = write!(text, " ({})", reasons.join(", "));
        }
        let _ = write!(text, ", {retried} retried");
        text
    }
}
