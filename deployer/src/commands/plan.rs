//! `deployer plan`: shows what `up` would change, without changing the stack.

use clap::Args;
use console::Style;

use crate::deploy::change_set::ChangeSetError;
use crate::deploy::hotswap;
use crate::deploy::plan::Plan;
use crate::deploy::plan::drift;
use crate::deploy::prepare::prepare_deployment;
use crate::deploy::recover::{self, Operation};
use crate::error::{CommandError, Exit};
use crate::interrupt::Signals;
use crate::package::{Profile, ProvidedZip};
use crate::stack::Stack;
use crate::ui::Ui;

/// Show what `up` would change.
///
/// The stack does not change. CloudFormation reads a template of more than 51,200 bytes only from a bucket. The command
/// stores such a template in the artifacts bucket, and creates this bucket if necessary. The next `up` deletes old
/// templates, and `down` deletes all of them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer plan --drift\n  deployer plan --detailed-exitcode || echo \"there is something to deploy\""
)]
pub(crate) struct PlanArgs {
    /// Use this zip file instead of building the function; repeat for each function.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<ProvidedZip>,
    /// Compile the functions as `up --release` does.
    #[arg(long)]
    release: bool,
    /// Exit with code 4 if there are changes or, with `--drift`, drift.
    #[arg(long)]
    detailed_exitcode: bool,
    /// Also show changes that were made to resources outside CloudFormation.
    #[arg(long)]
    drift: bool,
}

pub(crate) async fn plan(args: PlanArgs, stack: &Stack, ui: &Ui) -> Result<Exit, CommandError> {
    let mut signals = Signals::listen();
    let operation = signals.run_without_changes(recover::check_ready(stack)).await?;
    let prepared = signals
        .run_without_changes(prepare_deployment(
            stack,
            &args.zip,
            Profile::from_release_flag(args.release),
            ui,
        ))
        .await?;
    let drift = match args.drift && operation == Operation::Update {
        true => Some(signals.run_without_changes(drift::detect(stack, ui)).await?),
        false => None,
    };
    let change_set = match prepared.create_change_set(stack, operation, false, &mut signals, ui).await {
        Ok(change_set) => change_set,
        Err(ChangeSetError::Failed(error)) => return Err(error),
        Err(ChangeSetError::StackChanged) => {
            return Err(CommandError::failed("cannot plan: another operation is changing the stack")
                .hint("run `deployer up{flags}`, which waits for that operation"));
        }
    };
    let mut plan = match change_set {
        Some(change_set) => {
            change_set.delete(stack).await?;
            change_set.plan
        }
        None => Plan { stack: stack.name().to_owned(), ..Plan::default() },
    };
    plan.drift = drift;
    if operation == Operation::Update {
        hotswap::warn_about_swaps(&hotswap::read_swaps(stack).await?, stack, ui);
    }
    ui.print_result(&plan, || plan.text(&Style::new()))?;
    let has_drifted = plan.drift.as_ref().is_some_and(|drift| !drift.is_empty());
    if args.detailed_exitcode && (has_drifted || !plan.changes.is_empty()) {
        return Ok(Exit::Changes);
    }
    Ok(Exit::Done)
}
