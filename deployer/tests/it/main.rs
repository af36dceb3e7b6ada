//! Tests of what a user of the deployer sees: the real program, with services that are emulated or faked.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and prints what it skips"
)]

mod alt_text;
mod animation;
mod architecture;
mod audit;
mod backfill;
mod cdk;
mod circles;
mod cloudformation;
mod consumers;
mod daily_work;
mod delivery;
mod doctor;
mod down;
mod down_keep_data;
mod emulator_python;
#[cfg(target_os = "linux")]
mod environment;
mod estimate;
mod event_schemas;
mod events;
mod explain;
#[cfg(target_os = "linux")]
mod faults;
mod fetch;
mod gallery;
mod guide_code;
mod help;
mod hints;
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
mod photo_stack;
mod policy;
mod prompts;
mod readme;
mod reference;
#[cfg(target_os = "linux")]
mod restart;
mod rm;
mod status;
mod teardown;
mod template;
mod transfer;
mod up;
mod viewer;
mod watermark;
mod zips;
