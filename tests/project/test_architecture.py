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
VALUES = {"bot.models", "bot.errors"}
PORTS = VALUES | {"bot.ports"}
USE_CASES = {
    "bot.chat.archive", "bot.delivery.attempt", "bot.summaries.budget", "bot.chat.channels", "bot.cli.check", "bot.papers.collect", "bot.app.dates",
    "bot.delivery.deliverer", "bot.digests.digest", "bot.operations.doctor", "bot.digests.imports", "bot.chat.installations", "bot.digests.window", "bot.delivery.worker",
    "bot.chat.locks", "bot.papers.lookup", "bot.delivery.outbox", "bot.chat.papers", "bot.digests.repairs", "bot.digests.runs", "bot.digests.schedule",
    "bot.delivery.seeding", "bot.operations.status", "bot.summaries.summaries", "bot.taste.tastes", "bot.taste.placement", "bot.taste.votes",
}  # fmt: skip
# What of the other parts is a pure decision, and open to the use cases.
PURE_PARTS = {
    "bot.papers.bibtex", "bot.checking.check", "bot.chat.exports", "bot.ranking", "bot.sources.calendar", "bot.papers.merge",
    "bot.words.languages",
}  # fmt: skip

# A row covers a module and what lies below it; the longest row that fits decides. What it names covers likewise.
# A part (`bot.sources`, `adapters.hugo`) imports from itself freely; a row below a part names what it may use of it.
ALLOWED: Mapping[str, set[str]] = {
    "bot": set(),
    "bot.models": set(),
    "bot.errors": set(),
    "bot.ports": VALUES,
    "bot.taste.emoji": VALUES,
    "bot.papers.bibtex": VALUES,
    "bot.chat.exports": VALUES | {"bot.papers.bibtex", "bot.chat.commands"},
    "bot.chat.commands": VALUES,
    "bot.chat.parser": VALUES | {"bot.chat.commands", "bot.chat.arguments"},
    "bot.chat.arguments": VALUES | {"bot.chat.commands", "bot.papers.refs"},
    "bot.chat.offers": set(),
    "bot.papers.refs": VALUES,
    "bot.app.secret": VALUES,
    "bot.ranking": VALUES,
    "bot.sources": PORTS,
    "bot.claude": PORTS,
    "bot.checking.check": VALUES | {"bot.checking"},
    "bot.checking": VALUES | {"bot.checking"},
    "bot.taste.embedding": PORTS,
    "bot.store": PORTS,
    "bot.words": PORTS,
    "bot.sample": PORTS,
    "bot.settings": VALUES | {"bot.words.languages"},
    "bot.cli.formats": set(),
    "bot.cli.logs": set(),
    "bot.app.files": VALUES,
    "bot.operations.server": PORTS,
    "bot.operations.service": PORTS | USE_CASES | {"bot.operations.server", "bot.store"},
    **dict.fromkeys(USE_CASES, PORTS | USE_CASES | PURE_PARTS | {"bot.store"}),
    "bot.chat.archive": PORTS | USE_CASES | PURE_PARTS | {"bot.chat.commands", "bot.chat.overview", "bot.store"},
    "bot.chat.changes": VALUES | {"bot.chat.commands", "bot.taste.emoji", "bot.words.languages"},
    "bot.chat.channels": PORTS | USE_CASES | PURE_PARTS | {"bot.chat.changes", "bot.chat.commands", "bot.chat.overview", "bot.store"}
    | {"bot.chat.parser", "bot.likes", "bot.chat.why"},
    "bot.chat.overview": VALUES,
    "bot.chat.papers": PORTS | USE_CASES | PURE_PARTS | {"bot.chat.commands", "bot.chat.overview", "bot.papers.refs", "bot.store"},
    "bot.digests.parts": VALUES | {"bot.store.deliveries"},
    "bot.likes": USE_CASES | {"bot.chat.commands"},
    "bot.chat.why": PORTS | USE_CASES | {"bot.chat.overview"},
    "bot.chat.uses": PORTS | USE_CASES,
    "bot.app.wiring": PORTS | USE_CASES | {"bot.app", "bot.digests.parts", "bot.operations.service", "bot.store", "bot.chat.uses"},
    "bot.taste.votes": PORTS | USE_CASES | PURE_PARTS | {"bot.taste.emoji", "bot.store"},
    "bot.cli.console": PORTS | {"bot.words"},
    "bot.cli.help": {"bot.cli.console", "bot.words"},
    "bot.app": {"bot", "adapters"},
    "bot.app.connections": PORTS | USE_CASES | {"bot.claude", "bot.settings", "bot.sources"},
    "bot.__main__": PORTS
    | USE_CASES
    | {"bot.app", "bot.chat.commands", "bot.cli.console", "bot.cli.formats", "bot.cli.logs", "bot.operations.service", "bot.settings", "bot.cli.help"}
    | {"bot.papers.refs", "bot.words"},
    "adapters": set(),
    **{
        f"adapters.{name}": PORTS
        | USE_CASES
        | {"bot.chat.commands", "bot.chat.parser", "bot.taste.emoji", "bot.papers.refs", "bot.words"}
        for name in ("hugo", "json", "markdown", "terminal")
    },
    # Where people answer: the adapter is given the use cases, and says who may change what.
    **{
        f"adapters.{name}": PORTS
        | USE_CASES
        | {"bot.chat.commands", "bot.chat.parser", "bot.taste.emoji", "bot.chat.offers", "bot.chat.overview", "bot.papers.refs", "bot.settings"}
        | {"bot.chat.uses", "bot.words"}
        for name in ("discord", "slack")
    },
}  # fmt: skip

