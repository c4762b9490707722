//! `unspin group`: every original with its copies.

use std::io;

use clap::{Args, ValueEnum};

use crate::cli::args::{self, Detecting, Reading, Running, Writing};
use crate::cli::load::{self, Loaded, Outcome};
use crate::cli::messages::Talk;
use crate::detector::{Detector, Found};
use crate::error::Result;
use crate::report::atomic::Output;
use crate::report::csv::Csv;
use crate::report::evidence::{self, Pair, Texts};
use crate::report::groups::{self, GroupReport};
use crate::report::jsonl::Jsonl;
use crate::report::pairs;
use crate::report::table::Table;
use crate::verify::relation::Relation;

/// Groups every original article with its copies.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin group articles/                             groups of the files in a folder, as a table
  unspin group a.jsonl.gz b.jsonl.zst -o out.jsonl   of two archives, as JSONL into a file
  zcat feed.gz | unspin group - --text-field body    of JSONL on standard input
  unspin group articles/ --relations exact,near      reposts and light edits only
  unspin group articles/ --format pairs              the verified pairs instead of groups")]
pub(crate) struct Group {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    detecting: Detecting,
    /// The relations that form groups [default: all]
    #[arg(long, value_name = "RELATION,…", value_delimiter = ',', value_parser = args::relation(), help_heading = "Detecting")]
    relations: Vec<Relation>,
    /// How to write it [default: table on a terminal, else jsonl]
    #[arg(long, value_enum, help_heading = "Writing")]
    format: Option<Format>,
    /// Leave out the substitutions, which need the copies' texts to be read again
    #[arg(long, help_heading = "Writing")]
    no_evidence: bool,
    #[command(flatten)]
    writing: Writing,
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
        let detector = self.detecting.detector()?;
        let mut output = self.writing.start(&self.reading.inputs)?;
        let Loaded { detector, library, outcome, losses } = &load::load(&self.reading, detector, talk)?;
        let texts = (!self.no_evidence).then_some(library as &dyn Texts);

        let found = talk.stage("finding", || detector.find());
        let groups = talk.stage("grouping", || found.groups_by(|relation| self.wants(relation)));
        let written = talk.writing(&mut output, |output| match self.format(output) {
            Format::Pairs => self.pairs(output, detector, &found, texts),
            format => groups::write(report(format, output)?.as_mut(), detector, &groups, texts),
        });
        output.done(written)?;
        library.tell_lost(talk);
        talk.summarise(detector.len(), losses, &groups);
        Ok(*outcome)
    }

    fn wants(&self, relation: Relation) -> bool {
        self.relations.is_empty() || self.relations.contains(&relation)
    }

    fn format(&self, output: &Output) -> Format {
        self.format.unwrap_or(if output.is_terminal() { Format::Table } else { Format::Jsonl })
    }

    fn pairs(
        &self,
        output: &mut Output,
        detector: &Detector,
        found: &Found<'_>,
        texts: Option<&dyn Texts>,
    ) -> io::Result<()> {
        let mut matches = found.matches().filter(|pair| self.wants(pair.relation)).peekable();
        while matches.peek().is_some() {
            let batch: Vec<_> = matches.by_ref().take(BATCH).collect();
            let pairs: Vec<Pair<'_>> =
                batch.iter().map(|pair| Pair { original: pair.a, copy: pair.b, relation: pair.relation }).collect();
            let explained = texts.map(|texts| evidence::explain(detector, texts, &pairs));
            for (number, pair) in batch.iter().enumerate() {
                pairs::write(&mut *output, pair, explained.as_ref().map(|lists| lists[number].as_slice()))?;
            }
        }
        Ok(())
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
