"""The messages of a digest, where they go, and what became of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.models.channels import ChannelKey, Layout
from bot.models.details import News
from bot.models.digests import Digest, Entry
from bot.models.papers import Paper, PaperId
from bot.models.questions import AnswerView
from bot.models.summaries import Excerpt, Failure, Style, Summary


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message on a platform, in its adapter's notation; opaque to everybody else."""

    platform: str
    value: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> MessageRef:
        """Return the inverse of `str()`. Raises ValueError for text without a platform."""
        platform, colon, value = text.partition(":")
        if not (platform and colon and value):
            raise ValueError(f"not a message: {text!r}")
        return cls(platform, value)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post: a channel, or the thread of one of its messages."""

    channel: ChannelKey
    thread: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """The key of one delivery, the same in every attempt: 20 hexadecimal digits, unique for ever."""

    value: str

    @classmethod
    def of(cls, channel: ChannelKey, day: dt.date, part: str) -> DeliveryKey:
        return cls(hashlib.sha256(f"{channel}|{day}|{part}".encode()).hexdigest()[:20])


@dataclass(frozen=True, slots=True)
class Headline:
    """The message that opens a digest: `digest` with summaries but without abstracts.

    In the layout `compact` it is the whole digest, so it says a little more about each paper. A `preview` is shown to
    one person: nobody votes on it, and nothing is below it.
    """

    digest: Digest
    layout: Layout
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """The message of one paper, without its abstract. `of` is the number of papers in the digest."""

    entry: Entry
    date: dt.date
    language: str
    of: int


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper on its own, as `/paper` shows it. `excerpt` stands in for a missing summary; `failure` says why.

    Shared into a channel it is a message like a card, and can be voted on.
    """

    paper: Paper
    language: str
    style: Style
    summary: Summary | None = None
    failure: Failure | None = None
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """The bot's one message on being invited: what it does, and a button that opens the subscription form."""

    language: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word that differs by language: its key in the catalogues, and the fallback for an unknown key."""

    key: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A short text message: `key` is a sentence's key in the catalogues, `arguments` fill its placeholders.

    `about` is the channel that the message is about, if it is sent elsewhere.
    """

    key: str
    language: str
    arguments: tuple[tuple[str, str | Term], ...] = ()
    about: ChannelKey | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A whole digest as one document, including abstracts."""

    digest: Digest


Part = Headline | Card | Notice | Page | PaperView | Greeting | News | AnswerView


@dataclass(frozen=True, slots=True)
class Absent:
    """The platform was asked, and has no message with that key."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The platform cannot or may not be asked. `why` is a short code for `status`."""

    why: str


Found = MessageRef | Absent | CannotTell


class DeliveryState(StrEnum):
    """The states of a row in the ledger."""

    WAITING = "waiting"  # for the previous part
    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    DEAD = "dead"
    UNKNOWN = "unknown"  # may have been sent, with no way to tell: never sent again automatically


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger, for display and for votes. `error` is the code of the last error, "" if none."""

    id: int
    channel: ChannelKey
    day: dt.date
    part: str
    state: DeliveryState
    due_at: datetime | None
    attempts: int
    message: MessageRef | None
    paper: PaperId | None  # its current id
    error: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One message of a digest. `part` is its name there: `headline`, `card:1` …, `page`, `notice`.

    It is sent once the previous part is final and `spacing_seconds` have passed, with `in_thread` in the thread of the
    digest's part called `thread_of`. Votes on it count for `paper`; `seeds` are emoji to add to it.
    """

    part: str
    content: Part
    spacing_seconds: float = 0.0
    in_thread: bool = False
    thread_of: str = "headline"
    paper: PaperId | None = None
    seeds: tuple[str, ...] = ()
