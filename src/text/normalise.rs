//! One run of text without spaces, brought to the form in which it is compared.
//!
//! In this order: HTML entities that were left over are decoded; characters that show nothing (zero-width, soft
//! hyphen, direction marks) are dropped; compatibility forms are unified (NFKC, Unicode Standard Annex #15); letters
//! of another script that look like Latin ones are folded (confusables, Unicode Technical Standard #39); case is
//! folded; quotes and dashes are unified. Every character of the result remembers the bytes that it came from.

use std::borrow::Cow;
use std::iter;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfkc_quick};
use unicode_security::confusable_detection::skeleton;

/// The longest entity of HTML, `&CounterClockwiseContourIntegral;`, has 33 bytes.
const LONGEST_ENTITY: usize = 33;

/// A character with the byte range of the input that it came from.
#[derive(Debug, Clone, Copy)]
struct Mapped {
    character: char,
    start: u32,
    end: u32,
}

/// The normaliser's buffers, kept from one run of text to the next.
#[derive(Debug, Default)]
pub(crate) struct Normaliser {
    decoded: Vec<Mapped>,
    composed: Vec<Mapped>,
    text: String,
    /// For each byte of `text`, the input bytes of the character it belongs to.
    origin: Vec<(u32, u32)>,
    twins: Twins,
}

impl Normaliser {
    /// Normalises `run`, which starts at byte `base` of the article. `latin` tells whether the article is written in
    /// Latin letters, so that a whole word of look-alikes is one of them too. Tells how many characters were
    /// look-alikes or invisible.
    pub(crate) fn run(&mut self, run: &str, base: u32, latin: impl FnMut() -> bool) -> u32 {
        let invisible = self.decode(run, base);
        self.compose();
        let folded = fold_confusables(&mut self.composed, latin, &mut self.twins);
        self.text.clear();
        self.origin.clear();
        for mapped in &self.composed {
            let before = self.text.len();
            push_folded(&mut self.text, mapped.character);
            self.origin.extend(iter::repeat_n((mapped.start, mapped.end), self.text.len() - before));
        }
        invisible + folded
    }

    /// The normalised text of the last run.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The byte range of the article that the bytes `start..end` of the normalised text came from.
    pub(crate) fn origin(&self, start: usize, end: usize) -> (u32, u32) {
        debug_assert!(start < end);
        (self.origin[start].0, self.origin[end - 1].1)
    }

    /// Decodes entities and drops what is invisible; tells how many characters that was.
    fn decode(&mut self, run: &str, base: u32) -> u32 {
        self.decoded.clear();
        let mut invisible = 0;
        let mut rest = run;
        let mut at = base;
        while let Some(character) = rest.chars().next() {
            let (length, entity) = match character {
                '&' => decode_entity(rest).map_or((1, None), |(length, text)| (length, Some(text))),
                other => (other.len_utf8(), None),
            };
            let end = at + length as u32;
            let mut push = |character| {
                if is_invisible(character) {
                    invisible += 1;
                } else {
                    self.decoded.push(Mapped { character, start: at, end });
                }
            };
            match entity {
                Some(text) => text.chars().for_each(&mut push),
                None => push(character),
            }
            rest = &rest[length..];
            at = end;
        }
        invisible
    }

    /// NFKC, cluster by cluster: a cluster starts at a character that never joins the one before it, so composing
    /// the clusters one at a time gives what composing the whole would.
    fn compose(&mut self) {
        self.composed.clear();
        let mut from = 0;
        while from < self.decoded.len() {
            let mut to = from + 1;
            while to < self.decoded.len() && !starts_cluster(self.decoded[to].character) {
                to += 1;
            }
            let cluster = &self.decoded[from..to];
            if let [one] = cluster
                && (one.character.is_ascii() || is_nfkc_quick(iter::once(one.character)) == IsNormalized::Yes)
            {
                self.composed.push(*one);
            } else {
                let (start, end) = (cluster[0].start, cluster[cluster.len() - 1].end);
                self.composed.extend(cluster.iter().map(|mapped| mapped.character).nfkc().map(|character| Mapped {
                    character,
                    start,
                    end,
                }));
            }
            from = to;
        }
    }
}

