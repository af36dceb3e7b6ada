//! The only module that prints: results to stdout, messages to stderr.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod picture;
mod spinner;

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};
use std::ops::Deref;

use console::{Style, Term};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use time::OffsetDateTime;

use crate::error::{CommandError, Kind, insert_flags};
use crate::interrupt::Signals;

pub(crate) use picture::PictureProtocol;
pub(crate) use spinner::{Durations, Spinner};

/// The terminal output of a command.
#[derive(Clone, Debug)]
pub(crate) struct Ui {
    output: Output,
    quiet: bool,
    verbose: bool,
    yes: bool,
    is_brief: bool,
    /// The flags of this run for the commands in hints.
    flags: String,
    terminal: Terminal,
    bars: MultiProgress,
}

/// The properties of the terminal.
#[derive(Clone, Debug)]
pub(crate) struct Terminal {
    /// How it shows pictures.
    pub(crate) pictures: PictureProtocol,
    /// How long the waits of earlier commands took.
    pub(crate) durations: Durations,
}

/// The format of results on stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Output {
    /// Human-readable text.
    #[default]
    Text,
    /// JSON only, for other programs.
    Json,
}

impl Ui {
    /// Creates a user interface with the global flags.
    pub(crate) fn new(
        output: Output,
        quiet: bool,
        verbose: bool,
        yes: bool,
        flags: String,
        terminal: Terminal,
    ) -> Self {
        let is_drawn = std::io::stderr().is_terminal() && !quiet;
        let target = if is_drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        Self { output, quiet, verbose, yes, is_brief: false, flags, terminal, bars }
    }

    /// Returns a user interface that omits the steps of a command, for another command that includes it.
    pub(crate) fn brief(&self) -> Self {
        Self { is_brief: true, ..self.clone() }
    }

