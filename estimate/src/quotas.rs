//! The quotas: what an AWS account allows unless it has asked for more, and how fast Lambda follows a queue.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::Error;
use crate::prices::read;

/// See `quotas.json`, where each has its source.
#[derive(Clone, Debug, Deserialize)]
pub struct Quotas {
    /// How many batches of a queue are worked on at once when messages come.
    pub mapping_first_invocations: f64,
    /// How many more each minute as long as there are messages.
    pub mapping_more_a_minute: f64,
    /// The most of them.
    pub mapping_invocations: f64,
    /// The most functions that run at once in the account.
    pub lambda_concurrency: f64,
    /// How many new environments a function gets in `lambda_environments_seconds`.
    pub lambda_environments: f64,
    /// See `lambda_environments`; in seconds.
    pub lambda_environments_seconds: f64,
    /// Writes a second to one prefix of a bucket.
    pub s3_prefix_writes_a_second: f64,
    /// Reads a second from one prefix of a bucket.
    pub s3_prefix_reads_a_second: f64,
    /// The most messages of a queue that are received and not yet deleted.
    pub sqs_in_flight: f64,
    /// Messages a second published in a region, with `others` for those that are not named.
    pub sns_publishes_a_second: BTreeMap<String, f64>,
    /// Requests a minute to the model of the alt texts.
    pub bedrock_requests_a_minute: f64,
    /// Its tokens a minute, given and written.
    pub bedrock_tokens_a_minute: f64,
}

impl Quotas {
    /// Those of an account with a Lambda quota of `concurrency`, where it is known.
    pub fn of(concurrency: Option<u32>) -> Result<Self, Error> {
        let quotas: Self = read(include_str!("quotas.json"))?;
        let concurrency = concurrency.map_or(quotas.lambda_concurrency, f64::from);
        Ok(Self { lambda_concurrency: concurrency, ..quotas })
    }

    /// Messages a second that can be published in `region`.
    pub fn sns(&self, region: &str) -> f64 {
        let there = self.sns_publishes_a_second.get(region);
        there.or_else(|| self.sns_publishes_a_second.get("others")).copied().unwrap_or(f64::INFINITY)
    }
}
