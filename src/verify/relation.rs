//! What a copy is to its original, and the one table that decides it.
//!
//! | relation | when |
//! |---|---|
//! | `exact` | the same tokens after normalisation |
//! | `near` | Jaccard of the shingles at least the threshold (0.7). Always links; `facts_differ` is set where the figures or names at corresponding places disagree ([`Facts::Strict`] then refuses the link) |
//! | `excerpt` | at least half of the shorter article's shingles stand in the longer one, and the facts do not disagree |
//! | `near` | scanned or otherwise damaged: most words that differ alone between two equal ones are misspellings of each other, and the [model] calls it a copy |
//! | `spun` | aligned in order, words replaced throughout, facts kept: the model calls it a copy (or it is in order throughout), and at least 45 % of the shorter article's words stand in the same order in both |
//! | `rewrite` | reworded, condensed, expanded or reordered, facts kept: the model calls it a copy |
//!
//! The first row that holds decides. Short notices in one form are no copies of each other below the threshold of `near`
//! if they are about others, or their figures are others, in the sentence that they begin with or throughout. Articles
//! that have a speech in common, and tell other things around it, are neither `spun` nor `rewrite`; nor are those of which
//! one carries paragraphs over from the other word for word, and tells other things around them. An article of fewer
//! tokens than a shingle has exact copies only; one of fewer than [`TOO_SHORT`] is too short for an excerpt (it is a
//! caption, a headline or a stock phrase), one of fewer than [`TOO_SHORT_TO_REWRITE`] for the last three rows, and one of
//! fewer than [`TOO_SHORT_WITHOUT_SYNONYM`] unless a synonym tells of rewriting.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use crate::article::{Article, Tokens};
use crate::config::{Config, Facts};
use crate::lexicon::learned::Lexicon;
use crate::lexicon::spellings::Words;
use crate::lexicon::vocabulary::Vocabulary;
use crate::text::ShingleSet;
use crate::verify::align::Alignment;
use crate::verify::carried;
use crate::verify::evidence::{self, Evidence, Isolated};
use crate::verify::facts;
use crate::verify::glance::{Glance, Seen};
use crate::verify::jaccard::{Overlap, Shared};
use crate::verify::model;
use crate::verify::notice;
use crate::verify::sentences::{self, Held, Sentences};
use crate::verify::speech;
use crate::verify::words::{self, WordSet};

/// Articles of fewer tokens than this are matched by their exact and near copies only.
pub const TOO_SHORT: usize = 30;

/// Articles of fewer tokens than this are not told from other reports in the same few words once they are reworded.
pub const TOO_SHORT_TO_REWRITE: usize = 60;

/// Articles of fewer tokens than this are reworded only if a word between two kept ones gave way to a synonym, or was
/// damaged: two notices in one form differ in their names and sums.
pub const TOO_SHORT_WITHOUT_SYNONYM: usize = 75;

/// Reworded copies have at least this share of the different words of the article that has fewer in common, estimated at a
/// glance: of 9,000 such pairs, half of them spun with up to 60 % of the words changed, none had less, …
const LEAST_WORDS_SEEN: f64 = 0.3;

/// … and three less than this together with the share of their pairs of neighbours, less a little where one is much shorter.
const LEAST_SEEN: f64 = 0.37;

/// How many words make a pair of neighbours.
const PAIR: usize = 2;

/// How much the share that a near copy or an excerpt holds may seem smaller at a glance.
const GLANCE: f64 = 0.1;

/// The share of the shorter article's words in the same order from which a reworded copy is `spun`.
const IN_ORDER: f64 = 0.45;

/// What a copy is to its original. Later relations keep less of it.
///
/// ```
/// use unspin::Relation;
/// assert_eq!("near".parse(), Ok(Relation::Near));
/// assert_eq!(Relation::Excerpt.to_string(), "excerpt");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// The same tokens.
    Exact,
    /// Most of the same shingles.
    Near,
    /// A part of the other, or a host of such a part.
    Excerpt,
    /// The same sentences with words replaced throughout.
    Spun,
    /// Sentences reworded, condensed, expanded or reordered.
    Rewrite,
}

