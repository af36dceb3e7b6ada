//! The diagnosis of `explain`: the state of a photo, the reason, and what to do next.

use std::time::Duration;

use contract::failure::FailureRecord;
use contract::function::Function;
use contract::key::escape;
use contract::log::{LogLine, Outcome};
use contract::manifest::Manifest;
use serde::Serialize;
use time::OffsetDateTime;

use crate::error::{CommandError, shell_operand, shell_quote};
use crate::monitor::functions::{EventSource, FunctionState, read_function};
use crate::monitor::metrics;
use crate::monitor::queues::Queue;
use crate::photos::{PhotoState, PhotoStore};
use crate::s3::objects::current_version;
use crate::s3::versions::Version;
use crate::stack::Stack;
use crate::ui::format_count;

/// How long a photo may be without a record before it counts as lost, in seconds.
const LOST_AFTER_SECONDS: i64 = 60;

/// The time limit of reading the errors of a function from CloudWatch.
const METRICS_TIMEOUT: Duration = Duration::from_secs(10);

/// The state of a photo or its alt text, with the reason and what to do next.
#[derive(Serialize)]
pub(crate) struct Diagnosis {
    pub(crate) state: &'static str,
    pub(crate) why: String,
    pub(crate) next: String,
}

impl Diagnosis {
    pub(crate) fn new(state: &'static str, why: impl Into<String>, next: impl Into<String>) -> Self {
        Self { state, why: why.into(), next: next.into() }
    }
}

/// A photo, and what the functions logged about it.
pub(crate) struct DiagnosisInput<'a> {
    pub(crate) store: &'a PhotoStore<'a>,
    pub(crate) stack: &'a Stack,
    /// The latest version.
    pub(crate) latest: &'a Version,
    /// The log lines about all its versions, the newest last.
    pub(crate) lines: &'a [LogLine],
    /// The start of an attempt that has not ended, or `None`.
    pub(crate) attempt: Option<OffsetDateTime>,
}

