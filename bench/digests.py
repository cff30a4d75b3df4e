"""Invented digests for fleets of channels, the same for a channel in every process."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

from bot.models import (
    ChannelKey,
    ChannelSettings,
    Digest,
    DigestStatus,
    Entry,
    Layout,
    Paper,
    PaperId,
    Reason,
    ReasonKind,
    Signal,
    SignalKind,
    SourceName,
    SourceReport,
    Style,
    Summary,
)

DAY = date(2031, 5, 14)
DUE = datetime(2031, 5, 13, 22, 0, tzinfo=UTC)
SETTINGS = ChannelSettings(language="en", layout=Layout.THREAD, seed_reactions=False)
_POOL = 50  # papers shared by all channels


def paper(number: int) -> Paper:
    words = " ".join(Random(number).choices(("brush", "ink", "block", "paper", "print", "press"), k=6))
    return Paper(
        id=PaperId.arxiv(f"3105.{number:05d}"),
        title=f"{words.title()} {number}",
        abstract=f"We print with {words}. " * 8,
        authors=("Ada Example", "Len Printwright"),
        published=datetime(2031, 5, 12, 9, 0, tzinfo=UTC),
        url=f"https://arxiv.org/abs/3105.{number:05d}",
        arxiv_id=f"3105.{number:05d}",
        signals=(Signal(SourceName.ARXIV, SignalKind.LISTED, 1, DUE),),
    )


def digest(channel: ChannelKey, size: int) -> Digest:
    """Return the channel's digest of DAY with `size` papers."""
    entries = tuple(_entry(rank, number) for rank, number in enumerate(_chosen(channel, size), 1))
    status = DigestStatus(_POOL, (SourceReport(SourceName.ARXIV, _POOL),))
    return Digest(channel, DAY, DUE, SETTINGS.language, status, entries)


def _chosen(channel: ChannelKey, size: int) -> list[int]:
    return Random(str(channel)).sample(range(1, _POOL + 1), size)


def _entry(rank: int, number: int) -> Entry:
    text = "The press is described in three sentences. Its ink is measured. The paper lasts."
    summary = Summary(SETTINGS.language, Style.BRIEF, f"Prints number {number} faster", text)
    return Entry(rank, paper(number), 1.0 / rank, (Reason(ReasonKind.FRESH),), summary=summary)
