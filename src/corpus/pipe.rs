//! Records that come one a line through a pipe: each is handed over when its line is whole, and nothing is kept of it.

use std::collections::HashMap;
use std::io::{self, BufRead};

use super::decode::Utf8;
use super::fields::{Fields, Lookup};
use super::input::{Input, LONGEST_RECORD};
use super::intake::{Before, Intake};
use super::jsonl;
use super::lines::{Line, Lines};
use super::problems::{Kind, Problem};
use super::reader::Options;
use super::record::{Record, Totals};
use super::sink::{Reading, Sink};
use crate::disk::Limits;

/// What one line of a [`Pipe`] holds.
#[derive(Debug)]
pub struct Piped {
    /// The line's number, from 1.
    pub line: u64,
    /// The article, unless the line holds none that can be used.
    pub record: Option<Record>,
    /// Whether the article names its id itself. Otherwise the id is `stdin:` and the number of the line.
    pub is_named: bool,
    /// What is wrong with the line, the gravest last.
    pub problems: Vec<Problem>,
}

/// Reads JSON Lines as they come, for as long as they do: unlike a [`Reader`](super::Reader) it waits for no more than
/// the line at hand, and remembers no id.
///
/// ```
/// use unspin::corpus::{Options, Pipe};
/// let mut pipe = Pipe::new(&b"{\"id\": 17, \"text\": \"Rain is expected.\"}\nno JSON\n"[..], Options::default());
/// let first = pipe.advance()?.expect("a line");
/// assert_eq!(first.record.expect("an article").id.as_str(), "17");
/// let second = pipe.advance()?.expect("a line");
/// assert!(second.record.is_none());
/// assert!(second.problems[0].error.to_string().starts_with("<stdin>:2: not a JSON object"));
/// assert!(pipe.advance()?.is_none());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Pipe<'s> {
    lines: Lines<'s>,
    options: Options,
    inputs: [Input; 1],
}

impl<'s> Pipe<'s> {
    /// Reads a stream in UTF-8.
    pub fn new(stream: impl BufRead + 's, options: Options) -> Self {
        // Whoever looks ahead for the marks of other encodings waits for bytes that may come only after an answer.
        let stream = Utf8 { reader: Box::new(stream), decoded: false };
        Self { lines: Lines::new(stream, LONGEST_RECORD), options, inputs: [Input::stdin()] }
    }

    /// The next line; `None` behind the last. A last line without a line break counts.
    ///
    /// # Errors
    /// What the stream says.
    pub fn advance(&mut self) -> io::Result<Option<Piped>> {
        let line = self.lines.advance()?;
        if line == Line::End {
            return Ok(None);
        }
        let mut piped = Piped { line: self.lines.number, record: None, is_named: false, problems: Vec::new() };
        let Piped { record, is_named, problems, .. } = &mut piped;
        let limits = Limits::default();
        let mut intake = Intake {
            inputs: &self.inputs,
            qualify_ids: self.options.qualify_ids,
            html: self.options.html,
            report: &mut |problem| {
                problems.push(problem);
                Ok(())
            },
            make: &|text| text,
            each: &mut |found| {
                *record = Some(found);
                Ok(())
            },
            spool: None,
            totals: Totals::default(),
            seen: HashMap::new(),
            before: Before::default(),
        };
        let mut reading = Reading::new(&self.inputs, self.options.html, &limits, Box::new(|batch| intake.take(batch)));
        let mut sink = reading.sink(0, true, false);
        let read = hand_over(&mut self.lines, &line, &self.options.fields, &mut sink, is_named);
        let read = read.and_then(|()| reading.send());
        drop(reading);
        let handed = read.and_then(|()| intake.settle());
        drop(intake);
        // Neither of the two above refuses anything.
        debug_assert!(handed.is_ok());
        Ok(Some(piped))
    }
}

/// Hands over the record of the current line.
fn hand_over(
    lines: &mut Lines<'_>,
    line: &Line,
    fields: &Fields,
    sink: &mut Sink<'_, '_>,
    is_named: &mut bool,
) -> crate::error::Result<()> {
    let number = Some(lines.number);
    if *line == Line::TooLong {
        return sink.problem(Kind::TooLong, number, "the line is longer than 1 GiB: write one article a line");
    }
    let (json, offset, replaced) = lines.current();
    match jsonl::parse(json, replaced, &Lookup::new(fields)) {
        Ok(draft) => {
            *is_named = draft.id.is_some();
            sink.record(number, offset, json, draft)
        }
        Err((kind, problem)) => sink.problem(kind, number, problem),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read, Write};

    use super::*;

    fn pipe(lines: &str) -> Vec<Piped> {
        let mut pipe = Pipe::new(lines.as_bytes(), Options::default());
        std::iter::from_fn(|| pipe.advance().expect("memory")).collect()
    }

    #[test]
    fn a_line_is_handed_over_before_the_next_one_comes() {
        let (reader, mut writer) = io::pipe().expect("a pipe");
        let mut pipe = Pipe::new(BufReader::new(reader), Options::default());
        for text in ["a", "", "b"] {
            writeln!(writer, "{{\"text\":\"{text}\"}}").expect("written");
            assert_eq!(pipe.advance().expect("read").expect("a line").record.is_some(), !text.is_empty());
        }
        drop(writer);
        assert!(pipe.advance().expect("read").is_none());
    }

    #[test]
    fn every_line_counts_and_ids_may_come_again() {
        let found = pipe("{\"id\":\"a\",\"text\":\"x\"}\n\n{\"id\":\"a\",\"text\":\"y\"}\r\n{\"text\":\"z\"}");
        let ids: Vec<_> = found.iter().map(|piped| piped.record.as_ref().map(|record| record.id.as_str())).collect();
        assert_eq!(ids, [Some("a"), None, Some("a"), Some("stdin:4")]);
        assert_eq!(found.iter().map(|piped| piped.is_named).collect::<Vec<_>>(), [true, false, true, false]);
        assert!(found[1].problems[0].error.to_string().starts_with("<stdin>:2: not a JSON object"));
    }

    #[test]
    fn what_was_repaired_is_told_beside_the_article() {
        let found = pipe("{\"id\":\"a\",\"text\":\"x\",\"date\":\"soon\"}\n");
        assert!(found[0].record.is_some());
        assert_eq!(found[0].problems[0].kind, Kind::UnknownDate);
    }

    #[test]
    fn a_stream_that_breaks_off_is_an_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        assert!(Pipe::new(BufReader::new(Broken), Options::default()).advance().is_err());
    }
}
