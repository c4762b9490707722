//! `unspin group`: every original with its copies.

use std::io;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::{Counting, Detecting, Reading, Running, Writing};
use crate::cli::load::{self, Loaded, Outcome};
use crate::cli::memory::Memory;
use crate::cli::messages::{Talk, count, thousands};
use crate::cli::progress::Progress;
use crate::detector::{Found, Group as Groups, Story};
use crate::error::{Error, Result};
use crate::report::atomic::Output;
use crate::report::csv::Csv;
use crate::report::evidence::{self, Pair, Texts};
use crate::report::groups::{self, Explained, GroupReport};
use crate::report::html;
use crate::report::jsonl::Jsonl;
use crate::report::pairs;
use crate::report::stored::Group as Stored;
use crate::report::table::Table;

/// Groups every original article with its copies.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin group articles/                             groups of the files in a folder, as a table
  unspin group a.jsonl.gz b.jsonl.zst -o out.jsonl   of two archives, as JSONL into a file
  zcat feed.gz | unspin group - --text-field body    of JSONL on standard input
  unspin group articles/ --html report.html          and a page that shows them side by side
  unspin group articles/ --relations exact,near      reposts and light edits only
  unspin group articles/ --format pairs              the verified pairs instead of groups
  unspin group articles/ --stories                   and which articles report the same event")]
pub(crate) struct Group {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    detecting: Detecting,
    #[command(flatten)]
    counting: Counting,
    /// Also link the articles of one story, written independently of each other, after the groups (table and jsonl)
    #[arg(long, help_heading = "Detecting")]
    stories: bool,
    /// How to write it [default: table on a terminal, else jsonl]
    #[arg(long, value_enum, help_heading = "Writing")]
    format: Option<Format>,
    /// Also write a page for the browser: the groups, and each copy beside its original
    #[arg(long, value_name = "FILE", help_heading = "Writing")]
    html: Option<PathBuf>,
    /// Leave out the substitutions, which need the copies' texts to be read again
    #[arg(long, help_heading = "Writing")]
    no_evidence: bool,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    memory: Memory,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One group a line
    Jsonl,
    /// One member a row
    Csv,
    /// One verified pair a line, as JSONL
    Pairs,
}

/// So many pairs are explained before they are written.
const BATCH: usize = 4096;

impl Group {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let mut problems = load::problems(&self.reading, talk);
        let builder = self.detecting.builder(&mut problems)?;
        let detector = self.memory.bound(builder, self.reading.temp_dir.as_deref()).build()?;
        if self.stories && matches!(self.format, Some(Format::Csv | Format::Pairs)) {
            return Err(Error::Config {
                field: "--format",
                value: "one without a place for stories".to_owned(),
                allowed: "table or jsonl with --stories".to_owned(),
            });
        }
        let inputs = self.detecting.beside(&self.reading.inputs);
        let mut output = self.writing.start(&inputs)?;
        let html = self.writing.start_also(self.html.as_deref(), &inputs)?;
        // The process ends behind this: giving back the memory piece by piece would take longer than the system does.
        let loaded = ManuallyDrop::new(load::load(&self.reading, self.no_evidence, detector, problems, talk)?);
        let Loaded { detector, library, outcome, losses } = &*loaded;
        let texts = (!self.no_evidence).then_some(library as &dyn Texts);

        let found = ManuallyDrop::new(talk.find(detector)?);
        let groups = talk.stage("grouping", || found.groups_by(|relation| self.counting.wants(relation)));
        let stories = self.stories.then(|| talk.stage("linking", || found.stories(&groups)));
        let linked = stories.as_deref().unwrap_or_default();
        let members = groups.iter().map(|group| group.members.len()).sum::<usize>() as u64;
        let format = self.format(&output);
        let written = talk.writing(&mut output, members, |output| match format {
            Format::Pairs => self.pairs(output, &found, texts),
            format => {
                let report = report(format, output)?;
                groups::write(&mut Counted { report, progress: &talk.progress }, &groups, linked, texts)
            }
        });
        output.done(written)?;
        if let Some(mut html) = html {
            let groups: Vec<Stored> = groups.iter().map(Stored::of).collect();
            let report = html::Report { groups: &groups, articles: Some(detector.len()), texts };
            let written =
                talk.writing(&mut html, members, |html| report.write(html, &|more| talk.progress.add(more as u64)));
            html.done(written)?;
        }
        library.tell_lost(talk);
        talk.summarise(detector.len(), losses, &groups);
        if stories.is_some() {
            let members: usize = linked.iter().map(|story| story.members.len()).sum();
            let noun = if linked.len() == 1 { "story" } else { "stories" };
            talk.note(format_args!("{} {noun} of {}", thousands(linked.len()), count(members, "article")));
        }
        Ok(*outcome)
    }

    fn format(&self, output: &Output) -> Format {
        self.format.unwrap_or(if output.is_terminal() { Format::Table } else { Format::Jsonl })
    }

    fn pairs(&self, output: &mut Output, found: &Found<'_>, texts: Option<&dyn Texts>) -> io::Result<()> {
        let mut matches = found.matches().filter(|pair| self.counting.wants(pair.relation)).peekable();
        while matches.peek().is_some() {
            let batch: Vec<_> = matches.by_ref().take(BATCH).collect();
            let pairs: Vec<Pair<'_>> =
                batch.iter().map(|pair| Pair { original: pair.a, copy: pair.b, relation: pair.relation }).collect();
            let explained = texts.map(|texts| evidence::explain(texts, &pairs));
            for (number, pair) in batch.iter().enumerate() {
                pairs::write(&mut *output, pair, explained.as_ref().map(|lists| &lists[number]))?;
            }
        }
        Ok(())
    }
}

/// A report that tells how many members are written.
struct Counted<'r> {
    report: Box<dyn GroupReport + 'r>,
    progress: &'r Progress,
}

impl GroupReport for Counted<'_> {
    fn group(&mut self, number: usize, group: &Groups<'_>, explained: &Explained) -> io::Result<()> {
        self.report.group(number, group, explained)?;
        self.progress.add(group.members.len() as u64);
        Ok(())
    }

    fn groups(&mut self, first: usize, groups: &[(&Groups<'_>, Explained)]) -> io::Result<()> {
        self.report.groups(first, groups)?;
        self.progress.add(groups.iter().map(|(group, _)| group.members.len() as u64).sum());
        Ok(())
    }

    fn story(&mut self, number: usize, story: &Story<'_>) -> io::Result<()> {
        self.report.story(number, story)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.report.finish()
    }
}

/// The writer of a format of groups.
fn report(format: Format, output: &mut Output) -> io::Result<Box<dyn GroupReport + '_>> {
    Ok(match format {
        Format::Table => {
            let page = output.page();
            Box::new(Table::new(output.coloured(), page))
        }
        Format::Csv => Box::new(Csv::new(output)?),
        Format::Jsonl | Format::Pairs => Box::new(Jsonl(output)),
    })
}
