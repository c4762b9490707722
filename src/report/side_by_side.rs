//! `compare`: two texts in two columns, sentence by sentence, with what was replaced, added, left out and moved marked
//! by brackets, and by colour where there is one.

use std::io::{self, Write};
use std::iter;
use std::ops::Range;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::article::Span;
use crate::detector::Comparison;
use crate::report::sites::{self, Site};
use crate::report::style::{CYAN, DIM, GREEN, Page, RED, YELLOW, paint};
use crate::text::tokenise;

/// Stretches of one text without counterpart get rows of their own from so many words on.
const APART: usize = 8;

/// Passages of fewer words, far from any other, are chance.
const LONE: usize = 3;

/// Of a longer run of rows that are the same in both, or in one only, just the first and the last are shown.
const RUN: usize = 4;

/// What became of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Same,
    Replaced,
    Alone,
    Moved,
}

/// The signs around marked words, as `wdiff` has them.
const LEGEND: [(Mark, bool, &str, &str, &str); 4] = [
    (Mark::Replaced, true, "<", ">", "replaced"),
    (Mark::Alone, true, "[-", "-]", "only in the first"),
    (Mark::Alone, false, "{+", "+}", "only in the second"),
    (Mark::Moved, true, "(~", "~)", "moved"),
];

/// One of the two texts: its words and what became of them.
struct Side<'t> {
    text: &'t str,
    spans: Vec<Span>,
    marks: Vec<Mark>,
    first: bool,
}

impl<'t> Side<'t> {
    fn new(text: &'t str, first: bool) -> Self {
        let spans = tokenise(text).spans;
        Self { text, marks: vec![Mark::Alone; spans.len()], spans, first }
    }

    /// The numbers of the words in a span.
    fn words(&self, span: Span) -> Range<usize> {
        let start = self.spans.partition_point(|word| word.start < span.start);
        start..self.spans.partition_point(|word| word.end <= span.end).max(start)
    }

    fn mark(&mut self, span: Span, mark: Mark) {
        let words = self.words(span);
        if let Some(marks) = self.marks.get_mut(words) {
            marks.fill(mark);
        }
    }

    /// What stands between a word and the next.
    fn gap(&self, word: usize) -> &'t str {
        let end = self.spans.get(word + 1).map_or(self.text.len(), |next| next.start as usize);
        self.text.get(self.spans[word].end as usize..end).unwrap_or("")
    }

    fn ends_sentence(&self, word: usize) -> bool {
        let gap = self.gap(word);
        let stop = gap.trim_end().ends_with(['.', '!', '?', '"', '”', '。', '！', '？']);
        (stop && gap.ends_with(char::is_whitespace)) || gap.contains("\n\n") || gap.contains('。')
    }

    /// Some words as stretches of one mark, with what stands between them.
    fn runs(&self, words: Range<usize>) -> Vec<(Mark, &'t str)> {
        let mut runs = Vec::new();
        let mut start = words.start;
        while start < words.end {
            let mark = self.marks[start];
            let end = (start..words.end).find(|&word| self.marks[word] != mark).unwrap_or(words.end);
            let inside = self.spans[start].start as usize..self.spans[end - 1].end as usize;
            runs.push((mark, self.text.get(inside).unwrap_or("")));
            runs.push((Mark::Same, self.gap(end - 1)));
            start = end;
        }
        runs
    }

    /// Some words as lines of a column, each with its width.
    fn lines(&self, words: Range<usize>, page: Page, width: usize) -> Vec<(String, usize)> {
        let mut column = Column { width, lines: Vec::new(), line: String::new(), used: 0, spaced: false };
        for (mark, text) in self.runs(words) {
            let (style, open, close) = look(mark, self.first);
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

/// Corresponding words of both texts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    a: Range<usize>,
    b: Range<usize>,
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
    let (mut a, mut b) = (Side::new(a, true), Side::new(b, false));
    let rows = rows(&mut a, &mut b, comparison);
    let signs: Vec<&str> = rows.iter().map(|row| sign(&a, &b, row)).collect();
    let width = page.width.saturating_sub(3) / 2;
    let mut next = 0;
    for kind in signs.chunk_by(|x, y| x == y) {
        let run = next..next + kind.len();
        next = run.end;
        for number in run.clone() {
            let hidden = !all && kind[0] != "|" && run.len() > RUN && (run.start + 1..run.end - 1).contains(&number);
            if !hidden {
                row(&mut out, page, width, (&a, &b), &rows[number], kind[0])?;
            } else if number == run.start + 1 {
                let skipped = &rows[run.start + 1..run.end - 1];
                let words: usize = skipped.iter().map(|row| row.a.len().max(row.b.len())).sum();
                let more = page.sign("…");
                let note = format!("{more} {words} more words, {} {more}", kind_name(kind[0]));
                writeln!(out, "{}", paint(DIM, page.fit(&note, page.width).trim_end()))?;
            }
        }
    }
    legend(&mut out, &a, &b)
}

fn kind_name(sign: &str) -> &'static str {
    match sign {
        " " => "the same in both",
        "<" => "only in the first",
        _ => "only in the second",
    }
}

