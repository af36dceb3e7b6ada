//! Creates or updates a stack: plan, ask, apply, clean up.

use aws_sdk_cloudformation::types::StackStatus;
use clap::ValueEnum;
use console::Style;

use crate::deploy::change_set::{ChangeSet, Refused};
use crate::deploy::events::Watch;
use crate::deploy::plan::Plan;
use crate::deploy::prepare::{Prepared, build_deployment};
use crate::deploy::recover::{self, Operation};
use crate::deploy::{artifacts, hotswap};
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::local;
use crate::package::{GivenZip, Profile};
use crate::s3::purge;
use crate::stack::Stack;
use crate::ui::Ui;

/// The options of `up`.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Zips of functions to use instead of building them.
    pub(crate) zips: Vec<GivenZip>,
    /// Whether changes may delete or replace a non-empty bucket.
    pub(crate) allow_replace: bool,
    /// When to ask for approval, or `None` for the default.
    pub(crate) approval: Option<Approval>,
    /// How the handlers are compiled.
    pub(crate) profile: Profile,
    /// Whether CloudFormation's express mode is used.
    pub(crate) express: bool,
}

/// When to ask for approval before applying changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Approval {
    /// Never ask (`--allow-replace` is still required).
    Never,
    /// Ask before any change.
    AnyChange,
    /// Ask only if the changes add permissions.
    Broadening,
}

/// How often `up` plans again because another operation changed the stack.
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

/// Creates or updates the stack.
pub(crate) async fn create_or_update(options: &Options, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let mut signals = Signals::listen();
    let mut operation = recover::prepare_stack(stack, &mut signals, ui).await?;
    let default = if stack.config.local { Approval::Never } else { Approval::AnyChange };
    let mut approval = options.approval.unwrap_or(default);
    let prepared = signals.or(build_deployment(stack, &options.zips, options.profile, ui)).await?;
    for _ in 0..PLANS {
        let rollout = Rollout { options, approval, prepared: &prepared, stack, ui };
        match rollout.plan_and_apply(operation, &mut signals).await {
            Ok(Some(applied)) if applied.plan.imports() => {
                ui.note(format!(
                    "Photos uploaded while the stack did not exist have no thumbnails; run `deployer backfill{}` to make them",
                    stack.config.flags()
                ));
                // The second update was part of the approved plan.
                (operation, approval) = (Operation::Update, Approval::Never);
            }
            Ok(applied) => {
                let left = || CommandError::interrupted("interrupted; the stack is up to date");
                return signals.unless(finish_update(&prepared, applied.is_some(), stack, ui), left).await;
            }
            Err(Refused::Failed(error)) => return Err(error),
            Err(Refused::Overtaken) => {
                ui.warn("another operation changed the stack, so nothing was applied; planning again");
                operation = recover::prepare_stack(stack, &mut signals, ui).await?;
            }
        }
    }
    Err(CommandError::failed("other operations keep changing the stack; nothing was applied")
        .hint(format!("run `deployer up{}` again when they have finished", stack.config.flags())))
}

impl Rollout<'_> {
    /// Shows the changes, asks for approval, and applies them. Returns the change set, or `None` if nothing changes.
    async fn plan_and_apply(
        &self,
        operation: Operation,
        signals: &mut Signals,
    ) -> Result<Option<ChangeSet>, Refused> {
        let Self { options, prepared, stack, ui, .. } = *self;
        let Some(change_set) = prepared.change_set(stack, operation, options.express, signals, ui).await?
        else {
            ui.note("No changes: the stack matches the configuration.");
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
                Err(CommandError::interrupted("interrupted: the new stack was deleted").into())
            }
            StackStatus::UpdateRollbackComplete if outcome.taken_back => {
                Err(CommandError::interrupted("interrupted: the update was rolled back").into())
            }
            _ => {
                let what = if change_set.plan.creates {
                    "the stack was not created"
                } else {
                    "the stack was not updated"
                };
                Err(outcome.failed(what, stack).into())
            }
        }
    }

    /// Asks for approval, uploads the artifacts, and starts the change.
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

    /// Asks for approval if required. Returns an error if data would be lost without `--allow-replace`.
    async fn approve(&self, plan: &Plan) -> Result<(), CommandError> {
        let Self { options, approval, stack, ui, .. } = *self;
        let losses: Vec<&str> = plan.losses().map(|change| change.logical_id.as_str()).collect();
        if !losses.is_empty() && !options.allow_replace {
            return Err(CommandError::failed(format!(
                "the changes would delete or replace a non-empty bucket: {}",
                losses.join(", ")
            ))
            .hint("add `--allow-replace` to allow this"));
        }
        let asks = match approval {
            Approval::Never => false,
            Approval::AnyChange => true,
            Approval::Broadening => !plan.permissions.widen.is_empty(),
        };
        let other_key = plan.changes_the_key() && holds_photos(stack).await?;
        if other_key {
            ui.warn("existing objects keep their encryption: keep the old KMS key as long as you need them");
        }
        if asks || other_key || (!losses.is_empty() && stack.config.local) {
            ui.confirm("Apply these changes?", "--yes").await?;
        }
        Ok(())
    }
}

/// Replaces hotswapped code and, after a change, deletes old artifacts.
async fn finish_update(
    prepared: &Prepared,
    applied: bool,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    hotswap::reconcile(stack, &prepared.artifacts, ui).await?;
    if applied && let Err(error) = artifacts::prune(stack, &prepared.artifacts, ui).await {
        ui.warn(format!("cannot delete old artifacts: {error}"));
    }
    checkpoint(stack);
    Ok(())
}

/// Has the emulator of a local stack save its state.
fn checkpoint(stack: &Stack) {
    if let Some(emulator) = &stack.emulator {
        local::checkpoint(emulator);
    }
}

/// Returns whether the originals bucket contains objects.
async fn holds_photos(stack: &Stack) -> Result<bool, CommandError> {
    let count = purge::count(stack, stack.outputs().await?.originals_bucket()?).await?;
    Ok(count.is_none_or(|(count, _)| count > 0))
}
