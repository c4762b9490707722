//! A record on its way from a format's reader to whoever wants articles.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;

use super::dates::parse_date;
use super::fields::{Unusable, Values};
use super::html::{self, Html, Page};
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
    pub(super) language: Option<String>,
    pub(super) text: String,
    /// Whether bytes that are no text were replaced.
    pub(super) replaced: bool,
    /// What stands in the place of an id, or of a date, and is none.
    pub(super) unusable_id: Option<&'static str>,
    pub(super) unusable_date: Option<&'static str>,
}

impl Draft {
    /// What the fields hold, or what stands where the text should.
    pub(super) fn of(mut values: Values<'_>, replaced: bool) -> Result<Self, Option<&'static str>> {
        let text = match (values.text(), values.unusable_text) {
            (Some(text), _) => text.into_owned(),
            (None, Some(Unusable::Blank)) => String::new(),
            (None, Some(Unusable::NotText(kind))) => return Err(Some(kind)),
            (None, None) => return Err(None),
        };
        let (unusable_id, unusable_date) = (values.unusable_id(), values.unusable_date());
        let [id, title, date] = [values.id(), values.title(), values.date()].map(|value| value.map(Cow::into_owned));
        Ok(Self { id, title, date, language: None, text, replaced, unusable_id, unusable_date })
    }

    /// Goes over to the article on a page of HTML. What the record says itself of title and date stands.
    pub(super) fn take(&mut self, page: Page, and_id: bool) {
        let Page { title, date, url, language, text } = page;
        self.title = self.title.take().or(title);
        self.date = self.date.take().or(date);
        self.language = self.language.take().or(language);
        self.id = self.id.take().or(url.filter(|_| and_id));
        self.text = text;
    }

    /// The record as a line of JSONL.
    pub(super) fn to_line(&self) -> Vec<u8> {
        let mut fields = serde_json::Map::new();
        for (name, value) in
            [("id", &self.id), ("title", &self.title), ("date", &self.date), ("language", &self.language)]
        {
            if let Some(value) = value {
                fields.insert(name.into(), value.as_str().into());
            }
        }
        fields.insert("text".into(), self.text.as_str().into());
        serde_json::Value::from(fields).to_string().into_bytes()
    }
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

/// How the rows of a table are read.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// The names of the columns.
    pub(super) names: Vec<String>,
}

/// What all inputs of a corpus share while they are read.
pub(super) struct Intake<'a> {
    pub(super) inputs: &'a [Input],
    pub(super) qualify_ids: bool,
    pub(super) report: &'a mut dyn FnMut(Problem) -> Result<()>,
    pub(super) each: &'a mut dyn FnMut(Record) -> Result<()>,
    pub(super) html: Html,
    pub(super) spool: Spool,
    /// The head of each input that is a table.
    pub(super) tables: HashMap<u32, Table>,
    pub(super) totals: Totals,
    /// Under the hash of each id, the input and number of its record: a few bytes an article instead of the id itself.
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
    /// Hands over a record: its number, where it stands, its bytes, and what is in them. The bytes must be those that
    /// stand at `offset` in the stream; without an offset (because they were put together by the reader) they are
    /// spooled. HTML is looked through.
    ///
    /// # Errors
    /// What the one who wants articles says, or a problem when problems are strict.
    pub(super) fn record(&mut self, at: Option<u64>, offset: Option<u64>, raw: &[u8], draft: Draft) -> Result<()> {
        let mut draft = draft;
        if self.intake.html.wanted(self.current().format == Format::Html, &draft.text) {
            draft.take(html::page(&draft.text), at.is_none());
        }
        self.hand_over(at, offset, raw, draft)
    }

