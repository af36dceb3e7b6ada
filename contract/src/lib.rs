//! What the deployer promises and the handlers rely on: the key scheme, the thumbnail presets,
//! the handlers' settings, and the records, alt texts and requests they exchange.

pub mod alt_text;
pub mod attempt;
pub mod calls;
pub mod failure;
pub mod folder;
pub mod function;
pub mod key;
pub mod log;
pub mod manifest;
pub mod memory;
pub mod preset;
pub mod request;
pub mod settings;
pub mod text;
