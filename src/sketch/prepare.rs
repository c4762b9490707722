//! From a text to an article that is ready to be compared, in one pass over the text.

use std::sync::{Mutex, PoisonError};

use crate::article::{Article, Tokens, content};
use crate::config::Config;
use crate::disk::List;
use crate::lexicon::spellings::{Recent, Spellings};
use crate::sketch::banding::Banding;
use crate::sketch::minhash;
use crate::text::shingle;
use crate::text::tokenise::{Tokeniser, Words};

/// The buffers of one thread that prepares articles.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    tokeniser: Tokeniser,
    words: Words,
    recent: Recent,
    shingles: Vec<u64>,
    signature: Vec<u64>,
}

impl Bench {
    /// Makes an article of a text, and adds its words to the spellings. A bench serves one such list only, as it
    /// remembers words that are in it.
    pub(crate) fn prepare(&mut self, text: &str, config: &Config, banding: Banding, spellings: &Spellings) -> Article {
        let article = self.prepare_apart(text, config, banding);
        let Self { words, recent, .. } = self;
        spellings.add(&words.hashes, recent, |number, spelled| words.spelling(text, number).spell(spelled));
        article
    }

    /// The same, but what the words are stays [to be asked](Self::words).
    pub(crate) fn prepare_apart(&mut self, text: &str, config: &Config, banding: Banding) -> Article {
        self.tokeniser.run(text, &mut self.words);
        let tokens = self.words.tokens();
        let bands = if config.view.has_surface() { self.bands(&tokens, config, banding) } else { List::default() };
        Article { tokens, content: content(&self.words.hashes), bands, repairs: self.words.repairs }
    }

    /// The words of the text that was prepared last.
    #[cfg(feature = "index")]
    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// The keys of the surface view.
    pub(crate) fn bands(&mut self, tokens: &Tokens, config: &Config, banding: Banding) -> List<u64> {
        if tokens.is_empty() {
            return List::default();
        }
        self.shingles.clear();
        shingle::append(tokens.hashes(), config.shingle, &mut self.shingles);
        self.signature.resize(config.hashes, 0);
        minhash::sign_first(&self.shingles, &mut self.signature, banding.bands * banding.rows);
        banding.keys(&self.signature)
    }
}

/// The benches that nobody works at.
#[derive(Debug, Default)]
pub(crate) struct Benches(Mutex<Vec<Bench>>);

impl Benches {
    /// Lends a bench for one piece of work: as many are made as threads work at once.
    pub(crate) fn lend<T>(&self, work: impl FnOnce(&mut Bench) -> T) -> T {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bench = idle().pop().unwrap_or_default();
        let done = work(&mut bench);
        idle().push(bench);
        done
    }
}
