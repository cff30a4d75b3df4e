"""The command line: it reads arguments, calls a use case, and prints what a renderer returns.

Results go to standard output, everything else to standard error. Exit status: 0 done, 1 an error that one line
explains, 2 a command or option that does not exist, 130 interrupted. What a command needs is imported when it runs.
`bot.cli.help` makes the help from the catalogues.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.main import get_command

from bot import __version__
from bot.chat.commands import ExportForm
from bot.cli import logs
from bot.cli.console import Terminal, operator_words
from bot.cli.formats import DigestFormat, PaperFormat
from bot.cli.help import Command, CommandGroup, problem
from bot.errors import BotError, InputError
from bot.models import DeliveryState, Style, whole
from bot.papers.refs import parse_ref

if TYPE_CHECKING:
    from bot.app.app import App
    from bot.digests.digest import Order
    from bot.settings import Settings

E = TypeVar("E", bound=StrEnum)
Work = Callable[["App", Terminal], Awaitable[int]]

logger = logging.getLogger(__name__)

cli = typer.Typer(
    name="kawaraban",
    cls=CommandGroup,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
database = typer.Typer(cls=CommandGroup, invoke_without_command=True)
cli.add_typer(database, name="db")
ledger = typer.Typer(cls=CommandGroup, invoke_without_command=True)
cli.add_typer(ledger, name="deliveries")

Language = Annotated[str | None, typer.Option("--language", "-l", metavar="TAG")]


@cli.callback()
def start(
    context: typer.Context,
    verbose: Annotated[bool, typer.Option("--verbose", "-v")] = False,
    version: Annotated[bool, typer.Option("--version")] = False,
) -> None:
    logs.set_up_logs("console", verbose=verbose)
    if version:
        typer.echo(f"kawaraban {__version__}")
        raise typer.Exit
    show_help(context)


@database.callback()
def show_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@cli.command(cls=Command)
def digest(
    date: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    language: Language = None,
    format: Annotated[str, typer.Option(metavar="|".join(DigestFormat))] = DigestFormat.TEXT,  # noqa: A002  # the documented option
    output: Annotated[Path | None, typer.Option(metavar="DIR", readable=False)] = None,
    size: Annotated[str | None, typer.Option(metavar="N")] = None,
    preview: Annotated[bool, typer.Option("--preview")] = False,
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        form = _one_of(DigestFormat, format)
        order = app.order(date, language, _whole(size), preview=preview)
        return await print_digest(app, terminal, order, form, output)

    _run(work)


@cli.command(cls=Command)
def demo(live: Annotated[bool, typer.Option("--live")] = False, language: Language = None) -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.opening import open_app, open_demo

        settings = _settings()
        if not live:
            terminal.tell(terminal.words.say("cli.demo.invented"))
        async with open_app(settings) if live else open_demo(settings) as app:
            order = app.order(None, language, preview=live)
            return await print_digest(app, terminal, order, DigestFormat.TEXT, None)

    _run_bare(work)


@cli.command(cls=Command)
def paper(
    ref: Annotated[list[str], typer.Argument(metavar="REF")],
    style: Annotated[str, typer.Option(metavar="|".join(Style))] = Style.BRIEF,
    language: Language = None,
    format: Annotated[str, typer.Option(metavar="|".join(PaperFormat))] = PaperFormat.TEXT,  # noqa: A002  # the documented option
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app import rendering

        form, wanted_style = _one_of(PaperFormat, format), _one_of(Style, style, "input.style")
        wanted = app.language(language)
        with terminal.busy():
            found = await app.lookup.find(parse_ref(" ".join(ref)))
        if len(found) > 1:
            terminal.show(rendering.shown_choices(found, wanted))
            return 0
        with terminal.busy():
            described = await app.lookup.describe(found[0], wanted, wanted_style)
        if described.failure:
            terminal.fail(app.explained(described.failure.code))
        if form is PaperFormat.TEXT:
            terminal.show(rendering.shown_paper(described))
        else:
            terminal.write(rendering.rendered_paper(described, form))
        return 0

    _run(work)


@cli.command("import", cls=Command)
def import_posts(directory: Annotated[Path, typer.Argument(metavar="DIR", readable=False)]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.rendering import reports

        imported, unreadable = await app.import_posts(directory)
        for _, error in unreadable:
            terminal.fail(error)
        if not imported.digests:
            raise InputError("input.no_posts", path=directory)
        for rejected in imported.rejected:
            terminal.tell(reports.rejection(terminal.words, rejected))
        terminal.tell(terminal.words.count("cli.import.done", imported.papers, summaries=imported.summaries))
        return 0

    _run(work)


@cli.command(cls=Command)
def check(file: Annotated[str, typer.Argument(metavar="FILE")]) -> None:
    def work(terminal: Terminal) -> int:
        from bot.cli.check import check_lines

        for answer in check_lines(_lines(file)):
            terminal.write(f"{answer}\n")
        return 0

    _guarded(work)


@cli.command(cls=Command)
def status() -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.rendering import reports

        terminal.show(reports.status(await app.status(), terminal.words, app.zone))
        return 0

    _run(work)


@cli.command(cls=Command)
def doctor() -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.checkup import run_doctor
        from bot.app.rendering import reports

        settings = _settings()
        with terminal.busy():
            found = await run_doctor(settings)
        terminal.show(reports.diagnoses(found, terminal.words))
        return int(any(diagnosis.serious for diagnosis in found))

    _run_bare(work)


@cli.command(cls=Command)
def export(
    channel: Annotated[str | None, typer.Option(metavar="CHANNEL")] = None,
    format: Annotated[str, typer.Option(metavar="|".join(ExportForm))] = ExportForm.CSV,  # noqa: A002  # the documented option
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        terminal.write(await app.export(channel, _one_of(ExportForm, format)))
        return 0

    _run(work)


@cli.command(cls=Command)
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", readable=False)]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        await app.store.backup(file)
        terminal.tell(terminal.words.say("cli.backup.done", path=file))
        return 0

    _run(work)


@cli.command(cls=Command)
def run() -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.opening import open_service
        from bot.operations.service import until_stopped

        def listening(port: int) -> None:
            terminal.tell(terminal.words.say("cli.run.ready", port=port))

        async with open_service(_settings()) as service:
            await until_stopped(lambda stop: service.run(stop, listening), (signal.SIGTERM, signal.SIGINT))
        terminal.tell(terminal.words.say("cli.run.stopped"))
        return 0

    _run_bare(work)


@ledger.callback()
def deliveries(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(metavar="STATE")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1000)] = 30,
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.rendering import reports

        wanted = _one_of(DeliveryState, state, "input.state") if state else None
        rows = await app.store.deliveries.listed(state=wanted, limit=limit)
        terminal.show(reports.deliveries(rows, terminal.words, app.zone))
        return 0

    if context.invoked_subcommand is None:
        _run(work)


@ledger.command("show", cls=Command)
def show_delivery(delivery: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.rendering import reports

        found = await app.store.deliveries.get(delivery)
        if found is None:
            raise InputError("input.delivery", id=delivery)
        terminal.show(reports.delivery(found, terminal.words, app.zone))
        return 0

    _run(work)


@ledger.command("retry", cls=Command)
def retry_delivery(delivery: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        if await app.store.deliveries.get(delivery) is None:
            raise InputError("input.delivery", id=delivery)
        if not await app.store.deliveries.retry(delivery):
            raise InputError("input.delivery_state", id=delivery)
        terminal.tell(terminal.words.say("cli.deliveries.retried", id=delivery))
        return 0

    _run(work)


@database.command("upgrade", cls=Command)
def upgrade() -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.opening import upgrade_database

        before, after = await upgrade_database(_settings())
        key = "new" if before is None else "same" if before == after else "done"
        terminal.tell(terminal.words.say(f"cli.upgrade.{key}", before=before, after=after))
        return 0

    _run_bare(work)


async def print_digest(app: App, terminal: Terminal, order: Order, form: DigestFormat, output: Path | None) -> int:
    """Make the digest, put it where it belongs, and say beside it what a reader of the result would not see.

    Gives the exit status. Raises BotError where there can be no digest at all.
    """
    from bot.app import rendering
    from bot.app.rendering import reports

    place = app.place(form, output)  # before anything is asked or paid for
    with terminal.progress() as progress:
        made = await app.digests.make(order, progress)
    if reports.nothing_came(made):
        raise BotError("digest.no_papers", reason=reports.why_empty(terminal.words, made))
    shown_here = form is DigestFormat.TEXT and place is None
    for line in reports.digest_notes(terminal.words, made, app.explained, with_status=not shown_here):
        terminal.tell(line)
    if place is not None and made.entries:
        terminal.write(f"{rendering.write_digest(made, form, app.zone, place)}\n")
    elif shown_here:
        terminal.show(rendering.shown_digest(made, app.zone))
    elif place is None:
        terminal.write(rendering.rendered_digest(made, form, app.zone))
    return 0


def _one_of(kind: type[E], text: str, code: str = "input.format") -> E:
    """Raises InputError with the code."""
    try:
        return kind(text.strip().lower())
    except ValueError:
        raise InputError(code, text=text, known=tuple(kind)) from None


def _whole(text: str | None) -> int | None:
    """Raises InputError `input.size`."""
    if text is None:
        return None
    found = whole(text)
    if found is None:
        raise InputError("input.size", text=text)
    return found


def _lines(file: str) -> Iterator[str]:
    """The lines of a file, or with `-` of standard input. Raises InputError `input.file`."""
    try:
        if file == "-":
            yield from sys.stdin
        else:
            with Path(file).open(encoding="utf-8-sig") as stream:
                yield from stream
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("input.file", path=file, reason=getattr(error, "strerror", None) or "UTF-8") from None


def _settings() -> Settings:
    from bot.settings import load_settings

    settings = load_settings()
    logs.set_up_logs(settings.log_format, verbose=logs.is_verbose())
    return settings


def _run(work: Work) -> None:
    """Run work that needs the whole product."""

    async def connected(terminal: Terminal) -> int:
        from bot.app.opening import open_app

        async with open_app(_settings()) as app:
            return await work(app, terminal)

    _run_bare(connected)


def _run_bare(work: Callable[[Terminal], Coroutine[Any, Any, int]]) -> None:
    import asyncio

    _guarded(lambda terminal: asyncio.run(work(terminal)))


def _guarded(work: Callable[[Terminal], int]) -> None:
    """Run the work; whatever goes wrong is one line and an exit status, never a traceback (but with --verbose)."""
    terminal = Terminal(operator_words())
    try:
        status = work(terminal)
    except BotError as error:
        logger.info("failed", exc_info=error)
        terminal.fail(error)
        status = 1
    except KeyboardInterrupt:
        terminal.tell(terminal.words.say("cli.interrupted"))
        status = 130
    except BrokenPipeError:
        # Whoever read the output has seen enough. What is still buffered must not fail at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:  # a user is told of our own mistakes too
        logger.info("unforeseen", exc_info=error)
        terminal.fail(BotError(type(error).__name__))
        status = 1
    raise typer.Exit(status)


def main(arguments: list[str] | None = None) -> None:
    """The console script. Raises SystemExit with the exit status."""
    try:
        status = get_command(cli)(args=arguments, prog_name="kawaraban", standalone_mode=False)
    except typer.TyperException as error:
        words = operator_words()
        Terminal(words).tell(problem(error, words))
        status = 2
    sys.exit(status or 0)


if __name__ == "__main__":
    main()
