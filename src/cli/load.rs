//! From the inputs to a detector that holds their articles, and to their texts again.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::article::{Article, ArticleId};
use crate::cli::args::Reading;
use crate::cli::messages::Talk;
use crate::corpus::{Corpus, Fields, Format, Kind, Options, Problem, Problems, Reader, Record, Source};
use crate::detector::Detector;
use crate::error::{Error, Place, Result};
use crate::hash;
use crate::report::evidence::Texts;
use crate::verify::relation::TOO_SHORT;

/// The bytes of text that are asked about at a time: little enough that nobody waits long for the first or the last.
#[cfg(feature = "index")]
const BATCH: usize = 1 << 22;

/// How a verb ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was used.
    Whole,
    /// Some records were dropped.
    Dropped,
}

impl Outcome {
    /// How it ends with these problems.
    pub(crate) fn of(problems: &Problems<'_>) -> Self {
        if problems.dropped() == 0 { Self::Whole } else { Self::Dropped }
    }
}

/// What was read.
pub(crate) struct Loaded {
    pub(crate) detector: Detector,
    pub(crate) library: Library,
    pub(crate) outcome: Outcome,
    /// What was dropped or repaired, by kind, in words.
    pub(crate) losses: Vec<String>,
}

/// The articles in the order in which they were read, with the places of their texts.
pub(crate) struct Library {
    corpus: Corpus,
    sources: Vec<(Source, u32)>,
    /// The number of each article under the hash of its id.
    numbers: HashMap<u64, u32>,
    /// The ids of the articles that are a file each, under their numbers.
    files: HashMap<usize, ArticleId>,
    /// What could not be read again, under the input's name.
    lost: Mutex<BTreeMap<String, Error>>,
}

impl Library {
    /// Tells which inputs could not be read again as they were, so that evidence is missing.
    pub(crate) fn tell_lost(&self, talk: &Talk) {
        let mut problems = Problems::new(talk.teller());
        let lost = std::mem::take(&mut *self.lost.lock().unwrap_or_else(PoisonError::into_inner));
        for error in lost.into_values() {
            // Only strict problems end anything.
            let _ = problems.report(Problem { kind: Kind::Changed, error });
        }
        problems.finish();
    }

    fn text(&self, id: &ArticleId) -> Option<String> {
        match self.corpus.text(self.source(id)?.0) {
            Ok(text) => Some(text),
            Err(error) => {
                let input = error.place().map_or_else(String::new, |place| place.input.clone());
                self.lost.lock().unwrap_or_else(PoisonError::into_inner).insert(input, error);
                None
            }
        }
    }

    /// The number of an article in the order of reading.
    pub(crate) fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(&hash::bytes(id.as_bytes())).map(|&number| number as usize)
    }

    /// Every article's record as a line of JSONL, with its number: as it was read, or made of its id and text.
    pub(crate) fn records(&self, mut each: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        let unnamed = ArticleId::from("");
        self.sources.iter().enumerate().try_for_each(|(number, &(source, _))| {
            let id = self.files.get(&number).unwrap_or(&unnamed);
            each(number, &self.corpus.line(source, id)?)
        })
    }

    fn source(&self, id: &ArticleId) -> Option<(Source, u32)> {
        self.sources.get(self.number(id.as_str())?).copied()
    }
}

impl Texts for Library {
    fn size(&self, id: &ArticleId) -> u64 {
        self.source(id).map_or(0, |(_, size)| u64::from(size))
    }

    fn fetch(&self, ids: &[&ArticleId]) -> Vec<Option<String>> {
        ids.par_iter().map(|id| self.text(id)).collect()
    }
}

/// What goes wrong with the files of a verb, told as it happens.
pub(crate) fn problems(reading: &Reading, talk: &Talk) -> Problems<'static> {
    Problems::new(talk.teller()).strict(reading.strict)
}

/// Reads all inputs into the detector. What cannot be used is told, counted, and left out. The library has texts and
/// records unless they are read `once`.
pub(crate) fn load(
    reading: &Reading,
    once: bool,
    detector: Detector,
    mut problems: Problems<'_>,
    talk: &Talk,
) -> Result<Loaded> {
    let mut loaded = load_also(&reading.inputs, options(reading, once), detector, &mut problems, talk, |id| id)?;
    problems.finish();
    if loaded.detector.is_empty() {
        return Err(Error::NoArticles);
    }
    loaded.sum_up(&problems);
    Ok(loaded)
}

impl Loaded {
    /// Takes down what was dropped or repaired.
    pub(crate) fn sum_up(&mut self, problems: &Problems<'_>) {
        self.outcome = Outcome::of(problems);
        self.losses = losses(problems);
    }
}

/// What was dropped or repaired, by kind, in words.
pub(crate) fn losses(problems: &Problems<'_>) -> Vec<String> {
    problems.counts().map(|(kind, count)| kind.count(count)).collect()
}

