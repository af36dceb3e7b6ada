//! The verdict of `explain`: what has become of a photo, why, and what to do next.

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

/// How long a photo may be without a record before it is strange, in seconds.
const USUAL_SECONDS: i64 = 60;

/// How long CloudWatch may take to tell of a broken function.
const PATIENCE: Duration = Duration::from_secs(10);

/// What has become of a photo, or of its alt text.
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

/// Who asks about which photo, and what the functions have said of it.
pub(crate) struct Case<'a> {
    pub(crate) catalog: &'a PhotoStore<'a>,
    pub(crate) stack: &'a Stack,
    /// The version that counts.
    pub(crate) latest: &'a Version,
    /// What was logged of all its versions, the newest last.
    pub(crate) lines: &'a [LogLine],
    /// When an attempt began that has not ended; none where there is none.
    pub(crate) attempt: Option<OffsetDateTime>,
}

impl Case<'_> {
    /// The flags that make another command work on this stack.
    pub(crate) fn flags(&self) -> String {
        self.stack.config.flags()
    }

    /// The photo's key as a shell takes it.
    pub(crate) fn key(&self) -> String {
        quoted(&self.latest.key)
    }

    fn replay(&self) -> String {
        format!("`deployer replay{} {}`", self.flags(), self.key())
    }

    /// The verdict on the thumbnails; `state` is none of a delete marker.
    pub(crate) async fn judge(&self, state: Option<State>) -> Result<Verdict, CommandError> {
        match state {
            None => Ok(Verdict::new(
                "removed",
                "it was removed; older versions are kept behind the delete marker",
                format!(
                    "upload it again, or run `deployer rm{} {}` to remove every version",
                    self.flags(),
                    self.key()
                ),
            )),
            Some(State::Done(manifest)) => self.is_complete(&manifest).await,
            Some(State::Failed(failure)) => Ok(self.failed(&failure)),
            Some(State::Waiting) if self.catalog.is_folder(&self.latest.key, self.latest.bytes).await? => Ok(
                Verdict::new("folder", "it is no photo: an empty object that stands for a folder", "nothing"),
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
                "; the file is damaged, they show what could be read"
            } else {
                ""
            };
            return Ok(Verdict::new(
                "done",
                format!("it has its thumbnails{damage}"),
                format!("`deployer fetch{} {}` downloads them", self.flags(), self.key()),
            ));
        }
        Ok(Verdict::new(
            "incomplete",
            format!("somebody has removed thumbnails that its manifest names: {}", missing.join(", ")),
            format!("{} makes them again", self.replay()),
        ))
    }

    /// Why it failed for good, and what helps.
    fn failed(&self, failure: &FailureRecord) -> Verdict {
        let (flags, replay) = (self.flags(), self.replay());
        let raise = |setting: &str| {
            format!("raise `{setting}` in deployer.yaml, run `deployer up{flags}`, then {replay}")
        };
        let next = match failure.reason.as_str() {
            "dead-letter" => return self.dead_letter(failure),
            "empty" | "not-an-image" | "damaged" | "too-many-scans" | "too-long-side" | "too-much-work" => {
                "the file itself is the trouble: upload a sound copy of the photo".to_owned()
            }
            "unsupported-format" => {
                "convert it to JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF, and upload that".to_owned()
            }
            "too-many-bytes" if failure.message.contains("`function.memory`") => raise("function.memory"),
            "too-many-bytes" => raise("limits.bytes"),
            "too-many-pixels" => raise("limits.pixels"),
            "too-much-memory" | "killed" => raise("function.memory"),
            "customer-key" => {
                "upload it again without a key of your own (SSE-C): nobody else can read it".to_owned()
            }
            "kms-denied" => {
                format!("let the thumbnail function's role use the photo's KMS key, then {replay}")
            }
            "archived" => {
                format!("bring it back with `aws s3api restore-object`, and when it is back {replay}")
            }
            "key-encoding" => {
                "its key is not UTF-8, so nothing can ask for it: copy it to another key".to_owned()
            }
            _ => format!("{}; mend the cause, then {replay}", self.see_the_log()),
        };
        Verdict::new("failed", format!("{} ({})", escape(&failure.message), escape(&failure.reason)), next)
    }

    /// Why every delivery was in vain, as the log tells, and what helps.
    fn dead_letter(&self, failure: &FailureRecord) -> Verdict {
        let replay = self.replay();
        let (why, next) = match self.last_trouble() {
            _ if self.attempt.is_some() => (
                "the function was killed while it worked on it, most likely for want of memory".to_owned(),
                format!(
                    "raise `function.memory` in deployer.yaml, run `deployer up{}`, then {replay}",
                    self.flags()
                ),
            ),
            Some(line) => (said(line), format!("{}, then {replay}", remedy(line))),
            None => (
                "the log says nothing of it: the function could not be run, or its log is no longer kept"
                    .to_owned(),
                format!("`deployer status{}` shows whether it runs now; then {replay}", self.flags()),
            ),
        };
        let why = format!("given up after {} (dead-letter): {why}", attempts(failure.receive_count));
        Verdict::new("failed", why, next)
    }

    /// The last line of the log that says why an attempt on this version did not succeed.
    fn last_trouble(&self) -> Option<&LogLine> {
        let version = self.latest.original();
        let is_trouble = |line: &&LogLine| {
            let tried = line.outcome == Some(Outcome::Retry) && line.reason.as_deref() != Some("dead-letter");
            line.version == version.version && tried
        };
        self.lines.iter().rev().find(is_trouble)
    }

    fn see_the_log(&self) -> String {
        format!("`deployer logs{} --since 1d --key {}` shows each attempt", self.flags(), self.key())
    }

    /// Neither thumbnails nor a failure record: on its way, stuck, or lost.
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
                        "{letters} dead letters stand in {name}, it may be one of them: the failover function \
                         has not recorded them yet"
                    ),
                    format!(
                        "ask again in six minutes, it takes five minutes' together; if they stay, `deployer logs{flags} --failed` shows why"
                    ),
                ));
            }
        }
        let age = (OffsetDateTime::now_utc() - self.latest.last_modified).whole_seconds();
        if age < USUAL_SECONDS {
            return Ok(Verdict::new(
                "waiting",
                format!("it came {age} seconds ago; its message may be on its way"),
                "ask again in a minute",
            ));
        }
        Ok(Verdict::new(
            "lost",
            "there is no record of it and no message in any queue: its event never came, or was purged",
            format!(
                "{} sends it again; `deployer audit{flags}` finds others like it, `deployer backfill{flags}` \
                 sends them all",
                self.replay()
            ),
        ))
    }

    /// Whether the thumbnail function cannot run, or is given nothing to do.
    fn is_stopped(&self, function: &FunctionState) -> Option<Verdict> {
        let flags = self.flags();
        if !matches!(function.state.as_str(), "Active" | "Inactive") {
            let reason = function.reason.as_ref();
            let reason = reason.map_or_else(String::new, |reason| format!(": {}", escape(reason)));
            return Some(Verdict::new(
                "stopped",
                format!("the thumbnail function cannot run, it is {}{reason}", function.state),
                format!("`deployer status{flags}` shows it; `deployer up{flags}` deploys it again"),
            ));
        }
        match &function.event_source {
            None => Some(Verdict::new(
                "stopped",
                "nothing gives the thumbnail function its messages: its event source mapping is gone",
                format!("make the stack whole again with `deployer up{flags}`"),
            )),
            Some(source) if source.is_disabled() => Some(Verdict::new(
                "stopped",
                format!(
                    "the thumbnail function is not given any messages: somebody has set its event source \
                     mapping to {}; photos wait in the queue for up to 4 days",
                    source.state
                ),
                format!("`aws lambda update-event-source-mapping --enabled --uuid {}`", source.id),
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
                        "an earlier attempt did not come to its end; it has been worked on alone for {seconds} seconds"
                    ),
                    "wait",
                ));
            }
            return Ok(Verdict::new(
                "retrying",
                "the function was killed while it worked on it, most likely for want of memory",
                format!(
                    "wait for the last attempt, or raise `function.memory` in deployer.yaml and run \
                     `deployer up{flags}`"
                ),
            ));
        }
        if let Some(line) = self.last_trouble() {
            let next = format!("{}; it is tried again by itself", remedy(line));
            return Ok(Verdict::new("retrying", said(line), next));
        }
        if let Some(broken) = self.broken(function).await {
            return Ok(Verdict::new(
                "retrying",
                format!(
                    "the thumbnail function itself breaks: {broken} ended without an answer (crashed, killed or \
                     out of time)"
                ),
                format!(
                    "`deployer logs{flags} --since 15m` shows what it says; `deployer up{flags}` deploys its code and \
                     settings again"
                ),
            ));
        }
        Ok(Verdict::new(
            "waiting",
            format!(
                "its message is one of those in the queue: {} wait, {} are being worked on or tried again later",
                queue.waiting, queue.in_flight
            ),
            format!("wait; `deployer status{flags} --watch` shows the queue"),
        ))
    }

    /// Which invocations of the function ended without an answer of late; none where all is well.
    async fn broken(&self, function: &FunctionState) -> Option<String> {
        // That CloudWatch does not answer shall not hide what is known.
        let asked = tokio::time::timeout(PATIENCE, metrics::errors(self.stack, &function.name)).await;
        let errors = asked.map_or(0, |errors| errors.unwrap_or(0));
        let has_failed = function.event_source.as_ref().is_some_and(EventSource::has_failed);
        match errors {
            0 => has_failed.then(|| "its last invocation".to_owned()),
            count => Some(format!("{count} of its invocations in the last 15 minutes")),
        }
    }
}

