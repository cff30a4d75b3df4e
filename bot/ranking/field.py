"""The part of a score that is the same for every channel, computed once for the papers of a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper
from bot.ranking.score import COLUMN, Addend, ScorePart, Standings, common_addends
from bot.ranking.signals import citations, observe, upvotes, velocity

Values = NDArray[np.float64]


class Runner(NamedTuple):
    """A listed paper among the others of its field."""

    paper: Paper
    parts: tuple[Addend, ...]
    age: timedelta  # since its newest listing


class Field:
    """Papers compared with each other at an instant, whatever their order.

    Signals seen after the instant are ignored; a paper that nobody had listed by then is not a runner. `values` has a
    row for each of `runners` and a column for each `ScorePart`, with 0 in a channel's own columns.
    """

    def __init__(self, papers: Iterable[Paper], due_at: datetime) -> None:
        everyone = {paper.id: paper for paper in papers}
        self.due_at = due_at
        self.papers = tuple(everyone.values())
        observed = [observe(paper, due_at) for paper in everyone.values()]
        counts = map(Standings, upvotes(observed), velocity(observed), citations(observed))
        self.runners = tuple(
            Runner(paper, common_addends(seen, standings, due_at), seen.age(due_at))
            for paper, seen, standings in zip(everyone.values(), observed, counts, strict=True)
            if seen.listed and not paper.withdrawn
        )
        self._row = {runner.paper.id: row for row, runner in enumerate(self.runners)}
        self.values = np.zeros((len(self.runners), len(COLUMN)))
        for row, runner in enumerate(self.runners):
            for part in runner.parts:
                self.values[row, COLUMN[part.part]] = part.value
        # Whether a voting source has listed it.
        self.is_popular = np.array(
            [any(addend.part is ScorePart.UPVOTES for addend in r.parts) for r in self.runners], dtype=bool
        )
        groups: dict[tuple[str, ...], int] = {}
        groups_of = [groups.setdefault(runner.paper.categories, len(groups)) for runner in self.runners]
        self._group = np.array(groups_of, dtype=np.intp)
        self._categories = tuple(groups)

    def rows(self, papers: Iterable[Paper]) -> list[int]:
        """Return the rows of the papers that are runners, without duplicates."""
        rows = dict.fromkeys(self._row.get(paper.id, -1) for paper in papers)
        rows.pop(-1, None)
        return list(rows)

    def by_categories(self, value: Callable[[tuple[str, ...]], float]) -> Values:
        """Return the value of each runner's categories. Papers share categories, so `value` is called for few."""
        return np.array([value(categories) for categories in self._categories], dtype=np.float64)[self._group]
