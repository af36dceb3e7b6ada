//! `deployer plan`: what `up` would change, without changing it.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::error::{CommandError, Kind};
use crate::stack::prepare::prepare;
use crate::stack::{Stack, recover};
use crate::ui::Ui;

/// Shows what `up` would change.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  deployer plan --detailed-exitcode || echo \"there is something to deploy\""
)]
pub(crate) struct PlanArgs {
    /// A zip with the thumbnail handler, instead of building it.
    #[arg(long, value_name = "FILE")]
    zip: Option<PathBuf>,
    /// Exit with 4 if there are changes.
    #[arg(long)]
    detailed_exitcode: bool,
}

pub(crate) async fn plan(args: PlanArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let creates = recover::check_ready(stack).await?;
    let prepared = prepare(stack, args.zip.as_deref(), ui).await?;
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
