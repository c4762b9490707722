//! The whole flow over a corpus that fits in memory: insert articles, find their copies, form the groups.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::article::{Article, ArticleId, Meta, Span, Tokens};
use crate::config::{Config, Facts, View};
use crate::error::{Error, Result};
use crate::group::original::{self, Claim};
use crate::group::sources;
use crate::group::stories;
use crate::group::substitutions::{self, Copied};
use crate::group::union::{self, Link};
use crate::hash::TokenHasher;
use crate::index::candidates;
use crate::index::postings::{Key, Posting, Postings};
use crate::lexicon::learned::{Learned, Lexicon};
use crate::lexicon::spellings::{Spellings, Words};
use crate::lexicon::vocabulary::Vocabulary;
use crate::sketch::banding::Banding;
use crate::sketch::prepare::Benches;
use crate::sketch::stable;
use crate::text::{Tokenised, tokenise as tokenised};
use crate::verify::align::Alignment;
use crate::verify::relation::{Judge, Relation, Scores, Side, Verdict, scores};

/// Sets up a [`Detector`].
///
/// Quick advice: the defaults suit news articles. Lower the threshold to call more distant copies `near`; raise
/// the recall for fewer misses at the threshold and more keys an article.
///
/// ```
/// use unspin::{Detector, View};
/// let detector = Detector::builder().threshold(0.8).view(View::Surface).build()?;
/// assert_eq!(detector.config().threshold, 0.8);
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Builder {
    config: Config,
    lexicon: Lexicon,
}

impl Builder {
    /// The Jaccard similarity from which a pair is `near`, over 0 and up to 1. Default 0.7.
    #[must_use]
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.config.threshold = threshold;
        self
    }

    /// The share of the pairs at the threshold that must be found, over 0 and below 1. Default 0.99.
    #[must_use]
    pub fn recall(mut self, recall: f64) -> Self {
        self.config.recall = recall;
        self
    }

    /// Tokens in a shingle, 1 to 64. Default 5.
    #[must_use]
    pub fn shingle(mut self, tokens: usize) -> Self {
        self.config.shingle = tokens;
        self
    }

    /// The length of the MinHash signature, 1 to 4096. Default 128.
    #[must_use]
    pub fn hashes(mut self, hashes: usize) -> Self {
        self.config.hashes = hashes;
        self
    }

    /// Which keys find candidates. Default both.
    #[must_use]
    pub fn view(mut self, view: View) -> Self {
        self.config.view = view;
        self
    }

    /// What to do with near copies whose figures or names differ. Default: tell.
    #[must_use]
    pub fn facts(mut self, facts: Facts) -> Self {
        self.config.facts = facts;
        self
    }

    /// One's own pairs of words or phrases, asked beside the thesaurus. Default: none.
    #[must_use]
    pub fn lexicon(mut self, lexicon: Lexicon) -> Self {
        self.lexicon = lexicon;
        self
    }

    /// All settings at once.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// The detector.
    ///
    /// # Errors
    /// [`Error::Config`] for a value out of range, [`Error::RecallOutOfReach`] when no banding of so few hashes
    /// reaches the recall at the threshold.
    pub fn build(self) -> Result<Detector> {
        self.config.validate()?;
        let banding = Banding::choose(self.config.threshold, self.config.recall, self.config.hashes)?;
        Ok(Detector {
            config: self.config,
            lexicon: Arc::new(self.lexicon),
            banding,
            entries: Vec::new(),
            ids: HashSet::new(),
            spellings: Arc::default(),
            benches: Arc::default(),
        })
    }
}

/// Up to this many articles with the same tokens are all paired with each other in [`Found::matches`].
pub const ALL_TWINS: usize = 256;

/// A copy of which less than this share stands in tight stretches is too far from its original to speak for others.
const LOOSE: f64 = 0.5;
/// The steps of [`Detector::find_watched`] that take time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Keys are made of the words.
    Hashing,
    /// Candidates are verified.
    Verifying,
}

/// Is told how far [`Detector::find_watched`] is, by many threads at once.
pub trait Watch: Sync {
    /// A step begins, which goes through so many words.
    fn begin(&self, step: Step, words: u64);

    /// So many more words are done.
    fn advance(&self, words: u64);
}

