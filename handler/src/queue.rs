//! A queue of messages to a function.

use aws_sdk_sqs::Client;
use contract::key::OriginalVersion;
use contract::request::{Request, RequestKind};

use crate::refusal::Refusal;

/// The queue of a function.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) sqs: Client,
    pub(crate) url: String,
}

impl Queue {
    /// Sends the request `kind` about `version` of an original in `bucket`, to be delivered after `delay` seconds.
    pub(crate) async fn send(
        &self,
        kind: RequestKind,
        bucket: &str,
        version: &OriginalVersion,
        delay: i32,
    ) -> Result<(), Refusal> {
        let request = Request { request: kind, bucket: bucket.to_owned(), original: version.clone() };
        let body = serde_json::to_string(&request).map_err(|error| Refusal::Unexpected(error.to_string()))?;
        let sent = self.sqs.send_message().queue_url(&self.url).message_body(body).delay_seconds(delay);
        sent.send().await.map(|_| ()).map_err(|error| Refusal::of(&error))
    }
}
