"""How similar papers are in their words, and picking a few that are good without being similar."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper
from bot.ranking.wishes import fold

# The penalty of a paper identical, word for word, to one already picked. On recorded days the similarity of two papers
# is about 0.05, of the closest pairs 0.15-0.25, of two versions of one text above 0.7: neighbours cost little,
# duplicates nearly everything.
ALIKE_PENALTY = 1.5
# A channel with a taste wants several papers on what it likes, so for it similarity costs only from here on, up to the
# same for a duplicate. Measured by replay, the whole penalty costs such a channel 6 % of what it likes.
NEIGHBOURS = 0.3
# Words are hashed into this many columns; a few hundred abstracts have some 10,000 words, and collisions matter little.
_COLUMNS = 4096
_TITLE_WEIGHT = 3  # a title's words count as often as if the abstract had them three times
_WORD = re.compile(r"\w{2,}")


def word_vectors(papers: Sequence[Paper]) -> NDArray[np.float64]:
    """Return a unit-length row for each paper (zeros if it has no words): hashed tf-idf among these papers."""
    vectors = np.zeros((len(papers), _COLUMNS))
    if not papers:
        return vectors
    words = [_words(paper.title, paper.abstract) for paper in papers]
    columns = np.concatenate([of_paper for of_paper, _ in words])
    rows = np.repeat(np.arange(len(papers)), [len(of_paper) for of_paper, _ in words])
    papers_with = np.bincount(columns, minlength=_COLUMNS)
    rarity = np.log((len(papers) + 1) / (papers_with + 0.5))
    weights = np.concatenate([weights for _, weights in words]) * rarity[columns]
    lengths = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(papers)))
    vectors[rows, columns] = weights / np.where(lengths > 0, lengths, 1.0)[rows]
    return vectors


@lru_cache(maxsize=1 << 12)
def _words(title: str, abstract: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the columns of a paper's words, and log(1 + count) of each. Cached, since all channels compare the same
    papers.
    """
    words = Counter(_WORD.findall(fold(abstract)))
    for word in _WORD.findall(fold(title)):
        words[word] += _TITLE_WEIGHT
    row = np.zeros(_COLUMNS)
    for word, count in words.items():
        # Not hash(), which differs from process to process.
        row[zlib.crc32(word.encode("utf-8", "surrogatepass")) % _COLUMNS] += count
    columns = np.flatnonzero(row)
    return columns, np.log1p(row[columns])


def alike(vectors: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each vector's penalty for its similarity to the most similar of the others."""
    likeness: NDArray[np.float64] = np.max(vectors @ others.T, axis=1, initial=0.0)
    return ALIKE_PENALTY * likeness


def pick_diverse(scores: NDArray[np.float64], vectors: NDArray[np.float64], size: int, free: float = 0.0) -> list[int]:
    """Return the rows of up to `size` papers, in the order in which they are picked.

    Each pick is the best by score minus `ALIKE_PENALTY` times the similarity to the most similar earlier pick (maximal
    marginal relevance, Carbonell and Goldstein 1998); the first one wins a tie. Similarity up to `free` costs nothing,
    and a duplicate costs the full penalty as ever.
    """
    picked: list[int] = []
    likeness = np.zeros(len(scores))
    open_rows = np.ones(len(scores), dtype=bool)
    for _ in range(min(size, len(scores))):
        # Rounded, because the last bits of a product differ between machines and would break ties.
        penalty = ALIKE_PENALTY * np.maximum(likeness - free, 0) / (1 - free)
        worth = np.where(open_rows, np.round(scores - penalty, 9), -np.inf)
        pick = int(np.argmax(worth))
        picked.append(pick)
        open_rows[pick] = False
        likeness = np.maximum(likeness, vectors @ vectors[pick])
    return picked
