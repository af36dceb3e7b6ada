//! The emulator behind `--local`: MiniStack in a virtual environment of its own, one for each project.

use crate::config::Config;
use crate::error::CommandError;
use crate::ui::Ui;

/// A running emulator.
#[derive(Clone, Debug)]
pub(crate) struct Emulator {
    /// Its address: `http://127.0.0.1:43211`.
    pub(crate) endpoint: String,
    /// Its process.
    pub(crate) pid: u32,
}

/// Finds this project's emulator, or installs and starts it.
pub(crate) async fn ensure_running(_config: &Config, _ui: &Ui) -> Result<Emulator, CommandError> {
    Err(CommandError::failed("not yet"))
}

/// Stops this project's emulator and removes its state.
pub(crate) async fn remove(_config: &Config, _ui: &Ui) -> Result<(), CommandError> {
    Ok(())
}
