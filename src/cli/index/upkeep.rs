//! `unspin index remove`, `info`, `verify`, `compact` and `backup`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::args::Running;
use crate::cli::index::opening::{Folder, Lasting};
use crate::cli::load::Outcome;
use crate::cli::messages::{Talk, count, thousands};
use crate::config::Facts;
use crate::corpus::parse_date;
use crate::crawler::format::view_name;
use crate::crawler::{Durability, Index, Stats};
use crate::error::Result;
use crate::lexicon::learned::Lexicon;
use crate::report::atomic::Output;

/// Takes articles out.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin index remove seen/ http://a.example/17 http://a.example/18   these articles
  unspin index remove seen/ --before 2026-01-01                       what was stored before a day
  unspin index remove seen/ -- -17                                    an id that begins like an option")]
pub(crate) struct Remove {
    #[command(flatten)]
    folder: Folder,
    /// The articles' ids
    #[arg(value_name = "ID", required_unless_present = "before")]
    ids: Vec<String>,
    /// Take out the articles that were stored before this moment, in UTC
    #[arg(long, value_name = "DATE", value_parser = moment, help_heading = "Index")]
    before: Option<Duration>,
    #[command(flatten)]
    lasting: Lasting,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// A moment since 1970.
fn moment(date: &str) -> Result<Duration, String> {
    let seconds = parse_date(date).and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map(Duration::from_secs).ok_or_else(|| "write it as 2026-04-27 or 2026-04-27T12:00:00Z".to_owned())
}

impl Remove {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let index = self.folder.write(self.lasting.durability)?;
        let mut removed = 0;
        let mut outcome = Outcome::Whole;
        for id in &self.ids {
            if index.remove(id)? {
                removed += 1;
            } else {
                talk.warn(format_args!("no article has the id {id:?}: unspin index export lists the ids"));
                outcome = Outcome::Dropped;
            }
        }
        if let Some(before) = self.before {
            removed += index.expire_before(UNIX_EPOCH + before)?;
        }
        talk.note(format_args!("{} removed", count(removed as usize, "article")));
        Ok(outcome)
    }
}

/// Tells what the index holds, and its settings.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin index info seen/                 how many articles, how large, which settings
  unspin index info seen/ --format json   for a program to read")]
pub(crate) struct Info {
    #[command(flatten)]
    folder: Folder,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Writing")]
    format: Format,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Info {
    pub(crate) fn run(&self, _: &Talk) -> Result<Outcome> {
        let index = self.folder.read(Lexicon::default())?;
        let stats = index.stats()?;
        let mut output = Output::stdout();
        let written = match self.format {
            Format::Text => text(&mut output, &index, stats),
            Format::Json => json(&mut output, &index, stats),
        };
        output.done(written).map(|()| Outcome::Whole)
    }
}

fn facts_name(facts: Facts) -> &'static str {
    if facts == Facts::Strict { "strict" } else { "tell" }
}

fn text(out: &mut Output, index: &Index, stats: Stats) -> io::Result<()> {
    let Stats { articles, texts, learned, removed, runs, bytes } = stats;
    let config = index.config();
    let number = |number: u64| thousands(number as usize);
    let kept = if index.keeps_texts() { "kept" } else { "left out" };
    for (name, value) in [
        ("articles", number(articles)),
        ("different texts", number(texts)),
        ("words learned from", format!("{} texts", number(learned))),
        ("removed or replaced", format!("{} since it was compacted", number(removed))),
        ("runs of postings", number(runs as u64)),
        ("on disk", format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))),
        ("texts", kept.to_owned()),
        ("threshold", config.threshold.to_string()),
        ("recall", config.recall.to_string()),
        ("hashes", config.hashes.to_string()),
        ("shingle", config.shingle.to_string()),
        ("containment", config.containment.to_string()),
        ("view", view_name(config.view).to_owned()),
        ("facts", facts_name(config.facts).to_owned()),
    ] {
        writeln!(out, "{name:<19}  {value}")?;
    }
    Ok(())
}

fn json(out: &mut Output, index: &Index, stats: Stats) -> io::Result<()> {
    let Stats { articles, texts, learned, removed, runs, bytes } = stats;
    let config = index.config();
    let info = json!({
        "articles": articles,
        "texts": texts,
        "learned": learned,
        "removed": removed,
        "runs": runs,
        "bytes": bytes,
        "keeps_texts": index.keeps_texts(),
        "threshold": config.threshold,
        "recall": config.recall,
        "hashes": config.hashes,
        "shingle": config.shingle,
        "containment": config.containment,
        "view": view_name(config.view),
        "facts": facts_name(config.facts),
    });
    writeln!(out, "{info}")
}

/// Reads all that is stored, and checks that it is whole and fits together.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin index verify seen/   exit code 0 if all is well, or 2 and what is damaged")]
pub(crate) struct Verify {
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    pub(crate) running: Running,
}

impl Verify {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let index = self.folder.read(Lexicon::default())?;
        talk.stage("verifying", || index.verify())?;
        talk.note(format_args!("{}: {}, all whole", self.folder.name(), articles(&index)?));
        Ok(Outcome::Whole)
    }
}

fn articles(index: &Index) -> Result<String> {
    Ok(count(index.stats()?.articles as usize, "article"))
}

/// Puts the index in order: counts all words anew, and frees the room of what was removed.
///
/// Afterwards queries find what `unspin group` finds over the same articles.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin index compact seen/   every night, say: nobody else can use the index meanwhile")]
pub(crate) struct Compact {
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    pub(crate) running: Running,
}

impl Compact {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let index = self.folder.write(Durability::Batched)?;
        let before = index.stats()?.bytes;
        talk.stage("compacting", || index.compact().and_then(|()| index.flush()))?;
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let after = index.stats()?.bytes;
        talk.note(format_args!("{}: {:.1} MiB, before {:.1}", articles(&index)?, mebibytes(after), mebibytes(before)));
        Ok(Outcome::Whole)
    }
}

/// Copies the index into a new folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin index backup seen/ seen-monday/   a copy that can be opened in its place")]
pub(crate) struct Backup {
    #[command(flatten)]
    folder: Folder,
    /// The new folder
    #[arg(value_name = "TO")]
    to: PathBuf,
    #[command(flatten)]
    pub(crate) running: Running,
}

impl Backup {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let index = self.folder.read(Lexicon::default())?;
        talk.stage("copying", || index.backup(&self.to))?;
        talk.note(format_args!("{}: {} copied", self.to.display(), articles(&index)?));
        Ok(Outcome::Whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_dates_since_1970() {
        assert_eq!(moment("1970-01-02"), Ok(Duration::from_secs(86_400)));
        assert!(moment("yesterday").is_err());
        assert!(moment("1969-01-01").is_err());
    }
}
