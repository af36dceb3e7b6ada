//! The limits: how many photos a second each part of the stack lets through, and which setting raises it.

use serde::Serialize;

use crate::quotas::Quotas;
use crate::setup::Setup;
use crate::usage::TOKENS;
use crate::work::Work;
use crate::workload::Workload;

/// One limit.
#[derive(Clone, Debug, Serialize)]
pub struct Limit {
    /// What limits.
    pub what: String,
    /// The photos a second it lets through.
    pub photos_a_second: f64,
    /// How to raise it.
    pub setting: &'static str,
}

/// The limits of a stack with this `setup` in `region`, the narrowest first.
pub fn limits(workload: &Workload, work: &Work, setup: &Setup, quotas: &Quotas, region: &str) -> Vec<Limit> {
    let function = &setup.function;
    let batch = f64::from(function.batch_size);
    let seconds = work.mean_seconds(workload, batch);
    let presets = setup.presets.len() as f64;
    let batches = |count: f64| count * batch / seconds;
    let limit =
        |what: String, photos_a_second: f64, setting: &'static str| Limit { what, photos_a_second, setting };
    let most = f64::from(function.maximum_concurrency);
    let mut all = vec![
        limit(
            format!("the event source: {most} batches at once"),
            batches(most),
            "raise `function.maximum_concurrency` in deployer.yaml",
        ),
        limit(
            format!("Lambda's quota: {} functions at once in the account", quotas.lambda_concurrency),
            batches(quotas.lambda_concurrency),
            "ask for more `Concurrent executions` of AWS Lambda in the Service Quotas console",
        ),
        limit(
            format!("SQS pollers: {} batches at once of one queue", quotas.mapping_invocations),
            batches(quotas.mapping_invocations),
            "Lambda's provisioned mode for event sources goes beyond; the template does not use it",
        ),
        limit(
            format!("SQS: {} messages in flight of one queue", quotas.sqs_in_flight),
            quotas.sqs_in_flight / seconds,
            "ask AWS Support for more in-flight messages",
        ),
        limit(
            format!("SNS: {} messages a second in {region}", quotas.sns(region)),
            quotas.sns(region),
            "ask for more `Messages Published per Second` of Amazon SNS in the Service Quotas console",
        ),
        limit(
            format!("S3 writes: {} a second to a day's thumbnails", quotas.s3_prefix_writes_a_second),
            quotas.s3_prefix_writes_a_second / presets,
            "fewer presets; S3 splits a busy prefix by itself within an hour, AWS Support beforehand",
        ),
        limit(
            format!("S3 reads: {} a second from a day's photos", quotas.s3_prefix_reads_a_second),
            // The bytes, and twice whether it is the current version.
            quotas.s3_prefix_reads_a_second / 3.0,
            "S3 splits a busy prefix by itself within an hour, AWS Support beforehand",
        ),
    ];
    if let Some(alt_text) = &setup.alt_text {
        let languages = alt_text.languages as f64;
        let tokens = (TOKENS.0 + TOKENS.1) * languages;
        let requests = quotas.bedrock_requests_a_minute / 60.0 / languages;
        all.push(limit(
            format!("Bedrock: {} requests a minute (alt texts alone)", quotas.bedrock_requests_a_minute),
            requests,
            "ask for more `requests per minute` for the model in the Service Quotas console",
        ));
        all.push(limit(
            format!("Bedrock: {} tokens a minute (alt texts alone)", quotas.bedrock_tokens_a_minute),
            quotas.bedrock_tokens_a_minute / 60.0 / tokens,
            "ask for more `tokens per minute` for the model in the Service Quotas console",
        ));
        all.push(limit(
            format!("alt texts: {} photos at once", alt_text.maximum_concurrency),
            f64::from(alt_text.maximum_concurrency) / (languages * crate::usage::DESCRIBING),
            "raise `alt_text.maximum_concurrency` in deployer.yaml",
        ));
    }
    all.sort_by(|a, b| a.photos_a_second.total_cmp(&b.photos_a_second));
    all
}
