//! What goes wrong while a corpus is read: counted by kind, and told without flooding the terminal.

use std::io::{self, Write};

use super::escape::escape;
use crate::error::{Error, Result};

/// How many problems of a kind are told in full, before the rest are only counted: losses, and repairs.
const TOLD_IN_FULL: u64 = 5;
const REPAIRS_TOLD_IN_FULL: u64 = 2;

/// The kinds of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An input could not be opened or read.
    Unreadable,
    /// An input ends early or is damaged: what came before is used.
    Damaged,
    /// A record is not in the form of its format, such as a line that is not a JSON object.
    Malformed,
    /// A record has no text.
    NoText,
    /// A text has nothing in it, or only spaces.
    Empty,
    /// A record is longer than an article can be.
    TooLong,
    /// An article with this id was read before.
    RepeatedId,
    /// Some bytes were no text and were replaced.
    Replaced,
    /// A date could not be understood and counts as none.
    UnknownDate,
    /// An id is neither text nor a number and counts as none.
    UnusableId,
    /// A file of JSON in a folder holds no articles.
    NoArticles,
    /// A file was reached in more than one way and is read once.
    ReachedTwice,
    /// An article is too short to be judged.
    TooShort,
    /// An input could not be read again as it was, so that evidence is missing.
    Changed,
    /// A file in a folder is of no kind that is read.
    PassedOver,
    /// A record of an archive is of no kind that holds an article: a request, a picture, a redirection.
    OtherRecord,
}

/// What a problem costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing.
    Noted,
    /// What was read differs from what was written.
    Repaired,
    /// A record, or a whole input, is lost.
    Dropped,
}

impl Kind {
    /// Every kind, the gravest first.
    pub const ALL: [Self; 16] = [
        Self::Unreadable,
        Self::Damaged,
        Self::Malformed,
        Self::NoText,
        Self::Empty,
        Self::TooLong,
        Self::RepeatedId,
        Self::Replaced,
        Self::UnknownDate,
        Self::UnusableId,
        Self::NoArticles,
        Self::ReachedTwice,
        Self::TooShort,
        Self::Changed,
        Self::PassedOver,
        Self::OtherRecord,
    ];

    /// What a problem of this kind costs.
    pub fn severity(self) -> Severity {
        match self {
            Self::PassedOver | Self::OtherRecord => Severity::Noted,
            Self::Replaced
            | Self::UnknownDate
            | Self::UnusableId
            | Self::NoArticles
            | Self::ReachedTwice
            | Self::TooShort
            | Self::Changed => Severity::Repaired,
            _ => Severity::Dropped,
        }
    }

    /// So many problems of this kind in words, with another word between the number and the noun.
    fn words(self, count: u64, more: &str) -> String {
        let (one, many) = match self {
            Self::Unreadable => ("input could not be read", "inputs could not be read"),
            Self::Damaged => ("input was damaged", "inputs were damaged"),
            Self::Malformed => ("record was malformed", "records were malformed"),
            Self::NoText => ("record had no text", "records had no text"),
            Self::Empty => ("article was empty", "articles were empty"),
            Self::TooLong => ("record was too long", "records were too long"),
            Self::RepeatedId => ("record had an id seen before", "records had ids seen before"),
            Self::Replaced => ("record was decoded with replacements", "records were decoded with replacements"),
            Self::UnknownDate => ("date was not understood", "dates were not understood"),
            Self::NoArticles => ("file of JSON held no articles", "files of JSON held no articles"),
            Self::UnusableId => ("id was no text or number", "ids were no texts or numbers"),
            Self::Changed => ("input had changed when read again", "inputs had changed when read again"),
            Self::OtherRecord => {
                ("record without an article was passed over", "records without articles were passed over in archives")
            }
            Self::ReachedTwice => ("file was reached twice and read once", "files were reached twice and read once"),
            Self::TooShort => ("article was too short to judge", "articles were too short to judge"),
            Self::PassedOver => {
                ("file of another kind was passed over", "files of other kinds were passed over in folders")
            }
        };
        format!("{count} {more}{}", if count == 1 { one } else { many })
    }

    /// So many problems of this kind in words.
    ///
    /// ```
    /// use unspin::corpus::Kind;
    /// assert_eq!(Kind::Malformed.count(1), "1 record was malformed");
    /// assert_eq!(Kind::Malformed.count(12), "12 records were malformed");
    /// ```
    #[must_use]
    pub fn count(self, count: u64) -> String {
        self.words(count, "")
    }
}

