"""What the runners share: reading the corpus, and the words and shingles that their own documentation suggests."""

import re

import orjson

WORD = re.compile(r"\w+")


def read(path):
    """The (id, text) of every record."""
    with open(path, "rb") as lines:
        for line in lines:
            record = orjson.loads(line)
            yield record["id"], record["text"]


def shingles(text, width=5):
    """The different shingles of a text, as strings."""
    words = WORD.findall(text.lower())
    if len(words) < width:
        return {" ".join(words)}
    return {" ".join(words[at : at + width]) for at in range(len(words) - width + 1)}
