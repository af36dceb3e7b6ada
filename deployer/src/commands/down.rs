//! `deployer down`: deletes the stack and, without `--keep-data`, the photos.
//!
//! CloudFormation deletes the stack first: it may refuse, and it retains the buckets and the key. Then `down` empties
//! the buckets, schedules the deletion of the key, and deletes the buckets. Each step determines what is left, so a
//! later `down` can continue one that was interrupted at any point.

use std::fmt::Write as _;

use aws_sdk_cloudformation::types::{self as cfn, StackStatus};
use aws_sdk_kms::types::KeyState;
use clap::Args;
use futures::future::{join_all, try_join_all};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::error::{aws_code, aws_error};
use crate::backoff::Backoff;
use crate::config::Config;
use crate::context::Context;
use crate::deploy::{artifacts, events};
use crate::error::{CommandError, Kind};
use crate::interrupt::Signals;
use crate::local;
use crate::s3::purge;
use crate::stack::{BucketAccess, Outputs, Stack};
use crate::ui::{Ui, format_count};

/// How long a key deletion can be canceled, in days: the maximum of KMS.
const KEY_DELETION_DAYS: i32 = 30;

/// The maximum number of times that `down` checks that a bucket is deleted. S3 may report a deleted bucket for a few
/// seconds.
const BUCKET_CHECKS: u32 = 8;

/// Delete the stack and everything in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer down --local\n  deployer down --keep-data --yes")]
pub(crate) struct DownArgs {
    /// Keep the buckets with photos, thumbnails, and records.
    #[arg(long)]
    keep_data: bool,
}

/// The object that lists the resources to delete after the stack, among those of the stack in the artifacts bucket.
/// `down` deletes it last.
const LEFTOVERS_KEY: &str = "down.json";

/// The resources to delete besides the stack.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Leftovers {
    /// The buckets with photos, thumbnails, records, and access logs.
    data: Vec<String>,
    /// The bucket with the code of the functions.
    #[serde(skip)]
    artifacts: String,
    /// The ARNs of the KMS keys that the stack created.
    keys: Vec<String>,
}

impl Leftovers {
    /// Returns the buckets that `down` deletes.
    fn buckets_to_delete(&self, args: &DownArgs) -> impl Iterator<Item = &String> {
        let data = if args.keep_data { &[] } else { &self.data[..] };
        data.iter().chain([&self.artifacts])
    }

    /// Adds the resources that an earlier `down` listed.
    fn add(&mut self, stored: Leftovers) {
        let new = |known: &[String], stored: Vec<String>| {
            stored.into_iter().filter(|name| !known.contains(name)).collect::<Vec<_>>()
        };
        self.data.extend(new(&self.data, stored.data));
        self.keys.extend(new(&self.keys, stored.keys));
    }
}

pub(crate) async fn down(args: DownArgs, context: &Context<'_>, ui: &Ui) -> Result<(), CommandError> {
    let config = context.config()?;
    if config.local && !local::was_started(&config)? {
        return print_result(&config, 0, &[], false, ui);
    }
    if !config.local {
        ui.check_prompt()?;
    }
    match context.stack().await {
        Ok(stack) => delete_all(&args, stack, ui).await,
        // An emulator that does not start has lost its state, and only `down` deletes it.
        Err(error) if config.local && !args.keep_data => {
            ui.warn(error.message);
            if ui.is_interactive() {
                ui.confirm("Delete the local stack?").await?;
            }
            local::remove(&config).await?;
            print_result(&config, 0, &[], true, ui)
        }
        Err(error) => Err(error),
    }
}

