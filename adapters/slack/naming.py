"""What a channel is called: its workspace and its name, or the person of direct messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.workspaces import Workspaces
from bot.common.caches import Cache
from bot.errors import PermanentError, shortened
from bot.models import ChannelKey
from bot.words import one_line

_LONGEST = 80  # characters, as of a channel's name: https://docs.slack.dev/reference/methods/conversations.create
_KEPT = 1_000
_PEOPLE = ("U", "W")


class Naming:
    """Asks `conversations.info`, `users.info` and, once for each workspace, `auth.test`."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._teams: Cache[str, str] = Cache(_KEPT)

    async def name_of(self, channel: ChannelKey) -> str:
        """Return `Workspace #channel` or a person's name, "" for one that the bot may not see. Raises PlatformError."""
        team, _, place = channel.name.partition("/")
        try:
            person = place if place.startswith(_PEOPLE) else ""
            if not person:
                room = await self._ask(team, "conversations.info", {"channel": place}, "channel")
                if room.get("is_im") is not True:
                    name = _text(room, "name")
                    return f"{await self._team(team)} #{name}".strip() if name else ""
                person = _text(room, "user")
            profile = await self._ask(team, "users.info", {"user": person}, "user")
            return _text(profile, "real_name") or _text(profile, "name")
        except PermanentError as error:
            if error.is_operators:
                raise
            return ""

    async def _team(self, team: str) -> str:
        known = self._teams.get(team)
        if known is None:
            known = _text(await self._workspaces.ask(team, lambda client: client.auth_test()), "team")
            self._teams.put(team, known)
        return known

    async def _ask(self, team: str, method: str, asked: Mapping[str, str], key: str) -> dict[str, Any]:
        """Return the object under `key` in the answer, empty if there is none."""
        answer = await self._workspaces.ask(team, lambda client: client.api_call(method, data=dict(asked)))
        value = answer.get(key)
        return value if isinstance(value, dict) else {}


def _text(values: Mapping[str, Any], key: str) -> str:
    return shortened(one_line(str(values.get(key) or "")), _LONGEST)
