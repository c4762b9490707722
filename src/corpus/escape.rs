//! Making text from the outside safe to print on a terminal.

use std::borrow::Cow;

/// The text with every character that could deceive or disturb a terminal written as an escape: control characters
/// (line breaks included), and those that reorder or break lines without being seen.
///
/// ```
/// use unspin::corpus::escape;
/// assert_eq!(escape("wire-17.txt"), "wire-17.txt");
/// assert_eq!(escape("a\u{1b}[31mb"), r"a\u{1b}[31mb");
/// assert_eq!(escape("a\u{202e}txt.b"), r"a\u{202e}txt.b");
/// ```
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unsafe(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Control characters (C0, DEL, C1), the bidi controls of UAX #9, and the line and paragraph separators.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        for text in ["", "plain", "Größe", "статья", "記事", "مقال", "emoji 🙂", r"back\slash"] {
            assert!(matches!(escape(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn controls_and_bidi_characters_are_spelt_out() {
        assert_eq!(escape("a\r\n\tb\u{7f}\u{9b}"), r"a\r\n\tb\u{7f}\u{9b}");
        assert_eq!(escape("\u{2066}x\u{2069}\u{2028}"), r"\u{2066}x\u{2069}\u{2028}");
    }
}
