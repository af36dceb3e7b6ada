//! `deployer` owns the whole life of a thumbnail stack: this file reads the command line, merges the
//! configuration and hands over to one file a command.

mod aws;
mod cli;
mod commands;
mod config;
mod error;
mod local;
mod package;
mod stack;
mod ui;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::error::CommandError;
use crate::stack::Stack;
use crate::ui::Ui;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ui = Ui::new(cli.global.output, cli.global.quiet, cli.global.verbose, cli.global.yes);
    match run(cli, &ui) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui.error(&error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

fn run(cli: Cli, ui: &Ui) -> Result<(), CommandError> {
    let runtime = || {
        tokio::runtime::Runtime::new()
            .map_err(|error| crate::error::io_error("start the asynchronous runtime", &error))
    };
    let config = Config::load(cli.global.overrides())?;
    match cli.command {
        Command::Render(args) => commands::render::render(args, &config, ui),
        Command::Package(args) => runtime()?.block_on(commands::package::package(args, &config, ui)),
        Command::Synth(args) => runtime()?.block_on(commands::synth::synth(args, &config, ui)),
        Command::Demo(args) => runtime()?.block_on(commands::demo::demo(args, config, ui)),
        command => runtime()?.block_on(async {
            let stack = Stack::connect(config, ui).await?;
            match command {
                Command::Up(args) => commands::up::up(args, &stack, ui).await,
                Command::Plan(args) => commands::plan::plan(args, &stack, ui).await,
                Command::Status(args) => commands::status::status(args, &stack, ui).await,
                Command::Down(args) => commands::down::down(args, &stack, ui).await,
                Command::Upload(args) => commands::upload::upload(args, &stack, ui).await,
                Command::Fetch(args) => commands::fetch::fetch(args, &stack, ui).await,
                Command::Ls(args) => commands::ls::ls(args, &stack, ui).await,
                Command::Rm(args) => commands::rm::rm(args, &stack, ui).await,
                Command::Logs(args) => commands::logs::logs(args, &stack, ui).await,
                Command::Render(_) | Command::Package(_) | Command::Synth(_) | Command::Demo(_) => Ok(()),
            }
        }),
    }
}
