"""The files around the code say what the code does: settings, requirement files, targets."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer.core
import typer.main

from bot.app.platforms import ADAPTERS, configured
from bot.settings import Settings, Variables
from tests.support.needs import ROOT

DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
# With its extras: pip takes a pin without them for another package.
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z0-9,]+\])?==(\S+)( ; .+)? \\$")


def pins(path: Path) -> dict[str, str]:
    return {match[1]: match[2] for line in path.read_text().splitlines() if (match := PIN.match(line))}


def direct(requirements: list[str]) -> set[str]:
    """The names as package indexes normalise them (PEP 503)."""
    names = (re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in requirements)
    return {re.sub(r"[._-]+", "-", name).lower() for name in names}


def test_env_example_names_every_setting_once_with_a_meaning(root: Path) -> None:
    lines = (root / ".env.example").read_text().splitlines()
    named = [line[1:].partition("=")[0] for line in lines if re.match(r"#[A-Z_]+=", line)]

    kinds: tuple[type[Variables], ...] = (Settings, *ADAPTERS)
    fields = {name for kind in kinds for name in kind.model_fields}
    assert sorted(named) == sorted(name.upper() for name in fields)
    assert all(lines[lines.index(line) - 1].startswith("# ") for line in lines if re.match(r"#[A-Z_]+=", line))


def test_env_example_shows_the_defaults(root: Path, tmp_path: Path) -> None:
    (tmp_path / "shown").write_text(re.sub(r"(?m)^#(?=[A-Z_]+=.)", "", (root / ".env.example").read_text()))

    assert configured(tmp_path / "shown") == configured(tmp_path / "absent")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirement_files_hold_versions_and_hashes_alone(root: Path, name: str) -> None:
    pinned = pins(root / name)
    for line in (root / name).read_text().splitlines():
        assert PIN.match(line) or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?|\s*#.*|", line)
        assert "://" not in line

    assert len(pinned) > 30


def test_requirement_files_pin_what_the_project_declares(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    runtime, development = pins(root / "requirements.txt"), pins(root / "requirements-dev.txt")

    assert direct(project["dependencies"]) <= runtime.keys()
    assert direct(project["optional-dependencies"]["dev"]) <= development.keys()
    assert runtime.items() <= development.items()


def test_every_dependency_has_a_reason(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    declared = direct(
        [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    )
    explained = set(
        re.findall(r"^\| `([a-z0-9-]+)` \| \S", (root / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    )

    assert declared == explained


def test_every_target_is_explained(root: Path) -> None:
    makefile = (root / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony

    assert re.findall(r"^([a-z-]+):.* ## \S", makefile, re.MULTILINE) == phony[1].split()


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_readme_names_the_commands_that_exist(root: Path, name: str) -> None:
    table = re.findall(r"^\| `([a-z-]+)` \|", (root / name).read_text(), re.MULTILINE)
    from bot.__main__ import cli

    command_line = typer.main.get_command(cli)
    assert isinstance(command_line, typer.core.TyperGroup)

    assert sorted(table) == sorted(command_line.commands)


@pytest.mark.parametrize(
    "name", ["README.md", "README.ja.md", "CONTRIBUTING.md", *(f"docs/{one.name}" for one in DOCUMENTS)]
)
def test_links_between_the_documents_lead_somewhere(root: Path, name: str) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", (root / name).read_text())

    assert [link for link in links if not ((root / name).parent / link).exists()] == []
