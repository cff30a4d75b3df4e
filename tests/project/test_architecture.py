"""The dependency rule, read from the imports: who may know whom, and the one place of every vendor.

The tables are the rule (docs/architecture.md has it in words). An import counts wherever it stands: at the top, inside
a function, or under TYPE_CHECKING. A module that no row covers fails: whoever adds one decides where it belongs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.needs import ROOT

PACKAGES = ("bot", "adapters")
CONTRACT = {"common", "errors", "models", "ports", "tex"}
# What a chat's adapter is given: use cases, and the values that they take and return.
CHAT = CONTRACT | {"chat", "papers", "settings", "taste.emoji", "words"}

# One row a room: what it may know of the other rooms of bot/. A room imports from itself freely. A module named here is
# all that may be known of its room. The order is the product's flow: no row names a room below it; `*` is all above.
ROOMS: Mapping[str, set[str]] = {
    "errors": set(),
    "common": set(),
    # Titles are compared, searched and shown by what their TeX says.
    "tex": set(),
    "models": {"errors", "tex"},
    "ports": {"models", "errors", "common"},
    "words": {"models", "errors", "tex"},
    # An adapter's settings lead to the adapter, a value of the contract.
    "settings": CONTRACT | {"words.languages"},
    "sources": CONTRACT,
    # Its text is made safe to show once, where it comes in.
    "reading": CONTRACT | {"words.plain"},
    "claude": CONTRACT,
    "store": CONTRACT,
    "sample": CONTRACT,
    "checking": {"models", "tex"},
    "ranking": {"models", "tex"},
    "taste": CONTRACT | {"ranking", "store"},
    "summaries": CONTRACT | {"checking", "store"},
    "papers": CONTRACT | {"store", "summaries", "words.plain"},
    # A question may name a paper, and is paid for from the budget that summaries share.
    "questions": CONTRACT | {"checking", "papers.refs", "store", "summaries.budget", "words.plain"},
    "digests": CONTRACT | {"checking", "papers", "ranking", "sources.calendar", "store", "summaries", "taste"},
    "delivery": CONTRACT | {"store"},
    # Whoever chooses a language is told what the check promises in it.
    "chat": CONTRACT
    | {"checking.languages", "delivery", "digests", "papers", "questions", "store", "taste", "words.languages"}
    | {"words.plain"},
    "operations": CONTRACT | {"delivery", "digests", "papers", "store", "summaries", "taste"},
    "app": {"*"},
    "cli": CONTRACT
    | {"app", "chat.commands", "checking", "digests", "operations", "papers.refs", "reading", "settings", "words"}
    | {"questions.asked", "questions.transcript"},
    "__main__": {"*"},
}
# What an adapter may know of bot/. Each also knows adapters.common, and no other adapter.
ADAPTERS: Mapping[str, set[str]] = {
    "common": CONTRACT | {"taste.emoji", "words"},
    "discord": CHAT,
    # Its posts are read back as what an import takes over.
    "hugo": CONTRACT | {"digests.imports", "operations.doctor", "papers.refs", "settings", "words"},
    # What the doctor found is a value of operations; how a part is, one of common.
    "json": {"common", "models", "operations", "words"},
    "markdown": {"models", "tex", "words"},
    "slack": CHAT,
    "terminal": CONTRACT | {"digests", "operations", "words"},
}

# Top-level names of what is not ours and where they may be imported. The standard library's own database and
# translation modules are named too: there is one way to the store and one way to words.
VENDORS: Mapping[str, set[str]] = {
    # Both chat SDKs raise its errors.
    "aiohttp": {"bot.operations.server", "adapters.common", "adapters.discord", "adapters.slack"},
    "aiosqlite": {"bot.store"},
    "apscheduler": {"bot.operations.ticker"},
    "alembic": {"bot.store"},
    "anthropic": {"bot.claude"},
    "asyncpg": {"bot.store.postgresql"},
    # CLDR's separators and unit words: the check reads a text's numbers as its language writes them.
    "babel": {"bot.words", "bot.checking.numerals"},
    "cryptography": {"bot.chat.installations", "bot.store.sealing"},
    "discord": {"adapters.discord"},
    "dotenv": {"bot.app.variables", "bot.settings"},  # the first reads the names alone
    "gettext": {"bot.words"},
    "httpx": {"bot.reading.fetch", "bot.sources"},
    "httpx2": {"bot.claude"},
    "lxml": {"bot.reading", "bot.sources"},
    "numpy": {"bot.taste.embedding", "bot.questions.passages", "bot.questions.relevance", "bot.ranking"},
    # Reads what comes from outside, at each edge where something does.
    "msgspec": {"bot.reading.pdf", "bot.reading.pdf_worker", "bot.store"},
    "pylatexenc": {"bot.tex.reading"},
    # Native code that is fed with files from anywhere: only in the process of its own that pdf_worker is.
    "pypdfium2": {"bot.reading.pdf_glyphs", "bot.reading.pdf_visibility", "bot.reading.pdf_worker"},
    "pydantic": {"bot.app.variables", "bot.claude", "bot.settings", "bot.sources"},
    "pydantic_core": {"bot.settings"},
    "pydantic_settings": {"bot.settings"},
    "rich": {"bot.app", "bot.cli.console", "bot.cli.help", "adapters.terminal"},
    "sqlalchemy": {"bot.store"},
    "sqlite3": {"bot.store"},
    "slack_bolt": {"adapters.slack"},
    "slack_sdk": {"adapters.slack"},
    "structlog": {"bot.cli.logs"},
    "typer": {"bot.__main__", "bot.cli"},
    "onnxruntime": {"bot.taste.embedding"},
    "tokenizers": {"bot.taste.embedding"},
    "wordllama": {"bot.taste.embedding"},
    "yarl": {"adapters.discord"},  # discord.py's address of the gateway is one
}

# Decisions and renderers touch nothing outside their arguments.
PURE = {
    "bot.errors", "bot.common.masking", "bot.models", "bot.tex", "bot.ports", "bot.checking", "bot.ranking",
    "bot.sources.calendar", "bot.questions.ground",
    "bot.papers.bibtex", "bot.papers.merge", "bot.papers.refs", "bot.taste.emoji", "bot.summaries.excerpt",
    *(f"bot.questions.{name}" for name in (
        "asked", "claims", "following", "glossary", "glue", "quoted", "relevance",
        "statements", "terms", "texts", "transcript",
    )),
    "bot.claude.streaming", "bot.digests.parts", "bot.digests.schedule",
    *(f"bot.words.{name}" for name in ("answers", "languages", "layout", "plain")),
    *(f"bot.chat.{name}" for name in (
        "arguments", "changes", "commands", "exports", "language", "lists", "offers", "overview", "parser",
        "permissions", "registry", "specs", "talk", "wording",
    )),
    *(f"adapters.common.{name}" for name in ("commonmark", "cutting", "emoji_names", "formulas")),
    *(f"bot.reading.{name}" for name in (
        "colours", "desk", "drafts", "frames", "hidden", "html", "maths", "outline", "page", "pictures", "roles",
        "sentences", "walk",
        "pdf_accents", "pdf_blocks", "pdf_columns", "pdf_forms", "pdf_hyphens", "pdf_lines", "pdf_margins",
        "pdf_symbols", "pdf_text", "pdf_values",
    )),
    "adapters.json.full_text", "adapters.terminal.full_text",
    *(f"adapters.{name}.render" for name in ("discord", "hugo", "json", "markdown", "slack", "terminal")),
}  # fmt: skip
IMPURE = {
    "asyncio", "http", "logging", "os", "shutil", "socket", "subprocess", "tempfile", "threading", "time",
    "urllib.request",
}  # fmt: skip


def covers(row: str, module: str) -> bool:
    return module == row or module.startswith(f"{row}.")


def allowed_to(module: str) -> set[str] | None:
    """What the module may import of ours, its own room included; None where no row covers it."""
    if module in PACKAGES:
        return {module}
    package, _, rest = module.partition(".")
    room = rest.partition(".")[0]
    row = (ROOMS if package == "bot" else ADAPTERS).get(room)
    if row is None:
        return None
    if "*" in row:
        rooms = list(ROOMS)
        return {"adapters", *(f"bot.{name}" for name in rooms[: rooms.index(room) + 1])}
    shared = {"adapters.common"} if package == "adapters" else set()
    return {f"{package}.{room}", *shared, *(f"bot.{name}" for name in row)}


def imported(tree: ast.AST, module: str, is_package: bool, modules: set[str]) -> Iterator[str]:
    """The full names of the modules that a file imports; `from a import b` is `a.b` where that is a module."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in modules else base


