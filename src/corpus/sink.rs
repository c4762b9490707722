//! Where the readers of all formats hand over what they find: a thread of its own reads, and what it read goes on by the
//! batch.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::ops::Range;

use super::html::Html;
use super::input::Input;
use super::problems::Kind;
use super::record::{Draft, Table};
use crate::disk::Limits;
use crate::error::Result;

/// The bytes that go on at a time: enough work for all threads, and little enough to stay in the processor's cache.
const BATCH: usize = 1 << 20;

/// The bytes of the first batch; each next one may have twice as many, so that nobody waits long for the first.
const FIRST: usize = BATCH >> 2;

/// The memory of a store, unless a record is larger.
const STORE: usize = BATCH + BATCH / 4;

/// Makes a draft of a record's bytes, on any thread, while reading goes on.
pub(super) type Make<'a> = Box<dyn FnOnce(&[u8]) -> Result<Draft, (Kind, String)> + Send + 'a>;

/// Takes a full batch, and gives a store to fill.
pub(super) type Forward<'a> = Box<dyn FnMut(Batch<'a>) -> Result<Store> + 'a>;

/// Some of what was read, in order.
#[derive(Default)]
pub(super) struct Batch<'a> {
    pub(super) found: Vec<Found<'a>>,
    /// The bytes of the records.
    pub(super) store: Store,
    bytes: usize,
}

/// Bytes of many records, in memory that is used again for the next ones.
#[derive(Default)]
pub(super) struct Store(Vec<u8>);

impl Store {
    fn keep(&mut self, raw: &[u8]) -> Bytes {
        if self.0.capacity() == 0 {
            self.0.reserve(STORE);
        }
        let start = self.0.len();
        self.0.extend_from_slice(raw);
        Bytes::Stored(start..self.0.len())
    }

    pub(super) fn get<'s>(&'s self, bytes: &'s Bytes) -> &'s [u8] {
        match bytes {
            Bytes::Stored(range) => &self.0[range.clone()],
            Bytes::Own(bytes) => bytes,
        }
    }

    /// Empty again, and no larger than it need be.
    pub(super) fn emptied(mut self) -> Self {
        self.0.clear();
        self.0.shrink_to(STORE);
        self
    }
}

/// Where a record's bytes are.
pub(super) enum Bytes {
    Stored(Range<usize>),
    Own(Vec<u8>),
}

/// Something that was read, and where.
pub(super) struct Found<'a> {
    pub(super) origin: Origin,
    pub(super) at: Option<u64>,
    pub(super) what: What<'a>,
}

pub(super) enum What<'a> {
    Record(Raw, Make<'a>),
    Problem(Kind, String),
    /// The input cannot be read any further, or at all.
    Broken(Kind, io::Error),
}

/// A record's bytes.
pub(super) struct Raw {
    pub(super) bytes: Bytes,
    /// Where they stand in the stream, unless they were put together by the reader.
    pub(super) offset: Option<u64>,
    /// Whether the draft is spooled as a line of JSONL in their stead.
    pub(super) replaced: bool,
}

/// Where something was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub(super) input: u32,
    /// Whether offsets lead into a file that can be read again.
    pub(super) in_place: bool,
    pub(super) compressed: bool,
}

/// What all inputs of a corpus share while they are read.
pub(super) struct Reading<'a> {
    pub(super) inputs: &'a [Input],
    pub(super) html: Html,
    /// Where temporary files go.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "only Parquet is copied"))]
    pub(super) limits: &'a Limits,
    /// The head of each input that is a table.
    pub(super) tables: HashMap<u32, Table>,
    batch: Batch<'a>,
    /// The bytes of a full batch.
    full: usize,
    forward: Forward<'a>,
}

/// Where a format's reader hands over the records of one input.
pub(super) struct Sink<'s, 'a> {
    pub(super) reading: &'s mut Reading<'a>,
    origin: Origin,
}

impl<'a> Reading<'a> {
    pub(super) fn new(inputs: &'a [Input], html: Html, limits: &'a Limits, forward: Forward<'a>) -> Self {
        Self { inputs, html, limits, tables: HashMap::new(), batch: Batch::default(), full: FIRST, forward }
    }

    /// Where the records of an input are handed over.
    pub(super) fn sink(&mut self, input: u32, in_place: bool, compressed: bool) -> Sink<'_, 'a> {
        Sink { reading: self, origin: Origin { input, in_place, compressed } }
    }

    /// Sends what was read on.
    ///
    /// # Errors
    /// That nobody takes it any more.
    pub(super) fn send(&mut self) -> Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.batch.store = (self.forward)(batch)?;
        self.full = BATCH.min(2 * self.full);
        Ok(())
    }
}

impl<'a> Sink<'_, 'a> {
    /// Hands over a record: its number, where it stands, its bytes, and what is in them. The bytes must be those that
    /// stand at `offset` in the stream; without an offset (because they were put together by the reader) they are
    /// spooled. HTML is looked through.
    ///
    /// # Errors
    /// That nobody takes it any more: whoever does not will say why.
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
        self.reading.batch.bytes += raw.len();
        let bytes = match raw {
            Cow::Borrowed(raw) => self.reading.batch.store.keep(raw),
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
        self.reading.batch.bytes += bytes;
        self.push(Some(at), What::Record(Raw { bytes: Bytes::Own(Vec::new()), offset: None, replaced: true }, make))
    }

    /// Notes how the rows of the input are read.
    pub(super) fn table(&mut self, table: Table) {
        self.reading.tables.insert(self.origin.input, table);
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
        let kind = if self.origin.compressed { Kind::Damaged } else { Kind::Unreadable };
        self.push(at, What::Broken(kind, source))
    }

    /// Reports that the input could not be opened.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub(super) fn closed(&mut self, kind: Kind, source: io::Error) -> Result<()> {
        self.push(None, What::Broken(kind, source))
    }

    /// The input that is being read.
    pub(super) fn current(&self) -> &'a Input {
        &self.reading.inputs[self.origin.input as usize]
    }

    fn push(&mut self, at: Option<u64>, what: What<'a>) -> Result<()> {
        /// Each takes some memory besides.
        const EACH: usize = 100;
        self.reading.batch.found.push(Found { origin: self.origin, at, what });
        self.passed(EACH)
    }

    /// Takes note that so many bytes were read: a batch should not wait for much more.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub(super) fn passed(&mut self, bytes: usize) -> Result<()> {
        self.reading.batch.bytes += bytes;
        if self.reading.batch.bytes < self.reading.full { Ok(()) } else { self.reading.send() }
    }
}
