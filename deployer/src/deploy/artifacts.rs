//! The artifacts bucket, which the deployer creates. It stores the zips of the functions and large templates under
//! their digests. Several stacks can share the bucket, because all keys of a stack start with its name.

use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, PublicAccessBlockConfiguration,
};
use serde_json::json;

use crate::aws::error::{aws_code, aws_error};
use crate::aws::{Aws, Identity};
use crate::backoff::Backoff;
use crate::config::Settings;
use crate::error::{CommandError, io_error};
use crate::package::Artifact;
use crate::s3::objects::{bucket_policy, head_object};
use crate::stack::Stack;
use crate::template::Template;
use crate::ui::Ui;

/// How many old templates, and old zips of each function, to keep.
const KEPT_ARTIFACTS: usize = 5;

/// The maximum number of times that a request is sent again while S3 creates or deletes the bucket. The retries take
/// over half a minute.
const RETRIES: u32 = 10;

/// The prefix of the templates that are too large for a request, among the objects of a stack.
const TEMPLATES: &str = "templates/";

/// Returns the key of the object `name` of the stack.
pub(crate) fn own_key(stack: &Stack, name: &str) -> String {
    format!("{}/{name}", stack.name())
}

/// Creates the bucket if it does not exist, and uploads the zips that it does not contain.
pub(crate) async fn store(stack: &Stack, artifacts: &[Artifact], ui: &Ui) -> Result<(), CommandError> {
    let bucket = ensure_bucket(&stack.aws, stack.identity().await?, &stack.config.settings, ui).await?;
    for artifact in artifacts {
        let key = artifact.key(stack.name());
        if head_object(stack.aws.s3(), &bucket, &key).await?.is_some() {
            ui.detail(format!("the artifacts bucket already contains the function `{}`", artifact.function));
            continue;
        }
        upload(stack, &key, &artifact.path).await?;
        ui.step(format!(
            "Uploaded the function `{}` ({} kB)",
            artifact.function,
            artifact.bytes.div_ceil(1000)
        ));
    }
    Ok(())
}

async fn upload(stack: &Stack, key: &str, path: &Path) -> Result<(), CommandError> {
    let bytes = std::fs::read(path).map_err(|error| {
        io_error(format_args!("read the zip file `{}` of the function", path.display()), &error)
    })?;
    put(stack, key, bytes, "store the function").await
}

/// Puts an object into the artifacts bucket, which must belong to the account. `what` names the purpose in errors:
/// `store the function`.
pub(crate) async fn put(stack: &Stack, key: &str, body: Vec<u8>, what: &str) -> Result<(), CommandError> {
    let bucket = stack.artifacts_bucket().await?;
    let account = &stack.identity().await?.account;
    let request = || stack.aws.s3().put_object().bucket(&bucket).key(key).expected_bucket_owner(account);
    let sent = retry_while_changing(|| request().body(ByteStream::from(body.clone())).send()).await;
    sent.map(|_| ()).map_err(|error| aws_error(format_args!("{what} in `{bucket}`"), &error))
}

/// Reads an object of the artifacts bucket. Returns `None` if it or the bucket does not exist.
pub(crate) async fn get(stack: &Stack, key: &str) -> Result<Option<Vec<u8>>, CommandError> {
    let bucket = stack.artifacts_bucket().await?;
    let account = &stack.identity().await?.account;
    let request = stack.aws.s3().get_object().bucket(&bucket).key(key).expected_bucket_owner(account);
    let object = match request.send().await {
        Ok(object) => object,
        Err(error) if matches!(aws_code(&error), Some("NoSuchKey" | "NoSuchBucket")) => return Ok(None),
        Err(error) => return Err(aws_error(format_args!("read `s3://{bucket}/{key}`"), &error)),
    };
    let body = object.body.collect().await.map_err(|error| {
        CommandError::failed(format!("cannot read `s3://{bucket}/{key}`: {error}"))
            .hint("run the command again")
    })?;
    Ok(Some(body.to_vec()))
}

/// Stores a template that is too large for a request in the bucket, and returns its URL.
pub(crate) async fn store_template(
    stack: &Stack,
    template: &Template,
    ui: &Ui,
) -> Result<String, CommandError> {
    let bucket = ensure_bucket(&stack.aws, stack.identity().await?, &stack.config.settings, ui).await?;
    let body = template.body().into_bytes();
    let digest = contract::key::Digest::of(&body);
    let key = own_key(stack, &format!("{TEMPLATES}{}.json", digest.as_str()));
    put(stack, &key, body, "store the template").await?;
    let s3 = stack.aws.s3();
    // The SDK knows where the buckets of each partition are.
    let presigning = PresigningConfig::expires_in(Duration::from_secs(60))
        .map_err(|error| CommandError::failed(format!("cannot compute the URL of the template: {error}")))?;
    let address = s3.get_object().bucket(&bucket).key(&key).presigned(presigning).await;
    let address = address.map_err(|error| aws_error("compute the URL of the template", &error))?;
    Ok(address.uri().split('?').next().unwrap_or_default().to_owned())
}

