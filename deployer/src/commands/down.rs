//! `deployer down`: deletes the stack and, unless they are to be kept, the photos.

use std::fmt::Write as _;
use std::time::Duration;

use aws_sdk_cloudformation::types::StackStatus;
use clap::Args;
use serde_json::json;
use tokio::time::Instant;

use crate::error::{CommandError, Kind, aws_code, aws_error};
use crate::local;
use crate::stack::signals::Signals;
use crate::stack::{Outputs, Stack, empty, events, template};
use crate::ui::Ui;

/// How long a deleted key can still be called back, in days: the longest there is.
const KEY_WAITS_DAYS: i32 = 30;

/// How long a function may take to stop reading its queue.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// Deletes the stack with everything in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer down --local\n  deployer down --keep-data --yes")]
pub(crate) struct DownArgs {
    /// Leave the buckets with photos, thumbnails and records.
    #[arg(long)]
    keep_data: bool,
}

pub(crate) async fn down(args: DownArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let found = stack.describe().await?;
    let data = data_buckets(stack).await?;
    let artifacts = stack.artifacts_bucket().await?;
    let kept: &[String] = if args.keep_data { &data } else { &[] };

    show_losses(&args, stack, &data, found.is_some(), ui).await?;
    // On this machine there is nobody to ask in a script, and nothing but copies to lose.
    if !stack.config.local || ui.is_interactive() {
        ui.confirm("Delete all this?", "--yes").await?;
    }

    let mut signals = Signals::listen()?;
    let half_way = || {
        CommandError::interrupted("stopped half way: some of it is deleted")
            .hint(format!("`deployer down{}` goes on from there", stack.config.flags()))
    };
    let mut deleted = 0;
    if let Some(found) = found {
        let stack_id = found.stack_id().unwrap_or(stack.name()).to_owned();
        let quiet = async {
            stop_functions(stack, ui).await?;
            match args.keep_data {
                true => Ok(0),
                false => empty_all(stack, &data, ui).await,
            }
        };
        deleted += signals.unless(quiet, half_way).await?;
        if !args.keep_data
            // While the stack still says which key is its own.
            && let Some(key) = key(stack).await
        {
            delete_key(stack, key, ui).await?;
        }
        let outcome = events::delete(stack, &stack_id, &mut signals, ui).await?;
        if outcome.status != StackStatus::DeleteComplete {
            let template = template::render(&stack.config.settings).ok();
            return Err(outcome.failed("the stack was not deleted", stack, template.as_ref()));
        }
    }
    let buckets = async {
        let mut deleted = 0;
        for bucket in data.iter().chain([&artifacts]).filter(|bucket| !kept.contains(bucket)) {
            deleted += empty::empty(stack, bucket, ui).await?;
            delete_bucket(stack, bucket).await?;
        }
        let remains = remains(stack, &data, &artifacts, kept).await?;
        if !remains.is_empty() {
            return Err(CommandError::failed(format!("these are still there: {}", remains.join(", ")))
                .hint(format!("run `deployer down{}` again", stack.config.flags())));
        }
        Ok(deleted)
    };
    deleted += signals.unless(buckets, half_way).await?;
    if stack.config.local && !args.keep_data {
        local::remove(&stack.config, ui).await?;
    }
    let result = json!({ "stack": stack.name(), "objects_deleted": deleted, "kept": kept });
    ui.result(&result, || {
        let mut text = format!("The stack `{}` is gone; {deleted} objects were deleted.", stack.name());
        for bucket in kept {
            let _ = write!(text, "\nKept: s3://{bucket}");
        }
        if !kept.is_empty() {
            let _ =
                write!(text, "\n`deployer up{}` makes them part of the stack again.", stack.config.flags());
        }
        text
    })
}

/// Empties the buckets side by side, and says how much was deleted.
async fn empty_all(stack: &Stack, buckets: &[String], ui: &Ui) -> Result<u64, CommandError> {
    let emptied = buckets.iter().map(|bucket| empty::empty(stack, bucket, ui));
    Ok(futures::future::try_join_all(emptied).await?.into_iter().sum())
}

/// The buckets with photos, thumbnails and records: as the stack says, or as it would name them.
async fn data_buckets(stack: &Stack) -> Result<Vec<String>, CommandError> {
    let outputs = deployed(stack).await?;
    let mut buckets = Vec::new();
    for (id, name) in stack.bucket_names().await? {
        match outputs.map(|outputs| outputs.get(id)) {
            Some(Ok(deployed)) => buckets.push(deployed.to_owned()),
            // Not every stack has one.
            _ if id == "AccessLogsBucket" && (outputs.is_some() || !stack.owns_bucket(&name).await?) => {}
            _ => buckets.push(name),
        }
    }
    Ok(buckets)
}