async fn delete_all(args: &DownArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let found = stack.describe().await?;
    check_protection(found.as_ref(), stack)?;
    let stored = match found {
        Some(_) => Leftovers::default(),
        None => read_leftovers(stack).await?,
    };
    let data = data_buckets(&stored, stack, ui).await?;
    let keys = find_keys(stack, &data).await?;
    let mut leftovers = Leftovers { data, artifacts: stack.artifacts_bucket().await?, keys };
    leftovers.add(stored);

    show_losses(args, stack, &leftovers, found.as_ref(), ui).await?;
    // A script on this machine has no terminal to ask, and a local stack holds only copies.
    if !stack.config.local || ui.is_interactive() {
        let question = match args.keep_data {
            true => "Delete the stack, but keep the data above?",
            false => "Delete all of this?",
        };
        ui.confirm(question).await?;
    }

    let retry_command = format!("deployer down{{flags}}{}", if args.keep_data { " --keep-data" } else { "" });
    let mut signals = Signals::listen();
    signals
        .run_without_changes(try_join_all(
            leftovers
                .buckets_to_delete(args)
                .map(|bucket| purge::check_delete_permission(stack, bucket, own_prefix(bucket, stack))),
        ))
        .await?;
    let existed = found.is_some();
    if let Some(found) = found {
        signals.run_without_changes(store_leftovers(stack, &leftovers)).await?;
        delete_stack(&found, &retry_command, stack, &mut signals, ui).await?;
    }
    let interrupted = || {
        CommandError::interrupted("interrupted: the stack is deleted, but some of its buckets are not")
            .hint(format!("run `{retry_command}` to continue"))
    };
    let deleted = signals
        .run_until_signal(delete_leftovers(args, &leftovers, &retry_command, stack, ui), interrupted)
        .await?;
    if let Some(emulator) = &stack.emulator {
        match stack.find_other_local_bucket(&leftovers.artifacts).await? {
            None => local::remove(&stack.config).await?,
            Some(other) => {
                if !args.keep_data {
                    ui.note(format!("The emulator keeps running: it has other buckets, such as `{other}`"));
                }
                local::save_state(emulator);
            }
        }
    }
    let kept: &[String] = if args.keep_data { &leftovers.data } else { &[] };
    print_result(&stack.config, deleted, kept, existed, ui)
}

fn print_result(
    config: &Config,
    deleted: u64,
    kept: &[String],
    existed: bool,
    ui: &Ui,
) -> Result<(), CommandError> {
    let stack = &config.settings.stack;
    let result = json!({ "stack": stack, "objects_deleted": deleted, "kept": kept });
    ui.print_result(&result, || {
        let versions = if deleted == 1 { "version" } else { "versions" };
        let mut text = match existed {
            true => format!("Deleted the stack `{stack}` and {deleted} object {versions}."),
            false => format!("Deleted {deleted} object {versions}; the stack `{stack}` did not exist."),
        };
        for bucket in kept {
            let _ = write!(text, "\nKept: s3://{bucket}");
        }
        if !kept.is_empty() {
            let _ = write!(text, "\nRun `deployer up{}` to use them in a new stack.", config.flags());
        }
        text
    })
}

/// Stores the list of resources to delete after the stack. If the configuration has changed, only the outputs of the
/// stack name these resources.
async fn store_leftovers(stack: &Stack, leftovers: &Leftovers) -> Result<(), CommandError> {
    if !stack.owns_bucket(&leftovers.artifacts).await? {
        return Ok(());
    }
    artifacts::put(
        stack,
        &artifacts::own_key(stack, LEFTOVERS_KEY),
        json!(leftovers).to_string().into_bytes(),
        "store the list of resources to delete",
    )
    .await
}

/// Returns the resources that an earlier `down` listed.
async fn read_leftovers(stack: &Stack) -> Result<Leftovers, CommandError> {
    let key = artifacts::own_key(stack, LEFTOVERS_KEY);
    let note = artifacts::get(stack, &key).await?.unwrap_or_default();
    Ok(serde_json::from_slice(&note).unwrap_or_default())
}

/// Returns an error if the stack has termination protection.
fn check_protection(found: Option<&cfn::Stack>, stack: &Stack) -> Result<(), CommandError> {
    if found.and_then(cfn::Stack::enable_termination_protection) != Some(true) {
        return Ok(());
    }
    let command = format!(
        "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {}{}",
        stack.name(),
        stack.aws_flags()
    );
    Err(CommandError::failed(format!(
        "the stack `{}` has termination protection; nothing was deleted",
        stack.name()
    ))
    .hint(format!("run `{command}` to turn the protection off")))
}

/// Makes CloudFormation delete the stack and retain the buckets and the key.
async fn delete_stack(
    found: &cfn::Stack,
    retry_command: &str,
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
        .hint(format!("run `{retry_command}` to wait for CloudFormation and delete the rest")),
        _ => error,
    })?;
    if outcome.status == StackStatus::DeleteComplete {
        return Ok(());
    }
    Err(outcome.into_error("the stack was not deleted").hint(format!(
        "its buckets and their key are unchanged; fix the cause, then run `{retry_command}` to continue"
    )))
}