    /// Returns whether results are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.output == Output::Json
    }

    /// Returns whether stdout is a terminal.
    pub(crate) fn is_stdout_terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// Returns whether a prompt is possible.
    pub(crate) fn is_interactive(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Prints the result of a command: `value` in JSON mode, otherwise the lines of `text`.
    pub(crate) fn print_result<T: Serialize>(
        &self,
        value: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), CommandError> {
        match self.output {
            Output::Json => {
                self.write_stdout(&serde_json::to_string_pretty(value).map_err(|error| json_error(&error))?)
            }
            Output::Text => {
                let text = text();
                if text.is_empty() { Ok(()) } else { self.write_stdout(text.trim_end_matches('\n')) }
            }
        }
    }

    /// Prints one line of a stream of data; in JSON mode, each value is one line.
    pub(crate) fn print_line<T: Serialize>(
        &self,
        value: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), CommandError> {
        match self.output {
            Output::Json => {
                self.write_stdout(&serde_json::to_string(value).map_err(|error| json_error(&error))?)
            }
            Output::Text => self.write_stdout(&text()),
        }
    }

    /// Prints a value that is refreshed, and returns the number of rows painted. A terminal overwrites the previous `rows`,
    /// unless it is too simple for that; other output is appended, in JSON mode as one line.
    pub(crate) fn repaint<T: Serialize>(
        &self,
        value: &T,
        rows: usize,
        text: impl FnOnce() -> String,
    ) -> Result<usize, CommandError> {
        if self.is_json() {
            return self.print_line(value, String::new).map(|()| 0);
        }
        let text = text();
        let term = Term::stdout();
        if !term.is_term() || console::is_dumb() {
            return self.write_stdout(&text).map(|()| 0);
        }
        let width = usize::from(term.size().1);
        // A line that the terminal wraps would take two rows.
        let lines = text.lines().map(|line| console::truncate_str(line, width, "\u{2026}"));
        let painted: Vec<Cow<'_, str>> = lines.take(usize::from(term.size().0).saturating_sub(1)).collect();
        term.clear_last_lines(rows).map_err(|error| crate::error::io_error("write to stdout", &error))?;
        self.write_stdout(&painted.join("\n"))?;
        Ok(painted.len())
    }

    /// Writes a line to stdout.
    fn write_stdout(&self, text: &str) -> Result<(), CommandError> {
        let written = self.bars.suspend(|| {
            let mut stdout = std::io::stdout().lock();
            writeln!(stdout, "{text}").and_then(|()| stdout.flush())
        });
        written.map_err(|error| stdout_error(&error))
    }

    /// Writes the bytes of a file to stdout.
    pub(crate) fn copy_file(&self, mut file: std::fs::File) -> Result<(), CommandError> {
        let mut stdout = std::io::stdout().lock();
        let copied = std::io::copy(&mut file, &mut stdout).and_then(|_| stdout.flush());
        copied.map_err(|error| stdout_error(&error))
    }

    /// Shows an encoded picture in a terminal, `rows` lines high. Does nothing without a terminal, and ignores errors,
    /// since the picture is decoration.
    pub(crate) fn show_picture(&self, encoded: &[u8], rows: u32) {
        if self.quiet || self.is_json() || !std::io::stdout().is_terminal() {
            return;
        }
        // Half blocks use only colors.
        if self.terminal.pictures == PictureProtocol::HalfBlocks && !console::colors_enabled() {
            return;
        }
        let Some(text) = self.terminal.pictures.text(encoded, rows) else { return };
        let _ = self.write_stdout(&text);
    }

    /// Prints a message, except with `--quiet`.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.write_stderr(text.as_ref());
        }
    }

    /// Prints the text to which the next prompt refers. `--quiet` omits it only with `--yes`, which omits the prompt.
    pub(crate) fn note_for_prompt(&self, text: impl AsRef<str>) {
        if !(self.quiet && self.yes) {
            self.write_stderr(text.as_ref());
        }
    }

    /// Returns whether steps are omitted.
    pub(crate) fn is_brief(&self) -> bool {
        (self.is_brief && !self.verbose) || self.quiet
    }

    /// Prints a step of a command, which a brief user interface omits without `--verbose`.
    pub(crate) fn step(&self, text: impl AsRef<str>) {
        if !self.is_brief() {
            self.note(text);
        }
    }

    /// Prints a detail with `--verbose`.
    pub(crate) fn detail(&self, text: impl AsRef<str>) {
        if self.verbose {
            self.write_stderr(&Style::new().for_stderr().dim().apply_to(text.as_ref()).to_string());
        }
    }

    /// Prints a warning.
    pub(crate) fn warn(&self, text: impl AsRef<str>) {
        let word = Style::new().for_stderr().yellow().bold().apply_to("warning:");
        self.write_stderr(&format!("{word} {}", escape_lines(text.as_ref())));
    }

    /// Prints an error and its hints.
    pub(crate) fn print_error(&self, error: &CommandError) {
        if error.kind == Kind::StdoutClosed {
            return;
        }
        let word = Style::new().for_stderr().red().bold().apply_to("error:");
        self.write_stderr(&format!("{word} {}", escape_lines(&error.message)));
        let word = Style::new().for_stderr().cyan().bold().apply_to("hint:");
        for hint in &error.hints {
            self.write_stderr(&format!("{word} {}", escape_lines(&insert_flags(hint, &self.flags))));
        }
    }

    fn write_stderr(&self, text: &str) {
        self.bars.suspend(|| {
            // If stderr is closed, the error cannot be reported.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        });
    }

    /// Returns an error if a prompt is needed but not possible. A command that will ask calls this first, so that a script
    /// fails before the work.
    pub(crate) fn check_prompt(&self) -> Result<(), CommandError> {
        if self.yes || self.is_interactive() {
            return Ok(());
        }
        Err(CommandError::failed("cannot ask for confirmation without a terminal")
            .hint("add `--yes` to confirm without a prompt"))
    }

    /// Asks for confirmation. `--yes` skips the prompt; without a terminal, this returns an error. On Ctrl-C it returns an
    /// error, too, so that the caller can clean up.
    pub(crate) async fn confirm(&self, question: &str) -> Result<(), CommandError> {
        self.check_prompt()?;
        if self.yes {
            return Ok(());
        }
        let prompt = format!("{} [y/N] ", Style::new().for_stderr().bold().apply_to(question));
        let mut signals = Signals::listen();
        let (send, answer) = tokio::sync::oneshot::channel();
        // A separate thread, since a blocked read must not keep the process from exiting. The terminal edits the line
        // itself: a program that ends while it reads single keys leaves a terminal without echo.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = Term::stderr()
                .write_str(&prompt)
                .and_then(|()| std::io::stdin().read_line(&mut line))
                .map(|_| line);
            let _ = send.send(read);
        });
        let interrupted = || Err(CommandError::interrupted("interrupted: nothing was changed"));
        let line = tokio::select! {
            line = answer => line.unwrap_or_else(|_| Ok(String::new())),
            _ = signals.next() => return interrupted(),
        };
        match line {
            Ok(line) if matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes") => Ok(()),
            Ok(_) => Err(CommandError::failed("not confirmed: nothing was changed")),
            // Ctrl-C may interrupt the read first.
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => interrupted(),
            Err(error) => Err(crate::error::io_error("read the answer", &error)),
        }
    }

    /// Shows a spinner with a message and the time that the last such wait took. Without a terminal, it prints the
    /// message once.
    pub(crate) fn start_spinner(&self, message: impl Into<Cow<'static, str>>) -> Spinner {
        let message = message.into();
        let bar = self.bars.add(ProgressBar::new_spinner());
        if bar.is_hidden() {
            self.note(format!("{message} ..."));
        }
        bar.set_style(style("{spinner:.cyan} {msg} {elapsed:.dim} {prefix:.dim}"));
        Spinner::begin(bar, message.into_owned(), self.terminal.durations.clone())
    }

    /// Returns how long the waits of earlier commands took.
    pub(crate) fn durations(&self) -> &Durations {
        &self.terminal.durations
    }

    /// Shows a progress bar over `total` bytes.
    pub(crate) fn start_transfer_bar(
        &self,
        total: u64,
        message: impl Into<Cow<'static, str>>,
    ) -> TransferBar {
        let bar = self.bars.add(ProgressBar::new(total));
        bar.set_style(style("{bar:30.cyan/dim} {bytes:>10} of {total_bytes}  {binary_bytes_per_sec}  {msg}"));
        bar.set_message(message);
        TransferBar { bar, bars: self.bars.clone() }
    }

    /// Shows a progress bar over `total` items.
    pub(crate) fn start_count_bar(&self, total: u64, message: impl Into<Cow<'static, str>>) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new(total));
        bar.set_style(style("{bar:30.cyan/dim} {pos} of {len}  {msg}  {eta:.dim}"));
        bar.set_message(message);
        bar
    }
}

