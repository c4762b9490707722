//! A made-up news corpus with planted copies: what the tests and the benchmarks measure on.
//!
//! Everything follows from a seed. Articles have the lengths of news (lognormal, median 420 words), a vocabulary of
//! Zipf's law whose tail is coined, a topic each, names, figures, sentences and paragraphs; no two share long runs of
//! words unless one was made from the other.
#![allow(dead_code, reason = "each test and benchmark uses its part")]

use std::fmt;
use std::sync::LazyLock;

use rayon::prelude::*;
use unspin::text::{ShingleSet, tokenise};
use unspin::verify::jaccard::Overlap;

/// The SplitMix64 generator.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(unspin::hash::mix(seed ^ 0x6a09_e667_f3bc_c908))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        unspin::hash::mix(self.0)
    }

    /// A number from 0 up to, not including, `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// A number from 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// A rank from 0 up to, not including, `end`: rank r with a probability proportional to 1 / (r + 1), nearly.
    fn zipf(&mut self, end: usize) -> usize {
        ((end as f64 + 1.0).powf(self.unit()) as usize - 1).min(end - 1)
    }

    /// A normally distributed number (Box and Muller, 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// `count` different numbers below `end`, ascending.
    fn sample(&mut self, end: usize, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..end).collect();
        for at in 0..count.min(end) {
            let other = at + self.below(end - at);
            numbers.swap(at, other);
        }
        numbers.truncate(count);
        numbers.sort_unstable();
        numbers
    }
}

/// How a copy was made from its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Edit {
    /// Posted again, word for word.
    Repost,
    /// One word put in.
    Insert,
    /// The writer, place and day put in front.
    Byline,
    /// The last 10 to 30 % cut off.
    Cut,
    /// This percentage of the words replaced by others.
    Replace(u8),
    /// Two paragraphs that changed places.
    Swap,
    /// A promotion that other articles carry too put at the end.
    Promo,
    /// 40 % of the text in one piece.
    Excerpt,
    /// 60 % of the text in one piece, among other paragraphs: as long as the source.
    Splice,
}

impl Edit {
    pub(crate) const ALL: [Self; 12] = [
        Self::Repost,
        Self::Insert,
        Self::Byline,
        Self::Cut,
        Self::Replace(2),
        Self::Replace(5),
        Self::Replace(10),
        Self::Replace(30),
        Self::Swap,
        Self::Promo,
        Self::Excerpt,
        Self::Splice,
    ];

    /// A copy of `text`.
    pub(crate) fn apply(self, text: &str, random: &mut Random) -> String {
        match self {
            Self::Repost => text.to_owned(),
            Self::Insert => {
                let mut words = pieces(text);
                let at = random.below(words.len());
                let word = format!("{} ", noun(random.zipf(VOCABULARY)));
                words.insert(at, &word);
                words.concat()
            }
            Self::Byline => {
                let topic = Topic::new(random);
                let byline = fill("By %p , staff writer , %c , %t 2024", &topic, random);
                format!("{byline}\n\n{text}")
            }
            Self::Cut => {
                let words = pieces(text);
                let kept = words.len() as f64 * (0.9 - 0.2 * random.unit());
                words[..kept as usize].concat()
            }
            Self::Replace(percentage) => replace(text, f64::from(percentage) / 100.0, random),
            Self::Swap => {
                let mut paragraphs: Vec<&str> = text.split("\n\n").collect();
                if let [first, second] = random.sample(paragraphs.len(), 2)[..] {
                    paragraphs.swap(first, second);
                }
                paragraphs.join("\n\n")
            }
            Self::Promo => format!("{text}\n\n{}", random.pick(&PROMOS)),
            Self::Excerpt => excerpt(text, 0.4, random),
            Self::Splice => {
                let passage = excerpt(text, 0.6, random);
                let host = article(random, pieces(text).len() * 2 / 5);
                let mut paragraphs: Vec<&str> = host.split("\n\n").collect();
                paragraphs.insert(random.below(paragraphs.len() + 1), &passage);
                paragraphs.join("\n\n")
            }
        }
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repost => f.pad("repost"),
            Self::Insert => f.pad("insert one word"),
            Self::Byline => f.pad("prepend a byline"),
            Self::Cut => f.pad("cut the end, 10-30 %"),
            Self::Replace(percentage) => f.pad(&format!("replace {percentage} % of words")),
            Self::Swap => f.pad("swap two paragraphs"),
            Self::Promo => f.pad("append a promotion"),
            Self::Excerpt => f.pad("excerpt of 40 %"),
            Self::Splice => f.pad("excerpt in a host"),
        }
    }
}

