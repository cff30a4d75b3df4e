"""The daily cap: reserved before a call, settled after it, reset at local midnight."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import BudgetError, ModelBusy
from bot.models import Usage
from bot.store.location import sqlite_url
from bot.store.store import Store
from bot.summaries.budget import Budget
from tests.support.authors import Clock

TOKYO = ZoneInfo("Asia/Tokyo")
EVENING = datetime(2031, 5, 14, 14, 59, tzinfo=UTC)  # 23:59 in Tokyo


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(sqlite_url(tmp_path / "k.sqlite3")) as opened:
        yield opened


async def test_what_a_call_cost_takes_the_place_of_its_estimate(store: Store) -> None:
    budget = Budget(store, 1.0, TOKYO, Clock(EVENING))
    async with budget.call("m", 0.5, "summary", "terminal:default") as settle:
        assert await budget.spent_today() == 0.5
        await settle(Usage(usd=0.125))
    assert await budget.spent_today() == 0.125


async def test_the_cap_itself_may_be_reached_but_not_passed(store: Store) -> None:
    clock = Clock(EVENING)
    budget = Budget(store, 1.0, TOKYO, clock)
    for _ in range(2):
        async with budget.call("m", 0.5, "summary") as settle:
            await settle(Usage(usd=0.5))
    with pytest.raises(BudgetError) as refused:
        async with budget.call("m", 0.001, "summary"):
            raise AssertionError("the call must not begin")
    assert refused.value.code == "budget.day"
    assert refused.value.arguments == {"cap_usd": 1.0, "resets_at": datetime(2031, 5, 14, 15, 0, tzinfo=UTC)}

    clock.now = datetime(2031, 5, 14, 15, 0, tzinfo=UTC)
    assert await budget.spent_today() == 0
    async with budget.call("m", 0.5, "summary"):
        pass


async def test_without_a_cap_everything_goes(store: Store) -> None:
    budget = Budget(store, None, TOKYO, Clock(EVENING))
    async with budget.call("m", 1e6, "summary") as settle:
        await settle(Usage(usd=1e6))
    assert await budget.spent_today() == 1e6


async def test_a_failed_call_counts_what_it_may_have_cost(store: Store) -> None:
    budget = Budget(store, 1.0, TOKYO, Clock(EVENING))
    for usd in (0.0, 0.25):
        with pytest.raises(ModelBusy):
            async with budget.call("m", 0.5, "summary"):
                raise ModelBusy("model.timeout", usd=usd)
    assert await budget.spent_today() == 0.25


async def test_a_call_with_an_unknown_end_counts_in_full(store: Store) -> None:
    budget = Budget(store, 1.0, TOKYO, Clock(EVENING))
    with pytest.raises(ZeroDivisionError):
        async with budget.call("m", 0.5, "summary"):
            raise ZeroDivisionError
    assert await budget.spent_today() == 0.5


@pytest.mark.parametrize(
    ("zone", "now", "resets_at"),
    [
        ("America/New_York", "2031-03-09T05:30+00:00", "2031-03-10T04:00+00:00"),  # the day that loses an hour
        ("America/New_York", "2031-11-02T04:30+00:00", "2031-11-03T05:00+00:00"),  # the day that gains one
        ("UTC", "2031-12-31T23:59+00:00", "2032-01-01T00:00+00:00"),
    ],
)
async def test_days_are_the_zones(store: Store, zone: str, now: str, resets_at: str) -> None:
    budget = Budget(store, 0, ZoneInfo(zone), Clock(datetime.fromisoformat(now)))
    with pytest.raises(BudgetError) as refused:
        async with budget.call("m", 0.5, "summary"):
            raise AssertionError("the call must not begin")
    assert refused.value.arguments["resets_at"] == datetime.fromisoformat(resets_at)


async def spent(budget: Budget, usd: float, channel: str = "slack:T1/C1", asker: str = "") -> str:
    """The code of the cap that was reached; empty where the call was allowed."""
    try:
        async with budget.call("m", usd, "summary", channel, asker) as settle:
            await settle(Usage(usd=usd))
    except BudgetError as error:
        return error.code
    return ""


async def test_one_person_may_ask_for_a_part_of_the_cap(store: Store) -> None:
    budget = Budget(store, 1.0, TOKYO, Clock(EVENING))

    assert await spent(budget, 0.25, asker="one") == ""
    assert await spent(budget, 0.01, asker="one") == "budget.person"
    assert await spent(budget, 0.01, "slack:T1/C2", asker="one") == "budget.person"
    assert await spent(budget, 0.01, asker="other") == ""
    assert budget.reached("budget.person").arguments == {"cap_usd": 0.25, "resets_at": budget.resets_at()}


async def test_one_channels_people_may_ask_for_a_part_of_the_cap_and_its_digest_for_the_rest(store: Store) -> None:
    budget = Budget(store, 1.0, TOKYO, Clock(EVENING))

    for person in ("one", "two"):
        assert await spent(budget, 0.25, asker=person) == ""
    assert await spent(budget, 0.01, asker="three") == "budget.channel"
    assert await spent(budget, 0.01, "slack:T1/C2", asker="three") == ""
    assert await spent(budget, 0.45) == ""
    assert await spent(budget, 0.1) == "budget.day"


async def test_without_a_cap_people_may_ask_for_anything(store: Store) -> None:
    assert await spent(Budget(store, None, TOKYO, Clock(EVENING)), 1e6, asker="one") == ""
