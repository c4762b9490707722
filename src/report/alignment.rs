//! Two compared texts as rows of marked pieces: what the terminal and the HTML report both show.

use std::iter;
use std::ops::Range;

use crate::article::Span;
use crate::report::sites::{self, Site, Sites};
use crate::text::tokenise;
use crate::verify::places::Comparison;

/// Stretches of one text without counterpart get rows of their own from so many words on.
const APART: usize = 8;

/// Passages of fewer words, far from any other, are chance.
const LONE: usize = 3;

/// What became of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It stands in the same place of both texts.
    Same,
    /// The other text has other words in its place.
    Replaced,
    /// The other text has nothing in its place.
    Alone,
    /// The other text has it elsewhere.
    Moved,
}

/// One of the two texts: its words and what became of them.
pub(crate) struct Side<'t> {
    text: &'t str,
    spans: Vec<Span>,
    marks: Vec<Mark>,
}

impl<'t> Side<'t> {
    fn new(text: &'t str, spans: Vec<Span>) -> Self {
        Self { text, marks: vec![Mark::Alone; spans.len()], spans }
    }

    /// The numbers of the words in a span.
    fn words(&self, span: Span) -> Range<usize> {
        sites::within(&self.spans, span)
    }

    fn mark(&mut self, span: Span, mark: Mark) {
        let words = self.words(span);
        if let Some(marks) = self.marks.get_mut(words) {
            marks.fill(mark);
        }
    }

    /// The text at some bytes.
    pub(crate) fn text(&self, at: Range<usize>) -> &'t str {
        self.text.get(at).unwrap_or("")
    }

    /// Where the text between a word and the next stands.
    fn gap(&self, word: usize) -> Range<usize> {
        let start = self.spans[word].end as usize;
        // Words that normalising made of one character have the same span.
        start..self.start(word + 1).max(start)
    }

    fn ends_sentence(&self, word: usize) -> bool {
        let gap = self.text(self.gap(word).start..self.opening(word + 1));
        let closing = ['"', '”', '’', '\'', ')', ']'];
        let stop = gap.trim_end().trim_end_matches(closing).ends_with(['.', '!', '?', '…', '。', '！', '？']);
        (stop && gap.ends_with(char::is_whitespace)) || gap.contains("\n\n") || gap.contains('。')
    }

    /// How many words it has.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether any word has the mark.
    pub(crate) fn has(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    /// Whether all of some words are the same in the other text.
    fn same(&self, words: &Range<usize>) -> bool {
        self.marks[words.clone()].iter().all(|&mark| mark == Mark::Same)
    }

    /// Where what belongs to a word begins: before any bracket or quotation mark that opens with it.
    fn opening(&self, word: usize) -> usize {
        let before = word.checked_sub(1).map_or(0..self.start(word), |before| self.gap(before));
        let space = self.text(before.clone()).char_indices().rfind(|(_, c)| c.is_whitespace());
        match space {
            Some((at, c)) => before.start + at + c.len_utf8(),
            None if word == 0 => 0,
            None => before.end,
        }
    }

    /// Where a word starts; of the number after the last word, where the text ends.
    fn start(&self, word: usize) -> usize {
        self.spans.get(word).map_or(self.text.len(), |span| span.start as usize)
    }

    /// Some words as stretches of one mark, with what stands before, between and after them as stretches of their own.
    pub(crate) fn runs(&self, words: Range<usize>) -> Vec<(Mark, Range<usize>)> {
        let mut runs = Vec::new();
        if words.is_empty() {
            return runs;
        }
        runs.push((Mark::Same, self.opening(words.start)..self.start(words.start)));
        let mut start = words.start;
        while start < words.end {
            let mark = self.marks[start];
            let end = (start..words.end).find(|&word| self.marks[word] != mark).unwrap_or(words.end);
            runs.push((mark, self.spans[start].start as usize..self.spans[end - 1].end as usize));
            let gap = self.gap(end - 1);
            let last = end == words.end && end < self.spans.len();
            runs.push((Mark::Same, if last { gap.start..self.opening(end) } else { gap }));
            start = end;
        }
        runs
    }
}

/// What a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The same words in both texts.
    Same,
    /// Words of both texts, some of them different.
    Changed,
    /// Words that only the first text has here.
    OnlyFirst,
    /// Words that only the second text has here.
    OnlySecond,
}

/// Corresponding words of both texts, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) a: Range<usize>,
    pub(crate) b: Range<usize>,
}

impl Row {
    /// How many words it has on the longer side.
    pub(crate) fn words(&self) -> usize {
        self.a.len().max(self.b.len())
    }
}

/// Two texts with their words marked, cut into rows where they correspond.
pub(crate) struct Alignment<'t> {
    pub(crate) a: Side<'t>,
    pub(crate) b: Side<'t>,
    pub(crate) rows: Vec<Row>,
}

impl<'t> Alignment<'t> {
    /// The alignment that a comparison of the two texts found.
    pub(crate) fn of((a, b): (&'t str, &'t str), comparison: &Comparison) -> Self {
        Self::between((a, tokenise(a).spans), (b, tokenise(b).spans), comparison)
    }

    /// The same of texts with their words.
    pub(crate) fn between<'c>(a: (&'t str, Vec<Span>), b: (&'t str, Vec<Span>), found: impl Into<Sites<'c>>) -> Self {
        let (mut a, mut b) = (Side::new(a.0, a.1), Side::new(b.0, b.1));
        let rows = rows(&mut a, &mut b, found.into());
        Self { a, b, rows }
    }

    /// What a row shows.
    pub(crate) fn kind(&self, row: &Row) -> Kind {
        match (row.a.is_empty(), row.b.is_empty()) {
            (false, true) => Kind::OnlyFirst,
            (true, false) => Kind::OnlySecond,
            _ if self.a.same(&row.a) && self.b.same(&row.b) => Kind::Same,
            _ => Kind::Changed,
        }
    }
}

/// Marks the words, and cuts both texts into rows where they correspond: after sentences of the first text, and around
/// what only one of them has.
fn rows(a: &mut Side<'_>, b: &mut Side<'_>, found: Sites<'_>) -> Vec<Row> {
    let (chain, moved) = sites::passages(found);
    let chain = &anchored(a, b, chain);
    let replaced = sites::replaced(found, a.text, b.text);
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
