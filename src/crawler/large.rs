//! Large files of which a little is read at random places, again and again: what that costs depends on how they were
//! written and opened.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The bytes that are handed to the system at once, from a multiple of as many on. The system keeps what it is handed at
/// once in one piece, where it can, and a piece of this size is found in two thirds of the time that those of a quarter of
/// it take, which start anywhere.
const BLOCK: usize = 1 << 20;

/// Opens a file. That it was read is not noted, where the system can be told so: it would look at its clock each time.
pub(crate) fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let unnoted = rustix::fs::OFlags::NOATIME.bits() as i32;
        match options.clone().custom_flags(unnoted).open(path) {
            // The file is somebody else's.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            opened => return opened,
        }
    }
    options.open(path)
}

/// Writes a file from its beginning, in whole blocks.
#[derive(Debug)]
pub(crate) struct Blocks {
    file: File,
    waiting: Vec<u8>,
}

impl Blocks {
    /// For a file that is empty.
    pub(crate) fn new(file: File) -> Self {
        Self { file, waiting: Vec::with_capacity(BLOCK) }
    }

    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while self.waiting.len() + bytes.len() >= BLOCK {
            let (fits, rest) = bytes.split_at(BLOCK - self.waiting.len());
            self.waiting.extend_from_slice(fits);
            self.file.write_all(&self.waiting)?;
            self.waiting.clear();
            bytes = rest;
        }
        self.waiting.extend_from_slice(bytes);
        Ok(())
    }

    /// The file, with everything in it.
    pub(crate) fn end(mut self) -> io::Result<File> {
        self.file.write_all(&self.waiting)?;
        Ok(self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn everything_is_written_in_its_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("large");
        let mut expected = Vec::new();
        let mut blocks = Blocks::new(open(OpenOptions::new().write(true).create(true), &path).expect("a file"));
        for (part, length) in (0..).zip([0, 1, BLOCK - 1, 2 * BLOCK, 70, BLOCK, 3 * BLOCK - 5, 9]) {
            let bytes = vec![part; length];
            blocks.write(&bytes).expect("room");
            expected.extend(bytes);
        }
        blocks.end().expect("room");
        let mut read = Vec::new();
        open(OpenOptions::new().read(true), &path).expect("it is there").read_to_end(&mut read).expect("readable");
        assert!(read == expected);
        assert!(open(OpenOptions::new().read(true), &folder.path().join("none")).is_err());
    }
}
