//! The Lambda functions: a library, and one short binary for each.
//!
//! A photo's way through the thumbnail function is [`batch::work`], then `Thumbnailer::created`; through the
//! alt-text function it is [`batch::work`], then `Describer::created`.
//!
//! A request's way through the delivery function is [`delivery::Deliverer::answer`].
//!
//! # The log
//!
//! Each function writes one JSON object a line to stdout. The end of the work on each record is a
//! [`contract::log::LogLine`], whose fields are documented there; beside them stand `Function`, the
//! function's name, and the metrics of CloudWatch's embedded metric format (`Done`, `Failures`,
//! `Retries`, `Duration`, `OriginalBytes`, `Age`), described by `_aws`. A line with `reason` `panicked` and
//! `at` says where in the code a panic was.

pub mod alt_text;
mod announce;
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
mod original;
pub mod originals;
mod process;
mod queue;
mod removal;
mod rules;
pub mod service_error;
pub mod thumbnail;
mod worker;
