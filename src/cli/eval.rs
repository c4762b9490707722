//! `unspin eval`: how well the groups agree with labelled pairs.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use rayon::prelude::*;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::cli::args::{Detecting, Printing, Reading, Running, Style, Writing};
use crate::cli::lines;
use crate::cli::load::{self, Loaded, Outcome};
use crate::cli::messages::{Talk, count};
use crate::cli::tally::{Label, Tally};
use crate::config::Config;
use crate::detector::Found;
use crate::error::{Error, Result};
use crate::report::atomic::Output;
use crate::report::style::Page;
use crate::verify::model;
use crate::verify::relation::TOO_SHORT_TO_REWRITE;

/// Groups the inputs, and says how well the groups agree with labelled pairs.
#[derive(Debug, Args)]
#[command(after_help = "\
A label is a line of JSON: {\"a\": ID, \"b\": ID, \"relation\": NAME}, and \"original\": true where a is the original of b.
  exact near excerpt light spun heavy paraphrase rewrite   must share a group
  same-event unrelated boilerplate                         must not
  any other                                                is counted, not scored

Examples:
  unspin eval --labels labels.jsonl articles/                         by relation
  unspin eval --labels labels.jsonl --by relation,profile articles/   by two fields of the labels
  unspin eval --labels labels.jsonl --where profile=1 articles/       some of the labels only")]
pub(crate) struct Eval {
    /// The labelled pairs, as JSONL
    #[arg(long, value_name = "FILE", required = true, help_heading = "Evaluating")]
    labels: Vec<PathBuf>,
    /// The fields of the labels that make the classes
    #[arg(
        long,
        value_name = "FIELD,…",
        value_delimiter = ',',
        default_value = "relation",
        help_heading = "Evaluating"
    )]
    by: Vec<String>,
    /// Only labels whose field has this value
    #[arg(long = "where", value_name = "FIELD=VALUE", value_parser = condition, help_heading = "Evaluating")]
    conditions: Vec<(String, String)>,
    /// Also write what the model reads of each labelled pair that it decides, for data/model/fit.py
    #[arg(long, value_name = "FILE", help_heading = "Writing")]
    features: Option<PathBuf>,
    #[command(flatten)]
    printing: Printing,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    detecting: Detecting,
    #[command(flatten)]
    pub(crate) running: Running,
}

fn condition(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("give FIELD=VALUE, for example profile=1")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Eval {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let labels = self.read_labels()?;
        let mut problems = load::problems(&self.reading, talk);
        let detector = self.detecting.detector(&mut problems)?;
        let inputs = self.detecting.beside(&self.reading.inputs);
        let mut output = self.writing.start(&inputs)?;
        let features = self.writing.start_also(self.features.as_deref(), &inputs)?;
        let Loaded { detector, library, outcome, losses } = &load::load(&self.reading, true, detector, problems, talk)?;
        let found = talk.find(detector)?;
        let groups = talk.stage("grouping", || found.groups());

        let chosen = labels.iter().filter(|label| self.conditions.iter().all(|(name, value)| label.has(name, value)));
        let chosen: Vec<&Label> = chosen.collect();
        let lost =
            chosen.iter().filter(|label| !label.ids().into_iter().all(|id| library.number(id).is_some())).count();
        if lost > 0 {
            let labels = count(lost, "label");
            talk.warn(format_args!("{labels} of articles that were not read count as not grouped: check the ids"));
        }
        if let Some(features) = features {
            self.write_features(features, detector.config(), &found, &chosen)?;
        }
        let tally = Tally::of(&groups, chosen, &self.by);
        let page = output.page();
        let written = match self.printing.format {
            Style::Table => self.table(&mut output, page, &tally),
            Style::Json => serde_json::to_writer(&mut output, &tally.to_json(&self.by))
                .map_err(io::Error::from)
                .and_then(|()| output.write_all(b"\n")),
        };
        output.done(written)?;
        talk.summarise(detector.len(), losses, &groups);
        Ok(*outcome)
    }

    fn read_labels(&self) -> Result<Vec<Label>> {
        let mut labels = Vec::new();
        for path in &self.labels {
            lines::each(path, "name a file of labels in JSONL", |place, line| {
                let bad = |problem: String| Error::Record {
                    place: place.clone(),
                    problem: format!("{problem}: a label is {{\"a\": ID, \"b\": ID, \"relation\": NAME}}"),
                };
                let fields = match serde_json::from_str(line) {
                    Ok(Value::Object(fields)) => fields,
                    Ok(_) => return Err(bad("no JSON object".to_owned())),
                    Err(error) => return Err(bad(error.to_string())),
                };
                labels.push(Label::new(fields).map_err(|lacks| bad(format!("no field {lacks:?}")))?);
                Ok(())
            })?;
        }
        Ok(labels)
    }

    /// Writes a head line, then a line for each pair that the rows of exact, near and excerpt copies leave to the model.
    fn write_features(&self, mut output: Output, config: &Config, found: &Found<'_>, labels: &[&Label]) -> Result<()> {
        let rows: Vec<Option<String>> = labels
            .par_iter()
            .map(|label| {
                let [a, b] = label.ids();
                let evidence = found.explain(a, b)?.evidence;
                let plain = evidence.jaccard >= config.threshold || evidence.containment >= config.containment;
                let decides = evidence.words >= TOO_SHORT_TO_REWRITE && !plain && !evidence.figures_veto();
                let values = model::features(&evidence).map(|value| format!("{value:.6}")).join("\t");
                decides.then(|| format!("{a}\t{b}\t{}\t{values}\n", label.class(&self.by).join(":")))
            })
            .collect();
        let head = format!("a\tb\tclass\t{}\n", model::NAMES.join("\t"));
        let lines = std::iter::once(&head).chain(rows.iter().flatten());
        let written = lines.into_iter().try_for_each(|line| output.write_all(line.as_bytes()));
        output.done(written)
    }

    fn table(&self, out: &mut Output, page: Page, tally: &Tally) -> io::Result<()> {
        let name = |names: &[String]| page.text(&names.join(" "));
        let width = tally.classes.iter().map(|(names, _)| name(names).width()).max().unwrap_or(0).max(10);
        writeln!(out, "{:width$}   pairs  grouped    rate", self.by.join(" "))?;
        for (names, class) in &tally.classes {
            let name = name(names);
            let fill = width - name.width();
            writeln!(out, "{name}{:fill$}  {:6}  {:7}  {:.4}", "", class.pairs, class.grouped, class.rate())?;
        }
        writeln!(out)?;
        let mut all = tally.to_json(&self.by);
        all.shift_remove("classes");
        let came_out = all.shift_remove("came_out_as");
        for (name, value) in &all {
            let value = if value.is_null() { "none to count".to_owned() } else { value.to_string() };
            writeln!(out, "{:16}  {value}", name.replace('_', " "))?;
        }
        for (number, (relations, pairs)) in came_out.iter().filter_map(Value::as_object).flatten().enumerate() {
            writeln!(out, "{:16}  {}: {pairs}", if number == 0 { "came out as" } else { "" }, page.text(relations))?;
        }
        Ok(())
    }
}
