//! Notices: short reports in a fixed form, as agencies and exchanges publish them by the dozen. Two of them share most of
//! their words, and differ in whom they are about.

use crate::article::{Tokens, flag};
use crate::lexicon::vocabulary::Vocabulary;

/// Articles of fewer words than this may be notices.
pub(crate) const LONGEST: usize = 100;

/// The name that a notice begins with has no more words than this: longer runs of capitals are headlines.
const NAME: usize = 8;

/// Whether two notices begin with the names of others: the most telling word of either stands nowhere in the other. Words
/// that both names have, `Corp` or a town, say little.
pub(crate) fn subjects_differ(a: &Tokens, b: &Tokens, vocabulary: &Vocabulary) -> bool {
    if a.len().min(b.len()) >= LONGEST {
        return false;
    }
    let lacks = |tokens: &Tokens, subject: Option<u32>| {
        subject.is_some_and(|token| !tokens.hashes().contains(&token) && !has_form(tokens, token, vocabulary))
    };
    lacks(b, subject(a, vocabulary)) && lacks(a, subject(b, vocabulary))
}

/// Whether an article has a form of a word, as `Harrow's` is one of `Harrow`.
fn has_form(tokens: &Tokens, token: u32, vocabulary: &Vocabulary) -> bool {
    let stem = vocabulary.word(token).stem;
    tokens.hashes().iter().any(|&other| vocabulary.word(other).stem == stem)
}

/// The rarest of the telling words of the name that an article begins with.
fn subject(tokens: &Tokens, vocabulary: &Vocabulary) -> Option<u32> {
    let length = tokens.flags().iter().take(NAME).take_while(|&&flags| flags & flag::CAPITAL != 0).count();
    let name = tokens.hashes()[..length].iter().map(|&token| (token, vocabulary.word(token)));
    let telling = name.filter(|(_, word)| word.key && (word.name || !word.english));
    telling.max_by(|x, y| x.1.weight.total_cmp(&y.1.weight)).map(|(token, _)| token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::spellings::Words;
    use crate::text::tokenise;
    use crate::text::tokenise::spelled;

    /// Of two texts, beside reports on the same companies.
    fn differ(a: &str, b: &str) -> bool {
        let other = "Another Corp was named in the south.";
        let said = "Shares of Harrow Mills and of Tolland Gas rose, as did Pennick Steel and Ostler Tin in the north.";
        let mut found = Vec::new();
        for text in [a, b, said, other] {
            found.extend(spelled(text));
        }
        let words: Words = found.iter().map(|(full, word)| (*full, &**word)).collect();
        let [a, b, said, other] = [a, b, said, other].map(|text| tokenise(text).tokens);
        let vocabulary = Vocabulary::learn(&[&a, &b, &said, &other], &words);
        subjects_differ(&a, &b, &vocabulary)
    }

    #[test]
    fn notices_on_others_are_told() {
        let notice = |of: &str| format!("{of} said it raised the price it pays for tin by four cents a pound.");
        assert!(differ(&notice("Harrow Mills"), &notice("Tolland Gas")));
        assert!(!differ(&notice("Harrow Mills"), &notice("Harrow Mills")));
        assert!(!differ(&notice("Harrow Mills"), &notice("the northern company")));
        assert!(!differ(&notice("Managers"), &notice("Directors")));
        assert!(differ(&notice("Tolland"), &notice("Pennick")));
    }

    #[test]
    fn a_form_of_the_name_is_the_name() {
        let raised = "said it raised the price it pays for tin by four cents a pound.";
        assert!(!differ(&format!("Pennick {raised}"), &format!("Pennick's board {raised}")));
    }

    #[test]
    fn a_subject_that_is_named_further_down_is_the_same() {
        let late = "Ostler Tin has a new rival in Harrow Mills, which raised the price it pays.";
        assert!(!differ("Harrow Mills said it raised the price it pays for tin.", late));
    }

    #[test]
    fn words_that_both_names_have_say_little() {
        let notice = |of: &str| format!("{of} said it raised the price it pays for tin by four cents a pound.");
        assert!(differ(&notice("Pennick Steel Corp"), &notice("Tolland Gas Corp")));
        assert!(!differ(&notice("Pennick Steel Corp"), &notice("Corp of Pennick")));
    }

    #[test]
    fn longer_articles_are_no_notices() {
        let long = |of: &str| format!("{of} said so. {}", "It raised the price it pays for tin again. ".repeat(12));
        assert!(!differ(&long("Harrow Mills"), &long("Tolland Gas")));
    }
}