impl Relation {
    /// All of them, from the closest.
    pub const ALL: [Self; 5] = [Self::Exact, Self::Near, Self::Excerpt, Self::Spun, Self::Rewrite];

    /// The relation's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Excerpt => "excerpt",
            Self::Spun => "spun",
            Self::Rewrite => "rewrite",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Relation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|relation| relation.as_str() == name)
            .ok_or_else(|| format!("{name:?} is no relation: give {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// What was measured of a pair of articles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// The probability that one is a copy of the other, 0 to 1.
    pub score: f64,
    /// Jaccard similarity of the shingles, 0 to 1.
    pub jaccard: f64,
    /// The share of the shorter article's shingles that stand in the other, 0 to 1.
    pub containment: f64,
    /// The share of the aligned words that are not identical, 0 to 1.
    pub words_changed: f64,
    /// Whether figures or names at corresponding places disagree.
    pub facts_differ: bool,
}

impl Scores {
    /// Those of two articles with the same tokens.
    pub(crate) const IDENTICAL: Self =
        Self { score: 1.0, jaccard: 1.0, containment: 1.0, words_changed: 0.0, facts_differ: false };
}

/// A pair's scores, the relation they make, and in words why.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The relation, if the pair is one of original and copy.
    pub relation: Option<Relation>,
    /// What the reports show.
    pub scores: Scores,
    /// Everything that was measured.
    pub evidence: Evidence,
    /// Why the pair is, or is not, a copy.
    pub why: String,
}

/// An article with the parts that every comparison needs, computed once for a batch of candidates.
pub(crate) struct Side<'a> {
    pub(crate) article: &'a Article,
    /// Its words without boilerplate, where it has some.
    bare: Option<Tokens>,
    words_seen: OnceLock<Glance>,
    pairs_seen: OnceLock<Glance>,
    shingles_seen: OnceLock<Glance>,
    words: OnceLock<WordSet>,
    shingles: OnceLock<ShingleSet>,
    bare_shingles: OnceLock<ShingleSet>,
    pairs: OnceLock<ShingleSet>,
    sentences: OnceLock<Sentences>,
    /// Its words between the first sentence and the last.
    inner: OnceLock<Range<usize>>,
}

impl<'a> Side<'a> {
    /// An article that has no boilerplate.
    pub(crate) fn whole(article: &'a Article) -> Self {
        Self {
            article,
            bare: None,
            words_seen: OnceLock::new(),
            pairs_seen: OnceLock::new(),
            shingles_seen: OnceLock::new(),
            words: OnceLock::new(),
            shingles: OnceLock::new(),
            bare_shingles: OnceLock::new(),
            pairs: OnceLock::new(),
            sentences: OnceLock::new(),
            inner: OnceLock::new(),
        }
    }
}

impl Side<'_> {
    /// The words that tell something.
    pub(crate) fn tokens(&self) -> &Tokens {
        self.bare.as_ref().unwrap_or(&self.article.tokens)
    }

    /// At its words that tell something.
    fn words_seen(&self) -> &Glance {
        self.words_seen.get_or_init(|| Glance::at_words(self.tokens().hashes()))
    }

    /// At their pairs of neighbours.
    fn pairs_seen(&self) -> &Glance {
        self.pairs_seen.get_or_init(|| Glance::at_shingles(self.tokens().hashes(), PAIR))
    }

    /// The shingles of all words.
    fn shingles(&self, width: usize) -> &ShingleSet {
        self.shingles.get_or_init(|| ShingleSet::new(self.article.tokens.hashes(), width))
    }

    /// The shingles of the words that tell something.
    fn bare_shingles(&self, width: usize) -> &ShingleSet {
        match &self.bare {
            Some(tokens) => self.bare_shingles.get_or_init(|| ShingleSet::new(tokens.hashes(), width)),
            None => self.shingles(width),
        }
    }
}