/// Creates the bucket if it does not exist, blocks public access, and requires TLS. Returns the name of the bucket.
pub(crate) async fn ensure_bucket(
    aws: &Aws,
    identity: &Identity,
    settings: &Settings,
    ui: &Ui,
) -> Result<String, CommandError> {
    let s3 = aws.s3();
    let name = settings.artifacts_bucket_name(&identity.account, aws.region());
    let bucket = name.as_str();
    // The name can be guessed. Another account that owns a bucket of this name could replace the code of the functions.
    match s3.head_bucket().bucket(bucket).expected_bucket_owner(&identity.account).send().await {
        // A bucket with a configured name can belong to another team, which chooses its settings.
        Ok(_) if settings.buckets.artifacts.is_some() => return Ok(name),
        // The policy is set last. If it is missing, an earlier deployer stopped before it protected the bucket.
        Ok(_) => {
            if bucket_policy(s3, bucket).await?.is_none() {
                protect_bucket(aws, identity, bucket).await?;
            }
            return Ok(name);
        }
        Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {}
        Err(error) => {
            return Err(aws_error(format_args!("use the artifacts bucket `{bucket}`"), &error).hint(
                "if another account owns a bucket of this name, set `buckets.artifacts` in deployer.yaml",
            ));
        }
    }
    let spinner = ui.start_spinner(format!("Creating the artifacts bucket `{bucket}`"));
    let region = aws.region();
    // S3 requires a location constraint for every region but this one.
    let location = (region != "us-east-1").then(|| {
        CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(region))
            .build()
    });
    let create =
        || s3.create_bucket().bucket(bucket).set_create_bucket_configuration(location.clone()).send();
    let created = retry_while_changing(create).await;
    if let Err(error) = created
        // Another deployer created it at the same time.
        && aws_code(&error) != Some("BucketAlreadyOwnedByYou")
    {
        let is_taken = error.code() == Some("BucketAlreadyExists");
        let failure = aws_error(format_args!("create the artifacts bucket `{bucket}`"), &error);
        return Err(if is_taken {
            failure.hint("set `buckets.artifacts` in deployer.yaml to another name")
        } else {
            failure
        });
    }
    protect_bucket(aws, identity, bucket).await?;
    spinner.finish_and_clear();
    Ok(name)
}

/// Blocks public access to the bucket, and requires TLS.
async fn protect_bucket(aws: &Aws, identity: &Identity, bucket: &str) -> Result<(), CommandError> {
    let s3 = aws.s3();
    let private = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    let block = || s3.put_public_access_block().bucket(bucket);
    retry_while_changing(|| block().public_access_block_configuration(private.clone()).send())
        .await
        .map_err(|error| aws_error(format_args!("block public access to `{bucket}`"), &error))?;
    let arn = format!("arn:{}:s3:::{bucket}", identity.partition());
    let only_tls = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "OnlyOverTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": false } },
    }] });
    retry_while_changing(|| s3.put_bucket_policy().bucket(bucket).policy(only_tls.to_string()).send())
        .await
        .map_err(|error| aws_error(format_args!("require TLS for `{bucket}`"), &error))?;
    Ok(())
}

/// Sends a request again if it fails because S3 is still deleting a bucket of this name, or has not yet propagated its
/// creation.
async fn retry_while_changing<T, E, F>(send: impl Fn() -> F) -> Result<T, SdkError<E>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    let mut backoff = Backoff::with_retries(RETRIES);
    loop {
        match send().await {
            Err(error)
                if matches!(aws_code(&error), Some("NoSuchBucket" | "OperationAborted"))
                    && backoff.next_attempt().await => {}
            done => return done,
        }
    }
}

/// Deletes old zips and templates except the newest and the zips in use.
pub(crate) async fn prune(stack: &Stack, in_use: &[Artifact], ui: &Ui) -> Result<(), CommandError> {
    let bucket = stack.artifacts_bucket().await?;
    let name = stack.name();
    let zips = in_use.iter().map(|zip| (Artifact::prefix(name, &zip.function), Some(zip.key(name))));
    // CloudFormation reads a template only once, so no stored template is in use.
    for (prefix, in_use) in zips.chain([(own_key(stack, TEMPLATES), None)]) {
        prune_under(stack, &bucket, &prefix, in_use.as_deref(), ui).await?;
    }
    Ok(())
}

async fn prune_under(
    stack: &Stack,
    bucket: &str,
    prefix: &str,
    in_use: Option<&str>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let s3 = stack.aws.s3();
    let mut objects = Vec::new();
    let mut pages = s3.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| aws_error(format_args!("list `{prefix}` in `{bucket}`"), &error))?;
        objects.extend(page.contents.unwrap_or_default());
    }
    objects.sort_by_key(|object| std::cmp::Reverse(object.last_modified().map(|time| time.as_nanos())));
    let others = objects.iter().filter_map(|object| object.key()).filter(|key| Some(*key) != in_use);
    for key in others.skip(KEPT_ARTIFACTS) {
        let deleted = s3.delete_object().bucket(bucket).key(key).send().await;
        deleted.map_err(|error| aws_error(format_args!("delete the old `{key}`"), &error))?;
        ui.detail(format!("deleted the old `{key}`"));
    }
    Ok(())
}
