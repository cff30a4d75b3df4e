"""Six days and the weekend among them, through the command line, in one database.

The days are invented, and once more the real ones, where the shared test material is at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.checking.check import check
from tests.fakes import invented, sources_corpus
from tests.fakes.sources_corpus import Corpus
from tests.support.cli import Result, kawaraban
from tests.support.standins import Claude, Upstream

DAYS = ("2026-02-20", "2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27")
WEEKEND = ("2026-02-21", "2026-02-22")
ARXIV_PAGE = 500
S2_BATCH = 500


@dataclass
class Recorded:
    """What the runs gave, and what they asked for, by day; `corpus` is what the sources had."""

    corpus: Corpus
    results: dict[str, Result] = field(default_factory=dict)
    digests: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    requests: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    questions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    again: dict[str, tuple[str, int, int]] = field(default_factory=dict)  # post, requests, questions of a second run

    def entries(self, days: tuple[str, ...] = DAYS) -> list[dict[str, Any]]:
        return [entry for day in days for entry in self.digests[day]["entries"]]


def settings(upstream: Upstream, claude: Claude, database: str) -> dict[str, str]:
    return {
        "ARXIV_API_URL": upstream.url,
        "HUGGINGFACE_API_URL": upstream.url,
        "SEMANTIC_SCHOLAR_API_URL": upstream.url,
        "ANTHROPIC_BASE_URL": claude.url,
        "ANTHROPIC_API_KEY": "any",
        "ARXIV_INTERVAL_SECONDS": "0",
        "DATABASE_URL": database,
        "LC_ALL": "en_GB.UTF-8",
    }


@pytest.fixture(
    scope="module", params=["invented", pytest.param("real", marks=[pytest.mark.needs("shared"), pytest.mark.long])]
)
def recorded(
    request: pytest.FixtureRequest, _claude: Claude, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    if request.param == "invented":
        found, upstream = Recorded(invented.days()), request.getfixturevalue("_upstream")
    else:
        recordings = request.getfixturevalue("shared") / "recordings"
        found, upstream = Recorded(sources_corpus.load(recordings)), request.getfixturevalue("_real_upstream")
    folder = tmp_path_factory.mktemp("recorded")
    environment = settings(upstream, _claude, str(folder / "kawaraban.sqlite3"))
    for day in sorted((*DAYS, *WEEKEND)):
        upstream.reset(day)
        _claude.reset()
        hugo = ("digest", "--date", day, "--language", "ja", "--format", "hugo", "--output", str(folder / "blog"))
        found.results[day] = kawaraban(*hugo, environment=environment)
        found.requests[day] = upstream.log()
        found.questions[day] = _claude.log()
        post = Path(found.results[day].out.strip())
        found.posts[day] = post.read_text() if found.results[day].out else ""
        kawaraban(*hugo, environment=environment)
        again = post.read_text() if found.results[day].out else ""
        found.again[day] = (again, len(upstream.log()), len(_claude.log()))
        shown = kawaraban("digest", "--date", day, "--language", "ja", "--format", "json", environment=environment)
        found.digests[day] = json.loads(shown.out)
    yield found
    upstream.reset()
    _claude.reset()


def test_every_day_has_its_digest(recorded: Recorded) -> None:
    for day in DAYS:
        assert recorded.results[day].status == 0, recorded.results[day].err
        assert len(recorded.digests[day]["entries"]) == 5
        assert recorded.posts[day].startswith("---\n")


def test_the_weekend_has_unseen_papers_or_says_why(recorded: Recorded) -> None:
    for day in WEEKEND:
        assert recorded.results[day].status == 0
        assert recorded.digests[day]["entries"] or recorded.digests[day]["empty"]


def test_no_paper_comes_twice(recorded: Recorded) -> None:
    ids = [entry["arxiv_id"] for entry in recorded.entries((*DAYS, *WEEKEND))]

    assert len(ids) == len(set(ids))


def test_every_summary_is_japanese_and_verified(recorded: Recorded) -> None:
    for entry in recorded.entries():
        assert entry["verified"], (entry["id"], entry["failure"])
        assert not check(title=entry["title"], source=entry["abstract"], summary=entry["summary"], language="ja")


def test_papers_of_arxiv_and_hugging_face_carry_signals_of_both(recorded: Recorded) -> None:
    on_arxiv = {record.id for record in recorded.corpus.records.values() if record.announced}
    on_hugging_face = {item["paper"]["id"] for items in recorded.corpus.daily.values() for item in items}
    both = [entry for entry in recorded.entries() if entry["arxiv_id"] in on_arxiv & on_hugging_face]

    assert both
    for entry in both:
        assert {"arxiv", "huggingface"} <= {signal["source"] for signal in entry["signals"]}


def test_some_papers_do_not_come_from_hugging_face(recorded: Recorded) -> None:
    elsewhere = [entry for entry in recorded.entries() if "huggingface" not in entry["sources"]]

    assert len(elsewhere) >= 3


def test_the_sources_are_asked_sparingly(recorded: Recorded) -> None:
    for day in sorted((*DAYS, *WEEKEND)):
        by_source: dict[str, list[dict[str, Any]]] = {}
        for request in recorded.requests[day]:
            by_source.setdefault(request["source"], []).append(request)
        arxiv_pages = sum("search_query" in str(r["query"]) for r in by_source["arxiv"])
        batches = sum(r["path"].endswith("/paper/batch") and r["status"] == 200 for r in by_source["s2"])

        assert len(by_source["arxiv"]) <= 3 + arxiv_pages
        # A day that came empty is asked for once more.
        assert len({(r["path"], str(r["query"])) for r in by_source["hf"]}) <= 8
        assert len(by_source["hf"]) <= 9
        assert len(by_source["s2"]) <= 2 + batches


def test_claude_is_asked_once_for_each_paper_shown(recorded: Recorded) -> None:
    for day in DAYS:
        assert len(recorded.questions[day]) == 5
        assert sorted(q["title"] for q in recorded.questions[day]) == sorted(
            entry["title"] for entry in recorded.digests[day]["entries"]
        )


def test_a_second_run_changes_nothing_and_asks_nobody(recorded: Recorded) -> None:
    for day in DAYS:
        post, requests, questions = recorded.again[day]
        assert post == recorded.posts[day]
        assert (requests, questions) == (len(recorded.requests[day]), len(recorded.questions[day]))


def test_the_status_line_tells_what_happened(recorded: Recorded) -> None:
    assert "Looked at" in recorded.results["2026-02-27"].err
    status = recorded.digests["2026-02-27"]["status"]
    assert {name: source["ok"] for name, source in status["sources"].items()} == {
        "arxiv": True,
        "huggingface": True,
        "semantic_scholar": True,
    }


@pytest.mark.needs("postgresql")
@pytest.mark.parametrize("recorded", ["invented"], indirect=True)
def test_a_day_is_the_same_on_postgresql(
    recorded: Recorded, upstream: Upstream, claude: Claude, postgresql_url: str
) -> None:
    environment = settings(upstream, claude, postgresql_url)
    day = DAYS[0]  # the first one, which no earlier day has taken papers from
    upstream.reset(day)
    order = ("digest", "--date", day, "--language", "ja", "--format", "json")

    first = kawaraban(*order, environment=environment)
    questions = len(claude.log())
    again = kawaraban(*order, environment=environment)

    assert first.status == 0, first.err
    assert json.loads(first.out) == recorded.digests[day]
    assert json.loads(again.out) == json.loads(first.out)
    assert len(claude.log()) == questions == 5

    state = kawaraban("status", environment=environment)
    assert state.status == 0, state.err
    assert day in state.out
    copy = kawaraban("backup", "copy", environment=environment)
    assert copy.status == 1
    assert "pg_dump" in copy.err
