"""`make fuzz` finds what a property test misses with its fixed examples, and says what to keep of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.needs import ROOT

FAULTY = """
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

@given(count=st.integers(), word=st.sampled_from("ab"))
def test_of_values(pytestconfig, count, word):
    assert count < 1000 or word == "a"

@given(data=st.data())
def test_that_draws(data):
    assert data.draw(st.integers()) < 1000

class Counter(RuleBasedStateMachine):
    total = 0

    @rule(more=st.integers(0, 100))
    def add(self, more):
        self.total += more
        assert self.total < 150

TestCounter = Counter.TestCase

def test_without_examples():
    raise AssertionError("only property tests are run")
"""

SOUND = """
from hypothesis import given
from hypothesis import strategies as st

@given(st.integers())
def test_sound(count):
    assert count == count
"""


def fuzz(folder: Path, source: str, minutes: str) -> subprocess.CompletedProcess[str]:
    folder.joinpath("test_invented.py").write_text(source)
    command = [sys.executable, "-m", "tests.support.fuzz", "--minutes", minutes, "--jobs", "1", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_failures_come_as_examples_to_keep(tmp_path: Path) -> None:
    # It ends by itself as soon as every test has failed.
    run = fuzz(tmp_path, FAULTY, "5")

    assert run.returncode == 1, run.stdout + run.stderr
    assert "@example(\n    count=1000,\n    word='b',\n)" in run.stdout
    assert "Draw 1: 1000" in run.stdout
    assert "state = Counter()\nstate.add(" in run.stdout
    assert "@reproduce_failure(" in run.stdout
    assert "3 found" in run.stdout
    assert "test_without_examples" not in run.stdout


@pytest.mark.long
def test_sound_tests_run_until_the_time_is_up(tmp_path: Path) -> None:
    run = fuzz(tmp_path, SOUND, "0.1")

    assert run.returncode == 0, run.stdout + run.stderr
    assert "fuzz: round 1" in run.stdout
    assert "0 found" in run.stdout


@pytest.mark.long
def test_a_folder_that_cannot_be_read_is_no_success(tmp_path: Path) -> None:
    run = fuzz(tmp_path, "raise RuntimeError('broken')", "5")

    assert run.returncode == 1
    assert "RuntimeError: broken" in run.stdout


def test_fixed_examples_are_the_same_in_every_run() -> None:
    from hypothesis import settings

    fixed, fresh = settings.get_profile("kawaraban"), settings.get_profile("fuzz")

    assert (fixed.derandomize, fixed.database, fixed.deadline) == (True, None, None)
    assert (fresh.derandomize, fresh.database, fresh.deadline) == (False, None, None)