/// A text with its entities decoded, as it is once it was normalised.
pub(crate) fn without_entities(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let (before, mut rest) = text.split_at(first);
    let mut decoded = before.to_owned();
    while let Some(character) = rest.chars().next() {
        let entity = if character == '&' { decode_entity(rest) } else { None };
        let (length, text) = entity.unwrap_or_else(|| (character.len_utf8(), character.to_string()));
        decoded.push_str(&text);
        rest = &rest[length..];
    }
    Cow::Owned(decoded)
}

/// The length and the text of the entity at the start of `rest`. One that was escaped twice (`&amp;#8217;`) is
/// decoded twice, as feeds often hold them so.
fn decode_entity(rest: &str) -> Option<(usize, String)> {
    let length = 1 + reference(rest.get(1..)?)?;
    let text = decoded(&rest[..length])?;
    if text == "&"
        && let Some(inner) = reference(&rest[length..])
        && let Some(twice) = decoded(&format!("&{}", &rest[length..length + inner]))
    {
        return Some((length + inner, twice));
    }
    Some((length, text))
}

/// The length of what may be an entity's name and semicolon at the start of `rest`.
fn reference(rest: &str) -> Option<usize> {
    let name = rest.bytes().take(LONGEST_ENTITY).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    (rest.as_bytes().get(name) == Some(&b';')).then_some(name + 1)
}

/// What the entity stands for, if it is one.
fn decoded(entity: &str) -> Option<String> {
    let text = htmlize::unescape(entity);
    (text != entity).then(|| text.into_owned())
}

/// Whether the character shows nothing and only splits or decorates words: the default ignorable code points of
/// Unicode that occur in text.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn starts_cluster(c: char) -> bool {
    if c.is_ascii() {
        return true;
    }
    let joins_nothing =
        |c: char| canonical_combining_class(c) == 0 && is_nfkc_quick(iter::once(c)) != IsNormalized::Maybe;
    // A half-width voicing mark is a starter whose compatibility form is not: the first of its parts decides.
    match is_nfkc_quick(iter::once(c)) {
        IsNormalized::No => iter::once(c).nfkd().next().is_some_and(joins_nothing),
        _ => joins_nothing(c),
    }
}

/// Folds look-alike letters to Latin ones: all that have a Latin twin in a word that holds Latin letters as well,
/// and whole words of them where the article is written in Latin letters. Tells how many it folded.
fn fold_confusables(characters: &mut [Mapped], mut latin: impl FnMut() -> bool, twins: &mut Twins) -> u32 {
    let mut folded = 0;
    for word in characters.chunk_by_mut(|a, b| a.character.is_alphabetic() == b.character.is_alphabetic()) {
        if word.iter().all(|m| m.character.is_ascii()) || !word[0].character.is_alphabetic() {
            continue;
        }
        let mixed = word.iter().any(|m| m.character.is_ascii());
        let fold = mixed || (word.iter().all(|m| twins.of(m.character).is_some()) && latin());
        if fold {
            for mapped in word.iter_mut().filter(|mapped| !mapped.character.is_ascii()) {
                if let Some(twin) = twins.of(mapped.character) {
                    mapped.character = twin;
                    folded += 1;
                }
            }
        }
    }
    folded
}

/// How many answers are kept: more than an alphabet has letters.
const TWINS: usize = 256;

/// The Latin twins of characters that were asked for lately: the tables of look-alikes are slow to ask.
#[derive(Debug, Default)]
struct Twins(Vec<(char, Option<char>)>);

impl Twins {
    fn of(&mut self, c: char) -> Option<char> {
        if self.0.is_empty() {
            self.0.resize(TWINS, ('\0', None));
        }
        let kept = &mut self.0[c as usize % TWINS];
        if kept.0 != c {
            *kept = (c, latin_twin(c));
        }
        kept.1
    }
}

