//! Files of pages: written once, from beginning to end, then read at any place until they are dropped.
//!
//! Every page carries a checksum, which is compared whenever the page is read; behind the pages stands a table of where
//! each ends.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::crawler::bytes::{self, SUM};
use crate::crawler::files;
use crate::crawler::large::{self, Blocks};
use crate::disk::read_at;
use crate::error::{Error, Result};
use crate::hash::Running;

/// The pages' number in their checksums: that of no table of the store.
const PAGES: u8 = 0xff;

/// The page number that the table of ends has in its checksum.
const ENDS: u32 = u32::MAX;

/// How the names of the files end.
const EXTENSION: &str = "run";

/// The ends that are read at once.
const AT_ONCE: usize = 1 << 15;

/// The bytes that are read at once by who reads page after page.
const STRETCH: u64 = 1 << 16;

/// An open file of pages.
#[derive(Debug)]
pub(crate) struct Pages {
    path: PathBuf,
    id: u32,
    file: File,
    ends: Ends,
}

/// Pages that were read together.
#[derive(Debug, Default)]
pub(crate) struct Stretch {
    pub(crate) bytes: Vec<u8>,
    /// Where they start in the file.
    start: u64,
    pages: Range<u32>,
}

/// Where each page ends in the file: little more than two bytes a page, as there are very many of them.
#[derive(Debug, Default)]
struct Ends {
    /// How long each page is, as far as that fits.
    lengths: Vec<u16>,
    /// What is missing of those that are longer, by their numbers: nearly none are.
    longer: Vec<(u32, u32)>,
    /// Where each group of pages starts.
    starts: Vec<u64>,
    /// Where the last page ends.
    last: u64,
}

/// The pages of a group: their lengths stand in one line of the cache, or two.
const GROUP: usize = 32;

impl Ends {
    /// None yet, with room for those of so many pages.
    fn with_room(pages: usize) -> Self {
        Self { lengths: Vec::with_capacity(pages), ..Self::default() }
    }

    /// Adds a page by its end; `None` where the ends do not ascend, or a page is too long to be one of ours.
    fn push(&mut self, end: u64) -> Option<()> {
        let length = u32::try_from(end.checked_sub(self.last)?).ok()?;
        if self.lengths.len().is_multiple_of(GROUP) {
            self.starts.push(self.last);
        }
        let fits = u16::try_from(length).unwrap_or(u16::MAX);
        if length > u32::from(fits) {
            self.longer.push((self.lengths.len() as u32, length - u32::from(fits)));
        }
        self.lengths.push(fits);
        self.last = end;
        Some(())
    }

    /// Hands each page's end to `each`, as they are stored.
    fn each(&self, mut each: impl FnMut(u64) -> io::Result<()>) -> io::Result<()> {
        let mut end = 0;
        (0..self.lengths.len()).try_for_each(|number| {
            end += self.length(number..number + 1);
            each(end)
        })
    }

    /// How long some pages are together.
    fn length(&self, numbers: Range<usize>) -> u64 {
        let fits: u64 = self.lengths[numbers.clone()].iter().map(|&length| u64::from(length)).sum();
        let from = self.longer.partition_point(|&(number, _)| (number as usize) < numbers.start);
        let longer = self.longer[from..].iter().take_while(|&&(number, _)| (number as usize) < numbers.end);
        fits + longer.map(|&(_, more)| u64::from(more)).sum::<u64>()
    }

    /// Where a page starts and ends.
    fn range(&self, number: usize) -> Option<Range<u64>> {
        if number >= self.lengths.len() {
            return None;
        }
        let group = number / GROUP;
        let start = self.starts[group] + self.length(group * GROUP..number);
        Some(start..start + self.length(number..number + 1))
    }
}

fn path_of(folder: &Path, id: u32) -> PathBuf {
    folder.join(format!("{id}.{EXTENSION}"))
}

/// What a page's checksum says of its place.
fn place(id: u32, number: u32) -> [u8; 8] {
    (u64::from(id) << 32 | u64::from(number)).to_be_bytes()
}

impl Pages {
    /// Writes a file of pages. It is on the disk once this returns.
    pub(crate) fn write(folder: &Path, id: u32, pages: impl Iterator<Item = Result<Vec<u8>>>) -> Result<Self> {
        let path = path_of(folder, id);
        let written = Self::written(&path, id, pages);
        if written.is_err() {
            // What was begun is of no use, and a full disk needs its room.
            let _ = fs::remove_file(&path);
        }
        written
    }

