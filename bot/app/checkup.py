"""The checks of `kawaraban doctor`, which `bot.operations.doctor` runs."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app.connections import Clock, Connections, connect
from bot.app.dates import utc_now
from bot.app.platforms import checks_of
from bot.errors import ModelRefusesUs, StoreError
from bot.models import PaperRef, RefKind, SourceName
from bot.operations.doctor import Diagnosis, check_clock, diagnose
from bot.ports import Check, PaperSource
from bot.settings import Configuration, Settings
from bot.store.location import sqlite_url
from bot.store.store import Store

PROBE = PaperRef(RefKind.ARXIV, "1706.03762")  # any well-known paper will do to see whether a source answers


async def run_doctor(configuration: Configuration, clock: Clock = utc_now) -> tuple[Diagnosis, ...]:
    """Check everything that the settings name. Problems are returned, not raised."""
    settings = configuration.core
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="kawaraban-doctor-"))
        database = await _opened_or_error(stack, settings.database_url)
        # Without the database, turns at arXiv cannot be shared between processes; a single question needs no sharing.
        spare = await stack.enter_async_context(Store.open(sqlite_url(Path(folder) / "pace.sqlite3")))
        pace = database.pace if isinstance(database, Store) else spare.pace
        connections = await connect(stack, settings, pace, clock)
        diagnoses = await diagnose([*_checks(settings, database, connections), *checks_of(configuration)])

        async def time() -> None:
            check_clock(clock(), connections.arxiv.server_time)

        # After the others, because it reads the server time in arXiv's answer to them.
        return diagnoses + await diagnose([Check("clock", time, required=False)])


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

    def answers(source: PaperSource) -> Check:
        async def ask() -> None:
            await source.find(PROBE)

        return Check(source.name.value, ask, required=source.name is not SourceName.SEMANTIC_SCHOLAR)

    return (
        Check("database", storage),
        *map(answers, connections.sources.listing),
        Check("claude", key, required=connections.claude is not None),
    )
