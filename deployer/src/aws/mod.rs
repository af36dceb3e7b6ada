//! Creates all AWS clients.

pub(crate) mod error;
pub(crate) mod network;
pub(crate) mod viewer;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_bedrockruntime::error::SdkError;
use aws_sdk_bedrockruntime::operation::converse::ConverseError;
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, InferenceConfiguration, Message};
use aws_sdk_sts::config::ProvideCredentials as _;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
#[cfg(debug_assertions)]
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, Metadata};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

use crate::aws::error::{aws_error, credentials_error};
use crate::aws::network::ConnectionOptions;
use crate::config::{Config, ConnectionVariables, region_from_environment};
use crate::error::{CommandError, error_chain};
use crate::local::Emulator;
use crate::ui::Ui;

/// The maximum number of attempts of a request.
const ATTEMPTS: u32 = 8;

/// Every operation that the deployer sends. The tests compare the IAM policy of an operator with the list.
#[cfg(debug_assertions)]
const OPERATIONS: &str = include_str!("operations.txt");

/// Creates a client of `$service` from the builder of its configuration.
macro_rules! client {
    ($service:ident, $builder:expr) => {{
        let builder = $builder;
        #[cfg(debug_assertions)]
        let builder = builder.interceptor(OperationCheck);
        $service::Client::from_conf(builder.build())
    }};
}

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The clients of the services, created on first use.
pub(crate) struct Aws {
    config: SdkConfig,
    connections: ConnectionOptions,
    retry_notice: RetryNotice,
    local: bool,
    s3: OnceLock<aws_sdk_s3::Client>,
    cloudformation: OnceLock<aws_sdk_cloudformation::Client>,
}

/// The identity of the caller.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Identity {
    /// The account ID.
    pub(crate) account: String,
    /// The ARN of the caller.
    pub(crate) arn: String,
}

impl Identity {
    /// Returns the partition: `aws`, `aws-us-gov`, or `aws-cn`.
    pub(crate) fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or("aws")
    }
}

/// Stores the time of the last response, in seconds since 1970.
#[derive(Clone, Debug, Default)]
struct ResponseClock(Arc<AtomicU64>);

impl Intercept for ResponseClock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        if let Some(time) = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok()) {
            self.0.store(u64::try_from(time.secs()).unwrap_or(0), Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Prints a note once if requests are retried, to explain the wait.
#[derive(Clone, Debug)]
struct RetryNotice {
    ui: Ui,
    is_shown: Arc<AtomicBool>,
}

impl Intercept for RetryNotice {
    fn name(&self) -> &'static str {
        "patience"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempt = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        // The first retries are too fast to notice.
        if attempt >= 4 && !self.is_shown.swap(true, Ordering::Relaxed) {
            let service = config.load::<Metadata>().map_or("AWS", Metadata::service);
            self.ui.note(format!("{service} requests are failing; trying up to {ATTEMPTS} times"));
        }
        Ok(())
    }
}

/// Panics in a debug build if an operation is not in the list.
#[cfg(debug_assertions)]
#[derive(Debug)]
struct OperationCheck;

#[cfg(debug_assertions)]
impl Intercept for OperationCheck {
    fn name(&self) -> &'static str {
        "listed"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(operation) = config.load::<Metadata>() {
            let operation = format!("{} {}", operation.service(), operation.name());
            let is_listed = OPERATIONS.lines().any(|line| line.split(':').next() == Some(&operation));
            assert!(is_listed, "the operation `{operation}` is missing in deployer/src/aws/operations.txt");
        }
        Ok(())
    }
}

/// Returns an error if the AWS configuration has no `profile` of that name, or cannot be read.
async fn check_profile(profile: Option<&str>) -> Result<(), CommandError> {
    let (file_system, variables, files) = Default::default();
    let known = aws_config::profile::load(&file_system, &variables, &files, None).await.map_err(|error| {
        let why = error_chain(&error);
        CommandError::usage(format!("cannot read the AWS configuration: {why}"))
            .hint("fix the file, or set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE to other files")
    })?;
    let Some(profile) = profile.filter(|profile| *profile != "default") else { return Ok(()) };
    if known.get_profile(profile).is_some() {
        return Ok(());
    }
    let mut names: Vec<&str> = known.profiles().collect();
    names.sort_unstable();
    let existing = match names.is_empty() {
        true => "the AWS configuration has no profiles".to_owned(),
        false => format!("the AWS configuration has {}", names.join(", ")),
    };
    Err(CommandError::usage(format!("there is no profile `{profile}`; {existing}")).hint(
        "check `--profile`, AWS_PROFILE, and `profile` in deployer.yaml, or run `aws configure` to create a profile",
    ))
}

