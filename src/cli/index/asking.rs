//! `unspin index add` and `unspin index query`.

use std::io;
use std::path::Path;

use clap::Args;
use rayon::prelude::*;
use serde_json::{Map, Value};

use crate::cli::args::{Reading, Running, Writing};
use crate::cli::index::answers::{Answers, Asking, Question, is_refusal, refusal};
use crate::cli::index::opening::{Folder, Lasting, Making, Synonyms};
use crate::cli::index::pipe::{self, Tally};
use crate::cli::load::{self, Outcome};
use crate::cli::messages::{Talk, count, thousands};
use crate::corpus::{Format, Kind, Problem, Problems, Record};
use crate::crawler::{Index, Prepared};
use crate::error::{Error, Result};
use crate::lexicon::learned::Lexicon;

/// Stores articles, and tells of each what it is a copy of.
///
/// A folder that is not there yet becomes a new index. Every article is answered by a line of JSON: {"id": …, "stored":
/// true, "matches": [{"id": …, "relation": …, "score": …, …}, …]}, the closest match first. Copies are stored, too, so
/// that a copy of a copy is found. Of a repeated id the stored article stands, unless --replace is given.
#[derive(Debug, Args)]
#[command(after_help = PIPE_ADD)]
pub(crate) struct Add {
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    reading: Reading,
    /// Put an article in the place of the stored one with its id
    #[arg(long, help_heading = "Index")]
    replace: bool,
    #[command(flatten)]
    lasting: Lasting,
    #[command(flatten)]
    synonyms: Synonyms,
    #[command(flatten)]
    making: Making,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// Tells of articles what they are copies of, and stores nothing.
///
/// Every article is answered by a line of JSON: {"id": …, "matches": [{"id": …, "relation": …, "score": …, …}, …]}, the
/// closest match first. A stored article answers with itself, as exact.
#[derive(Debug, Args)]
#[command(after_help = PIPE_QUERY)]
pub(crate) struct Query {
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    reading: Reading,
    /// Leave out the stored article of the same id
    #[arg(long, help_heading = "Index")]
    others: bool,
    #[command(flatten)]
    synonyms: Synonyms,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// How the answers are given.
#[derive(Debug, Args)]
struct Telling {
    /// Also tell where the texts correspond (passages) and differ (substitutions), in bytes from where to where of each
    #[arg(long, help_heading = "Writing")]
    places: bool,
    #[command(flatten)]
    writing: Writing,
}

/// The protocol of the pipe, which both verbs speak.
macro_rules! pipe {
    ($verb:literal, $answered:literal) => {
        concat!(
            "Examples:\n",
            "  unspin index ", $verb, " seen/ today.jsonl -o found.jsonl   the articles of a file\n",
            "  unspin index ", $verb, " seen/ -                            a line in, a line out, for another program\n",
            "\n",
            "With - as the only input (as JSONL) it is a service for another program, which keeps it as a child process: \
             each line of standard input, {\"id\": …, \"text\": …, \"title\": …, \"date\": …} in UTF-8, is answered by one \
             line on standard output before the next is read, and sent at once. ", $answered, " A line that cannot be used \
             is answered too, {\"line\": …, \"error\": …, \"message\": …} where the error is malformed, no-text, empty, \
             too-long, no-id, repeated-id or long-id, and the work goes on. After the error \"failed\" (a full disk, \
             damage) it ends. Close its input to end it."
        )
    };
}

const PIPE_ADD: &str = pipe!("add", "An answer means that the article is stored, as surely as --durability says.");
const PIPE_QUERY: &str = pipe!("query", "An id is not needed.");

impl Add {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let question = Question::Add { replace: self.replace };
        let asking = Asking { question, places: self.telling.places };
        let work = Work { asking, reading: &self.reading, telling: &self.telling, synonyms: &self.synonyms };
        let makes = !self.folder.exists()?;
        work.run(talk, makes, |lexicon| self.folder.make(self.lasting.durability, &self.making, lexicon))
    }
}

impl Query {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let question = Question::Query { others: self.others };
        let asking = Asking { question, places: self.telling.places };
        let work = Work { asking, reading: &self.reading, telling: &self.telling, synonyms: &self.synonyms };
        work.run(talk, false, |lexicon| self.folder.read(lexicon))
    }
}

/// An index that is opened when it is needed: where no input can be read, none is made.
enum Opened<F> {
    Not(Option<F>),
    Open(Index),
}

impl<F: FnOnce() -> Result<Index>> Opened<F> {
    fn get(&mut self) -> Result<&Index> {
        if let Self::Not(open) = self
            && let Some(open) = open.take()
        {
            *self = Self::Open(open()?);
        }
        match self {
            Self::Open(index) => Ok(index),
            // It failed, and that was told.
            Self::Not(_) => Err(Error::Interrupted),
        }
    }
}

