"""The content of a blog post as values, and its conversion to a digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from bot.errors import InputError
from bot.models import (
    ChannelKey,
    Digest,
    DigestStatus,
    Entry,
    Excerpt,
    Origin,
    Paper,
    PaperId,
    PaperRef,
    RefKind,
    Signal,
    SignalKind,
    SourceName,
    Style,
    Summary,
    end_of_day,
)
from bot.papers.refs import parse_ref


@dataclass(frozen=True, slots=True)
class PostEntry:
    """One paper of a post. Missing values are empty; `summary` is None if there is none."""

    rank: int
    title: str
    authors: tuple[str, ...] = ()
    more_authors: bool = False
    published: date | None = None
    sources: tuple[str, ...] = ()
    url: str = ""  # http(s) or nothing
    arxiv_id: str | None = None  # without version
    figure: str | None = None
    summary: str | None = None
    excerpt: Excerpt | None = None
    abstract: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    date: date
    language: str
    entries: tuple[PostEntry, ...]


def to_digest(post: Post, channel: ChannelKey) -> Digest:
    """Return the post as the channel's digest of its date, due at the end of that day in UTC.

    Its papers count as listed by their sources at that instant; its summaries are marked as imported.
    """
    due_at = end_of_day(post.date)
    entries = tuple(_digest_entry(entry, post, due_at) for entry in post.entries)
    return Digest(channel, post.date, due_at, post.language, DigestStatus(new_papers=len(entries)), entries)


def _digest_entry(entry: PostEntry, post: Post, listed_at: datetime) -> Entry:
    ref = _ref(entry)
    sources = [source for source in SourceName if source in entry.sources]
    paper = Paper(
        id=PaperId.title(entry.title) if ref.kind is RefKind.TITLE else PaperId(ref.kind.value, ref.value),
        title=entry.title,
        abstract=entry.abstract,
        authors=entry.authors,
        more_authors=entry.more_authors,
        published=datetime.combine(entry.published or post.date, time(0), UTC),
        url=entry.url,
        arxiv_id=entry.arxiv_id,
        doi=ref.value if ref.kind is RefKind.DOI else None,
        s2_id=ref.value if ref.kind is RefKind.SEMANTIC_SCHOLAR else None,
        signals=tuple(Signal(source, SignalKind.LISTED, 1.0, listed_at) for source in sources),
    )
    summary = None
    if entry.summary:
        summary = Summary(post.language, Style.BRIEF, headline="", text=entry.summary, origin=Origin.IMPORTED)
    return Entry(entry.rank, paper, 0.0, (), summary=summary, excerpt=entry.excerpt, figure=entry.figure)


def _ref(entry: PostEntry) -> PaperRef:
    """Return the paper's identity from the post: its arXiv id, an id in its URL, or only its title."""
    if entry.arxiv_id:
        return PaperRef(RefKind.ARXIV, entry.arxiv_id)
    try:
        return parse_ref(entry.url)
    except InputError:
        return PaperRef(RefKind.TITLE, entry.title)
