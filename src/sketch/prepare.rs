//! From a text to an article that is ready to be compared, in one pass over the text.

use std::sync::{Mutex, PoisonError};

use crate::article::{Article, Content, Tokens};
use crate::config::Config;
use crate::lexicon::spellings::{Recent, Spellings};
use crate::sketch::banding::Banding;
use crate::sketch::minhash;
use crate::text::shingle;
use crate::text::tokenise::{Listener, Tokeniser, Word};

/// The buffers of one thread that prepares articles.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    tokeniser: Tokeniser,
    recent: Recent,
    /// The tokens of an article, each with its flags behind it.
    packed: Vec<u64>,
    shingles: Vec<u64>,
    signature: Vec<u64>,
}

/// Notes the words of one article.
struct Notes<'b> {
    packed: &'b mut Vec<u64>,
    recent: &'b mut Recent,
    content: &'b mut Content,
}

impl Listener for Notes<'_> {
    #[expect(clippy::inline_always, reason = "it has two callers, and each word passes through it")]
    #[inline(always)]
    fn hear(&mut self, word: Word<'_>) {
        self.packed.push((word.full & !0xff) | u64::from(word.flags));
        // Each step waits for the one before: that goes on while the next word is looked for.
        self.content.add(word.token());
        self.recent.meet(word.full, |spelled| word.spell(spelled));
    }
}

impl Bench {
    /// Makes an article of a text, and adds its words to the spellings. A bench serves one such list only, as it
    /// remembers words that are in it.
    pub(crate) fn prepare(&mut self, text: &str, config: &Config, banding: Banding, spellings: &Spellings) -> Article {
        self.packed.clear();
        let mut content = Content::EMPTY;
        let notes = Notes { packed: &mut self.packed, recent: &mut self.recent, content: &mut content };
        let repairs = self.tokeniser.run(text, notes);
        spellings.add(&mut self.recent);
        let tokens = Tokens::unpacked(&self.packed);
        let bands = if config.view.has_surface() { self.bands(&tokens, config, banding) } else { Box::default() };
        Article { tokens, content: content.hash(), bands, repairs }
    }

    /// The same, but each word is handed to `each` instead of to the spellings.
    #[cfg(feature = "index")]
    pub(crate) fn prepare_apart(
        &mut self,
        text: &str,
        config: &Config,
        banding: Banding,
        mut each: impl FnMut(&Word<'_>),
    ) -> Article {
        self.packed.clear();
        let (mut content, packed) = (Content::EMPTY, &mut self.packed);
        let repairs = self.tokeniser.run(text, |word: Word<'_>| {
            packed.push((word.full & !0xff) | u64::from(word.flags));
            content.add(word.token());
            each(&word);
        });
        let tokens = Tokens::unpacked(&self.packed);
        let bands = if config.view.has_surface() { self.bands(&tokens, config, banding) } else { Box::default() };
        Article { tokens, content: content.hash(), bands, repairs }
    }

    /// The keys of the surface view.
    pub(crate) fn bands(&mut self, tokens: &Tokens, config: &Config, banding: Banding) -> Box<[u64]> {
        if tokens.is_empty() {
            return Box::default();
        }
        self.shingles.clear();
        self.shingles.reserve(tokens.len());
        shingle::each(tokens.hashes(), config.shingle, |hash| self.shingles.push(hash));
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
