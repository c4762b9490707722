//! The files of an index: what their failures mean, and how small ones are written.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::error::Error;

/// What a failure of a file or folder means to the user of an index.
pub(crate) fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    move |error| Error::Index { path: path.to_owned(), problem: error.to_string() }
}

/// Writes a file: whole, or not at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(draft, path)?;
    sync_folder(path)
}

/// Waits until a file's entry in its folder is on the disk.
pub(crate) fn sync_folder(of: &Path) -> io::Result<()> {
    // Windows has no such thing as a folder that is opened as a file.
    of.parent().filter(|_| cfg!(unix)).map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