/// An article of the corpus.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    pub(crate) id: String,
    pub(crate) text: String,
    /// How it was made, unless it is an original.
    pub(crate) edit: Option<Edit>,
    /// The id of what it was made from.
    pub(crate) source: Option<String>,
}

/// The most copies of one article: the tail of the group sizes ends here.
const MOST_COPIES: usize = 100;

/// A corpus of so many articles, about half of them copies. Groups have sizes of a heavy tail (Pareto); ids say
/// nothing about the order, nor about what was made from what.
pub(crate) fn generate(articles: usize, seed: u64) -> Vec<Planted> {
    let mut random = Random::new(seed);
    let mut corpus: Vec<Planted> = Vec::with_capacity(articles);
    let id = |number: usize| format!("{:016x}", unspin::hash::mix(seed.rotate_left(32) ^ (number as u64 + 1)));
    while corpus.len() < articles {
        let source = id(corpus.len());
        let words = 420.0 * (0.5 * random.normal()).exp();
        let text = article(&mut random, words.clamp(60.0, 2500.0) as usize);
        let copies = if random.chance(0.7) { 0.0 } else { (1.0 - random.unit()).powf(-0.8) };
        let copies = (copies as usize).min(MOST_COPIES).min(articles - corpus.len() - 1);
        let original = corpus.len();
        corpus.push(Planted { id: source.clone(), text, edit: None, source: None });
        for _ in 0..copies {
            let edit = Edit::ALL[random.below(Edit::ALL.len())];
            let text = edit.apply(&corpus[original].text, &mut random);
            corpus.push(Planted { id: id(corpus.len()), text, edit: Some(edit), source: Some(source.clone()) });
        }
    }
    corpus
}

/// An article of about so many words that shares nothing with another.
pub(crate) fn article(random: &mut Random, words: usize) -> String {
    let topic = Topic::new(random);
    let mut text = String::with_capacity(words * 7);
    let mut count = 0;
    while count < words {
        if count > 0 {
            text.push_str("\n\n");
        }
        for number in 0..2 + random.below(3) {
            let sentence = sentence(&topic, random);
            count += sentence.split(' ').count();
            text.push_str(if number > 0 { " " } else { "" });
            text.push_str(&sentence);
        }
    }
    text
}

/// One piece of the text that holds this share of its words.
pub(crate) fn excerpt(text: &str, share: f64, random: &mut Random) -> String {
    let words = pieces(text);
    let length = (words.len() as f64 * share) as usize;
    let start = random.below(words.len() - length + 1);
    words[start..start + length].concat().trim().to_owned()
}

/// The text with this share of its words replaced by others, common ones more often.
pub(crate) fn replace(text: &str, share: f64, random: &mut Random) -> String {
    rewrite(text, share, random, |_| true, |_, random| noun(random.zipf(VOCABULARY)))
}

/// The text as an article spinner leaves it: this share of its words replaced, by a synonym where a small table has
/// one, by any word elsewhere. Figures and capitalised words stay.
pub(crate) fn spin(text: &str, share: f64, seed: u64) -> String {
    let plain = |word: &str| word.chars().all(|c| c.is_lowercase() || matches!(c, '-' | '\'' | '’'));
    rewrite(text, share, &mut Random::new(seed), plain, |word, random| {
        SYNONYMS
            .iter()
            .find(|synonyms| synonyms.contains(&word))
            .and_then(|synonyms| (0..8).map(|_| random.pick(synonyms)).find(|&other| other != word))
            .map_or_else(|| noun(random.zipf(VOCABULARY)), str::to_owned)
    })
}