    fn written(path: &Path, id: u32, pages: impl Iterator<Item = Result<Vec<u8>>>) -> Result<Self> {
        let failed = files::failed(path);
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(true);
        let mut out = Blocks::new(large::open(&mut options, path).map_err(&failed)?);
        let (mut ends, mut end) = (Ends::default(), 0_u64);
        for (number, page) in (0..).zip(pages) {
            let sealed = bytes::seal(PAGES, &place(id, number), page?);
            out.write(&sealed).map_err(&failed)?;
            end += sealed.len() as u64;
            ends.push(end).ok_or_else(|| wrong(path, "a page is too long"))?;
        }
        ends.lengths.shrink_to_fit();
        // One by one: of a large run the table is longer than all else that is held of it.
        let mut hash = Running::new(ends.lengths.len() as u64 * 8);
        ends.each(|end| {
            hash.add(end);
            out.write(&end.to_le_bytes())
        })
        .map_err(&failed)?;
        out.write(&bytes::sum_of(PAGES, &place(id, ENDS), hash.end(&[]))).map_err(&failed)?;
        let file = out.end().map_err(&failed)?;
        file.sync_all().map_err(&failed)?;
        files::sync_folder(path).map_err(&failed)?;
        Ok(Self { path: path.to_owned(), id, file, ends })
    }

    /// Opens a file of so many pages.
    pub(crate) fn open(folder: &Path, id: u32, count: u32) -> Result<Self> {
        let path = path_of(folder, id);
        let failed = files::failed(&path);
        let file = match large::open(File::options().read(true), &path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Error::Damaged { path: path.clone(), what: "the file is missing".to_owned() });
            }
            opened => opened.map_err(&failed)?,
        };
        let length = file.metadata().map_err(&failed)?.len();
        let size = u64::from(count) * 8 + SUM as u64;
        let start = length.checked_sub(size).ok_or_else(|| wrong(&path, "it is too short"))?;
        let (mut ends, mut hash) = (Ends::with_room(count as usize), Running::new(u64::from(count) * 8));
        let (mut part, mut whole) = (Vec::new(), true);
        for first in (0..u64::from(count)).step_by(AT_ONCE) {
            part.resize(8 * AT_ONCE.min((u64::from(count) - first) as usize), 0);
            read_at(&file, start + first * 8, &mut part).map_err(&failed)?;
            for &end in part.as_chunks().0 {
                let end = u64::from_le_bytes(end);
                hash.add(end);
                // Whether the checksum is right is not known yet.
                whole &= ends.push(end).is_some();
            }
        }
        let mut sum = [0; SUM];
        read_at(&file, length - SUM as u64, &mut sum).map_err(&failed)?;
        if sum != bytes::sum_of(PAGES, &place(id, ENDS), hash.end(&[])) {
            return Err(wrong(&path, "the checksum of its table is wrong"));
        }
        if !whole || ends.last != start {
            return Err(wrong(&path, "its table tells of another file"));
        }
        Ok(Self { path: path.clone(), id, file, ends })
    }

    /// Reads a page into a buffer, and gives what it holds.
    pub(crate) fn get<'b>(&self, number: u32, buffer: &'b mut Vec<u8>) -> Result<&'b [u8]> {
        let range = self.ends.range(number as usize).ok_or_else(|| self.damaged(number))?;
        self.read(number, range, buffer)?;
        self.unsealed(number, buffer).map(|length| &buffer[..length])
    }

    /// Where in a stretch stands what a page holds. Unless the page is in it, it is filled with that and those that come
    /// next: read one by one, they would take many times as long.
    pub(crate) fn find_in(&self, number: u32, stretch: &mut Stretch) -> Result<Range<usize>> {
        let place = |number: u32| self.ends.range(number as usize).ok_or_else(|| self.damaged(number));
        let page = place(number)?;
        if !stretch.pages.contains(&number) {
            let mut last = number;
            let fits =
                |number: u32| self.ends.range(number as usize).is_some_and(|next| next.end - page.start <= STRETCH);
            while fits(last + 1) {
                last += 1;
            }
            stretch.pages = 0..0;
            self.read(number, page.start..place(last)?.end, &mut stretch.bytes)?;
            (stretch.start, stretch.pages) = (page.start, number..last + 1);
        }
        let range = (page.start - stretch.start) as usize..(page.end - stretch.start) as usize;
        let length = self.unsealed(number, &stretch.bytes[range.clone()])?;
        Ok(range.start..range.start + length)
    }

    /// Reads a part of the file, of which a page is the first, into a buffer.
    fn read(&self, number: u32, range: Range<u64>, buffer: &mut Vec<u8>) -> Result<()> {
        buffer.resize((range.end - range.start) as usize, 0);
        read_at(&self.file, range.start, buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.damaged(number),
            _ => self.failed(error),
        })
    }

    /// The length of a page without its checksum, if that one is right.
    fn unsealed(&self, number: u32, page: &[u8]) -> Result<usize> {
        bytes::unseal(PAGES, &place(self.id, number), page)
            .ok_or_else(|| wrong(&self.path, &format!("the checksum of its page {number} is wrong")))
    }

    /// The bytes that it takes on disk.
    pub(crate) fn size(&self) -> u64 {
        self.ends.last + self.ends.lengths.len() as u64 * 8 + SUM as u64
    }

    /// Drops the file. Who reads it still may go on.
    pub(crate) fn drop_file(&self) -> Result<()> {
        fs::remove_file(&self.path).map_err(files::failed(&self.path))
    }

    /// Tells what the system says of using it.
    pub(crate) fn failed(&self, error: io::Error) -> Error {
        files::failed(&self.path)(error)
    }

    /// Tells that a page does not hold what it should.
    pub(crate) fn damaged(&self, number: u32) -> Error {
        wrong(&self.path, &format!("its page {number} does not hold what was written"))
    }
}

