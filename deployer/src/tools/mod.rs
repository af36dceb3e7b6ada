//! What the deployer installs for itself: Python environments, in the user's cache folder.

pub(crate) mod cache;
pub(crate) mod python;
