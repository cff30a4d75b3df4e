"""A paper source in memory, for tests of looking papers up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import SourceError
from bot.models import Batch, Paper, PaperId, PaperRef, SourceName, Window


@dataclass
class Shelf:
    """A source that knows a few papers."""

    papers: Sequence[Paper] = ()
    trouble: SourceError | None = None
    asked: int = 0

    @property
    def name(self) -> SourceName:
        return SourceName.ARXIV

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:
        raise NotImplementedError

    async def find(self, ref: PaperRef) -> Paper | None:
        self._look()
        return next((one for one in self.papers if one.arxiv_id == ref.value), None)

    async def search(self, words: str, limit: int) -> Sequence[Paper]:
        self._look()
        return [one for one in self.papers if words.casefold() in one.title.casefold()][:limit]

    def _look(self) -> None:
        self.asked += 1
        if self.trouble:
            raise self.trouble


@dataclass
class ListedNeighbours:
    """The part of a placement that finds similar papers: it knows them from a list."""

    ids: tuple[PaperId, ...] = ()

    async def nearest(self, paper: Paper, since: datetime, limit: int) -> Sequence[PaperId]:
        return self.ids[:limit]


@dataclass
class ListedRecommender:
    """A recommender that knows similar papers from a list, or fails with `error`."""

    papers: tuple[Paper, ...] = ()
    error: SourceError | None = None
    asked: int = 0
    name: SourceName = SourceName.SEMANTIC_SCHOLAR

    async def recommend(self, paper: Paper, limit: int) -> Sequence[Paper]:
        self.asked += 1
        if self.error:
            raise self.error
        return self.papers[:limit]
