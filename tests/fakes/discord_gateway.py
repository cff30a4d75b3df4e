"""The Discord double's gateway: sessions, events in their sequence, resuming, and the ways in which it fails."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.fakes.discord_events import KNOWN_INTENTS, as_seen, is_sent
from tests.fakes.discord_model import Json
from tests.fakes.discord_socket import Closed, Connection
from tests.fakes.discord_state import PRIVILEGED, DiscordState, Event
from tests.fakes.discord_wire import member_json, user_json

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
DAY = 86_400.0
REMEMBERED = 5_000  # events that can be replayed
RESUMABLE_SECONDS = 120.0  # of the double's clock, after a connection was lost


@dataclass(eq=False)
class Session:
    id: str
    intents: int
    shard: tuple[int, int]
    connection: Connection | None
    sequence: int = 0
    sent: deque[tuple[int, str, Json]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    silent: bool = False
    resumable: bool = True
    lost: float | None = None  # when its connection ended

    def dispatch(self, name: str, body: Json) -> None:
        self.sequence += 1
        self.sent.append((self.sequence, name, body))
        if self.connection:
            self.connection.send(DISPATCH, body, self.sequence, name)


class Gateway:
    """Windows of seconds are shortened by `pace`, as in `Rates`."""

    def __init__(self, state: DiscordState, pace: float) -> None:
        self.state = state
        self.pace = pace
        self.advised_shards = 1
        self.guilds_per_shard = 2_500
        self.max_concurrency = 1
        self.starts = 1_000
        self.started: deque[float] = deque()  # identifies of the last day
        self.heartbeat_seconds = 41.25
        self.answers_heartbeats = True
        self.sessions: dict[str, Session] = {}
        self.identified = self.resumed = self.refused = 0
        self._last_identify: dict[int, float] = {}
        state.listeners.append(self.publish)

    # What tests do to it

    @property
    def connected(self) -> list[Session]:
        return [one for one in self.sessions.values() if one.connection]

    def drop(self) -> None:
        """The connections end without a word."""
        for one in self.connected:
            assert one.connection
            one.connection.abort()

    def close(self, code: int) -> None:
        for one in self.connected:
            assert one.connection
            one.connection.close(code)

    def reconnect(self) -> None:
        """Ask every client to connect again and resume (op 7)."""
        for one in self.connected:
            assert one.connection
            one.connection.send(RECONNECT)

    def invalidate(self, resumable: bool = False) -> None:
        """Tell every client that its session is over (op 9)."""
        for one in self.connected:
            assert one.connection
            one.connection.send(INVALID, resumable)
            if not resumable:
                del self.sessions[one.id]

    def forget(self) -> None:
        """None of the sessions of now can be resumed any more."""
        for one in self.sessions.values():
            one.resumable = False

    def silence(self) -> None:
        """The sessions of now stay connected and get nothing more; those that identify after that do."""
        for one in self.sessions.values():
            one.silent = True

    def start(self) -> Json:
        """What `/gateway/bot` tells beside the address."""
        self._forget_starts()
        left = self.starts - len(self.started)
        reset = int((self.started[0] + DAY - self.state.clock.now()) * 1000) if self.started else 0
        limit = {"total": self.starts, "remaining": left, "reset_after": reset}
        return {"shards": self.advised_shards, "session_start_limit": limit | {"max_concurrency": self.max_concurrency}}

    # Events out

    def publish(self, event: Event) -> None:
        for one in self.sessions.values():
            if not one.silent and is_sent(event, one.intents, one.shard):
                one.dispatch(event.name, as_seen(event, one.intents, self.state.bot.id))

    # Clients in

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=2**20, autoping=True)
        await socket.prepare(request)
        connection = Connection(request, socket)
        writer = asyncio.create_task(connection.write())
        connection.send(HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
        session: Session | None = None
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    session = self._received(connection, session, message.data)
        except Closed as closed:
            self.refused += 1
            await socket.close(code=closed.code)
        finally:
            writer.cancel()
            if session and session.connection is connection:
                self._lost(session, connection, socket.close_code)
        return socket

    def _lost(self, session: Session, connection: Connection, code: int | None) -> None:
        session.connection, session.lost = None, self.state.clock.now()
        if code in (1000, 1001) and not connection.closed_here:  # the client is done with it
            self.sessions.pop(session.id, None)

    def _received(self, connection: Connection, session: Session | None, text: str) -> Session | None:
        connection.received += 1
        try:
            asked = json.loads(text)
            op, body = asked["op"], asked.get("d")
        except (ValueError, KeyError, TypeError):
            raise Closed(4002) from None
        if op == HEARTBEAT:
            if self.answers_heartbeats:
                connection.send(ACK)
            return session
        if op in (IDENTIFY, RESUME):
            if session:
                raise Closed(4005)
            return self._identify(connection, body) if op == IDENTIFY else self._resume(connection, body)
        if session is None:
            raise Closed(4003)
        if op not in (PRESENCE, VOICE, MEMBERS):
            raise Closed(4001)
        if op == MEMBERS and not session.silent:
            session.dispatch("GUILD_MEMBERS_CHUNK", self._members(body))
        return session

    def _identify(self, connection: Connection, body: Json) -> Session | None:
        shard = tuple(body.get("shard") or (0, 1))
        intents = body.get("intents")
        self._check(body, shard, intents)
        now = asyncio.get_running_loop().time()
        lane = shard[0] % self.max_concurrency
        if now - self._last_identify.get(lane, -100.0) < 5.0 * self.pace:
            connection.send(INVALID, False)
            return None
        self._last_identify[lane] = now
        self.started.append(self.state.clock.now())
        self.identified += 1
        session = Session(f"{self.state.clock.snowflake():x}", int(intents or 0), (shard[0], shard[1]), connection)
        self.sessions[session.id] = session
        self._greet(session)
        return session

    def _check(self, body: Json, shard: tuple[int, ...], intents: object) -> None:
        if body.get("token") != self.state.token:
            raise Closed(4004)
        self._forget_starts()
        if len(self.started) >= self.starts:
            raise Closed(4004)  # Discord resets the token
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            raise Closed(4010)
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            raise Closed(4013)
        if intents & PRIVILEGED & ~self.state.application.privileged_intents:
            raise Closed(4014)
        if len(self.state.bots_guilds()) > self.guilds_per_shard * shard[1]:
            raise Closed(4011)

    def _greet(self, session: Session) -> None:
        mine = [one for one in self.state.bots_guilds() if (one.id >> 22) % session.shard[1] == session.shard[0]]
        assert session.connection
        host = session.connection.request.host
        application = {"id": str(self.state.application.id), "flags": self.state.application.privileged_intents}
        body = {
            "v": 10, "user": user_json(self.state.bot), "session_id": session.id, "shard": list(session.shard),
            "resume_gateway_url": f"ws://{host}/gateway/resume", "application": application,
            "guilds": [{"id": str(one.id), "unavailable": True} for one in mine],
        }  # fmt: skip
        session.dispatch("READY", body)
        if session.intents & 1:
            for one in mine:
                # Only a guild that was listed before says so: clients tell it from one that the bot has just joined.
                session.dispatch("GUILD_CREATE", self.state.guild_create(one) | {"unavailable": False})

    def _members(self, asked: Json) -> Json:
        """Those that were asked for by their ids."""
        guild = self.state.guild(int(asked["guild_id"]))
        wanted = {int(one) for one in asked.get("user_ids") or []}
        found = [member_json(one) for number, one in guild.members.items() if number in wanted]
        return {
            "guild_id": str(guild.id), "members": found, "chunk_index": 0, "chunk_count": 1, "not_found": [],
            "nonce": asked.get("nonce"),
        }  # fmt: skip

    def _resume(self, connection: Connection, body: Json) -> Session | None:
        if body.get("token") != self.state.token:
            raise Closed(4004)
        session, sequence = self.sessions.get(str(body.get("session_id"))), body.get("seq")
        too_late = session and session.lost is not None and self.state.clock.now() - session.lost > RESUMABLE_SECONDS
        if session is None or not session.resumable or too_late or not isinstance(sequence, int):
            self.sessions.pop(session.id if session else "", None)
            connection.send(INVALID, False)
            return None
        if sequence > session.sequence:
            raise Closed(4007)
        if session.sent and session.sent[0][0] > sequence + 1:  # some are forgotten
            del self.sessions[session.id]
            connection.send(INVALID, False)
            return None
        session.connection, session.lost = connection, None
        for number, name, missed in session.sent:
            if number > sequence:
                connection.send(DISPATCH, missed, number, name)
        self.resumed += 1
        session.dispatch("RESUMED", {})
        return session

    def _forget_starts(self) -> None:
        while self.started and self.started[0] <= self.state.clock.now() - DAY:
            self.started.popleft()
