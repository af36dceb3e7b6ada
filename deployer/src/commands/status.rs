//! `deployer status`: the stack at a glance.

use std::time::Duration;

use clap::Args;

use crate::error::{CommandError, Exit};
use crate::interrupt::Signals;
use crate::monitor::status::Status;
use crate::stack::Stack;
use crate::ui::Ui;

/// Shows at a glance whether the stack does its work: functions, queues, alarms, the last hour, outputs.
///
/// With `--output json`: `stack`, `status`, `region`, `endpoint` (if it is not AWS itself), `queues` (`waiting`,
/// `in_flight`, `oldest_seconds`), `functions`, `alarms`, `last_hour` (by function: `done`, `bytes`, `failed`,
/// `retried`, `failures` by reason), `unknown` (what could not be asked for, and why), `outputs`; with `--watch`
/// one line each time.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer status --watch\n  deployer status --output json | jq -r .outputs.OriginalsBucket"
)]
pub(crate) struct StatusArgs {
    /// Go on showing it as it changes.
    #[arg(long, short)]
    watch: bool,
}

/// How often a watched status is asked for anew.
const PAUSE: Duration = Duration::from_secs(3);

pub(crate) async fn status(args: StatusArgs, stack: &Stack, ui: &Ui) -> Result<Exit, CommandError> {
    let status = Status::whole(stack).await?;
    if !args.watch {
        ui.result(&status, || status.text())?;
        return Ok(Exit::Done);
    }
    let mut signals = Signals::listen();
    let mut rows = ui.repaint(&status, 0, || status.watched())?;
    loop {
        let next = async {
            tokio::time::sleep(PAUSE).await;
            Status::whole(stack).await
        };
        // A signal is how one stops watching.
        let status = tokio::select! {
            _ = signals.next() => return Ok(Exit::Stopped),
            status = next => status?,
        };
        rows = ui.repaint(&status, rows, || status.watched())?;
    }
}
