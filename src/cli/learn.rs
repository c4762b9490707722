//! `unspin learn`: the words that copies put for their originals', as a lexicon.

use std::io::{self, Write};

use clap::Args;

use crate::cli::args::{Detecting, Reading, Running, Writing};
use crate::cli::load::{self, Loaded, Outcome};
use crate::cli::messages::{Talk, count, thousands};
use crate::error::{Error, Result};
use crate::lexicon::learned::Learned;
use crate::report::atomic::Output;

/// Learns the words and phrases that copies have for their originals': a lexicon for --lexicon.
///
/// Each line has the original's words, the copy's, how often they were seen, in how many groups, and how often the
/// other way round, apart by tabs; the best supported come first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin learn archive/ -o pairs.tsv                       the dictionary of the spinners at work in an archive
  unspin group today.jsonl --lexicon pairs.tsv             and what it helps to find
  unspin learn archive/ --lexicon pairs.tsv -o more.tsv    once more, with what was learned
  unspin learn archive/ --support 3 -o sure.tsv            only what is seen in three groups, or known otherwise")]
pub(crate) struct Learn {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    detecting: Detecting,
    /// In how many groups a pair must be seen, unless the thesaurus relates it or the rest of its copy vouches for it
    #[arg(long, value_name = "GROUPS", default_value_t = 2, help_heading = "Learning")]
    support: usize,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    pub(crate) running: Running,
}

impl Learn {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        if self.support == 0 {
            let allowed = "a whole number from 1".to_owned();
            return Err(Error::Config { field: "support", value: self.support.to_string(), allowed });
        }
        let mut problems = load::problems(&self.reading, talk);
        let detector = self.detecting.detector(&mut problems)?;
        let mut output = self.writing.start(&self.detecting.beside(&self.reading.inputs))?;
        let Loaded { detector, outcome, losses, .. } = &load::load(&self.reading, true, detector, problems, talk)?;

        let found = talk.find(detector)?;
        let groups = talk.stage("grouping", || found.groups());
        let learned = talk.stage("learning", || found.learn(&groups, self.support));
        let written = talk.writing(&mut output, learned.len() as u64, |output| write(output, &learned));
        output.done(written)?;
        talk.summarise(detector.len(), losses, &groups);
        let reversed = learned.iter().filter(|pair| pair.reversed > 0).count();
        let pairs = count(learned.len(), "pair");
        talk.note(format_args!("{pairs} learned, {} of them seen in both directions", thousands(reversed)));
        Ok(*outcome)
    }
}

fn write(out: &mut Output, learned: &[Learned]) -> io::Result<()> {
    writeln!(out, "{}", Learned::HEADER)?;
    learned.iter().try_for_each(|pair| writeln!(out, "{pair}"))
}
