"""The command `read`: what Kawaraban reads of a paper, or of a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.formats import TextFormat
from bot.cli.arguments import one_of
from bot.cli.console import Terminal
from bot.cli.running import run_async, run_connected
from bot.errors import InputError
from bot.papers.refs import named_in, parse_ref
from bot.ports import Stage

if TYPE_CHECKING:
    from bot.app.app import App
    from bot.models import FullText
    from bot.reading import Told

_SUFFIXES = (".html", ".htm", ".xhtml", ".pdf")


def read(
    what: Annotated[list[str], typer.Argument(metavar="REF|FILE")],
    format: Annotated[str, typer.Option(metavar="|".join(TextFormat))] = TextFormat.TEXT,  # noqa: A002  # the documented option
) -> None:
    asked = " ".join(what)
    if file := _file(asked):
        run_async(lambda terminal: _read_file(file, terminal, format))
    else:
        run_connected(lambda app, terminal: _read_paper(app, asked, terminal, format))


async def _read_file(file: Path, terminal: Terminal, format: str) -> int:  # noqa: A002  # the documented option
    from bot.reading.files import read_file

    form = one_of(TextFormat, format)
    with terminal.busy():
        text = await read_file(file)
    return _show(text, terminal, form)


async def _read_paper(app: App, asked: str, terminal: Terminal, format: str) -> int:  # noqa: A002  # the documented option
    form = one_of(TextFormat, format)
    ref = parse_ref(asked)
    with terminal.busy():
        papers = await app.lookup.find(ref)
    if len(papers) > 1:
        raise InputError("input.several_papers", text=ref.value)
    with _told(terminal) as told:
        text = await app.reader.read(papers[0], ref.version, told)
    return _show(text, terminal, form)


@contextmanager
def _told(terminal: Terminal) -> Iterator[Told]:
    """Show how much of the text has come."""
    with terminal.progress() as progress:
        seen = 0

        def told(done: int, total: int) -> None:
            nonlocal seen
            seen = max(seen, done)
            progress(Stage.READ, min(done, total - 1) if total else done, total or done + 1)

        yield told
        if seen:
            progress(Stage.READ, seen, seen)


def _show(text: FullText, terminal: Terminal, form: TextFormat) -> int:
    from bot.app import rendering

    if form is TextFormat.JSON:
        terminal.write(rendering.full_text_json(text))
    else:
        terminal.show(rendering.shown_full_text(text, terminal.words))
    return 0


def _file(asked: str) -> Path | None:
    """Return the file that is meant; None for what names a paper."""
    if "://" in asked:
        return None
    path = Path(asked)
    try:
        if path.exists() or (os.sep in asked.rstrip(os.sep) and path.parent.is_dir() and not named_in(asked)):
            return path
    except (OSError, ValueError):
        return None
    return path if path.suffix.lower() in _SUFFIXES and not named_in(asked) else None