/// The text as a spinner with a dictionary that no thesaurus knows leaves it: this share of its words replaced, each by
/// one of the two [entries](coined_entries) for it. Figures and capitalised words stay.
pub(crate) fn spin_coined(text: &str, share: f64, seed: u64) -> String {
    let plain = |word: &str| word.chars().all(char::is_lowercase);
    rewrite(text, share, &mut Random::new(seed), plain, |word, random| {
        let [first, second] = coined_entries(word);
        if random.chance(0.5) { first } else { second }
    })
}

/// What the coined dictionary has for a word: two words of no language, one in four of them a phrase.
pub(crate) fn coined_entries(word: &str) -> [String; 2] {
    [1, 2].map(|number| {
        let mut random = Random::new(unspin::hash::bytes(word.as_bytes()) ^ number);
        let mut coined = || coin(random.next() as usize, &["zu", "ko", "wex"]);
        let (first, second) = (coined(), coined());
        if random.chance(0.25) { format!("{first} {second}") } else { first }
    })
}

/// Replaces a share of all words, chosen among those that `may` change.
fn rewrite(
    text: &str,
    share: f64,
    random: &mut Random,
    may: impl Fn(&str) -> bool,
    other: impl Fn(&str, &mut Random) -> String,
) -> String {
    let pieces = pieces(text);
    let stem = |piece: &str| piece.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let words = pieces.iter().filter(|piece| !stem(piece).is_empty()).count();
    let able: Vec<usize> =
        (0..pieces.len()).filter(|&at| !stem(pieces[at]).is_empty() && may(&stem(pieces[at]))).collect();
    let chosen = random.sample(able.len(), (words as f64 * share).round() as usize);
    let mut replaced: Vec<String> = pieces.iter().map(|&piece| piece.to_owned()).collect();
    for at in chosen.into_iter().map(|number| able[number]) {
        let word = stem(pieces[at]);
        replaced[at] = pieces[at].replacen(&word, &other(&word, random), 1);
    }
    replaced.concat()
}

/// The words with the space that follows each.
fn pieces(text: &str) -> Vec<&str> {
    text.split_inclusive([' ', '\n']).collect()
}

/// What one article is about: the words and names that it keeps coming back to.
struct Topic {
    nouns: [usize; 14],
    people: [usize; 4],
    places: [usize; 3],
    firms: [usize; 3],
}

impl Topic {
    fn new(random: &mut Random) -> Self {
        Self {
            nouns: std::array::from_fn(|_| random.zipf(VOCABULARY)),
            people: std::array::from_fn(|_| random.below(NAMES)),
            places: std::array::from_fn(|_| random.zipf(NAMES)),
            firms: std::array::from_fn(|_| random.below(NAMES)),
        }
    }
}

/// Different nouns, verbs and adjectives of each kind.
const VOCABULARY: usize = 20_000;

/// Different names of people, places and firms of each kind.
const NAMES: usize = 4_000;

fn sentence(topic: &Topic, random: &mut Random) -> String {
    let mut frame = String::new();
    if random.chance(0.35) {
        frame.push_str(random.pick(&OPENINGS));
        frame.push(' ');
    }
    frame.push_str(random.pick(&FRAMES));
    while random.chance(0.4) {
        frame.push(' ');
        frame.push_str(random.pick(&ENDINGS));
    }
    let mut filled = fill(&frame, topic, random);
    filled[..1].make_ascii_uppercase();
    filled.push('.');
    filled
}

/// Puts words into a frame: `%n` a noun, `%v` a verb of the past, `%i` one of the present, `%a` an adjective, `%p` a
/// person, `%f` a family name, `%c` a place, `%o` a firm, `%d` a number, `%m` money, `%t` a day, `%w` a weekday.
fn fill(frame: &str, topic: &Topic, random: &mut Random) -> String {
    let mut text = String::with_capacity(frame.len() * 3);
    for slot in frame.split(' ') {
        if !text.is_empty() && slot != "," {
            text.push(' ');
        }
        let about = random.chance(0.45);
        let word = match slot {
            "%n" if about => noun(topic.nouns[random.below(topic.nouns.len())]),
            "%n" => noun(random.zipf(VOCABULARY)),
            "%v" => verb(random.zipf(VOCABULARY / 10), "ed"),
            "%i" => verb(random.zipf(VOCABULARY / 10), ""),
            "%a" => adjective(random.zipf(VOCABULARY / 10)),
            "%p" => person(topic.people[random.below(4)]),
            "%f" => family(topic.people[random.below(4)]),
            "%c" if about => place(topic.places[random.below(3)]),
            "%c" => place(random.zipf(NAMES)),
            "%o" => firm(topic.firms[random.below(3)]),
            "%d" if about => format!("{}.{}", random.below(90) + 1, random.below(10)),
            "%d" => (random.zipf(9_000) + 2).to_string(),
            "%m" => format!("${} million", random.zipf(900) + 1),
            "%t" => format!("{} {}", random.below(28) + 1, random.pick(&MONTHS)),
            "%w" => random.pick(&WEEKDAYS).to_owned(),
            word => word.to_owned(),
        };
        text.push_str(&word);
    }
    text
}

