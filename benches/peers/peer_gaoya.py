"""gaoya's bulk calls, which use all processors: peer_gaoya.py CORPUS PAIRS THRESHOLD"""

import sys

from articles import read
from gaoya.minhash import MinHashStringIndex

corpus, pairs, threshold = sys.argv[1], sys.argv[2], float(sys.argv[3])
ids, texts = zip(*read(corpus))
index = MinHashStringIndex(
    hash_size=32,
    jaccard_threshold=threshold,
    num_bands=16,
    band_size=8,
    analyzer="word",
    lowercase=True,
    ngram_range=(5, 5),
)
index.par_bulk_insert_docs(list(range(len(texts))), list(texts))
with open(pairs, "w") as out:
    for number, others in enumerate(index.par_bulk_query(list(texts))):
        for other in others:
            if other > number:
                out.write(f"{ids[number]}\t{ids[other]}\n")
