"""What a use case returned, as a text of the format that was asked for, as a file, or for a person at a terminal."""

from __future__ import annotations

from datetime import UTC, tzinfo
from io import StringIO
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType

from adapters.hugo.settings import HugoSettings
from adapters.json import render as json_render
from adapters.markdown import render as markdown_render
from adapters.terminal import render as terminal_render
from adapters.terminal.reports import Reports
from bot.app.files import write_text
from bot.cli.formats import DigestFormat, PaperFormat
from bot.models import Digest, Excerpt, Failure, Paper, PaperView, Summary
from bot.operations.doctor import check_writable
from bot.settings import Configuration
from bot.words import Words, words_for

_SUFFIXES = {DigestFormat.TEXT: "txt", DigestFormat.MARKDOWN: "md", DigestFormat.JSON: "json"}


class _Texts(TypedDict):
    summary: Summary | None
    excerpt: Excerpt | None
    failure: Failure | None


def reports(words: Words, zone: tzinfo = UTC) -> Reports:
    """Return the reports on an installation, in the operator's words, with times of the zone."""
    return Reports(words, zone)


def shown_digest(digest: Digest, zone: ZoneInfo) -> RenderableType:
    """For a person at a terminal, in the digest's language, with times of the zone."""
    return terminal_render.digest(digest, words_for(digest.language), zone)


def rendered_digest(digest: Digest, form: DigestFormat, configuration: Configuration) -> str:
    """The digest as a text of the format, in its own language; TEXT is what a terminal would show."""
    words = words_for(digest.language)
    if form is DigestFormat.JSON:
        return json_render.digest(digest, words)
    if form is DigestFormat.MARKDOWN:
        return markdown_render.digest(digest, words, formulas=configuration.core.markdown_math == "github")
    if form is DigestFormat.HUGO:
        from adapters.hugo.render import Math, render

        return render(digest, words, Math(_hugo(configuration).hugo_math))
    console = Console(file=StringIO(), width=100, highlight=False)
    with console.capture() as capture:
        console.print(shown_digest(digest, ZoneInfo(configuration.core.digest_timezone)))
    return capture.get()


def place_of(form: DigestFormat, output: Path | None, configuration: Configuration) -> Path | None:
    """Choose the folder to write a digest below: `output`, or the one that the settings have for the format.

    Returns None for standard output. Raises OutputError for a folder that cannot be written.
    """
    place = output
    if place is None and form is DigestFormat.HUGO:
        place = _hugo(configuration).hugo_content_dir
    if place is not None:
        check_writable(place)
    return place


def write_digest(digest: Digest, form: DigestFormat, configuration: Configuration, directory: Path) -> Path:
    """Write the digest below the directory: Hugo's page bundle, else one file named by the date; gives its path.

    Raises OutputError.
    """
    if form is DigestFormat.HUGO:
        from adapters.hugo.platform import write
        from adapters.hugo.render import Math

        return write(digest, directory, Math(_hugo(configuration).hugo_math))
    target = directory / f"{digest.date.isoformat()}.{_SUFFIXES[form]}"
    write_text(target, rendered_digest(digest, form, configuration))
    return target


def shown_choices(papers: tuple[Paper, ...], language: str) -> RenderableType:
    """Papers to choose from, for a person at a terminal."""
    return terminal_render.choices(papers, words_for(language))


def shown_paper(sheet: PaperView) -> RenderableType:
    """For a person at a terminal, in the language that was asked for."""
    return terminal_render.paper(sheet.paper, words_for(sheet.language), **_texts(sheet))


def rendered_paper(sheet: PaperView, form: PaperFormat) -> str:
    """The paper as Markdown or JSON."""
    words = words_for(sheet.language)
    if form is PaperFormat.JSON:
        return json_render.paper(sheet.paper, words, language=sheet.language, **_texts(sheet))
    return markdown_render.paper(sheet.paper, words, **_texts(sheet))


def _hugo(configuration: Configuration) -> HugoSettings:
    return next((one for one in configuration.adapters if isinstance(one, HugoSettings)), HugoSettings())


def _texts(sheet: PaperView) -> _Texts:
    return _Texts(summary=sheet.summary, excerpt=sheet.excerpt, failure=sheet.failure)
