"""Spending in the store: a cap that holds, whoever asks at the same time."""

import asyncio
from datetime import date, timedelta

from bot.models import Usage
from bot.store.spend import Cap, Cause, Spent
from bot.store.store import Store
from tests.support.stores import NOW

TODAY = NOW.date()


async def reserve(store: Store, usd: float, cap: float | None = 1.0, day: date = TODAY) -> int | None:
    caps = [] if cap is None else [Cap("budget.day", cap)]
    reserved = await store.spend.reserve(day, usd, caps, Cause(NOW, "claude-test", "summary", "terminal:default"))
    assert reserved in caps or isinstance(reserved, int)
    return reserved if isinstance(reserved, int) else None


async def test_the_cap_holds(store: Store) -> None:
    assert await reserve(store, 0.75) is not None
    assert await reserve(store, 0.5) is None
    assert await reserve(store, 0.25) is not None
    assert await reserve(store, 0.01) is None
    assert await store.spend.total(TODAY) == 1.0


async def test_the_cap_holds_for_many_at_once(store: Store) -> None:
    granted = await asyncio.gather(*(reserve(store, 0.25) for _ in range(12)))
    assert sum(number is not None for number in granted) == 4
    assert len(set(granted)) == 5


async def test_without_a_cap_all_is_granted(store: Store) -> None:
    assert await reserve(store, 1e6, cap=None) is not None
    assert await store.spend.total(TODAY) == 1e6


async def test_a_cap_of_nothing(store: Store) -> None:
    assert await reserve(store, 0.01, cap=0.0) is None
    assert await reserve(store, 0.0, cap=0.0) is not None


async def test_settling_frees_what_was_not_spent(store: Store) -> None:
    number = await reserve(store, 1.0)
    assert number is not None
    await store.spend.settle(number, Usage(1000, 200, 50, 10, usd=0.25))
    assert await store.spend.total(TODAY) == 0.25
    assert await reserve(store, 0.75) is not None


async def test_a_reservation_that_is_never_settled_counts(store: Store) -> None:
    await reserve(store, 1.0)
    assert await reserve(store, 0.1) is None


async def test_days_are_apart(store: Store) -> None:
    yesterday, long_ago = TODAY - timedelta(days=1), TODAY - timedelta(days=40)
    await reserve(store, 0.5, day=long_ago)
    await reserve(store, 1.0, day=yesterday)
    await reserve(store, 0.25)
    await reserve(store, 0.25)
    assert await store.spend.by_day(yesterday) == {yesterday: 1.0, TODAY: 0.5}
    assert await store.spend.total(TODAY + timedelta(days=1)) == 0.0


async def test_who_asked_is_forgotten_while_the_sums_stay(store: Store) -> None:
    cap = Cap("budget.person", 1.0, asker="somebody")
    cause = Cause(NOW, "m", "summary", "slack:T1/C1", asker="somebody")
    for day in (TODAY - timedelta(days=3), TODAY):
        assert isinstance(await store.spend.reserve(day, 0.75, [cap], cause), int)
    await store.spend.forget_askers(TODAY)

    totals = await store.spend.by_day(TODAY - timedelta(days=9))
    assert totals == {TODAY - timedelta(days=3): 0.75, TODAY: 0.75}
    assert await store.spend.reserve(TODAY, 0.5, [cap], cause) is cap
    late = await store.spend.reserve(TODAY - timedelta(days=3), 0.5, [cap], cause)
    assert isinstance(late, int)


def cause(purpose: str = "question", channel: str = "slack:T1/C1", asker: str = "one", hours: int = 0) -> Cause:
    return Cause(NOW + timedelta(hours=hours), "m", purpose, channel, asker)


async def test_a_cap_counts_its_purposes_since_its_instant(store: Store) -> None:
    questions = Cap("q", 1.0, purposes=("question", "phrases"), since=NOW)
    for spent in (cause("summary"), cause(hours=-1), cause("phrases")):
        assert isinstance(await store.spend.reserve(TODAY, 0.5, [], spent), int)
    assert isinstance(await store.spend.reserve(TODAY, 0.5, [questions], cause()), int)
    assert await store.spend.reserve(TODAY, 0.01, [questions], cause()) is questions


async def test_the_first_of_several_caps_that_would_be_passed_is_named(store: Store) -> None:
    caps = [Cap("a", 5.0), Cap("b", 0.5, asker="one"), Cap("c", 0.5)]
    assert isinstance(await store.spend.reserve(TODAY, 0.5, caps, cause()), int)
    assert await store.spend.reserve(TODAY, 0.25, caps, cause()) is caps[1]
    assert await store.spend.reserve(TODAY, 0.25, [caps[0], caps[2]], cause(asker="two")) is caps[2]
    assert await store.spend.total(TODAY) == 0.5


async def test_spending_is_told_by_channel_and_purpose(store: Store) -> None:
    for usd, spent in ((0.25, cause()), (0.5, cause()), (1.0, cause("summary", "")), (0.125, cause(hours=-30))):
        await store.spend.reserve(TODAY if spent.at == NOW else TODAY - timedelta(days=1), usd, [], spent)
    by_channel = (Spent("", "summary", 1.0, 1), Spent("slack:T1/C1", "question", 0.75, 2))
    assert await store.spend.by_channel(TODAY) == by_channel
    assert await store.spend.of_channel("slack:T1/C1", NOW) == (Spent("slack:T1/C1", "question", 0.75, 2),)
    assert await store.spend.of_channel("slack:T1/C1", NOW - timedelta(hours=30)) == (
        Spent("slack:T1/C1", "question", 0.875, 3),
    )
    assert await store.spend.of_channel("slack:T1/C2", NOW) == ()


async def test_a_person_who_is_forgotten_stays_somebody(store: Store) -> None:
    channel = Cap("c", 0.5, channel="slack:T1/C1")
    for asker in ("one", "", "two"):
        await store.spend.reserve(TODAY, 0.25, [], cause(asker=asker))
    await store.spend.forget_asker("one")
    await store.spend.forget_asker("")
    person = Cap("p", 0.25, asker="one")
    assert await store.spend.reserve(TODAY, 0.25, [person, channel], cause()) is channel
    assert isinstance(await store.spend.reserve(TODAY, 0.25, [person], cause(channel="slack:T1/C2")), int)
