//! The deployed stack: its clients, its identity, and its outputs.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{self as cfn, StackStatus};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use contract::function::Function;
use tokio::sync::OnceCell;

use crate::aws::error::{aws_code, aws_error};
use crate::aws::{Aws, Identity};
use crate::config::Config;
use crate::error::{CommandError, shell_quote};
use crate::local::{self, Emulator};
use crate::template::pascal_case;
use crate::ui::Ui;

/// A stack, which may not exist yet.
pub(crate) struct Stack {
    pub(crate) config: Config,
    pub(crate) aws: Aws,
    /// The emulator of a local stack.
    pub(crate) emulator: Option<Emulator>,
    outputs: OnceCell<Outputs>,
    identity: OnceCell<Identity>,
}

/// The result of checking a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BucketAccess {
    /// The account owns it.
    Owned,
    /// There is no such bucket.
    Missing,
    /// Another account owns it, or the caller may not access it.
    Denied,
}

/// The outputs of the template: the names of the resources that commands use.
#[derive(Clone, Debug)]
pub(crate) struct Outputs {
    by_name: BTreeMap<String, String>,
}

impl Stack {
    /// Creates the clients. With `--local`, starts the emulator first if it is not running.
    pub(crate) async fn connect(config: Config, ui: &Ui) -> Result<Self, CommandError> {
        let emulator = if config.local { Some(local::ensure_running(&config, ui).await?) } else { None };
        let aws = Aws::connect(&config, emulator.as_ref(), ui).await?;
        Ok(Self { config, aws, emulator, outputs: OnceCell::new(), identity: OnceCell::new() })
    }

    /// Connects to a stack that must exist. With `--local`, returns an error instead of installing and starting an emulator
    /// that would have no stack.
    pub(crate) async fn connect_existing(config: Config, ui: &Ui) -> Result<Self, CommandError> {
        if config.local && !local::was_started(&config)? {
            return Err(missing_stack(&config, "on this machine"));
        }
        Self::connect(config, ui).await
    }

    /// Returns the name of the stack.
    pub(crate) fn name(&self) -> &str {
        &self.config.settings.stack
    }

    /// Returns the flags for an `aws` command on this stack, for hints: ` --region eu-central-1 --profile x`.
    pub(crate) fn aws_flags(&self) -> String {
        let mut flags = format!(" --region {}", self.aws.region());
        if let Some(endpoint) = self.aws.endpoint() {
            flags += &format!(" --endpoint-url {}", shell_quote(endpoint));
        }
        if let Some(profile) = &self.config.settings.profile {
            flags += &format!(" --profile {}", shell_quote(profile));
        }
        flags
    }

    /// Returns the description of the stack, or `None` if it does not exist.
    pub(crate) async fn describe(&self) -> Result<Option<cfn::Stack>, CommandError> {
        let response = self.aws.cloudformation().describe_stacks().stack_name(self.name()).send().await;
        match response {
            // Some emulators, unlike AWS, still find a deleted stack by its name.
            Ok(found) => Ok(found
                .stacks
                .unwrap_or_default()
                .into_iter()
                .find(|stack| stack.stack_status() != Some(&StackStatus::DeleteComplete))),
            Err(error) if is_missing_stack(&error) => Ok(None),
            Err(error) => Err(aws_error(format_args!("describe the stack `{}`", self.name()), &error)),
        }
    }

    /// Returns the name of a bucket in the emulator other than `own`, or `None` if there is none. Another stack has
    /// buckets, in any region.
    pub(crate) async fn find_other_local_bucket(&self, own: &str) -> Result<Option<String>, CommandError> {
        let listed = self.aws.s3().list_buckets().send().await;
        let listed = listed.map_err(|error| aws_error("list the buckets of the emulator", &error))?;
        let mut names = listed.buckets.unwrap_or_default().into_iter().filter_map(|bucket| bucket.name);
        Ok(names.find(|name| name != own))
    }

    /// Returns the outputs of the deployed stack, which are read once.
    pub(crate) async fn outputs(&self) -> Result<&Outputs, CommandError> {
        self.outputs
            .get_or_try_init(|| async {
                let is_planned =
                    |stack: &cfn::Stack| stack.stack_status() == Some(&StackStatus::ReviewInProgress);
                let stack = self.describe().await?.filter(|stack| !is_planned(stack));
                let Some(stack) = stack else { return Err(self.missing_error()) };
                Ok(Outputs::from_stack(&stack))
            })
            .await
    }

    /// Returns the error for a stack that does not exist.
    pub(crate) fn missing_error(&self) -> CommandError {
        let place = if self.config.local {
            "on this machine".to_owned()
        } else {
            format!("in {}", self.aws.region())
        };
        missing_stack(&self.config, &place)
    }

    /// Returns the identity of the caller, which is read once.
    pub(crate) async fn identity(&self) -> Result<&Identity, CommandError> {
        self.identity.get_or_try_init(|| self.aws.identity()).await
    }