/// One thing that went wrong: of which kind, and the error that names the place and the remedy.
#[derive(Debug)]
pub struct Problem {
    /// The kind.
    pub kind: Kind,
    /// The place, what is wrong there, and the remedy.
    pub error: Error,
}

/// Counts problems and tells them to a writer such as stderr: the first five losses of a kind and the first two
/// repairs in full, the others summed up by [`finish`](Self::finish). What is told is escaped, since it quotes the input.
///
/// ```
/// use unspin::corpus::{Kind, Problem, Problems};
/// use unspin::{Error, Place};
///
/// let mut talk = Vec::new();
/// let mut problems = Problems::new(&mut talk);
/// for line in 1..=7 {
///     let error = Error::Record { place: Place::line("wire.jsonl", line), problem: "empty: give it a text".into() };
///     problems.report(Problem { kind: Kind::Empty, error })?;
/// }
/// problems.finish();
/// assert_eq!(problems.dropped(), 7);
///
/// drop(problems);
/// let talk = String::from_utf8_lossy(&talk);
/// assert!(talk.starts_with("dropped: wire.jsonl:1: empty: give it a text\n"));
/// assert!(talk.ends_with("dropped: 2 more articles were empty in 1 file\n"));
/// # Ok::<(), unspin::Error>(())
/// ```
pub struct Problems<'w> {
    out: Box<dyn Write + Send + 'w>,
    strict: bool,
    tallies: [Tally; Kind::ALL.len()],
}

/// What is kept of the problems of one kind.
#[derive(Default)]
struct Tally {
    count: u64,
    /// Those not told in full, and in how many inputs they are. Inputs are read one after the other, so it is enough
    /// to know the last.
    untold: u64,
    untold_inputs: u64,
    last_input: Option<String>,
}

impl<'w> Problems<'w> {
    /// Tells problems to this writer, and goes on.
    pub fn new(out: impl Write + Send + 'w) -> Self {
        Self { out: Box::new(out), strict: false, tallies: Default::default() }
    }

    /// Counts problems without telling them.
    pub fn silent() -> Self {
        Self::new(io::sink())
    }

    /// Whether the first problem that costs or changes anything ends the reading.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    /// Takes note of a problem.
    ///
    /// # Errors
    /// The problem itself, untold, if these are [strict](Self::strict) and it is more than a note.
    pub fn report(&mut self, problem: Problem) -> Result<()> {
        let Problem { kind, error } = problem;
        let tally = &mut self.tallies[kind as usize];
        tally.count += 1;
        if self.strict && kind.severity() > Severity::Noted {
            return Err(error);
        }
        let told = match kind.severity() {
            Severity::Dropped => TOLD_IN_FULL,
            Severity::Repaired => REPAIRS_TOLD_IN_FULL,
            Severity::Noted => 0,
        };
        if tally.count <= told {
            self.tell(kind, &error.to_string());
        } else {
            tally.untold += 1;
            let input = error.place().map(|place| &place.input);
            if tally.untold_inputs == 0 || tally.last_input.as_ref() != input {
                tally.untold_inputs += 1;
                tally.last_input = input.cloned();
            }
        }
        Ok(())
    }

    /// Sums up the problems that were not told in full.
    pub fn finish(&mut self) {
        for kind in Kind::ALL {
            let Tally { count, untold, untold_inputs, .. } = std::mem::take(&mut self.tallies[kind as usize]);
            self.tallies[kind as usize].count = count;
            if untold == 0 {
                continue;
            }
            let mut sum = kind.words(untold, if untold < count { "more " } else { "" });
            if untold_inputs < untold {
                let files = if untold_inputs == 1 { "file" } else { "files" };
                sum = format!("{sum} in {untold_inputs} {files}");
            }
            self.tell(kind, &sum);
        }
    }

    /// How many problems of a kind there were.
    pub fn count(&self, kind: Kind) -> u64 {
        self.tallies[kind as usize].count
    }

