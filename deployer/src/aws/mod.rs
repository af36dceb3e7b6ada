//! The one place that builds AWS clients.

pub(crate) mod error;
pub(crate) mod network;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
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

use crate::aws::error::aws_error;
use crate::config::{Config, Environment};
use crate::error::{CommandError, causes};
use crate::local::Emulator;
use crate::ui::Ui;

/// How often a request is sent before it counts as failed.
const ATTEMPTS: u32 = 8;

/// Every operation that the deployer sends. The tests hold the operator's policy against the list.
#[cfg(debug_assertions)]
const OPERATIONS: &str = include_str!("operations.txt");

/// Makes a client of `$service` from the builder of its configuration.
macro_rules! client {
    ($service:ident, $builder:expr) => {{
        let builder = $builder;
        #[cfg(debug_assertions)]
        let builder = builder.interceptor(ListedOperations);
        $service::Client::from_conf(builder.build())
    }};
}

/// The clients of the services we call, made when first used.
pub(crate) struct Aws {
    config: SdkConfig,
    patience: RetryNotice,
    local: bool,
    s3: OnceLock<aws_sdk_s3::Client>,
    cloudformation: OnceLock<aws_sdk_cloudformation::Client>,
}

/// Who is calling.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Identity {
    /// The account's number.
    pub(crate) account: String,
    /// The caller's ARN.
    pub(crate) arn: String,
}

impl Identity {
    /// The part of AWS it belongs to: `aws`, `aws-us-gov` or `aws-cn`.
    pub(crate) fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or("aws")
    }
}

/// Notes the time of the last answer, in seconds since 1970.
#[derive(Clone, Debug, Default)]
struct Clock(Arc<AtomicU64>);

impl Intercept for Clock {
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

/// Says once that AWS is being asked again and again, so that nobody waits in the dark.
#[derive(Clone, Debug)]
struct RetryNotice {
    ui: Ui,
    said: Arc<AtomicBool>,
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
        // The first repetitions come so fast that nobody would have wondered.
        if attempt >= 4 && !self.said.swap(true, Ordering::Relaxed) {
            let service = config.load::<Metadata>().map_or("AWS", Metadata::service);
            self.ui.note(format!("{service} does not answer as it should: asking up to {ATTEMPTS} times"));
        }
        Ok(())
    }
}

/// Panics in a debug build when an operation is sent that is not in the list.
#[cfg(debug_assertions)]
#[derive(Debug)]
struct ListedOperations;

#[cfg(debug_assertions)]
impl Intercept for ListedOperations {
    fn name(&self) -> &'static str {
        "listed"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(sent) = config.load::<Metadata>() {
            let sent = format!("{} {}", sent.service(), sent.name());
            let is_listed = OPERATIONS.lines().any(|line| line.split(':').next() == Some(&sent));
            assert!(is_listed, "the operation `{sent}` is missing in deployer/src/aws/operations.txt");
        }
        Ok(())
    }
}

/// Fails if AWS's own configuration has no `profile` of that name, or cannot be read.
async fn check_profile(profile: Option<&str>) -> Result<(), CommandError> {
    let (file_system, variables, files) = Default::default();
    let known = aws_config::profile::load(&file_system, &variables, &files, None).await.map_err(|error| {
        let why = causes(&error);
        CommandError::usage(format!("the AWS configuration cannot be read: {why}"))
            .hint("correct the file, or name others with AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE")
    })?;
    let Some(profile) = profile.filter(|profile| *profile != "default") else { return Ok(()) };
    if known.get_profile(profile).is_some() {
        return Ok(());
    }
    let mut names: Vec<&str> = known.profiles().collect();
    names.sort_unstable();
    let there = match names.is_empty() {
        true => "there are none".to_owned(),
        false => format!("there are: {}", names.join(", ")),
    };
    Err(CommandError::usage(format!("there is no profile `{profile}`; {there}")).hint(
        "check `--profile`, AWS_PROFILE and `profile` in deployer.yaml; `aws configure` writes profiles",
    ))
}

impl Aws {
    /// The clients for AWS, or for the emulator where there is one.
    pub(crate) async fn connect(
        config: &Config,
        emulator: Option<&Emulator>,
        ui: &Ui,
    ) -> Result<Self, CommandError> {
        let environment = Environment::read();
        let http = network::client(&environment, emulator.is_some())?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(60))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
        if let Some(region) = &config.settings.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if emulator.is_none() {
            let profile = config.settings.profile.as_deref().or(environment.profile());
            check_profile(profile).await?;
            // The SDK takes a variable that is set to nothing for the name of a profile.
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
        if loaded.region().is_none() {
            return Err(CommandError::failed("no AWS region is configured")
                .hint("add `--region eu-central-1`, or set `region` in deployer.yaml")
                .hint("without an AWS account: add `--local` for a stack on this machine"));
        }
        let local = loaded.endpoint_url().is_some();
        let patience = RetryNotice { ui: ui.clone(), said: Arc::default() };
        Ok(Self { config: loaded, patience, local, s3: OnceLock::new(), cloudformation: OnceLock::new() })
    }

