//! Counts in classes, such as articles by length: as a table with bars, as JSON, and for [`plot`](super::plot) to draw.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;

use crate::report::style::Page;

/// Columns of the longest bar.
const BAR: f64 = 30.0;

/// Counts in classes, of one series or of several side by side.
///
/// ```
/// use unspin::report::figure::{Classes, Figure};
/// let mut sizes = Figure::new("Group sizes", "articles", Classes::Steps(&[2, 3, 5]), &["groups"]);
/// for size in [2, 2, 4, 9] {
///     sizes.count(0, f64::from(size));
/// }
/// let rows: Vec<_> = sizes.rows().collect();
/// assert_eq!(rows[0], ("2".to_owned(), &[2][..]));
/// assert_eq!(rows[1], ("3 to 4".to_owned(), &[1][..]));
/// assert_eq!(rows[2], ("5 or more".to_owned(), &[1][..]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    title: &'static str,
    unit: &'static str,
    classes: Classes,
    series: Vec<&'static str>,
    counts: Vec<Vec<u64>>,
    note: String,
}

/// How values are put into classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classes {
    /// Whole numbers, from each step up to the next.
    Steps(&'static [u64]),
    /// Shares from 0 to 1, twenty classes of five hundredths; 1 itself is in the last.
    Shares,
}

/// The classes of a share.
const SHARES: usize = 20;

impl Classes {
    fn len(self) -> usize {
        match self {
            Self::Steps(steps) => steps.len(),
            Self::Shares => SHARES,
        }
    }

    fn of(self, value: f64) -> usize {
        match self {
            Self::Steps(steps) => steps.partition_point(|&step| step as f64 <= value).saturating_sub(1),
            // A share that was computed a hair below its class is in it.
            Self::Shares => ((value * SHARES as f64 + 1e-9) as usize).min(SHARES - 1),
        }
    }

    fn label(self, class: usize) -> String {
        match self {
            Self::Steps(steps) => match (steps[class], steps.get(class + 1)) {
                (low, Some(&next)) if next == low + 1 => low.to_string(),
                (low, Some(next)) => format!("{low} to {}", next - 1),
                (low, None) => format!("{low} or more"),
            },
            Self::Shares => format!("{:.2}", class as f64 / SHARES as f64),
        }
    }
}

impl Figure {
    /// An empty figure.
    pub fn new(title: &'static str, unit: &'static str, classes: Classes, series: &[&'static str]) -> Self {
        let counts = vec![vec![0; series.len()]; classes.len()];
        Self { title, unit, classes, series: series.to_vec(), counts, note: String::new() }
    }

    /// Counts a value in one of the series.
    pub fn count(&mut self, series: usize, value: f64) {
        self.add(series, value, 1);
    }

    /// Counts a value so many times.
    pub fn add(&mut self, series: usize, value: f64, times: u64) {
        self.counts[self.classes.of(value)][series] += times;
    }

    /// Says something about the whole.
    #[must_use]
    pub fn with_note(self, note: String) -> Self {
        Self { note, ..self }
    }

    /// What it shows.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// What the classes are of.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// The names of the series.
    pub fn series(&self) -> &[&'static str] {
        &self.series
    }

    /// Every class with its counts, without empty ones at either end.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (String, &[u64])> {
        let filled = |counts: &Vec<u64>| counts.iter().any(|&count| count > 0);
        let first = self.counts.iter().position(filled).unwrap_or(0);
        let end = self.counts.iter().rposition(filled).map_or(0, |last| last + 1);
        (first..end).map(|class| (self.classes.label(class), self.counts[class].as_slice()))
    }

    /// Writes it as a table with bars.
    ///
    /// # Errors
    /// What the output says.
    pub fn table(&self, out: &mut dyn Write, page: Page) -> io::Result<()> {
        writeln!(out, "{}", self.title)?;
        let rows: Vec<(String, &[u64])> = self.rows().collect();
        if rows.is_empty() {
            return writeln!(out, "  none\n");
        }
        let label = rows.iter().map(|(label, _)| label.width()).chain([self.unit.width()]).max().unwrap_or(0);
        let widths: Vec<usize> = self.series.iter().map(|name| name.width().max(7)).collect();
        let most = rows.iter().map(|(_, counts)| counts.iter().sum()).max().unwrap_or(1).max(1) as f64;
        let left = label + 2 + widths.iter().map(|width| width + 2).sum::<usize>() + 2;
        let room = BAR.min(page.width.saturating_sub(left) as f64);
        write!(out, "  {:>label$}", self.unit)?;
        for (name, width) in self.series.iter().zip(&widths) {
            write!(out, "  {name:>width$}")?;
        }
        writeln!(out)?;
        for (name, counts) in rows {
            let bar = page.sign("█").repeat((counts.iter().sum::<u64>() as f64 / most * room).round() as usize);
            let cells = counts.iter().zip(&widths).map(|(count, width)| format!("  {count:>width$}"));
            writeln!(out, "{}", format!("  {name:>label$}{}  {bar}", cells.collect::<String>()).trim_end())?;
        }
        writeln!(out, "{}{}", self.note, if self.note.is_empty() { "" } else { "\n" })
    }

    /// The same for a program.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows()
            .map(|(label, counts)| {
                let mut row = Map::from_iter([(self.unit.replace(' ', "_"), label.into())]);
                row.extend(self.series.iter().zip(counts).map(|(name, &count)| (name.replace(' ', "_"), count.into())));
                row.into()
            })
            .collect();
        json!({"title": self.title, "classes": rows})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_in_the_class_that_they_start() {
        let mut figure = Figure::new("t", "share", Classes::Shares, &["pairs"]);
        for share in [0.0, 0.7, 0.35, 0.1 + 0.2, 0.949, 1.0] {
            figure.count(0, share);
        }
        let filled = |(label, counts): (String, &[u64])| (counts[0] > 0).then_some(label);
        let labels: Vec<String> = figure.rows().filter_map(filled).collect();
        assert_eq!(labels, ["0.00", "0.30", "0.35", "0.70", "0.90", "0.95"]);
    }

    #[test]
    fn tables_fit_narrow_pages_and_say_when_there_is_nothing() {
        let mut figure = Figure::new("t", "words", Classes::Steps(&[0, 10]), &["one", "two"]);
        let show = |figure: &Figure| {
            let mut out = Vec::new();
            figure.table(&mut out, Page { width: 40, unicode: false }).expect("memory");
            String::from_utf8(out).expect("UTF-8")
        };
        assert!(show(&figure).contains("none"));
        figure.count(1, 12.0);
        let shown = show(&figure);
        assert!(shown.contains("10 or more"), "{shown}");
        assert!(shown.lines().all(|line| line.len() <= 40), "{shown}");
    }
}
