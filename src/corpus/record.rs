//! A record on its way from a format's reader to whoever wants articles.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;

use super::dates::parse_date;
use super::input::{Format, Input};
use super::problems::{Kind, Problem};
use super::source::{Source, Spool};
use crate::article::{ArticleId, Meta};
use crate::error::{Place, Result};
use crate::hash;

/// An article as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id, which no other record of the corpus has.
    pub id: ArticleId,
    /// Its title and date.
    pub meta: Meta,
    /// Its text: never empty, never only spaces.
    pub text: String,
    /// Where to read it again.
    pub source: Source,
    /// Where it stands, for messages.
    pub place: Place,
}

/// What a format's reader finds in one record.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) date: Option<String>,
    pub(super) text: String,
    /// Whether bytes that are no text were replaced.
    pub(super) replaced: bool,
}

/// What was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// The articles that were handed on.
    pub articles: u64,
    /// The bytes of their texts.
    pub bytes: u64,
    /// The inputs that could be opened.
    pub inputs: u64,
}

/// What all inputs of a corpus share while they are read.
pub(super) struct Intake<'a> {
    pub(super) inputs: &'a [Input],
    pub(super) qualify_ids: bool,
    pub(super) report: &'a mut dyn FnMut(Problem) -> Result<()>,
    pub(super) each: &'a mut dyn FnMut(Record) -> Result<()>,
    pub(super) spool: Spool,
    pub(super) totals: Totals,
    /// Under the hash of each id, the input and line of its record: a few bytes an article instead of the id itself.
    /// Among a million ids, the chance that any two share a hash is one in forty million.
    pub(super) seen: HashMap<u64, (u32, Option<u32>)>,
}

/// Where a format's reader hands over the records of one input.
pub(super) struct Sink<'s, 'a> {
    pub(super) intake: &'s mut Intake<'a>,
    pub(super) input: u32,
    /// Whether offsets lead into a file that can be read again.
    pub(super) in_place: bool,
    pub(super) compressed: bool,
}

impl Sink<'_, '_> {
    /// Hands over a record: where it stands, its bytes, and what is in them. The bytes must be those that stand at
    /// `offset` in the stream; without an offset (because they were put together by the reader) they are spooled.
    ///
    /// # Errors
    /// What the one who wants articles says, or a problem when problems are strict.
    pub(super) fn record(&mut self, line: Option<u64>, offset: Option<u64>, raw: &[u8], draft: Draft) -> Result<()> {
        let Draft { id, title, date, text, replaced } = draft;
        if text.trim_start().is_empty() {
            return self.problem(Kind::Empty, line, "the text is empty: give it one, or leave the record out");
        }
        let id = self.current().record_id(id, line, self.intake.qualify_ids);
        if let Some(problem) = self.repeated(&id, line) {
            return self.problem(Kind::RepeatedId, line, problem);
        }
        if replaced {
            let problem = "some of it is not Unicode text and was replaced by \u{FFFD}: convert it to UTF-8";
            self.problem(Kind::Replaced, line, problem)?;
        }
        let moment = date.as_deref().and_then(parse_date);
        if let (Some(date), None) = (&date, moment) {
            let date: String = date.chars().take(60).collect();
            let problem = format!("the date {date:?} is not understood and counts as none: write it as 2026-04-27");
            self.problem(Kind::UnknownDate, line, problem)?;
        }
        let source = match offset.filter(|_| self.in_place) {
            Some(offset) => Source::new(self.input, offset, false, raw),
            None => Source::new(self.input, self.intake.spool.keep(raw)?, true, raw),
        };
        self.intake.totals.articles += 1;
        self.intake.totals.bytes += text.len() as u64;
        let place = self.current().place(line);
        (self.intake.each)(Record { id: id.into(), meta: Meta { title, date: moment }, text, source, place })
    }

    /// Reports a problem with one record.
    ///
    /// # Errors
    /// The problem itself when problems are strict.
    pub(super) fn problem(&mut self, kind: Kind, line: Option<u64>, problem: impl Into<String>) -> Result<()> {
        let place = self.current().place(line);
        (self.intake.report)(Problem::record(kind, place, problem))
    }

    /// Reports that the input cannot be read any further.
    ///
    /// # Errors
    /// The problem itself when problems are strict.
    pub(super) fn broken(&mut self, line: Option<u64>, source: io::Error) -> Result<()> {
        let kind = if self.compressed { Kind::Damaged } else { Kind::Unreadable };
        let place = self.current().place(line);
        (self.intake.report)(Problem::read(kind, place, source))
    }

    fn current(&self) -> &Input {
        &self.intake.inputs[self.input as usize]
    }

    /// Notes an id, or tells where it stood first.
    fn repeated(&mut self, id: &str, line: Option<u64>) -> Option<String> {
        let here = (self.input, line.map(|line| u32::try_from(line).unwrap_or(u32::MAX)));
        let (input, line) = match self.intake.seen.entry(hash::bytes(id.as_bytes())) {
            Entry::Vacant(new) => {
                new.insert(here);
                return None;
            }
            Entry::Occupied(first) => *first.get(),
        };
        let first = &self.intake.inputs[input as usize];
        let remedy = if !self.intake.qualify_ids && first.argument != self.current().argument {
            "tell the inputs apart with --qualify-ids"
        } else if self.current().format == Format::Text {
            "rename one of the files"
        } else {
            "give every record its own, or name the field that has it with --id-field"
        };
        let place = first.place(line.map(u64::from));
        Some(format!("the id {id:?} was read at {place} already, and the first stands: {remedy}"))
    }
}
