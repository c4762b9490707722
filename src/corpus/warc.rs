//! WARC, the archives of crawlers: the pages and texts that were fetched, with the address as id and the moment of the
//! capture as date. A damaged record costs itself only: reading goes on where the next one begins.

use std::borrow::Cow;
use std::io::{self, BufRead, Cursor, Read};

use super::decode::{charset, decode, decode_page};
use super::html::{self, Html, Page};
use super::input::{LONGEST_RECORD, Stream};
use super::problems::Kind;
use super::record::Draft;
use super::sink::Sink;
use crate::error::Result;

/// The most bytes that the head of a record may have.
const LONGEST_HEAD: usize = 1 << 20;
/// The most lines of a head.
const MOST_HEADERS: usize = 256;

/// Hands over a record for every page or text that was fetched.
pub(super) fn read(stream: Stream<'_>, sink: &mut Sink<'_, '_>) -> Result<()> {
    let resumes = stream.resumes;
    let mut records = Records { reader: stream.reader, number: 0, head: Vec::new(), body: Vec::new() };
    loop {
        let next = records.advance();
        let at = Some(records.number);
        match next {
            Ok(Next::Record) => {
                let (head, body) = (std::mem::take(&mut records.head), std::mem::take(&mut records.body));
                let (bytes, html) = (head.len() + body.len(), sink.reading.html);
                let make = move |_: &[u8]| match draft(&head, &body, html) {
                    Ok(Some(draft)) => Ok(draft),
                    Ok(None) => Err((Kind::OtherRecord, "no page or text".to_owned())),
                    Err(problem) => Err((Kind::Malformed, problem)),
                };
                sink.spooled(records.number, bytes, Box::new(make))?;
            }
            Ok(Next::Broken(problem)) => {
                sink.problem(Kind::Malformed, at, format!("{problem}: what can be read behind it is used"))?;
            }
            Ok(Next::TooLong) => sink.problem(Kind::TooLong, at, "the record is longer than 1 GiB: leave it out")?,
            Ok(Next::Cut) => {
                let problem = "the archive ends within this record: everything before is used: fetch it again";
                return sink.problem(Kind::Damaged, at, problem);
            }
            Ok(Next::End) => return Ok(()),
            Err(error) => {
                sink.broken(at, error)?;
                if !resumes {
                    return Ok(());
                }
            }
        }
    }
}

/// What comes next in an archive.
enum Next {
    /// A record, now in the buffers.
    Record,
    Broken(&'static str),
    TooLong,
    /// The end, within a record.
    Cut,
    End,
}

/// The records of an archive, one at a time.
struct Records<'s> {
    reader: Box<dyn BufRead + 's>,
    /// The number of the current record, from 1.
    number: u64,
    /// The head of the current record with the blank line behind it, and its body.
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Records<'_> {
    fn advance(&mut self) -> io::Result<Next> {
        self.number += 1;
        self.head.clear();
        self.body = Vec::new();
        match self.find()? {
            Found::Nothing => return Ok(Next::End),
            Found::Record => {}
            Found::Junk => return Ok(Next::Broken("no record of WARC begins here")),
        }
        while !self.head.ends_with(b"\n\n") && !self.head.ends_with(b"\n\r\n") {
            let before = self.head.len();
            let room = (LONGEST_HEAD + 1).saturating_sub(before) as u64;
            self.reader.by_ref().take(room).read_until(b'\n', &mut self.head)?;
            if self.head.len() == before {
                return Ok(if before > LONGEST_HEAD {
                    Next::Broken("the head is longer than 1 MiB")
                } else {
                    Next::Cut
                });
            }
        }
        let Some(len) = header(&self.head, "Content-Length").and_then(|len| len.trim().parse::<u64>().ok()) else {
            return Ok(Next::Broken("the head tells no Content-Length"));
        };
        if len > LONGEST_RECORD as u64 {
            let skipped = io::copy(&mut self.reader.by_ref().take(len), &mut io::sink())?;
            return Ok(if skipped < len { Next::Cut } else { Next::TooLong });
        }
        self.reader.by_ref().take(len).read_to_end(&mut self.body)?;
        if (self.body.len() as u64) < len {
            return Ok(if self.give_back() {
                Next::Broken("the record is shorter than its head says")
            } else {
                Next::Cut
            });
        }
        self.check_end()
    }

    /// Two line breaks end a record. If others bytes stand there, its length was wrong.
    fn check_end(&mut self) -> io::Result<Next> {
        let mut end = Vec::new();
        self.reader.by_ref().take(4).read_to_end(&mut end)?;
        if b"\r\n\r\n".starts_with(&end) {
            return Ok(Next::Record);
        }
        // Some writers leave one or both out.
        if end.trim_ascii().is_empty() || end == b"WARC" || end.trim_ascii_start().starts_with(b"W") {
            let rest = end.trim_ascii_start().to_vec();
            self.put_back(rest);
            return Ok(Next::Record);
        }
        self.body.extend_from_slice(&end);
        if !self.give_back() {
            // What the last line of the body began is junk until the next record.
            return Ok(Next::Broken("the record is longer than its head says"));
        }
        Ok(Next::Broken("the record is shorter than its head says"))
    }

    /// Goes on to the line with which a record begins, and takes it.
    fn find(&mut self) -> io::Result<Found> {
        let mut junk = false;
        loop {
            self.head.clear();
            let read = self.reader.by_ref().take(LONGEST_HEAD as u64).read_until(b'\n', &mut self.head)?;
            if read == 0 {
                return Ok(if junk { Found::Junk } else { Found::Nothing });
            }
            if self.head.starts_with(b"WARC/") {
                if !junk {
                    return Ok(Found::Record);
                }
                let head = std::mem::take(&mut self.head);
                self.put_back(head);
                return Ok(Found::Junk);
            }
            junk |= !self.head.trim_ascii().is_empty();
        }
    }

