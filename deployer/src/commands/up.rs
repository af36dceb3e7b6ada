//! `deployer up`: creates the stack or brings it up to date.

use clap::Args;

use crate::deploy::up::{Approval, Options, bring_up, hotswap_all};
use crate::deploy::watch::watch;
use crate::error::CommandError;
use crate::monitor::status::Status;
use crate::package::GivenZip;
use crate::stack::Stack;
use crate::ui::Ui;

/// Creates the stack or brings it up to date.
#[derive(Debug, Args)]
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

pub(crate) async fn up(args: UpArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    if args.hotswap {
        hotswap_all(&args.zip, stack, ui).await?;
    } else {
        let UpArgs { zip: zips, allow_replace, require_approval: approval, express, .. } = args;
        bring_up(&Options { zips, allow_replace, approval, express }, stack, ui).await?;
    }
    if args.watch {
        return watch(stack, ui).await;
    }
    let status = Status::read(stack).await?;
    ui.result(&status, || status.text())
}
