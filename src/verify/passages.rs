//! The passages that two articles have in common, and whether a third article has them too: two articles that have
//! different passages of one text have nothing to do with each other.

use crate::verify::align::Alignment;
use crate::verify::relation::{Judge, Side};

/// What two articles have in common is of one source with a third article that has this share of it, word for word: of
/// the development sets' copies the shuffled ones have 0.48 at least, most all of it; other reports of the same event 0.42
/// at most, if they do not quote one text.
const HELD: f64 = 0.45;

/// The same by the sentences that have a counterpart, for articles that are reworded so much that little stands word for
/// word: more of it, as sentences on one event are alike sooner than passages are.
const SENTENCES_HELD: f64 = 0.75;

/// What one article, the hub, has in common with another.
pub(crate) struct SharedPassages {
    /// Of every word whether it stands in a passage that the other has too.
    words: Vec<bool>,
    /// Of every sentence its weight, and whether it has a counterpart in the other.
    sentences: Vec<(f64, bool)>,
}

impl SharedPassages {
    pub(crate) fn of(hub: &Side<'_>, other: &Side<'_>, judge: &Judge<'_>) -> Self {
        let mut words = vec![false; hub.tokens().len()];
        let alignment = Alignment::between(hub.tokens(), other.tokens());
        alignment.tight_stretches().for_each(|(range, _)| words[range].fill(true));
        Self { words, sentences: judge.sentences(hub).with_counterparts(judge.sentences(other)) }
    }

    /// Whether a third article has them, of the same `hub`. Where the two share words, but no passage, nothing is said
    /// against it.
    pub(crate) fn are_held_by(&self, hub: &Side<'_>, third: &Side<'_>, judge: &Judge<'_>) -> bool {
        let theirs = Self::of(hub, third, judge);
        let shared = self.words.iter().filter(|&&word| word).count();
        let held = self.words.iter().zip(&theirs.words).filter(|&(&ours, &theirs)| ours && theirs).count();
        held as f64 >= HELD * shared as f64 || self.sentences_are_held_by(&theirs)
    }

    fn sentences_are_held_by(&self, theirs: &Self) -> bool {
        let ours = self.sentences.iter().zip(&theirs.sentences).filter(|(ours, _)| ours.1);
        let (held, all) = ours.fold((0.0, 0.0), |(held, all), (&(weight, _), theirs)| {
            (if theirs.1 { held + weight } else { held }, all + weight)
        });
        all > 0.0 && held >= SENTENCES_HELD * all
    }
}
