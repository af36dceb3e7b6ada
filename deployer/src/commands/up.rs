//! `deployer up`: creates the stack or brings it up to date.

use aws_sdk_cloudformation::types::StackStatus;
use clap::{Args, ValueEnum};
use console::Style;

use crate::commands::status::Status;
use crate::commands::watch;
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::local;
use crate::package::GivenZip;
use crate::stack::change_set::{ChangeSet, Refused};
use crate::stack::events::Watch;
use crate::stack::prepare::{Prepared, prepare};
use crate::stack::{Stack, artifacts, empty, hotswap, recover};
use crate::ui::Ui;

/// Creates the stack or brings it up to date.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "Examples:\n  deployer up --local\n  deployer up --region eu-central-1 --yes\n  deployer up --watch --local"
)]
pub(crate) struct UpArgs {
    /// A ready zip of a handler, instead of building it; can be given several times.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<GivenZip>,
    /// Allow a change by which the stack loses a bucket that is not empty; `--yes` alone does not.
    #[arg(long)]
    allow_replace: bool,
    /// When to ask before changes are applied [default: any-change; with --local: never].
    #[arg(long, value_enum, value_name = "WHEN")]
    require_approval: Option<Approval>,
    /// Replace the functions' code alone, past CloudFormation: seconds, for development.
    #[arg(long, conflicts_with_all = ["express", "allow_replace"])]
    hotswap: bool,
    /// End when all is configured, though not yet ready: CloudFormation's express mode, for development.
    #[arg(long)]
    express: bool,
    /// Then build and hotswap whenever a source file is saved, and show the logs.
    #[arg(long, conflicts_with = "zip")]
    watch: bool,
}

/// When a person is asked before changes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Approval {
    /// Never; a bucket that is not empty is not lost all the same.
    Never,
    /// Before any change.
    AnyChange,
    /// Only where somebody may do more afterwards.
    Broadening,
}

/// How often a plan is made anew because somebody else changed the stack meanwhile.
const PLANS: u32 = 5;

pub(crate) async fn up(args: UpArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    if args.hotswap {
        hotswap_all(&args.zip, stack, ui).await?;
    } else {
        bring_up(&args, stack, ui).await?;
    }
    if args.watch {
        return watch::watch(stack, ui).await;
    }
    let status = Status::read(stack).await?;
    ui.result(&status, || status.text())
}

/// Builds the handlers and puts them in the place of what runs.
pub(crate) async fn hotswap_all(zips: &[GivenZip], stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    hotswap::check_at_rest(stack).await?;
    let prepared = prepare(stack, zips, ui).await?;
    hotswap::hotswap(stack, &prepared, ui).await?;
    checkpoint(stack);
    Ok(())
}

/// Does what `up` does and prints no result.
pub(crate) async fn bring_up(args: &UpArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let mut signals = Signals::listen();
    let mut creates = recover::make_ready(stack, &mut signals, ui).await?;
    let default = if stack.config.local { Approval::Never } else { Approval::AnyChange };
    let mut approval = args.require_approval.unwrap_or(default);
    let prepared = signals.or(prepare(stack, &args.zip, ui)).await?;
    for _ in 0..PLANS {
        match plan_and_apply(args, approval, &prepared, creates, stack, &mut signals, ui).await {
            Ok(Some(applied)) if applied.plan.imports() => {
                ui.note(format!(
                    "Photos that came while there was no stack have no thumbnails: `deployer backfill{}` has them made",
                    stack.config.flags()
                ));
                // The other half of what was shown and agreed to.
                (creates, approval) = (false, Approval::Never);
            }
            Ok(applied) => {
                let left = || CommandError::interrupted("interrupted; the stack is up to date");
                return signals.unless(tidy_up(&prepared, applied.is_some(), stack, ui), left).await;
            }
            Err(Refused::Failed(error)) => return Err(error),
            Err(Refused::Overtaken) => {
                ui.warn("somebody else changed the stack meanwhile; nothing was applied: planning again");
                creates = recover::make_ready(stack, &mut signals, ui).await?;
            }
        }
    }
    Err(CommandError::failed("somebody else keeps changing the stack; nothing was applied")
        .hint(format!("run `deployer up{}` again when they are done", stack.config.flags())))
}

