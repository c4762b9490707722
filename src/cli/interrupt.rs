//! Ctrl-C: the program ends at once, without leaving temporary files.

use std::io::{self, Write};

use crate::error::Error;
use crate::report::atomic;

/// What a shell expects of a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// Ends the program when the user interrupts it. Without signals to listen to, interruptions end it the plain way.
pub(crate) fn listen() {
    let _ = ctrlc::set_handler(|| {
        atomic::abandon();
        // A new line first: the terminal shows ^C, or a progress bar.
        let _ = writeln!(io::stderr(), "\nunspin: {}", Error::Interrupted);
        std::process::exit(INTERRUPTED);
    });
}
