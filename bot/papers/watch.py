"""A daily look at what became of papers that channels were sent: further versions, withdrawals, code.

Each source is asked about many papers at once, where it can be, and only its own answers are compared: what one never
said before is no news, and neither is its failure. `bot.delivery.announcing` tells the channels.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.errors import SourceError
from bot.models import Batch, ChannelKey, Paper, PaperEvent, PaperId, Sighting, SourceName
from bot.papers.merge import merge
from bot.papers.news import events, remembered, sighting
from bot.ports import Enricher
from bot.store.news import Seen
from bot.store.store import Store

logger = logging.getLogger(__name__)

WATCHED = timedelta(days=30)  # after a paper was sent
AGAIN_AFTER = timedelta(hours=23)  # so that the hourly look finds a paper due at the same hour of the next day
# A look at one source. Hugging Face takes a request a paper, and 500 requests in five minutes; the others take batches.
_AT_ONCE = {SourceName.ARXIV: 1_000, SourceName.HUGGINGFACE: 150, SourceName.SEMANTIC_SCHOLAR: 500}


class Watch:
    """The use case of watching papers. What was looked at is stored, so that it goes on after any restart."""

    def __init__(self, store: Store, sources: Sequence[Enricher], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock

    async def run(self, channels: Collection[ChannelKey]) -> int:
        """Look at the papers that these channels were sent lately, at each at most daily. Returns how many events.

        A source that fails is asked again in the next run. Raises StoreError.
        """
        wanted = await self._store.news.shown(channels, self._clock() - WATCHED)
        papers = list((await self._store.papers.get_many(wanted)).values())
        return sum([await self._look(source, papers) for source in self._sources])

    async def _look(self, source: Enricher, papers: Sequence[Paper]) -> int:
        seen = await self._store.news.seen(source.name, (paper.id for paper in papers))
        now = self._clock()
        count = 0
        # Code that is stored needs no request: it came while papers were collected.
        known = [paper for paper in papers if _knows_code(source.name, paper)]
        fresh = [paper for paper in known if paper.id not in seen or not seen[paper.id].said.code_url]
        if fresh:
            count += await self._note(Batch(source.name, tuple(fresh)), fresh, seen, now)
        due = [
            paper
            for paper in papers
            if _is_asked(source.name, paper) and (paper.id not in seen or seen[paper.id].at <= now - AGAIN_AFTER)
        ]
        # Those never looked at first, because what is said of them now is what later looks are compared with.
        due.sort(key=lambda paper: (seen[paper.id].at.timestamp() if paper.id in seen else 0.0, str(paper.id)))
        due = due[: _AT_ONCE[source.name]]
        if not due:
            return count
        try:
            batch = await source.enrich(due, now)
        except SourceError as error:
            logger.info("%s could not be asked what became of papers: %s", source.name, error.code)
            return count
        records = _records(batch)
        described = [paper for paper in due if _record(paper, records)]
        await self._store.papers.save(merge(described, batch.papers), batch.vectors)
        return count + await self._note(batch, due, seen, now)

    async def _note(self, batch: Batch, papers: Sequence[Paper], seen: Mapping[PaperId, Seen], now: datetime) -> int:
        """Store what the batch says of the papers, and what follows from it. A paper that the source does not know has
        nothing said of it, unless the answer is incomplete.
        """
        records = _records(batch)
        complete = not (batch.problem or batch.missing or batch.dropped)
        noted: dict[PaperId, Sighting] = {}
        happened: list[PaperEvent] = []
        for paper in papers:
            record = _record(paper, records)
            if record is None and not complete:
                continue
            before, said = seen[paper.id].said if paper.id in seen else None, sighting(batch.source, record)
            happened += events(paper.id, before, said, now)
            noted[paper.id] = remembered(before, said)
        await self._store.news.note(batch.source, noted, happened, now)
        return len(happened)


def _knows_code(source: SourceName, paper: Paper) -> bool:
    return source is SourceName.HUGGINGFACE and bool(paper.arxiv_id and paper.code_url)


def _is_asked(source: SourceName, paper: Paper) -> bool:
    """Return whether the source may have news of the paper."""
    match source:
        case SourceName.ARXIV:
            return bool(paper.arxiv_id)
        case SourceName.HUGGINGFACE:
            return bool(paper.arxiv_id) and not paper.code_url
        case SourceName.SEMANTIC_SCHOLAR:
            return not paper.arxiv_id and bool(paper.doi or paper.s2_id)


def _records(batch: Batch) -> dict[PaperId, Paper]:
    """Return the records by the ids under which a paper may be stored."""
    by_id = {PaperId.arxiv(one.arxiv_id): one for one in batch.papers if one.arxiv_id}
    return by_id | {one.id: one for one in batch.papers}


def _record(paper: Paper, records: Mapping[PaperId, Paper]) -> Paper | None:
    own = PaperId.arxiv(paper.arxiv_id) if paper.arxiv_id else paper.id
    return records.get(own) or records.get(paper.id)
