//! Helpers to write and read the texts in keys.

use crate::text::is_forbidden;

/// Returns the last part of a key, the name that users see.
pub fn basename(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(_, name)| name)
}

/// Returns whether `c` controls a terminal, reorders a line, or is invisible.
pub fn is_hidden(c: char) -> bool {
    is_forbidden(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// Returns `text` with every character that [`is_hidden`] written as an escape.
pub fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_hidden(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        out
    })
}

pub(super) fn is_hex(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Reads a number of exactly `count` decimal digits.
pub(super) fn read_digits(text: &str, count: usize) -> Option<u64> {
    let all = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}