/// Reads these inputs into a detector that may hold others' articles, each under the id that `named` makes of its own.
/// The library knows them by their own.
pub(crate) fn load_also(
    inputs: &[PathBuf],
    options: Options,
    mut detector: Detector,
    problems: &mut Problems<'_>,
    talk: &Talk,
    named: impl Fn(ArticleId) -> ArticleId,
) -> Result<Loaded> {
    let reader = Reader::open(inputs, options, problems)?;
    let progress = reader.progress();
    talk.progress.bytes("reading", progress.total());
    let setup = detector.setup().clone();
    let mut shelves = Shelves::default();
    let corpus = talk.timed("reading", || {
        reader.read_made(
            problems,
            |text| setup.prepare(&text),
            |record| {
                talk.progress.set(progress.read());
                shelves.put(&mut detector, record, &named)
            },
        )
    })?;
    let Shelves { sources, numbers, files, short } = shelves;
    for (place, words) in short {
        tell_if_short(&place, words, problems)?;
    }
    let library = Library { corpus, sources, numbers, files, lost: Mutex::default() };
    Ok(Loaded { detector, library, outcome: Outcome::Whole, losses: Vec::new() })
}

/// The place of an article that is too short to judge, and how many words it has.
type Short = (Place, usize);

/// Tells that an article is too short to judge, if it is.
pub(crate) fn tell_if_short(place: &Place, words: usize, problems: &mut Problems<'_>) -> Result<()> {
    let problem = match words {
        TOO_SHORT.. => return Ok(()),
        0 => "no word in it: no copy of it can be found: see whether it is text at all".to_owned(),
        _ => format!("fewer than {TOO_SHORT} words: at most its exact and near copies can be found"),
    };
    problems.report(Problem { kind: Kind::TooShort, error: Error::Record { place: place.clone(), problem } })
}

/// Reads all inputs, and hands over their records by the batch, in the order of reading.
#[cfg(feature = "index")]
pub(crate) fn each_batch(
    inputs: &[PathBuf],
    reading: &Reading,
    problems: &mut Problems<'_>,
    talk: &Talk,
    mut work: impl FnMut(Vec<Record>) -> Result<()>,
) -> Result<()> {
    let reader = Reader::open(inputs, options(reading, true), problems)?;
    let progress = reader.progress();
    talk.progress.bytes("reading", progress.total());
    talk.timed("reading", || {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        reader.read(problems, |record| {
            bytes += record.size;
            batch.push(record);
            if bytes < BATCH {
                return Ok(());
            }
            bytes = 0;
            work(std::mem::take(&mut batch))?;
            talk.progress.set(progress.read());
            Ok(())
        })?;
        work(batch)?;
        talk.progress.set(progress.read());
        Ok(())
    })
}

/// What is kept of the records.
#[derive(Default)]
struct Shelves {
    sources: Vec<(Source, u32)>,
    numbers: HashMap<u64, u32>,
    files: HashMap<usize, ArticleId>,
    short: Vec<Short>,
}

impl Shelves {
    /// Keeps what is needed of a record, and puts its article into the detector.
    fn put(
        &mut self,
        detector: &mut Detector,
        record: Record<Article>,
        named: &impl Fn(ArticleId) -> ArticleId,
    ) -> Result<()> {
        let Record { id, meta, text: article, size, source, place } = record;
        let number = self.sources.len();
        self.numbers.insert(hash::bytes(id.as_str().as_bytes()), number as u32);
        if place.line.or(place.record).is_none() {
            self.files.insert(number, id.clone());
        }
        if article.tokens().len() < TOO_SHORT {
            self.short.push((place, article.tokens().len()));
        }
        self.sources.push((source, u32::try_from(size).unwrap_or(u32::MAX)));
        detector.insert_article(named(id), meta, article)
    }
}

/// How the inputs are read: once, or so that their texts can be read again.
pub(crate) fn options(reading: &Reading, once: bool) -> Options {
    Options {
        fields: fields(reading),
        qualify_ids: reading.qualify_ids,
        html: reading.extract,
        format: reading.input_format,
        temp_dir: reading.temp_dir.clone(),
        once,
    }
}

fn fields(reading: &Reading) -> Fields {
    let mut fields = Fields::default();
    let named = |list: &mut Vec<String>, name: &Option<String>| {
        if let Some(name) = name {
            *list = vec![name.clone()];
        }
    };
    named(&mut fields.id, &reading.id_field);
    named(&mut fields.text, &reading.text_field);
    named(&mut fields.title, &reading.title_field);
    named(&mut fields.date, &reading.date_field);
    fields
}

/// The text of one article: of a file of any kind that is read, or of a text on standard input for `-`.
pub(crate) fn text(path: &Path) -> Result<String> {
    let mut problems = Problems::new(io::stderr());
    let format = (path == Path::new("-")).then_some(Format::Text);
    let options = Options { format, ..Options::default() };
    let mut texts = Vec::new();
    let reader = Reader::open([path], options, &mut problems)?;
    reader.read(&mut problems, |record| {
        texts.push(record.text);
        Ok(())
    })?;
    match (texts.pop(), texts.len()) {
        (Some(text), 0) => Ok(text),
        (None, _) => Err(Error::NoArticles),
        (_, more) => Err(Error::Config {
            field: "the input",
            value: format!("{} with {} articles", path.display(), more + 1),
            allowed: "a file with one".to_owned(),
        }),
    }
}
