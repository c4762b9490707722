//! Evidence: everything that is measured of a pair before its relation is decided.

use crate::article::Tokens;
use crate::lexicon::learned::Lexicon;
use crate::lexicon::spellings::Words;
use crate::lexicon::thesaurus::Thesaurus;
use crate::lexicon::vocabulary::Vocabulary;
use crate::verify::align::Alignment;
use crate::verify::carried;
use crate::verify::facts::{self, Facts};
use crate::verify::jaccard::Shared;
use crate::verify::sentences::{Held, NOTICE};

/// Damaged words from which a text passes for a scanned one.
const DAMAGED: usize = 5;

/// Fewer synonyms than this are an editor's.
const FEW_SYNONYMS: usize = 4;

/// One word is clearly commoner than another when it is in e^0.3 times as many articles.
const COMMONER: f32 = 0.3;

/// What is measured of a pair of articles. Shares are from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// Jaccard similarity of the shingles.
    pub jaccard: f64,
    /// The share of the smaller shingle set that the other holds.
    pub containment: f64,
    /// How many words the shorter article has.
    pub words: usize,
    /// How many words the longer has.
    pub words_longer: usize,
    /// Jaccard similarity of the words, each weighted by its rarity.
    pub words_shared: f64,
    /// The share of the shorter article's words that the other holds, weighted likewise.
    pub words_held: f64,
    /// Jaccard similarity of the stems of the words, weighted likewise.
    pub stems_shared: f64,
    /// The share of the shorter article's stems that the other holds, weighted likewise.
    pub stems_held: f64,
    /// Jaccard similarity of the commonest words, which only a copy has in common with a text of its length.
    pub function_words_shared: f64,
    /// Jaccard similarity of the plain words, which belong to no one story.
    pub plain_words_shared: f64,
    /// Jaccard similarity of the pairs of neighbouring words.
    pub pairs_shared: f64,
    /// The share of the smaller set of such pairs that the other holds.
    pub pairs_held: f64,
    /// The share of the shorter article's words that stand in the same order in both.
    pub in_order: f64,
    /// The share of the shorter article's words that stand in tight stretches: replaced one by one, others kept.
    pub tight: f64,
    /// The mean share of the shorter article's sentences that stands in one place of the longer, weighted by rarity.
    pub sentences_held: f64,
    /// The same of the longer article's sentences in the shorter.
    pub sentences_held_longer: f64,
    /// The share of the shorter article's sentences of which at least half stands in one place of the longer.
    pub sentences_kept: f64,
    /// The mean share of the third of its sentences of which least does.
    pub sentences_weakest: f64,
    /// The share of its sentences that come in the same order in the longer.
    pub sentences_in_order: f64,
    /// How many those are.
    pub sentences_ordered: usize,
    /// The share of its sentences that correspond to one of the longer, and whose neighbours do too.
    pub sentences_paired: f64,
    /// Words of the shorter article's sentences that the corresponding sentences of the longer do not have.
    pub exchanged: usize,
    /// Those of them that have a synonym there.
    pub stand_ins: usize,
    /// The share of the second article's aligned words that are not identical.
    pub words_changed: f64,
    /// The share of the first article's.
    pub words_changed_first: f64,
    /// Words replaced by a synonym between two words that were kept.
    pub related: usize,
    /// Words replaced by something else between two words that were kept.
    pub unrelated: usize,
    /// Those of the unrelated whose both words the thesaurus knows, and knows to be strangers.
    pub strangers: usize,
    /// Words damaged between two words that were kept, as scanning does: the same letters but for one or two.
    pub damaged: usize,
    /// Replaced words of which the first article's is clearly the commoner: spinners replace common words by rarer ones,
    /// so this speaks for the first as the original.
    pub commoner_first: usize,
    /// Replaced words of which the second article's is clearly the commoner.
    pub commoner_second: usize,
    /// How many different figures the article has that has fewer.
    pub figures: usize,
    /// The share of the figures of the article that has fewer that the other has too.
    pub figures_held: f64,
    /// The same of names.
    pub names_held: f64,
    /// The same of all key words: figures, names and rare words.
    pub keys_held: f64,
    /// The share of the key words of both that come in the same order.
    pub keys_in_order: f64,
    /// Figures that agree at corresponding places.
    pub figures_agree: usize,
    /// Names that agree at corresponding places.
    pub names_agree: usize,
    /// Places where both articles have a figure, and not one in common. Their last sentences are left out, where they are
    /// no notices: those may be of their pages.
    pub figures_differ: usize,
    /// Places where both have a name, and not one in common.
    pub names_differ: usize,
    /// The share of either article's figures of two digits or more that are nowhere in the other, whichever is smaller; none
    /// if these are few.
    pub figures_own: f64,
    /// Whether both are short notices that begin with names, and neither has the other's.
    pub subjects_differ: bool,
    /// Whether they begin with one sentence that has other figures in either.
    pub leads_differ: bool,
    /// Places where both, if they are short, have the names of others that come nowhere in the other.
    pub places_renamed: usize,
    /// Whether most of what the two have in common one of them quotes, and its narration is not the other's.
    pub share_a_speech: bool,
    /// The share of the narrated words in common that stand word for word in both, in runs of five or more.
    pub word_for_word: f64,
}

