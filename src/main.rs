//! The command line `unspin`: `unspin::cli` does everything; this file starts it.

use std::process::ExitCode;

fn main() -> ExitCode {
    unspin::cli::run()
}
