#!/usr/bin/env python3
"""Build english.bin, the thesaurus and word-frequency prior embedded in unspin.

    python3 build.py --moby words.txt --wordnet usr/share/wordnet --scowl usr/share/dict/scowl

Python's standard library is all it needs; the same sources give the same bytes. How to get the sources:

  wordnet, scowl   Debian packages `wordnet-base` (WordNet 3.0) and `scowl` (2020.12.07):
                       apt-get download wordnet-base scowl
                       for p in *.deb; do dpkg -x "$p" .; done
  moby             Moby Thesaurus II, one line a root word. Debian has dropped it; the npm package `moby` (1.1.2)
                   carries it unchanged:
                       npm pack moby@1.1.2 && tar xzf moby-1.1.2.tgz        (then package/words.txt)

`function-words.txt`, `supplement.txt` and `contrasts.txt`, written for this project, lie beside this script; so does
README.md, which describes the format of the file and what was measured on it.
"""

import argparse
import hashlib
import math
import re
import struct
import sys
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
MAGIC = b"UNSPLEX1"
SIZE_BOUND = 1_300_000
MOBY_SHA256 = "63fcdcec2efe34414825945c7837f4381c7df7344ae34fdf1e8368eda19d59f3"

WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*\Z")
MAX_WORD_BYTES = 40  # a longer entry would not fit the lookup buffers of thesaurus.rs

SCOWL_SIZES = (10, 20, 35, 40, 50, 55, 60)
SCOWL_SPELLINGS = ("english", "american", "british", "british_z", "canadian", "australian", "variant_1", "variant_2")
MAX_SCOWL_SIZE = 50  # rarer words than this are left out
MAX_NAME_SIZE = 40  # of SCOWL's capitalised words, only the commonest
MAX_WORDS = 27_500
# A phrase needs a function word (`once more`, `give up`; not `atomic bomb`) and parts no rarer than this SCOWL size,
# by the number of its words. The words beside it are bound by the size for two.
PHRASE_PART_SIZES = {2: 20, 3: 10, 4: 10}

NOUN, VERB, ADJECTIVE, ADVERB = 1, 2, 4, 8
WORDNET_FILES = (("noun", "n", NOUN), ("verb", "v", VERB), ("adj", "a", ADJECTIVE), ("adv", "r", ADVERB))
# Pointers that relate words a rewriter may exchange: hypernym, similar to, derivationally related, pertainym,
# also see, verb group, entailment, cause, participle. Sisters (two hyponyms of one synset) were measured and left
# out: they brought +0.3 % of a development set's substitutions for +0.9 % of random ones.
RELATING = {"@", "&", "+", "\\", "^", "$", "*", ">", "<"}

NUMBER_VALUES = {
    name: value
    for value, names in {
        0: "zero nil", 0.25: "quarter", 0.5: "half", 1: "one first single once", 2: "two second double twice twain",
        3: "three third triple thrice treble", 4: "four fourth quadruple", 5: "five fifth", 6: "six sixth",
        7: "seven seventh", 8: "eight eighth", 9: "nine ninth", 10: "ten tenth", 11: "eleven eleventh",
        12: "twelve twelfth dozen", 13: "thirteen thirteenth", 14: "fourteen fourteenth", 15: "fifteen fifteenth",
        16: "sixteen sixteenth", 17: "seventeen seventeenth", 18: "eighteen eighteenth", 19: "nineteen nineteenth",
        20: "twenty twentieth score", 30: "thirty thirtieth", 40: "forty fortieth", 50: "fifty fiftieth",
        60: "sixty sixtieth", 70: "seventy seventieth", 80: "eighty eightieth", 90: "ninety ninetieth",
        100: "hundred hundredth", 10**3: "thousand thousandth", 10**6: "million millionth mln",
        10**9: "billion billionth bln", 10**12: "trillion trillionth", 10**15: "zillion",
    }.items()
    for name in names.split()
}


def fail(message):
    sys.exit(f"build.py: {message}")


def read_lines(path, encoding):
    if not path.is_file():
        fail(f"{path}: no such file; the head of this script says how to get it")
    try:
        return path.read_text(encoding=encoding).splitlines()
    except UnicodeDecodeError as error:
        fail(f"{path}: not {encoding}: {error}")


# ---------------------------------------------------------------------------------------------- reading the sources


