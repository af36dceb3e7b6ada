//! The contract between the deployer and the handlers: the key scheme, the presets, the handlers' settings, and the
//! records, alt texts, and requests that they exchange.
//!
//! An application computes the key of a thumbnail from the key of the upload and the version ID that S3 returned:
//!
//! ```
//! use contract::key::OriginalVersion;
//! use contract::preset::ThumbnailFormat;
//!
//! let version = OriginalVersion::new("users/42/My avatar.jpg", Some("3sL4kqtJlcpXroDTDmJ"), None);
//! assert_eq!(
//!     version.thumbnail_key("medium", ThumbnailFormat::Webp),
//!     "users/42/My~20avatar.jpg~/3sL4kqtJlcpXroDTDmJ/medium.webp"
//! );
//! ```

pub mod alt_text;
pub mod attempt;
pub mod calls;
pub mod delivery;
pub mod failure;
pub mod focus;
pub mod folder;
pub mod function;
pub mod key;
pub mod log;
pub mod manifest;
pub mod memory;
pub mod outcome_event;
pub mod preset;
pub mod request;
pub mod settings;
pub mod text;
pub mod watermark;
