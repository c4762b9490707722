"""datasketch, in as many processes as there are processors: peer_datasketch.py CORPUS PAIRS THRESHOLD"""

import multiprocessing
import os
import sys

import orjson
from articles import shingles
from datasketch import MinHash, MinHashLSH

SETTINGS = {"num_perm": 128, "scheme": "affine32"}
PERMUTATIONS = MinHash(**SETTINGS).permutations


def sign(line):
    record = orjson.loads(line)
    signature = MinHash(**SETTINGS, permutations=PERMUTATIONS)
    signature.update_batch([shingle.encode() for shingle in shingles(record["text"])])
    return record["id"], signature.hashvalues


def main():
    corpus, pairs, threshold = sys.argv[1], sys.argv[2], float(sys.argv[3])
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool, open(corpus, "rb") as lines:
        signed = [
            (name, MinHash(**SETTINGS, permutations=PERMUTATIONS, hashvalues=values))
            for name, values in pool.imap(sign, lines, chunksize=200)
        ]
    index = MinHashLSH(threshold=threshold, num_perm=128)
    with index.insertion_session() as session:
        for number, (_, signature) in enumerate(signed):
            session.insert(number, signature, check_duplication=False)
    with open(pairs, "w") as out:
        for number, (name, signature) in enumerate(signed):
            for other in index.query(signature):
                if other > number and signature.jaccard(signed[other][1]) >= threshold:
                    out.write(f"{name}\t{signed[other][0]}\n")


main()
