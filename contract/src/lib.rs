//! What the deployer promises and the handlers rely on: the key scheme, the thumbnail presets,
//! the handlers' settings and the records kept of each photo.

pub mod preset;
