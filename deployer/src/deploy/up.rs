//! Creates or updates a stack: plan, ask, apply, clean up.

use aws_sdk_cloudformation::types::StackStatus;
use clap::ValueEnum;
use console::Style;

use crate::deploy::change_set::{ChangeSet, ChangeSetError, warn_if_left};
use crate::deploy::events::OperationWatch;
use crate::deploy::plan::Plan;
use crate::deploy::prepare::{PreparedDeployment, prepare_deployment};
use crate::deploy::recover::{self, Operation};
use crate::deploy::{artifacts, hotswap};
use crate::error::CommandError;
use crate::interrupt::Signals;
use crate::local;
use crate::package::{Profile, ProvidedZip};
use crate::s3::purge;
use crate::stack::Stack;
use crate::ui::Ui;

/// The options of `up`.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Zips of functions to use instead of building them.
    pub(crate) zips: Vec<ProvidedZip>,
    /// Whether changes may delete or replace a non-empty bucket.
    pub(crate) allow_replace: bool,
    /// When to ask for approval, or `None` for the default.
    pub(crate) approval: Option<Approval>,
    /// How to compile the handlers.
    pub(crate) profile: Profile,
    /// Whether to use the express mode of CloudFormation.
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

/// The maximum number of times that `up` plans again because another operation changed the stack.
const MAX_PLANS: u32 = 5;

/// One run of `up`.
struct Rollout<'a> {
    options: &'a Options,
    approval: Approval,
    prepared: &'a PreparedDeployment,
    stack: &'a Stack,
    ui: &'a Ui,
}

/// Builds the handlers and replaces the code that the functions run.
pub(crate) async fn build_and_hotswap(
    zips: &[ProvidedZip],
    profile: Profile,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    hotswap::check_can_hotswap(stack).await?;
    let prepared = prepare_deployment(stack, zips, profile, ui).await?;
    hotswap::hotswap(stack, &prepared, ui).await?;
    save_emulator_state(stack);
    Ok(())
}

/// Creates or updates the stack.
pub(crate) async fn create_or_update(options: &Options, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let mut signals = Signals::listen();
    let mut operation = recover::prepare_stack(stack, &mut signals, ui).await?;
    let default = if stack.config.local { Approval::Never } else { Approval::AnyChange };
    let mut approval = options.approval.unwrap_or(default);
    // An update may have no changes, but a new stack always needs the approval.
    if operation == Operation::Create && approval != Approval::Never {
        ui.check_prompt()?;
    }
    let prepared =
        signals.run_without_changes(prepare_deployment(stack, &options.zips, options.profile, ui)).await?;
    for _ in 0..MAX_PLANS {
        let rollout = Rollout { options, approval, prepared: &prepared, stack, ui };
        match rollout.plan_and_apply(operation, &mut signals).await {
            Ok(Some(applied)) if applied.plan.has_imports() => {
                ui.note(format!(
                    "Photos uploaded while the stack did not exist have no thumbnails; run `deployer backfill{}` to make them",
                    stack.config.flags()
                ));
                // The second update was part of the approved plan.
                (operation, approval) = (Operation::Update, Approval::Never);
            }
            Ok(applied) => {
                let interrupted = || {
                    CommandError::interrupted("interrupted during cleanup; the stack itself is up to date")
                };
                return signals
                    .run_until_signal(finish_update(&prepared, applied.is_some(), stack, ui), interrupted)
                    .await;
            }
            Err(ChangeSetError::Failed(error)) => return Err(error),
            Err(ChangeSetError::StackChanged) => {
                ui.warn("another operation changed the stack, so nothing was applied; planning again");
                operation = recover::prepare_stack(stack, &mut signals, ui).await?;
            }
        }
    }
    Err(CommandError::failed("other operations keep changing the stack; nothing was applied")
        .hint("run `deployer up{flags}` again when they have finished"))
}

