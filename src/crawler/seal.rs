//! The seal of an index that was closed: what its files were then.
//!
//! The storage engine checks every block that it reads, but it trusts the lengths and places that stand around them: a
//! damaged one can make it ask for more memory than there is. So when an index is closed, a checksum of every file is
//! written down, of large ones of their beginning and end, where such numbers stand; and no file is handed to the engine
//! before it was compared. An index whose process was killed has no seal, and is opened without.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::crawler::lock::Lock;
use crate::error::{Error, Result};
use crate::hash;

/// The seal's file.
const FILE: &str = "sealed";

/// Of a larger file, unless it is a journal, only so many bytes at each end are part of the seal.
const ENDS: u64 = 64 << 10;

/// Files of up to this size are part of the seal as a whole.
const WHOLE: u64 = 1 << 20;

/// Seals an index when it is dropped, which must come after everything else of the index was.
#[derive(Debug)]
pub(crate) struct Seal {
    path: PathBuf,
    /// The store's folder.
    store: PathBuf,
    _lock: Lock,
}

impl Seal {
    /// Breaks the seal of an index, if it has one, after comparing its files with it.
    pub(crate) fn break_open(path: &Path, store: PathBuf, lock: Lock) -> Result<Self> {
        let seal = Self { path: path.join(FILE), store, _lock: lock };
        let failed = |error: std::io::Error| Error::Index { path: seal.path.clone(), problem: error.to_string() };
        match fs::read_to_string(&seal.path) {
            Ok(stored) => seal.compare(&stored)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(seal),
            Err(error) if error.kind() == ErrorKind::InvalidData => return Err(damaged(&seal.path)),
            Err(error) => return Err(failed(error)),
        }
        fs::remove_file(&seal.path).map_err(failed)?;
        Ok(seal)
    }

    fn compare(&self, stored: &str) -> Result<()> {
        let (body, sum) = stored.rsplit_once('=').ok_or_else(|| damaged(&self.path))?;
        if sum.strip_suffix('\n') != Some(&format!("{:016x}", hash::bytes(body.as_bytes()))) {
            return Err(damaged(&self.path));
        }
        let now = self.files()?;
        let mut then = body.lines();
        for (name, line) in &now {
            if then.next() != Some(line) {
                return Err(damaged(&self.store.join(name)));
            }
        }
        match then.next() {
            None => Ok(()),
            Some(line) => Err(damaged(&self.store.join(line.splitn(3, ' ').nth(2).unwrap_or_default()))),
        }
    }

    /// Writes the seal: whole or not at all.
    fn write(&self, text: &str) -> std::io::Result<()> {
        let draft = self.path.with_extension("new");
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(draft, &self.path)
    }

    /// The store's files in the order of their names, each with its line of the seal.
    fn files(&self) -> Result<Vec<(PathBuf, String)>> {
        let failed = |error: std::io::Error| Error::Index { path: self.store.clone(), problem: error.to_string() };
        let mut names = Vec::new();
        let mut folders = vec![self.store.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                if entry.file_type().map_err(failed)?.is_dir() {
                    folders.push(entry.path());
                } else {
                    names.push(entry.path());
                }
            }
        }
        names.sort();
        let line = |path: PathBuf| {
            let (length, sum) = sum(&path).map_err(failed)?;
            let name = path.strip_prefix(&self.store).unwrap_or(&path).to_owned();
            let line = format!("{length} {sum:016x} {}", name.display());
            Ok((name, line))
        };
        names.into_iter().map(line).collect()
    }
}

impl Drop for Seal {
    fn drop(&mut self) {
        // Without a seal the index is what it is after its process was killed: it opens by itself.
        if let Ok(files) = self.files() {
            let mut body = String::new();
            for (_, line) in files {
                body.extend([&line, "\n"]);
            }
            let sum = hash::bytes(body.as_bytes());
            let _ = self.write(&format!("{body}={sum:016x}\n"));
        }
    }
}

fn damaged(file: &Path) -> Error {
    Error::Damaged { path: file.to_owned(), what: "it is not what it was when the index was closed".to_owned() }
}

/// A file's length, and a checksum of all of it, or of its ends.
fn sum(path: &Path) -> std::io::Result<(u64, u64)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    if length <= WHOLE || path.extension().is_some_and(|extension| extension == "jnl") {
        file.read_to_end(&mut bytes)?;
    } else {
        (&file).take(ENDS).read_to_end(&mut bytes)?;
        file.seek(SeekFrom::Start(length - ENDS))?;
        file.read_to_end(&mut bytes)?;
    }
    Ok((length, hash::bytes(&bytes)))
}