    /// Returns the bucket names of a new stack by logical ID: those for photos, thumbnails, and records, and last the
    /// one for access logs.
    pub(crate) async fn bucket_names(&self) -> Result<[(&'static str, String); 4], CommandError> {
        let account = &self.identity().await?.account;
        let settings = &self.config.settings;
        let named = &settings.buckets;
        Ok([
            ("OriginalsBucket", "originals", &named.originals),
            ("ThumbnailsBucket", "thumbnails", &named.thumbnails),
            ("CatalogBucket", "catalog", &named.catalog),
            ("AccessLogsBucket", "access-logs", &None),
        ]
        .map(|(id, role, name)| {
            (id, settings.bucket_name(role, name.as_deref(), account, self.aws.region()))
        }))
    }

    /// Returns the base URL of the thumbnails, or `None` if the stack does not deliver thumbnails.
    pub(crate) async fn delivery_base(&self) -> Result<Option<String>, CommandError> {
        Ok(self.delivery_base_in(self.outputs().await?))
    }

    /// Like [`Self::delivery_base`], for known outputs. The emulator serves a distribution at another address.
    pub(crate) fn delivery_base_in(&self, outputs: &Outputs) -> Option<String> {
        let base = outputs.by_name.get("DeliveryAddress")?;
        let label = outputs.by_name.get("DeliveryDistributionDomain")?.split('.').next();
        let emulated = self.emulator.as_ref().zip(label);
        Some(emulated.map_or_else(|| base.clone(), |(emulator, label)| emulator.distribution(label)))
    }

    /// Returns whether the account owns the bucket and may access it.
    pub(crate) async fn owns_bucket(&self, bucket: &str) -> Result<bool, CommandError> {
        Ok(self.find_bucket(bucket).await? == BucketAccess::Owned)
    }

    /// Returns whether the bucket exists and belongs to the account.
    pub(crate) async fn find_bucket(&self, bucket: &str) -> Result<BucketAccess, CommandError> {
        let account = &self.identity().await?.account;
        match self.aws.s3().head_bucket().bucket(bucket).expected_bucket_owner(account).send().await {
            Ok(_) => Ok(BucketAccess::Owned),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {
                Ok(BucketAccess::Missing)
            }
            Err(error) if error.raw_response().is_some_and(|response| response.status().as_u16() == 403) => {
                Ok(BucketAccess::Denied)
            }
            Err(error) => Err(aws_error(format_args!("check the bucket `{bucket}`"), &error)),
        }
    }

    /// Returns the name of the bucket for the zips of the functions.
    pub(crate) async fn artifacts_bucket(&self) -> Result<String, CommandError> {
        let account = &self.identity().await?.account;
        Ok(self.config.settings.artifacts_bucket_name(account, self.aws.region()))
    }
}

/// Returns the error for a stack that does not exist in `place`: `on this machine`.
fn missing_stack(config: &Config, place: &str) -> CommandError {
    CommandError::not_found(format!("there is no stack `{}` {place}", config.settings.stack))
        .hint("run `deployer up{flags}` to create it, or check `--stack` and `--region`")
}

/// Returns whether CloudFormation reports that the stack does not exist. It has no specific error code for this, only
/// ValidationError with "does not exist".
pub(crate) fn is_missing_stack<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    let message = error.as_service_error().and_then(ProvideErrorMetadata::message);
    aws_code(error) == Some("ValidationError") && message.is_some_and(|m| m.contains("does not exist"))
}

impl Outputs {
    /// Returns the outputs in the description of a stack. A stack in REVIEW_IN_PROGRESS has none.
    pub(crate) fn from_stack(stack: &cfn::Stack) -> Self {
        let read =
            |output: &cfn::Output| Some((output.output_key()?.to_owned(), output.output_value()?.to_owned()));
        Self { by_name: stack.outputs().iter().filter_map(read).collect() }
    }

    /// Returns the bucket with the originals.
    pub(crate) fn originals_bucket(&self) -> Result<&str, CommandError> {
        self.get("OriginalsBucket")
    }

    /// Returns the bucket with the thumbnails.
    pub(crate) fn thumbnails_bucket(&self) -> Result<&str, CommandError> {
        self.get("ThumbnailsBucket")
    }

    /// Returns the bucket with the records.
    pub(crate) fn catalog_bucket(&self) -> Result<&str, CommandError> {
        self.get("CatalogBucket")
    }

    /// Returns whether the stack has a name index, so that photos can be found by their names.
    pub(crate) fn has_name_index(&self) -> bool {
        !self.by_name.contains_key("NameIndex")
    }

    /// Returns the URL of the queue of `function`.
    pub(crate) fn queue_url(&self, function: Function) -> Result<&str, CommandError> {
        match function {
            Function::Thumbnail => self.get("ThumbnailQueueUrl"),
            Function::AltText if !self.has_function(Function::AltText) => {
                Err(CommandError::failed("this stack has no alt-text function")
                    .hint("set `alt_text: {enabled: true}` in deployer.yaml, then run `deployer up{flags}`"))
            }
            Function::AltText => self.get("AltTextQueueUrl"),
        }
    }

    /// Returns the name of the function with the program `program`: `alt-text`.
    pub(crate) fn function_name(&self, program: &str) -> Result<&str, CommandError> {
        self.get(&format!("{}Function", pascal_case(program)))
    }

    /// Returns whether the stack has `function`.
    pub(crate) fn has_function(&self, function: Function) -> bool {
        function == Function::Thumbnail || self.by_name.contains_key("AltTextQueueUrl")
    }

    /// Returns the URLs of all queues, by the name of their output without `Url`.
    pub(crate) fn queue_urls(&self) -> impl Iterator<Item = (&str, &str)> {
        let queues = self.by_name.iter().filter(|(name, _)| name.ends_with("QueueUrl"));
        queues.filter_map(|(name, url)| Some((name.strip_suffix("Url")?, url.as_str())))
    }

    /// Returns the value of the output `name`.
    pub(crate) fn get(&self, name: &str) -> Result<&str, CommandError> {
        self.by_name.get(name).map(String::as_str).ok_or_else(|| {
            CommandError::failed(format!(
                "the stack has no output `{name}`: it is incomplete, or another program created it"
            ))
            .hint("run `deployer status{flags}` to see its state, or `deployer up{flags}` to update it")
        })
    }

    /// Returns all outputs by name.
    pub(crate) fn all(&self) -> &BTreeMap<String, String> {
        &self.by_name
    }
}
