"""All pairs of a corpus whose Jaccard similarity over word 5-shingles is at least 0.02, exactly: truth.py CORPUS PAIRS

The articles that hold each shingle make a list, and the pairs of all lists are counted. In a list of more than MOST
articles, those further apart than that are not counted as a pair."""

import sys

import numpy
from articles import WORD, read

MOST = 400
LEAST = 0.02
WIDTH = 5


def shingle_hashes(corpus):
    """The sorted hashes of the different shingles of each article."""
    vocabulary = {}
    factors = numpy.random.default_rng(1).integers(1, 2**63, WIDTH, dtype=numpy.uint64) | numpy.uint64(1)
    for _, text in read(corpus):
        words = [vocabulary.setdefault(word, len(vocabulary)) for word in WORD.findall(text.lower())]
        words = numpy.array(words, dtype=numpy.uint64) + numpy.uint64(1)
        count = max(len(words) - WIDTH + 1, 0)
        hashes = numpy.zeros(count, numpy.uint64)
        for at in range(WIDTH):
            word = words[at : at + count] * factors[at]
            hashes = (hashes ^ word ^ (word >> numpy.uint64(29))) * factors[-1 - at]
        yield numpy.unique(hashes)


def main():
    corpus, pairs = sys.argv[1:]
    ids = [name for name, _ in read(corpus)]
    sets = list(shingle_hashes(corpus))
    articles = numpy.repeat(numpy.arange(len(sets), dtype=numpy.int64), [len(held) for held in sets])
    hashes = numpy.concatenate(sets)
    order = numpy.argsort(hashes, kind="stable")
    hashes, articles = hashes[order], articles[order]
    starts = numpy.flatnonzero(numpy.r_[True, hashes[1:] != hashes[:-1]])
    # Neighbours at every distance within a list: all pairs of the list, without a loop over the lists.
    ends = numpy.repeat(numpy.r_[starts[1:], len(hashes)], numpy.diff(numpy.r_[starts, len(hashes)]))
    found, shared = [], []
    for distance in range(1, MOST):
        first = numpy.flatnonzero(numpy.arange(len(hashes)) + distance < ends)
        if len(first) == 0:
            break
        pairs_here, counts = numpy.unique(articles[first] * len(sets) + articles[first + distance], return_counts=True)
        found.append(pairs_here)
        shared.append(counts)
    pair, place = numpy.unique(numpy.concatenate(found), return_inverse=True)
    common = numpy.bincount(place, weights=numpy.concatenate(shared))
    sizes = numpy.array([len(held) for held in sets])
    a, b = numpy.divmod(pair, len(sets))
    similarity = common / (sizes[a] + sizes[b] - common)
    with open(pairs, "w") as out:
        for at in numpy.flatnonzero(similarity >= LEAST):
            out.write(f"{ids[a[at]]}\t{ids[b[at]]}\t{similarity[at]:.6f}\n")


main()