def read_moby(path):
    """root word -> set of the terms listed under it"""
    lines = read_lines(path, "ascii")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != MOBY_SHA256:
        print(f"warning: {path} is not the edition that english.bin was built from ({digest})", file=sys.stderr)
    roots = defaultdict(set)
    for number, line in enumerate(lines, 1):
        terms = [term.strip().lower() for term in line.split(",")]
        if len(terms) < 2 or not terms[0]:
            if line.strip():
                fail(f"{path}:{number}: expected `root,term,term,…`")
            continue
        roots[terms[0]].update(term for term in terms[1:] if term and term != terms[0])
    if len(roots) < 30_000:
        fail(f"{path}: {len(roots)} root words; Moby Thesaurus II has more than 30,000: cut short?")
    return roots


def read_scowl(folder):
    """(word -> smallest size class, set of the words that only occur capitalised)"""
    sizes, names = {}, {}
    for spelling in SCOWL_SPELLINGS:
        for kind in ("words", "contractions", "upper"):
            for size in SCOWL_SIZES:
                path = folder / f"{spelling}-{kind}.{size}"
                if not path.is_file():
                    if spelling == "english" and kind == "words":
                        fail(f"{path}: no such file; is this the folder of Debian's package `scowl`?")
                    continue
                into = names if kind == "upper" else sizes
                for word in read_lines(path, "latin-1"):
                    word = word.strip().lower()
                    into[word] = min(size, into.get(word, size))
    if len(sizes) < 90_000:
        fail(f"{folder}: {len(sizes)} words of size {SCOWL_SIZES[-1]} or less; expected more than 90,000")
    only_names = {word for word in names if word not in sizes and names[word] <= MAX_NAME_SIZE}
    for word in only_names:
        sizes[word] = names[word]
    return sizes, only_names


class WordNet:
    def __init__(self, folder):
        self.folder = folder
        self.synsets = {}  # (part of speech, offset) -> ([lemma], [pointer])
        self.parts = Counter()  # lemma -> bits of the parts of speech
        self.memberships = defaultdict(set)  # lemma -> keys of its synsets
        for name, part, bit in WORDNET_FILES:
            for number, line in enumerate(read_lines(folder / f"data.{name}", "ascii"), 1):
                if line.startswith("  "):
                    continue  # the licence at the head of each file
                try:
                    offset, words, pointers = self.parse(line)
                except (ValueError, IndexError):
                    fail(f"{folder / f'data.{name}'}:{number}: not a synset in the format wndb(5)")
                self.synsets[part, offset] = (words, pointers)
                for word in words:
                    self.parts[word] |= bit
                    self.memberships[word].add((part, offset))
        if len(self.synsets) < 100_000:
            fail(f"{folder}: {len(self.synsets)} synsets; WordNet 3.0 has 117,659")
        self.counts = Counter()
        for line in read_lines(folder / "cntlist.rev", "ascii"):
            key, _, count = line.split()
            self.counts[key.split("%")[0].replace("_", " ")] += int(count)
        self.exceptions = defaultdict(set)  # irregular form -> lemmas
        for name, _, _ in WORDNET_FILES:
            for line in read_lines(folder / f"{name}.exc", "ascii"):
                form, *lemmas = line.split()
                self.exceptions[form].update(lemma for lemma in lemmas if lemma != form)

    @staticmethod
    def parse(line):
        fields = line.split("|")[0].split()
        count = int(fields[3], 16)
        words = [re.sub(r"\(\w+\)$", "", fields[4 + 2 * i]).lower().replace("_", " ") for i in range(count)]
        at = 4 + 2 * count
        pointers = []
        for i in range(int(fields[at])):
            symbol, offset, part, ends = fields[at + 1 + 4 * i : at + 5 + 4 * i]
            pointers.append((symbol, "a" if part == "s" else part, offset, int(ends[:2], 16), int(ends[2:], 16)))
        return fields[0], words, pointers

    def pairs(self):
        """(symbol, word, word); the symbol is `=` inside a synset"""
        for words, pointers in self.synsets.values():
            for a in words:
                for b in words:
                    if a < b:
                        yield "=", a, b
            for symbol, part, offset, source, target in pointers:
                others = self.synsets[part, offset][0]
                for a in [words[source - 1]] if source else words:
                    for b in [others[target - 1]] if target else others:
                        yield symbol, a, b

    def synonyms(self, a, b):
        return bool(self.memberships[a] & self.memberships[b])


def read_function_words():
    lines = read_lines(HERE / "function-words.txt", "ascii")
    return {word for line in lines for word in line.split("#")[0].split()}


def read_supplement():
    """groups of words and phrases that are all related to one another"""
    groups = []
    for number, line in enumerate(read_lines(HERE / "supplement.txt", "ascii"), 1):
        line = line.split("#")[0].strip()
        members = [" ".join(member.split()) for member in line.split(",")] if line else []
        if len(members) == 1 or not all(WORD.match(part) for member in members for part in member.split()):
            fail(f"supplement.txt:{number}: expected two or more lower-case members separated by commas")
        if members:
            groups.append(members)
    return groups


