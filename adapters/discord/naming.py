"""What a channel is called: its server and its name, or the person of direct messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.discord.platform import DIRECT
from adapters.discord.rest import Rest
from bot.common.caches import Cache
from bot.errors import PermanentError, shortened
from bot.models import ChannelKey
from bot.words import one_line

_LONGEST = 100  # characters of a name: https://discord.com/developers/docs/resources/channel
_KEPT = 1_000
_PATIENCE = 5.0  # seconds for a turn


class Naming:
    """Asks for channels, and once for each server."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._servers: Cache[str, str] = Cache(_KEPT)

    async def name_of(self, channel: ChannelKey) -> str:
        """Return `Server #channel` or a person's name, "" for one that the bot may not see. Raises PlatformError."""
        server, _, place = channel.name.partition("/")
        try:
            if server == DIRECT:
                person = await self._ask("/users/{user_id}", {"user_id": place})
                return _text(person, "global_name") or _text(person, "username")
            name = _text(await self._ask("/channels/{channel_id}", {"channel_id": place}), "name")
            return f"{await self._server(server)} #{name}".strip() if name else ""
        except PermanentError as error:
            if error.is_operators:
                raise
            return ""

    async def _server(self, server: str) -> str:
        known = self._servers.get(server)
        if known is None:
            known = _text(await self._ask("/guilds/{guild_id}", {"guild_id": server}), "name")
            self._servers.put(server, known)
        return known

    async def _ask(self, path: str, ids: Mapping[str, str]) -> Mapping[str, Any]:
        answer = await self._rest.ask("GET", path, ids, patience=_PATIENCE)
        return answer if isinstance(answer, dict) else {}


def _text(values: Mapping[str, Any], key: str) -> str:
    return shortened(one_line(str(values.get(key) or "")), _LONGEST)
