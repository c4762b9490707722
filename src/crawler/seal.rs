//! The seal of an index that was closed: what its files were then.
//!
//! The storage engine checks every block that it reads, but it trusts the lengths and places that stand around them: a
//! damaged one can make it ask for more memory than there is. So when an index is closed, a checksum of every file is
//! written down, of large ones of their beginning and end, where such numbers stand; and no file is handed to the engine
//! before it was compared. An index whose process was killed has no seal, and is opened without.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::crawler::files::{failed, write_whole};
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
    /// The index's folder.
    root: PathBuf,
    /// Its folders that are sealed.
    folders: [&'static str; 2],
    _lock: Lock,
}

impl Seal {
    /// Breaks the seal of an index, if it has one, after comparing the files in some folders of it with it.
    pub(crate) fn break_open(root: &Path, folders: [&'static str; 2], lock: Lock) -> Result<Self> {
        let path = root.join(FILE);
        let seal = Self { path: path.clone(), root: root.to_owned(), folders, _lock: lock };
        match fs::read_to_string(&path) {
            Ok(stored) => seal.compare(&stored)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(seal),
            Err(error) if error.kind() == ErrorKind::InvalidData => return Err(damaged(&path)),
            Err(error) => return Err(failed(&path)(error)),
        }
        fs::remove_file(&path).map_err(failed(&path))?;
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
                return Err(damaged(&self.root.join(name)));
            }
        }
        match then.next() {
            None => Ok(()),
            Some(line) => Err(damaged(&self.root.join(line.splitn(3, ' ').nth(2).unwrap_or_default()))),
        }
    }

    /// The files in the order of their names, each with its line of the seal.
    fn files(&self) -> Result<Vec<(PathBuf, String)>> {
        let mut names = Vec::new();
        let mut folders: Vec<PathBuf> = self.folders.iter().map(|folder| self.root.join(folder)).collect();
        while let Some(folder) = folders.pop() {
            let failed = failed(&folder);
            for entry in fs::read_dir(&folder).map_err(&failed)? {
                let entry = entry.map_err(&failed)?;
                if entry.file_type().map_err(&failed)?.is_dir() {
                    folders.push(entry.path());
                } else {
                    names.push(entry.path());
                }
            }
        }
        names.sort();
        let line = |path: PathBuf| {
            let (length, sum) = sum(&path).map_err(failed(&path))?;
            let name = path.strip_prefix(&self.root).unwrap_or(&path).to_owned();
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
            let _ = write_whole(&self.path, format!("{body}={sum:016x}\n").as_bytes());
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
    if length <= WHOLE || path.extension().is_some_and(|extension| extension == "jnl") {
        return Ok((length, hash::Running::read(length, file)?));
    }
    let mut bytes = Vec::new();
    (&file).take(ENDS).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(length - ENDS))?;
    file.read_to_end(&mut bytes)?;
    Ok((length, hash::bytes(&bytes)))
}
