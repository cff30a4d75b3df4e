"""A digest: the chosen papers, and why they were chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.models.channels import ChannelKey
from bot.models.collecting import DigestStatus
from bot.models.papers import Paper
from bot.models.summaries import Excerpt, Failure, Summary


class ReasonKind(StrEnum):
    """Why a paper was chosen. Renderers phrase it with the reason's subject and value."""

    UPVOTES = "upvotes"  # value: the count; `share`: how many of the day's papers have fewer
    VELOCITY = "velocity"  # value: upvotes a day
    CITATIONS = "citations"  # value: the count
    TOPIC = "topic"  # subject: the arXiv category
    KEYWORD = "keyword"  # subject: the channel's keyword
    AUTHOR = "author"  # subject: the person
    SEVERAL_SOURCES = "several_sources"
    FRESH = "fresh"  # value: its age in days
    RECENT = "recent"  # value: its age in days; for a paper of the past week with no other reason
    EXPLORE = "explore"  # the slot reserved for papers beyond the popular ones
    SIMILAR = "similar"  # subject: the title of a paper that people in the channel voted for
    SEED = "seed"  # subject: the title of a paper that the channel named as an example
    DESCRIPTION = "description"  # subject: what the channel wants, in its own words


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a choice. `share` is the percentile within the source's day, 0-1."""

    kind: ReasonKind
    subject: str = ""
    value: float = 0.0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A ranked paper. `parts` are the named terms of `score`; the first of `reasons` was decisive."""

    paper: Paper
    score: float
    reasons: tuple[Reason, ...]
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper in a digest. At most one of `summary` and `excerpt` is set; `failure` says why there is no summary."""

    rank: int
    paper: Paper
    score: float
    reasons: tuple[Reason, ...]
    summary: Summary | None = None
    excerpt: Excerpt | None = None
    failure: Failure | None = None
    figure: str | None = None  # a file name beside the rendered page

    @property
    def verified(self) -> bool:
        return self.summary is not None


class EmptyReason(StrEnum):
    """Why a day has no papers."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SOURCES_FAILED = "sources_failed"
    ALL_SHOWN = "all_shown"


@dataclass(frozen=True, slots=True)
class Digest:
    """One channel's papers of one local date. Its identity is (channel, date); the language only affects rendering."""

    channel: ChannelKey
    date: dt.date
    due_at: datetime
    language: str
    status: DigestStatus
    entries: tuple[Entry, ...] = ()
    empty: EmptyReason | None = None
    holiday: str = ""  # for EmptyReason.HOLIDAY: arXiv's English name of the day

    @property
    def is_of_whole_day(self) -> bool:
        """Whether papers count up to the end of the date in UTC, as `--date` alone asks for."""
        return self.due_at == end_of_day(self.date)


def end_of_day(day: dt.date) -> datetime:
    """Return the last second of the date in UTC."""
    return datetime.combine(day, dt.time(23, 59, 59), dt.UTC)
