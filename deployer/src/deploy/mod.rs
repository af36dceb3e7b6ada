//! Deploying: what a stack needs is prepared, planned as a change set, carried out, and followed to its end.

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
