"""Import published digests: mark their papers as shown, and store the summaries that pass the check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.checking.check import check
from bot.errors import BotError
from bot.models import ChannelKey, Digest, Entry, Finding, Paper, PaperId
from bot.papers.merge import merge
from bot.store.store import Store
from bot.tex import readable


@dataclass(frozen=True, slots=True)
class Published:
    """Digests read from files, and the files that could not be read, each with the error."""

    digests: tuple[Digest, ...]
    unreadable: tuple[tuple[Path, BotError], ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A published summary that failed the check, so it will not be shown again."""

    paper: Paper
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: digests read, papers marked as shown, summaries stored, and summaries rejected."""

    digests: int
    papers: int
    summaries: int
    rejected: tuple[Rejected, ...] = ()


class Importer:
    """The use case behind `kawaraban import`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, digests: Iterable[Digest], also_shown_in: Iterable[ChannelKey] = ()) -> Imported:
        """Store each digest, under its channel and date, with its papers and summaries.

        A digest stored before for the same date is kept. `also_shown_in` are other channels that must not show these
        papers either. Safe to repeat.
        """
        channels = tuple(also_shown_in)
        count = summaries = 0
        papers: set[PaperId] = set()
        rejected: list[Rejected] = []
        for published in digests:
            count += 1
            digest = await self._with_stored_papers(published)
            await self._store.digests.save(digest)
            ids = [entry.paper.id for entry in digest.entries]
            for channel in (digest.channel, *channels):
                await self._store.digests.mark_shown(channel, ids, digest.due_at)
            papers.update(ids)
            for entry in digest.entries:
                refused = await self._keep_summary(entry)
                rejected += refused
                summaries += bool(entry.summary) and not refused
        return Imported(count, len(papers), summaries, tuple(rejected))

    async def _with_stored_papers(self, digest: Digest) -> Digest:
        """Save the papers, and return the digest with their stored ids."""
        papers = [entry.paper for entry in digest.entries]
        stored = await self._store.papers.matching({key for paper in papers for key in paper.keys})
        merged = merge(dict.fromkeys(stored.values()), papers)
        await self._store.papers.save(merged)
        by_key = {key: paper for paper in merged for key in paper.keys}
        return replace(
            digest, entries=tuple(replace(entry, paper=by_key[str(entry.paper.id)]) for entry in digest.entries)
        )

    async def _keep_summary(self, entry: Entry) -> list[Rejected]:
        if entry.summary is None:
            return []
        # A post shows the text as it is, a chat shows its TeX as text.
        readings = dict.fromkeys((entry.summary.text, readable(entry.summary.text)))
        found = [
            check(
                title=entry.paper.title,
                source=entry.paper.abstract,
                summary=text,
                language=entry.summary.language,
                style=entry.summary.style,
            )
            for text in readings
        ]
        findings = tuple(dict.fromkeys(finding for some in found for finding in some))
        if findings:
            return [Rejected(entry.paper, findings)]
        await self._store.summaries.put(entry.paper.id, entry.summary)
        return []
