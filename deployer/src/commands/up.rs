//! `deployer up`: creates or updates the stack.

use clap::Args;

use crate::deploy::up::{Approval, Options, create_or_update, hotswap_all};
use crate::deploy::watch::watch;
use crate::error::CommandError;
use crate::monitor::status::Status;
use crate::package::{GivenZip, Profile};
use crate::stack::Stack;
use crate::ui::Ui;

/// Create or update the stack.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer up --local\n  deployer up --region eu-central-1 --yes\n  deployer up --watch --local"
)]
pub(crate) struct UpArgs {
    /// Use this zip of a function instead of building it; repeat for each function.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<GivenZip>,
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
    /// Compile the functions with all optimizations, as they are deployed; with --local the default is a quick build.
    #[arg(long)]
    release: bool,
    /// After the update, show the logs, and rebuild and hotswap when a source file changes.
    #[arg(long, conflicts_with = "zip")]
    watch: bool,
}

pub(crate) async fn up(args: UpArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let profile = Profile::asked(args.release);
    let is_watched = args.watch;
    if args.hotswap {
        hotswap_all(&args.zip, profile, stack, ui).await?;
    } else {
        let UpArgs { zip: zips, allow_replace, require_approval: approval, express, .. } = args;
        create_or_update(&Options { zips, allow_replace, approval, profile, express }, stack, ui).await?;
    }
    if is_watched {
        return watch(profile, stack, ui).await;
    }
    let status = Status::read(stack).await?;
    ui.result(&status, || status.text())
}
