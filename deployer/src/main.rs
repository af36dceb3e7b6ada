//! `deployer` owns the whole life of a thumbnail stack: this file reads the command line, merges the
//! configuration and hands over to one file a command.

mod aws;
mod catalog;
mod cli;
mod commands;
mod config;
mod error;
mod estimate;
mod files;
mod gallery;
mod interrupt;
mod local;
mod network;
mod package;
mod stack;
mod transfer;
mod ui;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let ui = Ui::new(cli.global.output, cli.global.quiet, cli.global.verbose, cli.global.yes);
    match run(cli, &matches, &ui) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui.error(&error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

fn run(cli: Cli, matches: &ArgMatches, ui: &Ui) -> Result<(), CommandError> {
    let overrides = cli.global.overrides(matches);
    let config = || Config::load(overrides);
    match cli.command {
        Command::Demo(args) => interrupt::run(ui, commands::demo::demo(args, config()?, ui)),
        Command::Up(args) => on_stack(config()?, ui, async |stack| commands::up::up(args, stack, ui).await),
        Command::Plan(args) => {
            on_stack(config()?, ui, async |stack| commands::plan::plan(args, stack, ui).await)
        }
        Command::Status(args) => {
            on_existing(config()?, ui, async |stack| commands::status::status(args, stack, ui).await)
        }
        Command::Upload(args) => {
            on_existing(config()?, ui, async |stack| commands::upload::upload(args, stack, ui).await)
        }
        Command::Fetch(args) => {
            on_existing(config()?, ui, async |stack| commands::fetch::fetch(args, stack, ui).await)
        }
        Command::Ls(args) => {
            on_existing(config()?, ui, async |stack| commands::ls::ls(args, stack, ui).await)
        }
        Command::Rm(args) => {
            on_existing(config()?, ui, async |stack| commands::rm::rm(args, stack, ui).await)
        }
        Command::Logs(args) => {
            on_existing(config()?, ui, async |stack| commands::logs::logs(args, stack, ui).await)
        }
        Command::Alt(args) => {
            on_existing(config()?, ui, async |stack| commands::alt::alt(args, stack, ui).await)
        }
        Command::Gallery(args) => interrupt::run(ui, commands::gallery::gallery(args, config()?, ui)),
        Command::Explain(args) => {
            on_existing(config()?, ui, async |stack| commands::explain::explain(args, stack, ui).await)
        }
        Command::Audit(args) => {
            on_existing(config()?, ui, async |stack| commands::audit::audit(args, stack, ui).await)
        }
        Command::Replay(args) => {
            on_existing(config()?, ui, async |stack| commands::replay::replay(args, stack, ui).await)
        }
        Command::Backfill(args) => {
            on_existing(config()?, ui, async |stack| commands::backfill::backfill(args, stack, ui).await)
        }
        Command::Preview(args) => interrupt::run(ui, commands::preview::preview(args, &config()?, ui)),
        Command::Doctor(args) => interrupt::run(ui, commands::doctor::doctor(args, config()?, ui)),
        Command::Estimate(args) => commands::estimate::estimate(args, &config()?, ui),
        Command::Config(args) => commands::config::config(args, config, ui),
        Command::Render(args) => commands::render::render(args, &config()?, ui),
        Command::Package(args) => interrupt::run(ui, commands::package::package(args, &config()?, ui)),
        Command::Synth(args) => interrupt::run(ui, commands::synth::synth(args, &config()?, ui)),
        Command::Down(args) => {
            on_stack(config()?, ui, async |stack| commands::down::down(args, stack, ui).await)
        }
        // These help to write a configuration: a broken one must not be in their way.
        Command::Init(args) => commands::init::init(args, ui),
        Command::Completions(args) => commands::completions::completions(args, ui),
    }
}

/// Connects to the stack and runs a command on it.
fn on_stack(
    config: Config,
    ui: &Ui,
    command: impl AsyncFnOnce(&Stack) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    interrupt::run(ui, async {
        let stack = Stack::connect(config, ui).await?;
        command(&stack).await
    })
}

/// The same for a command that makes no sense before `up`: no emulator is installed and started to say so.
fn on_existing(
    config: Config,
    ui: &Ui,
    command: impl AsyncFnOnce(&Stack) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    if config.local && !local::was_started(&config)? {
        return Err(stack::missing(&config, "on this machine"));
    }
    on_stack(config, ui, command)
}
