//! A corpus that was read: its texts, one at a time, from where they stand.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::fields::Fields;
use super::input::{Format, Input};
use super::record::Totals;
use super::source::{Source, read_at};
use super::{jsonl, text};
use crate::error::{Error, Place, Result};

/// How many files are held open between one article and the next.
const OPEN_FILES: usize = 64;

/// What was read, ready to be read again: [`Reader::read`](super::Reader::read) gives it. It may be shared by threads.
pub struct Corpus {
    pub(super) inputs: Vec<Input>,
    pub(super) spool: Option<File>,
    pub(super) fields: Fields,
    pub(super) totals: Totals,
    pub(super) open: Mutex<HashMap<u32, Arc<File>>>,
}

impl Corpus {
    /// How much was read.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The text of an article, as it was in its [`Record`](super::Record).
    ///
    /// # Errors
    /// When the file cannot be read any more, or is no longer what it was.
    pub fn text(&self, source: Source) -> Result<String> {
        let raw = self.raw(source)?;
        match self.format(source) {
            Format::Text => Ok(text::text(&raw)),
            Format::Jsonl => jsonl::text(&raw, &self.fields).ok_or_else(|| changed(self.place(source))),
        }
    }

    /// The bytes of an article's record: its line without the line break, or its whole file.
    ///
    /// # Errors
    /// When the file cannot be read any more, or is no longer what it was.
    pub fn raw(&self, source: Source) -> Result<Vec<u8>> {
        let bytes = match &self.spool {
            Some(spool) if source.spooled => read_at(spool, source.offset, source.len as usize),
            _ => self.file(source).and_then(|file| read_at(&file, source.offset, source.len as usize)),
        };
        match bytes {
            Ok(raw) if source.is(&raw) => Ok(raw),
            Ok(_) => Err(changed(self.place(source))),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(changed(self.place(source))),
            Err(error) => {
                let remedy = "leave the inputs and the temporary folder in place until the work is done";
                Err(Error::Read { place: self.place(source), source: error, remedy })
            }
        }
    }

    /// What [`raw`](Self::raw) gives: a line of JSON, or a plain text.
    pub fn format(&self, source: Source) -> Format {
        self.inputs.get(source.input as usize).map_or(Format::Text, |input| input.format)
    }

    fn place(&self, source: Source) -> Place {
        self.inputs.get(source.input as usize).map_or_else(|| Place::input("another corpus"), |input| input.place(None))
    }

    /// The file of an input, opened unless it is open still.
    fn file(&self, source: Source) -> io::Result<Arc<File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&source.input) {
            return Ok(Arc::clone(file));
        }
        let input = self.inputs.get(source.input as usize).ok_or(io::ErrorKind::NotFound)?;
        let file = Arc::new(File::open(&input.path)?);
        if open.len() >= OPEN_FILES {
            open.clear();
        }
        open.insert(source.input, Arc::clone(&file));
        Ok(file)
    }
}

fn changed(place: Place) -> Error {
    Error::Record {
        place,
        problem: "changed since it was read: run it again when nothing writes to the file any more".into(),
    }
}
