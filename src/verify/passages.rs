//! The passages that two articles have in common, and whether a third article has them too: two articles that have
//! different passages of one text have nothing to do with each other.

use std::cell::OnceCell;
use std::sync::Arc;

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
pub(crate) struct SharedPassages<'s> {
    judge: Judge<'s>,
    hub: Arc<Side<'s>>,
    other: Arc<Side<'s>>,
    /// Of every word of the hub whether it stands in a passage that the other has too.
    words: Vec<bool>,
    /// Of every sentence its weight, and whether it has a counterpart in the other: found when it is asked for.
    sentences: OnceCell<Vec<(f64, bool)>>,
}

impl<'s> SharedPassages<'s> {
    pub(crate) fn of(judge: Judge<'s>, hub: Arc<Side<'s>>, other: Arc<Side<'s>>) -> Self {
        let words = in_passages(&hub, &other);
        Self { judge, hub, other, words, sentences: OnceCell::new() }
    }

    /// Whether a third article has them, and is no other news than the one they are shared with. Where the two share
    /// words, but no passage, nothing is said against it.
    pub(crate) fn are_held_by(&self, third: &Side<'_>) -> bool {
        (self.words_are_held_by(third) || self.sentences_are_held_by(third))
            && !self.judge.contradict(third, &self.other)
    }

    fn words_are_held_by(&self, third: &Side<'_>) -> bool {
        let theirs = in_passages(&self.hub, third);
        let shared = self.words.iter().filter(|&&word| word).count();
        let held = self.words.iter().zip(theirs).filter(|&(&ours, theirs)| ours && theirs).count();
        held as f64 >= HELD * shared as f64
    }

    fn sentences_are_held_by(&self, third: &Side<'_>) -> bool {
        let theirs = self.with_counterparts(third);
        let ours = self.sentences.get_or_init(|| self.with_counterparts(&self.other));
        let shared = ours.iter().zip(theirs).filter(|(ours, _)| ours.1);
        let (held, all) = shared.fold((0.0, 0.0), |(held, all), (&(weight, _), (_, has_one))| {
            (if has_one { held + weight } else { held }, all + weight)
        });
        all > 0.0 && held >= SENTENCES_HELD * all
    }

    fn with_counterparts(&self, side: &Side<'_>) -> Vec<(f64, bool)> {
        self.judge.sentences(&self.hub).with_counterparts(self.judge.sentences(side))
    }
}

/// Of every word of one article whether it stands in a passage that another has too.
fn in_passages(hub: &Side<'_>, other: &Side<'_>) -> Vec<bool> {
    let mut words = vec![false; hub.tokens().len()];
    let alignment = Alignment::between(hub.tokens(), other.tokens());
    alignment.tight_stretches().for_each(|(range, _)| words[range].fill(true));
    words
}
