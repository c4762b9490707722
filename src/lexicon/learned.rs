//! One's own pairs of words or phrases that stand for one another, asked beside the thesaurus: a spinner's dictionary,
//! in any language, written by hand or learned from a corpus by `unspin learn`.
//!
//! The file has a pair a line, its parts apart by tabs:
//!
//! ```text
//! original<TAB>copy[<TAB>count[<TAB>support]]
//! ```
//!
//! Empty lines and lines that start with `#` say nothing, the header above may come first, and further columns are
//! ignored. Words are made normal as those of the articles are, so neither case nor punctuation counts.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;

use crate::article::Tokens;
use crate::error::{Error, Place, Result};
use crate::hash::{self, TokenHasher};
use crate::text::tokenise;

/// The most words on a side of a pair.
pub const LONGEST: usize = 8;

/// Pairs of words or phrases that stand for one another. The order in which they came makes no difference.
///
/// ```
/// use unspin::{Detector, Lexicon};
///
/// let mut lexicon = Lexicon::default();
/// lexicon.insert("Windows giant", "Home windows large").expect("words on both sides");
/// assert!(lexicon.holds("windows giant", "home Windows large"));
/// assert!(lexicon.holds("Home windows large", "Windows giant"));
/// assert!(!lexicon.holds("giant", "large"));
///
/// let detector = Detector::builder().lexicon(lexicon).build()?;
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// The [`key`] of each pair.
    pairs: HashSet<u64, TokenHasher>,
}

impl Lexicon {
    /// How many different pairs there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Adds a pair, for both directions.
    ///
    /// # Errors
    /// What is wrong with it, in words: a side without words or with more than [`LONGEST`], or two sides that are the
    /// same to this program.
    pub fn insert(&mut self, original: &str, copy: &str) -> Result<(), String> {
        let sides = [tokenise(original).tokens, tokenise(copy).tokens];
        for (side, text) in sides.iter().zip([original, copy]) {
            if side.is_empty() {
                return Err(format!("there is no word in {text:?}"));
            }
            if side.len() > LONGEST {
                return Err(format!("{text:?} has more than {LONGEST} words"));
            }
        }
        let [a, b] = sides.each_ref().map(Tokens::hashes);
        if a == b {
            return Err(format!("{original:?} and {copy:?} are the same words"));
        }
        self.pairs.insert(key(a, b));
        Ok(())
    }

    /// Adds the pairs of a file. A line that cannot be used is handed to `refused`, which may go on without it.
    ///
    /// # Errors
    /// [`Error::Read`] if the file cannot be read; what `refused` gives back.
    pub fn read(&mut self, path: &Path, refused: impl FnMut(Error) -> Result<()>) -> Result<()> {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(content) => self.parse(&name, &content, refused),
            Err(source) => Err(Error::Read { place: Place::input(name), source, remedy: REMEDY }),
        }
    }

    /// Adds the pairs of a file's content; `name` stands in the errors.
    ///
    /// ```
    /// let mut lexicon = unspin::Lexicon::default();
    /// let mut refused = Vec::new();
    /// let content = "original\tcopy\tcount\nJahr\tZwölfmonat\t3\n# a remark\nwort\n".as_bytes();
    /// lexicon.parse("paare.tsv", content, |error| Ok(refused.push(error.to_string())))?;
    /// assert_eq!(lexicon.len(), 1);
    /// assert!(refused[0].starts_with("paare.tsv:4: there is no tab"));
    /// # Ok::<(), unspin::Error>(())
    /// ```
    ///
    /// # Errors
    /// What `refused` gives back.
    pub fn parse(&mut self, name: &str, content: &[u8], mut refused: impl FnMut(Error) -> Result<()>) -> Result<()> {
        let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
        let mut first = true;
        for (number, line) in (1..).zip(content.split(|&byte| byte == b'\n')) {
            let problem = match str::from_utf8(line) {
                Ok(line) if line.contains('\0') => Some(ENCODING.to_owned()),
                Ok(line) if line.trim().is_empty() || line.starts_with('#') => continue,
                Ok(line) if std::mem::take(&mut first) && is_header(line) => continue,
                Ok(line) => self.line(line).err(),
                Err(_) => Some(ENCODING.to_owned()),
            };
            if let Some(problem) = problem {
                refused(Error::Record { place: Place::line(name, number), problem: format!("{problem}: {REMEDY}") })?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let mut cells = line.trim_end_matches('\r').split('\t');
        let (Some(original), Some(copy)) = (cells.next(), cells.next()) else {
            return Err("there is no tab in the line".to_owned());
        };
        for (cell, name) in cells.zip(["count", "support"]) {
            if cell.trim().parse::<u64>().is_err() {
                return Err(format!("the {name} is {cell:?}, which is no whole number"));
            }
        }
        self.insert(original, copy)
    }

    /// Whether two texts are the sides of a pair, whichever comes first.
    pub fn holds(&self, a: &str, b: &str) -> bool {
        self.pairs.contains(&key(tokenise(a).tokens.hashes(), tokenise(b).tokens.hashes()))
    }

    /// Whether the words of the two sides of a site stand for one another: as a pair, or word by word.
    pub(crate) fn related(&self, a: &[u32], b: &[u32]) -> bool {
        let pair = |a: &[u32], b: &[u32]| self.pairs.contains(&key(a, b));
        let word = |(a, b): (&u32, &u32)| a == b || pair(&[*a], &[*b]);
        !self.pairs.is_empty() && (pair(a, b) || (a.len() == b.len() && a.len() > 1 && a.iter().zip(b).all(word)))
    }
}

const ENCODING: &str = "not UTF-8: save the file in that encoding";

const REMEDY: &str = "give pairs as original<TAB>copy, and if known <TAB>count<TAB>support";

fn is_header(line: &str) -> bool {
    let mut cells = line.split('\t').map(str::trim);
    cells.next().is_some_and(|cell| cell.eq_ignore_ascii_case("original"))
        && cells.next().is_some_and(|cell| cell.eq_ignore_ascii_case("copy"))
}

/// A hash of two phrases that does not depend on which comes first.
fn key(a: &[u32], b: &[u32]) -> u64 {
    let phrase = |words: &[u32]| words.iter().fold(words.len() as u64, |hash, &word| hash::combine(hash, word.into()));
    let (a, b) = (phrase(a), phrase(b));
    hash::combine(a.min(b), a.max(b))
}

/// A substitution that copies made, as a line of the file.
///
/// ```
/// use unspin::lexicon::learned::Learned;
/// let pair = Learned { original: "giant".into(), copy: "large".into(), count: 5, support: 3, reversed: 0 };
/// assert_eq!(pair.to_string(), "giant\tlarge\t5\t3\t0");
/// assert!(Learned::HEADER.starts_with("original\tcopy\tcount\tsupport"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// The original's words in normal form.
    pub original: String,
    /// The copy's.
    pub copy: String,
    /// At how many places a copy has these words for those.
    pub count: usize,
    /// In how many groups, which is to say independently.
    pub support: usize,
    /// At how many places it is the other way round.
    pub reversed: usize,
}

