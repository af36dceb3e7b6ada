//! `deployer plan`: what `up` would change, without changing it.

use clap::Args;
use serde_json::json;

use crate::error::{CommandError, Kind};
use crate::package::GivenZip;
use crate::stack::prepare::prepare;
use crate::stack::{Stack, recover};
use crate::ui::Ui;

/// Shows what `up` would change.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  deployer plan --detailed-exitcode || echo \"there is something to deploy\""
)]
pub(crate) struct PlanArgs {
    /// A ready zip of a handler, instead of building it; can be given several times.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<GivenZip>,
    /// Exit with 4 if there are changes.
    #[arg(long)]
    detailed_exitcode: bool,
}

pub(crate) async fn plan(args: PlanArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let creates = recover::check_ready(stack).await?;
    let prepared = prepare(stack, &args.zip, ui).await?;
    let Some(change_set) = prepared.change_set(stack, creates, ui).await? else {
        let nothing = json!({ "stack": stack.name(), "creates": false, "changes": [] });
        return ui.result(&nothing, || "No changes: the stack is as configured.".to_owned());
    };
    change_set.delete(stack).await?;
    ui.result(&change_set.plan, || change_set.plan.text())?;
    if args.detailed_exitcode {
        return Err(CommandError { kind: Kind::Changes, ..CommandError::failed("") });
    }
    Ok(())
}
