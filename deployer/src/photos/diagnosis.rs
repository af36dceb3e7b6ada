//! The verdict of `explain`: the state of a photo, the reason, and what to do next.

use std::time::Duration;

use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::escape;
use contract::log::{LogLine, Outcome};
use contract::manifest::Manifest;
use serde::Serialize;
use time::OffsetDateTime;

use crate::error::{CommandError, quoted};
use crate::monitor::functions::{EventSource, FunctionState, function};
use crate::monitor::metrics;
use crate::monitor::queues::Queue;
use crate::photos::{PhotoStore, State};
use crate::s3::objects::current_version;
use crate::s3::versions::Version;
use crate::stack::Stack;

/// How long a photo may have no record before it counts as lost, in seconds.
const USUAL_SECONDS: i64 = 60;

/// The time limit of reading the errors of a function from CloudWatch.
const PATIENCE: Duration = Duration::from_secs(10);

/// The state of a photo or its alt text, with the reason and what to do next.
#[derive(Serialize)]
pub(crate) struct Verdict {
    pub(crate) state: &'static str,
    pub(crate) why: String,
    pub(crate) next: String,
}

impl Verdict {
    pub(crate) fn new(state: &'static str, why: impl Into<String>, next: impl Into<String>) -> Self {
        Self { state, why: why.into(), next: next.into() }
    }
}

/// The photo to judge, and what the functions logged about it.
pub(crate) struct Case<'a> {
    pub(crate) catalog: &'a PhotoStore<'a>,
    pub(crate) stack: &'a Stack,
    /// The latest version.
    pub(crate) latest: &'a Version,
    /// The log lines about all its versions, the newest last.
    pub(crate) lines: &'a [LogLine],
    /// The start of an attempt that has not ended, or `None`.
    pub(crate) attempt: Option<OffsetDateTime>,
}

