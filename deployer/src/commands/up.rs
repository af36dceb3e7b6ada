//! `deployer up`: creates or updates the stack.

use clap::Args;

use crate::deploy::up::{Approval, Options, build_and_hotswap, create_or_update};
use crate::deploy::watch::watch;
use crate::error::CommandError;
use crate::interrupt::run_until_stopped;
use crate::monitor::status::Status;
use crate::package::{Profile, ProvidedZip};
use crate::stack::Stack;
use crate::ui::Ui;

/// Create or update the stack.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer up --local\n  deployer up --region eu-central-1 --yes\n  deployer up --watch --local"
)]
pub(crate) struct UpArgs {
    /// Use this zip file instead of building the function; repeat for each function.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<ProvidedZip>,
    /// Allow changes that delete or replace a non-empty bucket; `--yes` alone does not.
    #[arg(long)]
    allow_replace: bool,
    /// Ask for approval before applying these changes [default: any-change, or never with --local].
    #[arg(long, value_enum, value_name = "WHEN")]
    require_approval: Option<Approval>,
    /// Update only the code of the functions, bypassing CloudFormation; fast, for development.
    #[arg(long, conflicts_with_all = ["express", "allow_replace"])]
    hotswap: bool,
    /// Use the express mode of CloudFormation, which does not wait until resources are ready; for development.
    #[arg(long)]
    express: bool,
    /// Compile the functions with all optimizations [default with --local: a quick build].
    #[arg(long)]
    release: bool,
    /// After the update, show the logs, and rebuild and hotswap when a source file changes.
    #[arg(long, conflicts_with = "zip")]
    watch: bool,
}

pub(crate) async fn up(args: UpArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let profile = Profile::from_release_flag(args.release);
    let is_watching = args.watch;
    if args.hotswap {
        build_and_hotswap(&args.zip, profile, stack, ui).await?;
    } else {
        let UpArgs { zip: zips, allow_replace, require_approval: approval, express, .. } = args;
        create_or_update(&Options { zips, allow_replace, approval, profile, express }, stack, ui).await?;
    }
    if is_watching {
        return run_until_stopped(watch(profile, stack, ui)).await;
    }
    let status = Status::read(stack).await?;
    ui.print_result(&status, || status.text())
}
