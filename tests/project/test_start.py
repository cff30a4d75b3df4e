"""The command's own start: another's `bot` or `adapters` in the place of ours is named, and none of it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.needs import ROOT

FOREIGN = "raise RuntimeError('this must not run')\n"


def start(folder: Path, *path: Path, locale: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    """Run the command's start with these folders ahead of everything else."""
    found = os.pathsep.join(map(str, path))
    return subprocess.run(
        [sys.executable, "-P", "-m", "kawaraban", "--version"],
        cwd=folder,
        check=False,
        env=os.environ | {"PYTHONPATH": found, "LC_ALL": locale},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_ours_are_started(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()  # in the working directory, where nobody looks

    result = start(tmp_path, ROOT)

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("kawaraban ")


@pytest.mark.parametrize("name", ["bot", "adapters"])
@pytest.mark.parametrize(("locale", "remedy"), [("C.UTF-8", "environment of its own"), ("ja_JP.UTF-8", "専用の環境")])
def test_another_package_of_the_name_is_told(name: str, locale: str, remedy: str, tmp_path: Path) -> None:
    package = tmp_path / "elsewhere" / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(FOREIGN)

    result = start(tmp_path, tmp_path / "elsewhere", ROOT, locale=locale)

    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert f"{package}/__init__.py" in line
    assert remedy in line


@pytest.mark.parametrize("way", ["written over", "a module", "gone"])
def test_a_package_that_is_no_longer_ours_is_told(way: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "kawaraban.py", tmp_path)
    for name in ("bot", "adapters"):
        (tmp_path / name).mkdir()
        shutil.copy(ROOT / name / "__init__.py", tmp_path / name)
    if way == "written over":
        (tmp_path / "bot" / "__init__.py").write_text(FOREIGN)
    else:
        shutil.rmtree(tmp_path / "bot")
    if way == "a module":
        (tmp_path / "bot.py").write_text(FOREIGN)

    result = start(tmp_path, tmp_path)

    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert " “bot” " in result.stderr
