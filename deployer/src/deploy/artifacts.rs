//! The artifacts bucket: made and owned by the deployer, holding the handler zips and large templates under their digests.

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
use crate::config::Config;
use crate::error::{CommandError, io_error};
use crate::package::Artifact;
use crate::stack::Stack;
use crate::template::Template;
use crate::ui::Ui;

/// How many templates, and zips of each function, are kept besides those in use.
const KEPT: usize = 5;

/// How often a request is sent again while S3 makes or deletes the bucket: over half a minute.
const TRIES: u32 = 10;

/// Where the templates are that are too large to be sent in a request.
const TEMPLATES: &str = "templates/";

/// The bucket's name.
pub(crate) fn bucket_name(config: &Config, account: &str, region: &str) -> String {
    let settings = &config.settings;
    settings.bucket_name("artifacts", settings.buckets.artifacts.as_deref(), account, region)
}

/// Makes the bucket unless it is there, and uploads the zips that it does not hold yet.
pub(crate) async fn store(stack: &Stack, artifacts: &[Artifact], ui: &Ui) -> Result<(), CommandError> {
    let bucket = stack.artifacts_bucket().await?;
    ensure_bucket(&stack.aws, stack.identity().await?, &bucket).await?;
    for artifact in artifacts {
        let key = artifact.key();
        let head = stack.aws.s3().head_object().bucket(&bucket).key(&key).send().await;
        match head {
            Ok(_) => {
                ui.detail(format!("the handler `{}` is in the artifacts bucket already", artifact.function));
                continue;
            }
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {}
            Err(error) => return Err(aws_error(format_args!("look for `{key}` in `{bucket}`"), &error)),
        }
        upload(stack, &key, &artifact.path).await?;
        ui.note(format!(
            "Uploaded the handler `{}` ({} kB)",
            artifact.function,
            artifact.bytes.div_ceil(1000)
        ));
    }
    Ok(())
}

async fn upload(stack: &Stack, key: &str, path: &Path) -> Result<(), CommandError> {
    let bytes = std::fs::read(path)
        .map_err(|error| io_error(format_args!("read the handler's zip `{}`", path.display()), &error))?;
    put(stack, key, bytes, "store the handler").await
}

/// Puts an object into the artifacts bucket, which must belong to the account. `what` says what for: `store the handler`.
pub(crate) async fn put(stack: &Stack, key: &str, body: Vec<u8>, what: &str) -> Result<(), CommandError> {
    let bucket = stack.artifacts_bucket().await?;
    let account = &stack.identity().await?.account;
    let request = || stack.aws.s3().put_object().bucket(&bucket).key(key).expected_bucket_owner(account);
    let sent = settled(|| request().body(ByteStream::from(body.clone())).send()).await;
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
        CommandError::failed(format!("cannot read `s3://{bucket}/{key}`: {error}")).hint("try again")
    })?;
    Ok(Some(body.to_vec()))
}

/// Puts the template into the bucket, for one too large to be sent in the request, and gives its address.
pub(crate) async fn store_template(stack: &Stack, template: &Template) -> Result<String, CommandError> {
    let bucket = stack.artifacts_bucket().await?;
    ensure_bucket(&stack.aws, stack.identity().await?, &bucket).await?;
    let body = template.body().into_bytes();
    let key = format!("{TEMPLATES}{}.json", contract::key::Digest::of(&body).as_str());
    put(stack, &key, body, "store the template").await?;
    let s3 = stack.aws.s3();
    // The SDK knows where the buckets of each partition are.
    let presigning = PresigningConfig::expires_in(Duration::from_secs(60))
        .map_err(|error| CommandError::failed(format!("cannot tell where the template is: {error}")))?;
    let address = s3.get_object().bucket(&bucket).key(&key).presigned(presigning).await;
    let address = address.map_err(|error| aws_error("tell where the template is", &error))?;
    Ok(address.uri().split('?').next().unwrap_or_default().to_owned())
}

/// Makes the bucket, closed to the public and to what does not come over TLS, unless it is there.
pub(crate) async fn ensure_bucket(aws: &Aws, identity: &Identity, bucket: &str) -> Result<(), CommandError> {
    let s3 = aws.s3();
    // Its name can be guessed: in somebody else's bucket of that name they could exchange the functions' code.
    match s3.head_bucket().bucket(bucket).expected_bucket_owner(&identity.account).send().await {
        Ok(_) => return Ok(()),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {}
        Err(error) => {
            return Err(aws_error(format_args!("use the artifacts bucket `{bucket}`"), &error)
                .hint("if the name is taken by another account, set `buckets.artifacts` in deployer.yaml"));
        }
    }
    let region = aws.region();
    // S3 wants the location of every region named but this one.
    let place = (region != "us-east-1").then(|| {
        CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(region))
            .build()
    });
    let create = || s3.create_bucket().bucket(bucket).set_create_bucket_configuration(place.clone()).send();
    let created = settled(create).await;
    if let Err(error) = created
        // Two deployers at once: the other one made it.
        && aws_code(&error) != Some("BucketAlreadyOwnedByYou")
    {
        let taken = error.code() == Some("BucketAlreadyExists");
        let said = aws_error(format_args!("create the artifacts bucket `{bucket}`"), &error);
        return Err(if taken {
            said.hint("set another name as `buckets.artifacts` in deployer.yaml")
        } else {
            said
        });
    }
    let private = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    let close = || s3.put_public_access_block().bucket(bucket);
    settled(|| close().public_access_block_configuration(private.clone()).send())
        .await
        .map_err(|error| aws_error(format_args!("block public access to `{bucket}`"), &error))?;
    let arn = format!("arn:{}:s3:::{bucket}", identity.partition());
    let only_tls = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "OnlyOverTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": false } },
    }] });
    settled(|| s3.put_bucket_policy().bucket(bucket).policy(only_tls.to_string()).send())
        .await
        .map_err(|error| aws_error(format_args!("ask for TLS in `{bucket}`"), &error))?;
    Ok(())
}

/// Sends a request again that failed because S3 is still at deleting a bucket of that name, or does not yet know everywhere
/// that it was made.
async fn settled<T, E, F>(send: impl Fn() -> F) -> Result<T, SdkError<E>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    let mut backoff = Backoff::tries(TRIES);
    loop {
        match send().await {
            Err(error)
                if matches!(aws_code(&error), Some("NoSuchBucket" | "OperationAborted"))
                    && backoff.again().await => {}
            done => return done,
        }
    }
}

/// Deletes old zips of each function and old templates, the newest and the zips in use excepted.
pub(crate) async fn prune(stack: &Stack, in_use: &[Artifact], ui: &Ui) -> Result<(), CommandError> {
    let bucket = stack.artifacts_bucket().await?;
    let zips = in_use.iter().map(|zip| (format!("handlers/{}/", zip.function), Some(zip.key())));
    // CloudFormation has read the templates, and reads none again.
    for (prefix, in_use) in zips.chain([(TEMPLATES.to_owned(), None)]) {
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
    for key in others.skip(KEPT) {
        let deleted = s3.delete_object().bucket(bucket).key(key).send().await;
        deleted.map_err(|error| aws_error(format_args!("delete the old `{key}`"), &error))?;
        ui.detail(format!("deleted the old `{key}`"));
    }
    Ok(())
}
