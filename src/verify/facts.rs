//! Facts: do the figures and names agree where two articles correspond?
//!
//! What a copy keeps of its original is its facts. Two market reports written from one template share most of their
//! words in order, and are different news: the figures at the corresponding places differ.

use std::ops::Range;

use crate::article::{Tokens, flag};
use crate::lexicon::spellings::Words;
use crate::lexicon::vocabulary::Vocabulary;
use crate::verify::align::Alignment;

/// The figures and names that two articles have in corresponding places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Figures among the words that match.
    pub(crate) figures_agree: usize,
    /// Names among the words that match.
    pub(crate) names_agree: usize,
    /// Places where both have a figure, and not one in common.
    pub(crate) figures_differ: usize,
    /// Places where both have a name, and not one in common.
    pub(crate) names_differ: usize,
}

impl Facts {
    /// Counts them at the sites of the alignment, figures that differ only up to the ends of what either article tells: those
    /// of its last sentence may be of its page.
    pub(crate) fn of(a: &Tokens, b: &Tokens, ends: [usize; 2], alignment: &Alignment, words: &Words) -> Self {
        let mut facts = Self::default();
        let flags = a.flags();
        for block in alignment.blocks() {
            let matching = &flags[block.a..block.a + block.length];
            facts.figures_agree += matching.iter().filter(|&&flags| flags & flag::NUMBER != 0).count();
            let capitals = matching.iter().zip(block.a..).filter(|&(flags, _)| flags & flag::CAPITAL != 0);
            facts.names_agree += capitals.filter(|&(_, at)| is_name(a, at)).count();
        }
        for site in alignment.firm_sites() {
            let before = |site: &Range<usize>, end: usize| site.start..site.end.min(end).max(site.start);
            let told = [before(&site.a, ends[0]), before(&site.b, ends[1])];
            let figures = [held(a, told[0].clone(), is_figure), held(b, told[1].clone(), is_figure)];
            match (disjoint(&figures), same_digits(&figures, words)) {
                (true, false) => facts.figures_differ += 1,
                (true, true) => facts.figures_agree += 1,
                (false, _) => {}
            }
            let names = [held(a, site.a, is_name), held(b, site.b, is_name)];
            facts.names_differ += usize::from(disjoint(&names));
        }
        facts
    }
}

/// Whether figures disagree at a third of their places or more, and at two at least.
pub(crate) fn many_differ(differ: usize, agree: usize) -> bool {
    differ >= 2 && differ * 2 >= agree
}

/// A figure of fewer digits than this stands in articles of all kinds.
const DIGITS: usize = 2;

/// Articles with fewer figures than this may have others without being other news.
const FEW_FIGURES: usize = 4;

/// The share of the figures that either article tells, in the range of its words, that are nowhere in the other, whichever is
/// smaller. A copy on another page has the date, the hour and the counters of that.
pub(crate) fn own(a: &Tokens, b: &Tokens, told: &[Range<usize>; 2], vocabulary: &Vocabulary, words: &Words) -> f64 {
    let figures = |tokens: &Tokens, range: Range<usize>| -> Vec<u32> {
        let is_telling = |token: u32| {
            words.get(token).is_none_or(|word| word.chars().filter(|c| c.is_numeric()).take(DIGITS).count() == DIGITS)
        };
        let figures = range.filter(|&at| is_figure(tokens, at)).map(|at| tokens.hashes()[at]);
        // As stems, since one article writes `12,500` and the other `12500`.
        let mut figures: Vec<u32> =
            figures.filter(|&token| is_telling(token)).map(|token| vocabulary.word(token).stem).collect();
        figures.sort_unstable();
        figures.dedup();
        figures
    };
    let share = |tokens: &Tokens, told: &Range<usize>, other: &Tokens| {
        let (own, theirs) = (figures(tokens, told.clone()), figures(other, 0..other.len()));
        let lacking = own.iter().filter(|figure| theirs.binary_search(figure).is_err()).count();
        if own.len() < FEW_FIGURES { 0.0 } else { lacking as f64 / own.len() as f64 }
    };
    share(a, &told[0], b).min(share(b, &told[1], a))
}

/// The tokens of a range that are figures, or names.
fn held(tokens: &Tokens, range: Range<usize>, is: fn(&Tokens, usize) -> bool) -> Vec<u32> {
    range.filter(|&at| is(tokens, at)).map(|at| tokens.hashes()[at]).collect()
}

/// Whether both have some, and not one in common.
fn disjoint([x, y]: &[Vec<u32>; 2]) -> bool {
    !x.is_empty() && !y.is_empty() && !x.iter().any(|fact| y.contains(fact))
}

/// Whether two lists of figures have the same digits in the same order: careless tools cut `7.1bn` in two, or write
/// `50,000` without its comma.
fn same_digits([x, y]: &[Vec<u32>; 2], words: &Words) -> bool {
    let digits = |figures: &[u32]| -> String {
        let spelled = figures.iter().filter_map(|token| words.get(*token));
        spelled.flat_map(|word| word.chars().filter(|c| c.is_numeric())).collect()
    };
    let (x, y) = (digits(x), digits(y));
    !x.is_empty() && x == y
}

fn is_figure(tokens: &Tokens, at: usize) -> bool {
    tokens.flags()[at] & flag::NUMBER != 0
}

