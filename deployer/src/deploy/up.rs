//! Bringing a stack up: plan, ask, apply, tidy up.

use aws_sdk_cloudformation::types::StackStatus;
use clap::ValueEnum;
use console::Style;

use crate::deploy::change_set::{ChangeSet, Refused};
use crate::deploy::events::Watch;
use crate::deploy::plan::Plan;
use crate::deploy::prepare::{Prepared, build_deployment};
use crate::deploy::{artifacts, hotswap, recover};
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::local;
use crate::package::{GivenZip, Profile};
use crate::s3::purge;
use crate::stack::Stack;
use crate::ui::Ui;

/// How the stack is brought up.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Ready zips of handlers, instead of building them.
    pub(crate) zips: Vec<GivenZip>,
    /// Whether the stack may lose a bucket that is not empty.
    pub(crate) allow_replace: bool,
    /// When to ask, unless it is as usual.
    pub(crate) approval: Option<Approval>,
    /// How the handlers are compiled.
    pub(crate) profile: Profile,
    /// Whether CloudFormation's express mode is used.
    pub(crate) express: bool,
}

/// When a person is asked before changes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Approval {
    /// Never; a bucket that is not empty is not lost all the same.
    Never,
    /// Before any change.
    AnyChange,
    /// Only where somebody may do more afterwards.
    Broadening,
}

/// How often a plan is made anew because somebody else changed the stack meanwhile.
const PLANS: u32 = 5;

/// One rollout of `up`.
struct Rollout<'a> {
    options: &'a Options,
    approval: Approval,
    prepared: &'a Prepared,
    stack: &'a Stack,
    ui: &'a Ui,
}

/// Builds the handlers and puts them in the place of what runs.
pub(crate) async fn hotswap_all(
    zips: &[GivenZip],
    profile: Profile,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    hotswap::check_at_rest(stack).await?;
    let prepared = build_deployment(stack, zips, profile, ui).await?;
    hotswap::hotswap(stack, &prepared, ui).await?;
    checkpoint(stack);
    Ok(())
}

/// Creates the stack or brings it up to date.
pub(crate) async fn bring_up(options: &Options, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let mut signals = Signals::listen();
    let mut creates = recover::make_ready(stack, &mut signals, ui).await?;
    let default = if stack.config.local { Approval::Never } else { Approval::AnyChange };
    let mut approval = options.approval.unwrap_or(default);
    let prepared = signals.or(build_deployment(stack, &options.zips, options.profile, ui)).await?;
    for _ in 0..PLANS {
        let rollout = Rollout { options, approval, prepared: &prepared, stack, ui };
        match rollout.plan_and_apply(creates, &mut signals).await {
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
        .hint(format!("rollout `deployer up{}` again when they are done", stack.config.flags())))
}

impl Rollout<'_> {
    /// Shows what would change, asks, applies that very change, and gives it; none where there was none.
    async fn plan_and_apply(
        &self,
        creates: bool,
        signals: &mut Signals,
    ) -> Result<Option<ChangeSet>, Refused> {
        let Self { options, prepared, stack, ui, .. } = *self;
        let Some(change_set) = prepared.change_set(stack, creates, options.express, signals, ui).await?
        else {
            ui.note("No changes: the stack is as configured.");
            return Ok(None);
        };
        ui.note(change_set.plan.text(&Style::new().for_stderr()));
        let watch = match self.begin(&change_set, signals).await {
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
                Err(outcome.failed(what, stack).into())
            }
        }
    }

    /// Asks, uploads what the change needs, and has CloudFormation begin.
    async fn begin(&self, change_set: &ChangeSet, signals: &mut Signals) -> Result<Watch, Refused> {
        let Self { prepared, stack, ui, .. } = *self;
        let ready = async {
            self.approve(&change_set.plan).await?;
            artifacts::store(stack, &prepared.artifacts, ui).await?;
            Watch::begin(stack, &change_set.stack_id).await
        };
        let Some(watch) = signals.or(ready).await? else { return Err(Refused::Overtaken) };
        change_set.execute(stack).await?;
        Ok(watch)
    }

    /// Asks whether to go on, if it is to be asked.
    async fn approve(&self, plan: &Plan) -> Result<(), CommandError> {
        let Self { options, approval, stack, ui, .. } = *self;
        let losses: Vec<&str> = plan.losses().map(|change| change.logical_id.as_str()).collect();
        if !losses.is_empty() && !options.allow_replace {
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
}

/// Ends what hotswaps left, and removes old handlers if the change that was applied made any old.
async fn tidy_up(prepared: &Prepared, applied: bool, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    hotswap::reconcile(stack, &prepared.artifacts, ui).await?;
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

/// Whether there is anything in the originals bucket of the stack.
async fn holds_photos(stack: &Stack) -> Result<bool, CommandError> {
    let count = purge::count(stack, stack.outputs().await?.originals_bucket()?).await?;
    Ok(count.is_none_or(|(count, _)| count > 0))
}
