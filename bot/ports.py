"""What the core needs from outside: each Protocol is small, owned here, and speaks in `bot.models` alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from bot.models import (
    Batch,
    ChannelKey,
    DeliveryKey,
    Draft,
    Found,
    Layout,
    MessageRef,
    Paper,
    PaperRef,
    Part,
    Place,
    SourceName,
    SummaryRequest,
    Tally,
    Vectors,
    Window,
)


class Stage(StrEnum):
    """The parts of making a digest that take long enough to watch."""

    COLLECT = "collect"  # counted in sources
    SUMMARIZE = "summarize"  # counted in papers


class Progress(Protocol):
    """Is told how far a long piece of work is; must return at once and never raise."""

    def __call__(self, stage: Stage, done: int, total: int) -> None: ...


class PaperSource(Protocol):
    """One place that announces or lists papers."""

    @property
    def name(self) -> SourceName: ...

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:
        """The papers that the source announced or listed in the window.

        `topics` are arXiv categories; a source that has none ignores them. A part that failed is named in
        `Batch.problem`; raises SourceError when nothing useful came.
        """

    async def find(self, ref: PaperRef) -> Paper | None:
        """One paper by id; None where the source does not know it or cannot look up such a ref. Raises SourceError."""

    async def search(self, words: str, limit: int) -> Sequence[Paper]:
        """Papers whose titles fit the words, best first; empty where the source has no search. Raises SourceError."""


class Enricher(Protocol):
    """Adds what a source knows to papers that others found (TLDR, citations, upvotes, arXiv's own record)."""

    @property
    def name(self) -> SourceName: ...

    async def enrich(self, papers: Sequence[Paper], seen_at: datetime) -> Batch:
        """The source's own records of those of the papers it knows, to be merged by the caller. Raises SourceError."""


class Summarizer(Protocol):
    """Writes about papers; what it writes is unchecked."""

    async def summarize(self, request: SummaryRequest) -> Draft:
        """One call to one model. Raises ModelBusy or ModelRefusesUs; a bad answer is a Draft that says so."""

    def estimate(self, request: SummaryRequest) -> float:
        """The most US dollars that this call should cost."""


class Embedder(Protocol):
    """Places texts as points, near each other where they are about the same."""

    @property
    def model(self) -> str:
        """The name under which its vectors are stored; another name, and they are made anew."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, in their order; an empty text has one too. Does not hold up the event loop."""


class Platform(Protocol):
    """A place where digests go; one per adapter.

    Raises PermanentError, TransientError and AmbiguousError, never a vendor's own.
    """

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        """Send one part. The key travels with it, so that `find` can recognise it."""

    async def edit(self, ref: MessageRef, part: Part) -> None:
        """Replace what a message says; a message that is gone is a PermanentError."""

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:
        """Whether a part of that key was posted since the instant; CannotTell where nothing can say so."""


class Reactions(Protocol):
    """For platforms whose messages can be voted on. Raises as Platform."""

    async def seed(self, ref: MessageRef, emoji: str) -> None:
        """Put the bot's own emoji on a message, one click away for people; doing it twice is fine."""

    async def read(self, ref: MessageRef) -> Tally:
        """Who reacted with what, the bot itself left out."""


class Pace(Protocol):
    """Rates that all processes on one database share."""

    def turn(self, key: str, interval: float) -> AbstractAsyncContextManager[None]:
        """Hold the only turn for `key`; it begins at least `interval` seconds after the one before ended.

        Counted from the end, because a request reaches its server some time after its turn began.
        """

    async def pause(self, key: str, seconds: float) -> None:
        """Nobody gets a turn for `key` in the next `seconds`: what a 429's Retry-After asks for."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What came to the web server; header names are in lower case, nothing is trusted."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A path of the web server that belongs to an adapter."""

    method: str
    path: str
    handle: Callable[[HttpRequest], Awaitable[HttpResponse]]


class StopSignal(Protocol):
    """The wish to end; an `asyncio.Event` is one."""

    def is_set(self) -> bool: ...

    async def wait(self) -> object: ...


class Worker(Protocol):
    """This process among those that share the ledger."""

    @property
    def owner(self) -> str:
        """Its name in its present life; empty before that has begun."""

    def wake(self) -> None:
        """Look into the ledger at once: there is something new."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that `kawaraban doctor` looks at. `required` is False where the product works without it, only less
    well.

    `run` raises the BotError that says what is wrong. It may return an address that belongs to the thing, such as the
    link by which the bot is invited.
    """

    name: str
    run: Callable[[], Awaitable[str | None]]
    required: bool = True


def _whole_platform(channel: ChannelKey) -> str:
    return channel.platform


def _nowhere(_channel: ChannelKey, _user: str) -> None:
    """No place where a person is written to alone."""


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What is known of a platform before anything is connected.

    `rates` are messages a second by bucket, at 90 % of what the platform allows (see `bot.store.buckets`); `bucket`
    says which one a channel falls under; `spacing` is the least number of seconds between two messages in a channel.
    `direct` gives the place where a person is written to alone, by a channel of the same workspace and the person's id;
    None where there is no such place.
    """

    name: str
    rates: Mapping[str, float] = field(default_factory=dict)
    bucket: Callable[[ChannelKey], str] = _whole_platform
    spacing: float = 0.0
    direct: Callable[[ChannelKey, str], ChannelKey | None] = _nowhere


@dataclass(frozen=True, slots=True)
class Connection:
    """A platform in use. `run` is what receives from it, until `StopSignal` is set; None for one that only sends."""

    platform: Platform
    reactions: Reactions | None = None
    run: Callable[[StopSignal], Coroutine[Any, Any, None]] | None = None
    routes: Sequence[Route] = ()


UseCases_contra = TypeVar("UseCases_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Adapter(Generic[UseCases_contra]):
    """A platform as its settings describe it, with nothing connected and nothing started.

    `connect` constructs the rest around the use cases that it is given (`bot.chat.uses.UseCases`, or anything for an
    adapter that only sends); it is called once, and only where the settings miss nothing. `checks` look at what there
    is, even where something is missing. `channels` are those that the settings subscribe, with their layout.
    """

    facts: PlatformFacts
    connect: Callable[[UseCases_contra], Connection]
    checks: Sequence[Check] = ()
    channels: Mapping[ChannelKey, Layout] = field(default_factory=dict)


class Platforms:
    """The facts of all platforms that are set up, by channel. A platform that is not has no limits, and no places."""

    def __init__(self, facts: Iterable[PlatformFacts]) -> None:
        self._by_name = {one.name: one for one in facts}

    def of(self, channel: ChannelKey) -> PlatformFacts:
        return self._by_name.get(channel.platform) or PlatformFacts(channel.platform)

    def bucket(self, channel: ChannelKey) -> str:
        """Whose rate the channel falls under."""
        return self.of(channel).bucket(channel)

    def direct(self, channel: ChannelKey, user: str) -> ChannelKey | None:
        """Where a person of the channel's workspace is written to alone."""
        return self.of(channel).direct(channel, user)