/// The ASCII letter that looks like `c`, of the same case where there is one.
fn latin_twin(c: char) -> Option<char> {
    static SKELETONS: OnceLock<Vec<(String, char)>> = OnceLock::new();
    if c.is_ascii() {
        return c.is_ascii_alphabetic().then_some(c);
    }
    let skeletons = SKELETONS.get_or_init(|| {
        ('A'..='Z')
            .chain('a'..='z')
            .map(|letter| (skeleton(letter.encode_utf8(&mut [0; 4])).collect(), letter))
            .collect()
    });
    let shape: String = skeleton(c.encode_utf8(&mut [0; 4])).collect();
    let mut twins = skeletons.iter().filter(|(s, _)| *s == shape).map(|&(_, letter)| letter);
    let first = twins.next()?;
    iter::once(first).chain(twins).find(|letter| letter.is_uppercase() == c.is_uppercase()).or(Some(first))
}

/// Appends `c` with its case folded, quotes and dashes unified and every space a plain one.
fn push_folded(text: &mut String, c: char) {
    match c {
        'a'..='z' | '0'..='9' => text.push(c),
        '\'' | '’' | '‘' | '‛' | 'ʼ' | 'ʻ' | '′' | '´' | '＇' => text.push('\''),
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => text.push('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => text.push('-'),
        c if c.is_ascii() => text.push(c.to_ascii_lowercase()),
        c if c.is_whitespace() => text.push(' '),
        c => text.extend(caseless::Caseless::default_case_fold(iter::once(c))),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn normalised(run: &str, latin: bool) -> String {
        let mut normaliser = Normaliser::default();
        normaliser.run(run, 0, || latin);
        normaliser.text().to_owned()
    }

    #[test]
    fn what_looks_the_same_becomes_the_same() {
        for (given, expected) in [
            ("it’s", "it's"),
            ("“deal”", "\"deal\""),
            ("ex–chief", "ex-chief"),
            ("co\u{ad}oper\u{200b}ate", "cooperate"),
            ("AT&amp;T", "at&t"),
            ("it&#8217;s", "it's"),
            ("it&amp;#8217;s", "it's"),
            ("&unknown;", "&unknown;"),
            ("２５", "25"),
            ("ﬁne", "fine"),
            ("Straße", "strasse"),
            ("cafe\u{301}", "caf\u{e9}"),
            ("ｶﾞ", "ガ"),
        ] {
            assert_eq!(normalised(given, true), expected, "{given}");
        }
    }

    #[test]
    fn look_alikes_fold_in_mixed_words() {
        assert_eq!(normalised("Rοmney", false), "romney"); // Greek omicron
        assert_eq!(normalised("Обаma", false), "oбama"); // no Latin twin of б: it stays
        assert_eq!(normalised("ΙS", false), "is"); // Greek capital iota has the shape of I, l and 1
    }

    #[test]
    fn whole_words_of_look_alikes_fold_only_among_latin_letters() {
        assert_eq!(normalised("ΜΙΤΤ", true), "mitt");
        assert_eq!(normalised("ΜΙΤΤ", false), "μιττ");
        assert_eq!(normalised("сор", true), "cop");
        assert_eq!(normalised("сор", false), "сор");
        assert_eq!(normalised("слово", true), "слово", "a word with a letter of its own is foreign, not disguised");
    }

    #[test]
    fn origins_lead_back_to_the_input() {
        let run = "A&amp;cafe\u{301}\u{200b}s";
        let mut normaliser = Normaliser::default();
        normaliser.run(run, 100, || true);
        assert_eq!(normaliser.text(), "a&caf\u{e9}s");
        let whole = normaliser.origin(0, normaliser.text().len());
        assert_eq!(whole, (100, 100 + run.len() as u32));
        let amp = normaliser.origin(1, 2);
        assert_eq!(&run[amp.0 as usize - 100..amp.1 as usize - 100], "&amp;");
        let accent = normaliser.origin(5, 7);
        assert_eq!(&run[accent.0 as usize - 100..accent.1 as usize - 100], "e\u{301}");
    }
}
