//! How much memory may be used, and files without a name, which the system removes however the program ends.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use crate::error::{Error, Result};

/// How much memory may be used, and where what is beyond goes.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// In bytes.
    pub(crate) memory: usize,
    /// The folder for temporary files.
    pub(crate) folder: PathBuf,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: usize::MAX, folder: std::env::temp_dir() }
    }
}

impl Limits {
    /// What each of the few large things of a stage may use: the words of the corpus come on top.
    pub(crate) fn share(&self) -> usize {
        self.memory / 8
    }

    /// The same, where so many bytes are held besides.
    pub(crate) fn beside(&self, held: usize) -> Self {
        let left = self.memory.saturating_sub(held).max(self.memory / 4);
        Self { memory: left, folder: self.folder.clone() }
    }

    /// A file without a name.
    pub(crate) fn file(&self) -> Result<File> {
        self.used(tempfile::tempfile_in(&self.folder))
    }

    /// What using a file came to, with the folder and the remedy.
    pub(crate) fn used<T>(&self, result: io::Result<T>) -> Result<T> {
        result.map_err(|source| Error::Spool { folder: self.folder.clone(), source })
    }
}

/// Fills a buffer from a place in a file without moving any cursor, so that threads can share the file.
pub(crate) fn read_at(file: &File, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
    #[cfg(unix)]
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)?;
    #[cfg(windows)]
    {
        let mut done = 0;
        while done < bytes.len() {
            match std::os::windows::fs::FileExt::seek_read(file, &mut bytes[done..], offset + done as u64)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => done += count,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_used_is_an_error_with_its_remedy() {
        let limits = Limits { folder: "/no/such/folder".into(), ..Limits::default() };
        let error = limits.file().unwrap_err().to_string();
        assert!(error.contains("/no/such/folder") && error.contains("--temp-dir"), "{error}");
    }
}
