//! The cost of the thumbnails that CloudFront delivers.

use crate::prices::{Line, Prices};
use crate::setup::{Architecture, Setup};
use crate::work::Work;

/// The assumed share of requests for which CloudFront has no fresh copy and sends a request to the bucket or the
/// function.
const MISS_RATE: f64 = 0.1;

/// The duration of the delivery function for a stored thumbnail: two rounds to S3, in seconds.
const RESPONSE_SECONDS: f64 = 0.05;

/// The S3 reads per request for which CloudFront has no fresh copy: the current version, and its thumbnail.
const READS: f64 = 2.0;

/// The requests for thumbnails in a month.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryTraffic {
    /// The number of requests.
    pub requests: f64,
    /// Whether addresses of sizes are signed, with a key in Secrets Manager.
    pub is_signed: bool,
}

impl DeliveryTraffic {
    /// Returns the cost by `prices` on a stack with this `setup`.
    pub fn bill(&self, work: &Work, setup: &Setup, prices: &Prices) -> Vec<Line> {
        let gb_second = match setup.function.architecture {
            Architecture::X86_64 => "lambda_x86_64_gb_second",
            Architecture::Arm64 => "lambda_arm64_gb_second",
        };
        let misses = self.requests * MISS_RATE;
        let each = work.thumbnail_bytes / setup.presets.len().max(1) as f64;
        let gb = self.requests * each / 1e9;
        let mut lines = vec![
            prices.line("CloudFront", "requests", "cloudfront_request", self.requests, "requests"),
            prices.line("CloudFront", "functions", "cloudfront_function", self.requests, "invocations"),
            prices.line("CloudFront", "data transfer", "cloudfront_gb", gb, "GB"),
            prices.line("Lambda", "delivered requests", "lambda_request", misses, "requests"),
            prices.line(
                "Lambda",
                "delivery",
                gb_second,
                misses * RESPONSE_SECONDS * work.memory,
                "GB-seconds",
            ),
            prices.line("S3", "delivery reads", "s3_read", misses * READS, "requests"),
        ];
        if self.is_signed {
            lines.push(prices.line("Secrets Manager", "signing key", "secret_month", 1.0, "secrets"));
        }
        lines
    }
}
