//! The clients of AWS, or of the emulator.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, ProvideCredentials as _};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use crate::Failure;
use crate::stack::Stack;

/// The clients of a stack.
#[derive(Clone)]
pub(crate) struct Aws {
    pub(crate) config: SdkConfig,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) events: aws_sdk_eventbridge::Client,
}

impl Aws {
    pub(crate) async fn connect(stack: &Stack) -> Result<Self, Failure> {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().tls_provider(tls).build_https())
            .region(Region::new(stack.region.clone()));
        if let Some(endpoint) = &stack.endpoint {
            // The emulator accepts any key.
            let credentials = Credentials::new("test", "test", None, None, "emulator");
            loader = loader.endpoint_url(endpoint).credentials_provider(credentials);
        }
        let config = loader.load().await;
        let of_s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(stack.endpoint.is_some());
        Ok(Self {
            s3: aws_sdk_s3::Client::from_conf(of_s3.build()),
            sqs: aws_sdk_sqs::Client::new(&config),
            events: aws_sdk_eventbridge::Client::new(&config),
            config,
        })
    }

    /// Returns the credentials that sign an upload.
    pub(crate) async fn credentials(&self) -> Result<Credentials, Failure> {
        let provider = self.config.credentials_provider().ok_or("there are no AWS credentials")?;
        Ok(provider.provide_credentials().await?)
    }
}
