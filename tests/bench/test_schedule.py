"""The bench of the schedule: a smaller play of it, and that it notices what it is there to notice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bench.schedule import FIRST, ZONES, Clock, Play, channels, played, report


def play(count: int, days: int) -> Play:
    begins = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) - timedelta(hours=14)
    return Play(channels(count, seed=7), days, Clock(begins), random.Random(7))


async def test_every_local_day_across_a_change_of_the_clocks_is_made_once(sqlite_database: str) -> None:
    week = play(2 * len(ZONES), 4)
    week.step = timedelta(hours=2)

    found = await played(week, sqlite_database, tickers=3)

    assert report(week, found, 0) == 0
    assert len(found) >= 8 * 4


@pytest.mark.parametrize(("change", "wrong"), [(-1, 1), (1, 1), (0, 0)])
def test_a_missing_or_doubled_day_is_found(change: int, wrong: int, capsys: pytest.CaptureFixture[str]) -> None:
    week = play(4, 2)
    found = Counter(dict.fromkeys(week.wanted, 1))
    found[min(week.wanted, key=str)] += change

    assert report(week, +found, 0) == wrong
    assert capsys.readouterr().out.splitlines()[-1].startswith("channel-days=8 missing=")
