"""The order in which a channel's candidates come.

Everything here is a function of its arguments: no clock, no chance but what is drawn from `seed`, and the order in
which papers come makes no difference. Scores are worked out for all candidates at once, in columns; reasons only for
those that somebody looks at.
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

TASTE_LIMIT = 3.0  # no taste, however sure, may push a score out of all proportion


def rank(
    candidates: Sequence[Paper],
    settings: ChannelSettings,
    due_at: datetime,
    seed: str,
    taste: Taste = NO_TASTE,
    peers: Sequence[Paper] = (),
) -> Ranking:
    """The candidates, the best first, equals in an order drawn from `seed`.

    Left out are those that are withdrawn, that the channel mutes, or that nobody had listed by `due_at` (an aware
    instant); signals seen after it count for nothing. `peers` are further papers to compare counts with, normally
    those of the window that the channel was shown already: nothing becomes its day's best by the better ones being
    gone.

    A part is in `Choice.parts`, be it 0.0, where its signal was known: without an `upvotes` part no voting source
    had listed the paper. There is always at least one reason and at most three, each of them true.
    """
    return rank_in(Field((*peers, *candidates), due_at), candidates, settings, seed, taste)


def rank_in(
    field: Field, candidates: Sequence[Paper], settings: ChannelSettings, seed: str, taste: Taste = NO_TASTE
) -> Ranking:
    """As `rank`, in a field that has all the candidates, prepared for as many channels as there are."""
    wishes = Wishes.of(settings)
    rows = field.rows(candidates)
    if wishes.has_mutes:
        rows = [row for row in rows if not wishes.mutes(field.runners[row].paper)]
    likings = [_bounded(liking) for liking in taste.judge([field.runners[row].paper for row in rows])]
    return Ranking(field, rows, wishes, likings, seed)


class Ranking(Sequence[Choice]):
    """Ranked papers, the best first; a Choice is made of one when it is looked at, for few ever are."""

    def __init__(self, field: Field, rows: Sequence[int], wishes: Wishes, likings: Sequence[Liking], seed: str) -> None:
        """`likings` has one for each of `rows`, which are rows of the field, within the limit."""
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
        """Of all of them, without making a Choice of any."""
        return [runner.paper.id for runner in self._runners]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # like a list's

    @property
    def has_popular(self) -> bool:
        """Whether a voting source has listed any of them."""
        return bool(self._is_popular.any())

    @property
    def has_taste(self) -> bool:
        """Whether the channel's taste had anything to say."""
        return bool(self._values[:, COLUMN[ScorePart.TASTE]].any())

    def outside(self, taken: Collection[PaperId], count: int) -> list[tuple[float, Choice]]:
        """The papers that fit the channel best, their popularity left aside, of those that no voting source has listed:
        each with how well it fits."""
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
            parts = {one.part.value: one.value for one in addends}
            self._choices[place] = Choice(runner.paper, float(self._scores[place]), why, parts)
        return self._choices[place]

    @cached_property
    def _means(self) -> Mapping[ScorePart, float]:
        """Each part's mean over all papers, absent ones counting 0; exact sums do not depend on the papers' order."""
        columns = self._values.T.tolist()
        return {part: math.fsum(columns[COLUMN[part]]) / max(len(self), 1) for part in ScorePart}


def _values(field: Field, rows: Sequence[int], wishes: Wishes, likings: Sequence[Liking]) -> Values:
    """The parts of each row's score, a column each."""
    chosen = np.array(rows, dtype=np.intp)
    values: Values = field.values[chosen]
    topics = field.by_categories(lambda categories: wishes.topic(categories).value)
    values[:, COLUMN[ScorePart.TOPIC]] = WEIGHTS[ScorePart.TOPIC] * topics[chosen]
    if wishes.has_names:
        for place, row in enumerate(rows):
            paper = field.runners[row].paper
            values[place, COLUMN[ScorePart.KEYWORD]] = WEIGHTS[ScorePart.KEYWORD] * wishes.keyword(paper).value
            values[place, COLUMN[ScorePart.AUTHOR]] = WEIGHTS[ScorePart.AUTHOR] * wishes.author(paper).value
    said = np.array([liking.value for liking in likings], dtype=np.float64)
    values[:, COLUMN[ScorePart.TASTE]] = WEIGHTS[ScorePart.TASTE] * said
    return values


def _added(values: Values, parts: Collection[ScorePart] | type[ScorePart]) -> Values:
    """The sum of these columns, added one after the other: the same to the last bit on every machine."""
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
    """The places by their scores, the best first; equals by lot."""
    found: list[int] = []
    for equals in _groups(scores):
        found += sorted(equals, key=lambda place: draw(seed, ids[place])) if len(equals) > 1 else equals
    return found


def _groups(scores: Values) -> Iterator[list[int]]:
    order: NDArray[np.intp] = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order])) + 1
    starts = [0, *ends.tolist()]
    places = order.tolist()
    for start, end in zip(starts, [*starts[1:], len(places)], strict=True):
        yield places[start:end]


def draw(seed: str, paper: PaperId) -> bytes:
    """The paper's lot: an order that nobody can predict without the seed and everybody can repeat with it."""
    return hashlib.blake2b(f"{seed}\n{paper}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
