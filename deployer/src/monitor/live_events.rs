//! The events of a running stack, as they are sent: a temporary rule on the default event bus and its queue.
//!
//! A run creates the rule before the queue and deletes it after the queue, so a killed run always leaves a rule. The
//! description of a rule contains the time until which it is in use. A running command extends this time. The next
//! command deletes each expired rule and its queue.

use std::time::Duration;

use aws_sdk_eventbridge::types::{RuleState, Target};
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, QueueAttributeName};
use contract::outcome_event::SOURCE;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::aws::error::{aws_code, aws_error};
use crate::error::CommandError;
use crate::monitor::outage::Outage;
use crate::stack::Stack;
use crate::ui::Ui;

/// How long a rule stays in use without an extension.
const LEASE: Duration = Duration::from_secs(300);
/// The interval between two extensions.
const RENEWAL: Duration = Duration::from_secs(60);
/// How long a request for messages waits, in seconds. It is the longest time that SQS allows.
const WAIT_SECONDS: i32 = 20;
/// The pause after a request that failed.
const PAUSE: Duration = Duration::from_secs(2);
/// How long the queue keeps a message, in seconds.
const RETENTION_SECONDS: u32 = 300;
/// The text before the time in the description of a rule.
const DESCRIPTION_PREFIX: &str = "temporary rule of `deployer events`, in use until ";
/// The ID of the only target of the rule.
const TARGET: &str = "queue";

/// An event of the stack.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LiveEvent {
    /// The time at which EventBridge received the event.
    pub(crate) time: String,
    /// Its type: `Thumbnails Ready`.
    #[serde(rename(deserialize = "detail-type"))]
    pub(crate) detail_type: String,
    /// Its content.
    pub(crate) detail: Value,
}

/// A rule that sends the events of a stack to a queue.
pub(crate) struct EventFeed<'a> {
    stack: &'a Stack,
    events: aws_sdk_eventbridge::Client,
    sqs: aws_sdk_sqs::Client,
    /// The name of the rule and the queue.
    name: String,
    queue_url: Option<String>,
}

impl<'a> EventFeed<'a> {
    /// Deletes the rules and queues of killed runs, then creates a rule and a queue. If that fails, deletes both.
    pub(crate) async fn open(stack: &'a Stack, ui: &Ui) -> Result<Self, CommandError> {
        for name in expired_rules(stack).await? {
            ui.detail(format!("deleting the rule and the queue `{name}`, which an earlier run left behind"));
            Self::new(stack, name).close().await?;
        }
        let mut feed = Self::new(stack, format!("{}{:08x}", rule_prefix(stack), fastrand::u32(..)));
        match feed.create().await {
            Ok(()) => Ok(feed),
            Err(error) => {
                // Report the first error, which explains the others.
                let _ = feed.close().await;
                Err(error)
            }
        }
    }

    fn new(stack: &'a Stack, name: String) -> Self {
        Self { stack, events: stack.aws.eventbridge(), sqs: stack.aws.sqs(), name, queue_url: None }
    }

