//! An error as the user sees it: what failed, what to do next, and the exit code that says so.

use std::error::Error;
use std::fmt;

use contract::key::is_hidden;

/// A failed command: one sentence, and hints that say what to do next.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
}

/// What an error means for the program that called us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something failed.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
    /// What was asked for is not there, or there are several.
    NotFound,
    /// The user interrupted.
    Interrupted,
    /// The program that read the output has ended. There is nobody to tell.
    Unread,
}

impl Kind {
    /// The exit code of the process.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Interrupted => 130,
            // As a shell tells the end of a program that SIGPIPE has stopped.
            Self::Unread => 141,
        }
    }
}

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it was asked for.
    Done,
    /// `plan --detailed-exitcode` found changes.
    Changes,
    /// The user stopped a command that has no end of its own.
    Stopped,
}

impl Exit {
    /// The exit code of the process.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Changes => 4,
            Self::Stopped => Kind::Interrupted.exit_code(),
        }
    }
}

impl CommandError {
    /// Something failed.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { kind: Kind::Failed, message: message.into(), hints: Vec::new() }
    }

    /// The command line or the configuration is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, ..Self::failed(message) }
    }

    /// What was asked for is not there, or there are several.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self { kind: Kind::NotFound, ..Self::failed(message) }
    }

    /// The user interrupted.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self { kind: Kind::Interrupted, ..Self::failed(message) }
    }

    /// Adds what to do next: a command that can be pasted, or a setting.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CommandError {}

/// Says that `what` (a verb phrase: "list the objects in `b`") failed with an I/O error at a path.
pub(crate) fn io_error(what: impl fmt::Display, error: &std::io::Error) -> CommandError {
    CommandError::failed(format!("cannot {what}: {}", plain_io(error)))
}

/// An I/O error's message without the number in brackets.
fn plain_io(error: &std::io::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = plain.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// All causes of an error in one line.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut chain = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !chain.contains(&text) {
            chain.push_str(": ");
            chain.push_str(&text);
        }
        next = cause.source();
    }
    chain
}

/// Quotes a word for a shell, in a hint that can be pasted. Control characters become escapes, which bash, zsh, and
/// ksh read.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if word.chars().all(is_plain) {
        return word.to_owned();
    }
    if !word.contains(is_hidden) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut text = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => text.extend(['\\', c]),
            // Byte by byte, and three digits: a digit that follows is not taken for a part of the escape.
            c if is_hidden(c) => {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer).bytes().for_each(|byte| text += &format!("\\{byte:03o}"));
            }
            c => text.push(c),
        }
    }
    text + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_a_quoted_word_as_it_was() {
        let words =
            ["cat.jpg", "My cat's.jpg", "a\nb\u{1}2.jpg", "\u{202e}gpj.'\\x", "$HOME `id`", "\u{9b}2J", "-x"];
        for word in words {
            let script = format!("printf %s {}", quoted(word));
            let said = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap(), word, "{script}");
            assert!(!script.contains(is_hidden), "{script:?}");
        }
    }
}
