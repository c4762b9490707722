//! A folder of files to be read, and what came of reading them.
#![allow(dead_code, reason = "each test uses its part")]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use unspin::corpus::{Corpus, Kind, Options, Problems, Reader, Record};

/// A temporary folder that is filled file by file.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The path of a name in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Reads the whole folder.
    pub(crate) fn read(&self) -> Outcome {
        read([self.0.path()])
    }
}

/// What came of reading.
pub(crate) struct Outcome {
    pub(crate) records: Vec<Record>,
    pub(crate) corpus: Corpus,
    /// What was told, line by line, with the summing up.
    pub(crate) talk: Vec<String>,
    pub(crate) counts: Vec<(Kind, u64)>,
    pub(crate) dropped: u64,
}

impl Outcome {
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.records.iter().map(|record| record.id.as_str()).collect()
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        self.records.iter().map(|record| record.text.as_str()).collect()
    }

    /// The one thing that was told.
    pub(crate) fn told(&self) -> &str {
        assert_eq!(self.talk.len(), 1, "{:#?}", self.talk);
        &self.talk[0]
    }

    /// That everything was read without a word.
    pub(crate) fn is_clean(&self) -> bool {
        self.talk.is_empty() && self.counts.is_empty()
    }
}

pub(crate) fn read<P: AsRef<Path>>(arguments: impl IntoIterator<Item = P>) -> Outcome {
    read_with(arguments, Options::default(), std::io::empty())
}

/// Reads these arguments, `-` from `stdin`, and every text again.
pub(crate) fn read_with<P: AsRef<Path>>(
    arguments: impl IntoIterator<Item = P>,
    options: Options,
    stdin: impl Read + Send + 'static,
) -> Outcome {
    let mut talk = Vec::new();
    let mut problems = Problems::new(&mut talk);
    let arguments = arguments.into_iter().map(|path| path.as_ref().to_owned());
    let reader = Reader::open(arguments, options, &mut problems).unwrap().with_stdin(stdin);
    let mut records: Vec<Record> = Vec::new();
    let corpus = reader
        .read(&mut problems, |record| {
            records.push(record);
            Ok(())
        })
        .unwrap();
    problems.finish();
    let (counts, dropped) = (problems.counts().collect(), problems.dropped());
    drop(problems);
    for record in &records {
        assert_eq!(corpus.text(record.source).unwrap(), record.text, "{} is read again as it was", record.place);
    }
    assert_eq!(corpus.totals().articles, records.len() as u64);
    let talk = String::from_utf8(talk).unwrap().lines().map(str::to_owned).collect();
    Outcome { records, corpus, talk, counts, dropped }
}

pub(crate) fn gzip(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content.as_ref()).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(content: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::encode_all(content.as_ref(), 3).unwrap()
}

pub(crate) fn bzip2(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(content.as_ref()).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn xz(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::default()).unwrap();
    encoder.write_all(content.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// The text in UTF-16 with its byte order mark.
pub(crate) fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{FEFF}{text}").encode_utf16().flat_map(to_bytes).collect()
}
