"""Invented papers for the ranking's tests, concise enough for table rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.models import Paper, PaperId, Signal, SignalKind, SourceName

DUE = datetime(2031, 5, 14, 23, 59, 59, tzinfo=UTC)
ARXIV, HF, S2 = SourceName.ARXIV, SourceName.HUGGINGFACE, SourceName.SEMANTIC_SCHOLAR


def ago(hours: float) -> datetime:
    return DUE - timedelta(hours=hours)


def listed(source: SourceName, hours: float = 5) -> Signal:
    return Signal(source, SignalKind.LISTED, 1, ago(hours))


def upvotes(count: float, hours: float = 1) -> Signal:
    return Signal(HF, SignalKind.UPVOTES, count, ago(hours))


def citations(count: float, hours: float = 1) -> Signal:
    return Signal(S2, SignalKind.CITATIONS, count, ago(hours))


def paper(
    name: str,
    *signals: Signal,
    title: str = "",
    abstract: str = "",
    authors: Sequence[str] = ("Ada Example",),
    categories: Sequence[str] = (),
    keywords: Sequence[str] = (),
    withdrawn: bool = False,
) -> Paper:
    """Return a paper that arXiv listed five hours before `DUE`, unless signals are given."""
    return Paper(
        id=PaperId("sample", name),
        title=title or f"A study of {name}",
        abstract=abstract,
        authors=tuple(authors),
        published=ago(24),
        url=f"https://example.org/{name}",
        categories=tuple(categories),
        keywords=tuple(keywords),
        withdrawn=withdrawn,
        signals=signals or (listed(ARXIV),),
    )


def voted(name: str, count: float, *, hours: float = 5) -> Paper:
    """Return a paper with upvotes that only Hugging Face listed."""
    return paper(name, listed(HF, hours), upvotes(count))
