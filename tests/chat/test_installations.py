"""Installations: tokens are unreadable in the database, states are good once, and an uninstalled workspace is gone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from bot.chat.installations import Installations
from bot.errors import SettingsError
from bot.models import Channel, ChannelKey, MessageRef, NewDelivery, Notice, PlannedRun
from bot.store.spend import Cause
from bot.store.store import Store
from bot.store.tables import metadata
from bot.store.votes import StoredVote
from tests.support.clocks import NOON, StandingClock
from tests.support.stores import digest, paper

SECRET = b"an invented secret of some length"


def installations(store: Store, secret: bytes = SECRET, clock: StandingClock | None = None) -> Installations:
    return Installations(store, secret, clock or StandingClock())


async def test_a_record_comes_back_and_can_be_replaced(store: Store) -> None:
    ours = installations(store)
    for workspace, record in (("T2", "two"), ("T1", "first"), ("T1", '{"token": "xoxb-提灯"}')):
        await ours.save("slack", workspace, record)

    assert await ours.get("slack", "T1") == '{"token": "xoxb-提灯"}'
    assert await ours.get("discord", "T1") is None
    assert await ours.workspaces("slack") == ("T1", "T2")
    assert await ours.workspaces("discord") == ()
    assert await ours.get("slack", "T2") == "two"


async def test_a_token_cannot_be_read_in_the_database(store: Store) -> None:
    await installations(store).save("slack", "T1", "xoxb-invented-token")

    async with store._database.reading() as connection:
        stored = bytes((await connection.execute(text("SELECT record FROM installations"))).scalar_one())

    assert b"invented" not in stored
    with pytest.raises(SettingsError) as raised:
        await installations(store, b"another secret of some length").get("slack", "T1")
    assert raised.value.problems == (("SECRET_KEY", "settings.secret_changed", ""),)


async def test_a_state_is_good_once_and_for_ten_minutes(store: Store) -> None:
    clock = StandingClock()
    ours = installations(store, clock=clock)
    used, late, kept = [await ours.new_state() for _ in range(3)]

    assert len({used, late, kept}) == 3
    assert await ours.use_state(used)
    assert not await ours.use_state(used)
    for never in ("", "x", "\ud800", late + "x"):
        assert not await ours.use_state(never)
    clock.pass_time(minutes=9, seconds=59)
    assert await installations(store, clock=clock).use_state(kept)
    clock.pass_time(seconds=1)
    assert not await ours.use_state(late)


async def test_states_that_nobody_used_do_not_pile_up(sqlite_store: Store) -> None:
    clock = StandingClock()
    ours = installations(sqlite_store, clock=clock)
    for _ in range(3):
        await ours.new_state()
        clock.pass_time(minutes=11)

    async with sqlite_store._database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM oauth_states"))).scalar_one() == 1


async def rows(store: Store) -> dict[str, int]:
    """How many rows each table has, where it has any."""
    async with store._database.reading() as connection:
        counted = {
            name: (await connection.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()
            for name in metadata.tables
        }
    return {name: count for name, count in counted.items() if count}


async def filled(store: Store, name: str) -> None:
    """A row of everything that belongs to a channel."""
    key = ChannelKey("slack", name)
    await store.channels.change(key, lambda _: Channel(key, next_run_at=NOON))
    await store.runs.request(key, PlannedRun(date(2026, 2, 27), NOON, NOON + timedelta(hours=12)))
    await store.digests.save(digest(paper(1), channel=key))
    await store.deliveries.enqueue(key, NOON.date(), [NewDelivery("notice", Notice("x", "ja"))], "slack", NOON)
    await store.votes.put([StoredVote(MessageRef("slack", name), "v", "👍", key, paper(1).id, present=True, at=NOON)])
    await store.spend.reserve(NOON.date(), 0.1, (), Cause(NOON, "m", "summary", str(key)))
    await installations(store).save("slack", name.partition("/")[0], "token")


async def test_a_workspace_that_is_gone_leaves_nothing_and_the_others_keep_all(store: Store) -> None:
    await store.papers.save([paper(1)])
    others = ("T10/C1", "t1/C1", "T/1/C1")
    for name in others:
        await filled(store, name)
    kept = await rows(store)
    for name in ("T1/C1", "T1/U7"):
        await filled(store, name)

    assert [channel.key.name for channel in await store.channels.of_workspace("slack", "T1")] == ["T1/C1", "T1/U7"]
    assert await store.forget_workspace("slack", "T1") == 2

    assert await rows(store) == kept | {"spend": 5}  # what was spent was spent
    assert await store.channels.of_workspace("slack", "T1") == ()
    assert await installations(store).workspaces("slack") == ("T", "T10", "t1")
    assert await store.forget_workspace("slack", "T1") == 0


async def test_a_late_word_of_an_uninstalling_does_not_undo_a_new_installation(store: Store) -> None:
    await store.papers.save([paper(1)])
    await filled(store, "T1/C1")
    assert await store.forget_workspace("slack", "T1", NOON - timedelta(seconds=1)) == 0
    assert await installations(store).workspaces("slack") == ("T1",)
    assert await store.forget_workspace("slack", "T1", NOON) == 1
    assert await installations(store).workspaces("slack") == ()
