"""The checks of `kawaraban doctor`, which `bot.operations.doctor` runs."""

from __future__ import annotations

import math
import os
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app.connections import Clock, Connections, connect
from bot.app.dates import utc_now
from bot.app.platforms import ADAPTERS, checks_of
from bot.app.secret import find_secret, refuse_lost_secret
from bot.app.variables import malformed, misplaced, unknown, unlikely
from bot.errors import BotError, ModelRefusesUs, SettingsError, StoreError
from bot.models import ChannelState, PaperRef, RefKind, SourceName, say
from bot.operations.doctor import Diagnosis, check_clock, check_port, diagnose
from bot.ports import CheckReport, HealthCheck, PaperSource
from bot.settings import Configuration, Settings
from bot.store.location import sqlite_url
from bot.store.store import Store
from bot.words import one_line

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
        diagnoses = await diagnose(
            [
                *variable_checks(configuration),
                *_checks(settings, database, connections),
                *run_checks(configuration, database, clock),
                *checks_of(configuration),
            ]
        )

        async def time() -> CheckReport:
            there = connections.arxiv.server_time
            check_clock(clock(), there)
            apart = abs((clock() - there).total_seconds()) if there else 0.0
            return CheckReport(say("cli.doctor.found.clock", n=max(1, math.ceil(apart))))

        # After the others, because it reads the server time in arXiv's answer to them.
        return diagnoses + await diagnose([HealthCheck("clock", time, required=False)])


async def _opened_or_error(stack: AsyncExitStack, url: str) -> Store | StoreError:
    try:
        return await stack.enter_async_context(Store.open(url))
    except StoreError as error:
        return error


def variable_checks(configuration: Configuration) -> list[HealthCheck]:
    """Return checks that fail: of variables that nobody reads, of a budget of nothing. None where all is well."""
    settings = configuration.core
    told = {name for name, _, _ in malformed(configuration) + misplaced(configuration)}
    unlikely_ones = [one for one in unlikely(configuration, os.environ) if one[0] not in told]
    strange = [*unknown(ADAPTERS, os.environ), *unlikely_ones]

    async def misspelt() -> None:
        raise SettingsError(strange)

    async def budget() -> None:
        raise BotError("settings.no_budget", variable="CLAUDE_DAILY_BUDGET_USD")

    found = [HealthCheck("variables", misspelt, required=False)] if strange else []
    if settings.anthropic_api_key and settings.claude_daily_budget_usd == 0:
        found.append(HealthCheck("budget", budget, required=False))
    return found


def run_checks(configuration: Configuration, database: Store | StoreError, clock: Clock) -> tuple[HealthCheck, ...]:
    """Return checks of what `kawaraban run` needs beside the database and the platforms."""
    settings = configuration.core

    async def secret() -> CheckReport:
        given = settings.secret_key.get_secret_value() if settings.secret_key else None
        path = find_secret(given, settings.database_path)
        if isinstance(database, Store):
            await refuse_lost_secret(given, settings.database_path, database)
        if path is None:
            return CheckReport(say("cli.doctor.found.secret"))
        return CheckReport(say(f"cli.doctor.found.secret_{'file' if path.exists() else 'later'}", path=path))

    async def address() -> CheckReport:
        if isinstance(database, Store):
            for worker in await database.workers.listed():
                if worker.replica == settings.replica_name and worker.expires_at > clock():
                    return CheckReport(say("cli.doctor.found.running", replica=one_line(worker.replica)))
        await check_port(settings.http_host, settings.http_port)
        return CheckReport(say("cli.doctor.found.server", host=settings.http_host, port=settings.http_port))

    async def nothing() -> None:
        raise BotError("run.nothing")

    nowhere = not any(adapter.wanted for adapter in configuration.adapters)
    checks = (HealthCheck("secret", secret), HealthCheck("server", address))
    return (*checks, HealthCheck("platforms", nothing, required=False)) if nowhere else checks


def _checks(settings: Settings, database: Store | StoreError, connections: Connections) -> tuple[HealthCheck, ...]:
    async def storage() -> CheckReport:
        if isinstance(database, StoreError):
            raise database
        channels = await database.channels.listed((ChannelState.ACTIVE,))
        return CheckReport(say("cli.doctor.found.database", location=database.location, n=len(channels)))

    async def key() -> CheckReport:
        if connections.claude is None:
            raise ModelRefusesUs("model.no_key")
        models = tuple(dict.fromkeys((settings.claude_model, settings.claude_fallback_model)))
        for model in models:
            await connections.claude.client().check_model(model)
        return CheckReport(say("cli.doctor.found.claude", model=models))

    addresses = {
        SourceName.ARXIV: settings.arxiv_api_url,
        SourceName.HUGGINGFACE: settings.huggingface_api_url,
        SourceName.SEMANTIC_SCHOLAR: settings.semantic_scholar_api_url,
    }

    def answers(source: PaperSource) -> HealthCheck:
        async def ask() -> CheckReport:
            await source.find(PROBE)
            return CheckReport(say("cli.doctor.found.source", address=addresses[source.name]))

        return HealthCheck(source.name.value, ask, required=source.name is not SourceName.SEMANTIC_SCHOLAR)

    return (
        HealthCheck("database", storage),
        *map(answers, connections.sources.listing),
        HealthCheck("claude", key, required=connections.claude is not None),
    )
