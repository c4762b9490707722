//! The base forms that an English word may be an inflection of.
//!
//! The rules are the detachment rules of `WordNet`'s `morphy` (`walking` → `walk`, `parties` → `party`), extended by
//! doubled consonants (`planned` → `plan`) and by British spellings (`emphasised` → `emphasize`). They only propose:
//! whether a candidate is a word is for the caller's dictionary to say, as are the irregular forms (`took`), which
//! need a table. Nothing here allocates.
//!
//! The spellings and detachments are mirrored in `data/lexicon/build.py`, which drops from the dictionary what these
//! rules find again.

use std::ops::BitOr;

/// The longest word, in bytes, that is taken apart; a longer one is its own only base.
pub const MAX_WORD_BYTES: usize = 40;

/// A set of parts of speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts(u8);

impl Parts {
    /// Nouns.
    pub const NOUN: Self = Self(1);
    /// Verbs.
    pub const VERB: Self = Self(2);
    /// Adjectives.
    pub const ADJECTIVE: Self = Self(4);
    /// Adverbs.
    pub const ADVERB: Self = Self(8);

    /// The set whose four lowest bits are, from the lowest, noun, verb, adjective and adverb.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 15)
    }

    /// Whether no part of speech is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the two sets share a part of speech.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Parts {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

struct Detachment {
    suffix: &'static str,
    ending: &'static str,
    parts: Parts,
    /// Whether the consonant before the suffix may have been doubled.
    doubles: bool,
}

const fn detach(suffix: &'static str, ending: &'static str, parts: Parts) -> Detachment {
    Detachment { suffix, ending, parts, doubles: false }
}

const fn detach_doubled(suffix: &'static str, parts: Parts) -> Detachment {
    Detachment { suffix, ending: "", parts, doubles: true }
}

const NOUN_OR_VERB: Parts = Parts(Parts::NOUN.0 | Parts::VERB.0);

/// The rules for words with that last letter. Most words end in a letter that has none, and are done with at once.
const fn detachments(last: u8) -> &'static [Detachment] {
    match last {
        b's' => {
            const { &[detach("s", "", NOUN_OR_VERB), detach("es", "", NOUN_OR_VERB), detach("ies", "y", NOUN_OR_VERB)] }
        }
        b'n' => const { &[detach("men", "man", Parts::NOUN)] },
        b'd' => {
            const { &[detach_doubled("ed", Parts::VERB), detach("ed", "e", Parts::VERB), detach("ied", "y", Parts::VERB)] }
        }
        b'g' => const { &[detach_doubled("ing", Parts::VERB), detach("ing", "e", Parts::VERB)] },
        b'r' => {
            const {
                &[
                    detach_doubled("er", Parts::ADJECTIVE),
                    detach("er", "e", Parts::ADJECTIVE),
                    detach("ier", "y", Parts::ADJECTIVE),
                ]
            }
        }
        b't' => {
            const {
                &[
                    detach_doubled("est", Parts::ADJECTIVE),
                    detach("est", "e", Parts::ADJECTIVE),
                    detach("iest", "y", Parts::ADJECTIVE),
                ]
            }
        }
        _ => &[],
    }
}

/// Adverb ending → adjective ending.
const ADVERBS: &[(&str, &str)] = &[
    ("ly", ""),   // widely → wide
    ("ily", "y"), // happily → happy
    ("ly", "le"), // possibly → possible
    ("ly", "l"),  // fully → full
    ("ally", ""), // historically → historic
    ("ly", "e"),  // truly → true
];

/// British endings with that last letter, and the American ones.
const fn spellings(last: u8) -> &'static [(&'static str, &'static str)] {
    match last {
        b'e' => &[
            ("ise", "ize"),
            ("yse", "yze"),
            ("tre", "ter"),
            ("bre", "ber"),
            ("ogue", "og"),
            ("ence", "ense"),
            ("gramme", "gram"),
            ("ourable", "orable"),
        ],
        b'r' => &[("our", "or"), ("iser", "izer"), ("ller", "ler")],
        b's' => &[("ours", "ors"), ("isations", "izations")],
        b'd' => &[("oured", "ored"), ("lled", "led")],
        b'g' => &[("ouring", "oring"), ("lling", "ling")],
        b'n' => &[("isation", "ization")],
        b't' => &[("lment", "llment")],
        _ => &[],
    }
}

