"""Score how well each block of a text matches a query: words by BM25, meaning by vectors. Pure.

The two scales differ, so their standard scores are added. Measured by `bench.passages`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

# BM25's saturation of repeated words, and its penalty for long texts.
_K1, _B = 1.0, 0.6
# What a block's best sentence counts beside the block as a whole, by its words and by its meaning.
_SENTENCE_WORDS, _SENTENCE_MEANING = 0.6, 0.6
_NEIGHBOUR = 0.1  # evidence often goes on in the next block


def relevance(
    blocks: Sequence[Sequence[str]],
    sentences: Sequence[Sequence[str]],
    owners: Sequence[int],
    wanted: Sequence[str],
    similarities: Scores,
) -> Scores:
    """Return the relevance of each block, larger for better.

    `blocks` and `sentences` are given as terms, and `owners` has the block of each sentence, ascending. `wanted` are
    the terms that are looked for; `similarities` says how close each sentence is to them by its vector.
    """
    if not blocks:
        return np.zeros(0)
    scores = (
        standard(bm25(blocks, wanted))
        + _SENTENCE_WORDS * standard(best(bm25(sentences, wanted), owners, len(blocks)))
        + _SENTENCE_MEANING * standard(best(similarities, owners, len(blocks)))
    )
    spread = scores.copy()
    spread[1:] += _NEIGHBOUR * scores[:-1]
    spread[:-1] += _NEIGHBOUR * scores[1:]
    return spread


def bm25(texts: Sequence[Sequence[str]], wanted: Sequence[str]) -> Scores:
    """Return Okapi BM25 of each text for the distinct terms wanted, rarity counted within these texts."""
    columns = {term: n for n, term in enumerate(dict.fromkeys(wanted))}
    counts = np.zeros((len(texts), len(columns)))
    lengths = np.zeros(len(texts))
    for row, text in enumerate(texts):
        lengths[row] = len(text)
        for term, count in Counter(term for term in text if term in columns).items():
            counts[row, columns[term]] = count
    holding = (counts > 0).sum(axis=0)
    rarity = np.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
    mean = lengths.mean() if lengths.any() else 1.0
    norm = _K1 * (1 - _B + _B * lengths / mean)[:, None]
    scores: Scores = (rarity * counts * (_K1 + 1) / (counts + norm)).sum(axis=1)
    return scores


def best(values: Scores, owners: Sequence[int], size: int) -> Scores:
    """Return the largest value of each of `size` owners; 0 for one that owns nothing."""
    largest = np.zeros(size)
    for owner, group in groupby(range(len(owners)), key=lambda n: owners[n]):
        largest[owner] = values[list(group)].max()
    return largest


def standard(values: Scores) -> Scores:
    """Return the values as standard scores: mean 0 and deviation 1, or all 0 where they are all alike."""
    deviation = values.std() if values.size else 0.0
    scores: Scores = (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros_like(values)
    return scores
