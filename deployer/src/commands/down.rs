//! `deployer down`: deletes the stack and, unless they are to be kept, the photos.
//!
//! CloudFormation goes first: it may refuse, and retains the buckets and the key. Only when the stack is gone are the
//! buckets emptied, the key scheduled for deletion, and the buckets deleted. Whatever was done before can be found out
//! by looking, so a `down` that was ended at any point is gone on with by the next.

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

/// How long a deleted key can still be called back, in days: the longest there is.
const KEY_WAITS_DAYS: i32 = 30;

/// How often S3 is asked for a bucket that was deleted: it may tell of it for some seconds.
const LOOKS: u32 = 8;

/// Deletes the stack with everything in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer down --local\n  deployer down --keep-data --yes")]
pub(crate) struct DownArgs {
    /// Leave the buckets with photos, thumbnails and records.
    #[arg(long)]
    keep_data: bool,
}

/// Where a `down` notes in the artifacts bucket, which goes last, what is left when the stack is gone.
const NOTE: &str = "down.json";

/// What there is to delete besides the stack.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Left {
    /// The buckets with photos, thumbnails and records, and that of access logs.
    data: Vec<String>,
    /// The bucket of the functions' code.
    #[serde(skip)]
    artifacts: String,
    /// The ARNs of the stack's own keys.
    keys: Vec<String>,
}

impl Left {
    /// The buckets that `down` deletes.
    fn going(&self, args: &DownArgs) -> impl Iterator<Item = &String> {
        let data = if args.keep_data { &[] } else { &self.data[..] };
        data.iter().chain([&self.artifacts])
    }

    /// Adds what an earlier `down` has noted.
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
    // On this machine there is nobody to ask in a script, and nothing but copies to lose.
    if !stack.config.local || ui.is_interactive() {
        ui.confirm("Delete all this?", "--yes").await?;
    }

    let flags = stack.config.flags();
    let again = format!("deployer down{flags}{}", if args.keep_data { " --keep-data" } else { "" });
    let mut signals = Signals::listen();
    signals.or(try_join_all(left.going(&args).map(|bucket| purge::may_delete(stack, bucket)))).await?;
    if let Some(found) = found {
        signals.or(note(stack, &left)).await?;
        delete_stack(&found, &again, stack, &mut signals, ui).await?;
    }
    let half_way = || {
        CommandError::interrupted("stopped half way: the stack is gone, not yet all of its buckets")
            .hint(format!("`{again}` goes on from there"))
    };
    let deleted = signals.unless(delete_left(&args, &left, &again, stack, ui), half_way).await?;
    if stack.config.local && !args.keep_data {
        local::remove(&stack.config, ui).await?;
    }
    let kept: &[String] = if args.keep_data { &left.data } else { &[] };
    let result = json!({ "stack": stack.name(), "objects_deleted": deleted, "kept": kept });
    ui.result(&result, || {
        let mut text = format!("The stack `{}` is gone; {deleted} objects were deleted.", stack.name());
        for bucket in kept {
            let _ = write!(text, "\nKept: s3://{bucket}");
        }
        if !kept.is_empty() {
            let _ = write!(text, "\n`deployer up{flags}` makes them part of the stack again.");
        }
        text
    })
}

/// Notes what is left when the stack is gone: its names are known from its outputs alone if the configuration has changed.
async fn note(stack: &Stack, left: &Left) -> Result<(), CommandError> {
    if !stack.owns_bucket(&left.artifacts).await? {
        return Ok(());
    }
    artifacts::put(stack, NOTE, json!(left).to_string().into_bytes(), "note what is to be deleted").await
}

/// Returns what an earlier `down` has noted.
async fn noted(stack: &Stack) -> Result<Left, CommandError> {
    let note = artifacts::get(stack, NOTE).await?.unwrap_or_default();
    Ok(serde_json::from_slice(&note).unwrap_or_default())
}

/// Refuses to delete a stack that CloudFormation would not delete.
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
        "the stack `{}` has termination protection, nothing was deleted",
        stack.name()
    ))
    .hint(format!("to lift it run `{lift}`")))
}

