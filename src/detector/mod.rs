//! The whole flow over a corpus: insert articles, find their copies, form the groups.

pub(crate) mod setup;
pub(crate) mod nodes;
pub(crate) mod sides;
pub(crate) mod ties;
pub(crate) mod links;
pub(crate) mod groups;
pub(crate) mod found;

use std::collections::hash_map::Entry as MapEntry;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

pub use self::found::{ALL_TWINS, Found, Match, Report, Story};
pub use self::groups::{Copy, Group, Member};
pub use self::links::{Step, Watch};
use self::nodes::{Entry, Nodes};
use self::setup::Setup;
use crate::article::{Article, ArticleId, Meta};
use crate::config::{Config, Facts, View};
use crate::disk::{Filer, Limits};
use crate::error::{Error, Result};
use crate::hash;
use crate::lexicon::learned::Lexicon;
use crate::lexicon::vocabulary::Vocabulary;
use crate::sketch::banding::Banding;
use crate::verify::places::Comparison;

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
    limits: Limits,
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

    /// About how many bytes of memory may be used, at least some hundred an article: beyond, words, keys and candidates
    /// go to temporary files, and what is found stays the same. Default: any number.
    ///
    /// ```
    /// let detector = unspin::Detector::builder().memory(2 << 30).temp_dir(std::env::temp_dir()).build()?;
    /// # Ok::<(), unspin::Error>(())
    /// ```
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.limits.memory = bytes;
        self
    }

    /// The folder for these temporary files. Default: the system's.
    #[must_use]
    pub fn temp_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.limits.folder = folder.into();
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
        Setup::new(self.config, self.lexicon, self.limits).map(Detector::of)
    }
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
    setup: Setup,
    entries: Vec<Entry>,
    /// The number of the first entry under the hash of each id, and the ids whose hash another one had before.
    numbers: HashMap<u64, u32>,
    clashes: HashSet<ArticleId>,
    /// How many entries have their lists in a file, and the bytes of the others'.
    filed: usize,
    unfiled: usize,
}

impl Detector {
    /// Starts with the default settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// One without articles yet.
    pub(crate) fn of(setup: Setup) -> Self {
        Self { setup, entries: Vec::new(), numbers: HashMap::new(), clashes: HashSet::new(), filed: 0, unfiled: 0 }
    }

    /// Tells how a word is spelled that articles hold which were prepared elsewhere.
    #[cfg(feature = "index")]
    pub(crate) fn spell(&self, full: u64, word: &str) {
        self.setup.spell(full, word);
    }

    /// The settings with what they lead to.
    #[cfg(feature = "cli")]
    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.setup.config
    }

    /// The bands that the threshold and the recall led to.
    pub fn banding(&self) -> Banding {
        self.setup.banding
    }

    /// How many articles were inserted.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Their ids, in the order of inserting.
    pub fn ids(&self) -> impl Iterator<Item = &ArticleId> + '_ {
        self.entries.iter().map(|entry| &entry.id)
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
        self.setup.prepare(text)
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
    /// [`Error::RepeatedId`] when the id stands for an article already; [`Error::TooManyArticles`] beyond 2³² − 2;
    /// [`Error::Spool`] when a temporary file is needed and cannot be written.
    pub fn insert_article(&mut self, id: ArticleId, meta: Meta, article: Article) -> Result<()> {
        if self.entries.len() >= u32::MAX as usize - 1 {
            return Err(Error::TooManyArticles);
        }
        if self.is_repeated(&id) {
            return Err(Error::RepeatedId { id: id.as_str().to_owned() });
        }
        self.unfiled += article.bytes();
        self.entries.push(Entry { id, meta, article });
        if self.unfiled > self.setup.beside(self.entries.len()).share() { self.file() } else { Ok(()) }
    }

    /// Notes an id, or tells that it is known.
    fn is_repeated(&mut self, id: &ArticleId) -> bool {
        match self.numbers.entry(hash::bytes(id.as_str().as_bytes())) {
            MapEntry::Vacant(new) => {
                new.insert(self.entries.len() as u32);
                false
            }
            MapEntry::Occupied(first) => {
                self.entries[*first.get() as usize].id == *id || !self.clashes.insert(id.clone())
            }
        }
    }

    /// Moves the words and keys of the latest articles into a file.
    fn file(&mut self) -> Result<()> {
        let latest = &mut self.entries[self.filed..];
        let mut filer = Filer::new(&self.setup.limits)?;
        latest.iter().try_for_each(|entry| entry.article.write(&mut filer))?;
        let (map, mut written) = filer.finish()?;
        for entry in latest {
            entry.article.file(&mut written);
        }
        self.setup.maps.add(map);
        (self.filed, self.unfiled) = (self.entries.len(), 0);
        Ok(())
    }

    /// Finds every copy among the articles. The result does not depend on the order in which they were inserted, nor
    /// on the number of threads.
    ///
    /// # Panics
    /// When the [memory](Builder::memory) is bounded and a temporary file cannot be used:
    /// [`find_watched`](Self::find_watched) returns the error.
    pub fn find(&self) -> Found<'_> {
        self.find_watched(&()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, with somebody who is told how far it is.
    ///
    /// # Errors
    /// [`Error::Spool`] when a temporary file is needed and cannot be used.
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
    /// detector.find_watched(&words)?;
    /// assert_eq!(words.0.into_inner(), 3);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn find_watched(&self, watch: &dyn Watch) -> Result<Found<'_>> {
        let nodes = Nodes::new(&self.entries);
        let stable = self.setup.config.view.has_stable();
        let vocabulary = if stable { self.setup.vocabulary(&nodes.tokens()) } else { Vocabulary::default() };
        let links = links::links(&self.setup, &nodes, &vocabulary, watch)?;
        Ok(Found { setup: &self.setup, nodes, vocabulary, links })
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
        self.setup.compare(a, b)
    }
}