/// Returns an error if there is no region, or if its name cannot be a part of a host name.
fn check_region(region: &str) -> Result<(), CommandError> {
    if region.is_empty() {
        return Err(CommandError::failed("no AWS region is configured")
            .hint("add `--region eu-central-1`, or set `region` in deployer.yaml")
            .hint("add `--local` to use a stack on this machine without an AWS account"));
    }
    if region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Ok(());
    }
    Err(CommandError::usage(format!("`{region}` is not an AWS region"))
        .hint("use a name such as `eu-central-1`"))
}

impl Aws {
    /// Creates the clients for AWS, or for the emulator if given.
    pub(crate) async fn connect(
        config: &Config,
        emulator: Option<&Emulator>,
        ui: &Ui,
    ) -> Result<Self, CommandError> {
        let variables = ConnectionVariables::read();
        let connections = ConnectionOptions::read(&variables, emulator.is_some())?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(Duration::from_secs(60))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(connections.http_client())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
        // The SDK treats an empty variable as the name of a region.
        let from_environment = || region_from_environment().map(|(region, _)| region);
        if let Some(region) = config.settings.region.clone().or_else(from_environment) {
            loader = loader.region(Region::new(region));
        }
        if emulator.is_none() {
            let profile = config.settings.profile.as_deref().or(variables.profile());
            check_profile(profile).await?;
            // The SDK treats an empty variable as the name of a profile.
            loader = loader.profile_name(profile.unwrap_or("default"));
        }
        if let Some(emulator) = emulator {
            let region = config.settings.region.clone().unwrap_or_else(|| "us-east-1".to_owned());
            loader =
                loader.endpoint_url(&emulator.endpoint).region(Region::new(region)).credentials_provider(
                    aws_sdk_s3::config::Credentials::new("test", "test", None, None, "local"),
                );
        }
        let loaded = loader.load().await;
        if let Some(endpoint) = loaded.endpoint_url() {
            network::check_endpoint("endpoint_url", endpoint)?;
        }
        check_region(loaded.region().map_or("", |region| region.as_ref()))?;
        let local = loaded.endpoint_url().is_some();
        let retry_notice = RetryNotice { ui: ui.clone(), is_shown: Arc::default() };
        Ok(Self {
            config: loaded,
            connections,
            retry_notice,
            local,
            s3: OnceLock::new(),
            cloudformation: OnceLock::new(),
        })
    }

    /// Returns the name of the region.
    pub(crate) fn region(&self) -> &str {
        self.config.region().map_or("", |region| region.as_ref())
    }