def violations(source: str, module: str, modules: set[str], *, is_package: bool = False) -> list[str]:
    """What is wrong with the imports of one file; `modules` are the names of all of ours."""
    tree = ast.parse(source)
    allowed = allowed_to(module)
    if allowed is None:
        return [f"{module}: no row of ROOMS or ADAPTERS covers it"]
    found = []
    for name in imported(tree, module, is_package, modules):
        top = name.partition(".")[0]
        if top in PACKAGES:
            if name != "bot" and not any(covers(one, name) for one in allowed):
                found.append(f"{module} imports {name}")
        elif top in VENDORS:
            if not any(covers(place, module) for place in VENDORS[top]):
                found.append(f"{module} imports {name}, which belongs to {', '.join(sorted(VENDORS[top]))}")
        elif top not in sys.stdlib_module_names:
            found.append(f"{module} imports {name}, which no row of VENDORS names")
        elif any(covers(pure, module) for pure in PURE) and any(covers(impure, name) for impure in IMPURE):
            found.append(f"{module} is pure, yet imports {name}")
    found += [f"{module} imports by a computed name" for node in ast.walk(tree) if is_computed_import(node)]
    return found


def is_computed_import(node: ast.AST) -> bool:
    """A call of `__import__` or `import_module`: no reader of imports sees what it brings."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in ("__import__", "import_module")
    return False


def our_files() -> dict[str, Path]:
    """Module names and files of bot/ and adapters/."""
    files = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


FILES = our_files()


@pytest.mark.parametrize("module", FILES)
def test_imports_follow_the_rule(module: str) -> None:
    path = FILES[module]

    assert violations(path.read_text(), module, set(FILES), is_package=path.name == "__init__.py") == []


MODULES = {
    "bot", "bot.app", "bot.cli", "bot.models", "bot.claude", "bot.checking.check", "bot.claude.client",
    "bot.digests.digest", "bot.ranking", "bot.settings", "bot.sources", "bot.sources.arxiv", "bot.sources.calendar",
    "bot.papers.merge", "bot.store", "bot.store.store", "adapters", "adapters.slack", "adapters.hugo",
}  # fmt: skip


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.errors", "from bot.models import Paper"),
        ("bot.models", "from bot.ports import Platform"),
        ("bot.ranking.score", "from bot.store.store import Store"),
        ("bot.ranking.score", "import os"),
        ("bot.sources.arxiv", "from bot.store import store"),
        ("bot.sources.arxiv", "from ..claude import client"),
        ("bot.sources.arxiv", "def late():\n    import anthropic"),
        (
            "bot.sources.arxiv",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot.digests import digest",
        ),
        ("bot.checking.check", "from bot.claude.client import Client"),
        ("bot.claude.client", "from bot.checking.check import check"),
        ("bot.claude.client", "from bot.papers.merge import merge"),
        ("bot.digests.digest", "from bot.sources.arxiv import Arxiv"),
        ("bot.digests.digest", "from bot.sources import arxiv, calendar"),
        ("bot.digests.digest", "from bot.settings import Settings"),
        ("bot.digests.digest", "from bot.chat.channels import Channels"),
        ("bot.digests.digest", "from adapters.hugo import render"),
        ("bot.digests.digest", "import sqlalchemy"),
        ("bot.digests.digest", "import requests"),
        ("bot.digests.digest", "import importlib\nimportlib.import_module('adapters.hugo')"),
        ("bot.digests.digest", "client = __import__('httpx')"),
        ("bot.words.dates", "import babel.dates, httpx"),
        ("bot.settings", "from bot.app import App"),
        ("bot.cli.check", "from bot.store.store import Store"),
        ("bot.app", "from bot.cli import console"),
        ("adapters.hugo.render", "from adapters.slack import render"),
        ("adapters.hugo.render", "from ..slack.render import escape"),
        ("adapters.common.http", "from adapters.slack import render"),
        ("adapters.common.http", "import slack_sdk"),
        ("bot.digests.digest", "from adapters.common import http"),
        ("adapters.hugo.render", "from bot.store.store import Store"),
        ("adapters.hugo.render", "from bot.checking.check import check"),
        ("adapters.slack.render", "import time"),
        ("bot.utils", "import re"),
        ("adapters.fax.render", "import re"),
    ],
)
def test_a_violation_is_found(module: str, source: str) -> None:
    assert violations(source, module, MODULES)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.models", "import bot\nfrom datetime import datetime"),
        (
            "bot.ranking.score",
            "import numpy as np\nfrom bot.models import Paper\nfrom bot.ranking.signals import prior",
        ),
        ("bot.sources.arxiv", "import httpx, lxml.etree\nfrom . import http\nfrom .calendar import quiet_day"),
        ("bot.digests.digest", "from bot.store.store import Store\nfrom bot.sources import calendar"),
        ("bot.app", "from adapters.hugo import render\nfrom bot.sources.arxiv import Arxiv"),
        ("adapters.hugo.render", "from bot.words import words_for\nfrom . import escape"),
        ("adapters.hugo.render", "from adapters.common.cutting import cut"),
        ("adapters.common.http", "import aiohttp\nfrom bot.errors import TransientError"),
    ],
)
def test_what_the_rule_allows_passes(module: str, source: str) -> None:
    assert violations(source, module, MODULES) == []


def test_a_row_names_only_rooms_above_it() -> None:
    seen: set[str] = set()
    for room, row in ROOMS.items():
        assert {name.partition(".")[0] for name in row - {"*"}} <= seen, room
        seen.add(room)


def test_a_package_imports_relative_to_itself() -> None:
    assert violations("from .arxiv import Arxiv", "bot.sources", MODULES, is_package=True) == []
    assert violations("from ..store import store", "bot.sources", MODULES, is_package=True)
