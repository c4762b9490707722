//! `unspin completions`: what a shell needs to complete this program's arguments.

use std::io::Write;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::error::Result;
use crate::report::atomic::Output;

/// Writes the completions for a shell on standard output.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin completions bash > ~/.local/share/bash-completion/completions/unspin
  unspin completions zsh > ~/.zfunc/_unspin
  unspin completions fish > ~/.config/fish/completions/unspin.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, mut command: Command) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "unspin", &mut script);
        let mut output = Output::stdout();
        let written = output.write_all(&script);
        output.done(written)
    }
}