/// Applies the table: the settings, and what is known of the words.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'a> {
    pub(crate) config: &'a Config,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) words: &'a Words,
    /// The user's own pairs.
    pub(crate) lexicon: &'a Lexicon,
}

impl Judge<'_> {
    pub(crate) fn side<'s>(&self, article: &'s Article) -> Side<'s> {
        Side { bare: self.vocabulary.bare(&article.tokens), ..Side::whole(article) }
    }

    fn word_overlap(&self, a: &Side<'_>, b: &Side<'_>) -> Evidence {
        let set = |side: &Side<'_>| WordSet::new(side.tokens(), self.vocabulary);
        let lengths = [a, b].map(|side| side.tokens().len());
        words::in_common(a.words.get_or_init(|| set(a)), b.words.get_or_init(|| set(b)), lengths)
    }

    /// Whether the figures at corresponding places say that two articles are different news, whatever they have in common
    /// with a third.
    pub(crate) fn contradict(&self, a: &Side<'_>, b: &Side<'_>) -> bool {
        let (x, y) = (a.tokens(), b.tokens());
        let facts = facts::Facts::of(x, y, [x.len(), y.len()], &align(a, b), self.words);
        facts::many_differ(facts.figures_differ, facts.figures_agree)
    }

    pub(crate) fn sentences<'s>(&self, side: &'s Side<'_>) -> &'s Sentences {
        side.sentences.get_or_init(|| Sentences::new(side.tokens(), self.vocabulary))
    }

    fn held(&self, a: &Side<'_>, b: &Side<'_>) -> Held {
        let (x, y) = (self.sentences(a), self.sentences(b));
        let (shorter, longer) = if a.tokens().are_fewer(b.tokens()) { (x, y) } else { (y, x) };
        Held::of(shorter, longer, self.vocabulary)
    }

    /// A glance at the shingles of the words that tell something.
    fn shingles_seen<'s>(&self, side: &'s Side<'_>) -> &'s Glance {
        side.shingles_seen.get_or_init(|| Glance::at_shingles(side.tokens().hashes(), self.config.shingle))
    }

    fn overlap(&self, a: &Side<'_>, b: &Side<'_>) -> Shared {
        let width = self.config.shingle;
        let whole = Overlap::of(a.shingles(width), b.shingles(width));
        let bare = if is_whole(a, b) { whole } else { Overlap::of(a.bare_shingles(width), b.bare_shingles(width)) };
        Shared { jaccard: whole.jaccard(), containment: bare.containment() }
    }

    /// Applies the table to a pair that shares enough keys. `None` where the overlap rules a copy out.
    pub(crate) fn verify(&self, a: &Side<'_>, b: &Side<'_>) -> Option<(Relation, Evidence)> {
        if !self.config.view.has_stable() {
            // Without the spin-stable view the shingles alone decide.
            let overlap = self.overlap(a, b);
            if self.rules_out(overlap) {
                return None;
            }
            let words = Evidence::of_lengths([a, b].map(|side| side.tokens().len()));
            let evidence = self.measure(a, b, (words, overlap), &align(a, b), false);
            return Some((self.decide(a, b, &evidence)?, evidence));
        }
        // What is held of words and of pairs bounds what is held of shingles.
        let least_seen = self.least_held(a, b) - GLANCE;
        let words_seen = a.words_seen().compare(b.words_seen()).held;
        if words_seen < LEAST_WORDS_SEEN.min(least_seen) {
            return None;
        }
        let pairs_seen = a.pairs_seen().compare(b.pairs_seen());
        let shingles_seen = || self.shingles_seen(a).compare(self.shingles_seen(b)).held;
        let may_hold = words_seen.min(pairs_seen.held) >= least_seen && shingles_seen() >= least_seen;
        if !may_hold && words_seen + pairs_seen.held - log_length_ratio(a, b) / 10.0 < LEAST_SEEN {
            return None;
        }
        let overlap = may_hold.then(|| self.overlap(a, b));
        let words = self.word_overlap(a, b);
        let reworded = overlap.is_none_or(|overlap| self.rules_out(overlap));
        if reworded && !may_be_reworded(&words, pairs_seen) {
            return None;
        }
        let overlap = overlap.unwrap_or_else(|| self.overlap(a, b));
        let words = if reworded { with_pairs(&words, a, b) } else { words };
        let evidence = self.measure(a, b, (words, overlap), &align(a, b), reworded);
        let relation = self.decide(a, b, &evidence)?;
        Some((relation, evidence))
    }

    /// The share of the words outside boilerplate that a near copy or an excerpt holds at least.
    fn least_held(&self, a: &Side<'_>, b: &Side<'_>) -> f64 {
        let bare = |side: &Side<'_>| side.tokens().len() as f64 / side.article.tokens.len().max(1) as f64;
        let bare = bare(a).min(bare(b));
        // What is missed of a near copy may all be missed there, and all the boilerplate be held.
        let of_near = 1.0 - (1.0 - self.config.threshold) / bare.max(f64::EPSILON);
        of_near.min(self.config.containment)
    }

    /// Whether two articles share too few shingles to be near, or one an excerpt of the other.
    fn rules_out(&self, shared: Shared) -> bool {
        shared.jaccard < self.config.threshold && shared.containment < self.config.containment
    }

    /// Applies the table to any pair, and says why.
    pub(crate) fn explain(&self, a: &Side<'_>, b: &Side<'_>) -> (Verdict, Alignment) {
        let alignment = align(a, b);
        let words = with_pairs(&self.word_overlap(a, b), a, b);
        let evidence = self.measure(a, b, (words, self.overlap(a, b)), &alignment, true);
        let relation = self.decide(a, b, &evidence);
        let why = self.why(a, b, &evidence, relation);
        let whole = || Alignment::between(&a.article.tokens, &b.article.tokens);
        let shown = if is_whole(a, b) { alignment } else { whole() };
        (Verdict { relation, scores: scores(&evidence, relation), evidence, why }, shown)
    }

    /// Gathers the evidence: all of it, or none that only the model asks for.
    fn measure(
        &self,
        a: &Side<'_>,
        b: &Side<'_>,
        (words, shared): (Evidence, Shared),
        alignment: &Alignment,
        model: bool,
    ) -> Evidence {
        let (x, y) = (a.tokens(), b.tokens());
        let told = [a, b].map(|side| side.inner.get_or_init(|| sentences::inner(side.tokens())).clone());
        evidence::Parts {
            shared,
            facts: facts::Facts::of(x, y, told.each_ref().map(|told| told.end), alignment, self.words),
            figures_own: if model { facts::own(x, y, &told, self.vocabulary, self.words) } else { 0.0 },
            isolated: Isolated::of(x, y, alignment, self.words, self.lexicon, self.vocabulary),
            subjects_differ: notice::subjects_differ(x, y, self.vocabulary),
            leads_differ: notice::leads_differ(x, y, self.vocabulary),
            places_renamed: match x.len().min(y.len()) {
                ..sentences::NOTICE => notice::places_renamed([x, y], alignment, self.vocabulary, self.words),
                _ => 0,
            },
            share_a_speech: model && speech::is_all_they_share(x, y, alignment, self.vocabulary),
            word_for_word: if model { carried::word_for_word(x, y, alignment) } else { 0.0 },
            held: model.then(|| self.held(a, b)),
        }
        .complete(&words, x, y, alignment)
    }

    /// The table.
    fn decide(&self, a: &Side<'_>, b: &Side<'_>, evidence: &Evidence) -> Option<Relation> {
        if a.article.tokens.is_empty() || b.article.tokens.is_empty() {
            return None;
        }
        if a.article.content == b.article.content {
            return Some(Relation::Exact);
        }
        // The one shingle of so short an article is all of it, by 32 bits a word: among a million words some share them.
        if a.article.tokens.len().min(b.article.tokens.len()) < self.config.shingle {
            return None;
        }
        if evidence.jaccard >= self.config.threshold {
            let refused = self.config.facts == Facts::Strict && evidence.facts_differ();
            return (!refused).then_some(Relation::Near);
        }
        if evidence.words >= TOO_SHORT && evidence.containment >= self.config.containment {
            return (!evidence.facts_veto() && !evidence.notice_veto()).then_some(Relation::Excerpt);
        }
        let reworded = self.config.view.has_stable()
            && evidence.words >= TOO_SHORT_TO_REWRITE
            && (evidence.related + evidence.damaged > 0 || evidence.words >= TOO_SHORT_WITHOUT_SYNONYM)
            && !evidence.figures_veto()
            && !evidence.notice_veto()
            && !evidence.strangers_veto()
            && !evidence.share_a_speech
            && !evidence.carried_over()
            && probability(evidence) >= 0.5;
        reworded.then(|| {
            if evidence.is_noisy() {
                Relation::Near
            } else if evidence.in_order >= IN_ORDER {
                Relation::Spun
            } else {
                Relation::Rewrite
            }
        })
    }

    fn why(&self, a: &Side<'_>, b: &Side<'_>, evidence: &Evidence, relation: Option<Relation>) -> String {
        let Config { threshold, containment, shingle, .. } = *self.config;
        let odds = probability(evidence);
        let reads_alike = self.config.view.has_stable() && odds >= 0.5;
        let alike = reads_alike || evidence.containment >= containment;
        match relation {
            Some(Relation::Exact) => "the same words in the same order".to_owned(),
            Some(Relation::Near) if evidence.jaccard < threshold => {
                format!("the same text with {} words damaged, as scanning does", evidence.damaged)
            }
            Some(Relation::Near) => {
                format!(
                    "Jaccard {:.2} of the {shingle}-word shingles reaches the threshold {threshold}",
                    evidence.jaccard
                )
            }
            Some(Relation::Spun) => format!(
                "{:.0} % of the shorter article's words stand in the same order, {} words between kept ones were replaced \
                 by synonyms and {} by others, and {} figures and names agree where {} differ",
                evidence.in_order * 100.0,
                evidence.related,
                evidence.unrelated,
                evidence.figures_agree + evidence.names_agree,
                evidence.figures_differ + evidence.names_differ
            ),
            Some(Relation::Rewrite) => format!(
                "reworded: {:.0} % of the shorter article's wording, by rarity, and {:.0} % of its names and figures stand in \
                 the other",
                evidence.words_held * 100.0,
                evidence.keys_held * 100.0
            ),
            Some(Relation::Excerpt) => format!(
                "{:.0} % of the shorter article's {shingle}-word shingles stand in the other",
                evidence.containment * 100.0
            ),
            None if a.article.tokens.is_empty() || b.article.tokens.is_empty() => {
                "an article without words matches nothing".to_owned()
            }
            None if alike && evidence.subjects_differ && evidence.notice_veto() => {
                "not a copy, though the wording is alike: two short notices that begin with the names of others"
                    .to_owned()
            }
            None if alike && evidence.leads_differ && evidence.notice_veto() => {
                "not a copy, though the wording is alike: two short articles that begin with one sentence and other figures"
                    .to_owned()
            }
            None if reads_alike && evidence.figures_veto() && evidence.figures_differ == 0 => {
                "not a copy, though the wording is alike: most of the figures of one are nowhere in the other".to_owned()
            }
            None if evidence.facts_veto() || alike && (evidence.notice_veto() || evidence.figures_veto()) => format!(
                "not a copy, though the wording is alike: {} figures and {} names differ at corresponding places, {} agree",
                evidence.figures_differ,
                evidence.names_differ,
                evidence.figures_agree + evidence.names_agree
            ),
            None if reads_alike && evidence.share_a_speech => {
                "not a copy, though much is the same: that is what somebody said, and what is told around it is not"
                    .to_owned()
            }
            None if reads_alike && evidence.carried_over() => {
                "not a copy, though paragraphs were carried over word for word: the rest of the shorter article is its own"
                    .to_owned()
            }
            None if reads_alike && evidence.strangers_veto() => format!(
                "not a copy, though the wording is alike: {} words between kept ones gave way to others that are no synonyms, \
                 {} to synonyms",
                evidence.unrelated, evidence.related
            ),
            None if reads_alike => format!(
                "the shorter article has {} words, too few to tell a reworded copy from another report in the same words",
                evidence.words
            ),
            None => {
                let Evidence { jaccard, containment: held, .. } = evidence;
                let below = format!(
                    "Jaccard {jaccard:.2} is below the threshold {threshold} and containment {held:.2} below {containment}"
                );
                let reworded = format!("; the odds that one was reworded from the other are {odds:.2}");
                if self.config.view.has_stable() { below + &reworded } else { below }
            }
        }
    }
}

