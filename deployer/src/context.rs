//! The configuration and the stack that a command uses, each created on first use.

use tokio::sync::OnceCell;

use crate::config::{Config, Overrides};
use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

/// The configuration and the stack that a command uses.
pub(crate) struct Context<'a> {
    pub(crate) ui: &'a Ui,
    overrides: Overrides,
    stack: OnceCell<Stack>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(overrides: Overrides, ui: &'a Ui) -> Self {
        Self { ui, overrides, stack: OnceCell::new() }
    }

    /// Reads the configuration.
    pub(crate) fn config(&self) -> Result<Config, CommandError> {
        Config::load(self.overrides.clone())
    }

    /// Connects to the stack, which may not exist yet. With `--local` it starts the emulator.
    pub(crate) async fn stack(&self) -> Result<&Stack, CommandError> {
        self.stack.get_or_try_init(async || Stack::connect(self.config()?, self.ui).await).await
    }

    /// Connects to the stack for a command that needs a deployed stack.
    pub(crate) async fn existing_stack(&self) -> Result<&Stack, CommandError> {
        self.stack.get_or_try_init(async || Stack::connect_existing(self.config()?, self.ui).await).await
    }
}
