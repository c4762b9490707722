#!/usr/bin/env python3
"""unspin beside its peers on one corpus: speed, memory, recall and precision in one table.

    python3 benches/peers/run.py [--articles 10000] [--corpus FILE.jsonl] [--threshold 0.8] [--runs 3]
                                 [--floor PROGRAM] [--work FOLDER]

Installs the peers from the Python registry into an environment of their own in a temporary folder, builds unspin,
generates a corpus with planted copies (from made-up articles, or from those of FILE), runs everything in turn, RUNS
times over, and tells the median. With --work that folder is used and kept, and what is in it is not made again.

Recall: of the pairs whose exact Jaccard similarity of word 5-shingles is at least THRESHOLD + 0.02, the share whose two
articles stand in one cluster; tokenisers differ, so closer to the threshold nothing counts as missed. Precision: of the
pairs of articles in one cluster, the share that stand in one cluster too when all pairs of similarity THRESHOLD - 0.02 and
more are joined. Clusters are the connected components of the pairs that a tool finds. The recall of an edit counts
the planted copies that stand in one cluster with their source, whatever their similarity."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
NEEDED = ["orjson", "numpy"]
PEERS = {"rensa": ["rensa"], "datasketch": ["datasketch"], "gaoya": ["gaoya"], "daft": ["daft", "pyarrow"]}
SLACK = 0.02


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--corpus", type=Path, help="JSON lines with `text`: plant the copies in these articles")
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--floor", type=Path, help="a program that is called as PROGRAM minhash128 THREADS FILE")
    parser.add_argument("--work", type=Path, help="keep everything in this folder, and use what is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        compare(options, work)


def compare(options, work):
    python, missing = environment(work)
    run(["cargo", "build", "--release", "--bin", "unspin"])
    unspin = target() / "release" / "unspin"
    corpus = planted(options, work)
    truth = corpus.with_suffix(".truth")
    if not truth.exists():
        note("finding the exact truth")
        run([python, HERE / "truth.py", corpus, truth])
    commands = tools(options, unspin, python, missing)
    measured = measure(commands, corpus, work, options.runs, missing)
    records = [json.loads(line) for line in corpus.open(encoding="utf-8")]
    report(options, corpus, records, similar(truth), measured, missing, work)


def note(text):
    print(text, file=sys.stderr)


def run(command):
    subprocess.run([str(part) for part in command], check=True, cwd=REPOSITORY, stdout=sys.stderr)


def target():
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"], check=True, cwd=REPOSITORY, capture_output=True
    )
    return Path(json.loads(metadata.stdout)["target_directory"])


def environment(work):
    """The interpreter of the peers' environment, and why some are not in it."""
    folder = work / "environment"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        note("installing the peers")
        run([sys.executable, "-m", "venv", folder])
        run([python, "-m", "pip", "install", "--quiet", *NEEDED])
    missing = {}
    for peer, packages in PEERS.items():
        install = [python, "-m", "pip", "install", "--quiet", *packages]
        done = subprocess.run([str(part) for part in install], capture_output=True, text=True)
        if done.returncode != 0:
            missing[peer] = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return python, missing


def planted(options, work):
    """The corpus, generated unless it is there."""
    base = options.corpus.stem if options.corpus else "made-up"
    corpus = work / f"{base}-{options.articles}.jsonl"
    if not corpus.exists():
        note("generating the corpus")
        given = ["--base", options.corpus.resolve()] if options.corpus else []
        partial = corpus.with_suffix(".partial")
        run(["cargo", "bench", "--bench", "corpus", "--", options.articles, partial.resolve(), *given])
        partial.rename(corpus)
    return corpus


def tools(options, unspin, python, missing):
    """The command of each tool, but for the corpus and the file that takes the pairs."""
    group = [unspin, "group", "--quiet", "--force", "--format", "pairs", "--threshold", options.threshold]
    found = {
        "unspin, surface": lambda corpus, pairs: [*group, "--view", "surface", "--no-evidence", corpus, "-o", pairs],
        "unspin, surface, evidence": lambda corpus, pairs: [*group, "--view", "surface", corpus, "-o", pairs],
        "unspin, both, evidence": lambda corpus, pairs: [*group, corpus, "-o", pairs],
    }
    for peer in (peer for peer in PEERS if peer not in missing):
        runner = HERE / f"peer_{peer}.py"
        found[peer] = lambda corpus, pairs, runner=runner: [python, runner, corpus, pairs, options.threshold]
    if options.floor:
        found["floor"] = lambda corpus, _: [options.floor.resolve(), "minhash128", os.cpu_count(), corpus, 1]
    return found


