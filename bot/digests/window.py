"""The papers of a digest's window, read and set beside each other once for all channels that are due at one time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.models import Paper, PaperId, SourceName, Window
from bot.ranking.field import Field
from bot.ranking.select import candidates
from bot.store.store import Store

_KEPT = 8  # windows, and topics within them


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
        self._read: OrderedDict[tuple[object, ...], tuple[Paper, ...]] = OrderedDict()
        self._made: OrderedDict[tuple[object, ...], RecentPapers] = OrderedDict()

    async def of(self, window: Window, topics: Sequence[str]) -> RecentPapers:
        """Raises StoreError."""
        collected = await self._store.collects.latest(window.end)
        state = window.start, window.end, self._store.papers.saves, collected.at if collected else None
        everything = self._read.get(state)
        if everything is None:
            everything = self._read[state] = await self._store.papers.listed(window)
        key = *state, tuple(topics)
        if key not in self._made:
            listed = tuple(paper for paper in everything if _concerns(paper, topics))
            self._made[key] = RecentPapers(everything, Field(listed, window.end), candidates(listed, window, ()))
        for kept in (self._read, self._made):
            while len(kept) > _KEPT:
                kept.popitem(last=False)
        return self._made[key]


def _concerns(paper: Paper, topics: Sequence[str]) -> bool:
    """Whether the paper is more than what arXiv announced in a category that only other channels follow."""
    if not paper.categories or any(signal.source is not SourceName.ARXIV for signal in paper.listings):
        return True
    return any(
        category == topic or category.startswith(f"{topic}.") for category in paper.categories for topic in topics
    )
