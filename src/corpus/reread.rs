//! A corpus that was read: its texts, one at a time, from where they stand.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::fields::Fields;
use super::html::{self, Html};
use super::input::{Format, Input};
use super::record::{Draft, Table, Totals};
use super::source::{Source, read_at};
use super::{csv, json, jsonl, text};
use crate::article::ArticleId;
use crate::error::{Error, Place, Result};

/// How many files are held open between one article and the next.
const OPEN_FILES: usize = 64;

/// What was read, ready to be read again: [`Reader::read`](super::Reader::read) gives it. It may be shared by threads.
pub struct Corpus {
    pub(super) inputs: Vec<Input>,
    /// Whether nothing is read a second time.
    pub(super) once: bool,
    pub(super) spool: Option<File>,
    pub(super) fields: Fields,
    pub(super) html: Html,
    pub(super) tables: HashMap<u32, Table>,
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
    /// As [`raw`](Self::raw).
    pub fn text(&self, source: Source) -> Result<String> {
        let raw = self.raw(source)?;
        let text = match self.format(source) {
            format @ (Format::Text | Format::Html) => {
                let text = text::decoded(&raw, format, self.html).0.into_owned();
                return Ok(self.html.text(format == Format::Html, text));
            }
            // Their articles were taken out once and for all, and spooled as lines.
            Format::Warc | Format::Feed => return self.known(source, jsonl::text(&raw, &Fields::default())),
            Format::Csv => self.tables.get(&source.input).and_then(|table| csv::text(&raw, table, &self.fields)),
            Format::Jsonl | Format::Json | Format::Parquet => jsonl::text(&raw, &self.fields),
        };
        Ok(self.html.text(false, self.known(source, text)?))
    }

    fn known<T>(&self, source: Source, found: Option<T>) -> Result<T> {
        found.ok_or_else(|| changed(self.place(source)))
    }

    /// An article's record as a line of JSONL: the very line where it was one, and else what its format knows of it,
    /// with this id if it is a file of its own.
    ///
    /// # Errors
    /// As [`raw`](Self::raw).
    pub fn line(&self, source: Source, id: &ArticleId) -> Result<Vec<u8>> {
        let raw = self.raw(source)?;
        Ok(match self.format(source) {
            Format::Jsonl | Format::Parquet | Format::Warc | Format::Feed => raw,
            Format::Json => json::in_one_line(raw),
            Format::Csv => csv::to_line(&raw, self.known(source, self.tables.get(&source.input))?),
            format @ (Format::Text | Format::Html) => {
                let mut draft = Draft { id: Some(id.to_string()), ..Draft::default() };
                draft.text = text::decoded(&raw, format, self.html).0.into_owned();
                if self.html.wanted(format == Format::Html, &draft.text) {
                    draft.take(html::page(&draft.text), false);
                }
                draft.to_line()
            }
        })
    }

    /// The bytes of an article's record: its line without the line break, or its whole file, as
    /// [`format`](Self::format) tells.
    ///
    /// # Errors
    /// When the file cannot be read any more, or is no longer what it was, or was to be read
    /// [once](super::Options::once).
    pub fn raw(&self, source: Source) -> Result<Vec<u8>> {
        if self.once {
            let allowed = "false where articles are read again".to_owned();
            return Err(Error::Config { field: "once", value: "true".to_owned(), allowed });
        }
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

    /// Of what format an article's input is. What [`raw`](Self::raw) gives of Parquet, WARC and feeds is a line of
    /// JSON, of a list of JSON an object, of a table a row, and else the whole file.
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
