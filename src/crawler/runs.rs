//! Runs: postings in the order of their keys, cut into the pages of a file.
//!
//! Keys are placed at random, so a key's own bits tell its page, and no table of pages is needed. A filter in memory
//! tells which keys a run does not hold. Runs are written once; several of a size are merged into one, so that few have
//! to be asked: the log-structured merge tree of O'Neil, Cheng, Gawlick and O'Neil (1996).

use std::iter::Peekable;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::crawler::bytes::{Rest, SUM, put_number};
use crate::crawler::files;
use crate::crawler::filter::{self, Filter, Growing, Probe};
use crate::crawler::lists::{List, Posting};
use crate::crawler::pages::{Pages, Stretch};
use crate::error::Result;
use crate::index::postings::Key;

/// Postings on a page, about: few, as a key's page is read and summed whole.
const PAGE: u64 = 32;

/// The runs that are merged into one.
const MERGED: usize = 4;

/// All runs are merged into one when the newer ones come to this part of the oldest: so most keys are asked of one run,
/// and what that lets through by mistake it lets through once.
const OLDEST: u64 = 3;

/// What is written down of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: u32,
    pub(crate) pages: u32,
    pub(crate) postings: u64,
    /// The size of its filter.
    pub(crate) blocks: u32,
}

impl Entry {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        for number in [self.id.into(), self.pages.into(), self.postings, self.blocks.into()] {
            put_number(out, number);
        }
    }

    pub(crate) fn decode(rest: &mut Rest<'_>) -> Option<Self> {
        let mut next = || rest.number();
        let [id, pages, postings, blocks] = [next()?, next()?, next()?, next()?];
        Some(Self { id: id.try_into().ok()?, pages: pages.try_into().ok()?, postings, blocks: blocks.try_into().ok()? })
    }

    /// The page of a key.
    fn page(&self, key: Key) -> u32 {
        ((u128::from(key.bits()) * u128::from(self.pages)) >> 64) as u32
    }

    /// The pages of its file: those of its filter come last.
    fn all_pages(&self) -> u32 {
        self.pages + filter::pages(self.blocks)
    }
}

/// A run that can be read.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) entry: Entry,
    pages: Pages,
    /// Behind a lock, so that it can be exchanged while the run is asked: two of the largest would not fit into memory.
    filter: RwLock<Filter>,
}

impl Run {
    /// Writes a run of postings that come in the order of their keys, about `expected` of them. It is on the disk once this
    /// returns; its filter is not [read](Self::fold) yet.
    pub(crate) fn write(
        folder: &Path,
        id: u32,
        expected: u64,
        postings: impl Iterator<Item = Result<(Key, Posting)>>,
    ) -> Result<Self> {
        let pages = u32::try_from(expected / PAGE).unwrap_or(u32::MAX / 2).max(1);
        let blocks = filter::blocks(expected);
        let entry = Entry { id, pages, postings: 0, blocks };
        let filter = Growing::new(blocks, tempfile::tempfile_in(folder).map_err(files::failed(folder))?);
        let mut paged = Paged { folder, entry, next: 0, postings: postings.peekable(), filter };
        let pages = Pages::write(folder, id, &mut paged)?;
        Ok(Self { entry: paged.entry, pages, filter: RwLock::new(Filter::unread()) })
    }

    /// Opens a run that was written, with its filter folded into so many blocks: what that saves of memory, keys cost that
    /// the run does not hold.
    pub(crate) fn open(folder: &Path, entry: Entry, held: u32) -> Result<Self> {
        let pages = Pages::open(folder, entry.id, entry.all_pages())?;
        let filter = RwLock::new(read_filter(&entry, &pages, held)?);
        Ok(Self { entry, pages, filter })
    }

    fn filter(&self) -> RwLockReadGuard<'_, Filter> {
        self.filter.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_filter(&self, filter: Filter) {
        let old = std::mem::replace(&mut *self.filter.write().unwrap_or_else(PoisonError::into_inner), filter);
        // Nobody need wait while the system takes back its pages.
        drop(old);
    }

