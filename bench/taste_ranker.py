"""The real ranking behind the protocol of the replays of recorded decisions: `factory(papers, seed)`.

A replay shows a simulated channel five of a day's papers, takes its votes on them, and goes on to the next day. The
ranking is unmodified: votes become opinions, opinions become a taste, and the day's papers go through ranking and
selection as for a channel. The papers have no upvotes and the same date, so that only the taste decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.models import ChannelSettings, Paper, PaperId, Reason, ReasonKind, Signal, SignalKind, SourceName
from bot.ranking.catalogue import Catalogue, Traits, points_of, text_of, traits
from bot.ranking.field import Field
from bot.ranking.opinions import NEWEST
from bot.ranking.rank import Ranking, rank_in
from bot.ranking.select import select
from bot.ranking.taste import Example, learn
from bot.taste.embedding.word_vectors import WordVectors

SHOWN = 5
DUE = datetime(2031, 5, 14, 7, 0, tzinfo=UTC)
SETTINGS = ChannelSettings(size=SHOWN, topics=())
_LISTED = (Signal(SourceName.ARXIV, SignalKind.LISTED, 1, DUE - timedelta(hours=30)),)
_LONGEST_TITLE = 300


class Papers(Protocol):
    """A replay's papers: texts by number, a cache shared by all rankers, and optionally vectors."""

    text: Mapping[int, str]
    cache: dict[str, Any]
    emb: tuple[NDArray[np.int64], NDArray[np.float32]] | None


class Ranker:
    """The ranking for one simulated channel."""

    def __init__(self, prepared: Prepared, seed: int) -> None:
        self._prepared = prepared
        self._seed = seed
        self._days = 0
        self._opinions: dict[int, float] = {}

    def observe(self, shown: Sequence[int], votes: Mapping[int, tuple[int, int]]) -> None:
        """Record the up and down votes on the papers shown."""
        self._days += 1
        for number in shown:
            up, down = votes[number]
            if up != down:
                self._opinions.pop(number, None)  # so that the newest comes last
                self._opinions[number] = float(up - down)

    def rank(self, candidates: Sequence[int]) -> list[int]:
        """Return the candidates: first those that a digest would show, then the others in order of rank."""
        ranked = self.ranked(candidates)
        chosen = [int(choice.paper.id.value) for choice in select(ranked, SHOWN, self._day)]
        return list(dict.fromkeys((*chosen, *(int(paper.value) for paper in ranked.ids))))

    def ranked(self, candidates: Sequence[int]) -> Ranking:
        """Return all candidates, best first."""
        prepared = self._prepared
        newest = list(self._opinions.items())[-NEWEST:]
        examples = [prepared.example(number, value) for number, value in newest]
        taste = learn(prepared.catalogue, examples, {})
        return rank_in(prepared.field, [prepared.papers[number] for number in candidates], SETTINGS, self._day, taste)

    @property
    def _day(self) -> str:
        return f"replay:{self._seed}:{self._days}"


class Prepared:
    """A replay's papers as the store would return them, and their catalogue."""

    def __init__(self, texts: Mapping[int, str], points: Mapping[int, NDArray[np.float32]]) -> None:
        self.papers = {number: _paper(number, text) for number, text in texts.items()}
        numbers = list(texts)
        found = traits([text_of(self.papers[number]) for number in numbers], [points.get(n) for n in numbers])
        self.traits: dict[int, Traits] = dict(zip(numbers, found, strict=True))
        self.field = Field(self.papers.values(), DUE)
        self.catalogue = Catalogue({self.papers[number].id: self.traits[number] for number in numbers})

    def example(self, number: int, value: float) -> Example:
        paper = self.papers[number]
        return Example(self.traits[number], value, Reason(ReasonKind.SIMILAR, subject=paper.title), paper.id)


def factory(papers: Papers, seed: int) -> Ranker:
    """Return a ranker for one channel; `papers.cache` keeps what all rankers share.

    Uses the papers' own vectors if there are any, otherwise those of the default install.
    """
    if "kawaraban" not in papers.cache:
        papers.cache["kawaraban"] = Prepared(papers.text, _points(papers))
    return Ranker(papers.cache["kawaraban"], seed)


def _points(papers: Papers) -> dict[int, NDArray[np.float32]]:
    if papers.emb is not None:
        numbers, matrix = papers.emb
        return dict(zip(map(int, numbers), matrix.astype(np.float32), strict=True))
    texts = [text_of(_paper(number, text)) for number, text in papers.text.items()]
    return dict(zip(papers.text, points_of(asyncio.run(WordVectors().embed(texts))), strict=True))


def _paper(number: int, text: str) -> Paper:
    """Return a paper; the first sentence of a long text is its title, the rest its abstract."""
    title, found, abstract = text.partition(". ") if len(text) > _LONGEST_TITLE else (text, "", "")
    return Paper(
        id=PaperId("replay", str(number)),
        title=title,
        abstract=abstract if found else "",
        authors=(),
        published=DUE - timedelta(days=2),
        url=f"https://example.org/{number}",
        signals=_LISTED,
    )
