//! From what was read to records with ids of their own: made by all threads, handed over in order.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;

use rayon::prelude::*;

use super::dates::parse_date;
use super::html::{self, Html};
use super::input::{Format, Input};
use super::problems::{Kind, Problem};
use super::record::{Draft, Record, Totals};
use super::sink::{Batch, Bytes, Found, Origin, Raw, Store, What};
use super::source::{Print, Source, Spool};
use crate::article::Meta;
use crate::error::Result;
use crate::hash;

/// What was read is made into.
enum Made<T> {
    Draft(Raw, Print, Draft, Text<T>),
    Problem(Kind, String),
    Broken(Kind, io::Error),
}

/// What a record has for a text.
enum Text<T> {
    Blank,
    /// What was made of it, and how many bytes it had.
    Made(T, usize),
}

/// What something was made into, and where it was read.
type Placed<T> = (Origin, Option<u64>, Made<T>);

/// What a batch was made into, with its bytes.
pub(super) struct Before<T> {
    made: Vec<Placed<T>>,
    of: Store,
}

impl<T> Default for Before<T> {
    fn default() -> Self {
        Self { made: Vec::new(), of: Store::default() }
    }
}

impl Found<'_> {
    /// Makes the draft, looks through HTML, and makes what is wanted of the text.
    fn made<T>(
        self,
        store: &Store,
        inputs: &[Input],
        (html, once): (Html, bool),
        make: impl Fn(String) -> T,
    ) -> Placed<T> {
        let Self { origin, at, what } = self;
        let made = match what {
            What::Record(mut raw, draft) => match draft(store.get(&raw.bytes)) {
                Ok(mut draft) => {
                    if raw.replaced {
                        if !once {
                            raw.bytes = Bytes::Own(draft.to_line());
                        }
                    } else if html.wanted(inputs[origin.input as usize].format == Format::Html, &draft.text) {
                        draft.take(html::page(&draft.text), at.is_none());
                    }
                    let print = if once { Print::default() } else { Print::of(store.get(&raw.bytes)) };
                    let text = std::mem::take(&mut draft.text);
                    let size = text.len();
                    let text = if text.trim_start().is_empty() { Text::Blank } else { Text::Made(make(text), size) };
                    Made::Draft(raw, print, draft, text)
                }
                Err((kind, problem)) => Made::Problem(kind, problem),
            },
            What::Problem(kind, problem) => Made::Problem(kind, problem),
            What::Broken(kind, error) => Made::Broken(kind, error),
        };
        (origin, at, made)
    }
}

/// Takes what was read of all inputs of a corpus.
pub(super) struct Intake<'a, T> {
    pub(super) inputs: &'a [Input],
    pub(super) qualify_ids: bool,
    pub(super) html: Html,
    pub(super) report: &'a mut dyn FnMut(Problem) -> Result<()>,
    /// Makes what is wanted of a text, on any thread.
    pub(super) make: &'a (dyn Fn(String) -> T + Sync),
    pub(super) each: &'a mut dyn FnMut(Record<T>) -> Result<()>,
    /// Where records are kept that are to be read again; nowhere if none is.
    pub(super) spool: Option<Spool>,
    pub(super) totals: Totals,
    /// Under the hash of each id, the input and number of its record: a few bytes an article instead of the id itself.
    /// Among a million ids, the chance that any two share a hash is one in forty million.
    pub(super) seen: HashMap<u64, (u32, Option<u32>)>,
    /// What is to be handed over while the next batch is made.
    pub(super) before: Before<T>,
}

impl<T: Send> Intake<'_, T> {
    /// Makes what was read into records, with all threads, while this one hands over those before them. Gives memory
    /// that is to be used again.
    ///
    /// # Errors
    /// What the one who wants articles says, or a problem when problems are strict.
    pub(super) fn take(&mut self, batch: Batch<'_>) -> Result<Store> {
        let (inputs, how, make) = (self.inputs, (self.html, self.spool.is_none()), self.make);
        let Batch { found, store, .. } = batch;
        let Before { made: before, of } = std::mem::take(&mut self.before);
        let mut made = Vec::new();
        let handed = rayon::in_place_scope(|scope| {
            if !found.is_empty() {
                let made = &mut made;
                let store = &store;
                scope.spawn(move |_| {
                    *made = found.into_par_iter().map(|found| found.made(store, inputs, how, make)).collect();
                });
            }
            self.hand_over_all(before, &of)
        });
        self.before = Before { made, of: store };
        handed?;
        Ok(of.emptied())
    }

    /// Hands over what is left.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub(super) fn settle(&mut self) -> Result<()> {
        self.take(Batch::default()).map(drop)
    }

    fn hand_over_all(&mut self, made: Vec<Placed<T>>, of: &Store) -> Result<()> {
        made.into_iter().try_for_each(|(origin, at, made)| match made {
            Made::Draft(raw, print, draft, text) => self.hand_over(origin, at, (&raw, print, of), draft, text),
            Made::Problem(kind, problem) => self.problem(origin, kind, at, problem),
            Made::Broken(kind, source) => {
                let place = self.input(origin).place(at);
                (self.report)(Problem::read(kind, place, source))
            }
        })
    }

    fn input(&self, origin: Origin) -> &Input {
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
        text: Text<T>,
    ) -> Result<()> {
        let Draft { id: given, title, date, replaced, unusable_id, unusable_date, .. } = draft;
        let Text::Made(text, size) = text else {
            return self.problem(origin, Kind::Empty, at, "the text is empty: give it one, or leave the record out");
        };
        let input = &self.inputs[origin.input as usize];
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
        let source = match (&mut self.spool, raw.offset.filter(|_| origin.in_place)) {
            (Some(spool), None) => Source::new(origin.input, spool.keep(store.get(&raw.bytes))?, true, print),
            (_, offset) => Source::new(origin.input, offset.unwrap_or_default(), false, print),
        };
        self.totals.articles += 1;
        self.totals.bytes += size as u64;
        let place = input.place(at);
        (self.each)(Record { id: id.into(), meta: Meta { title, date: moment }, text, size, source, place })
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
