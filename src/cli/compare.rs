//! `unspin compare`: two articles side by side, what they are to each other, and why.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::article::Span;
use crate::cli::args::Detecting;
use crate::cli::load;
use crate::corpus::Problems;
use crate::error::{Error, Result};
use crate::report::atomic::Output;
use crate::report::style::Page;
use crate::report::{evidence, jsonl, side_by_side};
use crate::verify::places::Comparison;

/// Compares two articles, says what they are to each other and why, and shows them side by side.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin compare story.txt other.txt                 relation, scores, and both texts
  unspin compare story.txt other.txt --full          without leaving out long equal stretches
  unspin compare story.txt other.txt --format json   for a program to read
  curl -s URL | unspin compare story.txt -           with a text on standard input")]
pub(crate) struct Compare {
    /// The first text's file; - for standard input
    #[arg(value_name = "A")]
    first: PathBuf,
    /// The second's
    #[arg(value_name = "B")]
    second: PathBuf,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Writing")]
    format: Format,
    /// Show long stretches of one kind in full
    #[arg(long, help_heading = "Writing")]
    full: bool,
    #[command(flatten)]
    detecting: Detecting,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Compare {
    pub(crate) fn run(&self) -> Result<()> {
        if self.first.as_os_str() == "-" && self.second.as_os_str() == "-" {
            return Err(Error::Config {
                field: "the second input",
                value: "-".to_owned(),
                allowed: "a file where the first is standard input, which can be read only once".to_owned(),
            });
        }
        let mut problems = Problems::new(io::stderr());
        let detector = self.detecting.detector(&mut problems)?;
        problems.finish();
        let (a, b) = (load::text(&self.first)?, load::text(&self.second)?);
        let comparison = detector.compare(&a, &b);
        let mut output = Output::stdout();
        let written = match self.format {
            Format::Text => self.show(&mut output, &comparison, (&a, &b)),
            Format::Json => self.json(&mut output, &comparison, (&a, &b)),
        };
        output.done(written)
    }

    fn show(&self, output: &mut Output, comparison: &Comparison, texts: (&str, &str)) -> io::Result<()> {
        let page = output.page();
        let mut out = output.coloured();
        self.verdict(&mut out, page, comparison)?;
        side_by_side::write(out, page, texts, comparison, self.full)
    }

    fn verdict(&self, out: &mut impl Write, page: Page, comparison: &Comparison) -> io::Result<()> {
        let verdict = &comparison.verdict;
        let relation = verdict.relation.map_or("no copy", |relation| relation.as_str());
        let scores = &verdict.scores;
        let name = |path: &PathBuf| page.text(&path.display().to_string());
        writeln!(out, "{} and {}: {relation}", name(&self.first), name(&self.second))?;
        writeln!(out, "{}", verdict.why)?;
        writeln!(
            out,
            "score {:.2}  jaccard {:.2}  containment {:.2}  changed {:.0} %{}\n",
            scores.score,
            scores.jaccard,
            scores.containment,
            scores.words_changed * 100.0,
            if scores.facts_differ { "  ! figures or names differ" } else { "" },
        )
    }

    fn json(&self, out: &mut Output, comparison: &Comparison, (a, b): (&str, &str)) -> io::Result<()> {
        let verdict = &comparison.verdict;
        let span = |span: Span| json!([span.start, span.end]);
        let mut fields = Map::new();
        fields.insert("a".into(), self.first.display().to_string().into());
        fields.insert("b".into(), self.second.display().to_string().into());
        fields.insert("relation".into(), verdict.relation.map_or(Value::Null, |relation| relation.as_str().into()));
        fields.insert("why".into(), verdict.why.as_str().into());
        jsonl::scores(&mut fields, &verdict.scores);
        let sites = evidence::substitutions(comparison, a, b);
        let sites = sites.iter().map(|site| json!({"a": site.original, "b": site.copy}));
        fields.insert("evidence".into(), sites.collect());
        let passages = comparison.passages.iter().map(|&(x, y)| json!({"a": span(x), "b": span(y)}));
        fields.insert("passages".into(), passages.collect());
        serde_json::to_writer(&mut *out, &fields)?;
        out.write_all(b"\n")
    }
}
