//! The settings with what they lead to: how articles are made ready and compared.

use std::sync::{Arc, RwLockReadGuard};

use crate::article::{Article, Tokens};
use crate::config::Config;
use crate::disk::{Limits, Maps};
use crate::error::Result;
use crate::lexicon::boilerplate::{Boilerplate, Sightings};
use crate::lexicon::learned::Lexicon;
use crate::lexicon::spellings::{Spellings, Words};
use crate::lexicon::vocabulary::Vocabulary;
use crate::sketch::banding::Banding;
use crate::sketch::prepare::Benches;
use crate::text::tokenise as tokenised;
use crate::verify::places::{Comparison, Places};
use crate::verify::relation::Judge;

#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) config: Config,
    pub(crate) lexicon: Arc<Lexicon>,
    pub(crate) banding: Banding,
    pub(crate) limits: Limits,
    /// The files of articles that do not fit in memory.
    pub(crate) maps: Maps,
    spellings: Arc<Spellings>,
    pub(crate) benches: Arc<Benches>,
}

impl Setup {
    pub(crate) fn new(config: Config, lexicon: Lexicon, limits: Limits) -> Result<Self> {
        config.validate()?;
        let banding = Banding::choose(config.threshold, config.recall, config.hashes)?;
        Ok(Self {
            config,
            lexicon: Arc::new(lexicon),
            banding,
            limits,
            maps: Maps::default(),
            spellings: Arc::default(),
            benches: Arc::default(),
        })
    }

    pub(crate) fn prepare(&self, text: &str) -> Article {
        self.benches.lend(|bench| bench.prepare(text, &self.config, self.banding, &self.spellings))
    }

    /// The spellings of the words met so far. Nothing can be prepared while they are held.
    pub(crate) fn words(&self) -> RwLockReadGuard<'_, Words> {
        self.spellings.read()
    }

    /// Tells how a word is spelled that was not prepared here.
    #[cfg(feature = "index")]
    pub(crate) fn spell(&self, full: u64, word: &str) {
        self.spellings.insert(full, word);
    }

    /// What these articles say of their words and sentences.
    pub(crate) fn vocabulary(&self, articles: &[&Tokens]) -> Vocabulary {
        let sightings = Sightings::new(articles.iter().map(|tokens| tokens.len()).sum());
        let mut vocabulary = Vocabulary::learn_watched(articles, &self.words(), |tokens| {
            sightings.note(tokens);
            self.visited(tokens);
        });
        let is_key = |token| vocabulary.is_key(token);
        let boilerplate = Boilerplate::learn(articles, &sightings, is_key, |tokens| self.visited(tokens));
        vocabulary.boilerplate = Arc::new(boilerplate);
        vocabulary
    }

    /// What is left of the memory beside so many articles.
    pub(crate) fn beside(&self, articles: usize) -> Limits {
        /// What stays in memory of each article: its id, where its words are, and its places in some tables.
        const EACH: usize = 400;
        self.limits.beside(articles * EACH)
    }

    /// Takes note that an article's words were read, which may lie in a file.
    pub(crate) fn visited(&self, tokens: &Tokens) {
        self.maps.visited(5 * tokens.len(), &self.limits);
    }

    pub(crate) fn judge<'a>(&'a self, vocabulary: &'a Vocabulary, words: &'a Words) -> Judge<'a> {
        Judge { config: &self.config, vocabulary, words, lexicon: &self.lexicon }
    }

    pub(crate) fn compare(&self, a: &str, b: &str) -> Comparison {
        let (x, y) = (self.prepare(a), self.prepare(b));
        let (a, b) = (tokenised(a), tokenised(b));
        let words = self.words();
        let vocabulary = Vocabulary::learn(&[&x.tokens, &y.tokens], &words);
        let judge = self.judge(&vocabulary, &words);
        let (verdict, alignment) = judge.explain(&judge.side(&x), &judge.side(&y));
        let Places { passages, substitutions } = Places::new(&a.spans, &b.spans, &alignment);
        Comparison { verdict, passages, substitutions }
    }
}