    /// Where the body swallowed the records behind it, lets them be read.
    fn give_back(&mut self) -> bool {
        let mark = b"\r\n\r\nWARC/";
        let Some(at) = self.body.windows(mark.len()).position(|bytes| bytes == mark) else { return false };
        let swallowed = self.body.split_off(at + 4);
        self.put_back(swallowed);
        true
    }

    fn put_back(&mut self, bytes: Vec<u8>) {
        let reader = std::mem::replace(&mut self.reader, Box::new(io::empty()));
        self.reader = Box::new(Cursor::new(bytes).chain(reader));
    }
}

/// What stands where a record should begin.
enum Found {
    Record,
    /// Something else, up to the next record.
    Junk,
    Nothing,
}

/// What is in a record; none if it is no page or text that was fetched.
fn draft(head: &[u8], body: &[u8], html: Html) -> Result<Option<Draft>, String> {
    let kind = header(head, "WARC-Type").unwrap_or_default();
    let declared = header(head, "Content-Type");
    let fetched = match kind.trim() {
        "response" if declared.as_deref().is_none_or(|declared| declared.contains("http")) => {
            let Some(fetched) = response(body)? else { return Ok(None) };
            fetched
        }
        "resource" | "conversion" => Fetched { content_type: declared, body: Cow::Borrowed(body) },
        _ => return Ok(None),
    };
    let Fetched { content_type, body } = fetched;
    let (is_page, charset) = match &content_type {
        Some(declared) => {
            let lower = declared.to_ascii_lowercase();
            let media = lower.split(';').next().unwrap_or_default().trim();
            match media {
                "text/html" | "application/xhtml+xml" => (true, charset(&lower)),
                "text/plain" => (false, charset(&lower)),
                _ => return Ok(None),
            }
        }
        None => (true, None),
    };
    let (text, replaced) = if is_page { decode_page(&body, charset.as_deref()) } else { decode(&body) };
    let page = match html {
        Html::Never => Page { text: text.into_owned(), ..Page::default() },
        _ if is_page => html::page(&text),
        _ => Page { text: html.text(false, text.into_owned()), ..Page::default() },
    };
    let id = header(head, "WARC-Target-URI").map(|id| id.trim().trim_matches(['<', '>']).to_owned());
    let Page { title, language, text, .. } = page;
    Ok(Some(Draft { id, title, date: header(head, "WARC-Date"), language, text, replaced, ..Draft::default() }))
}

/// What a server sent.
struct Fetched<'b> {
    content_type: Option<String>,
    body: Cow<'b, [u8]>,
}

/// The page in a response, out of its encodings; none unless it was sent with success.
fn response(bytes: &[u8]) -> Result<Option<Fetched<'_>>, String> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let mut lenient = httparse::ParserConfig::default();
    lenient.allow_spaces_after_header_name_in_responses(true).ignore_invalid_headers_in_responses(true);
    let parsed =
        lenient.parse_response(&mut response, bytes).map_err(|error| format!("no response of HTTP: {error}"))?;
    let httparse::Status::Complete(head) = parsed else {
        return Err("the response of HTTP has no end of its head".into());
    };
    if !response.code.is_some_and(|code| (200..300).contains(&code)) {
        return Ok(None);
    }
    let named = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(header.value).trim().to_ascii_lowercase())
    };
    let mut body = Cow::Borrowed(&bytes[head..]);
    if named("Transfer-Encoding").is_some_and(|encoding| encoding.contains("chunked")) {
        // Crawlers that take the chunks apart often leave the header as it was.
        if let Ok(whole) = drain(chunked_transfer::Decoder::new(&*body)) {
            body = Cow::Owned(whole);
        }
    }
    if let Some(encodings) = named("Content-Encoding") {
        for encoding in encodings.rsplit(',') {
            body = decoded(encoding.trim(), body)?;
        }
    }
    Ok(Some(Fetched { content_type: named("Content-Type"), body }))
}

/// A body without one of its encodings. As with chunks, the header may tell of one that was taken away.
fn decoded<'b>(encoding: &str, body: Cow<'b, [u8]>) -> Result<Cow<'b, [u8]>, String> {
    let plain = |body: &[u8]| std::str::from_utf8(body).is_ok_and(|text| !text.contains('\0'));
    let decoded = match encoding {
        "gzip" | "x-gzip" if body.starts_with(b"\x1F\x8B") => drain(flate2::read::MultiGzDecoder::new(&*body)),
        "deflate" if !plain(&body) => {
            drain(flate2::read::ZlibDecoder::new(&*body)).or_else(|_| drain(flate2::read::DeflateDecoder::new(&*body)))
        }
        "br" if !plain(&body) => drain(brotli_decompressor::Decompressor::new(&*body, 4096)),
        "zstd" if body.starts_with(b"\x28\xB5\x2F\xFD") => zstd::Decoder::new(&*body).and_then(drain),
        _ => return Ok(body),
    };
    decoded.map(Cow::Owned).map_err(|error| format!("its {encoding} encoding is damaged ({error})"))
}

/// All that a decoder gives, within what a record may have.
fn drain(decoder: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    decoder.take(LONGEST_RECORD as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The value of a header of WARC.
fn header(head: &[u8], name: &str) -> Option<String> {
    let lines = head.split(|&byte| byte == b'\n').skip(1);
    let value = lines.filter_map(|line| {
        let colon = line.iter().position(|&byte| byte == b':')?;
        line[..colon].trim_ascii().eq_ignore_ascii_case(name.as_bytes()).then(|| &line[colon + 1..])
    });
    value.map(|value| String::from_utf8_lossy(value).trim().to_owned()).next()
}
