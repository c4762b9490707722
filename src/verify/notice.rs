//! Notices: short reports in a fixed form, as agencies and exchanges publish them by the dozen. Two of them share most of
//! their words, and differ in whom they are about.

use std::ops::Range;

use crate::article::{Tokens, flag};
use crate::lexicon::spellings::Words;
use crate::lexicon::vocabulary::{Vocabulary, Word};
use crate::verify::align::Alignment;
use crate::verify::sentences::{self, NOTICE};

/// An abbreviation begins with so many letters of the word.
const ABBREVIATED: usize = 3;

/// The name that a notice begins with has no more words than this: longer runs of capitals are headlines.
const NAME: usize = 8;

/// Whether two notices begin with the names of others: the most telling word of either stands nowhere in the other. Words
/// that both names have, `Corp` or a town, say little.
pub(crate) fn subjects_differ(a: &Tokens, b: &Tokens, vocabulary: &Vocabulary) -> bool {
    if a.len().min(b.len()) >= NOTICE {
        return false;
    }
    let is_another = |tokens: &Tokens, other: &Tokens| {
        subject(tokens, vocabulary).is_some_and(|subject| lacks(other, subject, vocabulary))
    };
    is_another(a, b) && is_another(b, a)
}

/// Articles of fewer words than this tell their figures in the first sentence, as far as they have some.
const LONGEST_LEAD: usize = 150;

/// The first sentences of two articles are one if this share of the words of either, by their rarity, is the other's.
const ONE_SENTENCE: f64 = 0.3;

/// Whether two short articles begin with one sentence that has other figures in either: most of them the other article has
/// nowhere. That is what is new in either.
pub(crate) fn leads_differ(a: &Tokens, b: &Tokens, vocabulary: &Vocabulary) -> bool {
    if a.len().min(b.len()) >= LONGEST_LEAD {
        return false;
    }
    let figures_differ = |tokens: &Tokens, other: &Tokens| {
        let lead = sentences::first(tokens);
        let figures = lead.filter(|&at| tokens.flags()[at] & flag::NUMBER != 0).map(|at| tokens.hashes()[at]);
        let (lacking, held): (Vec<u32>, Vec<u32>) = figures.partition(|&figure| lacks(other, figure, vocabulary));
        lacking.len() > held.len()
    };
    figures_differ(a, b) && figures_differ(b, a) && are_one_sentence(a, b, vocabulary)
}

/// Whether two articles begin with one sentence, however edited.
fn are_one_sentence(a: &Tokens, b: &Tokens, vocabulary: &Vocabulary) -> bool {
    let [x, y] = [a, b].map(|tokens| {
        let mut words: Vec<Word> = sentences::first(tokens).map(|at| vocabulary.word(tokens.hashes()[at])).collect();
        words.sort_unstable_by_key(|word| word.stem);
        words.dedup_by_key(|word| word.stem);
        words
    });
    let weight = |words: &[Word]| words.iter().map(|word| f64::from(word.weight)).sum::<f64>();
    let both: Vec<Word> =
        x.iter().filter(|word| y.binary_search_by_key(&word.stem, |other| other.stem).is_ok()).copied().collect();
    weight(&both) >= ONE_SENTENCE * f64::max(weight(&x), weight(&y))
}

/// The places where two articles have names of others between the same words, at their start too: of either name the other
/// article has no word, nor a form or an abbreviation of one.
pub(crate) fn places_renamed(
    [a, b]: [&Tokens; 2],
    alignment: &Alignment,
    vocabulary: &Vocabulary,
    words: &Words,
) -> usize {
    let start = alignment.chain.first().map(|block| (0..block.a, 0..block.b));
    let start = start.filter(|(x, y)| x.len().max(y.len()) <= NAME);
    let sites = alignment.firm_sites().map(|site| (site.a, site.b));
    let begins = |x: u32, y: u32| match (words.get(x), words.get(y)) {
        (Some(x), Some(y)) => x.chars().zip(y.chars()).take(ABBREVIATED).filter(|(x, y)| x == y).count() == ABBREVIATED,
        _ => false,
    };
    let names_another = |tokens: &Tokens, range: &Range<usize>, other: &Tokens, there: &Range<usize>| {
        let abbreviates = |name: u32| other.hashes()[there.clone()].iter().any(|&word| begins(name, word));
        let mut names = range.clone().filter(|&at| is_telling_name(tokens, at, vocabulary)).peekable();
        let is_another = |name: u32| lacks(other, name, vocabulary) && !abbreviates(name);
        names.peek().is_some() && names.all(|at| is_another(tokens.hashes()[at]))
    };
    start.into_iter().chain(sites).filter(|(x, y)| names_another(a, x, b, y) && names_another(b, y, a, x)).count()
}