fn wrong(path: &Path, what: &str) -> Error {
    Error::Damaged { path: path.to_owned(), what: what.to_owned() }
}

/// Drops the files that nobody knows: what an interruption left behind.
pub(crate) fn drop_unknown(folder: &Path, known: impl Fn(u32) -> bool) -> Result<()> {
    let failed = files::failed(folder);
    for entry in fs::read_dir(folder).map_err(&failed)? {
        let path = entry.map_err(&failed)?.path();
        let id = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        if path.extension().is_some_and(|extension| extension == EXTENSION) && !id.is_some_and(&known) {
            fs::remove_file(&path).map_err(&failed)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pushed(ends: &[u64]) -> Option<Ends> {
        let mut pushed = Ends::default();
        ends.iter().try_for_each(|&end| pushed.push(end))?;
        Some(pushed)
    }

    proptest! {
        #[test]
        fn ends_are_found_where_they_were_written(
            lengths in prop::collection::vec(prop_oneof![9 => 0_u64..9000, 1 => 0_u64..1 << 32], 0..3 * GROUP),
        ) {
            let total = |end: &mut u64, length: &u64| {
                *end += length;
                Some(*end)
            };
            let ends: Vec<u64> = lengths.iter().scan(0, total).collect();
            let pushed = pushed(&ends).expect("they ascend");
            let mut told = Vec::new();
            let tell = |end| {
                told.push(end);
                Ok(())
            };
            pushed.each(tell).expect("nothing fails");
            prop_assert_eq!(&told, &ends);
            for (number, (&end, length)) in ends.iter().zip(&lengths).enumerate() {
                prop_assert_eq!(pushed.range(number), Some(end - length..end));
            }
            prop_assert_eq!(pushed.range(ends.len()), None);
            prop_assert_eq!(pushed.last, ends.last().copied().unwrap_or(0));
        }
    }

    #[test]
    fn ends_that_nobody_wrote_are_refused() {
        assert!(pushed(&[5, 4]).is_none());
        assert!(pushed(&[5, 5 + (1 << 32)]).is_none());
        assert!(pushed(&[5, 5]).is_some());
    }

    #[test]
    fn what_is_written_is_read_and_a_flipped_byte_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let written = [b"one".to_vec(), Vec::new(), b"three".to_vec()];
        Pages::write(folder.path(), 7, written.iter().cloned().map(Ok)).expect("written");
        let pages = Pages::open(folder.path(), 7, 3).expect("there");
        let mut buffer = Vec::new();
        for (number, page) in (0..).zip(&written) {
            assert_eq!(pages.get(number, &mut buffer).expect("whole"), page);
        }
        assert!(pages.get(3, &mut buffer).is_err() && pages.find_in(3, &mut Stretch::default()).is_err());
        let path = path_of(folder.path(), 7);
        let whole = fs::read(&path).expect("readable");
        assert_eq!(pages.size(), whole.len() as u64);
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 4;
            fs::write(&path, flipped).expect("written");
            let read = Pages::open(folder.path(), 7, 3)
                .and_then(|pages| (0..3).try_for_each(|number| pages.get(number, &mut Vec::new()).map(|_| ())));
            assert!(matches!(read, Err(Error::Damaged { .. })), "byte {at}");
            let read = Pages::open(folder.path(), 7, 3).and_then(|pages| {
                let mut stretch = Stretch::default();
                (0..3).try_for_each(|number| pages.find_in(number, &mut stretch).map(|_| ()))
            });
            assert!(matches!(read, Err(Error::Damaged { .. })), "byte {at}, read together");
        }
        fs::write(&path, &whole[..whole.len() - 1]).expect("written");
        assert!(matches!(Pages::open(folder.path(), 7, 3), Err(Error::Damaged { .. })));
    }

    #[test]
    fn pages_that_are_read_together_are_those_that_are_read_one_by_one() {
        let folder = tempfile::tempdir().expect("a folder");
        // Longer and shorter than a stretch.
        let written = (0..300).map(|number| vec![number as u8; [700, 0, 2 * STRETCH as usize, 9000][number % 7 % 4]]);
        let pages = Pages::write(folder.path(), 7, written.map(Ok)).expect("written");
        let (mut stretch, mut buffer) = (Stretch::default(), Vec::new());
        for number in (0..300).chain([5, 299, 4, 4, 100]) {
            let range = pages.find_in(number, &mut stretch).expect("whole");
            assert!(stretch.bytes[range] == *pages.get(number, &mut buffer).expect("whole"), "{number}");
        }
    }

    #[test]
    fn what_is_begun_and_fails_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let pages = [Ok(b"one".to_vec()), Err(Error::Interrupted)];
        assert!(Pages::write(folder.path(), 1, pages.into_iter()).is_err());
        Pages::write(folder.path(), 2, std::iter::empty()).expect("written");
        Pages::write(folder.path(), 3, std::iter::empty()).expect("written");
        drop_unknown(folder.path(), |id| id == 3).expect("dropped");
        let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [path_of(folder.path(), 3)]);
    }
}
