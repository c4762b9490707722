//! The command line `unspin`: `unspin::cli` does everything; this file starts it.

use std::process::ExitCode;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    unspin::cli::run()
}