    /// Returns the endpoint, or `None` for AWS.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.config.endpoint_url()
    }

    pub(crate) fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| {
            let builder = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(self.local);
            client!(aws_sdk_s3, builder)
        })
    }

    /// Returns a client for requests with large bodies. The read timeout of the SDK includes the time to send the body,
    /// which takes minutes if many bodies share a slow uplink. If an upload makes no progress before S3 has read the
    /// body, it ends earlier.
    pub(crate) fn s3_for_uploads(&self) -> aws_sdk_s3::Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(Duration::from_secs(30 * 60))
            .build();
        let stalled =
            StalledStreamProtectionConfig::enabled().grace_period(Duration::from_secs(5 * 60)).build();
        let builder = aws_sdk_s3::config::Builder::from(&self.config)
            .force_path_style(self.local)
            .timeout_config(timeouts)
            .stalled_stream_protection(stalled);
        client!(aws_sdk_s3, builder)
    }

    pub(crate) fn cloudformation(&self) -> &aws_sdk_cloudformation::Client {
        self.cloudformation.get_or_init(|| {
            let builder = aws_sdk_cloudformation::config::Builder::from(&self.config);
            client!(aws_sdk_cloudformation, builder.interceptor(self.retry_notice.clone()))
        })
    }

    pub(crate) fn cloudwatch(&self) -> aws_sdk_cloudwatch::Client {
        client!(aws_sdk_cloudwatch, aws_sdk_cloudwatch::config::Builder::from(&self.config))
    }

    pub(crate) fn lambda(&self) -> aws_sdk_lambda::Client {
        client!(aws_sdk_lambda, aws_sdk_lambda::config::Builder::from(&self.config))
    }

    pub(crate) fn eventbridge(&self) -> aws_sdk_eventbridge::Client {
        client!(aws_sdk_eventbridge, aws_sdk_eventbridge::config::Builder::from(&self.config))
    }

    #[cfg(feature = "full")]
    pub(crate) fn iam(&self) -> aws_sdk_iam::Client {
        client!(aws_sdk_iam, aws_sdk_iam::config::Builder::from(&self.config))
    }

    pub(crate) fn kms(&self) -> aws_sdk_kms::Client {
        client!(aws_sdk_kms, aws_sdk_kms::config::Builder::from(&self.config))
    }

    pub(crate) fn logs(&self) -> aws_sdk_cloudwatchlogs::Client {
        client!(aws_sdk_cloudwatchlogs, aws_sdk_cloudwatchlogs::config::Builder::from(&self.config))
    }

    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        client!(aws_sdk_sqs, aws_sdk_sqs::config::Builder::from(&self.config))
    }

    /// Returns the current text of a secret.
    pub(crate) async fn secret(&self, arn: &str) -> Result<String, CommandError> {
        let secrets =
            client!(aws_sdk_secretsmanager, aws_sdk_secretsmanager::config::Builder::from(&self.config));
        let found = secrets.get_secret_value().secret_id(arn).send().await;
        let found = found.map_err(|error| aws_error(format_args!("read the secret `{arn}`"), &error))?;
        Ok(found.secret_string.unwrap_or_default())
    }

    /// Returns the identity of the caller.
    pub(crate) async fn identity(&self) -> Result<Identity, CommandError> {
        self.identity_and_time().await.0
    }

    /// Returns the identity of the caller, and the time of the service or `None` if it did not respond.
    pub(crate) async fn identity_and_time(&self) -> (Result<Identity, CommandError>, Option<SystemTime>) {
        let clock = ResponseClock::default();
        let builder = aws_sdk_sts::config::Builder::from(&self.config);
        let sts = client!(aws_sdk_sts, builder.interceptor(self.retry_notice.clone()));
        let identity = sts
            .get_caller_identity()
            .customize()
            .interceptor(clock.clone())
            .send()
            .await
            .map_err(|error| aws_error("get the identity of the caller", &error))
            .map(|caller| Identity {
                account: caller.account().unwrap_or_default().to_owned(),
                arn: caller.arn().unwrap_or_default().to_owned(),
            });
        let seconds = clock.0.load(Ordering::Relaxed);
        let time = (seconds > 0).then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        (identity, time)
    }

    /// Returns the credentials of the caller.
    pub(crate) async fn credentials(&self) -> Result<Credentials, CommandError> {
        let provider = self.config.credentials_provider();
        let provider = provider.ok_or_else(|| CommandError::failed("there are no AWS credentials"))?;
        let fail = |why: &str| CommandError::failed(format!("cannot sign the request: {why}"));
        provider.provide_credentials().await.map_err(|error| credentials_error(fail, &error))
    }

    /// Returns when the credentials expire, or `None` if they do not.
    pub(crate) async fn credentials_expiry(&self) -> Option<SystemTime> {
        let provider = self.config.credentials_provider()?;
        provider.provide_credentials().await.ok()?.expiry()
    }

    /// Requests one token from a model of Bedrock.
    pub(crate) async fn ask_model(&self, model: &str) -> Result<(), SdkError<ConverseError>> {
        let question = Message::builder()
            .role(ConversationRole::User)
            .content(ContentBlock::Text("Say ok.".to_owned()))
            .build()
            .map_err(SdkError::construction_failure)?;
        let one_token = InferenceConfiguration::builder().max_tokens(1).build();
        let builder = aws_sdk_bedrockruntime::config::Builder::from(&self.config);
        let bedrock = client!(aws_sdk_bedrockruntime, builder);
        bedrock.converse().model_id(model).messages(question).inference_config(one_token).send().await?;
        Ok(())
    }

    /// Returns the lifecycle status of a foundation model, `ACTIVE` or `LEGACY`, or `None` if Bedrock does not report it.
    ///
    /// GetFoundationModel belongs to the control plane of Bedrock, whose crate has hundreds of operations. Its requests are
    /// signed like those of the runtime, so this rewrites an InvokeModel request.
    /// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModel.html>
    pub(crate) async fn model_lifecycle(&self, model: &str) -> Option<String> {
        let builder = aws_sdk_bedrockruntime::config::Builder::from(&self.config);
        let bedrock = client!(aws_sdk_bedrockruntime, builder);
        let request = bedrock.invoke_model().model_id(model).customize().mutate_request(|request| {
            let mut get = HttpRequest::new(SdkBody::empty());
            *get.headers_mut() = request.headers().clone();
            for about_body in ["content-type", "content-length"] {
                get.headers_mut().remove(about_body);
            }
            let uri = request.uri().replacen("://bedrock-runtime", "://bedrock", 1);
            let uri = uri.replacen("/model/", "/foundation-models/", 1);
            if get.set_uri(uri.trim_end_matches("/invoke")).is_ok() {
                *request = get;
            }
        });
        let response = request.send().await.ok()?;
        let model: serde_json::Value = serde_json::from_slice(response.body().as_ref()).ok()?;
        model.pointer("/modelDetails/modelLifecycle/status")?.as_str().map(str::to_owned)
    }
}
