//! `deployer down`: deletes the stack and, without `--keep-data`, the photos.
//!
//! CloudFormation deletes the stack first: it may refuse, and it retains the buckets and the key. Then `down` empties the
//! buckets, schedules the deletion of the key, and deletes the buckets. Each step finds out what is left, so that the
//! next `down` continues one that was interrupted at any point.

use std::fmt::Write as _;

use aws_sdk_cloudformation::types::{self as cfn, StackStatus};
use aws_sdk_kms::types::KeyState;
use clap::Args;
use futures::future::{join_all, try_join_all};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::error::{aws_code, aws_error};
use crate::backoff::Backoff;
use crate::deploy::{artifacts, events};
use crate::error::{CommandError, Kind, quoted};
use crate::interrupt::Signals;
use crate::local;
use crate::s3::purge;
use crate::stack::{Outputs, Stack};
use crate::ui::Ui;

/// How long a key deletion can be canceled, in days: the maximum of KMS.
const KEY_WAITS_DAYS: i32 = 30;

/// How often `down` checks that a bucket is gone: S3 may report a deleted bucket for some seconds.
const LOOKS: u32 = 8;

/// Delete the stack and everything in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer down --local\n  deployer down --keep-data --yes")]
pub(crate) struct DownArgs {
    /// Keep the buckets with photos, thumbnails and records.
    #[arg(long)]
    keep_data: bool,
}

/// The object in the artifacts bucket that lists what is left to delete after the stack. `down` deletes this bucket last.
const NOTE: &str = "down.json";

/// The resources to delete besides the stack.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Left {
    /// The buckets with photos, thumbnails, records and access logs.
    data: Vec<String>,
    /// The bucket with the code of the functions.
    #[serde(skip)]
    artifacts: String,
    /// The ARNs of the KMS keys that the stack created.
    keys: Vec<String>,
}

impl Left {
    /// Returns the buckets that `down` deletes.
    fn going(&self, args: &DownArgs) -> impl Iterator<Item = &String> {
        let data = if args.keep_data { &[] } else { &self.data[..] };
        data.iter().chain([&self.artifacts])
    }

    /// Adds the resources that an earlier `down` listed.
    fn add(&mut self, noted: Left) {
        let new = |known: &[String], noted: Vec<String>| {
            noted.into_iter().filter(|name| !known.contains(name)).collect::<Vec<_>>()
        };
        self.data.extend(new(&self.data, noted.data));
        self.keys.extend(new(&self.keys, noted.keys));
    }
}

pub(crate) async fn down(args: DownArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let found = stack.describe().await?;
    check_protection(found.as_ref(), stack)?;
    let data = data_buckets(stack).await?;
    let keys = keys(stack, &data).await?;
    let mut left = Left { data, artifacts: stack.artifacts_bucket().await?, keys };
    if found.is_none() {
        left.add(noted(stack).await?);
    }

    show_losses(&args, stack, &left, found.as_ref(), ui).await?;
    // A script on this machine has no terminal to ask, and a local stack holds only copies.
    if !stack.config.local || ui.is_interactive() {
        ui.confirm("Delete all of this?", "--yes").await?;
    }

    let flags = stack.config.flags();
    let again = format!("deployer down{flags}{}", if args.keep_data { " --keep-data" } else { "" });
    let mut signals = Signals::listen();
    signals.or(try_join_all(left.going(&args).map(|bucket| purge::may_delete(stack, bucket)))).await?;
    let existed = found.is_some();
    if let Some(found) = found {
        signals.or(note(stack, &left)).await?;
        delete_stack(&found, &again, stack, &mut signals, ui).await?;
    }
    let half_way = || {
        CommandError::interrupted("interrupted: the stack is deleted, but some of its buckets are not")
            .hint(format!("run `{again}` to continue"))
    };
    let deleted = signals.unless(delete_left(&args, &left, &again, stack, ui), half_way).await?;
    if stack.config.local && !args.keep_data {
        local::remove(&stack.config, ui).await?;
    }
    let kept: &[String] = if args.keep_data { &left.data } else { &[] };
    let result = json!({ "stack": stack.name(), "objects_deleted": deleted, "kept": kept });
    ui.result(&result, || {
        let versions = if deleted == 1 { "version" } else { "versions" };
        let mut text = match existed {
            true => format!("Deleted the stack `{}` and {deleted} object {versions}.", stack.name()),
            false => {
                format!("Deleted {deleted} object {versions}; the stack `{}` did not exist.", stack.name())
            }
        };
        for bucket in kept {
            let _ = write!(text, "\nKept: s3://{bucket}");
        }
        if !kept.is_empty() {
            let _ = write!(text, "\nRun `deployer up{flags}` to use them in a new stack.");
        }
        text
    })
}