impl DiagnosisInput<'_> {
    /// Returns the flags for another command on this stack.
    pub(crate) fn flags(&self) -> String {
        self.stack.config.flags()
    }

    /// Returns the key of the photo as the last argument of a command.
    pub(crate) fn key(&self) -> String {
        shell_operand(&self.latest.key)
    }

    /// Returns the key of the photo as an option.
    pub(crate) fn key_option(&self) -> String {
        format!("--key={}", shell_quote(&self.latest.key))
    }

    fn replay(&self) -> String {
        format!("run `deployer replay{} {}`", self.flags(), self.key())
    }

    /// Returns the diagnosis of the thumbnails. `state` is `None` for a delete marker.
    pub(crate) async fn diagnose(&self, state: Option<PhotoState>) -> Result<Diagnosis, CommandError> {
        match state {
            None => Ok(Diagnosis::new(
                "removed",
                "a delete marker hides the older versions of the photo",
                format!(
                    "upload it again, or run `deployer rm{} {}` to delete every version",
                    self.flags(),
                    self.key()
                ),
            )),
            Some(PhotoState::Done(manifest)) => self.diagnose_done(&manifest).await,
            Some(PhotoState::Failed(failure)) => Ok(self.diagnose_failure(&failure)),
            Some(PhotoState::Waiting)
                if self.store.is_folder(&self.latest.key, self.latest.bytes).await? =>
            {
                Ok(Diagnosis::new(
                    "folder",
                    "the empty object marks a folder and is not a photo",
                    "nothing to do",
                ))
            }
            Some(PhotoState::Waiting) => self.diagnose_unrecorded().await,
        }
    }

    async fn diagnose_done(&self, manifest: &Manifest) -> Result<Diagnosis, CommandError> {
        let mut missing = Vec::new();
        for thumbnail in &manifest.thumbnails {
            let PhotoStore { s3, thumbnails, .. } = self.store;
            if current_version(s3, thumbnails, &thumbnail.key).await?.is_none() {
                missing.push(thumbnail.preset.as_str());
            }
        }
        if missing.is_empty() {
            let damage = if manifest.original.partial {
                "; they show only the readable part of the file, because the rest is damaged or not supported"
            } else {
                ""
            };
            return Ok(Diagnosis::new(
                "done",
                format!("the photo has its thumbnails{damage}"),
                format!("run `deployer fetch{} {}` to download them", self.flags(), self.key()),
            ));
        }
        Ok(Diagnosis::new(
            "incomplete",
            format!("thumbnails in its manifest are missing: {}", missing.join(", ")),
            format!("{} to make them again", self.replay()),
        ))
    }

    /// Explains a permanent failure.
    fn diagnose_failure(&self, failure: &FailureRecord) -> Diagnosis {
        let (flags, replay) = (self.flags(), self.replay());
        let change =
            |setting: &str| format!("{setting} in deployer.yaml, run `deployer up{flags}`, then {replay}");
        let raise = |setting: &str| change(&format!("raise `{setting}`"));
        let next = match failure.reason.as_str() {
            "dead-letter" => return self.diagnose_dead_letter(failure),
            "empty" | "not-an-image" | "damaged" => {
                "the file is corrupt or not an image: upload an intact copy of the photo".to_owned()
            }
            "too-many-scans" | "too-much-work" => {
                "export the photo again with another program, then upload it again".to_owned()
            }
            "too-long-side" => {
                "the photo is too wide or too tall: scale it down, then upload it again".to_owned()
            }
            "unsupported-format" if failure.message.starts_with("JPEG XL is") => {
                change("set `jpeg_xl: true`")
            }
            "unsupported-format" if failure.message.starts_with("SVG is") => change("set `svg: true`"),
            "unsupported-format" => {
                "convert the photo to another format, such as JPEG or PNG, then upload it again".to_owned()
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
                format!(
                    "run `aws s3api restore-object --bucket {} {} --restore-request Days=7{}`; the function processes \
                     the photo when S3 has restored it",
                    self.store.originals,
                    self.key_option(),
                    self.stack.aws_flags()
                )
            }
            "key-encoding" => {
                "copy the photo to another key: this one is not UTF-8, so the function cannot request it"
                    .to_owned()
            }
            _ => format!("{}; fix the cause, then {replay}", self.see_log()),
        };
        Diagnosis::new("failed", format!("{} ({})", escape(&failure.message), escape(&failure.reason)), next)
    }

    /// Explains a dead letter from the log.
    fn diagnose_dead_letter(&self, failure: &FailureRecord) -> Diagnosis {
        let replay = self.replay();
        let (why, next) = match self.last_failed_attempt() {
            _ if self.attempt.is_some() => (
                "the function was killed while it processed the photo, probably out of memory".to_owned(),
                format!(
                    "raise `function.memory` in deployer.yaml, run `deployer up{}`, then {replay}",
                    self.flags()
                ),
            ),
            Some(line) => {
                (describe_attempt(line), format!("{}, then {replay}", suggest_fix(line, &self.flags())))
            }
            None => (
                "the log has no line about it: Lambda could not run the function, or the log has expired"
                    .to_owned(),
                format!("run `deployer status{}` to check the function, then {replay}", self.flags()),
            ),
        };
        let why = format!("became a dead letter after {}: {why}", count_attempts(failure.receive_count));
        Diagnosis::new("failed", why, next)
    }

    /// Returns the last log line about a failed attempt on this version.
    fn last_failed_attempt(&self) -> Option<&LogLine> {
        let version = self.latest.original();
        let is_failed_attempt = |line: &&LogLine| {
            let has_failed =
                line.outcome == Some(Outcome::Retry) && line.reason.as_deref() != Some("dead-letter");
            line.version == version.version && has_failed
        };
        self.lines.iter().rev().find(is_failed_attempt)
    }

    fn see_log(&self) -> String {
        format!("run `deployer logs{} --since 1d {}` to see each attempt", self.flags(), self.key_option())
    }

    /// Explains a photo with neither thumbnails nor a failure record.
    async fn diagnose_unrecorded(&self) -> Result<Diagnosis, CommandError> {
        let flags = self.flags();
        let outputs = self.stack.outputs().await?;
        let function = read_function(self.stack, outputs.get("ThumbnailFunction")?).await?;
        if let Some(diagnosis) = self.diagnose_stopped(&function) {
            return Ok(diagnosis);
        }
        let queue = Queue::read(self.stack, outputs.queue_url(Function::Thumbnail)?).await?;
        if queue.messages() > 0 {
            return self.diagnose_queued(queue, &function).await;
        }
        for (name, url) in outputs.queue_urls().filter(|(name, _)| name.contains("DeadLetter")) {
            let dead_letters = Queue::read(self.stack, url).await?.messages();
            if dead_letters > 0 {
                return Ok(Diagnosis::new(
                    "stopped",
                    format!(
                        "{name} has {}, which the failover function has not recorded yet and which may include this \
                         photo",
                        format_count(dead_letters, "dead letter")
                    ),
                    format!(
                        "run this command again in 6 minutes, because the failover function collects dead letters for up \
                         to 5 minutes; if they stay, run `deployer logs{flags} --failed` to see why"
                    ),
                ));
            }
        }
        let age = (OffsetDateTime::now_utc() - self.latest.last_modified).whole_seconds();
        if age < LOST_AFTER_SECONDS {
            return Ok(Diagnosis::new(
                "waiting",
                format!("the photo was uploaded {age} s ago; its message may be in flight"),
                "run this command again in a minute",
            ));
        }
        Ok(Diagnosis::new(
            "lost",
            "the catalog has no record of the photo, and no queue has a message: its event was lost or purged",
            format!(
                "{}; run `deployer audit{flags}` to find other lost photos, and `deployer backfill{flags}` to process \
                 them all",
                self.replay()
            ),
        ))
    }

    /// Returns a diagnosis if the thumbnail function cannot run or receives no messages.
    fn diagnose_stopped(&self, function: &FunctionState) -> Option<Diagnosis> {
        let flags = self.flags();
        if !matches!(function.state.as_str(), "Active" | "Inactive") {
            let reason = function.reason.as_ref();
            let reason = reason.map_or_else(String::new, |reason| format!(": {}", escape(reason)));
            return Some(Diagnosis::new(
                "stopped",
                format!("the thumbnail function cannot run: its state is {}{reason}", function.state),
                format!(
                    "run `deployer status{flags}` to see its state, or `deployer up{flags}` to deploy it again"
                ),
            ));
        }
        match &function.event_source {
            None => Some(Diagnosis::new(
                "stopped",
                "the thumbnail function receives no messages: its event source mapping was deleted",
                format!("run `deployer up{flags}` to restore it"),
            )),
            Some(source) if source.is_disabled() => Some(Diagnosis::new(
                "stopped",
                format!(
                    "the thumbnail function receives no messages: its event source mapping is {}; photos wait in the \
                     queue for up to 4 days",
                    source.state
                ),
                format!(
                    "run `aws lambda update-event-source-mapping --enabled --uuid {}{}`",
                    source.id,
                    self.stack.aws_flags()
                ),
            )),
            Some(_) => None,
        }
    }

    async fn diagnose_queued(
        &self,
        queue: Queue,
        function: &FunctionState,
    ) -> Result<Diagnosis, CommandError> {
        let flags = self.flags();
        if let Some(started) = self.attempt {
            let seconds = (OffsetDateTime::now_utc() - started).whole_seconds();
            if seconds <= i64::from(function.timeout) {
                return Ok(Diagnosis::new(
                    "retrying",
                    format!(
                        "an earlier attempt did not finish; the function has been processing the photo alone for {seconds} s"
                    ),
                    "wait",
                ));
            }
            return Ok(Diagnosis::new(
                "retrying",
                "the function was killed while it processed the photo, probably out of memory",
                format!(
                    "wait for the last attempt; or raise `function.memory` in deployer.yaml and run \
                     `deployer up{flags}`"
                ),
            ));
        }
        if let Some(line) = self.last_failed_attempt() {
            let next = format!("{}; SQS retries automatically", suggest_fix(line, &flags));
            return Ok(Diagnosis::new("retrying", describe_attempt(line), next));
        }
        if let Some(invocations) = self.describe_failed_invocations(function).await {
            return Ok(Diagnosis::new(
                "retrying",
                format!(
                    "the thumbnail function is failing: {invocations} crashed, ran out of memory, or timed out"
                ),
                format!(
                    "run `deployer logs{flags} --since 15m` to see why, or `deployer up{flags}` to deploy its code and \
                     settings again"
                ),
            ));
        }
        Ok(Diagnosis::new(
            "waiting",
            format!(
                "its message is in the queue, which has {} waiting and {} in flight or delayed",
                format_count(queue.waiting, "message"),
                queue.in_flight
            ),
            format!("wait, or run `deployer status{flags} --watch` to watch the queue"),
        ))
    }

    /// Describes the recent failed invocations of the function, or returns `None` if there are none.
    async fn describe_failed_invocations(&self, function: &FunctionState) -> Option<String> {
        // Without a response from CloudWatch, the event source mapping may still report a failure.
        let response =
            tokio::time::timeout(METRICS_TIMEOUT, metrics::recent_errors(self.stack, &function.name)).await;
        let errors = response.map_or(0, |errors| errors.unwrap_or(0));
        let has_failed = function.event_source.as_ref().is_some_and(EventSource::has_failed);
        match errors {
            0 => has_failed.then(|| "recent invocations".to_owned()),
            count => Some(format!("{} in the last 15 minutes", format_count(count, "invocation"))),
        }
    }
}

