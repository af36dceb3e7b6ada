//! Estimates the cost of a load on a stack, and the first limit that the load reaches.
//!
//! A [`workload::Workload`] of photos determines the [`work`] per photo and the [`usage`] of a month, which [`prices`] turn
//! into a bill. [`limits`] compares the load with the quotas of AWS, and [`simulation`] simulates it over time.
//!
//! ```
//! use contract::preset::Preset;
//! use estimate::setup::{Architecture, FunctionSetup};
//! use estimate::work::{Speeds, Work};
//! use estimate::workload::Workload;
//!
//! # fn main() -> Result<(), estimate::Error> {
//! let function = FunctionSetup {
//!     memory: 1769,
//!     timeout: 60,
//!     batch_size: 10,
//!     maximum_concurrency: 50,
//!     maximum_receives: 5,
//!     architecture: Architecture::Arm64,
//!     events: false,
//!     name_index: true,
//! };
//! let photos = Workload::default();
//! let work = Work::for_workload(&photos, &Preset::defaults(), &function, &Speeds::read(None)?);
//! assert!(work.mean_seconds(&photos, 10.0) < 10.0 * work.mean_seconds(&photos, 1.0));
//! # Ok(())
//! # }
//! ```

pub mod arrivals;
pub mod delivery;
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

/// The number of days in a billed month.
pub const DAYS: f64 = 30.0;

/// The maximum number of photos per second of an estimate.
pub const FULL_SPEED: f64 = 10_000.0;
