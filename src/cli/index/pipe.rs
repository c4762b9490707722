//! `unspin index query DIR -` and `add DIR -`: a line in, a line out, for a crawler in any language that keeps the
//! program as a child process.

use std::io::BufRead;

use serde_json::{Map, Value};

use crate::cli::index::answers::{Answers, Asking, is_refusal, refusal};
use crate::corpus::{Kind, Options, Pipe, Piped, Problem, Problems, Record, Severity};
use crate::crawler::Index;
use crate::error::{Error, Place, Result};

/// What the pipe is called in messages.
const STDIN: &str = "<stdin>";

/// How many lines were answered, and how many of the articles have matches.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) articles: usize,
    pub(crate) matched: usize,
}

impl Tally {
    pub(crate) fn count(&mut self, answer: &Map<String, Value>) {
        self.articles += 1;
        self.matched += usize::from(answer["matches"].as_array().is_some_and(|matches| !matches.is_empty()));
    }
}

/// Answers every line before the next one is read.
pub(crate) fn converse(
    index: &Index,
    asking: Asking,
    (lines, options): (impl BufRead, Options),
    answers: &mut Answers,
    problems: &mut Problems<'_>,
) -> Result<Tally> {
    let mut pipe = Pipe::new(lines, options);
    let mut tally = Tally::default();
    let broken = |source| {
        let remedy = "check what writes to the pipe: every whole line is answered";
        Error::Read { place: Place::input(STDIN), source, remedy }
    };
    while let Some(Piped { line, record, is_named, problems: found }) = pipe.advance().map_err(broken)? {
        let (dropped, repaired): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|problem| problem.kind.severity() == Severity::Dropped);
        repaired.into_iter().try_for_each(|problem| problems.report(problem))?;
        match record.map(|record| answer(index, asking, &record, is_named)) {
            Some(Ok(answer)) => {
                tally.count(&answer);
                answers.write(&answer)?;
                answers.flush()?;
            }
            Some(Err(refused)) => refused.tell(line, answers, problems)?,
            None => {
                for problem in dropped {
                    Refused::of(problem).tell(line, answers, problems)?;
                }
            }
        }
    }
    Ok(tally)
}

fn answer(index: &Index, asking: Asking, record: &Record, is_named: bool) -> Result<Map<String, Value>, Box<Refused>> {
    if asking.adds() && !is_named {
        let message = "no id to store it under: give it one, or name the field that has it with --id-field".to_owned();
        return Err(Box::new(Refused { id: None, name: "no-id", kind: Kind::Malformed, message, ends: None }));
    }
    asking.ask(index, record, &index.prepare(&record.text)).map_err(|error| {
        let (name, kind) = match error {
            Error::RepeatedId { .. } => ("repeated-id", Kind::RepeatedId),
            Error::LongId { .. } => ("long-id", Kind::TooLong),
            _ => ("failed", Kind::Unreadable),
        };
        let (message, ends) = (refusal(&error), (!is_refusal(&error)).then_some(error));
        Box::new(Refused { id: Some(record.id.to_string()), name, kind, message, ends })
    })
}

/// Why a line got no answer but this.
struct Refused {
    id: Option<String>,
    /// The word that programs know it by.
    name: &'static str,
    kind: Kind,
    message: String,
    /// What makes every other line pointless, too.
    ends: Option<Error>,
}

impl Refused {
    /// A line without an article that could be used.
    fn of(problem: Problem) -> Self {
        let Problem { kind, error } = problem;
        let name = match kind {
            Kind::NoText => "no-text",
            Kind::Empty => "empty",
            Kind::TooLong => "too-long",
            _ => "malformed",
        };
        let message = match error {
            Error::Record { problem, .. } => problem,
            other => other.to_string(),
        };
        Self { id: None, name, kind, message, ends: None }
    }

    /// Says so, to the one who asked and on standard error.
    fn tell(self, line: u64, answers: &mut Answers, problems: &mut Problems<'_>) -> Result<()> {
        let mut fields = Map::new();
        fields.insert("line".into(), line.into());
        if let Some(id) = self.id {
            fields.insert("id".into(), id.into());
        }
        fields.insert("error".into(), self.name.into());
        fields.insert("message".into(), self.message.as_str().into());
        answers.write(&fields)?;
        answers.flush()?;
        let place = Place::line(STDIN, line);
        let told = || Problem { kind: self.kind, error: Error::Record { place, problem: self.message } };
        self.ends.map_or_else(|| problems.report(told()), Err)
    }
}
