//! The file that tells what a folder is: the magic, the format's version, and the settings that the index was made
//! with. It is read before anything else is touched.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::ErrorKind;
use std::path::Path;
use std::str::FromStr;

use crate::config::{Config, Facts, View};
use crate::crawler::files;
use crate::error::{Error, Result};
use crate::hash;

/// The format that is written.
pub(crate) const VERSION: u32 = 3;

/// The oldest one that is read. A version that wrote it would miss keys by the filters of format 3: what is opened for
/// writing becomes format 3.
const OLDEST: u32 = 2;

/// The file's name.
pub(crate) const FILE: &str = "unspin-index";

/// The file's first line.
const MAGIC: &str = "unspin index";

/// What an index is made with, once and for all.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Format {
    version: u32,
    pub(crate) config: Config,
    /// Whether texts are kept.
    pub(crate) keeps_text: bool,
    /// The secret that decides where keys are placed, so that nobody can choose words whose keys fall together.
    pub(crate) seed: [u64; 2],
}

impl Format {
    /// That of a new index, with a secret of its own.
    pub(crate) fn new(config: Config, keeps_text: bool) -> Self {
        // The standard library's hash tables take their secrets from the system: so does this.
        let secret = || RandomState::new().hash_one(std::process::id());
        Self { version: VERSION, config, keeps_text, seed: [secret(), secret()] }
    }

    /// Reads the file of a folder; `None` where there is none.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(files::failed(&path)(error)),
        };
        let damaged = || Error::Damaged { path: path.clone(), what: "it does not hold what was written".to_owned() };
        let text = String::from_utf8(text).map_err(|_| damaged())?;
        let version = text.strip_prefix(MAGIC).and_then(|rest| rest.lines().find_map(|line| value(line, "format")));
        let known = |version: &str| (OLDEST..=VERSION).any(|known| version == known.to_string());
        if !version.is_some_and(known) {
            let whole = checked(&text).is_some();
            let found = version.filter(|_| whole).ok_or_else(damaged)?.to_owned();
            return Err(Error::OtherFormat { path: folder.to_owned(), found, supported: VERSION });
        }
        checked(&text).and_then(Self::parse).map(Some).ok_or_else(damaged)
    }

    fn parse(text: &str) -> Option<Self> {
        let field = |name: &str| text.lines().find_map(|line| value(line, name));
        let (low, high) = field("seed")?.split_at_checked(16)?;
        Some(Self {
            version: parsed(field("format"))?,
            config: Config {
                threshold: parsed(field("threshold"))?,
                recall: parsed(field("recall"))?,
                shingle: parsed(field("shingle"))?,
                hashes: parsed(field("hashes"))?,
                view: parsed(field("view"))?,
                containment: parsed(field("containment"))?,
                facts: if field("facts")? == "strict" { Facts::Strict } else { Facts::Tell },
            },
            keeps_text: field("texts")? == "kept",
            seed: [u64::from_str_radix(low, 16).ok()?, u64::from_str_radix(high, 16).ok()?],
        })
    }

    /// Writes the file: whole, or not at all.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE);
        files::write_whole(&path, self.text().as_bytes()).map_err(files::failed(&path))
    }

    /// Makes an index of an older format one that only this and later versions read, before anything is written to it.
    pub(crate) fn renew(&mut self, folder: &Path) -> Result<()> {
        if self.version == VERSION {
            return Ok(());
        }
        self.version = VERSION;
        self.write(folder)
    }

    fn text(&self) -> String {
        let version = self.version;
        let Config { threshold, recall, shingle, hashes, view, containment, facts } = &self.config;
        let (view, facts) = (view_name(*view), if *facts == Facts::Strict { "strict" } else { "tell" });
        let texts = if self.keeps_text { "kept" } else { "left" };
        let fingerprint = self.config.fingerprint();
        let [low, high] = self.seed;
        let body = format!(
            "{MAGIC}\nformat = {version}\nthreshold = {threshold}\nrecall = {recall}\nshingle = {shingle}\n\
             hashes = {hashes}\nview = {view}\ncontainment = {containment}\nfacts = {facts}\ntexts = {texts}\n\
             seed = {low:016x}{high:016x}\nfingerprint = {fingerprint:016x}\n"
        );
        let sum = hash::bytes(body.as_bytes());
        format!("{body}checksum = {sum:016x}\n")
    }

    /// Refuses settings under which articles would post other keys than those in the index.
    pub(crate) fn accept(&self, folder: &Path, config: &Config) -> Result<()> {
        let stored = &self.config;
        let fields = [
            ("threshold", stored.threshold.to_string(), config.threshold.to_string()),
            ("recall", stored.recall.to_string(), config.recall.to_string()),
            ("shingle", stored.shingle.to_string(), config.shingle.to_string()),
            ("hashes", stored.hashes.to_string(), config.hashes.to_string()),
            ("view", view_name(stored.view).to_owned(), view_name(config.view).to_owned()),
        ];
        for (field, stored, given) in fields {
            if stored != given {
                return Err(Error::OtherSettings { path: folder.to_owned(), field, stored, given });
            }
        }
        Ok(())
    }
}

