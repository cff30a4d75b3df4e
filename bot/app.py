"""The composition root: settings in, use cases and renderers out. The only module that knows the adapters."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType

from adapters.hugo import platform as hugo
from adapters.hugo import render as hugo_render
from adapters.hugo.post import to_digest
from adapters.json import render as json_render
from adapters.markdown import render as markdown_render
from adapters.terminal import render as terminal_render
from adapters.terminal.render import Line, Mark
from bot.budget import Budget
from bot.collect import Collector, Sources
from bot.dates import due
from bot.digest import Digests, Order
from bot.doctor import Check, Diagnosis, check_clock, diagnose
from bot.errors import BotError, InputError, ModelRefusesUs, SourceError, StoreError
from bot.imports import Imported, Importer, Rejected
from bot.models import Channel, ChannelKey, Digest, Excerpt, Failure, Paper, PaperRef, RefKind, SourceName, Summary
from bot.output import check_writable, write_text
from bot.papers import Described, Papers
from bot.ports import Pace, PaperSource, Summarizer
from bot.sample.source import sample_sources
from bot.sample.summarizer import SampleSummarizer
from bot.settings import Settings
from bot.sources.arxiv import Arxiv
from bot.sources.http import Limits, user_agent
from bot.sources.huggingface import HuggingFace
from bot.sources.semantic_scholar import SemanticScholar
from bot.status import Status, StatusReader
from bot.store.location import sqlite_url
from bot.store.store import Store, upgrade
from bot.summaries import Summaries
from bot.words import Words, sentences, words_for
from bot.words.languages import language_tag

if TYPE_CHECKING:
    from bot.claude.client import Claude

TERMINAL = ChannelKey("terminal", "default")
PROBE = PaperRef(RefKind.ARXIV, "1706.03762")  # any well-known paper serves to see whether a source answers


class DigestFormat(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    HUGO = "hugo"
    JSON = "json"


class PaperFormat(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


_SUFFIXES = {DigestFormat.TEXT: "txt", DigestFormat.MARKDOWN: "md", DigestFormat.JSON: "json"}
Clock = Callable[[], datetime]


class _Texts(TypedDict):
    summary: Summary | None
    excerpt: Excerpt | None
    failure: Failure | None


def utc_now() -> datetime:
    return datetime.now(UTC)


def program_version() -> str:
    """The installed version; `0` when run from a checkout that was never installed."""
    try:
        return version("kawaraban")
    except PackageNotFoundError:
        return "0"


@dataclass(frozen=True, slots=True)
class App:
    """The running thing: what the command line, and later the chat adapters, call."""

    settings: Settings
    store: Store
    digests: Digests
    papers: Papers
    importer: Importer
    reader: StatusReader
    clock: Clock

    def order(
        self, date: str | None, language: str | None = None, size: int | None = None, *, preview: bool = False
    ) -> Order:
        """The command line's order. Raises InputError for a bad date or language."""
        day, due_at = due(date, self.clock(), ZoneInfo(self.settings.digest_timezone))
        channel = Channel(TERMINAL, self.settings.channel)
        return Order(channel, day, due_at, checked_language(language) if language else None, size, preview)

    async def import_posts(self, directory: Path) -> tuple[Imported, tuple[tuple[Path, BotError], ...]]:
        """Take over every post below the directory; the files that are none, with the reason, beside the outcome.

        The command line writes posts too, so their papers count as shown there as well. Raises InputError
        (`input.file`) where the directory cannot be read.
        """
        if not directory.is_dir():
            raise InputError("input.file", path=directory, reason=os.strerror(20))
        channel = ChannelKey("hugo", str(directory.resolve()))
        digests, unreadable = [], []
        for path, post in hugo.read_posts(directory):
            if isinstance(post, BotError):
                unreadable.append((path, post))
            else:
                digests.append(to_digest(post, channel))
        return await self.importer.take(digests, [TERMINAL]), tuple(unreadable)

    async def status(self) -> Status:
        return await self.reader.read()

    def shown_digest(self, digest: Digest) -> RenderableType:
        """For a person at a terminal, in the digest's language."""
        return terminal_render.digest(digest, words_for(digest.language), self.zone)

    def rendered_digest(self, digest: Digest, form: DigestFormat) -> str:
        """The digest as a text of the format, in its own language; TEXT is for terminals (see `shown_digest`)."""
        words = words_for(digest.language)
        if form is DigestFormat.JSON:
            return json_render.digest(digest, words)
        if form is DigestFormat.MARKDOWN:
            return markdown_render.digest(digest, words)
        if form is DigestFormat.HUGO:
            return hugo_render.render(digest, words)
        console = Console(file=StringIO(), width=100, highlight=False)
        with console.capture() as capture:
            console.print(self.shown_digest(digest))
        return capture.get()

    def write_digest(self, digest: Digest, form: DigestFormat, directory: Path) -> Path:
        """Write the digest below the directory: Hugo's page bundle, else one file named by the date; gives its path.

        Raises OutputError.
        """
        if form is DigestFormat.HUGO:
            return hugo.write(digest, directory)
        target = directory / f"{digest.date.isoformat()}.{_SUFFIXES[form]}"
        write_text(target, self.rendered_digest(digest, form))
        return target

    def shown_choices(self, papers: tuple[Paper, ...], language: str) -> RenderableType:
        """Papers to choose from, for a person at a terminal."""
        return terminal_render.choices(papers, words_for(language))

    def shown_paper(self, described: Described) -> RenderableType:
        """For a person at a terminal, in the language that was asked for."""
        return terminal_render.paper(
            described.paper,
            words_for(described.language),
            summary=described.summary,
            excerpt=described.excerpt,
            failure=described.failure,
        )

    def rendered_paper(self, described: Described, form: PaperFormat) -> str:
        """The paper as Markdown or JSON."""
        words = words_for(described.language)
        texts = _Texts(summary=described.summary, excerpt=described.excerpt, failure=described.failure)
        if form is PaperFormat.JSON:
            return json_render.paper(described.paper, words, language=described.language, **texts)
        return markdown_render.paper(described.paper, words, **texts)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.digest_timezone)


