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

/// How long a command may take to stop before the process exits, or before a warning reports that it is cleaning up.
const GRACE: Duration = Duration::from_millis(500);

/// The state of signals, which is global to the process.
static SIGNALS: LazyLock<watch::Sender<SignalState>> =
    LazyLock::new(|| watch::Sender::new(SignalState::default()));

/// The signals received so far.
#[derive(Debug, Default)]
struct SignalState {
    /// The number of signals received.
    received: u32,
    /// The number of signals that a listener has handled.
    handled: u32,
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
                let mut has_listener = false;
                SIGNALS.send_modify(|state| {
                    state.received += 1;
                    state.last = Some(signal);
                    has_listener = state.listeners > 0;
                });
                tokio::spawn(enforce_grace_period(has_listener, warn.clone()));
            }
        });
        tokio::select! {
            biased;
            ended = command => ended,
            () = wait_without_listener() => Err(interrupted()),
        }
    });
    runtime.shutdown_background();
    ended
}

/// Returns the error of an interrupted command.
pub(crate) fn interrupted() -> CommandError {
    CommandError::interrupted("interrupted")
}

/// Runs `view`, which shows something until a signal stops it. A signal that stops the view is a success, unlike one
/// that interrupts work.
pub(crate) async fn run_until_stopped(
    view: impl Future<Output = Result<(), CommandError>>,
) -> Result<(), CommandError> {
    let mut signals = Signals::listen();
    tokio::select! {
        biased;
        _ = signals.next() => Ok(()),
        ended = view => ended,
    }
}

/// Waits for a signal while there is no listener.
async fn wait_without_listener() {
    // The sender is static, so receiving cannot fail.
    let _ = SIGNALS.subscribe().wait_for(|state| state.received > 0 && state.listeners == 0).await;
}

/// Ends the process if the command has not stopped, or warns if a listener is cleaning up. After a listener has cleaned
/// up, the command still has to print its error.
async fn enforce_grace_period(has_listener: bool, warn: impl Fn(&'static str)) {
    tokio::time::sleep(GRACE).await;
    let (is_last, is_answered) = {
        let state = SIGNALS.borrow();
        (state.received > 1 || !has_listener, state.handled >= state.received)
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
    state: watch::Receiver<SignalState>,
    /// The number of signals that were handled.
    handled: u32,
}

impl Signals {
    /// Starts to listen, including for a signal that is not yet handled.
    pub(crate) fn listen() -> Self {
        SIGNALS.send_modify(|state| state.listeners += 1);
        let state = SIGNALS.subscribe();
        let handled = state.borrow().handled;
        Self { state, handled }
    }

    /// Returns whether there is a signal that [`Signals::next`] has not returned.
    pub(crate) fn has_pending_signal(&self) -> bool {
        self.state.borrow().received > self.handled
    }

    /// Returns the next signal since the last call. The command continues.
    pub(crate) async fn next(&mut self) -> Signal {
        let signal = self.wait_for_signal().await;
        self.handled += 1;
        SIGNALS.send_modify(|state| state.handled += 1);
        signal
    }

    /// Runs `work`, which does not change deployed resources, until a signal arrives.
    pub(crate) async fn run_without_changes<T, E: From<CommandError>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.run_until_signal(work, || CommandError::interrupted("interrupted: nothing was changed")).await
    }

    /// Runs `work` until a signal arrives, and then returns `error`. After that, only another signal interrupts the
    /// command.
    pub(crate) async fn run_until_signal<T, E: From<CommandError>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
        error: impl FnOnce() -> CommandError,
    ) -> Result<T, E> {
        tokio::select! {
            biased;
            _ = self.wait_for_signal() => {
                self.handled += 1;
                Err(error().into())
            }
            done = work => done,
        }
    }

    /// Runs `work` until a signal arrives. Unlike with [`Signals::run_until_signal`], one signal ends all such calls.
    pub(crate) async fn run_until_any_signal<T>(
        &self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        tokio::select! {
            biased;
            _ = self.wait_for_signal() => Err(interrupted()),
            done = work => done,
        }
    }

    async fn wait_for_signal(&self) -> Signal {
        let mut state = self.state.clone();
        let state = state.wait_for(|state| state.received > self.handled).await;
        state.ok().and_then(|state| state.last).unwrap_or(Signal::Detach)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        SIGNALS.send_modify(|state| state.listeners -= 1);
    }
}
