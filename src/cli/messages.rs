//! What is said on standard error: warnings, errors, and the closing summary.

use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use anstyle::Style;

use crate::cli::args::Running;
use crate::cli::progress::{Progress, Unit};
use crate::corpus::escape;
use crate::detector::{Detector, Found, Group};
use crate::error::{Error, Result};
use crate::report::atomic::Output;
use crate::report::style::{DIM, RED, YELLOW, paint};
use crate::verify::relation::Relation;

/// Says one line, with this program's name before it. What cannot be said is not: there is no other place for it.
fn say(style: Style, kind: &str, text: &dyn Display) {
    let kind = if kind.is_empty() { String::new() } else { paint(style, kind) + ": " };
    let _ = writeln!(anstream::stderr(), "unspin: {kind}{}", escape(&text.to_string()));
}

/// Says why nothing could be done.
pub(crate) fn error(error: &Error) {
    say(RED, "error", error);
}

/// What the program says while it works.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) progress: Progress,
    quiet: bool,
    verbose: bool,
    began: Instant,
}

impl Talk {
    pub(crate) fn new(running: &Running) -> Self {
        // Asking for more on the command line wins over a file that asks for less.
        let quiet = running.quiet && !running.verbose;
        let progress = Progress::new(running.progress, quiet);
        Self { progress, quiet, verbose: running.verbose, began: Instant::now() }
    }

    /// Something was lost, or is not as it should be.
    pub(crate) fn warn(&self, text: impl Display) {
        self.progress.aside(|| say(YELLOW, "warning", &text));
    }

    /// Something is worth knowing.
    pub(crate) fn note(&self, text: impl Display) {
        if !self.quiet {
            self.progress.aside(|| say(DIM, "", &text));
        }
    }

    /// Does the work of a stage, and says how long it took if the user wants to know.
    pub(crate) fn stage<T>(&self, name: &'static str, work: impl FnOnce() -> T) -> T {
        self.progress.spin(name);
        self.timed(name, work)
    }

    /// The same of finding the copies.
    pub(crate) fn find<'d>(&self, detector: &'d Detector) -> Result<Found<'d>> {
        self.timed("finding", || detector.find_watched(&self.progress))
    }

    /// The same of writing so many articles: nothing moves on a terminal that the data goes to.
    pub(crate) fn writing<T>(&self, output: &mut Output, articles: u64, work: impl FnOnce(&mut Output) -> T) -> T {
        if !output.is_terminal() {
            self.progress.count("writing", Unit::Articles, articles);
        }
        self.timed("writing", || work(output))
    }

    /// The same of a stage that shows its own progress.
    pub(crate) fn timed<T>(&self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = work();
        self.progress.clear();
        if self.verbose {
            say(DIM, "", &format_args!("{name}: {}", seconds(began.elapsed())));
        }
        result
    }

    /// Where a reader tells its problems, a line at a time.
    pub(crate) fn teller(&self) -> impl io::Write + Send + use<> {
        Teller { progress: self.progress.clone(), quiet: self.quiet }
    }

    /// The closing summary of a verb that formed groups: what was found, what was lost, and what it cost.
    pub(crate) fn summarise(&self, articles: usize, losses: &[String], groups: &[Group<'_>]) {
        let mut text = format!("{} in {}", count(articles, "article"), count(groups.len(), "group"));
        let copies = || groups.iter().flat_map(|group| &group.members).filter_map(|member| member.copy);
        let of = |relation| copies().filter(|copy| copy.relation == relation).count();
        let kinds: Vec<String> = Relation::ALL
            .into_iter()
            .map(|relation| (relation, of(relation)))
            .filter(|&(_, n)| n > 0)
            .map(|(relation, n)| format!("{} {relation}", thousands(n)))
            .collect();
        let total = copies().count();
        let _ = write!(text, ": {} {}", thousands(total), if total == 1 { "copy" } else { "copies" });
        if !kinds.is_empty() {
            let _ = write!(text, " ({})", kinds.join(", "));
        }
        self.note(text);
        self.close(articles, losses);
    }

    /// The end of the closing summary: what was lost, and what it cost.
    pub(crate) fn close(&self, articles: usize, losses: &[String]) {
        if !losses.is_empty() {
            self.note(losses.join(", "));
        }
        let took = self.began.elapsed();
        let rate = (articles as f64 / took.as_secs_f64().max(1e-6)) as usize;
        let mut text = format!("{}, {} articles/s", seconds(took), thousands(rate));
        if let Some(kibibytes) = peak_memory() {
            let _ = write!(text, ", {} MiB at most", thousands(kibibytes / 1024));
        }
        self.note(text);
    }
}

/// Passes problems on to standard error.
struct Teller {
    progress: Progress,
    quiet: bool,
}

impl io::Write for Teller {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in String::from_utf8_lossy(bytes).lines() {
            let (kind, text) = line.split_once(": ").unwrap_or(("warning", line));
            // A quiet user still learns what is lost.
            if kind == "dropped" || !self.quiet {
                self.progress.aside(|| say(if kind == "dropped" { RED } else { YELLOW }, kind, &text));
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// A number of things, in words.
pub(crate) fn count(number: usize, thing: &str) -> String {
    format!("{} {thing}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// A number with its thousands apart.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The most memory this process had, in KiB, where the system tells.
fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(1, "article"), "1 article");
        assert_eq!(count(0, "group"), "0 groups");
    }
}
