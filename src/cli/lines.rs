//! Files of this program's own that are read back line by line: labels, and groups.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Place, Result};

/// The first bytes of what gzip and zstd wrote.
const GZIP: &[u8] = b"\x1F\x8B";
const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";

/// Hands over every line that is not blank with its place: of a file, compressed or not, or of standard input for `-`.
pub(crate) fn each(path: &Path, remedy: &'static str, mut line: impl FnMut(Place, &str) -> Result<()>) -> Result<()> {
    let name = if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() };
    let failed = |source| Error::Read { place: Place::input(&name), source, remedy };
    let mut lines = open(path).map_err(failed)?;
    let mut text = String::new();
    let mut number = 0;
    while lines.read_line(&mut text).map_err(failed)? > 0 {
        number += 1;
        let content = text.trim_start_matches('\u{feff}').trim();
        if !content.is_empty() {
            line(Place::line(&name, number), content)?;
        }
        text.clear();
    }
    Ok(())
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let plain: Box<dyn Read> = if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    let mut plain = BufReader::new(plain);
    let head = plain.fill_buf()?;
    Ok(if head.starts_with(GZIP) {
        Box::new(BufReader::new(MultiGzDecoder::new(plain)))
    } else if head.starts_with(ZSTD) {
        Box::new(BufReader::new(zstd::stream::read::Decoder::with_buffer(plain)?))
    } else {
        Box::new(plain)
    })
}
