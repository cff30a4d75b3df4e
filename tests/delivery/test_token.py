"""A token that the platform refuses is the operator's matter: no channel stops, and what is due waits."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import timedelta

import pytest

from bot.delivery import attempt as attempts
from bot.errors import PermanentError
from bot.models import DeliveryState, PlannedRun, RunState
from bot.store.engine import utc_now
from bot.store.runs import MadeDigest
from bot.store.store import Store
from tests.delivery.test_deliverer import deliverer, hurried, key, running, until_row
from tests.support.ledger import DAY, channel, enqueued, joined, parts, states
from tests.support.platforms import Lost, MemoryPlatform

SENT, DEAD, DUE, WAITING = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.DUE, DeliveryState.WAITING
REFUSED = PermanentError("platform.token")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try a refused token again at once."""
    monkeypatch.setattr(attempts, "TOKEN_PAUSE", 0.05)


async def stopped_at(store: Store, platform: MemoryPlatform, *channels: str) -> list[object]:
    """Try until every bucket has met the refusal, and return the channels that were stopped."""
    stopped: list[object] = []

    async def on_stopped(*what: object) -> None:
        stopped.append(what)

    async with running(deliverer(store, platform, on_stopped=on_stopped)):
        await until_row(store, lambda one: one.error == "platform.token")
    return stopped


async def test_it_holds_the_bucket_and_stops_no_channel(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    platform = MemoryPlatform(troubles=deque([REFUSED] * 100_000))
    await enqueued(store, "C1", "C2", cards=2)
    assert await stopped_at(store, platform) == []
    assert set((await states(store, channel("C2"))).values()) == {DUE, WAITING}
    assert set(await store.deliveries.held()) == {"fake"}
    refused = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(refused) == 1
    assert "refuses the bot's token" in refused[0].message


async def test_a_scope_that_is_missing_holds_like_a_token(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    platform = MemoryPlatform(troubles=deque([PermanentError("platform.scope", scope="chat:write")] * 100_000))
    await enqueued(store, "C1")
    stopped: list[object] = []

    async def on_stopped(*what: object) -> None:
        stopped.append(what)

    async with running(deliverer(store, platform, on_stopped=on_stopped)):
        await until_row(store, lambda one: one.error == "platform.scope")
    assert stopped == []
    assert set(await store.deliveries.held()) == {"fake"}
    assert await store.deliveries.refusals() == {"fake": "platform.scope"}
    assert "until its app has all scopes" in caplog.text


async def test_with_a_good_token_everything_leaves_once(store: Store) -> None:
    platform = MemoryPlatform(troubles=deque([REFUSED]))
    await enqueued(store, "C1", "C2", cards=2)
    await hurried(store, platform)
    assert set(platform.times_posted().values()) == {1}
    assert len(platform.posted) == 6
    assert await store.deliveries.held() == {}


@pytest.mark.parametrize("how", ["raises", "cannot tell"])
async def test_a_look_up_with_a_refused_token_decides_nothing(store: Store, how: str) -> None:
    platform = MemoryPlatform(troubles=deque([Lost(TimeoutError())]))
    if how == "raises":
        platform.find_troubles.append(REFUSED)
    else:
        platform.refuses_lookups = "platform.token"
    await enqueued(store)
    async with running(deliverer(store, platform)) as made:
        await until_row(store, lambda one: one.error == "platform.token")
        platform.refuses_lookups = ""
        made.wake()
        await until_row(store, lambda one: one.state is SENT)
    assert platform.times_posted() == {key(): 1}


async def test_other_workspaces_go_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = MemoryPlatform(troubles=deque([REFUSED]))
    monkeypatch.setattr(attempts, "TOKEN_PAUSE", 600.0)
    await enqueued(store, "C1", bucket="fake:T1")
    assert await stopped_at(store, platform) == []
    await enqueued(store, "C2", bucket="fake:T2", cards=1)
    async with running(deliverer(store, platform)):
        async with asyncio.timeout(60):
            while set((await states(store, channel("C2"))).values()) != {SENT}:  # noqa: ASYNC110 (another task sends)
                await asyncio.sleep(0.02)
    assert set(await store.deliveries.held()) == {"fake:T1"}


async def test_what_waited_until_its_day_was_over_is_not_sent(store: Store) -> None:
    now = utc_now()
    platform = MemoryPlatform(troubles=deque([REFUSED]))
    owner = await joined(store, "maker")
    await store.runs.request(channel(), PlannedRun(DAY, now - timedelta(hours=9), now - timedelta(hours=1)))
    # The run is made although its day is over, as it was when the day still lasted.
    await store.runs.request(channel("C2"), PlannedRun(DAY, now - timedelta(hours=9), now + timedelta(hours=9)))
    for run in await store.runs.claim(owner, now - timedelta(hours=2), 10):
        await store.runs.finish(owner, run, now, MadeDigest(2, parts(2), "fake"))
    await hurried(store, platform)
    assert set((await states(store, channel("C1"))).values()) == {DEAD}
    assert set((await states(store, channel("C2"))).values()) == {SENT}
    failed = await store.runs.get(channel(), DAY)
    assert failed is not None
    assert (failed.state, failed.problem) == (RunState.FAILED, "platform.token")
