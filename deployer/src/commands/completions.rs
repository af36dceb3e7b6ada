//! `deployer completions`: the completion script of a shell, or the manual page.

use clap::{Args, CommandFactory as _, ValueEnum};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::error::{CommandError, io_error};
use crate::ui::Ui;

/// Prints the completion script of a shell, or the manual page.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer completions bash > /etc/bash_completion.d/deployer\n  deployer completions man > deployer.1"
)]
pub(crate) struct CompletionsArgs {
    /// What to print.
    #[arg(value_enum)]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
    Man,
}

pub(crate) fn completions(args: CompletionsArgs, ui: &Ui) -> Result<(), CommandError> {
    let mut command = Cli::command();
    let mut text = Vec::new();
    let shell = match args.kind {
        Kind::Bash => Shell::Bash,
        Kind::Elvish => Shell::Elvish,
        Kind::Fish => Shell::Fish,
        Kind::Powershell => Shell::PowerShell,
        Kind::Zsh => Shell::Zsh,
        Kind::Man => {
            clap_mangen::Man::new(command)
                .render(&mut text)
                .map_err(|error| io_error("write the manual page", &error))?;
            return ui.bytes(&text);
        }
    };
    clap_complete::generate(shell, &mut command, "deployer", &mut text);
    ui.bytes(&text)
}
