//! `deployer status`: shows the state of the stack on one screen.

use std::time::Duration;

use clap::Args;

use crate::error::CommandError;
use crate::interrupt::run_until_stopped;
use crate::monitor::outage::Outage;
use crate::monitor::status::Status;
use crate::stack::Stack;
use crate::ui::Ui;

/// Show the health of the stack: functions, queues, alarms, recent work, and outputs.
///
/// With `--output json`, prints `stack`, `status`, `region`, `endpoint` (if it is not AWS), `delivery` (the base URL of
/// the photos, if the stack delivers them), `queues` (`waiting`, `in_flight`, `oldest_seconds`), `functions`, `alarms`,
/// `last_hour` (by function: `done`, `bytes`, `failed`, `retried`, `failures` by reason), `unknown` (what could not be
/// read, and why), and `outputs`. With `--watch`, prints one line per refresh.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer status --watch\n  deployer status --output json | jq -r .outputs.OriginalsBucket"
)]
pub(crate) struct StatusArgs {
    /// Refresh every 3 seconds until Ctrl-C.
    #[arg(long, short)]
    watch: bool,
}

/// The interval between two refreshes.
const REFRESH_INTERVAL: Duration = Duration::from_secs(3);

pub(crate) async fn status(args: StatusArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    if args.watch {
        return run_until_stopped(watch(stack, ui)).await;
    }
    let status = Status::read_all(stack).await?;
    ui.print_result(&status, || status.text())
}

/// Shows the status again and again, also after an outage of CloudFormation.
async fn watch(stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let mut rows = 0;
    let mut outage = Outage::default();
    loop {
        match Status::read_all(stack).await {
            Ok(status) => {
                rows = ui.repaint(&status, rows, || status.text_with_time())?;
                outage.end();
            }
            Err(error) => {
                outage.tolerate(error, ui)?;
                // The last status stays above the warning.
                rows = 0;
            }
        }
        tokio::time::sleep(REFRESH_INTERVAL).await;
    }
}
