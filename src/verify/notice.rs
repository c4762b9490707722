//! Notices: short reports in a fixed form, as agencies and exchanges publish them by the dozen. Two of them share most of
//! their words, and differ in whom they are about.

use crate::article::{Tokens, flag};
use crate::lexicon::vocabulary::Vocabulary;

/// Articles of fewer words than this may be notices.
pub(crate) const LONGEST: usize = 100;

/// The name that a notice begins with has no more words than this: longer runs of capitals are headlines.
const NAME: usize = 8;

/// Whether two notices begin with the names of others: each with one of two words or more, and neither has anything of
/// the other's, wherever it may stand. A word alone may have its capital for being the first.
pub(crate) fn subjects_differ(a: &Tokens, b: &Tokens, vocabulary: &Vocabulary) -> bool {
    if a.len().min(b.len()) >= LONGEST {
        return false;
    }
    let (of_a, of_b) = (subject(a, vocabulary), subject(b, vocabulary));
    let lacks = |tokens: &Tokens, subject: &[u32]| !subject.iter().any(|token| tokens.hashes().contains(token));
    !of_a.is_empty() && !of_b.is_empty() && lacks(b, &of_a) && lacks(a, &of_b)
}

/// The telling words of the name that an article begins with.
fn subject(tokens: &Tokens, vocabulary: &Vocabulary) -> Vec<u32> {
    let length = tokens.flags().iter().take(NAME).take_while(|&&flags| flags & flag::CAPITAL != 0).count();
    if length < 2 {
        return Vec::new();
    }
    let telling = |&token: &u32| {
        let word = vocabulary.word(token);
        word.key && (word.name || !word.english)
    };
    tokens.hashes()[..length].iter().copied().filter(telling).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::spellings::Words;
    use crate::text::tokenise;

    /// Of two texts, beside reports on the same companies.
    fn differ(a: &str, b: &str) -> bool {
        let said = "Shares of Harrow Mills and of Tolland Gas rose, as did Pennick Steel and Ostler Tin in the north.";
        let [a, b, said] = [a, b, said].map(|text| tokenise(text).tokens);
        let vocabulary = Vocabulary::learn(&[&a, &b, &said], &Words::default());
        subjects_differ(&a, &b, &vocabulary)
    }

    #[test]
    fn notices_on_others_are_told() {
        let notice = |of: &str| format!("{of} said it raised the price it pays for tin by four cents a pound.");
        assert!(differ(&notice("Harrow Mills"), &notice("Tolland Gas")));
        assert!(!differ(&notice("Harrow Mills"), &notice("Harrow Mills")));
        assert!(!differ(&notice("Harrow Mills"), &notice("the northern company")));
        assert!(!differ(&notice("Managers"), &notice("Directors")));
    }

    #[test]
    fn a_subject_that_is_named_further_down_is_the_same() {
        let late = "Ostler Tin has a new rival in Harrow Mills, which raised the price it pays.";
        assert!(!differ("Harrow Mills said it raised the price it pays for tin.", late));
    }

    #[test]
    fn longer_articles_are_no_notices() {
        let long = |of: &str| format!("{of} said so. {}", "It raised the price it pays for tin again. ".repeat(12));
        assert!(!differ(&long("Harrow Mills"), &long("Tolland Gas")));
    }
}
