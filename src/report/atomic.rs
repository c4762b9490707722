//! Output files that are there whole or not at all: written beside their place, and renamed into it at the end.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anstream::{AutoStream, ColorChoice, StripStream};
use tempfile::NamedTempFile;

use crate::corpus::reads;
use crate::error::{Error, Result};
use crate::report::style::Page;

/// The outputs that are being written: what an interrupted program has to remove.
static PENDING: Mutex<Vec<Pending>> = Mutex::new(Vec::new());

#[derive(Debug)]
struct Pending {
    temporary: PathBuf,
    target: PathBuf,
}

fn pending() -> MutexGuard<'static, Vec<Pending>> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The place of an output on the list, which it leaves when it is gone.
#[derive(Debug)]
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        pending().retain(|listed| listed.temporary != self.0);
    }
}

/// Removes every unfinished output. For the moment before the program ends early: no output can be started or
/// finished after it.
pub fn abandon() {
    let mut pending = pending();
    for Pending { temporary, .. } in pending.drain(..) {
        // What cannot be removed stays: there is nobody left to tell.
        let _ = fs::remove_file(temporary);
    }
    std::mem::forget(pending);
}

/// Where a verb's data goes.
///
/// ```
/// use std::io::Write;
/// use unspin::report::atomic::Output;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("groups.jsonl");
/// let mut output = Output::create(&path, false, &[])?;
/// output.write_all(b"{}\n")?;
/// assert!(!path.exists());
/// output.finish()?;
/// assert!(path.exists());
/// assert!(Output::create(&path, false, &[]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    to: To,
}

#[derive(Debug)]
enum To {
    Stdout(BufWriter<Stdout>),
    /// A pipe or a device that has a name.
    Device(BufWriter<File>),
    /// A temporary file that becomes the file at the path.
    File(BufWriter<NamedTempFile>, Listed),
}

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

impl Output {
    /// Standard output.
    pub fn stdout() -> Self {
        Self { path: "<stdout>".into(), to: To::Stdout(BufWriter::with_capacity(BUFFER, io::stdout())) }
    }

    /// A file, or standard output for `-`. An existing file is replaced only by `force`, and never one of the
    /// `inputs`.
    ///
    /// # Errors
    /// [`Error::OutputExists`], [`Error::SharedOutput`], [`Error::NoFolder`], [`Error::Config`] for one of the inputs,
    /// [`Error::Write`].
    pub fn create(path: &Path, force: bool, inputs: &[PathBuf]) -> Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::stdout());
        }
        let failed = |source| Error::Write { path: path.to_owned(), source };
        // A link is followed, so that it stays a link.
        let target = path.canonicalize().or_else(|_| beside(path)).unwrap_or_else(|_| path.to_owned());
        if let Ok(existing) = target.metadata() {
            if existing.is_dir() {
                return Err(failed(io::ErrorKind::IsADirectory.into()));
            }
            if !existing.is_file() {
                let device = File::options().write(true).open(&target).map_err(failed)?;
                return Ok(Self { path: target, to: To::Device(BufWriter::with_capacity(BUFFER, device)) });
            }
            if reads(inputs, &target) {
                return Err(Error::Config {
                    field: "the output",
                    value: path.display().to_string(),
                    allowed: "a file that is not among the inputs".to_owned(),
                });
            }
            if !force {
                return Err(Error::OutputExists { path: path.to_owned() });
            }
        }
        if pending().iter().any(|listed| listed.target == target) {
            return Err(Error::SharedOutput { path: path.to_owned() });
        }
        let (file, listed) = temporary(&target).map_err(|source| match folder(&target) {
            missing if !missing.exists() => Error::NoFolder { path: path.to_owned(), folder: missing.to_owned() },
            _ => failed(source),
        })?;
        Ok(Self { path: target, to: To::File(BufWriter::with_capacity(BUFFER, file), listed) })
    }

    /// Where it goes, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is standard output, and that is a terminal.
    pub fn is_terminal(&self) -> bool {
        matches!(self.to, To::Stdout(_)) && io::stdout().is_terminal()
    }

    /// A writer that leaves colours out, except on a terminal whose user wants them.
    pub fn coloured(&mut self) -> Box<dyn Write + '_> {
        let wanted = self.is_terminal() && AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        let plain: &mut (dyn Write + 'static) = self;
        if wanted { Box::new(plain) } else { Box::new(StripStream::new(plain)) }
    }

    /// The page that reports are laid out for.
    pub fn page(&self) -> Page {
        if self.is_terminal() { Page::terminal() } else { Page::file() }
    }

    /// [Finishes](Self::finish) if all was written.
    ///
    /// # Errors
    /// [`Error::Write`] with what the writer said.
    pub fn done(self, written: io::Result<()>) -> Result<()> {
        match written {
            Ok(()) => self.finish(),
            Err(source) => Err(Error::Write { path: self.path, source }),
        }
    }

    /// Writes what is left, and puts the file into its place.
    ///
    /// # Errors
    /// [`Error::Write`]: the file that stood there before still does.
    pub fn finish(self) -> Result<()> {
        let Self { path, to } = self;
        let failed = |source| Error::Write { path: path.clone(), source };
        match to {
            To::Stdout(mut stdout) => stdout.flush().map_err(failed),
            To::Device(mut device) => device.flush().map_err(failed),
            To::File(file, _listed) => {
                let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
                file.as_file().sync_data().map_err(failed)?;
                // Renamed while the list is held: an interruption finds it unfinished or in its place.
                let _held = pending();
                file.persist(&path).map_err(|error| failed(error.error))?;
                Ok(())
            }
        }
    }
}

