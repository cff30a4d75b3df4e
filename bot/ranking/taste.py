"""A channel's taste: what it said of some texts, carried over to papers that it has not seen.

Three views of a paper are added up, each counted in standard deviations among the papers of the catalogue's sample: a
Bayesian linear model on points, its nearness to the nearest liked paper, and the words that it shares with them.
docs/ranking.md says how each was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper, PaperId, Reason
from bot.ranking.catalogue import Catalogue, Rows, Traits

# What a dislike weighs and aims at, where a plain liking weighs 1 and aims at 1. What one person waves off is often
# what another would have liked, so it says "nothing special" more than "the contrary".
DISLIKE = 0.3
DISLIKED = -0.2
NEARNESS = 0.4
WORDS = 0.6  # where there are abstracts; the few words of a title mislead
DISLIKED_WORDS = 0.25
# With likings that weigh this much, half of what the taste says is believed.
HALF_BELIEVED = 1.5
# A paper is called similar to a liked one where all but this share of the sample is less so, and where it is at all.
SIMILAR_SHARE = 0.1
SIMILAR_AT_LEAST = 0.2
WORTH_SAYING = 0.2
NEGLIGIBLE = 1e-3  # opinions of less are none
_SOFT_LIMIT = 3.0
_DIGITS = 9  # the last bits of a product differ between machines

Numbers = NDArray[np.float64]


class Liking(NamedTuple):
    """What a taste says of a paper: 0 no opinion, 1 clearly liked, -1 clearly not; and why, where it is liked."""

    value: float
    reason: Reason | None = None


NO_LIKING = Liking(0.0)


class Taste(Protocol):
    """A channel's taste as learned by the time it is asked."""

    def judge(self, papers: Sequence[Paper]) -> Sequence[Liking]:
        """One for each paper, in their order; equal papers get equal ones, in whatever order and company they come."""


class NoTaste:
    """A channel that has said nothing yet: no opinion about anything."""

    def judge(self, papers: Sequence[Paper]) -> Sequence[Liking]:
        return [NO_LIKING] * len(papers)


NO_TASTE = NoTaste()


@dataclass(frozen=True, slots=True)
class Example:
    """A text that the channel said something of. `value`: 1 is one person's plain liking, below 0 is disliked.

    `reason` is given for papers similar to it. `paper` is its id where it is a paper.
    """

    traits: Traits
    value: float
    reason: Reason
    paper: PaperId | None = None


def learn(catalogue: Catalogue, examples: Sequence[Example], others: Mapping[PaperId, Traits]) -> Taste:
    """The taste behind the examples; `others` are papers to be judged that the catalogue does not have.

    A paper that neither has is no paper that the taste has an opinion about.
    """
    told = [one for one in examples if abs(one.value) >= NEGLIGIBLE]
    return LearnedTaste(catalogue, told, others) if told else NO_TASTE


class LearnedTaste:
    """See `learn`."""

    def __init__(self, catalogue: Catalogue, examples: Sequence[Example], others: Mapping[PaperId, Traits]) -> None:
        self._catalogue = catalogue
        self._others = others
        rows = catalogue.examples([(one.paper, one.traits) for one in examples])
        values = np.array([one.value for one in examples])
        liked = values > 0
        weights = np.log2(1 + np.abs(values)) * np.where(liked, 1.0, DISLIKE)
        self._liked = rows.points[liked]
        self._reasons = [one.reason for one in examples if one.value > 0]
        self._direction = _direction(catalogue, rows.points, weights, np.where(liked, 1.0, DISLIKED))
        self._words = _words(rows, weights, liked)
        self._word_weight = WORDS * catalogue.has_abstracts if catalogue.width else 1.0
        self._belief = float(weights.sum() / (weights.sum() + HALF_BELIEVED))
        sample = catalogue.sample([one.paper for one in examples if one.paper])
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
            known = [paper for paper in ids if paper in self._catalogue or paper in self._others]
        found = dict(zip(known, self._likings(self._catalogue.rows(known, self._others)), strict=True))
        return [found.get(paper, NO_LIKING) for paper in ids]

    def _likings(self, rows: Rows) -> list[Liking]:
        alike = rows.points @ self._liked.T
        summed = self._summed(self._views(rows, alike))
        values = self._belief * _soft((summed - self._scale.mean) / self._scale.deviation)
        if not self._reasons:
            values = np.minimum(values, 0.0)  # who only dislikes has not said what is better
        return list(map(Liking, np.round(values, _DIGITS).tolist(), self._similar(alike, values)))

    def _views(self, rows: Rows, alike: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """`alike`: how alike each row is to each liked text."""
        nearness = alike.max(axis=1) if len(self._liked) else np.zeros(len(alike))
        return rows.points @ self._direction, nearness, rows.terms.dot(self._words)

    def _summed(self, views: Sequence[Numbers]) -> Numbers:
        weights = (1.0, NEARNESS, self._word_weight)
        summed = np.zeros(len(views[0]))
        for weight, view, scale in zip(weights, views, self._scales, strict=True):
            summed += weight * (view - scale.mean) / scale.deviation
        return summed

    def _similar(self, alike: Numbers, values: Numbers) -> list[Reason | None]:
        """For each paper the liked text that it is most similar to, where it is similar enough to say so."""
        if not self._reasons:
            return [None] * len(alike)
        lead = np.round(alike - self._similar_from, _DIGITS)
        nearest = np.argmax(lead, axis=1).tolist()
        said = (lead.max(axis=1) >= 0) & (values >= WORTH_SAYING)
        return [self._reasons[best] if worth else None for best, worth in zip(nearest, said.tolist(), strict=True)]


class _Scale(NamedTuple):
    mean: float
    deviation: float


def _scale(values: Numbers) -> _Scale:
    """How the sample's values lie. Where they are all the same, they tell nothing: any value divides to 0."""
    if not len(values):
        return _Scale(0.0, 1.0)
    deviation = float(values.std())
    return _Scale(float(values.mean()), deviation if deviation > 1e-9 else np.inf)


def _direction(catalogue: Catalogue, points: Numbers, weights: Numbers, targets: Numbers) -> Numbers:
    """Ridge regression in its dual form: as large as the examples are many, however wide the points."""
    white = points @ catalogue.whitening
    likeness = white @ white.T + np.diag(1 / weights)
    direction: Numbers = catalogue.whitening @ (white.T @ np.linalg.solve(likeness, targets))
    return direction


def _words(rows: Rows, weights: Numbers, liked: NDArray[np.bool_]) -> Numbers:
    """The mean words of what is liked, less some of what is not (Rocchio)."""
    shares = np.zeros(len(weights))
    for group, sign in ((liked, 1.0), (~liked, -DISLIKED_WORDS)):
        if group.any():
            shares[group] = sign * weights[group] / weights[group].sum()
    return rows.terms.weighted_sum(shares)


def _soft(values: Numbers) -> Numbers:
    """Without a jump at the limit, so that the best stay apart."""
    return _SOFT_LIMIT * np.tanh(values / _SOFT_LIMIT)


def _largest(values: Numbers, share: float) -> Numbers:
    """In each column the value that this share of the rows reaches."""
    count = len(values)
    if not count:
        return np.zeros(values.shape[1])
    place = min(count - 1, int(count * (1 - share)))
    found: Numbers = np.partition(values, place, axis=0)[place]
    return found
