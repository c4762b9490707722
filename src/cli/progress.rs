//! How far the work is: shown on standard error while it is a terminal, and only then.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that says how far a stage is.
#[derive(Debug, Clone)]
pub(crate) struct Progress(ProgressBar);

const BYTES: &str = "{msg:10} {wide_bar} {bytes:>10} of {total_bytes} {bytes_per_sec:>13} {eta:>4} left";
const STREAM: &str = "{msg:10} {spinner} {bytes:>10} {bytes_per_sec:>13}";
const SPINNER: &str = "{msg:10} {spinner} {elapsed}";

impl Progress {
    /// No line as yet, and none at all if the user wants quiet.
    pub(crate) fn new(quiet: bool) -> Self {
        let shown = !quiet && io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self(ProgressBar::with_draw_target(None, target))
    }

    /// Starts a stage that goes through bytes: through so many, if that is known.
    pub(crate) fn bytes(&self, name: &'static str, total: Option<u64>) {
        self.0.set_length(total.unwrap_or(0));
        self.start(name, if total.is_some() { BYTES } else { STREAM });
    }

    /// Starts a stage of unknown length.
    pub(crate) fn spin(&self, name: &'static str) {
        self.start(name, SPINNER);
    }

    fn start(&self, name: &'static str, template: &str) {
        self.0.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.0.reset();
        self.0.set_message(name);
        if !self.0.is_hidden() {
            self.0.enable_steady_tick(Duration::from_millis(100));
        }
    }

    /// So many bytes of the stage are done.
    pub(crate) fn set(&self, bytes: u64) {
        self.0.set_position(bytes);
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        self.0.disable_steady_tick();
        self.0.finish_and_clear();
    }

    /// Lets something else be written to standard error.
    pub(crate) fn aside(&self, talk: impl FnOnce()) {
        self.0.suspend(talk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_valid() {
        for template in [BYTES, STREAM, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
