"""Discord's events as they arrive: one that discord.py cannot read is passed over, and costs nothing but itself.

discord.py raises whatever its parsers raise out of `connect`, so that one event without a field that it expects ends
every session.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import aiohttp
import discord
from discord import shard
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure

logger = logging.getLogger(__name__)

# What discord.py itself raises to end, resume or replace a session.
_SESSION = (discord.DiscordException, ReconnectWebSocket, WebSocketClosure, aiohttp.ClientError, OSError)


class ForgivingWebSocket(DiscordWebSocket):
    """One session, which outlasts events that cannot be read."""

    async def received_message(self, msg: Any, /) -> None:
        """Handle one frame. Raises only what concerns the session itself."""
        if isinstance(msg, bytes):
            # A stream that cannot be unpacked stays so: zlib.error ends the session.
            msg = self._decompressor.decompress(msg)
            if msg is None:
                return
        sequence = self.sequence
        try:
            await super().received_message(_with_shard(msg, self.shard_id or 0))
        except _SESSION:
            raise
        except Exception:  # whatever a parser makes of fields that are missing or of another type
            logger.warning("an event of Discord's could not be read, and is passed over", exc_info=True)
        if self.sequence is not None and not isinstance(self.sequence, int):
            self.sequence = sequence  # it is sent back with every heartbeat


def _with_shard(frame: Any, shard_id: int) -> Any:
    """Return the frame; a READY that does not name its shard gets the one that was asked for, so it can be used."""
    if not isinstance(frame, str) or '"READY"' not in frame:
        return frame
    event = json.loads(frame)
    said = event.get("d") if isinstance(event, dict) else None
    if not isinstance(said, dict) or event.get("t") != "READY":
        return frame
    named = said.get("shard")
    if isinstance(named, list) and named and named[0] == shard_id:
        return frame
    return json.dumps({**event, "d": {**said, "shard": [shard_id, 1]}})


def install() -> None:
    """Let discord.py make its sessions of this class: it has no other way to choose one."""
    shard.DiscordWebSocket = ForgivingWebSocket  # type: ignore[misc]  # imported there under its name
