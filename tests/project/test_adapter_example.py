"""The worked example of docs/adapters.md, built from the document and put into a copy of the project, is an adapter."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.example import DOCUMENT, Example, example_in, project_with
from tests.support.needs import ROOT

pytestmark = pytest.mark.long

NAME = "lantern"
FOLDER = {f"{name}.py" for name in ("__init__", "adapter", "errors", "platform", "reactions", "render", "settings")}
# What a newcomer's adapter has to keep: who may import whom, the variables, a remedy for each code.
RULES = (
    "tests/project/test_architecture.py::test_imports_follow_the_rule",
    "tests/project/test_project_files.py::test_env_example_names_every_setting_once_with_a_meaning",
    "tests/project/test_project_files.py::test_env_example_shows_the_defaults",
    "tests/words/test_error_sentences.py::test_every_code_has_a_sentence_in_every_language",
)
ASK = """
import sys
from pathlib import Path
from bot.app.platforms import adapters_of, configured
from bot.errors import SettingsError
from bot.words import words_for
try:
    (adapter,) = adapters_of(configured(Path("absent")))
except SettingsError as error:
    sys.exit(words_for(sys.argv[1]).error(error))
print(adapter.facts.name, *(f"{channel}:{layout.value}" for channel, layout in adapter.channels.items()))
"""


@pytest.fixture(scope="module")
def example() -> Example:
    return example_in(DOCUMENT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project(example: Example, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that has the example."""
    return project_with(example, tmp_path_factory.mktemp("example"))


def run(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, with these variables alone beside the surroundings that a process needs."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    environment = {**kept, "PYTHONPATH": str(project), **variables}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def passed_in(project: Path, *arguments: str) -> set[str]:
    """Run pytest in the copy. Returns the names of the tests that passed; none may fail."""
    report = project / "report.xml"
    done = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}", *arguments)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    # A case that failed or was skipped has an element that says so.
    return {case.get("name", "") for case in ET.parse(report).iter("testcase") if len(case) == 0}


def test_it_passes_the_conformance_suite_like_the_tests_own_platform(project: Path) -> None:
    passed = passed_in(project, "tests/conformance", "-k", NAME)

    collected = run(project, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "tests/conformance")
    own = re.findall(r"::(\S*\[(?:.*-)?fake(?=[-\]]).*)", collected.stdout)

    assert len(own) > 100
    assert passed == {re.sub(r"(?<=[\[-])fake(?=[-\]])", NAME, name) for name in own}


def test_it_keeps_the_rules_of_the_project(project: Path) -> None:
    passed = passed_in(project, *RULES, "-k", f"{NAME} or env_example")

    assert sum(f"adapters.{NAME}" in name for name in passed) == len(FOLDER)
    assert sum(f"settings.{NAME}" in name for name in passed) == 2


def test_it_is_one_folder_and_one_row(example: Example) -> None:
    code = {path for path in (*example.files, *(path for path, _, _ in example.changes)) if path.endswith(".py")}

    assert {path for path in code if not path.startswith("tests/")} == {
        "bot/app/platforms.py", *(f"adapters/{NAME}/{name}" for name in FOLDER)
    }  # fmt: skip


def test_its_settings_say_what_is_missing(project: Path) -> None:
    whole = run(project, "-c", ASK, "en", LANTERN_TOKEN="t", LANTERN_CHANNEL="papers")
    half = {language: run(project, "-c", ASK, language, LANTERN_TOKEN="t") for language in ("en", "ja")}
    blank = run(project, "-c", ASK, "en", LANTERN_TOKEN=" ", LANTERN_CHANNEL="papers")

    assert (whole.stdout, whole.stderr) == ("lantern lantern:papers:thread\n", "")
    assert "LANTERN_CHANNEL is missing" in half["en"].stderr
    assert "LANTERN_CHANNEL がありません" in half["ja"].stderr
    assert "LANTERN_TOKEN is missing" in blank.stderr


def test_it_is_typed_and_in_the_house_style(project: Path, example: Example) -> None:
    sources = sorted(example.files)
    style = run(project, "-m", "ruff", "check", "--no-cache", *sources)
    layout = run(project, "-m", "ruff", "format", "--no-cache", "--check", *sources)
    types = run(project, "-m", "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache" / "example"), *sources)

    assert style.returncode == 0, style.stdout
    assert layout.returncode == 0, layout.stdout
    assert types.returncode == 0, types.stdout


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("# Nothing\n", "no section"),
        ("## A complete example\n```python\nx = 1\n```\n## Next\n", "without a path"),
    ],
)
def test_a_document_without_an_example_is_no_success(document: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        example_in(document)


def test_a_row_that_fits_nowhere_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 times"):
        project_with(Example({}, (("bot/app/platforms.py", "no such line\n", "a line\n"),)), tmp_path)
