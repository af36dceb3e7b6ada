//! Ctrl-C and SIGTERM, for every command.
//!
//! The first signal ends a command at once, unless a part of it listens with [`Signals`] because it must tidy up or wants
//! to say where things are. The second signal ends the process, whatever it is doing.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::error::{CommandError, io_error};

/// How long a command may take to end before it is ended from outside, or before the user is told that it tidies up.
const GRACE: Duration = Duration::from_millis(500);

/// Signals are the process's own, and so is what is known of them.
static HEARD: LazyLock<watch::Sender<Heard>> = LazyLock::new(|| watch::Sender::new(Heard::default()));

/// What has been heard so far.
#[derive(Debug, Default)]
struct Heard {
    /// How many signals have come.
    signals: u32,
    /// How many of them a listener has answered by going on with something else.
    answered: u32,
    last: Option<Signal>,
    /// How many [`Signals`] there are.
    listeners: u32,
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Ctrl-C: take back what is under way, if that can be.
    TakeBack,
    /// SIGTERM: end, and leave CloudFormation to what it does.
    Leave,
}

/// Runs a command until it is done or the user ends it. Work that cannot be given up, like the reading of a file that has
/// no end, is left behind. `warn` tells the user that the command takes its time to end.
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
                    _ = interrupts.recv() => Signal::TakeBack,
                    _ = terminations.recv() => Signal::Leave,
                };
                HEARD.send_modify(|heard| {
                    heard.signals += 1;
                    heard.last = Some(signal);
                });
                tokio::spawn(see_to_the_end(warn.clone()));
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

/// What a command says that was ended.
pub(crate) fn interrupted() -> CommandError {
    CommandError::interrupted("interrupted")
}

/// Waits until a signal has come that nobody listens for.
async fn is_over() {
    // The sender is static: there is no error.
    let _ = HEARD.subscribe().wait_for(|heard| heard.signals > 0 && heard.listeners == 0).await;
}

/// Ends the process if a signal has not; tells the user where a listener takes its time.
async fn see_to_the_end(warn: impl Fn(&'static str)) {
    tokio::time::sleep(GRACE).await;
    let (is_last, is_answered) = {
        let heard = HEARD.borrow();
        (heard.signals > 1 || heard.listeners == 0, heard.answered >= heard.signals)
    };
    if is_last {
        #[expect(clippy::exit, reason = "the command is busy with what cannot be given up")]
        std::process::exit(i32::from(interrupted().kind.exit_code()));
    }
    if !is_answered {
        warn("stopping; press Ctrl-C again to end at once");
    }
}

/// A listener. While there is one, the first signal does not end the command: whoever has it must look.
#[derive(Debug)]
pub(crate) struct Signals {
    heard: watch::Receiver<Heard>,
    /// How many signals have been answered.
    seen: u32,
}

impl Signals {
    /// Listens from now on, also for a signal that has just come.
    pub(crate) fn listen() -> Self {
        HEARD.send_modify(|heard| heard.listeners += 1);
        let heard = HEARD.subscribe();
        let seen = heard.borrow().answered;
        Self { heard, seen }
    }

    /// Whether a signal has come that [`Signals::next`] has not given.
    pub(crate) fn is_asked(&self) -> bool {
        self.heard.borrow().signals > self.seen
    }

    /// The next signal, also one that came since the last call. The command goes on with something else.
    pub(crate) async fn next(&mut self) -> Signal {
        let signal = self.heard().await;
        self.seen += 1;
        HEARD.send_modify(|heard| heard.answered += 1);
        signal
    }

    /// Does `work`, which changes nothing that is deployed, unless a signal comes first.
    pub(crate) async fn or<T>(
        &mut self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        self.unless(work, || CommandError::interrupted("nothing was changed")).await
    }

    /// Does `work` unless a signal comes first; then that is `left`, and only another signal ends what comes after.
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

    /// Does `work` unless a signal has come or comes first. Much work can be ended by the same signal.
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
        heard.ok().and_then(|heard| heard.last).unwrap_or(Signal::Leave)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        HEARD.send_modify(|heard| heard.listeners -= 1);
    }
}
