"""How many things a text lists: three may be counted where `A, B, and C` stand, though no number says so."""

from __future__ import annotations

import re
from functools import lru_cache

_ENUMERATORS = (
    re.compile(r"\((?:i{1,3}|iv|vi{0,3}|ix|x)\)"),
    re.compile(r"\((?:I{1,3}|IV|VI{0,3}|IX|X)\)"),
    re.compile(r"\([1-9]\)"),
    re.compile(r"\([a-h]\)"),
    re.compile(r"(?<![\w(])[1-9]\)\s"),
)
_ITEM_OR_END = re.compile(r"(?P<end>,? (?:and|or|as well as) )|[,;] ")
_MOST = 8  # a longer row of commas is no list that anyone counts


def series_lengths(text: str) -> set[int]:
    """Return how many things the lists of an English text have: by their marks, or by commas up to an `and`."""
    found = {len(set(pattern.findall(text))) for pattern in _ENUMERATORS}
    for clause in re.split(r"[:.()]", text):
        items = 0
        for mark in _ITEM_OR_END.finditer(clause):
            if mark["end"] and items:  # any part of the clause may be the list, with and without a comma before `and`
                found |= set(range(3, items + 3)) if items < 3 else {items + 1, items + 2}
            if not mark["end"] or mark["end"].startswith(","):
                items += 1
    return found - {0, 1}


@lru_cache(maxsize=64)
def listed_lengths(text: str) -> frozenset[int]:
    """Return how many things the lists of a summary itself have: `A、B、およびCの3つ` is no claim of its own."""
    found = set(series_lengths(text))
    for sentence in re.split(r"[。\n]", text):
        for run in re.split(r"[「」()（）]", sentence):
            marks = run.count("、") + run.count("・")
            if 1 <= marks <= _MOST:
                found |= {marks + 1}
    return frozenset(found)
