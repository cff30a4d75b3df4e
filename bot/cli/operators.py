"""Commands for operators: run the bot, report on it, and manage its ledger and database."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import logs
from bot.cli.arguments import one_of
from bot.cli.console import Terminal
from bot.cli.running import configuration, run_async, run_connected
from bot.errors import InputError, SettingsError, StoreError
from bot.models import DeliveryState
from bot.words.doctor import diagnosis_line

if TYPE_CHECKING:
    from bot.app.app import App

day = logging.getLogger(logs.DAY)


def run() -> None:
    async def work(terminal: Terminal) -> int:
        import asyncio

        from bot.app.opening import open_service
        from bot.app.platforms import checks_of
        from bot.operations.doctor import diagnose
        from bot.operations.service import until_stopped

        settings = configuration()
        if logs.is_json():
            logs.catch_the_rest()
        telling: list[asyncio.Task[None]] = []

        async def tell_places() -> None:
            for diagnosis in await diagnose([check for check in checks_of(settings) if check.locates]):
                level = logging.WARNING if diagnosis.problem else logging.INFO
                day.log(level, "%s", diagnosis_line(diagnosis, terminal.words))

        def listening(port: int) -> None:
            terminal.tell(terminal.words.say("cli.run.ready", port=port))
            telling.append(asyncio.create_task(tell_places()))

        async with open_service(settings) as service:
            try:
                await until_stopped(lambda stop: service.run(stop, listening), (signal.SIGTERM, signal.SIGINT))
            finally:
                for task in telling:
                    task.cancel()
        terminal.tell(terminal.words.say("cli.run.stopped"))
        return 0

    run_async(work)


def status(json: Annotated[bool, typer.Option("--json")] = False) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.rendering import reports, status_json

        state = await app.status()
        if json:
            terminal.write(status_json(state, terminal.words))
        else:
            terminal.show(reports(terminal.words, app.zone).status(state))
        return 0

    run_connected(work)


def doctor(json: Annotated[bool, typer.Option("--json")] = False) -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.checkup import run_doctor
        from bot.app.rendering import diagnoses_json, reports
        from bot.operations.doctor import Diagnosis

        try:
            settings = configuration()
        except SettingsError as error:
            if not json:
                raise
            found: tuple[Diagnosis, ...] = (Diagnosis("settings", required=True, problem=error),)
        else:
            with terminal.busy():
                found = await run_doctor(settings)
        if json:
            terminal.write(diagnoses_json(found, terminal.words))
        else:
            terminal.show(reports(terminal.words).diagnoses(found))
        return int(any(diagnosis.serious for diagnosis in found))

    run_async(work)


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", readable=False)]) -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.opening import open_app

        settings = configuration().core
        path = settings.database_path
        if path and not path.exists():  # opening would create one, and a copy of nothing looks like a backup
            raise StoreError("store.missing", path=path.absolute())
        async with open_app(settings) as app:
            await app.store.backup(file)
        terminal.tell(terminal.words.say("cli.backup.done", path=file))
        return 0

    run_async(work)


def upgrade() -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.opening import upgrade_database

        before, after = await upgrade_database(configuration().core)
        key = "new" if before is None else "same" if before == after else "done"
        terminal.tell(terminal.words.say(f"cli.upgrade.{key}", before=before, after=after))
        return 0

    run_async(work)


def deliveries(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(metavar="STATE")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1000)] = 30,
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.rendering import reports

        wanted = one_of(DeliveryState, state, "input.state") if state else None
        rows = await app.store.deliveries.listed(state=wanted, limit=limit)
        terminal.show(reports(terminal.words, app.zone).deliveries(rows))
        return 0

    if context.invoked_subcommand is None:
        run_connected(work)


def show_delivery(delivery: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.rendering import reports

        row = await app.store.deliveries.get(delivery)
        if row is None:
            raise InputError("input.delivery", id=delivery)
        terminal.show(reports(terminal.words, app.zone).delivery(row))
        return 0

    run_connected(work)


def retry_delivery(delivery: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        if await app.store.deliveries.get(delivery) is None:
            raise InputError("input.delivery", id=delivery)
        if not await app.store.deliveries.retry(delivery):
            raise InputError("input.delivery_state", id=delivery)
        terminal.tell(terminal.words.say("cli.deliveries.retried", id=delivery))
        return 0

    run_connected(work)
