//! `deployer completions`: prints the completion script of a shell, or the manual page.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _, ValueEnum};
use clap_complete::Shell;
use serde::Serialize;
use serde_json::json;

use crate::cli::Cli;
use crate::error::{CommandError, io_error};
use crate::ui::Ui;

/// Print a shell completion script or the manual page.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer completions bash > /etc/bash_completion.d/deployer
  deployer completions man --out /usr/local/share/man/man1 && man deployer-up")]
pub(crate) struct CompletionsArgs {
    /// The shell, or `man` for the manual page.
    #[arg(value_enum)]
    kind: CompletionKind,
    /// Write the manual pages of all commands to this folder instead of printing the main page.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum CompletionKind {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
    Man,
}

pub(crate) fn completions(args: CompletionsArgs, ui: &Ui) -> Result<(), CommandError> {
    let mut command = Cli::command();
    if let Some(folder) = &args.out {
        if args.kind != CompletionKind::Man {
            return Err(CommandError::usage("`--out` works only with `man`")
                .hint("redirect the completion script to a file: `deployer completions zsh > _deployer`"));
        }
        return write_manual_pages(command, folder, ui);
    }
    let mut text = Vec::new();
    let shell = match args.kind {
        CompletionKind::Bash => Some(Shell::Bash),
        CompletionKind::Elvish => Some(Shell::Elvish),
        CompletionKind::Fish => Some(Shell::Fish),
        CompletionKind::Powershell => Some(Shell::PowerShell),
        CompletionKind::Zsh => Some(Shell::Zsh),
        CompletionKind::Man => None,
    };
    match shell {
        Some(shell) => clap_complete::generate(shell, &mut command, "deployer", &mut text),
        None => clap_mangen::Man::new(command)
            .render(&mut text)
            .map_err(|error| io_error("write the manual page", &error))?,
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    ui.print_result(&json!({ "kind": args.kind, "text": text }), || text.clone())
}

/// Writes the manual pages of all commands to `folder`.
fn write_manual_pages(command: Command, folder: &Path, ui: &Ui) -> Result<(), CommandError> {
    let failed = |error| io_error(format_args!("write the manual pages to `{}`", folder.display()), &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let names: Vec<String> = std::iter::once("deployer.1".to_owned())
        .chain(command.get_subcommands().map(|command| format!("deployer-{}.1", command.get_name())))
        .collect();
    clap_mangen::generate_to(command, folder).map_err(failed)?;
    let files: Vec<String> = names.iter().map(|name| folder.join(name).display().to_string()).collect();
    ui.print_result(&json!({ "files": files }), || files.join("\n"))
}