def read_contrasts():
    """pairs of words that must not be related, in both orders"""
    pairs = set()
    for number, line in enumerate(read_lines(HERE / "contrasts.txt", "ascii"), 1):
        line = line.split("#")[0].strip()
        sides = [[word.strip() for word in side.split(",")] for side in line.split("|")] if line else []
        if len(sides) == 1 or not all(WORD.match(word) for side in sides for word in side):
            fail(f"contrasts.txt:{number}: expected two or more sides of lower-case words separated by `|`")
        pairs |= {(a, b) for x in sides for y in sides if x is not y for a in x for b in y}
    return pairs


# ------------------------------------------------------------- inflection: the mirror of src/lexicon/inflection.rs

SPELLINGS = (  # British ending -> American ending, the first that fits
    ("isation", "ization"), ("isations", "izations"), ("ise", "ize"), ("iser", "izer"), ("yse", "yze"),
    ("our", "or"), ("ours", "ors"), ("oured", "ored"), ("ouring", "oring"), ("ourable", "orable"),
    ("tre", "ter"), ("bre", "ber"), ("ogue", "og"), ("ence", "ense"), ("lled", "led"), ("lling", "ling"),
    ("ller", "ler"), ("lment", "llment"), ("gramme", "gram"),
)
DETACHMENTS = (
    ("s", "", NOUN | VERB), ("es", "", NOUN | VERB), ("ies", "y", NOUN | VERB), ("men", "man", NOUN),
    ("ed", "", VERB), ("ed", "e", VERB), ("ied", "y", VERB), ("ing", "", VERB), ("ing", "e", VERB),
    ("er", "", ADJECTIVE), ("er", "e", ADJECTIVE), ("ier", "y", ADJECTIVE),
    ("est", "", ADJECTIVE), ("est", "e", ADJECTIVE), ("iest", "y", ADJECTIVE),
)


def american(word):
    for british, ending in SPELLINGS:
        if word.endswith(british) and len(word) >= len(british) + 2:
            yield word[: -len(british)] + ending


def detached(word):
    for suffix, ending, parts in DETACHMENTS:
        if word.endswith(suffix) and len(word) >= len(suffix) + 2 and not (suffix == "s" and word.endswith("ss")):
            stem = word[: -len(suffix)]
            yield stem + ending, parts
            if not ending and suffix in ("ed", "ing", "er", "est") and len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1], parts


# ----------------------------------------------------------------------------------------------- choosing the words


def choose_words(sizes, names, moby, wordnet, function_words, supplement):
    """(words by falling frequency, British spelling -> the American one that stands for it)"""
    listed = set(moby) | {term for terms in moby.values() for term in terms} | set(wordnet.parts)
    supplied = {member for group in supplement for member in group if " " not in member}
    common = {
        word
        for word in listed | {word for word, size in sizes.items() if size <= 35}
        if WORD.match(word) and sizes.get(word, 99) <= MAX_SCOWL_SIZE and len(word) <= MAX_WORD_BYTES
    }
    common = {word for word in common if not word.endswith("'s")}

    canonical = {}
    for word in sorted(common - function_words):
        for other in american(word):
            # Endings alone mislead (`four`, `for`): WordNet has to file both spellings in one synset.
            if other in common and word not in canonical and wordnet.synonyms(word, other):
                canonical[word] = other

    def inflected(word):
        """a regular form of a listed word that is not a word of its own"""
        if word in wordnet.parts:
            return False
        return word in wordnet.exceptions or any(base in common and base != word for base, _ in detached(word))

    kept = {word for word in common if word not in canonical and not inflected(word)} | supplied | function_words
    rank_of_size = {size: rank for rank, size in enumerate(SCOWL_SIZES)}

    def score(word):
        # Counts of WordNet's tagged corpus order the words best; SCOWL's classes order those it never met.
        size = rank_of_size.get(sizes.get(word), len(SCOWL_SIZES))
        return math.log2(1 + wordnet.counts[word]) - 0.7 * size

    ranked = sorted(kept - function_words, key=lambda word: (-round(score(word), 6), word))
    chosen = [word for rank, word in enumerate(ranked) if rank < MAX_WORDS or word in supplied]
    return sorted(function_words), chosen, canonical


def rank_classes(count):
    """Sizes of the frequency classes after class 0: each √2 times the rank of the one before, so that by Zipf's law
    two classes up is half the frequency."""
    bounds, bound = [], 256.0
    while round(bound) < count:
        bounds.append(round(bound))
        bound *= math.sqrt(2)
    bounds.append(count)
    return [end - start for start, end in zip([0] + bounds, bounds)]


