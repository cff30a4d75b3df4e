"""Render results as text of a requested format, as a file, or for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from io import StringIO
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType

from adapters.hugo.settings import HugoSettings
from adapters.json import doctor as json_doctor
from adapters.json import full_text as json_full_text
from adapters.json import render as json_render
from adapters.json import status as json_status
from adapters.markdown import render as markdown_render
from adapters.terminal import full_text as terminal_full_text
from adapters.terminal import render as terminal_render
from adapters.terminal.reports import Reports
from bot.app.files import write_text
from bot.app.formats import DigestFormat, PaperFormat
from bot.models import Answer, Digest, Excerpt, Failure, FullText, Paper, PaperDetails, PaperView, Summary
from bot.operations.doctor import Diagnosis, check_writable
from bot.operations.status import Status
from bot.settings import Configuration
from bot.words import Words, words_for

_SUFFIXES = {DigestFormat.TEXT: "txt", DigestFormat.MARKDOWN: "md", DigestFormat.JSON: "json"}


class _Texts(TypedDict):
    summary: Summary | None
    excerpt: Excerpt | None
    failure: Failure | None


def reports(words: Words, zone: tzinfo = UTC) -> Reports:
    """Return the reports on an installation, in the operator's language, with times in the zone."""
    return Reports(words, zone)


def diagnoses_json(findings: Sequence[Diagnosis], words: Words) -> str:
    """Return the doctor's findings as JSON, with sentences in the operator's words."""
    return json_doctor.diagnoses(findings, words)


def status_json(state: Status, words: Words) -> str:
    """Return the state of the installation as JSON, with phrases in the operator's words."""
    return json_status.status(state, words)


def shown_digest(digest: Digest, zone: ZoneInfo) -> RenderableType:
    """Render the digest for the terminal, in its own language, with times in the zone."""
    return terminal_render.digest(digest, words_for(digest.language), zone)


def rendered_digest(digest: Digest, form: DigestFormat, configuration: Configuration) -> str:
    """Render the digest as text of the format, in its own language. TEXT is what a terminal would show."""
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
    """Return the folder to write a digest below: `output`, or the settings' folder for the format.

    Returns None for standard output. Raises OutputError if the folder is not writable.
    """
    place = output
    if place is None and form is DigestFormat.HUGO:
        place = _hugo(configuration).hugo_content_dir
    if place is not None:
        check_writable(place)
    return place


def write_digest(digest: Digest, form: DigestFormat, configuration: Configuration, directory: Path) -> Path:
    """Write the digest below the directory, as a page bundle for Hugo or as one file named by its date.

    Returns the path. Raises OutputError.
    """
    if form is DigestFormat.HUGO:
        from adapters.hugo.platform import write
        from adapters.hugo.render import Math

        return write(digest, directory, Math(_hugo(configuration).hugo_math))
    target = directory / f"{digest.date.isoformat()}.{_SUFFIXES[form]}"
    write_text(target, rendered_digest(digest, form, configuration))
    return target


def shown_choices(papers: tuple[Paper, ...], language: str) -> RenderableType:
    """Render papers to choose from for the terminal."""
    return terminal_render.choices(papers, words_for(language))


def shown_paper(view: PaperView, details: PaperDetails | None = None) -> RenderableType:
    """Render a paper, with what is around it, for the terminal, in the view's language."""
    return terminal_render.paper(view.paper, words_for(view.language), details=details, **_texts(view))


def rendered_paper(view: PaperView, form: PaperFormat, details: PaperDetails | None = None) -> str:
    """Render a paper as Markdown or JSON, in the view's language. JSON has what is around it too."""
    words = words_for(view.language)
    if form is PaperFormat.JSON:
        return json_render.paper(view.paper, words, language=view.language, details=details, **_texts(view))
    return markdown_render.paper(view.paper, words, **_texts(view))


def shown_answer(answer: Answer, papers: Sequence[Paper], language: str) -> RenderableType:
    """Render an answer for the terminal, with the words of the language."""
    return terminal_render.answer(answer, papers, words_for(language))


def rendered_answer(answer: Answer, papers: Sequence[Paper], question: str, language: str, form: PaperFormat) -> str:
    """Render an answer as Markdown or JSON, with the words of the language."""
    if form is PaperFormat.JSON:
        return json_render.answer(answer, papers, question, language=language)
    return markdown_render.answer(answer, papers, question, words_for(language))


def shown_full_text(text: FullText, words: Words) -> RenderableType:
    """Render a full text for the terminal, with labels in the operator's words."""
    return terminal_full_text.full_text(text, words)


def full_text_json(text: FullText) -> str:
    """Render a full text as JSON."""
    return json_full_text.full_text(text)


def _hugo(configuration: Configuration) -> HugoSettings:
    return next((one for one in configuration.adapters if isinstance(one, HugoSettings)), HugoSettings())


def _texts(view: PaperView) -> _Texts:
    return _Texts(summary=view.summary, excerpt=view.excerpt, failure=view.failure)