fn noun(rank: usize) -> String {
    NOUNS.get(rank).map_or_else(|| coin(rank, &["", "er", "ing", "ion", "ment"]), |&noun| noun.to_owned())
}

fn verb(rank: usize, ending: &str) -> String {
    let stem = VERBS.get(rank).map_or_else(|| coin(rank + 31 * VOCABULARY, &["k", "n", "sh"]), |&verb| verb.to_owned());
    stem + ending
}

fn adjective(rank: usize) -> String {
    let coined = || coin(rank + 57 * VOCABULARY, &["al", "ish", "ous", "y"]);
    ADJECTIVES.get(rank).map_or_else(coined, |&adjective| adjective.to_owned())
}

fn person(number: usize) -> String {
    format!("{} {}", GIVEN[number % GIVEN.len()], family(number))
}

fn family(number: usize) -> String {
    capital(coin(number + 77 * VOCABULARY, &["man", "sen", "ley", "o", "ard"]))
}

fn place(number: usize) -> String {
    capital(coin(number + 93 * VOCABULARY, &["ford", "ton", "ham", "wick", "port"]))
}

fn firm(number: usize) -> String {
    format!("{} {}", capital(coin(number + 119 * VOCABULARY, &["ex", "ia", "on"])), FIRMS[number % FIRMS.len()])
}

/// A pronounceable word, a different one for (nearly) every number.
fn coin(number: usize, endings: &[&str]) -> String {
    const ONSETS: [&str; 16] = ["b", "br", "c", "d", "dr", "f", "g", "h", "l", "m", "n", "p", "r", "s", "st", "t"];
    const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
    const CODAS: [&str; 6] = ["l", "n", "r", "s", "nd", "m"];
    let mut rest = unspin::hash::mix(number as u64 + 1);
    let mut take = |from: &[&'static str]| {
        let taken = from[(rest % from.len() as u64) as usize];
        rest /= from.len() as u64;
        taken
    };
    let mut word = [take(&ONSETS), take(&VOWELS), take(&CODAS), take(&VOWELS), take(&CODAS)].concat();
    word.push_str(endings[number % endings.len()]);
    word
}

fn capital(mut word: String) -> String {
    word[..1].make_ascii_uppercase();
    word
}

const OPENINGS: [&str; 14] = [
    "on %w ,",
    "after %d months ,",
    "in %c ,",
    "despite the %n ,",
    "by %t ,",
    "according to %p ,",
    "for the %a %n ,",
    "with %d %n left ,",
    "asked about %n ,",
    "as %n %v ,",
    "unlike %o ,",
    "for years ,",
    "near the %n ,",
    "since %t ,",
];

