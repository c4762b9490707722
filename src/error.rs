//! The one error type: what went wrong, where, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A place in the input: a file (or `<stdin>`) and, in formats made of records, the line or the record's number.
///
/// ```
/// use unspin::Place;
/// assert_eq!(Place::line("wire.jsonl", 12).to_string(), "wire.jsonl:12");
/// assert_eq!(Place::record("crawl.warc", 12).to_string(), "crawl.warc, record 12");
/// assert_eq!(Place::input("story.txt").to_string(), "story.txt");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The input's path as it was given or found, or `<stdin>`.
    pub input: String,
    /// The line of the record, counted from 1.
    pub line: Option<u64>,
    /// The record's number, counted from 1, in formats without lines.
    pub record: Option<u64>,
}

impl Place {
    /// A whole input.
    pub fn input(input: impl Into<String>) -> Self {
        Self { input: input.into(), line: None, record: None }
    }

    /// One line of an input, counted from 1.
    pub fn line(input: impl Into<String>, line: u64) -> Self {
        Self { line: Some(line), ..Self::input(input) }
    }

    /// One record of an input without lines, counted from 1.
    pub fn record(input: impl Into<String>, record: u64) -> Self {
        Self { record: Some(record), ..Self::input(input) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.record) {
            (Some(line), _) => write!(f, "{}:{line}", self.input),
            (None, Some(record)) => write!(f, "{}, record {record}", self.input),
            (None, None) => f.write_str(&self.input),
        }
    }
}