/// Stores the list of what is left to delete after the stack. If the configuration has changed, only the outputs of the
/// stack name these resources.
async fn note(stack: &Stack, left: &Left) -> Result<(), CommandError> {
    if !stack.owns_bucket(&left.artifacts).await? {
        return Ok(());
    }
    artifacts::put(stack, NOTE, json!(left).to_string().into_bytes(), "store the list of resources to delete")
        .await
}

/// Returns the resources that an earlier `down` listed.
async fn noted(stack: &Stack) -> Result<Left, CommandError> {
    let note = artifacts::get(stack, NOTE).await?.unwrap_or_default();
    Ok(serde_json::from_slice(&note).unwrap_or_default())
}

/// Returns an error if the stack has termination protection.
fn check_protection(found: Option<&cfn::Stack>, stack: &Stack) -> Result<(), CommandError> {
    if found.and_then(cfn::Stack::enable_termination_protection) != Some(true) {
        return Ok(());
    }
    let mut lift = format!(
        "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {} --region {}",
        stack.name(),
        stack.aws.region()
    );
    if let Some(endpoint) = stack.aws.endpoint() {
        let _ = write!(lift, " --endpoint-url {}", quoted(endpoint));
    }
    if let Some(profile) = &stack.config.settings.profile {
        let _ = write!(lift, " --profile {}", quoted(profile));
    }
    Err(CommandError::failed(format!(
        "the stack `{}` has termination protection; nothing was deleted",
        stack.name()
    ))
    .hint(format!("run `{lift}` to turn the protection off")))
}

/// Has CloudFormation delete the stack, which retains the buckets and the key.
async fn delete_stack(
    found: &cfn::Stack,
    again: &str,
    stack: &Stack,
    signals: &mut Signals,
    ui: &Ui,
) -> Result<(), CommandError> {
    let id = found.stack_id().unwrap_or(stack.name());
    let outcome = events::delete(stack, id, signals, ui).await.map_err(|error| match error.kind {
        Kind::Interrupted => CommandError::interrupted(format!(
            "interrupted: CloudFormation continues to delete the stack `{}`; its buckets are unchanged",
            stack.name()
        ))
        .hint(format!("run `{again}` to wait for CloudFormation and delete the rest")),
        _ => error,
    })?;
    if outcome.status == StackStatus::DeleteComplete {
        return Ok(());
    }
    Err(outcome.failed("the stack was not deleted", stack).hint(format!(
        "its buckets and their key are unchanged; fix the cause, then run `{again}` to continue"
    )))
}

/// Deletes the resources that CloudFormation retained, and returns the number of deleted object versions.
async fn delete_left(
    args: &DownArgs,
    left: &Left,
    again: &str,
    stack: &Stack,
    ui: &Ui,
) -> Result<u64, CommandError> {
    let mut deleted = 0;
    if !args.keep_data {
        let emptied = join_all(left.data.iter().map(|bucket| purge::empty(stack, bucket, ui))).await;
        if emptied.iter().all(Result::is_ok) {
            // Before the buckets, since only their encryption settings still name the key.
            for key in &left.keys {
                delete_key(stack, key, ui).await?;
            }
        }
        // A bucket that cannot be emptied does not prevent the deletion of the others.
        let removed = left.data.iter().zip(emptied).map(|(bucket, emptied)| async {
            Ok::<_, CommandError>(emptied? + purge::remove(stack, bucket, ui).await?)
        });
        deleted += total(join_all(removed).await, again, ui)?;
    }
    deleted += purge::empty(stack, &left.artifacts, ui).await?;
    deleted += purge::remove(stack, &left.artifacts, ui).await?;
    let remains = remains(args, left, stack).await?;
    if !remains.is_empty() {
        return Err(CommandError::failed(format!("these resources still exist: {}", remains.join(", ")))
            .hint(format!("run `{again}` to delete them")));
    }
    Ok(deleted)
}

/// Returns the sum of the deleted object versions, or an error if a bucket could not be deleted.
fn total(deleted: Vec<Result<u64, CommandError>>, again: &str, ui: &Ui) -> Result<u64, CommandError> {
    let mut total = 0;
    let mut failed: Option<CommandError> = None;
    for outcome in deleted {
        match outcome {
            Ok(count) => total += count,
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    ui.warn(earlier.message);
                }
            }
        }
    }
    match failed {
        Some(error) => Err(error.hint(format!("run `{again}` to continue"))),
        None => Ok(total),
    }
}

/// Returns the names of the buckets with photos, thumbnails and records, from the outputs of the stack or else from the
/// configuration.
async fn data_buckets(stack: &Stack) -> Result<Vec<String>, CommandError> {
    let outputs = deployed(stack).await?;
    let mut buckets = Vec::new();
    for (id, name) in stack.bucket_names().await? {
        match outputs.map(|outputs| outputs.get(id)) {
            Some(Ok(deployed)) => buckets.push(deployed.to_owned()),
            // Not every stack has an access log bucket.
            _ if id == "AccessLogsBucket" && (outputs.is_some() || !stack.owns_bucket(&name).await?) => {}
            _ => buckets.push(name),
        }
    }
    Ok(buckets)
}

