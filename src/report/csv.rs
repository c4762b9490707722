//! `group --format csv`: one member a row, for spreadsheets and databases.

use std::io::{self, Write};

use crate::detector::Group;
use crate::report::groups::{Explained, GroupReport, date};
use crate::report::jsonl::round;
use crate::verify::relation::Scores;

const COLUMNS: [&str; 14] = [
    "group",
    "size",
    "id",
    "relation",
    "of",
    "score",
    "jaccard",
    "containment",
    "words_changed",
    "facts_differ",
    "original_why",
    "evidence",
    "date",
    "title",
];

/// What the output said, without the wrapping that hides its kind: a closed pipe must be known as one.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Writes a row a member, under one row of headings.
pub struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Csv<W> {
    /// Writes the headings.
    ///
    /// # Errors
    /// What the output says.
    pub fn new(out: W) -> io::Result<Self> {
        let mut rows = csv::Writer::from_writer(out);
        rows.write_record(COLUMNS).map_err(plain)?;
        Ok(Self(rows))
    }
}

impl<W: Write> GroupReport for Csv<W> {
    fn group(&mut self, number: usize, group: &Group<'_>, explained: &Explained) -> io::Result<()> {
        for (n, member) in group.members.iter().enumerate() {
            let copy = member.copy.as_ref();
            let share = |share: f64| round(share).to_string();
            let score = |of: fn(&Scores) -> f64| copy.map(|copy| share(of(&copy.scores))).unwrap_or_default();
            let sites = explained.of(n).unwrap_or_default().iter();
            let evidence: Vec<String> = sites.map(|site| format!("{} -> {}", site.original, site.copy)).collect();
            self.0
                .write_record([
                    number.to_string().as_str(),
                    &group.members.len().to_string(),
                    member.id.as_str(),
                    copy.map_or("original", |copy| copy.relation.as_str()),
                    copy.map_or("", |copy| copy.of.as_str()),
                    &score(|scores| scores.score),
                    &score(|scores| scores.jaccard),
                    &score(|scores| scores.containment),
                    &score(|scores| scores.words_changed),
                    copy.map_or("", |copy| if copy.scores.facts_differ { "true" } else { "false" }),
                    if copy.is_none() { &group.original_why } else { "" },
                    &evidence.join(" | "),
                    &member.meta.date.and_then(date).unwrap_or_default(),
                    member.meta.title.as_deref().unwrap_or_default(),
                ])
                .map_err(plain)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