/// Nobody watches.
impl Watch for () {
    fn begin(&self, _: Step, _: u64) {}

    fn advance(&self, _: u64) {}
}

/// An article that was inserted.
#[derive(Debug, Clone)]
struct Entry {
    id: ArticleId,
    meta: Meta,
    article: Article,
}

/// Finds the copies in a corpus.
///
/// ```
/// let story = "The harbour bridge will close for eleven nights from Monday while engineers replace its worn bearings, \
///              the port authority said, and ferries will run until two in the morning at half the usual fare.";
/// let mut detector = unspin::Detector::builder().build()?;
/// detector.insert("mine.txt", story)?;
/// detector.insert("theirs.txt", &story.replace("worn ", ""))?;
/// detector.insert("other.txt", "Rain is expected in the north by noon, with sunny spells along the coast.")?;
///
/// let found = detector.find();
/// let groups = found.groups();
/// assert_eq!(groups.len(), 1);
/// assert_eq!(groups[0].original().id.as_str(), "mine.txt");
/// assert_eq!(groups[0].members[1].id.as_str(), "theirs.txt");
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Detector {
    config: Config,
    lexicon: Arc<Lexicon>,
    banding: Banding,
    entries: Vec<Entry>,
    ids: HashSet<ArticleId>,
    spellings: Arc<Spellings>,
    benches: Arc<Benches>,
}

impl Detector {
    /// Starts with the default settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The bands that the threshold and the recall led to.
    pub fn banding(&self) -> Banding {
        self.banding
    }

    /// How many articles were inserted.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many words each of them has, in the order of inserting.
    pub fn lengths(&self) -> impl Iterator<Item = usize> + '_ {
        self.entries.iter().map(|entry| entry.article.tokens.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes a text ready: the costly part of inserting, for any number of threads at once. The text itself is not
    /// kept.
    ///
    /// ```
    /// let detector = unspin::Detector::builder().build()?;
    /// assert_eq!(detector.prepare("Both sides win.").tokens().len(), 3);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn prepare(&self, text: &str) -> Article {
        self.benches.lend(|bench| bench.prepare(text, &self.config, self.banding, &self.spellings))
    }

    /// Inserts a text under an id.
    ///
    /// # Errors
    /// [`Error::RepeatedId`] when the id stands for an article already: that one stays as it is.
    pub fn insert(&mut self, id: impl Into<ArticleId>, text: &str) -> Result<()> {
        let article = self.prepare(text);
        self.insert_article(id.into(), Meta::default(), article)
    }

    /// Inserts an article that [`prepare`](Self::prepare) made ready, with what is known of it.
    ///
    /// # Errors
    /// [`Error::RepeatedId`] when the id stands for an article already; [`Error::TooManyArticles`] beyond 2³² − 2.
    pub fn insert_article(&mut self, id: ArticleId, meta: Meta, article: Article) -> Result<()> {
        if self.entries.len() >= u32::MAX as usize - 1 {
            return Err(Error::TooManyArticles);
        }
        if !self.ids.insert(id.clone()) {
            return Err(Error::RepeatedId { id: id.as_str().to_owned() });
        }
        self.entries.push(Entry { id, meta, article });
        Ok(())
    }