fn row(
    out: &mut impl Write,
    page: Page,
    width: usize,
    (a, b): (&Side<'_>, &Side<'_>),
    row: &Row,
    sign: &str,
) -> io::Result<()> {
    let (left, right) = (a.lines(row.a.clone(), page, width), b.lines(row.b.clone(), page, width));
    for line in 0..left.len().max(right.len()) {
        let (text, used) = left.get(line).map_or(("", 0), |(text, used)| (text, *used));
        let right = right.get(line).map_or("", |(text, _)| text);
        writeln!(out, "{text}{:fill$} {} {right}", "", paint(DIM, sign), fill = width.saturating_sub(used))?;
    }
    Ok(())
}

/// The signs that were used, and what they say.
fn legend(out: &mut impl Write, a: &Side<'_>, b: &Side<'_>) -> io::Result<()> {
    let used = |&&(mark, first, ..): &&(Mark, bool, &str, &str, &str)| {
        if first { a.marks.contains(&mark) } else { b.marks.contains(&mark) }
    };
    let entries: Vec<String> = LEGEND
        .iter()
        .filter(used)
        .map(|&(mark, first, open, close, name)| paint(look(mark, first).0, &format!("{open}{name}{close}")))
        .collect();
    if entries.is_empty() { Ok(()) } else { writeln!(out, "\n{}", entries.join("  ")) }
}

/// What `diff --side-by-side` would set between the columns.
fn sign(a: &Side<'_>, b: &Side<'_>, row: &Row) -> &'static str {
    let same = |side: &Side<'_>, words: &Range<usize>| side.marks[words.clone()].iter().all(|&mark| mark == Mark::Same);
    match (row.a.is_empty(), row.b.is_empty()) {
        (false, true) => "<",
        (true, false) => ">",
        _ if same(a, &row.a) && same(b, &row.b) => " ",
        _ => "|",
    }
}

/// Marks the words, and cuts both texts into rows where they correspond: after sentences of the first text, and around
/// what only one of them has.
fn rows(a: &mut Side<'_>, b: &mut Side<'_>, comparison: &Comparison) -> Vec<Row> {
    let (chain, moved) = sites::passages(comparison);
    let chain = &anchored(a, b, chain);
    let replaced = sites::replaced(comparison, a.text, b.text);
    for (sites, mark) in [(moved, Mark::Moved), (chain, Mark::Same), (&replaced, Mark::Replaced)] {
        for &(x, y) in sites {
            a.mark(x, mark);
            b.mark(y, mark);
        }
    }
    let mut cuts = vec![(0, 0)];
    let mut end = (0, 0);
    let all = (a.spans.len(), b.spans.len());
    let chain = chain.iter().map(|&(x, y)| (a.words(x), b.words(y)));
    for (x, y) in chain.chain(iter::once((all.0..all.0, all.1..all.1))) {
        // Words that normalising made of one character have the same span, and may be counted with their neighbours.
        let (x, y) = (x.start.max(end.0)..x.end.max(end.0), y.start.max(end.1)..y.end.max(end.1));
        // What one text has alone stands beside nothing.
        let (alone_a, alone_b) = (x.start - end.0, y.start - end.1);
        if alone_a.max(alone_b) >= APART.max(4 * alone_a.min(alone_b)) {
            cuts.extend([end, (x.start, end.1), (x.start, y.start)]);
            sentences(a, end.0..x.start, |word| cuts.push((word, end.1)));
            sentences(b, end.1..y.start, |word| cuts.push((x.start, word)));
        }
        sentences(a, x.clone(), |word| cuts.push((word, (y.start + (word - x.start)).min(y.end))));
        end = (x.end, y.end);
    }
    cuts.push(all);
    cuts.sort_unstable();
    cuts.dedup();
    let mut last = 0;
    cuts.retain(|&(_, b)| {
        let forward = b >= last;
        last = last.max(b);
        forward
    });
    cuts.windows(2).map(|cut| Row { a: cut[0].0..cut[1].0, b: cut[0].1..cut[1].1 }).collect()
}

/// The passages without lone words that two long stretches of other words happen to share.
fn anchored(a: &Side<'_>, b: &Side<'_>, chain: &[Site]) -> Vec<Site> {
    let words: Vec<_> = chain.iter().map(|&(x, y)| (a.words(x), b.words(y))).collect();
    let far = |from: (usize, usize), to: (usize, usize)| {
        to.0.saturating_sub(from.0).max(to.1.saturating_sub(from.1)) >= APART
    };
    let lone = |number: usize| {
        let (x, y) = &words[number];
        let before = number.checked_sub(1).map_or((0, 0), |before| (words[before].0.end, words[before].1.end));
        let after = words.get(number + 1).map_or((a.spans.len(), b.spans.len()), |(x, y)| (x.start, y.start));
        x.len() < LONE && far(before, (x.start, y.start)) && far((x.end, y.end), after)
    };
    (0..chain.len()).filter(|&number| !lone(number)).map(|number| chain[number]).collect()
}

/// Tells after which of the words a sentence ends, as the number of the next word.
fn sentences(side: &Side<'_>, words: Range<usize>, mut cut: impl FnMut(usize)) {
    words.filter(|&word| side.ends_sentence(word)).for_each(|word| cut(word + 1));
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
