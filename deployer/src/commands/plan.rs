//! `deployer plan`: shows what `up` would change, without changing it.

use clap::Args;
use console::Style;

use crate::deploy::change_set::Refused;
use crate::deploy::hotswap;
use crate::deploy::plan::Plan;
use crate::deploy::plan::drift;
use crate::deploy::prepare::build_deployment;
use crate::deploy::recover::{self, Operation};
use crate::error::{CommandError, Exit};
use crate::interrupt::Signals;
use crate::package::{GivenZip, Profile};
use crate::stack::Stack;
use crate::ui::Ui;

/// Show what `up` would change.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer plan --drift\n  deployer plan --detailed-exitcode || echo \"there is something to deploy\""
)]
pub(crate) struct PlanArgs {
    /// Use this zip of a function instead of building it; repeat for each function.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<GivenZip>,
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
    let operation = signals.or(recover::check_ready(stack)).await?;
    let prepared = signals.or(build_deployment(stack, &args.zip, Profile::asked(args.release), ui)).await?;
    let drifted = match args.drift && operation == Operation::Update {
        true => Some(signals.or(drift::detect(stack, ui)).await?),
        false => None,
    };
    let change_set = match prepared.change_set(stack, operation, false, &mut signals, ui).await {
        Ok(change_set) => change_set,
        Err(Refused::Failed(error)) => return Err(error),
        Err(Refused::Overtaken) => {
            return Err(CommandError::failed("cannot plan: another operation is changing the stack")
                .hint(format!("run `deployer up{}`, which waits for that operation", stack.config.flags())));
        }
    };
    let mut plan = match change_set {
        Some(change_set) => {
            change_set.delete(stack).await?;
            change_set.plan
        }
        None => Plan { stack: stack.name().to_owned(), ..Plan::default() },
    };
    plan.drift = drifted;
    if operation == Operation::Update {
        hotswap::warn_hotswapped(&hotswap::read(stack).await?, stack, ui);
    }
    ui.result(&plan, || plan.text(&Style::new()))?;
    let has_drifted = plan.drift.as_ref().is_some_and(|drift| !drift.is_empty());
    if args.detailed_exitcode && (has_drifted || !plan.changes.is_empty()) {
        return Ok(Exit::Changes);
    }
    Ok(Exit::Done)
}
