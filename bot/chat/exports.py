"""Export a channel's papers and votes as text for other programs. Pure.

No individual votes are exported: each paper has the sum of its votes and the number of voters.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO

from bot.chat.commands import ExportForm
from bot.models import ChannelKey, Document, Paper
from bot.papers import bibtex
from bot.words.plain import json_text, one_line

VERSION = 1  # of the JSON; keys may be added, but none is removed

_MEDIA_TYPES = {
    ExportForm.CSV: "text/csv",
    ExportForm.JSON: "application/json",
    ExportForm.BIBTEX: "application/x-bibtex",
}
_SUFFIXES = {ExportForm.BIBTEX: "bib"}
# Where a cell begins, up to what makes it a formula: the full-width signs do so in East Asian Excel.
_FORMULA = re.compile(r"""(\A[\s"]*|;[\s"]*)(?=[=+\-@＝＋－＠﹦﹢﹣﹫−])""")
_COLUMNS = ("shown_at", "id", "title", "authors", "published", "url", "value", "voters")


@dataclass(frozen=True, slots=True)
class Exported:
    """A paper that a channel was shown or voted on. `value` is the sum of the votes of `voters` people."""

    paper: Paper
    shown_at: datetime | None
    value: float = 0.0
    voters: int = 0


def document(form: ExportForm, channel: ChannelKey, rows: Sequence[Exported], at: datetime, day: date) -> Document:
    """Return the rows, in order, as a file of that form, named after the `day` on which it is `at` in the channel."""
    text = {ExportForm.CSV: _csv, ExportForm.JSON: _json, ExportForm.BIBTEX: _bibtex}[form](channel, rows, at)
    name = f"kawaraban-{day.isoformat()}.{_SUFFIXES.get(form, form.value)}"
    return Document(name, _MEDIA_TYPES[form], text, kept=True)


def _csv(channel: ChannelKey, rows: Sequence[Exported], at: datetime) -> str:  # noqa: ARG001 (shared signature)
    stream = StringIO()
    writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\r\n")  # RFC 4180
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in _row(row).items()} for row in rows)
    return stream.getvalue()


def _cell(value: object) -> object:
    """Return the value as text that no spreadsheet mistakes for a formula.

    In locales that separate cells by semicolons, spreadsheets split quoted text too, so each piece counts as a cell.
    """
    if isinstance(value, list):
        value = "; ".join(value)
    if not isinstance(value, str):
        return value
    return _FORMULA.sub(r"\1'", one_line(value))


def _json(channel: ChannelKey, rows: Sequence[Exported], at: datetime) -> str:
    whole = {"version": VERSION, "channel": str(channel), "at": at.isoformat(), "papers": [*map(_row, rows)]}
    return json_text(json.dumps(whole, ensure_ascii=False, indent=2)) + "\n"


def _bibtex(channel: ChannelKey, rows: Sequence[Exported], at: datetime) -> str:  # noqa: ARG001 (shared signature)
    return bibtex.bibliography(row.paper for row in rows)


def _row(row: Exported) -> dict[str, object]:
    paper = row.paper
    return {
        "shown_at": row.shown_at.isoformat() if row.shown_at else None,
        "id": str(paper.id),
        "title": paper.title,
        "authors": [*paper.authors],
        "published": paper.published.isoformat(),
        "url": paper.url,
        "value": round(row.value, 6),
        "voters": row.voters,
    }
