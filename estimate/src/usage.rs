//! The usage: the quantities of each service for a month of photos, and their cost.

use crate::prices::{Line, Prices};
use crate::setup::{Architecture, Setup};
use crate::work::Work;

/// The S3 reads of the alt-text function per photo, besides one for the existing text in each language: the done record,
/// the photo, the failure record, and the current version.
const ALT_TEXT_READS: f64 = 4.0;

/// The input and output tokens of a model for one photo.
///
/// Measured with English alt texts. The logs of the function report the actual numbers.
pub const TOKENS: (f64, f64) = (1300.0, 100.0);

/// The duration of the alt-text function per language, in seconds, mostly waiting for the model.
pub(crate) const ALT_TEXT_SECONDS: f64 = 2.0;

/// The memory of the alt-text function, in GB, as in its template.
const ALT_TEXT_GB: f64 = 1.0;

/// The size of the logs per photo and per invocation, in bytes.
const LOG_BYTES: (f64, f64) = (1100.0, 900.0);

/// The compression ratio of stored logs in CloudWatch.
const LOG_COMPRESSION: f64 = 0.15;

/// The total size of the records of a photo, in bytes.
const RECORD_BYTES: f64 = 2500.0;

/// The number of metrics per function: done, failures, retries, duration, bytes, age.
const METRICS: f64 = 6.0;

/// The requests per month to poll one empty queue: five pollers of Lambda, each with a wait of 20 seconds.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>
const IDLE_POLLS: f64 = crate::DAYS * 86_400.0 / 20.0 * 5.0;

/// The usage of the services.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// The number of uploaded photos.
    pub photos: f64,
    /// Their total size, in bytes.
    pub bytes: f64,
    /// The number of batches of the thumbnail function.
    pub invocations: f64,
    /// The duration of the thumbnail function, in GB-seconds.
    pub gb_seconds: f64,
    /// The number of receive requests to the queue.
    pub queue_requests: f64,
    /// The number of deliveries, including repeated ones.
    pub deliveries: f64,
}

impl Usage {
    /// Returns the usage of `photos` with one photo per batch, the most expensive case.
    pub fn for_single_photo_batches(photos: f64, bytes_each: f64, seconds_each: f64, work: &Work) -> Self {
        Self {
            photos,
            bytes: photos * bytes_each,
            invocations: photos,
            gb_seconds: photos * seconds_each * work.memory,
            // Each message is sent, received, and deleted.
            queue_requests: photos * 3.0,
            deliveries: photos,
        }
    }

    /// Returns the cost by `prices` on a stack with this `setup`, with storage for a month.
    pub fn bill(&self, work: &Work, setup: &Setup, prices: &Prices) -> Vec<Line> {
        let presets = setup.presets.len() as f64;
        let languages = setup.alt_text.as_ref().map_or(0.0, |alt_text| alt_text.languages as f64);
        // One invocation describes a photo in all languages.
        let described = if setup.alt_text.is_some() { self.photos } else { 0.0 };
        let texts = described * languages;
        let functions = 2.0 + f64::from(setup.alt_text.is_some());
        let gb_second = match setup.function.architecture {
            Architecture::X86_64 => "lambda_x86_64_gb_second",
            Architecture::Arm64 => "lambda_arm64_gb_second",
        };
        let writes = self.photos
            * (1.0 + f64::from(contract::calls::writes(setup.function.name_index)) + presets)
            // The function stores each text, and the done record.
            + texts
            + described;
        let reads = self.deliveries * f64::from(contract::calls::READS) + described * ALT_TEXT_READS + texts;
        let logged =
            (self.deliveries * LOG_BYTES.0 + self.invocations * LOG_BYTES.1 + described * LOG_BYTES.0) / 1e9;
        let kept = f64::from(setup.log_retention_days) / crate::DAYS;
        let idle_polls = setup.event_source_mappings as f64 * IDLE_POLLS;
        let invocations = self.invocations + described;
        let gb_seconds = self.gb_seconds + texts * ALT_TEXT_SECONDS * ALT_TEXT_GB;
        let gb = |bytes: f64| bytes / f64::from(1 << 30);
        let mut lines = vec![
            prices.line("S3", "photo storage", "s3_gb_month", gb(self.bytes), "GB"),
            prices.line(
                "S3",
                "thumbnail storage",
                "s3_gb_month",
                gb(self.photos * work.thumbnail_bytes),
                "GB",
            ),
            prices.line("S3", "record storage", "s3_gb_month", gb(self.photos * RECORD_BYTES), "GB"),
            prices.line("S3", "writes", "s3_write", writes, "requests"),
            prices.line("S3", "reads", "s3_read", reads, "requests"),
            prices.line("SNS", "events published", "sns_publish", self.photos, "messages"),
            prices.line("SQS", "polls of empty queues", "sqs_request", idle_polls, "polls"),
            prices.line(
                "SQS",
                "sends, receives, deletes",
                "sqs_request",
                self.queue_requests + described * 3.0,
                "requests",
            ),
            prices.line("Lambda", "invocations", "lambda_request", invocations, "requests"),
            prices.line("Lambda", "duration", gb_second, gb_seconds, "GB-seconds"),
            prices.line("CloudWatch", "log ingestion", "log_gb", logged, "GB"),
            prices.line("CloudWatch", "log storage", "log_gb_month", logged * LOG_COMPRESSION * kept, "GB"),
            prices.line("CloudWatch", "metrics", "metric_month", METRICS * functions, "metrics"),
            prices.line("CloudWatch", "alarm metrics", "alarm_month", setup.alarm_metrics as f64, "alarms"),
        ];
        if setup.function.events {
            // There is one event for the thumbnails and one for the alt texts. Each has less than the 64 KB that AWS
            // bills as one event.
            let events = self.photos * (1.0 + f64::from(setup.alt_text.is_some()));
            lines.push(prices.line("EventBridge", "outcome events", "event", events, "events"));
        }
        if let Some(alt_text) = &setup.alt_text {
            let price = contract::alt_text::Price::for_model(&alt_text.model);
            let (given, written) = (texts * TOKENS.0, texts * TOKENS.1);
            let tokens = |what, quantity, price: f64| Line {
                service: "Bedrock",
                what,
                quantity,
                unit: "tokens",
                usd: quantity / 1e6 * price,
            };
            lines.push(tokens("input tokens", given, price.map_or(f64::NAN, |price| price.input)));
            lines.push(tokens("output tokens", written, price.map_or(f64::NAN, |price| price.output)));
        }
        lines
    }
}
