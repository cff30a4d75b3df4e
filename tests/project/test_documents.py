"""Whatever a document calls by its name exists: paths, modules, what is in them, and what example code imports.

Read are the names between backticks. A name may be short where that is clear: `select.py` is a file of that name,
`ranking.rank` a module of `bot`, `Digests.make` a method of a class that is ours, and so is `digests.make`. An `x` is
whatever a reader puts in its place. Keys of the catalogues and codes of
errors look like modules too, so they are known from the catalogues.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.support.example import DOCUMENT, example_in
from tests.support.needs import ROOT

PACKAGES = ("bot", "adapters", "tests", "bench")
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.ja.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PATH = re.compile(r"(?:bot|adapters|tests|bench|docs)/[\w./*<>-]*")
_FILE = re.compile(r"\w+\.(?:py|po)")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_IMPORT = re.compile(r"^\s*from ((?:bot|adapters|tests|bench)[\w.]*) import ([\w, ]+)$", re.MULTILINE)


def unknown(text: str, files: Collection[str] = ()) -> list[str]:
    """The names in a Markdown text that stand for nothing; `files` are those that the document itself has."""
    prose = _FENCE.sub("", text)
    missing = [name for name in _NAME.findall(prose) if name not in files and not _exists(name.strip())]
    for module, names in _IMPORT.findall(text):
        if f"{module.replace('.', '/')}.py" in files:
            continue  # mypy reads it where the example is tried
        missing += [
            f"{module}.{name.strip()}" for name in names.split(",") if not _resolves(f"{module}.{name.strip()}")
        ]
    return missing


def _exists(name: str) -> bool:
    """Whether it names something of ours, or is nothing that this test knows to look up."""
    if _PATH.fullmatch(name):
        pattern = re.sub(r"<[^>]*>", "*", name).rstrip("/")
        return any(ROOT.glob(pattern)) if "*" in pattern else (ROOT / pattern).exists()
    if _FILE.fullmatch(name):
        return name in _files()
    name = re.sub(r"\(.*\)$", "", name)
    if not _DOTTED.fullmatch(name) or "x" in name.split("."):
        return True
    first = name.partition(".")[0]
    if first in PACKAGES:
        return _resolves(name)
    if first in _classes():
        return name.count(".") > 1 or name.partition(".")[2] in _members(first)
    if first in _homes() and name not in _keys():
        return _is_member(first, name) or any(_resolves(f"{home}.{name}") for home in _homes()[first])
    return True


def _is_member(variable: str, name: str) -> bool:
    """`votes.record` is what a variable has that is named after its class."""
    return name.count(".") == 1 and name.partition(".")[2] in _members(variable.capitalize())


@cache
def _resolves(dotted: str) -> bool:
    """Whether it is a module, or an attribute of one, a field of a dataclass included."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if part in getattr(found, "__annotations__", {}) and not hasattr(found, part):
                return True
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def _sources() -> Iterator[Path]:
    for package in (*PACKAGES, "docs"):
        yield from (ROOT / package).rglob("*.py")


@cache
def _files() -> frozenset[str]:
    return frozenset(path.name for path in (*_sources(), *(ROOT / "bot" / "words").rglob("*.po")))


@cache
def _homes() -> Mapping[str, set[str]]:
    """By a module's or room's own name, the packages of `bot` and `adapters` that have it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for package in ("bot", "adapters"):
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if len(parts) > 1:
                found[parts[-1]].add(".".join(parts[:-1]))
    return found


@cache
def _classes() -> Mapping[str, tuple[ast.ClassDef, ...]]:
    found: defaultdict[str, list[ast.ClassDef]] = defaultdict(list)
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(node)
    return {name: tuple(nodes) for name, nodes in found.items()}


def _members(name: str) -> set[str]:
    """What a class of that name, or one that it derives from, has: methods, fields, and what methods set."""
    found: set[str] = set()
    for node in _classes().get(name, ()):
        for one in ast.walk(node):
            match one:
                case ast.FunctionDef(name=member) | ast.AsyncFunctionDef(name=member):
                    found.add(member)
                case ast.Name(id=member, ctx=ast.Store()) | ast.Attribute(attr=member, ctx=ast.Store()):
                    found.add(member)
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id != name:
                found |= _members(base.id)
    return found


@cache
def _keys() -> frozenset[str]:
    """Keys of the catalogues, and the codes that follow a kind of sentence there: `error.source.key`, `source.key`."""
    keys: set[str] = set()
    for path in (ROOT / "bot" / "words" / "en").glob("*.po"):
        for key in re.findall(r'^msgid "([^"]+)"', path.read_text(), re.MULTILINE):
            parts = key.split(".")
            keys |= {".".join(parts[n:]) for n in range(len(parts))}
            keys |= {".".join(parts[:n]) for n in range(2, len(parts))}
    return frozenset(keys)


CASES: tuple[tuple[str, list[str]], ...] = (
    ("`bot.ranking.rank.rank` and `bot.models.Paper.title`", []),
    ("`bot.ranking.select.rank`", ["bot.ranking.select.rank"]),
    ("`ranking.select.rank`", ["ranking.select.rank"]),
    ("`ranking.rank.rank`, `rank.rank(papers)`", []),
    ("`rank.of(papers)`, `adapters.x`", ["rank.of(papers)"]),
    ("`bot/ranking/rank.py`, `bot/ranking/`, `bot/words/*/chat.po`, `adapters/<name>/render.py`", []),
    ("`bot/ranking/no.py` and `bot/no/*.py`", ["bot/ranking/no.py", "bot/no/*.py"]),
    ("`select.py`, `no_such_file.py`", ["no_such_file.py"]),
    ("`Digests.make`, `Order.due_at`, `digests.make`, `Digests.unmake`", ["Digests.unmake"]),
    ("`error.source.key`, `source.key`, `cs.CL`, `.env.example`, `a.b`", []),
    ("```python\nfrom bot.models import Paper, Nothing\n```", ["bot.models.Nothing"]),
    ("```\n`bot.no`\n```", []),
)


# One test for all documents, and one for all cases: each process that runs one of them reads and imports everything.
def test_what_documents_name_exists() -> None:
    files = example_in(DOCUMENT.read_text()).files
    missing = {path.name: unknown(path.read_text(), files if path == DOCUMENT else ()) for path in DOCUMENTS}
    assert {name: names for name, names in missing.items() if names} == {}


def test_names_that_lead_nowhere_are_found() -> None:
    assert [(text, unknown(text)) for text, _ in CASES] == list(CASES)
