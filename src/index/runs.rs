//! Sorting more than memory holds: sorted runs in one temporary file, merged as they are read (Knuth, *The Art of
//! Computer Programming*, volume 3, section 5.4).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::sync::Arc;
use std::vec;

use rayon::prelude::*;

use crate::disk::{Limits, read_at};
use crate::error::Result;

/// What is sorted: two numbers, twelve bytes on disk.
pub(crate) trait Record: Copy + Ord + Send {
    fn numbers(self) -> (u64, u32);

    fn of(first: u64, second: u32) -> Self;

    /// Takes in the record that comes next in order, if the two make one.
    fn absorb(&mut self, next: Self) -> bool;
}

/// The bytes of a record on disk.
const RECORD: usize = 12;

/// The fewest records of a run, however little memory there is.
const FEWEST: usize = 1 << 10;

/// Takes records in any order and gives them back sorted, those that make one joined.
pub(crate) struct Sorter<'l, T> {
    limits: &'l Limits,
    held: Vec<T>,
    /// What came by the list, and as such is held as long as there is room for all.
    lists: Vec<Vec<T>>,
    /// How many records these are.
    listed: usize,
    most: usize,
    file: Option<BufWriter<File>>,
    runs: Vec<Range<u64>>,
}

/// What was sorted.
pub(crate) enum Sorted<T> {
    /// All of it, in lists that are in no order: nothing was written.
    Held(Vec<Vec<T>>),
    /// The rest lies in runs.
    Merged(Merged<T>),
}

impl<'l, T: Record> Sorter<'l, T> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        let most = (limits.share() / size_of::<T>()).max(FEWEST);
        Self { limits, held: Vec::new(), lists: Vec::new(), listed: 0, most, file: None, runs: Vec::new() }
    }

    /// Takes some more, as they are where there is room.
    pub(crate) fn append(&mut self, records: Vec<T>) -> Result<()> {
        self.listed += records.len();
        self.lists.push(records);
        if self.held.len() + self.listed <= self.most { Ok(()) } else { self.gather() }
    }

    /// Puts the lists to the other records.
    fn gather(&mut self) -> Result<()> {
        self.listed = 0;
        std::mem::take(&mut self.lists).into_iter().try_for_each(|list| self.extend(list))
    }

    /// Takes some more.
    pub(crate) fn extend(&mut self, records: impl IntoIterator<Item = T>) -> Result<()> {
        for record in records {
            if self.held.len() == self.most {
                self.write_run()?;
            }
            // Doubling would take twice as much as is allowed.
            if self.held.len() == self.held.capacity() {
                let more = self.held.len().max(FEWEST).min(self.most - self.held.len());
                self.held.reserve_exact(more);
            }
            self.held.push(record);
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Sorted<T>> {
        if self.runs.is_empty() {
            self.lists.push(self.held);
            return Ok(Sorted::Held(self.lists));
        }
        self.gather()?;
        self.write_run()?;
        self.held = Vec::new();
        self.merge().map(Sorted::Merged)
    }

    /// All of it in order, in memory or not.
    pub(crate) fn in_order(self) -> Result<Merged<T>> {
        match self.finish()? {
            Sorted::Merged(merged) => Ok(merged),
            Sorted::Held(lists) => {
                let mut held = lists.into_iter().reduce(joined).unwrap_or_default();
                sort(&mut held);
                Ok(Merged::new(vec![Run::Held(held.into_iter())], None))
            }
        }
    }

    fn write_run(&mut self) -> Result<()> {
        sort(&mut self.held);
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::with_capacity(1 << 18, self.limits.file()?)),
        };
        let start = self.runs.last().map_or(0, |run| run.end);
        let written = self.held.iter().try_for_each(|record| {
            let (first, second) = record.numbers();
            file.write_all(&first.to_le_bytes())?;
            file.write_all(&second.to_le_bytes())
        });
        self.limits.used(written)?;
        self.runs.push(start..start + (self.held.len() * RECORD) as u64);
        self.held.clear();
        Ok(())
    }

    fn merge(self) -> Result<Merged<T>> {
        let Self { limits, file, runs, .. } = self;
        let Some(file) = file else { return Ok(Merged::new(Vec::new(), None)) };
        let file = Arc::new(limits.used(file.into_inner().map_err(io::IntoInnerError::into_error))?);
        let buffer = (limits.share() / runs.len() / RECORD * RECORD).clamp(RECORD, Filed::MOST);
        let runs = runs.into_iter().map(|left| Run::Filed(Filed::new(Arc::clone(&file), left, buffer))).collect();
        Ok(Merged::new(runs, Some(limits.clone())))
    }
}

/// The one list behind the other, of which most often one is empty.
fn joined<T>(mut one: Vec<T>, mut other: Vec<T>) -> Vec<T> {
    if one.is_empty() {
        return other;
    }
    one.append(&mut other);
    one
}

/// Sorts, and joins what makes one.
fn sort<T: Record>(records: &mut Vec<T>) {
    records.par_sort_unstable();
    records.dedup_by(|next, record| record.absorb(*next));
}

/// The records of all runs in order.
pub(crate) struct Merged<T> {
    runs: Vec<Run<T>>,
    /// The next record of each run that has one.
    next: BinaryHeap<Reverse<(T, usize)>>,
    /// For what goes wrong with files.
    limits: Option<Limits>,
    began: bool,
}

