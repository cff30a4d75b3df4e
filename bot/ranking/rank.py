"""The order of a channel's candidates.

Everything here is a function of its arguments: no clock, no chance beyond what is drawn from `seed`, and the order of
the papers makes no difference. Scores are computed for all candidates at once, in columns; reasons only for those that
are looked at.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import overload

import numpy as np
from numpy.typing import NDArray

from bot.models import ChannelSettings, Choice, Paper, PaperId
from bot.ranking.field import Field, Values
from bot.ranking.score import COLUMN, FIT, WEIGHTS, ScorePart, own_addends, reasons
from bot.ranking.taste import NO_LIKING, NO_TASTE, Liking, Taste
from bot.ranking.wishes import Wishes

TASTE_LIMIT = 3.0  # keeps a taste, however certain, from dominating a score


def rank(
    candidates: Sequence[Paper],
    settings: ChannelSettings,
    due_at: datetime,
    seed: str,
    taste: Taste = NO_TASTE,
    peers: Sequence[Paper] = (),
) -> Ranking:
    """Rank the candidates, best first. Ties are broken by a draw from `seed`.

    Leaves out papers that are withdrawn, muted by the channel, or not listed by anybody by `due_at` (an aware instant);
    later signals are ignored. `peers` are further papers to compare counts with, normally those of the window that the
    channel was already shown, so that a paper does not become the day's best only because better ones are gone.

    `Choice.parts` has a part, even if 0.0, whenever its signal is known: without an `upvotes` part, no voting source
    had listed the paper. Every choice has one to three reasons, all of them true.
    """
    return rank_in(Field((*peers, *candidates), due_at), candidates, settings, seed, taste)


def rank_in(
    field: Field, candidates: Sequence[Paper], settings: ChannelSettings, seed: str, taste: Taste = NO_TASTE
) -> Ranking:
    """Rank as `rank` does, in a field that contains all the candidates and is shared by any number of channels."""
    wishes = Wishes.of(settings)
    rows = field.rows(candidates)
    if wishes.has_mutes:
        rows = [row for row in rows if not wishes.mutes(field.runners[row].paper)]
    likings = [_bounded(liking) for liking in taste.judge([field.runners[row].paper for row in rows])]
    return Ranking(field, rows, wishes, likings, seed)


class Ranking(Sequence[Choice]):
    """Ranked papers, best first. A Choice is built only when it is looked at, since few ever are."""

    def __init__(self, field: Field, rows: Sequence[int], wishes: Wishes, likings: Sequence[Liking], seed: str) -> None:
        """Order the field's rows. `likings` has one, within the limit, for each of `rows`."""
        self._wishes = wishes
        values = _values(field, rows, wishes, likings)
        scores = _added(values, ScorePart)
        order = _ordered(scores, [field.runners[row].paper.id for row in rows], seed)
        self._values, self._scores = values[order], scores[order]
        self._runners = [field.runners[rows[place]] for place in order]
        self._likings = [likings[place] for place in order]
        self._is_popular = field.is_popular[np.array(rows, dtype=np.intp)[order]]
        self._choices: dict[int, Choice] = {}

    def __len__(self) -> int:
        return len(self._runners)

    @overload
    def __getitem__(self, place: int) -> Choice: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Choice, ...]: ...
    def __getitem__(self, place: int | slice) -> Choice | tuple[Choice, ...]:
        if isinstance(place, slice):
            return tuple(self[n] for n in range(*place.indices(len(self))))
        return self._choice(range(len(self))[place])

    @property
    def ids(self) -> list[PaperId]:
        """The ids of all papers, without building any Choice."""
        return [runner.paper.id for runner in self._runners]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # unhashable, like a list

    @property
    def has_popular(self) -> bool:
        """Whether a voting source has listed any of the papers."""
        return bool(self._is_popular.any())

    @property
    def has_taste(self) -> bool:
        """Whether the channel's taste has an opinion about any of the papers."""
        return bool(self._values[:, COLUMN[ScorePart.TASTE]].any())

    def outside(self, taken: Collection[PaperId], count: int) -> list[tuple[float, Choice]]:
        """Return papers that no voting source has listed, best fit first, each with its fit apart from popularity."""
        fit = _added(self._values, FIT)
        places = np.flatnonzero(~self._is_popular)
        best = places[np.argsort(-fit[places], kind="stable")].tolist()
        free = (place for place in best if self._runners[place].paper.id not in taken)
        return [(float(fit[place]), self._choice(place)) for place in islice(free, count)]

    def _choice(self, place: int) -> Choice:
        if place not in self._choices:
            runner = self._runners[place]
            addends = runner.parts + own_addends(runner.paper, self._wishes, self._likings[place])
            why = reasons(addends, self._means, runner.age)
            parts = {addend.part.value: addend.value for addend in addends}
            self._choices[place] = Choice(runner.paper, float(self._scores[place]), why, parts)
        return self._choices[place]

    @cached_property
    def _means(self) -> Mapping[ScorePart, float]:
        """Each part's mean over all papers, with 0 for absent ones. Exact sums do not depend on the papers' order."""
        columns = self._values.T.tolist()
        return {part: math.fsum(columns[COLUMN[part]]) / max(len(self), 1) for part in ScorePart}