    async fn create(&mut self) -> Result<(), CommandError> {
        let rule_arn = self.put_rule().await?;
        let identity = self.stack.identity().await?;
        let (partition, account) = (identity.partition(), &identity.account);
        let queue_arn = format!("arn:{partition}:sqs:{}:{account}:{}", self.stack.aws.region(), self.name);
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
            "Resource": queue_arn, "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
        }]});
        let created = self
            .sqs
            .create_queue()
            .queue_name(&self.name)
            .attributes(QueueAttributeName::Policy, policy.to_string())
            .attributes(QueueAttributeName::MessageRetentionPeriod, RETENTION_SECONDS.to_string())
            .send()
            .await
            .map_err(|error| aws_error(format_args!("create the queue `{}`", self.name), &error))?;
        self.queue_url = created.queue_url;
        let target = Target::builder().id(TARGET).arn(queue_arn).build();
        let target = target
            .map_err(|error| CommandError::failed(format!("cannot add the queue as a target: {error}")))?;
        let what = format!("add a target to the rule `{}`", self.name);
        let put = self.events.put_targets().rule(&self.name).targets(target).send().await;
        let put = put.map_err(|error| aws_error(&what, &error))?;
        // EventBridge reports a refused target with status 200.
        match put.failed_entries().first() {
            None => Ok(()),
            Some(refused) => Err(CommandError::failed(format!(
                "cannot {what}: {}",
                refused.error_message().unwrap_or("no reason reported")
            ))),
        }
    }

    /// Creates the rule, or extends its time.
    async fn put_rule(&self) -> Result<String, CommandError> {
        let pattern = json!({"source": [SOURCE], "detail": {"stack": [self.stack.name()]}});
        let until = OffsetDateTime::now_utc() + LEASE;
        let put = self
            .events
            .put_rule()
            .name(&self.name)
            .event_pattern(pattern.to_string())
            .state(RuleState::Enabled)
            .description(format!("{DESCRIPTION_PREFIX}{}", until.unix_timestamp()))
            .send()
            .await
            .map_err(|error| aws_error(format_args!("create the rule `{}`", self.name), &error))?;
        Ok(put.rule_arn.unwrap_or_default())
    }

    /// Passes each event to `show`, until `show` returns `false`.
    pub(crate) async fn read(
        &self,
        mut show: impl FnMut(&LiveEvent) -> Result<bool, CommandError>,
        ui: &Ui,
    ) -> Result<(), CommandError> {
        let mut renewed = tokio::time::Instant::now();
        let mut outage = Outage::default();
        loop {
            let received = async {
                if renewed.elapsed() > RENEWAL {
                    self.put_rule().await?;
                    renewed = tokio::time::Instant::now();
                }
                self.receive(&mut show).await
            };
            match received.await {
                Ok(true) => outage.end(),
                Ok(false) => return Ok(()),
                Err(error) => {
                    outage.tolerate(error, ui)?;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Passes the next events to `show` and deletes their messages. Returns `false` if `show` does.
    async fn receive(
        &self,
        mut show: impl FnMut(&LiveEvent) -> Result<bool, CommandError>,
    ) -> Result<bool, CommandError> {
        let queue_url = self.queue_url.as_deref().unwrap_or_default();
        let received = self
            .sqs
            .receive_message()
            .queue_url(queue_url)
            .max_number_of_messages(10)
            .wait_time_seconds(WAIT_SECONDS)
            .send()
            .await
            .map_err(|error| aws_error("receive events", &error))?;
        let mut deletions = Vec::new();
        for message in received.messages() {
            let event: Option<LiveEvent> = message.body().and_then(|body| serde_json::from_str(body).ok());
            if let Some(event) = event
                && !show(&event)?
            {
                return Ok(false);
            }
            let deletion = DeleteMessageBatchRequestEntry::builder().id(deletions.len().to_string());
            let deletion = deletion.receipt_handle(message.receipt_handle().unwrap_or_default()).build();
            deletions.extend(deletion.ok());
        }
        if !deletions.is_empty() {
            let deleted = self.sqs.delete_message_batch().queue_url(queue_url).set_entries(Some(deletions));
            deleted.send().await.map_err(|error| aws_error("delete received events", &error))?;
        }
        Ok(true)
    }

    /// Deletes the queue, then the rule. If one does not exist, it counts as deleted.
    pub(crate) async fn close(self) -> Result<(), CommandError> {
        let queue_url = match self.queue_url {
            Some(url) => Some(url),
            None => match self.sqs.get_queue_url().queue_name(&self.name).send().await {
                Ok(found) => found.queue_url,
                Err(error) if aws_code(&error).is_some_and(|code| code.ends_with("NonExistentQueue")) => None,
                Err(error) => return Err(aws_error(format_args!("find the queue `{}`", self.name), &error)),
            },
        };
        match self.events.remove_targets().rule(&self.name).ids(TARGET).send().await {
            Err(error) if !is_missing_rule(aws_code(&error)) => {
                return Err(aws_error(format_args!("delete the target of the rule `{}`", self.name), &error));
            }
            _ => {}
        }
        if let Some(url) = queue_url {
            match self.sqs.delete_queue().queue_url(url).send().await {
                Err(error) if aws_code(&error).is_none_or(|code| !code.ends_with("NonExistentQueue")) => {
                    return Err(aws_error(format_args!("delete the queue `{}`", self.name), &error));
                }
                _ => {}
            }
        }
        match self.events.delete_rule().name(&self.name).send().await {
            Err(error) if !is_missing_rule(aws_code(&error)) => {
                Err(aws_error(format_args!("delete the rule `{}`", self.name), &error))
            }
            _ => Ok(()),
        }
    }
}

/// Returns the prefix of the names of the rules of `stack`.
fn rule_prefix(stack: &Stack) -> String {
    format!("{}-events-", stack.name())
}

/// Returns whether this error code of EventBridge means that the rule does not exist.
fn is_missing_rule(code: Option<&str>) -> bool {
    code == Some("ResourceNotFoundException")
}

/// Returns the names of the expired rules.
async fn expired_rules(stack: &Stack) -> Result<Vec<String>, CommandError> {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let events = stack.aws.eventbridge();
    let (mut expired, mut token) = (Vec::new(), None);
    loop {
        let page = events
            .list_rules()
            .name_prefix(rule_prefix(stack))
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| aws_error("list the rules of earlier runs", &error))?;
        for rule in page.rules() {
            let until = rule
                .description()
                .and_then(|text| text.strip_prefix(DESCRIPTION_PREFIX)?.parse::<i64>().ok());
            if until.is_some_and(|until| until < now) {
                expired.extend(rule.name().map(str::to_owned));
            }
        }
        token = page.next_token;
        if token.is_none() {
            return Ok(expired);
        }
    }
}
