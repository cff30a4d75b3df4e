"""The sample's three sources, which answer from the bundle as of any instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.models import Batch, Paper, PaperRef, RefKind, Signal, SignalKind, SourceName, Window, normalised_title
from bot.sample.papers import NOTE, SamplePaper, sample_papers

_DAY = timedelta(days=1)
_SUBMITTED_BEFORE_LISTED = timedelta(hours=14)


class NoFiles:
    """An arXiv without a page or PDF of any paper: the sample has only abstracts."""

    async def get(self, path: str, content_type: str, told: object = None) -> bytes | None:  # noqa: ARG002 - the port's signature
        return None


class SampleSource:
    """A paper source and enricher under one name, covering the three days that end at `until` (an aware instant).

    Papers were listed at fixed intervals before `until`, so that each day's window has its own.
    """

    def __init__(self, name: SourceName, until: datetime) -> None:
        self._name = name
        self._until = until

    @property
    def name(self) -> SourceName:
        return self._name

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:  # noqa: ARG002 - the port's signature
        """Return the sample's papers listed in the window, with counts as of its end. Ignores `topics`."""
        papers = (self._record(paper, window.end) for paper in self._own_papers() if self._listed(paper) in window)
        return Batch(self._name, tuple(papers))

    async def enrich(self, papers: Sequence[Paper], seen_at: datetime) -> Batch:
        """Return this source's own records of the papers it knows."""
        wanted = {paper.id for paper in papers}
        return Batch(self._name, tuple(self._record(p, seen_at) for p in self._own_papers() if p.id in wanted))

    async def find(self, ref: PaperRef) -> Paper | None:
        """Return the paper with exactly this title; sample papers have no other references."""
        wanted = normalised_title(ref.value)
        for paper in self._own_papers() if ref.kind is RefKind.TITLE else ():
            if wanted == normalised_title(paper.title):
                return self._record(paper, self._until)
        return None

    async def search(self, words: str, limit: int) -> Sequence[Paper]:
        """Return the papers whose titles contain every word, newest first."""
        wanted = [normalised_title(word) for word in words.split()]
        fitting = [
            p for p in self._own_papers() if wanted and all(word in normalised_title(p.title) for word in wanted)
        ]
        return [self._record(paper, self._until) for paper in reversed(fitting)][:limit]

    def _own_papers(self) -> Iterator[SamplePaper]:
        return (paper for paper in sample_papers().values() if self._name in paper.sources)

    def _listed(self, paper: SamplePaper) -> datetime:
        return self._until - paper.listed_before

    def _record(self, paper: SamplePaper, seen_at: datetime) -> Paper:
        graph = self._name is SourceName.SEMANTIC_SCHOLAR
        return Paper(
            id=paper.id,
            title=paper.title,
            abstract=paper.abstract,
            authors=paper.authors,
            published=self._listed(paper) - _SUBMITTED_BEFORE_LISTED,
            url=paper.url,
            categories=paper.categories if self._name is SourceName.ARXIV else (),
            comment=NOTE,
            tldr=paper.tldr if graph else None,
            keywords=paper.keywords if self._name is SourceName.HUGGINGFACE else (),
            signals=tuple(Signal(self._name, *signal) for signal in self._signals(paper, seen_at)),
        )

    def _signals(self, paper: SamplePaper, seen_at: datetime) -> Iterator[tuple[SignalKind, float, datetime]]:
        if self._name is SourceName.SEMANTIC_SCHOLAR:
            yield SignalKind.CITATIONS, paper.citations, seen_at
            return
        listed = self._listed(paper)
        yield SignalKind.LISTED, 1, listed
        if self._name is SourceName.HUGGINGFACE:
            age = max((seen_at - listed) // _DAY, 0)
            yield SignalKind.UPVOTES, paper.upvotes_by_day[min(age, len(paper.upvotes_by_day) - 1)], seen_at
            yield SignalKind.COMMENTS, paper.comments, seen_at
            yield SignalKind.STARS, paper.stars, seen_at


def sample_sources(until: datetime) -> tuple[SampleSource, ...]:
    """Return one source for each name. `until` is the last instant of the sample's three days."""
    return tuple(SampleSource(name, until) for name in SourceName)
