//! What a load costs on a stack with these settings, how much of it the stack carries, and what limits it first.
//!
//! From a [`workload::Workload`] of photos come the [`work`] on each and the [`usage`] of a month, which [`prices`] turn into
//! a bill. [`limits`] holds the same against what AWS allows, and [`simulation`] plays it through in time.

pub mod arrivals;
mod error;
pub mod limits;
pub mod plot;
pub mod prices;
pub mod quotas;
pub mod result;
pub mod scaling;
pub mod server;
pub mod setup;
pub mod simulation;
pub mod usage;
pub mod work;
pub mod workload;

pub use error::Error;

/// Days in the month that is paid for.
pub const DAYS: f64 = 30.0;

/// The most photos a second that are thought of.
pub const FULL_SPEED: f64 = 10_000.0;
