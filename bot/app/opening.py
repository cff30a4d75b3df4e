"""Connect the use cases as the settings say: for one command, for `kawaraban run`, for the demo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.app.app import App, Ingredients
from bot.app.dates import utc_now
from bot.app.platforms import adapters_of
from bot.common.health import Monitor
from bot.digests.schedule import next_due
from bot.errors import TOKEN_REFUSED
from bot.models import Channel, ChannelKey, ChannelSettings, ChannelState, SourceName
from bot.operations.model import WatchedSummarizer
from bot.papers.collect import Collector, Sources
from bot.papers.details import Details
from bot.papers.lookup import Lookup
from bot.papers.watch import Watch
from bot.ports import Answerer, PhraseWriter, Summarizer
from bot.questions.asked import Asked
from bot.questions.asking import Asking
from bot.questions.budget import PHRASES, QuestionBudget, QuestionCaps, Reservation
from bot.questions.memory import AnswerMemory
from bot.questions.passages import Passages
from bot.questions.phrasing import paid
from bot.reading.pdf import PdfReader
from bot.reading.reader import Files, PaperReader
from bot.sample.source import NoFiles, sample_sources
from bot.sample.summarizer import SampleSummarizer
from bot.settings import Configuration, Settings
from bot.store.location import sqlite_url
from bot.store.sealing import Sealer
from bot.store.store import Store, upgrade
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.embedding import local_embedder
from bot.taste.embedding.word_vectors import WordVectors
from bot.taste.placement import Placement

if TYPE_CHECKING:
    from bot.app.connections import Clock, Sleep
    from bot.operations.service import Service


@dataclass(frozen=True, slots=True)
class _Model:
    """What the language model does for us. None of it without an API key; the sample only has summaries."""

    summarizer: Summarizer | None = None
    answerer: Answerer | None = None
    phrases: PhraseWriter | None = None


def _assembled(
    settings: Settings, store: Store, sources: Sources, files: Files, language_model: _Model, clock: Clock
) -> App:
    summarizer = language_model.summarizer
    reader = PaperReader(files, store.full_texts, PdfReader())
    budget = Budget(store, settings.claude_daily_budget_usd, ZoneInfo(settings.digest_timezone), clock)
    model = Monitor(clock, grace=None) if summarizer else None
    if summarizer and model:
        summarizer = WatchedSummarizer(summarizer, model)
    models = (settings.claude_model, settings.claude_fallback_model)
    summaries = Summaries(store, summarizer, budget, models, clock)
    placement = Placement(store, local_embedder())
    ingredients = Ingredients(store, Collector(store, sources, clock), placement, summaries)
    return App(
        settings=settings,
        store=store,
        clock=clock,
        budget=budget,
        ingredients=ingredients,
        digests=ingredients.digests(),
        lookup=Lookup(store, sources.listing, summaries),
        asking=_asking(settings, store, reader, language_model, clock),
        reader=reader,
        details=Details(store, placement, sources.recommending, clock),
        watch=Watch(store, sources.watched, clock),
        model=model,
    )


def _asking(settings: Settings, store: Store, reader: PaperReader, language_model: _Model, clock: Clock) -> Asking:
    caps = QuestionCaps(
        settings.question_person_budget_usd, settings.question_channel_budget_usd, settings.question_daily_budget_usd
    )
    zone = ZoneInfo(settings.digest_timezone)
    money = QuestionBudget(store, caps, settings.claude_daily_budget_usd, zone, clock)
    model, fallback, writer = settings.claude_model, settings.claude_fallback_model, language_model.phrases
    vectors = WordVectors()  # small enough for all the sentences of a paper

    def choosing(asked: Asked) -> Passages:
        def reserve(usd: float) -> AbstractAsyncContextManager[Reservation]:
            return money.reserve(asked.asker, asked.channel, usd, model=model, zone=asked.zone, purpose=PHRASES)

        return Passages(vectors, paid(writer, reserve) if writer else None)

    return Asking(
        reader,
        language_model.answerer,
        (model, fallback),
        money,
        choosing=choosing,
        memory=AnswerMemory(store),
    )


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock = utc_now, sleep: Sleep = asyncio.sleep) -> AsyncIterator[App]:
    """Connect everything as the settings say; retries wait by `sleep`.

    Raises StoreError if the database cannot be opened.
    """
    from bot.app.connections import LateAnswerer, LatePhrases, LateSummarizer, connect

    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(settings.database_url, clock=clock))
        connections = await connect(stack, settings, store.pace, clock, sleep)
        claude = connections.claude
        model = _Model()
        if claude:
            model = _Model(LateSummarizer(claude), LateAnswerer(claude), LatePhrases(claude, settings.claude_model))
        yield _assembled(settings, store, connections.sources, connections.files, model, clock)


@asynccontextmanager
async def open_service(configuration: Configuration, clock: Clock = utc_now) -> AsyncIterator[Service]:
    """Connect everything that `kawaraban run` needs: every adapter that is set up, the schedule, the web server.

    Raises SettingsError for missing settings of an adapter or a missing or lost secret, BotError `run.nothing` if no
    adapter is set up, and StoreError `store.running` if another process runs on the same SQLite file.
    """
    from bot.app.connections import load_claude
    from bot.app.secret import find_secret, refuse_lost_secret, secret_key
    from bot.app.wiring import service

    settings = configuration.core
    adapters = adapters_of(configuration)
    if settings.anthropic_api_key:
        await load_claude()
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    find_secret(given, settings.database_path)
    async with open_app(settings, clock) as app:
        with app.store.hold_run():
            await refuse_lost_secret(given, settings.database_path, app.store)
            secret = secret_key(given, settings.database_path)
            await app.store.channels.protect(Sealer(secret))
            connected = service(app, secret, adapters)
            await _resume(app.store, clock())
            for adapter in adapters:
                for key, layout in adapter.channels.items():
                    await _subscribe(app.store, key, replace(settings.channel, layout=layout), clock())
            yield connected


@asynccontextmanager
async def open_demo(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[App]:
    """Connect the use cases to the sample of invented papers, with a temporary database."""
    with TemporaryDirectory(prefix="kawaraban-demo-") as folder:
        async with Store.open(sqlite_url(Path(folder) / "demo.sqlite3"), clock=clock) as store:
            listing = sample_sources(clock())
            by_name = {source.name: source for source in listing}
            sources = Sources(listing, by_name[SourceName.ARXIV], by_name[SourceName.SEMANTIC_SCHOLAR])
            yield _assembled(settings, store, sources, NoFiles(), _Model(SampleSummarizer()), clock)


async def _resume(store: Store, now: datetime) -> None:
    """Resume channels that an earlier version stopped because the bot's token was rejected."""

    def edit(stored: Channel | None) -> Channel | None:
        if stored is None or stored.state is not ChannelState.STOPPED or stored.problem != TOKEN_REFUSED:
            return None
        return replace(stored, state=ChannelState.ACTIVE, next_run_at=next_due(now, stored.settings), problem="")

    for channel in await store.channels.listed((ChannelState.STOPPED,)):
        await store.channels.change(channel.key, edit)


async def _subscribe(store: Store, key: ChannelKey, wanted: ChannelSettings, now: datetime) -> None:
    """Subscribe a channel that the settings name, and apply their present values to it."""

    def edit(stored: Channel | None) -> Channel:
        if stored and stored.state is ChannelState.ACTIVE and stored.settings == wanted:
            return stored
        return Channel(key, wanted, ChannelState.ACTIVE, next_due(now, wanted))

    await store.channels.change(key, edit)


async def upgrade_database(settings: Settings) -> tuple[str | None, str]:
    """Upgrade the database. Return its revision before (None for a new one) and after. Raises StoreError."""
    return await upgrade(settings.database_url)