impl Evidence {
    /// Of two articles of which only the lengths are known.
    pub(crate) fn of_lengths([a, b]: [usize; 2]) -> Self {
        Self { words: a.min(b), words_longer: a.max(b), ..Self::default() }
    }

    /// Whether any figure or name differs.
    pub fn facts_differ(&self) -> bool {
        self.figures_differ + self.names_differ > 0
    }

    /// Whether the figures say that this is other news: they disagree at half of their places; or, unless a spinner's
    /// synonyms are all over the text, at a third of them, or most of those of either article are nowhere in the other, which
    /// takes more of them where there are some synonyms. That is a template filled anew.
    pub fn figures_veto(&self) -> bool {
        if self.is_noisy() {
            return false; // a scanner misreads figures as it misreads words
        }
        let spinner = self.related >= 8 && self.related >= 4 * self.unrelated;
        let most = self.figures_differ >= 2 && self.figures_differ >= self.figures_agree;
        let many = facts::many_differ(self.figures_differ, self.figures_agree);
        let others = self.figures >= 6 && self.figures_held < 0.5;
        let own = self.figures_own > 0.5 && (others || self.related < FEW_SYNONYMS);
        most || (!spinner && (many || own))
    }

    /// Whether the second is the first, or a part of it, line by line: matching words all along with few others between
    /// them, most of those related, and the facts kept. Nothing but a copy is; a template filled anew has other names and figures.
    pub fn in_order_throughout(&self) -> bool {
        self.words >= 100
            && self.in_order >= 0.6
            && self.tight >= 0.5
            && self.names_held >= 0.5
            && (self.figures < 3 || self.figures_held >= 0.7)
            && self.figures_differ * 4 <= self.figures_agree
            && self.unrelated <= 2 * (self.related + self.damaged)
    }

    /// The share of the longer article's words that stand in the same order in both.
    pub fn in_order_longer(&self) -> f64 {
        self.in_order * self.words as f64 / self.words_longer.max(1) as f64
    }

    /// Whether most words that differ are misspellings of each other, as scanning makes them.
    pub fn is_noisy(&self) -> bool {
        self.damaged >= DAMAGED && self.damaged > self.related + self.unrelated
    }

    /// Whether words were replaced by others that no spinner would choose: an article edited into another. Where every
    /// name and figure was kept, it is the same article, however clumsy the spinner.
    pub fn strangers_veto(&self) -> bool {
        self.strangers >= 20 && self.strangers > 5 * self.related && !self.keeps_facts()
    }

    /// Whether there are many facts, next to all of them the other's too, and none differs where the two correspond.
    fn keeps_facts(&self) -> bool {
        !self.facts_differ()
            && self.figures_agree + self.names_agree >= 20
            && self.names_held >= 0.9
            && (self.figures < 3 || self.figures_held >= 0.9)
    }

    /// Whether the two are notices in one form: short, and about others, or line by line the same with other figures, or
    /// word for word with others' names, or with other figures in the sentence that they begin with. Where synonyms tell of
    /// a spinner, names and figures may be his.
    pub fn notice_veto(&self) -> bool {
        let short = self.words < NOTICE;
        let other_figures = self.in_order >= 0.6 && self.figures_differ > 0 && self.figures_held <= 0.5;
        let word_for_word = self.containment >= 0.5 && self.in_order >= 0.8 && self.related + self.damaged == 0;
        let other_names = word_for_word && self.places_renamed >= 2;
        let other_lead = self.leads_differ && self.related < FEW_SYNONYMS;
        !self.is_noisy() && (self.subjects_differ || other_lead || short && (other_figures || other_names))
    }

    /// Whether the longer of two articles, or the shorter, carries paragraphs over and tells something else around them: what
    /// they narrate alike stands word for word, much of the shorter article does not correspond to the other, and a third
    /// of its sentences has little there. Where synonyms tell of a spinner, he left those runs.
    pub fn carried_over(&self) -> bool {
        self.words >= carried::SHORTEST
            && self.word_for_word >= 0.55
            && self.tight < 0.6
            && self.sentences_held > 0.0 // or they were too many to be compared
            && self.sentences_weakest < 0.4
            && self.related < FEW_SYNONYMS
            && !self.is_noisy()
    }

