//! From arguments to inputs: folders are walked, and everything is put into the one order that does not depend on how
//! the arguments were given.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::input::{Format, Input, Origin};
use super::problems::{Kind, Problem, Problems};
use crate::error::{Place, Result};

/// All inputs of these arguments, each once, in bytewise order of their paths, the standard input last.
/// A format that is given holds for what is named directly.
pub(super) fn inputs(
    mut arguments: Vec<PathBuf>,
    format: Option<Format>,
    problems: &mut Problems<'_>,
) -> Result<Vec<Input>> {
    arguments.sort_by(|a, b| bytes(a).cmp(bytes(b)));
    let (stdin, arguments): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|path| path.as_os_str() == "-");
    let mut found = Vec::new();
    for argument in arguments {
        match fs::metadata(&argument) {
            Ok(metadata) if metadata.is_dir() => walk(&argument, &mut found, problems)?,
            Ok(metadata) => found.extend(named(argument, &metadata, format, problems)?),
            Err(error) => problems.report(Problem::read(Kind::Unreadable, place(&argument), error))?,
        }
    }
    found.sort_by(|a: &Input, b| bytes(&a.path).cmp(bytes(&b.path)).then_with(|| a.id.cmp(&b.id)));
    let mut inputs = without_repeats(found, problems)?;
    if !stdin.is_empty() {
        let stdin = Input::stdin();
        inputs.push(Input { format: format.unwrap_or(stdin.format), ..stdin });
    }
    Ok(inputs)
}

/// Whether reading these arguments would read this file, whose path is free of links: then it must not be written to.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().canonicalize()?.join("wire.jsonl");
/// std::fs::write(&file, "")?;
/// assert!(unspin::corpus::reads(&[folder.path().into()], &file));
/// assert!(!unspin::corpus::reads(&[folder.path().join("other.txt")], &file));
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn reads(arguments: &[PathBuf], file: &Path) -> bool {
    let inputs = inputs(arguments.to_vec(), None, &mut Problems::silent());
    inputs.is_ok_and(|inputs| inputs.iter().any(|input| input.target == file))
}

/// The input that is a file named directly. What its name does not tell to be anything else is a plain text; from a
/// pipe or a device, though, such as `/dev/stdin` or a shell's `<(…)`, JSONL is expected as it is from `-`.
fn named(
    path: PathBuf,
    metadata: &Metadata,
    format: Option<Format>,
    problems: &mut Problems<'_>,
) -> Result<Option<Input>> {
    // What a shell redirects to `/dev/stdin` may be a file, whose own name is not to be seen here.
    let redirected = ["/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|known| path.starts_with(known));
    let piped = redirected || is_pipe(metadata.file_type());
    if !metadata.is_file() && !piped {
        problems.report(Problem::record(Kind::Unreadable, place(&path), "no file or pipe: leave it out"))?;
        return Ok(None);
    }
    let name = base_name(&path);
    let input = Input {
        origin: if piped { Origin::Pipe } else { Origin::File },
        format: format.or_else(|| Format::of(&path)).unwrap_or(if piped { Format::Jsonl } else { Format::Text }),
        id: name.clone(),
        argument: name.into(),
        in_folder: false,
        len: (!piped).then_some(metadata.len()),
        target: fs::canonicalize(&path).unwrap_or_else(|_| path.clone()),
        path,
    };
    Ok(Some(input))
}

/// Adds the inputs in a folder, whatever they are hidden or ignored by, through links as well.
fn walk(folder: &Path, found: &mut Vec<Input>, problems: &mut Problems<'_>) -> Result<()> {
    let argument: Arc<str> = base_name(folder).into();
    let mut targets = Targets::default();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) if entry.file_type().is_dir() => continue,
            Ok(entry) => entry,
            Err(error) => {
                problems.report(walk_problem(folder, error))?;
                continue;
            }
        };
        let Some(format) = Format::of(entry.path()) else {
            problems.report(Problem::record(Kind::PassedOver, place(entry.path()), "not of a kind that is read"))?;
            continue;
        };
        if !entry.file_type().is_file() {
            let problem = "a pipe, socket or device and no file: name it directly if it is to be read";
            problems.report(Problem::record(Kind::Unreadable, place(entry.path()), problem))?;
            continue;
        }
        found.push(Input {
            target: targets.of(&entry),
            origin: Origin::File,
            format,
            id: id_within(folder, entry.path()),
            argument: Arc::clone(&argument),
            in_folder: true,
            // A file that has vanished meanwhile is reported when it is opened.
            len: entry.metadata().ok().map(|metadata| metadata.len()),
            path: entry.into_path(),
        });
    }
    Ok(())
}