    /// The blocks of its filter that are in memory, if it was read.
    pub(crate) fn held(&self) -> Option<u32> {
        self.filter().held()
    }

    /// Reads the filter anew, folded into so many blocks. Until that is done the run has none, and is read for keys that
    /// it does not hold: so the old filter and the new one are never in memory together.
    pub(crate) fn fold(&self, held: u32) -> Result<()> {
        self.unfold();
        self.set_filter(read_filter(&self.entry, &self.pages, held)?);
        Ok(())
    }

    /// Lets go of the filter, of a run that is no longer asked but by who has begun to.
    pub(crate) fn unfold(&self) {
        self.set_filter(Filter::unread());
    }

    /// Checks that the filter can be read.
    pub(crate) fn check_filter(&self) -> Result<()> {
        read_filter(&self.entry, &self.pages, 1).map(|_| ())
    }

    /// Hands the places of those of the keys that the run may hold to `each`.
    pub(crate) fn sift(&self, probes: &[Probe], each: impl FnMut(usize)) {
        self.filter().sift(probes, each);
    }

    /// Hands what the key's list holds to `each`.
    pub(crate) fn find(&self, key: Key, buffer: &mut Vec<u8>, each: impl FnMut(Posting)) -> Result<()> {
        let (keys, postings) = self.page(self.entry.page(key), buffer)?;
        let from = keys.partition_point(|&other| u64::from_le_bytes(other) < key.bits());
        let same = keys[from..].iter().take_while(|&&other| u64::from_le_bytes(other) == key.bits()).count();
        postings[from..from + same].iter().map(|&posting| Posting(u32::from_le_bytes(posting))).for_each(each);
        Ok(())
    }

    /// The keys and the postings of a page.
    fn page<'b>(&self, number: u32, buffer: &'b mut Vec<u8>) -> Result<Halves<'b>> {
        halves(self.pages.get(number, buffer)?).ok_or_else(|| self.pages.damaged(number))
    }

    /// Reads every page, and checks that the keys are where they are looked for.
    pub(crate) fn verify(&self) -> Result<()> {
        self.check_filter()?;
        let mut buffer = Vec::new();
        let (mut last, mut count) = (0, 0);
        for number in 0..self.entry.pages {
            let (keys, _) = self.page(number, &mut buffer)?;
            // For one page only: whoever exchanges it waits, and those who ask meanwhile wait for that.
            let filter = self.filter();
            for &key in keys {
                let bits = u64::from_le_bytes(key);
                if self.entry.page(Key::from_bits(bits)) != number || last > bits || !filter.may_hold(&Probe::new(bits))
                {
                    return Err(self.pages.damaged(number));
                }
                last = bits;
            }
            count += keys.len() as u64;
        }
        if count != self.entry.postings {
            return Err(self.pages.damaged(self.entry.pages));
        }
        Ok(())
    }

    /// Copies the run into another folder.
    pub(crate) fn copy(&self, to: &Path) -> Result<()> {
        let mut buffer = Vec::new();
        let page = |number| self.pages.get(number, &mut buffer).map(<[u8]>::to_vec);
        Pages::write(to, self.entry.id, (0..self.entry.all_pages()).map(page)).map(|_| ())
    }

    /// The bytes that it takes on disk.
    pub(crate) fn size(&self) -> u64 {
        self.pages.size()
    }

    /// Drops the run's file. Who reads it still may go on.
    pub(crate) fn drop_file(&self) -> Result<()> {
        self.pages.drop_file()
    }
}

fn read_filter(entry: &Entry, pages: &Pages, held: u32) -> Result<Filter> {
    let mut filter = Filter::new(entry.blocks, held).map_err(|error| pages.failed(error))?;
    let mut buffer = Vec::new();
    for number in entry.pages..entry.all_pages() {
        if !filter.set_page((number - entry.pages) as usize, pages.get(number, &mut buffer)?) {
            return Err(pages.damaged(number));
        }
    }
    Ok(filter)
}

