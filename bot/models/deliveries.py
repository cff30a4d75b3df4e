"""The messages that a digest is, where they go, and what became of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.models.channels import ChannelKey, Layout
from bot.models.digests import Digest, Entry
from bot.models.papers import Paper, PaperId
from bot.models.summaries import Excerpt, Failure, Style, Summary


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message on a platform, as that platform's adapter wrote it down; opaque to everybody else."""

    platform: str
    value: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> MessageRef:
        """The inverse of `str()`; raises ValueError for text without a platform."""
        platform, colon, value = text.partition(":")
        if not (platform and colon and value):
            raise ValueError(f"not a message: {text!r}")
        return cls(platform, value)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post: a channel, or the thread below one of its messages."""

    channel: ChannelKey
    thread: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """The name of one delivery, the same in every attempt: 20 letters and digits, unique for ever."""

    value: str

    @classmethod
    def of(cls, channel: ChannelKey, day: dt.date, part: str) -> DeliveryKey:
        return cls(hashlib.sha256(f"{channel}|{day}|{part}".encode()).hexdigest()[:20])


@dataclass(frozen=True, slots=True)
class Headline:
    """The message that opens a digest: `digest` with summaries, its papers' abstracts left out.

    In the layout `compact` it is all there is, so it says a little more of each paper.
    """

    digest: Digest
    layout: Layout


@dataclass(frozen=True, slots=True)
class Card:
    """One paper's message; `of` is how many papers the digest has. The paper's abstract is left out."""

    entry: Entry
    date: dt.date
    language: str
    of: int


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper on its own, as `/paper` answers. Without a summary, `failure` says why, `excerpt` has others' words.

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
    """What the bot says once when it is invited: what it does, and a button that opens the form to subscribe."""

    language: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word that differs by language: its key in the catalogues, and what to say where that is not known."""

    key: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A short message in words: `key` is a sentence's key in the catalogues, `arguments` fill its placeholders.

    `about` is a channel that the message is about, where it is not the one that gets it.
    """

    key: str
    language: str
    arguments: tuple[tuple[str, str | Term], ...] = ()
    about: ChannelKey | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A whole digest as one document, abstracts included."""

    digest: Digest


Part = Headline | Card | Notice | Page | PaperView | Greeting


@dataclass(frozen=True, slots=True)
class Absent:
    """The platform was asked, and there is no message of that key."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The platform cannot or may not be asked; `why` is a short code for `status`."""

    why: str


Found = MessageRef | Absent | CannotTell


class DeliveryState(StrEnum):
    """The life of a row in the ledger."""

    WAITING = "waiting"  # for the part before it
    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    DEAD = "dead"
    UNKNOWN = "unknown"  # perhaps sent, and nothing can tell: never sent again by itself


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger, for people and for votes. `error` is the code of the last trouble, "" for none."""

    id: int
    channel: ChannelKey
    day: dt.date
    part: str
    state: DeliveryState
    due_at: datetime | None
    attempts: int
    message: MessageRef | None
    paper: PaperId | None  # under the id that it has now
    error: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One message of a digest. `part` is its name there: `headline`, `card:1` …, `page`, `notice`.

    It leaves once the part before it is final and `spacing_seconds` have passed. `in_thread`: below the headline.
    `paper` is what votes on it count for; `seeds` are emoji to put on it.
    """

    part: str
    content: Part
    spacing_seconds: float = 0.0
    in_thread: bool = False
    paper: PaperId | None = None
    seeds: tuple[str, ...] = ()