    /// Finds every copy among the articles. The result does not depend on the order in which they were inserted, nor
    /// on the number of threads.
    pub fn find(&self) -> Found<'_> {
        self.find_watched(&())
    }

    /// The same, with somebody who is told how far it is.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use unspin::{Detector, Step, Watch};
    ///
    /// #[derive(Default)]
    /// struct Words(AtomicU64);
    ///
    /// impl Watch for Words {
    ///     fn begin(&self, _: Step, _: u64) {
    ///         self.0.store(0, Ordering::Relaxed);
    ///     }
    ///
    ///     fn advance(&self, words: u64) {
    ///         self.0.fetch_add(words, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// let mut detector = Detector::builder().build()?;
    /// detector.insert("a", "three words here")?;
    /// let words = Words::default();
    /// detector.find_watched(&words);
    /// assert_eq!(words.0.into_inner(), 3);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn find_watched(&self, watch: &dyn Watch) -> Found<'_> {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.par_sort_unstable_by(|x, y| x.id.cmp(&y.id));
        let nodes = nodes(&entries);
        let stable = self.config.view.has_stable();
        let vocabulary = if stable { self.vocabulary(&entries, &nodes) } else { Vocabulary::default() };
        let links = self.links(&entries, &nodes, &vocabulary, watch);
        Found { detector: self, entries, nodes, vocabulary, links }
    }

    /// What the articles say of their words, those with the same tokens counted once.
    fn vocabulary(&self, entries: &[&Entry], nodes: &Nodes) -> Vocabulary {
        let articles: Vec<&Tokens> =
            nodes.members.iter().map(|node| &entries[node[0] as usize].article.tokens).collect();
        Vocabulary::learn(&articles, &self.spellings.read())
    }

    /// Compares two texts, whatever their similarity, and says why they are copies or not.
    ///
    /// ```
    /// let detector = unspin::Detector::builder().build()?;
    /// let a = "the two firms said on Monday that they had renegotiated the deal once again";
    /// let b = "on Monday the two firms said that they had renegotiated the deal once more";
    /// let comparison = detector.compare(a, b);
    /// assert_eq!(comparison.verdict.relation, None);
    /// let (x, y) = comparison.passages[0];
    /// assert_eq!(a[x.range()], b[y.range()]);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn compare(&self, a: &str, b: &str) -> Comparison {
        let (x, y) = (self.prepare(a), self.prepare(b));
        let (a, b) = (tokenised(a), tokenised(b));
        let words = self.spellings.read();
        let vocabulary = Vocabulary::learn(&[&x.tokens, &y.tokens], &words);
        let judge = self.judge(&vocabulary, &words);
        let (verdict, alignment) = judge.explain(&judge.side(&x), &judge.side(&y));
        let Places { passages, substitutions } = Places::new(&a, &b, &alignment);
        Comparison { verdict, passages, substitutions }
    }

    fn judge<'a>(&'a self, vocabulary: &'a Vocabulary, words: &'a Words) -> Judge<'a> {
        Judge { config: &self.config, vocabulary, words, lexicon: &self.lexicon }
    }

    /// Verifies the candidates among the nodes' first entries.
    fn links(&self, entries: &[&Entry], nodes: &Nodes, vocabulary: &Vocabulary, watch: &dyn Watch) -> Vec<Link> {
        let first = |node: u32| &entries[nodes.members[node as usize][0] as usize].article;
        let count = nodes.members.len() as u32;
        let words = self.spellings.read();
        let judge = self.judge(vocabulary, &words);
        let total = (0..count).map(|node| first(node).tokens.len() as u64).sum();
        watch.begin(Step::Hashing, total);
        let postings = Postings::build(self.posted(entries, nodes, vocabulary, watch), count as usize);
        watch.begin(Step::Verifying, total);
        (0..count)
            .into_par_iter()
            .map_init(Sides::default, |sides, node| {
                let article = first(node);
                watch.advance(article.tokens.len() as u64);
                let needed = |other: u32| stable::votes_needed(article.tokens.len(), first(other).tokens.len());
                let found = candidates::earlier(&postings, node, needed);
                let side = judge.side(article);
                let links: Vec<Link> = found
                    .into_iter()
                    .filter_map(|other| {
                        let earlier = sides.of(other, || judge.side(first(other)));
                        let (relation, evidence) = judge.verify(earlier, &side)?;
                        let wording = evidence.commoner_first as i32 - evidence.commoner_second as i32;
                        Some(Link {
                            a: other,
                            b: node,
                            relation,
                            scores: scores(&evidence, Some(relation)),
                            changed_first: evidence.words_changed_first,
                            wording,
                            loose: evidence.tight < LOOSE,
                        })
                    })
                    .collect();
                if !links.is_empty() {
                    sides.of(node, || side);
                }
                links
            })
            .flat_map_iter(|links| links)
            .collect()
    }

    /// The keys of the nodes' first entries.
    fn posted(&self, entries: &[&Entry], nodes: &Nodes, vocabulary: &Vocabulary, watch: &dyn Watch) -> Vec<Posting> {
        let stable = self.config.view.has_stable();
        (0..nodes.members.len() as u32)
            .into_par_iter()
            .fold(Vec::new, |mut postings, node| {
                let article = &entries[nodes.members[node as usize][0] as usize].article;
                watch.advance(article.tokens.len() as u64);
                postings.extend(article.bands.iter().map(|&band| (Key::surface(band), node)));
                if stable {
                    stable::keys(&article.tokens, vocabulary, |key| postings.push((Key::stable(key), node)));
                }
                postings
            })
            .reduce(Vec::new, |mut all, mut more| {
                all.append(&mut more);
                all
            })
    }
}