/// How many attempts there were before a message was received as a dead letter for the `receives`th time.
fn attempts(receives: u32) -> String {
    // The failover function's own are counted with the others; that it may have needed several cannot be seen.
    match receives.saturating_sub(1) {
        1 => "1 attempt".to_owned(),
        count => format!("{count} attempts"),
    }
}

/// Why an attempt did not succeed.
fn said(line: &LogLine) -> String {
    let message = escape(line.message.as_deref().unwrap_or_default());
    let reason = line.reason.as_deref().unwrap_or("unknown");
    format!("attempt {} did not succeed: {message} ({reason})", line.receive_count)
}

/// What helps where an attempt did not succeed.
fn remedy(line: &LogLine) -> &'static str {
    match line.reason.as_deref().unwrap_or_default() {
        "denied" => {
            "mend the permission: the thumbnail function's role, the bucket's policy or its ACL denies access"
        }
        "throttled" | "unavailable" | "no-answer" | "cut" => {
            "nothing to mend here: S3 did not answer well (`deployer status` shows whether it does again)"
        }
        "out-of-time" => {
            "raise `function.memory` or `function.timeout` in deployer.yaml and run `deployer up`"
        }
        "panicked" => "this is a bug of ours: report it with the photo",
        _ => "mend what it names",
    }
}
