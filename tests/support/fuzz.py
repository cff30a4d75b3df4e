"""Search for new failures of the property tests: `make fuzz`, or `python -m tests.support.fuzz`.

All hypothesis tests run in rounds, each with a fresh seed and order, until the time is up. A failed test is left out of
later rounds. At the end, each failure is printed in a form to keep: an `@example` for the test, the steps of a state
machine, or `@reproduce_failure` for values without a literal form.

The module is also a pytest plugin, which the rounds load: it selects the tests, stops them, and collects the failures.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Generator, Iterator
from pathlib import Path

import pytest

from tests.support import profiles
from tests.support.needs import ROOT

_ENDS = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


# --- the rounds -------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Fuzz for the stated time. Return 1 if there was a failure or pytest could not run, otherwise 0."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Run the property tests with fresh seeds.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--jobs", default="auto", help="processes at a time")
    parser.add_argument("paths", nargs="*", default=["tests"])
    asked = parser.parse_args(arguments)
    began = time.time()
    deadline = began + 60 * asked.minutes
    found: dict[str, str] = {}
    rounds = 0
    while time.time() < deadline:
        rounds += 1
        seed = random.SystemRandom().randrange(2**32)
        status, ran, failures = _round(asked.paths, asked.jobs, seed, deadline, sorted(found))
        found |= failures
        passed = (time.time() - began) / 60
        print(
            f"fuzz: round {rounds}, seed {seed}: {ran} property tests,"
            f" {passed:.1f} of {asked.minutes:g} minutes, {len(found)} found",
            flush=True,
        )
        if status not in _ENDS:
            print(f"fuzz: pytest ended with status {status}")
            return 1
        if not ran:  # time is up, or every test has failed
            break
    for test, example in found.items():
        print(f"\n{test}\n{example}")
    return int(bool(found))


def _round(
    paths: list[str], jobs: str, seed: int, deadline: float, known: list[str]
) -> tuple[int, int, dict[str, str]]:
    """Run one round. Return pytest's exit status, the number of tests, and the failures by test."""
    with tempfile.TemporaryDirectory(prefix="kawaraban-fuzz-") as folder:
        orders = Path(folder) / "orders.json"
        results = Path(folder) / "results.json"
        orders.write_text(json.dumps({"seed": seed, "deadline": deadline, "known": known, "results": str(results)}))
        options = [
            "-c",
            str(ROOT / "pyproject.toml"),
            "-q",
            "--no-header",
            "--no-summary",
            "--tb=no",
            "-p",
            "no:cacheprovider",
            "--dist",
            "worksteal",
        ]
        command = [sys.executable, "-m", "pytest", "-p", "tests.support.fuzz", "--fuzz", str(orders), *options]
        hypothesis = ["--hypothesis-profile", "fuzz", "--hypothesis-seed", str(seed)]
        status = subprocess.run([*command, *hypothesis, "-n", jobs, *paths], cwd=ROOT, check=False).returncode
        ran, failures = json.loads(results.read_text()) if results.exists() else (0, {})
    return status, ran, failures


# --- the plugin -------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    profiles.register()
    parser.addoption("--fuzz", metavar="FILE", help="what a round of tests.support.fuzz is to do")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Round(config), "fuzz-round")


class _Round:
    """The plugin for one round: it selects and stops tests in the workers, and collects reports in the controller."""

    def __init__(self, config: pytest.Config) -> None:
        orders = json.loads(Path(config.getoption("--fuzz")).read_text())
        self._seed: int = orders["seed"]
        self._deadline: float = orders["deadline"]
        self._known = set(orders["known"])
        self._results = Path(orders["results"])
        self._collects = not hasattr(config, "workerinput")
        self._ran = 0
        self._failures: dict[str, str] = {}

    @pytest.hookimpl(trylast=True)  # after hypothesis has marked its tests
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        chosen = [one for one in items if one.get_closest_marker("hypothesis") and one.nodeid not in self._known]
        chosen.sort(key=lambda one: one.nodeid)
        random.Random(self._seed).shuffle(chosen)  # the same order in every worker, as xdist requires
        config.hook.pytest_deselected(items=[one for one in items if one not in set(chosen)])
        items[:] = chosen

    def pytest_runtest_protocol(self) -> bool | None:
        return True if time.time() >= self._deadline else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed:
            fixtures = getattr(item, "fixturenames", ())
            error = call.excinfo.value if call.excinfo else None
            report.user_properties.append(("kept", kept(error, fixtures) or report.longreprtext[-2_000:]))
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failures[report.nodeid] = report.longreprtext

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._ran += report.when == "call"
        if report.failed:
            self._failures[report.nodeid] = str(dict(report.user_properties).get("kept", report.longreprtext))

    def pytest_sessionfinish(self) -> None:
        if self._collects:
            self._results.write_text(json.dumps([self._ran, self._failures]))


# --- what keeps a failure -----------------------------------------------------------------------


def kept(error: BaseException | None, fixtures: Collection[str] = ()) -> str:
    """Return the code that makes the test repeat the failing example, from hypothesis's notes; empty without notes."""
    notes = list(dict.fromkeys(_notes(error)))
    drawn = [note for note in notes if note.startswith("Failing test case")]
    return "\n".join(_kept(note, fixtures) for note in notes) if drawn else ""


def _notes(error: BaseException | None) -> Iterator[str]:
    if error is None:
        return
    for inner in getattr(error, "exceptions", ()):
        yield from _notes(inner)
    yield from getattr(error, "__notes__", ())


def _kept(note: str, fixtures: Collection[str]) -> str:
    if blob := re.search(r"@reproduce_failure\(.*\)(?= as a decorator)", note):
        return blob[0]
    example = re.match(r"Failing test case: \w+\(\n(.*)\n\)", note, re.DOTALL)
    if example is None or "=data(...)" in note:  # steps of a state machine, or interactively drawn values
        return note.strip()
    # Each argument begins on a line indented once; fixtures come from pytest, not from the example.
    arguments = re.split(r"\n(?=    \w+=)", "\n" + example[1])
    own = [one for one in arguments if one.strip() and one.strip().partition("=")[0] not in {*fixtures, "self"}]
    return "@example(\n" + "\n".join(own) + "\n)"


if __name__ == "__main__":
    sys.exit(main())
