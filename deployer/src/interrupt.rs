//! Handles Ctrl-C and SIGTERM for every command.
//!
//! The first signal ends a command at once, unless a part of it listens with [`Signals`] to clean up or to report the
//! state. The second signal always ends the process.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::error::{CommandError, io_error};

/// How long a command may take to stop before the process exits, or before a warning says that it is cleaning up.
const GRACE: Duration = Duration::from_millis(500);

/// The state of signals, which is global to the process.
static SIGNALS: LazyLock<watch::Sender<SignalState>> =
    LazyLock::new(|| watch::Sender::new(SignalState::default()));

/// The signals received so far.
#[derive(Debug, Default)]
struct SignalState {
    /// The number of signals received.
    signals: u32,
    /// The number of signals that a listener has handled.
    answered: u32,
    last: Option<Signal>,
    /// The number of [`Signals`].
    listeners: u32,
}

/// The meaning of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Ctrl-C: roll back the operation in progress if possible.
    RollBack,
    /// SIGTERM: detach and let CloudFormation finish.
    Detach,
}

/// Runs a command until it finishes or the user interrupts it. Work that cannot be canceled, such as reading an endless
/// file, is abandoned. `warn` prints a warning if the command takes a while to stop.
pub(crate) fn run<T>(
    warn: impl Fn(&'static str) + Clone + Send + 'static,
    command: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    let runtime = Runtime::new().map_err(|error| io_error("start the asynchronous runtime", &error))?;
    let ended = runtime.block_on(async {
        let listen = |kind| signal(kind).map_err(|error| io_error("listen for Ctrl-C", &error));
        let mut interrupts = listen(SignalKind::interrupt())?;
        let mut terminations = listen(SignalKind::terminate())?;
        tokio::spawn(async move {
            loop {
                let signal = tokio::select! {
                    _ = interrupts.recv() => Signal::RollBack,
                    _ = terminations.recv() => Signal::Detach,
                };
                SIGNALS.send_modify(|heard| {
                    heard.signals += 1;
                    heard.last = Some(signal);
                });
                tokio::spawn(limit_time_to_stop(warn.clone()));
            }
        });
        tokio::select! {
            biased;
            ended = command => ended,
            () = is_over() => Err(interrupted()),
        }
    });
    runtime.shutdown_background();
    ended
}

/// Returns the error of an interrupted command.
pub(crate) fn interrupted() -> CommandError {
    CommandError::interrupted("interrupted")
}

/// Waits for a signal while there is no listener.
async fn is_over() {
    // The sender is static: there is no error.
    let _ = SIGNALS.subscribe().wait_for(|heard| heard.signals > 0 && heard.listeners == 0).await;
}

/// Ends the process if the command has not stopped, or warns if a listener is cleaning up.
async fn limit_time_to_stop(warn: impl Fn(&'static str)) {
    tokio::time::sleep(GRACE).await;
    let (is_last, is_answered) = {
        let heard = SIGNALS.borrow();
        (heard.signals > 1 || heard.listeners == 0, heard.answered >= heard.signals)
    };
    if is_last {
        #[expect(clippy::exit, reason = "the command is blocked in work that cannot be canceled")]
        std::process::exit(i32::from(interrupted().kind.exit_code()));
    }
    if !is_answered {
        warn("stopping; press Ctrl-C again to exit at once");
    }
}

/// A listener. While one exists, the first signal does not end the command; the listener must handle it.
#[derive(Debug)]
pub(crate) struct Signals {
    heard: watch::Receiver<SignalState>,
    /// The number of signals that were handled.
    seen: u32,
}

impl Signals {
    /// Starts to listen, including for a signal that is not yet handled.
    pub(crate) fn listen() -> Self {
        SIGNALS.send_modify(|heard| heard.listeners += 1);
        let heard = SIGNALS.subscribe();
        let seen = heard.borrow().answered;
        Self { heard, seen }
    }

    /// Returns whether there is a signal that [`Signals::next`] has not returned.
    pub(crate) fn is_asked(&self) -> bool {
        self.heard.borrow().signals > self.seen
    }

    /// Returns the next signal since the last call. The command continues.
    pub(crate) async fn next(&mut self) -> Signal {
        let signal = self.heard().await;
        self.seen += 1;
        SIGNALS.send_modify(|heard| heard.answered += 1);
        signal
    }

    /// Runs `work`, which does not change deployed resources, unless a signal arrives first.
    pub(crate) async fn or<T>(
        &mut self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        self.unless(work, || CommandError::interrupted("interrupted: nothing was changed")).await
    }

    /// Runs `work` unless a signal arrives first. Then it returns the error `left`; only another signal interrupts what
    /// follows.
    pub(crate) async fn unless<T>(
        &mut self,
        work: impl Future<Output = Result<T, CommandError>>,
        left: impl FnOnce() -> CommandError,
    ) -> Result<T, CommandError> {
        tokio::select! {
            biased;
            _ = self.heard() => {
                self.seen += 1;
                Err(left())
            }
            done = work => done,
        }
    }

    /// Runs `work` unless a signal has arrived or arrives first. One signal can end several calls.
    pub(crate) async fn unless_asked<T>(
        &self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        tokio::select! {
            biased;
            _ = self.heard() => Err(interrupted()),
            done = work => done,
        }
    }

    async fn heard(&self) -> Signal {
        let mut heard = self.heard.clone();
        let heard = heard.wait_for(|heard| heard.signals > self.seen).await;
        heard.ok().and_then(|heard| heard.last).unwrap_or(Signal::Detach)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        SIGNALS.send_modify(|heard| heard.listeners -= 1);
    }
}
