//! The reader: one pass over all inputs of a corpus.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Mutex, mpsc};
use std::thread;

use super::decode::Utf8;
use super::fields::{Fields, Lookup};
use super::html::Html;
use super::input::{Format, Input, Progress, Stream};
use super::intake::{Before, Intake};
#[cfg(feature = "parquet")]
use super::parquet;
use super::problems::{Kind, Problems};
use super::record::{Record, Table, Totals};
use super::reread::Corpus;
use super::sink::{Reading, Sink};
use super::source::Spool;
use super::{csv, feed, json, text, walk, warc};
use crate::disk::Limits;
use crate::error::{Error, Result};

/// The batches that may wait, beside the one that is read and the one of which articles are made.
const WAITING: usize = 1;

/// How a corpus is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The names of the fields.
    pub fields: Fields,
    /// Whether the base name of the argument (the folder's, the file's, or `stdin`) goes before each id: `news/17`.
    /// The ids that files named directly give their own articles start with that name anyway and stay as they are.
    pub qualify_ids: bool,
    /// What is taken to be HTML.
    pub html: Html,
    /// What the standard input and the files that are named directly hold, whatever they are called. Default: what
    /// their names tell; otherwise text in a file, and JSONL on the standard input or in a pipe.
    pub format: Option<Format>,
    /// The folder for the temporary copy of what can be read only once (compressed inputs, pipes). Default: the
    /// system's.
    pub temp_dir: Option<PathBuf>,
    /// Whether nothing is read a second time: then nothing is copied to the temporary folder for that, and the
    /// [`Corpus`] has no texts.
    pub once: bool,
}

/// Reads every article of the inputs once, in an order that does not depend on that of the arguments.
///
/// A folder is read with everything below it whose name is that of a [`Format`], whatever it is compressed with; a
/// file named directly is a plain text unless its name tells more; `-` is JSONL on the standard input. No more than a
/// megabyte of records is in memory, or one that is larger.
///
/// ```
/// use unspin::corpus::{Options, Problems, Reader};
///
/// let folder = tempfile::tempdir().expect("a temporary folder");
/// std::fs::write(folder.path().join("story.txt"), "The mill reopens on Monday.").expect("a file");
/// std::fs::write(folder.path().join("wire.jsonl"), r#"{"id": 17, "text": "Rain is expected."}"#).expect("a file");
///
/// let mut problems = Problems::new(std::io::stderr());
/// let reader = Reader::open([folder.path()], Options::default(), &mut problems)?;
/// let mut read = Vec::new();
/// let corpus = reader.read(&mut problems, |record| {
///     read.push((record.id, record.source));
///     Ok(())
/// })?;
///
/// assert_eq!(read[0].0.as_str(), "story.txt");
/// assert_eq!(read[1].0.as_str(), "17");
/// assert_eq!(corpus.text(read[1].1)?, "Rain is expected.");
/// # Ok::<(), unspin::Error>(())
/// ```
pub struct Reader {
    inputs: Vec<Input>,
    options: Options,
    progress: Progress,
    stdin: Box<dyn Read + Send>,
}

