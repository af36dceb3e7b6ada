//! `deployer` creates, operates, and deletes a thumbnail stack. This file reads the command line and calls the file of
//! the command.
//!
//! Most of the program is a library, because cargo can compile a library while it generates the code of the SDK crates. A
//! program has to wait for them.

mod aws;
mod backoff;
mod cli;
mod commands;
mod config;
mod context;
mod deploy;
mod error;
mod files;
mod gallery;
mod interrupt;
mod local;
mod monitor;
mod package;
mod photos;
mod s3;
mod stack;
mod template;
mod tools;
mod transfer;
mod ui;

use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::cli::{Cli, Command};
use crate::config::Overrides;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::tools::cache;
use crate::ui::{Durations, PictureProtocol, Terminal, Ui};

/// Runs the command of the command line, and returns its exit code.
pub fn main() -> ExitCode {
    let matches = cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let overrides = cli.overrides(&matches);
    let Cli { global, command } = cli;
    let ui = Ui::new(global.output, global.quiet, global.verbose, global.yes, overrides.flags(), terminal());
    match run(command, overrides, &ui) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            ui.print_error(&error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

/// Reads the properties of the terminal from the environment.
#[expect(clippy::disallowed_methods, reason = "these variables are not settings of the deployer")]
fn terminal() -> Terminal {
    Terminal {
        pictures: PictureProtocol::detect(|name| std::env::var(name).ok()),
        durations: Durations::new(cache::folder().ok().map(|folder| folder.join("durations"))),
    }
}

fn run(command: Command, overrides: Overrides, ui: &Ui) -> Result<Exit, CommandError> {
    let context = Context::new(overrides, ui);
    let warning = ui.clone();
    interrupt::run(move |text| warning.warn(text), command.run(&context))
}
