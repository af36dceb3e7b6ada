//! `deployer up`: creates the stack or brings it up to date.

use aws_sdk_cloudformation::types::StackStatus;
use clap::Args;

use crate::commands::status::Status;
use crate::error::CommandError;
use crate::local;
use crate::package::GivenZip;
use crate::stack::change_set::ChangeSet;
use crate::stack::events::Watch;
use crate::stack::prepare::{Prepared, prepare};
use crate::stack::{Stack, artifacts, recover};
use crate::ui::Ui;

/// Creates the stack or brings it up to date.
#[derive(Debug, Default, Args)]
#[command(after_help = "Examples:\n  deployer up --local\n  deployer up --region eu-central-1 --yes")]
pub(crate) struct UpArgs {
    /// A ready zip of a handler, instead of building it; can be given several times.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<GivenZip>,
    /// Allow a change that replaces or removes a bucket, with everything in it.
    #[arg(long)]
    allow_replace: bool,
}

pub(crate) async fn up(args: UpArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    bring_up(&args, stack, ui).await?;
    let status = Status::read(stack).await?;
    ui.result(&status, || status.text())
}

/// Does what `up` does and prints no result.
pub(crate) async fn bring_up(args: &UpArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let creates = recover::make_ready(stack, ui).await?;
    let prepared = prepare(stack, &args.zip, ui).await?;
    match prepared.change_set(stack, creates, ui).await? {
        None => ui.note("No changes: the stack is as configured."),
        Some(change_set) => apply(args, &prepared, &change_set, stack, ui).await?,
    }
    if let Some(emulator) = &stack.emulator {
        local::checkpoint(emulator);
    }
    Ok(())
}

/// Shows the change set, asks, and executes that very one.
async fn apply(
    args: &UpArgs,
    prepared: &Prepared,
    change_set: &ChangeSet,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    ui.note(change_set.plan.text());
    let begun = async {
        approve(args, change_set, stack, ui).await?;
        artifacts::store(stack, &prepared.artifacts, ui).await?;
        let watch = Watch::begin(stack, &change_set.stack_id).await?;
        change_set.execute(stack).await?;
        Ok(watch)
    };
    let watch = match begun.await {
        Ok(watch) => watch,
        Err(refused) => {
            change_set.delete(stack).await?;
            return Err(refused);
        }
    };
    let outcome = watch.follow(stack, ui).await?;
    match outcome.status {
        StackStatus::CreateComplete | StackStatus::UpdateComplete => {}
        _ => {
            let what = if change_set.plan.creates {
                "the stack was not created"
            } else {
                "the stack was not changed"
            };
            return Err(outcome.failed(what, stack, Some(&prepared.template)));
        }
    }
    if let Err(error) = artifacts::prune(stack, &prepared.artifacts, ui).await {
        ui.warn(format!("old handlers were left in the artifacts bucket: {error}"));
    }
    Ok(())
}

/// Asks whether to go on; on this machine only if something would be lost.
async fn approve(args: &UpArgs, change_set: &ChangeSet, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let losses: Vec<&str> = change_set.plan.losses().map(|change| change.logical_id.as_str()).collect();
    if !losses.is_empty() && !args.allow_replace {
        return Err(CommandError::failed(format!("everything in {} would be lost", losses.join(" and ")))
            .hint("add `--allow-replace` if that is what you want"));
    }
    if stack.config.local && losses.is_empty() {
        return Ok(());
    }
    ui.confirm("Apply these changes?", "--yes").await
}
