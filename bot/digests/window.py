"""Which papers a digest chooses from: how far back its window reaches, and the papers listed in it.

The papers are read and set beside each other once for all channels that are due at the same time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.caches import Cache
from bot.models import Paper, PaperId, SourceName, Window
from bot.models.categories import covers
from bot.ranking.field import Field
from bot.ranking.select import candidates
from bot.store.store import Store

LOOK_BACK = timedelta(days=7)
# A channel that gets fewer digests, or was off for a while, is offered what was listed since its last one: so far back.
LONGEST = timedelta(days=31)
# What was listed shortly before a digest may not have been collected when the digest was made.
OVERLAP = timedelta(hours=3)
_KEPT = 8  # windows, and topics within them


def window(end: datetime, last: datetime | None) -> Window:
    """Return the window of a digest that is due at `end`, where the channel's digest before it was due at `last`.

    It is the seven days up to `end`, or longer: digests of one channel leave no gap between them of up to `LONGEST`,
    whatever the clocks do in between. `last` is None for a digest that follows no other.
    """
    start = end - LOOK_BACK
    if last is not None:
        start = min(start, max(last - OVERLAP, end - LONGEST))
    return Window(start, end)


@dataclass(frozen=True, slots=True)
class RecentPapers:
    """`everything` was listed in the window, whatever its topics; `field` and candidates concern the topics alone."""

    everything: tuple[Paper, ...]
    field: Field
    _candidates: tuple[Paper, ...]

    def candidates(self, shown: Collection[PaperId]) -> tuple[Paper, ...]:
        """As `bot.ranking.select.candidates`."""
        return tuple(paper for paper in self._candidates if paper.id not in shown)


class RecentPapersCache:
    """Reads windows. What is stored in between, here or by a collection elsewhere, has them read anew."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: Cache[tuple[object, ...], tuple[Paper, ...]] = Cache(_KEPT)
        self._made: Cache[tuple[object, ...], RecentPapers] = Cache(_KEPT)

    async def of(self, window: Window, topics: Sequence[str]) -> RecentPapers:
        """Raises StoreError."""
        collected = await self._store.collects.latest(window.end)
        state = window.start, window.end, self._store.papers.saves, collected.at if collected else None
        everything = self._read.get(state)
        if everything is None:
            everything = await self._store.papers.listed(window)
            self._read.put(state, everything)
        key = *state, tuple(topics)
        recent = self._made.get(key)
        if recent is None:
            listed = tuple(paper for paper in everything if _concerns(paper, topics))
            recent = RecentPapers(everything, Field(listed, window.end), candidates(listed, window, ()))
            self._made.put(key, recent)
        return recent


def _concerns(paper: Paper, topics: Sequence[str]) -> bool:
    """Whether the paper is more than what arXiv announced in a category that only other channels follow."""
    if not paper.categories or any(signal.source is not SourceName.ARXIV for signal in paper.listings):
        return True
    return any(covers(topic, category) for category in paper.categories for topic in topics)
