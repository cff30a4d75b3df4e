"""Texts as weighted terms: words and pairs of neighbouring words, hashed into columns."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.ranking.wishes import fold

_COLUMNS = 1 << 18  # about as many as ten thousand abstracts have repeated terms
_WORD = re.compile(r"\w{2,}")

# A term in fewer papers is a name or a typo, one in more papers distinguishes nothing. Both limits are lower for a
# small catalogue.
_LEAST_PAPERS = 5
_LEAST_PAPERS_OF_FEW = 2
_FEW = 1_000
_LARGEST_SHARE = 0.1
_ALWAYS_ALLOWED = 20


class Terms(NamedTuple):
    """The distinct terms of one text as ascending columns, and 1 + log(count) of each."""

    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


@lru_cache(maxsize=1 << 16)
def _code(word: str) -> int:
    # Not hash(), which differs from process to process.
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def terms(text: str) -> Terms:
    """Return the terms of a text, folded like wishes (`fold`)."""
    codes = np.array([_code(word) for word in _WORD.findall(fold(text))], dtype=np.int64)
    pairs = codes[:-1] * 31 + codes[1:]
    columns, counts = np.unique(np.concatenate((codes, pairs)) % _COLUMNS, return_counts=True)
    return Terms(columns.astype(np.int32), (1 + np.log(counts)).astype(np.float32))


class Vocabulary:
    """The terms that distinguish a catalogue's papers, and how rare each is."""

    def __init__(self, texts: Sequence[Terms]) -> None:
        papers = np.zeros(_COLUMNS, dtype=np.int64)
        for text in texts:
            papers[text.columns] += 1
        least = _LEAST_PAPERS if len(texts) >= _FEW else _LEAST_PAPERS_OF_FEW
        columns = np.flatnonzero((papers >= least) & (papers <= max(_LARGEST_SHARE * len(texts), _ALWAYS_ALLOWED)))
        self.size = len(columns)
        self._index = np.full(_COLUMNS, -1, dtype=np.int32)
        self._index[columns] = np.arange(len(columns), dtype=np.int32)
        self._rarity = 1 + np.log((1 + len(texts)) / (1 + papers[columns]))

    def table(self, texts: Sequence[Terms]) -> TermTable:
        """Return a row for each of the texts, which may be from outside the catalogue."""
        rows = [self._row(text) for text in texts]
        starts = np.concatenate(([0], np.cumsum([len(columns) for columns, _ in rows], dtype=np.int64)))
        columns = np.concatenate([np.empty(0, np.int32), *(columns for columns, _ in rows)])
        values = np.concatenate([np.empty(0), *(values for _, values in rows)])
        return TermTable(starts.astype(np.int64), columns, values, self.size)

    def _row(self, text: Terms) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        columns = self._index[text.columns]
        in_vocabulary = columns >= 0
        columns = columns[in_vocabulary]
        values = text.weights[in_vocabulary] * self._rarity[columns]
        length = float(np.linalg.norm(values))
        return columns, values / length if length else values


class TermTable:
    """Sparse rows of unit length, empty for a text without terms of the vocabulary."""

    def __init__(
        self, starts: NDArray[np.int64], columns: NDArray[np.int32], values: NDArray[np.float64], width: int
    ) -> None:
        self._starts = starts  # of each row, and the end of the last one
        self._columns = columns
        self._values = values
        self._width = width

    def __len__(self) -> int:
        return len(self._starts) - 1

    def rows(self, picked: NDArray[np.int64]) -> TermTable:
        """Return a table of these rows, in this order."""
        sizes = self._starts[picked + 1] - self._starts[picked]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        entries = np.repeat(self._starts[picked] - starts[:-1], sizes) + np.arange(starts[-1])
        return TermTable(starts, self._columns[entries], self._values[entries], self._width)

    def beside(self, other: TermTable) -> TermTable:
        """Return the rows of both tables, which must share a vocabulary."""
        return TermTable(
            np.concatenate((self._starts, other._starts[1:] + self._starts[-1])),
            np.concatenate((self._columns, other._columns)),
            np.concatenate((self._values, other._values)),
            self._width,
        )

    def weighted_sum(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of all rows, each times its weight, as a dense row."""
        spread = np.repeat(weights, np.diff(self._starts))
        summed = np.bincount(self._columns, weights=self._values * spread, minlength=self._width)
        return summed.astype(np.float64)

    def dot(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each row's dot product with a dense row."""
        products = np.concatenate((self._values * row[self._columns], [0.0]))
        sums = np.add.reduceat(products, self._starts[:-1]) if len(self) else np.empty(0)
        # For an empty row `reduceat` returns the entry at its start.
        return np.where(np.diff(self._starts) > 0, sums, 0.0)
