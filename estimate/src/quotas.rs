//! The default quotas of an AWS account, and how fast Lambda scales with a queue.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::Error;
use crate::prices::read;

/// The quotas. `quotas.json` has their sources.
#[derive(Clone, Debug, Deserialize)]
pub struct Quotas {
    /// The initial number of concurrent batches of a queue.
    pub mapping_first_invocations: f64,
    /// The number of additional concurrent batches per minute while there are messages.
    pub mapping_more_a_minute: f64,
    /// The maximum number of concurrent batches of a queue.
    pub mapping_invocations: f64,
    /// The concurrent executions of the account.
    pub lambda_concurrency: f64,
    /// The number of new environments of a function per `lambda_environments_seconds`.
    pub lambda_environments: f64,
    /// See `lambda_environments`; in seconds.
    pub lambda_environments_seconds: f64,
    /// The writes per second to one prefix of a bucket.
    pub s3_prefix_writes_a_second: f64,
    /// The reads per second from one prefix of a bucket.
    pub s3_prefix_reads_a_second: f64,
    /// The maximum number of messages in flight in a queue.
    pub sqs_in_flight: f64,
    /// The messages per second that SNS can publish by region, with `others` for all other regions.
    pub sns_publishes_a_second: BTreeMap<String, f64>,
    /// The requests per minute to the model of the alt texts.
    pub bedrock_requests_a_minute: f64,
    /// The tokens per minute of this model, input and output.
    pub bedrock_tokens_a_minute: f64,
}

impl Quotas {
    /// Returns the quotas of an account with `concurrency`, or the default without one.
    pub fn for_account(concurrency: Option<u32>) -> Result<Self, Error> {
        let quotas: Self = read(include_str!("quotas.json"))?;
        let concurrency = concurrency.map_or(quotas.lambda_concurrency, f64::from);
        Ok(Self { lambda_concurrency: concurrency, ..quotas })
    }

    /// Returns the messages per second that SNS can publish in `region`.
    pub fn sns(&self, region: &str) -> f64 {
        let there = self.sns_publishes_a_second.get(region);
        there.or_else(|| self.sns_publishes_a_second.get("others")).copied().unwrap_or(f64::INFINITY)
    }
}
