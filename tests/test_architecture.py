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

from tests.needs import ROOT

PACKAGES = ("bot", "adapters")
VALUES = {"bot.models", "bot.errors"}
PORTS = VALUES | {"bot.ports"}
USE_CASES = {
    "bot.archive", "bot.attempts", "bot.budget", "bot.channels", "bot.checks", "bot.collect", "bot.dates",
    "bot.delivery", "bot.digest", "bot.doctor", "bot.imports", "bot.installations", "bot.lately", "bot.lease",
    "bot.leases", "bot.lookup", "bot.outbox", "bot.papers", "bot.repairs", "bot.runs", "bot.schedule",
    "bot.seeding", "bot.status", "bot.summaries", "bot.tastes", "bot.vectors", "bot.votes",
}  # fmt: skip
# What of the other parts is a pure decision, and open to the use cases.
PURE_PARTS = {
    "bot.bibtex", "bot.claude.check", "bot.exports", "bot.ranking", "bot.sources.calendar", "bot.sources.merge",
    "bot.words.languages",
}  # fmt: skip

# A row covers a module and what lies below it; the longest row that fits decides. What it names covers likewise.
# A part (`bot.sources`, `adapters.hugo`) imports from itself freely; a row below a part names what it may use of it.
ALLOWED: Mapping[str, set[str]] = {
    "bot": set(),
    "bot.models": set(),
    "bot.errors": set(),
    "bot.ports": VALUES,
    "bot.emoji": VALUES,
    "bot.bibtex": VALUES,
    "bot.exports": VALUES | {"bot.bibtex", "bot.commands"},
    "bot.commands": VALUES,
    "bot.digest_commands": VALUES | {"bot.commands", "bot.digest_readers"},
    "bot.digest_readers": VALUES | {"bot.commands", "bot.refs"},
    "bot.offers": set(),
    "bot.refs": VALUES,
    "bot.secret": VALUES,
    "bot.ranking": VALUES,
    "bot.sources": PORTS,
    "bot.claude": PORTS,
    "bot.claude.check": VALUES | {"bot.claude.checking"},
    "bot.claude.checking": VALUES | {"bot.claude.checking"},
    "bot.embedding": PORTS,
    "bot.store": PORTS,
    "bot.words": PORTS,
    "bot.sample": PORTS,
    "bot.settings": VALUES | {"bot.words.languages"},
    "bot.formats": set(),
    "bot.logs": set(),
    "bot.output": VALUES,
    "bot.server": PORTS,
    "bot.service": PORTS | USE_CASES | {"bot.server", "bot.store"},
    **dict.fromkeys(USE_CASES, PORTS | USE_CASES | PURE_PARTS | {"bot.store"}),
    "bot.archive": PORTS | USE_CASES | PURE_PARTS | {"bot.commands", "bot.overview", "bot.store"},
    "bot.changes": VALUES | {"bot.commands", "bot.emoji", "bot.words.languages"},
    "bot.channels": PORTS | USE_CASES | PURE_PARTS | {"bot.changes", "bot.commands", "bot.overview", "bot.store"}
    | {"bot.digest_commands", "bot.likes", "bot.reasons"},
    "bot.overview": VALUES,
    "bot.papers": PORTS | USE_CASES | PURE_PARTS | {"bot.commands", "bot.overview", "bot.refs", "bot.store"},
    "bot.parts": VALUES | {"bot.store.deliveries"},
    "bot.likes": USE_CASES | {"bot.commands"},
    "bot.reasons": PORTS | USE_CASES | {"bot.overview"},
    "bot.uses": PORTS | USE_CASES,
    "bot.wiring": PORTS | USE_CASES | {"bot.app", "bot.parts", "bot.service", "bot.store", "bot.uses"},
    "bot.votes": PORTS | USE_CASES | PURE_PARTS | {"bot.emoji", "bot.store"},
    "bot.console": PORTS | {"bot.words"},
    "bot.usage": {"bot.console", "bot.words"},
    "bot.app": {"bot", "adapters"},
    "bot.connections": PORTS | USE_CASES | {"bot.claude", "bot.settings", "bot.sources"},
    "bot.__main__": PORTS
    | USE_CASES
    | {"bot.app", "bot.commands", "bot.console", "bot.formats", "bot.logs", "bot.service", "bot.settings", "bot.usage"}
    | {"bot.refs", "bot.words"},
    "adapters": set(),
    **{
        f"adapters.{name}": PORTS
        | USE_CASES
        | {"bot.commands", "bot.digest_commands", "bot.emoji", "bot.refs", "bot.words"}
        for name in ("hugo", "json", "markdown", "terminal")
    },
    # Where people answer: the adapter is given the use cases, and says who may change what.
    **{
        f"adapters.{name}": PORTS
        | USE_CASES
        | {"bot.commands", "bot.digest_commands", "bot.emoji", "bot.offers", "bot.overview", "bot.refs", "bot.settings"}
        | {"bot.uses", "bot.words"}
        for name in ("discord", "slack")
    },
}  # fmt: skip

