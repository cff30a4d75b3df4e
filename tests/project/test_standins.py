"""The stand-in servers answer, can be told to misbehave, and start every test afresh."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.standins import Claude, StandIn, Upstream


def status(url: str) -> int:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=120) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


QUERY = "/api/query?search_query=cat:cs.CL&max_results=1"


def test_a_fault_is_served_as_often_as_asked(upstream: Upstream) -> None:
    upstream.fault("arxiv:503:1")

    assert [status(upstream.url + QUERY) for _ in range(2)] == [503, 200]
    assert [entry["status"] for entry in upstream.log("arxiv")] == [503, 200]
    assert upstream.log("hf") == []


@pytest.mark.parametrize("_", range(2))
def test_faults_log_and_day_do_not_reach_the_next_test(upstream: Upstream, _: int) -> None:
    assert upstream.log() == []
    assert status(upstream.url + "/api/daily_papers?date=2026-02-27") == 200

    upstream.today("2026-02-20")
    upstream.fault("hf:500:always")


def test_a_polite_arxiv_refuses_haste(polite_upstream: Upstream) -> None:
    answers = [status(polite_upstream.url + QUERY)]
    while answers[-1] == 200 and len(answers) < 100:  # a busy machine may itself be slow enough to be polite
        answers.append(status(polite_upstream.url + QUERY))
    assert answers[-1] == 429


def test_claude_takes_a_mode_and_forgets_it(claude: Claude) -> None:
    claude.mode("english", times=2, match="a paper")
    claude.mode("refusal")

    assert claude.control("GET", "/_mode")["default"]["mode"] == "refusal"
    assert status(claude.url + "/v1/models") == 401
    assert len(claude.log()) == claude.totals()["calls"] == 1

    claude.reset()

    assert claude.log() == []
    assert claude.control("GET", "/_mode")["default"]["mode"] == "ok"


def test_a_refused_command_is_an_error(upstream: Upstream) -> None:
    with pytest.raises(ValueError, match="_fault"):
        upstream.fault("nobody:503")


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    nothing = f"--recordings={tmp_path}"

    with (
        pytest.raises(RuntimeError, match="holds no recorded days"),
        StandIn.running("tests.fakes.sources_process", nothing),
    ):
        pytest.fail("it started")


def test_what_tests_talk_to_is_their_own(root: Path) -> None:
    """The shared material's tools are asked in one file, which holds the platforms' own descriptions."""
    folder = "shared / " + '"tools"'
    asking = [file for file in (root / "tests").rglob("*.py") if folder in file.read_text(encoding="utf-8")]

    assert [file.relative_to(root).as_posix() for file in asking] == ["tests/adapters/test_descriptions.py"]