impl To {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Stdout(stdout) => stdout,
            Self::Device(device) => device,
            Self::File(file, _) => file,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.writer().flush()
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The one name of a file that is not there yet, by that of its folder.
fn beside(path: &Path) -> io::Result<PathBuf> {
    Ok(folder(path).canonicalize()?.join(path.file_name().ok_or(io::ErrorKind::InvalidFilename)?))
}

/// A temporary file in the folder of the target, so that renaming it is one step.
fn temporary(target: &Path) -> io::Result<(NamedTempFile, Listed)> {
    let mut options = tempfile::Builder::new();
    options.prefix(".unspin-").suffix(".partial");
    #[cfg(unix)]
    let options = {
        use std::os::unix::fs::PermissionsExt;
        options.permissions(fs::Permissions::from_mode(0o666))
    };
    // Made while the list is held: an interruption finds all that exist.
    let mut pending = pending();
    let file = options.tempfile_in(folder(target))?;
    let temporary = file.path().to_owned();
    pending.push(Pending { temporary: temporary.clone(), target: target.to_owned() });
    Ok((file, Listed(temporary)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_needs_force_and_is_replaced_at_the_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.jsonl");
        fs::write(&path, "old").expect("written");
        assert!(matches!(Output::create(&path, false, &[]), Err(Error::OutputExists { .. })));
        let mut output = Output::create(&path, true, &[]).expect("forced");
        output.write_all(b"new").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("read"), "old");
        output.finish().expect("renamed");
        assert_eq!(fs::read_to_string(&path).expect("read"), "new");
    }

    #[test]
    fn an_unfinished_output_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(Output::create(&folder.path().join("out"), false, &[]).expect("made"));
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0);
    }

    #[test]
    fn two_outputs_never_share_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out");
        let first = Output::create(&path, false, &[]).expect("made");
        assert!(matches!(Output::create(&path, true, &[]), Err(Error::SharedOutput { .. })));
        drop(first);
        assert!(Output::create(&path, false, &[]).is_ok());
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("none");
        let error = Output::create(&missing.join("out"), false, &[]).expect_err("refused");
        assert!(matches!(error, Error::NoFolder { folder, .. } if folder == missing));
    }

    #[test]
    fn inputs_are_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("wire.jsonl");
        fs::write(&path, "{}").expect("written");
        for input in [path.clone(), folder.path().to_owned()] {
            assert!(matches!(Output::create(&path, true, &[input]), Err(Error::Config { .. })));
        }
        #[cfg(unix)]
        {
            let linking = tempfile::tempdir().expect("a folder");
            std::os::unix::fs::symlink(&path, linking.path().join("linked.jsonl")).expect("linked");
            let refused = Output::create(&path, true, &[linking.path().to_owned()]);
            assert!(matches!(refused, Err(Error::Config { .. })));
        }
    }
}