/// Whether a word with a capital is a telling one.
fn is_telling_name(tokens: &Tokens, at: usize, vocabulary: &Vocabulary) -> bool {
    let flags = tokens.flags()[at];
    flags & flag::CAPITAL != 0 && flags & flag::NUMBER == 0 && is_telling(&vocabulary.word(tokens.hashes()[at]))
}

/// Whether few articles have a word, and it is no common one.
fn is_telling(word: &Word) -> bool {
    word.key && (word.name || !word.english)
}

/// Whether an article has neither a word nor a form of it, as `Harrow's` is one of `Harrow`.
fn lacks(tokens: &Tokens, token: u32, vocabulary: &Vocabulary) -> bool {
    let stem = vocabulary.word(token).stem;
    !tokens.hashes().contains(&token) && tokens.hashes().iter().all(|&other| vocabulary.word(other).stem != stem)
}

/// The rarest of the telling words of the name that an article begins with.
fn subject(tokens: &Tokens, vocabulary: &Vocabulary) -> Option<u32> {
    let length = tokens.flags().iter().take(NAME).take_while(|&&flags| flags & flag::CAPITAL != 0).count();
    let name = tokens.hashes()[..length].iter().map(|&token| (token, vocabulary.word(token)));
    let telling = name.filter(|(_, word)| is_telling(word));
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
        told(a, b, |[a, b], vocabulary, _| subjects_differ(a, b, vocabulary))
    }

    fn renamed(a: &str, b: &str) -> usize {
        told(a, b, |[a, b], vocabulary, words| {
            let count = |a, b| places_renamed([a, b], &Alignment::between(a, b), vocabulary, words);
            assert_eq!(count(a, b), count(b, a));
            count(a, b)
        })
    }

    fn begin_otherwise(a: &str, b: &str) -> bool {
        told(a, b, |[a, b], vocabulary, _| leads_differ(a, b, vocabulary))
    }

    fn told<T>(a: &str, b: &str, tell: impl Fn([&Tokens; 2], &Vocabulary, &Words) -> T) -> T {
        let other = "Another Corp was named in the south.";
        let said = "Shares of Harrow Mills and of Tolland Gas rose, as did Pennick Steel and Ostler Tin in the north.";
        let mut found = Vec::new();
        for text in [a, b, said, other] {
            found.extend(spelled(text));
        }
        let words: Words = found.iter().map(|(full, word)| (*full, &**word)).collect();
        let [a, b, said, other] = [a, b, said, other].map(|text| tokenise(text).tokens);
        let vocabulary = Vocabulary::learn(&[&a, &b, &said, &other], &words);
        tell([&a, &b], &vocabulary, &words)
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

    #[test]
    fn a_lead_with_other_figures_is_other_news() {
        let day = |sold: &str, ago: &str| {
            format!(
                "The Mint of Harrow said it sold {sold} ounces of tin at its weekly auction. That compares with {ago} \
                 a year ago. Bids came from smelters in the north, and 12 traders took part."
            )
        };
        assert!(begin_otherwise(&day("4,100", "3,950"), &day("5,725", "4,080")));
        assert!(!begin_otherwise(&day("4,100", "3,950"), &day("4,100", "4,080")));
        // What was news in the one is told further down in the other.
        assert!(!begin_otherwise(&day("4,100", "3,950"), &day("5,725", "4,100")));
        let reworded = "Pennick Steel sent 5,725 tons south. The Mint of Harrow had 12 traders in the north.";
        assert!(!begin_otherwise(&day("4,100", "3,950"), reworded));
        assert!(!begin_otherwise(&day("4,100", "3,950").repeat(5), &day("5,725", "4,080").repeat(5)));
    }

    #[test]
    fn names_of_others_in_the_same_places_are_counted() {
        let sale = |firm: &str, town: &str, buyer: &str| {
            format!("{firm} said it would sell its mill in {town} for nine million to {buyer} before the end of May.")
        };
        let one = sale("Brenforth Tin", "Quellby", "Ostrava Foods");
        assert_eq!(renamed(&one, &sale("Calderwick Zinc", "Marrowdale", "Ostrava Foods")), 2);
        assert_eq!(renamed(&one, &one), 0);
        // An abbreviation is no other name, and neither is one that the other article has elsewhere.
        assert_eq!(renamed(&one, &sale("Bren. Tin", "Quel.", "Ostrava Foods")), 0);
        assert_eq!(renamed(&one, &sale("Ostrava Foods", "Quellby", "Brenforth Tin")), 0);
    }
}
