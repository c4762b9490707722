//! What was found in a corpus: pairs, groups, stories, and what is learned of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;

use rayon::prelude::*;

use crate::article::{ArticleId, Meta};
use crate::detector::groups::{self, Copy, Group};
use crate::detector::links;
use crate::detector::nodes::{Entry, Nodes};
use crate::detector::setup::Setup;
use crate::group::stories;
use crate::group::substitutions::{self, Copied};
use crate::group::union::Link;
use crate::lexicon::learned::Learned;
use crate::lexicon::vocabulary::Vocabulary;
use crate::verify::relation::{Relation, Scores, Verdict};

/// Up to this many articles with the same tokens are all paired with each other in [`Found::matches`].
pub const ALL_TWINS: usize = 256;

/// What [`Detector::find`](crate::Detector::find) found.
#[derive(Debug)]
pub struct Found<'d> {
    pub(crate) setup: &'d Setup,
    pub(crate) nodes: Nodes<'d>,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) links: Vec<Link>,
}

/// A verified pair of articles, `a` the first in the order of ids.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match<'d> {
    /// The one article.
    pub a: &'d ArticleId,
    /// The other.
    pub b: &'d ArticleId,
    /// What they are to each other.
    pub relation: Relation,
    /// How alike they are.
    pub scores: Scores,
}

/// Articles that report one event, written independently of each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Story<'d> {
    /// In the order of their ids.
    pub members: Vec<Report<'d>>,
    /// How alike their names, figures and rare words are on average, 0 to 1.
    pub score: f64,
}

/// A member of a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report<'d> {
    /// The article's id.
    pub id: &'d ArticleId,
    /// What is told about it.
    pub meta: &'d Meta,
    /// The number of the group that it stands for as its original, if it has copies.
    pub group: Option<usize>,
}

impl<'d> Found<'d> {
    /// What was measured of two of the articles, by what the corpus says of its words. `None` for an unknown id.
    pub fn explain(&self, a: &str, b: &str) -> Option<Verdict> {
        let article = |id: &str| Some(&self.nodes.entries[self.nodes.entry(id)?].article);
        let (a, b) = (article(a)?, article(b)?);
        let words = self.setup.words();
        let judge = self.setup.judge(&self.vocabulary, &words);
        Some(judge.explain(&judge.side(a), &judge.side(b)).0)
    }