/// The keys and the postings of a page.
type Halves<'b> = (&'b [[u8; 8]], &'b [[u8; 4]]);

fn halves(page: &[u8]) -> Option<Halves<'_>> {
    let count = page.len() / 12;
    let (keys, postings) = page.split_at_checked(count * 8)?;
    (page.len() == count * 12).then_some((keys.as_chunks().0, postings.as_chunks().0))
}

/// Cuts postings into pages, and notes their keys in a filter, whose own pages come behind.
struct Paged<'f, I: Iterator> {
    folder: &'f Path,
    entry: Entry,
    next: u32,
    postings: Peekable<I>,
    filter: Growing,
}

impl<I: Iterator<Item = Result<(Key, Posting)>>> Iterator for Paged<'_, I> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.entry.pages {
            return self.filter.next_page().map_err(files::failed(self.folder)).transpose();
        }
        // Of most pages both halves fit into this.
        let room = 2 * PAGE as usize;
        let (mut keys, mut postings) = (Vec::with_capacity(room * 12 + SUM), Vec::with_capacity(room * 4));
        let here =
            |next: &Result<(Key, Posting)>| next.as_ref().map_or(true, |(key, _)| self.entry.page(*key) == self.next);
        while let Some(next) = self.postings.next_if(here) {
            match next {
                Ok((key, posting)) => {
                    if let Err(error) = self.filter.add(key.bits()) {
                        return Some(Err(files::failed(self.folder)(error)));
                    }
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

/// What is still to be read of a run, in the order of its keys.
struct Cursor<'r> {
    run: &'r Run,
    page: u32,
    stretch: Stretch,
    /// Where the page at hand stands in it.
    start: usize,
    /// The place on the page, and how many there are.
    at: usize,
    count: usize,
    /// The next key, if there is one.
    key: Option<u64>,
}

impl<'r> Cursor<'r> {
    fn new(run: &'r Run) -> Result<Self> {
        let mut cursor = Self { run, page: 0, stretch: Stretch::default(), start: 0, at: 0, count: 0, key: None };
        cursor.turn()?;
        Ok(cursor)
    }

    /// Looks at the next key. Reads pages until there is one with something on it that was not read.
    fn turn(&mut self) -> Result<()> {
        while self.at == self.count && self.page < self.run.entry.pages {
            let page = self.run.pages.find_in(self.page, &mut self.stretch)?;
            let (keys, _) =
                halves(&self.stretch.bytes[page.clone()]).ok_or_else(|| self.run.pages.damaged(self.page))?;
            (self.count, self.start, self.at) = (keys.len(), page.start, 0);
            self.page += 1;
        }
        let key = self.stretch.bytes.get(self.start + self.at * 8..).filter(|_| self.at < self.count);
        self.key = key.and_then(|key| key.first_chunk()).map(|&key| u64::from_le_bytes(key));
        Ok(())
    }

    /// The posting of the next key; then the one after it is next.
    fn take(&mut self) -> Result<Posting> {
        let place = self.start + self.count * 8 + self.at * 4;
        let posting = self.stretch.bytes[place..].first_chunk().map_or(0, |&posting| u32::from_le_bytes(posting));
        self.at += 1;
        self.turn()?;
        Ok(Posting(posting))
    }
}

/// The postings of several runs as those of one.
pub(crate) struct Merged<'r, G> {
    cursors: Vec<Cursor<'r>>,
    is_gone: G,
    /// The cursor that alone has keys before this one, where that is so: most keys are in one run.
    alone: Option<(usize, Option<u64>)>,
    list: List,
    /// What is to come of the last key, the last one first.
    ready: Vec<(Key, Posting)>,
}

/// The postings of several runs, the oldest first. Articles that are gone are left out.
pub(crate) fn merged<G: Fn(u32) -> bool>(runs: &[Arc<Run>], is_gone: G) -> Result<Merged<'_, G>> {
    let cursors = runs.iter().map(|run| Cursor::new(run)).collect::<Result<_>>()?;
    Ok(Merged { cursors, is_gone, alone: None, list: List::default(), ready: Vec::new() })
}