impl Learned {
    /// The names of the columns.
    pub const HEADER: &'static str = "original\tcopy\tcount\tsupport\treversed";
}

impl fmt::Display for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { original, copy, count, support, reversed } = self;
        write!(f, "{original}\t{copy}\t{count}\t{support}\t{reversed}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(content: &str) -> (Lexicon, Vec<String>) {
        let (mut lexicon, mut refused) = (Lexicon::default(), Vec::new());
        let told = lexicon.parse("pairs.tsv", content.as_bytes(), |error| {
            refused.push(error.to_string());
            Ok(())
        });
        told.expect("nothing is fatal");
        (lexicon, refused)
    }

    fn tokens(text: &str) -> Vec<u32> {
        tokenise(text).tokens.hashes().to_vec()
    }

    #[test]
    fn pairs_hold_in_both_directions_and_any_order() {
        let (one, _) = parsed("ein Jahr\tzwölf Monate\ngiant\tlarge\n");
        let (other, _) = parsed("large\tgiant\nzwölf Monate\tein Jahr\nlarge\tgiant\t1\t1\n");
        assert_eq!(one, other);
        assert_eq!(one.len(), 2);
    }

    #[test]
    fn sites_are_related_as_pairs_or_word_by_word() {
        let (lexicon, _) = parsed("brelt\tfomp\nzug\tbahn wagen\nnolt\tsind\n");
        let related = |a: &str, b: &str| lexicon.related(&tokens(a), &tokens(b));
        assert!(related("Brelt", "FOMP!") && related("Zug", "(Bahn) Wagen"));
        assert!(related("bahn wagen", "zug") && related("brelt nolt", "fomp sind"));
        assert!(!related("brelt", "sind") && !related("brelt zug", "fomp bahn wagen") && !related("brelt", "brelt"));
        assert!(!Lexicon::default().related(&tokens("brelt"), &tokens("fomp")));
    }

    #[test]
    fn headers_remarks_and_further_columns_are_passed_over() {
        let (lexicon, refused) =
            parsed("\u{feff}# learned\r\n\r\nOriginal\tCopy\tcount\r\ngiant\tlarge\t4\t2\t0\tnote\r\n");
        assert_eq!((lexicon.len(), refused.len()), (1, 0), "{refused:?}");
    }

    #[test]
    fn bad_lines_are_named_and_the_others_used() {
        let (lexicon, refused) = parsed(
            "giant large\ngiant\t\n\tlarge\ngiant\tGiant!\ngiant\tlarge\tmany\ngiant\tlarge\t3\t-1\n\
             giant\ta b c d e f g h i\nbig\tlarge\n",
        );
        assert_eq!(lexicon.len(), 1);
        assert_eq!(refused.len(), 7);
        for (number, problem) in (1..).zip(&refused) {
            assert!(problem.starts_with(&format!("pairs.tsv:{number}: ")), "{problem}");
            assert!(problem.ends_with(REMEDY), "{problem}");
        }
    }

    #[test]
    fn a_file_that_is_no_text_is_refused_line_by_line() {
        let mut count = 0;
        let content: Vec<u8> = "giant\tlarge\nbig\thuge\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut lexicon = Lexicon::default();
        let told = lexicon.parse("utf16.tsv", &content, |_| {
            count += 1;
            Ok(())
        });
        assert!(told.is_ok() && lexicon.is_empty());
        assert!(count > 0);
    }
}