def measure(commands, corpus, work, runs, missing):
    """For each tool the (seconds, processor seconds, peak MB) of its runs, all tools interleaved. One that fails is
    noted as missing."""
    measured = defaultdict(list)
    for number in range(runs):
        for name, command in commands.items():
            if name in missing:
                continue
            note(f"run {number + 1} of {runs}: {name}")
            run_of_it, error = timed(command(corpus, pairs_of(work, name)))
            if error:
                missing[name] = error
                measured.pop(name, None)
            else:
                measured[name].append(run_of_it)
    return measured


def pairs_of(work, name):
    return work / (name.replace(", ", "-") + ".pairs")


def timed(command):
    """The measures of one run, and the last line of what it complained of if it failed."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            lines = errors.read().decode(errors="replace").strip().splitlines() or ["no reason given"]
            return None, lines[-1]
    unit = 1 if sys.platform == "darwin" else 1024
    return (seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6), None


def similar(truth):
    """The similarity of every pair that has any to speak of."""
    found = {}
    for line in truth.open():
        a, b, similarity = line.split("\t")
        found[a, b] = float(similarity)
    return found


class Clusters:
    """The connected components of pairs."""

    def __init__(self, pairs):
        self.parent = {}
        for a, b in pairs:
            self.parent[self.of(a)] = self.of(b)

    def of(self, item):
        above = self.parent.setdefault(item, item)
        while above != self.parent[above]:
            self.parent[above] = self.parent[self.parent[above]]
            above = self.parent[above]
        return above

    def together(self, a, b):
        return self.of(a) == self.of(b)

    def sizes(self, key=lambda item: None):
        """How many pairs of articles stand together in a cluster and have the same key besides."""
        counts = Counter((self.of(item), key(item)) for item in list(self.parent))
        return sum(count * (count - 1) // 2 for count in counts.values())


def found_pairs(path):
    """The pairs that a tool wrote: two ids a line, or unspin's JSON lines."""
    for line in path.open(encoding="utf-8"):
        if line.startswith("{"):
            pair = json.loads(line)
            yield pair["a"], pair["b"], pair["relation"]
        else:
            yield (*line.split(), "near")


def report(options, corpus, records, truth, measured, missing, work):
    articles, megabytes = len(records), corpus.stat().st_size / 1e6
    wanted = [pair for pair, similarity in truth.items() if similarity >= options.threshold + SLACK]
    tolerated = Clusters(pair for pair, similarity in truth.items() if similarity >= options.threshold - SLACK)
    kinds = defaultdict(list)
    for record in records:
        if "edit" in record:
            kinds[record["edit"]].append((str(record["source"]), str(record["id"])))
    print(f"{articles:,} articles, {megabytes:.1f} MB, threshold {options.threshold}, median of {options.runs} runs\n")
    print("| tool | seconds | articles/s | CPU s | peak MB | recall | precision |")
    print("|---|---|---|---|---|---|---|")
    recalls = {}
    for name, runs in sorted(measured.items(), key=lambda item: statistics.median(run[0] for run in item[1])):
        seconds, processor, peak = (statistics.median(run[part] for run in runs) for part in range(3))
        row = [name, f"{seconds:.3f}", f"{articles / seconds:,.0f}", f"{processor:.2f}", f"{peak:.0f}"]
        if name == "floor":
            print("|", " | ".join([*row, "–", "–"]), "|")
            continue
        pairs = list(found_pairs(pairs_of(work, name)))
        all_of_them = Clusters((a, b) for a, b, _ in pairs)
        near = Clusters((a, b) for a, b, relation in pairs if relation in ("exact", "near"))
        recall = sum(all_of_them.together(a, b) for a, b in wanted) / max(1, len(wanted))
        precision = near.sizes(tolerated.of) / max(1, near.sizes())
        print("|", " | ".join([*row, f"{recall:.4f}", f"{precision:.4f}"]), "|")
        recalls[name] = {
            kind: sum(all_of_them.together(a, b) for a, b in planted) / len(planted) for kind, planted in kinds.items()
        }
    for peer, reason in missing.items():
        print(f"| {peer} | could not be installed or run: {reason} ||||||")
    print("\nRecall by kind of edit:\n")
    print("| edit | copies | mean Jaccard |", " | ".join(recalls), "|")
    print("|---" * (len(recalls) + 3) + "|")
    for kind, planted in sorted(kinds.items()):
        mean = statistics.mean(truth.get(pair, 0.0) for pair in planted)
        found = [f"{recalls[name][kind]:.3f}" for name in recalls]
        print("|", " | ".join([kind, str(len(planted)), f"{mean:.3f}", *found]), "|")
    print("\nPrecision of unspin is that of its exact and near pairs; excerpts and reworded copies are no part of the question.")


main()
