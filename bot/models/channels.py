"""Channels with their settings, and when each gets its digest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.models.papers import PaperId


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """The name of a channel: `terminal:default`, `hugo:/srv/blog/content/post`, `slack:T1/C1`."""

    platform: str
    name: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> ChannelKey:
        platform, colon, name = text.partition(":")
        if not (platform and colon and name):
            raise ValueError(f"not a channel: {text!r}")
        return cls(platform, name)


class Layout(StrEnum):
    """How a digest lies in a channel."""

    THREAD = "thread"  # a headline, and one message a paper in its thread
    CHANNEL = "channel"  # a headline, and one message a paper beside it
    COMPACT = "compact"  # the headline alone
    PAGE = "page"  # one document: the blog


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What a channel's people asked for."""

    language: str = "ja"
    size: int = 5
    topics: tuple[str, ...] = ("cs.CL", "cs.AI", "cs.LG")
    keywords: tuple[str, ...] = ()
    muted_keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    muted_authors: tuple[str, ...] = ()
    time: dt.time = dt.time(7, 0)
    timezone: str = "Asia/Tokyo"
    days: tuple[Weekday, ...] = tuple(Weekday)
    layout: Layout = Layout.THREAD
    quiet: bool = False  # nothing at all on a day without papers
    seed_reactions: bool = True
    emoji: tuple[tuple[str, float], ...] = ()  # Unicode emoji -> value, above the default table; 0 takes one out
    managers: tuple[str, ...] = ()  # the platform's ids of people who may change these settings too
    likes: tuple[PaperId, ...] = ()  # papers that the channel named as examples of what it wants
    description: str = ""  # what it wants in its own words, in English as the papers are: "KV cache, agentic inference"


class ChannelState(StrEnum):
    ACTIVE = "active"
    OFF = "off"  # unsubscribed: settings and votes are kept
    STOPPED = "stopped"  # the platform refuses us there for good; `Channel.problem` says why


@dataclass(frozen=True, slots=True)
class Channel:
    """A place that gets a digest. `next_run_at` is None unless ACTIVE; `subscribed_by` is the platform's user id."""

    key: ChannelKey
    settings: ChannelSettings = field(default_factory=ChannelSettings)
    state: ChannelState = ChannelState.ACTIVE
    next_run_at: datetime | None = None
    subscribed_by: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """The digest of one local date. `skipped`: too late, because nobody was there when it was due."""

    day: dt.date
    due_at: datetime
    late_after: datetime
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from looking at a channel: runs to note, and when to look again.

    `problem` is the code of what keeps the channel from ever being due.
    """

    runs: tuple[PlannedRun, ...]
    next_run_at: datetime | None
    problem: str = ""


class RunState(StrEnum):
    """The life of a run, from being due to its digest's parts being in the ledger."""

    DUE = "due"
    CLAIMED = "claimed"
    DONE = "done"
    SKIPPED = "skipped"  # nobody was there on its day
    FAILED = "failed"  # its day passed, and every attempt had gone wrong


@dataclass(frozen=True, slots=True)
class Run:
    """The making of one channel's digest of one local date.

    `problem` is the code of what went wrong last. `unverified` are the ranks that were sent without a summary.
    """

    channel: ChannelKey
    day: dt.date
    due_at: datetime
    late_after: datetime
    state: RunState
    attempts: int = 0
    problem: str = ""
    papers: int | None = None
    unverified: tuple[int, ...] = ()
    finished_at: datetime | None = None
