//! Deployment: prepares the artifacts, plans a change set, executes it, and follows its events.

pub(crate) mod artifacts;
pub(crate) mod change_set;
mod concurrency;
pub(crate) mod events;
mod failure;
mod hints;
pub(crate) mod hotswap;
pub(crate) mod plan;
pub(crate) mod prepare;
pub(crate) mod recover;
pub(crate) mod up;
pub(crate) mod watch;