const FRAMES: [&str; 40] = [
    "the %n of %c %v a %a %n",
    "%p said the %n had %v %d %n",
    "%o will %i its %a %n",
    "a %a %n %v the %n",
    "%d %n were %v in %c",
    "officials %v the %n after %a %n",
    "%f told %o that %n would %i",
    "the %n , which %v %m , %v %n",
    "residents of %c %v against %n",
    "%p , a %n at %o , %v the %n",
    "it %v %d %n and %d %n",
    "no %n has %v since %t",
    "we %v every %n , %f said",
    "some %n %v , others %v",
    "shares in %o %v %d per cent",
    "the %a %n cost %m",
    "engineers %v %n beneath the %n",
    "%n and %n %v each other",
    "police in %c %v a %n",
    "a judge %v %p over %n",
    "the council %v %m for %n",
    "%f , %d , %v from %c",
    "few %n %v the %a %n",
    "critics %v that %n %i %n",
    "%o %v %m in %n last %n",
    "scientists from %c %v %a %n",
    "the %n opens on %t",
    "his %n %v a %n of %n",
    "her %a %n %v %c",
    "tests %v %d %n in every %n",
    "%p refused to %i the %n",
    "a second %n may %i",
    "voters in %c will %i %n on %t",
    "the %a report %v %o",
    "%n prices %v to %m",
    "workers %v their %n at %o",
    "most %n now %i %a %n",
    "%c has %v %d %n this year",
    "lawyers for %f %v the %a %n",
    "the deal %v %n , %n and %n",
];

const ENDINGS: [&str; 16] = [
    ", %f said",
    "in the %n",
    "with %a %n",
    "before the %n of %n",
    "near %c",
    "because %n %v",
    "while %o %v %n",
    "on %t",
    "at a cost of %m",
    ", up from %d",
    "to %i %n",
    "without %n",
    "and %v the %a %n",
    "after %d %n",
    ", a %n %v",
    "under %f",
];

const PROMOS: [&str; 4] = [
    "Sign up to our morning letter: the five stories that matter, in your inbox before breakfast, free of charge and \
     without advertisements. You can leave the list at any time by following the link at the foot of each letter.",
    "Like what you read? Follow us for more, leave a comment below, and share this story with your friends. Members \
     read every article without limits, listen to our weekly programme first, and pay less for tickets to our events.",
    "This article was first published by our partners and appears here with their permission. All rights reserved. The \
     opinions that it contains are those of the writer alone and do not bind the publisher or its owners in any way.",
    "More on this subject: see our dossier with maps, timelines and interviews, updated daily by the newsroom. Did you \
     notice a mistake? Write to the readers' desk, and we will put it right as soon as we can confirm it.",
];

/// A list of words, by number.
type Words = LazyLock<Vec<&'static str>>;

