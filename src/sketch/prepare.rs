//! From a text to an article that is ready to be compared, in one pass over the text.

use std::sync::{Mutex, PoisonError};

use crate::article::{Article, Span, Tokens, content};
use crate::config::Config;
use crate::disk::List;
use crate::hash;
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
    /// The words of an article, packed as [`content`] takes them.
    packed: Vec<u64>,
    /// Where each of them stands, or an empty place if its spelling was noted.
    places: Vec<Span>,
    shingles: Vec<u64>,
    signature: Vec<u64>,
}

/// Notes the words of one article, and hands each of them on.
struct Notes<'b, F> {
    packed: &'b mut Vec<u64>,
    each: F,
}

impl<F: FnMut(&Word<'_>)> Listener for Notes<'_, F> {
    #[expect(clippy::inline_always, reason = "it has two callers, and each word passes through it")]
    #[inline(always)]
    fn hear(&mut self, word: Word<'_>) {
        self.packed.push((word.full & !0xff) | u64::from(word.flags));
        (self.each)(&word);
    }
}

impl Bench {
    /// Makes an article of a text, and adds its words to the spellings. A bench serves one such list only, as it
    /// remembers words that are in it.
    pub(crate) fn prepare(&mut self, text: &str, config: &Config, banding: Banding, spellings: &Spellings) -> Article {
        let (mut recent, mut places) = (std::mem::take(&mut self.recent), std::mem::take(&mut self.places));
        places.clear();
        let note = |word: &Word<'_>| {
            if word.plain {
                places.push(word.span);
            } else {
                recent.meet(word.full, |spelled| word.spell(spelled));
                places.push(Span { start: 0, end: 0 });
            }
        };
        let article = self.prepare_apart(text, config, banding, note);
        // In a loop of its own the look-ups, which are far apart in memory, need not wait for each other.
        for (&packed, place) in self.packed.iter().zip(&places) {
            let range = place.range();
            if !range.is_empty() && !recent.met(packed) {
                let full = hash::lowered(text.as_bytes(), range.start, range.end);
                recent.meet(full, |spelled| Word::spell_plain(&text[range], spelled));
            }
        }
        spellings.add(&mut recent);
        (self.recent, self.places) = (recent, places);
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
        let repairs = self.tokeniser.run(text, Notes { packed: &mut self.packed, each });
        let tokens = Tokens::unpacked(&self.packed);
        let bands = if config.view.has_surface() { self.bands(&tokens, config, banding) } else { List::default() };
        Article { tokens, content: content(&self.packed), bands, repairs }
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
