//! The Lambda functions: a library, and one short binary for each.
//!
//! The thumbnail function and the alt-text function process an event in [`batch::handle`], then in
//! [`batch::MessageHandler::handle`]. `worker.rs` makes the calls of the protocol.
//!
//! The delivery function responds to a request in [`delivery::Deliverer::respond`].
//!
//! # The log
//!
//! Each function writes one JSON object per line to stdout. After the work on an event, this is a
//! [`contract::log::LogLine`], which documents the fields. The line also has `Function`, the function's name, and the
//! metrics of CloudWatch's embedded metric format (`Done`, `Failures`, `Retries`, `Duration`, `OriginalBytes`, `Age`),
//! which `_aws` describes. In a line with the `reason` `panicked`, `at` is the place of a panic in the code.

pub mod alt_text;
pub mod aws;
pub mod batch;
mod bucket;
mod catalog;
pub mod delivery;
pub mod event;
pub mod event_bus;
pub mod failover;
pub mod failure;
mod fetch;
pub mod isolation;
pub mod log;
mod memory;
pub mod message;
mod model;
mod notification;
mod original;
pub mod originals;
mod process;
mod producer;
mod queue;
mod removal;
mod rules;
pub mod service_error;
pub mod thumbnail;
pub mod watermarks;
mod worker;