fn words(list: &'static str) -> Vec<&'static str> {
    list.split_ascii_whitespace().collect()
}

static MONTHS: Words =
    LazyLock::new(|| words("January February March April May June July August September October November December"));

static WEEKDAYS: Words = LazyLock::new(|| words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"));

static FIRMS: Words = LazyLock::new(|| words("Holdings Energy Bank Foods Partners Systems Rail Institute Motors"));

static GIVEN: Words = LazyLock::new(|| {
    words(
        "Ada Bruno Clara Dmitri Elena Farid Greta Hugo Ines Jonas Kemal Lucia Marta Nils Olga Pavel Rosa Samir Teresa \
     Ulrich Vera Wanda Yusuf Zoe",
    )
});

static NOUNS: Words = LazyLock::new(|| {
    words(
        "government market company plan report school court country bank budget river bridge hospital minister vote \
     price law tax worker union strike farmer harvest train station airport road storm flood fire police crime \
     trial prison judge lawyer team match season coach player record film museum painting song book writer \
     teacher student university study scientist vaccine virus patient doctor nurse drug trade export tariff \
     border army treaty election campaign party leader mayor council house rent mortgage loan debt profit share \
     investor merger factory car battery engine oil gas coal wind power grid water forest whale species climate \
     heat winter summer village city harbour ship ferry port phone network software data chip robot satellite \
     rocket moon church festival restaurant wine bread shop tower",
    )
});

static VERBS: Words = LazyLock::new(|| {
    words(
        "report open reject support order delay repair launch cancel return search test record threaten protest \
     answer collect count guard limit offer question reach recover refuel remain replant sail shelter visit warn \
     watch approach attack borrow discuss employ follow gather export",
    )
});

static ADJECTIVES: Words = LazyLock::new(|| {
    words(
        "new public former local large small early late national private foreign final recent heavy strong weak cheap \
     costly rural urban northern southern historic annual central common daily empty formal full green joint \
     legal long major modern narrow open quiet rare",
    )
});

/// Words that spinners take for each other.
const SYNONYMS: [&[&str]; 40] = [
    &["government", "administration", "authorities"],
    &["company", "firm", "enterprise", "corporation"],
    &["plan", "scheme", "proposal"],
    &["price", "cost", "charge"],
    &["law", "statute", "legislation"],
    &["worker", "employee", "labourer"],
    &["road", "street", "highway"],
    &["storm", "tempest", "gale"],
    &["fire", "blaze", "inferno"],
    &["doctor", "physician", "medic"],
    &["car", "automobile", "vehicle"],
    &["house", "home", "residence", "dwelling"],
    &["school", "college", "academy"],
    &["book", "volume", "tome"],
    &["city", "town", "metropolis"],
    &["leader", "head", "chief"],
    &["shop", "store", "outlet"],
    &["drug", "medicine", "remedy"],
    &["new", "fresh", "novel", "brand-new"],
    &["large", "big", "huge", "massive"],
    &["small", "little", "tiny", "compact"],
    &["early", "initial", "first"],
    &["final", "last", "closing"],
    &["strong", "powerful", "robust"],
    &["cheap", "inexpensive", "low-cost"],
    &["costly", "expensive", "dear"],
    &["quiet", "silent", "calm"],
    &["rare", "uncommon", "scarce"],
    &["said", "stated", "declared", "mentioned"],
    &["told", "informed", "advised"],
    &["reported", "announced", "disclosed"],
    &["rejected", "refused", "declined"],
    &["delayed", "postponed", "deferred"],
    &["launched", "started", "commenced"],
    &["repaired", "fixed", "mended"],
    &["warned", "cautioned", "alerted"],
    &["after", "following"],
    &["before", "ahead"],
    &["near", "close", "beside"],
    &["most", "many", "numerous"],
];

/// The sets of shingles of the texts.
pub(crate) fn shingles(corpus: &[Planted], width: usize) -> Vec<ShingleSet> {
    corpus.par_iter().map(|article| ShingleSet::new(tokenise(&article.text).tokens.hashes(), width)).collect()
}

/// Every pair of sets whose Jaccard similarity reaches the threshold, ascending. Nothing is missed: two such sets
/// share one of the rarest shingles of each (the prefix filter of Bayardo, Ma and Srikant, "Scaling up all pairs
/// similarity search", 2007), and all pairs that do are compared.
pub(crate) fn similar_pairs(sets: &[ShingleSet], threshold: f64) -> Vec<(u32, u32)> {
    let mut all: Vec<u64> = sets.iter().flat_map(ShingleSet::hashes).copied().collect();
    all.par_sort_unstable();
    let repeated: Vec<(u64, usize)> =
        all.chunk_by(|x, y| x == y).filter(|same| same.len() > 1).map(|same| (same[0], same.len())).collect();
    let prefix = |set: &ShingleSet| -> Vec<u64> {
        let frequency =
            |hash: u64| repeated.binary_search_by_key(&hash, |&(hash, _)| hash).map_or(1, |at| repeated[at].1);
        let mut ranked: Vec<(usize, u64)> = set.hashes().iter().map(|&hash| (frequency(hash), hash)).collect();
        ranked.sort_unstable();
        let needed = (set.len() as f64 * threshold - 1e-9).ceil() as usize;
        ranked.truncate(set.len() + 1 - needed.max(1));
        ranked.into_iter().filter(|&(frequency, _)| frequency > 1).map(|(_, hash)| hash).collect()
    };
    let mut postings: Vec<(u64, u32)> = sets
        .par_iter()
        .zip(0..sets.len() as u32)
        .flat_map_iter(|(set, number)| prefix(set).into_iter().map(move |hash| (hash, number)))
        .collect();
    postings.par_sort_unstable();
    let runs: Vec<&[(u64, u32)]> = postings.chunk_by(|x, y| x.0 == y.0).collect();
    let mut pairs: Vec<(u32, u32)> = runs
        .par_iter()
        .flat_map_iter(|run| {
            (0..run.len()).flat_map(move |last| run[..last].iter().map(move |first| (first.1, run[last].1)))
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs.retain(|&(x, y)| Overlap::of(&sets[x as usize], &sets[y as usize]).jaccard() >= threshold);
    pairs
}
