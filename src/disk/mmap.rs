//! Lists that are read from mapped files as if they were in memory.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use memmap2::Mmap;

use super::limits::Limits;
use crate::error::Result;

/// A list of plain numbers, in memory or in a mapped file.
pub(crate) enum List<T> {
    Held(Vec<T>),
    Filed(Stretch),
}

/// The place of a list in a mapped file.
#[derive(Clone)]
pub(crate) struct Stretch {
    map: Arc<Mmap>,
    /// In bytes, and a multiple of eight.
    start: u64,
    length: u32,
}

/// Numbers that every pattern of bits is one of.
pub(crate) trait Plain: Copy + fmt::Debug + 'static {
    fn write(list: &[Self], out: &mut impl Write) -> io::Result<()>;
}

macro_rules! plain {
    ($($number:ty),+) => {$(
        impl Plain for $number {
            fn write(list: &[Self], out: &mut impl Write) -> io::Result<()> {
                list.iter().try_for_each(|number| out.write_all(&number.to_ne_bytes()))
            }
        }
    )+};
}
plain!(u8, u32, u64);

impl<T: Plain> Deref for List<T> {
    type Target = [T];

    #[expect(unsafe_code, reason = "the bytes of a mapped file as the numbers that were written there")]
    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Held(list) => list,
            Self::Filed(Stretch { map, start, length }) => {
                let (start, length) = (*start as usize, *length as usize);
                let bytes = &map[start..start + length * size_of::<T>()];
                debug_assert!(bytes.as_ptr().cast::<T>().is_aligned());
                // SAFETY: `bytes` are as many as the numbers take; they start at a multiple of eight, as maps start with
                // a page and `Filer` pads; every pattern of bits is a number. They live as long as the map, which `self`
                // holds, and never change: the file has no name, and nothing writes to it once it is mapped.
                unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), length) }
            }
        }
    }
}

impl<T: Clone> Clone for List<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Held(list) => Self::Held(list.clone()),
            Self::Filed(stretch) => Self::Filed(stretch.clone()),
        }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::Held(Vec::new())
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(numbers: I) -> Self {
        Self::Held(numbers.into_iter().collect())
    }
}

impl<T: Plain> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Plain + PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Plain + Eq> Eq for List<T> {}

/// Moves lists into a file.
pub(crate) struct Filer<'l> {
    limits: &'l Limits,
    out: BufWriter<File>,
    end: u64,
    places: Vec<(u64, u32)>,
}

impl<'l> Filer<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Result<Self> {
        let out = BufWriter::with_capacity(1 << 18, limits.file()?);
        Ok(Self { limits, out, end: 0, places: Vec::new() })
    }

    /// Writes a list behind the others.
    pub(crate) fn add<T: Plain>(&mut self, list: &[T]) -> Result<()> {
        let length = size_of_val(list) as u64;
        let padding = length.next_multiple_of(8) - length;
        self.limits
            .used(T::write(list, &mut self.out).and_then(|()| self.out.write_all(&[0; 8][..padding as usize])))?;
        self.places.push((self.end, list.len() as u32));
        self.end += length + padding;
        Ok(())
    }

    /// Where the lists are now, in their order, and the map.
    #[expect(unsafe_code, reason = "memory mapping")]
    pub(crate) fn finish(self) -> Result<(Arc<Mmap>, impl Iterator<Item = Stretch>)> {
        let Self { limits, out, places, .. } = self;
        let file = limits.used(out.into_inner().map_err(io::IntoInnerError::into_error))?;
        // SAFETY: the file has no name, so that no other program can shorten or change it, and this one drops its only
        // handle.
        let map = Arc::new(limits.used(unsafe { Mmap::map(&file) })?);
        let held = Arc::clone(&map);
        let stretch = move |(start, length)| Stretch { map: Arc::clone(&held), start, length };
        Ok((map, places.into_iter().map(stretch)))
    }
}

/// The maps, of which only so much stays in memory: what is read again comes from the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Maps {
    all: Vec<Arc<Mmap>>,
    visits: Arc<AtomicUsize>,
}

impl Maps {
    pub(crate) fn add(&mut self, map: Arc<Mmap>) {
        self.all.push(map);
    }

    /// Takes note that so many bytes were read in one place, and frees the memory of the maps when it is too much.
    pub(crate) fn visited(&self, bytes: usize, limits: &Limits) {
        /// Systems read so much around each place.
        const AROUND: usize = 1 << 16;
        if self.all.is_empty() {
            return;
        }
        let visited = self.visits.fetch_add(bytes + AROUND, Ordering::Relaxed);
        if visited > limits.share() / 4 {
            self.visits.store(0, Ordering::Relaxed);
            self.all.iter().for_each(|map| forget(map));
        }
    }
}

/// Frees the memory of a map. Without a way to ask for it, the system does it when memory is short.
#[cfg_attr(target_os = "linux", expect(unsafe_code, reason = "the advice that frees the pages of a map"))]
fn forget(map: &Mmap) {
    #[cfg(target_os = "linux")]
    // SAFETY: the map is shared and only read: what is freed is read from the file again, where it stands unchanged.
    // That it was not freed does no harm.
    let _ = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
    #[cfg(not(target_os = "linux"))]
    let _ = map;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lists_are_the_same_in_a_file(lists in prop::collection::vec((prop::collection::vec(any::<u64>(), 0..9), prop::collection::vec(any::<u32>(), 0..9), prop::collection::vec(any::<u8>(), 0..20)), 1..9)) {
            let limits = Limits { memory: 1, ..Limits::default() };
            let mut filer = Filer::new(&limits).unwrap();
            for (long, middle, short) in &lists {
                filer.add(long).unwrap();
                filer.add(middle).unwrap();
                filer.add(short).unwrap();
            }
            let (map, mut stretches) = filer.finish().unwrap();
            let mut maps = Maps::default();
            maps.add(map);
            for (long, middle, short) in lists {
                let mut next = || stretches.next().unwrap();
                prop_assert_eq!(List::Filed(next()), List::Held(long));
                prop_assert_eq!(List::Filed(next()), List::Held(middle));
                maps.visited(1, &limits);
                prop_assert_eq!(List::Filed(next()), List::Held(short));
            }
        }
    }
}
