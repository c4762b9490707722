//! RSS and Atom feeds: one article an entry. The entries are cut out of the stream one at a time and given to `feed-rs`
//! each in a feed of its own, so that a broken one costs nothing but itself.

use std::io::BufRead;

use quick_xml::events::{BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::decode::Utf8;
use super::html::{Html, without_markup};
use super::problems::Kind;
use super::record::Draft;
use super::sink::Sink;
use crate::error::Result;

/// Hands over a record for every entry that has a text.
pub(super) fn read(stream: Utf8<'_>, sink: &mut Sink<'_, '_>) -> Result<()> {
    let mut entries = Entries::new(stream.reader);
    loop {
        match entries.advance() {
            Next::Entry(entry) => match entries.draft(&entry, sink.reading.html) {
                Ok(draft) => sink.spooled(entry.line, draft.text.len(), Box::new(|_| Ok(draft)))?,
                Err((kind, problem)) => sink.problem(kind, Some(entry.line), problem)?,
            },
            Next::Unclosed(line) => {
                sink.problem(Kind::Malformed, Some(line), "the entry is never closed: fetch the feed again")?;
            }
            Next::NoFeed if sink.current().in_folder => {
                return sink.problem(Kind::PassedOver, None, "XML, but no feed");
            }
            Next::NoFeed => {
                let problem = "no RSS or Atom feed: name it .html or .txt if it is a page or a text";
                return sink.problem(Kind::Malformed, None, problem);
            }
            Next::Cut => {
                let problem = "the feed ends early: everything before is used: fetch it again for the rest";
                return sink.problem(Kind::Damaged, Some(entries.line), problem);
            }
            Next::Broken(quick_xml::Error::Io(error)) => {
                return sink.broken(Some(entries.line), std::io::Error::new(error.kind(), error));
            }
            Next::Broken(error) => {
                let problem = format!("not XML ({error}): everything before is used: fetch it again for the rest");
                return sink.problem(Kind::Damaged, Some(entries.line), problem);
            }
            Next::End => return Ok(()),
        }
    }
}

/// What comes next in a feed.
enum Next {
    Entry(Entry),
    /// An entry within which another begins, or the feed ends: the line in which it starts.
    Unclosed(u64),
    NoFeed,
    /// The end, before the feed is closed.
    Cut,
    Broken(quick_xml::Error),
    End,
}

/// The entries of a feed, one at a time.
struct Entries<'s> {
    reader: Reader<Box<dyn BufRead + 's>>,
    buffer: Vec<u8>,
    /// The tag of the feed, with the namespaces, and its name.
    root: Option<(Vec<u8>, String)>,
    /// The line of what comes next.
    line: u64,
    /// An entry whose tag was taken already.
    begun: Option<Entry>,
    closed: bool,
}