    /// How many keys so many articles post, of the surface view and of the spin-stable one. Articles with the same
    /// tokens count once.
    ///
    /// ```
    /// # let mut detector = unspin::Detector::builder().build()?;
    /// detector.insert("a", "the same words")?;
    /// detector.insert("b", "quite another text")?;
    /// let [surface, _] = detector.find().key_frequencies();
    /// assert_eq!(surface[&1], 2 * detector.banding().bands as u64);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn key_frequencies(&self) -> [BTreeMap<u32, u64>; 2] {
        let mut posted = Vec::new();
        let Ok(()) = links::post::<Infallible>(self.setup, &self.nodes, &self.vocabulary, &(), |some| {
            posted.extend(some.into_iter().flat_map(|some| some.postings));
            Ok(())
        });
        posted.par_sort_unstable();
        posted.dedup();
        let mut views = [BTreeMap::new(), BTreeMap::new()];
        for run in posted.chunk_by(|x, y| x.0 == y.0) {
            *views[usize::from(run[0].0.is_stable())].entry(run.len() as u32).or_default() += 1;
        }
        views
    }

    /// Every verified pair. Articles with the same tokens are told pair by pair up to [`ALL_TWINS`] of them, beyond that
    /// each with the first of them only; pairs of their texts with others are told for all of them.
    ///
    /// ```
    /// # let mut detector = unspin::Detector::builder().build()?;
    /// detector.insert("a", "the same words")?;
    /// detector.insert("b", "The same, words!")?;
    /// let found = detector.find();
    /// let pairs: Vec<_> = found.matches().map(|pair| (pair.a.as_str(), pair.b.as_str(), pair.relation)).collect();
    /// assert_eq!(pairs, [("a", "b", unspin::Relation::Exact)]);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn matches(&self) -> impl Iterator<Item = Match<'d>> + '_ {
        let id = |entry: u32| &self.nodes.entries[entry as usize].id;
        let exact = (0..self.nodes.len() as u32).map(|node| self.nodes.members(node)).flat_map(move |node| {
            let first = if node.len() <= ALL_TWINS { node.len() } else { 1 };
            node[..first].iter().enumerate().flat_map(move |(n, &x)| {
                node[n + 1..].iter().map(move |&y| Match {
                    a: id(x),
                    b: id(y),
                    relation: Relation::Exact,
                    scores: Scores::IDENTICAL,
                })
            })
        });
        let others = self.links.iter().flat_map(move |link| {
            let (xs, ys) = (self.nodes.members(link.a), self.nodes.members(link.b));
            xs.iter().flat_map(move |&x| {
                ys.iter().map(move |&y| Match {
                    a: id(x.min(y)),
                    b: id(x.max(y)),
                    relation: link.relation,
                    scores: link.scores,
                })
            })
        });
        exact.chain(others)
    }

    /// Every verified pair of an article that `first` chooses, which is `a`, with one that it does not. Of articles with
    /// the same tokens no more than [`ALL_TWINS`] are told as `b`. The words changed are those of `a`.
    ///
    /// ```
    /// # let mut detector = unspin::Detector::builder().build()?;
    /// for id in ["mine/1", "mine/2", "theirs/1"] {
    ///     detector.insert(id, "the same words")?;
    /// }
    /// let found = detector.find();
    /// let across = found.matches_across(&|id| id.as_str().starts_with("theirs"));
    /// let pairs: Vec<_> = across.map(|pair| (pair.a.as_str(), pair.b.as_str())).collect();
    /// assert_eq!(pairs, [("theirs/1", "mine/1"), ("theirs/1", "mine/2")]);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn matches_across<'f>(
        &'f self,
        first: &'f impl Fn(&ArticleId) -> bool,
    ) -> impl Iterator<Item = Match<'d>> + 'f {
        let id = |entry: u32| &self.nodes.entries[entry as usize].id;
        let pairs = move |xs: &[u32], ys: &[u32], relation: Relation, scores: Scores| {
            let chosen: Vec<&ArticleId> = xs.iter().map(|&x| id(x)).filter(|id| first(id)).collect();
            let others: Vec<&ArticleId> = ys.iter().map(|&y| id(y)).filter(|id| !first(id)).take(ALL_TWINS).collect();
            chosen
                .into_iter()
                .flat_map(move |a| others.clone().into_iter().map(move |b| Match { a, b, relation, scores }))
        };
        let exact = (0..self.nodes.len() as u32).map(|node| self.nodes.members(node));
        let exact = exact.flat_map(move |node| pairs(node, node, Relation::Exact, Scores::IDENTICAL));
        let others = self.links.iter().flat_map(move |link| {
            let (xs, ys) = (self.nodes.members(link.a), self.nodes.members(link.b));
            let of_first = Scores { words_changed: link.changed_first, ..link.scores };
            pairs(xs, ys, link.relation, of_first).chain(pairs(ys, xs, link.relation, link.scores))
        });
        exact.chain(others)
    }

    /// The words and phrases that the copies of these groups have for their originals', the best supported first: what
    /// a spinner's dictionary holds, to be used as a [`Lexicon`](crate::Lexicon). Near copies and excerpts are asked only
    /// if their facts agree: others are news of their own. A pair needs sightings in `support` groups, or another reason
    /// to be believed: the thesaurus relates it, or the rest of a copy vouches for it.
    ///
    /// ```
    /// # let detector = unspin::Detector::builder().build()?;
    /// let found = detector.find();
    /// let mut lexicon = unspin::Lexicon::default();
    /// for pair in found.learn(&found.groups(), 2) {
    ///     lexicon.insert(&pair.original, &pair.copy).expect("learned pairs are sound");
    /// }
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn learn(&self, groups: &[Group<'_>], support: usize) -> Vec<Learned> {
        let tokens = |id: &ArticleId| Some(&self.nodes.entries[self.nodes.entry(id.as_str())?].article.tokens);
        let reworded = |copy: &Copy<'_>| match copy.relation {
            Relation::Exact => false,
            Relation::Near | Relation::Excerpt => !copy.scores.facts_differ,
            Relation::Spun | Relation::Rewrite => true,
        };
        let members = (0..).zip(groups).flat_map(|(number, group)| group.members.iter().map(move |one| (number, one)));
        let copies: Vec<Copied<'_>> = members
            .filter_map(|(group, member)| {
                let copy = member.copy.as_ref().filter(|copy| reworded(copy))?;
                Some(Copied { original: tokens(copy.of)?, copy: tokens(member.id)?, group })
            })
            .collect();
        substitutions::learn(&copies, support, &self.setup.words(), &self.vocabulary)
    }

    /// The stories: articles that report one event, most members first, then in the order of their smallest ids. Of each
    /// group the original stands for all; articles dated more than three weeks apart are of different stories.
    ///
    /// ```
    /// # let mut detector = unspin::Detector::builder().build()?;
    /// detector.insert("herald", "The Ardle swing bridge will close for eleven nights, engineer Oswin Peake told the \
    ///     council, while bearings forged in Sheffield in 1931 are replaced. Lorries must detour through Torrin.")?;
    /// detector.insert("courier", "Lorries bound for Ardle face a detour by way of Torrin. Oswin Peake, an engineer, says \
    ///     the swing bridge needs new bearings: those it has were forged in 1931 at Sheffield.")?;
    /// detector.insert("weather", "Rain is expected in the north by noon, with sunny spells along the coast.")?;
    /// let found = detector.find();
    /// let groups = found.groups();
    /// assert_eq!(groups.len(), 0);
    /// let stories = found.stories(&groups);
    /// assert_eq!(stories[0].members.iter().map(|report| report.id.as_str()).collect::<Vec<_>>(), ["courier", "herald"]);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn stories(&self, groups: &[Group<'d>]) -> Vec<Story<'d>> {
        let entry = |id: &ArticleId| self.nodes.entry(id.as_str());
        let mut group_of: Vec<Option<usize>> = vec![None; self.nodes.entries.len()];
        let mut speaks = vec![true; self.nodes.entries.len()];
        for (number, group) in groups.iter().enumerate() {
            for member in &group.members {
                let Some(entry) = entry(member.id) else { continue };
                group_of[entry] = Some(number);
                speaks[entry] = member.copy.is_none();
            }
        }
        let (numbers, reports): (Vec<usize>, Vec<stories::Report<'_>>) = (self.nodes.entries.iter().enumerate())
            .filter(|&(number, _)| speaks[number])
            .map(|(number, entry)| (number, stories::Report { tokens: &entry.article.tokens, date: entry.meta.date }))
            .unzip();
        let learned = (!self.setup.config.view.has_stable()).then(|| self.setup.vocabulary(&self.nodes.tokens()));
        let report = |number: u32| {
            let number = numbers[number as usize];
            let Entry { id, meta, .. } = self.nodes.entries[number];
            Report { id, meta, group: group_of[number] }
        };
        let mut stories: Vec<Story<'d>> = stories::link(&reports, learned.as_ref().unwrap_or(&self.vocabulary))
            .into_iter()
            .map(|linked| Story { members: linked.reports.into_iter().map(report).collect(), score: linked.score })
            .collect();
        stories.sort_by_key(|story| Reverse(story.members.len()));
        stories
    }

    /// The groups, largest first, then in the order of their smallest ids.
    pub fn groups(&self) -> Vec<Group<'d>> {
        self.groups_by(|_| true)
    }

    /// The groups that the relations chosen by `forms` make.
    pub fn groups_by(&self, forms: impl Fn(Relation) -> bool) -> Vec<Group<'d>> {
        groups::form(self.setup, &self.nodes, &self.vocabulary, &self.links, forms)
    }
}