fn walk_problem(folder: &Path, error: walkdir::Error) -> Problem {
    let place = place(error.path().unwrap_or(folder));
    if let Some(ancestor) = error.loop_ancestor() {
        let problem = format!("a link back to {}, which is read already", ancestor.display());
        return Problem::record(Kind::ReachedTwice, place, problem);
    }
    let source = error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into());
    Problem::read(Kind::Unreadable, place, source)
}

/// Takes out every input whose file an earlier one has already.
fn without_repeats(found: Vec<Input>, problems: &mut Problems<'_>) -> Result<Vec<Input>> {
    let mut inputs: Vec<Input> = Vec::with_capacity(found.len());
    let mut numbers = HashMap::with_capacity(found.len());
    for input in found {
        let number = *numbers.entry(input.target.clone()).or_insert(inputs.len());
        match inputs.get(number) {
            None => inputs.push(input),
            Some(first) if first.path == input.path => {
                let problem = "named twice, and read once: leave out one of the arguments that lead to it";
                problems.report(Problem::record(Kind::ReachedTwice, place(&input.path), problem))?;
            }
            Some(first) => {
                let problem = format!("the same file as {}, and read as that one only", first.path.display());
                problems.report(Problem::record(Kind::ReachedTwice, place(&input.path), problem))?;
            }
        }
    }
    Ok(inputs)
}

/// Finds the paths of files without links. A folder's own path is resolved once for all files in it.
#[derive(Default)]
struct Targets {
    folder: PathBuf,
    target: PathBuf,
}

impl Targets {
    fn of(&mut self, entry: &DirEntry) -> PathBuf {
        let path = entry.path();
        let resolved = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match path.parent() {
            Some(folder) if !entry.path_is_symlink() => {
                if self.folder != folder {
                    self.target = resolved(folder);
                    folder.clone_into(&mut self.folder);
                }
                self.target.join(entry.file_name())
            }
            _ => resolved(path),
        }
    }
}

/// The id of a file in a folder: its path from there, with `/` on every system.
fn id_within(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let names: Vec<_> = path.iter().map(legible).collect();
    names.join("/")
}

/// A name with every byte that is no Unicode text written as `\xe9`, so that two names never look the same.
fn legible(name: &OsStr) -> String {
    let mut legible = String::with_capacity(name.len());
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        legible += chunk.valid();
        legible += &chunk.invalid().escape_ascii().to_string();
    }
    legible
}

/// The last name of a path; of one without any, such as `.` or `news/..`, that of the folder it leads to.
fn base_name(path: &Path) -> String {
    let name = path.file_name().map(OsStr::to_os_string);
    let name = name.or_else(|| fs::canonicalize(path).ok()?.file_name().map(OsStr::to_os_string));
    legible(&name.unwrap_or_else(|| path.into()))
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

fn place(path: &Path) -> Place {
    Place::input(path.display().to_string())
}

#[cfg(unix)]
fn is_pipe(file: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    file.is_fifo() || file.is_char_device()
}

#[cfg(not(unix))]
fn is_pipe(file: FileType) -> bool {
    !file.is_file() && !file.is_dir()
}
