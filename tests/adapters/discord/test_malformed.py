"""Events of Discord's that are not as documented: each costs nothing but itself, and the next one is heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.discord.websocket import ForgivingWebSocket
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Guild, Permission, User
from tests.support.discord_bots import running

NULL: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], {}, [None], {"id": None}]


@pytest.fixture
def lab(discord_double: DiscordDouble) -> Guild:
    return discord_double.state.add_guild("Lab")


@pytest.fixture
def ada(discord_double: DiscordDouble, lab: Guild) -> User:
    ada = discord_double.state.add_user("ada", lab)
    discord_double.state.add_role(lab, "staff", Permission.MANAGE_GUILD, ada)
    return ada


WRONG: list[Any] = [None, "x", 7, [], {}, [{}]]


def broken(value: Any) -> Iterator[Any]:
    """The value with one field after the other dropped, null or of another type, at every depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            rest = {other: kept for other, kept in value.items() if other != name}
            yield rest
            for wrong in WRONG:
                yield {**rest, name: wrong}
            for worse in broken(inner):
                yield {**rest, name: worse}
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for worse in broken(inner):
                yield [*value[:index], worse, *value[index + 1 :]]


async def test_no_malformed_event_ends_the_session_or_loses_the_next(
    discord_double: DiscordDouble, lab: Guild, room: Channel, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(discord_double) as kawaraban:
        await kawaraban.discord.until(lambda: room.shown)
        await kawaraban.discord.until(lambda: discord_double.gateway.connected)
        (session,) = discord_double.gateway.connected
        seen = [(name, body) for _, name, body in session.sent]
        seen += [
            ("MESSAGE_REACTION_ADD", {"channel_id": str(room.id), "message_id": "5", "user_id": str(ada.id),
                                      "emoji": {"id": None, "name": "x"}, "guild_id": str(lab.id), "type": 0}),
            ("GUILD_DELETE", {"id": "1"}),
            ("THREAD_DELETE", {"id": "1", "guild_id": str(lab.id), "parent_id": str(room.id), "type": 11}),
        ]  # fmt: skip
        for name, body in seen:
            for wrong in [*NULL, *broken(body)][:400]:
                session.dispatch(name, wrong)
        session.dispatch("MESSAGE_CREATE", {"guild_id": None})
        session.dispatch("INTERACTION_CREATE", {"id": "1"})
        answer = await kawaraban.slash("digest status", room, ada)
        assert answer
        assert discord_double.gateway.connected == [session]
        assert discord_double.gateway.identified == 1
        assert not kawaraban.work.done()
    assert "could not be read" in caplog.text


class Bare(ForgivingWebSocket):
    """A session that is connected to nothing."""

    def __init__(self) -> None:
        self.sequence: int | None = 41
        self.shard_id = 0
        self._keep_alive = None
        self._dispatch_listeners = []
        self._dispatch = lambda *_: None
        self._discord_parsers = {"READY": self._parse, "X": self._parse}
        self.heard: list[object] = []

    def log_receive(self, _data: Any, /) -> None:
        """Nobody reads it."""

    def _parse(self, data: Any) -> None:
        self.heard.append(data["id"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["t", "s", "d", "op", "id"]), inner),
    max_leaves=8,
)


frames = st.fixed_dictionaries(
    {},
    optional={
        "t": st.sampled_from(["READY", "RESUMED", "X", "Y"]) | json_values,
        "s": json_values,
        "d": json_values,
        "op": st.just(0),
    },
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames | json_values)
def test_any_frame_leaves_the_session_able_to_hear_the_next(frame: object) -> None:
    async def hear() -> None:
        socket = Bare()
        await socket.received_message(json.dumps(frame))
        assert socket.sequence is None or isinstance(socket.sequence, int)
        await socket.received_message(json.dumps({"op": 0, "t": "X", "s": 42, "d": {"id": "next"}}))
        assert socket.heard[-1] == "next"
        assert socket.sequence == 42

    op = frame.get("op") if isinstance(frame, dict) else None
    if op in (None, 0) or not isinstance(op, int):
        asyncio.run(hear())


async def test_what_ends_a_session_still_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async def again(*_: object) -> None:
        raise ReconnectWebSocket(0)

    monkeypatch.setattr(DiscordWebSocket, "received_message", again)
    with pytest.raises(ReconnectWebSocket):
        await Bare().received_message("{}")
