"""The papers that all others are compared with, prepared once for every channel.

Similarity has no unit of its own: what counts is how a paper compares with the papers of its time. So the catalogue
holds which directions and terms are common among them, and a sample of them to compare with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper, PaperId, Vectors
from bot.ranking.terms import Terms, TermTable, Vocabulary, terms

SAMPLE = 512
# The prior of the linear model, in votes: the ridge, and how many uninteresting papers the catalogue counts as in the
# directions common in it. Measured by replay (docs/ranking.md), and flat around these values.
RIDGE = 2.0
BACKGROUND = 100.0
# The median number of terms in a catalogue of bare titles, and in one of abstracts.
_TERMS_OF_TITLES = 40
_TERMS_OF_ABSTRACTS = 160

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a text is compared by. `point` is None if the catalogue's model has not embedded it."""

    terms: Terms
    point: NDArray[np.float32] | None = None


class Rows(NamedTuple):
    """Texts made comparable. A text without a point has a row of zeros, which is similar to nothing."""

    points: Points  # centred, of unit length
    terms: TermTable


def text_of(paper: Paper) -> str:
    """Return the text of a paper that is compared and embedded."""
    return f"{paper.title}. {paper.abstract}" if paper.abstract else paper.title


def traits(texts: Sequence[str], points: Sequence[NDArray[np.float32] | None]) -> list[Traits]:
    """Return the traits of each text, in order."""
    return [Traits(terms(text), point) for text, point in zip(texts, points, strict=True)]


def points_of(vectors: Vectors) -> NDArray[np.float32]:
    """Return the vectors as a matrix, one row each. Values that are not finite become 0."""
    floats = np.frombuffer(vectors.floats, dtype=np.float32)
    return np.nan_to_num(floats.reshape(len(vectors), vectors.width), posinf=0.0, neginf=0.0)


class Catalogue:
    """What is common among the given papers, whatever their order."""

    def __init__(self, papers: Mapping[PaperId, Traits]) -> None:
        ids = sorted(papers, key=str)
        texts = [papers[paper] for paper in ids]
        self._index = {paper: row for row, paper in enumerate(ids)}
        self._vocabulary = Vocabulary([text.terms for text in texts])
        placed = [text.point for text in texts if text.point is not None]
        self.width = len(placed[0]) if placed else 0
        raw = _unit(np.array(placed, dtype=np.float64).reshape(len(placed), self.width))
        self._mean = raw.mean(axis=0) if placed else np.zeros(self.width)
        self._rows = self._prepared(texts)
        self.whitening = _whitening(self._rows.points, max(len(placed), 1))
        drawn = sorted(ids, key=_draw)[:SAMPLE]
        self._sample = np.array([self._index[paper] for paper in drawn], dtype=np.int64)
        length = float(np.median([len(text.terms.columns) for text in texts])) if texts else 0.0
        span = _TERMS_OF_ABSTRACTS - _TERMS_OF_TITLES
        self.has_abstracts = min(max((length - _TERMS_OF_TITLES) / span, 0.0), 1.0)

    def rows(self, papers: Sequence[PaperId], others: Mapping[PaperId, Traits]) -> Rows:
        """Return the papers' rows, from the catalogue or else from `others`. Raises KeyError for a paper in neither."""
        own = [self._index.get(paper, -1) for paper in papers]
        if min(own, default=0) >= 0:
            return self._picked(np.array(own, dtype=np.int64))
        return self.examples([(paper, None if paper in self._index else others[paper]) for paper in papers])

    def examples(self, texts: Sequence[tuple[PaperId | None, Traits | None]]) -> Rows:
        """Return rows of texts that may not be papers. Papers of the catalogue need no traits."""
        own = [self._index.get(paper, -1) if paper else -1 for paper, _ in texts]
        inside = self._picked(np.array([row for row in own if row >= 0], dtype=np.int64))
        if len(inside.points) == len(texts):
            return inside
        foreign = [text for row, (_, text) in zip(own, texts, strict=True) if row < 0 and text]
        outside = self._prepared(foreign)
        order = np.argsort(np.argsort(np.array(own) < 0, kind="stable"), kind="stable")
        return Rows(
            np.concatenate((inside.points, outside.points))[order], inside.terms.beside(outside.terms).rows(order)
        )

    def sample(self, without: Sequence[PaperId]) -> Rows:
        """Return the rows of up to `SAMPLE` papers, always the same ones, without those in `without`."""
        excluded = [self._index[paper] for paper in without if paper in self._index]
        return self._picked(self._sample[~np.isin(self._sample, excluded)])

    def __contains__(self, paper: PaperId | None) -> bool:
        return paper in self._index

    def _picked(self, rows: NDArray[np.int64]) -> Rows:
        return Rows(self._rows.points[rows], self._rows.terms.rows(rows))

    def _prepared(self, texts: Sequence[Traits]) -> Rows:
        points = np.zeros((len(texts), self.width))
        placed = [row for row, text in enumerate(texts) if text.point is not None and len(text.point) == self.width]
        if placed and self.width:
            raw = np.array([texts[row].point for row in placed], dtype=np.float64)
            points[placed] = _unit(_unit(raw) - self._mean)
        return Rows(points, self._vocabulary.table([text.terms for text in texts]))


def _unit(points: Points) -> Points:
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    # A row this short is a rounding error, not a direction.
    unit: Points = np.divide(points, lengths, out=np.zeros_like(points), where=lengths > 1e-6)
    return unit


def _whitening(points: Points, count: int) -> Points:
    """Return the matrix that maps points to a space in which the model's prior has the same variance in every
    direction.
    """
    width = points.shape[1]
    prior = RIDGE * np.eye(width) + BACKGROUND / count * (points.T @ points)
    whitening: Points = np.linalg.inv(np.linalg.cholesky(prior)).T
    return whitening


def _draw(paper: PaperId) -> bytes:
    return hashlib.blake2b(str(paper).encode("utf-8", "surrogatepass"), digest_size=8).digest()
