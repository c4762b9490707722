//! Runs: postings in the order of their keys, cut into pages that the store keeps.
//!
//! Keys are placed at random, so a key's own bits tell its page, and no table of pages is needed. A filter in memory
//! tells which keys a run does not hold. Runs are written once; several of a size are merged into one, so that few have
//! to be asked: the log-structured merge tree of O'Neil, Cheng, Gawlick and O'Neil (1996), with the store as its disk.

use std::iter::Peekable;
use std::sync::Arc;

use crate::crawler::bytes::{Rest, put_number};
use crate::crawler::filter::Filter;
use crate::crawler::lists::{List, Posting};
use crate::crawler::store::{Pages, Store};
use crate::error::Result;
use crate::index::postings::Key;

/// Postings on a page, about.
const PAGE: u64 = 128;

/// The runs that are merged into one.
const MERGED: usize = 4;

/// What is written down of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: u32,
    pub(crate) pages: u32,
    pub(crate) postings: u64,
    /// The postings that its filter was made for.
    pub(crate) filtered: u64,
}

impl Entry {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_number(out, u64::from(self.id));
        put_number(out, u64::from(self.pages));
        put_number(out, self.postings);
        put_number(out, self.filtered);
    }

    pub(crate) fn decode(rest: &mut Rest<'_>) -> Option<Self> {
        let [id, pages] = [rest.number()?, rest.number()?];
        let [postings, filtered] = [rest.number()?, rest.number()?];
        Some(Self { id: id.try_into().ok()?, pages: pages.try_into().ok()?, postings, filtered })
    }

    /// The page of a key.
    fn page(&self, key: Key) -> u32 {
        ((u128::from(key.bits()) * u128::from(self.pages)) >> 64) as u32
    }
}

/// A run that can be read.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) entry: Entry,
    pub(crate) pages: Pages,
    /// Without one, every key is looked up.
    filter: Option<Filter>,
}

impl Run {
    /// Writes a run of postings that come in the order of their keys; about `expected` of them.
    pub(crate) fn write(
        store: &Store,
        id: u32,
        expected: u64,
        postings: impl Iterator<Item = Result<(Key, Posting)>>,
    ) -> Result<Self> {
        let pages = u32::try_from(expected / PAGE).unwrap_or(u32::MAX / 2).max(1);
        let entry = Entry { id, pages, postings: 0, filtered: expected };
        let mut written = Paged { entry, next: 0, postings: postings.peekable(), filter: Filter::new(expected) };
        store.write_run(id, &mut written)?;
        let Paged { entry, filter, .. } = written;
        Ok(Self { entry, pages: store.run(id)?, filter: Some(filter) })
    }

    /// Opens a run that was written. With its filter, which takes memory, most keys that it does not hold cost nothing.
    pub(crate) fn open(store: &Store, entry: Entry, filtered: bool) -> Result<Self> {
        let mut run = Self { entry, pages: store.run(entry.id)?, filter: None };
        if filtered {
            let page = |number: usize| Ok(run.pages.get(entry.pages + number as u32)?.to_vec());
            let filter = Filter::from_pages(entry.filtered, page)?;
            run.filter = Some(filter.ok_or_else(|| run.pages.damaged(entry.pages))?);
        }
        Ok(run)
    }

    pub(crate) fn is_filtered(&self) -> bool {
        self.filter.is_some()
    }

    /// Whether the run may hold a key.
    pub(crate) fn may_hold(&self, key: Key) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.may_hold(key.bits()))
    }

    /// Hands what the key's list holds to `each`.
    pub(crate) fn find(&self, key: Key, each: impl FnMut(Posting)) -> Result<()> {
        let number = self.entry.page(key);
        let page = self.pages.get(number)?;
        let (keys, postings) = halves(&page).ok_or_else(|| self.pages.damaged(number))?;
        let from = keys.partition_point(|&other| u64::from_le_bytes(other) < key.bits());
        let same = keys[from..].iter().take_while(|&&other| u64::from_le_bytes(other) == key.bits()).count();
        postings[from..from + same].iter().map(|&posting| Posting(u32::from_le_bytes(posting))).for_each(each);
        Ok(())
    }

    /// Hands the postings of a page to `each`, in the order of their keys.
    pub(crate) fn each(&self, number: u32, mut each: impl FnMut(Key, Posting)) -> Result<()> {
        let page = self.pages.get(number)?;
        let (keys, postings) = halves(&page).ok_or_else(|| self.pages.damaged(number))?;
        for (&key, &posting) in keys.iter().zip(postings) {
            each(Key::from_bits(u64::from_le_bytes(key)), Posting(u32::from_le_bytes(posting)));
        }
        Ok(())
    }

    /// Reads every page, and checks that the keys are where they are looked for.
    pub(crate) fn verify(&self) -> Result<()> {
        let mut last = None;
        let mut postings = 0;
        for number in 0..self.entry.pages {
            let mut wrong = false;
            self.pages.check(number)?;
            self.each(number, |key, _| {
                wrong |= self.entry.page(key) != number || last > Some(key) || !self.may_hold(key);
                last = Some(key);
                postings += 1;
            })?;
            if wrong {
                return Err(self.pages.damaged(number));
            }
        }
        let filters = Filter::pages(self.entry.filtered);
        (self.entry.pages..self.entry.pages + filters).try_for_each(|number| self.pages.check(number))?;
        if postings != self.entry.postings {
            return Err(self.pages.damaged(self.entry.pages));
        }
        Ok(())
    }

    /// Copies the run into another store.
    pub(crate) fn copy(&self, to: &Store) -> Result<()> {
        let pages = self.entry.pages + Filter::pages(self.entry.filtered);
        to.write_run(self.entry.id, (0..pages).map(|number| Ok(self.pages.get(number)?.to_vec())))
    }

    /// All postings, in the order of their keys, page by page.
    fn postings(&self) -> impl Iterator<Item = Result<(Key, Posting)>> + '_ {
        (0..self.entry.pages).flat_map(|number| {
            let mut page = Vec::new();
            let read = self.each(number, |key, posting| page.push(Ok((key, posting))));
            if let Err(error) = read {
                page = vec![Err(error)];
            }
            page
        })
    }
}

