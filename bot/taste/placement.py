"""Embeddings of the stored papers by the local model, computed once, in a thread, and stored under the model's name.

Semantic Scholar's embeddings arrive with its papers and are kept alongside. When the local model changes, its
embeddings are computed in the background, newest papers first, while the old ones remain in use.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.common.caches import Cache
from bot.models import Paper, PaperId, Vectors
from bot.ports import Embedder
from bot.ranking.catalogue import text_of
from bot.ranking.nearest import nearest
from bot.store.store import Store

BATCH = 128  # papers embedded before other tasks get a turn
A_PASS = 1_024  # papers in one pass in the background
_REMEMBERED = 1_000  # texts that are not papers
MOST_COMPARED = 20_000  # papers, some 20 MB of vectors
LONGEST = 8_000  # characters of a text; an abstract has about 1,500


class Placement:
    """The use case of embedding. `embedder` is the local model."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._texts: Cache[str, Vectors] = Cache(_REMEMBERED)

    @property
    def model(self) -> str:
        return self._embedder.model

    async def run(self) -> int:
        """Embed some of the papers that have no vector of this model yet. Returns how many. Raises StoreError."""
        waiting = await self._store.papers.without_vector(self.model, A_PASS)
        await self._place(waiting)
        return len(waiting)

    async def complete(self, papers: Sequence[Paper]) -> None:
        """Embed the stored papers among these that have no vector yet. Raises StoreError."""
        placed = await self._store.papers.points((paper.id for paper in papers), self.model)
        await self._place([paper for paper in papers if paper.id not in placed])

    async def nearest(self, paper: Paper, since: datetime, limit: int) -> tuple[PaperId, ...]:
        """Return the papers stored since then that are most similar to a stored one, best first. Raises StoreError."""
        await self.complete([paper])
        own = (await self._store.papers.points((paper.id,), self.model)).get(paper.id)
        others = await self._store.papers.recent_points(since, self.model, MOST_COMPARED)
        others.pop(paper.id, None)
        return tuple(await asyncio.to_thread(nearest, own, others, limit)) if own else ()

    async def of_text(self, text: str) -> Vectors:
        """Return the vector of a text that is not a paper."""
        known = self._texts.get(text)
        if known is None:
            known = await self._embedder.embed([text[:LONGEST]])
            self._texts.put(text, known)
        return known

    async def _place(self, papers: Sequence[Paper]) -> None:
        for start in range(0, len(papers), BATCH):
            batch = papers[start : start + BATCH]
            vectors = await self._embedder.embed([text_of(paper)[:LONGEST] for paper in batch])
            await self._store.papers.save_vectors([paper.id for paper in batch], vectors)
