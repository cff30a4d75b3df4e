"""What the core needs from outside. Each Protocol is small, owned here, and uses only types of `bot.models`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from bot.common.health import Health
from bot.common.signals import StopSignal
from bot.models import (
    AnswerRequest,
    Batch,
    ChannelKey,
    DeliveryKey,
    Draft,
    DraftEnd,
    DraftPiece,
    Found,
    FullText,
    Layout,
    MessageRef,
    NextRequest,
    Paper,
    PaperRef,
    Part,
    Place,
    SearchPhrases,
    Sentence,
    SourceName,
    SummaryRequest,
    Tally,
    Usage,
    Vectors,
    Window,
)


class Stage(StrEnum):
    """Work that takes long enough to show progress."""

    COLLECT = "collect"  # counted in sources
    SUMMARIZE = "summarize"  # counted in papers
    READ = "read"  # a paper's text, counted in kilobytes


class Progress(Protocol):
    """Callback for the progress of long work. Must return at once and never raise."""

    def __call__(self, stage: Stage, done: int, total: int) -> None: ...


class PaperSource(Protocol):
    """A source that announces or lists papers."""

    @property
    def name(self) -> SourceName: ...

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:
        """Return the papers that the source announced or listed in the window.

        `topics` are arXiv categories; a source without categories ignores them. A partial failure is reported in
        `Batch.problem`; raises SourceError if nothing useful came.
        """

    async def find(self, ref: PaperRef) -> Paper | None:
        """Return one paper by id; None if it is unknown or the source cannot look up such a ref. Raises SourceError."""

    async def search(self, words: str, limit: int) -> Sequence[Paper]:
        """Return papers whose titles match the words, best first; empty if the source has no search. Raises
        SourceError.
        """


class Enricher(Protocol):
    """Adds a source's own data to papers found elsewhere (TLDR, citations, upvotes, arXiv's record)."""

    @property
    def name(self) -> SourceName: ...

    async def enrich(self, papers: Sequence[Paper], seen_at: datetime) -> Batch:
        """Return the source's own records of the papers it knows, for the caller to merge. Raises SourceError."""


class Recommender(Protocol):
    """Knows which papers are similar to one."""

    @property
    def name(self) -> SourceName: ...

    async def recommend(self, paper: Paper, limit: int) -> Sequence[Paper]:
        """Return similar papers, best first; empty if the source does not know the paper. Raises SourceError."""


class Summarizer(Protocol):
    """Writes about papers. Its output is unchecked."""

    async def summarize(self, request: SummaryRequest) -> Draft:
        """Make one call to one model. Raises ModelBusy or ModelRefusesUs; a bad answer is returned as a Draft that says
        so.
        """

    def estimate(self, request: SummaryRequest) -> float:
        """Return the most that the call should cost, in US dollars."""


class Reader(Protocol):
    async def read(self, paper: Paper) -> FullText:
        """Return the paper's full text, or its abstract where that is all that can be read.

        Raises ReadingError if nothing can be read now.
        """


class DraftStream(Protocol):
    """A drafted answer as it is written: iterate over it once. A DraftEnd comes last.

    Raises ModelBusy while iterating. `usage` is what the answer has cost, and before its end the most that it may.
    """

    @property
    def usage(self) -> Usage: ...

    def __aiter__(self) -> AsyncIterator[DraftPiece | DraftEnd]: ...


class Answerer(Protocol):
    """Answers questions from papers' texts, citing their sentences. Its output is unchecked."""

    @property
    def prompt(self) -> str:
        """A name of its instructions that changes with them: answers kept under another name are out of date."""

    async def count(self, request: AnswerRequest) -> int:
        """Return the tokens of the request, without cost. Raises ModelBusy or ModelRefusesUs."""

    def most_tokens(self, request: AnswerRequest) -> int:
        """Return more tokens than the request has, for where they cannot be counted."""

    def estimate(self, request: AnswerRequest, tokens: int) -> float:
        """Return the most that a request of so many tokens should cost, in US dollars."""

    def answer(self, request: AnswerRequest, tokens: int) -> AbstractAsyncContextManager[DraftStream]:
        """Make one call to one model. Entering raises ModelBusy or ModelRefusesUs."""

    async def suggest(self, request: NextRequest) -> tuple[tuple[str, ...], Usage]:
        """Return questions to ask next. Raises ModelBusy or ModelRefusesUs."""

    def estimate_suggestions(self, request: NextRequest) -> float:
        """Return the most that `suggest` should cost, in US dollars."""


class PhraseWriter(Protocol):
    """Says what to look for in a paper, in the paper's language, to answer a question in another one."""

    async def write(self, question: str, title: str, outline: Sequence[str]) -> SearchPhrases:
        """Make one call to one model. Raises ModelBusy or ModelRefusesUs; a bad answer has no phrases."""

    def estimate(self, question: str, title: str, outline: Sequence[str]) -> float:
        """Return the most that the call should cost, in US dollars."""


class Embedder(Protocol):
    """Turns texts into vectors that are close together for similar content."""

    @property
    def model(self) -> str:
        """The name under which its vectors are stored. A different name means computing them again."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector for each text, in order, even for an empty one. Does not block the event loop."""


