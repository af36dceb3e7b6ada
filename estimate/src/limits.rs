//! The limits: how many photos per second each part of the stack can process, and which setting raises the limit.

use serde::Serialize;

use crate::quotas::Quotas;
use crate::setup::Setup;
use crate::usage::TOKENS;
use crate::work::Work;
use crate::workload::Workload;

/// One limit.
#[derive(Clone, Debug, Serialize)]
pub struct Limit {
    /// A description of the limit.
    pub what: String,
    /// The maximum number of photos per second.
    pub photos_a_second: f64,
    /// How to raise the limit.
    pub setting: &'static str,
}

/// Returns the limits of a stack with this `setup` in `region`, the tightest first.
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
            format!("event source mapping: {most} concurrent batches"),
            batches(most),
            "raise `function.maximum_concurrency` in deployer.yaml",
        ),
        limit(
            format!("Lambda: {} concurrent executions in the account", quotas.lambda_concurrency),
            batches(quotas.lambda_concurrency),
            "request a higher quota `Concurrent executions` of AWS Lambda in the Service Quotas console",
        ),
        limit(
            format!("Lambda pollers: {} concurrent batches of one queue", quotas.mapping_invocations),
            batches(quotas.mapping_invocations),
            "provisioned mode of the event source mapping allows more, but the template does not use it",
        ),
        limit(
            format!("SQS: {} messages in flight in one queue", quotas.sqs_in_flight),
            quotas.sqs_in_flight / seconds,
            "request more in-flight messages from AWS Support",
        ),
        limit(
            format!("SNS: {} messages per second in {region}", quotas.sns(region)),
            quotas.sns(region),
            "request a higher quota `Messages Published per Second` of Amazon SNS in the Service Quotas console",
        ),
        limit(
            format!(
                "S3: {} writes per second to the thumbnails of one day",
                quotas.s3_prefix_writes_a_second
            ),
            quotas.s3_prefix_writes_a_second / presets,
            "use fewer presets; S3 splits a busy prefix within an hour, or AWS Support splits it in advance",
        ),
        limit(
            format!("S3: {} reads per second from the photos of one day", quotas.s3_prefix_reads_a_second),
            // Each function gets the photo, and checks the current version.
            quotas.s3_prefix_reads_a_second / if setup.alt_text.is_some() { 4.0 } else { 2.0 },
            "S3 splits a busy prefix within an hour, or AWS Support splits it in advance",
        ),
    ];
    if let Some(alt_text) = &setup.alt_text {
        let languages = alt_text.languages as f64;
        let tokens = (TOKENS.0 + TOKENS.1) * languages;
        let requests = quotas.bedrock_requests_a_minute / 60.0 / languages;
        all.push(limit(
            format!("Bedrock: {} requests per minute (alt texts only)", quotas.bedrock_requests_a_minute),
            requests,
            "request a higher quota of requests per minute for the model in the Service Quotas console",
        ));
        all.push(limit(
            format!("Bedrock: {} tokens per minute (alt texts only)", quotas.bedrock_tokens_a_minute),
            quotas.bedrock_tokens_a_minute / 60.0 / tokens,
            "request a higher quota of tokens per minute for the model in the Service Quotas console",
        ));
        all.push(limit(
            format!("alt texts: {} concurrent photos", alt_text.maximum_concurrency),
            f64::from(alt_text.maximum_concurrency) / (languages * crate::usage::ALT_TEXT_SECONDS),
            "raise `alt_text.maximum_concurrency` in deployer.yaml",
        ));
    }
    all.sort_by(|a, b| a.photos_a_second.total_cmp(&b.photos_a_second));
    all
}