/// Returns the outputs of the stack, or `None` if it does not exist.
async fn deployed(stack: &Stack) -> Result<Option<&Outputs>, CommandError> {
    match stack.outputs().await {
        Ok(outputs) => Ok(Some(outputs)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn show_losses(
    args: &DownArgs,
    stack: &Stack,
    left: &Left,
    found: Option<&cfn::Stack>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let name = stack.name();
    match found.map(cfn::Stack::stack_status) {
        Some(Some(status @ (StackStatus::DeleteInProgress | StackStatus::DeleteFailed))) => {
            ui.note(format!("The stack `{name}` is in {status}; this continues its deletion."));
        }
        Some(_) => ui.note(format!("This deletes the stack `{name}` with its queues, functions and logs.")),
        None => ui.note(format!(
            "The stack `{name}` does not exist; looking for buckets and keys that an earlier one left behind."
        )),
    }
    let delivers = deployed(stack).await?.is_some_and(|outputs| outputs.get("DeliveryDistribution").is_ok());
    if delivers && found.is_some() {
        ui.note("CloudFront disables the distribution before CloudFormation deletes it, which takes about 15 minutes.");
    }
    for bucket in &left.data {
        let content = match purge::count(stack, bucket).await? {
            Some((0, _)) => continue,
            Some((count, false)) => format!("{count} object versions"),
            Some((count, true)) => format!("{count} or more object versions"),
            None => "objects that you have no permission to list".to_owned(),
        };
        match args.keep_data {
            true => ui.note(format!("  keep    s3://{bucket} with {content}")),
            false => ui.note(format!("  delete  s3://{bucket} with {content}")),
        }
    }
    for key in &left.keys {
        match args.keep_data {
            true => ui.note(format!("  keep    {key}, which encrypts the data")),
            false => ui.note(format!("  delete  {key} after {KEY_WAITS_DAYS} days")),
        }
    }
    Ok(())
}

/// Returns the ARNs of the KMS keys that the stack created, from its outputs and from its buckets.
async fn keys(stack: &Stack, buckets: &[String]) -> Result<Vec<String>, CommandError> {
    let mut keys: Vec<String> = deployed(stack)
        .await?
        .and_then(|outputs| outputs.get("KeyArn").ok())
        .into_iter()
        .map(str::to_owned)
        .collect();
    for bucket in buckets {
        if let Some(key) = purge::key_of(stack, bucket).await?
            && !keys.contains(&key)
            && is_own_key(stack, &key).await?
        {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// Returns whether this stack created the key and the key is not yet scheduled for deletion.
async fn is_own_key(stack: &Stack, key: &str) -> Result<bool, CommandError> {
    let described = match stack.aws.kms().describe_key().key_id(key).send().await {
        Ok(described) => described.key_metadata,
        // Anyone with permission to delete a key of this account can describe it, so this key is not the stack's.
        Err(error) if matches!(aws_code(&error), Some("NotFoundException" | "AccessDeniedException")) => None,
        Err(error) => return Err(aws_error(format_args!("describe the key `{key}`"), &error)),
    };
    // As in templates/kms.yaml.
    let own = format!("Encrypts what the stack {} stores.", stack.name());
    Ok(described.is_some_and(|found| {
        found.description() == Some(own.as_str()) && found.key_state() != Some(&KeyState::PendingDeletion)
    }))
}

/// Schedules the deletion of the key.
async fn delete_key(stack: &Stack, key: &str, ui: &Ui) -> Result<(), CommandError> {
    let kms = stack.aws.kms();
    match kms.schedule_key_deletion().key_id(key).pending_window_in_days(KEY_WAITS_DAYS).send().await {
        Ok(_) => {
            ui.note(format!("  KMS will delete {key} in {KEY_WAITS_DAYS} days"));
            Ok(())
        }
        // An earlier attempt scheduled it.
        Err(error) if matches!(aws_code(&error), Some("KMSInvalidStateException" | "NotFoundException")) => {
            Ok(())
        }
        Err(error) => Err(aws_error(format_args!("schedule the deletion of the key `{key}`"), &error)),
    }
}

/// Returns the resources that still exist although `down` deleted them.
async fn remains(args: &DownArgs, left: &Left, stack: &Stack) -> Result<Vec<String>, CommandError> {
    let mut remains = Vec::new();
    if stack.describe().await?.is_some() {
        remains.push(format!("the stack `{}`", stack.name()));
    }
    for bucket in left.going(args) {
        let mut backoff = Backoff::tries(LOOKS);
        loop {
            if !stack.owns_bucket(bucket).await? {
                break;
            }
            if !backoff.again().await {
                remains.push(format!("the bucket `{bucket}`"));
                break;
            }
        }
    }
    Ok(remains)
}