# ----------------------------------------------------------------------------------------------- choosing the pairs


def conflicting(a, b):
    """Different numbers are different facts, whatever a thesaurus says."""
    values = NUMBER_VALUES.get(a), NUMBER_VALUES.get(b)
    return None not in values and values[0] != values[1]


def choose_pairs(words, names, canonical, sizes, function_words, moby, wordnet, supplement, contrasts):
    """(pairs of words and phrases as (a, b) with a < b, statistics)"""
    known = set(words)
    # A word that entered as a name (`march`, `china`) keeps only what WordNet says of it: Moby's lists mix it with
    # the common noun.
    antonyms = {(a, b) for symbol, a, b in wordnet.pairs() if symbol == "!"}
    barred = contrasts | antonyms | {(b, a) for a, b in antonyms}
    pairs, statistics = set(), Counter()

    def fits_phrases(term):
        parts = term.split(" ")
        if len(parts) == 1:
            return term in known and (term in function_words or sizes.get(term, 99) <= PHRASE_PART_SIZES[2])
        size = PHRASE_PART_SIZES.get(len(parts), 0)
        return (
            len(term) <= MAX_WORD_BYTES
            and any(part in function_words for part in parts)
            and all(WORD.match(part) and sizes.get(part, 99) <= size for part in parts)
        )

    def add(source, a, b, fits=fits_phrases):
        a, b = canonical.get(a, a), canonical.get(b, b)
        if a == b or (a, b) in barred or conflicting(a, b):
            return
        if " " in a or " " in b:
            if not (fits(a) and fits(b)):
                return
            source += ", with a phrase"
        elif a not in known or b not in known:
            return
        pair = (a, b) if a < b else (b, a)
        if pair not in pairs:
            pairs.add(pair)
            statistics[source] += 1

    for symbol, a, b in wordnet.pairs():
        if symbol == "=":
            add("WordNet synset", a, b)
        elif symbol in RELATING and " " not in a + b and not {a, b} & names:
            add("WordNet pointer", a, b)
    for root, terms in moby.items():
        if root in names:
            continue
        for term in sorted(terms):
            if term not in names:
                add("Moby", root, term)
    for group in supplement:
        for a in group:
            for b in group:
                add("supplement", a, b, lambda term: True)
    # Numerals written in figures: `2` beside `two`, from the synsets of the cardinals and ordinals.
    for words_, _ in wordnet.synsets.values():
        figures = [w for w in words_ if re.match(r"[0-9]{1,3}(st|nd|rd|th)?\Z", w)]
        for figure in figures:
            for word in words_:
                if word in known:
                    pairs.add((figure, word))
                    statistics["numeral"] += 1
    return pairs, statistics


def irregular_forms(wordnet, known, sizes):
    """(form, lemma), frequent ones that the detachment rules miss"""
    rows = []
    for form, lemmas in wordnet.exceptions.items():
        if not WORD.match(form) or form not in sizes or len(form) > MAX_WORD_BYTES:
            continue
        regular = {base for base, _ in detached(form)}
        rows += [(form, lemma) for lemma in lemmas if lemma in known and lemma not in regular]
    rows += [("has", "have"), ("had", "have"), ("does", "do"), ("am", "be"), ("are", "be"), ("is", "be")]
    return sorted({(form, lemma) for form, lemma in rows if form != lemma})


# --------------------------------------------------------------------------------------------------------- encoding


def front_coded(words):
    """Each word as a byte (shared << 4 | own), each nibble 15 meaning `15 + the byte that follows`, and its tail"""
    out, before = bytearray(), b""
    for word in words:
        word = word.encode("ascii")
        shared = 0
        while shared < min(len(before), len(word)) and before[shared] == word[shared]:
            shared += 1
        own = len(word) - shared
        out.append(min(shared, 15) << 4 | min(own, 15))
        out += bytes([shared - 15] if shared >= 15 else []) + bytes([own - 15] if own >= 15 else [])
        out += word[shared:]
        before = word
    return bytes(out)


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


class Bits:
    def __init__(self):
        self.value, self.length, self.out = 0, 0, bytearray()

    def put(self, value, width):
        self.value |= value << self.length
        self.length += width
        while self.length >= 8:
            self.out.append(self.value & 255)
            self.value >>= 8
            self.length -= 8

    def finish(self):
        # Eight bytes to spare let the reader load 64 bits at any place.
        return bytes(self.out) + bytes([self.value & 255] if self.length else []) + bytes(8)