# Top-level names of what is not ours and where they may be imported. The standard library's own database and
# translation modules are named too: there is one way to the store and one way to words.
VENDORS: Mapping[str, set[str]] = {
    "aiohttp": {"bot.server", "adapters.discord", "adapters.slack"},  # both chat SDKs raise its errors
    "aiosqlite": {"bot.store"},
    "apscheduler": {"bot.schedule"},
    "alembic": {"bot.store"},
    "anthropic": {"bot.claude"},
    "asyncpg": {"bot.store.postgresql"},
    "babel": {"bot.words"},
    "cryptography": {"bot.installations"},
    "discord": {"adapters.discord"},
    "dotenv": {"bot.settings"},
    "gettext": {"bot.words"},
    "httpx": {"bot.sources"},
    "httpx2": {"bot.claude"},
    "lxml": {"bot.sources"},
    "numpy": {"bot.embedding", "bot.ranking"},
    # Reads what comes from outside, at each edge where something does.
    "msgspec": {"bot.store"},
    "pydantic": {"bot.claude", "bot.settings", "bot.sources"},
    "pydantic_core": {"bot.settings"},
    "pydantic_settings": {"bot.settings"},
    "rich": {"bot.app", "bot.console", "bot.usage", "adapters.terminal"},
    "sqlalchemy": {"bot.store"},
    "sqlite3": {"bot.store"},
    "slack_bolt": {"adapters.slack"},
    "slack_sdk": {"adapters.slack"},
    "structlog": {"bot.logs"},
    "typer": {"bot.__main__", "bot.usage"},
    "onnxruntime": {"bot.embedding"},
    "tokenizers": {"bot.embedding"},
    "wordllama": {"bot.embedding"},
    "yarl": {"adapters.discord"},  # discord.py's address of the gateway is one
}

# Decisions and renderers touch nothing outside their arguments.
PURE = (
    "bot.models", "bot.errors", "bot.ports", "bot.emoji", "bot.commands", "bot.digest_commands", "bot.digest_readers",
    "bot.refs", *PURE_PARTS,
    "bot.claude.checking",
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
    "bot", "bot.app", "bot.models", "bot.claude", "bot.claude.check", "bot.claude.client", "bot.digest", "bot.ranking",
    "bot.settings", "bot.sources", "bot.sources.arxiv", "bot.sources.merge", "bot.store", "bot.store.store",
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
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot.digest import Digests",
        ),
        ("bot.claude.check", "from bot.claude.client import Client"),
        ("bot.claude.check", "from bot.claude import client"),
        ("bot.claude.client", "from bot.sources.merge import merge"),
        ("bot.digest", "from bot.sources.arxiv import Arxiv"),
        ("bot.digest", "from bot.sources import arxiv, merge"),
        ("bot.digest", "from bot.settings import Settings"),
        ("bot.digest", "from adapters.hugo import render"),
        ("bot.digest", "import sqlalchemy"),
        ("bot.digest", "import requests"),
        ("bot.digest", "import importlib\nimportlib.import_module('adapters.hugo')"),
        ("bot.digest", "client = __import__('httpx')"),
        ("bot.words.dates", "import babel.dates, httpx"),
        ("bot.settings", "from bot.app import App"),
        ("bot.__main__", "from adapters.hugo.render import render"),
        ("bot.__main__", "from bot.store.store import Store"),
        ("adapters.hugo.render", "from adapters.slack import render"),
        ("adapters.hugo.render", "from ..slack.render import escape"),
        ("adapters.hugo.render", "from bot.store.store import Store"),
        ("adapters.hugo.render", "from bot.claude.check import check"),
        ("bot.connections", "from adapters.hugo.render import render"),
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
        ("bot.claude.client", "import anthropic\nfrom bot.claude.check import check"),
        (
            "bot.digest",
            "from bot.store.store import Store\nfrom bot.sources import merge\nfrom bot.claude.check import check",
        ),
        ("bot.app", "from adapters.hugo import render\nfrom bot.sources.arxiv import Arxiv"),
        ("adapters.hugo.render", "from bot.words import words_for\nfrom bot.digest import Made\nfrom . import escape"),
    ],
)
def test_what_the_rule_allows_passes(module: str, source: str) -> None:
    assert violations(source, module, MODULES) == []


def test_a_package_imports_relative_to_itself() -> None:
    assert violations("from .arxiv import Arxiv", "bot.sources", MODULES, is_package=True) == []
    assert violations("from ..store import store", "bot.sources", MODULES, is_package=True)
