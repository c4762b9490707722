//! A record on its way from a format's reader to whoever wants articles.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::ops::Range;

use rayon::prelude::*;

use super::dates::parse_date;
use super::fields::{Unusable, Values};
use super::html::{self, Html, Page};
use super::input::{Format, Input};
use super::problems::{Kind, Problem};
use super::source::{Print, Source, Spool};
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

/// Makes a draft of a record's bytes, on any thread, while reading goes on.
pub(super) type Make<'a> = Box<dyn FnOnce(&[u8]) -> Result<Draft, (Kind, String)> + Send + 'a>;

/// The bytes that are made into drafts at a time, by all threads.
const BATCH: usize = 1 << 22;

/// What waits for what was read before it.
#[derive(Default)]
pub(super) struct Queue<'a> {
    waiting: Vec<Waiting<'a>>,
    bytes: usize,
    /// The bytes of the records that wait.
    store: Store,
    /// What was made of those before, to be handed over, and their bytes.
    made: Vec<(Origin, Option<u64>, Made)>,
    made_of: Store,
}

/// Bytes of many records, in memory that is used again for the next ones.
#[derive(Default)]
struct Store(Vec<u8>);

impl Store {
    fn keep(&mut self, raw: &[u8]) -> Bytes {
        let start = self.0.len();
        self.0.extend_from_slice(raw);
        Bytes::Stored(start..self.0.len())
    }

    fn get<'s>(&'s self, bytes: &'s Bytes) -> &'s [u8] {
        match bytes {
            Bytes::Stored(range) => &self.0[range.clone()],
            Bytes::Own(bytes) => bytes,
        }
    }

    /// Empty again, and no larger than it need be.
    fn emptied(mut self) -> Self {
        self.0.clear();
        self.0.shrink_to(2 * BATCH);
        self
    }
}

/// Where a record's bytes are.
enum Bytes {
    Stored(Range<usize>),
    Own(Vec<u8>),
}

/// What was read.
struct Waiting<'a> {
    origin: Origin,
    at: Option<u64>,
    what: What<'a>,
}

enum What<'a> {
    Record(Raw, Make<'a>),
    Problem(Kind, String),
    Broken(io::Error),
}

/// A record's bytes.
struct Raw {
    bytes: Bytes,
    /// Where they stand in the stream, unless they were put together by the reader.
    offset: Option<u64>,
    /// Whether the draft is spooled as a line of JSONL in their stead.
    replaced: bool,
}

/// Where something was read.
#[derive(Debug, Clone, Copy)]
struct Origin {
    input: u32,
    /// Whether offsets lead into a file that can be read again.
    in_place: bool,
    compressed: bool,
}

/// What a record was made into.
enum Made {
    Draft(Raw, Print, Draft),
    Problem(Kind, String),
    Broken(io::Error),
}

impl Waiting<'_> {
    /// Makes the draft, and looks through HTML.
    fn made(self, store: &Store, inputs: &[Input], html: Html) -> (Origin, Option<u64>, Made) {
        let Self { origin, at, what } = self;
        let made = match what {
            What::Record(mut raw, make) => match make(store.get(&raw.bytes)) {
                Ok(mut draft) => {
                    if raw.replaced {
                        raw.bytes = Bytes::Own(draft.to_line());
                    } else if html.wanted(inputs[origin.input as usize].format == Format::Html, &draft.text) {
                        draft.take(html::page(&draft.text), at.is_none());
                    }
                    let print = Print::of(store.get(&raw.bytes));
                    Made::Draft(raw, print, draft)
                }
                Err((kind, problem)) => Made::Problem(kind, problem),
            },
            What::Problem(kind, problem) => Made::Problem(kind, problem),
            What::Broken(error) => Made::Broken(error),
        };
        (origin, at, made)
    }
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
    pub(super) queue: Queue<'a>,
}

/// Where a format's reader hands over the records of one input.
pub(super) struct Sink<'s, 'a> {
    pub(super) intake: &'s mut Intake<'a>,
    origin: Origin,
}

