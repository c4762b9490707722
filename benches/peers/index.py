#!/usr/bin/env python3
"""datasketch's MinHashLSH at the work of `cargo bench --bench index`: every article is asked about and inserted.

    python3 benches/peers/index.py [ARTICLES ...] [--redis] [--work FOLDER]

Installs datasketch from the Python registry into an environment of its own in a temporary folder, writes the articles of
the benchmark to a file, and at each number of articles (10,000 and 100,000 unless they are given) tells in one process:
how many articles a second were signed, asked about and inserted; how long a query takes of a signature that was made
before, for articles that are new and for such as are in the index; and the memory of the process. 128 permutations, word
5-shingles, threshold 0.7; a query gives candidates, which are not compared. With --redis the buckets are kept in a Redis
server on this machine, which has to run. With --work that folder is used and kept."""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = ["orjson", "numpy", "datasketch[redis]"]
CHECKS = 1_000
SETTINGS = {"num_perm": 128, "scheme": "affine32"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--redis", action="store_true")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--texts", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.texts:
        return measure(options)
    with tempfile.TemporaryDirectory() as temporary:
        work = (options.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        python = environment(work / "environment")
        texts = work / "texts"
        count = str(max(options.articles) + CHECKS)
        bench = ["cargo", "bench", "--bench", "index", "--", count, "--write", str(texts)]
        subprocess.run(bench, check=True, cwd=HERE.parent.parent, stdout=sys.stderr)
        again = [python, __file__, *map(str, options.articles), "--texts", texts]
        subprocess.run(again + ["--redis"] * options.redis, check=True)


def environment(folder):
    """The interpreter of an environment with datasketch."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *NEEDED], check=True)
    return python


def measure(options):
    from articles import shingles
    from datasketch import MinHash, MinHashLSH

    permutations = MinHash(**SETTINGS).permutations

    def sign(text):
        signature = MinHash(**SETTINGS, permutations=permutations)
        signature.update_batch([shingle.encode() for shingle in shingles(text)])
        return signature

    storage = {"type": "redis", "redis": {"host": "localhost", "port": 6379}} if options.redis else None
    index = MinHashLSH(threshold=0.7, num_perm=128, storage_config=storage)
    with options.texts.open(encoding="utf-8") as lines:
        texts = list(lines)
    held_back = [sign(text) for text in texts[-CHECKS:]]
    inserted = 0
    for step in options.articles:
        start, first = time.perf_counter(), inserted
        for text in texts[inserted:step]:
            signature = sign(text)
            index.query(signature)
            index.insert(str(inserted), signature, check_duplication=False)
            inserted += 1
        speed = (inserted - first) / (time.perf_counter() - start)
        known = [sign(texts[number]) for number in random.Random(5).sample(range(inserted), CHECKS)]
        new, old = timed(index, held_back), timed(index, known)
        print(
            f"{inserted:>8} articles: {speed:.0f} articles/s; query p50 {new[0]:.3f} ms p99 {new[1]:.3f} ms (new), "
            f"p50 {old[0]:.3f} ms p99 {old[1]:.3f} ms (known); {resident()} MiB, with the texts",
            flush=True,
        )


def timed(index, signatures):
    """What queries take in milliseconds: half of them no longer, and 99 of a hundred."""
    times = []
    for signature in signatures:
        start = time.perf_counter()
        index.query(signature)
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100]


def resident():
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


main()
