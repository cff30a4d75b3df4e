"""The papers that a digest chooses from: the extent of its window, and the papers listed in it.

The papers are read and compared once for all channels that are due at the same time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.common.caches import Cache
from bot.models import Paper, PaperId, SourceName, Window
from bot.models.categories import covers
from bot.ranking.field import Field
from bot.ranking.select import candidates
from bot.store.store import Store

LOOK_BACK = timedelta(days=7)
# The furthest look-back. A channel with rare digests, or one that was off, gets what was listed since its last digest.
LONGEST = timedelta(days=31)
# Papers listed shortly before a digest may not have been collected yet when it was made.
OVERLAP = timedelta(hours=3)
_KEPT = 8  # combinations of window and topics


def window(end: datetime, last: datetime | None) -> Window:
    """Return the window of a digest due at `end`, if the channel's previous digest was due at `last`.

    The window is the seven days up to `end`, or longer, up to `LONGEST`, so that it leaves no gap after the previous
    digest, even across a clock change. `last` is None if there is no previous digest.
    """
    start = end - LOOK_BACK
    if last is not None:
        start = min(start, max(last - OVERLAP, end - LONGEST))
    return Window(start, end)


@dataclass(frozen=True, slots=True)
class RecentPapers:
    """The papers listed in a window: `everything`, and `field` and the candidates within the channel's topics."""

    everything: tuple[Paper, ...]
    field: Field
    _candidates: tuple[Paper, ...]

    def candidates(self, shown: Collection[PaperId]) -> tuple[Paper, ...]:
        """Return the candidates without those already shown, as `bot.ranking.select.candidates` does."""
        return tuple(paper for paper in self._candidates if paper.id not in shown)


class RecentPapersCache:
    """Cache of the papers listed in a digest's window, shared by all channels due at the same time.

    Papers stored meanwhile, here or by a collection in another process, invalidate it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: Cache[tuple[object, ...], tuple[Paper, ...]] = Cache(_KEPT)
        self._made: Cache[tuple[object, ...], RecentPapers] = Cache(_KEPT)

    async def of(self, window: Window, topics: Sequence[str]) -> RecentPapers:
        """Return the papers of the window, by topics. Raises StoreError."""
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
    """Return whether the paper is in one of the topics, has no categories, or was listed by a source besides arXiv."""
    if not paper.categories or any(signal.source is not SourceName.ARXIV for signal in paper.listings):
        return True
    return any(covers(topic, category) for category in paper.categories for topic in topics)