    /// Hands over a record that is spooled as a line of JSONL, since it is not to be had from the input once more
    /// without a lot of work.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub(super) fn spooled(&mut self, at: u64, draft: Draft) -> Result<()> {
        let line = draft.to_line();
        self.hand_over(Some(at), None, &line, draft)
    }

    fn hand_over(&mut self, at: Option<u64>, offset: Option<u64>, raw: &[u8], draft: Draft) -> Result<()> {
        let Draft { id: given, title, date, text, replaced, unusable_id, unusable_date, .. } = draft;
        if text.trim_start().is_empty() {
            return self.problem(Kind::Empty, at, "the text is empty: give it one, or leave the record out");
        }
        let own_name = given.is_some() && at.is_none();
        let mut id = self.current().record_id(given, at, self.intake.qualify_ids);
        let mut repeated = self.repeated(&id, at);
        if repeated.is_some() && own_name {
            // Pages may name one canonical URL for several files, whose paths tell them apart.
            id = self.current().record_id(None, None, self.intake.qualify_ids);
            repeated = self.repeated(&id, at);
        }
        if let Some(problem) = repeated {
            return self.problem(Kind::RepeatedId, at, problem);
        }
        if replaced {
            let problem = "some of it is not Unicode text and was replaced by \u{FFFD}: convert it to UTF-8";
            self.problem(Kind::Replaced, at, problem)?;
        }
        if let Some(kind) = unusable_id {
            let problem =
                format!("the id is {kind} and counts as none: name a field of text or numbers with --id-field");
            self.problem(Kind::UnusableId, at, problem)?;
        }
        let moment = date.as_deref().and_then(parse_date);
        let unknown_date = match (&date, unusable_date) {
            (Some(date), _) => moment.is_none().then(|| format!("{:?}", date.chars().take(60).collect::<String>())),
            (None, unusable) => unusable.map(str::to_owned),
        };
        if let Some(date) = unknown_date {
            let problem = format!("the date {date} is not understood and counts as none: write it as 2026-04-27");
            self.problem(Kind::UnknownDate, at, problem)?;
        }
        let source = match offset.filter(|_| self.in_place) {
            Some(offset) => Source::new(self.input, offset, false, raw),
            None => Source::new(self.input, self.intake.spool.keep(raw)?, true, raw),
        };
        self.intake.totals.articles += 1;
        self.intake.totals.bytes += text.len() as u64;
        let place = self.current().place(at);
        (self.intake.each)(Record { id: id.into(), meta: Meta { title, date: moment }, text, source, place })
    }

    /// Reports a problem with one record.
    ///
    /// # Errors
    /// The problem itself when problems are strict.
    pub(super) fn problem(&mut self, kind: Kind, at: Option<u64>, problem: impl Into<String>) -> Result<()> {
        let place = self.current().place(at);
        (self.intake.report)(Problem::record(kind, place, problem))
    }

    /// Reports that the input cannot be read any further.
    ///
    /// # Errors
    /// The problem itself when problems are strict.
    pub(super) fn broken(&mut self, at: Option<u64>, source: io::Error) -> Result<()> {
        let kind = if self.compressed { Kind::Damaged } else { Kind::Unreadable };
        let place = self.current().place(at);
        (self.intake.report)(Problem::read(kind, place, source))
    }

    /// The input that is being read.
    pub(super) fn current(&self) -> &Input {
        &self.intake.inputs[self.input as usize]
    }

    /// Notes an id, or tells where it stood first.
    fn repeated(&mut self, id: &str, at: Option<u64>) -> Option<String> {
        let here = (self.input, at.map(|at| u32::try_from(at).unwrap_or(u32::MAX)));
        let (input, at) = match self.intake.seen.entry(hash::bytes(id.as_bytes())) {
            Entry::Vacant(new) => {
                new.insert(here);
                return None;
            }
            Entry::Occupied(first) => *first.get(),
        };
        let first = &self.intake.inputs[input as usize];
        let remedy = if !self.intake.qualify_ids && first.argument != self.current().argument {
            "tell the inputs apart with --qualify-ids"
        } else if matches!(self.current().format, Format::Text | Format::Html) {
            "rename one of the files"
        } else {
            "give every record its own, or name the field that has it with --id-field"
        };
        let place = first.place(at.map(u64::from));
        Some(format!("the id {id:?} was read at {place} already, and the first stands: {remedy}"))
    }
}