/// What is to be done.
struct Work<'a> {
    asking: Asking,
    reading: &'a Reading,
    telling: &'a Telling,
    synonyms: &'a Synonyms,
}

impl Work<'_> {
    /// Does it with an index that `open` opens, or makes.
    fn run(&self, talk: &Talk, makes: bool, open: impl FnOnce(Lexicon) -> Result<Index>) -> Result<Outcome> {
        let mut problems = load::problems(self.reading, talk);
        let lexicon = self.synonyms.read(&mut problems)?;
        let is_piped = self.is_piped()?;
        let output = self.telling.writing.start(&self.synonyms.beside(&self.reading.inputs))?;
        let mut index = Opened::Not(Some(|| open(lexicon)));
        if is_piped || !makes {
            index.get()?;
        }
        // A listener that is gone is no reason to leave articles out; a crawler that is gone sends no more of them.
        let mut answers = Answers::new(output, self.asking.adds() && !is_piped);
        let mut refused = load::problems(self.reading, talk);
        let tally = if is_piped {
            let lines = (io::stdin().lock(), load::options(self.reading, true));
            pipe::converse(index.get()?, self.asking, lines, &mut answers, &mut problems)?
        } else {
            self.read(&mut index, &mut answers, (&mut problems, &mut refused), talk)?
        };
        problems.finish();
        refused.finish();
        answers.finish()?;
        let is_whole = problems.dropped() + refused.dropped() == 0;
        if tally.articles == 0 && !is_piped && refused.dropped() == 0 {
            return Err(Error::NoArticles);
        }
        let done = if self.asking.adds() { "stored" } else { "asked about" };
        talk.note(format_args!(
            "{} {done}: {} with a match",
            count(tally.articles, "article"),
            thousands(tally.matched)
        ));
        talk.close(tally.articles, &[load::losses(&problems), load::losses(&refused)].concat());
        Ok(if is_whole { Outcome::Whole } else { Outcome::Dropped })
    }

    /// Whether lines are answered as they come.
    fn is_piped(&self) -> Result<bool> {
        let Reading { inputs, input_format, .. } = self.reading;
        let stdin = Path::new("-");
        let lines = matches!(input_format, None | Some(Format::Jsonl));
        if lines && inputs.len() > 1 && inputs.iter().any(|input| input == stdin) {
            return Err(Error::Config {
                field: "the input",
                value: "- among others".to_owned(),
                allowed: "- alone, which is answered line by line, or the others".to_owned(),
            });
        }
        Ok(lines && inputs[..] == [stdin])
    }

    /// Asks about every article of the inputs, in the order of reading. What goes wrong with reading them is told to the
    /// first, and what the index refuses to the second.
    fn read(
        &self,
        index: &mut Opened<impl FnOnce() -> Result<Index>>,
        answers: &mut Answers,
        (problems, refused): (&mut Problems<'_>, &mut Problems<'_>),
        talk: &Talk,
    ) -> Result<Tally> {
        let mut tally = Tally::default();
        load::each_batch(&self.reading.inputs, self.reading, problems, talk, |records| {
            if records.is_empty() {
                return Ok(());
            }
            for (record, answer) in records.iter().zip(self.ask(index.get()?, &records)) {
                match answer {
                    Ok((answer, words)) => {
                        tally.count(&answer);
                        answers.write(&answer)?;
                        load::tell_if_short(&record.place, words, refused)?;
                    }
                    Err(error) if is_refusal(&error) => {
                        let repeated = matches!(error, Error::RepeatedId { .. });
                        let kind = if repeated { Kind::RepeatedId } else { Kind::TooLong };
                        let error = Error::Record { place: record.place.clone(), problem: refusal(&error) };
                        refused.report(Problem { kind, error })?;
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })?;
        Ok(tally)
    }

    /// The answers to a batch, with the number of each article's words. Articles are stored one after the other, so that
    /// each is asked about those before it; questions do not depend on each other.
    fn ask(&self, index: &Index, records: &[Record]) -> Vec<Result<(Map<String, Value>, usize)>> {
        let ask = |(record, article): (&Record, Result<Prepared>)| {
            let article = article?;
            Ok((self.asking.ask(index, record, &article)?, article.tokens().len()))
        };
        let articles = records.par_iter().map(|record| (record, self.prepare(index, record)));
        if self.asking.adds() {
            articles.collect::<Vec<_>>().into_iter().map(ask).collect()
        } else {
            articles.map(ask).collect()
        }
    }

    /// Makes an article ready, unless it is known beforehand that the index refuses it: whoever was interrupted while
    /// adding begins again with many of these.
    fn prepare(&self, index: &Index, record: &Record) -> Result<Prepared> {
        let id = record.id.as_str();
        if matches!(self.asking.question, Question::Add { replace: false }) && index.contains(id)? {
            return Err(Error::RepeatedId { id: id.to_owned() });
        }
        Ok(index.prepare(&record.text))
    }
}
