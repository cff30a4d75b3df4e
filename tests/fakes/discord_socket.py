"""One client's connection to the Discord double's gateway."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import Any

from aiohttp import web


class Closed(Exception):
    """Raised with the code with which a client's connection is to be closed."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Connection:
    """One socket. What is sent goes out in its order; compressed as one stream where the client asked for it."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.request = request
        self.socket = socket
        self._stream = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._waiting: asyncio.Queue[str | int] = asyncio.Queue()
        self.received = 0
        self.closed_here = False

    def send(self, op: int, body: Any = None, sequence: int | None = None, name: str | None = None) -> None:
        self._waiting.put_nowait(json.dumps({"op": op, "d": body, "s": sequence, "t": name}, ensure_ascii=False))

    def close(self, code: int) -> None:
        """Once everything before it is out."""
        self.closed_here = True
        self._waiting.put_nowait(code)

    def abort(self) -> None:
        if self.request.transport:
            self.request.transport.abort()

    async def write(self) -> None:
        while True:
            one = await self._waiting.get()
            if isinstance(one, int):
                await self.socket.close(code=one)
            elif self._stream:
                compressed = self._stream.compress(one.encode())
                await self.socket.send_bytes(compressed + self._stream.flush(zlib.Z_SYNC_FLUSH))
            else:
                await self.socket.send_str(one)
