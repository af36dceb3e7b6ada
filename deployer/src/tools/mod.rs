//! Python environments that the deployer installs in the cache folder of the user.

pub(crate) mod cache;
pub(crate) mod python;