    /// The region's name.
    pub(crate) fn region(&self) -> &str {
        self.config.region().map_or("", |region| region.as_ref())
    }

    /// The endpoint, where it is not AWS itself.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.config.endpoint_url()
    }

    pub(crate) fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| {
            let builder = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(self.local);
            client!(aws_sdk_s3, builder)
        })
    }

    pub(crate) fn cloudformation(&self) -> &aws_sdk_cloudformation::Client {
        self.cloudformation.get_or_init(|| {
            let builder = aws_sdk_cloudformation::config::Builder::from(&self.config);
            client!(aws_sdk_cloudformation, builder.interceptor(self.patience.clone()))
        })
    }

    pub(crate) fn cloudwatch(&self) -> aws_sdk_cloudwatch::Client {
        client!(aws_sdk_cloudwatch, aws_sdk_cloudwatch::config::Builder::from(&self.config))
    }

    pub(crate) fn lambda(&self) -> aws_sdk_lambda::Client {
        client!(aws_sdk_lambda, aws_sdk_lambda::config::Builder::from(&self.config))
    }

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

    /// Asks AWS who is calling.
    pub(crate) async fn identity(&self) -> Result<Identity, CommandError> {
        self.identity_by_clock().await.0
    }

    /// Asks AWS who is calling, and notes what time it is there; none where no answer came.
    pub(crate) async fn identity_by_clock(&self) -> (Result<Identity, CommandError>, Option<SystemTime>) {
        let clock = Clock::default();
        let builder = aws_sdk_sts::config::Builder::from(&self.config);
        let sts = client!(aws_sdk_sts, builder.interceptor(self.patience.clone()));
        let said = sts
            .get_caller_identity()
            .customize()
            .interceptor(clock.clone())
            .send()
            .await
            .map_err(|error| aws_error("find out who is calling AWS", &error))
            .map(|said| Identity {
                account: said.account().unwrap_or_default().to_owned(),
                arn: said.arn().unwrap_or_default().to_owned(),
            });
        let seconds = clock.0.load(Ordering::Relaxed);
        let time = (seconds > 0).then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        (said, time)
    }

    /// When the caller's credentials expire; none for those that do not.
    pub(crate) async fn credentials_expiry(&self) -> Option<SystemTime> {
        let provider = self.config.credentials_provider()?;
        provider.provide_credentials().await.ok()?.expiry()
    }

    /// Asks a model of Bedrock for one token.
    pub(crate) async fn ask_model(&self, model: &str) -> Result<(), SdkError<ConverseError>> {
        let question = Message::builder()
            .role(ConversationRole::User)
            .content(ContentBlock::Text("Say ok.".to_owned()))
            .build()
            .map_err(SdkError::construction_failure)?;
        let short = InferenceConfiguration::builder().max_tokens(1).build();
        let builder = aws_sdk_bedrockruntime::config::Builder::from(&self.config);
        let bedrock = client!(aws_sdk_bedrockruntime, builder);
        bedrock.converse().model_id(model).messages(question).inference_config(short).send().await?;
        Ok(())
    }

    /// Returns the lifecycle status of a foundation model, `ACTIVE` or `LEGACY`; `None` if Bedrock does not tell.
    ///
    /// GetFoundationModel belongs to Bedrock's control plane, whose crate has hundreds of operations. Its requests are
    /// signed as those of the runtime are, so InvokeModel is turned into it.
    /// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModel.html>
    pub(crate) async fn model_lifecycle(&self, model: &str) -> Option<String> {
        let builder = aws_sdk_bedrockruntime::config::Builder::from(&self.config);
        let bedrock = client!(aws_sdk_bedrockruntime, builder);
        let asking = bedrock.invoke_model().model_id(model).customize().mutate_request(|request| {
            let mut get = HttpRequest::new(SdkBody::empty());
            *get.headers_mut() = request.headers().clone();
            for about_body in ["content-type", "content-length"] {
                get.headers_mut().remove(about_body);
            }
            let place = request.uri().replacen("://bedrock-runtime", "://bedrock", 1);
            let place = place.replacen("/model/", "/foundation-models/", 1);
            if get.set_uri(place.trim_end_matches("/invoke")).is_ok() {
                *request = get;
            }
        });
        let answer = asking.send().await.ok()?;
        let model: serde_json::Value = serde_json::from_slice(answer.body().as_ref()).ok()?;
        model.pointer("/modelDetails/modelLifecycle/status")?.as_str().map(str::to_owned)
    }
}
