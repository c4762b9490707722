//! Carried over: does what two articles share stand in both word for word, as nobody leaves it who rewords a text?
//!
//! A later report on a story, or another on the same day, carries paragraphs over from an earlier one and tells its own
//! news around them. Whoever rewords an article changes words all over, and whoever shortens or extends one keeps its
//! sentences. So where two articles share their narration word for word, and a part of the shorter one stands nowhere in
//! the other, paragraphs were carried over: that is what excerpts are, and too little of it for one.

use crate::article::{Tokens, flag};
use crate::verify::align::Alignment;

/// Articles of fewer words than this have too few sentences for some to be carried over and some not.
pub(crate) const SHORTEST: usize = 150;

/// So many words in a row stand word for word: shorter runs a rewording leaves too.
const RUN: usize = 5;

/// Fewer words in common than this tell nothing.
const FEW: usize = 20;

/// The share of the words that two articles narrate alike that stand in runs of [`RUN`] or more. Quotations do not count:
/// whoever rewords a report leaves them as they are.
pub(crate) fn word_for_word(a: &Tokens, b: &Tokens, alignment: &Alignment) -> f64 {
    let is_narrated = |block_a: usize, block_b: usize| (a.flags()[block_a] | b.flags()[block_b]) & flag::QUOTED == 0;
    let (mut alike, mut in_runs) = (0, 0);
    for block in alignment.blocks() {
        let mut run = 0;
        for at in 0..=block.length {
            if at < block.length && is_narrated(block.a + at, block.b + at) {
                run += 1;
                continue;
            }
            alike += run;
            in_runs += if run >= RUN { run } else { 0 };
            run = 0;
        }
    }
    in_runs as f64 / alike.max(FEW) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;

    fn share(a: &str, b: &str) -> f64 {
        let [a, b] = [a, b].map(|text| tokenise(text).tokens);
        let share = word_for_word(&a, &b, &Alignment::between(&a, &b));
        assert!((share - word_for_word(&b, &a, &Alignment::between(&b, &a))).abs() < f64::EPSILON);
        share
    }

    const NARRATED: &str = "The reservoir above Karsholt was drained in nineteen days after divers found a crack as long as \
                            a bus in the inner wall, and the town has had its water from lorries since.";

    #[test]
    fn a_sentence_that_was_carried_over_stands_word_for_word() {
        let later = format!("Engineers began to fill the crack on Friday. {NARRATED} Nobody knows who pays.");
        assert!(share(NARRATED, &later) > 0.9);
    }

    #[test]
    fn a_reworded_one_does_not() {
        let reworded = "The lake above Karsholt was emptied in nineteen days when divers spotted a fissure as long as a \
                        coach in the inner face, and the place has got its water from trucks since.";
        assert!(share(NARRATED, reworded) < 0.3);
    }

    #[test]
    fn quotations_and_a_few_words_tell_nothing() {
        let quoted = format!("“{NARRATED}”");
        assert!(share(&quoted, &quoted) < f64::EPSILON);
        assert!(share("the town has had its water", "the town has had its water") < 0.5);
    }
}
