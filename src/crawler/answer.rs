//! What the index answers.

use crate::article::{ArticleId, Meta};
use crate::verify::places::Places;
use crate::verify::relation::{Relation, Scores};

/// A stored article that the text asked about is a copy of, or was copied from.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The stored article: of several with the same words, the one that came first.
    pub id: ArticleId,
    /// What is told about it.
    pub meta: Meta,
    /// What the two are to each other.
    pub relation: Relation,
    /// How alike they are; the words changed are those of the text asked about.
    pub scores: Scores,
    /// How many other stored articles have the very words of this one.
    pub twins: u64,
    /// Where they correspond: spans of the stored text first, of the text asked about second.
    pub places: Places,
}

/// Whether an article is new.
///
/// ```
/// use unspin::{Config, Index, Meta, Relation, Seen};
/// # let folder = tempfile::tempdir().expect("a folder");
/// let index = Index::open_or_create(folder.path().join("seen"), &Config::default())?;
/// let article = index.prepare("The harbour bridge will close for eleven nights from Monday, the port said.");
/// assert_eq!(index.check_and_insert("a", &article, Meta::default())?, Seen::New);
/// let Seen::Copy { best, others } = index.check_and_insert("b", &article, Meta::default())? else { panic!() };
/// assert_eq!((best.id.as_str(), best.relation, others.len()), ("a", Relation::Exact, 0));
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// Nothing like it is stored.
    New,
    /// It is a copy of something stored, or that is one of it.
    Copy {
        /// The closest: by relation, then by score.
        best: Box<Match>,
        /// All others, the closest first.
        others: Vec<Match>,
    },
}

impl Seen {
    pub(crate) fn of(matches: Vec<Match>) -> Self {
        let mut matches = matches.into_iter();
        match matches.next() {
            None => Self::New,
            Some(best) => Self::Copy { best: Box::new(best), others: matches.collect() },
        }
    }

    /// The matches, the closest first.
    pub fn matches(&self) -> impl Iterator<Item = &Match> {
        let (best, others) = match self {
            Self::New => (None, &[][..]),
            Self::Copy { best, others } => (Some(&**best), &others[..]),
        };
        best.into_iter().chain(others)
    }
}

/// An article as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its id.
    pub id: ArticleId,
    /// What is told about it.
    pub meta: Meta,
    /// When it was inserted, in seconds since 1970-01-01 UTC.
    pub inserted: i64,
    /// How many words of it are indexed.
    pub words: usize,
    /// The closest article that it was a copy of when [`check_and_insert`](crate::Index::check_and_insert) stored it.
    pub copy_of: Option<(ArticleId, Relation)>,
    /// Its text, if the index keeps texts.
    pub text: Option<String>,
}

/// What an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// The articles.
    pub articles: u64,
    /// How many of them have words that no other had before.
    pub texts: u64,
    /// The texts that the rarity of words was learned from: the others came since.
    pub learned: u64,
    /// The articles that were removed or replaced since the last [`compact`](crate::Index::compact).
    pub removed: u64,
    /// The runs of postings that have to be asked.
    pub runs: usize,
    /// The bytes that the index takes on disk.
    pub bytes: u64,
}
