//! A queue that receives the events of the stack.
//!
//! The example creates the queue when it starts and deletes it when it ends. A real application declares the queue in
//! its own template, so that events wait while the application is down.

use std::convert::Infallible;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_eventbridge::types::Target;
use aws_sdk_sqs::types::QueueAttributeName::{MessageRetentionPeriod, Policy, QueueArn};
use serde_json::json;

use crate::Failure;
use crate::aws::Aws;
use crate::stack::Stack;
use crate::wall::Wall;

/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// A queue, and a rule of EventBridge that sends events to it.
pub(crate) struct EventQueue {
    sqs: aws_sdk_sqs::Client,
    events: aws_sdk_eventbridge::Client,
    /// The name of the rule.
    rule: String,
    /// The pattern of the events that the rule sends.
    pattern: String,
    url: String,
}

impl EventQueue {
    /// Creates the queue.
    pub(crate) async fn create(aws: &Aws, stack: &Stack) -> Result<Self, Failure> {
        // The name of a deleted queue cannot be reused for a minute.
        let name =
            format!("{}-wall-{}", stack.name, SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis());
        let pattern =
            json!({"source": ["thumbnail-generator"], "detail": {"stack": [stack.name]}}).to_string();
        // A killed program leaves the queue behind, so its messages expire after ten minutes.
        let queue = aws.sqs.create_queue().queue_name(&name).attributes(MessageRetentionPeriod, "600");
        let url = queue.send().await?.queue_url.ok_or("SQS did not return the URL of the queue")?;
        Ok(Self { sqs: aws.sqs.clone(), events: aws.events.clone(), rule: name, pattern, url })
    }

    /// Lets EventBridge send the events to the queue.
    pub(crate) async fn subscribe(&self) -> Result<(), Failure> {
        let attributes = self.sqs.get_queue_attributes().queue_url(&self.url).attribute_names(QueueArn);
        let attributes = attributes.send().await?.attributes.unwrap_or_default();
        let queue_arn = attributes.get(&QueueArn).ok_or("the queue has no ARN")?;
        let rule = self.events.put_rule().name(&self.rule).event_pattern(&self.pattern).send().await?;
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
            "Resource": queue_arn, "Condition": {"ArnEquals": {"aws:SourceArn": rule.rule_arn}},
        }]});
        let policy =
            self.sqs.set_queue_attributes().queue_url(&self.url).attributes(Policy, policy.to_string());
        policy.send().await?;
        let target = Target::builder().id("queue").arn(queue_arn).build()?;
        self.events.put_targets().rule(&self.rule).targets(target).send().await?;
        Ok(())
    }

    /// Shows each event on the `wall`, until the program ends. It deletes a message only after it has handled the
    /// event. After a failure, SQS delivers the message again, so no event is lost.
    pub(crate) async fn follow(&self, wall: &Wall) -> Infallible {
        loop {
            if let Err(error) = self.receive(wall).await {
                crate::report(&error);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn receive(&self, wall: &Wall) -> Result<(), Failure> {
        let received = self.sqs.receive_message().queue_url(&self.url);
        let received = received.max_number_of_messages(10).wait_time_seconds(20).send().await?;
        for message in received.messages() {
            // A message that is not an event can never be handled.
            if let Ok(event) = serde_json::from_str(message.body().unwrap_or_default()) {
                wall.show(&event).await?;
            }
            let receipt = message.receipt_handle().unwrap_or_default();
            self.sqs.delete_message().queue_url(&self.url).receipt_handle(receipt).send().await?;
        }
        Ok(())
    }

    /// Deletes the rule and the queue. The rule may not exist.
    pub(crate) async fn delete(self) -> Result<(), Failure> {
        let target = self.events.remove_targets().rule(&self.rule).ids("queue").send().await;
        let rule = self.events.delete_rule().name(&self.rule).send().await;
        self.sqs.delete_queue().queue_url(&self.url).send().await?;
        let is_missing = |error: &aws_sdk_eventbridge::Error| {
            matches!(error, aws_sdk_eventbridge::Error::ResourceNotFoundException(_))
        };
        let ended = [target.map(|_| ()).map_err(Into::into), rule.map(|_| ()).map_err(Into::into)];
        match ended.into_iter().filter_map(Result::err).find(|error| !is_missing(error)) {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }
}