/// The outputs of the stack, if there is one.
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
    buckets: &[String],
    exists: bool,
    ui: &Ui,
) -> Result<(), CommandError> {
    if exists {
        ui.note(format!("This deletes the stack `{}` with its queues, functions and logs.", stack.name()));
    } else {
        ui.note(format!("There is no stack `{}`; looking for what an earlier one left.", stack.name()));
    }
    if let Some(key) = key(stack).await.filter(|_| args.keep_data) {
        ui.note(format!("  {key} stays: what is kept cannot be read without this key"));
    }
    for bucket in buckets {
        let (count, more) = empty::count(stack, bucket).await?;
        let more = if more { " or more" } else { "" };
        match (count, args.keep_data) {
            (0, _) => {}
            (_, true) => ui.note(format!("  s3://{bucket} stays, with {count}{more} object versions")),
            (_, false) => ui.note(format!("  s3://{bucket} goes, with {count}{more} object versions")),
        }
    }
    Ok(())
}

/// Stops the functions from reading their queues, so that nothing is written while buckets are emptied.
async fn stop_functions(stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let Some(outputs) = deployed(stack).await? else { return Ok(()) };
    let lambda = stack.aws.lambda();
    let mut stopping = Vec::new();
    for (name, function) in outputs.all().iter().filter(|(name, _)| name.ends_with("Function")) {
        let mappings = match lambda.list_event_source_mappings().function_name(function).send().await {
            Ok(listed) => listed.event_source_mappings.unwrap_or_default(),
            Err(error) if aws_code(&error) == Some("ResourceNotFoundException") => continue,
            Err(error) => {
                return Err(aws_error(format_args!("see what feeds the function `{function}`"), &error));
            }
        };
        for id in mappings.iter().filter_map(|mapping| mapping.uuid()) {
            let stopped = lambda.update_event_source_mapping().uuid(id).enabled(false).send().await;
            match stopped {
                Ok(_) => stopping.push(id.to_owned()),
                // Already being changed or gone: the stack's deletion does the rest.
                Err(error) => ui.detail(aws_error(format_args!("stop {name}"), &error).message),
            }
        }
    }
    let waiting = ui.wait("Waiting for the functions to stop reading their queues");
    let started = Instant::now();
    // What is written after all is found when the buckets are listed once more.
    while !stopping.is_empty() && started.elapsed() < STOP_TIMEOUT {
        let mut left = Vec::new();
        for id in stopping {
            let stopped = match lambda.get_event_source_mapping().uuid(&id).send().await {
                Ok(mapping) => mapping.state() != Some("Disabling"),
                Err(error) => aws_code(&error) == Some("ResourceNotFoundException"),
            };
            if !stopped {
                left.push(id);
            }
        }
        stopping = left;
        if !stopping.is_empty() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    waiting.finish_and_clear();
    Ok(())
}

/// The ARN of the stack's own key, if it has one.
async fn key(stack: &Stack) -> Option<&str> {
    stack.outputs().await.ok()?.get("KeyArn").ok()
}

/// Has the key deleted, which KMS does only after a wait.
async fn delete_key(stack: &Stack, key: &str, ui: &Ui) -> Result<(), CommandError> {
    let kms = stack.aws.kms();
    match kms.schedule_key_deletion().key_id(key).pending_window_in_days(KEY_WAITS_DAYS).send().await {
        Ok(_) => {
            ui.note(format!("  {key} is deleted in {KEY_WAITS_DAYS} days"));
            Ok(())
        }
        // An earlier attempt has done it.
        Err(error) if matches!(aws_code(&error), Some("KMSInvalidStateException" | "NotFoundException")) => {
            Ok(())
        }
        Err(error) => Err(aws_error(format_args!("have the key `{key}` deleted"), &error)),
    }
}

async fn delete_bucket(stack: &Stack, bucket: &str) -> Result<(), CommandError> {
    match stack.aws.s3().delete_bucket().bucket(bucket).send().await {
        Ok(_) => Ok(()),
        Err(error) if aws_code(&error) == Some("NoSuchBucket") => Ok(()),
        Err(error) => Err(aws_error(format_args!("delete the bucket `{bucket}`"), &error)),
    }
}

/// What is still there of all that should be gone.
async fn remains(
    stack: &Stack,
    data: &[String],
    artifacts: &str,
    kept: &[String],
) -> Result<Vec<String>, CommandError> {
    let mut remains = Vec::new();
    if stack.describe().await?.is_some() {
        remains.push(format!("the stack `{}`", stack.name()));
    }
    for bucket in data.iter().map(String::as_str).chain([artifacts]) {
        if kept.iter().any(|kept| kept == bucket) {
            continue;
        }
        if stack.owns_bucket(bucket).await? {
            remains.push(format!("the bucket `{bucket}`"));
        }
    }
    Ok(remains)
}
