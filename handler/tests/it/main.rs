//! The functions as they run: their binaries, invoked through Lambda's Runtime API, with S3 and SNS
//! spoken on loopback by servers that can be told to fail.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod alt_text;
mod aws;
mod calls;
mod delivery;
mod delivery_faults;
mod delivery_sizes;
mod envelopes;
mod events;
mod failover;
mod faults;
mod focus;
mod http;
mod isolation_model;
mod lambda;
mod poison;
mod prompt_injection;
mod roles;
mod schedules;
mod service_errors;
mod store;
mod versions;
mod world;
