//! How far the work is: a line on standard error while that is a terminal, or a line of JSON a second for programs.

use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde_json::json;

use crate::detector::{Step, Watch};

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Show {
    /// A bar if standard error is a terminal, else nothing
    Auto,
    /// A bar
    Bar,
    /// A line of JSON a second on standard error, for other programs
    Json,
    /// Nothing
    None,
}

/// What a stage is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    Words,
    Articles,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Words => "words",
            Self::Articles => "articles",
        }
    }
}

const BYTES: &str = "{msg:10} {wide_bar} {bytes:>10} of {total_bytes} {bytes_per_sec:>13} {left}";
const COUNT: &str = "{msg:10} {wide_bar} {human_pos:>10} of {human_len} {unit} {left}";
const STREAM: &str = "{msg:10} {spinner} {bytes:>10} {bytes_per_sec:>13}";
const SPINNER: &str = "{msg:10} {spinner} {elapsed}";

/// How far the stages are. Clones are of the same work.
#[derive(Debug, Clone)]
pub(crate) struct Progress(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    show: Show,
    done: AtomicU64,
    stage: Mutex<Option<Stage>>,
}

#[derive(Debug)]
struct Stage {
    name: &'static str,
    unit: Option<Unit>,
    total: Option<u64>,
    began: Instant,
    bar: ProgressBar,
}

impl Progress {
    /// Nothing as yet, and nothing at all if the user wants quiet.
    pub(crate) fn new(show: Show, quiet: bool) -> Self {
        let show = match show {
            _ if quiet => Show::None,
            Show::Auto if io::stderr().is_terminal() => Show::Bar,
            Show::Auto => Show::None,
            show => show,
        };
        let progress = Self(Arc::new(Shared { show, done: AtomicU64::new(0), stage: Mutex::new(None) }));
        if show == Show::Json {
            let watched = Arc::downgrade(&progress.0);
            thread::spawn(move || {
                loop {
                    thread::sleep(Duration::from_secs(1));
                    let Some(shared) = watched.upgrade() else { return };
                    shared.tell();
                }
            });
        }
        progress
    }

    /// Starts a stage that goes through bytes: through so many, if that is known.
    pub(crate) fn bytes(&self, name: &'static str, total: Option<u64>) {
        self.start(name, Some(Unit::Bytes), total);
    }

    /// Starts a stage that goes through so many things.
    pub(crate) fn count(&self, name: &'static str, unit: Unit, total: u64) {
        self.start(name, Some(unit), Some(total));
    }

    /// Starts a stage of unknown length.
    pub(crate) fn spin(&self, name: &'static str) {
        self.start(name, None, None);
    }

    fn start(&self, name: &'static str, unit: Option<Unit>, total: Option<u64>) {
        self.clear();
        self.0.done.store(0, Ordering::Relaxed);
        let bar = if self.0.show == Show::Bar { bar(name, unit, total) } else { ProgressBar::hidden() };
        *self.0.stage() = Some(Stage { name, unit, total, began: Instant::now(), bar });
    }

    /// So much of the stage is done.
    pub(crate) fn set(&self, done: u64) {
        self.0.done.store(done, Ordering::Relaxed);
        self.draw(done);
    }

    /// So much more of the stage is done.
    pub(crate) fn add(&self, more: u64) {
        let done = self.0.done.fetch_add(more, Ordering::Relaxed) + more;
        self.draw(done);
    }

    fn draw(&self, done: u64) {
        if self.0.show == Show::Bar
            && let Some(stage) = self.0.stage().as_ref()
        {
            stage.bar.set_position(done);
        }
    }

    /// Ends the stage, and takes its line away.
    pub(crate) fn clear(&self) {
        if self.0.show == Show::Json {
            self.0.tell();
        }
        if let Some(stage) = self.0.stage().take() {
            stage.bar.finish_and_clear();
        }
    }

    /// Lets something else be written to standard error.
    pub(crate) fn aside(&self, talk: impl FnOnce()) {
        match self.0.stage().as_ref() {
            Some(stage) => stage.bar.suspend(talk),
            None => talk(),
        }
    }
}

impl Watch for Progress {
    fn begin(&self, step: Step, total: u64) {
        let name = match step {
            Step::Hashing => "hashing",
            Step::Verifying => "verifying",
        };
        self.count(name, Unit::Words, total);
    }

    fn advance(&self, words: u64) {
        self.add(words);
    }
}

impl Shared {
    fn stage(&self) -> MutexGuard<'_, Option<Stage>> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the stage as a line of JSON.
    fn tell(&self) {
        let stage = self.stage();
        let Some(Stage { name, unit, total, began, .. }) = &*stage else { return };
        let (done, elapsed) = (self.done.load(Ordering::Relaxed), began.elapsed().as_secs_f64());
        let left = total.and_then(|total| left(done, total, elapsed));
        let tenths = |value: f64| (value * 10.0).round() / 10.0;
        let line = json!({
            "stage": name,
            "done": unit.map(|_| done),
            "total": total,
            "unit": unit.map(Unit::name),
            "per_second": unit.map(|_| (done as f64 / elapsed.max(1e-3)).round()),
            "elapsed": tenths(elapsed),
            "seconds_left": left.map(tenths),
        });
        // Whoever does not listen any more needs no progress.
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// The seconds that the rest takes at the rate of what is done: the stages are counted in what costs the time.
fn left(done: u64, total: u64, elapsed: f64) -> Option<f64> {
    (done > 0).then(|| elapsed * total.saturating_sub(done) as f64 / done as f64)
}

/// A bar that shows its stage from its first frame on.
fn bar(name: &'static str, unit: Option<Unit>, total: Option<u64>) -> ProgressBar {
    let template = match (unit, total) {
        (Some(Unit::Bytes), Some(_)) => BYTES,
        (Some(Unit::Bytes), None) => STREAM,
        (Some(_), Some(_)) => COUNT,
        _ => SPINNER,
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let unit = unit.map_or("", Unit::name);
    let style = style
        .with_key("left", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let elapsed = state.elapsed().as_secs_f64();
            let left = state.len().and_then(|total| left(state.pos(), total, elapsed));
            // The first moments tell nothing about the rest.
            if let Some(left) = left.filter(|_| elapsed > 1.0) {
                let _ = write!(out, "{} left", HumanDuration(Duration::from_secs(left.ceil() as u64)));
            }
        })
        .with_key("unit", move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = out.write_str(unit);
        });
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr()).with_style(style).with_message(name);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_valid() {
        for template in [BYTES, COUNT, STREAM, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn the_time_left_follows_the_rate() {
        assert_eq!(left(25, 100, 10.0), Some(30.0));
        assert_eq!(left(100, 100, 10.0), Some(0.0));
        assert_eq!(left(0, 100, 10.0), None);
    }
}