/// A capital inside a sentence. In a headline or a shouted passage, where most words have one, it means nothing.
fn is_name(tokens: &Tokens, at: usize) -> bool {
    let flags = tokens.flags();
    let capital = |at: usize| flags.get(at).is_some_and(|flags| flags & flag::CAPITAL != 0);
    capital(at)
        && flags[at] & flag::SENTENCE == 0
        && (at.saturating_sub(2)..at + 3).filter(|&near| capital(near)).count() < 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;
    use crate::text::tokenise::spelled;
    use crate::verify::sentences;

    fn facts(a: &str, b: &str) -> Facts {
        let mut found = Vec::new();
        for text in [a, b] {
            found.extend(spelled(text));
        }
        let words: Words = found.iter().map(|(full, word)| (*full, &**word)).collect();
        let (a, b) = (tokenise(a).tokens, tokenise(b).tokens);
        let ends = [&a, &b].map(|tokens| sentences::inner(tokens).end);
        Facts::of(&a, &b, ends, &Alignment::of(a.hashes(), b.hashes()), &words)
    }

    #[test]
    fn figures_cut_in_two_are_the_same() {
        let found = facts("it rose by £7.1bn in the month", "it hiked by £7. 1bn in the month");
        assert_eq!((found.figures_agree, found.figures_differ), (1, 0));
    }

    #[test]
    fn reworded_sentences_keep_their_facts() {
        let found = facts(
            "the firm said Hale would pay 12 million to walk away from the deal",
            "the firm said Hale will pay 12 million to stroll away from the pact",
        );
        let agree = (found.figures_agree, found.names_agree);
        assert_eq!((agree, found.figures_differ, found.names_differ), ((1, 1), 0, 0));
    }

    #[test]
    fn a_template_with_other_figures_is_told() {
        let found = facts(
            "shares of Acme closed 12 points up at 340 in light trading",
            "shares of Binford closed 31 points up at 285 in light trading",
        );
        assert_eq!((found.figures_differ, found.names_differ), (2, 1));
    }

    #[test]
    fn shouting_makes_no_names() {
        let found = facts("we say Both Sides Walk Away Winners", "we say Either Side Stroll Off Losers");
        assert_eq!(found.names_differ, 0);
    }

    fn share_of_its_own(a: &str, b: &str) -> f64 {
        let spellings: Vec<_> = [a, b].into_iter().flat_map(spelled).collect();
        let words: Words = spellings.iter().map(|(full, word)| (*full, &**word)).collect();
        let [a, b] = [a, b].map(|text| tokenise(text).tokens);
        let vocabulary = Vocabulary::learn(&[&a, &b], &words);
        let [x, y] = [&a, &b].map(sentences::inner);
        let share = own(&a, &b, &[x.clone(), y.clone()], &vocabulary, &words);
        assert!((share - own(&b, &a, &[y, x], &vocabulary, &words)).abs() < f64::EPSILON);
        share
    }

    const MARKET: &str = "Tin was dear again on all of its markets. For June it rose 14.50 to 388.25, and for July 12.75 to 391. Some 640 lots \
                          were sold by 3 firms. Dealers had looked for much less than that.";

    #[test]
    fn the_report_of_the_next_day_has_figures_of_its_own() {
        let next = "Tin was cheaper at last on all of its markets. July fell 8.25 to 379.50, and August 9.75 to 382. Only 410 lots changed hands \
                    among 3 firms. Dealers had looked for much more than that.";
        assert!(share_of_its_own(MARKET, next) > 0.7);
        // One of five is in both, and a digit says nothing.
        assert!(share_of_its_own(MARKET, &next.replace("410", "640")) > 0.7);
    }

    #[test]
    fn a_copy_has_the_figures_wherever_it_puts_them() {
        let moved = "Dealers had not looked for it at all. Three firms sold 640 lots of tin: July at 391, up 12.75, and June at \
                     388.25. That was 14.50 more than before. It had been 12 and 31 the week before.";
        assert!(share_of_its_own(MARKET, moved) < 0.3);
        // An extract has few, and a longer report those of the shorter and more.
        assert!(share_of_its_own(MARKET, "June tin went up to 388.25 and July to 391.") < 0.3);
        assert!(
            share_of_its_own(MARKET, &format!("{MARKET} Zinc lost 17 to 240, 31 lots, and lead 22 to 180, 96 lots."))
                < 0.3
        );
        assert!(
            share_of_its_own(
                "So it was for all of us. It sold 12,500 of 13,000 at 72 on 14 days. And so it went on for long.",
                "So it was for all of us. On 14 days it sold 12500 of 13000 at 72. And so it went on for long."
            ) < 0.3
        );
    }

    #[test]
    fn the_dates_and_counters_of_a_page_are_none_of_its_article() {
        let body = "Each of them had been on the floor since the doors were opened in the morning. ".repeat(6);
        let on_page = |foot: &str| format!("{MARKET} {body}\n\n{foot}");
        let here = on_page("Posted by the desk | 17 June 2013 | 14:22 | 45 comments | 3381 views");
        let there = on_page("First published 28 March 2011 at 10:51, last modified 19:37, read 712 times.");
        assert!(share_of_its_own(&here, &there) < 0.3);
        assert_eq!(facts(&here, &there).figures_differ, 0);
    }
}