/// `word` without a possessive `'s` or `'`, straight or curly.
///
/// ```
/// use unspin::lexicon::inflection::without_possessive;
///
/// assert_eq!(without_possessive("company's"), "company");
/// assert_eq!(without_possessive("companies’"), "companies");
/// ```
pub fn without_possessive(word: &str) -> &str {
    ["'s", "’s", "'", "’"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word)
}

/// Calls `visit` with every candidate for the base form of `word`, `word` itself left out, and the parts of speech
/// that the base would have to have. `visit` returns whether it knows the candidate: only for an unknown one is the
/// American spelling tried too.
///
/// `word` is in lower case and without a possessive; of one that is not ASCII, or longer than [`MAX_WORD_BYTES`],
/// there are no candidates.
///
/// ```
/// use unspin::lexicon::inflection::for_each_base;
///
/// let mut found = false;
/// for_each_base("strolling", |base, _| {
///     found |= base == "stroll";
///     false
/// });
/// assert!(found);
/// ```
pub fn for_each_base(word: &str, mut visit: impl FnMut(&str, Parts) -> bool) {
    const ANY: Parts = Parts(15);

    if !is_plain(word) {
        return;
    }
    visit_american(word, ANY, &mut visit);
    for rule in word.bytes().last().map_or(&[][..], detachments) {
        let Some(stem) = strip(word, rule.suffix) else {
            continue;
        };
        if rule.suffix == "s" && stem.ends_with('s') {
            continue;
        }
        let mut propose = |stem: &str| {
            let base = Buffer::join(stem, rule.ending);
            if !visit(base.as_str(), rule.parts) {
                visit_american(base.as_str(), rule.parts, &mut visit);
            }
        };
        propose(stem);
        if rule.doubles
            && let Some(single) = undoubled(stem)
        {
            propose(single);
        }
    }
}

/// Calls `visit` with every candidate for the adjective that the adverb `word` is made from.
///
/// ```
/// use unspin::lexicon::inflection::for_each_adjective;
///
/// let mut found = false;
/// for_each_adjective("possibly", |adjective| found |= adjective == "possible");
/// assert!(found);
/// ```
pub fn for_each_adjective(word: &str, mut visit: impl FnMut(&str)) {
    if !is_plain(word) {
        return;
    }
    for (suffix, ending) in ADVERBS {
        if let Some(stem) = strip(word, suffix) {
            visit(Buffer::join(stem, ending).as_str());
        }
    }
}

/// `word` without one more inflection, as article spinners inflect what is inflected already (`constructinging`).
///
/// ```
/// use unspin::lexicon::inflection::without_spurious_suffix;
///
/// assert_eq!(without_spurious_suffix("constructinging"), Some("constructing"));
/// assert_eq!(without_spurious_suffix("deal"), None);
/// ```
pub fn without_spurious_suffix(word: &str) -> Option<&str> {
    if !is_plain(word) {
        return None;
    }
    ["ing", "ed", "es", "s", "ly"].iter().find_map(|suffix| strip(word, suffix))
}

fn is_plain(word: &str) -> bool {
    word.is_ascii() && word.len() <= MAX_WORD_BYTES
}

/// The stem before `suffix`, where at least two letters are left of it.
fn strip<'a>(word: &'a str, suffix: &str) -> Option<&'a str> {
    word.strip_suffix(suffix).filter(|stem| stem.len() >= 2)
}

/// `plann` → `plan`
fn undoubled(stem: &str) -> Option<&str> {
    match stem.as_bytes() {
        [_, .., a, b] if stem.len() > 3 && a == b => stem.get(..stem.len() - 1),
        _ => None,
    }
}

fn visit_american(word: &str, parts: Parts, visit: &mut impl FnMut(&str, Parts) -> bool) {
    for (british, american) in word.bytes().last().map_or(&[][..], spellings) {
        if let Some(stem) = strip(word, british) {
            visit(Buffer::join(stem, american).as_str(), parts);
        }
    }
}