/// Whether neither has boilerplate.
fn is_whole(a: &Side<'_>, b: &Side<'_>) -> bool {
    a.bare.is_none() && b.bare.is_none()
}

/// How much longer the one is than the other, as a logarithm: a long article has many of a short one's words by chance.
fn log_length_ratio(a: &Side<'_>, b: &Side<'_>) -> f64 {
    let [a, b] = [a, b].map(|side| side.tokens().len().max(1) as f64);
    (a / b).ln().abs().min(3.5)
}

/// Whether the words of two articles, and what a glance at their pairs of neighbours tells, leave it possible that the model
/// calls one a copy.
fn may_be_reworded(words: &Evidence, Seen { shared, held }: Seen) -> bool {
    words.words >= TOO_SHORT_TO_REWRITE
        && model::may_be_copy(words)
        && model::may_be_copy_in_pairs(&Evidence { pairs_shared: shared, pairs_held: held, ..*words })
}

/// What the words tell, and what their pairs of neighbours tell besides.
fn with_pairs(words: &Evidence, a: &Side<'_>, b: &Side<'_>) -> Evidence {
    let set = |side: &Side<'_>| ShingleSet::new(side.tokens().hashes(), PAIR);
    let pairs = Overlap::of(a.pairs.get_or_init(|| set(a)), b.pairs.get_or_init(|| set(b)));
    Evidence { pairs_shared: pairs.jaccard(), pairs_held: pairs.containment(), ..*words }
}

