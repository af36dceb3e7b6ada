//! The quotas: what an AWS account allows unless it has asked for more, and how fast Lambda follows a queue.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::CommandError;
use crate::estimate::prices::read;

/// See `quotas.json`, where each has its source.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Quotas {
    /// How many batches of a queue are worked on at once when messages come.
    pub(crate) mapping_first_invocations: f64,
    /// How many more each minute as long as there are messages.
    pub(crate) mapping_more_a_minute: f64,
    /// The most of them.
    pub(crate) mapping_invocations: f64,
    /// The most functions that run at once in the account.
    pub(crate) lambda_concurrency: f64,
    /// How many new environments a function gets in `lambda_environments_seconds`.
    pub(crate) lambda_environments: f64,
    /// See `lambda_environments`; in seconds.
    pub(crate) lambda_environments_seconds: f64,
    /// Writes a second to one prefix of a bucket.
    pub(crate) s3_prefix_writes_a_second: f64,
    /// Reads a second from one prefix of a bucket.
    pub(crate) s3_prefix_reads_a_second: f64,
    /// The most messages of a queue that are received and not yet deleted.
    pub(crate) sqs_in_flight: f64,
    /// Messages a second published in a region, with `others` for those that are not named.
    pub(crate) sns_publishes_a_second: BTreeMap<String, f64>,
    /// Requests a minute to the model of the alt texts.
    pub(crate) bedrock_requests_a_minute: f64,
    /// Its tokens a minute, given and written.
    pub(crate) bedrock_tokens_a_minute: f64,
}

impl Quotas {
    /// Those of an account with a Lambda quota of `concurrency`, where it is known.
    pub(crate) fn of(concurrency: Option<u32>) -> Result<Self, CommandError> {
        let quotas: Self = read(include_str!("quotas.json"))?;
        let concurrency = concurrency.map_or(quotas.lambda_concurrency, f64::from);
        Ok(Self { lambda_concurrency: concurrency, ..quotas })
    }

    /// Messages a second that can be published in `region`.
    pub(crate) fn sns(&self, region: &str) -> f64 {
        let there = self.sns_publishes_a_second.get(region);
        there.or_else(|| self.sns_publishes_a_second.get("others")).copied().unwrap_or(f64::INFINITY)
    }
}
