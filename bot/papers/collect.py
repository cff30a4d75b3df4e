"""Collecting: ask all sources, merge their answers, enrich them, and store the papers.

Decides what to ask for and reports what came; neither ranks nor renders.
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
from bot.ports import Enricher, PaperSource, Progress, Recommender, Stage
from bot.store.collects import Collect
from bot.store.store import Store

# A recent paper's citations change slowly; a daily look-up would cost five requests for nothing.
ENRICH_AGAIN_AFTER = timedelta(days=3)

# How long collected papers count as recent; less if a source failed, since it may be back.
FRESH = timedelta(minutes=60)
FAILED_FRESH = timedelta(minutes=10)
AHEAD = timedelta(minutes=20)  # before the first digest that is due
EVERY = timedelta(hours=3)  # upvotes grow through the day
SPARE = timedelta(days=1)  # beyond what one digest needs: others that are due then reach back a little further


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources to ask. `records` adds arXiv's own records to papers that others list, `graph` Semantic Scholar's
    data. `watched` are asked later what became of papers, `recommending` which others are similar to one.
    """

    listing: Sequence[PaperSource]
    records: Enricher
    graph: Enricher
    watched: Sequence[Enricher] = ()
    recommending: Recommender | None = None


class Collecting(Protocol):
    """The first step of a digest: `Collector` does it for one digest, `SharedCollector` for many."""

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        """Store the papers of the window. Returns one report for each source."""


class Collector:
    """The use case behind the first step of every digest."""

    def __init__(self, store: Store, sources: Sources, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        """Store everything that was announced or listed in the window. Returns one report for each source.

        A source that fails costs only its own papers: its report has the error's code.
        """
        batches = await self._ask_all(window, topics, progress)
        fresh = [paper for batch in batches for paper in batch.papers]
        stored = await self._stored_matches(fresh)
        merged = merge(stored, fresh)
        # Counts are dated no later than the window's end: a past day's digest must not know its future.
        seen_at = min(self._clock(), window.end)
        failed = {batch.source for batch in batches if batch.problem and not batch.papers}
        records, graph = await asyncio.gather(
            self._enrich(self._sources.records, _without_record(merged), seen_at, failed),
            self._enrich(self._sources.graph, _stale(merged, seen_at), seen_at, failed),
        )
        complete = merge(stored, [*merged, *records.papers, *graph.papers])
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

    async def _stored_matches(self, fresh: Collection[Paper]) -> tuple[Paper, ...]:
        keys = {key for paper in fresh for key in paper.keys}
        by_key = await self._store.papers.matching(keys)
        return tuple({paper.id: paper for paper in by_key.values()}.values())

    @staticmethod
    async def _enrich(
        enricher: Enricher, papers: Sequence[Paper], seen_at: datetime, failed: Collection[SourceName]
    ) -> Batch:
        """Enrich the papers, unless the source has just failed: asking again would only run into its limits again."""
        if not papers or enricher.name in failed:
            return Batch(enricher.name, ())
        return await _report_failure(enricher.name, enricher.enrich(papers, seen_at))


class SharedCollector:
    """Collects once for all channels and processes, instead of asking the sources for each digest."""

    def __init__(self, store: Store, collector: Collecting, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._collector = collector
        self._clock = clock

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        """Collect as `Collector` does, or return the sources' last reports if they are recent enough.

        That is within `FRESH` before the window's end, or `FAILED_FRESH` if a source failed or sent only part of its
        papers, and if they reached back to the window's start.
        """
        collect = await self._recent(window, topics)
        if collect is None:
            async with self._store.pace.turn("collect", 0):
                # Somebody else may have collected while we waited.
                collect = await self._recent(window, topics) or await self._ask(window.start, topics, progress)
        return collect.reports

    async def collect_ahead(self, look_back: timedelta) -> bool:
        """Collect if due: `AHEAD` before the next digest, and at intervals. Returns whether it was.

        `look_back` is how far back to look for papers. Raises StoreError.
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
        age = FRESH if all(report.complete for report in latest.reports) else FAILED_FRESH
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
    """Return the batch, or an empty one with the code of the SourceError that replaced it."""
    try:
        return await call
    except SourceError as error:
        return Batch(name, (), problem=error.code)


def _without_record(papers: Sequence[Paper]) -> list[Paper]:
    """Return the listed papers with an arXiv id for which arXiv's own record is missing."""
    return [p for p in papers if p.listings and p.arxiv_id and SourceName.ARXIV not in p.sources]


def _stale(papers: Sequence[Paper], seen_at: datetime) -> list[Paper]:
    """Return the papers whose citations have not been looked up lately."""
    return [
        paper
        for paper in papers
        if not any(s.kind is SignalKind.CITATIONS and seen_at - s.seen_at < ENRICH_AGAIN_AFTER for s in paper.signals)
    ]


def _vectors(papers: Sequence[Paper], batches: Sequence[Batch]) -> dict[PaperId, Vector]:
    """Return every vector, keyed by its paper's id after merging."""
    ids = {key: paper.id for paper in papers for key in paper.keys}
    return {
        ids[str(paper)]: vector for batch in batches for paper, vector in batch.vectors.items() if str(paper) in ids
    }


def _reports(batches: Sequence[Batch], enriched: Sequence[Batch]) -> tuple[SourceReport, ...]:
    """Return one report for each source. A failed look-up appears in its source's report."""
    reports = {b.source: SourceReport(b.source, len(b.papers), b.dropped, b.problem, b.missing) for b in batches}
    for batch in enriched:
        report = reports.get(batch.source, SourceReport(batch.source, 0))
        reports[batch.source] = replace(
            report,
            dropped=report.dropped + batch.dropped,
            error=report.error or batch.problem,
            missing=report.missing + batch.missing,
        )
    return tuple(reports[name] for name in SourceName if name in reports)
