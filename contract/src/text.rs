//! Characters that are forbidden in texts for people.

/// Returns whether `c` is a control character, changes the direction of the text around it, or is invisible.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
pub fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}
