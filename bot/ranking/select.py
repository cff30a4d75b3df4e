"""Which papers a channel gets: who may, in which order, and which few of them.

Everything here is a function of its arguments: no clock, no chance but what is drawn from `seed`, and the order in
which papers come makes no difference.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, islice
from typing import overload

import numpy as np

from bot.models import ChannelSettings, Choice, Paper, PaperId, Reason, ReasonKind, Window
from bot.ranking.diversity import NEIGHBOURS, alike, pick_diverse, word_vectors
from bot.ranking.field import Field, Runner
from bot.ranking.score import FIT, REASONS_SHOWN, Addend, Part, own_addends, reasons
from bot.ranking.taste import NO_LIKING, NO_TASTE, Liking, Taste
from bot.ranking.wishes import Wishes

TASTE_LIMIT = 3.0  # no taste, however sure, may push a score out of all proportion

EXPLORES_FROM_SIZE = 4  # with fewer papers a day each of them has to be a safe one
EXPLORE_AMONG = 12  # so many of the best-fitting papers outside the popular ones are drawn from
SHORTLIST = 60  # so many more than asked for are compared with each other, whatever the number of candidates


def candidates(papers: Iterable[Paper], window: Window, shown: Collection[PaperId]) -> tuple[Paper, ...]:
    """The papers, each once, that a source announced or listed in the window, never shown and not withdrawn."""
    shown = frozenset(shown)
    found = {
        paper.id: paper
        for paper in papers
        if paper.id not in shown and not paper.withdrawn and any(s.seen_at in window for s in paper.listings)
    }
    return tuple(found.values())


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
    found = (field.runner(paper) for paper in dict.fromkeys(paper.id for paper in candidates))
    runners = [one for one in found if one and not wishes.mutes(one.paper)]
    likings = taste.judge([one.paper for one in runners])
    rows = [
        _Row(one, one.parts + own_addends(one.paper, wishes, _bounded(liking)))
        for one, liking in zip(runners, likings, strict=True)
    ]
    return Ranking(rows, seed)


class _Row:
    """A paper with all parts of its score."""

    __slots__ = ("parts", "runner", "score")

    def __init__(self, runner: Runner, parts: tuple[Addend, ...]) -> None:
        self.runner = runner
        self.parts = parts
        self.score = math.fsum([part.value for part in parts])

    @property
    def is_outside(self) -> bool:
        """Whether no voting source has listed it."""
        return all(part.part is not Part.UPVOTES for part in self.parts)

    @property
    def fit(self) -> float:
        """How well it fits the channel, its popularity left aside."""
        return math.fsum([part.value for part in self.parts if part.part in FIT])


class Ranking(Sequence[Choice]):
    """Ranked papers, the best first; a Choice is made of one when it is looked at, for few ever are."""

    def __init__(self, rows: Sequence[_Row], seed: str) -> None:
        self._rows = _ordered(rows, seed)
        self._means = _means([row.parts for row in rows])
        self._choices: dict[int, Choice] = {}

    def __len__(self) -> int:
        return len(self._rows)

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
        return [row.runner.paper.id for row in self._rows]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # like a list's

    @property
    def has_popular(self) -> bool:
        """Whether a voting source has listed any of them."""
        return any(not row.is_outside for row in self._rows)

    @property
    def has_taste(self) -> bool:
        """Whether the channel's taste had anything to say."""
        return any(part.part is Part.TASTE for row in self._rows for part in row.parts)

    def outside(self, taken: Collection[PaperId], count: int) -> list[tuple[float, Choice]]:
        """The best-fitting papers that no voting source has listed, each with how well it fits."""
        rows = [(-row.fit, n) for n, row in enumerate(self._rows) if row.is_outside]
        free = (pair for pair in sorted(rows) if self._rows[pair[1]].runner.paper.id not in taken)
        return [(-fit, self._choice(n)) for fit, n in islice(free, count)]

    def _choice(self, place: int) -> Choice:
        if place not in self._choices:
            row = self._rows[place]
            why = reasons(row.parts, self._means, row.runner.age)
            parts = {part.part.value: part.value for part in row.parts}
            self._choices[place] = Choice(row.runner.paper, row.score, why, parts)
        return self._choices[place]


def _ordered(rows: Sequence[_Row], seed: str) -> list[_Row]:
    found: list[_Row] = []
    for _, equals in groupby(sorted(rows, key=lambda row: -row.score), key=lambda row: row.score):
        found += _by_lot(list(equals), seed)
    return found


def _by_lot(rows: list[_Row], seed: str) -> list[_Row]:
    return sorted(rows, key=lambda row: _draw(seed, row.runner.paper.id)) if len(rows) > 1 else rows


def select(ranked: Ranking, size: int, seed: str) -> tuple[Choice, ...]:
    """At most `size` of the ranked papers, good and unlike each other, in the order in which to show them.

    From `EXPLORES_FROM_SIZE` papers on, the last one explores: it is drawn by `seed` from the papers that fit the
    channel and that no voting source has listed, and `ReasonKind.EXPLORE` is its first reason. Where there is no
    such paper left, or no popular one that it would look beyond, that place is filled like the others.
    """
    shortlist = ranked[: size + SHORTLIST] if size > 0 else ()
    scores = np.array([choice.score for choice in shortlist])
    free = NEIGHBOURS if ranked.has_taste else 0.0
    picks = pick_diverse(scores, word_vectors([choice.paper for choice in shortlist]), size, free)
    chosen = [shortlist[pick] for pick in picks]
    if size < EXPLORES_FROM_SIZE:
        return tuple(chosen)
    safe = chosen[: size - 1]
    explored = _explore(ranked, safe, seed)
    return (*safe, explored) if explored else tuple(chosen)


def _explore(ranked: Ranking, chosen: Sequence[Choice], seed: str) -> Choice | None:
    if not ranked.has_popular:
        return None
    found = ranked.outside({choice.paper.id for choice in chosen}, SHORTLIST)
    if not found:
        return None
    shortlist = [choice for _, choice in found]
    vectors = word_vectors([choice.paper for choice in (*chosen, *shortlist)])
    worth = np.array([fit for fit, _ in found]) - alike(vectors[len(chosen) :], vectors[: len(chosen)])
    best = [shortlist[row] for row in np.argsort(-np.round(worth, 9), kind="stable")[:EXPLORE_AMONG]]
    drawn: Choice = min(best, key=lambda choice: _draw(seed, choice.paper.id))
    return replace(drawn, reasons=(Reason(ReasonKind.EXPLORE), *drawn.reasons)[:REASONS_SHOWN])


def _bounded(liking: Liking) -> Liking:
    if -TASTE_LIMIT <= liking.value <= TASTE_LIMIT:
        return liking
    if math.isnan(liking.value):
        return NO_LIKING
    return liking._replace(value=max(-TASTE_LIMIT, min(TASTE_LIMIT, liking.value)))


def _means(scored: Sequence[Sequence[Addend]]) -> Mapping[Part, float]:
    """Each part's mean over all papers, absent ones counting 0; exact sums do not depend on the papers' order."""
    values: dict[Part, list[float]] = {part: [] for part in Part}
    for parts in scored:
        for part in parts:
            values[part.part].append(part.value)
    return {part: math.fsum(found) / max(len(scored), 1) for part, found in values.items()}


def _draw(seed: str, paper: PaperId) -> bytes:
    """The paper's lot: an order that nobody can predict without the seed and everybody can repeat with it."""
    return hashlib.blake2b(f"{seed}\n{paper}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
