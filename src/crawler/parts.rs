//! The parts of an open index, and what is read through several of them.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use crate::article::{Article, Span};
use crate::crawler::format::Format;
use crate::crawler::keys::Keys;
use crate::crawler::knowledge::{Knowledge, spelling};
use crate::crawler::prepared::{Prepared, Spelled};
use crate::crawler::record::{Held, Placed};
use crate::crawler::store::{Store, Table};
use crate::crawler::twins::Twins;
use crate::detector::setup::Setup;
use crate::error::Result;
use crate::hash;
use crate::index::postings::Key;
use crate::lexicon::vocabulary::Vocabulary;
use crate::sketch::stable;

/// The key of an id. The engine has no empty keys, and an id may be empty.
pub(crate) fn id_key(id: &str) -> Vec<u8> {
    [b"#", id.as_bytes()].concat()
}

/// What a record of places is that is none.
const NO_PLACES: &str = "it places no words";

/// The keys of an article, placed where only one index places them, ascending and each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keyed {
    pub(crate) keys: Vec<Key>,
    /// Of how many words the spin-stable ones were made: boilerplate is not the article's own.
    pub(crate) own: usize,
}

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) path: PathBuf,
    pub(crate) setup: Setup,
    pub(crate) format: Format,
    pub(crate) store: Arc<Store>,
    pub(crate) keys: Keys,
    knowledge: RwLock<Arc<Knowledge>>,
}

impl Parts {
    pub(crate) fn new(
        path: PathBuf,
        setup: Setup,
        format: Format,
        store: Arc<Store>,
        keys: Keys,
        knowledge: Knowledge,
    ) -> Self {
        Self { path, setup, format, store, keys, knowledge: RwLock::new(Arc::new(knowledge)) }
    }

    /// Whether rarity plays a part.
    pub(crate) fn weighs(&self) -> bool {
        self.setup.config.view.has_stable()
    }

    /// What is known of words now.
    pub(crate) fn knowledge(&self) -> Arc<Knowledge> {
        Arc::clone(&self.knowledge.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_knowledge(&self, knowledge: Knowledge) {
        *self.knowledge.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(knowledge);
    }

    /// The keys of an article.
    pub(crate) fn keys_of(&self, article: &Article, vocabulary: &Vocabulary) -> Keyed {
        let [a, b] = self.format.seed;
        let place = |key: Key| hash::combine(hash::combine(a, key.bits()), b);
        let mut keys: Vec<Key> = article.bands.iter().map(|&band| Key::surface(place(Key::surface(band)))).collect();
        let own = if self.weighs() {
            stable::keys(&article.tokens, vocabulary, |key| keys.push(Key::stable(place(Key::stable(key)))))
        } else {
            article.tokens.len()
        };
        keys.sort_unstable();
        keys.dedup();
        Keyed { keys, own }
    }

    /// The keys that a stored article would post now.
    pub(crate) fn keys_again(&self, article: Article) -> Result<Keyed> {
        self.keys_by(&self.knowledge(), article)
    }

    /// The keys that a stored article posts by what is known.
    pub(crate) fn keys_by(&self, knowledge: &Knowledge, mut article: Article) -> Result<Keyed> {
        self.give_bands(&mut article);
        let mut about = knowledge.blank();
        knowledge.add(&self.store, &article.tokens, &mut about, self.weighs())?;
        Ok(self.keys_of(&article, &about.vocabulary))
    }

    /// Makes the keys of the surface view of an article that was stored without them.
    pub(crate) fn give_bands(&self, article: &mut Article) {
        if self.setup.config.view.has_surface() {
            let Setup { config, banding, benches, .. } = &self.setup;
            article.bands = benches.lend(|bench| bench.bands(&article.tokens, config, *banding));
        }
    }

    /// The article of a number, if it is there still.
    pub(crate) fn held(&self, number: u32) -> Result<Option<Held>> {
        Held::read(&self.store, number)
    }

    /// Where the words of an article stand, and its text if that is kept.
    pub(crate) fn placed(&self, number: u32) -> Result<Option<Placed>> {
        self.store.read(Table::Places, &number.to_be_bytes(), NO_PLACES, Placed::decode)
    }

    /// Where the words of an article stand.
    pub(crate) fn spans(&self, number: u32) -> Result<Option<Vec<Span>>> {
        let spans = |record: &[u8]| Placed::split(record).map(|(spans, _)| spans);
        self.store.read(Table::Places, &number.to_be_bytes(), NO_PLACES, spans)
    }

    /// The articles with the words of one.
    pub(crate) fn twins(&self, article: &Article) -> Result<Twins> {
        Twins::read(&self.store, &Twins::key(article, self.format.seed))
    }

    /// The number of an id.
    pub(crate) fn number(&self, id: &str) -> Result<Option<u32>> {
        let number = |record: &[u8]| record.try_into().ok().map(u32::from_be_bytes);
        self.store.read(Table::Ids, &id_key(id), "it is no number", number)
    }

    /// The article of an id, with its number.
    pub(crate) fn find(&self, id: &str) -> Result<Option<(u32, Held)>> {
        let Some(number) = self.number(id)? else { return Ok(None) };
        Ok(self.held(number)?.map(|held| (number, held)))
    }

    /// The spelling of each word of a stored article that is `wanted`.
    pub(crate) fn spell(
        &self,
        article: &Article,
        mut wanted: impl FnMut(u32) -> bool,
        mut each: impl FnMut(u64, &str),
    ) -> Result<()> {
        for &token in article.tokens.hashes() {
            if wanted(token)
                && let Some((low, word)) = spelling(&self.store, token)?
            {
                each(u64::from(token) << 32 | u64::from(low), &word);
            }
        }
        Ok(())
    }

    /// A stored article as it was made ready.
    pub(crate) fn prepared_again(&self, number: u32, held: Held) -> Result<Prepared> {
        let Placed { spans, text } = self.placed(number)?.unwrap_or_default();
        let mut article = held.article;
        self.give_bands(&mut article);
        let mut words = Spelled::default();
        self.spell(&article, |_| true, |full, word| words.push(full, |spelled| spelled.push_str(word)))?;
        words.sort();
        Ok(Prepared { article, spans, words, text })
    }

    pub(crate) fn prepare(&self, text: &str) -> Prepared {
        Prepared::new(text, &self.setup, self.format.keeps_text)
    }
}