impl Case<'_> {
    /// Returns the flags for another command on this stack.
    pub(crate) fn flags(&self) -> String {
        self.stack.config.flags()
    }

    /// Returns the key of the photo, quoted for a shell.
    pub(crate) fn key(&self) -> String {
        quoted(&self.latest.key)
    }

    fn replay(&self) -> String {
        format!("run `deployer replay{} {}`", self.flags(), self.key())
    }

    /// Returns the verdict on the thumbnails. `state` is `None` for a delete marker.
    pub(crate) async fn judge(&self, state: Option<State>) -> Result<Verdict, CommandError> {
        match state {
            None => Ok(Verdict::new(
                "removed",
                "a delete marker hides its older versions",
                format!(
                    "upload it again, or run `deployer rm{} {}` to delete every version",
                    self.flags(),
                    self.key()
                ),
            )),
            Some(State::Done(manifest)) => self.is_complete(&manifest).await,
            Some(State::Failed(failure)) => Ok(self.failed(&failure)),
            Some(State::Waiting) if self.catalog.is_folder(&self.latest.key, self.latest.bytes).await? => Ok(
                Verdict::new("folder", "the empty object marks a folder and is not a photo", "nothing to do"),
            ),
            Some(State::Waiting) => self.unrecorded().await,
        }
    }

    async fn is_complete(&self, manifest: &Manifest) -> Result<Verdict, CommandError> {
        let mut missing = Vec::new();
        for thumbnail in &manifest.thumbnails {
            let PhotoStore { s3, thumbnails, .. } = self.catalog;
            if current_version(s3, thumbnails, &thumbnail.key).await?.is_none() {
                missing.push(thumbnail.preset.as_str());
            }
        }
        if missing.is_empty() {
            let damage = if manifest.original.partial {
                "; the file is damaged, so they show only the readable part"
            } else {
                ""
            };
            return Ok(Verdict::new(
                "done",
                format!("the photo has its thumbnails{damage}"),
                format!("run `deployer fetch{} {}` to download them", self.flags(), self.key()),
            ));
        }
        Ok(Verdict::new(
            "incomplete",
            format!("thumbnails that its manifest lists were deleted: {}", missing.join(", ")),
            format!("{} to make them again", self.replay()),
        ))
    }

    /// Explains a permanent failure.
    fn failed(&self, failure: &FailureRecord) -> Verdict {
        let (flags, replay) = (self.flags(), self.replay());
        let raise = |setting: &str| {
            format!("raise `{setting}` in deployer.yaml, run `deployer up{flags}`, then {replay}")
        };
        let next = match failure.reason.as_str() {
            "dead-letter" => return self.dead_letter(failure),
            "empty" | "not-an-image" | "damaged" | "too-many-scans" | "too-long-side" | "too-much-work" => {
                "the file is corrupt or not an image: upload an intact copy of the photo".to_owned()
            }
            "unsupported-format" => {
                "convert the photo to JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF, then upload it again"
                    .to_owned()
            }
            "too-many-bytes" if failure.message.contains("`function.memory`") => raise("function.memory"),
            "too-many-bytes" => raise("limits.bytes"),
            "too-many-pixels" => raise("limits.pixels"),
            "too-much-memory" | "killed" => raise("function.memory"),
            "customer-key" => {
                "upload it again without SSE-C: the function cannot read objects with a customer key"
                    .to_owned()
            }
            "kms-denied" => {
                format!(
                    "allow the role of the thumbnail function to use the KMS key of the photo, then {replay}"
                )
            }
            "archived" => {
                format!("restore it with `aws s3api restore-object`, then {replay}")
            }
            "key-encoding" => {
                "copy the photo to another key: this one is not UTF-8, so the function cannot request it"
                    .to_owned()
            }
            _ => format!("{}; fix the cause, then {replay}", self.see_the_log()),
        };
        Verdict::new("failed", format!("{} ({})", escape(&failure.message), escape(&failure.reason)), next)
    }

    /// Explains a dead letter from the log.
    fn dead_letter(&self, failure: &FailureRecord) -> Verdict {
        let replay = self.replay();
        let (why, next) = match self.last_trouble() {
            _ if self.attempt.is_some() => (
                "the function was killed while it processed the photo, probably out of memory".to_owned(),
                format!(
                    "raise `function.memory` in deployer.yaml, run `deployer up{}`, then {replay}",
                    self.flags()
                ),
            ),
            Some(line) => (said(line), format!("{}, then {replay}", remedy(line))),
            None => (
                "the log has no line about it: Lambda could not run the function, or the log has expired"
                    .to_owned(),
                format!("run `deployer status{}` to check the function, then {replay}", self.flags()),
            ),
        };
        let why = format!("became a dead letter after {}: {why}", attempts(failure.receive_count));
        Verdict::new("failed", why, next)
    }

    /// Returns the last log line about a failed attempt on this version.
    fn last_trouble(&self) -> Option<&LogLine> {
        let version = self.latest.original();
        let is_trouble = |line: &&LogLine| {
            let tried = line.outcome == Some(Outcome::Retry) && line.reason.as_deref() != Some("dead-letter");
            line.version == version.version && tried
        };
        self.lines.iter().rev().find(is_trouble)
    }

    fn see_the_log(&self) -> String {
        format!("run `deployer logs{} --since 1d --key {}` to see each attempt", self.flags(), self.key())
    }

    /// Explains a photo with neither thumbnails nor a failure record.
    async fn unrecorded(&self) -> Result<Verdict, CommandError> {
        let flags = self.flags();
        let outputs = self.stack.outputs().await?;
        let function = function(self.stack, outputs.get("ThumbnailFunction")?).await?;
        if let Some(verdict) = self.is_stopped(&function) {
            return Ok(verdict);
        }
        let queue = Queue::read(self.stack, outputs.queue(Function::Thumbnail)?).await?;
        if queue.messages() > 0 {
            return self.in_the_queue(queue, &function).await;
        }
        for (name, url) in outputs.queues().filter(|(name, _)| name.contains("DeadLetter")) {
            let letters = Queue::read(self.stack, url).await?.messages();
            if letters > 0 {
                return Ok(Verdict::new(
                    "stopped",
                    format!(
                        "it may be one of {letters} dead letters in {name} that the failover function has not \
                         recorded yet"
                    ),
                    format!(
                        "run this command again in 6 minutes, since the function waits 5 minutes for a batch; if the dead \
                         letters stay, run `deployer logs{flags} --failed` to see why"
                    ),
                ));
            }
        }
        let age = (OffsetDateTime::now_utc() - self.latest.last_modified).whole_seconds();
        if age < USUAL_SECONDS {
            return Ok(Verdict::new(
                "waiting",
                format!("it was uploaded {age} s ago; its message may be in flight"),
                "run this command again in a minute",
            ));
        }
        Ok(Verdict::new(
            "lost",
            "the catalog has no record of it and no queue has a message: its event was lost or purged",
            format!(
                "{}; run `deployer audit{flags}` to find other lost photos, and `deployer backfill{flags}` to process \
                 them all",
                self.replay()
            ),
        ))
    }

    /// Returns a verdict if the thumbnail function cannot run or receives no messages.
    fn is_stopped(&self, function: &FunctionState) -> Option<Verdict> {
        let flags = self.flags();
        if !matches!(function.state.as_str(), "Active" | "Inactive") {
            let reason = function.reason.as_ref();
            let reason = reason.map_or_else(String::new, |reason| format!(": {}", escape(reason)));
            return Some(Verdict::new(
                "stopped",
                format!("the thumbnail function cannot run: its state is {}{reason}", function.state),
                format!(
                    "run `deployer status{flags}` to see its state, or `deployer up{flags}` to deploy it again"
                ),
            ));
        }
        match &function.event_source {
            None => Some(Verdict::new(
                "stopped",
                "the thumbnail function receives no messages: its event source mapping was deleted",
                format!("run `deployer up{flags}` to restore it"),
            )),
            Some(source) if source.is_disabled() => Some(Verdict::new(
                "stopped",
                format!(
                    "the thumbnail function receives no messages: its event source mapping is {}; photos wait in the \
                     queue for up to 4 days",
                    source.state
                ),
                format!("run `aws lambda update-event-source-mapping --enabled --uuid {}`", source.id),
            )),
            Some(_) => None,
        }
    }

    async fn in_the_queue(&self, queue: Queue, function: &FunctionState) -> Result<Verdict, CommandError> {
        let flags = self.flags();
        if let Some(begun) = self.attempt {
            let seconds = (OffsetDateTime::now_utc() - begun).whole_seconds();
            if seconds <= i64::from(function.timeout) {
                return Ok(Verdict::new(
                    "retrying",
                    format!(
                        "an earlier attempt did not finish; the function has been processing it alone for {seconds} s"
                    ),
                    "wait",
                ));
            }
            return Ok(Verdict::new(
                "retrying",
                "the function was killed while it processed the photo, probably out of memory",
                format!(
                    "wait for the last attempt, or raise `function.memory` in deployer.yaml, then run \
                     `deployer up{flags}`"
                ),
            ));
        }
        if let Some(line) = self.last_trouble() {
            let next = format!("{}; SQS retries automatically", remedy(line));
            return Ok(Verdict::new("retrying", said(line), next));
        }
        if let Some(broken) = self.broken(function).await {
            return Ok(Verdict::new(
                "retrying",
                format!("the thumbnail function fails: {broken} crashed, were killed or timed out"),
                format!(
                    "run `deployer logs{flags} --since 15m` to see why, or `deployer up{flags}` to deploy its code and \
                     settings again"
                ),
            ));
        }
        Ok(Verdict::new(
            "waiting",
            format!(
                "its message is in the queue, which has {} messages waiting and {} in flight or delayed",
                queue.waiting, queue.in_flight
            ),
            format!("wait, or run `deployer status{flags} --watch` to watch the queue"),
        ))
    }

    /// Describes the recent failed invocations of the function, or returns `None` if there are none.
    async fn broken(&self, function: &FunctionState) -> Option<String> {
        // Without an answer from CloudWatch, the event source mapping may still report a failure.
        let asked = tokio::time::timeout(PATIENCE, metrics::errors(self.stack, &function.name)).await;
        let errors = asked.map_or(0, |errors| errors.unwrap_or(0));
        let has_failed = function.event_source.as_ref().is_some_and(EventSource::has_failed);
        match errors {
            0 => has_failed.then(|| "recent invocations".to_owned()),
            count => Some(format!("{count} invocations in the last 15 minutes")),
        }
    }
}

/// Returns the number of attempts before a message with this receive count became a dead letter.
fn attempts(receives: u32) -> String {
    // The count includes one receive by the failover function. More than one cannot be distinguished.
    match receives.saturating_sub(1) {
        1 => "1 attempt".to_owned(),
        count => format!("{count} attempts"),
    }
}

/// Describes a failed attempt.
fn said(line: &LogLine) -> String {
    let message = escape(line.message.as_deref().unwrap_or_default());
    let reason = line.reason.as_deref().unwrap_or("unknown");
    format!("attempt {} failed: {message} ({reason})", line.receive_count)
}

/// Returns what to do about a failed attempt.
fn remedy(line: &LogLine) -> &'static str {
    match line.reason.as_deref().unwrap_or_default() {
        "denied" => {
            "fix the permission: the role of the thumbnail function, the bucket policy or the ACL denies access"
        }
        "throttled" | "unavailable" | "no-answer" | "cut" => {
            "no fix needed: S3 had a temporary problem (run `deployer status` to see whether it continues)"
        }
        "out-of-time" => "raise `function.memory` or `function.timeout` in deployer.yaml, run `deployer up`",
        "panicked" => "report this bug with the photo",
        _ => "fix the cause that it names",
    }
}
