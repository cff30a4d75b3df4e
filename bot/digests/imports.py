"""Taking over what was published before: papers count as shown, summaries that pass the check enter the cache."""

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
    """Digests read back from files, and the files that are none, each with the reason."""

    digests: tuple[Digest, ...]
    unreadable: tuple[tuple[Path, BotError], ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A published summary that did not pass the check, so it is not shown again."""

    paper: Paper
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: papers marked as shown, summaries in the cache, and those that were refused."""

    digests: int
    papers: int
    summaries: int
    rejected: tuple[Rejected, ...] = ()


class Importer:
    """The use case behind `kawaraban import`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, digests: Iterable[Digest], also_shown_in: Iterable[ChannelKey] = ()) -> Imported:
        """Store each digest under its own channel and date (the first one of a date stays), its papers and summaries.

        `also_shown_in` are channels that must not show these papers either. Safe to run again: nothing is doubled.
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
        """The digest with its papers under the ids that the store has, or now gives, them."""
        found = [entry.paper for entry in digest.entries]
        stored = await self._store.papers.matching({key for paper in found for key in paper.keys})
        known = merge(dict.fromkeys(stored.values()), found)
        await self._store.papers.save(known)
        by_key = {key: paper for paper in known for key in paper.keys}
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
