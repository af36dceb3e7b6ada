//! What a load costs on a stack with these settings, how much of it the stack carries, and what limits it first.
//!
//! From a [`mix::Mix`] of photos come the [`work`] on each and the [`usage`] of a month, which [`prices`] turn into
//! a bill. [`limits`] holds the same against what AWS allows, and [`simulation`] plays it through in time.

pub(crate) mod arrivals;
pub(crate) mod limits;
pub(crate) mod mix;
pub(crate) mod played;
pub(crate) mod plot;
pub(crate) mod prices;
pub(crate) mod quotas;
pub(crate) mod scaling;
pub(crate) mod server;
pub(crate) mod simulation;
pub(crate) mod usage;
pub(crate) mod work;

/// Days in the month that is paid for.
pub(crate) const DAYS: f64 = 30.0;

/// The most photos a second that are thought of.
pub(crate) const FULL_SPEED: f64 = 10_000.0;