/// The progress bar of one of many transfers, removed on drop. A bar that is finished but not removed would stay in the
/// list of bars, over which every redraw iterates.
pub(crate) struct TransferBar {
    bar: ProgressBar,
    bars: MultiProgress,
}

impl Deref for TransferBar {
    type Target = ProgressBar;

    fn deref(&self) -> &ProgressBar {
        &self.bar
    }
}

impl Drop for TransferBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.bars.remove(&self.bar);
    }
}

/// Escapes invisible characters in all lines, since the messages of services may contain names from other users.
fn escape_lines(text: &str) -> String {
    text.lines().map(contract::key::escape).collect::<Vec<_>>().join("\n")
}

/// Converts an error of writing to stdout. A closed pipe (`| head`) ends the command silently.
fn stdout_error(error: &std::io::Error) -> CommandError {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => {
            CommandError { kind: Kind::StdoutClosed, ..CommandError::failed("stdout is closed") }
        }
        _ => crate::error::io_error("write to stdout", error),
    }
}

fn json_error(error: &serde_json::Error) -> CommandError {
    CommandError::failed(format!("cannot write the result as JSON: {error}"))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// Formats a number with a noun in the singular or plural: `1 photo`, `2 photos`.
pub(crate) fn format_count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Formats a time in seconds, the precision of S3: `2026-11-24 10:00:00`.
pub(crate) fn format_time(t: OffsetDateTime) -> String {
    format!("{} {:02}:{:02}:{:02}", t.date(), t.hour(), t.minute(), t.second())
}

/// Formats a time in milliseconds, in UTC.
pub(crate) fn format_time_ms(t: OffsetDateTime) -> String {
    format!("{}.{:03}", format_time(t), t.millisecond())
}
