//! A record: what a format's reader finds in it, and the article that is handed on.

use std::borrow::Cow;

use super::fields::{Unusable, Values};
use super::html::Page;
use super::source::Source;
use crate::article::{ArticleId, Meta};
use crate::error::Place;

/// An article as it was read, with its text or with what was made of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<T = String> {
    /// Its id, which no other record of the corpus has.
    pub id: ArticleId,
    /// Its title and date.
    pub meta: Meta,
    /// Its text: never empty, never only spaces.
    pub text: T,
    /// How many bytes the text has.
    pub size: usize,
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
