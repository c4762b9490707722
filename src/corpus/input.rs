//! One input: what it is called, what it holds, and its bytes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::compression::Compression;
use super::decode::{BUFFER, peek};
use crate::error::Place;

/// The most bytes that one record may have. A longer one is surely no article, and would have to fit in memory.
pub(super) const LONGEST_RECORD: usize = 1 << 30;

/// What an input holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One article of plain text (or Markdown) a file.
    Text,
    /// One article on a page of HTML a file.
    Html,
    /// One JSON object a line.
    Jsonl,
    /// A list of JSON objects, one such object, or several one behind the other.
    Json,
    /// A table with the names of the columns in its first row, and one article in each other.
    Csv,
    /// An archive of what a crawler fetched.
    Warc,
    /// An RSS or Atom feed: one article an entry.
    Feed,
    /// Apache Parquet: one article a row.
    Parquet,
}

impl Format {
    /// The format that a file's name tells, whether or not the name goes on with that of a compression.
    ///
    /// ```
    /// use std::path::Path;
    /// use unspin::corpus::Format;
    /// assert_eq!(Format::of(Path::new("news/wire.ndjson.gz")), Some(Format::Jsonl));
    /// assert_eq!(Format::of(Path::new("README.MD")), Some(Format::Text));
    /// assert_eq!(Format::of(Path::new("logo.png")), None);
    /// ```
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let plain = match Compression::of_name(path) {
            Some(_) => Path::new(path.file_stem()?),
            None => path,
        };
        match plain.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" | "md" => Some(Self::Text),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "json" => Some(Self::Json),
            "csv" | "tsv" | "tab" => Some(Self::Csv),
            "warc" | "wet" => Some(Self::Warc),
            "rss" | "atom" | "xml" => Some(Self::Feed),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// Whether its records are counted, as there are no lines.
    fn counts_records(self) -> bool {
        matches!(self, Self::Warc | Self::Parquet)
    }
}

/// How an input is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file that can be read again.
    File,
    /// A named pipe or a device: its bytes come once.
    Pipe,
    /// The standard input.
    Stdin,
}

/// One input of a corpus.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    /// The path without links, by which two ways to one file are known.
    pub(super) target: PathBuf,
    pub(super) origin: Origin,
    pub(super) format: Format,
    /// The id that the file itself would have as an article.
    pub(super) id: String,
    /// The base name of the argument through which it was found.
    pub(super) argument: Arc<str>,
    /// Whether that argument is a folder.
    pub(super) in_folder: bool,
    /// Its length in bytes, as far as it is known before.
    pub(super) len: Option<u64>,
}

impl Input {
    /// The standard input, with JSONL.
    pub(super) fn stdin() -> Self {
        Self {
            path: PathBuf::from("-"),
            target: PathBuf::from("-"),
            origin: Origin::Stdin,
            format: Format::Jsonl,
            id: "stdin".into(),
            argument: "stdin".into(),
            in_folder: false,
            len: None,
        }
    }

    /// Whether its name tells that tabs stand between its cells.
    pub(super) fn has_tabs(&self) -> bool {
        let name = self.path.to_string_lossy().to_ascii_lowercase();
        name.contains(".tsv") || name.contains(".tab")
    }

    /// What it is called in messages.
    pub(super) fn name(&self) -> String {
        match self.origin {
            Origin::Stdin => "<stdin>".into(),
            Origin::File | Origin::Pipe => self.path.display().to_string(),
        }
    }

    /// The place of the record with this number, or of the input as a whole.
    pub(super) fn place(&self, number: Option<u64>) -> Place {
        match number {
            None => Place::input(self.name()),
            Some(number) if self.format.counts_records() => Place::record(self.name(), number),
            Some(number) => Place::line(self.name(), number),
        }
    }

    /// The id of a record of this input: the one it gives itself, or its place. When ids are qualified, the
    /// argument's name goes before it, unless the id starts with that name anyway.
    pub(super) fn record_id(&self, given: Option<String>, at: Option<u64>, qualify: bool) -> String {
        let qualify = qualify && (self.in_folder || given.is_some());
        let id = match (given, at) {
            (Some(id), _) => id,
            (None, Some(number)) => format!("{}:{number}", self.id),
            (None, None) => self.id.clone(),
        };
        if qualify { format!("{}/{id}", self.argument) } else { id }
    }
}

