"""The composition root: settings in, use cases and renderers out. The only module that knows the adapters."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType

from adapters.json import render as json_render
from adapters.markdown import render as markdown_render
from adapters.terminal import render as terminal_render
from adapters.terminal import reports
from bot.budget import Budget
from bot.collect import Collector, Sources
from bot.commands import ExportForm
from bot.dates import due
from bot.digest import Digests, Order
from bot.doctor import Check, Diagnosis, check_clock, diagnose
from bot.embedding.local import local_embedder
from bot.errors import BotError, BudgetError, InputError, ModelRefusesUs, StoreError
from bot.formats import DigestFormat, PaperFormat
from bot.imports import Imported, Importer
from bot.lookup import Lookup
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Digest,
    Excerpt,
    Failure,
    Layout,
    Paper,
    PaperRef,
    RefKind,
    Sheet,
    SourceName,
    Summary,
)
from bot.output import check_writable, write_text
from bot.ports import Adapter, PaperSource, Summarizer
from bot.sample.source import sample_sources
from bot.sample.summarizer import SampleSummarizer
from bot.settings import Settings
from bot.status import Status, StatusReader
from bot.store.location import sqlite_url
from bot.store.store import Store, upgrade
from bot.summaries import Summaries
from bot.tastes import Tastes
from bot.vectors import Placement
from bot.words import words_for
from bot.words.languages import language_tag

if TYPE_CHECKING:
    from bot.connections import Clock, Connections, Sleep
    from bot.service import Service
    from bot.uses import Uses

__all__ = ["App", "DigestFormat", "PaperFormat", "open_app", "open_demo", "reports", "run_doctor", "upgrade_database"]
__all__ += ["utc_now"]

TERMINAL = ChannelKey("terminal", "default")
LARGEST_DIGEST = 20
PROBE = PaperRef(RefKind.ARXIV, "1706.03762")  # any well-known paper serves to see whether a source answers


_SUFFIXES = {DigestFormat.TEXT: "txt", DigestFormat.MARKDOWN: "md", DigestFormat.JSON: "json"}


class _Texts(TypedDict):
    summary: Summary | None
    excerpt: Excerpt | None
    failure: Failure | None


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """The connected use cases and renderers, as the command line calls them; `open_service` builds on it."""

    settings: Settings
    store: Store
    budget: Budget
    digests: Digests
    tastes: Tastes
    placement: Placement
    lookup: Lookup
    importer: Importer
    reader: StatusReader
    collector: Collector
    summaries: Summaries
    clock: Clock

    def order(
        self, date: str | None, language: str | None = None, size: int | None = None, *, preview: bool = False
    ) -> Order:
        """The command line's order. Raises InputError for a bad date, language or size."""
        if size is not None and not 1 <= size <= LARGEST_DIGEST:
            raise InputError("input.size", text=size)
        day, due_at = due(date, self.clock(), ZoneInfo(self.settings.digest_timezone))
        channel = Channel(TERMINAL, self.settings.channel)
        return Order(channel, day, due_at, self.language(language), size, preview)

    def language(self, text: str | None) -> str:
        """The tag in its usual spelling, or the one of the settings. Raises InputError `input.language`."""
        try:
            return self.settings.digest_language if text is None else language_tag(text)
        except ValueError:
            raise InputError("input.language", text=text) from None

    def explained(self, code: str) -> BotError:
        """The error behind a failure's code, with the arguments that its sentence asks for."""
        if code.startswith("budget."):
            error = self.budget.reached(code)
            return BudgetError(code, **error.arguments | {"resets_at": self.budget.resets_at().astimezone(self.zone)})
        return BotError(code)

    def place(self, form: DigestFormat, output: Path | None) -> Path | None:
        """The folder that a digest is written below, None for standard output. Raises OutputError for an unfit one."""
        place = output or (self.settings.hugo_content_dir if form is DigestFormat.HUGO else None)
        if place is not None:
            check_writable(place)
        return place

    async def import_posts(self, directory: Path) -> tuple[Imported, tuple[tuple[Path, BotError], ...]]:
        """Take over every post below the directory; the files that are none, with the reason, beside the outcome.

        The command line writes posts too, so their papers count as shown there as well. Raises InputError
        (`input.file`) where the directory cannot be read.
        """
        from adapters.hugo.platform import read_posts
        from adapters.hugo.post import to_digest

        if not directory.is_dir():
            why_not = errno.ENOTDIR if directory.exists() else errno.ENOENT
            raise InputError("input.file", path=directory, reason=os.strerror(why_not))
        channel = ChannelKey("hugo", str(directory.resolve()))
        digests, unreadable = [], []
        for path, post in read_posts(directory):
            if isinstance(post, BotError):
                unreadable.append((path, post))
            else:
                digests.append(to_digest(post, channel))
        return await self.importer.take(digests, [TERMINAL]), tuple(unreadable)

    async def export(self, channel: str | None, form: ExportForm) -> str:
        """What a channel was shown and voted on; the command line's own papers where none is named.

        Raises InputError (`input.channel`) for a channel that was shown nothing.
        """
        from bot.archive import Archive
        from bot.votes import Votes

        # Reading what was voted takes no secret.
        archive = Archive(self.store, Votes(self.store, b"", self.clock).of_channel, self.clock)
        try:
            key = ChannelKey.parse(channel) if channel else TERMINAL
        except ValueError:
            raise InputError("input.channel", text=channel) from None
        documents = await archive.export(key, (form,))
        if not documents:
            raise InputError("input.channel", text=str(key))
        return documents[0].text

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
            from adapters.hugo.render import render

            return render(digest, words)
        console = Console(file=StringIO(), width=100, highlight=False)
        with console.capture() as capture:
            console.print(self.shown_digest(digest))
        return capture.get()

    def write_digest(self, digest: Digest, form: DigestFormat, directory: Path) -> Path:
        """Write the digest below the directory: Hugo's page bundle, else one file named by the date; gives its path.

        Raises OutputError.
        """
        if form is DigestFormat.HUGO:
            from adapters.hugo.platform import write

            return write(digest, directory)
        target = directory / f"{digest.date.isoformat()}.{_SUFFIXES[form]}"
        write_text(target, self.rendered_digest(digest, form))
        return target

    def shown_choices(self, papers: tuple[Paper, ...], language: str) -> RenderableType:
        """Papers to choose from, for a person at a terminal."""
        return terminal_render.choices(papers, words_for(language))

    def shown_paper(self, sheet: Sheet) -> RenderableType:
        """For a person at a terminal, in the language that was asked for."""
        return terminal_render.paper(
            sheet.paper,
            words_for(sheet.language),
            summary=sheet.summary,
            excerpt=sheet.excerpt,
            failure=sheet.failure,
        )

    def rendered_paper(self, sheet: Sheet, form: PaperFormat) -> str:
        """The paper as Markdown or JSON."""
        words = words_for(sheet.language)
        texts = _Texts(summary=sheet.summary, excerpt=sheet.excerpt, failure=sheet.failure)
        if form is PaperFormat.JSON:
            return json_render.paper(sheet.paper, words, language=sheet.language, **texts)
        return markdown_render.paper(sheet.paper, words, **texts)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.digest_timezone)