/// Aligns the words that tell something.
fn align(a: &Side<'_>, b: &Side<'_>) -> Alignment {
    Alignment::between(a.tokens(), b.tokens())
}

/// What the reports show of the evidence.
pub(crate) fn scores(evidence: &Evidence, relation: Option<Relation>) -> Scores {
    if relation == Some(Relation::Exact) {
        return Scores::IDENTICAL;
    }
    Scores {
        score: match relation {
            Some(Relation::Near | Relation::Excerpt) => score(evidence),
            _ => probability(evidence),
        },
        jaccard: evidence.jaccard,
        containment: evidence.containment,
        words_changed: evidence.words_changed,
        facts_differ: evidence.facts_differ(),
    }
}

/// Of the labelled pairs that are in order throughout this share are copies; what the model says of them is guesswork,
/// as nothing that it was fitted on is like them and no copy.
const IN_ORDER_THROUGHOUT: f64 = 0.99;

/// The probability that a reworded pair is one of original and copy.
fn probability(evidence: &Evidence) -> f64 {
    let certain = if evidence.in_order_throughout() { IN_ORDER_THROUGHOUT } else { 0.0 };
    model::probability(evidence).max(certain)
}

/// The probability that a pair of much the same shingles is one of original and copy: a logistic curve through the
/// larger of the two overlaps, less where the facts speak against it.
fn score(evidence: &Evidence) -> f64 {
    let doubt = if evidence.facts_differ() { 2.0 } else { 0.0 };
    let overlap = 8.0 * evidence.jaccard.max(evidence.containment) - 2.0 - doubt;
    1.0 / (1.0 + (-overlap).exp())
}
