//! Where a record's bytes can be read again once the record is gone from memory.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use crate::disk;
use crate::disk::Limits;
use crate::error::Result;
use crate::hash;

/// The place of a record's bytes, for [`Corpus::text`](super::Corpus::text) and [`Corpus::raw`](super::Corpus::raw):
/// 24 bytes, kept for every article instead of its text.
///
/// ```
/// assert_eq!(size_of::<unspin::corpus::Source>(), 24);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Where the bytes start in the input, or in the spool.
    pub(super) offset: u64,
    pub(super) len: u32,
    /// Part of the bytes' hash: tells whether they are still the same.
    hash: u32,
    /// The input's number.
    pub(super) input: u32,
    pub(super) spooled: bool,
}

impl Source {
    pub(super) fn new(input: u32, offset: u64, spooled: bool, print: Print) -> Self {
        Self { offset, len: print.len, hash: print.hash, input, spooled }
    }

    /// Whether these are the bytes that were read the first time.
    pub(super) fn is(&self, raw: &[u8]) -> bool {
        Print::of(raw) == Print { len: self.len, hash: self.hash }
    }
}

/// What tells a record's bytes from others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Print {
    len: u32,
    hash: u32,
}

impl Print {
    pub(super) fn of(raw: &[u8]) -> Self {
        Self { len: raw.len() as u32, hash: hash::passing(raw) as u32 }
    }
}

/// A temporary file without a name for what can be read only once: pipes, and records inside compressed files. It is
/// made when it is first needed, and the system removes it however the program ends.
pub(super) struct Spool {
    limits: Limits,
    file: Option<BufWriter<File>>,
    len: u64,
}

impl Spool {
    /// A spool in the folder for temporary files.
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, file: None, len: 0 }
    }

    /// Appends a record's bytes, and tells where.
    pub(super) fn keep(&mut self, raw: &[u8]) -> Result<u64> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(self.limits.file()?)),
        };
        self.limits.used(file.write_all(raw))?;
        let offset = self.len;
        self.len += raw.len() as u64;
        Ok(offset)
    }

    /// The file with everything that was kept.
    pub(super) fn finish(self) -> Result<Option<File>> {
        let file = self.file.map(|file| file.into_inner().map_err(io::IntoInnerError::into_error)).transpose();
        self.limits.used(file)
    }
}

/// Reads a stretch of a file without moving any cursor, so that threads can share the file.
pub(super) fn read_at(file: &File, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len];
    disk::read_at(file, offset, &mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_from_its_place() {
        let mut spool = Spool::new(Limits::default());
        let first = spool.keep(b"first").unwrap();
        let second = spool.keep(b"second").unwrap();
        let file = spool.finish().unwrap().unwrap();
        assert_eq!(read_at(&file, second, 6).unwrap(), b"second");
        assert_eq!(read_at(&file, first, 5).unwrap(), b"first");
        assert!(read_at(&file, second, 7).is_err());
    }

    #[test]
    fn nothing_kept_makes_no_file() {
        assert!(
            Spool::new(Limits { folder: "/no/such/folder".into(), ..Limits::default() }).finish().unwrap().is_none()
        );
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_an_error_with_its_remedy() {
        let error = Spool::new(Limits { folder: "/no/such/folder".into(), ..Limits::default() })
            .keep(b"x")
            .unwrap_err()
            .to_string();
        assert!(error.contains("/no/such/folder") && error.contains("--temp-dir"), "{error}");
    }
}