/// Has CloudFormation delete the stack. What it retains is untouched until it has done so.
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
            "CloudFormation goes on deleting the stack `{}`; its buckets are as they were",
            stack.name()
        ))
        .hint(format!("`{again}` waits for that and goes on from there")),
        _ => error,
    })?;
    if outcome.status == StackStatus::DeleteComplete {
        return Ok(());
    }
    Err(outcome.failed("the stack was not deleted", stack).hint(format!(
        "its buckets and their key are as they were; when the cause is mended, `{again}` goes on from there"
    )))
}

/// Deletes what CloudFormation has retained, and returns how many versions of objects that were.
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
            // While there are buckets that say which key is the stack's.
            for key in &left.keys {
                delete_key(stack, key, ui).await?;
            }
        }
        // One bucket that cannot be emptied does not keep the others.
        let removed = left.data.iter().zip(emptied).map(|(bucket, emptied)| async {
            Ok::<_, CommandError>(emptied? + purge::remove(stack, bucket, ui).await?)
        });
        deleted += total(join_all(removed).await, again, ui)?;
    }
    deleted += purge::empty(stack, &left.artifacts, ui).await?;
    deleted += purge::remove(stack, &left.artifacts, ui).await?;
    let remains = remains(args, left, stack).await?;
    if !remains.is_empty() {
        return Err(CommandError::failed(format!("these are still there: {}", remains.join(", ")))
            .hint(format!("run `{again}` again")));
    }
    Ok(deleted)
}

/// Adds up how much was deleted from each bucket. Fails if not all buckets are gone.
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
        Some(error) => Err(error.hint(format!("`{again}` goes on from there"))),
        None => Ok(total),
    }
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
    left: &Left,
    found: Option<&cfn::Stack>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let name = stack.name();
    match found.map(cfn::Stack::stack_status) {
        Some(Some(status @ (StackStatus::DeleteInProgress | StackStatus::DeleteFailed))) => {
            ui.note(format!("The stack `{name}` is {status}: this goes on with its deletion."));
        }
        Some(_) => ui.note(format!("This deletes the stack `{name}` with its queues, functions and logs.")),
        None => ui.note(format!("There is no stack `{name}`; looking for what an earlier one left.")),
    }
    for bucket in &left.data {
        let content = match purge::count(stack, bucket).await? {
            Some((0, _)) => continue,
            Some((count, false)) => format!("{count} object versions"),
            Some((count, true)) => format!("{count} or more object versions"),
            None => "objects that cannot be listed".to_owned(),
        };
        match args.keep_data {
            true => ui.note(format!("  s3://{bucket} stays, with {content}")),
            false => ui.note(format!("  s3://{bucket} goes, with {content}")),
        }
    }
    for key in &left.keys {
        match args.keep_data {
            true => ui.note(format!("  {key} stays: what is kept cannot be read without this key")),
            false => ui.note(format!("  {key} goes, {KEY_WAITS_DAYS} days later")),
        }
    }
    Ok(())
}

/// The ARNs of the stack's own keys: as the stack says, or as its buckets do when it is gone.
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

/// Whether the template of this stack made the key, and it is not deleted yet.
async fn is_own_key(stack: &Stack, key: &str) -> Result<bool, CommandError> {
    let described = match stack.aws.kms().describe_key().key_id(key).send().await {
        Ok(described) => described.key_metadata,
        // A key of the account is not hidden from who may delete it.
        Err(error) if matches!(aws_code(&error), Some("NotFoundException" | "AccessDeniedException")) => None,
        Err(error) => return Err(aws_error(format_args!("look at the key `{key}`"), &error)),
    };
    // As in templates/kms.yaml.
    let own = format!("Encrypts what the stack {} stores.", stack.name());
    Ok(described.is_some_and(|found| {
        found.description() == Some(own.as_str()) && found.key_state() != Some(&KeyState::PendingDeletion)
    }))
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

/// What is still there of all that should be gone.
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
