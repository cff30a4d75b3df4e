"""Channels get the names that people know: asked for once a day, kept through trouble, sealed for direct messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.errors import PermanentError
from bot.models import Channel, ChannelKey
from bot.operations.naming import AT_ONCE, Naming
from bot.store import tables
from bot.store.sealing import Sealer, is_sealed
from bot.store.store import Store
from tests.support.clocks import StandingClock

ROOM, DIRECT, BLOG = (ChannelKey(*key) for key in (("slack", "T1/C1"), ("slack", "T1/D1"), ("hugo", "/srv/blog")))
SECRET = b"an invented secret of some length"


class Directory:
    """A platform that knows names, and fails for a channel that has none."""

    def __init__(self, names: dict[ChannelKey, str]) -> None:
        self.names = names
        self.asked: list[ChannelKey] = []

    async def name_of(self, channel: ChannelKey) -> str:
        self.asked.append(channel)
        if channel not in self.names:
            raise PermanentError("platform.unreachable", platform="slack")
        return self.names[channel]


def is_direct(channel: ChannelKey) -> bool:
    return channel.name.partition("/")[2].startswith("D")


async def subscribed(store: Store, *keys: ChannelKey) -> None:
    for key in keys:
        await store.channels.change(key, lambda _, key=key: Channel(key))  # type: ignore[misc]  # mypy infers no type for the bound default


async def stored_name(store: Store, key: ChannelKey) -> str | None:
    async with store._database.reading() as connection:
        return await connection.scalar(select(tables.channels.c.name).where(tables.channels.c.key == key))


async def test_names_are_learned_once_a_day_and_survive_trouble(store: Store) -> None:
    clock = StandingClock(datetime.now(UTC))
    naming, town = Naming(store, is_direct, clock), Directory({ROOM: "Lab #papers"})
    await subscribed(store, ROOM, BLOG)

    for _ in range(2):
        await naming.run({"slack": town.name_of})

    assert town.asked == [ROOM]
    assert [one.title for one in await store.channels.listed()] == ["hugo:/srv/blog", "Lab #papers (slack:T1/C1)"]
    assert await store.channels.title(ROOM) == "Lab #papers (slack:T1/C1)"
    town.names.clear()
    clock.pass_time(seconds=25 * 3600)
    await naming.run({"slack": town.name_of})
    assert town.asked == [ROOM, ROOM]
    assert await store.channels.title(ROOM) == "Lab #papers (slack:T1/C1)"
    settings_changed = await store.channels.change(ROOM, lambda _: Channel(ROOM, problem="changed"))
    assert settings_changed
    assert await store.channels.title(ROOM) == "Lab #papers (slack:T1/C1)"


async def test_a_person_s_name_is_sealed_and_never_in_the_log(store: Store) -> None:
    clock = StandingClock(datetime.now(UTC))
    naming, town = Naming(store, is_direct, clock), Directory({DIRECT: "Ada Example"})
    await subscribed(store, DIRECT)

    await naming.run({"slack": town.name_of})
    assert await stored_name(store, DIRECT) is None

    clock.pass_time(seconds=25 * 3600)
    await store.channels.protect(Sealer(SECRET))
    await naming.run({"slack": town.name_of})
    assert is_sealed(await stored_name(store, DIRECT) or "")
    assert [one.name for one in await store.channels.listed()] == ["Ada Example"]
    assert await store.channels.title(DIRECT) == "slack:T1/D1"
    store.channels.open_with(Sealer(b"another secret of the same length"))
    assert [one.name for one in await store.channels.listed()] == [""]


async def test_only_a_few_are_asked_for_at_once_and_all_have_their_turn(store: Store) -> None:
    keys = [ChannelKey("slack", f"T1/C{number}") for number in range(AT_ONCE + 3)]
    town = Directory({key: f"#{key.name}" for key in keys})
    naming = Naming(store, is_direct, lambda: datetime.now(UTC) - timedelta(hours=1))
    await subscribed(store, *keys)

    counts = []
    for _ in range(3):
        await naming.run({"slack": town.name_of})
        counts.append(len(town.asked))

    assert counts == [AT_ONCE, AT_ONCE + 3, AT_ONCE + 3]
    assert sorted(map(str, town.asked)) == sorted(map(str, keys))
