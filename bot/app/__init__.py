"""The composition root: settings in, use cases out. With its own modules the only one that knows the adapters.

`platforms` says which adapters are set up, `rendering` makes texts of what came out, `checkup` is the doctor's list.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.terminal import reports
from bot.app.dates import due
from bot.app.files import check_writable
from bot.app.platforms import adapters_of
from bot.chat.commands import ExportForm
from bot.cli.formats import DigestFormat
from bot.digests.digest import Digests, Order
from bot.digests.imports import Imported, Importer
from bot.errors import BotError, BudgetError, InputError
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Layout,
    SourceName,
)
from bot.operations.status import Status, StatusReader
from bot.papers.collect import Collector, Sources
from bot.papers.lookup import Lookup
from bot.ports import Summarizer
from bot.sample.source import sample_sources
from bot.sample.summarizer import SampleSummarizer
from bot.settings import Settings
from bot.store.location import sqlite_url
from bot.store.store import Store, upgrade
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.embedding.local import local_embedder
from bot.taste.placement import Placement
from bot.taste.tastes import Tastes
from bot.words.languages import language_tag

if TYPE_CHECKING:
    from bot.app.connections import Clock, Sleep
    from bot.operations.service import Service

__all__ = ["App", "open_app", "open_demo", "open_service", "reports", "upgrade_database", "utc_now"]

TERMINAL = ChannelKey("terminal", "default")
LARGEST_DIGEST = 20


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
        from bot.chat.archive import Archive
        from bot.taste.votes import Votes

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

    def place(self, form: DigestFormat, output: Path | None) -> Path | None:
        """The folder that a digest is written below, None for standard output. Raises OutputError for an unfit one."""
        place = output or (self.settings.hugo_content_dir if form is DigestFormat.HUGO else None)
        if place is not None:
            check_writable(place)
        return place

    async def status(self) -> Status:
        return await self.reader.read()

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
    from bot.app.connections import LateSummarizer, connect

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
    from bot.app.connections import load_claude
    from bot.app.secret import secret_key
    from bot.app.wiring import service

    if settings.anthropic_api_key:
        await load_claude()
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    secret = secret_key(given, settings.database_path)
    async with open_app(settings, clock) as app:
        with app.store.hold_run():
            connected = service(app, secret, partial(adapters_of, settings))
            if settings.hugo_content_dir:
                await _subscribe_blog(app.store, settings.hugo_content_dir, settings.channel, clock())
            yield connected


@asynccontextmanager
async def open_demo(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[App]:
    """The product over the invented sample, in a database of its own that ends with the block."""
    with TemporaryDirectory(prefix="kawaraban-demo-") as folder:
        async with Store.open(sqlite_url(Path(folder) / "demo.sqlite3"), clock=clock) as store:
            listing = sample_sources(clock())
            by_name = {source.name: source for source in listing}
            sources = Sources(listing, by_name[SourceName.ARXIV], by_name[SourceName.SEMANTIC_SCHOLAR])
            yield _assembled(settings, store, sources, SampleSummarizer(), clock)


async def _subscribe_blog(store: Store, directory: Path, settings: ChannelSettings, now: datetime) -> None:
    """The blog is a channel that its settings subscribe; what they say now counts from now on."""
    from bot.digests.schedule import next_due

    wanted = replace(settings, layout=Layout.PAGE)
    key = ChannelKey("hugo", str(directory.resolve()))

    def edit(known: Channel | None) -> Channel:
        if known and known.state is ChannelState.ACTIVE and known.settings == wanted:
            return known
        return Channel(key, wanted, ChannelState.ACTIVE, next_due(now, wanted))

    await store.channels.change(key, edit)


async def upgrade_database(settings: Settings) -> tuple[str | None, str]:
    """The database's revision before (None for a new one) and after. Raises StoreError."""
    return await upgrade(settings.database_url)
