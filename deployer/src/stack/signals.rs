//! The user's signals while a stack is worked on: Ctrl-C asks to take back, SIGTERM to leave.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{CommandError, io_error};

/// Hears the signals from its making on. From then on they end the process no more: whoever makes one must listen.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Ctrl-C: take back what is under way, if that can be.
    TakeBack,
    /// SIGTERM: end, and leave CloudFormation to what it does.
    Leave,
}

impl Signals {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, CommandError> {
        let listen = |kind| signal(kind).map_err(|error| io_error("listen for Ctrl-C", &error));
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// The next signal, also one that came since the last call.
    pub(crate) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.interrupt.recv() => Wish::TakeBack,
            _ = self.terminate.recv() => Wish::Leave,
        }
    }

    /// Does `work`, which changes nothing that is deployed, unless a signal comes first.
    pub(crate) async fn or<T>(
        &mut self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        self.unless(work, || CommandError::interrupted("nothing was changed")).await
    }

    /// Does `work` unless a signal comes first; then that is `left`.
    pub(crate) async fn unless<T>(
        &mut self,
        work: impl Future<Output = Result<T, CommandError>>,
        left: impl FnOnce() -> CommandError,
    ) -> Result<T, CommandError> {
        tokio::select! {
            biased;
            _ = self.next() => Err(left()),
            done = work => done,
        }
    }
}
