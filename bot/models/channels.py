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
    """A channel's key: `terminal:default`, `hugo:/srv/blog/content/post`, `slack:T1/C1`."""

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
    """How a digest is laid out in a channel."""

    THREAD = "thread"  # a headline, with one message for each paper in its thread
    CHANNEL = "channel"  # a headline, and one message for each paper in the channel
    COMPACT = "compact"  # only the headline
    PAGE = "page"  # one document: the blog


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A channel's settings, as its people chose them."""

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
    quiet: bool = False  # post nothing on a day without papers
    news: bool = True  # tell what became of a paper after it was sent
    seed_reactions: bool = True
    emoji: tuple[tuple[str, float], ...] = ()  # Unicode emoji -> value, overriding the default table; 0 removes one
    managers: tuple[str, ...] = ()  # platform ids of the other people who may change these settings
    likes: tuple[PaperId, ...] = ()  # papers named as examples of what the channel wants
    description: str = ""  # what the channel wants, in English like the papers: "KV cache, agentic inference"


class ChannelState(StrEnum):
    ACTIVE = "active"
    OFF = "off"  # unsubscribed: settings and votes are kept
    STOPPED = "stopped"  # the platform refuses us there permanently; `Channel.problem` says why


@dataclass(frozen=True, slots=True)
class Channel:
    """A place that gets a digest. `next_run_at` is None unless ACTIVE; `subscribed_by` is the platform's user id.

    `name` is what the platform calls it, with its server or workspace, "" while that is not known.
    """

    key: ChannelKey
    settings: ChannelSettings = field(default_factory=ChannelSettings)
    state: ChannelState = ChannelState.ACTIVE
    next_run_at: datetime | None = None
    subscribed_by: str = ""
    problem: str = ""
    name: str = ""

    @property
    def title(self) -> str:
        """What to call it to the operator: its name where that is known, and its key."""
        return f"{self.name} ({self.key})" if self.name else str(self.key)


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """The digest of one local date. `skipped` means too late: the bot was not running when it was due."""

    day: dt.date
    due_at: datetime
    late_after: datetime
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of looking at a channel: runs to record, and when to look again.

    `problem` is the code of what keeps the channel from ever being due.
    """

    runs: tuple[PlannedRun, ...]
    next_run_at: datetime | None
    problem: str = ""


class RunState(StrEnum):
    """The states of a run, from being due until its digest's parts are in the ledger."""

    DUE = "due"
    CLAIMED = "claimed"
    DONE = "done"
    SKIPPED = "skipped"  # the bot was not running that day
    FAILED = "failed"  # its day passed and every attempt had failed


@dataclass(frozen=True, slots=True)
class Run:
    """The making of one channel's digest of one local date.

    `problem` is the code of the last error. `unverified` are the ranks sent without a summary.
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