def checked_language(text: str) -> str:
    """The tag in its usual spelling. Raises InputError `input.language`."""
    try:
        return language_tag(text)
    except ValueError:
        raise InputError("input.language", text=text) from None


@dataclass(frozen=True, slots=True)
class _Connections:
    """Every remote that the product talks to; `claude` is None without a key."""

    arxiv: Arxiv
    huggingface: HuggingFace
    scholar: SemanticScholar
    claude: Claude | None

    @property
    def sources(self) -> Sources:
        return Sources((self.arxiv, self.huggingface, self.scholar), self.arxiv, self.scholar)


async def _connect(stack: AsyncExitStack, settings: Settings, pace: Pace, clock: Clock) -> _Connections:
    agent = user_agent(program_version(), settings.public_url)
    limits = Limits(timeout=settings.source_timeout_seconds)
    scholar_key = settings.semantic_scholar_api_key
    arxiv = Arxiv(
        settings.arxiv_api_url,
        user_agent=agent,
        pace=pace,
        interval=settings.arxiv_interval_seconds,
        limits=limits,
    )
    huggingface = HuggingFace(settings.huggingface_api_url, user_agent=agent, clock=clock, limits=limits)
    scholar = SemanticScholar(
        settings.semantic_scholar_api_url,
        user_agent=agent,
        clock=clock,
        api_key=scholar_key.get_secret_value() if scholar_key else None,
        limits=limits,
    )
    claude = None
    if settings.anthropic_api_key:
        # Its SDK takes longer to import than all else together; without a key nobody needs it.
        from bot.claude.client import Claude

        claude = Claude(
            settings.anthropic_api_key.get_secret_value(),
            base_url=settings.anthropic_base_url,
            timeout=settings.claude_timeout_seconds,
        )
        await stack.enter_async_context(claude)
    for source in (arxiv, huggingface, scholar):
        stack.push_async_callback(source.aclose)
    return _Connections(arxiv, huggingface, scholar, claude)


def _summarizer(claude: Claude | None) -> Summarizer | None:
    if claude is None:
        return None
    from bot.claude.summarize import ClaudeSummarizer

    return ClaudeSummarizer(claude)


def _assembled(settings: Settings, store: Store, sources: Sources, summarizer: Summarizer | None, clock: Clock) -> App:
    budget = Budget(store, settings.claude_daily_budget_usd, ZoneInfo(settings.digest_timezone), clock)
    summaries = Summaries(store, summarizer, budget, (settings.claude_model, settings.claude_fallback_model), clock)
    return App(
        settings=settings,
        store=store,
        digests=Digests(store, Collector(store, sources, clock), summaries),
        papers=Papers(store, sources.listing, summaries),
        importer=Importer(store),
        reader=StatusReader(store, budget),
        clock=clock,
    )


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[App]:
    """Everything connected as the settings say. Raises StoreError where the database cannot be opened."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(settings.database_url, clock=clock))
        connections = await _connect(stack, settings, store.pace, clock)
        yield _assembled(settings, store, connections.sources, _summarizer(connections.claude), clock)


@asynccontextmanager
async def open_demo(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[App]:
    """The product over the invented sample, in a database of its own that ends with the block."""
    with TemporaryDirectory(prefix="kawaraban-demo-") as folder:
        async with Store.open(sqlite_url(Path(folder) / "demo.sqlite3"), clock=clock) as store:
            listing = sample_sources(clock())
            by_name = {source.name: source for source in listing}
            sources = Sources(listing, by_name[SourceName.ARXIV], by_name[SourceName.SEMANTIC_SCHOLAR])
            yield _assembled(settings, store, sources, SampleSummarizer(), clock)


async def run_doctor(settings: Settings, clock: Clock = utc_now) -> tuple[Diagnosis, ...]:
    """Look at everything that the settings name; what is wrong comes back as a value."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="kawaraban-doctor-"))
        database = await _opened_or_error(stack, settings.database_url)
        # Without the database the turns at arXiv cannot be shared, which one question does not need.
        spare = await stack.enter_async_context(Store.open(sqlite_url(Path(folder) / "pace.sqlite3")))
        pace = database.pace if isinstance(database, Store) else spare.pace
        connections = await _connect(stack, settings, pace, clock)
        found = await diagnose(_checks(settings, database, connections))

        async def time() -> None:
            check_clock(clock(), connections.arxiv.server_time)

        # After the others: it reads the time of arXiv's answer to them.
        return found + await diagnose([Check("clock", time, required=False)])