/// The sides that a thread keeps: articles of one group are compared with the same few again and again.
#[derive(Default)]
struct Sides<'a> {
    of_node: HashMap<u32, Side<'a>, TokenHasher>,
    words: usize,
}

impl<'a> Sides<'a> {
    /// So many words the kept sides may have, at about 50 bytes each.
    const MOST: usize = 1 << 19;

    /// The side of a node, made unless it is kept.
    fn of(&mut self, node: u32, make: impl FnOnce() -> Side<'a>) -> &Side<'a> {
        if self.words > Self::MOST {
            (self.of_node, self.words) = Default::default();
        }
        self.of_node.entry(node).or_insert_with(|| {
            let side = make();
            self.words += side.article.tokens.len();
            side
        })
    }
}

/// The articles with the same tokens, as one node each: copies of one text cost no comparisons among themselves.
#[derive(Debug)]
struct Nodes {
    /// The entries of each node, ascending. Longer articles come first, so that those which stand for all the others
    /// under a key that many share are the ones that excerpts are taken from.
    members: Vec<Vec<u32>>,
}

fn nodes(entries: &[&Entry]) -> Nodes {
    let mut by_content: Vec<(u128, u32)> =
        entries.iter().zip(0..).map(|(entry, number)| (entry.article.content, number)).collect();
    by_content.par_sort_unstable();
    let mut members: Vec<Vec<u32>> = by_content
        .chunk_by(|x, y| x.0 == y.0)
        .flat_map(|same| {
            let empty = entries[same[0].1 as usize].article.tokens.is_empty();
            let size = if empty { 1 } else { same.len() };
            same.chunks(size).map(|node| node.iter().map(|&(_, number)| number).collect::<Vec<u32>>())
        })
        .collect();
    let length = |node: &Vec<u32>| entries[node[0] as usize].article.tokens.len();
    members.sort_unstable_by_key(|node| (Reverse(length(node)), node[0]));
    Nodes { members }
}

/// What [`Detector::find`] found.
#[derive(Debug)]
pub struct Found<'d> {
    detector: &'d Detector,
    entries: Vec<&'d Entry>,
    nodes: Nodes,
    vocabulary: Vocabulary,
    links: Vec<Link>,
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

/// An original with its copies.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'d> {
    /// Why the original is the original, in words.
    pub original_why: String,
    /// The original first, then the copies in the order of their ids.
    pub members: Vec<Member<'d>>,
}

impl<'d> Group<'d> {
    /// The member that the others are copies of.
    pub fn original(&self) -> &Member<'d> {
        &self.members[0]
    }
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'d> {
    /// The article's id.
    pub id: &'d ArticleId,
    /// What is told about it.
    pub meta: &'d Meta,
    /// How many words it has.
    pub words: usize,
    /// What makes it a copy; `None` for the original.
    pub copy: Option<Copy<'d>>,
}

/// What makes a member a copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Copy<'d> {
    /// The member it was verified against.
    pub of: &'d ArticleId,
    /// What it is to that one.
    pub relation: Relation,
    /// How alike the two are.
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

/// Two texts compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The relation, the scores and the reason.
    pub verdict: Verdict,
    /// Stretches with the same words, in the first text and in the second: those in the same order first, then those
    /// that moved.
    pub passages: Vec<(Span, Span)>,
    /// What stands between two such stretches in both texts and differs.
    pub substitutions: Vec<(Span, Span)>,
}

/// Where two texts correspond, by their words alone: a [`Comparison`] without its verdict, found several times faster.
///
/// ```
/// let a = "the two firms said on Monday that they had renegotiated the deal once again";
/// let b = "on Monday the two firms said that they had renegotiated the deal once more";
/// let (x, y) = unspin::Places::of(a, b).passages[0];
/// assert_eq!(a[x.range()], b[y.range()]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// As in [`Comparison::passages`].
    pub passages: Vec<(Span, Span)>,
    /// As in [`Comparison::substitutions`].
    pub substitutions: Vec<(Span, Span)>,
}