# Top-level names of what is not ours and where they may be imported. The standard library's own database and
# translation modules are named too: there is one way to the store and one way to words.
VENDORS: Mapping[str, set[str]] = {
    "aiohttp": {"bot.operations.server", "adapters.discord", "adapters.slack"},  # both chat SDKs raise its errors
    "aiosqlite": {"bot.store"},
    "apscheduler": {"bot.digests.schedule"},
    "alembic": {"bot.store"},
    "anthropic": {"bot.claude"},
    "asyncpg": {"bot.store.postgresql"},
    "babel": {"bot.words"},
    "cryptography": {"bot.chat.installations"},
    "discord": {"adapters.discord"},
    "dotenv": {"bot.settings"},
    "gettext": {"bot.words"},
    "httpx": {"bot.sources"},
    "httpx2": {"bot.claude"},
    "lxml": {"bot.sources"},
    "numpy": {"bot.taste.embedding", "bot.ranking"},
    # Reads what comes from outside, at each edge where something does.
    "msgspec": {"bot.store"},
    "pydantic": {"bot.claude", "bot.settings", "bot.sources"},
    "pydantic_core": {"bot.settings"},
    "pydantic_settings": {"bot.settings"},
    "rich": {"bot.app", "bot.cli.console", "bot.cli.help", "adapters.terminal"},
    "sqlalchemy": {"bot.store"},
    "sqlite3": {"bot.store"},
    "slack_bolt": {"adapters.slack"},
    "slack_sdk": {"adapters.slack"},
    "structlog": {"bot.cli.logs"},
    "typer": {"bot.__main__", "bot.cli.help"},
    "onnxruntime": {"bot.taste.embedding"},
    "tokenizers": {"bot.taste.embedding"},
    "wordllama": {"bot.taste.embedding"},
    "yarl": {"adapters.discord"},  # discord.py's address of the gateway is one
}

# Decisions and renderers touch nothing outside their arguments.
PURE = (
    "bot.models", "bot.errors", "bot.ports", "bot.taste.emoji", "bot.chat.commands", "bot.chat.parser", "bot.chat.arguments",
    "bot.papers.refs", *PURE_PARTS,
    "bot.checking",
)  # fmt: skip
IMPURE = {
    "asyncio", "http", "logging", "os", "shutil", "socket", "subprocess", "tempfile", "threading", "time",
    "urllib.request",
}  # fmt: skip


def covers(row: str, module: str) -> bool:
    return module == row or module.startswith(f"{row}.")


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
    found = []
    row = max((row for row in ALLOWED if covers(row, module)), key=len, default="")
    if not row or (row in PACKAGES and module != row):
        return [f"{module}: no row of ALLOWED covers it"]
    allowed = ALLOWED[row] | ({row} if row.count(".") == 1 else set())
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
    "bot", "bot.app", "bot.models", "bot.claude", "bot.checking.check", "bot.claude.client", "bot.digests.digest", "bot.ranking",
    "bot.settings", "bot.sources", "bot.sources.arxiv", "bot.papers.merge", "bot.store", "bot.store.store",
    "adapters", "adapters.slack", "adapters.hugo",
}  # fmt: skip


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.models", "from bot.errors import BotError"),
        ("bot.ranking.score", "from bot.store.store import Store"),
        ("bot.ranking.score", "import os"),
        ("bot.sources.arxiv", "from bot.store import store"),
        ("bot.sources.arxiv", "from ..claude import client"),
        ("bot.sources.arxiv", "def late():\n    import anthropic"),
        (
            "bot.sources.arxiv",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot.digests.digest import Digests",
        ),
        ("bot.checking.check", "from bot.claude.client import Client"),
        ("bot.checking.check", "from bot.claude import client"),
        ("bot.claude.client", "from bot.papers.merge import merge"),
        ("bot.digests.digest", "from bot.sources.arxiv import Arxiv"),
        ("bot.digests.digest", "from bot.sources import arxiv, merge"),
        ("bot.digests.digest", "from bot.settings import Settings"),
        ("bot.digests.digest", "from adapters.hugo import render"),
        ("bot.digests.digest", "import sqlalchemy"),
        ("bot.digests.digest", "import requests"),
        ("bot.digests.digest", "import importlib\nimportlib.import_module('adapters.hugo')"),
        ("bot.digests.digest", "client = __import__('httpx')"),
        ("bot.words.dates", "import babel.dates, httpx"),
        ("bot.settings", "from bot.app import App"),
        ("bot.__main__", "from adapters.hugo.render import render"),
        ("bot.__main__", "from bot.store.store import Store"),
        ("adapters.hugo.render", "from adapters.slack import render"),
        ("adapters.hugo.render", "from ..slack.render import escape"),
        ("adapters.hugo.render", "from bot.store.store import Store"),
        ("adapters.hugo.render", "from bot.checking.check import check"),
        ("bot.app.connections", "from adapters.hugo.render import render"),
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
        ("bot.sources.arxiv", "import httpx, lxml.etree\nfrom . import merge\nfrom .calendar import quiet_day"),
        ("bot.claude.client", "import anthropic\nfrom bot.checking.check import check"),
        (
            "bot.digests.digest",
            "from bot.store.store import Store\nfrom bot.sources import merge\nfrom bot.checking.check import check",
        ),
        ("bot.app", "from adapters.hugo import render\nfrom bot.sources.arxiv import Arxiv"),
        (
            "adapters.hugo.render",
            "from bot.words import words_for\nfrom bot.digests.digest import Made\nfrom . import escape",
        ),
    ],
)
def test_what_the_rule_allows_passes(module: str, source: str) -> None:
    assert violations(source, module, MODULES) == []


def test_a_package_imports_relative_to_itself() -> None:
    assert violations("from .arxiv import Arxiv", "bot.sources", MODULES, is_package=True) == []
    assert violations("from ..store import store", "bot.sources", MODULES, is_package=True)
