"""rensa, as its documentation deduplicates: peer_rensa.py CORPUS PAIRS THRESHOLD"""

import sys

from articles import read, shingles
from rensa import RMinHash, RMinHashLSH

corpus, pairs, threshold = sys.argv[1], sys.argv[2], float(sys.argv[3])
ids, signatures = [], []
for name, text in read(corpus):
    signature = RMinHash(num_perm=128, seed=42)
    signature.update(list(shingles(text)))
    ids.append(name)
    signatures.append(signature)
index = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=16)
for number, signature in enumerate(signatures):
    index.insert(number, signature)
with open(pairs, "w") as out:
    for number, signature in enumerate(signatures):
        for other in index.query(signature):
            if other > number and signature.jaccard(signatures[other]) >= threshold:
                out.write(f"{ids[number]}\t{ids[other]}\n")
