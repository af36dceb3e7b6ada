//! The commands, one file each.

pub(crate) mod alt;
pub(crate) mod audit;
pub(crate) mod backfill;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod down;
pub(crate) mod estimate;
pub(crate) mod explain;
pub(crate) mod fetch;
pub(crate) mod gallery;
pub(crate) mod init;
pub(crate) mod logs;
pub(crate) mod ls;
pub(crate) mod package;
pub(crate) mod plan;
pub(crate) mod preview;
pub(crate) mod render;
pub(crate) mod replay;
pub(crate) mod rm;
pub(crate) mod status;
pub(crate) mod synth;
pub(crate) mod up;
pub(crate) mod upload;
mod verdict;
pub(crate) mod watch;