/// Everything that can go wrong. Each message names the place or the option, and the remedy.
///
/// ```
/// use unspin::{Detector, Error};
/// let refused = Detector::builder().threshold(1.5).build();
/// assert!(matches!(refused, Err(Error::Config { field: "threshold", .. })));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// An option is outside its range.
    Config {
        /// The option's name.
        field: &'static str,
        /// The value that was given.
        value: String,
        /// The values that would do.
        allowed: String,
    },
    /// No banding of so few hashes reaches the recall at the threshold.
    RecallOutOfReach {
        /// The similarity from which pairs must be found.
        threshold: f64,
        /// The recall asked for.
        recall: f64,
        /// The length of the signature.
        hashes: usize,
        /// The best recall that any banding of that many hashes gives.
        best: f64,
    },
    /// An input could not be opened or read.
    Read {
        /// Which input, and how far it was read.
        place: Place,
        /// What the system said.
        source: io::Error,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A record could not be used.
    Record {
        /// The file and line.
        place: Place,
        /// What is wrong with it, and the remedy.
        problem: String,
    },
    /// Two articles have the same id.
    RepeatedId {
        /// The id.
        id: String,
    },
    /// More articles than the index can number.
    TooManyArticles,
    /// A temporary file, for what can be read only once (compressed inputs, stdin) or does not fit in memory, could not
    /// be used.
    Spool {
        /// The folder for temporary files.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An output could not be written.
    Write {
        /// The output's path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An output exists already, and replacing it was not asked for.
    OutputExists {
        /// The output's path.
        path: PathBuf,
    },
    /// An output's folder is not there.
    NoFolder {
        /// The output's path.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// Two outputs should go to one place.
    SharedOutput {
        /// Their path.
        path: PathBuf,
    },
    /// None of the inputs held an article.
    NoArticles,
    /// None of the lines that should hold stored groups held one.
    NoGroups {
        /// The file.
        path: PathBuf,
    },
    /// A folder that should hold an index holds none.
    NoIndex {
        /// The folder.
        path: PathBuf,
        /// What is there instead.
        found: &'static str,
    },
    /// Another process, or another handle of this one, has the index open.
    IndexInUse {
        /// The index's folder.
        path: PathBuf,
        /// The other's number, if it could be told.
        process: Option<u32>,
    },
    /// An index was made under other settings.
    OtherSettings {
        /// The index's folder.
        path: PathBuf,
        /// The setting that differs.
        field: &'static str,
        /// Its value in the index.
        stored: String,
        /// The value that was asked for.
        given: String,
    },
    /// An index was written in a format that this version does not read.
    OtherFormat {
        /// The index's folder.
        path: PathBuf,
        /// The format it is in.
        found: String,
        /// The format that this version writes.
        supported: u32,
    },
    /// Something that an index had stored is not as it was written.
    Damaged {
        /// The index's folder, or the file in it.
        path: PathBuf,
        /// What was found to be wrong.
        what: String,
    },
    /// An index could not be read or written.
    Index {
        /// The index's folder.
        path: PathBuf,
        /// What the storage engine or the system said.
        problem: String,
    },
    /// An index was opened for reading only.
    ReadOnly {
        /// The index's folder.
        path: PathBuf,
    },
    /// An id is longer than an index stores.
    LongId {
        /// How the id begins.
        start: String,
        /// Its length in bytes.
        bytes: usize,
        /// The most bytes that an id may have.
        most: usize,
    },
    /// An index holds no article of this id.
    UnknownId {
        /// The id.
        id: String,
    },
    /// The work was interrupted by the user.
    Interrupted,
}

impl Error {
    /// Where in the input it went wrong, if it was there.
    ///
    /// ```
    /// use unspin::{Error, Place};
    /// let error = Error::Record { place: Place::line("wire.jsonl", 3), problem: "empty".into() };
    /// assert_eq!(error.place(), Some(&Place::line("wire.jsonl", 3)));
    /// assert_eq!(Error::NoArticles.place(), None);
    /// ```
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Read { place, .. } | Self::Record { place, .. } => Some(place),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config { field, value, allowed } => {
                write!(f, "{field} is {value}: give {allowed}")
            }
            Self::RecallOutOfReach { threshold, recall, hashes, best } => write!(
                f,
                "no banding of {hashes} hashes finds {recall} of the pairs at similarity {threshold} (the best finds {:.6}): \
                 ask for less recall, raise the threshold, or use more hashes",
                // Rounded down: no best is as good as what was asked for.
                (best * 1e6).floor() / 1e6,
            ),
            Self::Read { place, source, remedy } => write!(f, "{place}: {source}: {remedy}"),
            Self::Record { place, problem } => write!(f, "{place}: {problem}"),
            Self::RepeatedId { id } => {
                write!(f, "the id {id:?} stands for an article already: give every article its own id")
            }
            Self::TooManyArticles => f.write_str("more than 4,294,967,294 articles: split the corpus"),
            Self::Spool { folder, source } => write!(
                f,
                "{}: {source}: compressed inputs, pipes and what does not fit in memory are there meanwhile: make room, \
                 choose another folder with --temp-dir, or give more --memory",
                folder.display(),
            ),
            Self::Write { path, source } => {
                write!(f, "{}: {source}: choose another output with -o, or make room", path.display())
            }
            Self::OutputExists { path } => {
                write!(f, "{} exists: add --force to replace it, or choose another name", path.display())
            }
            Self::NoFolder { path, folder } => {
                write!(
                    f,
                    "{}: there is no folder {}: make it, or choose another place",
                    path.display(),
                    folder.display()
                )
            }
            Self::SharedOutput { path } => {
                write!(f, "{}: another output goes there already: choose another file for it", path.display())
            }
            Self::NoArticles => {
                f.write_str("no article was found: name folders or files of articles (--help lists the formats), or - for JSONL on stdin")
            }
            Self::NoGroups { path } => {
                write!(f, "{}: no line holds a group: give what unspin group --format jsonl wrote", path.display())
            }
            Self::NoIndex { path, found } => {
                write!(f, "{}: {found}: name the folder of an index, or a new one", path.display())
            }
            Self::IndexInUse { path, process: Some(process) } => {
                write!(f, "{}: in use by process {process}: wait until it is done, or ask it", path.display())
            }
            Self::IndexInUse { path, process: None } => {
                write!(f, "{}: in use by another process: wait until it is done, or ask it", path.display())
            }
            Self::OtherSettings { path, field, stored, given } => write!(
                f,
                "{}: the index was made with {field} {stored}, not {given}: open it with its own settings, or make a new \
                 index with the others and insert the articles again",
                path.display(),
            ),
            Self::OtherFormat { path, found, supported } => write!(
                f,
                "{}: the index is in format {found}, and this version writes format {supported} and does not read the other: export its articles with \
                 the version that wrote it, and insert them into a new one",
                path.display(),
            ),
            Self::Damaged { path, what } => write!(
                f,
                "{}: damaged: {what}: put a backup in its place, or make a new index and insert the articles again",
                path.display(),
            ),
            Self::Index { path, problem } => write!(
                f,
                "{}: {problem}: see to the disk (is it full, or failing?), then open the index again: what was \
                 acknowledged is there",
                path.display(),
            ),
            Self::ReadOnly { path } => {
                write!(f, "{}: opened for reading only: open it for writing to change it", path.display())
            }
            Self::LongId { start, bytes, most } => {
                write!(f, "the id {start:?}… has {bytes} bytes: give one of at most {most}")
            }
            Self::UnknownId { id } => write!(f, "no article has the id {id:?}: insert it first"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { source, .. } | Self::Spool { source, .. } | Self::Write { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;
