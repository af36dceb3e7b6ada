//! What a user of the deployer sees: the real program, with services that are the real ones, emulated, or made up.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and says what it skips"
)]

mod album;
mod alt_text;
mod architecture;
mod audit;
mod backfill;
mod cdk;
mod circles;
mod cloudformation;
mod daily_work;
mod delivery;
mod doctor;
mod down;
mod down_keep_data;
mod estimate;
mod event_schemas;
mod events;
mod explain;
#[cfg(target_os = "linux")]
mod faults;
mod fetch;
mod gallery;
mod help;
mod hostile;
mod input;
mod json;
mod listings;
mod local_stack;
mod logs;
mod ls;
mod overwritten_photos;
mod package;
mod permissions;
mod policy;
mod readme;
mod reference;
#[cfg(target_os = "linux")]
mod restart;
mod rm;
#[cfg(target_os = "linux")]
mod surroundings;
mod teardown;
mod template;
mod transfer;
mod up;
