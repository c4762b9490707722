//! A text made ready to be asked about and inserted.

use crate::article::{Article, Span, Tokens};
use crate::detector::setup::Setup;

/// So many bytes of a text are indexed and compared; what lies behind them is kept, if texts are, and nothing more.
/// Without such a cap a page of some megabytes, made of one's own words, would keep the index busy for seconds.
pub const INDEXED: usize = 1 << 19;

/// A text made ready by [`Index::prepare`](crate::Index::prepare): the costly part of asking and inserting.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// let index = unspin::Index::open_or_create(folder.path().join("seen"), &unspin::Config::default())?;
/// let article = index.prepare("Both sides win.");
/// assert_eq!(article.tokens().len(), 3);
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) article: Article,
    /// Where each word stands.
    pub(crate) spans: Vec<Span>,
    pub(crate) words: Spelled,
    /// The text, where it is to be kept.
    pub(crate) text: Option<Box<str>>,
}

impl Prepared {
    pub(crate) fn new(text: &str, setup: &Setup, keeps_text: bool) -> Self {
        let mut words = Spelled::default();
        let indexed = start(text);
        let (article, spans) = setup.benches.lend(|bench| {
            let article = bench.prepare_apart(indexed, &setup.config, setup.banding);
            bench.words().each(indexed, |hash, spelling| words.push(hash, |spelled| spelling.spell(spelled)));
            (article, bench.words().spans.clone())
        });
        words.sort();
        Self { article, spans, words, text: keeps_text.then(|| text.into()) }
    }

    /// The words, in order.
    pub fn tokens(&self) -> &Tokens {
        &self.article.tokens
    }
}

/// As much of a text as is indexed.
fn start(text: &str) -> &str {
    let mut end = text.len().min(INDEXED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The spelling of each different word of a text, by the words' hashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spelled {
    letters: String,
    places: Vec<(u64, u32, u32)>,
}

impl Spelled {
    pub(crate) fn push(&mut self, full: u64, spell: impl FnOnce(&mut String)) {
        let start = self.letters.len() as u32;
        spell(&mut self.letters);
        self.places.push((full, start, self.letters.len() as u32));
    }

    /// Puts the words in the order of their hashes, each once.
    pub(crate) fn sort(&mut self) {
        self.places.sort_unstable_by_key(|place| place.0);
        self.places.dedup_by_key(|place| place.0);
    }

    /// Each word's hash and spelling, in the order of the hashes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        self.places.iter().map(|&(full, start, end)| (full, &self.letters[start as usize..end as usize]))
    }
}
