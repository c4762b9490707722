//! The page itself: the hand-written template, style and script, with the data in their places.

use std::io::{self, Write};

use super::{blocks, index};
use crate::report::evidence::Texts;
use crate::report::stored::Group;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The hash of the script: no other may run in the page.
const SCRIPT_HASH: &str = "sha256-BTGBE/VRu/jMfJ0V1C1piYFFqLDbihHHHIZuMFnQRQA=";

/// What the page shows.
///
/// ```
/// use unspin::report::html::Report;
/// use unspin::report::stored::Group;
/// let line = r#"{"original":"a","members":[{"id":"a","relation":"original"},{"id":"</script>","relation":"exact"}]}"#;
/// let groups = [Group::parse(line)?];
/// let mut page = Vec::new();
/// Report { groups: &groups, articles: None, texts: None }.write(&mut page, &|_| {})?;
/// let page = String::from_utf8(page)?;
/// assert!(page.starts_with("<!doctype html>"));
/// assert!(page.contains(r"\u003c/script\u003e"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Report<'r> {
    /// The groups, in the order in which they are numbered.
    pub groups: &'r [Group],
    /// How many articles they were found among, if that is known.
    pub articles: Option<usize>,
    /// Where the articles' texts are: without them the page shows no copy beside its original.
    pub texts: Option<&'r dyn Texts>,
}

impl Report<'_> {
    /// Writes the page. `tick` is told how many more members' texts are ready, by many threads.
    ///
    /// # Errors
    /// What the output says.
    pub fn write(&self, out: &mut dyn Write, tick: &(dyn Fn(usize) + Sync)) -> io::Result<()> {
        let mut rest = PAGE;
        for (place, piece) in [("{{hash}}", SCRIPT_HASH), ("{{style}}", STYLE)] {
            rest = until(rest, place, out)?;
            out.write_all(piece.as_bytes())?;
        }
        rest = until(rest, "{{index}}", out)?;
        index::write(&mut *out, self.groups, self.articles, self.texts.is_some())?;
        rest = until(rest, "{{script}}", out)?;
        out.write_all(SCRIPT.as_bytes())?;
        rest = until(rest, "{{blocks}}", out)?;
        blocks::write(&mut *out, self.groups, self.texts, tick)?;
        out.write_all(rest.as_bytes())
    }
}

/// Writes the page up to a place that is filled in, and gives what comes after it.
fn until<'p>(page: &'p str, place: &str, out: &mut dyn Write) -> io::Result<&'p str> {
    let (before, after) = page.split_once(place).unwrap_or((page, ""));
    out.write_all(before.as_bytes())?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_page_allows_its_own_script_and_no_other() {
        assert_eq!(SCRIPT_HASH, format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(SCRIPT))));
    }

    #[test]
    fn the_page_has_every_place_once_and_in_order() {
        let places = ["{{hash}}", "{{style}}", "{{index}}", "{{script}}", "{{blocks}}"];
        let found: Vec<usize> = places.iter().filter_map(|place| PAGE.find(place)).collect();
        assert_eq!(found.len(), places.len());
        assert!(found.is_sorted());
        assert_eq!(PAGE.matches("{{").count(), places.len());
    }

    #[test]
    fn the_page_names_nothing_on_a_network() {
        for piece in [PAGE, STYLE, SCRIPT] {
            for word in ["http:", "https:", "//cdn", "@import", "url(", "innerHTML", "fetch(", "eval("] {
                assert!(!piece.contains(word), "{word}");
            }
        }
    }
}
