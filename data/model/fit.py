#!/usr/bin/env python3
"""Fit the model that tells rewritten copies from other coverage. Needs Python 3 and NumPy.

    unspin eval --labels SET.labels.jsonl --by relation,profile --features SET.tsv INPUT...     (once a labelled set)
    fit.py [--leave-out PAIRS.tsv] SET.tsv[:WEIGHT]... > relation.tsv
    fit.py --screen relation.tsv [--leave-out PAIRS.tsv] SET.tsv[:WEIGHT]... > screen.tsv
    fit.py --shortlist relation.tsv [--leave-out PAIRS.tsv] SET.tsv[:WEIGHT]... > shortlist.tsv

SET.tsv has a head line `a b class features...`, then a labelled pair a line; `class` is the relation, and what else the
labels tell, joined by colons. The relations same-event, unrelated and boilerplate are the negative ones. Pairs that the
first rows of the table decide (half of the shorter article's shingles in the other), and articles too short for the
model, are skipped. Every class weighs the same, however many pairs it has, if it has sixty; the positive ones of a
set as many times as much as its WEIGHT says, same-event pairs eight times, the
background's fifteen times, and twice where they were read. `--leave-out` names pairs, `a b` a line, whose label was read
and found wrong.

The model is a logistic regression over the features and the products of the core ones, with a ridge, fitted by Newton's
method; the last line of the output, `bias`, is moved by a margin: where the score is one half the pairs are split.
Synonyms between kept words come in no product: with them a lexicon, which finds more, could make a copy less likely.

The screen is such a model too, of what the words tell without their order. Its positive pairs are those that the model
in relation.tsv accepts, and its bias is moved until nearly all accepted copies pass. The shortlist is the same of what
the words and the pairs of neighbouring words tell, fitted on what the screen lets through of the candidates of all sets
and of the background.

The weights beside this script were fitted on 2,418 spun pairs, 1,140 pairs of PAN 2013, 138 scanned and rewritten ones
and 8,628 of ECB+; on 2,700 copies that three more spinners, of other dictionaries and strengths, made of news articles,
whole, cut, shuffled or scanned, and of the ECB+ articles; on those spun copies beside other reports of their events
(3,000 pairs) and beside their own text with other figures; each alone and hidden in the background; on 35,000 of the
background's own candidate pairs, taken as unrelated where less than 45 % of the words stand in the same order; and on
200 pairs of the background that an earlier fit had grouped, read one by one: 103 copies, 97 templates and other reports.
"""
import sys

import numpy as np

NEGATIVE = {"same-event", "unrelated", "boilerplate"}
CORE = (
    "words_shared words_held stems_held pairs_held containment in_order tight sentences_held sentences_held_longer "
    "sentences_kept sentences_weakest sentences_in_order sentences_paired stand_ins log_words log_length_ratio "
    "log_damaged names_held keys_held figures_held figures_differ"
).split()
SCREENED = (
    "words_shared words_held stems_shared stems_held function_words_shared plain_words_shared log_words "
    "log_length_ratio figures_held names_held keys_held keys_in_order"
).split()
SHORTLISTED = [*SCREENED, "pairs_shared", "pairs_held"]
KEPT = {"--screen": 0.9998, "--shortlist": 0.9995}  # of the copies that the model accepts
RIDGE = 8.0  # of weights of standardised features, beside as many units of weight as there are pairs
MARGIN = 0.6  # of evidence over even odds: a false group costs more than a missed copy
SHORTEST = 60
UNREAD = 0.45  # background pairs with more of their words in the same order may be copies that nobody labelled
CLASS = 60
READ = "background-read"  # the profile of background pairs that were read


def read(paths, left_out):
    names, rows, classes, factors = None, [], [], []
    for path in paths:
        path, _, factor = path.partition(":")
        with open(path, encoding="utf-8") as lines:
            head = next(lines).rstrip("\n").split("\t")[3:]
            if names not in (None, head):
                sys.exit(f"fit.py: {path} has other features: make all files with one version")
            names = head
            words, contained, ordered = map(head.index, ("log_words", "containment", "in_order"))
            for number, line in enumerate(lines, 2):
                fields = line.rstrip("\n").split("\t")
                if len(fields) != len(head) + 3:
                    sys.exit(f"fit.py: {path}:{number}: {len(fields)} fields instead of {len(head) + 3}")
                if frozenset(fields[:2]) in left_out:
                    continue
                values = [float(x) for x in fields[3:]]
                background = fields[2].startswith("unrelated:background")
                if background and READ not in fields[2] and values[ordered] >= UNREAD:
                    continue
                if values[words] >= np.log(SHORTEST) - 1e-9 and values[contained] < 0.5:
                    rows.append(values)
                    classes.append(f"{path}:{fields[2]}")
                    factors.append(float(factor or 1))
    return names, np.array(rows), np.array(classes), np.array(factors)