/// The keys and the postings of a page.
#[expect(clippy::type_complexity, reason = "two slices of numbers")]
fn halves(page: &[u8]) -> Option<(&[[u8; 8]], &[[u8; 4]])> {
    let count = page.len() / 12;
    let (keys, postings) = page.split_at_checked(count * 8)?;
    (page.len() == count * 12).then_some((keys.as_chunks().0, postings.as_chunks().0))
}

/// Cuts postings into pages, and notes their keys in a filter, whose own pages come behind.
struct Paged<I: Iterator> {
    entry: Entry,
    next: u32,
    postings: Peekable<I>,
    filter: Filter,
}

impl<I: Iterator<Item = Result<(Key, Posting)>>> Iterator for Paged<I> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.entry.pages {
            let page = self.filter.page((self.next - self.entry.pages) as usize);
            self.next += 1;
            return page.map(Ok);
        }
        let (mut keys, mut postings) = (Vec::new(), Vec::new());
        let here =
            |next: &Result<(Key, Posting)>| next.as_ref().map_or(true, |(key, _)| self.entry.page(*key) == self.next);
        while let Some(next) = self.postings.next_if(here) {
            match next {
                Ok((key, posting)) => {
                    self.filter.add(key.bits());
                    keys.extend(key.bits().to_le_bytes());
                    postings.extend(posting.0.to_le_bytes());
                }
                Err(error) => return Some(Err(error)),
            }
        }
        self.entry.postings += postings.len() as u64 / 4;
        self.next += 1;
        keys.append(&mut postings);
        Some(Ok(keys))
    }
}

/// The postings of several runs, the oldest first, as those of one. Articles that are gone are left out.
pub(crate) fn merged<'r>(
    runs: &'r [Arc<Run>],
    is_gone: impl Fn(u32) -> bool + 'r,
) -> impl Iterator<Item = Result<(Key, Posting)>> + 'r {
    let mut sources: Vec<_> = runs.iter().map(|run| run.postings().peekable()).collect();
    let mut ready: Vec<(Key, Posting)> = Vec::new();
    std::iter::from_fn(move || {
        loop {
            if let Some(posting) = ready.pop() {
                return Some(Ok(posting));
            }
            let mut first: Option<Key> = None;
            for source in &mut sources {
                match source.peek() {
                    None => {}
                    Some(Ok((key, _))) => first = Some(first.map_or(*key, |first| first.min(*key))),
                    Some(Err(_)) => return source.next(),
                }
            }
            let key = first?;
            let mut list = List::default();
            for source in &mut sources {
                while let Some(Ok((_, posting))) = source.next_if(|next| next.as_ref().is_ok_and(|next| next.0 == key))
                {
                    if posting.is_cut() || !is_gone(posting.number()) {
                        list.push(key, posting);
                    }
                }
            }
            ready.extend(list.stored().map(|posting| (key, posting)));
            ready.reverse();
        }
    })
}

/// Which neighbouring runs are due to be merged: the last ones of one size, when there are enough of them.
pub(crate) fn due(runs: &[Arc<Run>], smallest: u64) -> Option<std::ops::Range<usize>> {
    let tier = |run: &Arc<Run>| (run.entry.postings / smallest.max(1)).max(1).ilog2() / MERGED.ilog2();
    let tiers: Vec<u32> = runs.iter().map(tier).collect();
    let last = *tiers.last()?;
    // Smaller ones that got between larger ones, after a removal, go with them.
    let alike = tiers.iter().rev().take_while(|&&tier| tier <= last).count();
    (alike >= MERGED).then(|| runs.len() - alike..runs.len())
}