impl<'s> Entries<'s> {
    fn new(reader: Box<dyn BufRead + 's>) -> Self {
        let mut reader = Reader::from_reader(reader);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader, buffer: Vec::new(), root: None, line: 1, begun: None, closed: false }
    }

    /// Goes on to the next entry.
    fn advance(&mut self) -> Next {
        let mut entry = self.begun.take();
        loop {
            self.buffer.clear();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Next::Broken(error),
            };
            let line = self.line;
            self.line += event.matches('\n').count() as u64;
            match (&event, &self.root) {
                (Event::Eof, None) => return Next::NoFeed,
                (Event::Eof, Some(_)) => return if self.closed { Next::End } else { Next::Cut },
                (Event::Start(tag) | Event::Empty(tag), None) => {
                    if !matches!(tag.local_name().as_ref(), "rss" | "feed" | "RDF") {
                        return Next::NoFeed;
                    }
                    self.closed = matches!(event, Event::Empty(_));
                    self.root = Some((root_tag(tag), tag.name().as_ref().to_owned()));
                }
                (Event::Start(tag), _) if is_entry(tag.local_name().as_ref()) => {
                    let unclosed = entry.replace(Entry::new(line));
                    if let Some(entry) = &mut entry {
                        entry.push(&event);
                    }
                    if let Some(Entry { line, .. }) = unclosed {
                        self.begun = entry;
                        return Next::Unclosed(line);
                    }
                }
                (Event::End(tag), Some((_, root))) if tag.name().as_ref() == root => {
                    self.closed = true;
                    if let Some(Entry { line, .. }) = entry.take() {
                        return Next::Unclosed(line);
                    }
                }
                _ => {
                    let Some(mut inside) = entry.take() else { continue };
                    inside.push(&event);
                    if matches!(&event, Event::End(tag) if is_entry(tag.local_name().as_ref())) {
                        return Next::Entry(inside);
                    }
                    entry = Some(inside);
                }
            }
        }
    }

    /// What is in an entry, or what is wrong with it.
    fn draft(&self, entry: &Entry, html: Html) -> Result<Draft, (Kind, String)> {
        let parsed = feed_rs::parser::parse(self.alone(entry).as_slice());
        let feed = parsed.map_err(|error| (Kind::Malformed, format!("no entry of a feed: {error}")))?;
        let nothing = || (Kind::Malformed, "an entry without anything in it: leave it out".to_owned());
        let parsed = feed.entries.into_iter().next().ok_or_else(nothing)?;
        let words = |text: String| match html {
            Html::Never => text,
            Html::Auto | Html::Always => without_markup(&text).into_owned(),
        };
        let is_text = |text: &String| !text.trim().is_empty();
        let content = parsed.content.and_then(|content| content.body).filter(is_text);
        let text = content.or_else(|| parsed.summary.map(|summary| summary.content));
        let link = parsed.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
        let [published, updated, name] = entry.values.clone();
        Ok(Draft {
            id: link.map(|link| link.href.clone()).or(name).filter(is_text),
            title: parsed.title.map(|title| words(title.content).trim().to_owned()).filter(is_text),
            date: published.or(updated),
            language: parsed.language.or(feed.language),
            text: text.map(words).unwrap_or_default(),
            ..Draft::default()
        })
    }

    /// An entry as the only one of its feed.
    fn alone(&self, entry: &Entry) -> Vec<u8> {
        let Some((tag, name)) = &self.root else { return Vec::new() };
        let (open, close) = if name == "rss" { ("<channel>", "</channel>") } else { ("", "") };
        [tag, open.as_bytes(), entry.xml.get_ref(), close.as_bytes(), b"</", name.as_bytes(), b">"].concat()
    }
}

/// An entry as it stands in a feed.
struct Entry {
    /// The line in which it starts.
    line: u64,
    xml: Writer<Vec<u8>>,
    /// When it was published and updated, and its name, as they are written.
    values: [Option<String>; 3],
    /// Which of them is being read.
    open: Option<usize>,
}

impl Entry {
    fn new(line: u64) -> Self {
        Self { line, xml: Writer::new(Vec::new()), values: Default::default(), open: None }
    }

    fn push(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => {
                self.open = wanted(tag.local_name().as_ref()).filter(|&value| self.values[value].is_none());
            }
            Event::End(_) => self.open = None,
            Event::Text(_) | Event::CData(_) => {
                if let Some(value) = self.open {
                    self.values[value].get_or_insert_default().push_str(event.trim());
                }
            }
            _ => {}
        }
        // Into memory, nothing fails.
        let _ = match event {
            // References are events of their own: an ampersand that stands in text is one that should be escaped.
            Event::Text(text) if text.contains('&') => {
                let escaped = text.replace('&', "&amp;");
                self.xml.write_event(Event::Text(BytesText::from_escaped(escaped)))
            }
            event => self.xml.write_event(event.borrow()),
        };
    }
}

/// Which of an entry's values an element holds.
fn wanted(element: &str) -> Option<usize> {
    match element {
        "pubDate" | "published" | "date" | "issued" | "created" => Some(0),
        "updated" | "modified" => Some(1),
        "guid" | "id" => Some(2),
        _ => None,
    }
}

fn is_entry(element: &str) -> bool {
    matches!(element, "item" | "entry")
}

/// The feed's own tag, of RSS with a version that is known whatever it has.
fn root_tag(tag: &BytesStart<'_>) -> Vec<u8> {
    let mut root = tag.to_owned();
    if tag.name().as_ref() == "rss" {
        let others = tag.attributes().flatten().filter(|attribute| attribute.key.as_ref() != "version");
        root = BytesStart::new("rss").with_attributes(others);
        root.push_attribute(("version", "2.0"));
    }
    let mut writer = Writer::new(Vec::new());
    let _ = writer.write_event(Event::Start(root));
    writer.into_inner()
}