/// Shows what would change, asks, applies that very change, and gives it; none where there was none.
async fn plan_and_apply(
    args: &UpArgs,
    approval: Approval,
    prepared: &Prepared,
    creates: bool,
    stack: &Stack,
    signals: &mut Signals,
    ui: &Ui,
) -> Result<Option<ChangeSet>, Refused> {
    let Some(change_set) = prepared.change_set(stack, creates, args.express, signals, ui).await? else {
        ui.note("No changes: the stack is as configured.");
        return Ok(None);
    };
    ui.note(change_set.plan.text(&Style::new().for_stderr()));
    let watch = match begin(args, approval, prepared, &change_set, stack, signals, ui).await {
        Ok(watch) => watch,
        Err(refused) => {
            change_set.delete(stack).await?;
            return Err(refused);
        }
    };
    let outcome = watch.follow(stack, signals, ui).await?;
    match outcome.status {
        StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::ImportComplete => {
            Ok(Some(change_set))
        }
        StackStatus::DeleteComplete if outcome.taken_back => {
            Err(CommandError::interrupted("the creation was taken back: there is no stack").into())
        }
        StackStatus::UpdateRollbackComplete if outcome.taken_back => {
            Err(CommandError::interrupted("the update was taken back: the stack is as it was").into())
        }
        _ => {
            let what = if change_set.plan.creates {
                "the stack was not created"
            } else {
                "the stack was not changed"
            };
            Err(outcome.failed(what, stack, Some(&prepared.template)).into())
        }
    }
}

/// Asks, uploads what the change needs, and has CloudFormation begin.
async fn begin(
    args: &UpArgs,
    approval: Approval,
    prepared: &Prepared,
    change_set: &ChangeSet,
    stack: &Stack,
    signals: &mut Signals,
    ui: &Ui,
) -> Result<Watch, Refused> {
    let ready = async {
        approve(args, approval, change_set, stack, ui).await?;
        artifacts::store(stack, &prepared.artifacts, ui).await?;
        Watch::begin(stack, &change_set.stack_id).await
    };
    let Some(watch) = signals.or(ready).await? else { return Err(Refused::Overtaken) };
    change_set.execute(stack).await?;
    Ok(watch)
}

/// Ends what hotswaps left, and removes old handlers if the change that was applied made any old.
async fn tidy_up(prepared: &Prepared, applied: bool, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    hotswap::put_right(stack, &prepared.artifacts, ui).await?;
    if applied && let Err(error) = artifacts::prune(stack, &prepared.artifacts, ui).await {
        ui.warn(format!("old handlers were left in the artifacts bucket: {error}"));
    }
    checkpoint(stack);
    Ok(())
}

/// Has the emulator save its state, where there is one.
fn checkpoint(stack: &Stack) {
    if let Some(emulator) = &stack.emulator {
        local::checkpoint(emulator);
    }
}

/// Asks whether to go on, if it is to be asked.
async fn approve(
    args: &UpArgs,
    approval: Approval,
    change_set: &ChangeSet,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    let plan = &change_set.plan;
    let losses: Vec<&str> = plan.losses().map(|change| change.logical_id.as_str()).collect();
    if !losses.is_empty() && !args.allow_replace {
        return Err(CommandError::failed(format!(
            "the stack would lose everything in {}",
            losses.join(" and ")
        ))
        .hint("add `--allow-replace` if that is what you want"));
    }
    let asks = match approval {
        Approval::Never => false,
        Approval::AnyChange => true,
        Approval::Broadening => !plan.permissions.widen.is_empty(),
    };
    let other_key = plan.changes_the_key() && holds_photos(stack).await?;
    if other_key {
        ui.warn(
            "what is in the buckets stays encrypted as it is: an old key of the stack is needed as long as they are",
        );
    }
    if asks || other_key || (!losses.is_empty() && stack.config.local) {
        ui.confirm("Apply these changes?", "--yes").await?;
    }
    Ok(())
}

/// Whether there is anything in the originals bucket of the stack.
async fn holds_photos(stack: &Stack) -> Result<bool, CommandError> {
    let count = empty::count(stack, stack.outputs().await?.originals_bucket()?).await?;
    Ok(count.is_none_or(|(count, _)| count > 0))
}
