//! The rules for a model's alt text.
//!
//! They follow the W3C's advice (<https://www.w3.org/WAI/tutorials/images/tips/>). They reject anything that text in a
//! picture could inject into a page: links, markup, and characters that change the reading direction.

use contract::alt_text::check;
use contract::text::is_forbidden;

/// The maximum number of characters of a long description and of the text in a picture.
pub(crate) const MAX_LONG_CHARS: usize = 1000;

/// Phrases such as "image of", which a text must not begin with. Screen readers announce images themselves.
const REDUNDANT_BEGINNINGS: [&str; 24] = [
    "image of",
    "an image of",
    "the image",
    "this image",
    "picture of",
    "a picture of",
    "the picture",
    "this picture",
    "photo of",
    "a photo of",
    "the photo",
    "this photo",
    "photograph of",
    "a photograph of",
    "bild von",
    "ein bild",
    "foto von",
    "ein foto",
    "image de",
    "une image",
    "photo de",
    "une photo",
    "imagen de",
    "una imagen",
];

/// Returns `text` on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the rule that `alt` breaks, as a sentence for the model, or `None` if it breaks none.
pub(crate) fn broken_rule(alt: &str) -> Option<String> {
    let lower = alt.to_lowercase();
    if alt.is_empty() {
        Some("it is empty although the picture is not decorative".to_owned())
    } else if let Err(unfit) = check(alt) {
        Some(unfit.to_string())
    } else if let Some(beginning) =
        REDUNDANT_BEGINNINGS.iter().find(|beginning| begins_with(&lower, beginning))
    {
        Some(format!("it begins with `{beginning}`"))
    } else if ["://", "www."].iter().any(|link| lower.contains(link))
        || lower.split_whitespace().any(is_domain)
    {
        Some("it contains a link".to_owned())
    } else if alt.contains(['<', '>', '`', '{', '}', '|']) || alt.contains("](") || alt.contains("**") {
        Some("it contains markup".to_owned())
    } else {
        None
    }
}

/// Returns `text` on one line, without forbidden characters, and shortened to [`MAX_LONG_CHARS`].
pub(crate) fn sanitize(text: &str) -> String {
    let fit: String = text.chars().map(|c| if is_forbidden(c) { ' ' } else { c }).collect();
    one_line(&fit).chars().take(MAX_LONG_CHARS).collect()
}

/// Returns whether `word` looks like the address of a site: `evil.example`, `shop.example/sale`.
fn is_domain(word: &str) -> bool {
    let host = word.trim_matches(|c: char| !c.is_alphanumeric()).split(['/', ':']).next().unwrap_or_default();
    let Some((before, last)) = host.rsplit_once('.') else { return false };
    let label = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-');
    // `U.S.A`, `3.5`, and `8.30pm` are not addresses.
    let is_name =
        before.split('.').all(label) && before.chars().count() > 1 && before.contains(char::is_alphabetic);
    is_name && last.chars().count() > 1 && last.chars().all(char::is_alphabetic)
}

/// Returns whether `text` begins with the whole words of `beginning`.
fn begins_with(text: &str, beginning: &str) -> bool {
    text.strip_prefix(beginning).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use contract::alt_text::MAX_CHARS;

    use super::*;

    #[test]
    fn good_texts_pass() {
        for alt in [
            "A tabby cat asleep on a red sofa",
            "Gato atigrado dormido",
            "猫がソファで寝ている",
            "Photon detector",
            "A U.S. flag, 3.5 m wide, at 8.30pm... under a sign",
            "5 > 3",
        ] {
            let expect = alt.contains('>');
            assert_eq!(broken_rule(alt).is_some(), expect, "{alt}");
        }
    }

    #[test]
    fn bad_texts_break_a_rule() {
        let long = "a".repeat(MAX_CHARS + 1);
        for (alt, why) in [
            ("", "empty"),
            (long.as_str(), "126 characters"),
            ("Image of a cat", "begins with"),
            ("a Photo of: a cat", "begins with"),
            ("A cat, see https://evil.example", "link"),
            ("WWW.EVIL.EXAMPLE", "link"),
            ("A poster: visit (evil.example/now).", "link"),
            ("<script>alert(1)</script>", "markup"),
            ("a [cat](x)", "markup"),
            ("a \u{202e}tac", "control"),
            ("a \u{1b}[31mcat", "control"),
        ] {
            let said = broken_rule(alt).unwrap_or_default();
            assert!(said.contains(why), "{alt}: {said}");
        }
    }

    #[test]
    fn other_texts_are_sanitized() {
        assert_eq!(one_line(" a\n b\u{2028}c "), "a b c");
        assert_eq!(sanitize("SALE\u{202e}\n50 %\u{0}"), "SALE 50 %");
        assert_eq!(sanitize(&"x".repeat(2000)).len(), MAX_LONG_CHARS);
    }
}
