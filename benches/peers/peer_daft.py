"""Daft's normalize and minhash; it has no index, so the signatures are cut into bands with numpy, and what shares a band
counts as found, unverified: peer_daft.py CORPUS PAIRS THRESHOLD"""

import sys

import daft
import numpy
from daft import col
from daft.functions import minhash, normalize

BANDS, ROWS = 16, 8

corpus, pairs, _ = sys.argv[1:]
text = normalize(col("text"), remove_punct=True, lowercase=True, nfd_unicode=False, white_space=True)
signature = minhash(text, num_hashes=BANDS * ROWS, ngram_size=5, seed=42, hash_function="xxhash64")
table = daft.read_json(corpus).select(col("id"), signature.alias("signature")).to_arrow()
ids = table["id"].to_numpy()
signatures = numpy.asarray(table["signature"].combine_chunks().flatten()).reshape(-1, BANDS * ROWS).astype(numpy.uint32)
with open(pairs, "w") as out:
    for band in range(BANDS):
        keys = numpy.ascontiguousarray(signatures[:, band * ROWS : (band + 1) * ROWS]).view(f"V{4 * ROWS}").ravel()
        _, key = numpy.unique(keys, return_inverse=True)
        order = numpy.argsort(key, kind="stable")
        for at in numpy.flatnonzero(numpy.diff(key[order]) == 0):
            out.write(f"{ids[order[at]]}\t{ids[order[at + 1]]}\n")
