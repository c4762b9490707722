//! Where quotations begin and end.

use crate::text::sentences::{blank_line, ends_sentence};

/// Marks that open a quotation by their form, or may, …
const OPENING: [char; 8] = ['"', '＂', '“', '„', '«', '‟', '「', '『'];

/// … and such that close it.
const CLOSING: [char; 6] = ['"', '＂', '”', '»', '」', '』'];

/// Whether the word behind a gap stands in a quotation, if the word before it did or did not. A blank line ends one: of a
/// speech that goes on behind it every paragraph is opened anew.
///
/// A mark that touches a word on one side only opens or closes by that, whatever it looks like: German closes with the
/// mark that English opens with. Of the others their form tells. Single marks are apostrophes more often than quotes.
pub(crate) fn quoted_behind(gap: &str, first: bool, mut quoted: bool) -> bool {
    if blank_line(gap) || gap.contains('\n') && gap.contains(ends_sentence) {
        quoted = false;
    }
    let mut before = if first { ' ' } else { 'x' };
    let mut rest = gap.chars().peekable();
    while let Some(character) = rest.next() {
        let (opens, closes) = (OPENING.contains(&character), CLOSING.contains(&character));
        if !(opens || closes) {
            before = character;
            continue;
        }
        let behind = rest.peek().copied().unwrap_or('x');
        quoted = match (is_room(before), is_room(behind)) {
            (true, false) => true,
            (false, true) => false,
            _ if opens && closes => !quoted,
            _ => opens,
        };
    }
    quoted
}

/// Whether a mark beside such a character touches no word there.
fn is_room(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | '[' | '—' | '–' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sentences::{Gap, tells};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gaps_without_marks_change_nothing(gap in "[ ,.!?\n\"\\-'\t…“”é]{0,4}", quoted in any::<bool>()) {
            if tells(gap.as_bytes()) != Gap::Any {
                prop_assert_eq!(quoted_behind(&gap, false, quoted), quoted);
            }
        }
    }

    /// The words of a text that stand in quotations.
    fn quoted(text: &str) -> Vec<&str> {
        let (mut found, mut is_quoted, mut end) = (Vec::new(), false, 0);
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            is_quoted = quoted_behind(&text[end..start], end == 0, is_quoted);
            end = start + word.len();
            if is_quoted {
                found.push(word);
            }
        }
        found
    }

    #[test]
    fn marks_of_every_kind_open_and_close() {
        for text in [
            "He said \"no more\" and left.",
            "He said \"no more.\" Then he left.",
            "He said “no more,” and left.",
            "Er sagte „no more“ und ging.",
            "Er sagte »no more« und ging.",
            "Il a dit « no more » et est parti.",
            "He said (\"no more\") and left.",
            "He left—\"no more\"—and was gone.",
            "\"No more\", he said.",
            "“No more”, he said.",
            "He said \" no more \" and left.",
        ] {
            assert_eq!(quoted(text).join(" ").to_lowercase(), "no more", "{text}");
        }
    }

    #[test]
    fn one_quotation_follows_another() {
        assert_eq!(quoted("\"One.\" \"Two,\" he said, \"three.\" Four."), ["One", "Two", "three"]);
    }

    #[test]
    fn apostrophes_and_inches_are_no_quotations() {
        assert!(quoted("The 'quick' dogs' bowls, 12\" wide, weren't Rob’s.").is_empty());
    }

    #[test]
    fn a_quotation_ends_with_its_paragraph() {
        assert_eq!(quoted("\"One two\n\nThree. \"Four."), ["One", "two", "Four"]);
        assert_eq!(quoted("He said \"one two.\nThree four."), ["one", "two"]);
        assert_eq!(quoted("He said \"one\ntwo\" three."), ["one", "two"]);
    }
}
