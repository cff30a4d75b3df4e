"""What became of a paper between two looks at one source's record of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.models import NewsKind, Paper, PaperEvent, PaperId, Sighting, SourceName

# What each source is believed about. Others than arXiv only repeat a version, and arXiv knows of no code.
_TELLS = {
    SourceName.ARXIV: frozenset({NewsKind.VERSION, NewsKind.WITHDRAWN}),
    SourceName.HUGGINGFACE: frozenset({NewsKind.CODE}),
    SourceName.SEMANTIC_SCHOLAR: frozenset({NewsKind.WITHDRAWN}),
}


def sighting(source: SourceName, record: Paper | None) -> Sighting:
    """Return what the source says with its record of a paper, or without one, of what it is believed about."""
    if record is None:
        return Sighting()
    tells = _TELLS[source]
    return Sighting(
        version=record.version if NewsKind.VERSION in tells else None,
        withdrawn=record.withdrawn and NewsKind.WITHDRAWN in tells,
        code_url=(record.code_url or "") if NewsKind.CODE in tells else "",
    )


def events(paper: PaperId, before: Sighting | None, now: Sighting, at: datetime) -> Iterator[PaperEvent]:
    """Yield what happened between two sightings by one source; nothing at the first one.

    A withdrawal is a version too, but not told as one.
    """
    if before is None:
        return
    if now.withdrawn and not before.withdrawn:
        yield PaperEvent(paper, NewsKind.WITHDRAWN, at)
    elif before.version and now.version and now.version > before.version and not now.withdrawn:
        yield PaperEvent(paper, NewsKind.VERSION, at, version=now.version)
    if now.code_url and not before.code_url:
        yield PaperEvent(paper, NewsKind.CODE, at, address=now.code_url)


def remembered(before: Sighting | None, now: Sighting) -> Sighting:
    """Return what to compare the next sighting with: an answer that lacks what was said before takes nothing back."""
    if before is None:
        return now
    return Sighting(
        version=max(filter(None, (before.version, now.version)), default=None),
        withdrawn=before.withdrawn or now.withdrawn,
        code_url=now.code_url or before.code_url,
    )