    /// Whether so many differ that the two are different news in the same words.
    pub fn facts_veto(&self) -> bool {
        let differ = self.figures_differ * 2 + self.names_differ;
        let many_figures = self.figures_differ >= 2 && self.figures_differ * 3 >= self.figures_agree;
        many_figures || differ >= 4 && differ * 2 > self.figures_agree + self.names_agree
    }
}

/// What became of the words that stand alone between two that were kept, and were replaced by one other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Isolated {
    related: usize,
    unrelated: usize,
    strangers: usize,
    damaged: usize,
    commoner: [usize; 2],
}

impl Isolated {
    /// Counts them. Alignment seeks synonyms; only such isolated sites are unbiased witnesses.
    ///
    /// A site that is a pair of the user's own is related however many words it has: phrases do not agree by chance.
    pub(crate) fn of(
        a: &Tokens,
        b: &Tokens,
        alignment: &Alignment,
        words: &Words,
        lexicon: &Lexicon,
        vocabulary: &Vocabulary,
    ) -> Self {
        let english = Thesaurus::english();
        let mut found = Self::default();
        for site in alignment.sites() {
            let learned = lexicon.related(&a.hashes()[site.a.clone()], &b.hashes()[site.b.clone()]);
            if site.a.len() != 1 || site.b.len() != 1 {
                found.related += usize::from(learned);
                continue;
            }
            let word = |tokens: &Tokens, at: usize| words.get(tokens.hashes()[at]);
            let (Some(x), Some(y)) = (word(a, site.a.start), word(b, site.b.start)) else { continue };
            let known = |tokens: &Tokens, at: usize| vocabulary.word(tokens.hashes()[at]);
            let (of_x, of_y) = (known(a, site.a.start), known(b, site.b.start));
            let rarer = of_y.weight - of_x.weight;
            if site.firm {
                found.commoner[0] += usize::from(rarer > COMMONER);
                found.commoner[1] += usize::from(rarer < -COMMONER);
            }
            if learned || vocabulary.related(&of_x, &of_y) || english.compounds_related(x, y) {
                found.related += 1;
            } else if !(of_x.english && of_y.english) && is_damage(x, y) {
                found.damaged += 1;
            } else if same_stem(x, y) {
                found.related += 1;
            } else {
                found.unrelated += 1;
                found.strangers += usize::from(of_x.english && of_y.english);
            }
        }
        found
    }
}

/// Whether two words begin alike for most of their length: forms of one word in most languages.
fn same_stem(x: &str, y: &str) -> bool {
    let shared = x.chars().zip(y.chars()).take_while(|(x, y)| x == y).count();
    let longest = x.chars().count().max(y.chars().count());
    shared >= 3 && shared * 3 >= longest * 2
}

/// Whether one is the other with a letter or two misread: the letters before and after one short stretch are the same.
fn is_damage(x: &str, y: &str) -> bool {
    let (x, y): (Vec<char>, Vec<char>) = (x.chars().collect(), y.chars().collect());
    let head = x.iter().zip(&y).take_while(|(x, y)| x == y).count();
    let rest = x.len().min(y.len()) - head;
    let tail = x.iter().rev().zip(y.iter().rev()).take(rest).take_while(|(x, y)| x == y).count();
    let changed = x.len().max(y.len()) - head - tail;
    x.len().min(y.len()) >= 3 && changed <= 2 && (head + tail) * 2 > changed * 3
}

/// What takes the whole texts to measure, part by part.
pub(crate) struct Parts {
    pub(crate) shared: Shared,
    pub(crate) facts: Facts,
    pub(crate) isolated: Isolated,
    /// For the rewritten alone.
    pub(crate) figures_own: f64,
    pub(crate) subjects_differ: bool,
    pub(crate) leads_differ: bool,
    pub(crate) places_renamed: usize,
    pub(crate) share_a_speech: bool,
    /// For the rewritten alone.
    pub(crate) word_for_word: f64,
    /// How their sentences correspond: for the model alone.
    pub(crate) held: Option<Held>,
}