impl<G: Fn(u32) -> bool> Merged<'_, G> {
    /// The next posting of the cursor that is alone, which its run bounded when it was written.
    fn next_alone(&mut self) -> Result<Option<(Key, Posting)>> {
        let Some((number, end)) = self.alone else { return Ok(None) };
        let cursor = &mut self.cursors[number];
        while let Some(bits) = cursor.key.filter(|&key| end.is_none_or(|end| key < end)) {
            let posting = cursor.take()?;
            if posting.is_cut() || !(self.is_gone)(posting.number()) {
                return Ok(Some((Key::from_bits(bits), posting)));
            }
        }
        self.alone = None;
        Ok(None)
    }

    /// Finds who has the next key, and makes ready what the runs hold of it unless that is one alone. Tells whether there
    /// was one.
    fn next_key(&mut self) -> Result<bool> {
        let (mut least, mut second) = (None, None);
        for (number, cursor) in self.cursors.iter().enumerate() {
            let Some(key) = cursor.key else { continue };
            if least.is_none_or(|(least, _)| key < least) {
                second = least.map(|(least, _)| least);
                least = Some((key, number));
            } else if second.is_none_or(|second| key < second) {
                second = Some(key);
            }
        }
        let Some((bits, number)) = least else { return Ok(false) };
        if second != Some(bits) {
            self.alone = Some((number, second));
            return Ok(true);
        }
        let key = Key::from_bits(bits);
        self.list.clear();
        for cursor in &mut self.cursors {
            while cursor.key == Some(bits) {
                let posting = cursor.take()?;
                if posting.is_cut() || !(self.is_gone)(posting.number()) {
                    self.list.push(key, posting);
                }
            }
        }
        self.ready.extend(self.list.stored().map(|posting| (key, posting)));
        self.ready.reverse();
        Ok(true)
    }
}

impl<G: Fn(u32) -> bool> Iterator for Merged<'_, G> {
    type Item = Result<(Key, Posting)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.pop() {
                return Some(Ok(ready));
            }
            match self.next_alone() {
                Ok(Some(next)) => return Some(Ok(next)),
                Ok(None) => {}
                Err(error) => return Some(Err(error)),
            }
            match self.next_key() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Which neighbouring runs of so many postings are due to be merged: the last ones of one size, when there are enough of
/// them, or all.
pub(crate) fn due(sizes: &[u64], smallest: u64) -> Option<Range<usize>> {
    let tier = |size: &u64| (size / smallest.max(1)).max(1).ilog2() / MERGED.ilog2();
    let tiers: Vec<u32> = sizes.iter().map(tier).collect();
    let last = *tiers.last()?;
    // Smaller ones that got between larger ones, after a removal, go with them.
    let alike = tiers.iter().rev().take_while(|&&tier| tier <= last).count();
    if alike >= MERGED {
        return Some(sizes.len() - alike..sizes.len());
    }
    let (oldest, newer) = sizes.split_first()?;
    (sizes.len() >= MERGED && newer.iter().sum::<u64>() >= oldest / OLDEST).then_some(0..sizes.len())
}

