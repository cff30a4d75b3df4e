"""The command line: it reads arguments, calls a use case, and prints what a renderer returns.

Results go to standard output, everything else to standard error. Exit status: 0 done, 1 an error that one line
explains, 2 unknown commands and options, 130 interrupted.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from bot.app import (
    App,
    DigestFormat,
    PaperFormat,
    checked_language,
    open_app,
    open_demo,
    reports,
    run_doctor,
    upgrade_database,
)
from bot.checks import check_lines
from bot.commands import parse_ref
from bot.console import Terminal, operator_words
from bot.digest import Order
from bot.errors import BotError, InputError
from bot.logs import set_up_logs
from bot.models import Style
from bot.settings import load_settings
from bot.words import Words

cli = typer.Typer(
    name="kawaraban",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
database = typer.Typer(no_args_is_help=True)
cli.add_typer(database, name="db")

Work = Callable[[App, Terminal], Awaitable[int]]
Language = Annotated[str | None, typer.Option("--language", "-l", metavar="TAG")]


@cli.command()
def digest(
    date: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    language: Language = None,
    format: Annotated[DigestFormat, typer.Option()] = DigestFormat.TEXT,  # noqa: A002  # the documented option
    output: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    size: Annotated[int | None, typer.Option(metavar="N")] = None,
    preview: Annotated[bool, typer.Option("--preview")] = False,
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        return await print_digest(app, terminal, app.order(date, language, size, preview=preview), format, output)

    _run(work)


@cli.command()
def demo(live: Annotated[bool, typer.Option("--live")] = False, language: Language = None) -> None:
    async def work(terminal: Terminal) -> int:
        settings = load_settings()
        if not live:
            terminal.tell(terminal.words.say("cli.demo.invented"))
        async with open_app(settings) if live else open_demo(settings) as app:
            order = app.order(None, language, preview=live)
            return await print_digest(app, terminal, order, DigestFormat.TEXT, None)

    _run_bare(work)


@cli.command()
def paper(
    ref: Annotated[list[str], typer.Argument(metavar="REF")],
    style: Annotated[Style, typer.Option()] = Style.BRIEF,
    language: Language = None,
    format: Annotated[PaperFormat, typer.Option()] = PaperFormat.TEXT,  # noqa: A002  # the documented option
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        wanted = checked_language(language) if language else app.settings.digest_language
        with terminal.busy():
            found = await app.papers.find(parse_ref(" ".join(ref)))
        if len(found) > 1:
            terminal.show(app.shown_choices(found, wanted))
            return 0
        with terminal.busy():
            described = await app.papers.describe(found[0], wanted, style)
        if format is PaperFormat.TEXT:
            terminal.show(app.shown_paper(described))
        else:
            terminal.write(app.rendered_paper(described, format))
        return 0

    _run(work)


@cli.command("import")
def import_posts(directory: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        imported, unreadable = await app.import_posts(directory)
        for _, error in unreadable:
            terminal.fail(error)
        terminal.tell(terminal.words.count("cli.import.done", imported.papers, summaries=imported.summaries))
        for rejected in imported.rejected:
            terminal.tell(reports.rejection(terminal.words, rejected))
        return 0 if imported.digests else 1

    _run(work)


@cli.command()
def check(file: Annotated[str, typer.Argument(metavar="FILE")]) -> None:
    async def work(terminal: Terminal) -> int:
        for answer in check_lines(_lines(file)):
            terminal.write(f"{answer}\n")
        return 0

    _run_bare(work)


@cli.command()
def status() -> None:
    async def work(app: App, terminal: Terminal) -> int:
        terminal.show(reports.status(await app.status(), terminal.words, app.zone))
        return 0

    _run(work)


@cli.command()
def doctor() -> None:
    async def work(terminal: Terminal) -> int:
        settings = load_settings()
        with terminal.busy():
            found = await run_doctor(settings)
        terminal.show(reports.diagnoses(found, terminal.words))
        return int(any(diagnosis.serious for diagnosis in found))

    _run_bare(work)


@cli.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        await app.store.backup(file)
        terminal.tell(terminal.words.say("cli.backup.done", path=file))
        return 0

    _run(work)


@database.command("upgrade")
def upgrade() -> None:
    async def work(terminal: Terminal) -> int:
        before, after = await upgrade_database(load_settings())
        key = "cli.upgrade.same" if before == after else "cli.upgrade.done"
        terminal.tell(terminal.words.say(key, before=before or "-", after=after))
        return 0

    _run_bare(work)


async def print_digest(app: App, terminal: Terminal, order: Order, form: DigestFormat, output: Path | None) -> int:
    """Make the digest, put it where it belongs, and say beside it what a reader of the result would not see.

    Gives the exit status. Raises BotError where there can be no digest at all.
    """
    with terminal.progress() as progress:
        made = await app.digests.make(order, progress)
    for line in reports.digest_notes(
        terminal.words, made, with_status=form is not DigestFormat.TEXT or output is not None
    ):
        terminal.tell(line)
    if reports.nothing_came(made):
        raise BotError("digest.no_papers", reason=reports.why_empty(terminal.words, made))
    place = output or (app.settings.hugo_content_dir if form is DigestFormat.HUGO else None)
    if place is not None and made.entries:
        terminal.write(f"{app.write_digest(made, form, place)}\n")
    elif form is DigestFormat.TEXT and place is None:
        terminal.show(app.shown_digest(made))
    elif place is None:
        terminal.write(app.rendered_digest(made, form))
    return 0


def _lines(file: str) -> Iterator[str]:
    """The lines of a file, or with `-` of standard input. Raises InputError `input.file`."""
    try:
        if file == "-":
            yield from sys.stdin
        else:
            with Path(file).open(encoding="utf-8") as stream:
                yield from stream
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("input.file", path=file, reason=getattr(error, "strerror", None) or "UTF-8") from None


def _run(work: Work) -> None:
    """Run work that needs the whole product."""

    async def connected(terminal: Terminal) -> int:
        async with open_app(load_settings()) as app:
            return await work(app, terminal)

    _run_bare(connected)


def _run_bare(work: Callable[[Terminal], Awaitable[int]]) -> None:
    """Run the work; an expected error is one line and exit status 1, Ctrl-C one line and 130."""
    terminal = Terminal(operator_words())

    async def guarded() -> int:
        try:
            return await work(terminal)
        except BotError as error:
            terminal.fail(error)
            return 1

    try:
        status = asyncio.run(guarded())
    except KeyboardInterrupt:
        terminal.tell(terminal.words.say("cli.interrupted"))
        status = 130
    raise typer.Exit(status)


def main(arguments: list[str] | None = None) -> None:
    """The console script. Its help is in the language of the terminal."""
    set_up_logs("console")
    command = get_command(cli)
    _localise(command, operator_words(), "cli.help")
    command(args=arguments, prog_name="kawaraban")


def _localise(command: object, words: Words, key: str) -> None:
    """Give a command, its options and the commands below it their help from the catalogues."""
    if not isinstance(command, TyperCommand | TyperGroup):
        raise TypeError(f"no command of ours: {command!r}")
    command.help = words.say(key)
    for parameter in command.params:
        described = f"{key}.{parameter.name}"
        if isinstance(parameter, TyperOption | TyperArgument) and described in words:
            parameter.help = words.say(described)
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            _localise(below, words, f"{key}.{name}")


if __name__ == "__main__":
    main()
