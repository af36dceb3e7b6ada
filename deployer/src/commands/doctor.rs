//! `deployer doctor`: whether all that `up` and the daily work need is there, and how to get what is not.

mod account;
mod check;
mod policy;
mod tools;

use clap::Args;

use self::check::{Check, CheckState};
use crate::config::Config;
use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Checks that all that `up` and the daily work need is there, and says how to get what is not.
///
/// Ends with exit code 1 if something is wrong.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer doctor --region eu-central-1
  deployer doctor --policy > operator-policy.json")]
pub(crate) struct DoctorArgs {
    /// Print the IAM policy that an operator of this stack needs, and check nothing.
    #[arg(long)]
    policy: bool,
}

pub(crate) async fn doctor(args: DoctorArgs, config: Config, ui: &Ui) -> Result<(), CommandError> {
    if args.policy {
        let policy = policy::policy(&config.settings)?;
        return ui.result(&policy, || format!("{policy:#}"));
    }
    let mut checks = tools::tools(&config).await;
    match Stack::connect(config, ui).await {
        Ok(stack) => checks.extend(account::checks(&stack).await),
        Err(error) => checks.push(Check::failed("connection", error, "check the network")),
    }
    ui.result(&checks, || checks.iter().map(Check::text).collect::<Vec<_>>().join("\n"))?;
    let failed = checks.iter().filter(|check| check.state == CheckState::Fail).count();
    if failed == 0 {
        return Ok(());
    }
    Err(CommandError::failed(format!("{failed} of {} checks failed", checks.len()))
        .hint("each `fix:` above says what to do; then run `deployer doctor` again"))
}
