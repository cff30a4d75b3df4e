"""The last line of a run names what the machine lacks, whoever skipped and however many workers ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import needs

pytest_plugins = ("pytester",)

CONFTEST = """
    from tests.support import needs

    needs.ADDS = {"sun": "warm days"}
    needs.NEEDS = {
        "moon": (lambda: None, "go there"), "sun": (lambda: None, "wait for the day"), "earth": (lambda: "here", "")
    }

    def pytest_configure(config):
        config.addinivalue_line("markers", "needs(name): what the test needs")
        config.pluginmanager.register(needs.NotRun(config), "not-run")
"""
MISSING = """
    import pytest
    from tests.support import needs

    @pytest.fixture(scope="session")
    def rocket():
        needs.require("moon")

    @pytest.mark.needs("moon")
    def test_by_mark(): ...

    @pytest.mark.parametrize("number", range(2))
    def test_by_fixture(rocket, number): ...

    @pytest.mark.needs("earth", "sun")
    def test_second_need(): ...

    @pytest.mark.needs("earth")
    def test_runs(): ...

    @pytest.mark.skip(reason="some day")
    def test_later(): ...

    @pytest.mark.xfail(strict=True)
    def test_expected_to_fail():
        assert False
"""


def last_lines(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[str]:
    """The last two lines of a run in its own process: pytest's summary and ours."""
    monkeypatch.setenv("PYTHONPATH", str(needs.ROOT))
    pytester.makeconftest(CONFTEST)
    # Plugins that the small run does not use cost it seconds.
    result = pytester.runpytest_subprocess("-p", "no:cov", "-p", "no:hypothesispytest", "-p", "no:asyncio", *arguments)
    return result.outlines[-2:]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="one process"),
        pytest.param(("-n", "2"), id="two workers", marks=pytest.mark.long),
    ],
)
def test_what_is_missing_is_counted(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    pytester.makepyfile(MISSING)

    summary, line = last_lines(pytester, monkeypatch, *arguments)

    assert line == "NOT RUN: moon (3 tests), other (1 test), sun (1 test: warm days)"
    assert "1 passed, 5 skipped, 1 xfailed" in summary


def test_a_module_skipped_while_collected_is_counted(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("import pytest\npytest.importorskip('no_such_module')")

    assert last_lines(pytester, monkeypatch)[-1] == "NOT RUN: other (1 test)"


def test_nothing_missing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile("def test_runs(): ...")

    assert last_lines(pytester, monkeypatch)[-1] == "everything ran"


def test_a_broken_run_does_not_claim_that_everything_ran(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("import no_such_module")

    assert "1 error" in last_lines(pytester, monkeypatch)[-1]


def test_shared_folder_is_the_one_of_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KAWARABAN_SHARED", str(tmp_path))
    assert needs.shared_folder() is None

    (tmp_path / "recordings").mkdir()

    assert needs.shared_folder() == tmp_path


def test_a_command_is_looked_for_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert needs.chromium() is None

    browser = tmp_path / "chromium-browser"
    browser.touch(mode=0o755)

    assert needs.chromium() == str(browser)
