//! The usage: what a month's photos take of each service, and what that costs.

use crate::prices::{Line, Prices};
use crate::setup::{Architecture, Setup};
use crate::work::Work;

/// Reads of S3 for an alt text: is it done, the photo, the text that exists, has it failed, and is the photo current.
const DESCRIBING_READS: f64 = 5.0;

/// The tokens a model is given with one picture and question, and writes.
///
/// As alt texts of photos in English took; the functions' logs tell yours.
pub const TOKENS: (f64, f64) = (1300.0, 100.0);

/// What the alt-text function is busy with one language, in seconds, nearly all of it waiting for the model.
pub(crate) const DESCRIBING: f64 = 2.0;

/// The memory of the alt-text function, in GB, as in its template.
const DESCRIBING_GB: f64 = 1.0;

/// What the functions log for a photo, and Lambda for an invocation, in bytes.
const LOGGED: (f64, f64) = (1100.0, 900.0);

/// How much smaller CloudWatch stores a log.
const LOG_COMPRESSION: f64 = 0.15;

/// The sum of a photo's records, in bytes.
const RECORDS: f64 = 2500.0;

/// Metrics of each function: done, failures, retries, duration, bytes, age.
const METRICS: f64 = 6.0;

/// Requests a month to look into one empty queue: Lambda's five pollers, each for 20 seconds.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>
const IDLE_POLLS: f64 = crate::DAYS * 86_400.0 / 20.0 * 5.0;

/// What photos take, whenever they come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Photos uploaded.
    pub photos: f64,
    /// Their size together, in bytes.
    pub bytes: f64,
    /// Batches that the thumbnail function worked on.
    pub invocations: f64,
    /// Seconds it took for them, times its memory in GB.
    pub gb_seconds: f64,
    /// Requests to the queue for what is in it.
    pub queue_requests: f64,
    /// Photos worked on, those again that had come before.
    pub deliveries: f64,
}

impl Usage {
    /// Of `photos` of which every one comes in a batch of its own: the dearest way.
    pub fn alone(photos: f64, bytes_each: f64, seconds_each: f64, work: &Work) -> Self {
        Self {
            photos,
            bytes: photos * bytes_each,
            invocations: photos,
            gb_seconds: photos * seconds_each * work.memory,
            // Sent, received, deleted.
            queue_requests: photos * 3.0,
            deliveries: photos,
        }
    }

    /// What it costs by `prices` on a stack with this `setup`, storage for a month.
    pub fn bill(&self, work: &Work, setup: &Setup, prices: &Prices) -> Vec<Line> {
        let presets = setup.presets.len() as f64;
        let languages = setup.alt_text.as_ref().map_or(0.0, |alt_text| alt_text.languages as f64);
        let described = self.photos * languages;
        let functions = 2.0 + f64::from(setup.alt_text.is_some());
        let gb_second = match setup.function.architecture {
            Architecture::X86_64 => "lambda_x86_64_gb_second",
            Architecture::Arm64 => "lambda_arm64_gb_second",
        };
        let writes = self.photos * (1.0 + f64::from(contract::calls::WRITES) + presets + languages);
        let reads = self.deliveries * f64::from(contract::calls::READS) + described * DESCRIBING_READS;
        let logged = (self.deliveries * LOGGED.0 + self.invocations * LOGGED.1 + described * LOGGED.0) / 1e9;
        let kept = f64::from(setup.log_retention_days) / crate::DAYS;
        let idle_polls = setup.event_source_mappings as f64 * IDLE_POLLS;
        let line = |service, what, item, quantity, unit| Line {
            service,
            what,
            quantity,
            unit,
            usd: prices.cost(item, quantity),
        };
        let invocations = self.invocations + described;
        let gb_seconds = self.gb_seconds + described * DESCRIBING * DESCRIBING_GB;
        let gb = |bytes: f64| bytes / f64::from(1 << 30);
        let mut lines = vec![
            line("S3", "photos kept for a month", "s3_gb_month", gb(self.bytes), "GB"),
            line(
                "S3",
                "thumbnails kept for a month",
                "s3_gb_month",
                gb(self.photos * work.thumbnail_bytes),
                "GB",
            ),
            line("S3", "records kept for a month", "s3_gb_month", gb(self.photos * RECORDS), "GB"),
            line("S3", "writes", "s3_write", writes, "requests"),
            line("S3", "reads", "s3_read", reads, "requests"),
            line("SNS", "events published", "sns_publish", self.photos, "messages"),
            line("SQS", "looks into empty queues", "sqs_request", idle_polls, "polls"),
            line(
                "SQS",
                "sends, receives, deletes",
                "sqs_request",
                self.queue_requests + described * 3.0,
                "requests",
            ),
            line("Lambda", "invocations", "lambda_request", invocations, "requests"),
            line("Lambda", "time", gb_second, gb_seconds, "GB-seconds"),
            line("CloudWatch", "logs written", "log_gb", logged, "GB"),
            line("CloudWatch", "logs kept", "log_gb_month", logged * LOG_COMPRESSION * kept, "GB"),
            line("CloudWatch", "metrics", "metric_month", METRICS * functions, "metrics"),
            line("CloudWatch", "metrics under alarm", "alarm_month", setup.alarm_metrics as f64, "alarms"),
        ];
        if let Some(alt_text) = &setup.alt_text {
            let price = contract::alt_text::Price::of(&alt_text.model);
            let (given, written) = (described * TOKENS.0, described * TOKENS.1);
            let tokens = |what, quantity, price: f64| Line {
                service: "Bedrock",
                what,
                quantity,
                unit: "tokens",
                usd: quantity / 1e6 * price,
            };
            lines.push(tokens("tokens given", given, price.map_or(f64::NAN, |price| price.input)));
            lines.push(tokens("tokens written", written, price.map_or(f64::NAN, |price| price.output)));
        }
        lines
    }
}
