"""A channel's taste: its opinions of some texts, generalised to papers that it has not seen.

Three views of a paper are added up, each in standard deviations among the catalogue's sample: a Bayesian linear model
on embeddings, similarity to the nearest liked paper, and shared words. docs/ranking.md says how each was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper, PaperId, Reason
from bot.ranking.catalogue import Catalogue, Rows, Traits

# The weight and target of a dislike, where a plain liking has 1 and 1. What one person dismisses is often what another
# would have liked, so it means "nothing special" rather than "the opposite".
DISLIKE = 0.3
DISLIKED = -0.2
NEARNESS = 0.4
WORDS = 0.6  # with abstracts; the few words of a title mislead
DISLIKED_WORDS = 0.25
# The total weight of examples at which a taste counts half.
HALF_BELIEVED = 1.5
# A paper is similar to a liked one if all but this share of the sample is less so, and it is at least this close.
SIMILAR_SHARE = 0.1
SIMILAR_AT_LEAST = 0.2
WORTH_SAYING = 0.2
NEGLIGIBLE = 1e-3  # a smaller opinion is none
_SOFT_LIMIT = 3.0
_DIGITS = 9  # the last bits of a product differ between machines

Numbers = NDArray[np.float64]


class Liking(NamedTuple):
    """A taste's opinion of a paper: 0 none, 1 clearly liked, -1 clearly disliked; and the reason if it is liked."""

    value: float
    reason: Reason | None = None


NO_LIKING = Liking(0.0)


class Taste(Protocol):
    """A channel's taste, as learned so far."""

    def judge(self, papers: Sequence[Paper]) -> Sequence[Liking]:
        """Return a liking for each paper, in order. It does not depend on the order or choice of the other papers."""


class NoTaste:
    """The taste of a channel that has expressed none: no opinion about anything."""

    def judge(self, papers: Sequence[Paper]) -> Sequence[Liking]:
        return [NO_LIKING] * len(papers)


NO_TASTE = NoTaste()


@dataclass(frozen=True, slots=True)
class Example:
    """A text that the channel has an opinion of. `value`: 1 is one person's plain liking, below 0 is disliked.

    `reason` is given for papers similar to it. `paper` is its id if it is a paper.
    """

    traits: Traits
    value: float
    reason: Reason
    paper: PaperId | None = None


def learn(catalogue: Catalogue, examples: Sequence[Example], others: Mapping[PaperId, Traits]) -> Taste:
    """Learn a taste from the examples. `others` are papers to be judged that are not in the catalogue.

    The taste has no opinion about a paper in neither.
    """
    telling = [example for example in examples if abs(example.value) >= NEGLIGIBLE]
    return LearnedTaste(catalogue, telling, others) if telling else NO_TASTE


