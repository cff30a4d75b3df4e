"""The benches of delivery name what is wrong, and look away from nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bench import crash
from bench.crash import Outcome, Run, plan
from bench.databases import Files
from bench.digests import DAY
from bench.fanout import Measured, report
from bench.worker import Moment, expected
from bot.models import ChannelKey, DeliveryKey, Notice, Place
from tests.fakes.platform import FakePlatform
from tests.fakes.platform_process import FakePlatformProcess


def test_every_way_to_die_is_drawn() -> None:
    drawn = [plan(Random(seed), 6, 30) for seed in range(200)]
    assert {one.name for one in drawn} == {"opening", "any time", *(moment.value for moment in Moment)}
    assert all(1 <= one.death.count <= (6 if one.name == "building" else 10) for one in drawn if one.death)


def test_the_same_seed_plans_the_same_run(tmp_path: Path) -> None:
    server = FakePlatformProcess(1)
    one, other = (Run(7, "postgresql", Files(tmp_path), server, tmp_path) for _ in range(2))
    assert one._plans == other._plans
    assert 1 <= sum(map(len, one._plans.values())) <= 5


def test_what_is_expected_are_a_headline_and_its_cards() -> None:
    found = expected(["c"], 3)
    parts = ("headline", "card:1", "card:2", "card:3")
    assert found == {"c": [DeliveryKey.of(ChannelKey("fake", "c"), DAY, part).value for part in parts]}


async def test_a_repeated_message_and_a_missing_one_are_found(tmp_path: Path) -> None:
    """The judge is shown what it must not accept: one message too many, and a ledger that claims to have sent."""
    with FakePlatformProcess.serving() as server:
        run = Run(1, "sqlite", Files(tmp_path), server, tmp_path)
        channel = ChannelKey("fake", run._channels[0])
        headline = DeliveryKey(run._expected[channel.name][0])
        async with FakePlatform(server.url) as platform:
            for _ in range(2):
                await platform.post(Place(channel), Notice("digest.empty.weekend", "en"), headline)
        await run._judge([], lookups=True)
    assert run.outcome.duplicated == 1
    assert run.outcome.lost == sum(map(len, run._expected.values())) - 1
    assert any("the ledger has 0 rows" in fault for fault in run.outcome.wrong)


async def test_a_worker_that_fails_is_no_killed_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Files, "fresh", lambda self: "sqlite+aiosqlite:////proc/nowhere/x.sqlite3")
    monkeypatch.setattr(Files, "drop", lambda self, url: None)
    with FakePlatformProcess.serving() as server:
        run = Run(3, "sqlite", Files(tmp_path), server, tmp_path)
        outcome = await run.play(asyncio.Lock(), lookups=True)
    failed, unread = outcome.wrong
    assert "ended with 1" in failed
    assert "could not be judged" in unread
    assert outcome.lost


def test_outcomes_add_up() -> None:
    total = Outcome()
    for lost in (0, 2):
        total.add(Outcome(runs=1, kills=3, lost=lost, duplicated=1, wrong=["x"] * lost))
    assert total.line() == "runs=2 lost=2 duplicated=2"
    assert (total.kills, total.wrong) == (6, ["x", "x"])


BARE = Measured("bare aiohttp", 10_000, wall=7.0, processor=4.0, server=0, peak=2**20)
GOOD = replace(BARE, name="sqlite, 1 worker", wall=12.0, processor=8.0)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (replace(GOOD, wall=15.0), "2.14 times as long"),
        (replace(GOOD, processor=11.0), "1.10 ms a delivery"),
        (replace(GOOD, peak=90 * 2**20), "90 MiB"),
        (replace(GOOD, wrong=("1 lost",)), "1 lost"),
    ],
)
def test_a_figure_out_of_bounds_is_named(bad: Measured, says: str) -> None:
    assert report([BARE, GOOD]) == []
    (fault,) = report([BARE, bad])
    assert says in fault


def test_slower_with_more_workers_and_steep_growth_are_named() -> None:
    one, three = (replace(GOOD, name=f"postgresql, {name}") for name in ("1 worker", "3 workers"))
    assert report([BARE, one, replace(three, wall=13.0)]) == []
    (slower,) = report([BARE, replace(one, wall=9.0), replace(three, wall=13.0)])
    assert "three workers" in slower
    small = replace(GOOD, size=100, processor=0.01)
    (steep,) = report([replace(BARE, size=100, processor=0.04), small, BARE, GOOD])
    assert "grows as n^1.45" in steep


def test_the_whole_bench_has_the_runs_that_are_promised() -> None:
    assert crash.RUNS["sqlite"] >= 200
    assert crash.RUNS["postgresql"] >= 100
