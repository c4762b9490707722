//! The search: what of the stored articles an article is a copy of.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::article::{Article, ArticleId, Meta};
use crate::crawler::answer::Match;
use crate::crawler::change::Arrival;
use crate::crawler::knowledge::{About, Knowledge};
use crate::crawler::lists::{List, Posting};
use crate::crawler::parts::{Keyed, Parts};
use crate::crawler::prepared::Prepared;
use crate::crawler::record::Held;
use crate::crawler::twins::Twins;
use crate::error::Result;
use crate::index::candidates;
use crate::index::postings::Key;
use crate::verify::align::Alignment;
use crate::verify::places::Places;
use crate::verify::relation::{Relation, Scores, Side, Verdict, scores};

/// The most candidates that are compared for one answer: those that share most keys. Nobody can make a text that the
/// index compares with more.
const CANDIDATES: usize = 512;

/// The most work that one answer takes, in pairs of words: as much as comparing a thousand articles of a thousand words.
const WORK: u64 = 1 << 30;

/// An article that is asked about, with its keys and what is known of its words.
pub(crate) struct Question<'q> {
    parts: &'q Parts,
    prepared: &'q Prepared,
    keyed: Keyed,
    twins_key: [u8; 16],
    knowledge: Arc<Knowledge>,
    about: About,
    /// What of the article every comparison needs.
    mine: Side<'q>,
}

/// A stored article that was found to be a copy.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) number: u32,
    pub(crate) held: Held,
    pub(crate) relation: Relation,
    pub(crate) scores: Scores,
}

impl<'q> Question<'q> {
    pub(crate) fn new(parts: &'q Parts, prepared: &'q Prepared) -> Result<Self> {
        let knowledge = parts.knowledge();
        let about = knowledge.about(&parts.store, &prepared.article.tokens, &prepared.words, parts.weighs())?;
        let keyed = parts.keys_of(&prepared.article, &about.vocabulary);
        let twins_key = Twins::key(&prepared.article, parts.format.seed);
        let mine = parts.setup.judge(&about.vocabulary, &about.words).side(&prepared.article);
        Ok(Self { parts, prepared, keyed, twins_key, knowledge, about, mine })
    }

    /// The article as it comes in.
    pub(crate) fn arrival(&self, id: ArticleId, meta: Meta, seen: i64) -> Arrival {
        Arrival::new(id, meta, seen, self.prepared, self.keyed.clone(), &self.about.unmet)
    }

    /// Takes note that the words that were not met are stored now.
    pub(crate) fn forget_unmet(&self) {
        self.knowledge.forget(&self.about.unmet);
    }

