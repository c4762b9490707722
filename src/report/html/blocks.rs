//! The texts and how they differ: compressed, a few copies a block, so that the page opens only what is looked at.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::article::{ArticleId, Span};
use crate::report::alignment::{Alignment, Mark, Side};
use crate::report::evidence::{self, BATCH, Texts, Words, fitting};
use crate::report::stored::{Copy, Group};
use crate::report::style::one_line;
use crate::verify::places::Places;

/// So many members of a group share a block.
pub(super) const COPIES: usize = 32;

/// So many parts are made at once where there are no texts.
const UNREAD: usize = 1024;

/// A passage in common is shown from so many words on, and so much of it.
const PASSAGE: (usize, usize) = (8, 60);

/// Some members of one group.
struct Part<'r> {
    number: usize,
    group: &'r Group,
    members: Range<usize>,
}

/// Writes an element a block, named by its group and its number in it.
pub(super) fn write(
    out: &mut dyn Write,
    groups: &[Group],
    texts: Option<&dyn Texts>,
    tick: &(dyn Fn(usize) + Sync),
) -> io::Result<()> {
    let parts: Vec<Part<'_>> = groups.iter().enumerate().flat_map(|(number, group)| parts(number, group)).collect();
    let mut rest = parts.as_slice();
    while !rest.is_empty() {
        let size = |texts: &dyn Texts, part: &Part<'_>| part.ids().map(|id| texts.size(id)).sum();
        let fits = |texts| fitting(rest, BATCH, |part| size(texts, part));
        let (batch, later) = rest.split_at(texts.map_or(rest.len().min(UNREAD), fits));
        let read = texts.map(|texts| fetched(texts, batch)).unwrap_or_default();
        let words = read.par_iter().map(|(&id, text)| (id, Words::of(text))).collect();
        let blocks: Vec<String> = batch
            .par_iter()
            .map(|part| {
                let block = part.block(&words);
                tick(part.members.len());
                block
            })
            .collect::<io::Result<_>>()?;
        for (part, block) in batch.iter().zip(blocks) {
            let (group, number) = (part.number, part.members.start / COPIES);
            writeln!(out, "<script type=\"text/plain\" id=\"block-{group}-{number}\">{block}</script>")?;
        }
        rest = later;
    }
    Ok(())
}

fn parts(number: usize, group: &Group) -> impl Iterator<Item = Part<'_>> {
    let count = group.members.len();
    (0..count).step_by(COPIES).map(move |start| Part { number, group, members: start..count.min(start + COPIES) })
}

fn fetched<'r>(texts: &dyn Texts, parts: &[Part<'r>]) -> HashMap<&'r ArticleId, String> {
    let ids: Vec<&ArticleId> = parts.iter().flat_map(Part::ids).collect::<BTreeSet<_>>().into_iter().collect();
    ids.iter().zip(texts.fetch(&ids)).filter_map(|(&id, text)| Some((id, text?))).collect()
}

impl<'r> Part<'r> {
    /// The members whose texts it holds: its own, and those that they are copies of.
    fn numbers(&self) -> BTreeSet<usize> {
        let of = |number: usize| self.group.members[number].copy.as_ref().map(|copy| copy.of);
        self.members.clone().flat_map(|number| [Some(number), of(number)]).flatten().collect()
    }

    fn ids(&self) -> impl Iterator<Item = &'r ArticleId> + use<'r> {
        let group = self.group;
        self.numbers().into_iter().map(move |number| &group.members[number].id)
    }

    /// `{"texts": {number: text}, "pairs": {number: pair}}`, compressed. A text that stands there already is told by
    /// its number.
    fn block(&self, texts: &HashMap<&ArticleId, Words<'_>>) -> io::Result<String> {
        let words = |number: usize| texts.get(&self.group.members[number].id);
        let mut first = HashMap::new();
        let mut held = Map::new();
        for number in self.numbers() {
            let Some(&Words { text, .. }) = words(number) else { continue };
            let same = *first.entry(text).or_insert(number);
            held.insert(number.to_string(), if same == number { text.into() } else { same.into() });
        }
        let copies =
            self.members.clone().filter_map(|number| Some((number, self.group.members[number].copy.as_ref()?)));
        let pairs: Map<String, Value> = copies
            .map(|(number, copy)| {
                let pair = match (words(copy.of), words(number)) {
                    (Some(original), Some(text)) => compared(copy, original, text),
                    _ => json!({"sites": sites(copy)}),
                };
                (number.to_string(), pair)
            })
            .collect();
        // In one piece: each write costs the encoder a buffer.
        let block = serde_json::to_vec(&json!({"texts": held, "pairs": pairs}))?;
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&block)?;
        Ok(BASE64_STANDARD.encode(packed.finish()?))
    }
}

