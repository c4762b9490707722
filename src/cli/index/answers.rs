//! What is answered about an article, and where the answers go.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::article::Span;
use crate::corpus::Record;
use crate::crawler::{Index, Match, Prepared, Seen};
use crate::error::{Error, Result};
use crate::report::atomic::Output;
use crate::report::{jsonl, matches};
use crate::verify::places::Places;

/// What is asked of the index about every article.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Question {
    /// What it is a copy of.
    Query {
        /// Whether the stored article of the same id is left out.
        others: bool,
    },
    /// The same, and then to store it.
    Add {
        /// Whether it takes the place of the stored article of the same id.
        replace: bool,
    },
}

/// A question with the form of its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) question: Question,
    /// Whether the answers tell where the texts correspond.
    pub(crate) places: bool,
}

impl Asking {
    pub(crate) fn adds(self) -> bool {
        matches!(self.question, Question::Add { .. })
    }

    /// Asks about one article: the answer, once it is given for good.
    pub(crate) fn ask(self, index: &Index, record: &Record, article: &Prepared) -> Result<Map<String, Value>> {
        let Record { id, meta, .. } = record;
        let seen = match self.question {
            Question::Query { others: false } => index.check(article)?,
            Question::Query { others: true } => index.check_except(id.as_str(), article)?,
            Question::Add { replace: false } => index.check_and_insert(id.clone(), article, meta.clone())?,
            Question::Add { replace: true } => index.check_and_replace(id.clone(), article, meta.clone())?,
        };
        Ok(self.line(id.as_str(), &seen))
    }

    fn line(self, id: &str, seen: &Seen) -> Map<String, Value> {
        let mut line = Map::new();
        line.insert("id".into(), id.into());
        if self.adds() {
            line.insert("stored".into(), true.into());
        }
        line.extend(matches::line(id, seen.matches().map(|found| self.matched(found)).collect()));
        line
    }

    fn matched(self, found: &Match) -> Map<String, Value> {
        let mut fields = matches::fields(&found.id, found.relation, &found.scores);
        fields.insert("twins".into(), found.twins.into());
        jsonl::told(&mut fields, &found.meta);
        if self.places {
            places(&mut fields, &found.places);
        }
        fields
    }
}

/// Adds where the texts correspond, and where they differ, in bytes of each.
fn places(fields: &mut Map<String, Value>, places: &Places) {
    let pair = |&(old, new): &(Span, Span)| json!({matches::SIDES[0]: [old.start, old.end], matches::SIDES[1]: [new.start, new.end]});
    fields.insert("passages".into(), places.passages.iter().map(pair).collect());
    fields.insert("substitutions".into(), places.substitutions.iter().map(pair).collect());
}

/// Whether an error is about the one article, and the next may fare better.
pub(crate) fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::RepeatedId { .. } | Error::LongId { .. })
}

/// What is said of an article that the index refused.
pub(crate) fn refusal(error: &Error) -> String {
    match error {
        Error::RepeatedId { id } => {
            format!("the id {id:?} is in the index already, and what is there stands: --replace puts this in its place")
        }
        other => other.to_string(),
    }
}

/// Where answers go, one a line.
pub(crate) struct Answers {
    output: Output,
    /// Whether the work goes on when nobody listens any more.
    goes_on: bool,
    is_deaf: bool,
}

impl Answers {
    /// With `goes_on`, whoever closes the pipe does not stop the work.
    pub(crate) fn new(output: Output, goes_on: bool) -> Self {
        Self { output, goes_on, is_deaf: false }
    }

    pub(crate) fn write(&mut self, line: &Map<String, Value>) -> Result<()> {
        let written = serde_json::to_writer(&mut self.output, line).map_err(io::Error::from);
        let written = written.and_then(|()| self.output.write_all(b"\n"));
        self.heard(written)
    }

    /// Sends what was written on its way.
    pub(crate) fn flush(&mut self) -> Result<()> {
        let flushed = self.output.flush();
        self.heard(flushed)
    }

    fn heard(&mut self, written: io::Result<()>) -> Result<()> {
        match written {
            Err(_) if self.is_deaf => Ok(()),
            Err(source) if self.goes_on && source.kind() == io::ErrorKind::BrokenPipe => {
                self.is_deaf = true;
                Ok(())
            }
            written => written.map_err(|source| Error::Write { path: self.output.path().to_owned(), source }),
        }
    }

    pub(crate) fn finish(self) -> Result<()> {
        if self.is_deaf { Ok(()) } else { self.output.finish() }
    }
}
