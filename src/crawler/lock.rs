//! One process at a time: the lock on an index's folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::crawler::files;
use crate::error::{Error, Result};

/// The file that is locked.
const FILE: &str = "lock";

/// Holds an index for this process until it is dropped, or the process ends, however it does.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and writes down whose it is.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let failed = files::failed(&path);
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = options.map_err(&failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is says only the message: no reason to fail otherwise.
                let _ = file.read_to_string(&mut holder);
                return Err(Error::IndexInUse { path: folder.to_owned(), process: holder.trim().parse().ok() });
            }
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(&failed)?;
        writeln!(file, "{}", std::process::id()).map_err(&failed)?;
        Ok(Self { _file: file })
    }
}