impl<'a> Sink<'_, 'a> {
    /// Hands over a record: its number, where it stands, its bytes, and what is in them. The bytes must be those that
    /// stand at `offset` in the stream; without an offset (because they were put together by the reader) they are
    /// spooled. HTML is looked through.
    ///
    /// # Errors
    /// What the one who wants articles says, or a problem when problems are strict: of this record, or one before it.
    pub(super) fn record(&mut self, at: Option<u64>, offset: Option<u64>, raw: &[u8], draft: Draft) -> Result<()> {
        self.bytes(at, offset, Cow::Borrowed(raw), Box::new(|_| Ok(draft)))
    }

    /// The same of a record of which a draft is to be made.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub(super) fn bytes(
        &mut self,
        at: Option<u64>,
        offset: Option<u64>,
        raw: Cow<'_, [u8]>,
        make: Make<'a>,
    ) -> Result<()> {
        self.intake.queue.bytes += raw.len();
        let bytes = match raw {
            Cow::Borrowed(raw) => self.intake.queue.store.keep(raw),
            Cow::Owned(raw) => Bytes::Own(raw),
        };
        self.push(at, What::Record(Raw { bytes, offset, replaced: false }, make))
    }

    /// Hands over a record that is spooled as a line of JSONL, since it is not to be had from the input once more
    /// without a lot of work. A draft of so many bytes is to be made.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub(super) fn spooled(&mut self, at: u64, bytes: usize, make: Make<'a>) -> Result<()> {
        self.intake.queue.bytes += bytes;
        self.push(Some(at), What::Record(Raw { bytes: Bytes::Own(Vec::new()), offset: None, replaced: true }, make))
    }

    /// Notes how the rows of the input are read.
    pub(super) fn table(&mut self, table: Table) {
        self.intake.tables.insert(self.origin.input, table);
    }

    /// Reports a problem with one record.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub(super) fn problem(&mut self, kind: Kind, at: Option<u64>, problem: impl Into<String>) -> Result<()> {
        self.push(at, What::Problem(kind, problem.into()))
    }

    /// Reports that the input cannot be read any further.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub(super) fn broken(&mut self, at: Option<u64>, source: io::Error) -> Result<()> {
        self.push(at, What::Broken(source))
    }

    /// The input that is being read.
    pub(super) fn current(&self) -> &'a Input {
        &self.intake.inputs[self.origin.input as usize]
    }

    fn push(&mut self, at: Option<u64>, what: What<'a>) -> Result<()> {
        /// What waits takes some memory besides.
        const EACH: usize = 100;
        self.intake.queue.waiting.push(Waiting { origin: self.origin, at, what });
        self.passed(EACH)
    }

    /// Takes note that so many bytes were read: what waits should not wait for much more.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub(super) fn passed(&mut self, bytes: usize) -> Result<()> {
        self.intake.queue.bytes += bytes;
        if self.intake.queue.bytes < BATCH { Ok(()) } else { self.intake.turn() }
    }
}

impl<'a> Intake<'a> {
    /// Where the records of an input are handed over.
    pub(super) fn sink(&mut self, input: u32, in_place: bool, compressed: bool) -> Sink<'_, 'a> {
        Sink { intake: self, origin: Origin { input, in_place, compressed } }
    }

    /// Makes what was read into records, and hands all of them over in their order.
    ///
    /// # Errors
    /// As [`Sink::record`].
    pub(super) fn settle(&mut self) -> Result<()> {
        self.turn()?;
        self.turn()
    }

    /// Makes what was read into records, with all threads, while this one hands over those before them.
    fn turn(&mut self) -> Result<()> {
        let (inputs, html) = (self.inputs, self.html);
        let Queue { waiting, store, made: before, made_of, .. } = std::mem::take(&mut self.queue);
        if waiting.is_empty() {
            return self.hand_over_all(before, &made_of);
        }
        let mut made = Vec::new();
        let handed = rayon::in_place_scope(|scope| {
            scope.spawn(|_| made = waiting.into_par_iter().map(|waiting| waiting.made(&store, inputs, html)).collect());
            self.hand_over_all(before, &made_of)
        });
        self.queue = Queue { made, made_of: store, store: made_of.emptied(), ..Queue::default() };
        handed
    }

