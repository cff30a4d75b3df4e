"""The connections of the web server, bounded in number and in the time that each may take to ask for something.

aiohttp bounds the size of a request's head, but not how slowly it arrives
(https://docs.aiohttp.org/en/stable/web_reference.html#aiohttp.web.Server): half of one kept a connection for an hour.
"""

from __future__ import annotations

import asyncio
import logging
from typing import cast

from bot.common.seldom import Seldom

logger = logging.getLogger(__name__)

MOST_CONNECTIONS = 256
HEAD_SECONDS = 10.0  # from the first byte of a request, or from the connection's beginning, to the end of its head


class Gate:
    """Knows the connections that are open. Tell it when a request `begins`, `answers` and `ends`."""

    def __init__(self, *, most: int = MOST_CONNECTIONS, head_seconds: float = HEAD_SECONDS) -> None:
        self._most = most
        self.head_seconds = head_seconds
        self._open: dict[asyncio.BaseTransport | None, _Connection] = {}  # oldest first
        self.seldom = Seldom(logger)

    def around(self, inner: asyncio.Protocol) -> asyncio.Protocol:
        """Return a protocol that hands everything on to `inner`, the web server's for one connection."""
        return _Connection(self, inner)

    def __len__(self) -> int:
        return len(self._open)

    def begins(self, transport: asyncio.BaseTransport | None) -> None:
        """A request's head is complete: how long its body may take is bounded by whoever reads it."""
        if transport in self._open:
            self._open[transport].begin()

    def answers(self, transport: asyncio.BaseTransport | None) -> None:
        """The whole request is there and worth an answer: its connection makes no room for others."""
        if transport in self._open:
            self._open[transport].answering = True

    def ends(self, transport: asyncio.BaseTransport | None) -> None:
        """The request was answered."""
        if transport in self._open:
            self._open[transport].end()

    def entered(self, transport: asyncio.Transport, connection: _Connection) -> None:
        """Take a connection in; where there are too many, the one that has waited longest makes room."""
        if len(self._open) >= self._most:
            self.seldom.warning(
                "%d connections to the web server: those without a whole request are closed", self._most
            )
            waiting = next((one for one, other in self._open.items() if not other.answering), transport)
            self._open.pop(waiting, None)
            cast(asyncio.Transport, waiting).abort()
            if waiting is transport:
                return
        self._open[transport] = connection

    def left(self, transport: asyncio.BaseTransport | None) -> None:
        self._open.pop(transport, None)


class _Connection(asyncio.Protocol):
    """Hands everything on to the web server's protocol, and ends a connection whose request does not arrive."""

    def __init__(self, gate: Gate, inner: asyncio.Protocol) -> None:
        self._gate = gate
        self._inner = inner
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._asked = False  # the head of a request has arrived, and its answer has not left
        self.answering = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._inner.connection_made(transport)
        self._expect()
        self._gate.entered(self._transport, self)

    def data_received(self, data: bytes) -> None:
        if not self._asked:
            self._expect()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        self._gate.left(self._transport)
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def begin(self) -> None:
        self._asked = True
        self._cancel()

    def end(self) -> None:
        """Nothing is being asked. How long that may last is the web server's own bound."""
        self._asked = self.answering = False

    def _expect(self) -> None:
        if self._deadline is None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(self._gate.head_seconds, self._too_late)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if self._transport is not None and not self._asked:
            self._gate.seldom.info("a request to the web server did not arrive within %g s", self._gate.head_seconds)
            self._transport.abort()
