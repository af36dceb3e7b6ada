//! A queue of messages to a function.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::operation::send_message::builders::SendMessageFluentBuilder;
use aws_sdk_sqs::types::MessageAttributeValue;
use contract::key::OriginalVersion;
use contract::request::{Request, RequestKind};

use crate::message::RETURN_COUNT;
use crate::service_error::ServiceError;

/// The queue of a function, with the client for it.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) sqs: Client,
    pub(crate) url: String,
}

impl Queue {
    /// Sends the request `kind` about `version` of an original in `bucket`. SQS delivers it after `delay` seconds.
    pub(crate) async fn send(
        &self,
        kind: RequestKind,
        bucket: &str,
        version: &OriginalVersion,
        delay: i32,
    ) -> Result<(), ServiceError> {
        let message = self.message(kind, bucket, version)?.delay_seconds(delay);
        message.send().await.map(|_| ()).map_err(|error| ServiceError::from_sdk_error(&error))
    }

    /// Sends the request `kind` about `version`, whose message was a dead letter `return_count` times.
    pub(crate) async fn send_back(
        &self,
        kind: RequestKind,
        bucket: &str,
        version: &OriginalVersion,
        return_count: u32,
    ) -> Result<(), ServiceError> {
        let count =
            MessageAttributeValue::builder().data_type("Number").string_value(return_count.to_string());
        let count = count.build().map_err(|error| ServiceError::Unexpected(error.to_string()))?;
        let message = self.message(kind, bucket, version)?.message_attributes(RETURN_COUNT, count);
        message.send().await.map(|_| ()).map_err(|error| ServiceError::from_sdk_error(&error))
    }

    fn message(
        &self,
        kind: RequestKind,
        bucket: &str,
        version: &OriginalVersion,
    ) -> Result<SendMessageFluentBuilder, ServiceError> {
        let request = Request { request: kind, bucket: bucket.to_owned(), original: version.clone() };
        let body =
            serde_json::to_string(&request).map_err(|error| ServiceError::Unexpected(error.to_string()))?;
        Ok(self.sqs.send_message().queue_url(&self.url).message_body(body))
    }
}