pub(crate) fn view_name(view: View) -> &'static str {
    match view {
        View::Surface => "surface",
        View::Stable => "stable",
        View::Both => "both",
    }
}

fn parsed<T: FromStr>(value: Option<&str>) -> Option<T> {
    value?.parse().ok()
}

/// The value of a field, if the line holds that field.
fn value<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    line.strip_prefix(name)?.strip_prefix(" = ")
}

/// The text before the checksum, if that one is right and nothing follows it.
fn checked(text: &str) -> Option<&str> {
    let at = text.rfind("checksum = ")?;
    let (body, sum) = text.split_at(at);
    (sum == format!("checksum = {:016x}\n", hash::bytes(body.as_bytes()))).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format() -> Format {
        Format { version: VERSION, config: Config::default(), keeps_text: true, seed: [1, 2] }
    }

    #[test]
    fn known_text() {
        // This file is on people's disks.
        let expected = "unspin index\nformat = 3\nthreshold = 0.7\nrecall = 0.99\nshingle = 5\nhashes = 128\nview = both\n\
                        containment = 0.5\nfacts = tell\ntexts = kept\nseed = 00000000000000010000000000000002\n\
                        fingerprint = 8593c180b118a81d\nchecksum = ";
        assert!(format().text().starts_with(expected));
    }

    #[test]
    fn what_is_written_is_read() {
        let text = format().text();
        assert_eq!(checked(&text).and_then(Format::parse), Some(format()));
    }

    #[test]
    fn an_older_format_is_read_and_renewed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut older = Format { version: OLDEST, ..format() };
        older.write(folder.path()).expect("room");
        assert_eq!(Format::read(folder.path()).expect("readable"), Some(older.clone()));
        older.renew(folder.path()).expect("room");
        assert_eq!(Format::read(folder.path()).expect("readable"), Some(format()));
        Format { version: VERSION + 1, ..format() }.write(folder.path()).expect("room");
        assert!(matches!(Format::read(folder.path()), Err(Error::OtherFormat { found, .. }) if found == "4"));
    }

    #[test]
    fn any_flipped_byte_is_seen() {
        let text = format().text();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let flipped = String::from_utf8(bytes).expect("ASCII still");
            assert_eq!(checked(&flipped), None, "{flipped}");
        }
    }

    #[test]
    fn the_setting_that_differs_is_named() {
        let other = Config { shingle: 4, facts: Facts::Strict, ..Config::default() };
        let refused = format().accept(Path::new("index"), &other);
        assert!(matches!(refused, Err(Error::OtherSettings { field: "shingle", .. })));
        assert!(format().accept(Path::new("index"), &Config { facts: Facts::Strict, ..Config::default() }).is_ok());
    }
}