/// How many blocks of each run's filter are held, so that all take no more than so many bytes: of the largest ones the
/// fewest that are needed, as many of each. What that is goes in steps, so that a filter need not be read again whenever a
/// run comes.
pub(crate) fn held(entries: &[Entry], room: u64) -> Vec<u32> {
    let all = |most: u32| entries.iter().map(move |entry| entry.blocks.min(most));
    let fits = |most: u32| all(most).map(u64::from).sum::<u64>() * filter::BLOCK_BYTES <= room;
    // Four steps from each power of two to the next.
    let steps = (0..30).rev().flat_map(|power| (4..8).rev().map(move |quarters| quarters << power));
    let most = std::iter::once(u32::MAX).chain(steps).find(|&most| fits(most));
    all(most.unwrap_or(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// All postings, in the order of the keys.
    fn all(lists: &BTreeMap<Key, List>) -> impl Iterator<Item = (Key, Posting)> + '_ {
        lists.iter().flat_map(|(&key, list)| list.stored().map(move |posting| (key, posting)))
    }

    proptest! {
        /// As it was written first: every key's list put together from what all runs hold of it.
        #[test]
        fn merged_runs_are_the_lists_of_all(
            given in prop::collection::vec(prop::collection::vec((0_u64..40, 1_usize..90), 0..60), 1..5),
            left_out in 0_u32..9,
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let is_gone = |number: u32| left_out > 0 && number % 9 < left_out;
            let (mut runs, mut naive, mut number) = (Vec::new(), BTreeMap::<Key, List>::new(), 0);
            for (id, postings) in (0..).zip(&given) {
                let mut lists = BTreeMap::<Key, List>::new();
                for &(key, count) in postings {
                    let bits = crate::hash::mix(key) & !1;
                    let key = if key % 3 == 0 { Key::surface(bits) } else { Key::stable(bits) };
                    for _ in 0..count {
                        lists.entry(key).or_default().push(key, Posting::new(number, 100));
                        number += 1;
                    }
                }
                let written: Vec<_> = all(&lists).collect();
                for &(key, posting) in written.iter().filter(|next| next.1.is_cut() || !is_gone(next.1.number())) {
                    naive.entry(key).or_default().push(key, posting);
                }
                let run = Run::write(folder.path(), id, written.len() as u64, written.into_iter().map(Ok));
                runs.push(Arc::new(run.expect("room")));
            }
            let merged: Result<Vec<_>> = merged(&runs, is_gone).expect("readable").collect();
            prop_assert_eq!(merged.expect("readable"), all(&naive).collect::<Vec<_>>());
        }
    }

    #[test]
    fn filters_are_folded_until_they_fit() {
        let entries = [40_000, 30_000, 500].map(|blocks| Entry { id: 0, pages: 1, postings: 0, blocks });
        let bytes = |blocks: u64| blocks * 32;
        assert_eq!(held(&entries, bytes(70_500)), [40_000, 30_000, 500]);
        assert_eq!(held(&entries, bytes(70_499)), [32_768, 30_000, 500]);
        assert_eq!(held(&entries, bytes(30_000)), [14_336, 14_336, 500]);
        for room in [0, 1, bytes(2), bytes(50), bytes(20_000)] {
            let held = held(&entries, room);
            let size = bytes(held.iter().map(|&blocks| u64::from(blocks)).sum());
            assert!(size <= room.max(bytes(3)), "{room}: {held:?}");
        }
        assert!(super::held(&[], 0).is_empty());
    }

    #[test]
    fn the_oldest_run_takes_in_what_has_come_to_a_third_of_it() {
        let due = |sizes: &[u64]| super::due(sizes, 10);
        assert_eq!(due(&[]), None);
        assert_eq!(due(&[20, 20, 20]), None);
        assert_eq!(due(&[20, 20, 20, 20]), Some(0..4));
        assert_eq!(due(&[1000, 200, 50, 50]), None);
        assert_eq!(due(&[1000, 200, 90, 50]), Some(0..4));
        // Those of one size before that: however often the large merge is cut short, they do not become more and more.
        assert_eq!(due(&[1000, 300, 20, 20, 20, 20]), Some(2..6));
        // As many as come: few runs, and no posting is written anew more than about once each time it doubles.
        let (mut sizes, mut written) = (Vec::new(), 0);
        for count in 1..=1000 {
            sizes.push(20);
            while let Some(due) = due(&sizes) {
                let merged = sizes.drain(due.clone()).sum();
                sizes.insert(due.start, merged);
                written += merged / 20;
            }
            let few = sizes.len() < MERGED || sizes[0] * 4 > sizes.iter().sum::<u64>() * 3;
            assert!(few && sizes.len() <= 12, "{count}: {sizes:?}");
        }
        assert_eq!(sizes.iter().sum::<u64>(), 20_000);
        assert!(written < 8 * 1000, "{written}");
    }
}
