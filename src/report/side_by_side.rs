//! `compare`: two texts in two columns, sentence by sentence, with what was replaced, added, left out and moved marked
//! by brackets, and by colour where there is one.

use std::io::{self, Write};
use std::ops::Range;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::report::alignment::{Alignment, Kind, Mark, Row, Side};
use crate::report::style::{CYAN, DIM, GREEN, Page, RED, YELLOW, paint};
use crate::verify::places::Comparison;

/// Of a longer run of rows that are the same in both, or in one only, just the first and the last are shown.
const RUN: usize = 4;

/// The signs around marked words, as `wdiff` has them.
const LEGEND: [(Mark, bool, &str, &str, &str); 4] = [
    (Mark::Replaced, true, "<", ">", "replaced"),
    (Mark::Alone, true, "[-", "-]", "only in the first"),
    (Mark::Alone, false, "{+", "+}", "only in the second"),
    (Mark::Moved, true, "(~", "~)", "moved"),
];

/// Some words as lines of a column, each with its width.
fn lines(side: &Side<'_>, first: bool, words: Range<usize>, page: Page, width: usize) -> Vec<(String, usize)> {
    let mut column = Column { width, lines: Vec::new(), line: String::new(), used: 0, spaced: false };
    for (mark, at) in side.runs(words) {
        let text = side.text(at);
        let (style, open, close) = look(mark, first);
        let shown = page.text(text);
        column.spaced |= text.starts_with(char::is_whitespace);
        let words: Vec<&str> = shown.split(' ').filter(|word| !word.is_empty()).collect();
        for (n, word) in words.iter().enumerate() {
            let open = if n == 0 { open } else { "" };
            let close = if n + 1 == words.len() { close } else { "" };
            column.spaced |= n > 0;
            column.push(&format!("{open}{word}{close}"), style);
        }
        column.spaced |= text.ends_with(char::is_whitespace);
    }
    column.finish()
}

/// How a mark looks: its colour and its signs.
fn look(mark: Mark, first: bool) -> (Style, &'static str, &'static str) {
    let style = match mark {
        Mark::Same => return (Style::new(), "", ""),
        Mark::Replaced => YELLOW,
        Mark::Alone if first => RED,
        Mark::Alone => GREEN,
        Mark::Moved => CYAN,
    };
    let found = LEGEND.iter().find(|sign| sign.0 == mark && (sign.1 == first || mark != Mark::Alone));
    found.map_or((style, "", ""), |sign| (style, sign.2, sign.3))
}

/// A column that is being filled.
struct Column {
    width: usize,
    lines: Vec<(String, usize)>,
    line: String,
    used: usize,
    /// Whether a space is due before the next word.
    spaced: bool,
}

impl Column {
    fn push(&mut self, word: &str, style: Style) {
        let space = usize::from(self.spaced && self.used > 0);
        if self.used > 0 && self.used + space + word.width() > self.width {
            self.turn();
        } else if space > 0 {
            self.line.push(' ');
            self.used += 1;
        }
        self.spaced = false;
        // A word that is wider than the column is cut into pieces.
        let mut piece = String::new();
        for c in word.chars() {
            let width = c.width().unwrap_or(0);
            if self.used + piece.width() + width > self.width && self.used + piece.width() > 0 {
                self.put(&piece, style);
                piece.clear();
                self.turn();
            }
            piece.push(c);
        }
        self.put(&piece, style);
    }

    fn put(&mut self, piece: &str, style: Style) {
        self.used += piece.width();
        self.line.push_str(&paint(style, piece));
    }

    fn turn(&mut self) {
        self.lines.push((std::mem::take(&mut self.line), self.used));
        self.used = 0;
    }

    fn finish(mut self) -> Vec<(String, usize)> {
        if self.used > 0 {
            self.turn();
        }
        self.lines
    }
}

/// Writes the two texts side by side. Long stretches of rows of one kind are shortened unless all are wanted.
///
/// # Errors
/// What the output says.
pub fn write(
    mut out: impl Write,
    page: Page,
    (a, b): (&str, &str),
    comparison: &Comparison,
    all: bool,
) -> io::Result<()> {
    let alignment = Alignment::of((a, b), comparison);
    let kinds: Vec<Kind> = alignment.rows.iter().map(|row| alignment.kind(row)).collect();
    let mut next = 0;
    for same in kinds.chunk_by(|x, y| x == y) {
        let run = next..next + same.len();
        next = run.end;
        let rows = &alignment.rows[run];
        let kind = same[0];
        if all || kind == Kind::Changed || rows.len() <= RUN {
            rows.iter().try_for_each(|row| write_row(&mut out, page, &alignment, row, kind))?;
            continue;
        }
        let skipped = &rows[1..rows.len() - 1];
        let words: usize = skipped.iter().map(Row::words).sum();
        let more = page.sign("…");
        let note = format!("{more} {words} more words, {} {more}", name(kind));
        write_row(&mut out, page, &alignment, &rows[0], kind)?;
        writeln!(out, "{}", paint(DIM, page.fit(&note, page.width).trim_end()))?;
        write_row(&mut out, page, &alignment, &rows[rows.len() - 1], kind)?;
    }
    legend(&mut out, &alignment)
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Same => "the same in both",
        Kind::Changed => "changed",
        Kind::OnlyFirst => "only in the first",
        Kind::OnlySecond => "only in the second",
    }
}

