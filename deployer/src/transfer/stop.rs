//! The wish to stop: Ctrl-C or SIGTERM, heard while a transfer tidies up after itself.

use tokio::sync::watch;

use crate::error::CommandError;

/// Whether the user has asked to stop. Clones hear the same wish.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens for Ctrl-C and SIGTERM from now on. The second one ends the process at once.
    pub(crate) fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            interrupted().await;
            // Nobody hears it where the command has just finished.
            let _ = sender.send(true);
            interrupted().await;
            // Whoever asks twice does not want to wait for the tidying up.
            #[allow(clippy::exit)]
            std::process::exit(130);
        });
        Self(receiver)
    }

    /// Whether it has been asked for.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Does `work` unless the user asks to stop first.
    pub(crate) async fn or<T>(
        &self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        let mut asked = self.0.clone();
        tokio::select! {
            biased;
            // The sender lives as long as the runtime; without it nobody can ask any more.
            Ok(_) = asked.wait_for(|asked| *asked) => Err(CommandError::interrupted("interrupted")),
            done = work => done,
        }
    }
}

async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Where the signal cannot be listened for, it ends the process as it always did.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
