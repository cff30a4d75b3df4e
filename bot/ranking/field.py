"""All of a score that is the same for every channel, worked out once for the papers of a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.models import Paper, PaperId
from bot.ranking.score import Addend, Standings, common_addends
from bot.ranking.signals import citations, observe, upvotes, velocity


class Runner(NamedTuple):
    """A listed paper beside the others of its field."""

    paper: Paper
    parts: tuple[Addend, ...]
    age: timedelta  # since its newest listing


class Field:
    """Papers as they stand beside each other at an instant. Their order makes no difference.

    Signals seen after the instant count for nothing; a paper that nobody had listed by then is no runner.
    """

    def __init__(self, papers: Iterable[Paper], due_at: datetime) -> None:
        everyone = {paper.id: paper for paper in papers}
        self.due_at = due_at
        self.papers = tuple(everyone.values())
        observed = [observe(paper, due_at) for paper in everyone.values()]
        counts = map(Standings, upvotes(observed), velocity(observed), citations(observed))
        self._runners = {
            paper.id: Runner(paper, common_addends(seen, standings, due_at), seen.age(due_at))
            for paper, seen, standings in zip(everyone.values(), observed, counts, strict=True)
            if seen.listed and not paper.withdrawn
        }

    def runner(self, paper: PaperId) -> Runner | None:
        return self._runners.get(paper)
