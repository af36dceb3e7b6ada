//! Builds the clients of AWS services. No other file builds clients.
//!
//! It does not use aws-config: Lambda sets the credentials and the region in the environment, and they do not change
//! while the process lives.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_types::SdkConfig;
use contract::outcome_event::EventSender;

use crate::event_bus::EventBus;

/// The configuration that Lambda sets in the environment: credentials, region, and endpoint.
#[derive(Clone, Debug)]
pub struct LambdaEnv(SdkConfig);

/// A variable that Lambda sets is missing.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable `{0}` is not set")]
pub struct NotInLambda(&'static str);

impl LambdaEnv {
    /// Reads what Lambda has set in the environment.
    pub fn read(variables: &HashMap<String, String>) -> Result<Self, NotInLambda> {
        let optional = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let required = |name| optional(name).ok_or(NotInLambda(name));
        let credentials = Credentials::new(
            required("AWS_ACCESS_KEY_ID")?,
            required("AWS_SECRET_ACCESS_KEY")?,
            optional("AWS_SESSION_TOKEN"),
            None,
            "lambda",
        );
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new(required("AWS_REGION")?))
            .http_client(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https())
            .retry_config(retries())
            .timeout_config(timeouts());
        // The emulator and the tests set this variable to their address.
        config.set_endpoint_url(optional("AWS_ENDPOINT_URL"));
        Ok(Self(config.build()))
    }

    /// Returns a client of S3.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.0)
            // Host names like `bucket.localhost` often do not resolve.
            .force_path_style(self.0.endpoint_url().is_some());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// Returns a client of S3 for a function whose user waits for the response. It has short timeouts and retries a
    /// call soon.
    pub fn quick_s3(&self) -> aws_sdk_s3::Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .read_timeout(Duration::from_secs(2))
            .operation_attempt_timeout(Duration::from_secs(2))
            .operation_timeout(Duration::from_secs(8))
            .build();
        let stalls = StalledStreamProtectionConfig::enabled().grace_period(Duration::from_secs(2)).build();
        let config = aws_sdk_s3::config::Builder::from(&self.0)
            .force_path_style(self.0.endpoint_url().is_some())
            .retry_config(retries().with_initial_backoff(Duration::from_millis(50)))
            .timeout_config(timeouts)
            .stalled_stream_protection(stalls);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// Returns a client of Secrets Manager.
    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.0)
    }

    /// Returns a client of Bedrock. Its timeouts are long, because a model takes seconds to respond.
    pub fn bedrock(&self) -> aws_sdk_bedrockruntime::Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(3))
            .read_timeout(Duration::from_secs(25))
            .operation_attempt_timeout(Duration::from_secs(25))
            .operation_timeout(Duration::from_secs(45))
            .build();
        let config = aws_sdk_bedrockruntime::config::Builder::from(&self.0).timeout_config(timeouts);
        aws_sdk_bedrockruntime::Client::from_conf(config.build())
    }

    /// Returns a client of SQS.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.0)
    }

    /// Returns the default event bus, for the events of the stack called `stack`.
    pub fn event_bus(&self, stack: &str) -> EventBus {
        EventBus::new(aws_sdk_eventbridge::Client::new(&self.0), EventSender { stack: stack.to_owned() })
    }

    /// Returns a client of SNS.
    pub fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.0)
    }
}

/// Returns exponential backoff with jitter. If all attempts fail, the queue delivers the message again.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(200))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(15))
        .operation_timeout(Duration::from_secs(40))
        .build()
}
