//! Facts: do the figures and names agree where two articles correspond?
//!
//! What a copy keeps of its original is its facts. Two market reports written from one template share most of their
//! words in order, and are different news: the figures at the corresponding places differ.

use crate::article::{Tokens, flag};
use crate::verify::align::Alignment;

/// The figures and names that two articles have in corresponding places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Figures and names among the words that match.
    pub(crate) agree: usize,
    /// Places where both have a figure, and not one in common.
    pub(crate) figures_differ: usize,
    /// Places where both have a name, and not one in common.
    pub(crate) names_differ: usize,
}

impl Facts {
    /// Counts them at the sites of the alignment.
    pub(crate) fn of(a: &Tokens, b: &Tokens, alignment: &Alignment) -> Self {
        let mut facts = Self::default();
        for block in alignment.blocks() {
            facts.agree += (block.a..block.a + block.length).filter(|&at| is_figure(a, at) || is_name(a, at)).count();
        }
        for site in alignment.sites() {
            let differ = |holds: fn(&Tokens, usize) -> bool| {
                let of = |tokens: &Tokens, range: std::ops::Range<usize>| -> Vec<u32> {
                    range.filter(|&at| holds(tokens, at)).map(|at| tokens.hashes()[at]).collect()
                };
                let (x, y) = (of(a, site.a.clone()), of(b, site.b.clone()));
                !x.is_empty() && !y.is_empty() && !x.iter().any(|fact| y.contains(fact))
            };
            facts.figures_differ += usize::from(differ(is_figure));
            facts.names_differ += usize::from(differ(is_name));
        }
        facts
    }

    /// Whether any figure or name differs.
    pub(crate) fn differ(self) -> bool {
        self.figures_differ + self.names_differ > 0
    }

    /// Whether so many differ that the two are different news in the same words.
    pub(crate) fn veto(self) -> bool {
        let differ = self.figures_differ * 2 + self.names_differ;
        differ >= 4 && differ * 2 > self.agree
    }
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

    fn facts(a: &str, b: &str) -> Facts {
        let (a, b) = (tokenise(a).tokens, tokenise(b).tokens);
        Facts::of(&a, &b, &Alignment::of(a.hashes(), b.hashes()))
    }

    #[test]
    fn reworded_sentences_keep_their_facts() {
        let found = facts(
            "the firm said Hale would pay 12 million to walk away from the deal",
            "the firm said Hale will pay 12 million to stroll away from the pact",
        );
        assert_eq!((found.agree, found.figures_differ, found.names_differ), (2, 0, 0));
    }

    #[test]
    fn a_template_with_other_figures_is_told() {
        let found = facts(
            "shares of Acme closed 12 points up at 340 in light trading",
            "shares of Binford closed 31 points up at 285 in light trading",
        );
        assert_eq!((found.figures_differ, found.names_differ), (2, 1));
        assert!(found.differ() && found.veto());
    }

    #[test]
    fn shouting_makes_no_names() {
        assert!(!facts("we say Both Sides Walk Away Winners", "we say Either Side Stroll Off Losers").differ());
    }
}