/// A word put together on the stack.
struct Buffer {
    // The longest ending is at most six bytes longer than the suffix it replaces.
    bytes: [u8; MAX_WORD_BYTES + 8],
    len: usize,
}

impl Buffer {
    /// The two parts as one word; empty where they do not fit, which no ASCII word of [`MAX_WORD_BYTES`] brings about.
    fn join(stem: &str, ending: &str) -> Self {
        let mut buffer = Self { bytes: [0; MAX_WORD_BYTES + 8], len: 0 };
        let len = stem.len() + ending.len();
        if len <= buffer.bytes.len() {
            buffer.bytes[..stem.len()].copy_from_slice(stem.as_bytes());
            buffer.bytes[stem.len()..len].copy_from_slice(ending.as_bytes());
            buffer.len = len;
        }
        buffer
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases(word: &str) -> Vec<String> {
        let mut bases = Vec::new();
        for_each_base(word, |base, _| {
            bases.push(base.to_owned());
            false
        });
        bases
    }

    #[test]
    fn regular_forms_lead_to_their_bases() {
        for (form, base) in [
            ("companies", "company"),
            ("boxes", "box"),
            ("chairmen", "chairman"),
            ("walking", "walk"),
            ("making", "make"),
            ("planned", "plan"),
            ("denied", "deny"),
            ("bigger", "big"),
            ("earliest", "early"),
        ] {
            assert!(bases(form).iter().any(|it| it == base), "{form} → {base}");
        }
    }

    #[test]
    fn british_spellings_lead_to_american_bases() {
        for (form, base) in [
            ("organise", "organize"),
            ("emphasised", "emphasize"),
            ("analysing", "analyze"),
            ("colours", "color"),
            ("favourable", "favorable"),
            ("centre", "center"),
            ("travelled", "travel"),
            ("organisations", "organizations"),
            ("defence", "defense"),
        ] {
            assert!(bases(form).iter().any(|it| it == base), "{form} → {base}");
        }
    }

    #[test]
    fn a_known_base_is_not_respelled() {
        let mut seen = Vec::new();
        for_each_base("rises", |base, _| {
            seen.push(base.to_owned());
            base == "rise"
        });
        assert!(seen.contains(&"rise".to_owned()) && !seen.contains(&"rize".to_owned()));
    }

    #[test]
    fn final_double_s_is_no_plural() {
        assert!(!bases("class").contains(&"clas".to_owned()));
    }

    #[test]
    fn the_part_of_speech_follows_the_suffix() {
        for_each_base("planned", |base, parts| {
            assert!(parts.intersects(Parts::VERB) && !parts.intersects(Parts::NOUN), "{base}");
            false
        });
    }

    #[test]
    fn adverbs_lead_to_adjectives() {
        for (adverb, adjective) in
            [("widely", "wide"), ("happily", "happy"), ("possibly", "possible"), ("fully", "full"), ("truly", "true")]
        {
            let mut found = false;
            for_each_adjective(adverb, |it| found |= it == adjective);
            assert!(found, "{adverb} → {adjective}");
        }
    }

    #[test]
    fn possessives_are_stripped_once() {
        assert_eq!(without_possessive("boss's"), "boss");
        assert_eq!(without_possessive("year’s"), "year");
        assert_eq!(without_possessive("'"), "");
        assert_eq!(without_possessive(""), "");
    }

    #[test]
    fn any_text_is_harmless() {
        let long = "s".repeat(10_000);
        for word in ["", "s", "es", "ed", "ing", "ly", "é", "книги", "走る", "naïves", "’s", "\u{0}ing", long.as_str()]
        {
            let _ = bases(without_possessive(word));
            for_each_adjective(word, |_| ());
            let _ = without_spurious_suffix(word);
        }
        assert!(bases("книгиs").is_empty());
        assert!(bases(&"x".repeat(MAX_WORD_BYTES)).is_empty());
        assert_eq!(bases(&format!("{}s", "x".repeat(MAX_WORD_BYTES - 1))).len(), 1);
    }
}