impl Reader {
    /// Finds all inputs, without opening them yet. What cannot be found is reported; the rest goes on.
    ///
    /// # Errors
    /// The first problem, when problems are [strict](Problems::strict).
    pub fn open<I>(arguments: I, options: Options, problems: &mut Problems<'_>) -> Result<Self>
    where
        I: IntoIterator<Item: Into<PathBuf>>,
    {
        let inputs = walk::inputs(arguments.into_iter().map(Into::into).collect(), options.format, problems)?;
        let total = inputs.iter().map(|input| input.len).sum();
        let progress = Progress { total, ..Progress::default() };
        Ok(Self { inputs, options, progress, stdin: Box::new(io::stdin()) })
    }

    /// Reads `-` from here instead of the standard input.
    #[must_use]
    pub fn with_stdin(self, stdin: impl Read + Send + 'static) -> Self {
        Self { stdin: Box::new(stdin), ..self }
    }

    /// How far [`read`](Self::read) has come, for another thread to watch.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Hands over every record. What cannot be used is reported; the rest goes on.
    ///
    /// # Errors
    /// What `each` returns; the first problem, when problems are [strict](Problems::strict); or that the temporary
    /// folder cannot be used.
    pub fn read(self, problems: &mut Problems<'_>, each: impl FnMut(Record) -> Result<()>) -> Result<Corpus> {
        self.read_made(problems, |text| text, each)
    }

    /// The same of records that hold what `make` makes of their texts, by many threads at once while reading goes on: a
    /// text that is made into something smaller right away need not be kept, nor fetched from memory once more.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    ///
    /// ```
    /// use unspin::corpus::{Options, Problems, Reader};
    ///
    /// let folder = tempfile::tempdir().expect("a temporary folder");
    /// std::fs::write(folder.path().join("story.txt"), "The mill reopens on Monday.").expect("a file");
    /// let mut problems = Problems::silent();
    /// let reader = Reader::open([folder.path()], Options::default(), &mut problems)?;
    /// let detector = unspin::Detector::builder().build()?;
    /// let mut words = 0;
    /// reader.read_made(&mut problems, |text| detector.prepare(&text), |record| {
    ///     words += record.text.tokens().len();
    ///     Ok(())
    /// })?;
    /// assert_eq!(words, 5);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn read_made<T: Send>(
        self,
        problems: &mut Problems<'_>,
        make: impl Fn(String) -> T + Sync,
        mut each: impl FnMut(Record<T>) -> Result<()>,
    ) -> Result<Corpus> {
        let Self { inputs, options, progress, mut stdin } = self;
        let defaults = Limits::default();
        let limits = Limits { folder: options.temp_dir.unwrap_or(defaults.folder), ..defaults };
        let lookup = Lookup::new(&options.fields);
        let mut intake = Intake {
            inputs: &inputs,
            qualify_ids: options.qualify_ids,
            html: options.html,
            report: &mut |problem| problems.report(problem),
            make: &make,
            each: &mut each,
            spool: (!options.once).then(|| Spool::new(limits.clone())),
            totals: Totals::default(),
            seen: HashMap::new(),
            before: Before::default(),
        };
        let tables = thread::scope(|scope| {
            let (sender, batches) = mpsc::sync_channel(WAITING);
            let (emptied, stores) = mpsc::channel();
            let forward = move |batch| {
                // Nobody receives any more only when the other side has failed, and it will say so.
                sender.send(batch).map_err(|_| Error::Interrupted)?;
                Ok(stores.try_recv().unwrap_or_default())
            };
            let read = scope.spawn(|| {
                let reading = Reading::new(&inputs, options.html, &limits, Box::new(forward));
                read_all(reading, &lookup, &mut stdin, &progress)
            });
            for batch in batches {
                // The other side may be done, and need none any more.
                let _ = emptied.send(intake.take(batch)?);
            }
            let read = read.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            intake.settle()?;
            Ok(read)
        })?;
        let Intake { spool, mut totals, .. } = intake;
        totals.inputs = tables.1;
        Ok(Corpus {
            once: options.once,
            spool: spool.map_or(Ok(None), Spool::finish)?,
            totals,
            fields: options.fields,
            html: options.html,
            tables: tables.0,
            open: Mutex::default(),
            inputs,
        })
    }
}

/// Reads all inputs. Gives the heads of those that are tables, and how many could be opened.
fn read_all<'a>(
    mut reading: Reading<'a>,
    lookup: &'a Lookup<'a>,
    stdin: &mut (dyn Read + Send),
    progress: &Progress,
) -> Result<(HashMap<u32, Table>, u64)> {
    let mut opened = 0;
    for (input, number) in reading.inputs.iter().zip(0..) {
        match Stream::open(input, stdin, progress) {
            Ok(stream) => {
                opened += 1;
                let mut sink = reading.sink(number, stream.in_place, stream.compressed);
                read_input(input, stream, lookup, &mut sink)?;
            }
            Err(error) => {
                // Opening looks at no more than the first bytes: only compressed data can end early there.
                let early = error.kind() == io::ErrorKind::UnexpectedEof;
                let kind = if early { Kind::Damaged } else { Kind::Unreadable };
                reading.sink(number, false, false).closed(kind, error)?;
            }
        }
    }
    reading.send()?;
    Ok((reading.tables, opened))
}

/// Hands over the records of one input in its format.
fn read_input<'a>(input: &Input, stream: Stream<'_>, lookup: &'a Lookup<'a>, sink: &mut Sink<'_, 'a>) -> Result<()> {
    match input.format {
        Format::Text | Format::Html => return text::read(stream, sink),
        Format::Warc => return warc::read(stream, sink),
        #[cfg(feature = "parquet")]
        Format::Parquet => return parquet::read(stream, lookup, sink),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => {
            let problem = "this build cannot read Parquet: build it with --features parquet";
            return sink.problem(Kind::Unreadable, None, problem);
        }
        _ => {}
    }
    let utf8 = if input.format == Format::Feed { Utf8::declared(stream.reader) } else { Utf8::new(stream.reader) };
    match (utf8, input.format) {
        (Err(error), _) => sink.broken(Some(1), error),
        (Ok(utf8), Format::Feed) => feed::read(utf8, sink),
        (Ok(utf8), Format::Csv) => csv::read(utf8, input.has_tabs(), lookup, sink),
        (Ok(utf8), format) => json::read(utf8, format == Format::Jsonl, lookup, sink),
    }
}