impl Parts {
    /// Adds them, and what the alignment shows, to what the words and their pairs tell.
    pub(crate) fn complete(self, words: &Evidence, a: &Tokens, b: &Tokens, alignment: &Alignment) -> Evidence {
        let Self { shared, facts, isolated, held, .. } = self;
        let held = held.unwrap_or_default();
        let shorter = words.words.max(1) as f64;
        let tight = alignment.tight();
        let chained: usize = alignment.chain.iter().map(|block| block.length).sum();
        Evidence {
            jaccard: shared.jaccard,
            containment: shared.containment,
            in_order: chained as f64 / shorter,
            tight: if a.are_fewer(b) { tight.0 } else { tight.1 } as f64 / shorter,
            sentences_held: held.mean,
            sentences_held_longer: held.mean_longer,
            sentences_kept: held.kept,
            sentences_weakest: held.weakest,
            sentences_in_order: held.in_order,
            sentences_ordered: held.ordered,
            sentences_paired: held.paired,
            exchanged: held.exchanged,
            stand_ins: held.stand_ins,
            words_changed: alignment.words_changed(|site| site.b.len()),
            words_changed_first: alignment.words_changed(|site| site.a.len()),
            related: isolated.related,
            unrelated: isolated.unrelated,
            strangers: isolated.strangers,
            damaged: isolated.damaged,
            commoner_first: isolated.commoner[0],
            commoner_second: isolated.commoner[1],
            figures_agree: facts.figures_agree,
            names_agree: facts.names_agree,
            figures_differ: facts.figures_differ,
            names_differ: facts.names_differ,
            figures_own: self.figures_own,
            subjects_differ: self.subjects_differ,
            leads_differ: self.leads_differ,
            places_renamed: self.places_renamed,
            share_a_speech: self.share_a_speech,
            word_for_word: self.word_for_word,
            ..*words
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_replaced_by_strangers_make_no_copy_unless_the_facts_are_kept() {
        let clumsy = Evidence {
            words: 400,
            strangers: 30,
            unrelated: 60,
            related: 4,
            figures: 12,
            figures_held: 1.0,
            names_held: 1.0,
            figures_agree: 14,
            names_agree: 30,
            ..Evidence::default()
        };
        assert!(!clumsy.strangers_veto());
        for other_news in [
            Evidence { names_held: 0.8, ..clumsy },
            Evidence { figures_held: 0.8, ..clumsy },
            Evidence { names_differ: 1, ..clumsy },
            Evidence { figures_agree: 0, names_agree: 4, ..clumsy },
        ] {
            assert!(other_news.strangers_veto());
        }
        assert!(!Evidence { related: 30, names_held: 0.8, ..clumsy }.strangers_veto());
    }

    #[test]
    fn notices_line_by_line_the_same_with_other_figures_are_other_news() {
        let notice = Evidence { words: 60, in_order: 0.9, figures: 3, figures_held: 0.4, ..Evidence::default() };
        let differs = Evidence { figures_differ: 1, ..notice };
        assert!(differs.notice_veto() && !notice.notice_veto());
        assert!(!Evidence { words: 160, ..differs }.notice_veto());
        assert!(!Evidence { figures_held: 0.7, ..differs }.notice_veto());
        assert!(!Evidence { damaged: DAMAGED, ..differs }.notice_veto());
    }

    #[test]
    fn notices_in_one_form_about_others_are_other_news_unless_a_spinner_was_there() {
        let renamed = Evidence { words: 60, containment: 0.7, in_order: 0.9, places_renamed: 2, ..Evidence::default() };
        assert!(renamed.notice_veto());
        assert!(!Evidence { related: 1, ..renamed }.notice_veto());
        assert!(!Evidence { containment: 0.4, ..renamed }.notice_veto());
        assert!(!Evidence { words: 160, ..renamed }.notice_veto());
        let lead = Evidence { words: 120, leads_differ: true, ..Evidence::default() };
        assert!(lead.notice_veto());
        assert!(!Evidence { related: FEW_SYNONYMS, ..lead }.notice_veto());
    }

    #[test]
    fn figures_of_their_own_make_other_news_unless_a_spinner_or_a_scanner_was_there() {
        let market = Evidence { words: 80, figures_own: 0.75, ..Evidence::default() };
        assert!(market.figures_veto());
        for copy in [
            Evidence { figures_own: 0.5, ..market },
            Evidence { related: FEW_SYNONYMS, ..market },
            Evidence { damaged: DAMAGED, ..market },
        ] {
            assert!(!copy.figures_veto());
        }
    }

    #[test]
    fn paragraphs_that_were_carried_over_make_no_copy_and_edits_and_rewordings_do() {
        let later = Evidence {
            words: 300,
            word_for_word: 0.8,
            tight: 0.45,
            sentences_held: 0.5,
            sentences_weakest: 0.25,
            related: 1,
            ..Evidence::default()
        };
        assert!(later.carried_over());
        for copy in [
            Evidence { words: 120, ..later },
            Evidence { word_for_word: 0.4, ..later },
            Evidence { tight: 0.7, ..later },
            Evidence { sentences_weakest: 0.5, ..later },
            Evidence { related: FEW_SYNONYMS, ..later },
            Evidence { damaged: DAMAGED, ..later },
        ] {
            assert!(!copy.carried_over());
        }
    }
}