/// What `diff --side-by-side` sets between the columns.
fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Same => " ",
        Kind::Changed => "|",
        Kind::OnlyFirst => "<",
        Kind::OnlySecond => ">",
    }
}

fn write_row(out: &mut impl Write, page: Page, alignment: &Alignment<'_>, row: &Row, kind: Kind) -> io::Result<()> {
    let width = page.width.saturating_sub(3) / 2;
    let left = lines(&alignment.a, true, row.a.clone(), page, width);
    let right = lines(&alignment.b, false, row.b.clone(), page, width);
    for line in 0..left.len().max(right.len()) {
        let (text, used) = left.get(line).map_or(("", 0), |(text, used)| (text, *used));
        let right = right.get(line).map_or("", |(text, _)| text);
        writeln!(out, "{text}{:fill$} {} {right}", "", paint(DIM, sign(kind)), fill = width.saturating_sub(used))?;
    }
    Ok(())
}

/// The signs that were used, and what they say.
fn legend(out: &mut impl Write, alignment: &Alignment<'_>) -> io::Result<()> {
    let used = |&&(mark, first, ..): &&(Mark, bool, &str, &str, &str)| {
        if first { alignment.a.has(mark) } else { alignment.b.has(mark) }
    };
    let entries: Vec<String> = LEGEND
        .iter()
        .filter(used)
        .map(|&(mark, first, open, close, name)| paint(look(mark, first).0, &format!("{open}{name}{close}")))
        .collect();
    if entries.is_empty() { Ok(()) } else { writeln!(out, "\n{}", entries.join("  ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;

    fn shown(a: &str, b: &str, page: Page) -> String {
        let comparison = Detector::builder().build().expect("defaults are valid").compare(a, b);
        let mut out = Vec::new();
        write(anstream::StripStream::new(&mut out), page, (a, b), &comparison, false).expect("memory");
        String::from_utf8(out).expect("UTF-8")
    }

    const PAGE: Page = Page { width: 83, unicode: true };

    #[test]
    fn replaced_words_are_bracketed_on_both_sides() {
        let shown = shown("The Windows giant said so on Monday.", "The Home windows large said so on Monday.", PAGE);
        assert!(shown.contains("The <Windows giant> said so on Monday."), "{shown}");
        assert!(shown.contains("| The <Home windows large> said so on"), "{shown}");
        assert!(shown.contains("<replaced>"), "{shown}");
    }

    #[test]
    fn what_one_text_has_alone_stands_beside_nothing() {
        let common = "The bridge will close for eleven nights from Monday.";
        let shown =
            shown(common, &format!("{common} Buy our new book about bridges and save ten percent today."), PAGE);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("The bridge will close"), "{shown}");
        assert!(lines.iter().any(|line| line.trim_start().starts_with("> {+Buy our new book")), "{shown}");
    }

    #[test]
    fn no_line_is_wider_than_the_page() {
        let long = "x".repeat(300);
        let text = format!("東京で開かれた会議。 Some words and {long} then more words follow here.");
        for width in [40, 41, 80] {
            let shown = shown(&text, "Some words and then more words follow here.", Page { width, unicode: true });
            assert!(shown.lines().all(|line| line.width() <= width || line.contains("only in")), "{shown}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_two_texts_can_be_shown(a in text(), b in text()) {
            for width in [40, 83] {
                let shown = shown(&a, &b, Page { width, unicode: true });
                assert!(!shown.contains(['\u{1b}', '\u{202e}']));
            }
            let comparison = Detector::builder().build().expect("defaults are valid").compare(&a, &b);
            crate::report::evidence::substitutions(&comparison, &a, &b);
        }
    }

    fn text() -> impl proptest::strategy::Strategy<Value = String> {
        const PIECES: [&str; 25] = [
            "word ",
            "Word ",
            "other ",
            "the ",
            "of ",
            "x",
            ". ",
            ", ",
            "\n\n",
            "ﬁ",
            "½",
            "Ⅷ ",
            "東京",
            "都",
            "ﷺ",
            "&amp;",
            "…",
            "\u{202e}",
            "\u{1b}[2J",
            "e\u{301}",
            "\u{200b}",
            "㍿",
            "3.5 ",
            "don’t ",
            "\u{ad}",
        ];
        let piece = proptest::sample::select(&PIECES[..]);
        proptest::strategy::Strategy::prop_map(proptest::collection::vec(piece, 0..120), |pieces| pieces.concat())
    }

    #[test]
    fn empty_texts_and_control_characters_do_no_harm() {
        assert_eq!(shown("", "", PAGE), "");
        let shown = shown("one \u{1b}[2J two", "one three two", PAGE);
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
}