def low_width(universe, count):
    """Elias–Fano's low bits: ⌊log2(universe / count)⌋"""
    return max((universe // count).bit_length() - 1, 0)


def elias_fano(bits, numbers, universe):
    """`numbers`, rising and below `universe`: all low parts, then the high parts in unary"""
    width = low_width(universe, len(numbers))
    for number in numbers:
        bits.put(number & ((1 << width) - 1), width)
    high = 0
    for number in numbers:
        while high < number >> width:
            bits.put(0, 1)
            high += 1
        bits.put(1, 1)
    bits.put(0, ((universe - 1) >> width) - high)


def encode(classes, parts, pairs, irregular):
    entries = [word for group in classes for word in group]
    ids = {word: number for number, word in enumerate(entries)}
    assert len(ids) == len(entries), "an entry is listed twice"
    # A pair stands in the list of its rarer word: no list grows long, and the ids in it are small.
    lists = defaultdict(list)
    for a, b in pairs:
        low, high = sorted((ids[a], ids[b]))
        lists[high].append(low)
    degrees, bits = bytearray(), Bits()
    for number in range(len(entries)):
        related = sorted(lists[number])
        degrees += varint(len(related))
        if related:
            elias_fano(bits, related, number)
    nibbles = bytes(parts[i] | (parts[i + 1] << 4 if i + 1 < len(parts) else 0) for i in range(0, len(parts), 2))
    forms = front_coded(form for form, _ in irregular)
    lemmas = b"".join(varint(ids[lemma]) for _, lemma in irregular)
    words = b"".join(front_coded(group) for group in classes)
    sections = [words, nibbles, bytes(degrees), forms, lemmas, bits.finish()]
    header = MAGIC + struct.pack("<II", len(classes), len(irregular))
    header += b"".join(struct.pack("<I", len(group)) for group in classes)
    header += b"".join(struct.pack("<I", len(section)) for section in sections)
    names = ("words", "parts of speech", "degrees", "irregular forms", "irregular lemmas", "pairs")
    return header + b"".join(sections), dict(zip(names, map(len, sections)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moby", type=Path, required=True, metavar="FILE", help="Moby Thesaurus II")
    parser.add_argument("--wordnet", type=Path, required=True, metavar="FOLDER", help="data.* and *.exc of WordNet")
    parser.add_argument("--scowl", type=Path, required=True, metavar="FOLDER", help="english-words.10 and so on")
    parser.add_argument("--output", type=Path, default=HERE / "english.bin", metavar="FILE")
    parser.add_argument("--without-supplement", action="store_true", help="to measure what supplement.txt brings")
    arguments = parser.parse_args()

    moby = read_moby(arguments.moby)
    sizes, names = read_scowl(arguments.scowl)
    wordnet = WordNet(arguments.wordnet)
    function_words = read_function_words()
    supplement = [] if arguments.without_supplement else read_supplement()

    function_list, ranked, canonical = choose_words(sizes, names, moby, wordnet, function_words, supplement)
    pairs, statistics = choose_pairs(
        function_list + ranked, names, canonical, sizes, function_words, moby, wordnet, supplement, read_contrasts()
    )
    in_pairs = {word for pair in pairs for word in pair}
    known = set(function_list) | set(ranked)
    figures = sorted(word for word in in_pairs - known if " " not in word)
    phrases = sorted(word for word in in_pairs - known if " " in word)
    classes, start = [function_list], 0
    for size in rank_classes(len(ranked)):
        classes.append(sorted(ranked[start : start + size]))
        start += size
    classes += [figures, phrases]
    irregular = irregular_forms(wordnet, known, sizes)
    parts = [wordnet.parts[word] for group in classes[:-2] for word in group]
    blob, sections = encode(classes, parts, pairs, irregular)
    print(f"words       {len(known)} ({len(function_list)} function words), {len(figures)} numerals in figures")
    print(f"phrases     {len(phrases)}")
    print(f"irregular   {len(irregular)}")
    print(f"classes     {[len(group) for group in classes]}")
    print(f"merged      {len(canonical)} British spellings")
    print(f"pairs       {len(pairs)}: " + ", ".join(f"{count} {name}" for name, count in statistics.most_common()))
    print(f"bytes       {len(blob)}: " + ", ".join(f"{size} {name}" for name, size in sections.items()))
    print(f"sha256      {hashlib.sha256(blob).hexdigest()}")
    if len(blob) > SIZE_BOUND:
        fail(f"{len(blob)} bytes are more than the bound of {SIZE_BOUND}; lower MAX_WORDS")
    arguments.output.write_bytes(blob)


if __name__ == "__main__":
    main()