/// Deletes the resources that CloudFormation retained, and returns the number of deleted object versions.
async fn delete_leftovers(
    args: &DownArgs,
    leftovers: &Leftovers,
    retry_command: &str,
    stack: &Stack,
    ui: &Ui,
) -> Result<u64, CommandError> {
    let mut deleted = 0;
    if !args.keep_data {
        let emptied =
            join_all(leftovers.data.iter().map(|bucket| purge::empty_bucket(stack, bucket, ui))).await;
        if emptied.iter().all(Result::is_ok) {
            // Schedule the deletion of the key before the buckets are deleted: only their encryption settings still
            // name it.
            for key in &leftovers.keys {
                delete_key(stack, key, ui).await?;
            }
        }
        // A bucket that cannot be emptied does not prevent the deletion of the others.
        let removed = leftovers.data.iter().zip(emptied).map(|(bucket, emptied)| async {
            Ok::<_, CommandError>(emptied? + purge::delete_bucket(stack, bucket, ui).await?)
        });
        deleted += sum_deleted(join_all(removed).await, retry_command, ui)?;
    }
    deleted += delete_artifacts(&leftovers.artifacts, stack, ui).await?;
    let remains = find_remaining(args, leftovers, stack, ui).await?;
    if !remains.is_empty() {
        return Err(CommandError::failed(format!("these resources still exist: {}", remains.join(", ")))
            .hint(format!("run `{retry_command}` to delete them")));
    }
    Ok(deleted)
}

/// Returns the prefix of the objects in `bucket` that belong to the stack: none for a bucket that belongs to it alone.
/// Several stacks can share an artifacts bucket with a configured name.
fn own_prefix(bucket: &str, stack: &Stack) -> String {
    match stack.config.settings.buckets.artifacts.as_deref() == Some(bucket) {
        true => artifacts::own_key(stack, ""),
        false => String::new(),
    }
}

/// Deletes the artifacts of the stack, and returns the number of deleted object versions. Deletes their bucket only if it
/// belongs to the stack alone.
async fn delete_artifacts(bucket: &str, stack: &Stack, ui: &Ui) -> Result<u64, CommandError> {
    match own_prefix(bucket, stack).as_str() {
        "" => {
            Ok(purge::empty_bucket(stack, bucket, ui).await?
                + purge::delete_bucket(stack, bucket, ui).await?)
        }
        prefix => {
            let deleted = purge::delete_under(stack, bucket, prefix, |_| true).await?;
            ui.note(format!("  kept s3://{bucket}, which other stacks can use"));
            Ok(deleted)
        }
    }
}

/// Returns the sum of the deleted object versions, or an error if a bucket could not be deleted.
fn sum_deleted(
    deleted: Vec<Result<u64, CommandError>>,
    retry_command: &str,
    ui: &Ui,
) -> Result<u64, CommandError> {
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
        Some(error) => Err(error.hint(format!("run `{retry_command}` to continue"))),
        None => Ok(total),
    }
}

/// Returns the names of the buckets with photos, thumbnails, and records: those in the outputs of the stack, or else those
/// that an earlier stack of this name left behind.
async fn data_buckets(stored: &Leftovers, stack: &Stack, ui: &Ui) -> Result<Vec<String>, CommandError> {
    let outputs = deployed_outputs(stack).await?;
    let mut buckets = Vec::new();
    for (id, name) in stack.bucket_names().await? {
        match outputs.map(|outputs| outputs.get(id)) {
            Some(Ok(deployed)) => buckets.push(deployed.to_owned()),
            _ if stored.data.contains(&name) => {}
            _ => match stack.find_bucket(&name).await? {
                BucketAccess::Missing => {}
                BucketAccess::Denied => {
                    ui.warn(format!("the bucket `{name}` is kept: S3 denies access to it"));
                }
                BucketAccess::Owned if is_left_behind(&name, stack).await? => buckets.push(name),
                BucketAccess::Owned => {
                    let stack = stack.name();
                    ui.warn(format!("the bucket `{name}` is kept: the stack `{stack}` did not create it"));
                }
            },
        }
    }
    Ok(buckets)
}

/// Returns whether a stack of this name created the bucket. The default names contain the name of the stack. A bucket with a
/// configured name could belong to another stack or to no stack; CloudFormation tags the buckets that it creates, and the
/// tags remain when it retains a bucket.
async fn is_left_behind(bucket: &str, stack: &Stack) -> Result<bool, CommandError> {
    let named = &stack.config.settings.buckets;
    let is_configured = [&named.originals, &named.thumbnails, &named.catalog]
        .iter()
        .any(|name| name.as_deref() == Some(bucket));
    // The emulator does not tag buckets.
    if !is_configured || stack.config.local {
        return Ok(true);
    }
    let creator = purge::bucket_tag(stack, bucket, "aws:cloudformation:stack-name").await?;
    Ok(creator.as_deref() == Some(stack.name()))
}