def _values(field: Field, rows: Sequence[int], wishes: Wishes, likings: Sequence[Liking]) -> Values:
    """Return the parts of each row's score, one column each."""
    chosen = np.array(rows, dtype=np.intp)
    values: Values = field.values[chosen]
    topics = field.by_categories(lambda categories: wishes.topic(categories).value)
    values[:, COLUMN[ScorePart.TOPIC]] = WEIGHTS[ScorePart.TOPIC] * topics[chosen]
    if wishes.has_names:
        for place, row in enumerate(rows):
            paper = field.runners[row].paper
            values[place, COLUMN[ScorePart.KEYWORD]] = WEIGHTS[ScorePart.KEYWORD] * wishes.keyword(paper).value
            values[place, COLUMN[ScorePart.AUTHOR]] = WEIGHTS[ScorePart.AUTHOR] * wishes.author(paper).value
    taste = np.array([liking.value for liking in likings], dtype=np.float64)
    values[:, COLUMN[ScorePart.TASTE]] = WEIGHTS[ScorePart.TASTE] * taste
    return values


def _added(values: Values, parts: Collection[ScorePart] | type[ScorePart]) -> Values:
    """Return the sum of these columns, added one by one so that it is the same to the last bit on every machine."""
    total = np.zeros(len(values))
    for part in parts:
        total += values[:, COLUMN[part]]
    return total


def _bounded(liking: Liking) -> Liking:
    if -TASTE_LIMIT <= liking.value <= TASTE_LIMIT:
        return liking
    if math.isnan(liking.value):
        return NO_LIKING
    return liking._replace(value=max(-TASTE_LIMIT, min(TASTE_LIMIT, liking.value)))


def _ordered(scores: Values, ids: Sequence[PaperId], seed: str) -> list[int]:
    """Return the places by score, best first, with ties broken by a draw."""
    order: list[int] = []
    for equals in _groups(scores):
        order += sorted(equals, key=lambda place: draw(seed, ids[place])) if len(equals) > 1 else equals
    return order


def _groups(scores: Values) -> Iterator[list[int]]:
    order: NDArray[np.intp] = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order])) + 1
    starts = [0, *ends.tolist()]
    places = order.tolist()
    for start, end in zip(starts, [*starts[1:], len(places)], strict=True):
        yield places[start:end]


def draw(seed: str, paper: PaperId) -> bytes:
    """Return the paper's sort key for a draw that is reproducible with the seed and unpredictable without it."""
    return hashlib.blake2b(f"{seed}\n{paper}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