async def _opened_or_error(stack: AsyncExitStack, url: str) -> Store | StoreError:
    try:
        return await stack.enter_async_context(Store.open(url))
    except StoreError as error:
        return error


def _checks(settings: Settings, database: Store | StoreError, connections: _Connections) -> tuple[Check, ...]:
    async def storage() -> None:
        if isinstance(database, StoreError):
            raise database

    async def key() -> None:
        if connections.claude is None:
            raise ModelRefusesUs("model.no_key")
        await connections.claude.check_model(settings.claude_model)

    async def blog() -> None:
        if settings.hugo_content_dir:
            check_writable(settings.hugo_content_dir)

    def answers(source: PaperSource) -> Check:
        async def ask() -> None:
            await source.find(PROBE)

        return Check(source.name.value, ask, required=source.name is not SourceName.SEMANTIC_SCHOLAR)

    return (
        Check("database", storage),
        *map(answers, connections.sources.listing),
        Check("claude", key, required=connections.claude is not None),
        Check("blog", blog),
    )


async def upgrade_database(settings: Settings) -> tuple[str | None, str]:
    """The database's revision before (None for a new one) and after. Raises StoreError."""
    return await upgrade(settings.database_url)


def shown_status(status: Status, words: Words, zone: ZoneInfo) -> RenderableType:
    """The state of the installation as a table."""
    counts = status.counts
    cap = words.usd(status.cap) if status.cap is not None else words.say("cli.status.no_cap")
    lines = [
        Line(words.say("cli.status.database"), str(status.database)),
        Line(words.say("cli.status.papers"), words.number(counts.papers)),
        Line(
            words.say("cli.status.summaries"),
            words.count("cli.status.summaries.n", counts.summaries, failed=words.number(counts.failed_summaries)),
        ),
        Line(
            words.say("cli.status.spent"),
            words.say(
                "cli.status.spent.of",
                spent=words.usd(status.spent_today),
                cap=cap,
                resets_at=words.moment(status.resets_at, zone),
            ),
        ),
    ]
    lines += [
        Line(f"{digest.channel} {digest.date}", sentences.status_line(words, digest)) for digest in status.digests
    ]
    return terminal_render.report(lines, words)


def shown_diagnoses(diagnoses: Sequence[Diagnosis], words: Words) -> RenderableType:
    """What the doctor found as a table, with the remedy for each problem."""

    def line(diagnosis: Diagnosis) -> Line:
        name = words.say(f"cli.doctor.{diagnosis.name}")
        if diagnosis.problem is None:
            return Line(name, words.say("cli.doctor.fine"), Mark.OK)
        mark = Mark.PROBLEM if diagnosis.required else Mark.UNKNOWN
        return Line(name, words.error(diagnosis.problem), mark)

    return terminal_render.report(map(line, diagnoses), words)


def rejection(words: Words, rejected: Rejected) -> str:
    """One line on a published summary that did not pass the check."""
    found = words.list(sentences.finding(words, finding) for finding in rejected.findings)
    return words.say("cli.import.rejected", title=rejected.paper.title, findings=found)


def digest_notes(words: Words, digest: Digest, *, with_status: bool) -> Iterator[str]:
    """What to say beside a digest: its status line, and one line with the remedy for each kind of trouble."""
    if with_status:
        yield sentences.status_line(words, digest)
        if not digest.entries:
            yield sentences.empty(words, digest)
    for report in digest.status.sources:
        if report.error:
            yield words.error(SourceError(report.error, source=report.source))
    for code in dict.fromkeys(entry.failure.code for entry in digest.entries if entry.failure):
        yield words.error(BotError(code))


def why_empty(words: Words, digest: Digest) -> str:
    """The reason for a digest without papers, in one sentence."""
    return sentences.empty(words, digest)


def nothing_came(digest: Digest) -> bool:
    """True where there is no paper because no source answered."""
    return not digest.entries and not any(report.ok for report in digest.status.sources)