impl Places {
    /// Aligns two texts.
    pub fn of(a: &str, b: &str) -> Self {
        let (a, b) = (tokenised(a), tokenised(b));
        let alignment = Alignment::between((&a.tokens, a.tokens.content()), (&b.tokens, b.tokens.content()));
        Self::new(&a, &b, &alignment)
    }

    fn new(a: &Tokenised, b: &Tokenised, alignment: &Alignment) -> Self {
        let span = |spans: &[Span], from: usize, to: usize| Span { start: spans[from].start, end: spans[to - 1].end };
        let passages = alignment
            .blocks()
            .map(|block| {
                (span(&a.spans, block.a, block.a + block.length), span(&b.spans, block.b, block.b + block.length))
            })
            .collect();
        let substitutions = alignment
            .firm_sites()
            .map(|site| (span(&a.spans, site.a.start, site.a.end), span(&b.spans, site.b.start, site.b.end)))
            .collect();
        Self { passages, substitutions }
    }
}

impl<'d> Found<'d> {
    /// What was measured of two of the articles, by what the corpus says of its words. `None` for an unknown id.
    pub fn explain(&self, a: &str, b: &str) -> Option<Verdict> {
        let article = |id: &str| {
            let number = self.entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok()?;
            Some(&self.entries[number].article)
        };
        let (a, b) = (article(a)?, article(b)?);
        let words = self.detector.spellings.read();
        let judge = self.detector.judge(&self.vocabulary, &words);
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
        let mut posted = self.detector.posted(&self.entries, &self.nodes, &self.vocabulary, &());
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
        let id = |entry: u32| &self.entries[entry as usize].id;
        let exact = self.nodes.members.iter().flat_map(move |node| {
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
            let (xs, ys) = (&self.nodes.members[link.a as usize], &self.nodes.members[link.b as usize]);
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

    /// The words and phrases that the copies of these groups have for their originals', the best supported first: what a
    /// spinner's dictionary holds, to be used as a [`Lexicon`]. Near copies and excerpts are asked only if their facts agree: others
    /// are news of their own. A pair needs sightings in `support` groups, or another reason to be believed: the
    /// thesaurus relates it, or the rest of a copy vouches for it.
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
        let tokens = |id: &ArticleId| {
            let number = self.entries.binary_search_by(|entry| entry.id.cmp(id)).ok()?;
            Some(&self.entries[number].article.tokens)
        };
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
        substitutions::learn(&copies, support, &self.detector.spellings.read(), &self.vocabulary)
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
        let entry = |id: &ArticleId| self.entries.binary_search_by(|entry| entry.id.cmp(id)).ok();
        let mut group_of: Vec<Option<usize>> = vec![None; self.entries.len()];
        let mut speaks = vec![true; self.entries.len()];
        for (number, group) in groups.iter().enumerate() {
            for member in &group.members {
                let Some(entry) = entry(member.id) else { continue };
                group_of[entry] = Some(number);
                speaks[entry] = member.copy.is_none();
            }
        }
        let (numbers, reports): (Vec<usize>, Vec<stories::Report<'_>>) = (self.entries.iter().enumerate())
            .filter(|&(number, _)| speaks[number])
            .map(|(number, entry)| (number, stories::Report { tokens: &entry.article.tokens, date: entry.meta.date }))
            .unzip();
        let learned =
            (!self.detector.config.view.has_stable()).then(|| self.detector.vocabulary(&self.entries, &self.nodes));
        let report = |number: u32| {
            let number = numbers[number as usize];
            let Entry { id, meta, .. } = self.entries[number];
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
        let links: Vec<Link> = self.links.iter().filter(|link| forms(link.relation)).copied().collect();
        let config = &self.detector.config;
        let article = |node: u32| &self.entries[self.nodes.members[node as usize][0] as usize].article;
        // Copies of copies are further from each other than copies are: half the threshold still tells them from
        // strangers.
        let relaxed = Config { threshold: config.threshold / 2.0, facts: Facts::Tell, ..config.clone() };
        let words = self.detector.spellings.read();
        let judge = Judge { config: &relaxed, ..self.detector.judge(&self.vocabulary, &words) };
        let resemble = |a: u32, b: u32| judge.verify(&judge.side(article(a)), &judge.side(article(b))).is_some();
        let group_of = union::join(self.nodes.members.len(), &links, resemble);

        let mut nodes_of: Vec<(u32, u32)> = group_of.into_iter().zip(0..).collect();
        nodes_of.sort_unstable();
        let mut links_of: Vec<Vec<Link>> = vec![Vec::new(); self.nodes.members.len()];
        let mut named = vec![0; self.nodes.members.len()];
        for &(group, node) in &nodes_of {
            named[node as usize] = group;
        }
        for link in links {
            if named[link.a as usize] == named[link.b as usize] {
                links_of[named[link.a as usize] as usize].push(link);
            }
        }
        let mut groups: Vec<(Group<'d>, Option<u32>)> = nodes_of
            .chunk_by(|x, y| x.0 == y.0)
            .map(|nodes| {
                let nodes: Vec<u32> = nodes.iter().map(|&(_, node)| node).collect();
                let links = &links_of[nodes[0] as usize];
                (nodes, links)
            })
            .filter(|(nodes, _)| {
                nodes.len() > 1 || (forms(Relation::Exact) && self.nodes.members[nodes[0] as usize].len() > 1)
            })
            .map(|(nodes, links)| {
                let first = nodes.iter().map(|&node| self.nodes.members[node as usize][0]).min();
                (self.group(&nodes, links, forms(Relation::Exact)), first)
            })
            .collect();
        groups.sort_by_key(|(group, first)| (Reverse(group.members.len()), *first));
        groups.into_iter().map(|(group, _)| group).collect()
    }

    /// Orders one group: chooses the original, and finds for every other member the one it was verified against.
    fn group(&self, nodes: &[u32], links: &[Link], exact: bool) -> Group<'d> {
        let mut members: Vec<(u32, u32)> = nodes
            .iter()
            .flat_map(|&node| self.nodes.members[node as usize].iter().map(move |&entry| (entry, node)))
            .collect();
        members.sort_unstable();
        let article = |node: u32| &self.entries[self.nodes.members[node as usize][0] as usize].article;
        let texts = original::texts(links, |node| article(node).tokens.len());
        let claim = |&(entry, node): &(u32, u32)| Claim {
            date: self.entries[entry as usize].meta.date,
            repairs: self.entries[entry as usize].article.repairs,
            words: article(node).tokens.len(),
            text: texts.get(&node).copied().unwrap_or_default(),
        };
        let claims: Vec<Claim> = members.iter().map(claim).collect();
        let (original, original_why) = original::choose(&claims);
        let (original, root) = members[original];
        // Without exact copies the original's twins are none; those of other members are copies of it like them.
        members.retain(|&(entry, node)| exact || node != root || entry == original);

        let id = |entry: u32| &self.entries[entry as usize].id;
        // One entry speaks for its node: the original for its own, else the least disguised.
        let voice = |node: u32| {
            let plainest = |&&entry: &&u32| (self.entries[entry as usize].article.repairs, entry);
            let members = &self.nodes.members[node as usize];
            if node == root { original } else { members.iter().min_by_key(plainest).copied().unwrap_or(members[0]) }
        };
        let sources = sources::of(root, links);
        let copy = |entry: u32, node: u32| {
            if entry == original {
                None
            } else if exact && entry != voice(node) {
                Some(Copy { of: id(voice(node)), relation: Relation::Exact, scores: Scores::IDENTICAL })
            } else {
                let (of, link) = sources.get(&node)?;
                let changed = if link.a == node { link.changed_first } else { link.scores.words_changed };
                let scores = Scores { words_changed: changed, ..link.scores };
                Some(Copy { of: id(voice(*of)), relation: link.relation, scores })
            }
        };
        let mut listed: Vec<Member<'d>> = members
            .iter()
            .map(|&(entry, node)| {
                let held = self.entries[entry as usize];
                Member { id: &held.id, meta: &held.meta, words: held.article.tokens.len(), copy: copy(entry, node) }
            })
            .collect();
        listed.sort_by_key(|member| member.copy.is_some());
        Group { original_why, members: listed }
    }
}