impl Rollout<'_> {
    /// Shows the changes, asks for approval, and applies them. Returns the change set, or `None` if nothing changes.
    async fn plan_and_apply(
        &self,
        operation: Operation,
        signals: &mut Signals,
    ) -> Result<Option<ChangeSet>, ChangeSetError> {
        let Self { options, prepared, stack, ui, .. } = *self;
        let Some(change_set) =
            prepared.create_change_set(stack, operation, options.express, signals, ui).await?
        else {
            ui.note("No changes: the stack matches the configuration.");
            return Ok(None);
        };
        ui.step(change_set.plan.text(&Style::new().for_stderr()));
        let watch = match self.start(&change_set, signals).await {
            Ok(watch) => watch,
            Err(refused) => {
                let deleted = match refused {
                    ChangeSetError::StackChanged => change_set.delete_without_stack(stack).await,
                    ChangeSetError::Failed(_) => change_set.delete(stack).await,
                };
                // The reason for the refusal matters more than a change set that remains.
                warn_if_left(deleted, ui);
                return Err(refused);
            }
        };
        let outcome = watch.follow(stack, signals, ui).await?;
        match outcome.status {
            StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::ImportComplete => {
                Ok(Some(change_set))
            }
            StackStatus::DeleteComplete if outcome.is_rolled_back => {
                Err(CommandError::interrupted("interrupted: the new stack was deleted").into())
            }
            StackStatus::UpdateRollbackComplete if outcome.is_rolled_back => {
                Err(CommandError::interrupted("interrupted: the update was rolled back").into())
            }
            _ => {
                let what = if change_set.plan.creates {
                    "the stack was not created"
                } else {
                    "the stack was not updated"
                };
                Err(outcome.into_error(what).into())
            }
        }
    }

    /// Asks for approval, uploads the artifacts, and starts the change.
    async fn start(
        &self,
        change_set: &ChangeSet,
        signals: &mut Signals,
    ) -> Result<OperationWatch, ChangeSetError> {
        let Self { prepared, stack, ui, .. } = *self;
        let ready = async {
            self.approve(&change_set.plan).await?;
            artifacts::store(stack, &prepared.artifacts, ui).await?;
            OperationWatch::start(stack, &change_set.stack_id).await
        };
        let Some(watch) = signals.run_without_changes(ready).await? else {
            return Err(ChangeSetError::StackChanged);
        };
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
        let needs_approval = match approval {
            Approval::Never => false,
            Approval::AnyChange => true,
            Approval::Broadening => !plan.permissions.widen.is_empty(),
        };
        let other_key = plan.has_key_change() && has_photos(stack).await?;
        if other_key {
            ui.warn(
                "existing objects keep their encryption: as long as you need them, keep the old KMS key and the \
                 permission to use it, which `deployer doctor --policy` prints only with `kms_key: true`",
            );
        }
        if needs_approval || other_key || (!losses.is_empty() && stack.config.local) {
            // Show the changes even with `--quiet`, because the user must approve them.
            if ui.is_brief() {
                ui.note_for_prompt(plan.text(&Style::new().for_stderr()));
            }
            ui.confirm("Apply these changes?").await?;
        }
        Ok(())
    }
}

/// Replaces hotswapped code and, after a change, deletes old artifacts.
async fn finish_update(
    prepared: &PreparedDeployment,
    has_changed: bool,
    stack: &Stack,
    ui: &Ui,
) -> Result<(), CommandError> {
    hotswap::reconcile(stack, &prepared.artifacts, ui).await?;
    if has_changed && let Err(error) = artifacts::prune(stack, &prepared.artifacts, ui).await {
        ui.warn(format!("cannot delete old artifacts: {error}"));
    }
    save_emulator_state(stack);
    Ok(())
}

/// Makes the emulator of a local stack save its state.
fn save_emulator_state(stack: &Stack) {
    if let Some(emulator) = &stack.emulator {
        local::save_state(emulator);
    }
}

/// Returns whether the originals bucket contains objects.
async fn has_photos(stack: &Stack) -> Result<bool, CommandError> {
    let count = purge::count_versions(stack, stack.outputs().await?.originals_bucket()?).await?;
    Ok(count.is_none_or(|(count, _)| count > 0))
}
