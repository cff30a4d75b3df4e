"""What surrounds a paper: similar ones, by our own vectors and by Semantic Scholar's recommendations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Protocol

from bot.common.caches import Cache
from bot.errors import SourceError
from bot.models import Paper, PaperDetails, PaperId, SignalKind, SourceName
from bot.papers.merge import merge
from bot.ports import Recommender
from bot.store.store import Store

MOST = 5  # similar papers
RECENT = timedelta(days=14)  # among the papers stored since then
_ASKED = 2 * MOST  # of each side, because some are on both
_PATIENCE = 8.0  # seconds that somebody waits for a source
_REMEMBERED, _REMEMBERED_SECONDS = 500, 3600.0


class Neighbours(Protocol):
    """The part of `bot.taste.placement.Placement` used here."""

    async def nearest(self, paper: Paper, since: datetime, limit: int) -> Sequence[PaperId]: ...


class Details:
    """The use case of looking around a paper, behind *More* and `kawaraban paper`. A paper's are remembered an hour."""

    def __init__(
        self,
        store: Store,
        neighbours: Neighbours,
        recommender: Recommender | None,
        clock: Callable[[], datetime],
        *,
        patience: float = _PATIENCE,
    ) -> None:
        self._store = store
        self._neighbours = neighbours
        self._recommender = recommender
        self._clock = clock
        self._patience = patience
        self._similar: Cache[PaperId, tuple[Paper, ...]] = Cache(_REMEMBERED, _REMEMBERED_SECONDS)

    async def of(self, paper: Paper) -> PaperDetails:
        """Return the details of a stored paper. Similar papers are stored too, so that people can ask for them.

        A source that fails, or keeps people waiting, is named in the details. Raises StoreError.
        """
        known = self._similar.get(paper.id)
        if known is not None:
            return PaperDetails(paper, known)
        own, (recommended, failed) = await asyncio.gather(self._own(paper), self._recommended(paper))
        by_key = await self._store.papers.matching({key for one in recommended for key in one.keys})
        stored = {one.id: one for one in (*own, *by_key.values())}
        similar = joined(paper, own, recommended, tuple(stored.values()))
        ids = await self._store.papers.save([one for one in similar if one.id not in stored])
        similar = tuple(replace(one, id=ids.get(one.id, one.id)) for one in similar)
        if not failed:
            self._similar.put(paper.id, similar)
        return PaperDetails(paper, similar, failed)

    async def _own(self, paper: Paper) -> tuple[Paper, ...]:
        ids = await self._neighbours.nearest(paper, self._clock() - RECENT, _ASKED)
        papers = await self._store.papers.get_many(ids)
        return tuple(papers[one] for one in ids if one in papers)

    async def _recommended(self, paper: Paper) -> tuple[Sequence[Paper], tuple[SourceName, ...]]:
        if self._recommender is None:
            return (), ()
        try:
            async with asyncio.timeout(self._patience):
                found = await self._recommender.recommend(paper, _ASKED)
                # Without an abstract there is nothing to show once somebody asks for it.
                return [_unlisted(one) for one in found if one.abstract], ()
        except (SourceError, TimeoutError):
            return (), (self._recommender.name,)


def joined(
    paper: Paper, own: Sequence[Paper], recommended: Sequence[Paper], stored: Sequence[Paper] = ()
) -> tuple[Paper, ...]:
    """Return up to `MOST` papers of both lists, each once and the paper itself not, by turns the best of either.

    `stored` are the stored records among them, whose ids stay.
    """
    by_turns = [one for one in chain.from_iterable(zip_longest(own, recommended)) if one]
    places: dict[str, int] = {}
    for place, one in enumerate(by_turns):
        for name in _names(one):
            places.setdefault(name, place)
    first_is_the_paper = merge([paper, *own, *stored], recommended)
    placed = [
        (min(places[name] for name in names), one)
        for one in first_is_the_paper[1:]
        if (names := [name for name in _names(one) if name in places])
    ]
    return tuple(one for _, one in sorted(placed, key=lambda pair: pair[0]))[:MOST]


def _names(paper: Paper) -> list[str]:
    """Return the ids that belong to this paper alone."""
    graph = f"s2:{paper.s2_id}" if paper.s2_id else ""
    return [name for name in (str(paper.id), paper.arxiv_id or "", paper.doi or "", graph) if name]


def _unlisted(paper: Paper) -> Paper:
    """Return the paper without its listings, which would make it a candidate for digests."""
    return replace(paper, signals=tuple(one for one in paper.signals if one.kind is not SignalKind.LISTED))
