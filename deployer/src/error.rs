//! The error of a command: what failed, what to do next, and the exit code.

use std::error::Error;
use std::fmt;

use contract::key::is_hidden;

/// The error of a command: a message, and hints about what to do next.
///
/// A hint contains `{flags}` after the name of a command, for the flags that select the stack.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
}

/// The kind of an error, which determines the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An operation failed.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
    /// The resource does not exist, or several match.
    NotFound,
    /// The user interrupted the command.
    Interrupted,
    /// The reader of the output has exited, so no message is printed.
    StdoutClosed,
}

impl Kind {
    /// Returns the exit code of the process.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Interrupted => 130,
            // The exit code that a shell reports after SIGPIPE.
            Self::StdoutClosed => 141,
        }
    }
}

/// How a successful command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The command finished.
    Done,
    /// `plan --detailed-exitcode` found changes.
    Changes,
}

impl Exit {
    /// Returns the exit code of the process.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Changes => 4,
        }
    }
}

impl CommandError {
    /// Returns the error of a failed operation.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { kind: Kind::Failed, message: message.into(), hints: Vec::new() }
    }

    /// Returns the error of a wrong command line or configuration.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, ..Self::failed(message) }
    }

    /// Returns the error for a resource that does not exist or is ambiguous.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self { kind: Kind::NotFound, ..Self::failed(message) }
    }

    /// Returns the error of an interrupted command.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self { kind: Kind::Interrupted, ..Self::failed(message) }
    }

    /// Adds a hint: a command that can be pasted, or a setting.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Replaces `{flags}` in the hints.
    pub(crate) fn with_flags(mut self, flags: &str) -> Self {
        for hint in &mut self.hints {
            *hint = insert_flags(hint, flags);
        }
        self
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CommandError {}

/// Returns `hint` with `flags` in place of `{flags}`.
pub(crate) fn insert_flags(hint: &str, flags: &str) -> String {
    hint.replace("{flags}", flags)
}

/// Returns the error of an I/O operation. `what` is a verb phrase: "list the objects in `b`".
pub(crate) fn io_error(what: impl fmt::Display, error: &std::io::Error) -> CommandError {
    CommandError::failed(format!("cannot {what}: {}", io_message(error)))
}

/// Returns the message of an I/O error without the OS error number.
fn io_message(error: &std::io::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = plain.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Returns an error and all its causes in one line.
pub(crate) fn error_chain(error: &dyn Error) -> String {
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

/// Quotes a word for a shell, for hints that can be pasted. Control characters become escapes that bash, zsh, and ksh
/// read.
pub(crate) fn shell_quote(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if !word.contains(is_hidden) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut text = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => text.extend(['\\', c]),
            // Three digits per byte, so that a following digit is not part of the escape.
            c if is_hidden(c) => {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer).bytes().for_each(|byte| text += &format!("\\{byte:03o}"));
            }
            c => text.push(c),
        }
    }
    text + "'"
}

/// Quotes an operand of a command, which may begin with `-`. It must follow all options.
pub(crate) fn shell_operand(word: &str) -> String {
    let separator = if word.starts_with('-') { "-- " } else { "" };
    format!("{separator}{}", shell_quote(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_a_quoted_word_unchanged() {
        let words = [
            "",
            "cat.jpg",
            "My cat's.jpg",
            "a\nb\u{1}2.jpg",
            "\u{202e}gpj.'\\x",
            "$HOME `id`",
            "\u{9b}2J",
            "-x",
        ];
        for word in words {
            let script = format!("printf %s {}", shell_quote(word));
            let output = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word, "{script}");
            assert!(!script.contains(is_hidden), "{script:?}");
        }
    }
}