def _assembled(settings: Settings, store: Store, sources: Sources, summarizer: Summarizer | None, clock: Clock) -> App:
    budget = Budget(store, settings.claude_daily_budget_usd, ZoneInfo(settings.digest_timezone), clock)
    collector = Collector(store, sources, clock)
    summaries = Summaries(store, summarizer, budget, (settings.claude_model, settings.claude_fallback_model), clock)
    placement = Placement(store, local_embedder())
    tastes = Tastes(store, placement)
    return App(
        settings=settings,
        store=store,
        budget=budget,
        digests=Digests(store, collector, summaries, tastes),
        tastes=tastes,
        placement=placement,
        lookup=Lookup(store, sources.listing, summaries),
        importer=Importer(store),
        reader=StatusReader(store, budget, clock),
        collector=collector,
        summaries=summaries,
        clock=clock,
    )


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock = utc_now, sleep: Sleep = asyncio.sleep) -> AsyncIterator[App]:
    """Everything connected as the settings say; `sleep` is how retries wait.

    Raises StoreError where the database cannot be opened.
    """
    from bot.connections import LateSummarizer, connect

    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(settings.database_url, clock=clock))
        connections = await connect(stack, settings, store.pace, clock, sleep)
        summarizer = LateSummarizer(connections.claude) if connections.claude else None
        yield _assembled(settings, store, connections.sources, summarizer, clock)


