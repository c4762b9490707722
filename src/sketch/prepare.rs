//! From a text to an article that is ready to be compared, in one pass over the text.

use std::sync::{Mutex, PoisonError};

use crate::article::{Article, Content, Tokens};
use crate::config::Config;
use crate::disk::List;
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

/// Notes the words of one article, and hands each of them on.
struct Notes<'b, F> {
    packed: &'b mut Vec<u64>,
    content: &'b mut Content,
    each: F,
}

impl<F: FnMut(&Word<'_>)> Listener for Notes<'_, F> {
    #[expect(clippy::inline_always, reason = "it has two callers, and each word passes through it")]
    #[inline(always)]
    fn hear(&mut self, word: Word<'_>) {
        self.packed.push((word.full & !0xff) | u64::from(word.flags));
        // Each step waits for the one before: that goes on while the next word is looked for.
        self.content.add(word.token());
        (self.each)(&word);
    }
}

impl Bench {
    /// Makes an article of a text, and adds its words to the spellings. A bench serves one such list only, as it
    /// remembers words that are in it.
    pub(crate) fn prepare(&mut self, text: &str, config: &Config, banding: Banding, spellings: &Spellings) -> Article {
        let mut recent = std::mem::take(&mut self.recent);
        let meet = |word: &Word<'_>| recent.meet(word.full, |spelled| word.spell(spelled));
        let article = self.prepare_apart(text, config, banding, meet);
        spellings.add(&mut recent);
        self.recent = recent;
        article
    }

    /// The same, but each word is handed to `each` instead of to the spellings.
    pub(crate) fn prepare_apart(
        &mut self,
        text: &str,
        config: &Config,
        banding: Banding,
        each: impl FnMut(&Word<'_>),
    ) -> Article {
        self.packed.clear();
        let mut content = Content::EMPTY;
        let repairs = self.tokeniser.run(text, Notes { packed: &mut self.packed, content: &mut content, each });
        let tokens = Tokens::unpacked(&self.packed);
        let bands = if config.view.has_surface() { self.bands(&tokens, config, banding) } else { List::default() };
        Article { tokens, content: content.hash(), bands, repairs }
    }

    /// The keys of the surface view.
    pub(crate) fn bands(&mut self, tokens: &Tokens, config: &Config, banding: Banding) -> List<u64> {
        if tokens.is_empty() {
            return List::default();
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