/// Returns the number of attempts before a message with this receive count became a dead letter.
fn count_attempts(receives: u32) -> String {
    // The count includes one receive by the failover function. If it received the message several times, the number of
    // its receives is unknown.
    format_count(u64::from(receives.saturating_sub(1)), "attempt")
}

/// Describes a failed attempt.
fn describe_attempt(line: &LogLine) -> String {
    let message = escape(line.message.as_deref().unwrap_or_default());
    let reason = line.reason.as_deref().unwrap_or("unknown");
    format!("attempt {} failed: {message} ({reason})", line.receive_count)
}

/// Returns what to do about a failed attempt. `flags` are for the commands.
fn suggest_fix(line: &LogLine, flags: &str) -> String {
    match line.reason.as_deref().unwrap_or_default() {
        "denied" => {
            "fix the permission (the role of the thumbnail function, the bucket policy, or the ACL denies access)"
                .to_owned()
        }
        "throttled" | "unavailable" | "no-response" | "cut" => {
            format!("run `deployer status{flags}` to see whether S3 still has a temporary problem")
        }
        "out-of-time" => {
            format!(
                "raise `function.memory` or `function.timeout` in deployer.yaml, run `deployer up{flags}`"
            )
        }
        "panicked" => "report this bug to the developers, and attach the photo".to_owned(),
        _ => "fix the cause that the message names".to_owned(),
    }
}
