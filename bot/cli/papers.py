"""Commands for papers: make a digest, look up a paper, check texts, import and export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.formats import DigestFormat, PaperFormat
from bot.chat.commands import ExportForm
from bot.cli.arguments import channel_key, lines_of, one_of, ref_and_question, whole
from bot.cli.console import Terminal, command_name
from bot.cli.running import configuration, run_async, run_connected, run_guarded
from bot.errors import BotError, InputError
from bot.models import Style
from bot.papers.refs import parse_ref

if TYPE_CHECKING:
    from bot.app.app import App
    from bot.digests.digest import Order
    from bot.models import Digest
    from bot.settings import Configuration

Language = Annotated[str | None, typer.Option("--language", "-l", metavar="TAG")]


def digest(
    date: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    time: Annotated[str | None, typer.Option(metavar="TIME")] = None,
    language: Language = None,
    format: Annotated[str, typer.Option(metavar="|".join(DigestFormat))] = DigestFormat.TEXT,  # noqa: A002  # the documented option
    output: Annotated[Path | None, typer.Option(metavar="DIR", readable=False)] = None,
    size: Annotated[str | None, typer.Option(metavar="N")] = None,
    preview: Annotated[bool, typer.Option("--preview")] = False,
) -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.opening import open_app
        from bot.app.rendering import place_of

        settings = configuration()
        async with open_app(settings.core) as app:
            form = one_of(DigestFormat, format)
            order = app.order(date, language, whole(size), time=time, preview=preview)
            place = place_of(form, output, settings)  # before any request or cost
            return await print_digest(app, terminal, order, form, place, settings)

    run_async(work)


def demo(live: Annotated[bool, typer.Option("--live")] = False, language: Language = None) -> None:
    async def work(terminal: Terminal) -> int:
        from bot.app.opening import open_app, open_demo

        settings = configuration()
        chosen = language
        # A setting counts for more than the terminal, which counts for more than the setting's default.
        if chosen is None and "digest_language" not in settings.core.model_fields_set:
            chosen = terminal.words.language
        if not live:
            terminal.tell(terminal.words.say("cli.demo.invented"))
            terminal.tell(terminal.words.say("cli.demo.other", command=command_name()))
        async with open_app(settings.core) if live else open_demo(settings.core) as app:
            order = app.order(None, chosen, preview=live)
            return await print_digest(app, terminal, order, DigestFormat.TEXT, None, settings)

    run_async(work)


def paper(
    ref: Annotated[list[str], typer.Argument(metavar="REF")],
    style: Annotated[str, typer.Option(metavar="|".join(Style))] = Style.BRIEF,
    language: Language = None,
    format: Annotated[str, typer.Option(metavar="|".join(PaperFormat))] = PaperFormat.TEXT,  # noqa: A002  # the documented option
    ask: Annotated[bool, typer.Option("--ask")] = False,
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from asyncio import gather

        from bot.app import rendering

        form, wanted_style = one_of(PaperFormat, format), one_of(Style, style, "input.style")
        wanted = app.language(language)
        name, question = ref_and_question(ref)
        if question or ask:
            from bot.cli.questions import Conversation

            return await Conversation(app, terminal, form, language).about(name, question, more=ask)
        with terminal.busy():
            papers = await app.lookup.find(parse_ref(name))
        if len(papers) > 1:
            terminal.show(rendering.shown_choices(papers, wanted))
            return 0
        with terminal.busy():
            view, details = await gather(
                app.lookup.describe(papers[0], wanted, wanted_style), app.details.of(papers[0])
            )
        if view.failure:
            terminal.fail(app.explained(view.failure.code))
        if form is PaperFormat.TEXT:
            terminal.show(rendering.shown_paper(view, details))
            if app.settings.anthropic_api_key and sys.stdin.isatty() and sys.stdout.isatty():
                from bot.cli.questions import Conversation

                await Conversation(app, terminal, form, language).ask_each(papers[0])
        else:
            terminal.write(rendering.rendered_paper(view, form, details))
        return 0

    run_connected(work)


def import_posts(directory: Annotated[Path, typer.Argument(metavar="DIR", readable=False)]) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.app import TERMINAL
        from bot.app.published import published_below
        from bot.app.rendering import reports
        from bot.digests.imports import Importer

        published = published_below(directory)
        # The command line writes posts too, so mark their papers as shown there as well.
        imported = await Importer(app.store).take(published.digests, [TERMINAL])
        for _, error in published.unreadable:
            terminal.fail(error)
        if not imported.digests:
            raise InputError("input.no_posts", path=directory)
        for rejected in imported.rejected:
            terminal.tell(reports(terminal.words).rejection(rejected))
        terminal.tell(terminal.words.count("cli.import.done", imported.papers, summaries=imported.summaries))
        return 0

    run_connected(work)


def check(file: Annotated[str, typer.Argument(metavar="FILE")]) -> None:
    def work(terminal: Terminal) -> int:
        from bot.cli.check import check_lines

        for answer in check_lines(lines_of(file)):
            terminal.write(f"{answer}\n")
        return 0

    run_guarded(work)


def export(
    channel: Annotated[str | None, typer.Option(metavar="CHANNEL")] = None,
    format: Annotated[str, typer.Option(metavar="|".join(ExportForm))] = ExportForm.CSV,  # noqa: A002  # the documented option
) -> None:
    async def work(app: App, terminal: Terminal) -> int:
        from bot.app.app import TERMINAL

        form = one_of(ExportForm, format)
        key = channel_key(channel) if channel else TERMINAL
        documents = await app.archive.export(key, (form,))
        if not documents:
            raise InputError("input.channel", text=str(key))
        terminal.write(documents[0].text)
        return 0

    run_connected(work)


async def print_digest(
    app: App, terminal: Terminal, order: Order, form: DigestFormat, place: Path | None, settings: Configuration
) -> int:
    """Make the digest, write it below `place` or else to standard output, and print notes to standard error.

    Returns the exit status. Raises BotError if no digest can be made at all.
    """
    from bot.app import rendering

    with terminal.progress() as progress:
        digest = await app.digests.make(order, progress)
    reports = rendering.reports(terminal.words, app.zone)
    if _nothing_came(digest):
        raise BotError("digest.no_papers", reason=reports.why_empty(digest))
    to_terminal = form is DigestFormat.TEXT and place is None
    for line in reports.digest_notes(digest, app.explained, with_status=not to_terminal):
        terminal.tell(line)
    if place is not None and digest.entries:
        terminal.write(f"{rendering.write_digest(digest, form, settings, place)}\n")
    elif to_terminal:
        terminal.show(rendering.shown_digest(digest, app.zone))
    elif place is None:
        terminal.write(rendering.rendered_digest(digest, form, settings))
    return 0


def _nothing_came(digest: Digest) -> bool:
    """Return whether there are no papers because no source answered."""
    return not digest.entries and not any(report.ok for report in digest.status.sources)
