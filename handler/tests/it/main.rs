//! Tests of the functions' programs. A fake Lambda invokes them through the Runtime API, and fake services on loopback
//! fail by script.
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
mod isolation_model;
mod poison;
mod prompt_injection;
mod roles;
mod schedules;
mod service_errors;
mod versions;
mod watermark;
mod world;