impl<T: Record> Merged<T> {
    fn new(runs: Vec<Run<T>>, limits: Option<Limits>) -> Self {
        Self { runs, next: BinaryHeap::new(), limits, began: false }
    }

    fn step(&mut self) -> io::Result<Option<T>> {
        if !self.began {
            self.began = true;
            for (number, run) in self.runs.iter_mut().enumerate() {
                self.next.extend(run.next()?.map(|record| Reverse((record, number))));
            }
        }
        let Some(mut top) = self.next.peek_mut() else { return Ok(None) };
        let Reverse((record, number)) = *top;
        match self.runs[number].next()? {
            Some(next) => *top = Reverse((next, number)),
            None => drop(PeekMut::pop(top)),
        }
        Ok(Some(record))
    }

    fn joined(&mut self) -> io::Result<Option<T>> {
        let Some(mut record) = self.step()? else { return Ok(None) };
        while let Some(&Reverse((next, _))) = self.next.peek()
            && record.absorb(next)
        {
            self.step()?;
        }
        Ok(Some(record))
    }
}

impl<T: Record> Iterator for Merged<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let joined = self.joined();
        match &self.limits {
            Some(limits) => limits.used(joined).transpose(),
            None => joined.ok().flatten().map(Ok),
        }
    }
}

enum Run<T> {
    Held(vec::IntoIter<T>),
    Filed(Filed),
}

impl<T: Record> Run<T> {
    fn next(&mut self) -> io::Result<Option<T>> {
        match self {
            Self::Held(records) => Ok(records.next()),
            Self::Filed(filed) => Ok(filed.next()?.map(|(first, second)| T::of(first, second))),
        }
    }
}

/// A run in the file.
struct Filed {
    file: Arc<File>,
    left: Range<u64>,
    buffer: Vec<u8>,
    at: usize,
    most: usize,
}

impl Filed {
    const MOST: usize = 64 * 1024 / RECORD * RECORD;

    fn new(file: Arc<File>, left: Range<u64>, most: usize) -> Self {
        Self { file, left, buffer: Vec::new(), at: 0, most }
    }

    fn next(&mut self) -> io::Result<Option<(u64, u32)>> {
        if self.at == self.buffer.len() {
            let length = (self.left.end - self.left.start).min(self.most as u64);
            if length == 0 {
                return Ok(None);
            }
            self.buffer.resize(length as usize, 0);
            read_at(&self.file, self.left.start, &mut self.buffer)?;
            self.left.start += length;
            self.at = 0;
        }
        let record = &self.buffer[self.at..self.at + RECORD];
        self.at += RECORD;
        let (first, second) = record.split_at(8);
        let number = (u64::from_le_bytes(first.try_into().unwrap_or_default()), second.try_into().unwrap_or_default());
        Ok(Some((number.0, u32::from_le_bytes(number.1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Equal ones count once.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    struct Once(u64, u32);

    impl Record for Once {
        fn numbers(self) -> (u64, u32) {
            (self.0, self.1)
        }

        fn of(first: u64, second: u32) -> Self {
            Self(first, second)
        }

        fn absorb(&mut self, next: Self) -> bool {
            *self == next
        }
    }

    /// Those with the same first number are added up.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    struct Sum(u64, u32);

    impl Record for Sum {
        fn numbers(self) -> (u64, u32) {
            (self.0, self.1)
        }

        fn of(first: u64, second: u32) -> Self {
            Self(first, second)
        }

        fn absorb(&mut self, next: Self) -> bool {
            let same = self.0 == next.0;
            self.1 += if same { next.1 } else { 0 };
            same
        }
    }

    fn sorted<T: Record>(records: impl Iterator<Item = T>, most: usize) -> Vec<T> {
        let limits = Limits::default();
        let mut sorter = Sorter { most, ..Sorter::new(&limits) };
        // Some by the list, some one by one.
        for (number, part) in records.collect::<Vec<T>>().chunks(7).enumerate() {
            if number % 3 == 0 { sorter.extend(part.to_vec()).unwrap() } else { sorter.append(part.to_vec()).unwrap() }
        }
        sorter.in_order().unwrap().map(Result::unwrap).collect()
    }

    proptest! {
        #[test]
        fn any_number_of_runs_gives_what_one_sort_gives(given in prop::collection::vec((0_u64..50, 0_u32..9), 0..200), most in 1_usize..40) {
            let once: BTreeSet<Once> = given.iter().map(|&(x, y)| Once(x, y)).collect();
            prop_assert_eq!(sorted(given.iter().map(|&(x, y)| Once(x, y)), most), once.into_iter().collect::<Vec<_>>());
            let mut sums = BTreeMap::<u64, u32>::new();
            for &(x, y) in &given {
                *sums.entry(x).or_default() += y;
            }
            let sums: Vec<Sum> = sums.into_iter().map(|(x, y)| Sum(x, y)).collect();
            prop_assert_eq!(sorted(given.iter().map(|&(x, y)| Sum(x, y)), most), sums);
        }
    }

    #[test]
    fn what_fits_stays_in_memory() {
        let limits = Limits { folder: "/no/such/folder".into(), ..Limits::default() };
        let mut few = Sorter::new(&limits);
        few.extend((0..100).map(|number| Once(2, number))).unwrap();
        assert!(matches!(few.finish(), Ok(Sorted::Held(lists)) if lists.concat().len() == 100));
        let mut many = Sorter { most: 10, ..Sorter::new(&limits) };
        assert!(many.extend((0..100).map(|number| Once(2, number))).is_err());
    }
}
