"""Exports for other programs: nothing in them is a formula, or hides."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given

from bot.chat.commands import ExportForm
from bot.chat.exports import Exported, document
from bot.models import ChannelKey
from tests.support.digests import hostile, make_paper

HERE, NOW = ChannelKey("terminal", "local"), datetime(2026, 2, 27, tzinfo=UTC)
SIGNS = "=+-@＝＋－＠﹦﹢"


def exported(form: ExportForm, title: str, *authors: str) -> str:
    return document(form, HERE, [Exported(replace(make_paper(title), authors=authors), NOW)], NOW, NOW.date()).text


def cells(text: str) -> list[str]:
    """What a spreadsheet makes of the row where cells end at commas, and where they end at semicolons."""
    row = text.split("\r\n", 1)[1]
    return [cell for line in csv.reader(StringIO(row)) for cell in line] + row.replace('"', "").split(";")


@pytest.mark.parametrize(
    "title",
    [
        "=1+1",
        " =1+1",
        "x;=1+1",
        "x; =1+1",
        "＝1+1",
        "＠SUM",
        "@SUM",
        "+1",
        "-1",
        "\t=1",
        "\r=1",
        'x;"=1',
        "\u200b=1",
        "a\n=1",
    ],
)
def test_no_cell_is_a_formula_in_any_language(title: str) -> None:
    text = exported(ExportForm.CSV, title, "Ada", "=Bo", "-")

    assert not [cell for cell in cells(text) if cell.lstrip()[:1] in SIGNS and cell.strip()]


@given(hostile, hostile)
def test_no_hostile_title_is_a_formula(title: str, author: str) -> None:
    text = exported(ExportForm.CSV, title, author)

    assert not [cell for cell in cells(text) if cell.strip() and cell.lstrip()[0] in SIGNS]


@pytest.mark.parametrize("hidden", ["\u202e", "\x9b", "\u2066", "\U000e0041", "\ufeff", "\u3164", "\x7f", "\ud800"])
def test_json_says_the_same_without_a_raw_control(hidden: str) -> None:
    text = exported(ExportForm.JSON, f"a{hidden}b 👩\u200d💻", "Ada")

    assert hidden not in text
    assert json.loads(text)["papers"][0]["title"] == f"a{hidden}b 👩\u200d💻"
    text.encode()
