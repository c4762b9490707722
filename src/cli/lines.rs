//! Files of this program's own that are read back line by line: labels, and groups.

use std::io::{self, Read};
use std::path::Path;

use crate::corpus::read_text;
use crate::error::{Error, Place, Result};

/// Hands over every line that is not blank with its place: of a file, compressed or not, or of standard input for `-`.
pub(crate) fn each(path: &Path, remedy: &'static str, mut line: impl FnMut(Place, &str) -> Result<()>) -> Result<()> {
    let piped = path == Path::new("-");
    let name = if piped { "<stdin>".to_owned() } else { path.display().to_string() };
    let text = if piped { piped_text() } else { read_text(path) };
    let text = text.map_err(|source| Error::Read { place: Place::input(&name), source, remedy })?;
    for (number, content) in (1..).zip(text.lines().map(str::trim)) {
        if !content.is_empty() {
            line(Place::line(&name, number), content)?;
        }
    }
    Ok(())
}

fn piped_text() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}