/// Returns the outputs of the stack, or `None` if it does not exist.
async fn deployed_outputs(stack: &Stack) -> Result<Option<&Outputs>, CommandError> {
    match stack.outputs().await {
        Ok(outputs) => Ok(Some(outputs)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn show_losses(
    args: &DownArgs,
    stack: &Stack,
    leftovers: &Leftovers,
    found: Option<&cfn::Stack>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let name = stack.name();
    match found.map(cfn::Stack::stack_status) {
        Some(Some(status @ (StackStatus::DeleteInProgress | StackStatus::DeleteFailed))) => {
            ui.note_for_prompt(format!("The stack `{name}` is in {status}; this continues its deletion."));
        }
        Some(_) => ui.note_for_prompt(format!(
            "This deletes the stack `{name}` with its queues, functions, and logs."
        )),
        None => ui.note_for_prompt(format!(
            "The stack `{name}` does not exist; looking for buckets and keys that an earlier one left behind."
        )),
    }
    let has_delivery =
        deployed_outputs(stack).await?.is_some_and(|outputs| outputs.get("DeliveryDistribution").is_ok());
    if has_delivery && found.is_some() {
        ui.note_for_prompt("CloudFront disables the distribution before CloudFormation deletes it, which takes about 15 minutes.");
    }
    for bucket in &leftovers.data {
        let content = match purge::count_versions(stack, bucket).await? {
            Some((0, _)) => continue,
            Some((count, false)) => format_count(count as u64, "object version"),
            Some((count, true)) => format!("{count} or more object versions"),
            None => "objects that you have no permission to list".to_owned(),
        };
        match args.keep_data {
            true => ui.note_for_prompt(format!("  keep    s3://{bucket} with {content}")),
            false => ui.note_for_prompt(format!("  delete  s3://{bucket} with {content}")),
        }
    }
    for key in &leftovers.keys {
        match args.keep_data {
            true => ui.note_for_prompt(format!("  keep    {key}, which encrypts the data")),
            false => ui.note_for_prompt(format!("  delete  {key} after {KEY_DELETION_DAYS} days")),
        }
    }
    Ok(())
}

/// Returns the ARNs of the KMS keys that the stack created, from its outputs and from its buckets.
async fn find_keys(stack: &Stack, buckets: &[String]) -> Result<Vec<String>, CommandError> {
    let mut keys: Vec<String> = deployed_outputs(stack)
        .await?
        .and_then(|outputs| outputs.get("KeyArn").ok())
        .into_iter()
        .map(str::to_owned)
        .collect();
    for bucket in buckets {
        if let Some(key) = purge::bucket_kms_key(stack, bucket).await?
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
    // The same text as in templates/kms.yaml.
    let own_description = format!("Encrypts what the stack {} stores.", stack.name());
    Ok(described.is_some_and(|found| {
        found.description() == Some(own_description.as_str())
            && found.key_state() != Some(&KeyState::PendingDeletion)
    }))
}

/// Schedules the deletion of the key.
async fn delete_key(stack: &Stack, key: &str, ui: &Ui) -> Result<(), CommandError> {
    let kms = stack.aws.kms();
    match kms.schedule_key_deletion().key_id(key).pending_window_in_days(KEY_DELETION_DAYS).send().await {
        Ok(_) => {
            ui.note(format!("  KMS will delete {key} in {KEY_DELETION_DAYS} days"));
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
async fn find_remaining(
    args: &DownArgs,
    leftovers: &Leftovers,
    stack: &Stack,
    ui: &Ui,
) -> Result<Vec<String>, CommandError> {
    let mut remains = Vec::new();
    if stack.describe().await?.is_some() {
        remains.push(format!("the stack `{}`", stack.name()));
    }
    for bucket in leftovers.buckets_to_delete(args).filter(|bucket| own_prefix(bucket, stack).is_empty()) {
        let mut backoff = Backoff::with_retries(BUCKET_CHECKS);
        let mut spinner = None;
        while stack.owns_bucket(bucket).await? {
            spinner.get_or_insert_with(|| ui.start_spinner(format!("Waiting for S3 to delete `{bucket}`")));
            if !backoff.next_attempt().await {
                remains.push(format!("the bucket `{bucket}`"));
                break;
            }
        }
    }
    Ok(remains)
}
