"""People's ids are unreadable in the database, come back with the secret, and go when somebody asks."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from bot.models import Channel, ChannelKey, ChannelSettings, NewDelivery, Notice
from bot.store.sealing import Sealer, is_sealed
from bot.store.store import Store
from tests.support.clocks import NOON

ROOM, OTHER, OWN = (ChannelKey("slack", name) for name in ("T1/C1", "T1/C2", "T1/D1"))
SEALER = Sealer(b"an invented secret of some length")


def channel(key: ChannelKey, by: str, *managers: str) -> Channel:
    return Channel(key, ChannelSettings(managers=managers), subscribed_by=by)


async def put(store: Store, *channels: Channel) -> None:
    for one in channels:
        await store.channels.change(one.key, lambda _, one=one: one)  # type: ignore[misc]  # mypy infers no type for the bound default


async def raw(store: Store) -> str:
    """What the table holds, as anybody with the file reads it."""
    async with store._database.reading() as connection:
        rows = await connection.execute(text("SELECT key, subscribed_by, settings FROM channels ORDER BY key"))
        return "\n".join(map(str, rows))


async def test_ids_are_sealed_and_come_back(store: Store) -> None:
    await store.channels.protect(SEALER)
    await put(store, channel(ROOM, "U0ADA", "U0LEN", "U0BOB"))

    stored = await raw(store)
    assert not any(person in stored for person in ("U0ADA", "U0LEN", "U0BOB"))
    assert await store.channels.get(ROOM) == channel(ROOM, "U0ADA", "U0LEN", "U0BOB")
    assert await store.channels.listed() == (channel(ROOM, "U0ADA", "U0LEN", "U0BOB"),)


async def test_a_database_with_ids_in_clear_is_sealed_once_when_it_is_opened_with_the_secret(store: Store) -> None:
    await put(store, channel(ROOM, "U0ADA", "U0LEN"), channel(OTHER, ""))
    assert "U0ADA" in await raw(store)

    assert await store.channels.protect(SEALER) == 1
    sealed = await raw(store)
    assert "U0ADA" not in sealed
    assert await store.channels.protect(Sealer(b"an invented secret of some length")) == 0
    assert await raw(store) == sealed
    assert await store.channels.get(ROOM) == channel(ROOM, "U0ADA", "U0LEN")


async def test_a_command_without_the_secret_keeps_them_sealed(store: Store) -> None:
    await store.channels.protect(SEALER)
    await put(store, channel(ROOM, "U0ADA", "U0LEN"))
    store.channels._sealer = None

    (found,) = await store.channels.listed()
    assert is_sealed(found.subscribed_by)
    await put(store, Channel(ROOM, ChannelSettings(size=9, managers=found.settings.managers), subscribed_by="U0NEW"))
    await store.channels.protect(SEALER)
    again = await store.channels.get(ROOM)
    assert again
    assert (again.subscribed_by, again.settings.managers, again.settings.size) == ("U0NEW", ("U0LEN",), 9)


async def test_with_another_secret_nobody_is_named(store: Store) -> None:
    await store.channels.protect(SEALER)
    await put(store, channel(ROOM, "U0ADA", "U0LEN"))
    await store.channels.protect(Sealer(b"quite another secret, and as long"))

    assert await store.channels.get(ROOM) == channel(ROOM, "")


@pytest.mark.parametrize("value", ["", "U0ADA", "sealed:rubbish", "提灯", "\ud800"])
def test_any_text_is_sealed_once(value: str) -> None:
    sealed = SEALER.seal(value)
    assert SEALER.seal(sealed) == sealed
    assert SEALER.open(sealed) == ("" if value == "sealed:rubbish" else value.replace("\ud800", "?"))


async def test_whoever_asks_is_forgotten_everywhere(store: Store) -> None:
    await store.channels.protect(SEALER)
    await put(
        store,
        channel(ROOM, "U0ADA", "U0LEN"),
        channel(OTHER, "U0LEN", "U0ADA", "U0BOB"),
        channel(OWN, "U0ADA"),
        channel(ChannelKey("discord", "1/2"), "U0ADA"),
    )
    place = ChannelKey("slack", "T1/U0ADA")
    notice = NewDelivery("stopped", Notice("channels.told.stopped", "en", about=ROOM))
    for key in (place, OWN, ROOM):
        await store.deliveries.enqueue(key, date(2026, 2, 27), (notice,), "slack:T1", NOON)

    def personal(key: ChannelKey) -> bool:
        return key.name.startswith("T1/D")

    assert await store.channels.forget_person("slack", "U0ADA", personal, place) == (2, 1)

    assert await store.channels.listed() == (
        channel(ChannelKey("discord", "1/2"), "U0ADA"),
        channel(ROOM, "", "U0LEN"),
        channel(OTHER, "U0LEN", "U0BOB"),
    )
    assert [await store.deliveries.has(key, "stopped") for key in (place, OWN, ROOM)] == [False, False, True]
    assert await store.channels.forget_person("slack", "U0ADA", personal, place) == (0, 0)