    /// Every kind that occurred with its number, the gravest first: for the closing summary.
    pub fn counts(&self) -> impl Iterator<Item = (Kind, u64)> + '_ {
        Kind::ALL.into_iter().map(|kind| (kind, self.count(kind))).filter(|&(_, count)| count > 0)
    }

    /// How many records and inputs were lost. The exit code is 1 when there are any.
    pub fn dropped(&self) -> u64 {
        self.counts().filter(|(kind, _)| kind.severity() == Severity::Dropped).map(|(_, count)| count).sum()
    }

    /// Writes one line. A terminal that is gone is no reason to stop the work.
    fn tell(&mut self, kind: Kind, message: &str) {
        let severity = match kind.severity() {
            Severity::Dropped => "dropped",
            Severity::Repaired => "warning",
            Severity::Noted => "note",
        };
        let line = format!("{severity}: {}\n", escape(message));
        let _ = self.out.write_all(line.as_bytes());
    }
}

impl Problem {
    /// A problem with one record.
    pub(super) fn record(kind: Kind, place: crate::error::Place, problem: impl Into<String>) -> Self {
        Self { kind, error: Error::Record { place, problem: problem.into() } }
    }

    /// A problem with an input as a whole, or from some line on.
    pub(super) fn read(kind: Kind, place: crate::error::Place, source: io::Error) -> Self {
        let remedy = match (kind, source.kind()) {
            (Kind::Damaged, _) => "everything before is used: fetch the file again for the rest",
            (_, io::ErrorKind::NotFound) => "check the name, and that nothing removes it meanwhile",
            (_, io::ErrorKind::PermissionDenied) => "permit reading it, or leave it out",
            _ => "check the file and its disk, or leave it out",
        };
        Self { kind, error: Error::Read { place, source, remedy } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Place;

    fn bad_line(input: &str, line: u64) -> Problem {
        Problem::record(Kind::Malformed, Place::line(input, line), "broken")
    }

    fn told(report: impl FnOnce(&mut Problems<'_>)) -> Vec<String> {
        let mut out = Vec::new();
        let mut problems = Problems::new(&mut out);
        report(&mut problems);
        problems.finish();
        drop(problems);
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn kinds_are_listed_in_the_order_of_their_numbers() {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
        }
    }

    #[test]
    fn five_of_a_kind_are_told_and_the_rest_summed_up() {
        let talk = told(|problems| {
            for line in 1..=9 {
                problems.report(bad_line("a.jsonl", line)).unwrap();
            }
            problems.report(bad_line("b.jsonl", 4)).unwrap();
            problems.report(Problem::record(Kind::Empty, Place::line("b.jsonl", 5), "empty")).unwrap();
        });
        assert_eq!(talk.len(), 7);
        assert_eq!(talk[0], "dropped: a.jsonl:1: broken");
        assert_eq!(talk[5], "dropped: b.jsonl:5: empty");
        assert_eq!(talk[6], "dropped: 5 more records were malformed in 2 files");
    }

    #[test]
    fn notes_are_only_ever_summed_up() {
        let talk = told(|problems| {
            for name in ["a.png", "b.png"] {
                problems.report(Problem::record(Kind::PassedOver, Place::input(name), "")).unwrap();
            }
            assert_eq!(problems.dropped(), 0);
        });
        assert_eq!(talk, ["note: 2 files of other kinds were passed over in folders"]);
    }

    #[test]
    fn summing_up_twice_tells_nothing_twice() {
        let talk = told(|problems| {
            problems.report(Problem::record(Kind::PassedOver, Place::input("a.png"), "")).unwrap();
            problems.finish();
            assert_eq!(problems.count(Kind::PassedOver), 1);
        });
        assert_eq!(talk.len(), 1);
    }

    #[test]
    fn what_the_input_calls_itself_cannot_drive_the_terminal() {
        let talk = told(|problems| problems.report(bad_line("\u{1b}]0;pwned\u{7}\n\u{202e}", 1)).unwrap());
        assert_eq!(talk, [r"dropped: \u{1b}]0;pwned\u{7}\n\u{202e}:1: broken"]);
    }

    #[test]
    fn strict_stops_at_the_first_problem_but_not_at_a_note() {
        let mut problems = Problems::silent().strict(true);
        assert!(problems.report(Problem::record(Kind::PassedOver, Place::input("a.png"), "")).is_ok());
        let warned = problems.report(Problem::record(Kind::UnknownDate, Place::line("a", 1), "no date"));
        assert_eq!(warned.unwrap_err().to_string(), "a:1: no date");
    }
}