@asynccontextmanager
async def open_service(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[Service]:
    """What `kawaraban run` runs: every adapter that has what it needs, the schedule, the web server.

    Raises BotError `run.nothing` where no adapter is configured, StoreError `store.running` for a second one on the
    same SQLite file, SettingsError for a secret that is missing.
    """
    from bot.connections import load_claude
    from bot.secret import secret_key
    from bot.wiring import service

    if settings.anthropic_api_key:
        await load_claude()
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    secret = secret_key(given, settings.database_path)
    async with open_app(settings, clock) as app:
        with app.store.hold_run():
            connected = service(app, secret, lambda uses: _adapters(settings, uses))
            if settings.hugo_content_dir:
                await _subscribe_blog(app.store, settings.hugo_content_dir, settings.channel, clock())
            yield connected


def _adapters(settings: Settings, uses: Uses) -> list[Adapter]:
    """Those that have what they need; a vendor's package is imported only for them."""
    found: list[Adapter | None] = []
    if settings.hugo_content_dir:
        from adapters.hugo.adapter import build as build_hugo

        found.append(build_hugo())
    if settings.slack_bot_token or settings.slack_client_id:
        from adapters.slack.adapter import build as build_slack

        found.append(build_slack(settings, uses))
    if settings.discord_token:
        from adapters.discord.adapter import build as build_discord

        found.append(build_discord(settings, uses))
    return [adapter for adapter in found if adapter]


async def _subscribe_blog(store: Store, directory: Path, settings: ChannelSettings, now: datetime) -> None:
    """The blog is a channel that its settings subscribe; what they say now counts from now on."""
    from bot.schedule import next_due

    wanted = replace(settings, layout=Layout.PAGE)
    key = ChannelKey("hugo", str(directory.resolve()))

    def edit(known: Channel | None) -> Channel:
        if known and known.state is ChannelState.ACTIVE and known.settings == wanted:
            return known
        return Channel(key, wanted, ChannelState.ACTIVE, next_due(now, wanted))

    await store.channels.change(key, edit)


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
    from bot.connections import connect

    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="kawaraban-doctor-"))
        database = await _opened_or_error(stack, settings.database_url)
        # Without the database the turns at arXiv cannot be shared, which one question does not need.
        spare = await stack.enter_async_context(Store.open(sqlite_url(Path(folder) / "pace.sqlite3")))
        pace = database.pace if isinstance(database, Store) else spare.pace
        connections = await connect(stack, settings, pace, clock)
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


def _checks(settings: Settings, database: Store | StoreError, connections: Connections) -> tuple[Check, ...]:
    async def storage() -> None:
        if isinstance(database, StoreError):
            raise database

    async def key() -> None:
        if connections.claude is None:
            raise ModelRefusesUs("model.no_key")
        await connections.claude.client().check_model(settings.claude_model)

    def writable(directory: Path) -> Check:
        async def look() -> None:
            check_writable(directory)

        return Check("blog", look)

    def answers(source: PaperSource) -> Check:
        async def ask() -> None:
            await source.find(PROBE)

        return Check(source.name.value, ask, required=source.name is not SourceName.SEMANTIC_SCHOLAR)

    return (
        Check("database", storage),
        *map(answers, connections.sources.listing),
        Check("claude", key, required=connections.claude is not None),
        *map(writable, filter(None, [settings.hugo_content_dir])),
        *_chat_checks(settings),
    )


def _chat_checks(settings: Settings) -> list[Check]:
    """Those of the chat platforms that are set up; a vendor's package is imported only for them."""
    found: list[Check] = []
    if settings.slack_bot_token or settings.slack_client_id:
        from adapters.slack.checks import checks as slack_checks

        found += slack_checks(settings)
    if settings.discord_token:
        from adapters.discord.checks import checks as discord_checks

        found += discord_checks(settings)
    return found


async def upgrade_database(settings: Settings) -> tuple[str | None, str]:
    """The database's revision before (None for a new one) and after. Raises StoreError."""
    return await upgrade(settings.database_url)
