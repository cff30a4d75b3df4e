"""From the sources to the store: ask all of them, merge what they say, add what others know, remember it.

It decides what to ask for and reports what came; it neither ranks nor renders.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import SourceError
from bot.models import Batch, Paper, PaperId, SignalKind, SourceName, SourceReport, Vector, Window
from bot.papers.merge import merge
from bot.ports import Enricher, PaperSource, Progress, Stage
from bot.store.collects import Collect
from bot.store.store import Store

# Citations of a paper of this week move slowly; a look-up a day would cost five requests for nothing.
ENRICH_AGAIN_AFTER = timedelta(days=3)

# What was collected for all channels serves for so long, and shorter where a source failed: it may be back.
FRESH = timedelta(minutes=60)
FAILED_FRESH = timedelta(minutes=10)
AHEAD = timedelta(minutes=20)  # before the first digest that is due
EVERY = timedelta(hours=3)  # upvotes grow through the day
SPARE = timedelta(days=1)  # beyond what one digest needs: others that are due then reach back a little further


@dataclass(frozen=True, slots=True)
class Sources:
    """What there is to ask. `records` gives arXiv's own record of papers that others list, `graph` what Semantic
    Scholar knows of them."""

    listing: Sequence[PaperSource]
    records: Enricher
    graph: Enricher


class Collecting(Protocol):
    """A digest's first step, as `Collector` does it for itself and `SharedCollector` for many."""

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        """Have the papers of the window in the store; one report a source."""


class Collector:
    """The use case behind every digest's first step."""

    def __init__(self, store: Store, sources: Sources, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        """Store everything that was announced or listed in the window; one report a source.

        A source that fails costs its own papers only: the error's code is in its report.
        """
        batches = await self._ask_all(window, topics, progress)
        fresh = [paper for batch in batches for paper in batch.papers]
        stored = await self._stored_beside(fresh)
        known = merge(stored, fresh)
        # What counts was seen by the window's end: a digest of a past day must not know its future.
        seen_at = min(self._clock(), window.end)
        failed = {batch.source for batch in batches if batch.problem and not batch.papers}
        records, graph = await asyncio.gather(
            self._enrich(self._sources.records, _without_record(known), seen_at, failed),
            self._enrich(self._sources.graph, _stale(known, seen_at), seen_at, failed),
        )
        complete = merge(stored, [*known, *records.papers, *graph.papers])
        await self._store.papers.save(complete, _vectors(complete, (*batches, graph)))
        return _reports(batches, (records, graph))

    async def _ask_all(self, window: Window, topics: Sequence[str], progress: Progress | None) -> list[Batch]:
        done = 0

        async def ask(source: PaperSource) -> Batch:
            nonlocal done
            batch = await _report_failure(source.name, source.collect(window, topics))
            done += 1
            if progress:
                progress(Stage.COLLECT, done, len(self._sources.listing))
            return batch

        return list(await asyncio.gather(*map(ask, self._sources.listing)))

    async def _stored_beside(self, fresh: Collection[Paper]) -> tuple[Paper, ...]:
        keys = {key for paper in fresh for key in paper.keys}
        found = await self._store.papers.matching(keys)
        return tuple({paper.id: paper for paper in found.values()}.values())

    @staticmethod
    async def _enrich(
        enricher: Enricher, papers: Sequence[Paper], seen_at: datetime, failed: Collection[SourceName]
    ) -> Batch:
        """A source that has just failed is not asked again: it would only cost its whole patience once more."""
        if not papers or enricher.name in failed:
            return Batch(enricher.name, ())
        return await _report_failure(enricher.name, enricher.enrich(papers, seen_at))


class SharedCollector:
    """Collects once for all channels and all processes, where `Collector` asks the sources for each digest."""

    def __init__(self, store: Store, collector: Collecting, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._collector = collector
        self._clock = clock

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        """As `Collector.collect`, or what the sources said when they were last asked, where that was lately.

        Lately is `FRESH` before the window's end, and `FAILED_FRESH` where a source failed then. It serves only where
        it reached back to the window's start.
        """
        found = await self._recent(window, topics)
        if found is None:
            async with self._store.pace.turn("collect", 0):
                # Somebody else may have collected while we waited.
                found = await self._recent(window, topics) or await self._ask(window.start, topics, progress)
        return found.reports

    async def collect_ahead(self, look_back: timedelta) -> bool:
        """Collect where that is due: `AHEAD` before the next digest, and now and then; whether it was.

        `look_back` is how far the papers may lie back. Raises StoreError.
        """
        next_digest = await self._store.channels.earliest()
        now = self._clock()
        if next_digest is None:
            return False
        latest = await self._store.collects.latest(now)
        old = latest is None or latest.at <= now - EVERY
        soon = next_digest - AHEAD <= now and (latest is None or latest.at < next_digest - AHEAD)
        if not (old or soon):
            return False
        async with self._store.pace.turn("collect", 0):
            newest = await self._store.collects.latest(self._clock())
            if newest != latest:
                return False
            await self._ask(now - look_back, (), None)
        return True

    async def _recent(self, window: Window, topics: Sequence[str]) -> Collect | None:
        latest = await self._store.collects.latest(self._clock())
        if latest is None or not set(topics) <= set(latest.topics):
            return None
        if latest.since is None or latest.since > window.start:
            return None
        age = FRESH if all(report.ok for report in latest.reports) else FAILED_FRESH
        return latest if latest.at >= window.end - age else None

    async def _ask(self, since: datetime, topics: Sequence[str], progress: Progress | None) -> Collect:
        wanted = tuple(sorted({*topics, *await self._store.channels.topics()}))
        now = self._clock()
        window = Window(since - SPARE, now)
        reports = await self._collector.collect(window, wanted, progress)
        collect = Collect(now, window.start, wanted, reports)
        await self._store.collects.add(collect)
        return collect


async def _report_failure(name: SourceName, call: Awaitable[Batch]) -> Batch:
    """The batch, or an empty one that says which expected error took its place."""
    try:
        return await call
    except SourceError as error:
        return Batch(name, (), problem=error.code)


def _without_record(papers: Sequence[Paper]) -> list[Paper]:
    """Papers that somebody listed, with an arXiv id, that arXiv itself has not described yet."""
    return [p for p in papers if p.listings and p.arxiv_id and SourceName.ARXIV not in p.sources]


def _stale(papers: Sequence[Paper], seen_at: datetime) -> list[Paper]:
    """Papers whose citations nobody has asked for lately."""
    return [
        paper
        for paper in papers
        if not any(s.kind is SignalKind.CITATIONS and seen_at - s.seen_at < ENRICH_AGAIN_AFTER for s in paper.signals)
    ]


def _vectors(papers: Sequence[Paper], batches: Sequence[Batch]) -> dict[PaperId, Vector]:
    """Every vector under the id that its paper has after merging."""
    ids = {key: paper.id for paper in papers for key in paper.keys}
    return {
        ids[str(found)]: vector for batch in batches for found, vector in batch.vectors.items() if str(found) in ids
    }


def _reports(batches: Sequence[Batch], enriched: Sequence[Batch]) -> tuple[SourceReport, ...]:
    """One report a source; a failed look-up shows in the report of the source that failed it."""
    reports = {b.source: SourceReport(b.source, len(b.papers), b.dropped, b.problem) for b in batches}
    for batch in enriched:
        report = reports.get(batch.source, SourceReport(batch.source, 0))
        reports[batch.source] = replace(
            report, dropped=report.dropped + batch.dropped, error=report.error or batch.problem
        )
    return tuple(reports[name] for name in SourceName if name in reports)
