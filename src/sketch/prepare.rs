//! From a text to an article that is ready to be compared, in one pass over the text.

use std::sync::{Mutex, PoisonError};

use crate::article::{Article, Content, Tokens};
use crate::config::Config;
use crate::lexicon::spellings::{Recent, Spellings};
use crate::sketch::banding::Banding;
use crate::sketch::minhash;
use crate::text::shingle;
use crate::text::tokenise::Tokeniser;

/// The buffers of one thread that prepares articles.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    tokeniser: Tokeniser,
    recent: Recent,
    tokens: Tokens,
    shingles: Vec<u64>,
    signature: Vec<u64>,
}

impl Bench {
    /// Makes an article of a text, and adds its words to the spellings. A bench serves one such list only, as it
    /// remembers words that are in it.
    pub(crate) fn prepare(&mut self, text: &str, config: &Config, banding: Banding, spellings: &Spellings) -> Article {
        self.tokens.clear();
        // Each step waits for the one before: that goes on while the next word is looked for.
        let mut content = Content::EMPTY;
        let repairs = self.tokeniser.run(text, |word| {
            let token = word.token();
            self.tokens.push(token, word.flags);
            content.add(token);
            self.recent.meet(word.full, |spelled| word.spell(spelled));
        });
        spellings.add(&mut self.recent);
        let bands = if config.view.has_surface() { self.bands(config, banding) } else { Box::default() };
        Article { tokens: self.tokens.clone(), content: content.hash(), bands, repairs }
    }

    /// The keys of the surface view.
    fn bands(&mut self, config: &Config, banding: Banding) -> Box<[u64]> {
        if self.tokens.is_empty() {
            return Box::default();
        }
        self.shingles.clear();
        shingle::each(self.tokens.hashes(), config.shingle, |hash| self.shingles.push(hash));
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