/// A copy beside its original: the substitutions that tell most, the longest passage in common, and the rows.
fn compared(copy: &Copy, original: &Words<'_>, text: &Words<'_>) -> Value {
    let places = original.places(text);
    let mut found = sites(copy);
    if found.is_empty() {
        let computed = evidence::telling_sites(&places, original, text);
        found = computed.into_iter().map(|site| [site.original, site.copy]).collect();
    }
    let side = |words: &Words<'_>| words.found.spans.clone();
    let alignment = Alignment::between((original.text, side(original)), (text.text, side(text)), &places);
    let (mut a, mut b) = (Column::default(), Column::default());
    let rows: Vec<Value> = alignment
        .rows
        .iter()
        .map(|row| json!([a.pieces(&alignment.a, &row.a), b.pieces(&alignment.b, &row.b)]))
        .collect();
    let words = [alignment.a.len(), alignment.b.len()];
    json!({"sites": found, "passage": passage(&places, original.text), "rows": rows, "words": words})
}

fn sites(copy: &Copy) -> Vec<[String; 2]> {
    copy.evidence.iter().map(|site| [site.original.clone(), site.copy.clone()]).collect()
}

/// The longest passage in common: how many words it has, and how it begins.
fn passage(places: &Places, original: &str) -> Option<(usize, String)> {
    let longest = places.passages.iter().map(|&(span, _)| span).max_by_key(|span: &Span| span.end - span.start)?;
    let line = one_line(original.get(longest.range())?);
    let words: Vec<&str> = line.split(' ').collect();
    let (least, most) = PASSAGE;
    let shown = words[..words.len().min(most)].join(" ");
    (words.len() >= least).then(|| (words.len(), if words.len() > most { shown + " …" } else { shown }))
}

/// A text that is cut into pieces from its start on.
#[derive(Default)]
struct Column {
    at: usize,
}

impl Column {
    /// `[mark, length, mark, length, …]` of the next row, in the UTF-16 units that scripts count in.
    fn pieces(&mut self, side: &Side<'_>, words: &Range<usize>) -> Vec<usize> {
        let mut pieces = Vec::new();
        for (mark, at) in side.runs(words.clone()) {
            // Before the first word there may be a quotation mark or a space.
            self.cut(side, Mark::Same, at.start, &mut pieces);
            self.cut(side, mark, at.end, &mut pieces);
        }
        pieces
    }

    fn cut(&mut self, side: &Side<'_>, mark: Mark, end: usize, pieces: &mut Vec<usize>) {
        // Words that normalising made of one character end where the one before them did.
        if end > self.at {
            pieces.extend([mark as usize, side.text(self.at..end).encode_utf16().count()]);
            self.at = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the page's script makes of the pieces.
    fn joined(text: &str, other: &str) -> (String, String) {
        let (a, b) = (Words::of(text), Words::of(other));
        let places = a.places(&b);
        let alignment = Alignment::between((text, a.found.spans), (other, b.found.spans), &places);
        let side = |side: &Side<'_>, ranges: Vec<Range<usize>>, text: &str| {
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut column = Column::default();
            let mut at = 0;
            let mut joined = String::new();
            for range in ranges {
                for piece in column.pieces(side, &range).chunks(2) {
                    joined += &String::from_utf16(&units[at..at + piece[1]]).expect("whole characters");
                    at += piece[1];
                }
            }
            joined
        };
        let (a, b): (Vec<_>, Vec<_>) = alignment.rows.iter().map(|row| (row.a.clone(), row.b.clone())).unzip();
        (side(&alignment.a, a, text), side(&alignment.b, b, other))
    }

    #[test]
    fn the_pieces_are_the_whole_text() {
        let a = "“The Windows giant” said 🙂 so on Monday, ½ past ﬁve: 東京で。 Then it left.";
        let b = "Then it left. The Home windows large said so on Monday, ½ past five \u{202e}東京で。";
        assert_eq!(joined(a, b), (a.to_owned(), b.to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn the_pieces_of_any_text_are_all_of_it(a in "([a-c]{1,3}[ .,]{1,2}|½ |ﬁ|東京|“|🙂){1,40}", b in "([a-c]{1,3}[ .,]{1,2}|½ |ﬁ|東京|“|🙂){1,40}") {
            let (x, y) = joined(&a, &b);
            // A text without words has no rows.
            proptest::prop_assert!(x == a || x.is_empty(), "{x:?}");
            proptest::prop_assert!(y == b || y.is_empty(), "{y:?}");
        }
    }

    #[test]
    fn a_large_group_has_several_blocks_that_each_hold_what_they_compare() {
        let member = |number: usize| crate::report::stored::Member {
            id: format!("{number}").into(),
            title: None,
            date: None,
            copy: (number > 0).then(|| Copy { relation: "near".into(), of: 0, scores: None, evidence: Vec::new() }),
        };
        let group = Group { original_why: String::new(), members: (0..COPIES + 2).map(member).collect() };
        let parts: Vec<Part<'_>> = parts(0, &group).collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1].numbers().into_iter().collect::<Vec<_>>(), [0, COPIES, COPIES + 1]);
    }
}
