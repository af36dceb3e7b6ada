//! `deployer doctor`: checks this machine and the AWS account, and reports a fix for each problem.

mod account;
mod check;
#[cfg(feature = "full")]
mod permissions;
mod policy;
mod tools;

use clap::Args;

use self::check::{Check, CheckState};
use self::policy::PolicyPart;
use crate::config::Config;
use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// Check this machine and the AWS account, and print a fix for each problem.
///
/// The exit code is 1 if a check fails.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer doctor --region eu-central-1
  deployer doctor --policy > operator-policy.json
  deployer doctor --policy delivery > delivery-policy.json")]
pub(crate) struct DoctorArgs {
    /// Print the IAM policy that an operator needs for this part of the stack, instead of running the checks.
    #[arg(long, value_name = "PART", value_enum, num_args = 0..=1, default_missing_value = "stack")]
    policy: Option<PolicyPart>,
}

pub(crate) async fn doctor(args: DoctorArgs, config: Config, ui: &Ui) -> Result<(), CommandError> {
    if let Some(part) = args.policy {
        let policy = policy::operator_policy(&config.settings, part)?;
        return ui.print_result(&policy, || format!("{policy:#}"));
    }
    let flags = config.flags();
    let mut checks = tools::check_tools(&config).await;
    match Stack::connect(config, ui).await {
        Ok(stack) => checks.extend(account::check_account(&stack).await),
        Err(error) => checks.push(Check::from_error("connection", error, "check the network")),
    }
    let checks: Vec<Check> = checks.into_iter().map(|check| check.with_flags(&flags)).collect();
    ui.print_result(&checks, || checks.iter().map(Check::text).collect::<Vec<_>>().join("\n"))?;
    let failed = checks.iter().filter(|check| check.state == CheckState::Fail).count();
    if failed == 0 {
        return Ok(());
    }
    Err(CommandError::failed(format!("{failed} of {} checks failed", checks.len()))
        .hint("apply the fixes above, then run `deployer doctor{flags}` again"))
}