class Platform(Protocol):
    """A place that digests are posted to; one for each adapter.

    Raises PermanentError, TransientError and AmbiguousError, never a vendor's errors.
    """

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        """Post one part. The key is sent along, so that `find` can recognise the message."""

    async def edit(self, ref: MessageRef, part: Part) -> None:
        """Replace a message's content. Raises PermanentError if the message is gone."""

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:
        """Look for a part posted with that key since the instant. Returns CannotTell if nothing can be said."""


class Reactions(Protocol):
    """For platforms whose messages can be voted on. Raises as Platform does."""

    async def seed(self, ref: MessageRef, emoji: str) -> None:
        """Add the bot's own emoji to a message, so that people can vote with one click. Idempotent."""

    async def read(self, ref: MessageRef) -> Tally:
        """Return who reacted with what, excluding the bot."""


class Pace(Protocol):
    """Request rates shared by all processes on one database."""

    def turn(self, key: str, interval: float) -> AbstractAsyncContextManager[None]:
        """Hold the only turn for `key`, starting at least `interval` seconds after the previous one ended.

        Counted from the end, because a request reaches its server some time after its turn started.
        """

    async def pause(self, key: str, seconds: float) -> None:
        """Grant no turns for `key` for the next `seconds`, as a 429's Retry-After asks."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to the web server, untrusted. Header names are in lower case; `address` is whose connection it came
    by, "" if unknown.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    address: str = ""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A path of the web server that an adapter serves."""

    method: str
    path: str
    handle: Callable[[HttpRequest], Awaitable[HttpResponse]]


class Worker(Protocol):
    """This process among those that share the ledger."""

    @property
    def owner(self) -> str:
        """Its name in its present life; empty before that has begun."""

    def wake(self) -> None:
        """Look into the ledger at once: there is something new."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check that passed found. `sentence` says what is fine; `address` is a link that belongs to it, such as
    the one by which the bot is invited.
    """

    sentence: Sentence
    address: str = ""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that `kawaraban doctor` looks at. `required` is False where the product works without it, only less
    well.

    `run` raises the BotError that says what is wrong. A check that `locates` says where the bot is, which
    `kawaraban run` logs at its start; the others only try what is configured.
    """

    name: str
    run: Callable[[], Awaitable[CheckReport | None]]
    required: bool = True
    locates: bool = False


def _whole_platform(channel: ChannelKey) -> str:
    return channel.platform


def _public(_channel: ChannelKey) -> bool:
    """No channel is one person's own."""
    return False


def _nowhere(_channel: ChannelKey, _user: str) -> None:
    """No place where a person is written to alone."""


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What is known of a platform before anything is connected.

    `rates` are messages a second by bucket, at 90 % of what the platform allows (see `bot.store.buckets`); `bucket`
    says which one a channel falls under; `spacing` is the least number of seconds between two messages in a channel.
    `layouts` are those that it can post, the usual one first. `direct` gives the place where a person is written to
    alone, by a channel of the same workspace and the person's id; None where there is no such place. `personal` says
    whether a channel is one person's own: direct messages, for which `personal_layouts` are those that it can post,
    where these are others.
    """

    name: str
    rates: Mapping[str, float] = field(default_factory=dict)
    bucket: Callable[[ChannelKey], str] = _whole_platform
    spacing: float = 0.0
    layouts: Sequence[Layout] = tuple(Layout)
    direct: Callable[[ChannelKey, str], ChannelKey | None] = _nowhere
    personal: Callable[[ChannelKey], bool] = _public
    personal_layouts: Sequence[Layout] = ()


NameOf = Callable[[ChannelKey], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Connection:
    """A platform in use.

    `run` receives from it until `StopSignal` is set, and can be called again if it fails; None for one that only sends.
    `close` is called once after that, and lets what is on its way arrive. `health` says whether the platform can be
    reached. `name_of` asks what a channel is called there, "" where that cannot be told, and raises PlatformError; None
    where a channel's key is its name.
    """

    platform: Platform
    reactions: Reactions | None = None
    run: Callable[[StopSignal], Coroutine[Any, Any, None]] | None = None
    routes: Sequence[Route] = ()
    close: Callable[[], Awaitable[None]] | None = None
    health: Callable[[], Health] | None = None
    name_of: NameOf | None = None


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
    checks: Sequence[HealthCheck] = ()
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

    def layouts(self, channel: ChannelKey) -> Sequence[Layout]:
        """The layouts that can be posted in the channel, the usual one first."""
        facts = self.of(channel)
        return facts.personal_layouts if facts.personal_layouts and facts.personal(channel) else facts.layouts

    def direct(self, channel: ChannelKey, user: str) -> ChannelKey | None:
        """Where a person of the channel's workspace is written to alone."""
        return self.of(channel).direct(channel, user)

    def personal(self, channel: ChannelKey) -> bool:
        """Whether the channel is one person's own."""
        return self.of(channel).personal(channel)


ANYWHERE = Platforms(())  # nothing is known of any platform