    fn hand_over_all(&mut self, made: Vec<(Origin, Option<u64>, Made)>, of: &Store) -> Result<()> {
        made.into_iter().try_for_each(|(origin, at, made)| match made {
            Made::Draft(raw, print, draft) => self.hand_over(origin, at, (&raw, print, of), draft),
            Made::Problem(kind, problem) => self.problem(origin, kind, at, problem),
            Made::Broken(source) => {
                let kind = if origin.compressed { Kind::Damaged } else { Kind::Unreadable };
                let place = self.input(origin).place(at);
                (self.report)(Problem::read(kind, place, source))
            }
        })
    }

    fn input(&self, origin: Origin) -> &'a Input {
        &self.inputs[origin.input as usize]
    }

    fn problem(&mut self, origin: Origin, kind: Kind, at: Option<u64>, problem: impl Into<String>) -> Result<()> {
        let place = self.input(origin).place(at);
        (self.report)(Problem::record(kind, place, problem))
    }

    fn hand_over(
        &mut self,
        origin: Origin,
        at: Option<u64>,
        (raw, print, store): (&Raw, Print, &Store),
        draft: Draft,
    ) -> Result<()> {
        let input = self.input(origin);
        let Draft { id: given, title, date, text, replaced, unusable_id, unusable_date, .. } = draft;
        if text.trim_start().is_empty() {
            return self.problem(origin, Kind::Empty, at, "the text is empty: give it one, or leave the record out");
        }
        let own_name = given.is_some() && at.is_none();
        let mut id = input.record_id(given, at, self.qualify_ids);
        let mut repeated = self.repeated(origin, &id, at);
        if repeated.is_some() && own_name {
            // Pages may name one canonical URL for several files, whose paths tell them apart.
            id = input.record_id(None, None, self.qualify_ids);
            repeated = self.repeated(origin, &id, at);
        }
        if let Some(problem) = repeated {
            return self.problem(origin, Kind::RepeatedId, at, problem);
        }
        if replaced {
            let problem = "some of it is not Unicode text and was replaced by \u{FFFD}: convert it to UTF-8";
            self.problem(origin, Kind::Replaced, at, problem)?;
        }
        if let Some(kind) = unusable_id {
            let problem =
                format!("the id is {kind} and counts as none: name a field of text or numbers with --id-field");
            self.problem(origin, Kind::UnusableId, at, problem)?;
        }
        let moment = date.as_deref().and_then(parse_date);
        let unknown_date = match (&date, unusable_date) {
            (Some(date), _) => moment.is_none().then(|| format!("{:?}", date.chars().take(60).collect::<String>())),
            (None, unusable) => unusable.map(str::to_owned),
        };
        if let Some(date) = unknown_date {
            let problem = format!("the date {date} is not understood and counts as none: write it as 2026-04-27");
            self.problem(origin, Kind::UnknownDate, at, problem)?;
        }
        let source = match raw.offset.filter(|_| origin.in_place) {
            Some(offset) => Source::new(origin.input, offset, false, print),
            None => Source::new(origin.input, self.spool.keep(store.get(&raw.bytes))?, true, print),
        };
        self.totals.articles += 1;
        self.totals.bytes += text.len() as u64;
        let place = input.place(at);
        (self.each)(Record { id: id.into(), meta: Meta { title, date: moment }, text, source, place })
    }

    /// Notes an id, or tells where it stood first.
    fn repeated(&mut self, origin: Origin, id: &str, at: Option<u64>) -> Option<String> {
        let here = (origin.input, at.map(|at| u32::try_from(at).unwrap_or(u32::MAX)));
        let (input, at) = match self.seen.entry(hash::bytes(id.as_bytes())) {
            Entry::Vacant(new) => {
                new.insert(here);
                return None;
            }
            Entry::Occupied(first) => *first.get(),
        };
        let first = &self.inputs[input as usize];
        let remedy = if !self.qualify_ids && first.argument != self.input(origin).argument {
            "tell the inputs apart with --qualify-ids"
        } else if matches!(self.input(origin).format, Format::Text | Format::Html) {
            "rename one of the files"
        } else {
            "give every record its own, or name the field that has it with --id-field"
        };
        let place = first.place(at.map(u64::from));
        Some(format!("the id {id:?} was read at {place} already, and the first stands: {remedy}"))
    }
}
