"""The command line explains itself: help, version, mistyped commands, and the keys of every sentence."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from bot import __version__
from bot.__main__ import cli
from bot.words import words_for
from tests.support.cli import kawaraban
from tests.support.needs import ROOT
from tests.words.test_words import JAPANESE, LANGUAGES, PLACEHOLDER

LOCALES = {"en": "en_GB.UTF-8", "ja": "ja_JP.UTF-8"}


def commands(command: TyperCommand | TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            assert isinstance(below, TyperCommand | TyperGroup)
            yield from commands(below, (*path, name))


root_command = typer.main.get_command(cli)
assert isinstance(root_command, TyperGroup)
COMMANDS = list(commands(root_command))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_teaches_with_an_example(path: tuple[str, ...], language: str) -> None:
    result = kawaraban(*path, "--help", environment={"LC_ALL": LOCALES[language], "COLUMNS": "80"})
    words = words_for(language)

    assert (result.status, result.err) == (0, "")
    lines = result.out.splitlines()
    explained = words.say(".".join(["cli.help", *path]))
    assert "".join(result.out.split()).startswith("".join(explained.split()))
    assert bool(JAPANESE.search(result.out)) == (language == "ja")
    if path != ("db",):
        examples = lines[lines.index(words.say("cli.usage.examples")) + 1 :]
        assert examples
        assert all(line.startswith(f"  {' '.join(['kawaraban', *path])}") for line in examples)
    assert "[OPTIONS]" in result.out
    assert "…" not in result.out
    assert not any(line != line.rstrip() for line in lines)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("columns", [40, 60, 80, 100])
def test_japanese_help_breaks_lines_where_japanese_may(path: tuple[str, ...], columns: int) -> None:
    result = kawaraban(*path, "--help", environment={"LC_ALL": LOCALES["ja"], "COLUMNS": str(columns)})
    lines = [line.strip() for line in result.out.splitlines()]
    assert not [line for line in lines if line.startswith(("、", "。", "・", "）", "」", "ー", "っ", "ょ"))]
    assert not [line for line in lines if line.endswith(("（", "「"))]


@pytest.mark.parametrize("arguments", [(), ("db",)])
def test_a_group_alone_shows_its_help(arguments: tuple[str, ...]) -> None:
    result = kawaraban(*arguments, environment={"LC_ALL": "C"})

    assert result.status == 0
    assert result.out == kawaraban(*arguments, "-h", environment={"LC_ALL": "C"}).out


def test_the_version() -> None:
    assert kawaraban("--version", environment={}).out == f"kawaraban {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("digset",), "No such command 'digset'. Did you mean 'digest'? — see: kawaraban --help"),
        (
            ("digest", "--sice", "3"),
            "No such option: --sice (Possible options: --size, --time) — see: kawaraban digest --help",
        ),
        (("paper",), "Missing argument 'REF' — see: kawaraban paper --help"),
        (("db", "downgrade"), "No such command 'downgrade'"),
        (("status", "now"), "Unexpected argument: now — see: kawaraban status --help"),
        (("digest", "--date"), "Option '--date' requires a value — see: kawaraban digest --help"),
        (("status", "--json=yes"), "Option '--json' does not take a value — see: kawaraban status --help"),
        (("deliveries", "--limit"), "Option '--limit' requires a value — see: kawaraban deliveries --help"),
        (("deliveries", "--limit", "0"), "'--limit' must be at least 1 — see: kawaraban deliveries --help"),
        (("deliveries", "--limit", "9999"), "'--limit' must be at most 1000 — see: kawaraban deliveries"),
        (("deliveries", "show", "abc"), "'ID' must be a whole number — see: kawaraban deliveries show --help"),
        (("doctor", "--jsn"), "No such option: --jsn (Possible options: --json) — see: kawaraban doctor --help"),
        (("--quiet",), "No such option: --quiet"),
    ],
)
def test_what_cannot_be_understood_is_one_line(arguments: tuple[str, ...], said: str) -> None:
    result = kawaraban(*arguments, environment={"LC_ALL": "en_GB.UTF-8"})

    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(said)
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("digset",),
        ("xyzzy",),
        ("digest", "--sice", "3"),
        ("digest", "--xyzzy"),
        ("doctor", "--jsn"),
        ("paper",),
        ("status", "now"),
        ("digest", "--date"),
        ("status", "--json=yes"),
        ("deliveries", "--limit", "0"),
        ("deliveries", "--limit", "9999"),
        ("deliveries", "show", "abc"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_understood_is_told_in_japanese_alone(arguments: tuple[str, ...]) -> None:
    result = kawaraban(*arguments, environment={"LC_ALL": "ja_JP.UTF-8"})

    said = result.err.partition("。使い方: ")[0]
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert not re.search(r"[A-Za-z]+ [A-Za-z]+", said), said


def test_a_mistyped_command_in_japanese() -> None:
    result = kawaraban("digset\x1b[31m", environment={"LC_ALL": "ja_JP.UTF-8"})

    assert result.err.startswith("コマンドを認識できません")
    assert "\x1b" not in result.err


def test_help_needs_neither_settings_nor_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("DIGEST_SIZE=many\n")

    assert kawaraban("digest", "--help", environment={"LC_ALL": "C"}).status == 0
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


@pytest.mark.parametrize(
    ("arguments", "spared"),
    [
        (("--help",), "alembic anthropic httpx lxml numpy pydantic sqlalchemy structlog asyncio"),
        (("check", "-"), "alembic anthropic httpx lxml numpy sqlalchemy structlog asyncio"),
        (("demo",), "anthropic httpx lxml structlog aiohttp discord slack_bolt slack_sdk"),
        (("status",), "anthropic structlog aiohttp discord slack_bolt slack_sdk"),
    ],
)
def test_a_command_loads_only_what_it_needs(arguments: tuple[str, ...], spared: str, tmp_path: Path) -> None:
    script = (
        "import atexit, sys\n"
        "from bot.__main__ import main\n"
        "atexit.register(lambda: print('loaded:', *[name for name in sys.argv[1].split() if name in sys.modules]))\n"
        "main(sys.argv[2:])\n"
    )
    command = [sys.executable, "-c", script, spared, *arguments]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, capture_output=True, check=True
    )

    assert ran.stdout.decode().splitlines()[-1] == "loaded:"


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """(file, key, names of the arguments) of every `say` and `count` whose key stands there."""
    for folder in ("bot", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("say", "count")
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and isinstance(node.args[0].value, str)
                    and re.fullmatch(r"\w+(?:\.\w+)+", node.args[0].value)  # not the `count` of a text
                ):
                    names = {keyword.arg for keyword in node.keywords if keyword.arg}
                    given = names | ({"n"} if node.func.attr == "count" else set())
                    yield str(path.relative_to(ROOT)), node.args[0].value, given


CALLS = [call for call in calls() if "." in call[1]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_is_asked_for_exists(language: str) -> None:
    words = words_for(language)

    assert len(CALLS) > 50
    assert [call for call in CALLS if call[1] not in words] == []
    for file, key, given in CALLS:
        for form in words._messages[key]:
            assert set(PLACEHOLDER.findall(form)) <= given, (file, key)