def relation(cls):
    return cls.split(":")[1]


def weights_of(classes, factors):
    """The weight of each row: equal for each class, save where it is small or hard."""
    positive = np.array([relation(cls) not in NEGATIVE for cls in classes])
    # The profiles of a negative relation are one class.
    keys = np.array([cls if yes else ":".join(cls.split(":")[:3]) for cls, yes in zip(classes, positive)])
    weights = np.zeros(len(classes))
    for key in np.unique(keys):
        mask = keys == key
        count = mask.sum()
        hard = {"same-event": 8.0}.get(relation(key), 2.0 if READ in key else 15.0 if ":background" in key else 1.0)
        weights[mask] = (factors[mask] if positive[mask][0] else hard) * min(1.0, count / CLASS) / count
    for side in (positive, ~positive):
        weights[side] *= len(classes) / 2 / weights[side].sum()
    return positive, weights


def terms(names, core):
    core = [names.index(name) for name in core]
    products = [(i, j) for n, i in enumerate(core) for j in core[n:]]
    labels = names + [f"{names[i]}*{names[j]}" for i, j in products]
    return labels, products


def fit(x, y, w):
    """Standardises, fits, and takes the standardisation back."""
    mean, spread = x.mean(0), x.std(0)
    spread[spread == 0] = 1.0
    z = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    ridge = np.full(z.shape[1], RIDGE)
    ridge[-1] = 0.0
    beta = np.zeros(z.shape[1])
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(z @ beta, -30, 30)))
        gradient = z.T @ (w * (y - p)) - ridge * beta
        hessian = (z.T * (w * p * (1 - p))) @ z + np.diag(ridge + 1e-9)
        step = np.linalg.solve(hessian, gradient)
        beta += step * min(1.0, 10.0 / np.abs(step).max())
        if np.abs(step).max() < 1e-8:
            break
    weights = beta[:-1] / spread
    return weights, beta[-1] - weights @ mean


def log_odds(path, names, x):
    """What the model in a file makes of each row."""
    odds = np.zeros(len(x))
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            term, weight = line.split("\t")
            factors = [x[:, names.index(name)] for name in term.split("*") if name != "bias"]
            odds += float(weight) * np.prod(factors, axis=0) if factors else float(weight)
    return odds


def show(labels, weights, bias):
    for label, weight in zip(labels, weights):
        print(f"{label}\t{weight:.6f}")
    print(f"bias\t{bias:.6f}")


def screen(path, names, x, positive, read, kept):
    """A model that reads less, and passes nearly all copies that the model in the file accepts."""
    accepted = log_odds(path, names, x) > 0
    labels, products = terms(names, read)
    labels = read + labels[len(names) :]
    x = np.hstack([x[:, [names.index(name) for name in read]]] + [(x[:, i] * x[:, j])[:, None] for i, j in products])
    share = accepted.mean()
    weights, bias = fit(x, accepted.astype(float), np.where(accepted, 0.5 / share, 0.5 / (1 - share)))
    odds = x @ weights + bias
    show(labels, weights, bias - np.quantile(odds[accepted & positive], 1 - kept))


def main():
    args = sys.argv[1:]
    left_out, smaller = set(), None
    if args[:1] in (["--screen"], ["--shortlist"]):
        read_by_it = SCREENED if args[0] == "--screen" else SHORTLISTED
        smaller, args = (args[1], read_by_it, KEPT[args[0]]), args[2:]
    if args[:1] == ["--leave-out"]:
        with open(args[1], encoding="utf-8") as lines:
            left_out = {frozenset(line.split()) for line in lines}
        args = args[2:]
    if not args or args[0] in ("-h", "--help"):
        sys.exit(__doc__)
    names, x, classes, factors = read(args, left_out)
    y, w = weights_of(classes, factors)
    if smaller:
        path, *how = smaller
        return screen(path, names, x, y, *how)
    labels, products = terms(names, CORE)
    x = np.hstack([x] + [(x[:, i] * x[:, j])[:, None] for i, j in products])
    weights, bias = fit(x, y.astype(float), w)
    show(labels, weights, bias - MARGIN)


main()
