"""The terminal as a place: what is drawn where somebody watches, and what is said where nobody does."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from bot.cli.console import Terminal, operator_words
from bot.ports import Stage
from bot.words import words_for


def watched() -> tuple[Terminal, StringIO]:
    terminal, screen = Terminal(words_for("en")), StringIO()
    terminal.err = Console(file=screen, force_terminal=True, width=80)
    return terminal, screen


def test_bars_where_somebody_watches() -> None:
    terminal, screen = watched()

    with terminal.progress() as progress:
        progress(Stage.COLLECT, 1, 3)
        progress(Stage.COLLECT, 3, 3)
        progress(Stage.SUMMARIZE, 0, 5)

    drawn = screen.getvalue()
    assert "collecting" in drawn
    assert "3/3" in drawn
    assert "0/5" in drawn


def test_a_sign_of_life_where_somebody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    terminal, screen = watched()
    with terminal.busy():
        pass
    with Terminal(words_for("en")).busy():
        pass

    assert "Working…" in screen.getvalue()
    assert capsys.readouterr().err == ""


def test_one_line_a_stage_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal(words_for("en")).progress() as progress:
        progress(Stage.COLLECT, 1, 3)
        progress(Stage.COLLECT, 3, 3)

    assert capsys.readouterr().err == "collecting 3/3\n"


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LC_ALL": "ja_JP.UTF-8", "LANG": "en_GB.UTF-8"}, "ja"),
        ({"LC_MESSAGES": "ja_JP"}, "ja"),
        ({"LANG": "ja_JP.eucJP"}, "ja"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert operator_words().language == language


@pytest.mark.parametrize("kind", ["dumb", "unknown", "xterm"])
def test_a_dumb_terminal_has_its_own_width(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "30")
    terminal = Terminal(words_for("en"))
    assert (terminal.out.width, terminal.err.width) == (60, 60)
