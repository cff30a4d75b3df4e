"""Who asks, and whether the bot is in the channel; what Slack says is kept for a short while."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from adapters.slack.workspaces import Workspaces
from bot.caches import Cache
from bot.errors import PermanentError, PlatformError
from bot.models import Asker

_USER_SECONDS, _CHANNEL_SECONDS = 600.0, 30.0
_KEPT = 5_000
_PATIENCE = 2.0  # seconds that a language is worth waiting for


@dataclass(frozen=True, slots=True)
class Person:
    """What `users.info` says: `language` is a BCP 47 tag."""

    language: str = ""
    is_admin: bool = False
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """What `conversations.info` says of a channel. `known`: the bot may see it."""

    known: bool
    member: bool = False
    public: bool = False
    direct: bool = False
    creator: str = ""


class People:
    """Asks `users.info` and `conversations.info`."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._people: Cache[tuple[str, str], Person] = Cache(_KEPT, _USER_SECONDS)
        self._rooms: Cache[tuple[str, str], Room] = Cache(_KEPT, _CHANNEL_SECONDS)
        self._entered: set[tuple[str, str]] = set()

    async def asker(self, team: str, user: str, channel: str) -> Asker:
        """With everything that decides who may change the channel's settings. Raises PlatformError.

        Workspace admins and owners may, and whoever made the channel; any full member may bring the bot into one.
        """
        person = await self._person(team, user)
        room = await self.room(team, channel)
        made = bool(user) and room.creator == user
        return Asker(user, person.is_admin or made or room.direct, not person.is_guest, person.language)

    async def reader(self, team: str, user: str, patience: float = _PATIENCE) -> Asker:
        """Whoever only reads: the language, where Slack tells it within so many seconds."""
        try:
            async with asyncio.timeout(patience):
                return Asker(user, language=(await self._person(team, user)).language)
        except (PlatformError, TimeoutError):
            return Asker(user)

    async def room(self, team: str, channel: str) -> Room:
        """Raises PlatformError."""
        room = self._rooms.get((team, channel))
        if room is None:
            room = await self._ask_room(team, channel)
            self._rooms.put((team, channel), room)
        return room

    async def enter(self, team: str, channel: str) -> bool:
        """Make the bot a member, where it can be one without an invitation. Raises PlatformError."""
        room = await self.room(team, channel)
        if room.member or room.direct:
            return True
        if not room.public:
            return False
        self._entered.add((team, channel))
        await self._workspaces.ask(team, lambda client: client.conversations_join(channel=channel))
        self._rooms.forget((team, channel))
        return True

    def entered(self, team: str, channel: str) -> bool:
        """Whether the bot became a member by `enter`, which Slack tells like an invitation; asked once each time."""
        known = (team, channel) in self._entered
        self._entered.discard((team, channel))
        return known

    def changed(self, team: str, channel: str) -> None:
        """Membership or existence of the channel is not what it was."""
        self._rooms.forget((team, channel))

    async def _person(self, team: str, user: str) -> Person:
        person = self._people.get((team, user))
        if person is None:
            person = await self._ask_person(team, user)
            self._people.put((team, user), person)
        return person

    async def _ask_person(self, team: str, user: str) -> Person:
        answer = await self._workspaces.ask(
            team, lambda client: client.api_call("users.info", data={"user": user, "include_locale": 1})
        )
        found = _object(answer, "user")
        admin = any(found.get(name) is True for name in ("is_admin", "is_owner", "is_primary_owner"))
        guest = any(found.get(name) is True for name in ("is_restricted", "is_ultra_restricted", "is_stranger"))
        return Person(str(found.get("locale") or ""), admin, guest)

    async def _ask_room(self, team: str, channel: str) -> Room:
        try:
            answer = await self._workspaces.ask(
                team, lambda client: client.api_call("conversations.info", data={"channel": channel})
            )
        except PermanentError as error:
            # A private channel without the bot, or direct messages between two others.
            if error.code in ("platform.channel_gone", "platform.not_member"):
                return Room(known=False)
            raise
        found = _object(answer, "channel")
        direct = found.get("is_im") is True
        member = found.get("is_member") is True
        public = not direct and found.get("is_private") is False and found.get("is_archived") is not True
        return Room(True, member, public, direct, str(found.get("creator") or ""))


def _object(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}