    fn article(&self) -> &'q Article {
        &self.prepared.article
    }

    /// The copies among all articles with numbers below `below`, except the article `except`.
    pub(crate) fn hits(&mut self, below: u32, except: Option<&str>) -> Result<Vec<Hit>> {
        let gone = self.parts.keys.gone();
        let mut votes = Vec::new();
        let allowed = |number: u32| number < below && !gone.holds(number);
        self.parts.keys.find(&self.keyed.keys, |key, list| vote(&mut votes, key, list, &allowed))?;
        let numbers = self.elected(votes);
        self.compared(&numbers, except)
    }

    /// The copies among the latest articles, those with numbers from `from` on. `None` where these are not the latest
    /// any more.
    pub(crate) fn latest_hits(&mut self, from: u32, except: Option<&str>) -> Result<Option<Vec<Hit>>> {
        let mut votes = Vec::new();
        self.parts
            .keys
            .find_latest(&self.keyed.keys, |key, list| vote(&mut votes, key, list, &|number| number >= from));
        if self.parts.keys.upto() > from {
            return Ok(None);
        }
        let numbers = self.elected(votes);
        self.compared(&numbers, except).map(Some)
    }

    /// The articles that share enough keys, those with most of them.
    fn elected(&self, votes: Vec<(u32, u32)>) -> Vec<u32> {
        let mut elected = candidates::elect(votes, |posting| Posting(posting).votes_needed(self.keyed.own));
        if elected.len() > CANDIDATES {
            elected.sort_unstable_by_key(|&(posting, votes)| (Reverse(votes), posting));
            elected.truncate(CANDIDATES);
        }
        elected.into_iter().map(|(posting, _)| Posting(posting).number()).collect()
    }

    /// Compares the article with others, and with those that have its very words.
    fn compared(&mut self, numbers: &[u32], except: Option<&str>) -> Result<Vec<Hit>> {
        let words = self.article().tokens.len();
        let mut hits = Vec::new();
        let mut work = 0;
        for &number in numbers {
            let Some(held) = self.parts.held(number)? else { continue };
            if held.article.content == self.article().content && held.article.tokens.hashes() == self.hashes() {
                continue;
            }
            work += (words * held.article.tokens.len()) as u64;
            if work > WORK && number != numbers[0] {
                break;
            }
            if let Some((relation, scores)) = self.verify(&held)? {
                hits.push(Hit { number, held, relation, scores });
            }
        }
        self.replace_excepted(&mut hits, except)?;
        hits.extend(self.twin(except)?);
        hits.sort_by(closest_first);
        Ok(hits)
    }

    /// The hits of two searches: an article with the very words is found by both.
    pub(crate) fn joined(mut hits: Vec<Hit>, more: Vec<Hit>) -> Vec<Hit> {
        hits.extend(more);
        hits.sort_by(closest_first);
        hits.dedup_by_key(|hit| hit.number);
        hits
    }

    fn hashes(&self) -> &'q [u32] {
        self.article().tokens.hashes()
    }

    fn verify(&mut self, held: &Held) -> Result<Option<(Relation, Scores)>> {
        self.knowledge.add(&self.parts.store, &held.article.tokens, &mut self.about, self.parts.weighs())?;
        let judge = self.parts.setup.judge(&self.about.vocabulary, &self.about.words);
        let (mine, theirs) = (&self.mine, &judge.side(&held.article));
        // Longer articles come first, as they do where a whole corpus is compared.
        let mine_first = self.article().tokens.len() > held.article.tokens.len();
        let verified = if mine_first { judge.verify(mine, theirs) } else { judge.verify(theirs, mine) };
        Ok(verified.map(|(relation, evidence)| {
            let changed = if mine_first { evidence.words_changed_first } else { evidence.words_changed };
            (relation, Scores { words_changed: changed, ..scores(&evidence, Some(relation)) })
        }))
    }

    /// The first article with the very words of this one, if it has any words.
    fn twin(&self, except: Option<&str>) -> Result<Option<Hit>> {
        if self.article().tokens.is_empty() {
            return Ok(None);
        }
        for number in Twins::read(&self.parts.store, &self.twins_key)?.numbers {
            if let Some(held) = self.parts.held(number)?
                && held.article.tokens.hashes() == self.hashes()
                && Some(held.id.as_str()) != except
            {
                return Ok(Some(Hit { number, held, relation: Relation::Exact, scores: Scores::IDENTICAL }));
            }
        }
        Ok(None)
    }

    /// Puts another article with the same words in the place of the one that is left out.
    fn replace_excepted(&self, hits: &mut Vec<Hit>, except: Option<&str>) -> Result<()> {
        let Some(at) = hits.iter().position(|hit| Some(hit.held.id.as_str()) == except) else { return Ok(()) };
        let hit = hits.swap_remove(at);
        let twins = self.parts.twins(&hit.held.article)?;
        for number in twins.numbers.into_iter().filter(|&number| number != hit.number) {
            if let Some(held) = self.parts.held(number)? {
                hits.push(Hit { number, held, ..hit });
                break;
            }
        }
        Ok(())
    }

    /// What is told of the hits.
    pub(crate) fn told(&self, hits: Vec<Hit>) -> Result<Vec<Match>> {
        hits.into_iter().map(|hit| self.tell(hit)).collect()
    }

    fn tell(&self, hit: Hit) -> Result<Match> {
        let Hit { number, held, relation, scores } = hit;
        let twins = self.parts.twins(&held.article)?;
        let places = match self.parts.spans(number)? {
            Some(spans) if spans.len() == held.article.tokens.len() => {
                let alignment = Alignment::between(&held.article.tokens, &self.article().tokens);
                Places::new(&spans, &self.prepared.spans, &alignment)
            }
            _ => Places { passages: Vec::new(), substitutions: Vec::new() },
        };
        let twins = twins.len().saturating_sub(1);
        Ok(Match { id: held.id, meta: held.meta, relation, scores, twins, places })
    }
}

/// Adds a key's votes for the articles that are paired with the one at hand.
fn vote(votes: &mut Vec<(u32, u32)>, key: Key, list: &List, allowed: &impl Fn(u32) -> bool) {
    let paired = list.paired(key).filter(|posting| allowed(posting.number()));
    votes.extend(paired.map(|posting| (posting.0, candidates::weight(key.is_stable()))));
}

fn closest_first(x: &Hit, y: &Hit) -> std::cmp::Ordering {
    let closer = x.relation.cmp(&y.relation).then(y.scores.score.total_cmp(&x.scores.score));
    closer.then_with(|| x.held.id.cmp(&y.held.id))
}

/// Compares two stored articles, and says why they are copies or not.
pub(crate) fn explain(parts: &Parts, a: &Article, b: &Article) -> Result<Verdict> {
    let knowledge = parts.knowledge();
    let mut about = knowledge.blank();
    for article in [a, b] {
        knowledge.add(&parts.store, &article.tokens, &mut about, parts.weighs())?;
    }
    let judge = parts.setup.judge(&about.vocabulary, &about.words);
    Ok(judge.explain(&judge.side(a), &judge.side(b)).0)
}
