"""Socket Mode of the tests' Slack: tickets, connections, envelopes and acknowledgements, and what breaks them.

The SDK takes half of its `ping_interval` without a pong for a broken connection: with a short one, a test on a busy
machine meets more breaks than it asked for.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack_courier import DEADLINE, Delivery, Kind, Outcome
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Json

MOST_CONNECTIONS = 10
ANSWERED = {"view_submission", "block_suggestion"}  # interactions whose acknowledgement may carry an answer


@dataclass(eq=False)
class Connection:
    """One open socket. A `silent` one sends nothing and loses what it is given; with `pongs` it still answers pings."""

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    silent: bool = False
    pongs: bool = True
    pending: dict[str, asyncio.Future[Outcome]] = field(default_factory=dict)

    def lose(self, reason: str) -> None:
        for future in self.pending.values():
            if not future.done():
                future.set_result(Outcome(taken=False, reason=reason))
        self.pending.clear()


class SocketMode:
    """The endpoint that `apps.connections.open` names; a delivery goes to any one of the connections."""

    def __init__(self, state: SlackState, seed: int = 1) -> None:
        self.state = state
        self.connections: list[Connection] = []
        self.opened = 0  # connections since the start
        self.refusing = False  # every handshake is refused, as an address that is gone
        self.acks: list[str] = []  # envelope ids that were acknowledged in time
        self.late_acks: list[str] = []  # acknowledged after their deadline, or on another connection
        self._changed = asyncio.Event()
        self._parked: list[Delivery] = []
        self._random = random.Random(seed)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        until = self.state.tickets.pop(request.query.get("ticket", ""), 0.0)
        if self.refusing or until < self.state.clock.now():
            return web.Response(status=404 if self.refusing else 408, text="invalid ticket")
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        self.opened += 1
        connection = Connection(self.opened, socket, request)
        self.connections.append(connection)
        info = {"app_id": self.state.app.id}
        debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18_060}
        hello = {"num_connections": len(self.connections), "debug_info": debug, "connection_info": info}
        try:
            await socket.send_json({"type": "hello", **hello})
            self._wake()
            await self._listen(connection)
        except ConnectionError:
            pass  # it was broken on purpose
        finally:
            self._forget(connection)
        return socket

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type == WSMsgType.PING and connection.pongs:
                await connection.socket.pong(message.data)
            elif message.type == WSMsgType.TEXT and not connection.silent:
                self._acknowledged(connection, json.loads(message.data))

    def _acknowledged(self, connection: Connection, ack: Json) -> None:
        envelope = ack.get("envelope_id", "")
        future = connection.pending.pop(envelope, None)
        if future is None or future.done():
            self.late_acks.append(envelope)
            return
        self.acks.append(envelope)
        future.set_result(Outcome(taken=True, answer=ack.get("payload") or None))

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        connection.lose("connection_closed")
        self._wake()

    def _wake(self) -> None:
        for delivery in self._parked if self.connections else ():
            delivery.parked = False
        self._changed.set()
        self._changed = asyncio.Event()

    async def carry(self, delivery: Delivery, attempt: int) -> Outcome:
        """One attempt. An event waits for a connection until its deadline; what a person does fails at once."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.state.clock.after(DEADLINE, lambda: _expire(outcome))
        while not self.connections:
            if delivery.kind is not Kind.EVENT:
                return Outcome(taken=False, reason="no_connection")
            delivery.parked = True
            self._parked.append(delivery)
            changed = asyncio.ensure_future(self._changed.wait())
            either: set[asyncio.Future[Any]] = {changed, outcome}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
            self._parked.remove(delivery)
            if outcome.done():
                return outcome.result()
        connection = self._random.choice(self.connections)
        envelope_id = self.state.new_id("envelope-")
        connection.pending[envelope_id] = outcome
        if not connection.silent:
            try:
                await connection.socket.send_json(_envelope(envelope_id, delivery, attempt))
            except ConnectionError:
                self._forget(connection)
        return await outcome

    async def connected(self, how_many: int = 1, within: float = 300.0) -> None:
        """Wait until there are so many connections. Raises TimeoutError after so many real seconds."""
        async with asyncio.timeout(within):
            while len(self.connections) < how_many:
                await self._changed.wait()

    async def disconnect(self, reason: str = "refresh_requested", connections: Sequence[Connection] = ()) -> None:
        """Announce the end: at once for `refresh_requested`, in ten seconds of the clock for `warning`."""
        for one in list(connections or self.connections):
            await one.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            if reason == "warning":
                self.state.clock.after(10.0, lambda one=one: self._abort(one))  # type: ignore[misc] # a default binds it
            else:
                await self._close(one)

    async def _close(self, connection: Connection) -> None:
        self._forget(connection)
        await connection.socket.close()

    def drop(self, connections: Sequence[Connection] = ()) -> None:
        """Cut connections (all, where none is named) without a word."""
        for one in list(connections or self.connections):
            self._abort(one)

    def _abort(self, connection: Connection) -> None:
        self._forget(connection)
        if connection.request.transport:
            connection.request.transport.abort()

    def silence(self, *, pongs: bool = True) -> None:
        """The connections of now stay open and say nothing more; without `pongs` not even to a ping."""
        for one in self.connections:
            one.silent, one.pongs = True, pongs

    async def close(self) -> None:
        for one in list(self.connections):
            await self._close(one)


def _expire(outcome: asyncio.Future[Outcome]) -> None:
    if not outcome.done():
        outcome.set_result(Outcome(taken=False, reason="timeout"))


def _envelope(envelope_id: str, delivery: Delivery, attempt: int) -> Json:
    answered = delivery.kind is Kind.COMMAND or delivery.body.get("type") in ANSWERED
    envelope: Json = {"envelope_id": envelope_id, "type": delivery.kind.value, "payload": delivery.body}
    envelope["accepts_response_payload"] = answered
    if delivery.kind is Kind.EVENT:
        envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
    return envelope