/// An input that is open.
pub(super) struct Stream<'s> {
    /// The bytes, decompressed.
    pub(super) reader: Box<dyn BufRead + 's>,
    /// Whether a byte's place in the stream is its place in a file that can be read again.
    pub(super) in_place: bool,
    pub(super) compressed: bool,
    /// Whether it goes on behind damage.
    pub(super) resumes: bool,
    /// Where those who read past the stream count their bytes.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "only Parquet is read past the stream"))]
    pub(super) progress: Progress,
}

impl<'s> Stream<'s> {
    /// Opens an input. Compression is looked through if the content shows it.
    pub(super) fn open(input: &Input, stdin: &'s mut (dyn Read + Send), progress: &Progress) -> io::Result<Self> {
        let bytes: Box<dyn Read + 's> = match input.origin {
            Origin::Stdin => Box::new(stdin),
            Origin::File | Origin::Pipe => Box::new(File::open(&input.path)?),
        };
        let (head, bytes) = peek(Counted { bytes, read: Arc::clone(&progress.read) })?;
        let compression = Compression::of(&head, Compression::of_name(&input.path))?;
        let bytes = BufReader::with_capacity(BUFFER, bytes);
        let reader: Box<dyn BufRead + 's> = match compression {
            None => Box::new(bytes),
            Some(compression) => Box::new(BufReader::with_capacity(BUFFER, compression.reader(bytes)?)),
        };
        let compressed = compression.is_some();
        let resumes = compression == Some(Compression::Gzip);
        Ok(Self {
            reader,
            in_place: input.origin == Origin::File && !compressed,
            compressed,
            resumes,
            progress: progress.clone(),
        })
    }
}

/// How far the reading has come, to be watched from another thread.
///
/// ```
/// use unspin::corpus::{Options, Problems, Reader};
/// let reader = Reader::open(["no-such-folder"], Options::default(), &mut Problems::silent())?;
/// let progress = reader.progress();
/// assert_eq!((progress.read(), progress.total()), (0, Some(0)));
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub(super) read: Arc<AtomicU64>,
    pub(super) total: Option<u64>,
}

impl Progress {
    /// The bytes read so far, before decompression.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The bytes of all inputs, unless some come through a pipe.
    pub fn total(&self) -> Option<u64> {
        self.total
    }
}

/// Counts the bytes that pass.
struct Counted<R> {
    bytes: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_format_through_their_compression() {
        for (name, format) in [
            ("a.txt", Some(Format::Text)),
            ("a.b.TXT.GZ", Some(Format::Text)),
            ("a.md.zst", Some(Format::Text)),
            ("a.jsonl", Some(Format::Jsonl)),
            ("a.NdJson.gz", Some(Format::Jsonl)),
            ("a.json", Some(Format::Json)),
            ("a.HTM.xz", Some(Format::Html)),
            ("a.tsv", Some(Format::Csv)),
            ("CC-NEWS-1.warc.gz", Some(Format::Warc)),
            ("CC-MAIN-1.warc.wet.gz", Some(Format::Warc)),
            ("a.xml", Some(Format::Feed)),
            ("a.parquet", Some(Format::Parquet)),
            ("a.gz", None),
            ("a.txt.bz2", Some(Format::Text)),
            ("a.txt.zip", None),
            ("txt", None),
            (".txt", None),
            ("", None),
        ] {
            assert_eq!(Format::of(Path::new(name)), format, "{name:?}");
        }
    }

    #[test]
    fn ids_are_given_or_tell_the_place_and_can_be_qualified() {
        let folder = Input { id: "wire/a.jsonl".into(), argument: "news".into(), in_folder: true, ..Input::stdin() };
        let id = |given: Option<&str>, line, qualify| folder.record_id(given.map(str::to_owned), line, qualify);
        assert_eq!(id(Some("17"), Some(3), false), "17");
        assert_eq!(id(None, Some(3), false), "wire/a.jsonl:3");
        assert_eq!(id(None, None, false), "wire/a.jsonl");
        assert_eq!(id(Some("17"), Some(3), true), "news/17");
        assert_eq!(id(None, Some(3), true), "news/wire/a.jsonl:3");

        let file = Input { id: "a.jsonl".into(), argument: "a.jsonl".into(), ..Input::stdin() };
        assert_eq!(file.record_id(Some("17".into()), Some(3), true), "a.jsonl/17");
        assert_eq!(file.record_id(None, Some(3), true), "a.jsonl:3");
    }
}
