"""The worked example of docs/adapters.md: its files, and its rows for files that are there already.

A Python block of its section is a file, a diff block a change of one. The path is the last one between backticks
above the block.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.support.needs import ROOT

DOCUMENT = ROOT / "docs" / "adapters.md"
_SECTION = re.compile(r"^## A complete example\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
_PIECE = re.compile(r"`([\w./-]+\.(?:py|po|example))`|^```(python|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COPIED = ("adapters", "bot", "docs", "tests", ".env.example", "CONTRIBUTING.md", "README.ja.md", "README.md",
           "pyproject.toml")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """`files` are new ones, by path below the project's root; `changes` are (path, lines before, lines after)."""

    files: dict[str, str]
    changes: tuple[tuple[str, str, str], ...]


def example_in(document: str) -> Example:
    """Read the example from a Markdown text. Raises ValueError if there is none, or a block belongs to no file."""
    section = _SECTION.search(document)
    if section is None:
        raise ValueError("no section with the example")
    path, files, changes = "", {}, []
    for named, kind, block in _PIECE.findall(section[1]):
        path = named or path
        if kind and not path:
            raise ValueError(f"a block without a path above it: {block[:40]!r}")
        if kind == "python":
            files[path] = block
        elif kind == "diff":
            changes.append((path, _side(block, "-"), _side(block, "+")))
    return Example(files, tuple(changes))


def _side(diff: str, sign: str) -> str:
    return "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in (" ", sign))


def project_with(example: Example, folder: Path) -> Path:
    """Copy what the tests need of the project into the folder, and put the example in. Returns the copy's root.

    Raises ValueError for a change whose lines are not there exactly once.
    """
    root = folder / "project"
    root.mkdir()
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__", "images"))
        else:
            shutil.copy2(source, root / name)
    for path, text in example.files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for path, before, after in example.changes:
        text = (root / path).read_text(encoding="utf-8")
        if before and text.count(before) != 1:
            raise ValueError(f"{path} has these lines {text.count(before)} times: {before!r}")
        (root / path).write_text(text.replace(before, after) if before else text + after, encoding="utf-8")
    return root
