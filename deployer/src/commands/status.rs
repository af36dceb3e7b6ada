//! `deployer status`: shows the state of the stack on one screen.

use std::time::Duration;

use clap::Args;

use crate::error::{CommandError, Exit};
use crate::interrupt::Signals;
use crate::monitor::status::Status;
use crate::stack::Stack;
use crate::ui::Ui;

/// Show the health of the stack: functions, queues, alarms, recent work, and outputs.
///
/// With `--output json`, prints `stack`, `status`, `region`, `endpoint` (if it is not AWS), `delivery` (the base URL of
/// the photos, if the stack delivers them), `queues` (`waiting`, `in_flight`, `oldest_seconds`), `functions`, `alarms`,
/// `last_hour` (by function: `done`, `bytes`, `failed`, `retried`, `failures` by reason), `unknown` (what could not be
/// read, and why) and `outputs`. With `--watch`, prints one line per refresh.
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

pub(crate) async fn status(args: StatusArgs, stack: &Stack, ui: &Ui) -> Result<Exit, CommandError> {
    let status = Status::read_all(stack).await?;
    if !args.watch {
        ui.print_result(&status, || status.text())?;
        return Ok(Exit::Done);
    }
    let mut signals = Signals::listen();
    let mut rows = ui.repaint(&status, 0, || status.text_with_time())?;
    loop {
        let next = async {
            tokio::time::sleep(REFRESH_INTERVAL).await;
            Status::read_all(stack).await
        };
        // Ctrl-C is the normal way to stop watching.
        let status = tokio::select! {
            _ = signals.next() => return Ok(Exit::Stopped),
            status = next => status?,
        };
        rows = ui.repaint(&status, rows, || status.text_with_time())?;
    }
}
