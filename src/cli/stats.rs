//! `unspin stats`: how a corpus and its copies are made up: what one needs to set a threshold.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::args::{Detecting, Printing, Reading, Running, Style, Writing};
use crate::cli::load::{self, Loaded, Outcome};
use crate::cli::messages::{Talk, thousands};
use crate::detector::{Detector, Found, Group};
use crate::error::Result;
use crate::report::figure::{Classes, Figure};
use crate::report::plot;
use crate::verify::relation::{Relation, TOO_SHORT, TOO_SHORT_TO_REWRITE};

/// Shows how long the articles are, how large the groups, how similar the verified pairs, and how common the keys.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin stats articles/                                    tables on the terminal
  unspin stats news.jsonl.gz --svg stats.svg                and a drawing
  unspin stats articles/ --threshold 0.4 --format json      for a program to read")]
pub(crate) struct Stats {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    detecting: Detecting,
    #[command(flatten)]
    printing: Printing,
    /// Also draw it, as SVG
    #[arg(long, value_name = "FILE", help_heading = "Writing")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// The classes of lengths: the first two are too short to be judged in full.
const LENGTHS: Classes =
    Classes::Steps(&[0, TOO_SHORT as u64, TOO_SHORT_TO_REWRITE as u64, 125, 250, 500, 1000, 2000, 5000, 10_000]);
const SIZES: Classes = Classes::Steps(&[2, 3, 4, 5, 10, 20, 50, 100, 1000]);
const FREQUENCIES: Classes = Classes::Steps(&[1, 2, 3, 5, 9, 17, 33, 65, 129, 1025]);

impl Stats {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let mut problems = load::problems(&self.reading, talk);
        let detector = self.detecting.detector(&mut problems)?;
        let inputs = self.detecting.beside(&self.reading.inputs);
        let mut output = self.writing.start(&inputs)?;
        let svg = self.writing.start_also(self.svg.as_deref(), &inputs)?;
        let Loaded { detector, outcome, losses, .. } = &load::load(&self.reading, true, detector, problems, talk)?;
        let found = talk.find(detector)?;
        let groups = talk.stage("grouping", || found.groups());
        let figures = talk.stage("counting", || figures(detector, &found, &groups));
        let page = output.page();
        let written = match self.printing.format {
            Style::Table => figures.iter().try_for_each(|figure| figure.table(&mut output, page)),
            Style::Json => json(&mut output, &figures),
        };
        output.done(written)?;
        if let Some(mut svg) = svg {
            let written = plot::svg(&figures).and_then(|drawing| svg.write_all(drawing.as_bytes()));
            svg.done(written)?;
        }
        talk.summarise(detector.len(), losses, &groups);
        Ok(*outcome)
    }
}

fn json(out: &mut dyn Write, figures: &[Figure]) -> io::Result<()> {
    let all: Vec<Value> = figures.iter().map(Figure::json).collect();
    serde_json::to_writer_pretty(&mut *out, &json!({"figures": all}))?;
    writeln!(out)
}

fn figures(detector: &Detector, found: &Found<'_>, groups: &[Group<'_>]) -> Vec<Figure> {
    let (similarity, changed) = pairs(detector, found);
    vec![lengths(detector), sizes(groups), similarity, changed, frequencies(found)]
}

fn lengths(detector: &Detector) -> Figure {
    let mut figure = Figure::new("Articles by length", "words", LENGTHS, &["articles"]);
    let mut lengths: Vec<usize> = detector.lengths().collect();
    lengths.sort_unstable();
    for &length in &lengths {
        figure.count(0, length as f64);
    }
    let at =
        |share: usize| thousands(lengths.get((lengths.len().saturating_sub(1)) * share / 100).copied().unwrap_or(0));
    figure.with_note(format!(
        "Half of them have {} words or fewer, nine in ten {}, the longest {}.",
        at(50),
        at(90),
        at(100)
    ))
}

fn sizes(groups: &[Group<'_>]) -> Figure {
    let mut figure = Figure::new("Groups by size", "articles", SIZES, &["groups"]);
    for group in groups {
        figure.count(0, group.members.len() as f64);
    }
    figure
}

/// The verified pairs by similarity, and by the share of words that changed.
fn pairs(detector: &Detector, found: &Found<'_>) -> (Figure, Figure) {
    let names = Relation::ALL.map(Relation::as_str);
    let mut similarity = Figure::new("Verified pairs by similarity", "Jaccard", Classes::Shares, &names);
    let mut changed = Figure::new("Verified pairs by share of words changed", "changed", Classes::Shares, &names);
    for pair in found.matches() {
        let series = Relation::ALL.iter().position(|&relation| relation == pair.relation).unwrap_or(0);
        similarity.count(series, pair.scores.jaccard);
        changed.count(series, pair.scores.words_changed);
    }
    let threshold = detector.config().threshold;
    let note = format!("From the threshold {threshold} up a pair is near; below it the other rules decide.");
    (similarity.with_note(note), changed)
}

fn frequencies(found: &Found<'_>) -> Figure {
    let mut figure =
        Figure::new("Keys by the articles that post them", "articles", FREQUENCIES, &["surface", "stable"]);
    for (series, view) in found.key_frequencies().iter().enumerate() {
        for (&articles, &keys) in view {
            figure.add(series, f64::from(articles), keys);
        }
    }
    let note = "A key of one article finds nothing; under one of more than 128 only representatives are compared.";
    figure.with_note(note.to_owned())
}