class LearnedTaste:
    """See `learn`."""

    def __init__(self, catalogue: Catalogue, examples: Sequence[Example], others: Mapping[PaperId, Traits]) -> None:
        self._catalogue = catalogue
        self._others = others
        rows = catalogue.examples([(example.paper, example.traits) for example in examples])
        values = np.array([example.value for example in examples])
        liked = values > 0
        weights = np.log2(1 + np.abs(values)) * np.where(liked, 1.0, DISLIKE)
        self._liked = rows.points[liked]
        self._reasons = [example.reason for example in examples if example.value > 0]
        self._direction = _direction(catalogue, rows.points, weights, np.where(liked, 1.0, DISLIKED))
        self._words = _words(rows, weights, liked)
        self._word_weight = WORDS * catalogue.has_abstracts if catalogue.width else 1.0
        self._belief = float(weights.sum() / (weights.sum() + HALF_BELIEVED))
        sample = catalogue.sample([example.paper for example in examples if example.paper])
        alike = sample.points @ self._liked.T
        views = self._views(sample, alike)
        self._scales = [_scale(view) for view in views]
        self._scale = _scale(self._summed(views))
        self._similar_from = np.maximum(_largest(alike, SIMILAR_SHARE), SIMILAR_AT_LEAST)

    def judge(self, papers: Sequence[Paper]) -> Sequence[Liking]:
        ids = [paper.id for paper in papers]
        try:
            return self._likings(self._catalogue.rows(ids, self._others))
        except KeyError:
            comparable = [paper for paper in ids if paper in self._catalogue or paper in self._others]
        likings = self._likings(self._catalogue.rows(comparable, self._others))
        by_paper = dict(zip(comparable, likings, strict=True))
        return [by_paper.get(paper, NO_LIKING) for paper in ids]

    def _likings(self, rows: Rows) -> list[Liking]:
        alike = rows.points @ self._liked.T
        summed = self._summed(self._views(rows, alike))
        values = self._belief * _soft((summed - self._scale.mean) / self._scale.deviation)
        if not self._reasons:
            values = np.minimum(values, 0.0)  # dislikes alone do not say what is better
        return list(map(Liking, np.round(values, _DIGITS).tolist(), self._similar(alike, values)))

    def _views(self, rows: Rows, alike: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return the three views of the rows. `alike` is each row's similarity to each liked text."""
        nearness = alike.max(axis=1) if len(self._liked) else np.zeros(len(alike))
        return rows.points @ self._direction, nearness, rows.terms.dot(self._words)

    def _summed(self, views: Sequence[Numbers]) -> Numbers:
        weights = (1.0, NEARNESS, self._word_weight)
        summed = np.zeros(len(views[0]))
        for weight, view, scale in zip(weights, views, self._scales, strict=True):
            summed += weight * (view - scale.mean) / scale.deviation
        return summed

    def _similar(self, alike: Numbers, values: Numbers) -> list[Reason | None]:
        """Return for each paper the reason of the most similar liked text, if it is similar enough to mention."""
        if not self._reasons:
            return [None] * len(alike)
        lead = np.round(alike - self._similar_from, _DIGITS)
        nearest = np.argmax(lead, axis=1).tolist()
        worth_saying = ((lead.max(axis=1) >= 0) & (values >= WORTH_SAYING)).tolist()
        return [self._reasons[best] if worth else None for best, worth in zip(nearest, worth_saying, strict=True)]


class _Scale(NamedTuple):
    mean: float
    deviation: float


def _scale(values: Numbers) -> _Scale:
    """Return the mean and deviation of the sample. If all values are equal they say nothing, and any value divides to
    0.
    """
    if not len(values):
        return _Scale(0.0, 1.0)
    deviation = float(values.std())
    return _Scale(float(values.mean()), deviation if deviation > 1e-9 else np.inf)


def _direction(catalogue: Catalogue, points: Numbers, weights: Numbers, targets: Numbers) -> Numbers:
    """Solve the ridge regression in its dual form, which grows with the number of examples, not with their width."""
    white = points @ catalogue.whitening
    likeness = white @ white.T + np.diag(1 / weights)
    direction: Numbers = catalogue.whitening @ (white.T @ np.linalg.solve(likeness, targets))
    return direction


def _words(rows: Rows, weights: Numbers, liked: NDArray[np.bool_]) -> Numbers:
    """Return the mean words of what is liked, less a share of what is not (Rocchio)."""
    shares = np.zeros(len(weights))
    for group, sign in ((liked, 1.0), (~liked, -DISLIKED_WORDS)):
        if group.any():
            shares[group] = sign * weights[group] / weights[group].sum()
    return rows.terms.weighted_sum(shares)


def _soft(values: Numbers) -> Numbers:
    """Limit the values smoothly, so that the best remain distinguishable."""
    return _SOFT_LIMIT * np.tanh(values / _SOFT_LIMIT)


def _largest(values: Numbers, share: float) -> Numbers:
    """Return the value that this share of the rows reaches, for each column."""
    count = len(values)
    if not count:
        return np.zeros(values.shape[1])
    place = min(count - 1, int(count * (1 - share)))
    largest: Numbers = np.partition(values, place, axis=0)[place]
    return largest
