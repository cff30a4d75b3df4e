"""Summaries from end to end against the stand-in of Claude: every way in which it can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.claude.client import Claude
from bot.claude.summarize import ClaudeSummarizer
from bot.models import Failure, FindingKind, Paper, PaperId, Style, Summary
from bot.store.store import Store
from bot.summaries.budget import Budget
from bot.summaries.summaries import Outcome, Summaries, Timing
from tests.fakes import invented
from tests.fakes.sources_corpus import Record
from tests.support import standins, stores
from tests.support.authors import FIRST, OTHER, database, opened

UNVERIFIED = "summary.unverified"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def store(template: Path, tmp_path: Path, recorded: list[Paper]) -> AsyncIterator[Store]:
    async with opened(template, tmp_path) as ours:
        await ours.papers.save(recorded)
        yield ours


@pytest.fixture(scope="module")
def recorded() -> list[Paper]:
    """The first papers of an invented day."""
    return [_paper(record) for record in invented.days().listing(date(2026, 2, 24))[:6]]


def _paper(record: Record) -> Paper:
    return Paper(
        id=PaperId.arxiv(record.id),
        title=record.title,
        abstract=record.abstract,
        authors=record.authors,
        published=stores.NOW,
        url=f"https://arxiv.org/abs/{record.id}",
        arxiv_id=record.id,
        signals=(stores.listed(),),
    )


async def no_wait(seconds: float) -> None:
    """Stands for `asyncio.sleep` between attempts."""


@asynccontextmanager
async def use_case(
    store: Store, claude: standins.Claude, *, seconds: float = 20, cap: float | None = 1.0, concurrency: int = 4
) -> AsyncIterator[Summaries]:
    def now() -> datetime:
        return datetime.now(UTC)

    async with Claude("key", base_url=claude.url, timeout=seconds, concurrency=concurrency, sleep=no_wait) as client:
        budget = Budget(store, cap, ZoneInfo("Asia/Tokyo"), now)
        yield Summaries(store, ClaudeSummarizer(client), budget, (FIRST, OTHER), now, timing=Timing(poll=0.02))


async def write(summaries: Summaries, papers: list[Paper], language: str = "ja") -> list[Outcome]:
    return list((await summaries.write(papers, language, Style.BRIEF)).values())


def code(outcome: Outcome) -> str:
    return outcome.code if isinstance(outcome, Failure) else "verified"


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_day_of_papers(store: Store, claude: standins.Claude, recorded: list[Paper], language: str) -> None:
    async with use_case(store, claude) as summaries:
        outcomes = await write(summaries, recorded, language)
        assert await write(summaries, recorded, language) == outcomes
    assert [code(outcome) for outcome in outcomes] == ["verified"] * 6
    totals = claude.totals()
    assert (totals["calls"], totals["duplicates"]) == (6, 0)
    assert totals["max_concurrency"] <= 4
    # One call wrote the prompt's cache, and five read it.
    assert totals["cache_read_input_tokens"] == 5 * totals["cache_creation_input_tokens"] > 0
    assert {entry["model"] for entry in claude.log()} == {FIRST}


FOR_EVER = [
    ("english", UNVERIFIED, FindingKind.UNTRANSLATED, 3),
    ("wrong_numbers", UNVERIFIED, FindingKind.NUMBER, 3),
    ("wrong_paper", UNVERIFIED, None, 3),
    ("truncated", UNVERIFIED, FindingKind.TRUNCATED, 3),
    ("refusal", UNVERIFIED, FindingKind.REFUSAL, 3),
    ("injected", UNVERIFIED, FindingKind.INSTRUCTION, 3),
    ("empty", UNVERIFIED, FindingKind.EMPTY, 3),
    ("preamble", UNVERIFIED, FindingKind.PREAMBLE, 3),
    ("bad_json", UNVERIFIED, FindingKind.MALFORMED, 3),
    ("bad_body", "model.malformed_answer", None, 3),
    ("overloaded", "model.overloaded", None, 3),
    ("rate_limited", "model.rate_limited", None, 3),
    ("server_error", "model.server_error", None, 3),
    ("slow:60", "model.timeout", None, 1),
    ("auth", "model.auth", None, 1),
    ("credit", "model.credit", None, 1),
]


@pytest.mark.parametrize(("mode", "expected", "finding", "calls"), FOR_EVER, ids=[row[0] for row in FOR_EVER])
async def test_for_ever(
    store: Store,
    claude: standins.Claude,
    recorded: list[Paper],
    mode: str,
    expected: str,
    finding: FindingKind | None,
    calls: int,
) -> None:
    claude.mode(mode)
    async with use_case(store, claude, seconds=0.5 if mode == "slow:60" else 20) as summaries:
        (outcome,) = await write(summaries, recorded[:1])
    assert isinstance(outcome, Failure)
    assert outcome.code == expected
    assert (finding is None) or finding in {found.kind for found in outcome.findings}
    assert claude.totals()["calls"] == calls
    assert await store.summaries.get([recorded[0].id], "ja", Style.BRIEF) == {}


ONCE = [mode for mode, *_ in FOR_EVER if mode not in {"slow:60", "auth", "credit"}]


@pytest.mark.parametrize("mode", ONCE)
async def test_once(store: Store, claude: standins.Claude, recorded: list[Paper], mode: str) -> None:
    claude.mode(mode, times=1)
    async with use_case(store, claude) as summaries:
        (outcome,) = await write(summaries, recorded[:1])
    assert isinstance(outcome, Summary)
    assert outcome.model == FIRST
    totals = claude.totals()
    assert (totals["calls"], totals["duplicates"]) == (2, 0)


@pytest.mark.parametrize("mode", ["slow:60", "auth", "credit"])
async def test_once_then_in_the_next_run(
    store: Store, claude: standins.Claude, recorded: list[Paper], mode: str
) -> None:
    claude.mode(mode, times=1)
    async with use_case(store, claude, seconds=1) as summaries:
        assert isinstance((await write(summaries, recorded[:1]))[0], Failure)
        assert isinstance((await write(summaries, recorded[:1]))[0], Summary)


async def test_the_second_model_mends_what_the_first_one_cannot(
    store: Store, claude: standins.Claude, recorded: list[Paper]
) -> None:
    claude.mode("english", match=f'"model": "{FIRST}"')
    async with use_case(store, claude) as summaries:
        (outcome,) = await write(summaries, recorded[:1])
    assert isinstance(outcome, Summary)
    assert outcome.model == OTHER
    assert [entry["model"] for entry in claude.log()] == [FIRST, FIRST, OTHER]


async def test_one_bad_paper_among_good_ones(store: Store, claude: standins.Claude, recorded: list[Paper]) -> None:
    claude.mode("wrong_numbers", match=recorded[2].title)
    async with use_case(store, claude) as summaries:
        outcomes = await write(summaries, recorded)
        assert await write(summaries, recorded) == outcomes
    assert [code(outcome) for outcome in outcomes] == ["verified"] * 2 + [UNVERIFIED] + ["verified"] * 3
    assert claude.totals()["calls"] == 5 + 3


async def test_a_wrong_key_is_met_once(store: Store, claude: standins.Claude, recorded: list[Paper]) -> None:
    claude.mode("auth")
    async with use_case(store, claude) as summaries:
        outcomes = await write(summaries, recorded)
    assert [code(outcome) for outcome in outcomes] == ["model.auth"] * 6
    assert claude.totals()["calls"] == 1


async def test_the_cap_stops_in_the_middle(store: Store, claude: standins.Claude, recorded: list[Paper]) -> None:
    async with use_case(store, claude, cap=0.0045) as summaries:
        outcomes = await write(summaries, recorded)
    found = [code(outcome) for outcome in outcomes]
    assert set(found) == {"verified", "budget.day"}
    assert claude.totals()["calls"] == found.count("verified")
    (spent,) = (await store.spend.by_day(datetime(2000, 1, 1, tzinfo=UTC).date())).values()
    assert spent < 0.0045


async def test_the_client_bounds_what_is_under_way(
    store: Store, claude: standins.Claude, recorded: list[Paper]
) -> None:
    claude.mode("slow:0.2")
    async with use_case(store, claude, concurrency=2) as summaries:
        await write(summaries, recorded)
    assert claude.totals()["max_concurrency"] == 2


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from bot.summaries.budget import Budget
from bot.claude.client import Claude
from bot.claude.summarize import ClaudeSummarizer
from bot.models import PaperId, Style, Summary
from bot.store.location import sqlite_url
from bot.store.store import Store
from bot.summaries.summaries import Summaries
from pathlib import Path

def now():
    return datetime.now(UTC)

async def main(path, url, *ids):
    async with Store.open(sqlite_url(Path(path))) as store, Claude("key", base_url=url) as claude:
        papers = await store.papers.get_many([PaperId.parse(one) for one in ids])
        budget = Budget(store, 1.0, ZoneInfo("UTC"), now)
        summaries = Summaries(store, ClaudeSummarizer(claude), budget, ("claude-haiku-5-5", None), now)
        print("ready", flush=True)
        sys.stdin.readline()
        outcomes = await summaries.write(list(papers.values()), "ja", Style.BRIEF)
        print(sum(isinstance(one, Summary) for one in outcomes.values()))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_pay_once(store: Store, claude: standins.Claude, recorded: list[Paper]) -> None:
    claude.mode("slow:0.3")
    papers = recorded[:4]
    other = stores.start(WRITER, store.location, claude.url, *[one.id for one in papers])
    try:
        assert other.stdout
        assert other.stdin
        assert await asyncio.to_thread(other.stdout.readline) == "ready\n"
        other.stdin.write("go\n")
        other.stdin.flush()
        async with use_case(store, claude) as summaries:
            outcomes = await write(summaries, papers)
        assert await asyncio.to_thread(stores.outcome, other) == "4\n"
    finally:
        other.kill()
    assert [code(outcome) for outcome in outcomes] == ["verified"] * 4
    assert claude.totals()["calls"] == 4
