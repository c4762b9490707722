//! `unspin params`: which bands the threshold and the recall lead to, and what they find.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::args::Banding as Wanted;
use crate::detector::Detector;
use crate::error::Result;
use crate::report::atomic::Output;
use crate::report::style::Page;
use crate::sketch::banding::Banding;

/// Shows the bands that are chosen, and the share of the pairs that they find.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin params                                  what the defaults find
  unspin params --threshold 0.5 --recall 0.999   more distant copies, fewer misses
  unspin params --hashes 64 --format json        for a program to read")]
pub(crate) struct Params {
    #[command(flatten)]
    wanted: Wanted,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// The steps of the S-curve, in hundredths.
const STEPS: std::ops::RangeInclusive<u32> = 1..=20;

/// Columns of the longest bar.
const BAR: f64 = 40.0;

impl Params {
    pub(crate) fn run(&self) -> Result<()> {
        let Wanted { threshold, recall, hashes } = self.wanted;
        let detector = Detector::builder().threshold(threshold).recall(recall).hashes(hashes).build()?;
        let mut output = Output::stdout();
        let page = output.page();
        let written = match self.format {
            Format::Table => self.table(&mut output, page, detector.banding()),
            Format::Json => self.json(&mut output, detector.banding()),
        };
        output.done(written)
    }

    fn table(&self, out: &mut Output, page: Page, banding: Banding) -> io::Result<()> {
        let Banding { bands, rows } = banding;
        let Wanted { threshold, recall, hashes } = self.wanted;
        writeln!(out, "{bands} bands of {rows} rows: {} of the {hashes} hashes,", bands * rows)?;
        writeln!(out, "{bands} keys an article in the surface view.")?;
        // Rounded down: only all of them are all.
        let found = (banding.probability(threshold) * 1e4).floor() / 100.0;
        let asked = (recall * 1e8).round() / 1e6;
        writeln!(out, "At the threshold {threshold} they find {found:.2} % of the pairs; {asked} % were asked for.\n")?;
        writeln!(out, "similarity  found   found of all from here up")?;
        for similarity in STEPS.map(similarity) {
            let found = banding.probability(similarity);
            let bar = page.sign("█").repeat((found * BAR).round() as usize);
            let above = if similarity >= 0.5 { format!("{:.4}", above(banding, similarity)) } else { String::new() };
            writeln!(out, "{}", format!("{similarity:>10.2}  {found:.4}  {above:6}  {bar}").trim_end())?;
        }
        writeln!(
            out,
            "\nfound: the share of the pairs of this similarity that share a key. From here up: of pairs spread"
        )?;
        writeln!(out, "evenly over this similarity and all above it.")
    }

    fn json(&self, out: &mut Output, banding: Banding) -> io::Result<()> {
        let Wanted { threshold, recall, hashes } = self.wanted;
        let round = |share: f64| (share * 1e6).round() / 1e6;
        let curve: Vec<_> = STEPS
            .map(similarity)
            .map(|s| json!({"similarity": s, "found": round(banding.probability(s)), "found_from_here_up": round(above(banding, s))}))
            .collect();
        let all = json!({
            "threshold": threshold, "recall": recall, "hashes": hashes,
            "bands": banding.bands, "rows": banding.rows, "keys": banding.bands,
            "expected_recall": round(banding.probability(threshold)), "curve": curve,
        });
        serde_json::to_writer_pretty(&mut *out, &all)?;
        writeln!(out)
    }
}

fn similarity(step: u32) -> f64 {
    f64::from(step * 5) / 100.0
}

/// The mean of the S-curve from a similarity to 1, by the trapezoidal rule.
fn above(banding: Banding, from: f64) -> f64 {
    const PARTS: u32 = 1000;
    let at = |part: u32| banding.probability(from + (1.0 - from) * f64::from(part) / f64::from(PARTS));
    let inner: f64 = (1..PARTS).map(at).sum();
    (inner + f64::midpoint(at(0), at(PARTS))) / f64::from(PARTS)
}
